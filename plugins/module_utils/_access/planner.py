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
from .match import assign, kin, several_accounts, without_address
from .model import ACTIVE, LOWER, Step
from .outcome import Report
from .plan import in_order, plan
from .service import Companion, Service


def draft(service: Service, report: Report, now: datetime, deep: bool = True) -> list[Step]:
    """The steps from the present state to the declared one; with ``deep``, those about teams and keys too."""
    people, rules = report.people, report.rules
    matches = assign(people, report.world, rules)
    steps = plan(people, report.world, rules, now, matches)
    if any(step.phase >= LOWER and step.target and step.target.status == ACTIVE for step in steps):
        world = service.confirmed(report.world)
        if world is not report.world:
            report.world = world
            matches = assign(people, world, rules)
            steps = plan(people, world, rules, now, matches)
    world = report.world
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
                FORBIDDEN, unread[0], hint=f"Use a token that can manage the teams, or unset {option('manage_teams')}."
            )
        moving = [] if unread else moving
        for companion in service.companions:
            companion.check([person for person, _held in moving])
        extra = leaving_steps(report.leaving, grants, rules) + team_steps(moving, grants, people, world)
        steps = in_order([*steps, *with_addresses(extra, kin(people, world))], rules)
    report.notes = [
        *several_accounts(people, matches, rules),
        *without_address(world, matches, rules),
        *(
            f"{person.email or held[0].email} is a user already, so {option('team_ids')} has no effect; "
            f"set {option('manage_teams')} to apply it."
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
