# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the people declared and the people there to a list of steps. Pure: no I/O, no clock, no Ansible.

This file is private to the collection.
"""

from __future__ import annotations

import hashlib
import json
import typing as t
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timezone

from . import _errors as errors
from ._errors import AccessError
from ._model import (
    ABSENT,
    ACTIVE,
    CANCEL,
    INVITE,
    PENDING,
    REINVITE,
    REMOVE,
    UPDATE,
    Access,
    Person,
    Step,
    fold,
)

RAISE, LOWER, REMOVAL = range(3)  # phases, in the order in which they are applied


@dataclass(frozen=True)
class Rules:
    """How people declared and people there are compared.

    ``roles`` stand from the least to the most powerful. ``ignore`` holds folded addresses. ``reinvite_after`` is in
    days. ``pending_only``: users are left alone, only invitations are managed.
    """

    roles: tuple[str, ...]
    default_role: str
    exclusive: bool = False
    ignore: frozenset[str] = frozenset()
    reinvite_after: float | None = None
    pending_only: bool = False

    def power(self, role: str) -> int:
        """The rank of a role; one that this collection does not know counts as the highest, to be safe."""
        return self.roles.index(role) if role in self.roles else len(self.roles)


def check_people(people: t.Sequence[Person], rules: Rules) -> None:
    """Refuse what no plan could be made for, before anything is read."""
    if rules.exclusive and not people:
        raise AccessError(
            errors.GUARD_REFUSED,
            "The list of people is empty and exclusive is on, so everybody would lose access.",
            hint="Check where the list comes from; to remove people, name them with state absent.",
        )


def match(people: t.Sequence[Person], world: t.Sequence[Access], rules: Rules) -> list[list[Access]]:
    """What each person has, the most telling first: by the main address, an alias, then by accepted invitation.

    An accepted invitation ties the invited address to the user who accepted it. That tie counts only for a person who
    has no user of their own or shall have none, and only towards a user whom nobody else in the list claims: where
    somebody does, and there is nothing else to tell the two apart, they are the same person twice.
    """
    direct: dict[str, list[Access]] = defaultdict(list)
    linked: dict[str, list[Access]] = defaultdict(list)
    by_id: dict[t.Any, Access] = {}
    for access in sorted(world, key=lambda access: (access.status, str(access.id))):
        if access.email:
            direct[fold(access.email)].append(access)
        for address in access.also:
            linked[address].append(access)
        if rules.pending_only:
            by_id.update(dict.fromkeys(access.invitations, access))
        if access.status == (PENDING if rules.pending_only else ACTIVE):
            by_id[access.id] = access

    found: list[list[Access]] = []
    owner: dict[Access, Person] = {}
    for person in people:
        named = [by_id[person.id]] if person.id is not None and person.id in by_id else []
        addresses = dict.fromkeys((*person.addresses, *(fold(access.email) for access in named if access.email)))
        found.append(
            list(dict.fromkeys(named + [access for address in addresses for access in direct.get(address, ())]))
        )
        owner.update(dict.fromkeys(found[-1], person))
    for person, mine in zip(people, found):
        if person.state != ABSENT and any(access.status == ACTIVE for access in mine):
            continue
        ties = dict.fromkeys(access for address in person.addresses for access in linked.get(address, ()))
        for access in [access for access in ties if access not in mine]:
            if owner.setdefault(access, person) is person:
                mine.append(access)
            elif (person.state != ABSENT and not mine) or access.email not in owner[access].addresses:
                raise AccessError(
                    errors.VALIDATION,
                    f"{person.email} and {owner[access].email} are one person here: {access.email}, who accepted their "
                    "invitation.",
                    hint="Make them one entry with aliases.",
                )
    return [sorted(mine, key=lambda access: access.status != ACTIVE) for mine in found]


def plan(people: t.Sequence[Person], world: t.Sequence[Access], rules: Rules, now: datetime) -> list[Step]:
    """The steps from what is there to what is declared, in the order in which they are to be applied."""
    found = match(people, world, rules)
    steps = [step for person, mine in zip(people, found) for step in _steps(person, mine, rules, now)]
    if rules.exclusive:
        claimed = {access for mine in found for access in mine}
        extra = [access for access in world if access.addresses and access not in claimed]
        steps += [_removal(access, fold(access.email), "not in the list, and exclusive is on") for access in extra]
    kept = [step for step in steps if rules.ignore.isdisjoint(step.addresses)]
    return sorted(
        kept, key=lambda step: (step.phase, step.email, step.action, str(step.target.id) if step.target else "")
    )


def _steps(person: Person, mine: list[Access], rules: Rules, now: datetime) -> t.Iterator[Step]:
    if not rules.ignore.isdisjoint(person.addresses):
        return
    if person.state == ABSENT:
        for access in mine:
            if access.status == PENDING or not rules.pending_only:
                yield _removal(access, _name(person, access), "declared absent")
        return
    if mine:
        yield from _correction(person, mine[0], rules, now)
    elif person.email:
        goal = Access(None, person.email, person.role or rules.default_role, PENDING, person.team_ids)
        yield Step(INVITE, fold(person.email), None, goal, "declared present, nobody there", RAISE)


def _correction(person: Person, access: Access, rules: Rules, now: datetime) -> t.Iterator[Step]:
    """At most one step that makes what is there as declared; unset means as it is."""
    if access.status == ACTIVE and rules.pending_only:
        return
    goal = replace(access, role=person.role or access.role)
    if access.status == PENDING and access.team_ids is not None and person.team_ids is not None:
        goal = replace(goal, team_ids=person.team_ids)
    email = _name(person, access)
    lowers = goal.role != rules.roles[-1] and rules.power(goal.role) < rules.power(access.role)
    phase = LOWER if lowers else RAISE
    if access.status == PENDING and _is_old(access, rules, now):
        goal = replace(goal, id=None, since=None, email=person.email or access.email)
        yield Step(REINVITE, email, access, goal, f"pending for {rules.reinvite_after:g} days or more", phase)
        return
    differs = [name for name in ("role", "team_ids") if getattr(goal, name) != getattr(access, name)]
    if differs:
        yield Step(UPDATE, email, access, goal, f"{' and '.join(differs)} differ from what is declared", phase)


def _removal(access: Access, email: str, reason: str) -> Step:
    return Step(REMOVE if access.status == ACTIVE else CANCEL, email, access, None, reason, REMOVAL)


def _name(person: Person, access: Access) -> str:
    return fold(person.email or access.email)


def _is_old(access: Access, rules: Rules, now: datetime) -> bool:
    since = parse_time(access.since)
    if rules.reinvite_after is None or since is None:
        return False
    return (now - since).total_seconds() >= rules.reinvite_after * 86400


def parse_time(text: str | None) -> datetime | None:
    """An ISO 8601 time, taken as UTC where it names no zone; None for anything else."""
    try:
        parsed = datetime.fromisoformat((text or "").strip().replace("Z", "+00:00"))
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=timezone.utc)


def plan_id(scope: str, steps: t.Sequence[Step]) -> str:
    """A name for exactly these changes to this team or account, whatever order they were found in."""
    content = sorted(
        json.dumps([step.action, step.email, step.as_dict()["before"], step.as_dict()["after"]], sort_keys=True)
        for step in steps
    )
    return hashlib.sha256(json.dumps([scope, content]).encode()).hexdigest()[:16]


def carry_out(
    world: t.Iterable[Access], gone: t.Iterable[Access | None], come: t.Iterable[Access | None]
) -> list[Access]:
    """The world without what is gone and with what came."""
    left = dict.fromkeys(world)
    for access in gone:
        left.pop(t.cast("Access", access), None)
    return [*left, *(access for access in come if access)]


def diff(steps: t.Iterable[Step]) -> dict[str, str]:
    """Each person touched, before and after, a line each, for Ansible's diff mode."""
    before: dict[str, list[Access | None]] = defaultdict(list)
    after: dict[str, list[Access | None]] = defaultdict(list)
    for step in steps:
        before[step.email].append(step.target)
        after[step.email].append(step.goal)
    return {"before": _lines(before), "after": _lines(after)}


def _lines(people: t.Mapping[str, list[Access | None]]) -> str:
    return "".join(
        f"{email}: {'; '.join(str(access) for access in found if access) or ABSENT}\n"
        for email, found in sorted(people.items())
    )
