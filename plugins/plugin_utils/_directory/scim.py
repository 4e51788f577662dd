# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads a directory that speaks SCIM 2.0 (RFC 7643, RFC 7644).

``totalResults`` proves that a list is whole. A group's ``members`` are ids only, and have no number to compare with, but
the read-only ``groups`` of a user, where the server fills it, tells who is missing among them.
This file is private to the collection.
"""

from __future__ import annotations

import json
import typing as t

from ...module_utils._http.address import segment
from ...module_utils._http.answers import Shape
from ...module_utils._http.client import Answer
from ...module_utils._http.errors import FORBIDDEN, AccessError
from .model import DISABLED, Account, Group, Members
from .person import value_at
from .settings import Credentials, Settings
from .web import Record, Web, exactly_one, parameters

COUNT = 500  # records asked for in a page; the server may send fewer
MEDIA_TYPE = "application/scim+json"
NO_FILTERS = (400, 501)
"""What servers answer that do not support filters, which are optional (RFC 7644, 3.4.2.2)."""
NOT_OF_WORK = ("home", "other")


class Scim:
    """The users and groups below a SCIM base address."""

    def __init__(self, settings: Settings, credentials: Credentials, clock: t.Callable[[], float]) -> None:
        self._web = Web(settings, credentials, media_type=MEDIA_TYPE)
        if not credentials.token:
            self._web.basic(credentials.user, credentials.password)
        self._email = settings.email
        self._users: dict[str, Account] | None = None
        self._says: dict[str, set[str]] = {}
        self.api, self.close = self._web.api, self._web.close

    def group(self, asked: str) -> Group:
        """Look a group up by its ``displayName``, which has no case, and then by its id."""
        named = [
            record
            for record in self._groups(asked, f"the groups with the name {asked}")
            if str(record.get("displayName")).casefold() == asked.casefold()
        ]
        match = exactly_one(named, asked, self._web.title, lambda record: str(record.get("id")))
        match = self._web.group(match, f"/Groups/{segment(asked)}?attributes=displayName", asked)
        return self._group(match)

    def members(self, group: Group) -> Members:
        """A group's own resource, with every member found among the users, or read by itself."""
        path = f"/Groups/{segment(group.id)}"
        shape = self._web.shape(path)
        record = shape.must(self._web.get(path, f"group {group.name}").body, dict)
        accounts: list[Account] = []
        groups: list[Group] = []
        for member in shape.must(record.get("members") or [], list):
            identity = shape.must(shape.must(member, dict).get("value"), str)
            if member.get("type") == "Group" or "/Groups/" in str(member.get("$ref")):
                groups.append(Group(identity, shape.text(member, "display") or identity))
            elif identity in self._all():
                accounts.append(self._all()[identity])
            else:
                self._untyped(identity, group, accounts, groups)
        return Members(accounts, groups)

    def everybody(self) -> t.Iterable[Account]:
        """Every user of the directory."""
        return self._all().values()

    def account(self, identity: str) -> Account | None:
        """A user by id."""
        answer = self._web.find(f"/Users/{segment(identity)}", f"user {identity}")
        return self._account(answer.body, self._web.shape("/Users")) if answer else None

    def verify(self, reached: t.Mapping[str, t.AbstractSet[str]]) -> None:
        """Nobody may say that they are in a group whose members do not name them."""
        for group, ids in reached.items():
            hidden = sorted(self._says.get(group, set()) - ids)
            if hidden:
                raise self._web.lie(
                    f"{len(hidden)} users say that they are in the group {group}, which does not list them "
                    f"({', '.join(hidden[:3])})"
                )

    def _groups(self, asked: str, what: str) -> list[Record]:
        """The groups that may have this name: those that a filter finds, or all where a server has no filters."""
        query = parameters(filter=f"displayName eq {json.dumps(asked)}", attributes="displayName")
        try:
            return list(self._list(f"/Groups?{query}", what))
        except AccessError as error:
            if error.status not in NO_FILTERS:
                raise
        return list(self._list(f"/Groups?{parameters(attributes='displayName')}", "the groups"))

    def _untyped(self, identity: str, group: Group, accounts: list[Account], groups: list[Group]) -> None:
        """A member without a type that is not in the list of users: another group, or somebody who is hidden."""
        inner = self._web.find(f"/Groups/{segment(identity)}?attributes=displayName", f"member {identity}")
        if inner is not None:
            groups.append(self._group(inner.body))
            return
        account = self.account(identity)
        if account is None:
            raise AccessError(
                FORBIDDEN,
                f"The group {group.name} has the member {identity}, whom {self._web.title} does not show.",
                hint="Let the credential read all users, or remove that member from the group.",
            )
        accounts.append(account)

    def _all(self) -> dict[str, Account]:
        """All users by id, read when they are first needed."""
        if self._users is None:
            shape = self._web.shape("/Users")
            self._users = {}
            for record in self._list("/Users?", "the users"):
                account = self._account(record, shape)
                self._users[account.id] = account
                told = record.get("groups")
                for item in told if isinstance(told, list) else ():
                    if isinstance(item, dict) and item.get("value"):
                        self._says.setdefault(str(item["value"]), set()).add(account.id)
        return self._users

    def _list(self, path: str, what: str) -> t.Iterator[Record]:
        """A whole list, which must have as many different records as ``totalResults`` says."""
        ids: set[str] = set()
        total = 0
        path += "" if path.endswith("?") else "&"
        shape = self._web.shape(path)

        def following(answer: Answer, count: int, read: int) -> str | None:
            nonlocal total
            total = shape.must(shape.must(answer.body, dict).get("totalResults"), int)
            return None if read >= total or not count else f"{path}{parameters(startIndex=read + 1, count=COUNT)}"

        def items(body: t.Any, shape: Shape) -> t.Any:
            return shape.must(body, dict).get("Resources") or []

        for record in self._web.records(f"{path}{parameters(startIndex=1, count=COUNT)}", what, items, following):
            identity = shape.must(record.get("id"), str)
            if identity not in ids:
                ids.add(identity)
                yield record
        if len(ids) != total:
            raise self._web.lie(f"it counts {total} records in {what} and sent {len(ids)} different ones")

    def _group(self, record: t.Any) -> Group:
        shape = self._web.shape("/Groups")
        identity = shape.must(shape.must(record, dict).get("id"), str)
        return Group(identity, shape.text(record, "displayName") or identity)

    def _account(self, record: t.Any, shape: Shape) -> Account:
        """A user. Without ``active``, which is optional, somebody is active (RFC 7643, 4.1.1)."""
        identity = shape.must(shape.must(record, dict).get("id"), str)
        name = record.get("displayName") or value_at(record, "name.formatted")
        login = shape.text(record, "userName")
        gone = "" if record.get("active") is None or shape.flag(record, "active") else DISABLED
        return Account(identity, login or identity, self._addresses(record), str(name or login), gone)

    def _addresses(self, record: Record) -> tuple[str, ...]:
        """The primary address, then those of work; a private one is nobody's way in."""
        told = record.get("emails")
        emails = [item for item in (told if isinstance(told, list) else []) if isinstance(item, dict)]
        emails.sort(key=lambda item: (item.get("primary") is not True, str(item.get("type") or "work") != "work"))
        usable = [
            str(item.get("value") or "")
            for item in emails
            if item.get("primary") is True or item.get("type") not in NOT_OF_WORK
        ]
        if self._email:
            return (value_at(record, self._email), *usable)
        return tuple(usable)
