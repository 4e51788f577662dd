# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who has what on a host and a day, by the groups and dates of a roster. Pure: the day is passed in.

This file is private to the collection.
"""

from __future__ import annotations

import datetime
import typing as t
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from ...module_utils._access.catalog import power
from ...module_utils._access.model import ABSENT
from ...module_utils._roster import BECAUSE, ENDS, At, People, addresses_of
from ...module_utils._services import SERVICES
from .document import Document, Group

Person = Mapping[str, t.Any]


@dataclass(frozen=True)
class Resolved:
    """The people of a roster on one host and day, with the result worked out.

    ``groups``: names of the groups that each of ``people`` has it from. ``reasons``: why people of the roster are not
    declared here, by address.
    """

    people: People = field(default_factory=list)
    lines: list[At] = field(default_factory=list)
    groups: list[tuple[str, ...]] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)


class Ending(t.NamedTuple):
    """Somebody whose access, or membership of a group, ends. ``on`` is the last day with it."""

    on: str
    email: str
    group: str

    def __str__(self) -> str:
        what = f"the group {self.group}" if self.group else "access"
        return f"{self.email}: {what} ends after {self.on}"


def resolve(document: Document, today: datetime.date, here: Collection[str]) -> Resolved:
    """The people on a host whose own name and host groups are ``here``.

    Whoever is not declared yet, or not here, is left out; whoever had access until a day before ``today`` is absent.
    """
    day = today.isoformat()
    found = Resolved()
    for person, at in zip(document.people, document.lines or [At(0)] * len(document.people)):
        told = _Told(person, document.groups, day, here)
        if told.left_out:
            found.reasons.update(dict.fromkeys(addresses_of(person), told.left_out))
        else:
            found.reasons.update(dict.fromkeys(addresses_of(person), told.lost) if told.lost else {})
            found.people.append(told.result())
            found.lines.append(at)
            found.groups.append(told.groups)
    return found


class _Told:
    """What a roster says of one person on a day and host."""

    def __init__(self, person: Person, groups: Mapping[str, Group], day: str, here: Collection[str]) -> None:
        self._person = person
        self._own = {service: person[service] for service in SERVICES if service in person}
        known = [(groups[one["group"]], one) for one in person.get("groups", ()) if one["group"] in groups]
        applying = [(group, one) for group, one in known if _is_here(group.targets, here)]
        self._current = [
            (group, one) for group, one in applying if one.get("from", day) <= day <= one.get("until", day)
        ]
        self._ended = [(group, one) for group, one in applying if one.get("until", day) < day]
        self._is_over = person.get("until", day) < day
        self.groups = tuple(group.name for group, _one in self._current)
        self.left_out = self._left_out(day, here, bool(known), bool(applying))

    def _left_out(self, day: str, here: Collection[str], has_groups: bool, any_applies: bool) -> str:
        """Why there is no entry here and today, empty if there is one."""
        if not _is_here(self._person.get("targets"), here):
            return "not for this target"
        if self._person.get("from", day) > day:
            return f"not before {self._person['from']}"
        if self._person["state"] == ABSENT or self._is_over or self._own or self._current or not has_groups:
            return ""
        if not any_applies:
            names = [one["group"] for one in self._person["groups"]]
            return f"{_titled(names)} {'is' if len(names) == 1 else 'are'} not for this target"
        return "" if self._ended else "not in a group yet"

    def result(self) -> dict[str, t.Any]:
        person = self._person
        plain = {key: person[key] for key in ("email", "name", "state", "aliases") if key in person}
        derived = {key: person[key] for key in (BECAUSE, ENDS) if key in person}
        if person["state"] == ABSENT:
            return {**plain, **derived}
        if self._is_over:
            return {**plain, "state": ABSENT, BECAUSE: f"until {person['until']}"}
        if self._ended and not self._own and not self._current:
            return {**plain, "state": ABSENT, BECAUSE: _until(self._ended)}
        ends = self._ends()
        return {
            **plain,
            **self._services(),
            **derived,
            **({BECAUSE: _titled(self.groups)} if self._current else {}),
            **({ENDS: ends} if ends else {}),
        }

    @property
    def lost(self) -> str:
        """Which memberships ended that gave a service which nothing else gives, empty if none did."""
        given = self._services().keys()
        return _until([(group, one) for group, one in self._ended if group.services.keys() - given])

    def _services(self) -> dict[str, t.Any]:
        """The union over the groups; what the person declares wins key by key."""
        given = [group.services for group, _one in self._current] + [self._own]
        return {
            service: {
                **_union(
                    service, [group.services[service] for group, _one in self._current if service in group.services]
                ),
                **self._own.get(service, {}),
            }
            for service in SERVICES
            if any(service in one for one in given)
        }

    def _ends(self) -> list[dict[str, str]]:
        """When access ends, and when membership of a group does before that."""
        last = self._person.get("until", "")
        groups = [
            {"on": one["until"], "group": group.name}
            for group, one in self._current
            if "until" in one and (not last or one["until"] < last)
        ]
        return ([{"on": last, "group": ""}] if last else []) + groups


def _union(service: str, given: Sequence[Mapping[str, t.Any]]) -> dict[str, t.Any]:
    """The highest role, and all teams."""
    roles = [one["role"] for one in given if one.get("role")]
    teams = [one["team_ids"] for one in given if "team_ids" in one]
    ranks = SERVICES[service].roles
    return {
        **({"role": max(roles, key=lambda role: power(role, ranks))} if roles else {}),
        **({"team_ids": sorted({team for ids in teams for team in ids})} if teams else {}),
    }


def _is_here(targets: Sequence[str] | None, here: Collection[str]) -> bool:
    return targets is None or not set(targets).isdisjoint(here)


def _titled(names: Sequence[str]) -> str:
    return f"group{'s' if len(names) > 1 else ''} {', '.join(names)}"


def _until(ended: Sequence[tuple[Group, Mapping[str, t.Any]]]) -> str:
    """Which memberships ended, and when the last one did; empty without any."""
    names = [group.name for group, _one in ended]
    return f"{_titled(names)} until {max(one['until'] for _group, one in ended)}" if ended else ""


def endings(people: People, today: datetime.date, within: int) -> list[Ending]:
    """Who of resolved people ends within a number of days, the soonest first."""
    last = (today + datetime.timedelta(days=within)).isoformat()
    return sorted(
        Ending(str(one["on"]), person["email"], str(one.get("group") or ""))
        for person in people
        for one in person.get(ENDS, ())
        if today.isoformat() <= str(one["on"]) <= last
    )
