# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The list as a file: what a spreadsheet does to it on the way is undone, and nothing in it is a formula."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest

from ansible_collections.honeyops.access.plugins.plugin_utils._review.rows import COLUMNS, Row, digest
from ansible_collections.honeyops.access.plugins.plugin_utils._review.sheet import (
    carried_over,
    from_json,
    read,
    to_csv,
    to_json,
)

AT = "2026-03-09T08:30:00Z"
HOSTILE = Row(
    1, "payments", "honeycomb", "eve@example.com", '=HYPERLINK("http://x")', "member", "active", "-1;+2", keys="@sum;=1"
)
PLAIN = Row(2, "payments", "honeybadger", "bob@example.com", "Bób, the\u2028Builder", "Admin", "active")


def as_saved(text: str, separator: str, encoding: str) -> bytes:
    """The file as a spreadsheet saves it, with an empty line at the end."""
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline="")))
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator="\r\n").writerows([*rows, [""] * len(rows[0])])
    return out.getvalue().encode(encoding)


@pytest.mark.parametrize(
    ("separator", "encoding"), [(",", "utf-8"), (";", "utf-8-sig"), ("\t", "utf-16"), (";", "utf-16")]
)
def test_a_file_comes_back_from_a_spreadsheet(separator: str, encoding: str) -> None:
    sheet = read("review.csv", as_saved(to_csv([HOSTILE, PLAIN]), separator, encoding), AT)
    assert sheet.faults == ()
    assert sheet.rows[1] == HOSTILE
    assert (sheet.rows[2].email, sheet.rows[2].access) == (PLAIN.email, PLAIN.access)


def test_no_cell_is_a_formula() -> None:
    text = to_csv([HOSTILE])
    assert text.startswith("\ufeff" + ",".join(COLUMNS))
    cells = next(csv.reader(io.StringIO(text.splitlines()[1])))
    assert not [cell for cell in cells for part in cell.split(";") if part.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "has no column row, host, service"),
        (b"a,b\n1,2\n", "has no column row"),
        (b"\xff\xfe\x00", "is not UTF-8"),
        (to_csv([PLAIN]).encode().replace(b"\n2,", b"\n=2,"), "line 2: row is '=2', not the number of a row."),
        (
            to_csv([PLAIN]).encode().replace(b"\n2,", b"\n%s," % (b"x" * 5000)),
            f"row is '{'x' * 60}...', not the number",
        ),
        (to_csv([PLAIN, PLAIN]).encode(), "line 3: row 2 is there twice."),
    ],
)
def test_what_is_no_list_is_named(data: bytes, fault: str) -> None:
    assert fault in read("review.csv", data, AT).faults[0]


def test_the_list_for_programs_shows_a_changed_row() -> None:
    text = to_json([HOSTILE, PLAIN], AT, "1.0.0", [], [])
    assert from_json(text.encode()) == (AT, [HOSTILE, PLAIN])
    assert json.loads(text)["digest"] == digest([HOSTILE, PLAIN])
    with pytest.raises(ValueError, match="digest"):
        from_json(text.replace("Admin", "Owner").encode())
    for data in (b"", b"[]", b"{}", b"[" * 100_000):
        with pytest.raises(ValueError):  # noqa: PT011
            from_json(data)


def test_a_decision_is_carried_over_to_the_same_access_only() -> None:
    before = replace(PLAIN, row=7, decision="keep", comment="asked", reviewer="lead@example.com", since="then")
    rows, count = carried_over([HOSTILE, PLAIN], {7: before, 8: replace(HOSTILE, row=8, role="admin", decision="keep")})
    assert count == 1
    assert [(row.row, row.decision, row.comment, row.reviewer) for row in rows] == [
        (1, "", "", ""),
        (2, "keep", "asked", "lead@example.com"),
    ]
