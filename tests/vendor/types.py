# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The types that the vendors' own clients read, field by field.

Facts from the records of Honeybadger's client for Go (api-go, version 2 of the API) and its command line, from the models
of Honeycomb's Terraform provider, and from Honeycomb's pages about `/1/auth`. Those clients decode into fixed types: a
field may be missing or null, but one of another type makes the whole answer unreadable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")

Shape = Any
"""A type; `"moment"`; a list of one shape; or a mapping of fields to shapes."""

USER = {"id": int, "role": str, "name": str, "email": str}
INVITATION = {
    "id": int,
    "token": str,
    "email": str,
    "role": str,
    "team_ids": [int],
    "created_at": "moment",
    "accepted_at": "moment",
}
ACCOUNT = {
    "id": str,
    "email": str,
    "name": str,
    "active": bool,
    "parked": bool,
    "quota_consumed": float,
    "api_stats": dict,
}
TEAM = {"id": int, "name": str, "account_id": int, "created_at": "moment"}
TEAM_MEMBER = {"id": int, "name": str, "email": str, "admin": bool}
TEAM_INVITATION = {
    "id": int,
    "token": str,
    "email": str,
    "admin": bool,
    "message": str,
    "created_at": "moment",
    "accepted_at": "moment",
}

AUTH = {
    "id": str,
    "type": str,
    "api_key_access": dict.fromkeys(("events", "markers", "triggers", "boards", "queries", "columns"), bool),
    "environment": {"name": str, "slug": str},
    "team": {"name": str, "slug": str},
}
TIMES = {"created": "moment", "updated": "moment"}
KEY = {
    "id": str,
    "type": str,
    "attributes": {"name": str, "key_type": str, "disabled": bool, "permissions": dict, "timestamps": TIMES},
    "relationships": {"environment": {"data": {"id": str, "type": str}}},
}
OWN_KEY = {
    "id": str,
    "type": str,
    "attributes": {"name": str, "key_type": str, "disabled": bool, "scopes": [str], "timestamps": TIMES},
    "relationships": {"team": {"data": {"id": str, "type": str}}},
}


def listed(shape: Shape) -> Shape:
    return {"results": [shape]}


def misread(shape: Shape, value: Any, place: str = "") -> Iterator[str]:
    """Where a client with fixed types could not read the value."""
    if value is None:
        return
    if shape == "moment":
        if not (isinstance(value, str) and MOMENT.fullmatch(value)):
            yield f"{place}: {value!r} is no RFC 3339 time"
    elif isinstance(shape, type):
        number = shape is float and isinstance(value, int)
        if not (isinstance(value, shape) or number) or (isinstance(value, bool) and shape is not bool):
            yield f"{place}: {value!r} is no {shape.__name__}"
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield f"{place}: {value!r} is no list"
            return
        for place_in, item in enumerate(value):
            yield from misread(shape[0], item, f"{place}/{place_in}")
    elif not isinstance(value, dict):
        yield f"{place}: {value!r} is no object"
    else:
        for name in shape.keys() & value.keys():
            yield from misread(shape[name], value[name], f"{place}/{name}")
