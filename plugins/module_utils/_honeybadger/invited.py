# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who was invited by which invitation, remembered from run to run: an accepted one may have lost its address. No I/O.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from datetime import datetime, timedelta

from .._access.addresses import fold
from .._access.catalog import known_role
from .._access.plan import parse_time
from .._http import errors
from .._http.errors import AccessError
from .._http.naming import option
from .facts import HONEYBADGER

KNOWN = "known_invitations"
LAG = timedelta(hours=1)  # longer than any list is behind
FIELDS: dict[str, tuple[type, ...]] = {"email": (str,), "role": (str,), "invited_at": (str, type(None))}


Record = t.Mapping[str, t.Any]


class Invited:
    """The invitations of an account, by id: those of earlier runs and those that were seen in this one.

    ``kept``: the caller keeps such a record between runs.
    """

    def __init__(self, known: t.Mapping[str, t.Any] | None) -> None:
        self.kept = known is not None
        self._entries = {_identity(key): _entry(key, given) for key, given in (known or {}).items()}
        self._seen: set[int] = set()

    def listed(self, pending: t.Iterable[Record], accepted: t.Iterable[Record]) -> None:
        """Take the present list. What it does not have is forgotten, unless this run sent it, and so is what needs no memory."""
        needed = {*self._seen, *(invitation["id"] for invitation in accepted if not invitation.get("email"))}
        self._entries = {key: entry for key, entry in self._entries.items() if key in needed}
        for invitation in pending:
            self.note(invitation)
            self._seen.discard(invitation["id"])

    def recent(self, now: datetime) -> list[int]:
        """The ids of invitations of earlier runs that are so new that a list may not have them yet."""
        sent = {key: parse_time(entry["invited_at"]) for key, entry in self._entries.items() if key not in self._seen}
        return [key for key, at in sent.items() if at and abs(now - at) < LAG]

    def sent(self, invitation: Record) -> None:
        """Take the answer to an invitation; a list that is read shortly after may not have it."""
        self._seen.add(invitation["id"])
        self.note(invitation)

    def note(self, invitation: Record) -> None:
        """Remember one invitation, if it has an address."""
        if not invitation.get("email"):
            return
        self._entries[invitation["id"]] = {
            "email": fold(invitation["email"]),
            "role": known_role(invitation.get("role") or "", HONEYBADGER.roles),
            "invited_at": invitation.get("created_at") or None,
        }

    def removed(self, identity: t.Any) -> None:
        """Forget a cancelled invitation."""
        self._entries.pop(identity, None)
        self._seen.discard(identity)

    def address(self, invitation: Record) -> str:
        """The folded address that was invited, empty if neither the invitation nor an earlier run tells."""
        return fold(invitation.get("email") or "") or self._entries.get(invitation["id"], {}).get("email", "")

    def public(self) -> dict[str, dict[str, t.Any]]:
        """What the next run needs: id → ``{email, role, invited_at}``."""
        return {str(key): dict(entry) for key, entry in sorted(self._entries.items())}


def _identity(key: t.Any) -> int:
    if str(key).isascii() and str(key).isdecimal():
        return int(key)
    raise _strange(key)


def _entry(key: t.Any, given: t.Any) -> dict[str, t.Any]:
    if not isinstance(given, dict) or not all(isinstance(given.get(name), kinds) for name, kinds in FIELDS.items()):
        raise _strange(key)
    return {**{name: given[name] for name in FIELDS}, "email": fold(given["email"])}


def _strange(key: t.Any) -> AccessError:
    return AccessError(
        errors.VALIDATION,
        f"{option(KNOWN)} has something other than the id of an invitation with email, role and invited_at at {str(key)[:80]!r}.",
        hint="Pass the dictionary that an earlier run returned under this name, unchanged.",
    )
