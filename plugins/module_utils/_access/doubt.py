# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What to conclude after an unclear answer, from the evidence and from what is left to do. Pure.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from enum import Enum, Flag, auto

from .._http import errors
from .._http.errors import ACCEPTED, NOT_SENT, AccessError
from .._http.retry import backoff
from .model import INVITE, PENDING, REINVITE, Step

SLOW_SERVICE = 5.0  # seconds in which a request that timed out may still take effect
ROUNDS = 3  # attempts at an invitation whose fate is in doubt
DISPUTED = (errors.CONFLICT, errors.NOT_FOUND)  # the state is not the one that was read
UNKNOWN_FATE = "It is not known whether this took effect. Check the service before you run again."
UNKNOWN_INVITATION = (
    "It is not known whether the invitation was sent, so it was not sent again. Ask the person before you run again."
)


class Left(Enum):
    """What a new plan, made after reading the state again, still has for the person whose step is in doubt."""

    NOTHING = auto()
    ALL = auto()
    """The whole step; if an invitation is to be sent again, the old one is still there."""
    INVITATION = auto()
    """Sending the invitation; the old one is gone."""
    OTHER = auto()
    """A step that was not planned: something else happened to the person's access."""


class Sign(Flag):
    """One piece of evidence about a step in doubt."""

    NONE = 0
    UNCLEAR = auto()
    """The request, in this or an earlier attempt, may have taken effect."""
    DISPUTED = auto()
    """The only attempt was refused: the state is not the one that was read."""
    GONE = auto()
    """The answer was 404, and nothing explains it."""
    ACCEPTED = auto()
    """The service accepted the request, but its answer could not be used."""
    PASSING = auto()
    """The fault is temporary."""
    CANCELLING = auto()
    """An old invitation was being cancelled, and no new one was sent yet."""
    JOINED = auto()
    """The person has accepted."""
    FIRST = auto()
    """The step was tried once."""
    MORE = auto()
    """The step may be tried again."""
    HIDDEN = auto()
    """The step was about an invitation, and the list leaves out invitations."""
    MAY_HIDE = auto()
    """The list may leave out invitations."""
    CONCLUSIVE = auto()
    """The list was read after a pause, and is not known to leave out invitations."""
    INCONCLUSIVE = auto()
    """The list was read without a pause, or may leave out invitations."""


class Fate(Enum):
    """The fate of a step, and what follows from it."""

    DONE = auto()
    FOUND_DONE = auto()
    """Everything is as declared, but not because of this step."""
    TAKEN = auto()
    """The service accepted the invitation and does not show it."""
    TRY_AGAIN = auto()
    FAILED = auto()
    OVERTAKEN = auto()
    """Somebody else changed what the person has."""
    STILL_THERE = auto()
    """The service answers 404 to something that it lists."""
    UNKNOWN = auto()
    UNKNOWN_INVITATION = auto()


TABLE: tuple[tuple[Left, Sign, Fate], ...] = (
    (Left.OTHER, Sign.NONE, Fate.OVERTAKEN),
    (Left.NOTHING, Sign.FIRST | Sign.DISPUTED, Fate.FOUND_DONE),
    (Left.NOTHING, Sign.FIRST | Sign.CANCELLING | Sign.JOINED, Fate.FOUND_DONE),
    (Left.NOTHING, Sign.FIRST | Sign.CANCELLING | Sign.UNCLEAR, Fate.DONE),  # the old one is gone, there is another
    (Left.NOTHING, Sign.FIRST | Sign.CANCELLING, Fate.FOUND_DONE),
    (Left.NOTHING, Sign.NONE, Fate.DONE),
    (Left.ALL, Sign.UNCLEAR | Sign.HIDDEN, Fate.UNKNOWN),  # reading again showed nothing new
    (Left.ALL, Sign.GONE, Fate.STILL_THERE),
    (Left.ALL, Sign.NONE, Fate.FAILED),
    (Left.INVITATION, Sign.CANCELLING, Fate.TRY_AGAIN),
    (Left.INVITATION, Sign.ACCEPTED | Sign.MAY_HIDE, Fate.TAKEN),
    (Left.INVITATION, Sign.ACCEPTED, Fate.FAILED),
    (Left.INVITATION, Sign.PASSING | Sign.CONCLUSIVE | Sign.MORE, Fate.TRY_AGAIN),
    (Left.INVITATION, Sign.UNCLEAR | Sign.INCONCLUSIVE, Fate.UNKNOWN_INVITATION),
    (Left.INVITATION, Sign.NONE, Fate.FAILED),
)
"""The first line whose signs are all present applies."""


def judge(left: Left, signs: Sign) -> Fate:
    """The fate of a step."""
    return next(fate for what, needed, fate in TABLE if what is left and needed in signs)


def is_doubtful(step: Step, error: AccessError) -> bool:
    """Whether the state must be read again to find the fate of a step."""
    if error.request.leaves_doubt:
        return True
    pending = step.target is None or step.target.status == PENDING  # perhaps invited or accepted since it was read
    return error.request.reach != NOT_SENT and (error.code in DISPUTED or (error.status == 422 and pending))


def pause_before_reading(faults: t.Sequence[AccessError], attempt: int, patience: float) -> float:
    """Seconds that let a slow service finish a request; ``patience`` is how long a request may take."""
    pause = 0.0
    if any(fault.is_passing for fault in faults):
        pause = max(backoff(attempt), *(fault.request.retry_after or 0.0 for fault in faults))
    if any(fault.code == errors.TIMEOUT for fault in faults):
        pause = max(pause, min(SLOW_SERVICE, patience))
    return pause


def still_to_do(step: Step, steps: t.Iterable[Step], planned: t.Collection[Step]) -> tuple[Left, Step | None]:
    """What is left of a step among the steps of a new plan, and the step that would do it."""
    theirs = [other for other in steps if other.email == step.email]
    same = next((other for other in theirs if _is_same(other, step)), None)
    if same is None:
        return (Left.OTHER if any(other not in planned for other in theirs) else Left.NOTHING), None
    return (Left.INVITATION if same.action == INVITE else Left.ALL), same


def signs(
    step: Step,
    error: AccessError,
    attempt: int,
    *,
    rested: bool,
    lists_pending: bool,
    shows_pending: bool,
    joined: bool,
) -> Sign:
    """The evidence about a step whose last attempt, counted from 0, ended with this error.

    ``rested``: the state was read after a pause. ``lists_pending``: the service always lists invitations.
    ``shows_pending``: the service is not known to leave them out. ``joined``: the person is a user now.
    """
    invites = step.action in (INVITE, REINVITE)
    pending = step.target is not None and step.target.status == PENDING
    evidence = {
        Sign.UNCLEAR: error.request.leaves_doubt,
        Sign.DISPUTED: error.status in (404, 409, 422) and not error.request.repeated,
        Sign.GONE: error.status == 404 and not error.hint,
        Sign.ACCEPTED: error.request.reach == ACCEPTED,
        Sign.PASSING: error.is_passing,
        Sign.CANCELLING: invites and error.method == "DELETE",
        Sign.JOINED: joined,
        Sign.FIRST: attempt == 0,
        Sign.MORE: attempt + 1 < ROUNDS,
        Sign.HIDDEN: pending and not shows_pending,
        Sign.MAY_HIDE: not lists_pending,
        Sign.CONCLUSIVE: rested and shows_pending,
        Sign.INCONCLUSIVE: not (rested and lists_pending),
    }
    found = Sign.NONE
    for sign, is_there in evidence.items():
        found |= sign if is_there else Sign.NONE
    return found


def explain(fate: Fate, step: Step, error: AccessError) -> AccessError:
    """The error of a failed step, with what its fate adds."""
    if fate is Fate.OVERTAKEN:
        return AccessError(
            errors.CONFLICT,
            f"The access of {step.email} changed during this run, so the {step.action} no longer applied.",
            hint="Run again; the next run starts from the present state.",
            detail=error.detail or error.msg,
            status=error.status,
            method=error.method,
            path=error.path,
            request=error.request,
        )
    hints = {
        Fate.UNKNOWN: UNKNOWN_FATE,
        Fate.UNKNOWN_INVITATION: UNKNOWN_INVITATION,
        Fate.STILL_THERE: f"{step.email} is still listed, though. Run again, and check the service if that does not help.",
    }
    return error.hinted(hints[fate]) if fate in hints else error


def _is_same(left: Step, done: Step) -> bool:
    """Whether a step of the new plan is the one that was tried, or the second half of sending an invitation again."""
    if left.action == INVITE:
        return done.action in (INVITE, REINVITE)
    things = [(step.target.id, step.target.about) if step.target else step.goal for step in (left, done)]
    return left.action == done.action and things[0] == things[1]
