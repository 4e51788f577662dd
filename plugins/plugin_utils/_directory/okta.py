# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads Okta.

Source: developer.okta.com, "Groups" and "Users" of the Core API, "Pagination", "User statuses". Pages are linked by the
``Link`` header only. Groups have no groups in them.
This file is private to the collection.
"""

from __future__ import annotations

import re
import typing as t

from ...module_utils._http.address import segment
from ...module_utils._http.answers import Shape
from ...module_utils._http.client import Answer
from .model import DISABLED, Account, Group, Members
from .person import value_at
from .settings import Credentials, Settings
from .web import Record, Web, below, exactly_one, parameters

LIMIT = 200  # records in a page, as Okta recommends
GONE = ("SUSPENDED", "DEPROVISIONED")
"""Who has left. LOCKED_OUT and PASSWORD_EXPIRED have trouble with a password."""
STATUSES = (*GONE, "STAGED", "PROVISIONED", "ACTIVE", "RECOVERY", "LOCKED_OUT", "PASSWORD_EXPIRED")
NEXT = re.compile(r'<([^>]*)>\s*;\s*rel="?next"?')
OAUTH = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+")  # a JWT; an API token has no dots


class Okta:
    """The users and groups of one organisation."""

    def __init__(self, settings: Settings, credentials: Credentials, clock: t.Callable[[], float]) -> None:
        scheme = "Bearer" if OAUTH.fullmatch(credentials.token) else "SSWS"
        self._web = Web(settings, credentials, scheme=scheme)
        self.api, self.close = self._web.api, self._web.close
        self._root = below(settings.url, "/api/v1")
        self._email = settings.email or "profile.email"

    def group(self, asked: str) -> Group:
        """Look a group up by its whole name, since ``q`` finds beginnings, and then by its id."""
        path = f"{self._root}/groups?{parameters(q=asked, limit=LIMIT)}"
        named = [
            record
            for record in self._list(path, f"the groups with the name {asked}")
            if value_at(record, "profile.name").casefold() == asked.casefold()
        ]
        match = exactly_one(named, asked, self._web.title, lambda record: str(record.get("id")))
        match = self._web.group(match, f"{self._root}/groups/{segment(asked)}", asked)
        shape = self._web.shape("/groups")
        identity = shape.must(shape.must(match, dict).get("id"), str)
        return Group(identity, value_at(match, "profile.name") or identity)

    def members(self, group: Group) -> Members:
        """Everybody in a group."""
        path = f"{self._root}/groups/{segment(group.id)}/users?{parameters(limit=LIMIT)}"
        return Members([self._account(record) for record in self._list(path, f"group {group.name}")])

    def everybody(self) -> t.Iterable[Account]:
        """All users but those who were deprovisioned, whom Okta leaves out of this list."""
        return map(self._account, self._list(f"{self._root}/users?{parameters(limit=LIMIT)}", "the users"))

    def account(self, identity: str) -> Account | None:
        """A user by id; one that was deleted is none."""
        answer = self._web.find(f"{self._root}/users/{segment(identity)}", f"user {identity}")
        return self._account(self._web.shape("/users").must(answer.body, dict)) if answer else None

    def verify(self, reached: t.Mapping[str, t.AbstractSet[str]]) -> None:
        """Okta tells of nobody which groups they are in."""

    def _list(self, path: str, what: str) -> t.Iterator[Record]:
        def items(body: t.Any, _shape: Shape) -> t.Any:
            return body

        def following(answer: Answer, _count: int, _read: int) -> str | None:
            link = NEXT.search(answer.headers.get("Link") or "")
            return self._web.linked(answer, link.group(1) if link else None)

        return self._web.records(path, what, items, following)

    def _account(self, record: Record) -> Account:
        shape = self._web.shape("/users")
        identity, status = shape.must(record.get("id"), str), shape.must(record.get("status"), str)
        if status not in STATUSES:
            raise self._web.lie(f"the status {status} of user {identity} is none that its documentation has")
        login = value_at(record, "profile.login") or identity
        names = (value_at(record, "profile.firstName"), value_at(record, "profile.lastName"))
        name = value_at(record, "profile.displayName") or " ".join(filter(None, names))
        addresses = (value_at(record, self._email), value_at(record, "profile.email"))
        return Account(identity, login, addresses, name or login, DISABLED if status in GONE else "")
