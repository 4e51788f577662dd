# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Honeybadger's teams: what is asked, who is found, and no invitation sent twice."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator import Fault, Simulator

from .support import OWNER, Ask, Result, told, warnings_of

CONTRACT = True
ADA = "ada@example.com"
BOB = "bob@example.com"
TEAMS = "/v2/teams?account_id=Me3upk"
INFO, ONE = "honeybadger_team_info", "honeybadger_team_member"
MEMBERS, INVITATIONS = "/v2/teams/3/team_members", "/v2/teams/3/team_invitations"


@pytest.fixture(params=["embedded", "missing"])
def lists(sim: Simulator, request: pytest.FixtureRequest) -> str:
    """Whether the lists of a team are in it."""
    sim.configure(team_lists=request.param)
    return str(request.param)


def paths(sim: Simulator) -> list[str]:
    return [entry.path for entry in sim.log]


def writes(sim: Simulator) -> list[tuple[str, str, Any]]:
    return [(entry.method, entry.path, entry.body) for entry in sim.writes()]


def looks(lists: str) -> list[str]:
    """What one look at team 3 costs."""
    return [TEAMS] if lists == "embedded" else [TEAMS, INVITATIONS, MEMBERS]


def in_team(sim: Simulator) -> dict[str, bool]:
    return {member.email: member.admin for member in sim.honeybadger.teams.find(3).members}


def invited(sim: Simulator) -> dict[str, bool]:
    return {one.email: one.admin for one in sim.honeybadger.teams.find(3).invitations if not one.accepted_at}


def place(result: Result) -> tuple[str, str]:
    return result["status"], result["action"]


# Looking


def test_teams(ask: Ask, sim: Simulator, lists: str) -> None:
    sim.honeybadger.teams.add_member(3, "Ada@Example.com", admin=True)
    sim.honeybadger.teams.invite(3, BOB)
    sim.honeybadger.teams.invite(7, ADA)
    sim.honeybadger.accept_team(7, ADA)
    found = ask(INFO)["teams"]
    each = [TEAMS, *(f"/v2/teams/{team}/team_{part}" for team in (3, 7, 11) for part in ("invitations", "members"))]
    assert paths(sim) == (each if lists == "missing" else [TEAMS])
    assert [team["id"] for team in found] == [3, 7, 11]
    assert [(one["id"], one["email"], one["admin"]) for one in found[0]["members"]] == [(1, "Ada@Example.com", True)]
    assert [(one["email"], one["status"]) for one in found[0]["invitations"]] == [(BOB, "pending")]
    assert [one["status"] for one in found[1]["invitations"]] == ["accepted"]
    assert not any("token" in one for team in found for one in team["invitations"])
    if lists == "embedded":
        assert found[0]["projects"] == [{"id": 3, "name": "Project of Team 3"}]
        assert found[0]["owner"]["email"] == OWNER


@pytest.mark.parametrize("accepted_email", ["empty", "kept"])
def test_teams_of_somebody(ask: Ask, sim: Simulator, lists: str, accepted_email: str) -> None:
    sim.configure(accepted_email=accepted_email)
    sim.honeybadger.teams.add_member(3, ADA)
    sim.honeybadger.teams.add_invitation(7, ADA)
    sim.honeybadger.teams.add_invitation(11, BOB)
    sim.honeybadger.accept_team(11, BOB, accepting="bob@home.example")
    assert [team["id"] for team in ask(INFO, email=" ADA@example.com")["teams"]] == [3, 7]
    assert [team["id"] for team in ask(INFO, email="bob@home.example")["teams"]] == [11]
    assert [team["id"] for team in ask(INFO, email=BOB)["teams"]] == ([11] if accepted_email == "kept" else [])
    assert ask(INFO, email="nobody@example.com")["teams"] == []


def test_one_team(ask: Ask, sim: Simulator, lists: str) -> None:
    assert [team["id"] for team in ask(INFO, team_id=3)["teams"]] == [3]
    assert paths(sim) == looks(lists)
    assert ask(INFO, team_id=99)["teams"] == []


def test_every_page_is_read(ask: Ask, sim: Simulator, lists: str) -> None:
    sim.configure(page_size=2)
    for number in range(5):
        sim.honeybadger.teams.add_member(3, f"m{number}@example.com")
        sim.honeybadger.teams.add_invitation(3, f"i{number}@example.com")
    found = ask(INFO)["teams"]
    assert [team["id"] for team in found] == [3, 7, 11]
    assert [one["email"] for one in found[0]["members"]] == [f"m{number}@example.com" for number in range(5)]
    assert [one["email"] for one in found[0]["invitations"]] == [f"i{number}@example.com" for number in range(5)]


@pytest.mark.parametrize("told_account", ["number", "missing", "text"])
def test_teams_of_another_account_are_not_this_one_s(ask: Ask, sim: Simulator, told_account: str) -> None:
    """Even from a service that heeds no parameter, as far as a team says whose it is."""
    sim.configure(team_account=told_account)
    made = sim.honeybadger.open("9bYfrm").add_team("Elsewhere")
    assert [team["id"] for team in ask(INFO)["teams"]] == [3, 7, 11]
    ask(ONE, team_id=made, email=ADA, fails="not_found")
    other = {"id": 500, "name": "Theirs", "account_id": "9bYfrm", "members": [], "invitations": []}
    sim.fail(Fault("status", path="teams", status=200, body={"results": [other]}, times=0))
    failed = ask(ONE, team_id=500, email=ADA, fails="not_found")
    assert "9bYfrm" in failed["msg"]
    assert "9bYfrm" in warnings_of(ask(INFO))[0]
    assert sim.writes() == []


def test_a_service_that_heeds_no_account(ask: Ask, sim: Simulator) -> None:
    """Where a team names its account as text, those of other accounts are left out, and that is nothing to tell."""
    sim.configure(teams_filtered=False, team_account="text")
    sim.honeybadger.open("9bYfrm").add_team("Elsewhere")
    found = ask(INFO)
    assert [team["id"] for team in found["teams"]] == [3, 7, 11]
    assert "warnings" not in found


@pytest.mark.parametrize(("access", "code"), [("403", "forbidden"), ("404", "endpoint_unavailable")])
def test_a_token_that_may_not_read_teams(ask: Ask, sim: Simulator, access: str, code: str) -> None:
    sim.configure(teams_access=access)
    ask(INFO, fails=code)
    failed = ask(ONE, team_id=3, email=ADA, fails=code)
    assert "account_id" in failed["msg"]
    assert (failed["status"], sim.writes()) == (None, [])


def test_one_team_that_may_not_be_read(ask: Ask, sim: Simulator) -> None:
    sim.configure(team_lists="missing", teams_denied=(7,))
    sim.honeybadger.teams.add_member(11, ADA)
    found = ask(INFO)
    assert [(team["id"], team["members"] is None) for team in found["teams"]] == [(3, False), (7, True), (11, False)]
    assert found["teams"][1]["invitations"] is None
    assert "team 7 (Team 7)" in warnings_of(found)[0]
    failed = ask(ONE, team_id=7, email=ADA, fails="forbidden")
    assert "admin of the team" in failed["msg"]
    assert ask(ONE, team_id=11, email=ADA)["status"] == "active"


SHAPES: list[Any] = [
    [],
    {"results": {}},
    {"results": [{"id": "3"}]},
    {"results": [{"id": True}]},
    {"results": [{"id": 3, "members": [{"id": 1, "email": 7}], "invitations": []}]},
    {"results": [{"id": 3, "members": [{"id": 1, "admin": "yes"}], "invitations": []}]},
    {"results": [{"id": 3, "members": [], "invitations": [{"id": 1, "accepted_by": "x"}]}]},
    {"results": [{"id": 3, "members": [], "invitations": [], "owner": "x"}]},
]


@pytest.mark.parametrize("body", SHAPES)
def test_a_list_of_another_shape(ask: Ask, sim: Simulator, body: Any) -> None:
    sim.fail(Fault("status", path="teams", status=200, body=body, times=0))
    ask(INFO, fails="bad_response")
    ask(ONE, team_id=3, email=ADA, fails="bad_response")
    assert sim.writes() == []


def test_an_embedded_list_that_is_of_no_use_is_asked_for(ask: Ask, sim: Simulator) -> None:
    sim.honeybadger.teams.add_member(3, ADA)
    short = {"id": 3, "name": "Team 3", "members": [{"email": ADA}], "invitations": []}
    sim.fail(Fault("status", path="account_id", status=200, body={"results": [short]}))
    assert ask(INFO)["teams"][0]["members"][0]["id"] == 1
    assert paths(sim) == [TEAMS, MEMBERS]


# Changing


def test_invited_once(ask: Ask, sim: Simulator, lists: str) -> None:
    planned = ask(ONE, team_id=3, email=" Ada@Example.com", admin=True, check=True, diff=True)
    assert (paths(sim), sim.writes()) == (looks(lists), [])
    done = ask(ONE, team_id=3, email="Ada@Example.com", admin=True, diff=True)
    assert writes(sim) == [("POST", INVITATIONS, {"team_invitation": {"email": ADA, "admin": True}})]
    assert (told(planned), place(done)) == (told(done), ("pending", "invite"))
    assert (done["member"], done["invitation"]["email"], done["invitation"]["admin"]) == (None, ADA, True)
    assert "token" not in done["invitation"]
    assert done["diff"] == {"before": f"{ADA}: absent\n", "after": f"{ADA}: admin, pending\n"}
    again = ask(ONE, team_id=3, email=ADA, admin=True, diff=True)
    assert (again["changed"], place(again)) == (False, ("pending", "none"))
    assert again["diff"] == {"before": "", "after": ""}
    assert (len(sim.writes()), len(sim.emails_to(ADA))) == (1, 1)
    sim.honeybadger.accept_team(3, ADA, accepting="ada@home.example")
    joined = ask(ONE, team_id=3, email="ada@home.example", admin=True)
    assert (joined["changed"], place(joined), joined["member"]["admin"]) == (False, ("active", "none"), True)
    assert len(sim.emails) == 1


@pytest.mark.parametrize(("admin", "sent"), [(None, False), (False, False), (True, True)])
def test_what_an_invitation_is_for(ask: Ask, sim: Simulator, admin: bool | None, sent: bool) -> None:
    ask(ONE, team_id=3, email=ADA, **({} if admin is None else {"admin": admin}))
    assert invited(sim) == {ADA: sent}


@pytest.mark.parametrize("put", ["204", "200"])
def test_an_invitation_is_corrected(ask: Ask, sim: Simulator, lists: str, put: str) -> None:
    sim.configure(invitation_put=put)
    sim.honeybadger.teams.add_invitation(3, ADA)
    planned = ask(ONE, team_id=3, email=ADA, admin=True, check=True)
    done = ask(ONE, team_id=3, email=ADA, admin=True)
    assert writes(sim) == [("PUT", f"{INVITATIONS}/1", {"team_invitation": {"admin": True}})]
    assert (told(planned), place(done), done["invitation"]["admin"]) == (told(done), ("pending", "update"), True)
    assert (invited(sim), sim.emails) == ({ADA: True}, [])
    assert ask(ONE, team_id=3, email=ADA)["changed"] is False


@pytest.mark.parametrize("admin", [True, False])
def test_a_member_is_corrected(ask: Ask, sim: Simulator, lists: str, admin: bool) -> None:
    sim.honeybadger.teams.add_member(3, BOB)
    sim.honeybadger.teams.add_member(3, ADA, admin=not admin)
    planned = ask(ONE, team_id=3, email=ADA, admin=admin, check=True)
    done = ask(ONE, team_id=3, email=ADA, admin=admin)
    assert writes(sim) == [("PUT", f"{MEMBERS}/2", {"team_member": {"admin": admin}})]
    assert (told(planned), place(done), done["member"]["admin"]) == (told(done), ("active", "update"), admin)
    assert in_team(sim) == {BOB: False, ADA: admin}
    assert ask(ONE, team_id=3, email=ADA, admin=admin)["changed"] is False
    assert len(sim.writes()) == 1


def test_out_of_the_team(ask: Ask, sim: Simulator, lists: str) -> None:
    """Ids of users, members and invitations are the same numbers here, and never mix."""
    sim.honeybadger.add(ADA, id=7)
    sim.honeybadger.add_invitation(BOB)
    sim.honeybadger.teams.add_member(3, ADA)
    sim.honeybadger.teams.add_member(3, BOB)
    sim.honeybadger.teams.add_invitation(3, ADA)
    sim.honeybadger.teams.add_invitation(3, "eve@example.com")
    planned = ask(ONE, team_id=3, email=ADA, state="absent", check=True, diff=True)
    assert sim.writes() == []
    done = ask(ONE, team_id=3, email=ADA, state="absent", diff=True)
    assert sorted(writes(sim)) == [("DELETE", f"{INVITATIONS}/1", None), ("DELETE", f"{MEMBERS}/1", None)]
    assert (told(planned), place(done)) == (told(done), ("absent", "cancel+remove"))
    assert (done["member"], done["invitation"]) == (None, None)
    assert (in_team(sim), invited(sim)) == ({BOB: False}, {"eve@example.com": False})
    assert (len(sim.honeybadger.users), len(sim.honeybadger.invitations)) == (2, 1)
    again = ask(ONE, team_id=3, email=ADA, state="absent")
    assert (again["changed"], place(again)) == (False, ("absent", "none"))


def test_only_this_team(ask: Ask, sim: Simulator) -> None:
    sim.honeybadger.teams.add_member(7, ADA)
    sim.honeybadger.teams.add_invitation(11, ADA)
    assert place(ask(ONE, team_id=3, email=ADA, state="absent")) == ("absent", "none")
    assert place(ask(ONE, team_id=3, email=ADA)) == ("pending", "invite")
    assert sim.honeybadger.teams.holding(ADA) == [3, 7, 11]


@pytest.mark.parametrize("address", ["", "nobody", "a b@c.d", "a@b@c"])
def test_a_bad_address(ask: Ask, sim: Simulator, address: str) -> None:
    ask(ONE, team_id=3, email=address, fails="validation")
    ask(INFO, email=address, fails="validation")
    assert sim.log == []


# Faults

UNCLEAR = ["reset_before", "reset_after", "cut_body", "html_after", "empty_body", "status", "status_after"]


@pytest.mark.parametrize("kind", UNCLEAR)
@pytest.mark.parametrize("again", ["422", "409", "email"])
def test_an_invitation_in_doubt_is_not_sent_twice(ask: Ask, sim: Simulator, lists: str, kind: str, again: str) -> None:
    sim.configure(duplicate_invite=again)
    sim.fail(Fault(kind, method="POST", status=503 if kind.startswith("status") else 0))
    done = ask(ONE, team_id=3, email=ADA, admin=True)
    assert (done["changed"], place(done)) == (True, ("pending", "invite"))
    assert (invited(sim), len(sim.emails_to(ADA))) == ({ADA: True}, 1)


@pytest.mark.parametrize("kind", ["reset_after", "status_after", "cut_body"])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_other_writes_in_doubt(ask: Ask, sim: Simulator, lists: str, kind: str, state: str) -> None:
    sim.honeybadger.teams.add_member(3, ADA)
    sim.honeybadger.teams.add_invitation(3, BOB)
    for email in (ADA, BOB):
        for method in ("PUT", "DELETE"):
            sim.fail(Fault(kind, method=method, status=503 if kind == "status_after" else 0))
        done = ask(ONE, team_id=3, email=email, admin=True, state=state)
        assert done["changed"] is True
    there = {"present": {ADA: True, BOB: True}, "absent": {}}[state]
    assert {**in_team(sim), **invited(sim)} == there
    assert sim.emails == []


def test_accepted_between_the_look_and_the_cancelling(ask: Ask, sim: Simulator, lists: str) -> None:
    """Somebody who is in by now is never told to be gone."""
    sim.honeybadger.teams.invite(3, ADA)
    sim.fail(Fault("action_before", method="DELETE", action=lambda: sim.honeybadger.accept_team(3, ADA)))
    failed = ask(ONE, team_id=3, email=ADA, state="absent", fails="conflict")
    assert (failed["status"], in_team(sim)) == ("active", {ADA: False})
    done = ask(ONE, team_id=3, email=ADA, state="absent")
    assert (place(done), in_team(sim)) == (("absent", "remove"), {})


def test_invited_by_somebody_else_meanwhile(ask: Ask, sim: Simulator, lists: str) -> None:
    sim.fail(Fault("action_before", method="POST", action=lambda: sim.honeybadger.teams.invite(3, ADA)))
    done = ask(ONE, team_id=3, email=ADA)
    assert (done["changed"], done["status"]) == (False, "pending")
    assert len(sim.emails_to(ADA)) == 1


def test_refusals(ask: Ask, sim: Simulator) -> None:
    sim.honeybadger.teams.add_member(3, ADA)
    sim.fail(Fault("status", method="DELETE", status=403))
    failed = ask(ONE, team_id=3, email=ADA, state="absent", fails="forbidden")
    assert (failed["changed"], failed["status"], in_team(sim)) == (False, "active", {ADA: False})
    sim.fail(Fault("status", path="teams", status=403, headers={"X-RateLimit-Remaining": "0"}, retry_after=900))
    ask(ONE, team_id=3, email=ADA, fails="rate_limited")
    failed = ask(ONE, team_id=99, email=ADA, fails="not_found")
    assert "honeybadger_team_info" in failed["msg"]


def test_a_limit_is_not_a_team_that_may_not_be_read(ask: Ask, sim: Simulator) -> None:
    sim.configure(team_lists="missing", quota=3)
    ask(INFO, fails="rate_limited")


def test_lists_that_are_cut(ask: Ask, sim: Simulator, lists: str) -> None:
    sim.configure(page_size=1)
    sim.fail(Fault("cut_body", path="page=2", times=0))
    ask(INFO, fails="connection")
    for number in range(3):
        sim.honeybadger.teams.add_member(11, f"m{number}@example.com")
    ask(ONE, team_id=11, email="m2@example.com", state="absent", fails="connection")
    assert sim.writes() == []
