# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Leaving completely: teams, team invitations and keys go with the person, nobody else's do, and the lists prove it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.modules import run_on
from tests.simulator import Fault, Simulator

from .support import HONEYBADGER, HONEYCOMB, OWNER, Ask, Result, forget, inspect, told, verbs, warnings_of

EVE, ADA, BOB = "eve@example.com", "ada@example.com", "bob@example.com"
HOME = "eve@home.example"


def teams(sim: Simulator) -> dict[int, tuple[set[str], set[str]]]:
    """Who is in each team, and who is invited to it."""
    return {
        team.id: (
            {member.email.lower() for member in team.members},
            {invitation.email.lower() for invitation in team.invitations if not invitation.accepted_at},
        )
        for team in sim.honeybadger.teams
    }


def in_teams(sim: Simulator) -> None:
    """Eve in two teams under two addresses and invited to a third; Ada beside her everywhere."""
    sim.honeybadger.add(EVE)
    sim.honeybadger.add(ADA)
    sim.honeybadger.teams.add_member(3, EVE)
    sim.honeybadger.teams.add_member(7, HOME)
    sim.honeybadger.teams.add_invitation(11, EVE)
    for team in (3, 7):
        sim.honeybadger.teams.add_member(team, ADA)
    sim.honeybadger.teams.add_invitation(11, BOB)


def steps(result: Result) -> list[tuple[str, str, Any]]:
    return [(step["action"], step["email"], (step["before"] or {}).get("team_id")) for step in result["plan"]]


def leaver(**more: Any) -> dict[str, Any]:
    return {"email": EVE, "aliases": [HOME], "state": "absent", **more}


@pytest.mark.parametrize("lists", ["embedded", "missing"])
def test_a_leaver_leaves_every_team(ask: Ask, sim: Simulator, lists: str) -> None:
    sim.configure(team_lists=lists)
    in_teams(sim)
    before = sim.dump()
    planned = ask("honeybadger_users", users=[leaver()], check=True, diff=True)
    assert sim.dump() == before
    forget(sim)
    done = ask("honeybadger_users", users=[leaver()], diff=True)
    assert told(planned) == told(done)
    assert steps(done) == [
        ("cancel_team_invitation", EVE, 11),
        ("leave_team", EVE, 3),
        ("leave_team", EVE, 7),
        ("remove", EVE, None),
    ]
    assert teams(sim) == {3: ({ADA}, set()), 7: ({ADA}, set()), 11: (set(), {BOB})}
    assert HONEYBADGER.active(sim) == {ADA: "Member"}
    assert (done["summary"]["leave_team"], done["summary"]["cancel_team_invitation"], len(sim.writes())) == (2, 1, 4)
    reads = 3 if lists == "embedded" else 3 + 2 * 3
    assert verbs(sim)[:reads] == ["GET"] * reads
    assert done["api"]["requests"] == len(sim.log) == reads + 4
    assert "token" not in json.dumps(done["plan"])
    forget(sim)
    again = ask("honeybadger_users", users=[leaver()])
    assert (again["changed"], again["plan"], sim.writes()) == (False, [], [])


def test_whoever_is_not_listed_leaves_teams_although_somebody_else_accepted_for_them(ask: Ask, sim: Simulator) -> None:
    sim.configure(accepted_email="kept")
    in_teams(sim)
    sim.honeybadger.add_invitation(EVE)
    sim.honeybadger.accept(EVE, accepting=ADA)
    done = ask("honeybadger_users", users=[{"email": ADA}, {"email": OWNER}], exclusive=True, max_removals="100%")
    assert {("cancel_team_invitation", EVE, 11), ("leave_team", EVE, 3), ("remove", EVE, None)} <= set(steps(done))
    assert HONEYBADGER.active(sim) == {ADA: "Member"}


@pytest.mark.parametrize("ada", ["declared", "ignored", "not named"])
def test_teams_go_although_somebody_who_stays_accepted_for_the_leaver(ask: Ask, sim: Simulator, ada: str) -> None:
    """Eve is a user; an old invitation to her address was accepted by Ada."""
    sim.configure(accepted_email="kept")
    in_teams(sim)
    sim.honeybadger.add_invitation(EVE)
    sim.honeybadger.accept(EVE, accepting=ADA)
    people = [{"email": EVE, "state": "absent"}, *([{"email": ADA}] if ada == "declared" else [])]
    done = ask("honeybadger_users", users=people, ignore=[ADA] if ada == "ignored" else [])
    assert {("cancel_team_invitation", EVE, 11), ("leave_team", EVE, 3), ("remove", EVE, None)} <= set(steps(done))
    assert {EVE} & {email for members, invited in teams(sim).values() for email in members | invited} == set()
    if ada != "not named":
        assert HONEYBADGER.active(sim) == {ADA: "Member"}
        assert teams(sim)[3] == ({ADA}, set())


def test_one_person_leaves_completely(ask: Ask, sim: Simulator) -> None:
    in_teams(sim)
    done = ask("honeybadger_user", **leaver(), verify=True)
    assert done["action"] == "cancel_team_invitation+leave_team+leave_team+remove"
    assert done["status"] == "absent"
    assert done["verified"]["remaining"] == []
    assert "/v2/teams" in done["verified"]["read"]
    assert teams(sim)[3] == ({ADA}, set())


def test_a_team_invitation_that_nobody_accepted_is_cancelled(ask: Ask, sim: Simulator) -> None:
    """Although it has fields for who did."""
    sim.honeybadger.teams.add_invitation(7, EVE, accepted_by={"email": None, "name": None})
    done = ask("honeybadger_users", users=[{"email": EVE, "state": "absent"}])
    assert steps(done) == [("cancel_team_invitation", EVE, 7)]
    assert teams(sim)[7] == (set(), set())


def test_somebody_who_is_only_invited_to_a_team(ask: Ask, sim: Simulator) -> None:
    sim.honeybadger.teams.add_invitation(7, EVE)
    done = ask("honeybadger_users", users=[{"email": EVE, "state": "absent"}])
    assert steps(done) == [("cancel_team_invitation", EVE, 7)]
    assert teams(sim)[7] == (set(), set())
    sim.honeybadger.teams.add_invitation(7, EVE)
    refused = ask(
        "honeybadger_users", users=[{"email": EVE, "state": "absent"}], max_removals="0", fails="guard_refused"
    )
    assert "1 person" in refused["msg"]
    assert teams(sim)[7] == (set(), {EVE})


def test_a_removal_counts_a_person_once(ask: Ask, sim: Simulator) -> None:
    in_teams(sim)
    assert ask("honeybadger_users", users=[leaver()], max_removals="1")["summary"]["applied"] == 4


def test_an_exclusive_list_takes_teams_too(ask: Ask, sim: Simulator) -> None:
    in_teams(sim)
    listed = [{"email": OWNER}, {"email": ADA}]
    done = ask("honeybadger_users", users=listed, exclusive=True, max_removals="100%")
    assert teams(sim) == {3: ({ADA}, set()), 7: ({ADA}, set()), 11: (set(), set())}
    assert ("cancel_team_invitation", BOB, 11) in steps(done)


def test_nobody_leaves_and_no_team_is_read(ask: Ask, sim: Simulator) -> None:
    in_teams(sim)
    for _unused in range(2):
        forget(sim)
        ask("honeybadger_users", users=[{"email": ADA, "role": "Admin"}, {"email": "new@example.com"}])
        assert not [entry for entry in sim.log if "teams" in entry.path]


def test_protected_and_ignored_people_keep_their_teams(ask: Ask, sim: Simulator) -> None:
    in_teams(sim)
    ask("honeybadger_users", users=[leaver()], protected=[HOME], fails="guard_refused")
    assert ask("honeybadger_users", users=[leaver()], ignore=[HOME])["plan"] == []
    assert sim.writes() == []


@pytest.mark.parametrize("access", ["403", "404"])
def test_teams_that_cannot_be_read(ask: Ask, sim: Simulator, access: str) -> None:
    in_teams(sim)
    sim.configure(teams_access=access)
    done = ask("honeybadger_users", users=[leaver()])
    assert HONEYBADGER.active(sim) == {ADA: "Member"}
    assert [text for text in warnings_of(done) if "Teams could not be read" in text]
    assert [text for text in done["follow_up"] if "teams" in text and EVE in text]


def test_nobody_is_said_to_be_gone_whose_teams_cannot_be_read(ask: Ask, sim: Simulator) -> None:
    """Only invited to a team, and so in none of the lists that were read."""
    sim.honeybadger.teams.add_invitation(7, EVE)
    sim.configure(teams_access="403")
    done = ask("honeybadger_users", users=[leaver()])
    assert (done["plan"], done["changed"]) == ([], False)
    assert [text for text in done["follow_up"] if "teams" in text and EVE in text]


@pytest.mark.parametrize("verify", [False, True])
def test_the_right_to_change_teams_is_lost_half_way(ask: Ask, sim: Simulator, verify: bool) -> None:
    """One team is left, the others are not: that is a failure in every run until they are."""
    in_teams(sim)
    options = {"users": [leaver()], "concurrency": 1, "verify": verify}
    sim.fail(Fault("status", method="DELETE", path="/v2/teams", after=1, times=0, status=403))
    failed = ask("honeybadger_users", fails="partial_failure", **options)
    outcomes = [(item["action"], item["outcome"]) for item in failed["results"]]
    assert outcomes == [
        ("cancel_team_invitation", "applied"),
        ("leave_team", "failed"),
        ("leave_team", "failed"),
        ("remove", "applied"),
    ]
    assert teams(sim) == {3: ({ADA, EVE}, set()), 7: ({ADA, HOME}, set()), 11: (set(), {BOB})}
    if verify:
        assert "/users" in str(failed["verified"]["read"])
        assert failed["verified"]["remaining"] == []
    again = ask("honeybadger_users", fails="partial_failure", **options)
    assert steps(again) == [("leave_team", EVE, 3), ("leave_team", EVE, 7)]
    sim.faults.clear()
    assert ask("honeybadger_users", **options)["summary"]["leave_team"] == 2
    assert teams(sim) == {3: ({ADA}, set()), 7: ({ADA}, set()), 11: (set(), {BOB})}


def test_what_was_done_is_verified_when_something_else_failed(ask: Ask, sim: Simulator) -> None:
    """Eve is given access anew after her removal, one of her teams cannot be left: both are named, each once."""
    in_teams(sim)
    sim.fail(
        Fault("status", method="DELETE", path="/v2/teams/3/", times=0, status=403),
        Fault("action_after", method="DELETE", path="/users/", action=lambda: sim.honeybadger.add(EVE)),
    )
    failed = ask("honeybadger_users", users=[leaver()], verify=True, fails="partial_failure")
    assert [(item["action"], item["outcome"]) for item in failed["results"]].count(("leave_team", "failed")) == 1
    assert failed["verified"]["remaining"] == [{"email": EVE, "what": "Member, active"}]
    assert "3 of 4 changes applied" in failed["msg"]
    assert f"{EVE}: Member, active" in failed["msg"]


def test_a_verification_that_fails_does_not_hide_what_failed_before(ask: Ask, sim: Simulator) -> None:
    in_teams(sim)
    sim.fail(
        Fault("status", method="DELETE", path="/v2/teams/3/", times=0, status=403),
        Fault("status", method="GET", path="/users$", after=1, times=0, status=403),
    )
    failed = ask("honeybadger_users", users=[leaver()], verify=True, fails="partial_failure")
    assert (failed["summary"]["applied"], failed["summary"]["failed"], failed["verified"]) == (3, 1, None)
    assert [text for text in warnings_of(failed) if "could not be verified" in text]


def test_the_right_to_read_teams_is_lost_half_way(ask: Ask, sim: Simulator) -> None:
    """What was taken away is not verified then, and that is told."""
    in_teams(sim)
    sim.fail(Fault("status", method="GET", path="/v2/teams", after=1, times=0, status=403))
    done = ask("honeybadger_users", users=[leaver()], verify=True)
    assert "/v2/teams" not in done["verified"]["read"]
    assert [text for text in warnings_of(done) if "Teams could not be read" in text]
    assert [text for text in done["follow_up"] if "teams" in text and EVE in text]


def test_one_team_that_cannot_be_read(ask: Ask, sim: Simulator) -> None:
    in_teams(sim)
    sim.configure(team_lists="missing", teams_denied=(7,))
    done = ask("honeybadger_users", users=[leaver()])
    assert [text for text in warnings_of(done) if "team 7" in text]
    assert teams(sim)[3] == ({ADA}, set())
    assert HOME in teams(sim)[7][0]


@pytest.mark.parametrize("path", ["/v2/teams", "/users", "/invitations"])
@pytest.mark.parametrize("kind", ["cut_body", "html", "wrong_shape"])
def test_a_list_that_is_cut_lets_nothing_be_removed(ask: Ask, sim: Simulator, path: str, kind: str) -> None:
    in_teams(sim)
    sim.fail(Fault(kind, method="GET", path=path, times=0))
    result = ask(
        "honeybadger_users", users=[leaver()], max_wait=0, fails="bad_response" if kind != "cut_body" else "connection"
    )
    assert (sim.writes(), result["changed"]) == ([], False)


def test_a_team_invitation_accepted_meanwhile(ask: Ask, sim: Simulator) -> None:
    """Between the read and the write Eve accepts, and is a user: that is told, never called gone."""
    sim.honeybadger.teams.add_invitation(7, EVE)
    sim.fail(Fault("action_before", method="DELETE", path="team_invitations",
                   action=lambda: sim.honeybadger.accept_team(7, EVE)))  # fmt: skip
    failed = ask("honeybadger_users", users=[{"email": EVE, "state": "absent"}], verify=True, fails="partial_failure")
    assert EVE in HONEYBADGER.active(sim)
    assert EVE in failed["msg"]
    rest = ask("honeybadger_users", users=[{"email": EVE, "state": "absent"}], max_removals="100%")
    assert EVE not in HONEYBADGER.active(sim)
    assert EVE not in teams(sim)[7][0]
    assert rest["summary"]["failed"] == 0


LOST: dict[str, dict[str, Any]] = {
    "reset before": {"kind": "reset_before"},
    "reset after": {"kind": "reset_after"},
    "502 after": {"kind": "status_after", "status": 502},
    "500 after": {"kind": "status_after", "status": 500},
}


@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize("path", ["team_members", "team_invitations"])
def test_a_lost_answer_about_a_team(ask: Ask, sim: Simulator, fault: str, path: str) -> None:
    in_teams(sim)
    sim.fail(Fault(**LOST[fault], method="DELETE", path=path))
    done = ask("honeybadger_users", users=[leaver()])
    assert (done["summary"]["applied"], done["summary"]["failed"]) == (4, 0)
    assert all(item["action"] != "none" for item in done["results"])
    assert teams(sim)[11] == (set(), {BOB})


def test_memberships_that_go_with_the_user(ask: Ask, sim: Simulator) -> None:
    sim.configure(leaver_teams="cleared")
    in_teams(sim)
    done = ask("honeybadger_users", users=[leaver()], verify=True)
    assert done["summary"]["failed"] == 0
    assert done["verified"]["remaining"] == []


def test_what_is_left_is_a_failure_that_names_it(ask: Ask, sim: Simulator) -> None:
    sim.honeybadger.add(EVE)
    sim.fail(Fault("action_after", method="DELETE", path="/users/", action=lambda: sim.honeybadger.add(EVE)))
    failed = ask("honeybadger_user", email=EVE, state="absent", verify=True, fails="partial_failure")
    assert [item["email"] for item in failed["verified"]["remaining"]] == [EVE]
    assert EVE in failed["msg"]


# manage_teams


def test_teams_of_a_user(ask: Ask, sim: Simulator) -> None:
    sim.honeybadger.add(ADA)
    sim.honeybadger.teams.add_member(3, ADA)
    sim.honeybadger.teams.add_member(3, EVE)
    (warning,) = warnings_of(ask("honeybadger_users", users=[{"email": ADA, "team_ids": [7]}]))
    assert "manage_teams" in warning
    assert sim.writes() == []
    options = {"users": [{"email": ADA, "team_ids": [7]}], "manage_teams": True, "max_removals": "0"}
    done = ask("honeybadger_users", **options)
    assert [(step["action"], step["email"]) for step in done["plan"]] == [("invite_to_team", ADA), ("leave_team", ADA)]
    assert teams(sim) == {3: ({EVE}, set()), 7: (set(), {ADA}), 11: (set(), set())}
    assert len(sim.emails_to(ADA)) == 1
    again = ask("honeybadger_users", **options)
    assert (again["changed"], again["plan"]) == (False, [])
    assert ask("honeybadger_user", email=ADA, team_ids=[7], manage_teams=True)["action"] == "none"


def tied(sim: Simulator, invited: str) -> None:
    """Ada is a user who accepted the invitation of somebody else, and is in team 3."""
    sim.configure(accepted_email="kept")
    sim.honeybadger.invite(invited, "Member")
    sim.honeybadger.accept(invited, ADA)
    sim.honeybadger.teams.add_member(3, ADA)


@pytest.mark.parametrize("declared", [True, False])
def test_nobody_leaves_a_team_in_the_name_of_whoever_accepted_their_invitation(
    ask: Ask, sim: Simulator, declared: bool
) -> None:
    tied(sim, BOB)
    sim.honeybadger.add(BOB)
    sim.honeybadger.teams.add_member(7, BOB)
    people = [{"email": ADA, "team_ids": []}, *([{"email": BOB, "team_ids": [7]}] if declared else [])]
    done = ask("honeybadger_users", users=people, manage_teams=True)
    assert steps(done) == [("leave_team", ADA, 3)]
    assert teams(sim) == {3: (set(), set()), 7: ({BOB}, set()), 11: (set(), set())}
    again = ask("honeybadger_users", users=people, manage_teams=True)
    assert again["plan"] == []


def test_teams_of_somebody_who_is_ignored_under_another_address(ask: Ask, sim: Simulator) -> None:
    tied(sim, EVE)
    done = ask("honeybadger_users", users=[{"email": EVE, "team_ids": [7]}], ignore=[ADA], manage_teams=True)
    assert done["plan"] == []
    assert teams(sim)[3] == ({ADA}, set())
    done = ask("honeybadger_users", users=[{"email": EVE, "team_ids": [7]}], manage_teams=True)
    assert [step["action"] for step in done["plan"]] == ["invite_to_team", "leave_team"]


@pytest.mark.parametrize("check", [True, False])
def test_the_diff_of_teams_says_nothing_of_access(ask: Ask, sim: Simulator, check: bool) -> None:
    sim.honeybadger.add(ADA)
    sim.honeybadger.teams.add_member(3, ADA)
    done = ask("honeybadger_user", email=ADA, team_ids=[], manage_teams=True, check=check, diff=True)
    assert done["diff"]["before"].startswith(f"{ADA}: team membership '3'")
    assert done["diff"]["after"].startswith(f"{ADA}: no team membership '3'")
    done = ask("honeybadger_user", email=ADA, team_ids=[3, 7], manage_teams=True, check=check, diff=True)
    assert "no team invitation '7'" in done["diff"]["before"]
    assert "absent" not in str(done["diff"])


@pytest.mark.parametrize("world", [{"teams_access": "403"}, {"team_lists": "missing", "teams_denied": (7,)}])
def test_nobody_is_invited_to_a_team_that_cannot_be_read(ask: Ask, sim: Simulator, world: dict[str, Any]) -> None:
    """They may be in it already. Where others leave, those leave all the same."""
    in_teams(sim)
    sim.configure(**world)
    before = teams(sim)
    ask("honeybadger_user", email=ADA, team_ids=[3, 7], manage_teams=True, fails="forbidden")
    assert (sim.writes(), teams(sim)) == ([], before)
    people = [{"email": ADA, "team_ids": [3, 7]}, {"email": EVE, "state": "absent"}]
    done = ask("honeybadger_users", users=people, manage_teams=True)
    assert HONEYBADGER.active(sim) == {ADA: "Member"}
    assert [text for text in warnings_of(done) if "read" in text]
    assert sim.emails == []


@pytest.mark.parametrize("world", ["unknown", "another account's"])
def test_a_team_that_the_account_does_not_have(ask: Ask, sim: Simulator, world: str) -> None:
    """A token may see the teams of several accounts."""
    sim.honeybadger.add(ADA)
    sim.honeybadger.teams.add_member(3, ADA)
    if world != "unknown":
        page = {
            "results": [{"id": 3, "name": "Ours"}, {"id": 4711, "name": "Theirs", "account_id": "0ther"}],
            "links": {},
        }
        sim.fail(Fault("status", path=r"/v2/teams\?", times=0, status=200, body=page))
    people = [{"email": ADA, "team_ids": [3, 4711]}]
    for failed in (
        ask("honeybadger_users", users=people, manage_teams=True, fails="not_found"),
        ask("honeybadger_user", **people[0], manage_teams=True, fails="not_found"),
    ):
        assert failed["msg"].startswith(f"The account has no team with the id 4711, declared for {ADA}.")
    assert sim.writes() == []


def test_verification_names_every_list_that_it_read(ask: Ask, sim: Simulator) -> None:
    in_teams(sim)
    sim.configure(team_lists="missing")
    done = ask("honeybadger_user", email=EVE, state="absent", verify=True)
    assert {"/v2/teams", "/v2/teams/3/team_members", "/v2/teams/3/team_invitations"} <= set(done["verified"]["read"])


def test_an_invitation_to_a_team_whose_answer_is_lost(ask: Ask, sim: Simulator) -> None:
    sim.honeybadger.add(ADA)
    sim.fail(Fault("reset_after", method="POST", path="team_invitations"))
    done = ask("honeybadger_user", email=ADA, team_ids=[7], manage_teams=True)
    assert (done["action"], len(sim.emails_to(ADA))) == ("invite_to_team", 1)


# Keys


def with_key(sim: Simulator, **more: Any) -> dict[str, Any]:
    return {
        "management_key_id": sim.management_key_id,
        "management_key_secret": sim.management_key_secret,
        **more,
    }


def with_keys(sim: Simulator) -> list[str]:
    """Eve made two keys that work and one that does not; Ada made one, nobody another."""
    sim.honeycomb.add(EVE)
    sim.honeycomb.add(ADA)
    made = [sim.honeycomb.keys.add(EVE, name=f"eve {number}").id for number in range(2)]
    made.append(sim.honeycomb.keys.add(EVE, name="eve off", disabled=True).id)
    sim.honeycomb.keys.add(ADA, name="ada")
    sim.honeycomb.keys.add("", name="nobody")
    return made


def working(sim: Simulator) -> set[str]:
    return {key.name for key in sim.honeycomb.keys if not key.disabled}


@pytest.mark.parametrize("unread", ["users", "api-keys"])
def test_the_right_to_read_keys_is_lost_half_way(ask: Ask, sim: Simulator, unread: str) -> None:
    """A list that cannot be read again verifies nothing and shows nobody."""
    with_keys(sim)
    options = with_key(sim, leaver_keys="report", verify=True, known_invitations={})
    sim.fail(Fault("status", method="GET", path=f"/{unread}", after=1, times=0, status=403))
    done = ask("honeycomb_members", members=[{"email": EVE, "state": "absent"}], **options)
    assert done["verified"]["remaining"] == []
    read = [path.rpartition("/")[2] for path in done["verified"]["read"]]
    assert read == ["team_memberships"] + ["users"] * (unread == "api-keys")
    assert [text for text in warnings_of(done) if "could not be read" in text]


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize(("mode", "action"), [("report", "none"), ("disable", "disable_key"), ("delete", "delete_key")])
def test_keys_of_a_leaver(ask: Ask, sim: Simulator, mode: str, action: str, kept: bool) -> None:
    sim.configure(creator_kept=kept)
    made = with_keys(sim)
    options = with_key(sim, leaver_keys=mode, verify=True, known_invitations={})
    listed = [{"email": EVE, "state": "absent"}]
    before = sim.dump()
    planned = ask("honeycomb_members", members=listed, check=True, diff=True, **options)
    assert sim.dump() == before
    done = ask("honeycomb_members", members=listed, diff=True, **options)
    assert told(planned) == told(done)
    off = 0 if mode == "report" else 2 if mode == "disable" else 3
    assert done["summary"].get(action, 0) == off
    assert len(sim.writes()) == off + 1
    assert {key["id"] for key in done["leaver_keys"]} == set(made)
    assert all(key["creator"]["email"] == EVE for key in done["leaver_keys"])
    assert {"ada", "nobody"} <= working(sim)
    assert bool(working(sim) & {"eve 0", "eve 1"}) is (mode == "report")
    assert done["verified"]["remaining"] == []
    assert any("/users" in path for path in done["verified"]["read"])
    text = " ".join(done["follow_up"])
    assert "nobody" in text
    assert (made[0] in text) is (mode == "report")


def test_the_keys_of_the_run_are_left_alone(ask: Ask, sim: Simulator) -> None:
    sim.configure(auth_id="listed")
    sim.honeycomb.add("second@example.com", "admin")
    options = with_key(sim, leaver_keys="delete", known_invitations={})
    done = ask("honeycomb_member", email=OWNER, state="absent", **options)
    own = {key["name"] for key in done["leaver_keys"] if key["action"] == "none"}
    assert len(own) == 1
    assert [text for text in done["follow_up"] if "that this run uses" in text]
    assert ask("honeycomb_member_info")["members"]


def test_a_leaver_whom_the_list_of_users_does_not_have(ask: Ask, sim: Simulator) -> None:
    with_keys(sim)
    users = {"data": [], "links": {"next": None}}
    sim.fail(Fault("html", method="GET", path="/2/teams/.*/users", body=users, times=0))
    done = ask("honeycomb_members", members=[{"email": EVE, "state": "absent"}], known_invitations={}, **with_key(sim))
    assert [text for text in done["follow_up"] if "is not known which API keys" in text and EVE in text]


@pytest.mark.parametrize("verify", [True, False])
def test_a_leaver_whom_only_the_list_of_users_shows(ask: Ask, sim: Simulator, verify: bool) -> None:
    """Nobody is called gone whom a list that was read still shows."""
    sim.honeycomb.add(EVE)
    shown = json.loads(sim.honeycomb.listing())
    members = [member for member in shown if member["email"] != EVE]
    sim.fail(Fault("html", method="GET", path="/1/team_memberships", body=members, times=0))
    leaving = {"members": [{"email": EVE, "state": "absent"}], "known_invitations": {}, **with_key(sim)}
    planned = ask("honeycomb_members", check=True, **leaving)
    done = ask("honeycomb_members", verify=verify, fails="partial_failure" if verify else "", **leaving)
    for result in (planned, done):
        assert (result["changed"], result["plan"]) == (False, [])
        assert [text for text in result["follow_up"] if EVE in text and "by hand" in text]
    if verify:
        assert EVE in done["msg"]
        assert [item["email"] for item in done["verified"]["remaining"]] == [EVE]


@pytest.mark.parametrize("mode", ["report", "disable", "delete"])
def test_a_list_of_keys_that_is_cut_on_page_two(ask: Ask, sim: Simulator, mode: str) -> None:
    sim.configure(v2_page_size=2)
    with_keys(sim)
    sim.fail(Fault("cut_body", method="GET", path="api-keys.*after", times=0))
    options = with_key(sim, leaver_keys=mode, known_invitations={}, max_wait=0)
    failed = ask("honeycomb_members", members=[{"email": EVE, "state": "absent"}], fails="connection", **options)
    assert (failed["changed"], sim.writes()) == (False, [])


@pytest.mark.parametrize("mode", ["report", "delete"])
def test_a_run_that_cannot_tell_its_own_key_deletes_none(ask: Ask, sim: Simulator, mode: str) -> None:
    with_keys(sim)
    sim.fail(Fault("status", path="/1/auth", status=404, times=0))
    options = with_key(sim, leaver_keys=mode, known_invitations={})
    code = "" if mode == "report" else "not_found"
    result = ask("honeycomb_members", members=[{"email": EVE, "state": "absent"}], fails=code, **options)
    assert len(sim.writes()) == (mode == "report")
    assert result["changed"] is (mode == "report")


def test_too_many_keys(ask: Ask, sim: Simulator) -> None:
    made = with_keys(sim)
    options = with_key(sim, leaver_keys="delete", max_keys=2, known_invitations={})
    failed = ask("honeycomb_members", members=[{"email": EVE, "state": "absent"}], fails="guard_refused", **options)
    assert all(identity in failed["msg"] for identity in made)
    assert sim.writes() == []


def test_without_a_management_key_nothing_of_v2_is_asked(ask: Ask, sim: Simulator) -> None:
    with_keys(sim)
    done = ask("honeycomb_members", members=[{"email": EVE, "state": "absent"}], known_invitations={})
    assert verbs(sim) == ["GET", "GET", "DELETE"]
    assert "management_key_id" in done["follow_up"][0]
    assert done["leaver_keys"] == []
    forget(sim)
    ask("honeycomb_members", members=[{"email": ADA, "role": "admin"}], **with_key(sim))
    assert not [entry for entry in sim.log if entry.path.startswith("/2/")]


LIST = ["GET /1/team_memberships"]
PEOPLE = ["GET /v2/accounts/Me3upk/invitations", "GET /v2/accounts/Me3upk/users"]
TEAMS = ["GET /v2/teams?account_id=Me3upk"]
USER, MEMBER = "/v2/accounts/Me3upk/users/2", "/1/team_memberships/hcEve"
ASKED: list[tuple[str, dict[str, Any], list[str]]] = [
    ("honeycomb_member", {"email": "new@example.com"}, [*LIST, "POST /1/team_memberships"]),
    ("honeycomb_member", {"email": EVE, "role": "admin"}, [*LIST, f"PUT {MEMBER}"]),
    ("honeycomb_member", {"email": EVE, "state": "absent"}, [*LIST, f"DELETE {MEMBER}"]),
    ("honeycomb_member", {"email": EVE, "state": "absent", "verify": True}, [*LIST, f"DELETE {MEMBER}", *LIST]),
    ("honeycomb_members", {"members": [{"email": OWNER}, {"email": EVE}], "exclusive": True}, LIST),
    (
        "honeycomb_members",
        {"members": [{"email": OWNER}], "exclusive": True},
        [*LIST, "GET /1/auth", f"DELETE {MEMBER}"],
    ),
    ("honeybadger_user", {"email": "new@example.com"}, [*PEOPLE, "POST /v2/accounts/Me3upk/invitations"]),
    ("honeybadger_user", {"email": EVE, "role": "Admin"}, [*PEOPLE, f"PUT {USER}"]),
    ("honeybadger_user", {"email": EVE, "team_ids": [3]}, PEOPLE),
    ("honeybadger_user", {"email": EVE, "state": "absent"}, [*PEOPLE, *TEAMS, f"DELETE {USER}"]),
    ("honeybadger_users", {"users": [{"email": OWNER}, {"email": EVE}], "exclusive": True}, PEOPLE),
    ("honeybadger_users", {"users": [{"email": OWNER}], "exclusive": True}, [*PEOPLE, *TEAMS, f"DELETE {USER}"]),
]


@pytest.mark.parametrize(("module", "options", "asked"), ASKED)
@pytest.mark.parametrize("check", [False, True])
def test_what_is_asked_where_there_are_no_teams_and_no_management_key(
    ask: Ask, sim: Simulator, module: str, options: dict[str, Any], asked: list[str], check: bool
) -> None:
    """Nothing that was not asked before there were keys and teams, but for the list of teams where somebody leaves."""
    sim.reset(teams=())
    sim.honeycomb.add(EVE, id="hcEve")
    sim.honeybadger.add(EVE)
    done = ask(module, check=check, **options)
    wanted = [line for line in asked if line.startswith("GET")] if check else asked
    if check and options.get("verify"):
        wanted = LIST
    assert [f"{entry.method} {entry.path}" for entry in sim.log] == wanted
    assert done["changed"] is any(not line.startswith("GET") for line in asked)


@pytest.mark.parametrize("mode", ["report", "delete"])
def test_a_management_key_without_the_scope(ask: Ask, sim: Simulator, mode: str) -> None:
    with_keys(sim)
    sim.configure(management_scopes="users:read")
    options = with_key(sim, leaver_keys=mode, known_invitations={})
    code = "" if mode == "report" else "forbidden"
    result = ask("honeycomb_members", members=[{"email": EVE, "state": "absent"}], fails=code, **options)
    if mode == "report":
        assert [text for text in result["follow_up"] if "could not be read" in text and EVE in text]
    else:
        assert "api-keys:read" in result["msg"]
        assert sim.writes() == []


def test_a_refused_delete_is_told(ask: Ask, sim: Simulator) -> None:
    with_keys(sim)
    sim.configure(management_scopes="users:read,api-keys:read")
    options = with_key(sim, leaver_keys="disable", known_invitations={})
    failed = ask("honeycomb_members", members=[{"email": EVE, "state": "absent"}], fails="partial_failure", **options)
    assert EVE not in HONEYCOMB.active(sim)
    assert "api-keys:write" in failed["msg"]
    assert {key["outcome"] for key in failed["leaver_keys"]} == {"failed", "reported"}
    assert [text for text in failed["follow_up"] if "eve 0" in text]


@pytest.mark.parametrize("creator_ids", ["same", "other"])
def test_keys_that_outlive_their_maker_are_named_by_every_later_run(ask: Ask, sim: Simulator, creator_ids: str) -> None:
    """The scope was lost half-way, so that one key still works while its maker is in no list."""
    sim.configure(creator_ids=creator_ids)
    made = with_keys(sim)
    options = with_key(sim, leaver_keys="delete", known_invitations={}, members=[{"email": EVE, "state": "absent"}])
    sim.fail(Fault("status", method="DELETE", path="/api-keys/", after=1, times=0, status=403))
    first = ask("honeycomb_members", concurrency=1, fails="partial_failure" if creator_ids == "same" else "", **options)
    left = {key.id for key in sim.honeycomb.keys if key.id in made and not key.disabled}
    assert left
    assert (EVE in HONEYCOMB.active(sim), "ada" in working(sim)) == (False, True)
    sim.faults.clear()
    for result in (first, *(ask("honeycomb_members", **options) for _unused in range(2))):
        text = " ".join(result["follow_up"])
        assert all(identity in text for identity in left), text
        assert EVE in text


@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize("mode", ["disable", "delete"])
def test_a_lost_answer_about_a_key(ask: Ask, sim: Simulator, fault: str, mode: str) -> None:
    with_keys(sim)
    sim.fail(Fault(**LOST[fault], method="PATCH" if mode == "disable" else "DELETE", path="api-keys"))
    options = with_key(sim, leaver_keys=mode, known_invitations={})
    done = ask("honeycomb_members", members=[{"email": EVE, "state": "absent"}], **options)
    assert done["summary"]["failed"] == 0
    assert {"ada", "nobody"} <= working(sim)
    assert not working(sim) & {"eve 0", "eve 1"}


def test_where_members_cannot_be_listed_the_users_can(ask: Ask, sim: Simulator) -> None:
    with_keys(sim)
    sim.configure(endpoint_missing=True)
    failed = ask("honeycomb_member", email=EVE, state="absent", fails="endpoint_unavailable", **with_key(sim))
    assert f"{EVE} is there" in failed["msg"]
    assert "Team settings > Users" in failed["msg"]


@pytest.mark.parametrize("mode", ["report", "delete"])
def test_a_management_key_of_another_team_is_refused(ask: Ask, sim: Simulator, mode: str) -> None:
    with_keys(sim)
    other = {"id": "hcxlk_1", "type": "configuration", "team": {"name": "Other", "slug": "other"}, "api_key_access": {}}
    sim.fail(Fault("html", path="/1/auth", body=other, times=0))
    options = with_key(sim, leaver_keys=mode, known_invitations={})
    failed = ask("honeycomb_members", members=[{"email": EVE, "state": "absent"}], fails="validation", **options)
    assert "other" in failed["msg"]
    assert sim.writes() == []


def test_half_a_management_key(ask: Ask, sim: Simulator) -> None:
    failed = ask("honeycomb_member", email=EVE, management_key_id="hcxmk_1", fails="validation")
    assert "management_key_secret" in failed["msg"]
    assert sim.log == []


@pytest.mark.parametrize("mode", ["disable", "delete"])
def test_keys_cannot_be_touched_without_a_management_key(ask: Ask, sim: Simulator, mode: str) -> None:
    """The removal does not wait for a key that may come later; that no API key was touched is said."""
    with_keys(sim)
    done = ask("honeycomb_member", email=EVE, state="absent", leaver_keys=mode, known_invitations={})
    assert verbs(sim) == ["GET", "DELETE"]
    assert [text for text in warnings_of(done) if f"leaver_keys is {mode}" in text]
    assert "management_key_id" in done["follow_up"][0]
    assert ask("honeycomb_member", email=ADA, role="admin", leaver_keys=mode, known_invitations={})["leaver_keys"] == []


# What the references offer besides


def test_a_name_goes_with_the_invitation_and_is_never_compared(ask: Ask, sim: Simulator) -> None:
    ask(
        "honeycomb_members",
        members=[{"email": ADA, "name": "Ada Lovelace"}, {"email": BOB}],
        known_invitations={},
        concurrency=1,
    )
    assert [entry.body.get("name") for entry in sim.writes()] == ["Ada Lovelace", None]
    again = ask("honeycomb_members", members=[{"email": ADA, "name": "Another"}])
    assert again["changed"] is False


def test_one_invitation_by_id(ask: Ask, sim: Simulator) -> None:
    first, second = (sim.honeybadger.add_invitation(email) for email in (ADA, BOB))
    (found,) = ask("honeybadger_invitation_info", id=second.id)["invitations"]
    assert (found["email"], found["status"], "token" in found) == (BOB, "pending", False)
    assert ask("honeybadger_invitation_info", id=first.id + 99)["invitations"] == []


def test_the_id_of_a_key_is_no_key(ask: Ask, sim: Simulator) -> None:
    failed = ask("honeycomb_member", email=ADA, api_key="hcxlk_0123456789abcdef", fails="wrong_key_type")
    assert "id of a configuration key" in failed["msg"]
    assert "hcxlk_" not in failed["msg"]


def test_a_verification_that_is_limited_says_until_when(ask: Ask, sim: Simulator) -> None:
    sim.honeycomb.add(EVE)
    sim.fail(Fault("status", path="/1/team_memberships$", method="GET", status=429, retry_after=4000, after=1, times=0))
    failed = ask("honeycomb_member", email=EVE, state="absent", verify=True, known_invitations={}, fails="rate_limited")
    assert failed["changed"]
    assert "could not be verified" in failed["msg"]
    assert "from now" in failed["msg"]


def test_whom_an_exclusive_list_cannot_name_is_named_in_a_warning(ask: Ask, sim: Simulator) -> None:
    listed = [
        {"id": "tm1", "email": OWNER, "name": "O", "role": "admin"},
        {"id": "tm2", "email": "", "name": "", "role": "admin"},
    ]
    sim.fail(Fault("html", path="/1/team_memberships$", body=listed, times=0))
    done = ask("honeycomb_members", members=[{"email": OWNER}], exclusive=True, known_invitations={})
    assert done["plan"] == []
    assert [text for text in warnings_of(done) if "without an e-mail address" in text and "tm2" in text]
    done = ask("honeycomb_members", members=[{"email": OWNER}], known_invitations={})
    assert warnings_of(done) == []


# Whatever goes wrong, in whatever order


def everything(sim: Simulator) -> None:
    """A user with an account invitation under an alias, two teams, a team invitation; Ada has the same."""
    in_teams(sim)
    sim.honeybadger.add_invitation(HOME)


@pytest.mark.parametrize("nth", range(1, 9))
@pytest.mark.parametrize("kind", ["reset_before", "reset_after", "status", "cut_body", "empty_body"])
def test_a_fault_at_each_request(ask: Ask, sim: Simulator, nth: int, kind: str) -> None:
    """One run with a fault and one without: Eve is gone, Ada has what she had, and no outcome was false."""
    everything(sim)
    more: dict[str, Any] = {"status": 500} if kind == "status" else {}
    sim.fail(Fault(kind, nth=nth, **more))
    options = {"users": [leaver()], "max_removals": "100%", "concurrency": 1}
    result = run_anyhow(sim, "honeybadger_users", **options)
    gone = {item["email"] for item in result["results"]} and not [
        item for item in result["results"] if item["outcome"] != "applied"
    ]
    left = EVE in HONEYBADGER.active(sim) or HOME in HONEYBADGER.pending(sim)
    left = left or any({EVE, HOME} & (members | invited) for members, invited in teams(sim).values())
    if gone:
        assert not left
    done = ask("honeybadger_users", verify=True, **options)
    assert done["verified"] is None or done["verified"]["remaining"] == []
    assert teams(sim) == {3: ({ADA}, set()), 7: ({ADA}, set()), 11: (set(), {BOB})}
    assert (HONEYBADGER.active(sim), HONEYBADGER.pending(sim)) == ({ADA: "Member"}, {})


@pytest.mark.parametrize("nth", range(1, 11))
@pytest.mark.parametrize("kind", ["reset_before", "reset_after", "status", "cut_body", "empty_body"])
def test_a_fault_at_each_request_about_keys(ask: Ask, sim: Simulator, nth: int, kind: str) -> None:
    with_keys(sim)
    more: dict[str, Any] = {"status": 500} if kind == "status" else {}
    sim.fail(Fault(kind, nth=nth, **more))
    options = with_key(sim, leaver_keys="delete", known_invitations={}, max_removals="100%", concurrency=1)
    result = run_anyhow(sim, "honeycomb_members", members=[{"email": EVE, "state": "absent"}], **options)
    deleted = {key["name"] for key in result.get("leaver_keys", ()) if key["outcome"] == "applied"}
    assert deleted.isdisjoint({key.name for key in sim.honeycomb.keys})
    assert {"ada", "nobody", "Access", "Events"} <= {key.name for key in sim.honeycomb.keys}
    assert ADA in HONEYCOMB.active(sim)


def run_anyhow(sim: Simulator, module: str, **options: Any) -> Result:
    """The result, whether the module fails or not."""
    result = run_on(sim, module, request_timeout=30, **options)
    inspect(sim, result)
    return result


@pytest.mark.parametrize("check", [False, True])
def test_results_are_in_the_order_of_the_plan_although_a_part_is_deferred(
    ask: Ask, sim: Simulator, check: bool
) -> None:
    """Keys that are deleted after the removal are deleted before it if the removal is for a later run."""
    sim.honeycomb.add(EVE)
    for name in ("one", "two"):
        sim.honeycomb.keys.add(EVE, "ingest", name)
    management = {"management_key_id": sim.management_key_id, "management_key_secret": sim.management_key_secret}
    options: dict[str, Any] = {"leaver_keys": "delete", "max_changes": 2, "check": check, **management}
    done = ask("honeycomb_members", members=[{"email": EVE, "state": "absent"}], **options)
    assert [(step["action"], result["action"]) for step, result in zip(done["plan"], done["results"], strict=True)] == [
        ("remove", "remove"),
        ("delete_key", "delete_key"),
        ("delete_key", "delete_key"),
    ]
    assert [result["outcome"] for result in done["results"]] == ["deferred", "applied", "applied"]
    assert EVE in HONEYCOMB.active(sim)
