# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Honeycomb's calls for the people of one team.

Source: the API guide; facts from other documentation of the vendor are marked (vendor).
This file is private to the collection.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import replace

from .._access.addresses import few, fold
from .._access.catalog import known_role, stands_for
from .._access.ledger import Ledger, says_pending
from .._access.model import ABSENT, INVITATION, KNOWN, MEMBERSHIP, Grant, Person
from .._access.service import Companion, Service
from .._http import errors
from .._http.address import segment
from .._http.answers import Shape
from .._http.client import Client
from .._http.errors import REFUSED, AccessError, Request
from .._http.naming import option
from .facts import HONEYCOMB
from .keys import WHERE

MEMBERSHIPS = "/1/team_memberships"
AUTH = "/1/auth"


class Users(t.Protocol):
    """The list of users, which has everybody who has accepted and nobody else."""

    def accepted(self, team: str) -> t.Collection[str]:
        """The folded addresses of everybody who has accepted in the team with this slug; nobody if it is another team's."""

    def forget(self) -> None:
        """Read the list again when it is asked for."""


class KeyHeader:
    """Adds the key to a request. An object, since ``requests`` lets ``~/.netrc`` override plain headers."""

    def __init__(self, api_key: str) -> None:
        self._api_key = api_key

    def __call__(self, request: t.Any) -> t.Any:
        request.headers["X-Honeycomb-Team"] = self._api_key
        return request


def key_type(api_key: str) -> str | None:
    """The type of a key by its prefix; a configuration key has none (vendor)."""
    kind = re.match(r"hc[a-z]([ilm])k_", api_key)
    return {"i": "ingest", "l": "id", "m": "management"}[kind.group(1)] if kind else None


class Honeycomb(Service):
    """The members of the team that a configuration key belongs to.

    ``known`` holds invitations of earlier runs, folded e-mail → ``{id, role, invited_at}``: the list of members may
    leave out people who have not accepted, and no call lists invitations. None: the caller keeps no such record. Every
    read and write updates the ledger. ``users`` is the list of users, if there is a management key to read it with; it is
    asked only where it may matter whether somebody has accepted.
    """

    info = HONEYCOMB
    scope = HONEYCOMB.key
    ledger: Ledger

    def __init__(
        self,
        client: Client,
        api_key: str,
        known: t.Mapping[str, t.Any] | None = None,
        names: t.Mapping[str, str] | None = None,
        companions: t.Sequence[Companion] = (),
    ) -> None:
        self.client = client
        self.companions = companions
        self.users: Users | None = None
        self._own: tuple[str, str] | None = None
        self._listed: list[Grant] = []
        self._matters = self._decided = False
        self._lost: set[str] = set()
        self.lists = [MEMBERSHIPS]
        self._names = names or {}
        self.ledger = Ledger(known)
        self._api_key = api_key

    def read(self) -> list[Grant]:
        """All members, and the known invitations that the list does not show."""
        self._listed = [_grant(record) for record in self._list()]
        self._decided = False
        if self.users:
            self.users.forget()
        existing = self.ledger.merged(self._listed)
        return self.confirmed(existing) if self._matters or self.ledger.unproved else existing

    def confirmed(self, existing: list[Grant]) -> list[Grant]:
        """The same people, as accepted or pending by the list of users, if it can be read and is about this team.

        A list that has none of the members is not about them.
        """
        if self.users is None or self._decided:
            return existing
        self._matters = self._decided = True
        try:
            accepted = self.users.accepted(self.own_key()[1])
        except AccessError:
            return existing
        known = any(grant.email in accepted for grant in self._listed)
        return self.ledger.decided(self._listed, accepted) if known else existing

    def identify(self) -> None:
        """Put the team into ``scope``, if the service names it."""
        try:
            team = self.own_key()[1]
        except AccessError:
            return
        self.scope = f"{HONEYCOMB.key}/{team}" if team else HONEYCOMB.key

    def name(self) -> str:
        """The slug of the team, or else its name."""
        team = self.auth()["team"]
        return str(team.get("slug") or team.get("name") or "") if isinstance(team, dict) else ""

    def members(self) -> list[dict[str, t.Any]]:
        """The members as the service shows them."""
        return [dict(_grant(record).record) for record in self._list()]

    def auth(self) -> dict[str, t.Any]:
        """The key's ``{type, team, environment, api_key_access}`` (vendor)."""
        body = self._auth()
        return {key: body.get(key) for key in ("type", "team", "environment", "api_key_access")}

    def own_key(self) -> tuple[str, str]:
        """The id of the key in use and the slug of its team, each empty if the service does not say; requested once (vendor)."""
        if self._own is None:
            shape = Shape(self.info.title, "GET", AUTH)
            body = self._auth()
            team = shape.must(body.get("team") or {}, dict)
            self._own = shape.text(body, "id"), shape.text(team, "slug")
        return self._own

    def invite(self, email: str, role: str, team_ids: tuple[int, ...] | None) -> tuple[Grant, bool]:
        """Send an invitation. The answer 409, or 422 with ``already_exists``, means that there is one already."""
        name = self._names.get(fold(email)) or ""
        self.ledger.unclear(email, name)
        try:
            named = {"name": name} if name else {}
            answer = self.client.request("POST", MEMBERSHIPS, {"email": email, "role": role, **named})
        except AccessError as error:
            if error.status == 409 or (error.status == 422 and "already_exists" in str(error.request.payload)):
                return self.ledger.taken(email, role), False
            raise self._explain(error) from None
        shape = Shape(self.info.title, "POST", MEMBERSHIPS, answer.status)
        record = shape.must(answer.body, dict)
        identity = shape.must(record.get("id"), str, int)
        shape.text(record, "created_at")
        return self.ledger.sent(email, identity, role, record), True

    def update(self, target: Grant, goal: Grant) -> Grant:
        """Change the role; nothing else can be changed."""
        if target.id is None:
            raise AccessError(
                errors.CONFLICT,
                f"The id of the Honeycomb invitation of {target.email} is not known, so its role cannot be changed.",
                hint="Change it under Team settings > Users, or wait until it is accepted. If there is no invitation any more, remove "
                f"them from {option('known_invitations')}, and they are invited again.",
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
                self.ledger.missing([target.email])
            elif error.request.leaves_doubt:
                self.ledger.changed(target.email, None)
            raise self._explain(error) from None
        now = known_role(str(told.get("role", goal.role)), HONEYCOMB.roles)
        if stands_for(now, HONEYCOMB.roles) != goal.role:
            raise AccessError(
                errors.CONFLICT,
                f"Honeycomb answered that {target.email} still has the role {self.client.clean(str(told['role']))}.",
                hint="Run again, or check under Team settings > Users.",
                status=answer.status,
                method="PUT",
                path=path,
                request=Request(REFUSED),
            )
        self.ledger.changed(target.email, goal.role)
        return replace(target, role=goal.role, record={**target.record, **told, "role": goal.role})

    def remove(self, target: Grant) -> None:
        """Remove a member or cancel an invitation."""
        if target.id is None:
            self.ledger.removed(target.addresses)
            raise AccessError(
                errors.CONFLICT,
                f"The id of the pending invitation of {target.email} is not known, so it cannot be cancelled.",
                hint="Cancel it by hand under Team settings > Users before you run again: the next run assumes that you did.",
            )
        try:
            self.client.request("DELETE", f"{MEMBERSHIPS}/{segment(target.id)}")
        except AccessError as error:
            if error.status == 404:
                self.ledger.missing(target.addresses)
                self._lost |= self.ledger.never_listed(target.addresses)
            raise self._explain(error) from None
        self.ledger.removed(target.addresses)

    def shows_pending(self) -> bool:
        """Whether invitations are listed; False once one that was sent is missing from the list."""
        return not self.ledger.hides_pending

    def assume_invited(self, email: str, role: str) -> Grant:
        """Remember an invitation whose id is not known."""
        return self.ledger.taken(email, role)

    def why_pending(self, person: Person) -> str:
        """Why a listed person counts as pending: being listed does not mean that they accepted."""
        if self.ledger.unproved.isdisjoint(person.addresses):
            return "The list of users does not have them." if self._matters else ""
        return (
            "Honeycomb lists them, which does not mean that they accepted. They count as pending until their entry has a "
            "name or another field that the invitation did not have."
        )

    def follow_up(self, removed: Grant) -> list[str]:
        """API keys outlive the member who created them, and a person who counts as pending may have been a member.

        So may one whose invitation was in no list, and was not found: an acceptance may have changed its id and its address.
        """
        if not self._lost.isdisjoint(removed.addresses):
            text = (
                f"Honeycomb has no invitation of {removed.email} under the id that was remembered. It was cancelled, it expired, or "
                "they accepted it under another address. Look for them under Team settings > Users."
            )
            return [text]
        if removed.kind == INVITATION and self.ledger.were_unproved.isdisjoint(removed.addresses):
            return []
        keys = (
            f"no API lists the management keys that {removed.email} created and the API keys that they know. Look"
            if self.users
            else f"API keys that {removed.email} created outlive their membership. With a management key "
            f"({option('management_key_id')}, {option('management_key_secret')}), they can be listed, disabled or deleted. "
            "Without one, look"
        )
        text = (
            f"Honeycomb: {keys} {WHERE}; management keys are under Team settings. Under Team settings > Users, check the "
            "join address and the allowed e-mail domains of the team."
        )
        return [text]

    def caveats(self, people: t.Sequence[Person], unlisted: t.Sequence[str], exclusive: bool) -> list[str]:
        """Whose invitation somebody withdrew; and, without ``known_invitations``, who may be pending and not listed."""
        withdrawn = sorted(self.ledger.withdrawn)
        if withdrawn:
            text = (
                f"Honeycomb listed {few(withdrawn)} as invited and does so no more, so the invitation was cancelled by hand. "
                "They count as absent."
            )
            return [text]
        if self.ledger.kept or not (unlisted or exclusive):
            return []
        leavers = {fold(person.email) for person in people if person.state == ABSENT}
        wanted = [email for email in unlisted if email not in leavers]
        leaving = [email for email in unlisted if email in leavers]
        texts = []
        if wanted:
            texts.append(
                f"Honeycomb may not list people who have not accepted yet ({few(wanted)}). A later run may invite them again, "
                f"unless {option(KNOWN)} tells it of these invitations."
            )
        if leaving or exclusive:
            who = f" of {few(leaving)}" if leaving else ""
            texts.append(
                f"Pending Honeycomb invitations{who} may be hidden, and can be cancelled only if {option(KNOWN)} tells this run of "
                "them. Look under Team settings > Users."
            )
        return texts

    def remembered(self) -> dict[str, t.Any]:
        """The invitations that the next run should know about."""
        return {KNOWN: self.ledger.public()}

    def _auth(self) -> dict[str, t.Any]:
        try:
            body = self.client.once(AUTH)
        except AccessError as error:
            raise self._explain(error, diagnose=False) from None
        return dict(Shape(self.info.title, "GET", AUTH).must(body, dict))

    def _list(self) -> list[dict[str, t.Any]]:
        try:
            answer = self.client.request("GET", MEMBERSHIPS)
        except AccessError as error:
            raise self._explain(error) from None
        shape = Shape(self.info.title, "GET", MEMBERSHIPS)
        records = shape.must(answer.body, list)
        found: dict[str, dict[str, t.Any]] = {}
        for record in records:
            identity = shape.must(shape.must(record, dict).get("id"), str, int)
            shape.text(record, "email")
            shape.text(record, "role")
            shape.once(found, str(identity), record)
        return list(found.values())

    def _explain(self, error: AccessError, diagnose: bool = True) -> AccessError:
        """Name the likely cause if the status alone does not."""
        if error.status == 404 and error.path == MEMBERSHIPS:
            error.code = errors.ENDPOINT_UNAVAILABLE
            error.hint = f"This Honeycomb does not offer team memberships to this key: check {option('api_url')} (EU?) and the plan."
        elif error.status == 401:
            kind = key_type(self._api_key) or (self._ask_key_type() if diagnose else None)
            if kind == "id":
                error.code = errors.WRONG_KEY_TYPE
                error.hint = (
                    f"{option('api_key')} is the id of a configuration key, not the key itself. Copy the key {WHERE}, where "
                    "Copy existing API Key shows it, or create another one."
                )
            elif kind in ("ingest", "management"):
                error.code = errors.WRONG_KEY_TYPE
                error.hint = f"This is an {kind} key." if kind == "ingest" else "This is a management key."
                error.hint += f" Create a configuration key {WHERE}."
            elif kind:
                error.code = errors.FORBIDDEN
                error.hint = "The key is valid but may not manage members. Give it that permission, or use another key."
            else:
                error.hint = (
                    f"Check {option('api_key')} and, for the EU, {option('api_url')}; it must be a configuration key, not an "
                    "ingest key."
                )
        elif error.status == 403:
            error.hint = "The key has no permission for this. Use a configuration key that may manage members."
        return error

    def _ask_key_type(self) -> str | None:
        try:
            answer = self.client.request("GET", AUTH)
        except AccessError:
            return None
        return str(answer.body.get("type") or "configuration") if isinstance(answer.body, dict) else None


def _grant(record: t.Mapping[str, t.Any]) -> Grant:
    """A member as listed."""
    pending = says_pending(record)
    return Grant(
        id=record["id"],
        email=fold(record.get("email") or ""),
        role=known_role(record.get("role") or "", HONEYCOMB.roles),
        kind=INVITATION if pending else MEMBERSHIP,
        since=record.get("created_at") if pending else None,
        record=record,
    )
