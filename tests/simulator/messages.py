# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests and replies, apart from sockets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from email.message import Message
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True)
class Request:
    """One request as it came."""

    method: str
    target: str
    headers: Message
    body: bytes = b""
    connection: int = 0
    scheme: str = "http"

    @cached_property
    def path(self) -> str:
        return urlsplit(self.target).path

    @cached_property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query))

    @cached_property
    def segments(self) -> tuple[str, ...]:
        """The parts of the path, decoded; a slash at its end counts for nothing."""
        return tuple(unquote(part) for part in self.path.strip("/").split("/"))

    @property
    def shape(self) -> str:
        """The path below the version, its ids as stars: `accounts/*/users`.

        This is all the routing that there is, because in both APIs names and ids take turns. werkzeug's router would need
        the same tables of endpoints, and take more than twice as long for each request.
        """
        return "/".join("*" if place % 2 else part for place, part in enumerate(self.segments[1:]))

    @property
    def ids(self) -> tuple[str, ...]:
        return self.segments[2::2]

    def header(self, name: str) -> str:
        return str(self.headers.get(name, ""))

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.header('Host')}"

    def document(self, media_type: str = "application/json") -> Any:
        """The body as JSON; None where it is none or does not say that it is."""
        if self.headers.get_content_type() != media_type:
            return None
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(frozen=True)
class Reply:
    """One answer; `changed` tells whether a change was made on the way to it."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    changed: bool = False

    def having(self, headers: Mapping[str, str]) -> Reply:
        return replace(self, headers={**self.headers, **headers})


def json_reply(
    status: int, document: Any, *, content_type: str = "application/json; charset=utf-8", changed: bool = False
) -> Reply:
    return Reply(status, json.dumps(document).encode(), {"Content-Type": content_type}, changed)


class Refused(Exception):
    """A request that a service answers with an error."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply
