# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sends the requests of steps, several at once, until all are done or the run is ended from outside.

This file is private to the collection.
"""

from __future__ import annotations

import contextlib
import queue
import time
import typing as t
from concurrent.futures import ThreadPoolExecutor

from .._http import errors
from .._http.client import Client
from .._http.errors import NOT_SENT, UNKNOWN, AccessError, Request, unexpected
from .._http.retry import found_gone
from .doubt import UNKNOWN_FATE
from .journal import invite, invite_to_team
from .model import ACTIVE, REINVITE, UPDATE, Step
from .outcome import APPLIED, FAILED, NOT_ATTEMPTED, Journal, Outcome
from .planner import companion_of
from .service import Service

TICK = 1.0  # seconds between two words on how far the run is
GRACE = 3.0  # seconds for answers that are under way when the run is ended

Answers = queue.SimpleQueue[tuple[Step, Outcome]]


def perform(
    service: Service,
    steps: t.Mapping[Step, Step],
    concurrency: int,
    outcomes: dict[Step, Outcome],
    moved: t.Callable[[], None],
    journal: Journal | None = None,
) -> None:
    """Carry out ``steps``, each under the step that was planned, and put each outcome into ``outcomes`` once it is known.

    ``moved`` is called at least once a second, by this thread. A run is ended from outside by any exception that reaches this
    thread, such as a task's time-out: then nothing more is sent, and answers that are under way have a moment to arrive.
    """
    answers: Answers = queue.SimpleQueue()
    begun: set[Step] = set()

    def work(step: Step, present: Step) -> None:
        begun.add(step)
        answers.put((step, _perform(service, present, journal)))

    pool = ThreadPoolExecutor(max(1, min(concurrency, len(steps))))
    for step, present in steps.items():
        pool.submit(work, step, present)
    try:
        while len(outcomes) < len(steps):
            _next(answers, outcomes, TICK)
            moved()
    except BaseException:
        _end(service, pool)
        deadline = time.monotonic() + GRACE
        while begun - outcomes.keys() and time.monotonic() < deadline:
            _next(answers, outcomes, 0.1)
        outcomes.update({step: Outcome(step, FAILED, _unanswered()) for step in begun - outcomes.keys()})
        raise
    pool.shutdown()


def client_of(service: Service, step: Step) -> Client:
    """The client that sends the requests of a step."""
    return (companion_of(service, step) or service).client


def _next(answers: Answers, outcomes: dict[Step, Outcome], seconds: float) -> None:
    with contextlib.suppress(queue.Empty):
        step, outcome = answers.get(timeout=seconds)
        outcomes[step] = outcome


def _end(service: Service, pool: ThreadPoolExecutor) -> None:
    for client in (service.client, *(companion.client for companion in service.companions)):
        client.stop()
    pool.shutdown(wait=False, cancel_futures=True)


def _unanswered() -> AccessError:
    text = "The run was ended before the service answered."
    return AccessError(errors.TIMEOUT, text, hint=UNKNOWN_FATE, request=Request(UNKNOWN))


def _perform(service: Service, step: Step, journal: Journal | None) -> Outcome:
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
            invite_to_team(journal, service, companion, step.goal)
            return Outcome(step, APPLIED, None, None, None, True)
        added, sent = invite(journal, service, step.goal)
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
        if not (found_gone(error) and step.target.status == ACTIVE):
            raise
