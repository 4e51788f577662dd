# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rosters in JSON: mappings and lists with their places.

This file is private to the collection.
"""

from __future__ import annotations

import bisect
import json
import re
import typing as t

from ...module_utils._roster import At, Fault, Located, LocatedList, Odd
from .roster_text import MAX_DEPTH, Unreadable, number_in, put

_BLANKS = re.compile(r"[ \t\n\r]*")


def read_json(text: str, faults: list[Fault], file: str) -> t.Any:
    """The document in JSON text."""
    decoder = json.JSONDecoder(parse_int=_json_int, parse_float=number_in, parse_constant=_no_constant)
    try:
        decoder.decode(text)
    except json.JSONDecodeError as error:
        raise Unreadable(At(error.lineno, error.colno, file), f"this is not JSON: {error.msg}.") from None
    except ValueError as error:
        raise Unreadable(At(1, file=file), f"this is not JSON: {error}.") from None
    except RecursionError:
        raise Unreadable(At(1, file=file), "this is nested too deeply for a roster.") from None
    document = _Walk(text, decoder, faults, file).value(0, 0)[0]
    return Odd("empty") if document is None else document  # which YAML may be, and JSON is not by mistake


def _json_int(digits: str) -> t.Any:
    return int(digits) if len(digits) < 19 else Odd("an odd number")


def _no_constant(name: str) -> t.NoReturn:
    raise ValueError(f"{name} is not a JSON value")


class _Walk:
    """Reads text that is known to be JSON."""

    def __init__(self, text: str, decoder: json.JSONDecoder, faults: list[Fault], file: str) -> None:
        self._text = text
        self._file = file
        self._scalar = decoder.raw_decode
        self._faults = faults
        self._breaks = [match.start() for match in re.finditer("\n", text)]

    def value(self, at: int, depth: int) -> tuple[t.Any, int]:
        """The value that begins here, blanks aside, and where it ends."""
        at = self._skip(at)
        if self._text[at] not in "[{":
            return self._scalar(self._text, at)
        if depth == MAX_DEPTH:
            raise Unreadable(self._line(at), "this is nested too deeply for a roster.")
        into: Located | LocatedList = Located() if self._text[at] == "{" else LocatedList()
        at = self._skip(at + 1)
        while self._text[at] not in "]}":
            at = self._skip(at + (self._text[at] == ","))
            line = self._line(at)
            if isinstance(into, Located):
                key, at = self._scalar(self._text, at)
                item, at = self.value(self._skip(at) + 1, depth + 1)
                put(into, key, line, item, self._faults)
            else:
                item, at = self.value(at, depth + 1)
                into.add(item, line)
            at = self._skip(at)
        return into, at + 1

    def _skip(self, at: int) -> int:
        return _BLANKS.match(self._text, at).end()  # type: ignore[union-attr]  # it matches nothing, too

    def _line(self, at: int) -> At:
        line = bisect.bisect_left(self._breaks, at)
        return At(line + 1, at - (self._breaks[line - 1] if line else -1), self._file)
