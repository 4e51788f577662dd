# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one way in which access changes: read, plan, guard, apply; and what to believe after a doubtful answer.

This file is private to the collection.
"""

from __future__ import annotations

import time
import typing as t
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone

from . import _errors as errors
from ._errors import AccessError, unexpected
from ._guards import Limits, from_here, guard, hold_back
from ._model import (
    ABSENT,
    ACTIVE,
    INVITE,
    PENDING,
    REINVITE,
    REMOVE,
    UPDATE,
    Grant,
    Person,
    Step,
    fold,
)
from ._plan import (
    LOWER,
    RAISE,
    REMOVAL,
    Rules,
    carry_out,
    check_people,
    match,
    plan,
    plan_id,
)
from ._service import Service

APPLIED = "applied"
FAILED = "failed"
DEFERRED = "deferred"
NOT_ATTEMPTED = "not_attempted"

FIRST_BACKOFF = 0.5
SLOW_SERVICE = 5.0  # seconds in which a request that timed out may still take effect
ROUNDS = 3  # how often an invitation is tried whose fate is in doubt
UNKNOWN_FATE = "It is not known whether this took effect: look at the service before you run again."
UNKNOWN_INVITATION = (
    "It is not known whether the invitation went out, so it was not sent again: ask before you run again."
)
DISPUTED = (errors.CONFLICT, errors.NOT_FOUND)  # what is there is not what was read


@dataclass(frozen=True)
class Outcome:
    """What became of a step. ``removed`` and ``added``: what it took from the world and what it added to it."""

    step: Step
    outcome: str
    error: AccessError | None = None
    removed: Grant | None = None
    added: Grant | None = None
    changed: bool = False

    def as_dict(self) -> dict[str, t.Any]:
        """The public form: ``{email, action, outcome, error}``; the action is none where nothing had to be done."""
        action = "none" if self.outcome == APPLIED and not self.changed else self.step.action
        error = self.error.as_dict() if self.error else None
        return {"email": self.step.email, "action": action, "outcome": self.outcome, "error": error}


@dataclass(frozen=True)
class Options:
    """How a plan is carried out."""

    check: bool = False
    max_changes: int | None = None
    concurrency: int = 1
    expected_plan_id: str | None = None


@dataclass
class Report:
    """All that there is to tell of a run, whether it succeeded or not. ``world``: what is there now."""

    people: t.Sequence[Person]
    rules: Rules
    was_read: bool = False
    world: list[Grant] = field(default_factory=list)
    plan: list[Step] = field(default_factory=list)
    plan_id: str = ""
    outcomes: list[Outcome] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    error: AccessError | None = None

    @property
    def changed(self) -> bool:
        """Whether anything was changed, in check mode whether anything would be."""
        return any(outcome.changed for outcome in self.outcomes)

    def of(self, person: Person) -> list[Grant]:
        """What the person has now."""
        return match([person], self.world, self.rules)[0]


def reconcile(
    service: Service, people: t.Sequence[Person], rules: Rules, limits: Limits, options: Options | None = None
) -> Report:
    """Bring the service to what is declared. Never raises: what was done before an error is in the report."""
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
    report.world = service.read()
    report.was_read = True
    report.plan = plan(report.people, report.world, report.rules, now)
    report.plan_id = plan_id(service.scope, report.plan)
    report.warnings = service.caveats(report.people, _unlisted(report), report.rules.exclusive)
    if options.expected_plan_id is not None and options.expected_plan_id != report.plan_id:
        raise AccessError(
            errors.PLAN_CHANGED,
            f"The plan is now {report.plan_id}, not {options.expected_plan_id}: people, roster or options changed "
            "since it was approved.",
            hint="Look at the new plan and approve it.",
            attempted=False,
        )
    guard(report.plan, report.world, report.rules, limits)
    steps = report.plan[: options.max_changes]
    short = service.client.affords(sum(step.requests for step in steps))
    if short:
        if len(steps) > 1:
            short.hint += " Or do a part of it in each run, with max_changes."
        raise short
    if options.check:
        report.outcomes = [Outcome(step, APPLIED, None, step.target, _planned(step.goal), True) for step in steps]
        report.world = _evolve(report.world, report.outcomes)
    else:
        _apply(service, report, steps, limits, options.concurrency, now)
    report.outcomes += [Outcome(step, DEFERRED) for step in report.plan[len(steps) :]]


def _unlisted(report: Report) -> list[str]:
    """Folded addresses of the people of whom nothing was there."""
    invited = {step.email for step in report.plan if step.action == INVITE}
    removed = {step.email for step in report.plan if step.takes_away}
    leavers = {fold(person.email) for person in report.people if person.state == ABSENT}
    return sorted(invited | (leavers - removed))


def _apply(
    service: Service, report: Report, steps: list[Step], limits: Limits, concurrency: int, now: datetime
) -> None:
    """Do the steps phase by phase. A failure stops nobody else, but no guard is passed because of one."""
    outcomes = {step: Outcome(step, NOT_ATTEMPTED) for step in steps}
    limits = from_here(limits, report.world, report.rules)
    for phase in (RAISE, LOWER, REMOVAL):
        ready = [step for step in steps if step.phase == phase]
        if phase != RAISE:
            ready, held = hold_back(ready, report.world, report.rules, limits)
            outcomes.update({step: Outcome(step, NOT_ATTEMPTED, _held_back(step)) for step in held})
        todo = {step: step for step in ready}
        for attempt in range(ROUNDS):
            batch = dict(zip(todo, _perform_all(service, list(todo.values()), concurrency)))
            report.world = _evolve(report.world, batch.values())
            outcomes.update({step: _in_all(step, outcome, attempt) for step, outcome in batch.items()})
            report.outcomes = list(outcomes.values())
            doubtful = {step: outcomes[step] for step, outcome in batch.items() if _is_doubtful(outcome)}
            if not doubtful:
                break
            try:
                rested = _read_again(service, report, doubtful.values(), attempt)
            except AccessError:
                break
            left = plan(report.people, report.world, report.rules, now)
            verdicts = {
                step: _settle(service, outcome, left, report.plan, attempt, rested)
                for step, outcome in doubtful.items()
            }
            outcomes.update({step: verdict for step, verdict in verdicts.items() if isinstance(verdict, Outcome)})
            report.world = _evolve(report.world, [outcomes[step] for step in verdicts if outcomes[step].added])
            todo = {step: verdict for step, verdict in verdicts.items() if isinstance(verdict, Step)}
            if not todo:
                break
        report.outcomes = list(outcomes.values())


def _perform_all(service: Service, steps: list[Step], concurrency: int) -> list[Outcome]:
    """The outcomes of the steps, in their order, several under way at once."""
    if len(steps) < 2 or concurrency < 2:
        return [_perform(service, step) for step in steps]
    with ThreadPoolExecutor(min(concurrency, len(steps))) as pool:
        return list(pool.map(lambda step: _perform(service, step), steps))


def _perform(service: Service, step: Step) -> Outcome:
    """One step on the wire. Never raises."""
    removed = None
    try:
        if step.target and step.goal and step.action == UPDATE:
            return Outcome(step, APPLIED, None, step.target, service.update(step.target, step.goal), True)
        if step.target and not (step.action == REINVITE and step.target.id is None):
            _remove(service, step.target)
            removed = step.target
        if not step.goal:
            return Outcome(step, APPLIED, None, removed, None, True)
        added, sent = service.invite(step.goal.email, step.goal.role, step.goal.team_ids)
        return Outcome(step, APPLIED, None, step.target, added, sent or removed is not None)
    except AccessError as error:
        fault = error
    except Exception as bug:  # noqa: BLE001
        fault = unexpected(bug)
    outcome = FAILED if fault.attempted or fault.repeated or removed else NOT_ATTEMPTED
    return Outcome(step, outcome, fault, removed, None, removed is not None)


def _remove(service: Service, target: Grant) -> None:
    """Somebody whom a second attempt at the request finds gone was removed by the first; an invitation may be accepted."""
    try:
        service.remove(target)
    except AccessError as error:
        if not (error.status == 404 and error.repeated and target.status == ACTIVE):
            raise


def _in_all(step: Step, outcome: Outcome, attempt: int) -> Outcome:
    """The outcome of a step after this attempt at it.

    An invitation that a second attempt finds taken is the first one's, and one that is sent anew was cancelled before.
    """
    changed = outcome.changed or (attempt > 0 and (outcome.outcome == APPLIED or step.action == REINVITE))
    return replace(outcome, step=step, changed=changed)


def _is_doubtful(outcome: Outcome) -> bool:
    """Whether only the state itself can tell what became of a step."""
    error = outcome.error
    if error is None or error.leaves_doubt:
        return error is not None
    step = outcome.step
    pending = step.target is None or step.target.status == PENDING  # invited or accepted meanwhile, perhaps
    return error.attempted and (error.code in DISPUTED or (error.status == 422 and pending))


def _read_again(service: Service, report: Report, doubtful: t.Iterable[Outcome], attempt: int) -> bool:
    """Look at the state again, after a pause in which a slow service may finish.

    False when there was no time for that pause: what is found then is true, what is not found may still come.
    """
    faults = [outcome.error for outcome in doubtful if outcome.error]
    budget = service.client.budget
    pause = 0.0
    if any(fault.transient or fault.code == errors.SERVER_ERROR for fault in faults):
        pause = max(FIRST_BACKOFF * 2**attempt, *(fault.retry_after or 0.0 for fault in faults))
    if any(fault.code == errors.TIMEOUT for fault in faults):
        pause = max(pause, min(SLOW_SERVICE, budget.patience))
    rested = not pause or budget.pause(pause)
    try:
        report.world = service.read()
    except AccessError:
        for fault in faults:
            fault.hint = UNKNOWN_FATE
        raise
    return rested


def _settle(
    service: Service, outcome: Outcome, left: t.Sequence[Step], planned: t.Sequence[Step], attempt: int, rested: bool
) -> Outcome | Step:
    """What became of a doubtful step, judged by what is left to do now: an outcome, or a step to try again."""
    step, error = outcome.step, t.cast("AccessError", outcome.error)
    invites = step.action in (INVITE, REINVITE)
    rest = [other for other in left if other.email == step.email]
    same = [other for other in rest if _is_same(other, step)]
    if not same:
        if any(other not in planned for other in rest):
            return replace(outcome, error=_moved(step, error))
        refused = error.status in (404, 409, 422) and not error.repeated
        theirs = attempt == 0 and (refused or (invites and error.method == "DELETE"))
        return Outcome(step, APPLIED, changed=outcome.changed or not theirs)
    if not invites or same[0].action == REINVITE:
        if error.leaves_doubt and step.target and step.target.status == PENDING and not service.shows_pending():
            error.hint = UNKNOWN_FATE  # what was read again is what was known before
        elif error.status == 404 and not error.hint:
            error.hint = (
                f"{step.email} is still listed, though: run again, and look at the service if that does not help."
            )
        return outcome
    again = replace(same[0], goal=step.goal)  # with the role and teams that the old invitation gave
    if error.method == "DELETE":
        return again  # the old invitation is gone, and no new one was sent
    if error.accepted:
        come = service.assume_invited(again.email, step.goal.role if step.goal else "")
        return Outcome(step, APPLIED, None, None, come, True) if come else outcome
    passing = error.transient or error.code == errors.SERVER_ERROR
    if passing and rested and service.shows_pending() and attempt + 1 < ROUNDS:
        return again
    if error.leaves_doubt and not (rested and service.lists_pending):
        error.hint = UNKNOWN_INVITATION
    return outcome


def _is_same(left: Step, done: Step) -> bool:
    """Whether a step left over is the one that was tried; for an invitation sent anew, its second half."""
    if left.action == INVITE:
        return done.action in (INVITE, REINVITE)
    ids = [step.target.id if step.target else None for step in (left, done)]
    return left.action == done.action and ids[0] == ids[1]


def _moved(step: Step, error: AccessError) -> AccessError:
    return AccessError(
        errors.CONFLICT,
        f"What {step.email} has changed while this ran, so the {step.action} did not apply.",
        hint="Run again: the next run starts from what is there now.",
        detail=error.detail or error.msg,
        status=error.status,
        method=error.method,
        path=error.path,
    )


def _held_back(step: Step) -> AccessError:
    return AccessError(
        errors.GUARD_REFUSED,
        f"{step.email} keeps their role for now: an earlier change failed, and too few would be left with it.",
        hint="Fix the failure reported for the others, then run again.",
        attempted=False,
    )


def _evolve(world: list[Grant], outcomes: t.Iterable[Outcome]) -> list[Grant]:
    done = list(outcomes)
    return carry_out(world, (outcome.removed for outcome in done), (outcome.added for outcome in done))


def _planned(goal: Grant | None) -> Grant | None:
    """The goal with a record such as the service would show, for check mode."""
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
    """Poll until the person is active, for at most ``timeout`` seconds; the report holds what is there at the end."""
    deadline = clock() + timeout
    while not any(grant.status == ACTIVE for grant in report.of(person)):
        remaining = deadline - clock()
        if remaining <= 0:
            report.error = AccessError(
                errors.TIMEOUT,
                f"{person.email} did not accept the invitation within {timeout:g} s.",
                hint="Ask them to look for the e-mail; run again to go on waiting, nobody is invited twice.",
            )
            return
        sleep(min(max(interval, 0.1), remaining))
        try:
            report.world = service.read()
        except AccessError as error:
            report.error = error
            return


def follow_ups(service: Service, report: Report) -> list[str]:
    """What is left to do by hand after the removals that were made, or in check mode would be."""
    done = [outcome.step for outcome in report.outcomes if outcome.outcome == APPLIED and outcome.step.action == REMOVE]
    return [text for step in done if step.target for text in service.follow_up(step.target)]
