# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What changed at a target between two reads. Pure; used by the report and the event source.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence

from ...module_utils._access.model import ACTIVE, PENDING

JOINED, LEFT = "joined", "left"
INVITED, INVITATION_ACCEPTED, INVITATION_CANCELLED = "invited", "invitation_accepted", "invitation_cancelled"
ROLE_CHANGED = "role_changed"
KEY_CREATED, KEY_DISABLED = "key_created", "key_disabled"
TYPES = (
    JOINED,
    LEFT,
    INVITED,
    INVITATION_ACCEPTED,
    INVITATION_CANCELLED,
    ROLE_CHANGED,
    KEY_CREATED,
    KEY_DISABLED,
)


Seat = Mapping[str, t.Any]
"""What one person has: ``id``, ``email``, ``role``, ``status``, and if known ``also`` and ``invitations`` (ids)."""


Name = tuple[str, t.Any]
"""What identifies a person: ``id`` or ``email``, and its value."""


class Change(t.NamedTuple):
    """One change, from ``before`` to ``after``; None for nothing."""

    type: str
    email: str
    before: dict[str, t.Any] | None
    after: dict[str, t.Any] | None


def changes(before: Sequence[Seat], after: Sequence[Seat]) -> list[Change]:
    """The changes from one read to the next, by person.

    A seat is what one seat was before: the one with its id, or else one of the same person and status.
    """
    old = _Seats(before)
    found: list[Change] = []
    rest = list(after)
    for names in (_ids, _addresses):
        left = []
        for seat in rest:
            was = old.take(seat["status"], names(seat))
            if was is None:
                left.append(seat)
            elif was["role"] != seat["role"]:
                found.append(Change(ROLE_CHANGED, seat["email"], _view(was), _view(seat)))
        rest = left
    found += [_arrival(old, seat) for seat in rest]
    accepted = {identity for seat in after for identity in seat.get("invitations", ())}
    for was in old.left():
        if was["status"] == ACTIVE:
            found.append(Change(LEFT, was["email"], _view(was), None))
        elif was["id"] not in accepted:
            found.append(Change(INVITATION_CANCELLED, was["email"], _view(was), None))
    return sorted(found, key=lambda change: (change.email, TYPES.index(change.type)))


def _arrival(old: _Seats, seat: Seat) -> Change:
    """How somebody got a seat that was not there before."""
    if seat["status"] == PENDING:
        return Change(INVITED, seat["email"], None, _view(seat))
    invited = [("id", identity) for identity in seat.get("invitations", ())]
    was = old.take(PENDING, [*invited, *_addresses(seat)])
    if was is None:
        return Change(JOINED, seat["email"], None, _view(seat))
    return Change(INVITATION_ACCEPTED, seat["email"], _view(was), _view(seat))


class _Seats:
    """Seats that are found by status and name, each once."""

    def __init__(self, seats: Sequence[Seat]) -> None:
        self._left = {id(seat): seat for seat in seats}
        self._by: dict[tuple[t.Any, ...], list[Seat]] = {}
        for seat in seats:
            for name in (*_ids(seat), *_addresses(seat)):
                self._by.setdefault((seat["status"], *name), []).append(seat)

    def take(self, status: str, names: Sequence[Name]) -> Seat | None:
        """A seat with one of these names that was not taken yet."""
        found = (seat for name in names for seat in self._by.get((status, *name), ()) if id(seat) in self._left)
        seat = next(found, None)
        return self._left.pop(id(seat)) if seat is not None else None

    def left(self) -> list[Seat]:
        """The seats that were not taken."""
        return list(self._left.values())


def _ids(seat: Seat) -> list[Name]:
    """The id, which is unique only among seats of one status."""
    return [("id", seat["id"])] if seat["id"] is not None else []


def _addresses(seat: Seat) -> list[Name]:
    return [("email", address) for address in (seat["email"], *seat.get("also", ())) if address]


def key_changes(before: Mapping[str, Seat], after: Mapping[str, Seat]) -> list[Change]:
    """New keys, and keys that no longer work. A key has ``name``, ``type``, ``disabled`` and ``email``."""
    found = []
    for identity, key in after.items():
        was = before.get(identity)
        if was is None:
            found.append(Change(KEY_CREATED, key["email"], None, dict(key)))
        elif key["disabled"] and not was["disabled"]:
            found.append(Change(KEY_DISABLED, key["email"], dict(was), dict(key)))
    for identity, was in before.items():
        if identity not in after and not was["disabled"]:
            found.append(Change(KEY_DISABLED, was["email"], dict(was), None))
    return found


def _view(seat: Seat) -> dict[str, t.Any]:
    return {"id": seat["id"], "role": seat["role"], "status": seat["status"]}
