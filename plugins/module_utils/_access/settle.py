# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What became of steps in doubt: the state is read again, and that decides.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import replace
from datetime import datetime

from .._http.errors import AccessError
from .doubt import UNKNOWN_FATE, Fate, explain, is_doubtful, judge, pause_before_reading, signs, still_to_do
from .model import (
    ACTIVE,
    REINVITE,
    Grant,
    Step,
)
from .outcome import APPLIED, Outcome, Report, evolve
from .planner import companion_of, drafted
from .service import Service


def in_all(earlier: Outcome, outcome: Outcome, attempt: int) -> Outcome:
    """The outcome of a step after this attempt.

    If a repeated invitation is refused because there is one, the first attempt may have sent it.
    """
    step, before, error = earlier.step, earlier.error, outcome.error
    if error and before and before.method == "POST" and before.request.leaves_doubt:
        error.request = replace(error.request, repeated=True)
    changed = outcome.changed or (attempt > 0 and (outcome.outcome == APPLIED or step.action == REINVITE))
    return replace(outcome, step=step, changed=changed)


def half_done(outcome: Outcome) -> Outcome:
    """The outcome, with a word on an old invitation that was cancelled if the new one was refused."""
    error = outcome.error
    if not (error and outcome.changed and outcome.step.action == REINVITE) or error.request.leaves_doubt:
        return outcome
    cancelled = f"The old invitation of {outcome.step.email} was cancelled, and no new one was sent."
    return replace(outcome, error=error.hinted(" ".join(filter(None, (cancelled, error.hint)))))


def settle(
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
    deep = any(companion_of(service, step) for step in doubtful)
    try:
        rested = _read_again(service, report, list(doubtful.values()), attempt)
        found = drafted(service, report, now, deep)
    except AccessError:
        for step, error in doubtful.items():
            outcomes[step] = replace(outcomes[step], error=error.hinted(UNKNOWN_FATE))
        return {}
    again = {}
    for step, error in doubtful.items():
        left, same = still_to_do(step, found.steps, report.plan)
        evidence = signs(
            step,
            error,
            attempt,
            rested=rested,
            lists_pending=service.info.lists_pending,
            shows_pending=service.shows_pending(),
            joined=any(
                grant.status == ACTIVE and not step.addresses.isdisjoint(grant.addresses) for grant in report.existing
            ),
        )
        fate = judge(left, evidence)
        if fate is Fate.TRY_AGAIN and same:
            again[step] = replace(same, goal=step.goal)  # with the role and teams that the old invitation gave
        else:
            outcomes[step] = _conclude(service, outcomes[step], error, fate, report.existing)
    report.existing = evolve(report.existing, [outcomes[step] for step in doubtful if outcomes[step].added])
    return again


def _read_again(service: Service, report: Report, faults: t.Sequence[AccessError], attempt: int) -> bool:
    """Read the state again, after a pause that lets a slow service finish.

    False if there was no time for the pause: what the state does not show may then still appear.
    """
    budget = service.client.budget
    pause = pause_before_reading(faults, attempt, budget.patience)
    rested = not pause or budget.pause(pause)
    report.existing = service.read()
    return rested


def _conclude(
    service: Service, outcome: Outcome, error: AccessError, fate: Fate, existing: t.Iterable[Grant]
) -> Outcome:
    """The outcome of a step whose fate is known; ``existing`` is what was found afterwards."""
    step = outcome.step
    if fate in (Fate.DONE, Fate.FOUND_DONE):
        return Outcome(step, APPLIED, changed=outcome.changed or fate is Fate.DONE)
    if fate is Fate.TAKEN and step.goal:
        added = service.assume_invited(step.goal.email, step.goal.role)
        return Outcome(step, APPLIED, None, None, added, True)
    if fate is Fate.OVERTAKEN and error.method == "DELETE" and error.request.leaves_doubt and step.target:
        gone = all(grant.identity != step.target.identity for grant in existing)
        outcome = replace(outcome, changed=outcome.changed or gone)
    return replace(outcome, error=explain(fate, step, error))
