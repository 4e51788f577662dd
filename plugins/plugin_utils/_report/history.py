# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a report says of what was before it: the last review of access, and who left since the last report.

This file is private to the collection.
"""

from __future__ import annotations

import json
import typing as t
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from .._files import read
from .._people.entries import Data
from .._words.text import clean

MOST = 500  # leavers in a report; the folder has all
LARGEST = 2**20  # bytes of a record of one person


def review_of(record: Mapping[str, t.Any] | None, report: Data, now: datetime) -> Data | None:
    """The last review by its record: when it was, what came of it, when the next one is due, and who came since."""
    if record is None:
        return None
    known = {str(item["email"]) for item in record["decisions"]}
    here = [person for person in report["people"] if person["access"] and person["email"]]
    return {
        "at": str(record["at"]),
        "counts": dict(record["counts"]),
        "remains": len(record["remains"]),
        "next_due": str(record["next_due"]),
        "overdue": now.strftime("%Y-%m-%d") > str(record["next_due"]),
        "came_since": [person["email"] for person in here if known.isdisjoint((person["email"], *person["addresses"]))],
    }


def leavers_of(folder: Path, since: str) -> list[Data]:
    """Who left since a time (UTC, ISO 8601) by the evidence in a folder, the latest first, each with the file's name."""
    found = []
    for path in folder.glob("[0-9]*.json") if folder.is_dir() else ():
        record = _record(path)
        if record and record["at"] >= since:
            remains = sum(len(service["remains"]) for service in record["services"].values())
            found.append(
                {
                    "email": clean(record["email"]),
                    "host": clean(record["host"]),
                    "at": clean(record["at"]),
                    "services": sorted(map(clean, record["services"])),
                    "remains": remains,
                    "ticket": clean((record.get("run") or {}).get("ticket")) or None,
                    "file": path.name,
                }
            )
    return sorted(found, key=lambda item: (item["at"], item["email"]), reverse=True)[:MOST]


def _record(path: Path) -> t.Any:
    """A record of one person; None for any other file."""
    try:
        if path.stat().st_size > LARGEST:
            return None
        record: t.Any = json.loads(read(path))
        for service in record["services"].values():
            len(service["remains"])
        return record if isinstance(record["at"], str) and record["email"] and record["host"] else None
    except (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return None
