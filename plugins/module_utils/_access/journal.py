# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is written down about invitations while a run sends them, so that a kill at any moment loses none. No I/O.

An invitation is written down before it leaves, so that no other run sends it too, and its answer after it came. What has
no answer yet may have been sent. Where the service may hide who is invited, the next run goes by that: ``unclear`` in
``ledger.py``. Where it lists them, the list decides. This file is private to the collection.
"""

from __future__ import annotations

import contextlib
import typing as t

from .._http.errors import AccessError
from .._http.naming import option
from .addresses import few, fold
from .model import INVITE, INVITE_TO_TEAM, REINVITE, Grant, Step, invited
from .outcome import Journal
from .service import Companion, Service


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
    """Send an invitation, with a word in the journal before and after."""
    email, ledger = fold(goal.email), service.ledger
    with _written_down(journal, email, ledger.expected(email, goal.role) if ledger else None):
        sent = service.invite(goal.email, goal.role, goal.team_ids)
    if journal and ledger:
        journal.answered(email, ledger.known(email))
    _note(journal, service, email, sent[0])
    return sent


def invite_to_team(journal: Journal | None, service: Service, companion: Companion, goal: Grant) -> None:
    """The same for an invitation to a team of the account."""
    who = invited(fold(goal.email), goal.of("team_id"))
    with _written_down(journal, who, None):
        sent = companion.invite(goal)
    _note(journal, service, who, sent)


@contextlib.contextmanager
def _written_down(journal: Journal | None, who: str, entry: dict[str, t.Any] | None) -> t.Iterator[None]:
    """Write down an invitation before it is sent, and take that back if it certainly was not."""
    if journal:
        journal.sending(who, entry)
    try:
        yield
    except AccessError as error:
        if journal and not error.request.leaves_doubt:
            journal.answered(who, None)
        raise


def _note(journal: Journal | None, service: Service, who: str, sent: Grant) -> None:
    """Write down the invitation that the service lists, but perhaps not with its address for ever, in place of ``who``."""
    if journal:
        for key, entry in service.noted(sent).items():
            journal.answered(key, entry)
            journal.answered(who, None)
