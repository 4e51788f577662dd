# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that are written whole or not at all, readable by their owner only, by one process at a time.

What is in the way is an ``OSError`` that says so: a path may lead to anything, and to open a pipe would wait for ever.

This file is private to the collection.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PATIENCE = 300.0  # seconds for which a lock is waited for; as long as a task may wait for a service
POLL = 0.02


def write(path: Path, text: str) -> None:
    """Write a file in a folder that is there."""
    opened, name = tempfile.mkstemp(dir=path.parent, prefix=".")  # mode 0600
    try:
        with os.fdopen(opened, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def read(path: Path, errors: str = "strict") -> str:
    """The text of a file; it must be one. ``errors``: what becomes of bytes that are not UTF-8, as in :func:`open`."""
    opened = _open(path, os.O_RDONLY)
    with os.fdopen(opened, encoding="utf-8", errors=errors) as file:
        return file.read()


def make_folder(path: Path) -> None:
    """Make a folder, and the parents that are missing, each for its owner only."""
    try:
        path.mkdir(mode=0o700)
    except FileNotFoundError:
        make_folder(path.parent)
        path.mkdir(mode=0o700, exist_ok=True)
    except OSError:  # it is there, or a parent is that nobody may write
        if not path.is_dir():
            raise


@contextlib.contextmanager
def locked(path: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Hold a lock that no other process has, or give up after so many seconds; the file is made where it is missing."""
    with _held(_open(path, os.O_RDWR | os.O_CREAT), path, patience):
        yield


@contextlib.contextmanager
def locked_folder(path: Path, patience: float = PATIENCE) -> Iterator[None]:
    """The same for a folder that is there, without a file that lies in it ever after."""
    with _held(os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC), path, patience):
        yield


@contextlib.contextmanager
def _held(opened: int, path: Path, patience: float) -> Iterator[None]:
    try:
        until = time.monotonic() + patience
        while not _took(opened):
            if time.monotonic() >= until:
                raise TimeoutError(errno.ETIMEDOUT, f"another run did not give back {path} within {patience:g} s")
            time.sleep(POLL)
        yield
    finally:
        os.close(opened)


def is_locked(path: Path) -> bool:
    """Whether a process holds a file locked; what is no file, nobody does. Several may look at the same time."""
    try:
        opened = _open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        return not _took(opened, fcntl.LOCK_SH)
    finally:
        os.close(opened)


def _took(opened: int, lock: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(opened, lock | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _open(path: Path, flags: int) -> int:
    """A file opened without waiting, whatever the path leads to."""
    opened = os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
    if not stat.S_ISREG(os.fstat(opened).st_mode):
        os.close(opened)
        raise OSError(errno.EINVAL, f"{path} is not a file")
    return opened
