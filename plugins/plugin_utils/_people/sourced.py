# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A roster whose people come from a directory, too. Pure.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ...module_utils._access.addresses import fold
from ...module_utils._access.model import ABSENT, PRESENT
from ...module_utils._roster import At, Fault, People, addresses_of
from .document import Document

Somebody = Mapping[str, t.Any]
"""A person of the directory: ``email``, ``addresses`` (all, former ones too), ``name``, ``groups`` as they are asked for."""


def asked(document: Document) -> list[str]:
    """The groups of the directory that the groups of a roster name, each once."""
    return list(dict.fromkeys(name for group in document.groups.values() for name in group.directory))


def may_be_empty(document: Document) -> frozenset[str]:
    """Those among them in which nobody may be."""
    return frozenset(name for group in document.groups.values() if group.allow_empty for name in group.directory)


def declared_absent(document: Document) -> set[str]:
    """The addresses of the people whom the roster itself declares absent."""
    return {address for person in document.people if person["state"] == ABSENT for address in addresses_of(person)}


def with_people(document: Document, people: Sequence[Somebody]) -> tuple[Document, list[Fault]]:
    """The roster with the people of its directory, each in the groups that follow; what the roster says of them wins.

    A fault is somebody in the directory who is two entries of the roster.
    """
    owners = {address: number for number, person in enumerate(document.people) for address in addresses_of(person)}
    declared: People = [dict(person) for person in document.people]
    lines = list(document.lines) or [At(0)] * len(declared)
    faults = []
    for somebody in people:
        entry = _entry(document, somebody)
        found = sorted({owners[address] for address in addresses_of(entry) if address in owners})
        if len(found) > 1:
            names = " and ".join(str(document.people[number]["email"]) for number in found)
            says = f"{entry['email']} of the directory is two people here: {names}. Make them one entry with aliases."
            faults.append(Fault(lines[found[1]], says))
        elif found:
            declared[found[0]] = _both(entry, declared[found[0]])
        else:
            declared.append(entry)
            lines.append(At(0))
    return replace(document, people=declared, lines=lines), faults


def _entry(document: Document, somebody: Somebody) -> dict[str, t.Any]:
    """A person of the directory as a roster would declare them."""
    email = str(somebody["email"])
    names = [name for name, group in document.groups.items() if not set(group.directory).isdisjoint(somebody["groups"])]
    return {
        "email": email,
        **({"name": somebody["name"]} if somebody.get("name") else {}),
        "state": PRESENT,
        "aliases": [address for address in dict.fromkeys(somebody["addresses"]) if fold(address) != fold(email)],
        "groups": [{"group": name} for name in names],
    }


def _both(entry: Somebody, person: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """An entry of the roster, with what the directory says besides."""
    own = [one["group"] for one in person.get("groups", ())]
    aliases = {fold(text): text for text in (*person["aliases"], entry["email"], *entry["aliases"])}
    aliases.pop(fold(person["email"]), None)
    return {
        **({"name": entry["name"]} if "name" in entry else {}),
        **person,
        "aliases": list(aliases.values()),
        "groups": [*person.get("groups", ()), *(one for one in entry["groups"] if one["group"] not in own)],
    }
