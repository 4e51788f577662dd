# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is remembered of a directory from run to run: ids with their addresses, and how many people each group had. No I/O.

An address may change hands, an id does not: so the id tells a person who was renamed from a new person who was given the
address of somebody who left. This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from collections import Counter
from dataclasses import dataclass, field, replace

from ...module_utils._access.addresses import few
from ...module_utils._http.errors import GUARD_REFUSED, AccessError
from .model import DirectoryPerson, Reading


@dataclass(frozen=True)
class Known:
    """One id: its address, those it had before, the latest first, and the names of its groups at the last read.

    ``settled``: the access is gone, and somebody else has the address. It is remembered as long as the roster declares
    the address absent, so that this is not said of them.
    """

    email: str
    former: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    settled: bool = False

    @property
    def addresses(self) -> tuple[str, ...]:
        """All addresses, the last one first."""
        return (self.email, *self.former)


@dataclass(frozen=True)
class Remembered:
    """The last read. ``groups``: id of a group → how many people it had. ``total``: how many there were in all."""

    people: t.Mapping[str, Known] = field(default_factory=dict)
    groups: t.Mapping[str, int] = field(default_factory=dict)
    total: int = 0

    def as_dict(self) -> dict[str, t.Any]:
        """The form that is kept, as JSON can hold it."""
        return {
            "people": {
                identity: {
                    "email": known.email,
                    "former": list(known.former),
                    "groups": list(known.groups),
                    **({"settled": True} if known.settled else {}),
                }
                for identity, known in self.people.items()
            },
            "groups": dict(self.groups),
            "total": self.total,
        }


def remembered_from(kept: t.Any) -> Remembered:
    """What :meth:`Remembered.as_dict` made; whatever is not of that form is left out."""
    kept = kept if isinstance(kept, dict) else {}
    people = _mapping(kept.get("people"))
    return Remembered(
        {
            str(identity): Known(
                str(item["email"]),
                _texts(item.get("former")),
                _texts(item.get("groups")),
                item.get("settled") is True,
            )
            for identity, item in people.items()
            if isinstance(item, dict) and item.get("email")
        },
        {str(key): count for key, count in _mapping(kept.get("groups")).items() if isinstance(count, int)},
        kept["total"] if isinstance(kept.get("total"), int) else 0,
    )


def without_settled(known: Remembered, absent: t.Collection[str]) -> Remembered:
    """What is remembered, without the addresses that changed hands and are not declared absent any more."""
    people = {
        identity: item
        for identity, item in known.people.items()
        if not item.settled or not set(absent).isdisjoint(item.addresses)
    }
    return replace(known, people=people)


@dataclass(frozen=True)
class Renamed:
    """Somebody whose address changed since the last read."""

    id: str
    old: str
    new: str


def aliases(reading: Reading, known: Remembered) -> dict[str, tuple[str, ...]]:
    """Current address → the addresses that the same id had before, for everybody who had others."""
    return {
        person.email: former for person in reading.people if (former := _former(person, known.people.get(person.id)))
    }


def renamed(reading: Reading, known: Remembered) -> tuple[Renamed, ...]:
    """Whose address changed since the last read."""
    return tuple(
        Renamed(person.id, known.people[person.id].email, person.email)
        for person in reading.people
        if person.id in known.people and known.people[person.id].email != person.email
    )


def check_owners(reading: Reading, known: Remembered, settled: t.Collection[str] = ()) -> None:
    """Refuse an address that two people have, or that was another person's: ``guard_refused``, with their names.

    ``settled`` are addresses whose former owner the roster declares absent, so that nobody inherits their access.
    """
    claims = Counter(address for person in reading.people for address in person.addresses)
    owners = {address: person for person in reading.people for address in person.addresses}
    reasons = [
        f"{address} is an address of {' and of '.join(person.label for person in reading.people if address in person.addresses)}"
        for address, count in claims.items()
        if count > 1
    ]
    reasons += [
        f"{address} was the address of another person (id {identity}) at the last read, and is now that of {owners[address].label}"
        for address, identity in inherited(reading, known).items()
        if address not in settled
    ]
    if reasons:
        raise AccessError(
            GUARD_REFUSED,
            f"The directory does not say whose access is whose: {few(reasons)}.",
            hint="Correct the addresses in the directory. Where somebody new got the address of a person who left, declare that "
            "address once as absent under people, so that the old access goes, and take the entry out again.",
        )


def inherited(reading: Reading, known: Remembered) -> dict[str, str]:
    """The addresses that were another person's at the last read, each with the id of that person."""
    owners = {address: person.id for person in reading.people for address in person.addresses}
    return {
        address: identity
        for identity, item in known.people.items()
        for address in item.addresses
        if owners.get(address, identity) != identity
    }


def next_memory(reading: Reading, known: Remembered, without_access: t.Collection[str] = ()) -> Remembered:
    """What to remember after a run.

    Somebody who was not read is kept until their addresses are among ``without_access``: as long as they have access,
    nobody else may have their address.
    """
    names = {group.asked: group.name for group in reading.groups}
    now = {
        person.id: Known(
            person.email,
            _former(person, known.people.get(person.id)),
            tuple(dict.fromkeys(names[asked] for asked in person.groups)),
        )
        for person in reading.people
    }
    gone = {
        identity: item
        for identity, item in known.people.items()
        if identity not in now and not set(item.addresses) <= set(without_access)
    }
    return Remembered({**gone, **now}, {group.id: group.people for group in reading.groups}, len(reading.people))


def departed(reading: Reading, known: Remembered) -> dict[str, Known]:
    """Who was declared at the last read and is not now, by id."""
    now = {person.id for person in reading.people}
    return {identity: item for identity, item in known.people.items() if identity not in now}


def because(known: Known, fate: str) -> str:
    """Why somebody is not declared any more. ``fate``: as :meth:`Directory.fates` says it."""
    if fate == "absent":
        return "not in the directory"
    if fate == "present":
        return f"left group{'s' if len(known.groups) > 1 else ''} {', '.join(known.groups)}" if known.groups else "left"
    return {"no_address": "without an address"}.get(fate, fate.replace("_", " ")) + " in the directory"


def _former(person: DirectoryPerson, known: Known | None) -> tuple[str, ...]:
    if known is None:
        return ()
    return tuple(dict.fromkeys(address for address in known.addresses if address != person.email))


def _mapping(value: t.Any) -> dict[t.Any, t.Any]:
    return value if isinstance(value, dict) else {}


def _texts(value: t.Any) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, (list, tuple)) else ()
