# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole plan of a run. Teams and keys are read only if somebody loses access or changes teams.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from datetime import datetime

from ._errors import FORBIDDEN, AccessError
from ._leaving import in_account, leaving, leaving_steps, team_steps, with_addresses
from ._match import assign, kin, several_accounts, without_address
from ._model import Step
from ._outcome import APPLIED, Report
from ._plan import in_order, plan
from ._service import Companion, Service


def draft(service: Service, report: Report, now: datetime, deep: bool = True) -> list[Step]:
    """The steps from the present state to the declared one; with ``deep``, those about teams and keys too."""
    people, world, rules = report.people, report.world, report.rules
    matches = assign(people, world, rules)
    steps = plan(people, world, rules, now, matches)
    if not deep:
        return steps
    report.conflicts = [conflict.error() for conflict in matches.conflicts]
    report.leaving = leaving(people, world, matches, steps, rules).after(report.leaving)
    users = in_account(people, matches, rules)
    moving = users if rules.manage_teams else []
    if report.leaving.leavers or moving:
        grants = [grant for companion in service.companions for grant in companion.read(report.leaving.leavers)]
        unread = [text for companion in service.companions for text in companion.warnings]
        if moving and unread and not report.leaving.leavers:
            raise AccessError(
                FORBIDDEN, unread[0], hint="Use a token that can manage the teams, or unset manage_teams."
            )
        moving = [] if unread else moving
        for companion in service.companions:
            companion.check([person for person, _held in moving])
        extra = leaving_steps(report.leaving, grants, rules) + team_steps(moving, grants, people, world)
        steps = in_order([*steps, *with_addresses(extra, kin(people, world))])
    report.notes = [
        *several_accounts(people, matches, rules),
        *without_address(world, matches, rules),
        *(
            f"{person.email or held[0].email} is a user already, so team_ids has no effect; set manage_teams to apply it."
            for person, held in users
            if not rules.manage_teams
        ),
        *(text for companion in service.companions for text in companion.warnings),
    ]
    return steps


def companion_of(service: Service, step: Step) -> Companion | None:
    """The companion that carries out a step about a team or a key, None for other steps."""
    grant = step.target or step.goal
    return next((found for found in service.companions if grant and grant.kind in found.kinds), None)


def verify(service: Service, report: Report, now: datetime) -> None:
    """Read the lists once more, and record what the people who should be gone still have.

    They are those who lost something, and those whom only another list than that of the members still shows. What a
    failed step left is in its outcome, and is not recorded here again.
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
    notes = report.notes
    try:
        report.world = service.read()
        steps = draft(service, report, now)
        still = [(step.email, step.target) for step in steps if step.takes_away and step.email in gone and step.target]
        found = [(email, str(grant)) for email, grant in still if (email, grant.identity) not in told]
        found += [rest for companion in service.companions for rest in companion.remaining(leavers)]
    except AccessError as error:
        error = error.hinted(f"The changes that were made could not be verified. {error.hint or 'Run again.'}")
        if any(outcome.error for outcome in report.outcomes):
            report.warnings.append(error.sentence)
        else:
            report.error = error
        return
    report.warnings += [text for found in service.companions for text in found.warnings if text not in report.warnings]
    report.notes = notes
    report.verified = {
        "read": [*service.lists, *(path for companion in service.companions for path in companion.lists)],
        "remaining": [{"email": email, "what": what} for email, what in sorted(found)],
    }


def hand_work(service: Service, report: Report) -> t.Iterator[str]:
    """What is left to do by hand for the people who lost access, or of whom nothing was found that they could lose."""
    done = {outcome.step.email for outcome in report.outcomes if outcome.outcome == APPLIED}
    undone = {outcome.step.email for outcome in report.outcomes} - done
    lost = [leaver for leaver in report.leaving.leavers if leaver.email not in undone]
    for companion in service.companions:
        yield from companion.follow_up(lost, report.outcomes)
