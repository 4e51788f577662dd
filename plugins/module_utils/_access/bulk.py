# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everybody at once: from the options of a bulk module, or of the role, to a record.

This file is private to the collection.
"""

from __future__ import annotations

import math
import typing as t

from .._http.errors import AccessError
from .._http.options import check_number
from .._http.text import clean
from .addresses import check_shown, fold, is_address, separated
from .apply import reconcile
from .guards import Limits, check_max_removals
from .match import Rules
from .model import MOST_WORDS, people_from
from .outcome import Around, Options, Report
from .record import Result, Values, everybody, record_of
from .service import Service
from .verdict import left_over, partial

MAX_KEYS = "max_keys"


def manage_people(service: Service, params: Values, check: bool, around: Around) -> Result:
    """Change everybody's access to what is declared."""
    try:
        listed = people_from(params[service.info.people])
        rules = Rules(
            service.info.roles,
            service.info.default_role,
            params["exclusive"],
            _addresses(params["ignore"]),
            at_least(params, "reinvite_after", 0),
            manage_teams=bool(params.get("manage_teams")),
            reasons={
                fold(str(address)): clean(str(text), (), MOST_WORDS) for address, text in params["reasons"].items()
            },
        )
        limits = Limits(
            check_max_removals(params["max_removals"]),
            int(at_least(params, service.info.keepers, 0) or 0),
            _addresses(params["protected"]),
            caps_of(params),
        )
        at_least(params, "max_changes", 0)
        at_least(params, "concurrency", 1)
    except AccessError as error:
        report = Report([], Rules(service.info.roles, service.info.default_role), error=error)
    else:
        options = Options(
            check,
            params["max_changes"],
            params["concurrency"],
            params["expected_plan_id"],
            bool(params.get("verify")),
            shows_id=True,
            around=around,
        )
        report = reconcile(service, listed, rules, limits, options)
    undone = report.error or partial(report) or left_over(report)
    return record_of(service, report, everybody(service.info, report), undone, bool(params.get("verify")))


def caps_of(params: Values) -> dict[str, int]:
    """How many grants of a kind may go, by the cap of the kind."""
    most = at_least(params, MAX_KEYS, 0) if MAX_KEYS in params else None
    return {} if most is None else {MAX_KEYS: int(most)}


def _addresses(texts: t.Iterable[str]) -> frozenset[str]:
    parts = (part for text in texts for part in (separated(text) or [text] if is_address(text) else [text]))
    return frozenset(fold(check_shown(part)) for part in parts)


def at_least(params: Values, option: str, least: int) -> float | None:
    """The number of an option, None if it is not set."""
    value: float | None = params[option]
    return None if value is None else check_number(option, value, least, math.inf)
