# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Invitations remembered in files of the control node.

This file is private to the collection.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import typing as t
from pathlib import Path

from ...module_utils._http.outside import armoured
from .._files import PATIENCE, locked, make_folder, read, write
from .store import Entries, Unusable, merged

FOLDER = "honeyops.access"
VERSION = 1


class FileStore:
    """A file for each team in one folder, readable by its owner only."""

    def __init__(self, folder: str, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._folder = Path(os.path.expanduser(folder))

    def teams(self) -> bool:
        """Whether there is a file for any team."""
        return any(self._folder.glob("*.json"))

    def load(self, team: str) -> Entries | None:
        """Read the team's file."""
        path = self._path(team)
        try:
            document = json.loads(read(path))
            invitations = document["invitations"]
            if document["team"] != team or not all(isinstance(entry, dict) for entry in invitations.values()):
                raise ValueError
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unusable(f"{path} cannot be read: {error.strerror}.") from None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Unusable(
                f"{path} does not have the content that this collection writes. Restore it or delete it; without it, people "
                "who have not accepted their invitation may be invited again."
            ) from None
        return t.cast("Entries", invitations)

    def prepare(self) -> None:
        """Create the folder, and raise if it cannot be written."""
        with self._locked():
            return

    def save(self, team: str, entries: Entries, before: Entries) -> None:
        """Write the team's file, and keep what another run changed since it was loaded."""
        with self._locked():
            now = self.load(team)
            wanted = armoured(merged(now or {}, entries, before))
            if wanted != now:
                document = {"version": VERSION, "team": team, "invitations": wanted}
                write(self._path(team), json.dumps(document, indent=1, sort_keys=True))

    def caveat(self) -> str:
        """A file lasts."""
        return ""

    @contextlib.contextmanager
    def _locked(self) -> t.Iterator[None]:
        """The folder, locked; created where it is missing."""
        try:
            make_folder(self._folder)
            with locked(self._folder / ".lock", self._patience):
                yield
        except OSError as error:
            raise Unusable(f"{self._folder} cannot be written: {error.strerror}.") from None

    def _path(self, team: str) -> Path:
        readable = re.sub(r"[^a-z0-9]+", "-", team.rpartition("/")[2].lower()).strip("-")[:40]
        return self._folder / f"honeycomb-{readable}-{hashlib.sha256(team.encode()).hexdigest()[:8]}.json"
