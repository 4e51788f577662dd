# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where invitations that a service may not list are remembered between runs, separately for each team.

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

from ._files import locked, write

KINDS = FILE, FACTS, CONTROLLER, NONE = ("file", "facts", "controller", "none")
FACT = "lifecycle_known_invitations"
FOLDER = "honeyops.access"
VERSION = 1
RENAMED = (2, 19)
ELSEWHERE = "to controller, or to file with lifecycle_memory_dir on a mounted path"

Entries = dict[str, dict[str, t.Any]]
"""What is remembered for one team: folded e-mail → ``{id, role, invited_at, …}``, as the modules return it."""


class Unusable(Exception):
    """The memory cannot be read or written; the text says what to do."""


class Store(t.Protocol):
    """A place that remembers invitations of several teams."""

    def teams(self) -> bool:
        """Whether anything is remembered here, for any team."""

    def load(self, team: str) -> Entries | None:
        """What is remembered for a team, None if there is nothing yet."""

    def save(self, team: str, entries: Entries, before: Entries) -> None:
        """Save the difference between what was loaded and what is known now."""

    def caveat(self) -> str:
        """Why what is saved here may not last; empty if it does."""


def merged(now: Entries, entries: Entries, before: Entries) -> Entries:
    """What is remembered now, with the changes from ``before`` to ``entries``; the changes of another run stay."""
    gone = before.keys() - entries.keys()
    changed = {email: entry for email, entry in entries.items() if before.get(email) != entry}
    return {**{email: entry for email, entry in now.items() if email not in gone}, **changed}


class FileStore:
    """A file for each team in one folder, readable by its owner only."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(os.path.expanduser(folder))

    def teams(self) -> bool:
        """Whether there is a file for any team."""
        return any(self._folder.glob("*.json"))

    def load(self, team: str) -> Entries | None:
        """Read the team's file."""
        path = self._path(team)
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
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
            wanted = merged(now or {}, entries, before)
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
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with locked(self._folder / ".lock"):
                yield
        except OSError as error:
            raise Unusable(f"{self._folder} cannot be written: {error.strerror}.") from None

    def _path(self, team: str) -> Path:
        readable = re.sub(r"[^a-z0-9]+", "-", team.rpartition("/")[2].lower()).strip("-")[:40]
        return self._folder / f"honeycomb-{readable}-{hashlib.sha256(team.encode()).hexdigest()[:8]}.json"


class FactStore:
    """A fact of the host, in Ansible's fact cache. What is to be kept stands in ``facts`` at the end.

    A controller hands the cache's files to a job and takes them back by their names, which ansible-core changed in 2.19.
    """

    def __init__(
        self, facts: t.Mapping[str, t.Any], plugin: str, timeout: int, core: tuple[int, ...], in_controller: bool
    ) -> None:
        held = facts.get(FACT)
        self._held: dict[str, Entries] = dict(held) if isinstance(held, dict) else {}
        self._plugin = plugin.rpartition(".")[2]
        self._timeout = timeout
        self._core = core
        self._in_controller = in_controller
        self.facts: dict[str, t.Any] = {}

    def teams(self) -> bool:
        """Whether the fact exists."""
        return bool(self._held)

    def load(self, team: str) -> Entries | None:
        """The team's part of the fact."""
        entries = self._held.get(team)
        return {email: dict(entry) for email, entry in entries.items()} if isinstance(entries, dict) else None

    def save(self, team: str, entries: Entries, before: Entries) -> None:
        """Set the fact, even if nothing changed, since a cache expires some time after the last write."""
        self.facts = {FACT: {**self._held, team: merged(self.load(team) or {}, entries, before)}}

    def caveat(self) -> str:
        """Why the fact may not outlast the run."""
        if self._plugin == "memory":
            place = ELSEWHERE if self._in_controller else "to file"
            return f"lifecycle_memory is facts, but the fact cache does not outlast this run. Set lifecycle_memory {place}."
        if self._in_controller:
            return (
                "lifecycle_memory is facts, but the controller loses them with ansible-core 2.19 and later. Set "
                f"lifecycle_memory {ELSEWHERE}."
                if self._core >= RENAMED
                else ""
            )
        if self._timeout:
            return (
                f"lifecycle_memory is facts, but the fact cache drops them {self._timeout} s after the last run. Set "
                "fact_caching_timeout to 0."
            )
        return ""
