# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of a review: those that people fill in, in one folder, and the records of reviews that were carried out.

This file is private to the collection.
"""

from __future__ import annotations

import json
import os
import re
import typing as t
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path

from .._files import make_folder, write
from .._host.seal import is_sealed
from .._host.variables import Refused
from .._people.entries import Data
from .record import to_text
from .rows import Row
from .sheet import Sheet, from_json, read, to_csv

CSV, JSON, HTML = "review.csv", "review.json", "review.html"
FILLED_IN = re.compile(r"review(-.+)?\.csv", re.IGNORECASE)
RECORD = re.compile(r"review-(\d{4}-\d\d-\d\d)(-\d+)?\.json")


def filled_in(paths: Iterable[str]) -> list[Sheet]:
    """The files that people filled in, from paths of files and of folders of them."""
    found: dict[Path, Sheet] = {}
    for text in paths:
        path = Path(os.path.abspath(os.path.expanduser(text)))
        files = sorted(one for one in path.iterdir() if FILLED_IN.fullmatch(one.name)) if path.is_dir() else [path]
        if not files:
            raise Refused(f"{path} has no file such as {CSV} or review-lead@example.com.csv.")
        for file in files:
            found[file] = _sheet(file)
    return list(found.values())


def _sheet(path: Path) -> Sheet:
    try:
        saved = datetime.fromtimestamp(path.stat().st_mtime, timezone.utc)
        return read(path.name, path.read_bytes(), saved.strftime("%Y-%m-%dT%H:%M:%SZ"))
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from None


def listed(folder: Path) -> tuple[str, list[Row] | None]:
    """When the list of a folder was read, and its rows; None if it has no list beside the files."""
    path = folder / JSON
    try:
        return from_json(path.read_bytes())
    except FileNotFoundError:
        return "", None
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from None
    except ValueError as fault:
        raise Refused(f"{path} was changed since it was written: {fault}. Begin the review again.") from None


def earlier(folder: Path) -> list[Sheet]:
    """What people filled in for the list of this folder, the latest first; nothing if that review was carried out.

    Whoever had access then and has it again, or still, is for the new review to decide on.
    """
    if not folder.is_dir() or not _files(folder) or _is_carried_out(folder):
        return []
    return sorted(filled_in([str(folder)]), key=lambda sheet: sheet.saved_at, reverse=True)


def _is_carried_out(folder: Path) -> bool:
    record = last_record(folder)
    try:
        return record is not None and record.get("listed_at") == listed(folder)[0]
    except Refused:  # a list that was changed says nothing of itself
        return False


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if FILLED_IN.fullmatch(path.name)]


def write_list(folder: Path, texts: Mapping[str, str], rows: Sequence[Row], at: str) -> list[str]:
    """Write a list and, if there are several reviewers, a file for each; returns the paths.

    What people filled in for an earlier list is moved aside, since its numbers are of other rows.
    """
    make_folder(folder)
    decided = [path for path in _files(folder) if _is_filled_in(_sheet(path))]
    if decided:
        aside = folder / f"before-{at.replace(':', '')}"
        aside.mkdir(mode=0o700, exist_ok=True)
        for path in decided:
            path.replace(aside / path.name)
    for path in _files(folder):
        path.unlink()
    files = {CSV: to_csv(rows), **texts}
    reviewers = sorted({row.reviewer for row in rows})
    for reviewer in filter(None, reviewers if len(reviewers) > 1 else ()):
        name = re.sub(r"[^A-Za-z0-9@._+-]+", "_", reviewer)[:100]
        files[f"review-{name}.csv"] = to_csv([row for row in rows if row.reviewer == reviewer])
    for name, text in files.items():
        write(folder / name, text)
    return [str(folder / name) for name in files]


def _is_filled_in(sheet: Sheet) -> bool:
    """Whether somebody worked on a file, or may have, since it cannot be read."""
    return bool(sheet.faults) or any(row.decision or row.comment for row in sheet.rows.values())


def name_of_record(folder: Path, at: str, check: bool) -> str:
    """The name of a record without its ending: none that is there is written over, but for that of check mode."""
    day = f"review-{at[:10]}"
    if check:
        return f"{day}-check"
    number = 1
    while (folder / f"{day}{f'-{number}' if number > 1 else ''}.json").exists():
        number += 1
    return f"{day}{f'-{number}' if number > 1 else ''}"


def record_files(record: Data) -> dict[str, str]:
    """The content of a record's files, by the endings of their names."""
    return {".json": json.dumps(record, indent=1, ensure_ascii=False) + "\n", ".txt": to_text(record)}


def last_record(folder: Path) -> Data | None:
    """The latest review that was carried out; a record that was changed counts as none."""
    return max(records(folder), key=lambda record: str(record.get("at")), default=None)


def records(folder: Path) -> list[Data]:
    """The records of all reviews that were carried out, without those that were changed."""
    found: list[Data] = []
    for path in folder.iterdir() if folder.is_dir() else ():
        if RECORD.fullmatch(path.name):
            try:
                record: t.Any = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError, RecursionError):
                continue
            if isinstance(record, dict) and is_sealed(record) and record.get("kind") == "review":
                found.append(record)
    return found
