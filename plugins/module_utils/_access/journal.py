# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is written down about invitations while a run sends them, so that a kill at any moment loses none. No I/O.

Where the service may hide who is invited, an invitation is written down before it leaves and its answer after it came.
What has no answer yet may have been sent: ``unclear`` in ``ledger.py``, by which the next run goes. Where the service lists
who is invited, that list decides, and only the answer is written down. This file is private to the collection.
"""

from __future__ import annotations

import typing as t

from .._http.errors import AccessError
from .._http.naming import option
from .addresses import few, fold
from .model import INVITE, INVITE_TO_TEAM, REINVITE, Grant, Step
from .outcome import Journal
from .service import Service


def expect(journal: Journal | None, service: Service, steps: t.Iterable[Step]) -> None:
    """Tell the journal which invitations the steps are going to send."""
    goals = [step.goal for step in steps if step.action in (INVITE, REINVITE, INVITE_TO_TEAM) and step.goal]
    if journal and goals:
        ledger = service.ledger
        journal.expecting(
            {fold(goal.email): ledger.expected(goal.email, goal.role) for goal in goals} if ledger else {}
        )


def in_doubt(service: Service) -> list[str]:
    """A warning about the people whom an earlier run may have invited."""
    named = service.ledger.in_doubt if service.ledger else []
    if not named:
        return []
    return [
        (
            f"A run that was stopped may have invited {few(named)} to {service.info.title}. It is not known whether an invitation "
            f"was sent, so none is sent again. Ask them; a run for them with {option('reinvite_after')} set to 0 sends one."
        )
    ]


def invite(journal: Journal | None, service: Service, goal: Grant) -> tuple[Grant, bool]:
    """Send an invitation, with an entry in the journal before and after; only after, if the service lists who is invited."""
    if journal is None or service.ledger is None:
        sent = service.invite(goal.email, goal.role, goal.team_ids)
        note(journal, service, sent[0])
        return sent
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


def note(journal: Journal | None, service: Service, sent: Grant) -> None:
    """Write down who was invited by an invitation that the service lists, but perhaps not with its address for ever."""
    if journal:
        for key, entry in service.noted(sent).items():
            journal.answered(key, entry)
