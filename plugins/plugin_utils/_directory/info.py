# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the action ``directory_info`` takes and returns.

This file is private to the collection.
"""

from __future__ import annotations

import time
import typing as t

from ...module_utils._http.errors import VALIDATION, AccessError
from .guards import Limits, check_max_drop, guard
from .read import read
from .remember import next_memory, remembered_from
from .settings import CREDENTIALS, SOURCES, Credentials, settings_from

TEXT = {"type": "str"}
SPEC: dict[str, dict[str, t.Any]] = {
    "source": {"type": "str", "required": True, "choices": list(SOURCES)},
    "url": {"type": "str", "required": True},
    "groups": {"type": "list", "elements": "str"},
    **dict.fromkeys(("email", "base", "group_base", "people_filter", "realm", "tenant_id"), TEXT),
    **{
        name: {
            "type": "str",
            "aliases": [f"directory_{name}"],
            "no_log": name in ("password", "token", "client_secret"),
        }
        for name in CREDENTIALS
    },
    "start_tls": {"type": "bool", "default": False},
    "anonymous": {"type": "bool", "default": False},
    "allow_empty": {"type": "bool", "default": False},
    "min_people": {"type": "int", "default": 1},
    "max_drop": {"type": "str", "default": "25%"},
    "known_people": {"type": "dict"},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
    "request_timeout": {"type": "float", "default": 30},
    "max_wait": {"type": "int", "default": 300},
}


def directory_info(options: t.Mapping[str, t.Any], clock: t.Callable[[], float] = time.time) -> dict[str, t.Any]:
    """The result for validated options, which are those of ``SPEC``. It holds what was read even where that is refused."""
    asked = options["groups"]
    if asked is not None and not asked:
        raise AccessError(
            VALIDATION, "groups is empty.", hint="Name one group or more, or leave groups out to read everybody."
        )
    limits = Limits(
        options["min_people"],
        check_max_drop(options["max_drop"]),
        frozenset(asked or ()) if options["allow_empty"] else frozenset(),
        need_address=False,
    )
    known = remembered_from(options["known_people"])
    reading = read(
        settings_from(options), Credentials(**{name: options[name] or "" for name in CREDENTIALS}), asked, clock
    )
    result: dict[str, t.Any] = {**reading.public(), "known_people": next_memory(reading, known).as_dict()}
    try:
        guard(reading, known, limits)
    except AccessError as error:
        return {**result, **failure(error), "known_people": options["known_people"]}
    return result


def failure(error: AccessError) -> dict[str, t.Any]:
    """An error as the result of a task."""
    return {"failed": True, "msg": error.sentence, "error": error.as_dict()}
