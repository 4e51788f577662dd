# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Collects the parts of all hosts. Ansible handles hosts in separate processes, in any order, so it uses files.

The folder is Ansible's own for this run: for its owner only, and removed at the end. This file is private to the
collection.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import typing as t
from collections.abc import Iterable
from pathlib import Path

from .._files import locked, make_folder, write
from .._people.entries import Data


class Spool:
    """The parts of one report."""

    def __init__(self, folder: str, name: str) -> None:
        self.folder = Path(folder) / f"honeyops.access.report.{_digest(name)}"
        make_folder(self.folder)

    def locked(self) -> contextlib.AbstractContextManager[None]:
        """Let one host in at a time, so that the last one sees all the others."""
        return locked(self.folder / "lock")

    def put(self, name: str, value: t.Any) -> Path:
        """Keep something under a name."""
        path = self._path(name)
        write(path, json.dumps(value))
        return path

    def get(self, name: str) -> t.Any:
        """What is kept under a name, None if there is nothing."""
        try:
            return json.loads(self._path(name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None

    def parts(self, hosts: Iterable[str]) -> list[Data]:
        """The parts of these hosts, in order."""
        return [part for part in (self.get(f"part {host}") for host in hosts) if part]

    def without(self, hosts: Iterable[str]) -> list[str]:
        """The hosts that have no part yet."""
        return [host for host in hosts if not self._path(f"part {host}").exists()]

    def clear(self, hosts: Iterable[str]) -> None:
        """Delete the parts and the report that they were compared with, so that a play can use the role again."""
        for name in ("previous", *(f"part {host}" for host in hosts)):
            self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self.folder / f"{_digest(name)}.json"


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:32]
