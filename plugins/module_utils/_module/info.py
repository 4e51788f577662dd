# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What modules that only read share.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t

from .._access.addresses import check_email, fold, key, name_before
from .._access.service import Reader
from .._http.errors import AccessError
from .exit import Result
from .manage import Params


def inspect(service: Reader, values: t.Callable[[], dict[str, t.Any]]) -> Result:
    """The result of a module that only reads; a failure says what it cost, too."""
    shown: dict[str, t.Any] = {}
    error = None
    try:
        shown = values()
    except AccessError as fault:
        error = fault
    return Result({"changed": False, **shown, "api": service.client.api()}, error)


def narrowed_to(email: str | None) -> str | None:
    """The folded address of an option that narrows a list, None for everybody."""
    return None if email is None else fold(check_email(email))


def names_of(people: t.Iterable[Params]) -> dict[str, str]:
    """The names that people are to be invited with, by folded address; a name before an address is one, too."""
    named = ((person["email"], (person["name"] or "").strip() or name_before(person["email"])) for person in people)
    return {key(email): name for email, name in named if name}


def is_address(record: t.Mapping[str, t.Any], email: str | None) -> bool:
    """Whether a record is of this folded address, or accepted under it; None is anybody's."""
    accepted_by = record.get("accepted_by") or {}
    return email is None or email in (fold(record.get("email") or ""), fold(accepted_by.get("email") or ""))
