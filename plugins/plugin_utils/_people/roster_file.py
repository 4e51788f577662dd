# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rosters as files: reads YAML, JSON and CSV into a document with places, and reports every fault.

This file is private to the collection.
"""

from __future__ import annotations

import contextlib
import os
import typing as t

from ...module_utils._access.addresses import check_email
from ...module_utils._roster import At, Fault, in_order
from .document import Document, document_of
from .roster_csv import read_csv
from .roster_json import read_json
from .roster_text import Unreadable, refuse_merge_markers, text_of
from .roster_yaml import read_yaml

MAX_FAULTS = 1000
ENDINGS = (".yml", ".yaml", ".json", ".csv")


class File(t.NamedTuple):
    """A file of a roster: its name, whose ending says how to read it, its content, and what messages call it."""

    name: str
    data: bytes
    shown: str = ""


def load(
    files: t.Sequence[File],
    check_main: t.Callable[[str], str] = check_email,
    headers: t.Mapping[str, str] | None = None,
    whole: bool = True,
) -> tuple[Document, list[Fault]]:
    """The roster in one or several files, and every fault; if there is one, the roster must not be used.

    ``check_main`` checks main addresses. ``headers`` says for our names of columns what a CSV of another system calls
    them. ``whole``: these are all the files of the roster.
    """
    faults: list[Fault] = []
    parts = []
    for file in files:
        with _noted(faults):
            parts.append(_read(file, faults, headers or {}))
    document = document_of(parts, faults, check_main, whole=whole and len(parts) == len(files))
    return document, _bounded(in_order(faults))


@contextlib.contextmanager
def _noted(faults: list[Fault]) -> t.Iterator[None]:
    try:
        yield
    except Unreadable as error:
        faults.append(error.fault)


def _read(file: File, faults: list[Fault], headers: t.Mapping[str, str]) -> t.Any:
    ending = os.path.splitext(file.name)[1].lower()
    if ending not in ENDINGS:
        says = f"the name must end in one of {', '.join(ENDINGS)}, which says how to read it."
        raise Unreadable(At(1, file=file.shown), says)
    text = text_of(file.data, file.shown)
    refuse_merge_markers(text, file.shown, faults)
    if ending == ".csv":
        return read_csv(text, faults, file.shown, headers)
    return (read_json if ending == ".json" else read_yaml)(text, faults, file.shown)


def _bounded(faults: list[Fault]) -> list[Fault]:
    """A limited number of faults, and how many more there are, since one mistake can be in every line."""
    rest = faults[MAX_FAULTS:]
    more = [Fault(rest[0].at, f"and {len(rest)} more faults from here on.")] if rest else []
    return faults[:MAX_FAULTS] + more
