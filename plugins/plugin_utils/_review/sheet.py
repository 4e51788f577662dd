# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The review as files: CSV that opens in a spreadsheet and comes back from it, and JSON with a digest. No I/O.

This file is private to the collection.
"""

from __future__ import annotations

import csv
import io
import json
import re
import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ...module_utils._http.outside import as_given
from .._people.cells import guard_cell, unguard_cell
from .._people.entries import Data
from .._words.text import clean
from .rows import COLUMNS, FILLED_IN, Row, digest, row_from

VERSION = 1
BOM = "\ufeff"
NEEDED = tuple(name for name in COLUMNS if name not in ("name", "since", "keys", "because", "drift", "comment"))
MAX_BYTES = 64 * 2**20
SEPARATORS = (",", ";", "\t")
ROW = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)


@dataclass(frozen=True)
class Sheet:
    """A filled-in file: its name, when it was saved (UTC), its rows by number, and what cannot be read in it."""

    name: str
    saved_at: str
    rows: Mapping[int, Row]
    faults: tuple[str, ...] = ()


def to_csv(rows: Sequence[Row]) -> str:
    """The rows for a spreadsheet. No cell can become a formula, and the mark at the beginning says that it is UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([guard_cell(cell) for cell in row.cells().values()])
    return BOM + text.getvalue()


def to_json(
    rows: Sequence[Row], generated_at: str, collection: str, notes: Sequence[str], targets: Sequence[Data]
) -> str:
    """The same for programs, with the digest of the population; a line for each row."""
    head = {
        "version": VERSION,
        "generated_at": generated_at,
        "collection": collection,
        "digest": digest(rows),
        "targets": list(targets),
        "notes": list(notes),
        "rows": [],
    }
    lines = ",\n  ".join(json.dumps(row.as_dict(), ensure_ascii=False) for row in rows)
    text = json.dumps(head, indent=1, ensure_ascii=False)
    return text.replace('"rows": []', f'"rows": [\n  {lines}\n ]' if lines else '"rows": []', 1) + "\n"


def from_json(data: bytes) -> tuple[str, list[Row]]:
    """When the list was read, and its rows; ``ValueError`` if it is not as it was written."""
    try:
        document = json.loads(data)
        rows = [row_from(item) for item in document["rows"]]
        if document["digest"] != digest(rows):
            raise ValueError("its digest is not that of its rows")
        return str(document["generated_at"]), rows
    except (TypeError, LookupError, AttributeError, RecursionError):
        raise ValueError("it is not a list of access") from None


def read(name: str, data: bytes, saved_at: str) -> Sheet:
    """A filled-in file, however a spreadsheet has saved it."""
    if len(data) > MAX_BYTES:
        return Sheet(name, saved_at, {}, (f"{name} is larger than {MAX_BYTES // 2**20} MiB.",))
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=False))
    except UnicodeDecodeError:
        return Sheet(name, saved_at, {}, (f"{name} is not UTF-8. Save it as CSV UTF-8.",))
    except csv.Error as error:
        return Sheet(name, saved_at, {}, (f"{name} is not CSV: {error}.",))
    header = [clean(cell).lower() for cell in records[0]] if records else []
    missing = [column for column in NEEDED if column not in header]
    if missing:
        return Sheet(name, saved_at, {}, (f"{name} has no column {', '.join(missing)}.",))
    rows: dict[int, Row] = {}
    faults = []
    for line, record in enumerate(records[1:], 2):
        if any(cell.strip() for cell in record):
            fault = _take(rows, dict(zip(header, record)))
            faults += [f"{name}, line {line}: {fault}"] if fault else []
    return Sheet(name, saved_at, rows, tuple(faults))


def _separator(text: str) -> str:
    """The separator of the first line, which has no commas or semicolons of its own."""
    first = text.partition("\n")[0]
    return max(SEPARATORS, key=first.count)


def _take(rows: dict[int, Row], record: Mapping[str, str]) -> str:
    """Add a row; returns what is wrong with it."""
    cells = {name: clean(unguard_cell(record.get(name) or "").strip()) for name in COLUMNS}
    if not ROW.fullmatch(cells["row"]):
        return f"row is {as_given(cells['row'])}, not the number of a row."
    number = int(cells["row"])
    if number in rows:
        return f"row {number} is there twice."
    rows[number] = row_from({**cells, "email": cells["email"].lower(), "reviewer": cells["reviewer"].lower()})
    return ""


def carried_over(rows: Sequence[Row], before: Mapping[int, Row]) -> tuple[list[Row], int]:
    """The rows with the decisions of an earlier list on the same access, and how many these are."""
    decided: dict[tuple[t.Any, ...], list[Row]] = {}
    for old in before.values():
        if old.decision:
            decided.setdefault((*old.whose, *old.access), []).append(old)
    found = []
    count = 0
    for row in rows:
        same = decided.get((*row.whose, *row.access))
        if same:
            row = filled(row, same.pop(0), row)
            count += 1
        found.append(row)
    return found, count


def filled(row: Row, *sources: Row) -> Row:
    """The row with what people filled in, from the first source that has it."""
    values: dict[str, t.Any] = {
        name: next(filter(None, (getattr(source, name) for source in sources)), "") for name in FILLED_IN
    }
    return replace(row, **values)
