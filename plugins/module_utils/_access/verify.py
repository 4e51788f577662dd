# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known after a run: whether people are gone, what is left to do by hand, and who has accepted.

This file is private to the collection.
"""

from __future__ import annotations

import time
import typing as t
from dataclasses import replace
from datetime import datetime

from .._http import errors
from .._http.errors import AccessError
from .._http.naming import option
from .._http.retry import backoff
from .addresses import few
from .match import Rules
from .model import ACTIVE, CANCEL, MEMBERSHIP, REMOVAL, REMOVE, Person
from .outcome import APPLIED, ByHand, Outcome, Report
from .plan import turn
from .planner import drafted
from .service import Service

SECOND_LOOKS = 3  # at a list that still shows what was removed


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
            report.existing = service.read()
        except AccessError as error:
            report.error = error
            return


def follow_ups(service: Service, report: Report) -> list[ByHand]:
    """What is left to do by hand after the removals, or in check mode after the planned removals."""
    applied = [outcome.step for outcome in report.outcomes if outcome.outcome == APPLIED]
    done = [step for step in applied if step.action in (REMOVE, CANCEL)]
    removed = [(step.email, step.target) for step in done if step.target]
    texts = [ByHand(text, (email,)) for email, target in removed for text in service.follow_up(target)]
    return texts + list(hand_work(service, report))


def verify(service: Service, report: Report, now: datetime) -> None:
    """Read the lists once more, and record what the people who should be gone still have.

    They are those who lost something, and those whom only another list than that of the members still shows. What a
    failed step left is in its outcome, and is not recorded here again. A list may lag behind the removal, so it is read again
    after a pause before something in it counts.
    """
    losses = [outcome for outcome in report.outcomes if outcome.step.takes_away]
    undone = [outcome.step for outcome in losses if outcome.outcome != APPLIED]
    kept = {step.email for step in undone if step.target and step.target.kind.is_access}
    leavers = [leaver for leaver in report.leaving.leavers if leaver.email not in kept]
    shown = {email for companion in service.companions for email, _what in companion.remaining(leavers)}
    gone = {*(outcome.step.email for outcome in losses if outcome.outcome == APPLIED), *shown}
    if not gone:
        return
    leavers = [leaver for leaver in leavers if leaver.email in gone]
    told = {(step.email, step.target.identity) for step in undone if step.target}

    def remaining() -> list[tuple[str, str]]:
        report.existing = service.read()
        present = drafted(service, report, now)
        losing = [step for step in present.steps if step.takes_away and step.email in gone]
        still = [(step.email, step.target) for step in losing if step.target]
        found = [(email, str(grant)) for email, grant in still if (email, grant.identity) not in told]
        return found + [rest for companion in service.companions for rest in companion.remaining(leavers)]

    try:
        found = remaining()
        for attempt in range(SECOND_LOOKS):
            if not found or not service.client.budget.pause(backoff(attempt)):
                break
            found = remaining()
    except AccessError as fault:
        managers = [outcome for outcome in report.outcomes if _was_manager(service, outcome)]
        error = _told(fault, _whose(service, managers)) if managers else fault
        error = error.hinted(f"The changes that were made could not be verified. {error.hint or 'Run again.'}")
        if any(outcome.error for outcome in report.outcomes):
            report.warnings.append(error.marked)
        else:
            report.error = error
        return
    report.warnings += [text for found in service.companions for text in found.warnings if text not in report.warnings]
    report.verified = {
        "read": [*service.lists, *(path for companion in service.companions for path in companion.lists)],
        "remaining": [{"email": email, "what": what} for email, what in sorted(found)],
    }


def own_credential(service: Service, outcomes: t.Sequence[Outcome], rules: Rules, concurrency: int) -> list[Outcome]:
    """The outcomes in their order; where requests were refused after somebody who managed others was gone, with why.

    Steps of one turn are under way at once, so that any of them may have been refused after any other was done.
    """
    gone = [number for number, outcome in enumerate(outcomes) if _was_manager(service, outcome)]
    if not gone:
        return list(outcomes)
    why = _whose(service, [outcomes[number] for number in gone])
    waves = [(outcome.step.phase, turn(outcome.step, rules)) for outcome in outcomes]
    first = waves.index(waves[gone[0]]) if concurrency > 1 else gone[0] + 1
    return [
        replace(outcome, error=_told(outcome.error, why)) if outcome.error and number >= first else outcome
        for number, outcome in enumerate(outcomes)
    ]


def _was_manager(service: Service, outcome: Outcome) -> bool:
    """Whether somebody who could manage others lost access or that role in this run."""
    target = outcome.step.target
    done = outcome.outcome == APPLIED and outcome.changed and outcome.step.phase == REMOVAL
    return bool(done and target and target.kind == MEMBERSHIP and service.info.manages(target.role))


def _whose(service: Service, gone: t.Sequence[Outcome]) -> str:
    who = few([f"{outcome.step.email} ({outcome.step.target.role})" for outcome in gone if outcome.step.target])
    credential = option(service.info.credentials[0].option)
    return (
        f"Just before, {who} lost access or that role: {credential} was probably theirs. Use {credential} of somebody who "
        "stays, and run again."
    )


def _told(error: AccessError, why: str) -> AccessError:
    refused = error.status in (401, 403) and error.code != errors.RATE_LIMITED
    return error.hinted(why) if refused else error


def hand_work(service: Service, report: Report) -> t.Iterator[ByHand]:
    """What is left to do by hand for the people who lost access, or of whom nothing was found that they could lose."""
    done = {outcome.step.email for outcome in report.outcomes if outcome.outcome == APPLIED}
    undone = {outcome.step.email for outcome in report.outcomes} - done
    lost = [leaver for leaver in report.leaving.leavers if leaver.email not in undone]
    for companion in service.companions:
        yield from companion.follow_up(lost, report.outcomes)
