# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What changed at a target between two reads. Pure; used by the report and the event source.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping, Sequence

from ..module_utils._model import ACTIVE, PENDING

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


class Change(t.NamedTuple):
    """One change, from ``before`` to ``after``; None for nothing."""

    type: str
    email: str
    before: dict[str, t.Any] | None
    after: dict[str, t.Any] | None


def changes(before: Sequence[Seat], after: Sequence[Seat]) -> list[Change]:
    """The changes from one read to the next, by person."""
    old, new = _Seats(before), _Seats(after)
    found: list[Change] = []
    kept: set[int] = set()
    for seat in after:
        was = old.of(seat)
        kept.update(id(item) for item in was.values())
        found += _change(was, seat, new)
    for seat in before:
        if id(seat) not in kept and not new.accepted(seat):
            found.append(
                Change(LEFT if seat["status"] == ACTIVE else INVITATION_CANCELLED, seat["email"], _view(seat), None)
            )
    return sorted(found, key=lambda change: (change.email, TYPES.index(change.type)))


def _change(was: dict[str, Seat], seat: Seat, new: _Seats) -> Iterator[Change]:
    same = was.get(seat["status"])
    if same is not None:
        if same["role"] != seat["role"]:
            yield Change(ROLE_CHANGED, seat["email"], _view(same), _view(seat))
        if seat["status"] == ACTIVE and PENDING in was and not new.has(was[PENDING]) and not new.accepted(was[PENDING]):
            yield Change(INVITATION_CANCELLED, was[PENDING]["email"], _view(was[PENDING]), None)
    elif seat["status"] == PENDING:
        if ACTIVE in was and not new.has(was[ACTIVE]):
            yield Change(LEFT, was[ACTIVE]["email"], _view(was[ACTIVE]), None)
        yield Change(INVITED, seat["email"], None, _view(seat))
    elif PENDING in was:
        yield Change(INVITATION_ACCEPTED, seat["email"], _view(was[PENDING]), _view(seat))
    else:
        yield Change(JOINED, seat["email"], None, _view(seat))


class _Seats:
    """Finds the seat of a person under any of their addresses and ids."""

    def __init__(self, seats: Sequence[Seat]) -> None:
        self._by: dict[tuple[t.Any, ...], Seat] = {}
        self._accepted = {identity for seat in seats for identity in seat.get("invitations", ())}
        for seat in seats:
            for name in _names(seat):
                self._by.setdefault((seat["status"], *name), seat)

    def of(self, seat: Seat) -> dict[str, Seat]:
        """The seats that the same person had, by status."""
        found = {}
        for status in (ACTIVE, PENDING):
            invited = [("id", identity) for identity in seat.get("invitations", ())] if status == PENDING else []
            names = [name for name in _names(seat) if name[0] != "id" or seat["status"] == status]
            held = next((self._by[(status, *name)] for name in (*names, *invited) if (status, *name) in self._by), None)
            if held is not None:
                found[status] = held
        return found

    def has(self, seat: Seat) -> bool:
        """Whether the person has a seat of the same status."""
        return seat["status"] in self.of(seat)

    def accepted(self, seat: Seat) -> bool:
        """Whether somebody here accepted this pending seat."""
        return seat["status"] == PENDING and seat["id"] in self._accepted


def _names(seat: Seat) -> list[tuple[str, t.Any]]:
    """What identifies a person: addresses, then the id, which is unique only among seats of one status."""
    addresses = [("email", address) for address in (seat["email"], *seat.get("also", ())) if address]
    return [*addresses, ("id", seat["id"])] if seat["id"] is not None else addresses


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


def report_changes(before: Mapping[str, t.Any], after: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """What changed between two reports at the targets that both could read."""
    shared = _read(before) & _read(after)
    was, now = _by_target(before), _by_target(after)
    findings = []
    for host, service in sorted(shared):
        old, new = was.get((host, service), ([], {})), now.get((host, service), ([], {}))
        keys = (
            key_changes(old[1], new[1])
            if _keys_read(before, host, service) and _keys_read(after, host, service)
            else []
        )
        findings += [
            {"type": change.type, "host": host, "service": service, **change._asdict()}
            for change in [*changes(old[0], new[0]), *keys]
        ]
    return {"since": before["generated_at"], "findings": findings}


def _read(report: Mapping[str, t.Any]) -> set[tuple[str, str]]:
    return {(target["host"], target["service"]) for target in report["targets"] if target["status"] == "read"}


def _keys_read(report: Mapping[str, t.Any], host: str, service: str) -> bool:
    return any(
        target["keys_read"] for target in report["targets"] if (target["host"], target["service"]) == (host, service)
    )


def _by_target(report: Mapping[str, t.Any]) -> dict[tuple[str, str], tuple[list[Seat], dict[str, Seat]]]:
    found: dict[tuple[str, str], tuple[list[Seat], dict[str, Seat]]] = {}
    for person in report["people"]:
        for access in person["access"]:
            seats, keys = found.setdefault((access["host"], access["service"]), ([], {}))
            seats.append({**access, "email": person["email"], "also": person["addresses"]})
            for key in access["keys"]:
                keys[key["id"]] = {
                    **{name: key[name] for name in ("id", "name", "type", "disabled")},
                    "email": person["email"],
                }
    return found


def _view(seat: Seat) -> dict[str, t.Any]:
    return {"id": seat["id"], "role": seat["role"], "status": seat["status"]}
