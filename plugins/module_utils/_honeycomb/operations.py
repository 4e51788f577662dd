# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Honeycomb can be asked for besides one person: everybody, the key itself, and API keys.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import asdict

from .._access.addresses import names_of
from .._access.bulk import manage_people
from .._access.model import KNOWN
from .._access.options import BULK, VERIFY, people
from .._access.outcome import Around
from .._access.record import Operation, Result, Values, inspect, is_address, narrowed_to, nothing_done, reads
from .._http import errors
from .._http.errors import AccessError
from .connect import CONNECTION, KEYS, MANAGEMENT, MANAGEMENT_UNUSED, honeycomb, honeycomb_keys
from .facts import HONEYCOMB


def _members(values: Values, check: bool, around: Around) -> Result:
    return manage_people(honeycomb(values, names_of(values["members"]), around.answers), values, check, around)


def _member_info(values: Values) -> Result:
    service, email = honeycomb(values), narrowed_to(values["email"])
    return inspect(service, lambda: {"members": [one for one in service.members() if is_address(one, email)]})


def _auth_info(values: Values, _check: bool, around: Around) -> Result:
    service = honeycomb(values, answers=around.answers)
    return inspect(service, lambda: {"auth": service.auth()})


def _api_key_info(params: Values) -> Result:
    """The keys of a team, each with the person who created it."""
    service = honeycomb_keys(params)
    email = narrowed_to(params["creator"])
    kind = None if params["type"] == "all" else params["type"]
    warnings: list[str] = []

    def values() -> dict[str, t.Any]:
        users, users_read = [], True
        try:
            users = service.users()
        except AccessError as error:
            if email is not None or error.code not in (errors.FORBIDDEN, errors.ENDPOINT_UNAVAILABLE):
                raise
            users_read = False
            warnings.append(f"The addresses of the people who created the keys could not be read. {error.marked}")
        makers = {user.id for user in users if user.email == email}
        if email is not None and not makers:
            warnings.append(f"Honeycomb lists no user {email}, so it is not known which keys they created.")
        found = [key for key in service.keys(kind) if email is None or key.creator in makers]
        return {
            "api_keys": [key.public(users) for key in found],
            "users": [asdict(user) for user in users],
            "users_read": users_read,
        }

    result = inspect(service, values)
    result.warnings += warnings
    return result


MEMBERS = Operation(
    {
        **CONNECTION,
        **BULK,
        **KEYS,
        **VERIFY,
        **people(HONEYCOMB, name={"type": "str"}),
        KNOWN: {"type": "dict"},
    },
    _members,
    {**nothing_done(HONEYCOMB), KNOWN: {}, "leaver_keys": []},
)
MEMBER_INFO = reads({**CONNECTION, **MANAGEMENT_UNUSED, "email": {"type": "str"}}, _member_info)
AUTH_INFO = Operation({**CONNECTION, **MANAGEMENT_UNUSED}, _auth_info)
API_KEY_INFO = reads(
    {
        **MANAGEMENT,
        "type": {"type": "str", "choices": ["ingest", "configuration", "all"], "default": "all"},
        "creator": {"type": "str"},
    },
    _api_key_info,
)
