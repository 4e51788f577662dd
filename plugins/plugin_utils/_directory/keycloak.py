# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads a realm of Keycloak by its Admin REST API.

Source: keycloak.org/docs-api, "Groups" and "Users". Lists end after 100 records unless more are asked for, and a caller
who may not view users gets fewer of them. Members of subgroups are not members of the group, but inherit what it gives.
This file is private to the collection.
"""

from __future__ import annotations

import re
import typing as t
from urllib.parse import quote

from ...module_utils._http.address import segment
from ...module_utils._http.answers import Shape
from ...module_utils._http.client import Answer
from ...module_utils._http.errors import FORBIDDEN, AccessError
from .model import DISABLED, Account, Group, Members
from .person import value_at
from .settings import Credentials, Settings
from .web import Record, Web, exactly_one, no_group, parameters

MAX = 100  # records in a page
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
VIEW = "Give the client's service account the roles view-users and query-groups of realm-management."


class Keycloak:
    """The users and groups of one realm."""

    def __init__(self, settings: Settings, credentials: Credentials, clock: t.Callable[[], float]) -> None:
        realm = quote(settings.realm, safe="")
        url = settings.url.rstrip("/")
        self._web = Web(settings, credentials, sign_in=f"{url}/realms/{realm}/protocol/openid-connect/token")
        self.api, self.close = self._web.api, self._web.close
        self._root = f"/admin/realms/{realm}"
        self._email = settings.email or "email"
        self._count: int | None = None

    def group(self, asked: str) -> Group:
        """Look a group up by its path (``/staff/platform``), its id, or its name, at any depth."""
        if asked.startswith("/"):
            path = "/".join(quote(part, safe="") for part in asked.split("/"))
            answer = self._web.find(f"{self._root}/group-by-path{path}", f"group {asked}")
        elif UUID.fullmatch(asked):
            answer = self._web.find(f"{self._root}/groups/{segment(asked)}", f"group {asked}")
        else:
            query = parameters(search=asked, exact="true")
            found = list(self._groups(f"{self._root}/groups?{query}&", f"the groups with the name {asked}"))
            named = [record for record in _flat(found) if record.get("name") == asked]
            match = exactly_one(named, asked, self._web.title, lambda record: str(record.get("path")))
            return self._group(match, asked)
        return self._group(answer.body if answer else None, asked)

    def members(self, group: Group) -> Members:
        """Everybody in a group, and its subgroups."""
        self._refuse_blind()
        path = f"{self._root}/groups/{segment(group.id)}"
        people = [self._account(record) for record in self._list(f"{path}/members?", f"group {group.name}")]
        body = self._web.shape(path).must(self._web.get(path, f"group {group.name}").body, dict)
        inner = body.get("subGroups") or []
        if body.get("subGroupCount"):  # since Keycloak 23, which does not embed them any more
            inner = list(self._groups(f"{path}/children?", f"the subgroups of {group.name}"))
        return Members(people, [self._group(record, group.name) for record in inner])

    def everybody(self) -> t.Iterable[Account]:
        """All users of the realm, as many as it counts."""
        count = self._refuse_blind()
        accounts = [self._account(record) for record in self._list(f"{self._root}/users?", "the users")]
        if count is not None and len(accounts) != count:
            raise self._web.lie(f"it counts {count} users and sent {len(accounts)}")
        return accounts

    def account(self, identity: str) -> Account | None:
        """A user by id."""
        answer = self._web.find(f"{self._root}/users/{segment(identity)}", f"user {identity}")
        return self._account(self._web.shape("/users").must(answer.body, dict)) if answer else None

    def verify(self, reached: t.Mapping[str, t.AbstractSet[str]]) -> None:
        """No group may have more people than the realm counts for this caller."""
        most = max((len(ids) for ids in reached.values()), default=0)
        if self._count is not None and most > self._count:
            raise self._web.lie(f"it counts {self._count} users, and a group has {most}", VIEW)

    def _refuse_blind(self) -> int | None:
        """How many users the caller may view, None if this Keycloak does not count. Nobody: not allowed to."""
        if self._count is None:
            answer = self._web.find(f"{self._root}/users/count", "the number of users")
            if answer is None:
                return None
            shape = self._web.shape("/users/count")
            self._count = int(shape.must(answer.body, int))
        if self._count == 0:
            raise AccessError(FORBIDDEN, f"{self._web.title} shows no user of the realm to this credential.", hint=VIEW)
        return self._count

    def _groups(self, path: str, what: str) -> t.Iterator[Record]:
        """A list of groups: pages until one is not full."""
        return self._pages(path, what, lambda count: count >= MAX)

    def _list(self, path: str, what: str) -> t.Iterator[Record]:
        """A list of people: pages until one is empty, in case a server sends fewer records than it is asked for."""
        return self._pages(path, what, bool)

    def _pages(self, path: str, what: str, goes_on: t.Callable[[int], bool]) -> t.Iterator[Record]:
        """A whole list. ``goes_on`` tells from the number of records in a page whether there may be another."""
        ids: set[str] = set()

        def items(body: t.Any, _shape: Shape) -> t.Any:
            return body

        def following(_answer: Answer, count: int, read: int) -> str | None:
            return f"{path}{parameters(first=read, max=MAX)}" if goes_on(count) else None

        for record in self._web.records(f"{path}{parameters(first=0, max=MAX)}", what, items, following):
            identity = self._web.shape(path).must(record.get("id"), str)
            if identity in ids:
                raise self._web.lie(f"{what} has {identity} twice, so that somebody else may be missing")
            ids.add(identity)
            yield record

    def _group(self, record: t.Any, asked: str) -> Group:
        if record is None:
            raise no_group(self._web.title, asked)
        shape = self._web.shape("/groups")
        identity = shape.must(shape.must(record, dict).get("id"), str)
        return Group(identity, shape.text(record, "name") or identity)

    def _account(self, record: Record) -> Account:
        shape = self._web.shape("/users")
        identity = shape.must(record.get("id"), str)
        login = shape.text(record, "username") or identity
        if not isinstance(record.get("enabled"), bool):
            raise AccessError(
                FORBIDDEN, f"{self._web.title} does not show whether the user {login} is enabled.", hint=VIEW
            )
        name = " ".join(filter(None, (shape.text(record, "firstName"), shape.text(record, "lastName"))))
        addresses = (value_at(record, self._email), shape.text(record, "email"))
        return Account(identity, login, addresses, name or login, "" if record["enabled"] else DISABLED)


def _flat(groups: t.Sequence[t.Any]) -> t.Iterator[Record]:
    """Groups and those inside them, as a search shows them."""
    pending = list(groups)
    while pending:
        record = pending.pop()
        if isinstance(record, dict):
            yield record
            pending += record.get("subGroups") or []
