# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is read from a directory: people, groups, and who is left out. No I/O.

There may be very many accounts and people, so these are tuples with names, which are made in a fifth of the time.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

DISABLED = "disabled"
EXPIRED = "expired"
NO_ADDRESS = "no_address"
NOT_A_PERSON = "not_a_person"


class Account(t.NamedTuple):
    """One entry of a directory as its adapter found it, not cleaned yet.

    ``label`` names it to its administrators, such as a login or a DN. The main address comes first. ``gone`` is
    empty for somebody who is active, otherwise ``DISABLED``, ``EXPIRED`` or ``NOT_A_PERSON``.
    """

    id: str
    label: str
    addresses: tuple[str, ...]
    name: str = ""
    gone: str = ""


@dataclass(frozen=True)
class Group:
    """A group of the directory."""

    id: str
    name: str


@dataclass(frozen=True)
class Members:
    """Who is in a group itself, and the groups in it."""

    accounts: t.Sequence[Account]
    groups: t.Sequence[Group] = ()


class DirectoryPerson(t.NamedTuple):
    """Somebody who is active and has an address.

    ``addresses`` are all in the form in which this collection compares them, ``email``, the main one, among them.
    ``groups`` are the groups that were asked for, as they were asked for.
    """

    id: str
    email: str
    addresses: tuple[str, ...]
    name: str
    active: bool = True
    groups: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """How a message names this person."""
        return f"{self.email} (id {self.id})"


@dataclass(frozen=True)
class LeftOut:
    """A member of a group who is nobody to give access to. ``email`` may be empty, ``label`` is not."""

    id: str
    email: str
    reason: str
    label: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class DirectoryGroup:
    """A group that was asked for as ``asked``.

    ``members`` counts everybody in it or in a group inside it, those who are left out, too; ``people`` is how many of
    them are declared.
    """

    asked: str
    id: str
    name: str
    members: int
    people: int


@dataclass(frozen=True)
class Reading:
    """One complete read of a directory. ``api``: what it cost, as in the results of modules."""

    people: tuple[DirectoryPerson, ...]
    groups: tuple[DirectoryGroup, ...]
    left_out: tuple[LeftOut, ...]
    api: t.Mapping[str, t.Any] = field(default_factory=dict)

    def public(self) -> dict[str, t.Any]:
        """The form in which ``directory_info`` returns it."""
        names = {group.asked: group.name for group in self.groups}
        return {
            "people": [
                {
                    "id": person.id,
                    "email": person.email,
                    "addresses": list(person.addresses),
                    "name": person.name,
                    "active": person.active,
                    "groups": list(dict.fromkeys(names[asked] for asked in person.groups)),
                }
                for person in self.people
            ],
            "groups": [{"name": group.name, "id": group.id, "members": group.members} for group in self.groups],
            "left_out": [{"id": item.id, "email": item.email, "reason": item.reason} for item in self.left_out],
            "api": dict(self.api),
        }


class Source(t.Protocol):
    """What an adapter offers. Everything that it returns is complete; where it cannot prove that, it raises."""

    def group(self, asked: str) -> Group:
        """The group with this name, id or DN. ``not_found`` if there is none, ``validation`` if there are several."""

    def members(self, group: Group) -> Members:
        """Who and what is in a group."""

    def everybody(self) -> t.Iterable[Account]:
        """All accounts, whatever their groups."""

    def account(self, identity: str) -> Account | None:
        """The account with this id, None if the directory has none."""

    def verify(self, reached: t.Mapping[str, t.AbstractSet[str]]) -> None:
        """Hold ids of groups → ids of the accounts that were reached against what accounts say of their groups."""

    def api(self) -> dict[str, t.Any]:
        """What the read cost."""

    def close(self) -> None:
        """Give back connections."""
