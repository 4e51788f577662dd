# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Invitations that a service may not list, remembered from run to run. Pure: no I/O.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace
from datetime import datetime, timezone

from . import _errors as errors
from ._errors import AccessError
from ._model import INVITATION, PENDING, Grant, check_email, fold

KINDS: dict[str, tuple[type, ...]] = {"id": (str, int, type(None)), "role": (str,), "invited_at": (str, type(None))}


@dataclass(frozen=True)
class Entry:
    """One invitation as remembered.

    ``id`` is None where the service did not tell it, ``role`` where it is not known which of two it is, and
    ``accepted_as`` is the address under which the invitation was accepted, where that is another one.
    """

    id: str | int | None
    role: str | None
    invited_at: str | None
    accepted_as: str | None = None

    @classmethod
    def from_public(cls, email: str, given: t.Any) -> Entry:
        """An entry as this collection returned it; anything else is refused before it is relied on."""
        if not isinstance(given, dict) or not all(
            key in given and isinstance(given[key], kinds) for key, kinds in KINDS.items()
        ):
            raise AccessError(
                errors.VALIDATION,
                f"known_invitations holds something else than id, role and invited_at for {email[:80]!r}.",
                hint="Hand in the dictionary that an earlier run returned under this name, unchanged.",
            )
        return cls(given["id"], given["role"] or None, given["invited_at"], given.get("accepted_as"))

    def public(self) -> dict[str, t.Any]:
        """``{id, role, invited_at}``, and ``accepted_as`` where there is one; a role that is not known is empty."""
        shown = {"id": self.id, "role": self.role or "", "invited_at": self.invited_at}
        return {**shown, "accepted_as": self.accepted_as} if self.accepted_as else shown

    def grant(self, email: str, record: t.Mapping[str, t.Any] | None = None) -> Grant:
        """What the person has; ``record`` is what the service said of it, if anything."""
        shown = {
            "id": self.id,
            "email": email,
            "role": self.role or "",
            "created_at": self.invited_at,
            "status": PENDING,
        }
        return Grant(
            id=self.id,
            email=email,
            role=self.role or "",
            kind=INVITATION,
            since=self.invited_at,
            record={**shown, **(record or {})},
        )


class Ledger:
    """The invitations of this run and of earlier ones that no list has accounted for yet.

    ``kept``: the caller keeps such a record from run to run. ``hides_pending``: an invitation that was sent is seen to
    be missing from the list, so that a missing one proves nothing.
    """

    def __init__(self, known: t.Mapping[str, t.Any] | None) -> None:
        self.kept = known is not None
        self.hides_pending = False
        self._entries = {
            fold(check_email(str(email))): Entry.from_public(str(email), given)
            for email, given in (known or {}).items()
        }
        self._unclear: set[str] = set()
        self._missing: set[str] = set()

    def public(self) -> dict[str, dict[str, t.Any]]:
        """What the next run wants to know: folded e-mail → ``{id, role, invited_at}``."""
        return {email: entry.public() for email, entry in self._entries.items()}

    def merged(self, listed: t.Sequence[Grant]) -> list[Grant]:
        """What is listed now, and the invitations that the list does not show.

        Whoever is listed counts as accepted, but for those whose invitation was sent a moment ago with no clear answer.
        An invitation that was not found a moment ago is forgotten, now that the list can tell what became of it.
        """
        world = [replace(access, kind=INVITATION) if access.email in self._unclear else access for access in listed]
        places = {str(access.id): place for place, access in enumerate(world)}
        shown = {access.email for access in world}
        hidden: list[Grant] = []
        for email, entry in list(self._entries.items()):
            place = places.get(str(entry.id))
            gone = entry.accepted_as or email in self._missing
            if email in shown or (place is None and gone):
                del self._entries[email]  # nothing to remember any more: listed as invited, or accepted and gone since
            elif place is not None:
                member = world[place] = replace(world[place], also=(*world[place].also, email))
                self._entries[email] = replace(entry, accepted_as=member.email)
            else:
                hidden.append(entry.grant(email))
        self._unclear.clear()
        self._missing.clear()
        self.hides_pending = self.hides_pending or bool(hidden)
        return world + hidden

    def unclear(self, email: str) -> None:
        """An invitation is under way, and it is not known whether it is sent."""
        self._unclear.add(fold(email))

    def sent(self, email: str, identity: str | int, role: str, record: t.Mapping[str, t.Any]) -> Grant:
        """An invitation was sent; ``record`` is the service's answer."""
        self._unclear.discard(fold(email))
        entry = self._entries[fold(email)] = Entry(identity, role, record.get("created_at") or _now())
        return entry.grant(fold(email), {"email": email, **record})

    def taken(self, email: str, role: str) -> Grant:
        """An invitation was sent, now or before, whose id the service did not tell."""
        return self._entries.setdefault(fold(email), Entry(None, role, _now())).grant(fold(email))

    def changed(self, email: str, role: str | None) -> None:
        """The role of an invitation was changed; None where it is not known whether that took effect."""
        if email in self._entries:  # no list will tell which it is
            self._entries[email] = replace(self._entries[email], role=role)

    def missing(self, addresses: t.Iterable[str]) -> None:
        """The service does not know what the person had; the next list tells what became of it."""
        self._missing.update(addresses)

    def removed(self, addresses: t.Iterable[str]) -> None:
        """The person has no invitation any more."""
        for email in addresses:
            self._entries.pop(email, None)


def _now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
