# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Honeybadger's calls (v2) for the users and invitations of one account.

Source: the accounts API reference; facts from other documentation of the vendor are marked (vendor).
This file is private to the collection.
"""

from __future__ import annotations

import base64
import typing as t
from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timezone

from .._access.addresses import fold
from .._access.catalog import known_role
from .._access.model import INVITATION, KNOWN, MEMBERSHIP, Grant
from .._access.service import Companion, Service, linked
from .._http import errors
from .._http.address import segment
from .._http.answers import Shape, read_pages
from .._http.client import Answer, Client
from .._http.errors import REFUSED, AccessError, Request
from .._http.naming import option
from .facts import HONEYBADGER
from .invited import Invited, accepted_email

ACCOUNTS = "/v2/accounts"
WRAPPERS = {MEMBERSHIP: "user", INVITATION: "invitation"}  # of the object in a request
SECRET_LENGTH = 8  # characters; shorter text is not a token, and may occur anywhere


class TokenAuth:
    """Adds the token to a request as the user name of HTTP Basic, with an empty password."""

    def __init__(self, token: str) -> None:
        self._header = "Basic " + base64.b64encode(f"{token}:".encode("ascii")).decode("ascii")

    def __call__(self, request: t.Any) -> t.Any:
        request.headers["Authorization"] = self._header
        return request


class Honeybadger(Service):
    """The users and invitations of an account."""

    info = HONEYBADGER

    def __init__(
        self,
        client: Client,
        account_id: str | None,
        companions: t.Sequence[Companion] = (),
        invited: Invited | None = None,
    ) -> None:
        self.client = client
        self._remembers = invited is not None
        self._invited = invited or Invited(None)
        self.companions = companions
        self._account_id = account_id
        self.scope = f"{HONEYBADGER.key}/{account_id}"
        self._account = ACCOUNTS if account_id is None else f"{ACCOUNTS}/{segment(account_id)}"
        self._users = f"{self._account}/users"
        self._invitations = f"{self._account}/invitations"
        self.lists = [self._users, self._invitations]
        self._collections = {MEMBERSHIP: self._users, INVITATION: self._invitations}

    def read(self) -> list[Grant]:
        """Users, each with the addresses of the invitations they accepted, and pending invitations.

        Invitations are read first, so that a person who accepts in between is seen twice instead of not at all. The
        address of an accepted invitation may be missing; if this run or an earlier one saw it, it is used.
        """
        invitations = self._list(self._invitations)
        invitations += self._not_listed_yet({invitation["id"] for invitation in invitations})
        self._invited.listed(
            [invitation for invitation in invitations if not is_accepted(invitation)],
            [invitation for invitation in invitations if is_accepted(invitation)],
        )
        users = {user["id"]: _user(user) for user in self._list(self._users)}
        by_email = {access.email: identity for identity, access in users.items() if access.email}
        pending = []
        accepted: dict[str, set[str]] = defaultdict(set)
        for invitation in invitations:
            address = self._invited.address(invitation)
            if not is_accepted(invitation):
                pending.append(_invitation(invitation))
                continue
            email = accepted_email(invitation)
            if email and address:
                accepted[email].add(address)
            if email in by_email:
                user = users[by_email[email]]
                users[user.id] = replace(user, invitations=(*user.invitations, invitation["id"]))
        found = linked(list(users.values()), [accepted, *(companion.links() for companion in self.companions)])
        return [*found, *pending]

    def _not_listed_yet(self, listed: t.Container[int]) -> list[dict[str, t.Any]]:
        """Invitations that an earlier run sent shortly before, and that a list which lags behind does not have."""
        found = []
        for identity in self._invited.recent(datetime.now(timezone.utc)):
            if identity not in listed:
                try:
                    found += self._records(f"{self._invitations}/{segment(identity)}", identity)
                except AccessError as error:
                    if error.status != 404:
                        raise
        for record in found:
            self._check(Shape(self.info.title, "GET", self._invitations), record)
        return found

    def accounts(self) -> list[dict[str, t.Any]]:
        """All accounts that the token can see."""
        return self._list(ACCOUNTS, identity=str)

    def account(self) -> dict[str, t.Any]:
        """The account with ``quota_consumed`` (a fraction) and ``api_stats``."""
        found = self._records(self._account, self._account_id)
        return dict(Shape(self.info.title, "GET", self._account).must(next(iter(found), None), dict))

    def users(self, identity: int | None = None) -> list[dict[str, t.Any]]:
        """All users as the service shows them, or the one with this id, if there is one."""
        if identity is None:
            return self._list(self._users)
        return self._by_id(self._users, identity)

    def invitations(self, identity: int | None = None) -> list[dict[str, t.Any]]:
        """All invitations, or the one with this id, each with ``status`` (pending or accepted) and without its token."""
        records = self._list(self._invitations) if identity is None else self._by_id(self._invitations, identity)
        return [
            {**without_token(invitation), "status": "accepted" if is_accepted(invitation) else "pending"}
            for invitation in records
        ]

    def invite(self, email: str, role: str, team_ids: tuple[int, ...] | None) -> tuple[Grant, bool]:
        """Send an invitation; people cannot join in any other way."""
        fields: dict[str, t.Any] = {"email": email, "role": role}
        if team_ids is not None:
            fields["team_ids"] = list(team_ids)
        answer = self._call("POST", self._invitations, {"invitation": fields})
        shape = Shape(self.info.title, "POST", self._invitations, answer.status)
        created = shape.must(answer.body, dict)
        shape.must(created.get("id"), int)
        _check(shape, created)
        self.client.hide(created.get("token"))
        sent = {**fields, **created, "email": created.get("email") or email}
        self._invited.sent({**sent, "email": email})
        return _invitation(sent), True

    def update(self, target: Grant, goal: Grant) -> Grant:
        """Change the role of a user, or role and teams of an invitation; only what differs is sent."""
        fields: dict[str, t.Any] = {}
        if goal.role != target.role:
            fields["role"] = goal.role
        if goal.team_ids != target.team_ids:
            fields["team_ids"] = list(goal.team_ids or ())
        path = self._path(target)
        answer = self._call("PUT", path, {WRAPPERS[target.kind]: fields})
        if answer.body is not None:
            self._refuse_accepted(target, answer, "PUT", path)
            if known_role(str(answer.body.get("role", goal.role)), HONEYBADGER.roles) != goal.role:
                raise self._overtaken(target, "still has another role", answer, "PUT", path)
        return replace(goal, record={**target.record, **fields})

    def remove(self, target: Grant) -> None:
        """Remove a user or cancel an invitation."""
        path = self._path(target)
        answer = self._call("DELETE", path)
        if isinstance(answer.body, dict):
            self._refuse_accepted(target, answer, "DELETE", path)
        if target.kind == INVITATION:
            self._invited.removed(target.id)

    def remembered(self) -> dict[str, t.Any]:
        """The invitations that the next run should know about, if it is a run that may read them back."""
        return {KNOWN: self._invited.public()} if self._remembers else {}

    def noted(self, sent: Grant) -> dict[str, t.Any]:
        """What is remembered of an invitation to the account, or to a team of it."""
        return self._invited.public_of(sent.id, sent.of("team_id"))

    def follow_up(self, removed: Grant) -> list[str]:
        """What no API of Honeybadger shows of a former user."""
        if removed.kind == INVITATION:
            return []
        text = (
            f"Honeybadger: no API shows invitations of {removed.email} to single projects (project > Settings > Users), "
            "account tokens hba_… that they created (account > Settings > API keys), or project API keys that they know "
            "(project > Settings > API keys). Cancel or replace them by hand."
        )
        return [text]

    def _path(self, target: Grant) -> str:
        return f"{self._collections[target.kind]}/{segment(target.id)}"

    def _refuse_accepted(self, target: Grant, answer: Answer, method: str, path: str) -> None:
        """Raise if the invitation was accepted since it was listed: it can no longer be changed or cancelled."""
        body = Shape(self.info.title, method, path, answer.status).must(answer.body, dict)
        if target.kind == INVITATION and is_accepted(body):
            raise self._overtaken(target, "accepted the invitation during this run", answer, method, path)

    def _overtaken(self, target: Grant, what: str, answer: Answer, method: str, path: str) -> AccessError:
        return AccessError(
            errors.CONFLICT,
            f"{target.email} {what}.",
            hint="Run again; the next run starts from the present state.",
            status=answer.status,
            method=method,
            path=path,
            request=Request(REFUSED),
        )

    def _list(self, path: str, identity: type = int) -> list[dict[str, t.Any]]:
        """All records of a paged list; a record that moves to the next page in between is returned once."""
        try:
            return read_pages(self.client, path, "results", identity, self._check)
        except AccessError as error:
            raise self._explain(error) from None

    def _check(self, shape: Shape, record: dict[str, t.Any]) -> None:
        """Check the types in a record, and keep its token out of messages."""
        _check(shape, record)
        self.client.hide(record.get("token"))

    def _by_id(self, collection: str, identity: int) -> list[dict[str, t.Any]]:
        """The record with this id, if there is one; from the list if the path for one record is unknown to the service."""
        try:
            found = self._records(f"{collection}/{segment(identity)}", identity)[:1]
        except AccessError as error:
            if error.status != 404:
                raise
            return [record for record in self._list(collection) if record["id"] == identity]
        for record in found:
            self._check(Shape(self.info.title, "GET", collection), record)
        return found

    def _records(self, path: str, identity: t.Any) -> list[dict[str, t.Any]]:
        """The records with this id at its path: the reference wraps them in a list, the official client reads one bare."""
        shape = Shape(self.info.title, "GET", path)
        body = shape.must(self._call("GET", path).body, dict)
        records = shape.must(body["results"], list) if "results" in body else [body]
        for record in records:
            shape.must(shape.must(record, dict).get("id"), int, str)
        found = [dict(record) for record in records if record["id"] == identity]
        return found if "results" in body else [shape.must(next(iter(found), None), dict)]

    def _call(self, method: str, path: str, body: t.Any = None) -> Answer:
        try:
            return self.client.request(method, path, body)
        except AccessError as error:
            raise self._explain(error) from None

    def _explain(self, error: AccessError) -> AccessError:
        """Name the likely cause if the status alone does not."""
        if error.status == 403 and error.code == errors.FORBIDDEN:
            error.hint = (
                f"Check {option('auth_token')} (a personal token, not a project's API key), {option('api_url')} "
                f"(EU accounts have another one), {option('account_id')}, and that the owner of the token may manage users."
            )
        elif error.status == 401:
            error.hint = f"Check {option('auth_token')}: it is the personal token from the user settings, not a project's API key."
        elif error.status == 404 and (error.path or "").partition("?")[0] in (
            self._account,
            self._users,
            self._invitations,
        ):
            error.hint = f"Check {option('account_id')}: the token cannot see an account with this id."
        return error


def without_token(record: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The record without the token, with which anybody can accept the invitation, and without fields that contain it."""
    token = record.get("token")
    secret = token if isinstance(token, str) and len(token) >= SECRET_LENGTH else None
    return {key: value for key, value in record.items() if key != "token" and not (secret and secret in str(value))}


def _check(shape: Shape, record: t.Mapping[str, t.Any]) -> None:
    """Check the types of the fields that are used later."""
    for key in ("email", "role", "created_at", "accepted_at"):
        shape.text(record, key)
    shape.text(shape.must(record.get("accepted_by") or {}, dict), "email")
    for team in shape.must(record.get("team_ids") or [], list):
        shape.must(team, int)


def is_accepted(invitation: t.Mapping[str, t.Any]) -> bool:
    """Whether an invitation says that it was accepted; one that names nobody who accepted it does not."""
    who = invitation.get("accepted_by")
    return bool(invitation.get("accepted_at") or (any(who.values()) if isinstance(who, dict) else who))


def _user(record: t.Mapping[str, t.Any]) -> Grant:
    return Grant(
        id=record["id"],
        email=fold(record.get("email") or ""),
        role=known_role(record.get("role") or "", HONEYBADGER.roles),
        kind=MEMBERSHIP,
        record=record,
    )


def _invitation(record: t.Mapping[str, t.Any]) -> Grant:
    return Grant(
        id=record["id"],
        email=fold(record.get("email") or ""),
        role=known_role(record.get("role") or "", HONEYBADGER.roles),
        kind=INVITATION,
        team_ids=tuple(sorted(set(record.get("team_ids") or ()))),
        since=record.get("created_at"),
        record=without_token(record),
    )
