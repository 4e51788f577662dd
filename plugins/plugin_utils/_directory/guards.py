# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a read of a directory must not be, before anything follows from it. No I/O.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ...module_utils._access.addresses import few
from ...module_utils._access.guards import check_max_removals, most_removals
from ...module_utils._http.errors import GUARD_REFUSED, AccessError
from ...module_utils._http.naming import worded
from .model import NO_ADDRESS, Reading
from .remember import Remembered, check_owners


@dataclass(frozen=True)
class Limits:
    """The guards of a read.

    ``max_drop``: by how much a group, and all together, may shrink: a count or a share of the last read.
    ``allow_empty``: the groups, as they are asked for, that may have nobody. ``need_address``: refuse a reading in which
    somebody active has no address.
    """

    min_people: int = 1
    max_drop: str = "25%"
    allow_empty: frozenset[str] = frozenset()
    need_address: bool = True


def guard(reading: Reading, known: Remembered, limits: Limits, settled: t.Collection[str] = ()) -> None:
    """Raise ``guard_refused`` with every reason against a reading. ``settled``: see :func:`check_owners`."""
    reasons = [*_empty(reading, limits), *_without_address(reading, limits), *_shrunk(reading, known, limits)]
    if len(reading.people) < limits.min_people:
        reasons.append(f"it has {_people(len(reading.people))}, fewer than min_people ({limits.min_people})")
    if reasons:
        raise AccessError(
            GUARD_REFUSED,
            f"The directory was read, but nothing follows from it: {'; '.join(reasons)}.",
            hint="Check what the account of the directory may see. If it is right, raise max_drop, lower min_people, or set "
            "allow_empty at the group.",
        )
    check_owners(reading, known, settled)


def check_max_drop(text: str) -> str:
    """Return a valid ``max_drop``, or raise ``validation``."""
    try:
        return check_max_removals(text)
    except AccessError as error:
        error.msg = worded(error.msg, lambda _option: "max_drop")
        raise


def _empty(reading: Reading, limits: Limits) -> t.Iterator[str]:
    for group in reading.groups:
        if group.people or group.asked in limits.allow_empty:
            continue
        left_out = [item.reason for item in reading.left_out if group.asked in item.groups]
        why = f" ({_counted(left_out)} of its members)" if left_out else ", or hides its members"
        yield f"the group {group.name} has nobody to give access to{why}"


def _without_address(reading: Reading, limits: Limits) -> list[str]:
    labels = [item.label for item in reading.left_out if item.reason == NO_ADDRESS]
    if not labels or not limits.need_address:
        return []
    are = "is" if len(labels) == 1 else "are"
    return [f"{_people(len(labels))} in its groups {are} active without a usable address ({few(labels)})"]


def _shrunk(reading: Reading, known: Remembered, limits: Limits) -> t.Iterator[str]:
    for group in reading.groups:
        if group.asked not in limits.allow_empty or group.people:
            yield from _fewer(f"the group {group.name} has", group.people, known.groups.get(group.id, 0), limits)
    if set(known.groups) <= {group.id for group in reading.groups}:  # else the roster itself names fewer groups
        yield from _fewer("all its groups have", len(reading.people), known.total, limits)


def _fewer(who: str, now: int, last: int, limits: Limits) -> t.Iterator[str]:
    if last - now > most_removals(limits.max_drop, last):
        yield f"{who} {_people(now)} and had {last} at the last read, which is more than max_drop ({limits.max_drop}) allows"


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"


def _counted(reasons: t.Sequence[str]) -> str:
    return ", ".join(f"{reasons.count(reason)} {reason.replace('_', ' ')}" for reason in dict.fromkeys(reasons))
