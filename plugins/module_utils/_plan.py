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
    ACTIONS,
    ACTIVE,
    INVITATION,
    INVITE,
    PENDING,
    REINVITE,
    UPDATE,
    Grant,
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


def match(people: t.Sequence[Person], world: t.Sequence[Grant], rules: Rules) -> list[list[Grant]]:
    """What each person has, the most telling first: by id, the main address, an alias, then by accepted invitation.

    An accepted invitation ties the invited address to the user who accepted it. That tie counts only for a person who
    has no user of their own or should have none, and only towards a user whom nobody else in the list claims: where
    somebody does, and there is nothing else to tell the two apart, they are the same person twice.
    """
    index = _Index(world, rules)
    held = [index.named(person) for person in people]
    owners = {grant: person for person, grants in zip(people, held) for grant in grants}
    for person, grants in zip(people, held):
        if person.state == ABSENT or not any(grant.status == ACTIVE for grant in grants):
            _add_tied(person, grants, index, owners)
    return [sorted(grants, key=lambda grant: grant.kind.rank) for grants in held]


class _Index:
    """What is there by id, by its own address, and by an address that an accepted invitation ties to it."""

    def __init__(self, world: t.Sequence[Grant], rules: Rules) -> None:
        self._direct: dict[str, list[Grant]] = defaultdict(list)
        self._tied: dict[str, list[Grant]] = defaultdict(list)
        self._by_id: dict[t.Any, Grant] = {}
        for grant in sorted(world, key=lambda grant: (grant.kind.rank, str(grant.id))):
            if grant.email:
                self._direct[fold(grant.email)].append(grant)
            for address in grant.also:
                self._tied[address].append(grant)
            if rules.pending_only:
                self._by_id.update(dict.fromkeys(grant.invitations, grant))
            if grant.status == (PENDING if rules.pending_only else ACTIVE):
                self._by_id[grant.id] = grant

    def named(self, person: Person) -> list[Grant]:
        """What is there under the person's id or one of their addresses."""
        by_id = [self._by_id[person.id]] if person.id is not None and person.id in self._by_id else []
        addresses = dict.fromkeys((*person.addresses, *(fold(grant.email) for grant in by_id if grant.email)))
        by_address = [grant for address in addresses for grant in self._direct.get(address, ())]
        return list(dict.fromkeys(by_id + by_address))

    def tied(self, person: Person) -> list[Grant]:
        """Users who accepted an invitation to one of the person's addresses."""
        return list(dict.fromkeys(grant for address in person.addresses for grant in self._tied.get(address, ())))


def _add_tied(person: Person, grants: list[Grant], index: _Index, owners: dict[Grant, Person]) -> None:
    """Add to what a person has whom they became by accepting an invitation, unless that is somebody else here."""
    for grant in index.tied(person):
        if grant in grants:
            continue
        owner = owners.setdefault(grant, person)
        if owner is person:
            grants.append(grant)
        elif (person.state != ABSENT and not grants) or grant.email not in owner.addresses:
            raise AccessError(
                errors.VALIDATION,
                f"{person.email} and {owner.email} are one person here: {grant.email}, who accepted their invitation.",
                hint="Make them one entry with aliases.",
            )


def plan(people: t.Sequence[Person], world: t.Sequence[Grant], rules: Rules, now: datetime) -> list[Step]:
    """The steps from what is there to what is declared, in the order in which they are to be applied."""
    held = match(people, world, rules)
    steps = [step for person, grants in zip(people, held) for step in _steps(person, grants, rules, now)]
    if rules.exclusive:
        claimed = {grant for grants in held for grant in grants}
        extra = [grant for grant in world if grant.addresses and grant not in claimed]
        steps += [removal(grant, fold(grant.email), "not in the list, and exclusive is on") for grant in extra]
    return in_order(step for step in steps if rules.ignore.isdisjoint(step.addresses))


def in_order(steps: t.Iterable[Step]) -> list[Step]:
    """The steps in the order in which they are to be applied."""
    return sorted(
        steps,
        key=lambda step: (
            step.phase,
            step.email,
            ACTIONS.index(step.action),
            str(step.target.id) if step.target else "",
        ),
    )


def _steps(person: Person, grants: list[Grant], rules: Rules, now: datetime) -> t.Iterator[Step]:
    if not rules.ignore.isdisjoint(person.addresses):
        return
    if person.state == ABSENT:
        for grant in grants:
            if grant.status == PENDING or not rules.pending_only:
                yield removal(grant, _name(person, grant), "declared absent")
        return
    if grants:
        yield from _correction(person, grants[0], rules, now)
    elif person.email:
        goal = Grant(None, person.email, person.role or rules.default_role, INVITATION, person.team_ids)
        yield Step(INVITE, fold(person.email), None, goal, "declared present, nobody there", RAISE)


def _correction(person: Person, grant: Grant, rules: Rules, now: datetime) -> t.Iterator[Step]:
    """At most one step that makes what is there as declared; unset means as it is."""
    if grant.status == ACTIVE and rules.pending_only:
        return
    goal = replace(grant, role=person.role or grant.role)
    if grant.status == PENDING and grant.team_ids is not None and person.team_ids is not None:
        goal = replace(goal, team_ids=person.team_ids)
    email = _name(person, grant)
    lowers = goal.role != rules.roles[-1] and rules.power(goal.role) < rules.power(grant.role)
    phase = LOWER if lowers else RAISE
    if grant.status == PENDING and _is_old(grant, rules, now):
        goal = replace(goal, id=None, since=None, email=person.email or grant.email)
        yield Step(REINVITE, email, grant, goal, f"pending for {rules.reinvite_after:g} days or more", phase)
        return
    differs = [name for name in ("role", "team_ids") if getattr(goal, name) != getattr(grant, name)]
    if differs:
        yield Step(UPDATE, email, grant, goal, f"{' and '.join(differs)} differ from what is declared", phase)


def removal(grant: Grant, email: str, reason: str) -> Step:
    """The step that takes something away from somebody."""
    return Step(grant.kind.removal, email, grant, None, reason, REMOVAL)


def _name(person: Person, grant: Grant) -> str:
    return fold(person.email or grant.email)


def _is_old(grant: Grant, rules: Rules, now: datetime) -> bool:
    since = parse_time(grant.since)
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
    world: t.Iterable[Grant], removed: t.Iterable[Grant | None], added: t.Iterable[Grant | None]
) -> list[Grant]:
    """The world without what was removed and with what was added."""
    left = dict.fromkeys(world)
    for grant in removed:
        left.pop(t.cast("Grant", grant), None)
    return [*left, *(grant for grant in added if grant)]


def diff(steps: t.Iterable[Step]) -> dict[str, str]:
    """Each person touched, before and after, a line each, for Ansible's diff mode."""
    before: dict[str, list[Grant | None]] = defaultdict(list)
    after: dict[str, list[Grant | None]] = defaultdict(list)
    for step in steps:
        before[step.email].append(step.target)
        after[step.email].append(step.goal)
    return {"before": _lines(before), "after": _lines(after)}


def _lines(people: t.Mapping[str, list[Grant | None]]) -> str:
    return "".join(
        f"{email}: {'; '.join(str(grant) for grant in found if grant) or ABSENT}\n"
        for email, found in sorted(people.items())
    )
