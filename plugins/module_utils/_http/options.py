# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connection options: checked, and made into a client.

This file is private to the collection.
"""

from __future__ import annotations

import math
import typing as t
from types import MappingProxyType

from . import errors
from .address import check_url, meant
from .client import Client
from .connection import Connection
from .errors import AccessError
from .naming import option as named

LONGEST = 1e9  # seconds; the functions that wait cannot take many more


def check_secret(name: str, value: str) -> str:
    """Return a credential that is safe in a header, or raise ``invalid_key`` without quoting it."""
    if not value or not all("!" <= char <= "~" for char in value):
        raise AccessError(
            errors.INVALID_KEY,
            f"{named(name)} is empty, or contains white space, a line break or a character outside ASCII.",
            hint="Copy it again, without the line break that a file or an editor adds at the end.",
        )
    return value


def check_number(option: str, value: float, least: float, most: float = LONGEST) -> float:
    """Return a number within bounds, or raise ``validation``, also for NaN."""
    if not least <= value <= most:
        bound = "" if most == math.inf else f", at most {most:.0f}"
        raise AccessError(
            errors.VALIDATION, f"{named(option)} is out of range.", hint=f"Give {least:g} or more{bound}."
        )
    return value


def client_of(
    name: str,
    params: t.Mapping[str, t.Any],
    auth: t.Callable[[t.Any], t.Any],
    secret: str,
    media_type: str = "application/json",
    hosts: t.Mapping[str, str] = MappingProxyType({}),
) -> Client:
    """A client for the service ``name`` from connection options; ``secret`` never shows in its messages.

    ``hosts`` are hosts that are for something else, each with the one that is meant.
    """
    check_number("request_timeout", params["request_timeout"], 0.001)
    check_number("max_wait", params["max_wait"], 0)
    return Client(
        Connection(
            name=name,
            url=meant(check_url(params["api_url"]), hosts),
            auth=auth,
            secret=secret,
            media_type=media_type,
            verify=(params["ca_path"] or True) if params["validate_certs"] else False,
            request_timeout=params["request_timeout"],
            max_wait=params["max_wait"],
        )
    )
