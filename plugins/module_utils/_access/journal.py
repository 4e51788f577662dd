# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is written down about invitations while a run sends them, so that a kill at any moment loses none. No I/O.

An invitation is written down before it leaves, and its answer after it came. What has no answer yet may have been sent:
``unclear`` in ``ledger.py``, by which the next run goes. This file is private to the collection.
"""

from __future__ import annotations

import typing as t

from .._http.errors import AccessError
from .addresses import few, fold
from .model import INVITE, REINVITE, Grant, Step
from .outcome import Journal
from .planner import companion_of
from .service import Service


def expect(journal: Journal | None, service: Service, steps: t.Iterable[Step]) -> None:
    """Tell the journal which invitations the steps are going to send."""
    if journal is None or service.ledger is None:
        return
    goals = [
        step.goal
        for step in steps
        if step.action in (INVITE, REINVITE) and step.goal and not companion_of(service, step)
    ]
    if goals:
        journal.expecting({fold(goal.email): service.ledger.expected(goal.email, goal.role) for goal in goals})


def in_doubt(service: Service) -> list[str]:
    """A warning about the people whom an earlier run may have invited."""
    named = service.ledger.in_doubt if service.ledger else []
    if not named:
        return []
    return [
        (
            f"A run that was stopped may have invited {few(named)} to {service.info.title}. It is not known whether an invitation "
            "was sent, so none is sent again. Ask them; a run for them with reinvite_after set to 0 sends one."
        )
    ]


def invite(journal: Journal | None, service: Service, goal: Grant) -> tuple[Grant, bool]:
    """Send an invitation, with an entry in the journal before and after."""
    if journal is None or service.ledger is None:
        return service.invite(goal.email, goal.role, goal.team_ids)
    email = fold(goal.email)
    journal.sending(email, service.ledger.expected(email, goal.role))
    try:
        sent = service.invite(goal.email, goal.role, goal.team_ids)
    except AccessError as error:
        if not error.request.leaves_doubt:
            journal.answered(email, None)
        raise
    journal.answered(email, service.ledger.known(email))
    return sent
