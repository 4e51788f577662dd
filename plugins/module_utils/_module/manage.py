# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules do, from options to results: manage one person or many, or read.

This file is private to the collection.
"""

from __future__ import annotations

import math
import typing as t
from collections import Counter
from dataclasses import replace

from .._access.addresses import check_shown, fold, is_address, separated
from .._access.apply import reconcile
from .._access.catalog import ServiceInfo
from .._access.guards import Limits, check_max_removals
from .._access.match import Rules
from .._access.model import ABSENT, CANCEL, INVITE, PRESENT, REINVITE, REMOVE, UPDATE, Kind, people_from, person_from
from .._access.outcome import APPLIED, DEFERRED, FAILED, NOT_ATTEMPTED, Options, Report
from .._access.plan import diff
from .._access.service import Service
from .._access.verdict import left_over, partial
from .._access.verify import await_acceptance, follow_ups
from .._http import errors
from .._http.address import check_id
from .._http.errors import AccessError
from .._http.options import check_number
from .exit import Result

Params = t.Mapping[str, t.Any]


MAX_KEYS = "max_keys"


def manage_person(
    service: Service,
    params: Params,
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
        rules = replace(rules, reinvite_after=_at_least(params, "reinvite_after", 0))
    except AccessError as fault:
        return _result(service, Report([], rules), {"status": None, "action": "none", **dict.fromkeys(objects)}, fault)
    limits = Limits(min_keepers=min_keepers, may_invite=may_invite, code=errors.LAST_ADMIN, caps=_caps(params))
    report = reconcile(service, [person], rules, limits, Options(check=check, verify=bool(params.get("verify"))))
    error = report.error or next((outcome.error for outcome in report.outcomes if outcome.error), None)
    error = error or left_over(report)
    if not error and person.state == PRESENT and not person.email and not report.of(person):
        error = AccessError(
            errors.NOT_FOUND if pending_only else errors.NOT_A_USER,
            f"There is nobody with the id {person.id}.",
            hint="Use the e-mail address to invite somebody. The ids of users and invitations are not the same.",
        )
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
    return _result(service, report, values, error, bool(params.get("verify")))


def manage_people(service: Service, params: Params, check: bool) -> Result:
    """Change everybody's access to what is declared."""
    try:
        listed = people_from(params[service.info.people])
        rules = Rules(
            service.info.roles,
            service.info.default_role,
            params["exclusive"],
            _addresses(params["ignore"]),
            _at_least(params, "reinvite_after", 0),
            manage_teams=bool(params.get("manage_teams")),
        )
        limits = Limits(
            check_max_removals(params["max_removals"]),
            int(_at_least(params, service.info.keepers, 0) or 0),
            _addresses(params["protected"]),
            _caps(params),
        )
        _at_least(params, "max_changes", 0)
        _at_least(params, "concurrency", 1)
    except AccessError as error:
        report = Report([], Rules(service.info.roles, service.info.default_role), error=error)
    else:
        options = Options(
            check,
            params["max_changes"],
            params["concurrency"],
            params["expected_plan_id"],
            bool(params.get("verify")),
        )
        report = reconcile(service, listed, rules, limits, options)
    undone = report.error or partial(report) or left_over(report)
    return _result(service, report, _of_everybody(service.info, report), undone, bool(params.get("verify")))


def nothing_done(info: ServiceInfo, objects: t.Iterable[str] | None = None) -> dict[str, t.Any]:
    """The result of a run that failed before it could ask the service; with ``objects``, of one for one person."""
    values = (
        _of_everybody(info, Report([], Rules(info.roles, info.default_role)))
        if objects is None
        else {"status": None, "action": "none", **dict.fromkeys(objects)}
    )
    return {**values, "follow_up": []}


def _result(
    service: Service, report: Report, values: dict[str, t.Any], error: AccessError | None, verifies: bool = False
) -> Result:
    return Result(
        {
            "changed": report.changed,
            **values,
            **service.remembered(),
            **{key: value for found in service.companions for key, value in found.results(report.outcomes).items()},
            **({"verified": report.verified} if verifies else {}),
            "follow_up": follow_ups(service, report),
            "api": _cost(service),
        },
        error,
        report.warnings,
        diff(outcome.step for outcome in report.outcomes if outcome.changed),
    )


def _cost(service: Service) -> dict[str, t.Any]:
    """The cost of the task, over all credentials."""
    others = {id(found.client): found.client for found in service.companions if found.client is not service.client}
    api = service.client.api()
    return {**api, "requests": api["requests"] + sum(client.requests for client in others.values())}


def _of_everybody(info: ServiceInfo, report: Report) -> dict[str, t.Any]:
    """The plan, what became of it, and all records at the end under the result keys of the service."""
    outcomes = Counter(outcome.outcome for outcome in report.outcomes)
    actions = Counter(step.action for step in report.plan)
    return {
        "plan": [step.as_dict() for step in report.plan],
        "plan_id": report.plan_id,
        "results": [outcome.as_dict() for outcome in report.outcomes],
        "summary": {
            **{action: actions[action] for action in (INVITE, UPDATE, REINVITE, REMOVE, CANCEL)},
            **{action: count for action, count in actions.items() if count},
            **{outcome: outcomes[outcome] for outcome in (APPLIED, FAILED, DEFERRED, NOT_ATTEMPTED)},
        },
        **{
            name: [grant.record for grant in report.world if grant.kind in kinds]
            for name, kinds in info.results.items()
        },
    }


def _caps(params: Params) -> dict[str, int]:
    most = _at_least(params, MAX_KEYS, 0) if MAX_KEYS in params else None
    return {} if most is None else {MAX_KEYS: int(most)}


def _addresses(texts: t.Iterable[str]) -> frozenset[str]:
    parts = (part for text in texts for part in (separated(text) or [text] if is_address(text) else [text]))
    return frozenset(fold(check_shown(part)) for part in parts)


def _check(params: Params) -> None:
    """Refuse ids that are none, and times for which nothing can wait."""
    for option in ("id", "team_id"):
        if params.get(option) is not None:
            check_id(params[option])
    for option in ("wait_timeout", "wait_interval"):
        check_number(option, params.get(option, 0), 0)


def _at_least(params: Params, option: str, least: int) -> float | None:
    value: float | None = params[option]
    return None if value is None else check_number(option, value, least, math.inf)
