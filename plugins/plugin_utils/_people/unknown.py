# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Leavers who are found nowhere, and whom the lists have under a similar address.

This file is private to the collection.
"""

from __future__ import annotations

import re
import typing as t
from collections.abc import Mapping
from difflib import SequenceMatcher

from ...module_utils._access.addresses import fold
from .._words.names import service

WARN, FAIL = POLICIES = ("warn", "fail")
NOT_FOUND = "not found"
MOST_SIMILAR = 3
MOST_COMPARED = 50  # leavers who are compared with everybody
LOCAL, DOMAIN = 0.75, 0.8  # how alike the parts of a similar address are at least

Unknown = list[dict[str, t.Any]]
"""The leavers who are found nowhere, each with ``email`` and ``similar``, addresses that are listed."""


def unknown_among(people: t.Sequence[Mapping[str, t.Any]], results: Mapping[str, Mapping[str, t.Any]]) -> Unknown:
    """The leavers for whom no service has anything. ``people`` is the evidence of the run.

    Somebody who may be in a list that could not be read is not among them.
    """
    nowhere = [person["email"] for person in people if _is_nowhere(person, results)]
    listed = sorted({address for key, result in results.items() for address in listed_in(key, result) or ()})
    compared = nowhere[:MOST_COMPARED]
    return [{"email": email, "similar": similar(email, listed) if email in compared else []} for email in nowhere]


def _is_nowhere(person: Mapping[str, t.Any], results: Mapping[str, t.Any]) -> bool:
    records = [person[key] for key in results if key in person]
    return bool(records) and all(
        record["leaving"] and record["found"] == NOT_FOUND and not record["done"] for record in records
    )


def listed_in(key: str, result: Mapping[str, t.Any]) -> set[str] | None:
    """The folded texts under which a service lists somebody, None if it could not be read.

    After planning, whoever would be removed is in the plan only.
    """
    if not result.get("plan_id"):
        return None
    records = [record for name in service(key).results for record in result.get(name) or ()]
    changed = [step["before"] for step in result.get("plan") or () if step["before"]]
    return {fold(str(record.get("email") or "")) for record in (*records, *changed)}


def similar(email: str, listed: t.Iterable[str]) -> list[str]:
    """The few addresses of a list that are most like this one, the most similar first."""
    local, _at, domain = email.partition("@")
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(local)
    found = []
    for other in listed:
        name, _at, place = other.partition("@")
        if other == email or not name:
            continue
        alike = 1.0 if _words(name) == _words(local) else _alike(matcher, name)
        if alike == 1.0 or (alike >= LOCAL and SequenceMatcher(None, place, domain).ratio() >= DOMAIN):
            found.append((-alike, other))
    return [other for _alike_least, other in sorted(found)[:MOST_SIMILAR]]


def _words(local: str) -> list[str]:
    return sorted(re.split(r"[._+-]+", local))


def _alike(matcher: SequenceMatcher[str], name: str) -> float:
    """How alike two names are, 0 if that is too little."""
    matcher.set_seq1(name)
    if matcher.real_quick_ratio() < LOCAL or matcher.quick_ratio() < LOCAL:
        return 0.0
    return min(matcher.ratio(), 0.99)
