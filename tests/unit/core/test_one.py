# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""honeycomb_member, honeybadger_user and honeybadger_invitation: who is found, what is done, what it costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.simulator import Fault, Simulator

from .support import (
    HONEYBADGER,
    HONEYCOMB,
    LONG_AGO,
    OWNER,
    Ask,
    Result,
    Side,
    forget,
    told,
    verbs,
    warnings_of,
)

CONTRACT = True
ADA = "ada@example.com"


def prove(ask: Ask, sim: Simulator, module: str, lists: int, **options: Any) -> Result:
    """Check mode tells what the real run does and writes nothing; the second run finds nothing to do."""
    lists += module == "honeybadger_user" and options.get("state") == "absent"  # and the teams
    before = sim.dump()
    forget(sim)
    planned = ask(module, check=True, diff=True, **options)
    assert verbs(sim) == ["GET"] * lists
    assert sim.dump() == before
    forget(sim)
    done = ask(module, diff=True, **options)
    assert told(planned) == told(done)
    assert planned.keys() == done.keys()
    writes = done["action"].count("+") + 1 if done["changed"] else 0
    assert verbs(sim)[:lists] == ["GET"] * lists
    assert len(sim.writes()) == len(sim.log) - lists == writes == done["api"]["requests"] - lists
    mails = list(sim.emails)
    for check in (False, True):
        known = {"known_invitations": done["known_invitations"]} if options.get("known_invitations") is not None else {}
        forget(sim)
        again = ask(module, check=check, diff=True, **{**options, **known})
        assert (again["changed"], again["action"]) == (False, "none")
        assert again["diff"] == {"before": "", "after": ""}
        unknown = "id" in options and module == "honeybadger_user" and options.get("state") == "absent"
        assert verbs(sim) == ["GET"] * (lists - unknown)  # whose id is gone has no address to look for in teams
        assert again["api"]["requests"] == len(sim.log)
    sim.emails[:] = mails
    return done


def remembered(result: Result) -> Result:
    """The three keys of every entry in known_invitations; it may hold more."""
    return {
        email: {key: entry[key] for key in ("id", "role", "invited_at")}
        for email, entry in result["known_invitations"].items()
    }


World = Callable[[Side, Simulator], Any]


def nobody(side: Side, sim: Simulator) -> None:
    pass


def person(email: str = ADA, *, high: bool = False) -> World:
    return lambda side, sim: side.add(sim, email, side.high if high else side.low)


# who is there, options (low and high stand for the service's roles), what is done, what the person is then
PEOPLE: dict[str, tuple[World, dict[str, Any], str, str]] = {
    "new": (nobody, {}, "invite", "pending"),
    "new with a role": (nobody, {"role": "high"}, "invite", "pending"),
    "new, wild spelling": (nobody, {"email": "  ADA@Example.COM "}, "invite", "pending"),
    "new with aliases": (nobody, {"aliases": ["ada@corp.example"]}, "invite", "pending"),
    "there": (person(), {}, "none", "active"),
    "there with the role": (person(), {"role": "low"}, "none", "active"),
    "role left alone": (person(high=True), {}, "none", "active"),
    "promoted": (person(), {"role": "high"}, "update", "active"),
    "demoted": (person(high=True), {"role": "low"}, "update", "active"),
    "other case there": (person("Ada@EXAMPLE.com"), {}, "none", "active"),
    "other case wanted": (person(), {"email": "ADA@example.com", "role": "high"}, "update", "active"),
    "under an alias": (person("ada@corp.example"), {"aliases": ["ADA@corp.example "]}, "none", "active"),
    "alias promoted": (person("a@b.c"), {"aliases": ["a@b.c"], "role": "high"}, "update", "active"),
    "gone already": (nobody, {"state": "absent"}, "none", "absent"),
    "removed": (person(), {"state": "absent"}, "remove", "absent"),
    "removed, other case": (person("ADA@example.com"), {"state": "absent"}, "remove", "absent"),
    "removed under an alias": (person("a@b.c"), {"aliases": ["a@b.c"], "state": "absent"}, "remove", "absent"),
}


@pytest.mark.parametrize("case", PEOPLE)
def test_one_person(ask: Ask, sim: Simulator, side: Side, case: str) -> None:
    world, options, action, status = PEOPLE[case]
    world(side, sim)
    roles = {"low": side.low, "high": side.high}
    wanted = {"email": ADA, **options}
    if "role" in wanted:
        wanted["role"] = roles[wanted["role"]]
    done = prove(ask, sim, side.one, side.lists, **wanted)
    assert (done["action"], done["status"], done["changed"]) == (action, status, action != "none")
    assert side.mails(sim, ADA) == (action == "invite")
    left = {**side.active(sim), **side.pending(sim)}
    if status == "absent":
        assert left == {}
    else:
        (role,) = left.values()
        assert role == wanted.get("role", role)
        shown = done["member"] if side is HONEYCOMB else done["user"] or done["invitation"]
        assert shown["role"] == role
        assert done["diff"]["after"] == (f"{ADA}: {role}, {status}\n" if done["changed"] else "")
    assert len(done["follow_up"]) == (action == "remove")
    assert all("API keys" in text for text in done["follow_up"])


@pytest.mark.parametrize(
    ("options", "action", "left"),
    [
        ({}, "none", {ADA: "Member"}),
        ({"email": "ADA@Example.com"}, "none", {ADA: "Member"}),
        ({"role": "Member", "team_ids": [7, 3]}, "none", {ADA: "Member"}),
        ({"role": "Admin"}, "update", {ADA: "Admin"}),
        ({"invite": False, "role": "Admin"}, "update", {ADA: "Admin"}),
        ({"team_ids": []}, "update", {ADA: "Member"}),
        ({"team_ids": [7, 11], "role": "Billing"}, "update", {ADA: "Billing"}),
        ({"email": "ada@corp.example", "aliases": [ADA]}, "none", {ADA: "Member"}),
        ({"state": "absent"}, "cancel", {}),
        ({"state": "absent", "invite": False}, "cancel", {}),
        ({"state": "absent", "email": "a@b.c", "aliases": [ADA]}, "cancel", {}),
    ],
)
@pytest.mark.parametrize("module", ["honeybadger_user", "honeybadger_invitation"])
def test_pending_on_honeybadger(
    ask: Ask, sim: Simulator, module: str, options: dict[str, Any], action: str, left: dict[str, str]
) -> None:
    if module == "honeybadger_invitation":
        options = {key: value for key, value in options.items() if key not in ("invite", "aliases", "email")}
    sim.honeybadger.add_invitation("Ada@example.com", "Member", [3, 7])
    done = prove(ask, sim, module, 2, **{"email": ADA, **options})
    assert (done["action"], done["status"]) == (action, "pending" if left else "absent")
    assert {email.lower(): role for email, role in HONEYBADGER.pending(sim).items()} == left
    assert sim.emails == []
    if left:
        shown = done["invitation"]
        assert "token" not in shown
        assert shown["role"] == left[ADA]
        assert sorted(shown["team_ids"]) == sorted(options.get("team_ids", [3, 7]))
        assert done.get("user") is None
    else:
        assert done["invitation"] is None


def test_unset_teams_and_no_teams_are_told_apart_in_an_invitation(ask: Ask, sim: Simulator) -> None:
    ask("honeybadger_user", email="a@b.c")
    ask("honeybadger_user", email="d@e.f", team_ids=[])
    ask("honeybadger_user", email="g@h.i", team_ids=[7, 3])
    assert [entry.body["invitation"].get("team_ids") for entry in sim.writes()] == [None, [], [3, 7]]


def test_absent_takes_the_user_and_the_invitation(ask: Ask, sim: Simulator) -> None:
    sim.honeybadger.add(ADA)
    sim.honeybadger.add_invitation(ADA)
    sim.honeybadger.add_invitation("ada@corp.example")
    done = prove(ask, sim, "honeybadger_user", 2, email=ADA, aliases=["ada@corp.example"], state="absent")
    assert sorted(done["action"].split("+")) == ["cancel", "cancel", "remove"]
    assert (HONEYBADGER.active(sim), HONEYBADGER.pending(sim)) == ({}, {})
    assert (done["user"], done["invitation"], done["status"]) == (None, None, "absent")


@pytest.mark.parametrize("module", ["honeybadger_user", "honeybadger_invitation"])
@pytest.mark.parametrize("accepting", ["ada@home.example", "Ada@Example.com"])
def test_accepted_under_another_address_is_found_under_both(
    ask: Ask, sim: Simulator, module: str, accepting: str
) -> None:
    sim.configure(accepted_email="kept")
    sim.honeybadger.add_invitation(ADA)
    sim.honeybadger.accept(ADA, accepting=accepting)
    for email in (ADA, accepting):
        done = prove(ask, sim, module, 2, email=email)
        assert (done["action"], done["status"]) == ("none", "active")
    if module == "honeybadger_user":
        assert prove(ask, sim, module, 2, email=ADA, role="Admin")["user"]["email"] == accepting
        assert prove(ask, sim, module, 2, email=ADA, state="absent")["action"] == "remove"
    else:
        assert prove(ask, sim, module, 2, email=ADA, state="absent")["action"] == "none"
        assert HONEYBADGER.active(sim) == {accepting: "Member"}


@pytest.mark.parametrize("last_page", ["full", "exact", "empty"])
@pytest.mark.parametrize("links", ["absolute", "relative", "strange_self", "strange"])
def test_page_three(ask: Ask, sim: Simulator, last_page: str, links: str) -> None:
    sim.reset(people=5, page_size=3, last_page=last_page, links=links)
    sim.honeybadger.add(ADA)
    for number in range(8):
        sim.honeybadger.add_invitation(f"{number}@example.com")
    sim.honeybadger.add_invitation("bob@example.com", "Admin")
    pages = 4 + 4 if last_page == "empty" else 3 + 3 + (last_page == "full")
    assert prove(ask, sim, "honeybadger_user", pages, email=ADA)["status"] == "active"
    assert prove(ask, sim, "honeybadger_user", pages, email="bob@example.com", role="Admin")["status"] == "pending"
    assert not any(entry.stray for entry in sim.log)


@pytest.mark.parametrize("settings", [{"extra_fields": True}, {"odd_ids": True}, {"put_unknown": "error"}])
def test_awkward_honeycomb(ask: Ask, sim: Simulator, settings: dict[str, Any]) -> None:
    sim.reset(**settings)
    sim.honeycomb.add(ADA)
    done = prove(ask, sim, "honeycomb_member", 1, email=ADA, role="admin")
    assert (done["action"], done["member"]["role"]) == ("update", "admin")
    assert ("preferences" in done["member"]) is bool(settings.get("extra_fields"))
    assert prove(ask, sim, "honeycomb_member", 1, email=ADA, state="absent")["action"] == "remove"


@pytest.mark.parametrize("settings", [{"extra_fields": True}, {"invitation_put": "200"}])
def test_awkward_honeybadger(ask: Ask, sim: Simulator, settings: dict[str, Any]) -> None:
    sim.reset(**settings)
    done = prove(ask, sim, "honeybadger_user", 2, email=ADA)
    assert (done["action"], "token" in done["invitation"]) == ("invite", False)
    done = prove(ask, sim, "honeybadger_user", 2, email=ADA, role="Billing", team_ids=[3])
    assert (done["action"], done["invitation"]["role"], done["invitation"]["team_ids"]) == ("update", "Billing", [3])
    sim.honeybadger.accept(ADA, name="")
    assert prove(ask, sim, "honeybadger_user", 2, email=ADA, role="Admin")["user"]["role"] == "Admin"
    assert prove(ask, sim, "honeybadger_user", 2, email=ADA, state="absent")["action"] == "leave_team+remove"


# honeybadger_invitation


def test_invitation_of_a_user_is_no_change(ask: Ask, sim: Simulator) -> None:
    sim.honeybadger.add(ADA, "Member")
    for options in ({"role": "Owner", "team_ids": [3]}, {"state": "absent"}):
        done = prove(ask, sim, "honeybadger_invitation", 2, email=ADA, **options)
        assert (done["status"], done["action"], done["invitation"]) == ("active", "none", None)
    assert HONEYBADGER.active(sim) == {ADA: "Member"}


def test_invitation_absent_leaves_the_user(ask: Ask, sim: Simulator) -> None:
    sim.honeybadger.add(ADA)
    sim.honeybadger.add_invitation(ADA)
    done = prove(ask, sim, "honeybadger_invitation", 2, email=ADA, state="absent")
    assert (done["action"], done["status"]) == ("cancel", "active")
    assert (HONEYBADGER.active(sim), HONEYBADGER.pending(sim)) == ({ADA: "Member"}, {})


def test_new_invitation(ask: Ask, sim: Simulator) -> None:
    done = prove(ask, sim, "honeybadger_invitation", 2, email=ADA, role="Admin", team_ids=[11])
    assert (done["action"], done["status"], done["invitation"]["team_ids"]) == ("invite", "pending", [11])
    assert len(sim.emails_to(ADA)) == 1


# Ids


def test_an_invitation_id_is_not_a_user_id(ask: Ask, sim: Simulator) -> None:
    user = sim.honeybadger.add("bob@example.com")
    for number in range(user.id):
        invitation = sim.honeybadger.add_invitation(f"{number}@example.com")
    assert user.id == invitation.id
    done = prove(ask, sim, "honeybadger_invitation", 2, id=user.id, state="absent")
    assert (done["action"], sim.honeybadger.users.get(user.id), sim.honeybadger.invitations.get(user.id)) == (
        "cancel",
        user,
        None,
    )
    invitation = sim.honeybadger.add_invitation("new@example.com", id=user.id)
    done = prove(ask, sim, "honeybadger_user", 2, id=user.id, role="Admin")
    assert (done["action"], done["user"]["email"], invitation.role) == ("update", "bob@example.com", "Member")
    done = prove(ask, sim, "honeybadger_user", 2, id=user.id, state="absent")
    assert (done["action"], sim.honeybadger.invitations.get(user.id)) == ("remove", invitation)


def test_by_id(ask: Ask, sim: Simulator) -> None:
    sim.honeybadger.add("bob@example.com", id=40)
    sim.honeybadger.add_invitation("BOB@example.com", id=50)
    done = prove(ask, sim, "honeybadger_user", 2, id=40, state="absent")
    assert sorted(done["action"].split("+")) == ["cancel", "remove"]
    sim.honeybadger.add_invitation("eve@example.com", id=60)
    assert prove(ask, sim, "honeybadger_invitation", 2, id=60, role="Admin")["action"] == "update"
    sim.honeybadger.accept(60)
    done = prove(ask, sim, "honeybadger_invitation", 2, id=60)
    assert (done["action"], done["status"]) == ("none", "active")


@pytest.mark.parametrize("module", ["honeybadger_user", "honeybadger_invitation"])
def test_unknown_id(ask: Ask, sim: Simulator, module: str) -> None:
    sim.honeybadger.add_invitation(ADA, id=70) if module == "honeybadger_user" else sim.honeybadger.add(ADA, id=70)
    code = "not_a_user" if module == "honeybadger_user" else "not_found"
    assert ask(module, id=70, fails=code)["status"] == "absent"
    assert ask(module, id=70, state="absent")["action"] == "none"
    assert sim.writes() == []


@pytest.mark.parametrize("check", [False, True])
def test_invite_off(ask: Ask, sim: Simulator, check: bool) -> None:
    failed = ask("honeybadger_user", email=ADA, invite=False, check=check, fails="not_a_user")
    assert (failed["changed"], failed["status"], failed["action"]) == (False, "absent", "none")
    assert sim.writes() == []
    sim.honeybadger.add(ADA)
    assert prove(ask, sim, "honeybadger_user", 2, email=ADA, invite=False)["status"] == "active"


# The last admin


@pytest.mark.parametrize("options", [{"state": "absent"}, {"role": "low"}])
@pytest.mark.parametrize("check", [False, True])
def test_last_admin(ask: Ask, sim: Simulator, side: Side, options: Result, check: bool) -> None:
    options = {key: side.low if value == "low" else value for key, value in options.items()}
    if side is HONEYBADGER:  # somebody who has not accepted does not count
        side.add_pending(sim, ADA, side.high)
    else:
        options["known_invitations"] = {ADA: {"id": "x", "role": "admin", "invited_at": LONG_AGO}}
    failed = ask(side.one, email=OWNER, check=check, fails="last_admin", **options)
    assert (failed["changed"], failed["action"], failed["status"]) == (False, "none", "active")
    assert f"{OWNER} is the last accepted {side.high} " in failed["msg"]
    assert sim.writes() == []
    allowed = ask(side.one, email=OWNER, check=check, **options, **{side.allow: True})
    assert allowed["changed"] is True
    assert len(sim.writes()) == (not check)


@pytest.mark.parametrize("options", [{"state": "absent"}, {"role": "low"}])
def test_last_but_one_admin(ask: Ask, sim: Simulator, side: Side, options: dict[str, str]) -> None:
    side.add(sim, ADA, side.high)
    options = {key: side.low if value == "low" else value for key, value in options.items()}
    assert prove(ask, sim, side.one, side.lists, email=OWNER, **options)["changed"] is True


# known_invitations


def test_known_invitations_carry_over(ask: Ask, sim: Simulator) -> None:
    sim.reset(pending_listed=False)
    first = ask("honeycomb_member", email="Ada@Example.com", known_invitations={})
    (invitation,) = sim.honeycomb.members.find(ADA)
    known = {ADA: {"id": invitation.id, "role": "member", "invited_at": invitation.created_at}}
    assert (first["action"], first["status"], remembered(first)) == ("invite", "pending", known)
    assert warnings_of(first) == []

    again = prove(ask, sim, "honeycomb_member", 1, email=ADA, known_invitations=known)
    assert (again["status"], again["member"]["id"], remembered(again)) == ("pending", invitation.id, known)

    raised = prove(ask, sim, "honeycomb_member", 1, email=ADA, role="admin", known_invitations=known)
    known[ADA]["role"] = "admin"
    assert (raised["action"], remembered(raised), invitation.role) == ("update", known, "admin")

    gone = prove(ask, sim, "honeycomb_member", 1, email=ADA, state="absent", known_invitations=known)
    assert (gone["action"], gone["status"]) == ("cancel", "absent")
    assert (gone["known_invitations"], gone["follow_up"]) == ({}, [])
    assert HONEYCOMB.pending(sim) == {}


@pytest.mark.parametrize("accepted_id", ["same", "new"])
def test_known_invitation_accepted(ask: Ask, sim: Simulator, accepted_id: str) -> None:
    sim.reset(pending_listed=False, accepted_id=accepted_id)
    known = ask("honeycomb_member", email=ADA, known_invitations={})["known_invitations"]
    sim.honeycomb.accept(ADA)
    forget(sim)
    done = prove(ask, sim, "honeycomb_member", 1, email=ADA, known_invitations=known)
    assert (done["status"], done["known_invitations"]) == ("active", {})


def test_known_invitation_accepted_under_another_address(ask: Ask, sim: Simulator) -> None:
    """The tie between the two addresses lasts as long as the member."""
    sim.reset(pending_listed=False)
    known = ask("honeycomb_member", email=ADA, known_invitations={})["known_invitations"]
    sim.honeycomb.accept(ADA, accepting="ada@home.example")
    forget(sim)
    for _run in range(3):
        done = prove(ask, sim, "honeycomb_member", 1, email=ADA, known_invitations=known)
        assert (done["status"], done["action"], done["member"]["email"]) == ("active", "none", "ada@home.example")
        known = done["known_invitations"]
    promoted = prove(ask, sim, "honeycomb_member", 1, email=ADA, role="admin", known_invitations=known)
    assert (promoted["action"], HONEYCOMB.active(sim)) == ("update", {"ada@home.example": "admin"})
    assert ask("honeycomb_member", email=ADA, state="absent", known_invitations=known, check=True)["changed"] is True
    sim.honeycomb.remove("ada@home.example")
    gone = ask("honeycomb_member", email=ADA, state="absent", known_invitations=known)
    assert (gone["action"], gone["status"], gone["known_invitations"]) == ("none", "absent", {})
    assert ask("honeycomb_member", email=ADA, known_invitations=known)["action"] == "invite"


def test_removal_ends_the_tie(ask: Ask, sim: Simulator) -> None:
    sim.reset(pending_listed=False)
    member = sim.honeycomb.add("ada@home.example")
    known = {ADA: {"id": member.id, "role": "member", "invited_at": LONG_AGO}}
    sim.fail(Fault("status", method="DELETE", status=403))
    failed = ask("honeycomb_member", email=ADA, state="absent", known_invitations=known, fails="forbidden")
    assert failed["known_invitations"].keys() == {ADA}
    gone = prove(ask, sim, "honeycomb_member", 1, email=ADA, state="absent", known_invitations=known)
    assert (gone["action"], gone["status"], gone["known_invitations"]) == ("remove", "absent", {})


def test_a_known_invitation_is_kept_for_others(ask: Ask, sim: Simulator) -> None:
    sim.reset(pending_listed=False)
    known = {"bob@example.com": {"id": "b", "role": "admin", "invited_at": LONG_AGO}}
    done = ask("honeycomb_member", email=ADA, known_invitations=known)
    assert done["known_invitations"].keys() == {ADA, "bob@example.com"}


@pytest.mark.parametrize("duplicate", ["422", "409"])
def test_invited_before_without_a_record(ask: Ask, sim: Simulator, duplicate: str) -> None:
    sim.reset(pending_listed=False, duplicate_invite=duplicate)
    side_effect = sim.honeycomb.invite(ADA)
    done = ask("honeycomb_member", email=ADA)
    assert (done["changed"], done["action"], done["status"]) == (False, "none", "pending")
    assert len(sim.emails) == 1
    assert "known_invitations" in warnings_of(done)[0]
    kept = remembered(done)
    assert kept[ADA]["id"] is None
    forget(sim)
    assert ask("honeycomb_member", email=ADA, known_invitations=kept)["action"] == "none"
    assert verbs(sim) == ["GET"]
    # Nothing can be done to it without its id; once that was said of a removal, it is left to those who were told.
    for options, then in (({"role": "admin"}, kept), ({"state": "absent"}, {})):
        failed = ask("honeycomb_member", email=ADA, **options, known_invitations=kept, fails="conflict")
        assert (failed["changed"], remembered(failed), failed["status"]) == (False, then, "pending")
    sim.honeycomb.accept(side_effect.id)
    assert ask("honeycomb_member", email=ADA, known_invitations=kept)["status"] == "active"


def test_without_a_record_a_removal_is_warned_of(ask: Ask, sim: Simulator) -> None:
    sim.reset(pending_listed=False)
    sim.honeycomb.invite(ADA)
    done = ask("honeycomb_member", email=ADA, state="absent")
    assert (done["action"], done["status"]) == ("none", "absent")
    (warning,) = warnings_of(done)
    assert ADA in warning
    assert "known_invitations" in warning
    assert warnings_of(ask("honeycomb_member", email=OWNER)) == []


@pytest.mark.parametrize(
    "known",
    [{ADA: "abc"}, {ADA: {"id": "a"}}, {"nobody": {"id": "a", "role": "member", "invited_at": ""}}, {ADA: None}],
)
@pytest.mark.parametrize("module", ["honeycomb_member", "honeycomb_members"])
def test_strange_record(ask: Ask, sim: Simulator, module: str, known: dict[str, Any]) -> None:
    people = {"email": ADA} if module == "honeycomb_member" else {"members": [{"email": ADA}]}
    ask(module, **people, known_invitations=known, fails="validation")
    assert sim.log == []


# reinvite_after


@pytest.mark.parametrize(("days", "action"), [(None, "none"), (100000, "none"), (1e12, "none"), (3.5, "reinvite")])
@pytest.mark.parametrize("module", ["honeybadger_user", "honeybadger_invitation"])
def test_reinvite_on_honeybadger(ask: Ask, sim: Simulator, module: str, days: float | None, action: str) -> None:
    old = sim.honeybadger.add_invitation(ADA, "Admin", [3], created_at=LONG_AGO)
    planned = ask(module, email=ADA, reinvite_after=days, check=True, diff=True)
    assert sim.writes() == []
    done = ask(module, email=ADA, reinvite_after=days, diff=True)
    assert told(planned) == told(done)
    assert (done["action"], done["status"]) == (action, "pending")
    assert [entry.method for entry in sim.writes()] == (["DELETE", "POST"] if action == "reinvite" else [])
    assert len(sim.emails_to(ADA)) == (action == "reinvite")
    assert ("invited again" in str(done["diff"])) is (action == "reinvite")
    shown = done["invitation"]
    assert (shown["id"] == old.id, shown["role"], shown["team_ids"]) == (action == "none", "Admin", [3])
    assert ask(module, email=ADA, reinvite_after=days)["action"] == "none"


def test_reinvite_takes_the_new_role(ask: Ask, sim: Simulator) -> None:
    sim.honeybadger.add_invitation(ADA, "Admin", [3], created_at=LONG_AGO)
    done = ask("honeybadger_user", email=ADA, role="Billing", team_ids=[7], reinvite_after=1)
    assert (done["action"], done["invitation"]["role"], done["invitation"]["team_ids"]) == ("reinvite", "Billing", [7])


def test_reinvite_on_honeycomb(ask: Ask, sim: Simulator) -> None:
    sim.reset(pending_listed=False)
    old = sim.honeycomb.invite(ADA)
    known = {ADA: {"id": old.id, "role": "member", "invited_at": LONG_AGO}}
    forget(sim)
    done = ask("honeycomb_member", email=ADA, reinvite_after=30, known_invitations=known)
    assert (done["action"], done["status"], len(sim.emails)) == ("reinvite", "pending", 1)
    assert done["known_invitations"][ADA]["id"] not in (None, old.id)
    again = ask("honeycomb_member", email=ADA, reinvite_after=30, known_invitations=done["known_invitations"])
    assert (again["action"], len(sim.emails)) == ("none", 1)


def test_an_accepted_person_is_never_invited_again(ask: Ask, sim: Simulator, side: Side) -> None:
    side.add(sim, ADA)
    assert prove(ask, sim, side.one, side.lists, email=ADA, reinvite_after=0)["action"] == "none"


# wait


def test_wait_until_accepted(ask: Ask, sim: Simulator, side: Side) -> None:
    sim.reset(pending_listed=False)
    accept = {"do": "accept", "service": side.service, "email": ADA}
    path = "invitations" if side is HONEYBADGER else ""
    sim.fail(Fault("action_before", service=side.service, method="GET", path=path, nth=4, action=accept))
    done = ask(side.one, email=ADA, wait=True, wait_interval=0.1, wait_timeout=30)
    assert (done["changed"], done["action"], done["status"]) == (True, "invite", "active")
    assert done["api"]["requests"] == len(sim.log) == 4 * side.lists + 1
    assert (done.get("member") or done["user"])["email"] == ADA
    if side is HONEYBADGER:
        assert done["invitation"] is None


def test_wait_is_over(ask: Ask, sim: Simulator, side: Side) -> None:
    sim.reset(pending_listed=False)
    known: Result = {"known_invitations": {}} if side is HONEYCOMB else {}
    failed = ask(side.one, email=ADA, wait=True, wait_interval=0.1, wait_timeout=0.25, fails="timeout", **known)
    assert (failed["changed"], failed["action"], failed["status"]) == (True, "invite", "pending")
    assert (failed.get("member") or failed["invitation"])["email"] == ADA
    assert side.lists <= len(sim.log) - 1 - side.lists <= 5 * side.lists
    kept = {"known_invitations": failed["known_invitations"]} if side is HONEYCOMB else {}
    failed = ask(side.one, email=ADA, wait=True, wait_interval=0.1, wait_timeout=0, fails="timeout", **kept)
    assert (failed["changed"], failed["action"], failed["status"]) == (False, "none", "pending")
    assert len(sim.emails) == 1


def test_wait_waits_for_nothing_else(ask: Ask, sim: Simulator, side: Side) -> None:
    sim.reset(pending_listed=False)
    forever = {"wait": True, "wait_timeout": 3600, "wait_interval": 3600}
    assert ask(side.one, email=ADA, check=True, **forever)["status"] == "pending"
    assert ask(side.one, email=ADA, state="absent", **forever)["status"] == "absent"
    assert ask(side.one, email=OWNER, **forever)["status"] == "active"
    sim.fail(Fault("status", method="POST", status=403))
    ask(side.one, email=ADA, fails="forbidden", **forever)


def test_wait_tells_of_a_fault(ask: Ask, sim: Simulator, side: Side) -> None:
    sim.reset(pending_listed=False)
    sim.fail(Fault("status", service=side.service, method="GET", status=403, after=side.lists))
    failed = ask(side.one, email=ADA, wait=True, wait_interval=0.1, wait_timeout=30, fails="forbidden")
    assert (failed["changed"], failed["action"], failed["status"]) == (True, "invite", "pending")


def test_the_name_goes_with_the_invitation(ask: Ask, sim: Simulator) -> None:
    ask("honeycomb_member", email=ADA, name=" Ada Lovelace ")
    assert sim.log[-1].body == {"email": ADA, "name": "Ada Lovelace", "role": "member"}
