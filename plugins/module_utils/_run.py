# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules do, from options to results: manage one person or many, or read.

This file is private to the collection.
"""

from __future__ import annotations

import math
import typing as t
from collections import Counter
from dataclasses import dataclass, field, replace

from . import _errors as errors
from ._apply import await_acceptance, follow_ups, reconcile
from ._catalog import ServiceInfo
from ._doubt import UNKNOWN_FATE, UNKNOWN_INVITATION
from ._errors import AccessError
from ._guards import Limits, check_max_removals
from ._match import Rules
from ._model import (
    ABSENT,
    CANCEL,
    INVITE,
    PRESENT,
    REINVITE,
    REMOVE,
    UPDATE,
    Kind,
    check_email,
    check_shown,
    fold,
    people_from,
    person_from,
)
from ._outcome import APPLIED, DEFERRED, FAILED, NOT_ATTEMPTED, Options, Report
from ._plan import diff
from ._service import Reader, Service
from ._wire import check_id, check_number

Params = t.Mapping[str, t.Any]
MAX_KEYS = "max_keys"


@dataclass
class Result:
    """What a module exits with."""

    values: dict[str, t.Any]
    error: AccessError | None = None
    warnings: list[str] = field(default_factory=list)
    diff: dict[str, str] | None = None


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
    error = error or _left_over(report)
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
    undone = report.error or _partial(report) or _left_over(report)
    return _result(service, report, _of_everybody(service.info, report), undone, bool(params.get("verify")))


def nothing_done(info: ServiceInfo, objects: t.Iterable[str] | None = None) -> dict[str, t.Any]:
    """The result of a run that failed before it could ask the service; with ``objects``, of one for one person."""
    values = (
        _of_everybody(info, Report([], Rules(info.roles, info.default_role)))
        if objects is None
        else {"status": None, "action": "none", **dict.fromkeys(objects)}
    )
    return {**values, "follow_up": []}


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
    """The names that people are to be invited with, by folded address."""
    return {fold(person["email"]): person["name"].strip() for person in people if (person["name"] or "").strip()}


def is_address(record: t.Mapping[str, t.Any], email: str | None) -> bool:
    """Whether a record is of this folded address, or accepted under it; None is anybody's."""
    accepted_by = record.get("accepted_by") or {}
    return email is None or email in (fold(record.get("email") or ""), fold(accepted_by.get("email") or ""))


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


def _partial(report: Report) -> AccessError | None:
    """Why a run that was completed did not do everything."""
    first = next((outcome for outcome in report.outcomes if outcome.error), None)
    if first is None or first.error is None:
        return _unresolved(report)
    outcomes = Counter(outcome.outcome for outcome in report.outcomes)
    doubt = any(
        outcome.error and outcome.error.hint in (UNKNOWN_FATE, UNKNOWN_INVITATION) for outcome in report.outcomes
    )
    remaining = _remaining(report)
    still = [f"The lists still show {remaining}."] if remaining else []
    rest = "Find out first what is not known." if doubt else "Run again to do the rest; nothing is done twice."
    return AccessError(
        errors.PARTIAL_FAILURE,
        f"{outcomes[APPLIED]} of {len(report.plan)} change{'' if len(report.plan) == 1 else 's'} applied, "
        f"{outcomes[FAILED]} failed, {outcomes[NOT_ATTEMPTED]} not attempted. The first failure, "
        f"{first.step.action} of {first.step.email}: "
        + " ".join((first.error.sentence, *(conflict.msg for conflict in report.conflicts), *still)),
        hint=f"See results for each person. {rest}",
        detail=first.error.detail or first.error.msg,
        status=first.error.status,
        method=first.error.method,
        path=first.error.path,
    )


def _left_over(report: Report) -> AccessError | None:
    """Why a run without failed steps did not remove everything."""
    remaining = _remaining(report)
    if not remaining:
        return None
    return AccessError(
        errors.PARTIAL_FAILURE,
        f"{'Every change was made, but the' if report.plan else 'The'} lists still show {remaining}.",
        hint="Run again; if that does not help, remove what remains by hand.",
    )


def _remaining(report: Report) -> str:
    """What the lists still show of people who lost access, for a sentence."""
    found = report.verified["remaining"] if report.verified else []
    more = f"; and {len(found) - 10} more" if len(found) > 10 else ""
    return "; ".join(f"{item['email']}: {item['what']}" for item in found[:10]) + more


def _caps(params: Params) -> dict[str, int]:
    most = _at_least(params, MAX_KEYS, 0) if MAX_KEYS in params else None
    return {} if most is None else {MAX_KEYS: int(most)}


def _unresolved(report: Report) -> AccessError | None:
    """The error for people who cannot be told apart; the plan for everybody else was carried out."""
    if not report.conflicts:
        return None
    others = (
        " Nothing was planned for these people; the plan for everybody else does not depend on them."
        if report.plan
        else ""
    )
    return AccessError(
        errors.VALIDATION,
        " ".join(conflict.msg for conflict in report.conflicts) + others,
        hint=report.conflicts[0].hint,
    )


def _addresses(texts: t.Iterable[str]) -> frozenset[str]:
    return frozenset(fold(check_shown(text)) for text in texts)


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
