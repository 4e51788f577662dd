# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records that show when they were touched: a digest in each, and an index that chains the files of a folder.

Each entry of the index has the digest of the entry before, and the index ends with the digest of the last one. Whoever may
write to the folder can make all of it anew, so this digest is worth keeping elsewhere, such as in a ticket. This file is
private to the collection.
"""

from __future__ import annotations

import hashlib
import json
import typing as t
from collections.abc import Iterable, Mapping
from pathlib import Path

from ...module_utils._http.outside import shown
from .._files import locked_folder, make_folder, write

INDEX = "index.json"
VERSION = 1
ENDINGS = (".json", ".txt")
BEFORE = "before the index"

Document = dict[str, t.Any]


class Broken(Exception):
    """An index that was changed, so that nothing can be added to it; the text says how."""


def digest(document: Mapping[str, t.Any]) -> str:
    """The SHA-256 of a record's content, without its own ``sha256``, whatever the order of its keys."""
    content = {key: value for key, value in document.items() if key != "sha256"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def sealed(document: Mapping[str, t.Any]) -> Document:
    """The record with the digest of its content as ``sha256``."""
    return {**document, "sha256": digest(document)}


def is_sealed(document: Mapping[str, t.Any]) -> bool:
    """Whether a record is as it was when it was sealed."""
    return document.get("sha256") == digest(document)


def keep(folder: Path, records: Mapping[str, Mapping[str, str]], at: str) -> str:
    """Write the files of records, then their entries of the index; returns the digest of the last entry.

    ``records`` are texts by name and ending; where a name is taken, a number is added. ``at`` is the time of the run (UTC).
    The folder is there. Raises ``OSError``, or :class:`Broken` before any file is written if the index cannot be continued.
    """
    with locked_folder(folder):
        entries = _continued(folder)
        for name, texts in records.items():
            free = _free(folder, name, texts)
            for ending, text in texts.items():
                write(folder / f"{free}{ending}", text)
                entries.append(_entry(f"{free}{ending}", text.encode(), at, entries))
        write(folder / INDEX, _text(entries))
    return digest(entries[-1]) if entries else ""


def check_folder(folder: Path) -> None:
    """Make a folder, and see that files can be written there and the index can be continued, or raise as :func:`keep` does."""
    make_folder(folder)
    with locked_folder(folder):
        entries = _continued(folder)
        write(folder / INDEX, _text(entries))


def _free(folder: Path, name: str, endings: Iterable[str]) -> str:
    """The name, or with the first number under which no file is there: evidence is never written over."""
    names = (name, *(f"{name}-{number}" for number in range(2, 10_000)))
    return next(one for one in names if not any((folder / f"{one}{ending}").exists() for ending in endings))


def faults(folder: Path) -> list[str]:
    """What is wrong with the files of a folder: each one that is missing, was changed, or was added, by name.

    ``folder`` is an ``evidence_dir``. Reads only; raises ``OSError`` if the folder cannot be read.
    """
    there = _evidence(folder)
    try:
        data = (folder / INDEX).read_bytes()
    except FileNotFoundError:
        return [f"{INDEX} is missing, so nothing shows whether the {len(there)} files here are as they were written."]
    try:
        entries = _entries(data)
    except Broken as fault:
        return [str(fault)]
    found = _chain_faults(entries)
    if not found and data != _text(entries).encode():
        found = [f"{INDEX} was changed: it is not as it was written."]
    listed = {str(entry["file"]): entry["sha256"] for entry in entries}
    for name, expected in listed.items():
        if name not in there:
            found.append(f"{name} is missing.")
        elif _digest_of(folder / name) != expected:
            found.append(f"{name} was changed: its content is not what {INDEX} says.")
    found += [
        f"{name} is not in {INDEX}: it was added, or its run was stopped." for name in there if name not in listed
    ]
    return [shown(text) for text in found]


def _evidence(folder: Path) -> list[str]:
    """The names of the files of evidence."""
    return sorted(
        path.name
        for path in folder.iterdir()
        if path.suffix in ENDINGS and path.name != INDEX and not path.name.startswith(".")
    )


def _continued(folder: Path) -> list[Document]:
    """The entries so far. A new index begins with the files that are there already."""
    try:
        data = (folder / INDEX).read_bytes()
    except FileNotFoundError:
        entries: list[Document] = []
        for name in _evidence(folder):
            entries.append(_entry(name, (folder / name).read_bytes(), BEFORE, entries))
        return entries
    entries = _entries(data)
    broken = _chain_faults(entries)
    if broken:
        raise Broken(shown(broken[0]))
    return entries


def _entries(data: bytes) -> list[Document]:
    try:
        document = json.loads(data)
        entries: list[Document] = document["entries"]
        if document["last"] != (digest(entries[-1]) if entries else ""):
            raise Broken(f"{INDEX} was changed: its last entry is not the one that was written.")
        for entry in entries:
            entry["file"], entry["sha256"], entry["previous"]
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        raise Broken(f"{INDEX} was changed: it is not an index of evidence.") from None
    return entries


def _chain_faults(entries: list[Document]) -> list[str]:
    """Each entry after which another one was changed, removed or added."""
    before = ""
    found = []
    for number, entry in enumerate(entries, 1):
        if entry["previous"] != before:
            found.append(
                f"{INDEX} was changed before its entry {number}, {entry['file']}: the entry before is not the one that was there."
            )
        before = digest(entry)
    return found


def _entry(name: str, data: bytes, at: str, entries: list[Document]) -> Document:
    before = digest(entries[-1]) if entries else ""
    return {"file": name, "sha256": hashlib.sha256(data).hexdigest(), "at": at, "previous": before}


def _digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _text(entries: list[Document]) -> str:
    """The index, with a line for each entry."""
    lines = ",\n  ".join(json.dumps(entry, sort_keys=True, ensure_ascii=False) for entry in entries)
    last = digest(entries[-1]) if entries else ""
    return f'{{\n "version": {VERSION},\n "entries": [\n  {lines}\n ],\n "last": "{last}"\n}}\n'
