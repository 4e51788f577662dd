# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a review is given: its folder and files, its reviewers, and what a roster says of people.

This file is private to the collection.
"""

from __future__ import annotations

import os
import typing as t
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from ...module_utils._access.addresses import check_email, few, fold
from ...module_utils._access.model import PRESENT
from ...module_utils._http.errors import AccessError
from ...module_utils._roster import At, addresses_of, for_service
from ...module_utils._services import SERVICES
from .._host.variables import Refused, Variables
from .rows import Known, Row, is_among


def folder_of(variables: Variables) -> Path:
    """The folder of the review: ``review_dir``, else that of the first filled-in file."""
    given = variables.text("review_dir")
    if given is None:
        if variables.get("review_file") is None:
            raise Refused(
                "Set review_dir to the folder for the review, or review_file to the files that were filled in."
            )
        first = Path(os.path.abspath(os.path.expanduser(paths_of(variables)[0])))
        return first if first.is_dir() else first.parent
    return Path(os.path.abspath(os.path.expanduser(given)))


def paths_of(variables: Variables) -> list[str]:
    """The paths in ``review_file``: one, or a list. A path may have spaces and commas, so text is one path."""
    given = variables.get("review_file")
    if isinstance(given, str) and given.lstrip().startswith("["):
        given = variables.items("review_file")
    paths = list(given) if isinstance(given, (list, tuple)) else [given]
    if not paths or not all(isinstance(path, str) and path.strip() for path in paths):
        raise Refused("review_file must be a file, a list of files, or a folder.")
    return [path.strip() for path in paths]


def known_of(variables: Variables, host: str, people: Sequence[Mapping[str, t.Any]], lines: Sequence[At]) -> Known:
    """What is known of the people on a host; ``lines`` are their places in a roster."""
    mains: dict[str, str] = {}
    because: dict[tuple[str, str], str] = {}
    reviewers: dict[tuple[str, str], str] = {}
    for person, at in zip(people, lines):
        main = fold(person["email"])
        mains.update(dict.fromkeys(addresses_of(person), main))
        for service in SERVICES:
            if any(one["state"] == PRESENT for one in for_service([dict(person)], service, PRESENT, None)):
                because[main, service] = str(
                    person.get("because") or (f"{at.file}, line {at.line}" if at.file else "declared")
                )
                if person.get("reviewer"):
                    reviewers[main, service] = fold(str(person["reviewer"]))
    return Known(mains, because, reviewers, _reviewer_of(variables, host))


def _reviewer_of(variables: Variables, host: str) -> str:
    """The reviewer of all on a host whose groups have none."""
    given = (variables.mapping("review_reviewers") or {}).get(host)
    if given is None or not str(given).strip():
        return ""
    try:
        return check_email(str(given))
    except AccessError as fault:
        raise Refused(f"review_reviewers, {host}: {fault.sentence}") from None


def told(rows: Sequence[Row], notes: Sequence[str], files: Sequence[str], carried: int) -> list[str]:
    """What was written and what is next, in a few lines."""
    targets = len({row.place for row in rows})
    reviewers = Counter(row.reviewer or "nobody yet" for row in rows)
    shares = few([f"{name} {count}" for name, count in sorted(reviewers.items())], 10)
    undecided = sum(not row.decision for row in rows)
    lines = [
        f"Access to review: {len(rows)} rows of {targets} target{'' if targets == 1 else 's'}; reviewers: {shares}"
    ]
    if carried:
        lines.append(
            f"{carried} rows are as they were decided before and keep their decision; {undecided} are left to decide."
        )
    own = [
        f"row {row.row} ({row.email})" for row in rows if is_among(row.reviewer, (row.person, row.email, *row.others))
    ]
    if own:
        lines.append(f"Nobody decides about their own access. Name another reviewer in {few(own, 10)}.")
    lines += [f"Note: {note}" for note in notes]
    lines += [f"Written: {path}" for path in files]
    return [
        *lines,
        "Fill in the column decision, in the page or in a spreadsheet, and run this again with review_file.",
    ]
