# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The only way in which access changes: read, plan, guard, apply.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import replace
from datetime import datetime, timezone
from functools import partial
from itertools import groupby

from .._http import errors
from .._http.errors import AccessError, unexpected
from .._http.naming import option
from .addresses import fold
from .doubt import ROUNDS
from .guards import Limits, first_of, from_here, guard, hold_back, refuse_unmatched, unmatched
from .journal import expect, in_doubt
from .match import Rules
from .model import (
    ABSENT,
    INVITE,
    LAST,
    LEAVING,
    LOWER,
    RAISE,
    REMOVAL,
    Grant,
    Person,
    Step,
)
from .outcome import APPLIED, DEFERRED, NOT_ATTEMPTED, Options, Outcome, Report, evolve
from .perform import client_of, perform
from .plan import check_people, plan_id, turn
from .planner import companion_of, drafted
from .service import Service
from .settle import half_done, in_all, settle
from .verify import own_credential, verify


def reconcile(
    service: Service, desired: t.Sequence[Person], rules: Rules, limits: Limits, options: Options | None = None
) -> Report:
    """Change the service to what is declared. Never raises: the report holds what was done before an error."""
    report = Report(desired, rules)
    try:
        _reconcile(service, report, limits, options or Options())
    except AccessError as error:
        report.error = error
    except Exception as bug:  # noqa: BLE001
        report.error = unexpected(bug)
    except BaseException as ended:  # noqa: BLE001
        report.error, report.ended_by = _ended(), ended
    if options and options.around.journal and not report.ended_by:
        options.around.journal.told()
    if report.error and not report.outcomes:
        report.outcomes = [Outcome(step, NOT_ATTEMPTED) for step in report.plan]
    return report


def _ended() -> AccessError:
    return AccessError(
        errors.TIMEOUT,
        "The run was ended from outside, by a time-out or by hand, before everything was done.",
        hint="Run again to do the rest; nothing is done twice.",
    )


def _reconcile(service: Service, report: Report, limits: Limits, options: Options) -> None:
    check_people(report.desired, report.rules)
    now = datetime.now(timezone.utc)
    report.existing = _read(service, report)
    report.was_read = True
    for name, texts in (("protected", limits.protected), ("ignore", report.rules.ignore)):
        report.unmatched[name] = unmatched(texts, report.desired, report.existing)
        refuse_unmatched(name, report.unmatched[name])
    found = drafted(service, report, now)
    report.plan = found.steps
    if report.plan and options.shows_id:
        service.identify()
    report.plan_id = plan_id(service.scope, report.plan)
    report.warnings = [*service.caveats(report.desired, _unlisted(report), report.rules.exclusive), *found.notes]
    report.warnings += in_doubt(service)
    if options.expected_plan_id is not None and options.expected_plan_id != report.plan_id:
        raise AccessError(
            errors.PLAN_CHANGED,
            f"The plan is now {report.plan_id}, not {options.expected_plan_id[:40]}: people, roster or options changed "
            "since it was approved.",
            hint="Plan again, and have the new plan approved.",
        )
    guard(report.plan, report.existing, report.rules, limits)
    steps = first_of(report.plan, options.max_changes)
    short = service.client.affords(sum(step.requests for step in steps if client_of(service, step) is service.client))
    if short:
        if len(steps) > 1:
            short.hint += f" Or set {option('max_changes')} to apply a part of the plan in each run."
        raise short
    if options.check:
        report.outcomes = [
            Outcome(
                step, APPLIED, None, step.target, None if companion_of(service, step) else _planned(step.goal), True
            )
            for step in steps
        ]
        report.existing = evolve(report.existing, report.outcomes)
        _add_deferred(report, steps)
    else:
        expect(options.around.journal, service, steps)
        if options.around.watch and steps:
            options.around.watch.begins(steps, options.concurrency, service.client.quota)
        try:
            _apply(service, report, steps, limits, options, now)
        finally:
            _add_deferred(report, steps)
    if options.verify and not options.check:
        verify(service, report, now)


def _add_deferred(report: Report, steps: t.Sequence[Step]) -> None:
    """Put the outcomes of the chosen steps and of the others into the order of the plan."""
    if report.outcomes or not steps:
        done = dict(zip(steps, report.outcomes))
        report.outcomes = [done.get(step) or Outcome(step, DEFERRED) for step in report.plan]


def _read(service: Service, report: Report) -> list[Grant]:
    try:
        return service.read()
    except AccessError as error:
        for companion in service.companions:
            error = companion.explain(error, report.desired)
        raise error from None


def _unlisted(report: Report) -> list[str]:
    """Folded addresses of the people for whom nothing was found."""
    invited = {step.email for step in report.plan if step.action == INVITE}
    removed = {step.email for step in report.plan if step.takes_away}
    leavers = {fold(person.email) for person in report.desired if person.state == ABSENT}
    return sorted(invited | (leavers - removed))


def _apply(
    service: Service, report: Report, steps: list[Step], limits: Limits, options: Options, now: datetime
) -> None:
    """Apply the steps phase by phase. A failure does not stop other steps, unless a guard would then be broken.

    Within a phase, those who may manage others come after everybody else, since the credential may be theirs.
    """
    outcomes = {step: Outcome(step, NOT_ATTEMPTED) for step in steps}
    limits = from_here(limits, report.existing, report.rules)
    for phase in (RAISE, LOWER, LEAVING, REMOVAL, LAST):
        for step, error in _not_now(phase, outcomes, report, limits):
            outcomes[step] = Outcome(step, NOT_ATTEMPTED, error)
        ready = [step for step in steps if step.phase == phase and not outcomes[step].error]
        for _turn, wave in groupby(ready, lambda step: turn(step, report.rules)):
            _apply_wave(service, report, list(wave), outcomes, options, now)
    report.outcomes = own_credential(
        service, [half_done(outcome) for outcome in outcomes.values()], report.rules, options.concurrency
    )


def _apply_wave(
    service: Service,
    report: Report,
    wave: t.Sequence[Step],
    outcomes: dict[Step, Outcome],
    options: Options,
    now: datetime,
) -> None:
    """Apply steps that may be under way at once, those in doubt again."""
    todo = {step: step for step in wave}
    for attempt in range(ROUNDS):
        batch: dict[Step, Outcome] = {}
        before = sum(outcome.outcome != NOT_ATTEMPTED for outcome in outcomes.values())
        try:
            moved = partial(_tell, options, outcomes, batch, before)
            perform(service, todo, options.concurrency, batch, moved, options.around.journal)
        finally:  # also when the run is ended from outside: what was done is in the report
            report.existing = evolve(report.existing, batch.values())
            outcomes.update({step: in_all(outcomes[step], outcome, attempt) for step, outcome in batch.items()})
            report.outcomes = list(outcomes.values())
        todo = settle(service, report, outcomes, list(batch), attempt, now)
        if not todo:
            break


def _not_now(
    phase: int, outcomes: t.Mapping[Step, Outcome], report: Report, limits: Limits
) -> list[tuple[Step, AccessError]]:
    """The steps of this phase and later ones that earlier failures forbid, each with the reason."""
    if phase < LEAVING:
        return []
    ahead = [step for step, outcome in outcomes.items() if step.phase >= phase and not outcome.error]
    if not ahead:
        return []
    _allowed, held = hold_back(ahead, report.existing, report.rules, limits)
    kept = {
        step.email
        for step, outcome in outcomes.items()
        if phase == LAST and step.phase == REMOVAL and outcome.outcome != APPLIED
    }
    left = [step for step in ahead if step.email in kept and step not in held]
    return [(step, _held_back(step)) for step in held] + [(step, _still_there(step)) for step in left]


def _tell(options: Options, outcomes: t.Sized, batch: t.Sized, before: int) -> None:
    """Tell who watches the run how far it is."""
    if options.around.watch:
        options.around.watch.moves(min(before + len(batch), len(outcomes)), len(outcomes))


def _held_back(step: Step) -> AccessError:
    return AccessError(
        errors.GUARD_REFUSED,
        f"{step.email} keeps what they have for now: an earlier change failed, and too few people would be left with "
        "their role.",
        hint="Fix the failure reported for the others, then run again.",
    )


def _still_there(step: Step) -> AccessError:
    what = step.target.title if step.target else "it"
    return AccessError(
        errors.GUARD_REFUSED,
        f"{step.email} still has access, so {what} was left as it is.",
        hint="Fix the failure of the removal, then run again.",
    )


def _planned(goal: Grant | None) -> Grant | None:
    """The goal with the record that the service is expected to show, for check mode."""
    return (
        replace(goal, record={**goal.record, **{k: v for k, v in goal.view().items() if k != "status"}})
        if goal
        else None
    )
