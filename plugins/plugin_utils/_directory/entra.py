# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads Entra ID by Microsoft Graph.

Source: learn.microsoft.com/graph/api, "List group transitive members", "List users", "user resource type", "Paging", "Limited
information returned for inaccessible member objects". Who may not read users gets their ids, and null for the rest.
This file is private to the collection.
"""

from __future__ import annotations

import re
import typing as t
from urllib.parse import urlsplit

from ...module_utils._http.address import segment
from ...module_utils._http.answers import Shape
from ...module_utils._http.client import Answer
from ...module_utils._http.errors import FORBIDDEN, AccessError
from .model import DISABLED, NOT_A_PERSON, Account, Group, Members
from .person import value_at
from .settings import Credentials, Settings
from .web import Record, Web, below, exactly_one, no_group, parameters

GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
TOP = 999  # the most that Graph sends in a page
FIELDS = ("id", "displayName", "mail", "userPrincipalName", "accountEnabled", "userType", "proxyAddresses")
USER, GROUP = "#microsoft.graph.user", "#microsoft.graph.group"
LOGIN = {
    "graph.microsoft.com": "https://login.microsoftonline.com",
    "graph.microsoft.us": "https://login.microsoftonline.us",
    "dod-graph.microsoft.us": "https://login.microsoftonline.us",
    "microsoftgraph.chinacloudapi.cn": "https://login.chinacloudapi.cn",
}
"""Where each national cloud signs in (learn.microsoft.com/graph/deployments)."""


class Entra:
    """The users and groups of one tenant."""

    def __init__(self, settings: Settings, credentials: Credentials, clock: t.Callable[[], float]) -> None:
        parts = urlsplit(settings.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        self._web = Web(
            settings,
            credentials,
            sign_in=f"{LOGIN.get(parts.hostname or '', origin)}/{settings.tenant_id}/oauth2/v2.0/token",
            scope=f"{origin}/.default",
            headers={"ConsistencyLevel": "eventual"},  # without it, Graph does not count
        )
        self.api, self.close = self._web.api, self._web.close
        self._root = below(settings.url, "/v1.0")
        self._email = settings.email or "mail"
        fields = dict.fromkeys([*FIELDS, self._email.partition(".")[0]])
        self._query = parameters(_select=",".join(fields), _top=TOP, _count="true")

    def group(self, asked: str) -> Group:
        """Look a group up by its id, or by its ``displayName``."""
        select = parameters(_select="id,displayName,visibility")
        if GUID.fullmatch(asked):
            answer = self._web.find(f"{self._root}/groups/{segment(asked)}?{select}", f"group {asked}")
            match = answer.body if answer else None
        else:
            query = parameters(_filter="displayName eq '{}'".format(asked.replace("'", "''")))
            named = [
                record
                for record in self._list(f"{self._root}/groups?{query}&{select}", f"the groups with the name {asked}")
                if str(record.get("displayName")).casefold() == asked.casefold()
            ]
            match = exactly_one(named, asked, self._web.title, lambda record: str(record.get("id")))
        if match is None:
            raise no_group(self._web.title, asked)
        shape = self._web.shape("/groups")
        identity = shape.must(shape.must(match, dict).get("id"), str)
        if match.get("visibility") == "HiddenMembership":
            raise AccessError(
                FORBIDDEN,
                f"The members of the group {asked} are hidden, and {self._web.title} answers as if there were none.",
                hint="Map a group whose members are not hidden.",
            )
        return Group(identity, shape.text(match, "displayName") or identity)

    def members(self, group: Group) -> Members:
        """Everybody in a group and in the groups inside it, which Graph resolves."""
        path = f"{self._root}/groups/{segment(group.id)}/transitiveMembers?{self._query}"
        found = self._list(path, f"group {group.name}")
        return Members([self._account(record) for record in found if record.get("@odata.type") != GROUP])

    def everybody(self) -> t.Iterable[Account]:
        """All users of the tenant."""
        return map(self._account, self._list(f"{self._root}/users?{self._query}", "the users"))

    def account(self, identity: str) -> Account | None:
        """A user by id; one that was deleted is none."""
        select = self._query.partition("&")[0]
        answer = self._web.find(f"{self._root}/users/{segment(identity)}?{select}", f"user {identity}")
        return self._account(self._web.shape("/users").must(answer.body, dict)) if answer else None

    def verify(self, reached: t.Mapping[str, t.AbstractSet[str]]) -> None:
        """Graph counts what it lists; there is nothing else to compare with."""

    def _list(self, path: str, what: str) -> t.Iterator[Record]:
        """A whole list. Its number is in the first page, and may not be more than what was read."""
        counts: list[int] = []
        read = 0

        def items(body: t.Any, shape: Shape) -> t.Any:
            count = shape.must(body, dict).get("@odata.count")
            counts.extend([count] if isinstance(count, int) else [])
            return body.get("value")

        def following(answer: Answer, _count: int, _read: int) -> str | None:
            link = answer.body.get("@odata.nextLink")
            return self._web.linked(answer, None if link is None else self._web.shape(path).must(link, str))

        for record in self._web.records(path, what, items, following):
            read += 1
            yield record
        if counts and counts[0] > read:
            raise self._web.lie(f"it counts {counts[0]} records in {what} and sent {read}")

    def _account(self, record: Record) -> Account:
        shape = self._web.shape("/users")
        identity = shape.must(record.get("id"), str)
        label = str(record.get("userPrincipalName") or record.get("displayName") or identity)
        if record.get("@odata.type", USER) != USER:
            return Account(identity, label, (), str(record.get("displayName") or ""), NOT_A_PERSON)
        if record.get("accountEnabled") is None:
            raise AccessError(
                FORBIDDEN,
                f"{self._web.title} shows the id of user {identity} and hides the rest, whether they are enabled among it.",
                hint="Give the application the permission User.Read.All, and an administrator's consent to it.",
            )
        told = record.get("proxyAddresses")
        proxies = [item for item in (told if isinstance(told, list) else []) if str(item).lower().startswith("smtp:")]
        addresses = (value_at(record, self._email), shape.text(record, "mail"), *proxies)
        gone = "" if shape.flag(record, "accountEnabled") else DISABLED
        return Account(identity, label, addresses, shape.text(record, "displayName") or label, gone)
