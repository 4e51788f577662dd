# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a target looked like at the last poll, and what changed since.

This file is private to the collection.
"""

from __future__ import annotations

import fcntl
import json
import os
import typing as t
from collections.abc import Mapping
from pathlib import Path

from ...module_utils._http.outside import harmless
from .._files import make_folder, write
from .._people.changes import Change, changes, key_changes

VERSION = 1


Event = dict[str, t.Any]


class Snapshot:
    """What was seen last, and the events that are not delivered yet, in a file that only its owner can read."""

    def __init__(self, path: str | None) -> None:
        self._path = Path(os.path.abspath(os.path.expanduser(path))) if path else None
        self._lock: t.IO[str] | None = None
        self.targets: dict[str, t.Any] = {}
        self.outbox: list[Event] = []
        if self._path:
            try:
                make_folder(self._path.parent)
                self._claim(self._path)
                self._load(self._path)
            except OSError as error:
                self.close()
                raise ValueError(f"The snapshot {path} cannot be used: {error.strerror}.") from None

    def _claim(self, path: Path) -> None:
        """Keep others from using the same file, since each would miss the changes that another one reported."""
        lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        self._lock = os.fdopen(lock, "w", encoding="utf-8")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.close()
            raise ValueError(
                f"Another rulebook uses the snapshot {path}. Give each its own, or stop the other one."
            ) from None

    def _load(self, path: Path) -> None:
        try:
            kept = harmless(json.loads(path.read_text(encoding="utf-8")))
            if kept["version"] != VERSION:
                raise ValueError("another version")
            self.targets, self.outbox = dict(kept["targets"]), list(kept["outbox"])
            for state in self.targets.values():
                changed(state, state)  # which reads everything that a comparison needs
        except FileNotFoundError:
            return
        except (ValueError, LookupError, TypeError, AttributeError):
            self.close()
            raise ValueError(
                f"{path} is not a valid snapshot. Move it away to start again; changes made since then are not reported."
            ) from None

    def save(self) -> None:
        """Write the file completely or not at all."""
        if self._path:
            write(self._path, json.dumps({"version": VERSION, "targets": self.targets, "outbox": self.outbox}) + "\n")

    def close(self) -> None:
        """Release the file."""
        if self._lock:
            self._lock.close()


def changed(before: Mapping[str, t.Any], after: Mapping[str, t.Any]) -> list[Change]:
    """The changes from one state of a target to the next, of people and, if they were read, of keys."""
    found = changes(before["seats"], after["seats"])
    if before["keys"] is not None and after["keys"] is not None:
        found += key_changes(before["keys"], after["keys"])
    return found
