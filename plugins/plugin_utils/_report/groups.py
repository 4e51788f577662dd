# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The groups of a roster in the report: where an access is from, who is in which group, and what ends soon. Pure.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Mapping, Sequence

from ...module_utils._access.addresses import few, fold
from ...module_utils._roster import BECAUSE, addresses_of
from .._people.entries import Data
from .data import Roster

MOST = 10  # groups and endings that a summary names


def explain(entries: Iterable[Data], roster: Roster) -> None:
    """Note at each access of somebody in the roster where it is from."""
    told = {
        address: person[BECAUSE] for person in roster.people if person.get(BECAUSE) for address in addresses_of(person)
    }
    for entry in entries:
        because = next((told[text] for text in (entry["email"], *entry["also"]) if text in told), "")
        if because:
            entry[BECAUSE] = because


def members_of(roster: Roster) -> Data:
    """The people in each group on a host, by its name, with who reviews it."""
    found: Data = {}
    for person in roster.people:
        for name in person.get("groups", ()):
            group = found.setdefault(name, {"reviewer": roster.reviewers.get(name, ""), "people": []})
            group["people"].append(fold(person["email"]))
    return found


def _by_group(parts: Sequence[Mapping[str, t.Any]]) -> list[Data]:
    """The groups of all hosts: name, who reviews it, and the people in it, counted and by address."""
    found: dict[str, Data] = {}
    for part in parts:
        for name, group in part.get("groups", {}).items():
            all_of = found.setdefault(name, {"name": name, "reviewer": group["reviewer"], "people": set()})
            all_of["people"].update(group["people"])
    people = {name: sorted(found[name]["people"]) for name in sorted(found)}
    return [{**found[name], "people": len(people[name]), "members": people[name]} for name in people]


def _ending(parts: Sequence[Mapping[str, t.Any]]) -> list[str]:
    """Whose access, or membership of a group, ends soon."""
    return list(dict.fromkeys(text for part in parts for text in part.get("ends", ())))


def grouped(parts: Sequence[Mapping[str, t.Any]]) -> Data:
    """What the report of these parts has besides, where a roster has groups or dates."""
    found: Data = {"groups": _by_group(parts), "ends": _ending(parts)}
    return {key: value for key, value in found.items() if value}


def told(report: Mapping[str, t.Any]) -> list[str]:
    """The groups and endings in a line each."""
    groups = [f"{group['name']} {group['people']}" for group in report.get("groups", ())]
    ends = report.get("ends", ())
    return [
        *([f"By group: {few(groups, MOST)}"] if groups else []),
        *([f"Ends soon: {few(ends, MOST)}"] if ends else []),
    ]
