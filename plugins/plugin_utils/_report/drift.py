# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Drift: the people in the services of a host, compared with a roster as the playbook reconcile does. Pure.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from collections.abc import Collection, Iterator, Mapping, Sequence

from ...module_utils._access.addresses import check_email, fold
from ...module_utils._access.model import PENDING, PRESENT
from ...module_utils._http.errors import AccessError
from ...module_utils._http.outside import quoted
from ...module_utils._roster import At, addresses_of, for_service
from ...module_utils._services import SERVICES
from .._host.option_names import in_role
from .._people.comparison import Comparison
from .._people.entries import Data
from .data import Roster


class Rules(t.NamedTuple):
    """The rules besides the roster.

    ``default_roles``, by service, are for people who declare none; nobody in ``ignore`` is drift. ``with_teams`` are
    the services whose teams were read.
    """

    default_roles: Mapping[str, str]
    ignore: Collection[str] = ()
    with_teams: Collection[str] = ()


def compared(service: str, entries: Sequence[Data], roster: Roster, rules: Rules) -> Comparison:
    """The people of a roster beside the entries of a service."""
    return Comparison(service, roster.people, entries, rules.default_roles.get(service), rules.ignore, roster.reasons)


def drift(host: str, beside: Mapping[str, Comparison], roster: Roster, rules: Rules) -> list[Data]:
    """The findings for the services of a host that were read, each with its comparison."""
    found: list[Data] = []
    for service, comparison in beside.items():
        found += _differences(_Place(host, service, roster), comparison, service in rules.with_teams)
    return found


def same_people(beside: Mapping[str, Comparison]) -> list[str]:
    """What is wrong with two people of the roster who are the same user; ``reconcile`` refuses them."""
    return [in_role(SERVICES[service], fault) for service, found in beside.items() for fault in found.conflicts()]


def _differences(place: _Place, beside: Comparison, with_teams: bool) -> Iterator[Data]:
    for step, entry in beside.steps():
        if step.target and step.goal and entry:
            email, before, after = entry["email"], step.target, step.goal
            if before.role != after.role:
                yield place.finding("role", email, after.role, role_of(entry), step.email, step.because)
            if before.team_ids != after.team_ids:
                yield place.finding(
                    "teams", email, _teams(after.team_ids), _teams(before.team_ids), step.email, step.because
                )
        elif entry:
            yield place.finding("unexpected", entry["email"], None, role_of(entry), step.email, step.because)
        elif step.goal:
            yield place.finding("missing", step.goal.email, step.goal.role, None, because=step.because)
    for person, held in beside.users() if with_teams else ():
        now = tuple(sorted({team["id"] for entry in held for team in entry["teams"]}))
        if now != person.team_ids:
            yield place.finding(
                "teams", held[0]["email"], _teams(person.team_ids), _teams(now), person.addresses[0], person.because
            )


class _Place(t.NamedTuple):
    """Where a finding is: in a service of a host, and in the roster at the line of an address."""

    host: str
    service: str
    roster: Roster

    def finding(
        self, kind: str, email: str, expected: str | None, found: str | None, known_as: str = "", because: str = ""
    ) -> Data:
        """One finding; ``known_as`` is another address of the person, which the roster may have."""
        title = SERVICES[self.service].title
        where = f"{title} of {self.host}"
        message = {
            "unexpected": f"{email} should not be in {where}, but is there: {found}.",
            "missing": f"{email} is missing in {where}, but should be there: {expected}.",
            "role": f"{email} has another role in {where}: {found}, but should be {expected}.",
            "teams": f"{email} has other teams in {where}: {found}, but should have {expected}.",
        }[kind]
        places = self.roster.place_of
        first = At(1, file=self.roster.files[0]) if self.roster.files else At(0)
        at = next((places[text] for text in (known_as, fold(email)) if text in places), first)
        return {
            "kind": kind,
            "host": self.host,
            "service": self.service,
            "email": email,
            "expected": expected,
            "found": found,
            "message": f"{message[:-1]} ({because})." if because else message,
            "file": at.file or None,
            "line": at.line or None,
            **({"because": because} if because else {}),
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


def only_in_teams(host: str, service: str, others: Sequence[Data], roster: Roster, rules: Rules) -> Iterator[Data]:
    """A finding for each team of somebody who is not in the account and, by the roster, should not be."""
    if not others:
        return
    expected = {fold(address) for address in rules.ignore}
    for person in roster.people:
        if _belongs(person, service):
            expected.update(addresses_of(person))
    place = _Place(host, service, roster)
    for one in others:
        if one["email"] not in expected:
            what = "invited to" if one["status"] == PENDING else "in"
            yield place.finding(
                "unexpected", one["email"], None, f"{what} the team {quoted(str(one['name'] or one['id']))}"
            )


def stray_keys(
    host: str, service: str, keys: Sequence[Mapping[str, t.Any]], ignore: Collection[str] = ()
) -> list[Data]:
    """A finding for each enabled key whose creator is not a member; ``ignore`` as in :class:`Rules`."""
    ignored = {fold(address) for address in ignore}
    return [
        {
            "kind": "stray_key",
            "host": host,
            "service": service,
            "email": key["creator"]["email"],
            "expected": None,
            "found": f"{key['type']} key {quoted(key['name'] or 'without a name')} ({key['id']}) of {_maker(key)}",
            "message": f"The {key['type']} key {quoted(key['name'] or 'without a name')} ({key['id']}) in "
            f"{SERVICES[service].title} of {host} works, but its creator is not a member: {_maker(key)}.",
            "file": None,
            "line": None,
        }
        for key in keys
        if not key["disabled"] and key["creator"]["email"] not in ignored
    ]


def _maker(key: Mapping[str, t.Any]) -> str:
    return str(key["creator"]["email"] or key["creator"]["id"] or "unknown")


def _belongs(person: Data, service: str) -> bool:
    """Whether somebody in the roster should be in a service."""
    wanted = for_service([person], service, PRESENT, None)
    return bool(wanted) and wanted[0]["state"] == PRESENT


def role_of(entry: Mapping[str, t.Any]) -> str:
    """The role and status of an access, as findings show them."""
    return f"{entry['role'] or 'no role'}{', pending' if entry['status'] == PENDING else ''}"


def _teams(ids: Sequence[int] | None) -> str:
    return f"team{'s' if len(ids) > 1 else ''} {', '.join(map(str, sorted(ids)))}" if ids else "no team"
