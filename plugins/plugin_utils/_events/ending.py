# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whose access ends soon by a roster, as events; each is told once.

This file is private to the collection.
"""

from __future__ import annotations

import logging
import typing as t
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timezone

from ...module_utils._http.outside import armoured
from ...module_utils._roster import tell
from .._people.resolve import Ending, endings, resolve
from .._people.rosters import day_in, read_rosters
from .snapshot import Event

ENDS_SOON = "ends_soon"
KEY = "roster"  # in the snapshot, beside the targets, whose names have a blank
LOG = logging.getLogger("honeyops.access.access_changes")


class Roster:
    """The roster at a path, read anew each time; ``within`` is in days."""

    def __init__(
        self, path: str, within: int, clock: Callable[[], datetime] = lambda: datetime.now(timezone.utc)
    ) -> None:
        self._path = path
        self._within = within
        self._clock = clock
        self._is_faulty = False

    def endings(self) -> list[Ending] | None:
        """Who ends soon on any host, None if the roster cannot be read, which is logged once."""
        document, faults = read_rosters({self._path: self._path}, _Plain())
        if faults:
            if not self._is_faulty:
                LOG.warning("No events for access that ends, because the roster has faults. %s", tell(faults)[0])
            self._is_faulty = True
            return None
        self._is_faulty = False
        everywhere = {name for targets in document.all_targets() for name in targets}
        day = day_in(document.timezone, self._clock())
        return endings(resolve(document, day, everywhere).people, day, self._within)


class _Plain:
    """Stands for Ansible's loader where there is no Ansible: files are as they are."""

    def get_real_file(self, path: str) -> str:
        """The file itself."""
        return path

    def cleanup_tmp_file(self, path: str) -> None:
        """Nothing was made."""


def news(known: Mapping[str, t.Any] | None, now: list[Ending]) -> tuple[dict[str, t.Any], list[Event]]:
    """What to keep in the snapshot, and an event for each ending that was not told before."""
    told = {tuple(one) for one in (known or {}).get("told", ())}
    at = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    found = [
        armoured(
            {
                "id": str(uuid.uuid4()),
                "type": ENDS_SOON,
                "service": None,
                "target": None,
                "email": one.email,
                "before": None,
                "after": {"on": one.on, "group": one.group},
                "time": at,
            }
        )
        for one in now
        if tuple(one) not in told
    ]
    # As the state of a target has it, with nobody there.
    return {"seats": [], "keys": None, "told": [list(one) for one in now]}, found
