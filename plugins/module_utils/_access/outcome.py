# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run finds, plans and does, for its results. Pure: no I/O.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._http.client import Answers
from .._http.errors import AccessError
from .._http.limits import Quota
from .leaving import Leaving
from .match import Conflict, Rules, assign
from .model import (
    Grant,
    Person,
    Step,
)
from .plan import carry_out

APPLIED = "applied"
FAILED = "failed"
DEFERRED = "deferred"
NOT_ATTEMPTED = "not_attempted"


@dataclass(frozen=True)
class Outcome:
    """The outcome of a step, with the grant that it removed and the one that it added."""

    step: Step
    outcome: str
    error: AccessError | None = None
    removed: Grant | None = None
    added: Grant | None = None
    changed: bool = False

    def as_dict(self) -> dict[str, t.Any]:
        """The public form: ``{email, action, outcome, error}``; the action is none if there was nothing to do."""
        action = "none" if self.outcome == APPLIED and not self.changed else self.step.action
        error = self.error.as_dict() if self.error else None
        return {"email": self.step.email, "action": action, "outcome": self.outcome, "error": error}


class ByHand(t.NamedTuple):
    """Something that is left to do by hand, and for whom, by folded address; with nobody, for everybody who leaves."""

    text: str
    people: tuple[str, ...] = ()


def evolve(existing: list[Grant], outcomes: t.Iterable[Outcome]) -> list[Grant]:
    """What is there after these outcomes."""
    done = list(outcomes)
    return carry_out(existing, (outcome.removed for outcome in done), (outcome.added for outcome in done))


class Watch(t.Protocol):
    """Somebody who is told how a run goes, always by the thread that runs it."""

    def begins(self, steps: t.Sequence[Step], concurrency: int, quota: Quota | None) -> None:
        """The steps are about to be applied, so many at once, within what the rate limit allows."""

    def moves(self, done: int, steps: int) -> None:
        """So many of the steps are done, whatever became of them. Called at least once a second."""


class Journal(t.Protocol):
    """Where a run writes down invitations while it lasts; entries are those of ``known_invitations``, by their key there.

    What cannot be written is an :class:`AccessError`, and then nothing is sent.
    """

    def expecting(self, entries: t.Mapping[str, dict[str, t.Any]]) -> None:
        """These are about to be sent. Called once, before the first."""

    def sending(self, invited: str, entry: dict[str, t.Any] | None) -> None:
        """This one is sent next, by the text of :func:`~.model.invited`. Called by several threads.

        ``entry`` is remembered if no answer comes; None: the service lists who is invited, so the list decides then.
        """

    def answered(self, key: str, entry: dict[str, t.Any] | None) -> None:
        """What is known about it after the answer; None: nothing, since it was not sent or is under another key now. Never raises."""

    def told(self) -> None:
        """The run has come to its end, and says of each invitation that is still in doubt that it is."""


@dataclass(frozen=True)
class Around:
    """Who is told how a run goes, while it goes, and what services have answered in it already."""

    watch: Watch | None = None
    journal: Journal | None = None
    answers: Answers = field(default_factory=dict[str, t.Any], repr=False)


@dataclass(frozen=True)
class Options:
    """How to carry out a plan. ``shows_id``: the result shows the plan's id, so it must tell teams and accounts apart."""

    check: bool = False
    max_changes: int | None = None
    concurrency: int = 1
    expected_plan_id: str | None = None
    verify: bool = False
    shows_id: bool = False
    around: Around = Around()


@dataclass(frozen=True)
class Draft:
    """A plan, and what was found out on the way to it.

    ``existing``: what is there, with what other lists than that of the members say of it. ``leaving``: who loses access.
    ``conflicts``: people who cannot be told apart. ``notes``: warnings.
    """

    steps: list[Step]
    existing: list[Grant]
    leaving: Leaving
    conflicts: list[Conflict]
    notes: list[str]


@dataclass
class Report:
    """Everything about a run, whether it succeeded or not.

    ``existing``: what is there now. ``conflicts``: people who cannot be told apart, and for whom nothing was planned.
    ``leaving``: who loses access. ``unmatched``: addresses in the options that leave people alone, by option, that nobody
    has. ``verified``: what the lists showed afterwards. ``ended_by``: what ended the run from outside, such as the time-out of
    a task.
    """

    desired: t.Sequence[Person]
    rules: Rules
    was_read: bool = False
    existing: list[Grant] = field(default_factory=list)
    plan: list[Step] = field(default_factory=list)
    plan_id: str = ""
    conflicts: list[Conflict] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    leaving: Leaving = field(default_factory=Leaving)
    unmatched: dict[str, list[str]] = field(default_factory=dict)
    verified: dict[str, t.Any] | None = None
    warnings: list[str] = field(default_factory=list)
    error: AccessError | None = None
    ended_by: BaseException | None = None

    @property
    def changed(self) -> bool:
        """Whether anything was changed, or would be changed in check mode."""
        return any(outcome.changed for outcome in self.outcomes)

    def learn(self, found: Draft) -> None:
        """Take what planning has found out about what is there."""
        self.existing, self.leaving, self.conflicts = found.existing, found.leaving, found.conflicts

    def of(self, person: Person) -> list[Grant]:
        """What the person has now."""
        return assign([person], self.existing, self.rules).held[0]
