# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Drift: the people in the services of a host, compared with a roster as the playbook reconcile does. Pure.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from collections.abc import Collection, Iterator, Mapping, Sequence

from ..module_utils._catalog import HONEYBADGER, HONEYCOMB, SERVICES
from ..module_utils._errors import AccessError
from ..module_utils._model import ACTIVE, PENDING, PRESENT, check_email, fold, power
from ..module_utils._roster import addresses_of, for_service
from ._report import Data, Roster


class Rules(t.NamedTuple):
    """The rules besides the roster.

    ``default_roles``, by service, are for people who declare none; nobody in ``ignore`` is drift. ``with_teams`` are
    the services whose teams were read.
    """

    default_roles: Mapping[str, str]
    ignore: Collection[str] = ()
    with_teams: Collection[str] = ()


def drift(host: str, services: Sequence[str], entries: Sequence[Data], roster: Roster, rules: Rules) -> list[Data]:
    """The findings for the services of a host that were read."""
    ignored = {fold(address) for address in rules.ignore}
    found: list[Data] = []
    for service in services:
        mine = [entry for entry in entries if entry["service"] == service and not _addresses(entry) & ignored]
        found += _of_service(host, service, mine, roster, rules, ignored)
    return found


def _of_service(
    host: str, service: str, entries: Sequence[Data], roster: Roster, rules: Rules, ignored: Collection[str]
) -> Iterator[Data]:
    there: dict[str, list[Data]] = {}
    for entry in entries:
        for address in _addresses(entry):
            there.setdefault(address, []).append(entry)
    declared: dict[str, int] = {}
    place = _Place(host, service, roster)
    for number, person in enumerate(roster.people):
        addresses = addresses_of(person)
        declared.update(dict.fromkeys(addresses, number))
        wanted = for_service([person], service, PRESENT, rules.default_roles.get(service))
        if not wanted or wanted[0]["state"] != PRESENT or not set(addresses).isdisjoint(ignored):
            continue
        found = {id(entry): entry for address in addresses for entry in there.get(address, ())}
        held = sorted(found.values(), key=lambda entry: entry["status"] == PENDING)
        if held:
            yield from _differences(place, number, wanted[0], held[0], rules)
            yield from _too_powerful(place, number, wanted[0], held[1:])
        else:
            yield place.finding("missing", number, person["email"], _wanted(service, wanted[0]), None)
    for entry in entries:
        if not _addresses(entry):
            continue  # reconcile leaves it as it is
        number = next((declared[address] for address in _addresses(entry) if address in declared), -1)
        if number >= 0 and _belongs(roster.people[number], service):
            continue
        yield place.finding("unexpected", number, entry["email"], None, role_of(entry))


def _differences(place: _Place, number: int, wanted: Data, entry: Data, rules: Rules) -> Iterator[Data]:
    if wanted.get("role") and wanted["role"] != entry["role"]:
        yield place.finding("role", number, entry["email"], wanted["role"], role_of(entry))
    teams = wanted.get("team_ids")
    if teams is None:
        return
    if entry["status"] == ACTIVE and entry["service"] in rules.with_teams:
        now = sorted({team["id"] for team in entry["teams"]})
    elif entry["status"] == PENDING and entry["team_ids"] is not None:
        now = entry["team_ids"]
    else:
        return
    if now != sorted(teams):
        yield place.finding("teams", number, entry["email"], _teams(teams), _teams(now))


def _too_powerful(place: _Place, number: int, wanted: Data, others: Sequence[Data]) -> Iterator[Data]:
    """A finding for each other account of the same person with a role above the declared one."""
    roles = SERVICES[place.service].roles
    for entry in others if wanted.get("role") else ():
        if entry["status"] == ACTIVE and power(entry["role"], roles) > power(wanted["role"], roles):
            yield place.finding("role", number, entry["email"], wanted["role"], role_of(entry))


class _Place(t.NamedTuple):
    host: str
    service: str
    roster: Roster

    def finding(self, kind: str, number: int, email: str, expected: str | None, found: str | None) -> Data:
        title = SERVICES[self.service].title
        where = f"{title} of {self.host}"
        message = {
            "unexpected": f"{email} should not be in {where}, but is there: {found}.",
            "missing": f"{email} is missing in {where}, but should be there: {expected}.",
            "role": f"{email} has another role in {where}: {found}, but should be {expected}.",
            "teams": f"{email} has other teams in {where}: {found}, but should have {expected}.",
        }[kind]
        return {
            "kind": kind,
            "host": self.host,
            "service": self.service,
            "email": email,
            "expected": expected,
            "found": found,
            "message": message,
            "file": self.roster.file or None,
            "line": (self.roster.lines[number] if number >= 0 else 1) if self.roster.file else None,
        }


def mistyped(findings: Sequence[Data]) -> list[str]:
    """What is wrong with each text that is no address, and under which nobody is there; ``reconcile`` refuses it."""
    faults = set()
    for finding in findings:
        if finding["kind"] == "missing":
            try:
                check_email(finding["email"])
            except AccessError as fault:
                faults.add(f"{fault.sentence} Nobody is there under this text.")
    return sorted(faults)


def only_in_teams(host: str, others: Sequence[Data], roster: Roster, rules: Rules) -> Iterator[Data]:
    """A finding for each team of somebody who is not in the account and, by the roster, should not be."""
    expected = {fold(address) for address in rules.ignore}
    for person in roster.people:
        if _belongs(person, HONEYBADGER.key):
            expected.update(addresses_of(person))
    place = _Place(host, HONEYBADGER.key, roster)
    for one in others:
        if one["email"] not in expected:
            what = "invited to" if one["status"] == PENDING else "in"
            yield place.finding("unexpected", -1, one["email"], None, f"{what} the team {one['name'] or one['id']}")


def stray_keys(host: str, keys: Sequence[Mapping[str, t.Any]], ignore: Collection[str] = ()) -> list[Data]:
    """A finding for each enabled key whose creator is not a member; ``ignore`` as in :class:`Rules`."""
    ignored = {fold(address) for address in ignore}
    return [
        {
            "kind": "stray_key",
            "host": host,
            "service": HONEYCOMB.key,
            "email": key["creator"]["email"],
            "expected": None,
            "found": f"{key['type']} key {key['id']}",
            "message": f"The {key['type']} key {key['name'] or 'without a name'} ({key['id']}) in {HONEYCOMB.title} of {host} "
            f"works, but its creator is not a member: {key['creator']['email'] or key['creator']['id'] or 'unknown'}.",
            "file": None,
            "line": None,
        }
        for key in keys
        if not key["disabled"] and key["creator"]["email"] not in ignored
    ]


def _belongs(person: Data, service: str) -> bool:
    """Whether somebody in the roster should be in a service."""
    wanted = for_service([person], service, PRESENT, None)
    return bool(wanted) and wanted[0]["state"] == PRESENT


def _addresses(entry: Mapping[str, t.Any]) -> set[str]:
    return {address for address in (entry["email"], *entry["also"]) if address}


def role_of(entry: Mapping[str, t.Any]) -> str:
    """The role and status of an access, as findings show them."""
    return f"{entry['role'] or 'no role'}{', pending' if entry['status'] == PENDING else ''}"


def _wanted(service: str, wanted: Mapping[str, t.Any]) -> str:
    return str(wanted.get("role") or SERVICES[service].default_role)


def _teams(ids: Sequence[int]) -> str:
    return f"team{'s' if len(ids) > 1 else ''} {', '.join(map(str, sorted(ids)))}" if ids else "no team"
