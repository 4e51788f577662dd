# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole plan of a run. Teams and keys are read only if somebody loses access or changes teams.

This file is private to the collection.
"""

from __future__ import annotations

from datetime import datetime

from .._http.errors import FORBIDDEN, AccessError
from .._http.naming import option
from .leaving import in_account, leaving, leaving_steps, team_steps, with_addresses
from .match import Matches, assign, kin, several_accounts, without_address
from .model import ACTIVE, LOWER, Grant, Step
from .outcome import Report
from .plan import in_order, plan
from .service import Companion, Service, linked


def draft(service: Service, report: Report, now: datetime, deep: bool = True) -> list[Step]:
    """The steps from the present state to the declared one; with ``deep``, those about teams and keys too."""
    people, rules, earlier = report.people, report.rules, report.leaving
    matches, steps = _of_people(report, now)
    if any(step.phase >= LOWER and step.target and step.target.status == ACTIVE for step in steps):
        matches, steps = _again(report, service.confirmed(report.world), now) or (matches, steps)
    if not deep:
        return steps
    report.leaving = leaving(people, report.world, matches, steps, rules).after(earlier)
    users = in_account(people, matches, rules)
    moving = users if rules.manage_teams else []
    if report.leaving.leavers or moving:
        grants = [grant for companion in service.companions for grant in companion.read(report.leaving.leavers)]
        if again := _again(report, linked(report.world, service.companions), now):
            matches, steps = again
            report.leaving = leaving(people, report.world, matches, steps, rules).after(earlier)
            users = in_account(people, matches, rules)
            moving = users if rules.manage_teams else []
        world = report.world
        unread = [text for companion in service.companions for text in companion.warnings]
        if moving and unread and not report.leaving.leavers:
            raise AccessError(
                FORBIDDEN, unread[0], hint=f"Use a token that can manage the teams, or unset {option('manage_teams')}."
            )
        moving = [] if unread else moving
        for companion in service.companions:
            companion.check([person for person, _held in moving])
        extra = leaving_steps(report.leaving, grants, rules) + team_steps(moving, grants, people, world)
        steps = in_order([*steps, *with_addresses(extra, kin(people, world))], rules)
    report.conflicts = [conflict.error() for conflict in matches.conflicts]
    report.notes = [
        *several_accounts(people, matches, rules),
        *without_address(report.world, matches, rules),
        *(
            f"{person.email or held[0].email} is a user already, so {option('team_ids')} has no effect; "
            f"set {option('manage_teams')} to apply it."
            for person, held in users
            if not rules.manage_teams
        ),
        *(text for companion in service.companions for text in companion.warnings),
    ]
    return steps


def _of_people(report: Report, now: datetime) -> tuple[Matches, list[Step]]:
    """Who has what, and the steps about access alone."""
    matches = assign(report.people, report.world, report.rules)
    return matches, plan(report.people, report.world, report.rules, now, matches)


def _again(report: Report, world: list[Grant], now: datetime) -> tuple[Matches, list[Step]] | None:
    """The same for a list that tells more than the one of the report, None if it is the same list."""
    if world is report.world:
        return None
    report.world = world
    return _of_people(report, now)


def companion_of(service: Service, step: Step) -> Companion | None:
    """The companion that carries out a step about a team or a key, None for other steps."""
    grant = step.target or step.goal
    return next((found for found in service.companions if grant and grant.kind in found.kinds), None)
