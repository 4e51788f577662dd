# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Honeycomb's calls for the people of one team.

Source: the API guide the collection is built to; what was confirmed elsewhere is marked (vendor).
This file is private to the collection.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import replace
from datetime import datetime, timezone

from . import _errors as errors
from ._catalog import HONEYCOMB
from ._errors import AccessError
from ._http import Client
from ._model import (
    ABSENT,
    INVITATION,
    MEMBERSHIP,
    PENDING,
    Grant,
    Kind,
    Person,
    check_email,
    fold,
    known_role,
)
from ._service import Shape
from ._wire import segment

MEMBERSHIPS = "/1/team_memberships"
AUTH = "/1/auth"
KNOWN: dict[str, tuple[type, ...]] = {"id": (str, int, type(None)), "role": (str,), "invited_at": (str, type(None))}


class KeyHeader:
    """Puts the key on a request. An object, since ``requests`` lets ``~/.netrc`` override plain headers."""

    def __init__(self, api_key: str) -> None:
        self._api_key = api_key

    def __call__(self, request: t.Any) -> t.Any:
        request.headers["X-Honeycomb-Team"] = self._api_key
        return request


def key_type(api_key: str) -> str | None:
    """What the key's own prefix tells of its type; a configuration key has none (vendor)."""
    kind = re.match(r"hc[a-z](i|m)k_", api_key)
    return {"i": "ingest", "m": "management"}[kind.group(1)] if kind else None


class Honeycomb:
    """The members of the team that a configuration key belongs to.

    ``known`` holds invitations of earlier runs, folded e-mail → ``{id, role, invited_at}``: the list of members may
    leave out who has not accepted, and no call lists invitations. Once accepted under another address, that stands
    beside them as ``accepted_as``, and ties the two for as long as the member is there. None: the caller keeps no such
    record. It is kept up to date with every read and write.
    """

    info = HONEYCOMB
    scope = HONEYCOMB.key
    lists_pending = False
    results: t.Mapping[str, tuple[Kind, ...]] = {"members": (MEMBERSHIP, INVITATION)}

    def __init__(self, client: Client, api_key: str, known: t.Mapping[str, t.Any] | None = None) -> None:
        self.client = client
        self.known = _check_known(known or {})
        self._keeps_known = known is not None
        self._api_key = api_key
        self._hides_pending = False
        self._in_doubt: set[str] = set()
        self._not_found: set[str] = set()

    def read(self) -> list[Grant]:
        """All members, and the known invitations that the list does not show.

        Whoever is listed counts as accepted, but for those whose invitation was sent a moment ago with no clear answer.
        A known invitation that was not found a moment ago is forgotten, now that the list can tell what became of it.
        """
        listed = [_access(record) for record in self._list()]
        listed = [replace(item, kind=INVITATION) if item.email in self._in_doubt else item for item in listed]
        self._in_doubt.clear()
        by_id = {str(access.id): index for index, access in enumerate(listed)}
        shown = {access.email for access in listed}
        hidden: list[Grant] = []
        for email, invitation in list(self.known.items()):
            accepted_as = by_id.get(str(invitation["id"]))
            gone = invitation.get("accepted_as") or email in self._not_found
            if email in shown or (accepted_as is None and gone):
                del self.known[email]  # nothing to remember any more: listed as invited, or accepted and gone since
            elif accepted_as is not None:
                member = listed[accepted_as] = replace(listed[accepted_as], also=(*listed[accepted_as].also, email))
                self.known[email] = {**invitation, "accepted_as": member.email}
            else:
                hidden.append(_hidden(email, invitation))
        self._not_found.clear()
        self._hides_pending = self._hides_pending or bool(hidden)
        return listed + hidden

    def members(self) -> list[dict[str, t.Any]]:
        """The list as the service shows it."""
        return [dict(_access(record).record) for record in self._list()]

    def auth(self) -> dict[str, t.Any]:
        """``{type, team, environment, api_key_access}`` of the key (vendor)."""
        try:
            answer = self.client.request("GET", AUTH)
        except AccessError as error:
            raise self._explain(error, diagnose=False) from None
        body = Shape(self.info.title, "GET", AUTH).must(answer.body, dict)
        return {key: body.get(key) for key in ("type", "team", "environment", "api_key_access")}

    def invite(self, email: str, role: str, team_ids: tuple[int, ...] | None) -> tuple[Grant, bool]:
        """Send an invitation. An answer 409, or 422 that says ``already_exists``, tells of one sent before."""
        self._in_doubt.add(fold(email))
        try:
            answer = self.client.request("POST", MEMBERSHIPS, {"email": email, "role": role})
        except AccessError as error:
            if error.status == 409 or (error.status == 422 and "already_exists" in str(error.payload)):
                return self.assume_invited(email, role), False
            raise self._explain(error) from None
        shape = Shape(self.info.title, "POST", MEMBERSHIPS, answer.status)
        record = shape.must(answer.body, dict)
        identity = shape.must(record.get("id"), str, int)
        self._in_doubt.discard(fold(email))
        invitation = {"id": identity, "role": role, "invited_at": shape.text(record, "created_at") or _now()}
        self.known[fold(email)] = invitation
        return _hidden(fold(email), invitation, {"email": email, **record}), True

    def update(self, target: Grant, goal: Grant) -> Grant:
        """Change the role, the only thing that may be changed."""
        if target.id is None:
            raise AccessError(
                errors.CONFLICT,
                f"The invitation of {target.email} in Honeycomb has no known id, so its role cannot be changed.",
                hint="Change it under Team settings, or wait until it is accepted. If it is no longer there, leave them out "
                "of known_invitations: then they are invited anew.",
                attempted=False,
            )
        path = f"{MEMBERSHIPS}/{segment(target.id)}"
        try:
            answer = self.client.request("PUT", path, {"role": goal.role})
            told = (
                {}
                if answer.body is None
                else Shape(self.info.title, "PUT", path, answer.status).must(answer.body, dict)
            )
        except AccessError as error:
            if error.status == 404:
                self._not_found.add(target.email)
            elif target.email in self.known and error.leaves_doubt:
                self.known[target.email] = {**self.known[target.email], "role": ""}  # no list will tell which it is
            raise self._explain(error) from None
        if known_role(str(told.get("role", goal.role)), HONEYCOMB.roles) != goal.role:
            raise AccessError(
                errors.CONFLICT,
                f"Honeycomb answered that {target.email} still is {self.client.clean(str(told['role']))}.",
                hint="Run again, or look into Team settings.",
                status=answer.status,
                method="PUT",
                path=path,
            )
        if target.email in self.known:
            self.known[target.email] = {**self.known[target.email], "role": goal.role}
        return replace(target, role=goal.role, record={**target.record, **told, "role": goal.role})

    def remove(self, target: Grant) -> None:
        """Remove a member or cancel an invitation."""
        forgotten = {email: self.known.pop(email) for email in target.addresses if email in self.known}
        if target.id is None:
            raise AccessError(
                errors.CONFLICT,
                f"The pending invitation of {target.email} has no known id, so it cannot be cancelled from here.",
                hint="Cancel it by hand under Team settings; the next run takes it as done.",
                attempted=False,
            )
        try:
            self.client.request("DELETE", f"{MEMBERSHIPS}/{segment(target.id)}")
        except AccessError as error:
            self.known.update(forgotten)
            if error.status == 404:
                self._not_found.update(forgotten)
            raise self._explain(error) from None

    def shows_pending(self) -> bool:
        """False once an invitation that was sent is seen to be missing from the list."""
        return not self._hides_pending

    def assume_invited(self, email: str, role: str) -> Grant:
        """Remember an invitation whose id the service did not tell."""
        invitation = self.known.setdefault(fold(email), {"id": None, "role": role, "invited_at": _now()})
        return _hidden(fold(email), invitation)

    def follow_up(self, removed: Grant) -> list[str]:
        """Keys live on after the member who made them; no call lists or revokes them."""
        text = (
            f"Honeycomb: API keys that {removed.email} created are still valid, and no API lists or revokes them. "
            "Rotate or delete them by hand under Team settings > API keys."
        )
        return [text]

    def caveats(self, people: t.Sequence[Person], unlisted: t.Sequence[str], exclusive: bool) -> list[str]:
        """Without ``known_invitations`` a pending person whom the list leaves out cannot be told from a stranger."""
        if self._keeps_known or not (unlisted or exclusive):
            return []
        leavers = {fold(person.email) for person in people if person.state == ABSENT}
        wanted = [email for email in unlisted if email not in leavers]
        leaving = [email for email in unlisted if email in leavers]
        texts = []
        if wanted:
            texts.append(
                f"Honeycomb may not list people who have not accepted yet ({_few(wanted)}). Keep known_invitations from "
                "this result and hand it in next time, or the next run may invite them again."
            )
        if leaving or exclusive:
            who = f" of {_few(leaving)}" if leaving else ""
            texts.append(
                f"Pending Honeycomb invitations{who} may be invisible and cannot be cancelled without known_invitations "
                "from the run that sent them; look under Team settings."
            )
        return texts

    def remembered(self) -> dict[str, t.Any]:
        """The invitations that the next run should know of."""
        return {"known_invitations": self.known}

    def _list(self) -> list[dict[str, t.Any]]:
        try:
            answer = self.client.request("GET", MEMBERSHIPS)
        except AccessError as error:
            raise self._explain(error) from None
        shape = Shape(self.info.title, "GET", MEMBERSHIPS)
        records = shape.must(answer.body, list)
        for record in records:
            shape.must(shape.must(record, dict).get("id"), str, int)
            shape.text(record, "email")
            shape.text(record, "role")
        return t.cast("list[dict[str, t.Any]]", records)

    def _explain(self, error: AccessError, diagnose: bool = True) -> AccessError:
        """Name the likely cause where the status alone does not."""
        if error.status == 404 and error.path == MEMBERSHIPS:
            error.code = errors.ENDPOINT_UNAVAILABLE
            error.hint = "This Honeycomb does not offer team memberships to this key: check api_url (EU?) and the plan."
        elif error.status == 401:
            kind = key_type(self._api_key) or (self._ask_key_type() if diagnose else None)
            if kind in ("ingest", "management"):
                error.code = errors.WRONG_KEY_TYPE
                error.hint = f"This is an {kind} key." if kind == "ingest" else "This is a management key."
                error.hint += " Make a configuration key under Team settings > API keys."
            elif kind:
                error.code = errors.FORBIDDEN
                error.hint = "The key is valid but may not manage members: give it that permission, or use another."
            else:
                error.hint = (
                    "Check api_key and, for the EU, api_url; it must be a configuration key, not an ingest key."
                )
        elif error.status == 403:
            error.hint = "The key lacks the permission for this: use a configuration key that may manage members."
        return error

    def _ask_key_type(self) -> str | None:
        try:
            answer = self.client.request("GET", AUTH)
        except AccessError:
            return None
        return str(answer.body.get("type") or "configuration") if isinstance(answer.body, dict) else None


def _access(record: t.Mapping[str, t.Any]) -> Grant:
    """A member as listed. No documented field tells who is pending; where one says so in plain words, it is heeded."""
    pending = record.get("status") in ("pending", "invited") or record.get("pending") is True
    return Grant(
        id=record["id"],
        email=fold(record.get("email") or ""),
        role=known_role(record.get("role") or "", HONEYCOMB.roles),
        kind=INVITATION if pending else MEMBERSHIP,
        since=record.get("created_at") if pending else None,
        record=record,
    )


def _hidden(email: str, invitation: t.Mapping[str, t.Any], record: t.Mapping[str, t.Any] | None = None) -> Grant:
    shown = {
        "id": invitation["id"],
        "email": email,
        "role": invitation["role"],
        "created_at": invitation["invited_at"],
        "status": PENDING,
    }
    return Grant(
        id=invitation["id"],
        email=email,
        role=invitation["role"],
        kind=INVITATION,
        since=invitation["invited_at"],
        record={**shown, **(record or {})},
    )


def _check_known(known: t.Mapping[str, t.Any]) -> dict[str, dict[str, t.Any]]:
    """Entries as this collection returned them; anything else is refused before it is relied on."""
    checked = {}
    for email, invitation in known.items():
        if not isinstance(invitation, dict) or not all(
            key in invitation and isinstance(invitation[key], kinds) for key, kinds in KNOWN.items()
        ):
            raise AccessError(
                errors.VALIDATION,
                f"known_invitations holds something else than id, role and invited_at for {str(email)[:80]!r}.",
                hint="Hand in the dictionary that an earlier run returned under this name, unchanged.",
            )
        checked[fold(check_email(str(email)))] = {
            key: invitation[key] for key in ("id", "role", "invited_at", "accepted_as") if key in invitation
        }
    return checked


def _few(emails: t.Sequence[str]) -> str:
    return ", ".join(emails[:3]) + (f" and {len(emails) - 3} more" if len(emails) > 3 else "")


def _now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
