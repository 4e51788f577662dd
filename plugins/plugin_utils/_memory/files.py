# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Invitations remembered in files of the control node.

This file is private to the collection.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import re
import secrets
import typing as t
from pathlib import Path

from ...module_utils._access.model import invited
from ...module_utils._http.errors import VALIDATION
from ...module_utils._http.outside import armoured
from .._files import PATIENCE, is_locked, locked, make_folder, read, write
from .journal import SENDING, FileJournal, words_in
from .store import ELSEWHERE, Entries, Unusable, merged

FOLDER = "honeyops.access"
VERSION = 1


class FileStore:
    """A file for each team of a service in one folder, readable by its owner only, and journals of runs that send invitations.

    A journal whose run was killed belongs to the memory until the next run saves.
    """

    def __init__(self, folder: str, service: str, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._service = service
        self._folder = Path(os.path.expanduser(folder))
        self._own: FileJournal | None = None
        self._loaded: t.Any = None
        self._over: set[Path] = set()

    def teams(self) -> bool:
        """Whether there is a file for any team."""
        return any(name.endswith((".json", ".journal")) for name in self._names(f"{self._service}-"))

    def _names(self, beginning: str) -> list[str]:
        """The files whose names begin so, in their order."""
        try:
            return sorted(name for name in os.listdir(self._folder) if name.startswith(beginning))
        except OSError:
            return []

    def load(self, team: str) -> Entries | None:
        """What the team's file and all journals hold."""
        journals = self._journals(team)
        self._over.update(path for path in journals if not is_locked(path))
        written = self._written(journals)  # first, since the file is written before a journal goes
        self._loaded = _stamp(self._path(team))
        held = self._read(team)
        return {**(held or {}), **written} if written or held is not None else None

    def journal(self, team: str, before: Entries) -> FileJournal:
        """Begin a journal; ``before`` is what was loaded."""
        name = f"{self._path(team).stem}.{secrets.token_hex(4)}.journal"
        with self._locked():
            self._own = FileJournal(
                self._folder / name,
                lambda: self._news(team, before),
                lambda entries: self._try(team, {**before, **entries}),
            )
        return self._own

    def _news(self, team: str, before: Entries) -> set[str]:
        """Whom other runs are inviting, or have invited since this one loaded the memory.

        Of a run that was over by then, the list that was read afterwards has whatever it has sent.
        """
        found: dict[str, t.Any] = {}
        for path in self._journals(team):
            over = path in self._over
            words = _words_in(path)
            found.update({key: word for key, word in words.items() if isinstance(word, dict) or (word and not over)})
        if _stamp(self._path(team)) != self._loaded:
            found.update(self._read(team) or {})
        return {_invited(key, word) for key, word in found.items() if before.get(key) != word}

    def _try(self, team: str, entries: Entries) -> None:
        """Raise if the folder cannot hold these entries: on a full disk, there is room for an empty file."""
        trial = self._folder / f"{self._path(team).stem}.trial"
        try:
            write(trial, self._text(team, entries))
            trial.unlink()
        except OSError as error:
            raise Unusable(VALIDATION, f"{self._folder} cannot be written: {error.strerror}.", hint=ELSEWHERE) from None

    def _journals(self, team: str) -> list[Path]:
        """The journals of other runs."""
        own = self._own.path.name if self._own else ""
        names = self._names(f"{self._path(team).stem}.")
        return [self._folder / name for name in names if name.endswith(".journal") and name != own]

    def _written(self, journals: t.Iterable[Path]) -> Entries:
        """The entries of journals; one that was tidied up meanwhile has none."""
        words = ((key, word) for path in journals for key, word in _words_in(path).items())
        return {key: word for key, word in words if isinstance(word, dict)}

    def _read(self, team: str) -> Entries | None:
        """The team's file."""
        path = self._path(team)
        try:
            document = json.loads(read(path))
            invitations = document["invitations"]
            if document["team"] != team or not all(isinstance(entry, dict) for entry in invitations.values()):
                raise ValueError
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unusable(VALIDATION, f"{path} cannot be read: {error.strerror}.") from None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Unusable(
                VALIDATION,
                f"{path} does not have the content that this collection writes. Restore it or delete it; without it, people "
                "who have not accepted their invitation may be invited again.",
            ) from None
        return t.cast("Entries", invitations)

    def prepare(self) -> None:
        """Create the folder, and raise if it cannot be written."""
        with self._locked():
            return

    def save(self, team: str, entries: Entries, before: Entries) -> None:
        """Write the team's file, and keep what another run changed since it was loaded."""
        with self._locked():
            left = [path for path in self._journals(team) if not is_locked(path) and self._is_needless(path)]
            now = self._read(team)
            wanted = armoured(merged({**(now or {}), **self._written(left)}, entries, before))
            if wanted != now:
                write(self._path(team), self._text(team, wanted))
            if self._own:
                self._own.close()
                left += filter(self._is_needless, [self._own.path])
                self._own = None
            for path in left:
                path.unlink(missing_ok=True)

    def _is_needless(self, journal: Path) -> bool:
        """Whether what the journal of a run that is over says is in the list that was read, or will be in the memory."""
        return journal in self._over or SENDING not in _words_in(journal).values()

    def _text(self, team: str, entries: Entries) -> str:
        return json.dumps({"version": VERSION, "team": team, "invitations": entries}, indent=1, sort_keys=True)

    @contextlib.contextmanager
    def _locked(self) -> t.Iterator[None]:
        """The folder, locked; created where it is missing."""
        try:
            make_folder(self._folder)
            with locked(self._folder / ".lock", self._patience):
                yield
        except OSError as error:
            raise Unusable(VALIDATION, f"{self._folder} cannot be written: {error.strerror}.", hint=ELSEWHERE) from None

    def _path(self, team: str) -> Path:
        return _file(self._folder, self._service, team)


@functools.lru_cache(maxsize=8)
def _file(folder: Path, service: str, team: str) -> Path:
    readable = re.sub(r"[^a-z0-9]+", "-", team.rpartition("/")[2].lower()).strip("-")[:40]
    return folder / f"{service}-{readable}-{hashlib.sha256(team.encode()).hexdigest()[:8]}.json"


def _invited(key: str, word: t.Any) -> str:
    """Who is invited, by an entry of the memory: its key is the address, or ids of the invitation and perhaps of a team."""
    email = word.get("email") if isinstance(word, dict) else None
    return invited(email, key.rpartition("/")[0] or None) if email else key


def _words_in(journal: Path) -> dict[str, t.Any]:
    try:
        return words_in(journal)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise Unusable(VALIDATION, f"{journal} cannot be read: {error.strerror}.") from None


def _stamp(path: Path) -> t.Any:
    """What changes with each writing of a file."""
    with contextlib.suppress(OSError):
        found = path.stat()
        return found.st_ino, found.st_mtime_ns, found.st_size
    return None
