# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Honeycomb's calls (v2) for the API keys and the users of one team, by a management key.

Source: the vendor's own documentation. The configuration key is not used here.
This file is private to the collection.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, field, replace

from .._access.addresses import fold
from .._http import errors
from .._http.address import segment
from .._http.answers import Shape, read_pages
from .._http.client import Client
from .._http.errors import REFUSED, AccessError, Request
from .._http.naming import option
from .._http.retry import found_gone
from .facts import HONEYCOMB

AUTH = "/2/auth"
MEDIA_TYPE = "application/vnd.api+json"
PAGE_SIZE = 100  # the largest that is allowed
READ_KEYS, WRITE_KEYS, READ_USERS = "api-keys:read", "api-keys:write", "users:read"
WHERE = "under Environment settings > API Keys (or Team settings > API keys)"
MANAGED = "under Team settings > API keys"


class BearerKey:
    """Adds a management key to a request. An object, since ``requests`` lets ``~/.netrc`` override plain headers."""

    def __init__(self, key_id: str, secret: str) -> None:
        self._header = f"Bearer {key_id}:{secret}"

    def __call__(self, request: t.Any) -> t.Any:
        request.headers["Authorization"] = self._header
        return request


@dataclass(frozen=True)
class OwnKey:
    """The management key itself, and the team that it belongs to."""

    id: str
    name: str
    scopes: tuple[str, ...]
    team: str
    """The slug."""


@dataclass(frozen=True)
class TeamUser:
    """Somebody who has accepted; invitations are not listed. ``email`` is folded, ``role`` is as the service spells it."""

    id: str
    email: str
    name: str
    role: str


@dataclass(frozen=True)
class ApiKey:
    """An ingest or configuration key. ``environment`` and ``creator`` are ids, empty if the service names none."""

    id: str
    name: str
    type: str
    disabled: bool
    environment: str = ""
    created_at: str = ""
    creator: str = ""
    record: t.Mapping[str, t.Any] = field(default_factory=dict, compare=False, repr=False)

    def public(self, users: t.Iterable[TeamUser] = ()) -> dict[str, t.Any]:
        """The form that results show; ``users`` give the address of the person who created the key."""
        email = next((user.email for user in users if user.id == self.creator), None)
        return {
            "id": self.id,
            "name": self.name,
            "type": self.type,
            "disabled": self.disabled,
            "environment": self.environment or None,
            "created_at": self.created_at or None,
            "creator": {"id": self.creator, "email": email} if self.creator else None,
        }


class HoneycombKeys:
    """The keys and users of a management key's team; ``key_id`` is the id of the management key."""

    def __init__(self, client: Client, key_id: str) -> None:
        self.client = client
        self._key_id = key_id
        self._own: OwnKey | None = None
        self._users: list[TeamUser] | None = None

    def own(self) -> OwnKey:
        """The management key itself; requested once."""
        if self._own is None:
            shape = Shape(HONEYCOMB.title, "GET", AUTH)
            try:
                answer = self.client.once(AUTH)
            except AccessError as error:
                raise self._explain(error, "") from None
            self._own = _own(shape, shape.must(answer, dict))
        return self._own

    def is_own(self, key_id: str) -> bool:
        """Whether this is the id of the management key in use."""
        return key_id in (self._key_id, self.own().id)

    def users(self) -> list[TeamUser]:
        """Everybody who has accepted; requested once, until ``forget``."""
        if self._users is None:
            path = f"{self._team()}/users"
            shape = Shape(HONEYCOMB.title, "GET", path)
            self._users = [_user(shape, record) for record in self._list(path, READ_USERS)]
        return self._users

    def forget(self) -> None:
        """Read the users again when they are needed: they may have changed."""
        self._users = None

    def accepted(self, team: str) -> frozenset[str]:
        """The folded addresses of everybody who has accepted; nobody if the key belongs to another team."""
        return frozenset(user.email for user in self.users()) if team and team == self.own().team else frozenset()

    def keys(self, kind: str | None = None) -> list[ApiKey]:
        """All keys, or those of a kind: ``ingest`` or ``configuration``. Management keys are not included."""
        path = f"{self._team()}/api-keys"
        only = f"&filter%5Btype%5D={segment(kind)}" if kind else ""
        shape = Shape(HONEYCOMB.title, "GET", path)
        found = self._list(f"{path}?page%5Bsize%5D={PAGE_SIZE}{only}", READ_KEYS)
        return [key for key in (_key(shape, record) for record in found) if kind in (None, key.type)]

    def disable(self, key: ApiKey) -> ApiKey:
        """Disable the key; ``enable`` undoes it."""
        return self._switch(key, disabled=True)

    def enable(self, key: ApiKey) -> ApiKey:
        """Enable the key again."""
        return self._switch(key, disabled=False)

    def delete(self, key: ApiKey) -> None:
        """Delete the key for good. If a repeated request finds it gone, the first attempt deleted it."""
        try:
            self._call("DELETE", self._path(key), WRITE_KEYS)
        except AccessError as error:
            if not found_gone(error):
                raise

    def _switch(self, key: ApiKey, disabled: bool) -> ApiKey:
        path = self._path(key)
        wanted = {"data": {"id": key.id, "type": "api-keys", "attributes": {"disabled": disabled}}}
        answer = self._call("PATCH", path, WRITE_KEYS, wanted)
        if answer is None:
            return replace(key, disabled=disabled)
        shape = Shape(HONEYCOMB.title, "PATCH", path)
        told = _key(shape, shape.must(shape.must(answer, dict).get("data"), dict))
        if told.id != key.id or told.disabled != disabled:
            raise AccessError(
                errors.CONFLICT,
                f"Honeycomb answered that the key {key.id} is still {'disabled' if told.disabled else 'enabled'}.",
                hint=f"Run again, or check {WHERE}.",
                status=200,
                method="PATCH",
                path=path,
                request=Request(REFUSED),
            )
        return told

    def _team(self) -> str:
        return f"/2/teams/{segment(self.own().team)}"

    def _path(self, key: ApiKey) -> str:
        """The path for writing to a key: every key of the team except the one in use."""
        if self.is_own(key.id):
            raise own_key(key.id)
        return f"{self._team()}/api-keys/{segment(key.id)}"

    def _list(self, path: str, scope: str) -> list[dict[str, t.Any]]:
        try:
            return read_pages(self.client, path, "data", str)
        except AccessError as error:
            raise self._explain(error, scope) from None

    def _call(self, method: str, path: str, scope: str, body: t.Any = None) -> t.Any:
        try:
            return self.client.request(method, path, body).body
        except AccessError as error:
            raise self._explain(error, scope) from None

    def _explain(self, error: AccessError, scope: str) -> AccessError:
        """Name the likely cause if the status alone does not."""
        path = (error.path or "").partition("?")[0]
        if error.status == 401:
            kind = re.match(r"hc[a-z]([il])k_", self._key_id)
            if kind:
                error.code = errors.WRONG_KEY_TYPE
                name = {"i": "an ingest key", "l": "a configuration key"}[kind.group(1)]
                error.hint = f"{option('management_key_id')} is the id of {name}. Create a management key {MANAGED}."
            else:
                error.hint = f"Check {option('management_key_id')}, {option('management_key_secret')} and, for the EU, {option('api_url')}."
        elif error.status == 403 and scope:
            has = self._own is not None and not {scope, _wider(scope)}.isdisjoint(self._own.scopes)
            error.code = errors.FORBIDDEN
            error.hint = (
                f"The management key has the scope {scope}, so Honeycomb refuses this for another reason. Do it by hand {WHERE}."
                if has
                else f"The management key lacks the scope {scope}. Use a key that has it; scopes are set {MANAGED}."
            )
        elif error.status == 404 and (path == AUTH or path.endswith(("/users", "/api-keys"))):
            error.code = errors.ENDPOINT_UNAVAILABLE
            error.hint = f"This Honeycomb does not offer this call to management keys: check {option('api_url')} (EU?) and the plan."
        return error


def own_key(key_id: str) -> AccessError:
    """The error for a change to a key that the run itself uses."""
    return AccessError(
        errors.GUARD_REFUSED,
        f"{key_id} is the key that this run itself uses, so it is not changed.",
        hint=f"Use another management key for this, or do it by hand {MANAGED}.",
    )


def _wider(scope: str) -> str:
    """The scope that includes this one: who may write may read."""
    return scope.replace(":read", ":write")


def _own(shape: Shape, answer: t.Mapping[str, t.Any]) -> OwnKey:
    data = shape.must(answer.get("data"), dict)
    attributes = shape.must(data.get("attributes"), dict)
    team = _related(shape, data, "team")
    included = [shape.must(item, dict) for item in shape.must(answer.get("included") or [], list)]
    slugs = [
        shape.text(shape.must(item.get("attributes") or {}, dict), "slug")
        for item in included
        if item.get("type") == "teams" and team in ("", item.get("id"))
    ]
    scopes = shape.must(attributes.get("scopes") or [], list)
    return OwnKey(
        id=shape.must(data.get("id"), str),
        name=shape.text(attributes, "name"),
        scopes=tuple(shape.must(scope, str) for scope in scopes),
        team=shape.must(next(filter(None, slugs), None), str),
    )


def _user(shape: Shape, record: t.Mapping[str, t.Any]) -> TeamUser:
    attributes = shape.must(record.get("attributes"), dict)
    email, name, role = (shape.text(attributes, key) for key in ("email", "name", "role"))
    return TeamUser(record["id"], fold(email), name, role)


def _key(shape: Shape, record: t.Mapping[str, t.Any]) -> ApiKey:
    attributes = shape.must(record.get("attributes"), dict)
    timestamps = shape.must(attributes.get("timestamps") or {}, dict)
    return ApiKey(
        id=shape.must(record.get("id"), str),
        name=shape.text(attributes, "name"),
        type=shape.text(attributes, "key_type"),
        disabled=shape.flag(attributes, "disabled"),
        environment=_related(shape, record, "environment"),
        created_at=shape.text(timestamps, "created"),
        creator=_related(shape, record, "creator"),
        record=record,
    )


def _related(shape: Shape, record: t.Mapping[str, t.Any], name: str) -> str:
    """The id that a relationship names; empty if the relationship or its ``data`` is missing or null."""
    relationships = shape.must(record.get("relationships") or {}, dict)
    related = shape.must(relationships.get(name) or {}, dict)
    return shape.text(shape.must(related.get("data") or {}, dict), "id")
