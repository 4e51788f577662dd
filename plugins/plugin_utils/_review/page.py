# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The review as one page in which people decide by key or by mouse, and which saves the filled-in file.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence

from ...module_utils._services import SERVICES
from .._people.entries import Data
from .._words.page import page
from .rows import BESIDE, COLUMNS, Row


def to_html(
    rows: Sequence[Row], digest: str, generated_at: str, notes: Sequence[str], kinds: Mapping[str, str], held: bool
) -> str:
    """The page.

    ``digest`` is that of the population, ``generated_at`` when it was read (UTC). ``notes`` say what is not in the list,
    ``kinds`` are the names of the kinds of drift, ``held``: there was a roster to hold access against.
    """
    return page(
        "review.html.j2",
        ("report.css", "review.css"),
        "review.js",
        {**_compact(rows), "digest": digest, "columns": COLUMNS, "drift": dict(kinds), "held": held, "beside": BESIDE},
        generated_at=generated_at,
        digest=digest,
        count=len(rows),
        targets=len({row.place for row in rows}),
        notes=list(notes),
    )


def _compact(rows: Sequence[Row]) -> Data:
    """The rows for the script. Places, people and equal kinds of access are there once."""
    places: dict[tuple[str, str], int] = {}
    people: dict[tuple[t.Any, ...], int] = {}
    kinds: dict[tuple[t.Any, ...], int] = {}
    shown = []
    for row in rows:
        kind = (row.role, row.status, int(row.privileged), row.teams, row.keys, row.because, row.drift, row.reviewer)
        numbers = [
            places.setdefault(row.place, len(places)),
            people.setdefault((row.email, row.name, row.person, row.others), len(people)),
            kinds.setdefault(kind, len(kinds)),
        ]
        filled_in = [row.decision, row.comment] if row.decision or row.comment else []
        shown.append([*numbers, row.since, *filled_in])
    return {
        "places": [[host, service, SERVICES[service].title, list(SERVICES[service].roles)] for host, service in places],
        "people": [list(person) for person in people],
        "kinds": [list(kind) for kind in kinds],
        "rows": shown,
    }
