# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run found and did for each person, as evidence.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from collections import defaultdict
from collections.abc import Mapping

from ...module_utils._access.addresses import fold
from ...module_utils._access.model import ABSENT
from ...module_utils._access.outcome import APPLIED, ByHand
from ...module_utils._roster import addresses_of
from .._people.entries import status_of
from .._words.names import service as service_of
from .._words.steps import named, outcome_of

NOT_FOUND = "not found"
NOT_READ = "not read"
REPORTED = "reported"


Results = Mapping[str, t.Any]


def evidence(
    results: Results,
    leavers: t.Mapping[str, t.Iterable[t.Mapping[str, t.Any]]],
    check: bool,
    at: t.Mapping[str, str],
) -> list[dict[str, t.Any]]:
    """What was found, was done and remains for each person who should leave or was changed, by service.

    ``leavers`` are the people declared absent, by service, in the form of module options. ``at`` is when each service was
    done (UTC).
    """
    found: dict[str, dict[str, t.Any]] = {}
    for service, result in results.items():
        gone = [addresses_of(person) for person in leavers.get(service, ())]
        history = _History(service, result, check, at.get(service, ""), [address for one in gone for address in one])
        for addresses in gone:
            _note(found, addresses[0])[service] = history.of(addresses, leaving=True)
        for step in result.get("plan", ()):
            if service not in _note(found, step["email"]):
                found[step["email"]][service] = history.of([step["email"]])
    return [found[email] for email in sorted(found)]


def not_found(people: t.Iterable[t.Mapping[str, t.Any]], service: str) -> list[str]:
    """The leavers for whom a service that was read has nothing."""
    return [
        person["email"]
        for person in people
        if person.get(service, {}).get("found") == NOT_FOUND and not person[service]["done"]
    ]


def left_alone(people: t.Iterable[t.Mapping[str, t.Any]], service: str) -> t.Iterator[tuple[str, str]]:
    """The leavers for whom nothing was planned in a service although they are there, and what they have."""
    for person in people:
        record = person.get(service)
        if record and record["leaving"] and not record["done"] and record["found"] not in (NOT_FOUND, NOT_READ):
            for access in record["found"]:
                if access.get("role"):
                    yield person["email"], f"{access['role']}, {access['status']}"


def by_person(items: t.Sequence[ByHand]) -> tuple[dict[str, list[str]], list[str]]:
    """What is left to do by hand for each person, by folded address, and for everybody who leaves."""
    found: dict[str, list[str]] = defaultdict(list)
    for text, people in items:
        for email in people:
            found[email].append(text)
    return found, [text for text, people in items if not people]


def _note(found: dict[str, dict[str, t.Any]], email: str) -> dict[str, t.Any]:
    return found.setdefault(email, {"email": email})


class _History:
    """What one service had and has for each person."""

    def __init__(
        self, service: str, result: Mapping[str, t.Any], check: bool, at: str, leavers: t.Iterable[str]
    ) -> None:
        self._read = bool(result.get("plan_id")) and not result.get("unread")
        self._check = check
        self._at = at
        self._steps: dict[str, list[tuple[dict[str, t.Any], Mapping[str, t.Any]]]] = defaultdict(list)
        for step, outcome in zip(result.get("plan", ()), result.get("results", ())):
            self._steps[step["email"]].append((step, outcome))
        read = (result.get("verified") or {}).get("read")
        self._verified = {"at": at, "read": list(read)} if read else None
        self._remaining: dict[str, list[t.Any]] = defaultdict(list)
        for item in (result.get("verified") or {}).get("remaining", ()):
            self._remaining[fold(item["email"])].append(item["what"])
        self._reported: dict[str, list[dict[str, t.Any]]] = defaultdict(list)
        for key in result.get("leaver_keys", ()):
            if key["outcome"] == REPORTED:
                self._reported[fold(key["creator"]["email"])].append(_reported(key))
        self._by_hand, self._for_all = by_person(
            [ByHand(item["text"], tuple(item["people"])) for item in result.get("by_hand", ())]
        )
        self._unclear = frozenset(result.get("unclear", ()))
        people = {*leavers, *self._steps}
        self._here: dict[str, list[dict[str, t.Any]]] = defaultdict(list)
        for key, kinds in service_of(service).results.items():
            for record in result.get(key) or ():
                email = fold(record.get("email") or "")
                if email in people:
                    shown = {name: record.get(name) for name in ("id", "email", "role")}
                    self._here[email].append({**shown, "status": status_of(kinds, record)})

    def of(self, addresses: t.Sequence[str], leaving: bool = False) -> dict[str, t.Any]:
        """The record of a person with these addresses; a person who loses something counts as leaving."""
        steps = [pair for email in addresses for pair in self._steps.get(email, ())]
        there = [step["before"] for step, _outcome in steps if step["before"]]
        there += [key for email in addresses for key in self._reported.get(email, ())]
        remaining = [(email, what) for email in addresses for what in self._remaining.get(email, ())]
        kept = [step["before"] for step, outcome in steps if step["after"] is None and outcome["outcome"] != APPLIED]
        if not steps:
            kept = [access for email in addresses for access in self._here.get(email, ())]
            there += kept + [{"email": email, "what": what} for email, what in remaining]
        unclear = not self._read or not self._unclear.isdisjoint(addresses)
        lost = any(step["after"] is None for step, _outcome in steps)
        return {
            "leaving": leaving or lost,
            "found": there or (NOT_READ if unclear else NOT_FOUND),
            "done": [
                {
                    "action": step["action"],
                    "what": named(step),
                    "outcome": "planned" if self._check else outcome_of(outcome),
                    "at": self._at,
                    **({"because": step["because"]} if step.get("because") else {}),
                }
                for step, outcome in steps
            ],
            "remains": kept + [what for _email, what in remaining],
            "verified": self._verified,
            "by_hand": list(dict.fromkeys(text for email in addresses for text in self._by_hand.get(email, ())))
            + (self._for_all if lost else []),
        }


def _reported(key: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """A key that nothing is done about, as a plan would show it."""
    shown = {name: key[name] for name in ("id", "name", "type", "environment")}
    status = "disabled" if key["disabled"] else "enabled"
    return {**shown, "email": key["creator"]["email"], "role": "", "status": status, "kind": "API key"}


def leavers_of(people: t.Iterable[dict[str, t.Any]]) -> list[dict[str, t.Any]]:
    """The people who are declared absent."""
    return [person for person in people if person.get("state") == ABSENT]
