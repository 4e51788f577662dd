# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Guards are about people, not about addresses: aliases, linked addresses, roles nobody knows, two who are one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator import Fault, Simulator

from .support import HONEYBADGER, HONEYCOMB, LONG_AGO, OWNER, Ask, Side, forget, warnings_of

ADA, WORK, HOME, BOB = "ada@example.com", "ada@work.example", "ada@home.example", "bob@example.com"


def many(ask: Ask, side: Side, listed: list[dict[str, Any]], **options: Any) -> dict[str, Any]:
    return ask(side.many, **{side.people: listed}, **options)


# protected


@pytest.mark.parametrize("change", [{"state": "absent"}, {"role": "low"}])
@pytest.mark.parametrize("protected", [ADA, WORK, HOME])
def test_protected_under_every_alias(
    ask: Ask, sim: Simulator, side: Side, change: dict[str, str], protected: str
) -> None:
    side.add(sim, ADA, side.high)
    person = {"email": WORK, "aliases": [ADA, HOME], **change}
    if change.get("role"):
        person["role"] = side.low
    failed = many(ask, side, [person], protected=[protected], fails="guard_refused")
    assert "protected" in failed["msg"]
    assert sim.writes() == []


@pytest.mark.parametrize("protected", [ADA, HOME])
def test_protected_by_a_linked_address(ask: Ask, sim: Simulator, protected: str) -> None:
    """Ada accepted an invitation under her home address, and has another one pending; both are hers."""
    sim.configure(accepted_email="kept")
    sim.honeybadger.add_invitation(ADA)
    sim.honeybadger.accept(ADA, accepting=HOME)
    sim.honeybadger.add_invitation(ADA)
    options: dict[str, Any] = {"max_removals": "100%", "protected": [protected], "fails": "guard_refused"}
    many(ask, HONEYBADGER, [{"email": ADA, "state": "absent"}], **options)
    many(ask, HONEYBADGER, [{"email": OWNER}], exclusive=True, **options)
    assert sim.writes() == []


# Roles that nobody knows


def promote(side: Side, sim: Simulator, email: str, role: str = "chief") -> None:
    """Somebody with a role that the service has and this collection does not know."""
    if email != OWNER:
        side.add(sim, email)
    people = sim.honeycomb.members if side is HONEYCOMB else sim.honeybadger.users
    next(person for person in people if person.email == email).role = role


def test_taking_an_unknown_role_away_is_a_demotion(ask: Ask, sim: Simulator, side: Side) -> None:
    promote(side, sim, ADA)
    side.add(sim, BOB)
    listed = [{"email": ADA, "role": side.high}, {"email": BOB, "role": side.high}]
    many(ask, side, listed, protected=[ADA], fails="guard_refused")
    assert sim.writes() == []
    planned = many(ask, side, listed, check=True)
    assert [step["email"] for step in planned["plan"]] == [BOB, ADA]


def test_an_unknown_role_keeps_nobody_out(ask: Ask, sim: Simulator, side: Side) -> None:
    """Somebody with a role that may be a lesser one does not stand in for the last admin, and may go while there is one."""
    promote(side, sim, ADA, "Auditor")
    for change in ({"role": side.low}, {"state": "absent"}):
        failed = many(ask, side, [{"email": OWNER, **change}], max_removals="100%", fails="guard_refused")
        assert f"{side.keepers}: 0 of 1 accepted" in failed["msg"]
        ask(side.one, email=OWNER, **change, fails="last_admin")
    assert many(ask, side, [{"email": ADA, "role": side.low}])["summary"]["update"] == 1


def test_an_unknown_role_is_protected_like_an_admin(ask: Ask, sim: Simulator, side: Side) -> None:
    """It may be a greater one: without any admin who is known, they stay."""
    promote(side, sim, OWNER)
    side.add(sim, ADA)
    for change in ({"role": side.low}, {"state": "absent"}):
        many(ask, side, [{"email": OWNER, **change}], max_removals="100%", fails="guard_refused")
        ask(side.one, email=OWNER, **change, fails="last_admin")
    listed = [{"email": OWNER, "state": "absent"}, {"email": ADA, "role": side.high}]
    assert many(ask, side, listed, max_removals="100%")["summary"]["remove"] == 1


@pytest.mark.parametrize("refused", [False, True])
def test_an_unknown_role_becomes_the_greatest_before_the_last_admin_goes(
    ask: Ask, sim: Simulator, side: Side, refused: bool
) -> None:
    """There was a moment without any admin, and if the change failed then, none was left."""
    promote(side, sim, ADA, "Auditor")
    listed = [{"email": OWNER, "state": "absent"}, {"email": ADA, "role": side.high}]
    if refused:
        sim.fail(Fault("status", method="PUT", status=403, times=0))
        many(ask, side, listed, max_removals="100%", fails="partial_failure")
    else:
        many(ask, side, listed, max_removals="100%")
    assert [entry.method for entry in sim.writes()] == ["PUT"] + ["DELETE"] * (not refused)


# exclusive


def test_a_list_of_nobody_but_leavers_is_an_empty_list(ask: Ask, sim: Simulator, side: Side) -> None:
    side.add(sim, ADA)
    side.add(sim, BOB)
    options: dict[str, Any] = {"exclusive": True, "max_removals": "100%", side.keepers: 0}
    failed = many(ask, side, [{"email": ADA, "state": "absent"}], fails="guard_refused", **options)
    assert (failed["changed"], sim.log) == (False, [])


# Two accounts


@pytest.mark.parametrize("order", [(ADA, WORK), (WORK, ADA)])
def test_two_accounts_of_one_person(ask: Ask, sim: Simulator, side: Side, order: tuple[str, str]) -> None:
    side.add(sim, ADA)
    side.add(sim, WORK, side.high)
    person = {"email": order[0], "aliases": [order[1]]}
    (warning, *_others) = warnings_of(
        many(ask, side, [person], known_invitations={}) if side is HONEYCOMB else many(ask, side, [person])
    )
    assert ADA in warning
    assert WORK in warning
    assert sim.writes() == []
    forget(sim)
    many(ask, side, [{**person, "role": side.low}])
    assert side.active(sim) == {ADA: side.low, WORK: side.low}
    assert many(ask, side, [{**person, "role": side.low}])["changed"] is False
    done = many(ask, side, [{**person, "state": "absent"}])
    assert (done["summary"]["remove"], side.active(sim)) == (2, {})


def test_no_other_invitation_has_a_role_above_the_declared_one(ask: Ask, sim: Simulator) -> None:
    """Whoever sent the second one, it would make an Owner of a Member."""
    sim.configure(duplicate_invite="email")
    for role in ("Member", "Owner"):
        sim.honeybadger.add_invitation(ADA, role)
    sim.honeybadger.add(BOB)
    sim.honeybadger.add_invitation(BOB, "Admin")
    listed = [{"email": ADA, "role": "Member"}, {"email": BOB, "role": "Member"}]
    done = many(ask, HONEYBADGER, listed)
    assert [(step["action"], step["email"], step["after"]["role"]) for step in done["plan"]] == [
        ("update", ADA, "Member"),
        ("update", BOB, "Member"),
    ]
    assert {invitation.role for invitation in sim.honeybadger.invitations} == {"Member"}
    assert many(ask, HONEYBADGER, listed)["plan"] == []


# Two who are one


def crossed(sim: Simulator) -> list[dict[str, Any]]:
    sim.configure(accepted_email="kept")
    for email in (ADA, WORK):
        sim.honeybadger.add_invitation(email)
        sim.honeybadger.accept(email, accepting=HOME)
    return [{"email": ADA}, {"email": WORK, "state": "absent"}, {"email": "new@example.com"}]


def test_two_who_are_one_stop_nobody_else(ask: Ask, sim: Simulator) -> None:
    listed = crossed(sim)
    failed = many(ask, HONEYBADGER, listed, fails="validation")
    assert all(address in failed["msg"] for address in (ADA, WORK, HOME))
    assert (failed["changed"], [step["email"] for step in failed["plan"]]) == (True, ["new@example.com"])
    assert HONEYBADGER.active(sim) == {HOME: "Member"}
    assert HONEYBADGER.mails(sim, "new@example.com") == 1
    options = {"exclusive": True, "max_removals": "100%", "fails": "validation"}
    many(ask, HONEYBADGER, [*listed, {"email": OWNER}], **options)
    assert HONEYBADGER.active(sim) == {HOME: "Member"}


@pytest.mark.parametrize("ignored", [ADA, WORK, HOME])
def test_ignore_settles_who_is_one(ask: Ask, sim: Simulator, ignored: str) -> None:
    done = many(ask, HONEYBADGER, crossed(sim), ignore=[ignored])
    assert [step["email"] for step in done["plan"] if step["action"] == "invite"] == ["new@example.com"]
    if ignored == HOME:
        assert HONEYBADGER.active(sim) == {HOME: "Member"}


@pytest.mark.parametrize("state", ["present", "absent"])
def test_an_address_for_which_several_users_accepted_is_nobody(ask: Ask, sim: Simulator, state: str) -> None:
    """A shared mailbox was used to invite Ada and Bob: to remove it removed both."""
    sim.configure(accepted_email="kept")
    for accepting in (ADA, BOB):
        sim.honeybadger.add_invitation(WORK)
        sim.honeybadger.accept(WORK, accepting=accepting)
    listed = [{"email": WORK, "role": "Admin", "state": state}, {"email": "new@example.com"}]
    failed = many(ask, HONEYBADGER, listed, fails="validation")
    assert f"accepted invitations to {WORK}" in failed["msg"]
    assert ADA in failed["msg"]
    assert [step["email"] for step in failed["plan"]] == ["new@example.com"]
    assert HONEYBADGER.active(sim) == {ADA: "Member", BOB: "Member"}
    one = ask("honeybadger_user", email=WORK, role="Admin", state=state, fails="validation")
    assert f"take {WORK} out" in one["msg"]
    assert one["api"]["requests"] == 2
    exclusive = {"exclusive": True, "max_removals": "100%"}
    many(ask, HONEYBADGER, [{"email": OWNER}, listed[0]], fails="validation", **exclusive)
    assert HONEYBADGER.active(sim) == {ADA: "Member", BOB: "Member"}
    code = "" if state == "absent" else "validation"
    many(ask, HONEYBADGER, [listed[0], {"email": ADA}, {"email": BOB}], fails=code)
    for one_of_them in ({"ignore": [BOB]}, {"protected": [BOB]}):
        many(ask, HONEYBADGER, [listed[0]], fails="validation", **one_of_them)
    many(ask, HONEYBADGER, [listed[0], {"email": BOB}], fails="validation")
    assert HONEYBADGER.active(sim) == {ADA: "Member", BOB: "Member"}
    many(ask, HONEYBADGER, [{"email": BOB, "state": "absent"}], max_removals=1)
    many(ask, HONEYBADGER, [listed[0]], fails="validation")
    assert HONEYBADGER.active(sim) == {ADA: "Member"}
    sim.honeybadger.add(BOB)
    assert many(ask, HONEYBADGER, [{"email": ADA, "state": "absent"}], protected=[BOB])["summary"]["remove"] == 1
    sim.honeybadger.add(ADA)
    sim.honeybadger.add(WORK)
    done = many(ask, HONEYBADGER, [listed[0]])
    assert [step["email"] for step in done["plan"]] == [WORK]
    assert HONEYBADGER.active(sim).keys() >= {ADA, BOB}


def test_an_invitation_to_an_address_of_several_can_be_cancelled_alone(ask: Ask, sim: Simulator) -> None:
    sim.configure(accepted_email="kept", duplicate_invite="email")
    for accepting in (ADA, BOB):
        sim.honeybadger.add_invitation(WORK)
        sim.honeybadger.accept(WORK, accepting=accepting)
    assert ask("honeybadger_invitation", email=WORK)["status"] == "active"
    sim.honeybadger.add_invitation(WORK)
    assert ask("honeybadger_invitation", email=WORK, state="absent")["action"] == "cancel"
    assert HONEYBADGER.active(sim) == {ADA: "Member", BOB: "Member"}
    sim.honeybadger.add_invitation(ADA, "Admin")
    assert ask("honeybadger_invitation", email=ADA, role="Member")["action"] == "none"


# Text that is no address


@pytest.mark.parametrize("option", ["ignore", "protected"])
def test_somebody_without_an_address_is_spared(ask: Ask, sim: Simulator, side: Side, option: str) -> None:
    side.add(sim, "robot")
    code = "guard_refused" if option == "protected" else ""
    many(ask, side, [{"email": OWNER}], exclusive=True, max_removals="100%", fails=code, **{option: [" Robot"]})
    assert "robot" in side.active(sim)


def test_somebody_without_an_address_who_is_there(ask: Ask, sim: Simulator, side: Side) -> None:
    side.add(sim, "robot")
    side.add(sim, ADA)
    done = many(ask, side, [{"email": "Robot", "role": side.high}, {"email": ADA}])
    assert [(step["action"], step["email"]) for step in done["plan"]] == [("update", "robot")]
    assert many(ask, side, [{"email": "robot", "state": "absent"}])["summary"]["remove"] == 1
    assert "robot" not in side.active(sim)


@pytest.mark.parametrize("option", ["ignore", "protected"])
def test_who_is_left_alone_must_be_somebody(ask: Ask, sim: Simulator, side: Side, option: str) -> None:
    """A pattern, a domain or the name of a person protected nobody, in green."""
    side.add(sim, ADA)
    leaver = [{"email": ADA, "state": "absent"}]
    for text in ("*@example.com", "example.com", "@example.com", "Ada Lovelace"):
        failed = many(ask, side, leaver, fails="validation", **{option: [text]})
        assert text.lower() in failed["msg"].lower()
    assert len(many(ask, side, leaver, fails="validation", **{option: ["1" * 5000]})["msg"]) < 300
    assert sim.writes() == []
    done = many(ask, side, leaver, **{option: ["Zoe <zoe@example.com>; mailto:BOB@example.com", OWNER]})
    assert done["unmatched"][option] == [BOB, "zoe@example.com"]
    assert [text for text in warnings_of(done) if f"{option} has {BOB}, zoe@example.com, which nobody has" in text]
    assert ADA not in side.active(sim)


@pytest.mark.parametrize("state", ["present", "absent"])
def test_somebody_without_an_address_who_is_not_there(ask: Ask, sim: Simulator, side: Side, state: str) -> None:
    listed = [{"email": ADA, "role": side.high}, {"email": "robot", "state": state}]
    failed = many(ask, side, listed, fails="validation")
    assert "robot" in failed["msg"]
    assert (failed["changed"], sim.writes()) == (False, [])


# Answers


@pytest.mark.parametrize("accepted_by", [True, "ada", {"email": "ada@example.com"}])
def test_who_accepted_is_said_in_whatever_form(ask: Ask, sim: Simulator, accepted_by: Any) -> None:
    """In an answer to a change: it was made too late, and the list decides."""
    sim.honeybadger.invite("ada@example.com")
    answer = {"id": 1, "email": "ada@example.com", "role": "Admin", "accepted_by": accepted_by}
    sim.fail(Fault("status", method="PUT", status=200, body=answer))
    failed = ask("honeybadger_user", email="ada@example.com", role="Admin", fails="conflict")
    assert "accepted the invitation" in failed["msg"]


def test_accepted_by_nobody_is_pending(ask: Ask, sim: Simulator) -> None:
    listed = {"results": [{"id": 9, "email": ADA, "role": "Member", "accepted_at": None, "team_ids": [],
                           "created_at": LONG_AGO, "accepted_by": {"email": None, "name": None}}]}  # fmt: skip
    sim.fail(Fault("html", method="GET", path="/invitations", body=listed, times=0))
    assert ask("honeybadger_invitation_info")["invitations"][0]["status"] == "pending"
    assert ask("honeybadger_user", email=ADA, check=True)["action"] == "none"


def test_one_of_several_by_id_is_the_one_with_that_id(ask: Ask, sim: Simulator) -> None:
    users = [{"id": number, "email": f"{number}@example.com", "role": "Member", "name": ""} for number in (5, 6)]
    sim.fail(Fault("html", method="GET", path="/users/6", body={"results": users}, times=0))
    (found,) = ask("honeybadger_user_info", id=6)["users"]
    assert found["id"] == 6


def test_a_member_listed_twice_is_one(ask: Ask, sim: Simulator) -> None:
    one = {"id": "a", "email": ADA, "name": "Ada", "role": "member", "created_at": LONG_AGO}
    boss = {**one, "id": "b", "email": OWNER, "role": "admin"}
    sim.fail(Fault("html", method="GET", path="team_memberships", body=[one, boss, one], times=0))
    planned = ask("honeycomb_members", members=[{"email": ADA, "state": "absent"}], check=True, known_invitations={})
    assert [step["action"] for step in planned["plan"]] == ["remove"]
    assert [entry.path for entry in sim.log] == ["/1/team_memberships", "/1/auth"]


def test_an_invitation_replaced_while_another_is_pending(ask: Ask, sim: Simulator) -> None:
    """The old one goes and the answer is lost; Ada has another under an alias. Something changed, and that is told."""
    sim.honeybadger.add_invitation(ADA, created_at=LONG_AGO)
    sim.honeybadger.add_invitation(WORK)
    sim.fail(Fault("reset_after", method="DELETE", times=0))
    done = many(ask, HONEYBADGER, [{"email": ADA, "aliases": [WORK]}], reinvite_after=14)
    assert HONEYBADGER.pending(sim) == {WORK: "Member"}
    assert done["changed"] is True


def test_who_may_only_read_is_no_admin(ask: Ask, sim: Simulator) -> None:
    """The vendor's role for reading is below all that can be declared, its owner above."""
    sim.honeycomb.add(ADA, "Read-Only")
    ask("honeycomb_member", email=OWNER, state="absent", fails="last_admin")
    ask("honeycomb_members", members=[{"email": OWNER, "role": "member"}], fails="guard_refused")
    assert sim.writes() == []
    raised = ask("honeycomb_members", members=[{"email": ADA, "role": "admin"}], protected=[ADA])
    assert raised["summary"]["update"] == 1
