# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The only way in which access changes: read, plan, guard, apply.

This file is private to the collection.
"""

from __future__ import annotations

import time
import typing as t
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timezone

from . import _errors as errors
from ._doubt import (
    ROUNDS,
    UNKNOWN_FATE,
    Fate,
    explain,
    is_doubtful,
    judge,
    pause_before_reading,
    signs,
    still_to_do,
)
from ._draft import companion_of, draft, hand_work, verify
from ._errors import NOT_SENT, AccessError, unexpected
from ._guards import Limits, from_here, guard, hold_back
from ._http import Client
from ._match import Rules
from ._model import (
    ABSENT,
    ACTIVE,
    CANCEL,
    INVITE,
    LEAVING,
    LOWER,
    RAISE,
    REINVITE,
    REMOVAL,
    REMOVE,
    UPDATE,
    Grant,
    Person,
    Step,
    fold,
)
from ._outcome import APPLIED, DEFERRED, FAILED, NOT_ATTEMPTED, Options, Outcome, Report
from ._plan import (
    carry_out,
    check_people,
    plan_id,
)
from ._service import Service


def reconcile(
    service: Service, people: t.Sequence[Person], rules: Rules, limits: Limits, options: Options | None = None
) -> Report:
    """Change the service to what is declared. Never raises: the report holds what was done before an error."""
    report = Report(people, rules)
    try:
        _reconcile(service, report, limits, options or Options())
    except AccessError as error:
        report.error = error
    except Exception as bug:  # noqa: BLE001
        report.error = unexpected(bug)
    if report.error and not report.outcomes:
        report.outcomes = [Outcome(step, NOT_ATTEMPTED) for step in report.plan]
    return report


def _reconcile(service: Service, report: Report, limits: Limits, options: Options) -> None:
    check_people(report.people, report.rules)
    now = datetime.now(timezone.utc)
    report.world = _read(service, report)
    report.was_read = True
    report.plan = draft(service, report, now)
    report.plan_id = plan_id(service.scope, report.plan)
    report.warnings = [*service.caveats(report.people, _unlisted(report), report.rules.exclusive), *report.notes]
    if options.expected_plan_id is not None and options.expected_plan_id != report.plan_id:
        raise AccessError(
            errors.PLAN_CHANGED,
            f"The plan is now {report.plan_id}, not {options.expected_plan_id[:40]}: people, roster or options changed "
            "since it was approved.",
            hint="Plan again, and have the new plan approved.",
        )
    guard(report.plan, report.world, report.rules, limits)
    steps = report.plan[: options.max_changes]
    short = service.client.affords(sum(step.requests for step in steps if _client(service, step) is service.client))
    if short:
        if len(steps) > 1:
            short.hint += " Or set max_changes to apply a part of the plan in each run."
        raise short
    if options.check:
        report.outcomes = [
            Outcome(
                step, APPLIED, None, step.target, None if companion_of(service, step) else _planned(step.goal), True
            )
            for step in steps
        ]
        report.world = _evolve(report.world, report.outcomes)
    else:
        _apply(service, report, steps, limits, options.concurrency, now)
    report.outcomes += [Outcome(step, DEFERRED) for step in report.plan[len(steps) :]]
    if options.verify and not options.check:
        verify(service, report, now)


def _read(service: Service, report: Report) -> list[Grant]:
    try:
        return service.read()
    except AccessError as error:
        for companion in service.companions:
            error = companion.explain(error, report.people)
        raise error from None


def _unlisted(report: Report) -> list[str]:
    """Folded addresses of the people for whom nothing was found."""
    invited = {step.email for step in report.plan if step.action == INVITE}
    removed = {step.email for step in report.plan if step.takes_away}
    leavers = {fold(person.email) for person in report.people if person.state == ABSENT}
    return sorted(invited | (leavers - removed))


def _apply(
    service: Service, report: Report, steps: list[Step], limits: Limits, concurrency: int, now: datetime
) -> None:
    """Apply the steps phase by phase. A failure does not stop other steps, unless a guard would then be broken."""
    outcomes = {step: Outcome(step, NOT_ATTEMPTED) for step in steps}
    limits = from_here(limits, report.world, report.rules)
    for phase in (RAISE, LOWER, LEAVING, REMOVAL):
        ready = [step for step in steps if step.phase == phase]
        if phase != RAISE:
            ready, held = hold_back(ready, report.world, report.rules, limits)
            outcomes.update({step: Outcome(step, NOT_ATTEMPTED, _held_back(step)) for step in held})
        todo = {step: step for step in ready}
        for attempt in range(ROUNDS):
            batch = dict(zip(todo, _perform_all(service, list(todo.values()), concurrency)))
            report.world = _evolve(report.world, batch.values())
            outcomes.update({step: _in_all(outcomes[step], outcome, attempt) for step, outcome in batch.items()})
            report.outcomes = list(outcomes.values())
            todo = _settle(service, report, outcomes, list(batch), attempt, now)
            if not todo:
                break
        report.outcomes = [_half_done(outcome) for outcome in outcomes.values()]


def _perform_all(service: Service, steps: list[Step], concurrency: int) -> list[Outcome]:
    """The outcomes of the steps, in order; several steps run at once."""
    if len(steps) < 2 or concurrency < 2:
        return [_perform(service, step) for step in steps]
    with ThreadPoolExecutor(min(concurrency, len(steps))) as pool:
        return list(pool.map(lambda step: _perform(service, step), steps))


def _perform(service: Service, step: Step) -> Outcome:
    """Send the requests of one step. Never raises."""
    removed = None
    try:
        if step.target and step.goal and step.action == UPDATE:
            return Outcome(step, APPLIED, None, step.target, service.update(step.target, step.goal), True)
        if step.target and not (step.action == REINVITE and step.target.id is None):
            _remove(service, step)
            removed = step.target
        if not step.goal:
            return Outcome(step, APPLIED, None, removed, None, True)
        companion = companion_of(service, step)
        if companion:
            companion.invite(step.goal)
            return Outcome(step, APPLIED, None, None, None, True)
        added, sent = service.invite(step.goal.email, step.goal.role, step.goal.team_ids)
        return Outcome(step, APPLIED, None, step.target, added, sent or removed is not None)
    except AccessError as error:
        fault = error
    except Exception as bug:  # noqa: BLE001
        fault = unexpected(bug)
    outcome = FAILED if fault.request.reach != NOT_SENT or fault.request.repeated or removed else NOT_ATTEMPTED
    return Outcome(step, outcome, fault, removed, None, removed is not None)


def _remove(service: Service, step: Step) -> None:
    """Take a grant away.

    If a repeated request finds an active grant gone, the first attempt removed it. A pending one may have been accepted.
    """
    if not step.target:
        return
    try:
        (companion_of(service, step) or service).remove(step.target)
    except AccessError as error:
        if not (error.status == 404 and error.request.repeated and step.target.status == ACTIVE):
            raise


def _client(service: Service, step: Step) -> Client:
    return (companion_of(service, step) or service).client


def _in_all(earlier: Outcome, outcome: Outcome, attempt: int) -> Outcome:
    """The outcome of a step after this attempt.

    If a repeated invitation is refused because there is one, the first attempt may have sent it.
    """
    step, before, error = earlier.step, earlier.error, outcome.error
    if error and before and before.method == "POST" and before.request.leaves_doubt:
        error.request = replace(error.request, repeated=True)
    changed = outcome.changed or (attempt > 0 and (outcome.outcome == APPLIED or step.action == REINVITE))
    return replace(outcome, step=step, changed=changed)


def _half_done(outcome: Outcome) -> Outcome:
    """The outcome, with a word on an old invitation that was cancelled if the new one was refused."""
    error = outcome.error
    if not (error and outcome.changed and outcome.step.action == REINVITE) or error.request.leaves_doubt:
        return outcome
    cancelled = f"The old invitation of {outcome.step.email} was cancelled, and no new one was sent."
    return replace(outcome, error=error.hinted(" ".join(filter(None, (cancelled, error.hint)))))


def _settle(
    service: Service,
    report: Report,
    outcomes: dict[Step, Outcome],
    tried: t.Sequence[Step],
    attempt: int,
    now: datetime,
) -> dict[Step, Step]:
    """Read again to find the outcome of the steps in doubt, and return the steps to try again, each with its new form."""
    faults = {step: outcomes[step].error for step in tried}
    doubtful = {step: error for step, error in faults.items() if error and is_doubtful(step, error)}
    if not doubtful:
        return {}
    try:
        rested = _read_again(service, report, list(doubtful.values()), attempt)
    except AccessError:
        for step, error in doubtful.items():
            outcomes[step] = replace(outcomes[step], error=error.hinted(UNKNOWN_FATE))
        return {}
    deep = any(companion_of(service, step) for step in doubtful)
    try:
        steps = draft(service, report, now, deep)
    except AccessError:
        for step, error in doubtful.items():
            outcomes[step] = replace(outcomes[step], error=error.hinted(UNKNOWN_FATE))
        return {}
    again = {}
    for step, error in doubtful.items():
        left, same = still_to_do(step, steps, report.plan)
        evidence = signs(
            step,
            error,
            attempt,
            rested=rested,
            lists_pending=service.lists_pending,
            shows_pending=service.shows_pending(),
            joined=any(
                grant.status == ACTIVE and not step.addresses.isdisjoint(grant.addresses) for grant in report.world
            ),
        )
        fate = judge(left, evidence)
        if fate is Fate.TRY_AGAIN and same:
            again[step] = replace(same, goal=step.goal)  # with the role and teams that the old invitation gave
        else:
            outcomes[step] = _conclude(service, outcomes[step], error, fate, report.world)
    report.world = _evolve(report.world, [outcomes[step] for step in doubtful if outcomes[step].added])
    return again


def _read_again(service: Service, report: Report, faults: t.Sequence[AccessError], attempt: int) -> bool:
    """Read the state again, after a pause that lets a slow service finish.

    False if there was no time for the pause: what the state does not show may then still appear.
    """
    budget = service.client.budget
    pause = pause_before_reading(faults, attempt, budget.patience)
    rested = not pause or budget.pause(pause)
    report.world = service.read()
    return rested


def _conclude(service: Service, outcome: Outcome, error: AccessError, fate: Fate, world: t.Iterable[Grant]) -> Outcome:
    """The outcome of a step whose fate is known; ``world`` is what was found afterwards."""
    step = outcome.step
    if fate in (Fate.DONE, Fate.FOUND_DONE):
        return Outcome(step, APPLIED, changed=outcome.changed or fate is Fate.DONE)
    if fate is Fate.TAKEN and step.goal:
        added = service.assume_invited(step.goal.email, step.goal.role)
        return Outcome(step, APPLIED, None, None, added, True)
    if fate is Fate.OVERTAKEN and error.method == "DELETE" and error.request.leaves_doubt and step.target:
        gone = all(grant.identity != step.target.identity for grant in world)
        outcome = replace(outcome, changed=outcome.changed or gone)
    return replace(outcome, error=explain(fate, step, error))


def _held_back(step: Step) -> AccessError:
    return AccessError(
        errors.GUARD_REFUSED,
        f"{step.email} keeps their role for now: an earlier change failed, and too few people would be left with that role.",
        hint="Fix the failure reported for the others, then run again.",
    )


def _evolve(world: list[Grant], outcomes: t.Iterable[Outcome]) -> list[Grant]:
    done = list(outcomes)
    return carry_out(world, (outcome.removed for outcome in done), (outcome.added for outcome in done))


def _planned(goal: Grant | None) -> Grant | None:
    """The goal with the record that the service is expected to show, for check mode."""
    return (
        replace(goal, record={**goal.record, **{k: v for k, v in goal.view().items() if k != "status"}})
        if goal
        else None
    )


def await_acceptance(
    service: Service,
    report: Report,
    person: Person,
    timeout: float,
    interval: float,
    clock: t.Callable[[], float] = time.monotonic,
    sleep: t.Callable[[float], None] = time.sleep,
) -> None:
    """Poll until the person is active, for at most ``timeout`` seconds; the report holds the state at the end."""
    deadline = clock() + timeout
    while not any(grant.status == ACTIVE for grant in report.of(person)):
        remaining = deadline - clock()
        if remaining <= 0:
            report.error = AccessError(
                errors.TIMEOUT,
                f"{person.email} did not accept the invitation within {timeout:g} s.",
                hint=(
                    f"{service.why_pending(person)} Ask them to look for the e-mail, and run again to wait longer; "
                    "nobody is invited twice."
                ).lstrip(),
            )
            return
        sleep(min(max(interval, 0.1), remaining))
        try:
            report.world = service.read()
        except AccessError as error:
            report.error = error
            return


def follow_ups(service: Service, report: Report) -> list[str]:
    """What is left to do by hand after the removals, or in check mode after the planned removals."""
    applied = [outcome.step for outcome in report.outcomes if outcome.outcome == APPLIED]
    done = [step for step in applied if step.action in (REMOVE, CANCEL)]
    texts = [text for step in done if step.target for text in service.follow_up(step.target)]
    return texts + list(hand_work(service, report))
