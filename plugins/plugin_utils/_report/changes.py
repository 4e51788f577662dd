# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What changed between two reports.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Iterator, Mapping

from .._people.changes import Change, Seat, changes, key_changes


def report_changes(before: Mapping[str, t.Any], after: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """What changed between two reports at the targets that both could read, and the targets that only one of them read."""
    shared = _read(before) & _read(after)
    was, now = _by_target(before), _by_target(after)
    findings = []
    for host, service in sorted(shared):
        old, new = was.get((host, service), ([], {})), now.get((host, service), ([], {}))
        keys = (
            [*_of_keys(key_changes(old[1], new[1]), _enabled(before, host, service), _enabled(after, host, service))]
            if _keys_read(before, host, service) and _keys_read(after, host, service)
            else []
        )
        findings += [
            {"type": change.type, "host": host, "service": service, **change._asdict()}
            for change in [*changes(old[0], new[0]), *keys]
        ]
    return {
        "since": before["generated_at"],
        "findings": findings,
        "not_compared": {
            "new": _named(_read(after) - _read(before)),
            "gone": _named(_read(before) - _read(after)),
        },
    }


def _of_keys(found: Iterable[Change], before: set[str], after: set[str]) -> Iterator[Change]:
    """The changes of keys, without those that worked before and after, whoever is shown as their creator."""
    for change in found:
        key = change.after or change.before or {}
        if key["id"] not in (before if change.before is None else after):
            yield change


def _enabled(report: Mapping[str, t.Any], host: str, service: str) -> set[str]:
    """The ids of all keys of a target that work; a report of an earlier version does not have them."""
    return {
        identity
        for target in report["targets"]
        if (target["host"], target["service"]) == (host, service)
        for identity in target.get("enabled_keys", ())
    }


def _named(places: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"host": host, "service": service} for host, service in sorted(places)]


def _read(report: Mapping[str, t.Any]) -> set[tuple[str, str]]:
    return {(target["host"], target["service"]) for target in report["targets"] if target["status"] == "read"}


def _keys_read(report: Mapping[str, t.Any], host: str, service: str) -> bool:
    return any(
        target["keys_read"] for target in report["targets"] if (target["host"], target["service"]) == (host, service)
    )


def _by_target(report: Mapping[str, t.Any]) -> dict[tuple[str, str], tuple[list[Seat], dict[str, Seat]]]:
    found: dict[tuple[str, str], tuple[list[Seat], dict[str, Seat]]] = {}
    for person in report["people"]:
        for access in person["access"]:
            seats, keys = found.setdefault((access["host"], access["service"]), ([], {}))
            seats.append({**access, "email": person["email"], "also": person["addresses"]})
            for key in access["keys"]:
                keys[key["id"]] = {
                    **{name: key[name] for name in ("id", "name", "type", "disabled")},
                    "email": person["email"],
                }
    return found
