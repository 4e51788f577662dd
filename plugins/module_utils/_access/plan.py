# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The list of steps from what is there to what is declared. Pure: no I/O, no clock, no Ansible.

This file is private to the collection.
"""

from __future__ import annotations

import hashlib
import json
import typing as t
from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timezone

from .._http import errors
from .._http.errors import AccessError
from .._http.naming import option
from .addresses import check_email, fold
from .leaving import NOT_LISTED, with_addresses
from .match import Matches, Rules, assign, kin
from .model import (
    ABSENT,
    ACTIONS,
    ACTIVE,
    DELETE_KEY,
    DISABLE_KEY,
    INVITATION,
    INVITE,
    LEAVING,
    LOWER,
    PENDING,
    RAISE,
    REINVITE,
    REMOVAL,
    UPDATE,
    Grant,
    Person,
    Step,
)


def check_people(desired: t.Sequence[Person], rules: Rules) -> None:
    """Refuse people for whom no plan can be made, before anything is read."""
    if rules.exclusive and all(person.state == ABSENT for person in desired):
        raise AccessError(
            errors.GUARD_REFUSED,
            f"The list has nobody who keeps access and {option('exclusive')} is on, so everybody would lose access.",
            hint="Check where the list comes from. To remove people, list them with state absent.",
        )


def plan(
    desired: t.Sequence[Person],
    existing: t.Sequence[Grant],
    rules: Rules,
    now: datetime,
    matches: Matches | None = None,
    check: t.Callable[[str], str] = check_email,
) -> list[Step]:
    """The steps from what is there to what is declared, in the order in which they are applied.

    ``check`` refuses the main address of somebody who is not there.
    """
    matches = matches or assign(desired, existing, rules)
    untouched = matches.untouched
    steps = [
        replace(step, because=person.because) if person.because else step
        for person, grants in zip(desired, matches.held)
        if person not in untouched
        for step in _steps(person, grants, rules, now, check)
    ]
    if rules.exclusive:
        claimed = matches.claimed
        extra = [grant for grant in existing if grant.addresses and grant not in claimed]
        steps += [removal(grant, grant.addresses[0], NOT_LISTED, rules.because(grant)) for grant in extra]
    kept = [step for step in steps if rules.ignore.isdisjoint(step.addresses)]
    return in_order(with_addresses(kept, kin(desired, existing)), rules)


def in_order(steps: t.Iterable[Step], rules: Rules) -> list[Step]:
    """The steps in the order in which they are applied."""
    return sorted(
        steps,
        key=lambda step: (
            step.phase,
            turn(step, rules),
            step.email,
            ACTIONS.index(step.action),
            str(step.target.id) if step.target else "",
        ),
    )


def turn(step: Step, rules: Rules) -> int:
    """When a step comes within its phase: who may manage others loses that last, since the credential may be theirs."""
    if step.target is None or step.phase < LEAVING or step.target.status != ACTIVE:
        return -1
    return rules.power(step.target.role) if step.target.kind.is_access else int(step.target.leads)


def _steps(
    person: Person, grants: list[Grant], rules: Rules, now: datetime, check: t.Callable[[str], str]
) -> t.Iterator[Step]:
    if not rules.ignore.isdisjoint(person.addresses):
        return
    if not grants and person.email:
        check(person.email)
    if person.state == ABSENT:
        for grant in grants:
            if grant.status == PENDING or not rules.pending_only:
                yield removal(grant, _name(person, grant), "declared absent")
        return
    if grants:
        yield from _correction(person, grants[0], rules, now)
        if grants[0].status == PENDING or not rules.pending_only:
            yield from _demotions(person, grants[1:], rules)
    elif person.email:
        goal = Grant(None, person.email, person.role or rules.default_role, INVITATION, person.team_ids)
        yield Step(INVITE, fold(person.email), None, goal, "declared present, nobody there", RAISE)


def _correction(person: Person, grant: Grant, rules: Rules, now: datetime) -> t.Iterator[Step]:
    """At most one step that changes a grant to what is declared; unset means as it is."""
    if grant.status == ACTIVE and rules.pending_only:
        return
    goal = replace(grant, role=person.role) if person.role and not rules.fits(grant.role, person.role) else grant
    if grant.status == PENDING and grant.team_ids is not None and person.team_ids is not None:
        goal = replace(goal, team_ids=person.team_ids)
    email = _name(person, grant)
    phase = _phase(grant, goal, rules)
    if grant.status == PENDING and _is_old(grant, rules, now):
        goal = replace(goal, id=None, since=None, email=person.email or grant.email)
        yield Step(REINVITE, email, grant, goal, f"pending for {rules.reinvite_after:g} days or more", phase)
        return
    differs = [name for name in ("role", "team_ids") if getattr(goal, name) != getattr(grant, name)]
    if differs:
        verb = "differs" if len(differs) == 1 and differs[0] == "role" else "differ"
        yield Step(UPDATE, email, grant, goal, f"{' and '.join(differs)} {verb} from what is declared", phase)


def _phase(grant: Grant, goal: Grant, rules: Rules) -> int:
    """When a grant is changed: whoever may only be above the most powerful role gets it before anybody else loses it."""
    if rules.power(goal.role) >= rules.power(grant.role):
        return RAISE
    return REMOVAL if grant.status == ACTIVE and not rules.is_keeper(goal) else LOWER


def _demotions(person: Person, others: t.Sequence[Grant], rules: Rules) -> t.Iterator[Step]:
    """The steps that leave no other account or invitation of a person with a role above the declared one."""
    for grant in others:
        changes = grant.id is not None if grant.status == PENDING else not rules.pending_only
        if person.role and changes and rules.power(grant.role) > rules.power(person.role):
            goal = replace(grant, role=person.role)
            what = "invitation" if grant.status == PENDING else "account"
            yield Step(
                UPDATE,
                _name(person, grant),
                grant,
                goal,
                f"another {what} of the same person",
                _phase(grant, goal, rules),
            )


def removal(grant: Grant, email: str, reason: str, because: str = "") -> Step:
    """The step that removes a grant."""
    return Step(grant.kind.removal, email, grant, None, reason, REMOVAL, because)


def _name(person: Person, grant: Grant) -> str:
    return fold(person.email) or next(iter(grant.addresses), "")


def _is_old(grant: Grant, rules: Rules, now: datetime) -> bool:
    since = parse_time(grant.since)
    if rules.reinvite_after is None or since is None:
        return False
    return (now - since).total_seconds() >= rules.reinvite_after * 86400


def parse_time(text: str | None) -> datetime | None:
    """An ISO 8601 time, in UTC if it names no time zone; None for anything else."""
    try:
        parsed = datetime.fromisoformat((text or "").strip().replace("Z", "+00:00"))
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=timezone.utc)


def plan_id(scope: str, steps: t.Sequence[Step]) -> str:
    """An identifier of exactly these changes to this team or account, in any order."""
    content = sorted(
        json.dumps([step.action, step.email, step.as_dict()["before"], step.as_dict()["after"]], sort_keys=True)
        for step in steps
    )
    return hashlib.sha256(json.dumps([scope, content]).encode()).hexdigest()[:16]


def carry_out(
    existing: t.Iterable[Grant], removed: t.Iterable[Grant | None], added: t.Iterable[Grant | None]
) -> list[Grant]:
    """What is there after grants are removed and added."""
    left = dict.fromkeys(existing)
    for grant in removed:
        left.pop(t.cast("Grant", grant), None)
    return [*left, *(grant for grant in added if grant)]


def diff(steps: t.Iterable[Step]) -> dict[str, str]:
    """Each person who changes, before and after, a line each, for Ansible's diff mode."""
    before: dict[str, list[str]] = defaultdict(list)
    after: dict[str, list[str]] = defaultdict(list)
    for step in steps:
        again = ", invited again" if step.action == REINVITE else ""
        before[step.email] += [str(step.target)] if step.target else _without(step.goal)
        after[step.email] += [f"{step.goal}{again}"] if step.goal else _after_loss(step)
    return {
        "before": _lines(before),
        "after": _lines(after),
    }


ENDS = {DISABLE_KEY: "disabled", DELETE_KEY: "deleted"}
"""What becomes of something that does not just go with the access of a person."""


def _after_loss(step: Step) -> list[str]:
    if step.target and step.action in ENDS:
        return [f"{step.target.title}, {ENDS[step.action]}"]
    if not step.takes_away:
        return _without(step.target)
    return [ABSENT] if step.target and step.target.kind.is_access else []


def _without(grant: Grant | None) -> list[str]:
    """The side of a change on which somebody who has access does not have this."""
    return [] if grant is None or grant.kind.is_access else [f"no {grant.title}"]


def _lines(people: t.Mapping[str, list[str]]) -> str:
    return "".join(f"{email}: {'; '.join(dict.fromkeys(found)) or ABSENT}\n" for email, found in sorted(people.items()))
