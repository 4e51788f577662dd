# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the services really answer: ids of keys, roles, lists that lag; who goes last, and what somebody who stays keeps."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.modules import run_module
from tests.security.rawserver import RawServer, http
from tests.simulator import Fault, Simulator
from tests.simulator.keys import CONFIGURATION_KEY_ID

from .support import HONEYBADGER, HONEYCOMB, LONG_AGO, OWNER, Ask, Result, Side, forget, told, verbs, warnings_of

ADA, BOB, EVE = "ada@example.com", "bob@example.com", "eve@example.com"
GONE = [{"email": EVE, "state": "absent"}]


def managed(sim: Simulator, **more: Any) -> dict[str, Any]:
    pair = {"management_key_id": sim.management_key_id, "management_key_secret": sim.management_key_secret}
    return {**pair, "known_invitations": {}, **more}


def writes(sim: Simulator) -> list[str]:
    return [f"{entry.method} {entry.path}" for entry in sim.writes()]


# The keys of the run


def with_keys(sim: Simulator) -> tuple[str, str]:
    """Eve made one key of each kind, and the one that the run uses."""
    sim.honeycomb.add(EVE)
    sim.honeycomb.keys.change(CONFIGURATION_KEY_ID, email=EVE)
    return sim.honeycomb.keys.add(EVE, "ingest", "events").id, sim.honeycomb.keys.add(EVE, "configuration", "ci").id


@pytest.mark.parametrize("mode", ["disable", "delete"])
@pytest.mark.parametrize("auth_id", ["short", "missing", "listed"])
def test_no_key_goes_that_may_be_the_one_in_use(ask: Ask, sim: Simulator, mode: str, auth_id: str) -> None:
    ingest, other = with_keys(sim)
    sim.configure(auth_id=auth_id)
    listed = {"members": GONE, **managed(sim, leaver_keys=mode)}
    planned = ask("honeycomb_members", check=True, **listed)
    done = ask("honeycomb_members", **listed)
    assert told(planned) == told(done)
    touched = {entry.path.rpartition("/")[2] for entry in sim.writes() if entry.path.startswith("/2/")}
    assert touched == ({ingest, other} if auth_id == "listed" else {ingest})
    assert sim.honeycomb.keys.works(CONFIGURATION_KEY_ID)
    assert ask("honeycomb_member_info")["members"]
    (text,) = [text for text in done["follow_up"] if CONFIGURATION_KEY_ID in text]
    if auth_id == "listed":
        assert ("that this run uses" in text, other in text) == (True, False)
        return
    for told_to in (text, *warnings_of(done)):
        assert CONFIGURATION_KEY_ID in told_to
        assert other in told_to
    assert "decide" in text
    shown = {key["id"]: (key["action"], key["outcome"]) for key in done["leaver_keys"]}
    assert shown[other] == shown[CONFIGURATION_KEY_ID] == ("none", "reported")


@pytest.mark.parametrize("mode", ["report", "disable", "delete"])
def test_a_team_that_is_not_named_proves_nothing(ask: Ask, sim: Simulator, mode: str) -> None:
    ingest, _other = with_keys(sim)
    sim.configure(auth_id="listed", auth_team=False)
    done = ask("honeycomb_members", members=GONE, **managed(sim, leaver_keys=mode))
    assert [line for line in writes(sim) if "/2/" in line] == []
    assert any(ingest in text for text in done["follow_up"])
    if mode != "report":
        assert "may belong to another team" in warnings_of(done)[0]


def test_a_scope_to_write_includes_the_one_to_read(ask: Ask, sim: Simulator) -> None:
    sim.configure(management_scopes="api-keys:write,users:read")
    assert len(ask("honeycomb_api_key_info")["api_keys"]) == 2
    sim.fail(Fault("status", path="/api-keys", status=403))
    assert "for another reason" in ask("honeycomb_api_key_info", fails="forbidden")["msg"]


# Addresses of the service


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("https://eu-api.honeybadger.io", "eu-app.honeybadger.io"),
        ("https://api.honeybadger.io/", "app.honeybadger.io"),
        ("https://API.honeybadger.io", "app.honeybadger.io"),
        ("https://eu-app.honeybadger.io", "eu-app.honeybadger.io"),
        ("https://api.honeybadger.io.example", "api.honeybadger.io.example"),
    ],
)
@pytest.mark.parametrize("way", ["option", "environment"])
def test_the_address_for_error_reports_is_not_meant(
    monkeypatch: pytest.MonkeyPatch, given: str, meant: str, way: str
) -> None:
    with RawServer() as proxy:
        proxy.answers = lambda asked: http(b"", "502 Bad Gateway")
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        options: dict[str, Any] = {"auth_token": "some-token", "account_id": "Me3upk", "max_wait": 0}
        if way == "environment":
            monkeypatch.setenv("HONEYBADGER_ENDPOINT", given)
        else:
            options["api_url"] = given
        for module in ("honeybadger_user_info", "honeybadger_team_info"):
            assert run_module(module, **options)["error"]["code"] == "connection"
        assert {asked.path for asked in proxy.asked} == {f"{meant}:443"}


# Roles


def test_roles_that_nobody_can_declare(ask: Ask, sim: Simulator) -> None:
    """The vendor's own names: an owner is what an admin should be, and nobody who only reads needs to be a member."""
    sim.configure(role_names="vendor")
    sim.honeycomb.add(EVE)
    sim.honeycomb.set_role(EVE, "Read-Only")
    listed = [{"email": OWNER, "role": "admin"}, {"email": EVE, "role": "member"}]
    for _run in range(2):
        done = ask("honeycomb_members", members=listed, exclusive=True)
        assert (done["plan"], done["changed"]) == ([], False)
    assert [member["role"] for member in done["members"]] == ["owner", "read-only"]
    assert ask("honeycomb_member", email=EVE, role="admin")["action"] == "update"
    assert ask("honeycomb_member", email=EVE, role="admin")["action"] == "none"
    assert ask("honeycomb_member", email=OWNER, role="member")["action"] == "update"
    failed = ask("honeycomb_member", email=EVE, role="member", fails="last_admin")
    assert EVE in failed["msg"]


# Accepted or not


def with_an_heir(sim: Simulator) -> None:
    """An admin whom somebody invited by hand, and who has not accepted."""
    sim.honeycomb.add(ADA, "admin", accepted=False)


@pytest.mark.parametrize("change", [{"role": "member"}, {"state": "absent"}])
def test_the_list_of_users_decides_who_has_accepted(ask: Ask, sim: Simulator, change: dict[str, str]) -> None:
    with_an_heir(sim)
    options = {"members": [{"email": OWNER, **change}], "max_removals": "100%"}
    failed = ask("honeycomb_members", fails="guard_refused", **options, **managed(sim))
    assert "0 of 1 accepted admins would remain; the minimum is 1" in failed["msg"]
    assert [member.get("status") for member in failed["members"]] == [None, "pending"]
    assert sim.writes() == []
    asked = [entry.path.partition("?")[0] for entry in sim.log]
    assert len(asked) == len(set(asked))
    ask("honeycomb_member", email=OWNER, **change, fails="last_admin", **managed(sim))
    sim.honeycomb.accept(ADA, name="")
    assert ask("honeycomb_members", **options, **managed(sim))["summary"]["applied"] == 1


def test_users_of_somebody_else_decide_nothing(ask: Ask, sim: Simulator) -> None:
    """A list with none of the members is not about them."""
    sim.honeycomb.add(ADA, "admin")
    sim.fail(Fault("html", path="/users", body={"data": [], "links": {"next": None}}, times=0))
    options = {"members": [{"email": OWNER, "state": "absent"}], "max_removals": 1}
    assert ask("honeycomb_members", **options, **managed(sim))["summary"]["remove"] == 1


def test_a_list_that_lags_is_no_evidence(ask: Ask, sim: Simulator) -> None:
    """A pending admin is missing from the list for some seconds, and is no accepted one when the list has them."""
    sim.configure(list_lag=5)
    heir = [{"email": ADA, "role": "admin"}]
    known = ask("honeycomb_members", members=heir, known_invitations={})["known_invitations"]
    for _run in range(2):
        done = ask("honeycomb_members", members=heir, known_invitations=known)
        assert done["plan"] == []
        known = done["known_invitations"]
    sim.advance(6)
    listed = [*heir, {"email": OWNER, "state": "absent"}]
    failed = ask("honeycomb_members", members=listed, known_invitations=known, max_removals=1, fails="guard_refused")
    assert "min_admins" in failed["msg"]
    assert len(sim.emails_to(ADA)) == 1


def test_an_invitation_that_somebody_withdrew(ask: Ask, sim: Simulator) -> None:
    """It was listed and is so no more: nobody is pending for ever, and who should have access is invited again."""
    known = ask("honeycomb_member", email=ADA, known_invitations={})["known_invitations"]
    done = ask("honeycomb_member", email=ADA, known_invitations=known)
    known = json.loads(json.dumps(done["known_invitations"]))
    assert done["status"] == "pending"
    sim.honeycomb.delete_invitation(ADA)
    soon = ask("honeycomb_member", email=ADA, known_invitations=known)
    assert (soon["status"], soon["action"]) == ("pending", "none")  # the list may lag
    known[ADA]["invited_at"] = LONG_AGO
    gone = ask("honeycomb_member", email=ADA, state="absent", known_invitations=known)
    assert (gone["status"], gone["action"], gone["known_invitations"]) == ("absent", "none", {})
    assert f"{ADA} as invited" in warnings_of(gone)[0]
    again = ask("honeycomb_members", members=[{"email": ADA}], known_invitations=known)
    assert again["summary"]["invite"] == 1
    assert len(sim.emails_to(ADA)) == 2


def test_a_plan_is_of_one_team(ask: Ask, sim: Simulator) -> None:
    people = [{"email": ADA}]
    alpha = ask("honeycomb_members", members=people, check=True)["plan_id"]
    assert [entry.path for entry in sim.log] == ["/1/team_memberships", "/1/auth"]
    sim.configure(team_slug="beta")
    ask("honeycomb_members", members=people, expected_plan_id=alpha, fails="plan_changed")
    sim.configure(team_slug="example-team")
    assert ask("honeycomb_members", members=people, expected_plan_id=alpha)["changed"] is True
    forget(sim)
    assert ask("honeycomb_members", members=people, known_invitations={})["plan"] == []
    assert verbs(sim) == ["GET"]
    sim.fail(Fault("status", path="^/1/auth", status=404, times=0))
    assert ask("honeycomb_members", members=[{"email": BOB}])["changed"] is True


# Who goes last


def test_the_least_goes_first(ask: Ask, sim: Simulator) -> None:
    roles = {"a@x.example": "Owner", "b@x.example": "Admin", "c@x.example": "Chief", "d@x.example": "Member"}
    users = {sim.honeybadger.add(email, "Member").id: email for email in roles}
    for user in sim.honeybadger.users:
        user.role = roles.get(user.email, user.role)
    invitation = sim.honeybadger.invite("e@x.example", "Owner").id
    listed = [{"email": email, "state": "absent"} for email in (*roles, "e@x.example")]
    done = ask("honeybadger_users", users=listed, max_removals=5)
    order = ["e@x.example", "d@x.example", "b@x.example", "a@x.example", "c@x.example"]
    assert [step["email"] for step in done["plan"]] == [item["email"] for item in done["results"]] == order
    went = [line.rpartition("/")[2] for line in writes(sim)]
    assert went[0] == str(invitation)
    assert [users[int(number)] for number in went[1:]] == order[1:]


@pytest.mark.parametrize("status", [401, 403])
def test_a_credential_that_went_with_somebody(ask: Ask, sim: Simulator, status: int) -> None:
    for email in ("boss@x.example", "chief@x.example"):
        sim.honeybadger.add(email, "Owner")
    sim.honeybadger.add(BOB)
    listed = [{"email": email, "state": "absent"} for email in (BOB, "boss@x.example", "chief@x.example")]
    sim.fail(Fault("status", method="DELETE", status=status, after=2, times=0))
    failed = ask("honeybadger_users", users=listed, max_removals=3, concurrency=1, verify=True, fails="partial_failure")
    assert "boss@x.example (Owner)" in failed["msg"]
    assert "auth_token was probably theirs" in failed["msg"]
    sim.reset()
    sim.honeybadger.add(BOB)
    sim.fail(Fault("status", method="DELETE", status=status, times=0))
    failed = ask("honeybadger_users", users=[{"email": BOB, "state": "absent"}], fails="partial_failure")
    assert "probably theirs" not in failed["msg"]


@pytest.mark.parametrize(("concurrency", "blamed"), [(4, True), (1, False)])
def test_of_those_who_go_at_once_nobody_goes_first(ask: Ask, sim: Simulator, concurrency: int, blamed: bool) -> None:
    """The plan has an order, requests that are under way at once have none."""
    first, second = sim.honeybadger.add("boss@x.example", "Owner"), sim.honeybadger.add("chief@x.example", "Owner")
    listed = [{"email": person.email, "state": "absent"} for person in (first, second)]
    sim.fail(Fault("status", method="DELETE", path=f"/users/{first.id}$", status=403, times=0))
    failed = ask("honeybadger_users", users=listed, max_removals=2, concurrency=concurrency, fails="partial_failure")
    assert [(one["email"], one["outcome"]) for one in failed["results"]] == [
        ("boss@x.example", "failed"),
        ("chief@x.example", "applied"),
    ]
    assert ("chief@x.example (Owner)" in failed["msg"]) is blamed


def test_lists_that_cannot_be_read_after_somebody_went(ask: Ask, sim: Simulator) -> None:
    sim.honeybadger.add(EVE, "Admin")
    sim.fail(Fault("status", method="GET", path="/users$", status=403, after=1, times=0))
    failed = ask("honeybadger_user", email=EVE, state="absent", verify=True, fails="forbidden")
    assert (failed["action"], "auth_token was probably theirs" in failed["msg"]) == ("remove", True)


# Figures count people


def nameless(sim: Simulator, text: str, count: int) -> Result:
    """Members who are shown without an address or with the same text in its place, and who are remembered by their id."""
    shown = [
        {"id": f"id{number}", "email": text, "role": "member", "created_at": LONG_AGO, "name": f"Nr {number}"}
        for number in range(count)
    ]
    others = [{"id": f"o{number}", "email": f"o{number}@x.example", "role": "admin"} for number in range(10 - count)]
    sim.fail(Fault("html", method="GET", path="team_memberships", body=[*shown, *others], times=0))
    return {
        f"was{number}@x.example": {"id": f"id{number}", "role": "member", "invited_at": LONG_AGO}
        for number in range(count if not text else 0)
    }


@pytest.mark.parametrize("text", ["", "Deactivated user"])
def test_people_without_an_address_are_counted_one_by_one(ask: Ask, sim: Simulator, text: str) -> None:
    known = nameless(sim, text, 6)
    listed = [{"email": f"o{number}@x.example"} for number in range(4)]
    failed = ask("honeycomb_members", members=listed, exclusive=True, known_invitations=known, fails="guard_refused")
    assert "6 people would lose access or an invitation; the maximum is 2" in failed["msg"]
    assert len(failed["plan"]) == 6
    if not text:
        assert {step["email"] for step in failed["plan"]} == set(known)


# Somebody who stays loses nothing


@pytest.mark.parametrize("mode", ["disable", "delete"])
def test_who_is_held_back_keeps_their_keys(ask: Ask, sim: Simulator, mode: str) -> None:
    sim.honeycomb.add(ADA)
    sim.honeycomb.keys.add(OWNER, "ingest", "owner's")
    sim.fail(Fault("status", method="PUT", status=422, times=0))
    listed = [{"email": ADA, "role": "admin"}, {"email": OWNER, "state": "absent"}]
    failed = ask(
        "honeycomb_members",
        members=listed,
        max_removals=1,
        fails="partial_failure",
        **managed(sim, leaver_keys=mode),
    )
    assert [line.partition(" ")[0] for line in writes(sim)] == ["PUT"]
    assert {item["outcome"] for item in failed["results"] if item["email"] == OWNER} == {"not_attempted"}
    assert all("keeps what they have" in item["error"]["detail"] for item in failed["results"][1:])


def test_who_is_held_back_keeps_their_teams(ask: Ask, sim: Simulator) -> None:
    sim.honeybadger.add(ADA)
    sim.honeybadger.teams.add_member(3, OWNER)
    sim.honeybadger.teams.add_invitation(7, OWNER)
    sim.fail(Fault("status", method="PUT", status=422, times=0))
    listed = [{"email": ADA, "role": "Owner"}, {"email": OWNER, "state": "absent"}]
    ask("honeybadger_users", users=listed, max_removals=1, fails="partial_failure")
    assert [line.partition(" ")[0] for line in writes(sim)] == ["PUT"]


def test_keys_are_deleted_last_and_only_of_who_is_gone(ask: Ask, sim: Simulator) -> None:
    sim.honeycomb.add(EVE)
    sim.honeycomb.add(BOB)
    keys = {email: sim.honeycomb.keys.add(email, "ingest").id for email in (EVE, BOB)}
    stays = next(member.id for member in sim.honeycomb.members if member.email == BOB)
    sim.fail(Fault("status", method="DELETE", path=stays, status=403, times=0))
    listed = {"members": [*GONE, {"email": BOB, "state": "absent"}], "max_removals": 2}
    failed = ask("honeycomb_members", fails="partial_failure", **listed, **managed(sim, leaver_keys="delete"))
    assert [line.rpartition("/")[2] for line in writes(sim)][-1] == keys[EVE]
    assert [key.email for key in sim.honeycomb.keys if key.kind == "ingest" and key.email in keys] == [BOB]
    assert "still has access" in str(failed["results"])
    assert [step["action"] for step in failed["plan"]] == ["remove", "remove", "delete_key", "delete_key"]


def test_keys_are_not_forgotten_where_changes_are_few(ask: Ask, sim: Simulator) -> None:
    """Somebody who is gone has no keys that can be found, so theirs go in the same run or in an earlier one."""
    sim.honeycomb.add(EVE)
    sim.configure(creator_kept=False)
    for number in range(3):
        sim.honeycomb.keys.add(EVE, "ingest", f"key {number}")
    options = managed(sim, leaver_keys="delete")
    counts = [
        ask("honeycomb_members", members=GONE, max_changes=2, **options)["summary"].get("applied") for _run in range(2)
    ]
    assert counts == [2, 2]
    assert {key.name for key in sim.honeycomb.keys} == {"Access", "Events"}
    assert EVE not in HONEYCOMB.active(sim)


@pytest.mark.parametrize("side", [HONEYBADGER, HONEYCOMB], ids=lambda side: side.service)
def test_the_first_changes_of_many(ask: Ask, sim: Simulator, side: Side) -> None:
    """In the order of the plan, the others deferred."""
    for name in "abc":
        side.add(sim, f"{name}@x.example")
    people = [{"email": f"{name}@x.example", "state": "absent"} for name in "abc"]
    done = ask(side.many, **{side.people: people}, max_changes=2, max_removals=3)
    assert [item["outcome"] for item in done["results"]] == ["applied", "applied", "deferred"]
