# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans over random worlds: they lead where the list says, in the right order, and never past a guard."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ansible_collections.honeyops.access.plugins.module_utils._access.apply import reconcile
from ansible_collections.honeyops.access.plugins.module_utils._access.guards import Limits, guard, most_removals
from ansible_collections.honeyops.access.plugins.module_utils._access.match import Rules, assign
from ansible_collections.honeyops.access.plugins.module_utils._access.model import (
    ACTIVE,
    INVITATION,
    MEMBERSHIP,
    PENDING,
    Grant,
    Person,
    Step,
)
from ansible_collections.honeyops.access.plugins.module_utils._access.outcome import Options
from ansible_collections.honeyops.access.plugins.module_utils._access.plan import diff, parse_time, plan, plan_id
from ansible_collections.honeyops.access.plugins.module_utils._access.verify import follow_ups
from ansible_collections.honeyops.access.plugins.module_utils._http.errors import AccessError

from .worlds import (
    NOW,
    Case,
    Memory,
    carried_out,
    cases,
    days_before,
    highest,
    keepers,
)


def worlds(count: int) -> settings:
    """So many at least; as many as the profile says where that is more."""
    return settings(max_examples=max(count, settings().max_examples))


HONEYBADGER = Rules(("Member", "Billing", "Admin", "Owner"), "Member")


def planned(case: Case, world: tuple[Grant, ...] | list[Grant] | None = None) -> list[Step]:
    """The plan; a list in which two people turn out to be one is not a case."""
    there = case.world if world is None else world
    assume(not assign(case.people, there, case.rules).conflicts)
    return plan(case.people, there, case.rules, NOW)


def match(people: Sequence[Person], world: Sequence[Grant], rules: Rules) -> list[list[Grant]]:
    """What each person has; raises if people cannot be told apart."""
    found = assign(people, world, rules)
    for conflict in found.conflicts:
        raise conflict.error()
    return found.held


def lowers(step: Step, rules: Rules) -> bool:
    """A change to a role that is less; one that is not known ranks above all others."""
    if not (step.target and step.goal):
        return False
    return rules.power(step.goal.role) < rules.power(step.target.role)


def loses(step: Step, rules: Rules) -> bool:
    """Whether somebody loses access, an invitation, or a role that they have and that may be needed."""
    if step.goal is None:
        return True
    return lowers(step, rules) and bool(step.target and step.target.status == ACTIVE) and not rules.is_keeper(step.goal)


def loss_of(step: Step, rules: Rules) -> int:
    """The rank of the role that is lost; a role in an invitation is none yet."""
    return rules.power(step.target.role) if step.target and step.target.status == ACTIVE else -2


@given(case=cases())
@worlds(400)
def test_a_plan_leads_where_the_list_says(case: Case) -> None:
    steps, rules = planned(case), case.rules
    then = carried_out(case.world, steps)
    assert planned(case, then) == []

    # Additions and promotions, then unknown roles to the greatest and invitations to less, then all that is lost, the least first.
    order = [(2, loss_of(step, rules)) if loses(step, rules) else (int(lowers(step, rules)), 0) for step in steps]
    assert order == sorted(order)

    for step in steps:
        assert step.addresses.isdisjoint(rules.ignore)
        assert (
            step.action
            == {
                (False, True, None): "invite",
                (True, True, ACTIVE): "update",
                (True, True, PENDING): "update" if step.goal and step.goal.id else "reinvite",
                (True, False, ACTIVE): "remove",
                (True, False, PENDING): "cancel",
            }[bool(step.target), bool(step.goal), step.target.status if step.target else None]
        )
        if rules.pending_only:
            assert step.target is None or step.target.status == PENDING or rules.exclusive
    targets = [step.target for step in steps if step.target]
    assert len(set(targets)) == len(targets)
    invited = [step.goal.email for step in steps if step.action == "invite" and step.goal]
    assert len(set(invited)) == len(invited)

    declared = {address for person in case.people for address in person.addresses}
    if not rules.exclusive:
        assert all(not step.addresses.isdisjoint(declared) for step in steps)

    # What is left is what was declared.
    left_alone = assign(case.people, then, rules).left_alone
    for person, mine in zip(case.people, match(case.people, then, rules), strict=True):
        if person in left_alone:
            continue
        touched = {address for access in mine for address in access.addresses} | set(person.addresses)
        if not rules.ignore.isdisjoint(touched):
            continue
        if person.state == "absent":
            assert not [access for access in mine if access.status == PENDING or not rules.pending_only]
        else:
            assert mine
            if mine[0].status == PENDING or not rules.pending_only:
                assert mine[0].role == (person.role or mine[0].role)
    if rules.exclusive:
        claimed = {access for mine in match(case.people, then, rules) for access in mine}
        strangers = [access for access in then if access not in claimed and access.addresses]
        assert all(not rules.ignore.isdisjoint(access.addresses) for access in strangers)


@given(case=cases(), order=st.randoms(use_true_random=False))
@worlds(400)
def test_a_plan_and_its_id_do_not_depend_on_order(case: Case, order: Random) -> None:
    steps = planned(case)
    people, world = list(case.people), list(case.world)
    order.shuffle(people)
    order.shuffle(world)
    other = plan(people, world, case.rules, NOW)
    assert other == steps
    assert plan_id("x", other) == plan_id("x", steps) == plan_id("x", steps[::-1])
    assert plan_id("y", steps) != plan_id("x", steps)
    if steps:
        assert plan_id("x", steps[1:]) != plan_id("x", steps)
    shown = diff(steps)
    lines = {step.email for step in steps}
    assert [text.count("\n") for text in shown.values()] == [len(lines)] * 2


@given(case=cases())
@worlds(400)
def test_guards_are_exact(case: Case) -> None:
    """A plan is refused when, and only when, carrying it out would pass a guard."""
    steps, rules, limits = planned(case), case.rules, case.limits
    then = carried_out(case.world, steps)
    worse = [step for step in steps if step.goal is None or lowers(step, rules)]
    removed = {step.email for step in steps if step.goal is None}
    most = None if limits.max_removals is None else most_removals(limits.max_removals, len(case.world))
    before, after = keepers(case.world, rules), keepers(then, rules)
    broken = (
        any(not (step.addresses | step.known_as).isdisjoint(limits.protected) for step in worse)
        or (most is not None and len(removed) > most)
        or (after < before and after < limits.min_keepers)
        or (highest(then, rules) < highest(case.world, rules) and after < min(limits.min_keepers, 1))
    )
    refusal = pytest.raises(AccessError, match="Refused before any change") if broken else nullcontext()
    with refusal:
        guard(steps, case.world, rules, limits)


@given(case=cases(), faults=st.lists(st.sampled_from(["ok", "ok", "lost", "fails", "denied"]), max_size=12))
@worlds(250)
def test_runs_over_a_service_that_fails(case: Case, faults: list[str]) -> None:
    """Whatever goes wrong, guards hold at every moment, nobody gets two e-mails, and the report is true."""
    planned(case)
    service: Any = Memory(case, faults)
    report = reconcile(service, case.people, case.rules, case.limits)
    assert sorted(map(str, report.existing)) == sorted(map(str, service.world))
    assert set(report.existing) == set(service.world)
    assert report.changed is (set(service.world) != set(case.world))
    assert [outcome.step for outcome in report.outcomes] == report.plan
    if report.error:
        assert (service.writes, report.error.code) == (0, "guard_refused")
        return
    refused = {outcome.step for outcome in report.outcomes if outcome.error}
    assert all(outcome.outcome in ("applied", "failed", "not_attempted") for outcome in report.outcomes)
    assert refused == {outcome.step for outcome in report.outcomes if outcome.outcome != "applied"}
    assert max(service.mails.values(), default=0) <= 1
    assert service.fewest >= min(case.limits.min_keepers, keepers(case.world, case.rules))
    lost = {a for a in case.world if a.status == ACTIVE} - {a for a in service.world if a.status == ACTIVE}
    assert all(access.addresses and case.rules.ignore.isdisjoint(access.addresses) for access in lost)
    assert len(follow_ups(service, report)) == sum(
        outcome.outcome == "applied" and outcome.step.action == "remove" for outcome in report.outcomes
    )
    if not refused:
        assert planned(case, service.world) == []


@given(case=cases())
@worlds(400)
def test_check_mode_is_the_real_run(case: Case) -> None:
    planned(case)
    checked: Any = Memory(case)
    real: Any = Memory(case)
    first = reconcile(checked, case.people, case.rules, case.limits, Options(check=True))
    second = reconcile(real, case.people, case.rules, case.limits, Options(concurrency=3))
    assert (checked.writes, checked.world) == (0, list(case.world))
    assert (first.plan, first.plan_id, first.changed) == (second.plan, second.plan_id, second.changed)
    assert [outcome.as_dict() for outcome in first.outcomes] == [outcome.as_dict() for outcome in second.outcomes]
    assert (first.error and first.error.sentence) == (second.error and second.error.sentence)

    def seen(access: Grant) -> tuple[Any, ...]:
        return (access.email, access.role, access.status, access.team_ids or ())

    assert sorted(map(seen, first.existing)) == sorted(map(seen, second.existing))
    if not first.error:
        assert real.writes == sum(step.requests for step in second.plan)


# Who is who


def user(identity: int, email: str, role: str = "Member", **rest: Any) -> Grant:
    return Grant(identity, email, role, MEMBERSHIP, **rest)


def pending(identity: int, email: str, role: str = "Member", **rest: Any) -> Grant:
    return Grant(identity, email, role, INVITATION, **{"team_ids": (), **rest})


@pytest.mark.parametrize(
    ("people", "world", "found"),
    [
        ([Person("a@b.c")], [user(1, "A@B.C ")], [[1]]),
        ([Person("a@b.c", aliases=("d@e.f",))], [pending(1, "d@e.f"), user(2, "a@b.c")], [[2, 1]]),
        ([Person("a@b.c", aliases=("d@e.f",))], [user(1, "d@e.f"), user(2, "a@b.c")], [[2, 1]]),
        ([Person("a@b.c")], [user(1, "x@y.z", also=("a@b.c",))], [[1]]),
        ([Person("n@b.c", aliases=("a@b.c",))], [user(1, "x@y.z", also=("a@b.c",))], [[1]]),
        # a user of one's own comes before one who accepted an invitation of one's own
        ([Person("a@b.c")], [user(1, "x@y.z", also=("a@b.c",)), user(2, "a@b.c")], [[2]]),
        ([Person("a@b.c", state="absent")], [user(1, "x@y.z", also=("a@b.c",)), user(2, "a@b.c")], [[2, 1]]),
        ([Person("a@b.c", state="absent", aliases=("x@y.z",))], [user(1, "x@y.z", also=("a@b.c",))], [[1]]),
        # somebody else in the list is that user
        ([Person("a@b.c", state="absent"), Person("x@y.z")], [user(1, "x@y.z", also=("a@b.c",))], [[], [1]]),
        (
            [Person("a@b.c"), Person("x@y.z")],
            [pending(2, "a@b.c"), user(1, "x@y.z", also=("a@b.c",))],
            [[2], [1]],
        ),
        ([Person("a@b.c")], [pending(1, "a@b.c"), user(2, "x@y.z", also=("a@b.c",))], [[2, 1]]),
        (
            [Person("a@b.c", state="absent", aliases=("d@e.f",))],
            [user(1, "x@y.z", also=("a@b.c",)), user(2, "v@w.x", also=("d@e.f",))],
            [[1, 2]],
        ),
        (
            [Person("a@b.c", state="absent")],
            [user(1, "a@b.c"), user(2, "x@y.z", disputed=("a@b.c",)), user(3, "v@w.x", disputed=("a@b.c",))],
            [[1]],
        ),
        ([Person("a@b.c", state="absent")], [user(1, "a@b.c"), user(2, "x@y.z", disputed=("a@b.c",))], [[1]]),
        ([Person("", id=1)], [user(1, "a@b.c"), pending(1, "d@e.f"), pending(2, "a@b.c")], [[1, 2]]),
        ([Person("", id=9)], [user(1, "a@b.c")], [[]]),
        ([Person("a@b.c")], [user(1, "")], [[]]),
    ],
)
def test_match(people: list[Person], world: list[Grant], found: list[list[int]]) -> None:
    for order in (world, world[::-1]):
        assert [[access.id for access in mine] for mine in match(people, order, HONEYBADGER)] == found


def test_two_entries_for_one_person_are_refused() -> None:
    people = [Person("a@b.c"), Person("d@e.f")]
    with pytest.raises(AccessError) as caught:
        match(people, [user(1, "x@y.z", also=("a@b.c", "d@e.f"))], HONEYBADGER)
    assert caught.value.code == "validation"
    assert "x@y.z" in caught.value.msg


# One step at a time


@pytest.mark.parametrize(
    ("person", "there", "steps"),
    [
        (Person("a@b.c", "Admin", (3,)), [], [("invite", "Admin", (3,))]),
        (Person("a@b.c"), [], [("invite", "Member", None)]),
        (Person("a@b.c", "Admin", (3,)), [user(1, "a@b.c", "Admin")], []),
        (Person("a@b.c", "Admin", (3,)), [pending(1, "a@b.c", "Admin", team_ids=(3,))], []),
        (Person("a@b.c", None, ()), [pending(1, "a@b.c", "Admin", team_ids=(3,))], [("update", "Admin", ())]),
        (Person("a@b.c", None, None), [pending(1, "a@b.c", "Admin", team_ids=(3,))], []),
        (Person("a@b.c", "Member"), [pending(1, "a@b.c", "Owner")], [("update", "Member", ())]),
        (Person("a@b.c", "Owner"), [user(1, "a@b.c", "Guest")], [("update", "Owner", None)]),
        (Person("a@b.c", state="absent"), [], []),
        (
            Person("a@b.c", state="absent"),
            [user(1, "a@b.c"), pending(1, "A@b.c"), pending(2, "a@b.c")],
            [("cancel", None, None), ("cancel", None, None), ("remove", None, None)],
        ),
        (Person("a@b.c"), [pending(1, "a@b.c", since=days_before(14.1))], [("reinvite", "Member", ())]),
        (Person("a@b.c"), [pending(1, "a@b.c", since=days_before(13.9))], []),
        (Person("a@b.c"), [pending(1, "a@b.c", since="a while ago")], []),
        (Person("a@b.c"), [user(1, "a@b.c", since=days_before(99))], []),
        (Person("n@b.c", "Admin", aliases=("a@b.c",)), [pending(1, "a@b.c", since=days_before(99))], [("reinvite", "Admin", ())]),
    ],
)  # fmt: skip
def test_steps(person: Person, there: list[Grant], steps: list[tuple[str, str | None, Any]]) -> None:
    rules = Rules(HONEYBADGER.roles, "Member", reinvite_after=14)
    found = plan([person], there, rules, NOW)
    assert [(step.action, step.goal and step.goal.role, step.goal and step.goal.team_ids) for step in found] == steps
    assert all(step.email == person.email and step.reason for step in found)
    assert all(step.goal is None or step.goal.id or step.goal.email == person.email for step in found)


def test_a_role_that_is_not_known_counts_as_the_highest() -> None:
    (step,) = plan([Person("a@b.c", "Admin")], [user(1, "a@b.c", "Overlord")], HONEYBADGER, NOW)
    with pytest.raises(AccessError):
        guard([step], [user(1, "a@b.c", "Overlord")], HONEYBADGER, Limits(protected=frozenset({"a@b.c"})))


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026-11-21T12:00:00Z", 12),
        ("2026-11-21T12:00:00", 12),
        ("2026-11-21T12:00:00.123456+02:00", 10),
        (" 2026-11-21 12:00:00 ", 12),
        ("", None),
        (None, None),
        ("yesterday", None),
    ],
)
def test_parse_time(text: str | None, hour: int | None) -> None:
    parsed = parse_time(text)
    assert (parsed and parsed.utctimetuple().tm_hour) == hour


def test_an_invitation_that_went_while_another_stayed_counts_as_a_change() -> None:
    """Of two pending invitations the old one is to be replaced; it is gone, but the answer that says so was lost."""
    old, new = (
        Grant(n, "e@example.com", "Member", INVITATION, (3,), day)
        for n, day in ((1, days_before(99)), (2, days_before(4)))
    )
    rules = Rules(("Member", "Billing", "Admin", "Owner"), "Member", reinvite_after=30.0, pending_only=True)
    people = (Person("e@example.com", "Billing"),)
    service: Any = Memory(Case((new, old), people, rules, Limits()), ["lost"])
    report = reconcile(service, people, rules, Limits())
    (outcome,) = report.outcomes
    assert (service.world, service.mails, outcome.outcome) == ([new], {}, "failed")
    assert (outcome.changed, report.changed) == (True, True)
