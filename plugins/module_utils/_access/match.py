# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which of the declared people has which grants. Pure: no I/O, no clock, no Ansible.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from collections import defaultdict
from dataclasses import dataclass, field

from .._http import errors
from .._http.errors import AccessError
from .._http.naming import option
from .addresses import few, fold
from .catalog import power, stands_for
from .model import ABSENT, ACTIVE, PENDING, Grant, Person


@dataclass(frozen=True)
class Rules:
    """How declared people and existing grants are compared.

    ``roles`` are in order from the least to the most powerful. ``ignore`` holds folded addresses. ``reinvite_after`` is
    in days. ``pending_only``: only invitations are managed, users are left alone. ``manage_teams``: users get their
    declared teams, too. ``reasons``: why people who are not declared lose access, by folded address.
    """

    roles: tuple[str, ...]
    default_role: str
    exclusive: bool = False
    ignore: frozenset[str] = frozenset()
    reinvite_after: float | None = None
    pending_only: bool = False
    manage_teams: bool = False
    reasons: t.Mapping[str, str] = field(default_factory=dict, compare=False)

    def because(self, grant: Grant) -> str:
        """Why somebody who is not declared loses this, empty if nobody says."""
        return next((self.reasons[address] for address in grant.addresses if address in self.reasons), "")

    def power(self, role: str) -> int:
        """The rank of a role."""
        return power(role, self.roles)

    def is_keeper(self, grant: Grant) -> bool:
        """Whether this is an accepted person with the most powerful role. An unknown role may be a lesser one."""
        return grant.kind.is_access and grant.status == ACTIVE and self.fits(grant.role, self.roles[-1])

    def may_be_keeper(self, grant: Grant) -> bool:
        """Whether this is an accepted person with the most powerful role, or with an unknown one, which may be as powerful."""
        active = grant.kind.is_access and grant.status == ACTIVE and grant.role != ""
        return active and self.power(grant.role) >= len(self.roles) - 1

    def fits(self, role: str, declared: str) -> bool:
        """Whether somebody with this role has what is declared."""
        return stands_for(role, self.roles) == declared


@dataclass(frozen=True)
class Conflict:
    """People in the list of whom it cannot be told which user they are.

    Either two of them are one user, who accepted the invitations of both, or several users accepted those of one.
    """

    people: tuple[Person, ...]
    grants: tuple[Grant, ...]

    def error(self) -> AccessError:
        """The error to report."""
        names = [person.email for person in self.people]
        users = few([grant.email for grant in self.grants])
        if len(names) > 1:
            return AccessError(
                errors.VALIDATION,
                f"{' and '.join(names)} are the same person here: {users}, who accepted their invitation.",
                hint=f"Make them one entry with aliases, or add them to {option('ignore')}.",
            )
        return AccessError(
            errors.VALIDATION,
            f"Several users accepted invitations to {names[0]}, so it is not known which of them is meant. "
            f"Those who are there: {users}.",
            hint=f"Name those who are meant by their own addresses, and take {names[0]} out.",
        )


@dataclass(frozen=True)
class Matches:
    """What each person has, the most important first, and the people who cannot be told apart.

    ``left_alone``: people who have nothing but a grant of somebody whom the run ignores.
    """

    held: list[list[Grant]]
    conflicts: list[Conflict]
    left_alone: frozenset[Person]

    @property
    def claimed(self) -> set[Grant]:
        """Everything that belongs to somebody in the list."""
        return {grant for grants in self.held for grant in grants} | {
            grant for conflict in self.conflicts for grant in conflict.grants
        }

    @property
    def untouched(self) -> set[Person]:
        """The people for whom nothing is planned."""
        return {*self.left_alone, *(person for conflict in self.conflicts for person in conflict.people)}


def assign(desired: t.Sequence[Person], existing: t.Sequence[Grant], rules: Rules) -> Matches:
    """What each person has: by id, by main address, by alias, then by accepted invitation.

    An accepted invitation ties the invited address to the user who accepted it. The tie applies only to a person who
    has no user of their own or should have none, and only to a user that nobody else in the list claims. If somebody
    does, and nothing else tells the two apart, they are the same person twice. If several users accepted invitations to
    one address, it is none of theirs.
    """
    index = _Index(existing, rules)
    held = [index.named(person) for person in desired]
    owners = {grant: person for person, grants in zip(desired, held) for grant in grants}
    conflicts: list[Conflict] = []
    for person, grants in zip(desired, held):
        if not rules.ignore.isdisjoint(person.addresses):
            continue
        if person.state == ABSENT or not any(grant.status == ACTIVE for grant in grants):
            conflicts += _add_tied(person, grants, index, owners, rules)
    settled = {conflict for conflict in conflicts if not rules.ignore.isdisjoint(conflict.people[-1].addresses)}
    return Matches(
        [sorted(grants, key=lambda grant: grant.kind.order) for grants in held],
        [conflict for conflict in conflicts if conflict not in settled],
        frozenset(
            person
            for person, grants in zip(desired, held)
            if not grants and any(conflict.people[0] is person for conflict in settled)
        ),
    )


class _Index:
    """Grants by id, by their own address, and by an address that an accepted invitation ties to them."""

    def __init__(self, existing: t.Sequence[Grant], rules: Rules) -> None:
        self._direct: dict[str, list[Grant]] = defaultdict(list)
        self._tied: dict[str, list[Grant]] = defaultdict(list)
        self._disputed: dict[str, list[Grant]] = defaultdict(list)
        self._by_id: dict[t.Any, Grant] = {}
        for grant in sorted(existing, key=lambda grant: (grant.kind.order, str(grant.id))):
            if grant.email:
                self._direct[fold(grant.email)].append(grant)
            for address in grant.also:
                self._tied[address].append(grant)
            for address in grant.disputed:
                self._disputed[address].append(grant)
            if rules.pending_only:
                self._by_id.update(dict.fromkeys(grant.invitations, grant))
            if grant.status == (PENDING if rules.pending_only else ACTIVE):
                self._by_id[grant.id] = grant

    def named(self, person: Person) -> list[Grant]:
        """The grants with the person's id or one of their addresses."""
        by_id = [self._by_id[person.id]] if person.id is not None and person.id in self._by_id else []
        addresses = dict.fromkeys((*person.addresses, *(fold(grant.email) for grant in by_id if grant.email)))
        by_address = [grant for address in addresses for grant in self._direct.get(address, ())]
        return list(dict.fromkeys(by_id + by_address))

    def tied(self, person: Person) -> list[Grant]:
        """The users who accepted an invitation to one of the person's addresses, and were the only ones to do so."""
        return list(dict.fromkeys(grant for address in person.addresses for grant in self._tied.get(address, ())))

    def disputed(self, person: Person) -> list[Grant]:
        """The users who were not the only ones to do so."""
        return list(dict.fromkeys(grant for address in person.addresses for grant in self._disputed.get(address, ())))


def _add_tied(
    person: Person, grants: list[Grant], index: _Index, owners: dict[Grant, Person], rules: Rules
) -> t.Iterator[Conflict]:
    """Add the users that a person became by accepting an invitation, unless somebody else in the list claims them."""
    tied = [grant for grant in index.tied(person) if grant not in grants]
    disputed = [grant for grant in index.disputed(person) if grant not in grants]
    if rules.pending_only:
        tied += disputed
    elif disputed and not tied and not any(grant.status == ACTIVE for grant in grants):
        free = any(grant not in owners and rules.ignore.isdisjoint(grant.addresses) for grant in disputed)
        if free or person.state != ABSENT:
            yield Conflict((person,), tuple(disputed))
    for grant in tied:
        owner = owners.setdefault(grant, person)
        if owner is person or not rules.ignore.isdisjoint(grant.addresses):
            grants.append(grant)
        elif (person.state != ABSENT and not grants) or grant.email not in owner.addresses:
            yield Conflict((person, owner), (grant,))


def kin(desired: t.Sequence[Person], existing: t.Sequence[Grant]) -> dict[str, set[str]]:
    """For each address, all addresses known to belong to the same person, by alias or by accepted invitation."""
    found: dict[str, set[str]] = {}
    held = ([address for address in grant.addresses if address not in grant.disputed] for grant in existing)
    for addresses in (*(person.addresses for person in desired), *held):
        if len(addresses) > 1:
            together = set(addresses).union(*(found.get(address, ()) for address in addresses))
            found.update(dict.fromkeys(together, together))
    return found


def several_accounts(desired: t.Sequence[Person], matches: Matches, rules: Rules) -> list[str]:
    """A warning for each person who has more than one account."""
    texts = []
    for person, grants in zip(desired, matches.held):
        accounts = [grant for grant in grants if grant.status == ACTIVE and rules.ignore.isdisjoint(grant.addresses)]
        if len(accounts) > 1 and rules.ignore.isdisjoint(person.addresses):
            listed = ", ".join(f"{grant.email} ({grant.role})" for grant in accounts)
            what = (
                "all of them are removed"
                if person.state == ABSENT
                else f"only {accounts[0].email} is managed, and the others do not keep a role above the declared one"
            )
            texts.append(f"{person.email or accounts[0].email} has {len(accounts)} accounts: {listed}; {what}.")
    return texts


def without_address(existing: t.Sequence[Grant], matches: Matches, rules: Rules) -> list[str]:
    """A warning about entries that an exclusive list can neither name nor leave out."""
    claimed = matches.claimed
    left = [str(grant.id) for grant in existing if not grant.addresses and grant not in claimed]
    if not (rules.exclusive and left):
        return []
    return [f"Entries without an e-mail address are left as they are: {', '.join(left[:10])}. Check them by hand."]
