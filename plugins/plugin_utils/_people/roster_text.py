# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What rosters of all formats share: the text in their bytes, and places in it.

This file is private to the collection.
"""

from __future__ import annotations

import math
import re
import typing as t

from ...module_utils._http.outside import HIDDEN, as_given
from ...module_utils._roster import At, Fault, Located, Odd

MAX_BYTES = 32 * 2**20
MAX_DEPTH = 10  # a person needs four levels
_UNPRINTABLE = re.compile(f"[{HIDDEN}](?<![\t\n\r])")  # also in a comment, which could say what is not there
_MERGE = re.compile(r"^(<{7}|>{7})( .*)?\r?$", re.MULTILINE)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Unreadable(Exception):
    """A fault after which the rest of a file cannot be read."""

    def __init__(self, at: At, reason: str) -> None:
        super().__init__(reason)
        self.fault = Fault(at, reason)


def text_of(data: bytes, file: str) -> str:
    """The text of a file in UTF-8, with or without a byte order mark, or in UTF-16 with one."""
    if len(data) > MAX_BYTES:
        raise Unreadable(At(1, file=file), f"the file is larger than {MAX_BYTES // 2**20} MiB.")
    if data.startswith(_UTF16):
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise Unreadable(At(line, file=file), "this is not UTF-8; save the file as UTF-8.") from None
    unprintable = _UNPRINTABLE.search(text)
    if unprintable:
        at = place_of(text, unprintable.start(), file)
        raise Unreadable(at, f"there is a control character, U+{ord(unprintable[0]):04X}; take it out.")
    return text


def refuse_merge_markers(text: str, file: str, faults: list[Fault]) -> None:
    """Name every mark that a merge left where two versions of the file differ; nothing else can be told of such a file."""
    marks = [
        Fault(
            place_of(text, mark.start(), file), f"there is a merge marker, {mark[1]}: choose one of the two versions."
        )
        for mark in _MERGE.finditer(text)
    ]
    if marks:
        faults += marks[:-1]
        raise Unreadable(*marks[-1])


def place_of(text: str, index: int, file: str) -> At:
    """The place of a character."""
    return At(text.count("\n", 0, index) + 1, index - (text.rfind("\n", 0, index) + 1) + 1, file)


def number_in(text: str) -> t.Any:
    """A number with a fraction; a placeholder for what is none, such as infinity."""
    try:
        number = float(text)
    except ValueError:  # in YAML, 1:30.5 is one, too
        number = math.nan
    return number if math.isfinite(number) else Odd.of("an odd number", text)


def put(parent: Located, key: str, at: At, value: t.Any, faults: list[Fault]) -> None:
    """Add a key to a mapping, or a fault if it is there already."""
    if key in parent:
        faults.append(Fault(at, f"{as_given(key)} is there twice, first in line {parent.lines[key].line}."))
    else:
        parent[key] = value
        parent.lines[key] = at
