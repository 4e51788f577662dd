# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads Google Workspace by the Directory API.

Source: developers.google.com/workspace/admin/directory/reference/rest/v1, "members", "groups", "users", and the guide
"Search for groups". Pages are linked by a token; no field mask is sent, since one without the token ends after a page.
This file is private to the collection.
"""

from __future__ import annotations

import typing as t

from ...module_utils._http.address import segment
from ...module_utils._http.answers import Shape
from ...module_utils._http.client import Answer
from ...module_utils._http.errors import FORBIDDEN, VALIDATION, AccessError
from .model import DISABLED, Account, Group, Members
from .person import value_at
from .settings import Credentials, Settings
from .web import Record, Web, below, exactly_one, parameters

GROUPS_PAGE, MEMBERS_PAGE, USERS_PAGE = 200, 200, 500  # the most that a page may have
OURS = "my_customer"


class Google:
    """The users and groups of the customer whose token it is."""

    def __init__(self, settings: Settings, credentials: Credentials, clock: t.Callable[[], float]) -> None:
        self._web = Web(settings, credentials)
        self.api, self.close = self._web.api, self._web.close
        self._root = below(settings.url, "/admin/directory/v1")
        self._email = settings.email or "primaryEmail"
        self._users: dict[str, Account] | None = None
        self._domains: set[str] = set()

    def group(self, asked: str) -> Group:
        """Look a group up by its address or id, or by its name."""
        match = None
        if "@" not in asked:
            name = asked.replace("\\", "\\\\").replace("'", "\\'")
            query = parameters(customer=OURS, maxResults=GROUPS_PAGE, query=f"name='{name}'")
            named = [
                record
                for record in self._list(f"{self._root}/groups?{query}", "groups", f"the groups with the name {asked}")
                if str(record.get("name")).casefold() == asked.casefold()
            ]
            match = exactly_one(named, asked, self._web.title, lambda record: str(record.get("email")))
        match = self._web.group(match, f"{self._root}/groups/{segment(asked)}", asked)
        shape = self._web.shape("/groups")
        identity = shape.must(shape.must(match, dict).get("id"), str)
        return Group(identity, shape.text(match, "name") or shape.text(match, "email") or identity)

    def members(self, group: Group) -> Members:
        """Everybody and every group in a group. A member that stands for a whole domain cannot be listed."""
        path = f"{self._root}/groups/{segment(group.id)}/members?{parameters(maxResults=MEMBERS_PAGE)}"
        accounts: list[Account] = []
        groups: list[Group] = []
        for record in self._list(path, "members", f"group {group.name}"):
            shape = self._web.shape(path)
            identity, kind = shape.must(record.get("id"), str), shape.must(record.get("type"), str)
            if kind == "GROUP":
                groups.append(Group(identity, shape.text(record, "email") or identity))
            elif kind == "CUSTOMER":
                raise AccessError(
                    VALIDATION,
                    f"The group {group.name} has the whole domain as a member, and {self._web.title} does not list whom that "
                    "means.",
                    hint="Map another group, which people are members of.",
                )
            else:
                accounts.append(self._all().get(identity) or self._outsider(record, identity, group))
        return Members(accounts, groups)

    def everybody(self) -> t.Iterable[Account]:
        """All users of the customer."""
        return self._all().values()

    def account(self, identity: str) -> Account | None:
        """A user by id; one that was deleted is none."""
        answer = self._web.find(f"{self._root}/users/{segment(identity)}", f"user {identity}")
        return self._account(self._web.shape("/users").must(answer.body, dict)) if answer else None

    def verify(self, reached: t.Mapping[str, t.AbstractSet[str]]) -> None:
        """Google tells of nobody which groups they are in."""

    def _outsider(self, record: Record, identity: str, group: Group) -> Account:
        """A member who is no user here: a guest with an address elsewhere, or somebody who is hidden."""
        email = self._web.shape("/members").text(record, "email")
        if email.rpartition("@")[2].lower() in self._domains:
            account = self.account(identity)
            if account is None:
                raise AccessError(
                    FORBIDDEN,
                    f"The group {group.name} has the member {email}, whom {self._web.title} does not show among the users.",
                    hint="Let the token read all users (scope admin.directory.user.readonly, by an administrator).",
                )
            return account
        return Account(identity, email, (email,), email, DISABLED if record.get("status") == "SUSPENDED" else "")

    def _all(self) -> dict[str, Account]:
        """All users by id, read when they are first needed."""
        if self._users is None:
            path = f"{self._root}/users?{parameters(customer=OURS, maxResults=USERS_PAGE)}"
            self._users = {}
            for record in self._list(path, "users", "the users"):
                account = self._account(record)
                self._users[account.id] = account
                self._domains.add(str(record.get("primaryEmail")).rpartition("@")[2].lower())
        return self._users

    def _list(self, path: str, key: str, what: str) -> t.Iterator[Record]:
        """A whole list. The key is missing where a page has nothing."""

        def items(body: t.Any, shape: Shape) -> t.Any:
            return shape.must(body, dict).get(key) or []

        def following(answer: Answer, _count: int, _read: int) -> str | None:
            token = self._web.shape(path).text(answer.body, "nextPageToken")
            return f"{path}&{parameters(pageToken=token)}" if token else None

        return self._web.records(path, what, items, following)

    def _account(self, record: Record) -> Account:
        shape = self._web.shape("/users")
        identity = shape.must(record.get("id"), str)
        login = shape.text(record, "primaryEmail")
        if not isinstance(record.get("suspended"), bool):
            raise AccessError(
                FORBIDDEN,
                f"{self._web.title} does not show whether the user {login or identity} is suspended.",
                hint="Use a token of an administrator with the scope admin.directory.user.readonly.",
            )
        more = [*_texts(record.get("aliases")), *_texts(record.get("nonEditableAliases"))]
        gone = DISABLED if shape.flag(record, "suspended") or shape.flag(record, "archived") else ""
        name = value_at(record, "name.fullName") or login
        return Account(identity, login or identity, (value_at(record, self._email), login, *more), name, gone)


def _texts(value: t.Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
