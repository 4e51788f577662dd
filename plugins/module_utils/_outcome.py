# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run finds, plans and does, for results to show. Pure: no I/O.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ._errors import AccessError
from ._leaving import Leaving
from ._match import Rules, match
from ._model import Grant, Person, Step

APPLIED = "applied"
FAILED = "failed"
DEFERRED = "deferred"
NOT_ATTEMPTED = "not_attempted"


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
    verify: bool = False


@dataclass
class Report:
    """All that there is to tell of a run, whether it succeeded or not.

    ``world``: what is there now. ``conflicts``: one error for each two people who cannot be told apart, and for whom
    nothing was planned. ``leaving``: who loses access. ``verified``: what the lists showed after that. ``notes``: what
    planning has to warn of.
    """

    people: t.Sequence[Person]
    rules: Rules
    was_read: bool = False
    world: list[Grant] = field(default_factory=list)
    plan: list[Step] = field(default_factory=list)
    plan_id: str = ""
    conflicts: list[AccessError] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    leaving: Leaving = field(default_factory=Leaving)
    verified: dict[str, t.Any] | None = None
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    error: AccessError | None = None

    @property
    def changed(self) -> bool:
        """Whether anything was changed, in check mode whether anything would be."""
        return any(outcome.changed for outcome in self.outcomes)

    def of(self, person: Person) -> list[Grant]:
        """What the person has now."""
        return match([person], self.world, self.rules)[0]
