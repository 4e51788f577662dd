# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Invitations remembered between runs: who may be missing from a list, and who has accepted. Pure: no I/O.

This file is private to the collection.
"""

from __future__ import annotations

import time
import typing as t
from dataclasses import dataclass, replace
from datetime import datetime, timezone

from .._http import errors
from .._http.errors import AccessError
from .._http.naming import option
from .._http.outside import armoured_text, shown
from .addresses import check_email, fold
from .model import INVITATION, KNOWN, MEMBERSHIP, PENDING, Grant
from .plan import parse_time

PENDING_WORDS = ("pending", "invited")
SETTLING = 60.0
"""Seconds after a write in which a list may not show it yet."""
EVERYBODY_HAS = frozenset({"id", "email", "name", "role", "created_at", "pending"})
"""Fields of a record that do not show whether the person accepted."""


KINDS: dict[str, tuple[type, ...]] = {"id": (str, int, type(None)), "role": (str,), "invited_at": (str, type(None))}


@dataclass(frozen=True)
class Entry:
    """One remembered invitation.

    ``id`` is None if the service did not return it, ``role`` if it is not known which of two it is. ``accepted_as`` is
    the address under which the invitation was accepted, if that is another one. ``name`` was sent with the invitation
    or came in the answer, ``fields`` are the other fields of that answer that say something about the person.
    ``unlisted``: a list that was read some time after the invitation did not show the person. ``listed``: one did.
    ``unclear``: a run that was about to send it did not come to its end, so it is not known whether it was sent.
    """

    id: str | int | None
    role: str | None
    invited_at: str | None
    accepted_as: str | None = None
    name: str = ""
    fields: frozenset[str] = frozenset()
    unlisted: bool = False
    listed: bool = False
    unclear: bool = False

    @classmethod
    def from_public(cls, email: str, given: t.Any) -> Entry:
        """An entry as this collection returned it; anything else is refused."""
        if not isinstance(given, dict) or not all(
            key in given and isinstance(given[key], kinds) for key, kinds in KINDS.items()
        ):
            raise AccessError(
                errors.VALIDATION,
                f"{option(KNOWN)} has something other than id, role and invited_at for {email[:80]!r}.",
                hint="Pass the dictionary that an earlier run returned under this name, unchanged.",
            )
        accepted_as, name, fields = (given.get(key) for key in ("accepted_as", "name", "fields"))
        return cls(
            given["id"],
            given["role"] or None,
            given["invited_at"],
            accepted_as if isinstance(accepted_as, str) else None,
            name if isinstance(name, str) else "",
            frozenset(map(str, fields)) if isinstance(fields, list) else frozenset(),
            given.get("unlisted") is True,
            given.get("listed") is True,
            given.get("unclear") is True,
        )

    def public(self) -> dict[str, t.Any]:
        """``{id, role, invited_at}`` and the evidence; an unknown role is empty."""
        shown = {"id": self.id, "role": self.role or "", "invited_at": self.invited_at}
        more = {
            "accepted_as": self.accepted_as,
            "name": self.name,
            "fields": sorted(self.fields),
            "unlisted": self.unlisted,
            "listed": self.listed,
            "unclear": self.unclear,
        }
        return {**shown, **{key: value for key, value in more.items() if value}}

    def proves_acceptance(self, record: t.Mapping[str, t.Any]) -> bool:
        """Whether this record in a list proves that the person accepted; being listed is not enough."""
        new_name = name_in(record) not in ("", spelt(self.name))
        return self.unlisted or self.accepted_as is not None or new_name or not telling(record) <= self.fields

    def grant(self, email: str, record: t.Mapping[str, t.Any] | None = None) -> Grant:
        """What the person has; ``record`` is what the service returned for it, if anything."""
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
    """The invitations of this run and of earlier ones that are not known to be accepted or gone.

    ``kept``: the caller keeps such a record between runs. ``hides_pending``: an invitation that was sent is missing from
    the list, so a missing one proves nothing. ``were_unproved``: everybody who was invited and ever listed without proof
    that they accepted. ``withdrawn``: everybody whose invitation was listed and is so no more, though nobody accepted it.
    ``clock`` tells seconds since 1970.
    """

    def __init__(self, known: t.Mapping[str, t.Any] | None, clock: t.Callable[[], float] = time.time) -> None:
        self.kept = known is not None
        self.hides_pending = False
        self.were_unproved: set[str] = set()
        self.withdrawn: set[str] = set()
        self._clock = clock
        self._listed: dict[str, str] = {}
        self._before: tuple[dict[str, Entry], set[str]] = {}, set()
        self._written: dict[str, float] = {}
        self._entries = {
            fold(check_email(str(email))): Entry.from_public(str(email), given)
            for email, given in (known or {}).items()
        }
        self._unclear: dict[str, str] = {}
        self._missing: set[str] = set()
        self._unproved: set[str] = set()

    def public(self) -> dict[str, dict[str, t.Any]]:
        """What the next run needs: folded e-mail → ``{id, role, invited_at}``, and evidence."""
        return {email: entry.public() for email, entry in self._entries.items()}

    def decided(self, listed: t.Sequence[Grant], accepted: t.Collection[str]) -> list[Grant]:
        """The list that was merged last, once more: the folded addresses of everybody who has accepted are known now.

        They alone decide, for those whom nobody remembers inviting, too.
        """
        self._entries, self._missing = dict(self._before[0]), set(self._before[1])
        return [_decided(grant, accepted) for grant in self.merged(listed, accepted)]

    def merged(self, listed: t.Sequence[Grant], accepted: t.Collection[str] | None = None) -> list[Grant]:
        """What is listed now, and the invitations that the list does not show.

        A listed person without a remembered invitation counts as accepted. One with an invitation does so on evidence:
        a record that proves it, or another address. An invitation that a request did not find is forgotten if this list
        does not show it either, and so is one that an earlier list showed.
        """
        existing = list(listed)
        by_email = {grant.email: place for place, grant in enumerate(existing) if grant.email}
        by_id = {str(grant.id): place for place, grant in enumerate(existing)}
        self._listed = {str(grant.id): grant.email for grant in existing if grant.email}
        for email in self._unclear.keys() & by_email.keys():  # so it was sent
            grant = existing[by_email[email]]
            self._entries[email] = self._entry(email, grant.id, grant.role, grant.record)
        self._before = dict(self._entries), set(self._missing)
        self._unproved.clear()
        hidden: list[Grant] = []
        for email, entry in list(self._entries.items()):
            place = by_email.get(email, None if entry.id is None else by_id.get(str(entry.id)))
            if place is not None and entry.unclear and not entry.unlisted:  # so it was sent, or somebody else did
                entry = self._entry(email, existing[place].id, existing[place].role, existing[place].record)
            if place is not None:
                existing[place] = self._found(email, entry, existing[place], accepted)
            elif entry.accepted_as or email in self._missing:
                del self._entries[email]
            elif entry.listed and not self._is_settling(email, entry):
                del self._entries[email]
                self.withdrawn.add(email)
            else:
                self._entries[email] = replace(entry, unlisted=entry.unlisted or not self._is_settling(email, entry))
                hidden.append(entry.grant(email))
        self._unclear.clear()
        self._missing.clear()
        self.hides_pending = self.hides_pending or bool(hidden)
        return existing + hidden

    def _is_settling(self, email: str, entry: Entry) -> bool:
        """Whether the invitation was sent or changed so shortly ago that a list without it proves nothing."""
        written = [self._written[email]] if email in self._written else []
        invited = parse_time(entry.invited_at)
        return any(self._clock() - at < SETTLING for at in (*written, *([invited.timestamp()] if invited else [])))

    def _found(self, email: str, entry: Entry, grant: Grant, accepted: t.Collection[str] | None) -> Grant:
        """What an invited person has, now that they are listed; updates what is remembered."""
        elsewhere = bool(grant.email) and grant.email != email
        proved = elsewhere or entry.proves_acceptance(grant.record)
        if accepted is not None:
            proved = grant.email in accepted or email in accepted
        if grant.email != email:
            grant = replace(grant, also=(*grant.also, email))
        if grant.kind != INVITATION and proved:
            if grant.email == email:
                del self._entries[email]
            else:
                self._entries[email] = replace(entry, accepted_as=grant.email or email, unclear=False)
            return grant
        self._entries[email] = replace(entry, id=grant.id, role=grant.role, listed=True, unclear=False)
        self._unproved.add(email)
        self.were_unproved.add(email)
        return replace(grant, kind=INVITATION, record={"status": PENDING, **grant.record})

    @property
    def unproved(self) -> frozenset[str]:
        """The people who were invited and are in the last list without proof that they accepted."""
        return frozenset(self._unproved)

    @property
    def in_doubt(self) -> list[str]:
        """The people of whom it is not known whether an earlier run invited them."""
        return sorted(email for email, entry in self._entries.items() if entry.unclear)

    def known(self, email: str) -> dict[str, t.Any] | None:
        """What is remembered about one person, in the public form."""
        entry = self._entries.get(fold(email))
        return entry.public() if entry else None

    def expected(self, email: str, role: str) -> dict[str, t.Any]:
        """What to remember about somebody before they are invited, in case that nothing more is known afterwards."""
        earlier = self._entries.get(fold(email))
        return Entry(earlier.id if earlier else None, role, _now(), unclear=True).public()

    def unclear(self, email: str, name: str) -> None:
        """Note that an invitation is being sent, with or without a name, and may or may not arrive."""
        self._unclear[fold(email)] = name
        self._written[fold(email)] = self._clock()

    def sent(self, email: str, identity: str | int, role: str, record: t.Mapping[str, t.Any]) -> Grant:
        """Note that an invitation was sent; ``record`` is the answer of the service.

        An id that the list had for somebody else is not that of the invitation, whatever the answer says.
        """
        if self._listed.get(str(identity), fold(email)) != fold(email):
            return self.taken(email, role)
        entry = self._entries[fold(email)] = self._entry(fold(email), identity, role, record)
        del self._unclear[fold(email)]
        return entry.grant(fold(email), {"email": email, **record})

    def taken(self, email: str, role: str) -> Grant:
        """Note that an invitation was sent, now or earlier, whose id is not known."""
        entry = self._entries.setdefault(fold(email), self._entry(fold(email), None, role, {}))
        entry = self._entries[fold(email)] = replace(entry, unclear=False)
        return entry.grant(fold(email))

    def _entry(self, email: str, identity: str | int | None, role: str, record: t.Mapping[str, t.Any]) -> Entry:
        """What to remember about an invitation that was just sent, and for which the service has this record."""
        name = str(record.get("name") or "") if name_in(record) else self._unclear.get(email, "")
        return Entry(identity, role, record.get("created_at") or _now(), name=name, fields=telling(record))

    def changed(self, email: str, role: str | None) -> None:
        """Note that the role of an invitation was changed; None if it is not known whether that took effect."""
        self._written[email] = self._clock()
        if email in self._entries:
            self._entries[email] = replace(self._entries[email], role=role)

    def never_listed(self, addresses: t.Iterable[str]) -> set[str]:
        """Those of the addresses whose invitation is remembered, and was in no list."""
        return {email for email in addresses if email in self._entries and not self._entries[email].listed}

    def missing(self, addresses: t.Iterable[str]) -> None:
        """Note that the service no longer has what the person had; the next list decides."""
        self._missing.update(addresses)

    def removed(self, addresses: t.Iterable[str]) -> None:
        """Note that the person no longer has an invitation."""
        for email in addresses:
            self._entries.pop(email, None)


def _decided(grant: Grant, accepted: t.Collection[str]) -> Grant:
    """A listed person as the list of those who have accepted decides; without a time, since nobody knows who invited them."""
    if grant.kind != MEMBERSHIP or not grant.addresses or any(address in accepted for address in grant.addresses):
        return grant
    return replace(grant, kind=INVITATION, since=None, record={"status": PENDING, **grant.record})


def says_pending(record: t.Mapping[str, t.Any]) -> bool:
    """Whether a record says that its person has not accepted; no documented field does."""
    return record.get("status") in PENDING_WORDS or record.get("pending") is True


def telling(record: t.Mapping[str, t.Any]) -> frozenset[str]:
    """The fields of a record that an acceptance may have added."""
    return frozenset(
        key
        for key, value in record.items()
        if key not in EVERYBODY_HAS and value and value not in PENDING_WORDS and str(value).strip()
    )


def name_in(record: t.Mapping[str, t.Any]) -> str:
    """The name in a record, in the form in which names are compared; empty if it is only the address."""
    name = str(record.get("name") or "")
    return "" if fold(name) == fold(str(record.get("email") or "")) else spelt(name)


def spelt(name: str) -> str:
    """The form in which names are compared: a name that was sent, and the same as a service says it."""
    return armoured_text(shown(" ".join(name.split()))).casefold()


def _now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
