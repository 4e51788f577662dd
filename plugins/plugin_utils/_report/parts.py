# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""One report of several jobs: what each job read is kept as a part, and the report is made of all parts.

A controller cuts a job into slices, each with some of the hosts and with the same folder for its report. The caller holds
the lock of that folder. This file is private to the collection.
"""

from __future__ import annotations

import json
import re
import shutil
import typing as t
from collections.abc import Iterable, Sequence
from pathlib import Path

from .._files import make_folder, read, write
from .._host.variables import Refused
from .._people.entries import Data

FOLDER = "parts"
VERSION = 1
PREVIOUS = "previous.json"


class Parts:
    """The parts of one report in its folder; ``run`` names what the jobs have in common, ``job`` this one of them."""

    def __init__(self, folder: Path, run: str, job: str) -> None:
        self._all = folder / FOLDER
        self._folder = self._all / _name(run)
        self._file = self._folder / f"part-{_name(job)}.json"

    def begin(self, report: Path) -> None:
        """Keep the report of the run before, which this one is compared with; forget the parts of the run before that."""
        if self._folder.is_dir():
            return
        for old in (
            sorted(self._all.iterdir(), key=lambda path: path.stat().st_mtime)[:-1] if self._all.is_dir() else ()
        ):
            shutil.rmtree(old, ignore_errors=True)
        make_folder(self._folder)
        if report.is_file():
            write(self._folder / PREVIOUS, read(report))

    @property
    def previous(self) -> Path:
        """The report of the run before."""
        return self._folder / PREVIOUS

    def together(self, parts: Sequence[Data]) -> list[Data]:
        """These parts, after keeping them, and those of the other jobs of the run."""
        write(self._file, json.dumps({"version": VERSION, "parts": parts}))
        others = [path for path in sorted(self._folder.glob("part-*.json")) if path != self._file]
        return _each_host_once([*parts, *(part for path in others for part in _parts(path))])


def kept(folder: Path) -> list[Data]:
    """All parts in a folder and those below it, each host once; ``Refused`` if there is none."""
    files = sorted(folder.rglob("part-*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    found = _each_host_once(part for path in files for part in _parts(path))
    if not found:
        raise Refused(f"report_parts is {folder}, which has no parts of a report (files such as part-12.json).")
    return sorted(found, key=lambda part: str(part["host"]))


def _parts(path: Path) -> list[Data]:
    try:
        document: t.Any = json.loads(read(path))
        if document["version"] != VERSION:
            raise ValueError(document["version"])
        parts: list[Data] = document["parts"]
        for part in parts:
            part["host"], part["targets"], part["entries"]
    except (OSError, ValueError, TypeError, LookupError):
        raise Refused(f"{path} is not a part of a report of this version of the collection. Remove it.") from None
    return parts


def _each_host_once(parts: Iterable[Data]) -> list[Data]:
    """The first part of each host."""
    found: dict[str, Data] = {}
    for part in parts:
        found.setdefault(str(part["host"]), part)
    return list(found.values())


def _name(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "_", text)[:80] or "_"
