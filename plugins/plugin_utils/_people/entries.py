# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everybody whom a service lists, as entries that reports and rosters share.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence

from ...module_utils._access.addresses import fold
from ...module_utils._access.catalog import known_role
from ...module_utils._access.ledger import says_pending
from ...module_utils._access.model import ACTIVE, PENDING, Kind
from ...module_utils._services import SERVICES
from .._words.text import clean

Data = dict[str, t.Any]


def entries_of(host: str, service: str, result: Mapping[str, t.Any]) -> list[Data]:
    """Everybody in the result of a bulk module: active people, then pending ones."""
    linked = result.get("linked") or {}
    entries = [
        _entry(host, service, status_of(kinds, record), record, linked)
        for key, kinds in SERVICES[service].results.items()
        for record in result.get(key) or ()
    ]
    return in_order(entries)


def in_order(entries: Sequence[Data]) -> list[Data]:
    """Active people, then pending ones, each by address."""
    return sorted(entries, key=lambda entry: (entry["status"] == PENDING, entry["email"], str(entry["id"])))


def nameless(entries: Sequence[Data]) -> list[str]:
    """The ids of the entries without an address."""
    return [str(entry["id"]) for entry in entries if not entry["email"]]


def status_of(kinds: Sequence[Kind], record: Mapping[str, t.Any]) -> str:
    """What a list is of; one that holds people and invitations says of each record which it is."""
    if len(kinds) == 1:
        return kinds[0].status
    return PENDING if says_pending(record) else ACTIVE


def _entry(host: str, service: str, status: str, record: Mapping[str, t.Any], linked: Mapping[str, list[str]]) -> Data:
    email = clean(fold(record.get("email") or ""))
    role = known_role(clean(record.get("role")), SERVICES[service].roles)
    team_ids = record.get("team_ids")
    return {
        "host": host,
        "service": service,
        "id": record.get("id"),
        "email": email,
        "name": clean(record.get("name")),
        "role": role,
        "status": status,
        "since": clean(record.get("created_at")) or None,
        "privileged": SERVICES[service].manages(role),
        "also": [clean(address) for address in linked.get(email, ())],
        "team_ids": sorted(set(team_ids)) if team_ids is not None else None,
        "teams": [],
        "keys": [],
    }
