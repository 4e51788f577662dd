# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Invitations written down while a run sends them, so that a run that is killed forgets none.

This file is private to the collection.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import threading
import typing as t
from pathlib import Path

from ...module_utils._access.outcome import Journal
from ...module_utils._http.errors import CONFLICT, VALIDATION, AccessError
from ...module_utils._http.outside import armoured
from .._files import read
from .store import ELSEWHERE, Entries, Unusable

SENDING = "sending"
"""The word on an invitation that the service lists: if its run is killed, there is nothing to remember."""


class RunJournal(Journal):
    """The journal of one run, which ``opens`` before its first invitation, wherever the memory is.

    ``unanswered``: the invitations of which it is not known whether they were sent, and that nobody was told about.
    """

    def __init__(self, opens: t.Callable[[], Journal | None]) -> None:
        self.unanswered: Entries = {}
        self.is_open = False
        self._opens = opens
        self._ansible = os.getppid()
        self._kept: Journal | None = None

    def expecting(self, entries: t.Mapping[str, dict[str, t.Any]]) -> None:
        """Open the journal, and find out whether it can hold these invitations."""
        try:
            self._kept = self._opens()
            if self._kept:
                self.is_open = True
                self._kept.expecting(entries)
        except AccessError as fault:
            raise unremembered(fault) from None

    def sending(self, invited: str, entry: dict[str, t.Any] | None) -> None:
        """Write down an invitation before it is sent."""
        if self._kept:
            try:
                self._kept.sending(invited, entry)
            except Unusable as fault:
                raise unremembered(fault) from None
            if entry is not None:
                self.unanswered[invited] = entry

    def answered(self, key: str, entry: dict[str, t.Any] | None) -> None:
        """Write down what is known after the answer."""
        self.unanswered.pop(key, None)
        if self._kept:
            self._kept.answered(key, entry)

    def told(self) -> None:
        """Forget what is in doubt, since the result of the run says so, unless Ansible is gone and nobody gets a result."""
        if os.getppid() == self._ansible:
            self.unanswered.clear()


def unremembered(fault: AccessError) -> AccessError:
    """The error for those who are not invited for this reason."""
    nobody = "No invitation was sent, because it could not be remembered, and a later run may send another one."
    return AccessError(fault.code, f"{nobody} {fault.msg}", hint=fault.hint)


class FileJournal(Journal):
    """A file beside the memory, with a line for each word on an invitation. Its run holds it locked as long as it lives.

    ``elsewhere`` tells whom other runs are inviting or have invited since this one began; ``fits`` raises if the memory
    could not hold these entries.
    """

    def __init__(
        self, path: Path, elsewhere: t.Callable[[], set[str]], fits: t.Callable[[t.Mapping[str, t.Any]], None]
    ) -> None:
        self.path = path
        self._elsewhere = elsewhere
        self._fits = fits
        self._lock = threading.Lock()
        self._opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._opened, fcntl.LOCK_EX)
        _synced(path.parent)

    def expecting(self, entries: t.Mapping[str, dict[str, t.Any]]) -> None:
        """Find out whether the memory can hold these invitations."""
        self._fits(entries)

    def sending(self, invited: str, entry: dict[str, t.Any] | None) -> None:
        """Write down an invitation, and refuse it if another run is about to send one or has.

        Each run writes first and looks then, so that of two at the same time at least one sees the other. What need not be
        remembered need not outlast a loss of power.
        """
        try:
            self._write(invited, SENDING if entry is None else entry)
            if entry is not None:
                os.fsync(self._opened)
        except OSError as error:
            raise Unusable(VALIDATION, f"{self.path} cannot be written: {error.strerror}.", hint=ELSEWHERE) from None
        if invited in self._elsewhere():
            self.answered(invited, None)
            raise AccessError(
                CONFLICT,
                f"Another run is inviting {invited}, so this one does not.",
                hint="Run again when it has ended.",
            )

    def answered(self, key: str, entry: dict[str, t.Any] | None) -> None:
        """Write down what is known after the answer. If that fails, the invitation stays in doubt."""
        with contextlib.suppress(OSError):
            self._write(key, entry)

    def told(self) -> None:
        """Nothing: what the run remembers at its end takes the place of the journal."""

    def close(self) -> None:
        """Let go of the file. An answer that comes later finds no file."""
        with self._lock:
            opened, self._opened = self._opened, -1
        os.close(opened)

    def _write(self, key: str, entry: dict[str, t.Any] | str | None) -> None:
        # Each line starts anew, after whatever is left of one that could not be written whole.
        line = f"\n{json.dumps(armoured({'email': key, 'entry': entry}))}\n".encode()
        with self._lock:
            if os.write(self._opened, line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def words_in(path: Path) -> dict[str, t.Any]:
    """The last word of a journal on each invitation: its entry, ``SENDING``, or None if it was not sent."""
    found: dict[str, t.Any] = {}
    for line in read(path, errors="replace").splitlines():
        with contextlib.suppress(ValueError, KeyError, TypeError):
            said = json.loads(line)
            found[str(said["email"])] = said["entry"]
    return found


def _synced(folder: Path) -> None:
    """Make sure that a new file is still in its folder after the machine has lost its power."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
