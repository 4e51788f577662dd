# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rosters in CSV, ours and those of other systems.

This file is private to the collection.
"""

from __future__ import annotations

import csv
import io
import typing as t

from ...module_utils._http.outside import as_given
from ...module_utils._roster import MAX_TEXT, SERVICE_KEYS, At, Fault, Located, LocatedList
from .._host.names import FORM
from .cells import unguard_cell
from .form import NONE
from .roster_text import Unreadable

COLUMNS = ("email", "name", "state", "aliases", *FORM)
"""The columns that are always written."""

MORE_COLUMNS = ("groups", "from", "until", "targets")
LISTS = ("aliases", "groups", "targets")
DELIMITERS = (",", ";", "\t")
_KNOWN = (*COLUMNS, *MORE_COLUMNS)

Row = tuple[list[str], At, list[int]]
"""The cells of a row, where it begins, and the column in the text at which each cell begins."""


def read_csv(text: str, faults: list[Fault], file: str, headers: t.Mapping[str, str]) -> LocatedList:
    """The people in CSV text. ``headers`` says for our names what another system calls its columns."""
    delimiter = _delimiter(text, headers)
    rows = _rows(text, delimiter, faults, file)
    header, at, _starts = next(rows, ([], At(1, file=file), []))
    names = _names(header, at, headers)
    entries = LocatedList()
    for row, at, starts in rows:
        if len(row) != len(names):
            faults.append(Fault(at, f"there are {len(row)} columns, the first line has {len(names)}."))
        elif any(row):
            cells = {name: (cell, start) for name, cell, start in zip(names, row, starts) if name and cell}
            entries.add(_entry(cells, at), at)
    return entries


def _delimiter(text: str, headers: t.Mapping[str, str]) -> str:
    """What separates the cells of the first line, so that one of them is the column with addresses."""
    first = next(iter(text.splitlines()), "")
    email = (headers.get("email") or "email").strip().lower()
    split = {delimiter: [cell.strip(' "').lower() for cell in first.split(delimiter)] for delimiter in DELIMITERS}
    return max(DELIMITERS, key=lambda delimiter: (email in split[delimiter], len(split[delimiter])))


def _names(header: t.Sequence[str], at: At, headers: t.Mapping[str, str]) -> list[str]:
    """Our name of each column, empty for one that is not ours, which only a file of another system may have."""
    titles = [title.strip().lower() for title in header]
    theirs = {name: str(title or "").strip().lower() for name, title in headers.items()}
    ours = {title: name for name, title in theirs.items() if title}
    names = [ours.get(title, title if title in _KNOWN and title not in theirs else "") for title in titles]
    for name, title in theirs.items():
        if title and title not in titles:
            raise Unreadable(
                at, f"there is no column {as_given(headers[name])}, which roster_columns names for {name}."
            )
    found = [name for name in names if name]
    if "email" not in found or len(set(found)) < len(found) or (len(found) < len(names) and not headers):
        there = f"here is {','.join(titles)[:200]!r}" if titles else "there is none"
        mapped = "" if headers or "email" in found else " Set roster_columns where they have other names."
        raise Unreadable(at, f"the first line must name the columns, of {','.join(_KNOWN)}; {there}.{mapped}")
    return names


def _rows(text: str, delimiter: str, faults: list[Fault], file: str) -> t.Iterator[Row]:
    """Each row that is not empty."""
    lines = io.StringIO(text, newline="").readlines()
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    while True:
        line = reader.line_num
        at = At(line + 1, file=file)
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            faults.append(Fault(at, f"this is not CSV: {error}."))
            continue
        if any(len(cell) > 10 * MAX_TEXT for cell in row):
            faults.append(Fault(at, f"a cell has more than {10 * MAX_TEXT} characters."))
        elif row:
            of_one_line = reader.line_num == line + 1 and line < len(lines)
            starts = _starts(lines[line], delimiter) if of_one_line else []
            yield (
                [unguard_cell(cell).strip() for cell in row],
                at,
                starts if len(starts) == len(row) else [1] * len(row),
            )


def _starts(line: str, delimiter: str) -> list[int]:
    """The column at which each cell of a line begins."""
    if '"' not in line:
        starts = [1]
        for cell in line.split(delimiter)[:-1]:
            starts.append(starts[-1] + len(cell) + 1)
        return starts
    quoted = False
    found = [1]
    for number, char in enumerate(line, 1):
        quoted ^= char == '"'
        if char == delimiter and not quoted:
            found.append(number + 1)
    return found


def _entry(cells: t.Mapping[str, tuple[str, int]], at: At) -> Located:
    """A person from the filled cells of a row; a filled cell names its service."""
    entry = Located()

    def place(name: str) -> At:
        return at._replace(column=cells[name][1])

    for name in ("email", "name", "state", "from", "until", *LISTS):
        if name in cells:
            text = cells[name][0]
            entry[name] = _list(text, place(name)) if name in LISTS else text
            entry.lines[name] = place(name)
    for service, keys in SERVICE_KEYS.items():
        filled = [key for key in keys if f"{service}_{key}" in cells]
        if filled:
            entry[service] = access = Located()
            entry.lines[service] = place(f"{service}_{filled[0]}")
            for key in filled:
                text = cells[f"{service}_{key}"][0]
                access.lines[key] = place(f"{service}_{key}")
                access[key] = text if key == "role" else _teams(text, access.lines[key])
    return entry


def _teams(cell: str, at: At) -> LocatedList:
    return LocatedList() if cell.lower() == NONE else _list(cell, at)


def _list(cell: str, at: At) -> LocatedList:
    found = LocatedList()
    for part in cell.split(";"):
        if part.strip():
            found.add(part.strip(), at)
    return found
