# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who was invited by which invitation, remembered from run to run: an accepted one may have lost its address. No I/O.

The account and each of its teams count their invitations separately, so an invitation to a team is known by both ids.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from datetime import datetime, timedelta

from .._access.addresses import fold
from .._access.catalog import known_role
from .._access.model import KNOWN
from .._access.plan import parse_time
from .._http import errors
from .._http.errors import AccessError
from .._http.naming import option
from .facts import HONEYBADGER

LAG = timedelta(hours=1)  # longer than any list is behind
TEAM_ROLES = ("member", "admin")
FIELDS: dict[str, tuple[type, ...]] = {"email": (str,), "role": (str,), "invited_at": (str, type(None))}


Record = t.Mapping[str, t.Any]
Key = tuple[t.Optional[int], int]  # the team, None for the account, and the invitation


class Invited:
    """The invitations to an account and its teams: those of earlier runs and those that were seen in this one.

    ``kept``: the caller keeps such a record between runs.
    """

    def __init__(self, known: t.Mapping[str, t.Any] | None) -> None:
        self.kept = known is not None
        self._entries = {_identity(key): _entry(key, given) for key, given in (known or {}).items()}
        self._seen: set[Key] = set()

    def listed(self, pending: t.Iterable[Record], accepted: t.Iterable[Record], team: int | None = None) -> None:
        """Take the present list of the account or of a team. What it does not have is forgotten, unless this run sent it, and
        so is what needs no memory.

        Teams are not read in every run, so whoever accepted an invitation to one under another address is kept, too.
        """
        accepted = list(accepted)
        needed = {*self._seen, *((team, invitation["id"]) for invitation in accepted if not invitation.get("email"))}
        elsewhere = [
            one for one in accepted if team is not None and accepted_email(one) not in ("", self.address(one, team))
        ]
        self._entries = {key: entry for key, entry in self._entries.items() if key[0] != team or key in needed}
        for invitation in (*pending, *elsewhere):
            self.note(invitation, team)
            self._seen.discard((team, invitation["id"]))
        for invitation in accepted:
            key = (team, invitation["id"])
            if key in self._entries and accepted_email(invitation) not in ("", self._entries[key]["email"]):
                self._entries[key] = {**self._entries[key], "accepted_as": accepted_email(invitation)}

    def teams_listed(self, teams: t.Collection[int]) -> None:
        """Forget the invitations to teams that the account no longer has."""
        self._entries = {key: entry for key, entry in self._entries.items() if key[0] in (None, *teams)}

    def recent(self, now: datetime) -> list[int]:
        """The ids of invitations to the account of earlier runs that are so new that a list may not have them yet."""
        sent = {key: parse_time(entry["invited_at"]) for key, entry in self._entries.items() if key not in self._seen}
        return [identity for (team, identity), at in sent.items() if team is None and at and abs(now - at) < LAG]

    def sent(self, invitation: Record, team: int | None = None) -> None:
        """Take the answer to an invitation; a list that is read shortly after may not have it."""
        self._seen.add((team, invitation["id"]))
        self.note(invitation, team)

    def note(self, invitation: Record, team: int | None = None) -> None:
        """Remember one invitation, if it has an address."""
        if not invitation.get("email"):
            return
        created = invitation.get("created_at")
        self._entries[team, invitation["id"]] = {
            "email": fold(invitation["email"]),
            "role": TEAM_ROLES[bool(invitation.get("admin"))]
            if team is not None
            else known_role(invitation.get("role") or "", HONEYBADGER.roles),
            "invited_at": created if isinstance(created, str) and created else None,
        }

    def removed(self, identity: t.Any, team: int | None = None) -> None:
        """Forget a cancelled invitation."""
        self._entries.pop((team, identity), None)
        self._seen.discard((team, identity))

    def address(self, invitation: Record, team: int | None = None) -> str:
        """The folded address that was invited, empty if neither the invitation nor an earlier run tells."""
        return fold(invitation.get("email") or "") or self._entries.get((team, invitation["id"]), {}).get("email", "")

    def to_teams(self) -> set[str]:
        """The folded addresses that were invited to teams."""
        return {entry["email"] for (team, _identity), entry in self._entries.items() if team is not None}

    def public(self) -> dict[str, dict[str, t.Any]]:
        """What the next run needs: id, or ids of team and invitation → ``{email, role, invited_at}``, and ``accepted_as``."""
        keys = sorted(self._entries, key=lambda key: (key[0] or 0, key[1]))
        return {_text(key): dict(self._entries[key]) for key in keys}

    def public_of(self, identity: t.Any, team: int | None = None) -> dict[str, dict[str, t.Any]]:
        """The same of one invitation."""
        entry = self._entries.get((team, identity))
        return {_text((team, identity)): dict(entry)} if entry else {}


def accepted_email(invitation: Record) -> str:
    """The folded address under which an invitation was accepted, empty if it does not say."""
    return fold((invitation.get("accepted_by") or {}).get("email") or "")


def _text(key: Key) -> str:
    team, identity = key
    return str(identity) if team is None else f"{team}/{identity}"


def _identity(key: t.Any) -> Key:
    """The key of which this is the text."""
    team, slash, identity = str(key).rpartition("/")
    if all(part.isascii() and part.isdecimal() for part in ((team, identity) if slash else (identity,))):
        return (int(team) if slash else None), int(identity)
    raise _strange(key)


def _entry(key: t.Any, given: t.Any) -> dict[str, t.Any]:
    if not isinstance(given, dict) or not all(isinstance(given.get(name), kinds) for name, kinds in FIELDS.items()):
        raise _strange(key)
    accepted_as = {"accepted_as": fold(given["accepted_as"])} if isinstance(given.get("accepted_as"), str) else {}
    return {**{name: given[name] for name in FIELDS}, "email": fold(given["email"]), **accepted_as}


def _strange(key: t.Any) -> AccessError:
    return AccessError(
        errors.VALIDATION,
        f"{option(KNOWN)} has something other than the id of an invitation with email, role and invited_at at {str(key)[:80]!r}.",
        hint="Pass the dictionary that an earlier run returned under this name, unchanged.",
    )
