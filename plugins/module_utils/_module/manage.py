# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""One person's access, from module options to a record: the bulk case with one person.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import replace

from .._access.apply import reconcile
from .._access.bulk import at_least, caps_of
from .._access.guards import Limits
from .._access.match import Rules
from .._access.model import ABSENT, PRESENT, Kind, Person, person_from
from .._access.outcome import Options, Report
from .._access.record import Result, Values, record_of
from .._access.service import Service
from .._access.verdict import left_over, unresolved
from .._access.verify import await_acceptance
from .._http import errors
from .._http.address import check_id
from .._http.errors import AccessError
from .._http.options import check_number


def manage_person(
    service: Service,
    params: Values,
    check: bool,
    *,
    min_keepers: int,
    objects: t.Mapping[str, tuple[Kind, ...]],
    may_invite: bool = True,
    pending_only: bool = False,
) -> Result:
    """Change one person's access to what is declared: the bulk case with one person.

    ``objects``: the result keys that hold the person's record, each with its kinds of grants.
    """
    rules = Rules(
        service.info.roles,
        service.info.default_role,
        pending_only=pending_only,
        manage_teams=bool(params.get("manage_teams")),
    )
    try:
        _check(params)
        person = person_from(params)
        rules = replace(rules, reinvite_after=at_least(params, "reinvite_after", 0))
    except AccessError as fault:
        return record_of(
            service, Report([], rules), {"status": None, "action": "none", **dict.fromkeys(objects)}, fault
        )
    limits = Limits(min_keepers=min_keepers, may_invite=may_invite, code=errors.LAST_ADMIN, caps=caps_of(params))
    report = reconcile(service, [person], rules, limits, Options(check=check, verify=bool(params.get("verify"))))
    error = report.error or next((outcome.error for outcome in report.outcomes if outcome.error), None)
    error = error or unresolved(report) or left_over(report)
    if not error and person.state == PRESENT and not person.email and not report.of(person):
        error = _nobody(person, pending_only)
    if not error and params.get("wait") and person.state == PRESENT and not check:
        await_acceptance(service, report, person, params["wait_timeout"], params["wait_interval"])
        error = report.error
    held = report.of(person)
    done = [outcome.step.action for outcome in report.outcomes if outcome.changed]
    values = {
        "status": held[0].status if held else ABSENT if report.was_read else None,
        "action": "+".join(done) or "none",
        **{
            name: next((grant.record for grant in held if grant.kind in kinds), None) for name, kinds in objects.items()
        },
    }
    return record_of(service, report, values, error, bool(params.get("verify")))


def _check(params: Values) -> None:
    """Refuse ids that are none, and times for which nothing can wait."""
    for option in ("id", "team_id"):
        if params.get(option) is not None:
            check_id(params[option])
    for option in ("wait_timeout", "wait_interval"):
        check_number(option, params.get(option, 0), 0)


def _nobody(person: Person, pending_only: bool) -> AccessError:
    return AccessError(
        errors.NOT_FOUND if pending_only else errors.NOT_A_USER,
        f"There is nobody with the id {person.id}.",
        hint="Use the e-mail address to invite somebody. The ids of users and invitations are not the same.",
    )
