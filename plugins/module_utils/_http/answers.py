# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Paged lists of the services, read to the end and checked.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t

from . import errors
from .client import Client
from .errors import ACCEPTED, AccessError, Request
from .naming import option

IDLE_PAGES = 5  # pages in a row without anything new, after which a list counts as endless


def read_pages(
    client: Client,
    path: str,
    key: str,
    identity: type,
    check: t.Callable[[Shape, dict[str, t.Any]], None] = lambda shape, record: None,
) -> list[dict[str, t.Any]]:
    """All records of a paged list, which each page holds under ``key``; a record that is shown twice is returned once.

    Every record must have an ``id`` of the type ``identity``, and pass ``check`` before the next page is read.
    """
    service, where = client.connection.name, path.partition("?")[0]
    records: dict[t.Any, dict[str, t.Any]] = {}
    shape = Shape(service, "GET", where)
    idle = 0
    for page in client.pages(path):
        before = len(records)
        for record in shape.must(shape.must(page, dict).get(key), list):
            known = shape.must(shape.must(record, dict).get("id"), identity)
            check(shape, record)
            shape.once(records, known, record)
        idle = 0 if len(records) > before else idle + 1
        if idle >= IDLE_PAGES:
            raise AccessError(
                errors.BAD_RESPONSE,
                f"{service} answered GET {where} with page after page without anything new.",
                hint=f"Check {option('api_url')}, and whether a proxy is in between.",
                method="GET",
                path=where,
                request=Request(ACCEPTED),
            )
    return list(records.values())


class Shape:
    """Checks decoded answers against the types in the contract."""

    def __init__(self, service: str, method: str, path: str, status: int = 200) -> None:
        self._service = service
        self._error = AccessError(
            errors.BAD_RESPONSE,
            f"{service} answered {method} {path} with JSON that does not match its documentation.",
            hint=f"Check {option('api_url')}. If it is right, the service changed its API; please report it.",
            status=status,
            method=method,
            path=path,
            request=Request(ACCEPTED),
        )

    def once(self, records: dict[t.Any, dict[str, t.Any]], identity: t.Any, record: dict[str, t.Any]) -> None:
        """Add a record, unless somebody else has its id: what is meant for one of them would be done to the other."""
        earlier = records.get(identity)
        if earlier is not None:
            emails = {self.text(found, "email").strip().lower() for found in (earlier, record)} - {""}
            if len(emails) > 1:
                error = self._error.hinted("Run again. If this does not help, report it to the service.")
                error.msg = (
                    f"{self._service} answered {error.method} {error.path} with two people under the id {identity}."
                )
                raise error
        records[identity] = record

    def must(self, value: t.Any, *kinds: type) -> t.Any:
        """The value if it has one of these types, otherwise ``bad_response``."""
        if isinstance(value, kinds) and not isinstance(value, bool):
            return value
        raise self._error

    def text(self, record: t.Mapping[str, t.Any], key: str) -> str:
        """A text; empty if it is missing or null."""
        value = record.get(key)
        return "" if value is None else str(self.must(value, str))

    def flag(self, record: t.Mapping[str, t.Any], key: str) -> bool:
        """A boolean; false if it is missing or null."""
        value = record.get(key)
        if value is None or isinstance(value, bool):
            return bool(value)
        raise self._error
