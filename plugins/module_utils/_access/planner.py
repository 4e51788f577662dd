# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole plan of a run. Teams and keys are read only if somebody loses access or changes teams.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from .._http.errors import FORBIDDEN, AccessError
from .._http.naming import option
from .leaving import Leaving, in_account, leaving, leaving_steps, team_steps, with_addresses
from .match import Matches, Rules, assign, kin, several_accounts, without_address
from .model import ACTIVE, INVITE, LOWER, Grant, Person, Step
from .outcome import Draft, Report
from .plan import in_order, plan
from .service import Companion, Service, linked


def drafted(service: Service, report: Report, now: datetime, deep: bool = True) -> Draft:
    """The plan from what the report says is there; the report learns what planning finds out. See :func:`draft`."""
    found = draft(service, report.desired, report.rules, report.existing, now, report.leaving, deep)
    report.learn(found)
    return found


def draft(
    service: Service,
    desired: t.Sequence[Person],
    rules: Rules,
    existing: list[Grant],
    now: datetime,
    earlier: Leaving,
    deep: bool,
) -> Draft:
    """The steps from what exists to what is declared; with ``deep``, those about teams and keys too.

    ``earlier``: who lost access in this run already.
    """
    found = _Found.of(desired, rules, existing, now, earlier)
    if any(step.phase >= LOWER and step.target and step.target.status == ACTIVE for step in found.steps):
        found = found.again(service.confirmed(existing))
    if not deep:
        return Draft(found.steps, found.existing, earlier, found.matches.conflicts, [])
    steps = found.steps
    invited = {step.email for step in steps if step.action == INVITE}
    if found.leaving.leavers or found.moving or any(companion.knows(invited) for companion in service.companions):
        grants = [grant for companion in service.companions for grant in companion.read(found.leaving.leavers)]
        found = found.again(linked(found.existing, [companion.links() for companion in service.companions]))
        unread = [text for companion in service.companions for text in companion.warnings]
        if found.moving and unread and not found.leaving.leavers:
            raise AccessError(
                FORBIDDEN, unread[0], hint=f"Use a token that can manage the teams, or unset {option('manage_teams')}."
            )
        moving = [] if unread else found.moving
        for companion in service.companions:
            companion.check([person for person, _held in moving])
        extra = leaving_steps(found.leaving, grants, rules) + team_steps(moving, grants, desired, found.existing)
        steps = in_order([*found.steps, *with_addresses(extra, kin(desired, found.existing))], rules)
    warnings = [text for companion in service.companions for text in companion.warnings]
    return Draft(steps, found.existing, found.leaving, found.matches.conflicts, [*found.notes, *warnings])


@dataclass(frozen=True)
class _Found:
    """What the list of the members alone says: who has what, and the steps about access."""

    desired: t.Sequence[Person]
    rules: Rules
    existing: list[Grant]
    now: datetime
    earlier: Leaving
    matches: Matches
    steps: list[Step]

    @classmethod
    def of(
        cls, desired: t.Sequence[Person], rules: Rules, existing: list[Grant], now: datetime, earlier: Leaving
    ) -> _Found:
        """The same for these people and what exists."""
        matches = assign(desired, existing, rules)
        return cls(desired, rules, existing, now, earlier, matches, plan(desired, existing, rules, now, matches))

    def again(self, existing: list[Grant]) -> _Found:
        """The same for a list that may tell more."""
        return (
            self if existing is self.existing else self.of(self.desired, self.rules, existing, self.now, self.earlier)
        )

    @cached_property
    def leaving(self) -> Leaving:
        """Everybody who loses access, also earlier in the run."""
        return leaving(self.desired, self.existing, self.matches, self.steps, self.rules).after(self.earlier)

    @property
    def users(self) -> list[tuple[Person, list[Grant]]]:
        """The people who declare teams and are users already, each with what they have."""
        return in_account(self.desired, self.matches, self.rules)

    @property
    def moving(self) -> list[tuple[Person, list[Grant]]]:
        """Those of them whose teams are managed."""
        return self.users if self.rules.manage_teams else []

    @property
    def notes(self) -> list[str]:
        """Warnings about people."""
        return [
            *several_accounts(self.desired, self.matches, self.rules),
            *without_address(self.existing, self.matches, self.rules),
            *(
                f"{person.email or held[0].email} is a user already, so {option('team_ids')} has no effect; "
                f"set {option('manage_teams')} to apply it."
                for person, held in self.users
                if not self.rules.manage_teams
            ),
        ]


def companion_of(service: Service, step: Step) -> Companion | None:
    """The companion that carries out a step about a team or a key, None for other steps."""
    grant = step.target or step.goal
    return next((found for found in service.companions if grant and grant.kind in found.kinds), None)
