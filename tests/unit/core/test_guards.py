# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The limits themselves: how they are written, rounded and held against a plan."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.honeyops.access.plugins.module_utils._access.guards import (
    Limits,
    check_max_removals,
    guard,
    hold_back,
    most_removals,
)
from ansible_collections.honeyops.access.plugins.module_utils._access.match import Rules
from ansible_collections.honeyops.access.plugins.module_utils._access.model import (
    CANCEL_TEAM_INVITATION,
    INVITATION,
    LEAVING,
    MEMBERSHIP,
    TEAM_INVITATION,
    Grant,
    Person,
    Step,
    people_from,
)
from ansible_collections.honeyops.access.plugins.module_utils._access.plan import check_people, plan
from ansible_collections.honeyops.access.plugins.module_utils._http.errors import AccessError

from .worlds import NOW

RULES = Rules(("member", "admin"), "member")
EXCLUSIVE = Rules(("member", "admin"), "member", exclusive=True)


@pytest.mark.parametrize(
    ("limit", "there", "most"),
    [
        ("0", 100, 0),
        ("3", 100, 3),
        (" 3 ", 1, 3),
        ("25%", 100, 25),
        ("25%", 7, 1),
        ("25%", 8, 2),
        ("25%", 3, 1),
        ("25%", 1, 1),
        ("25%", 0, 1),
        ("0%", 100, 0),
        ("0.0%", 100, 0),
        ("0.1%", 100, 1),
        ("12.5%", 16, 2),
        ("12.5 %", 15, 1),
        ("33.3%", 9, 2),
        ("100%", 9, 9),
        ("29%", 100, 29),
        ("57%", 100, 57),
    ],
)
def test_max_removals(limit: str, there: int, most: int) -> None:
    assert most_removals(check_max_removals(limit), there) == most


@pytest.mark.parametrize(
    "limit", ["", " ", "-1", "+1", "1.5", "many", "%", "101%", "-5%", "1e2", "5%%", "0x10", "٣", "3 people", "nan%"]
)
def test_no_limit(limit: str) -> None:
    with pytest.raises(AccessError) as caught:
        check_max_removals(limit)
    assert caught.value.code == "validation"
    assert "max_removals" in caught.value.sentence


@given(st.integers(0, 10**6), st.integers(1, 100))
def test_a_share_is_rounded_down(there: int, share: int) -> None:
    assert most_removals(f"{share}%", there) == max(1, there * share // 100)


def members(*roles: str, first: int = 0) -> list[Grant]:
    return [Grant(str(n), f"m{n}@example.com", role, MEMBERSHIP) for n, role in enumerate(roles, first)]


def invited(count: int) -> list[Grant]:
    return [Grant(f"i{n}", f"i{n}@example.com", "admin", INVITATION) for n in range(count)]


def absent(world: list[Grant]) -> list[Person]:
    return [Person(access.email, state="absent") for access in world]


def refusal(people: list[Person], world: list[Grant], limits: Limits, rules: Rules = RULES) -> str:
    """What the guard says, nothing when it lets the plan pass."""
    try:
        guard(plan(people, world, rules, NOW), world, rules, limits)
    except AccessError as error:
        return error.sentence if error.code == "guard_refused" else error.code
    return ""


@pytest.mark.parametrize(
    ("limit", "users", "pending", "passes"),
    [
        ("2", 2, 0, True),
        ("2", 1, 1, True),
        ("2", 2, 1, False),
        ("25%", 3, 0, True),
        ("25%", 2, 1, True),
        ("25%", 2, 2, False),
        ("0", 0, 1, False),
        ("0%", 1, 0, False),
        (None, 7, 4, True),
    ],
)
def test_people_and_invitations_count_alike(limit: str | None, users: int, pending: int, passes: bool) -> None:
    """Twelve people and invitations; the named ones and those that exclusive takes are counted the same way."""
    world = [*members("admin", *["member"] * 7), *invited(4)]
    gone = [*world[8 - users : 8], *world[8 : 8 + pending]]
    named = refusal(absent(gone), world, Limits(limit))
    kept = [Person(access.email) for access in world if access not in gone]
    assert (refusal(kept, world, Limits(limit), EXCLUSIVE) == "") is (named == "") is passes
    if not passes:
        assert ("1 person" if users + pending == 1 else f"{users + pending} people") in named
        assert f"the maximum is {most_removals(str(limit), 12)}" in named
        assert ("of 12, 4 of them pending" in named) is ("%" in str(limit))


def test_people_who_are_only_in_teams_are_there_too() -> None:
    world = members("admin")
    lost = [Grant(n, f"t{n}@example.com", "", TEAM_INVITATION) for n in range(4)]
    steps = [Step(CANCEL_TEAM_INVITATION, grant.email, grant, None, "left", LEAVING) for grant in lost]
    guard(steps, world, RULES, Limits("80%"))
    with pytest.raises(AccessError, match=r"4 people would lose .*; the maximum is 2 \(50% of 5, 0 of them pending\)"):
        guard(steps, world, RULES, Limits("50%"))


def test_people_without_an_address_count_by_their_accounts_and_texts() -> None:
    """Two accounts are shown by one text, an invitation by another one, and one person by an address."""
    world = members("admin", "member")
    accounts = [Grant(number, "robot", "member", MEMBERSHIP) for number in (5, 6)]
    teams = [Grant(number, "bot", "", TEAM_INVITATION) for number in (7, 8)]
    lost = [world[1], *accounts, *teams]
    steps = [Step(CANCEL_TEAM_INVITATION, grant.email, grant, None, "left", LEAVING) for grant in lost]
    guard(steps, world, RULES, Limits("4"))
    with pytest.raises(AccessError, match="4 people would lose access or an invitation; the maximum is 3"):
        guard(steps, world, RULES, Limits("3"))


def test_one_person_with_two_things_counts_once() -> None:
    world = [*members("admin", "member"), Grant("i", "M1@example.com", "member", INVITATION)]
    assert refusal([Person("m1@example.com", state="absent")], world, Limits("1")) == ""


@pytest.mark.parametrize(
    ("there", "demoted", "least", "passes"),
    [
        (3, 1, 2, True),
        (3, 2, 2, False),
        (1, 1, 1, False),
        (1, 1, 0, True),
        (1, 0, 5, True),  # a run that does not lower the number passes, however few there are
        (2, 1, 5, False),
    ],
)
@pytest.mark.parametrize("state", ["present", "absent"])
def test_min_admins(there: int, demoted: int, least: int, passes: bool, state: str) -> None:
    world = [*members(*["admin"] * there, "member"), *invited(2)]
    people = [Person(access.email, "member", state=state) for access in world[:demoted]]
    refused = refusal([*people, Person("new@example.com", "admin")], world, Limits(None, least))
    assert (refused == "") is passes
    if not passes:
        assert f"{there - demoted} of {there} accepted admins would remain; the minimum is {least}" in refused


def test_an_accepted_heir_counts() -> None:
    world = members("admin", "member")
    people = [Person("m0@example.com", "member"), Person("m1@example.com", "admin")]
    assert refusal(people, world, Limits(None, 1)) == ""


@pytest.mark.parametrize(
    ("people", "passes"),
    [
        ([Person("m1@example.com", state="absent")], False),
        ([Person("x@example.com", aliases=("m1@example.com",), state="absent")], False),
        ([Person("m0@example.com", "member")], False),
        ([Person("i0@example.com", "member")], False),
        ([Person("i0@example.com", state="absent")], False),
        ([Person("m1@example.com", "admin")], True),
        ([Person("m0@example.com")], True),
        ([Person("m2@example.com", state="absent")], True),
    ],
)
def test_protected(people: list[Person], passes: bool) -> None:
    world = [*members("admin", "member", "member", "admin"), *invited(1)]
    limits = Limits(None, 0, frozenset({"m0@example.com", "m1@example.com", "i0@example.com"}))
    assert (refusal(people, world, limits) == "") is passes


def test_protected_by_the_other_address() -> None:
    world = [Grant(1, "home@example.com", "member", MEMBERSHIP, also=("work@example.com",)), *members("admin")]
    for address in ("home@example.com", "work@example.com"):
        limits = Limits(None, 0, frozenset({address}))
        said = refusal([Person("work@example.com", state="absent")], world, limits)
        assert f"protected: work@example.com{' (home@example.com)' * (address != 'work@example.com')} would be" in said
        assert "protected" in refusal([Person("m0@example.com")], world, limits, EXCLUSIVE)


def test_protected_by_one_of_two_accounts() -> None:
    """The account named by its id has another address than the one named by the address."""
    world = [Grant(5, "home@example.com", "member", MEMBERSHIP), Grant(7, "work@example.com", "member", MEMBERSHIP)]
    leaver = [Person("work@example.com", state="absent", id=5)]
    for address in ("home@example.com", "work@example.com"):
        assert "protected: work@example.com" in refusal(leaver, world, Limits(None, 0, frozenset({address})))


def test_every_broken_guard_is_named() -> None:
    world = members("admin", "member", "member")
    said = refusal(absent(world[1:]), world, Limits("1", 1, frozenset({"m1@example.com"})))
    assert "protected: m1@example.com" in said
    assert "max_removals: 2 people" in said


def test_empty_and_exclusive() -> None:
    with pytest.raises(AccessError) as caught:
        check_people([], EXCLUSIVE)
    assert caught.value.code == "guard_refused"
    check_people([], RULES)
    with pytest.raises(AccessError):
        check_people([Person("a@b.c", state="absent")], EXCLUSIVE)
    check_people([Person("a@b.c", state="absent"), Person("d@e.f")], EXCLUSIVE)


@pytest.mark.parametrize(
    "items",
    [
        [{"email": "a@b.c"}, {"email": "A@B.C "}],
        [{"email": "a@b.c"}, {"email": "d@e.f", "aliases": ["A@b.c"]}],
        [{"email": "d@e.f", "aliases": ["a@b.c"]}, {"email": "a@b.c"}],
        [{"email": "a@b.c", "aliases": ["x@y.z"]}, {"email": "d@e.f", "aliases": ["X@Y.Z"]}],
        [{"email": "a@b.c"}, {"email": "a@b.c", "state": "absent"}],
    ],
)
def test_the_same_person_twice(items: list[dict[str, Any]]) -> None:
    with pytest.raises(AccessError) as caught:
        people_from(items)
    assert caught.value.code == "validation"
    assert "twice" in caught.value.sentence
    people_from(items[:1])


def test_an_alias_may_repeat_its_own_address() -> None:
    (person,) = people_from([{"email": "A@b.c", "aliases": ["a@B.c", "x@y.z", "X@y.z"], "team_ids": [7, 3, 7]}])
    assert (person.addresses, person.team_ids) == (("a@b.c", "x@y.z"), (3, 7))


def test_hold_back_keeps_only_what_would_take_the_last_admins() -> None:
    world = members("admin", "member", "member")
    steps: list[Step] = plan(
        [Person("m0@example.com", "member"), Person("m1@example.com", state="absent")], world, RULES, NOW
    )
    done, held = hold_back(steps, world, RULES, Limits(None, 1))
    assert ([step.email for step in done], [step.email for step in held]) == (["m1@example.com"], ["m0@example.com"])
    assert hold_back(steps, world, RULES, Limits(None, 0)) == (steps, [])
