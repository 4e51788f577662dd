# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What to believe after an answer that does not tell what a request did: evidence and what is left to do decide. Pure.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from enum import Enum, Flag, auto

from . import _errors as errors
from ._errors import ACCEPTED, NOT_SENT, AccessError
from ._model import INVITE, PENDING, REINVITE, Step

FIRST_BACKOFF = 0.5
SLOW_SERVICE = 5.0  # seconds in which a request that timed out may still take effect
ROUNDS = 3  # how often an invitation is tried whose fate is in doubt
DISPUTED = (errors.CONFLICT, errors.NOT_FOUND)  # what is there is not what was read
UNKNOWN_FATE = "It is not known whether this took effect: look at the service before you run again."
UNKNOWN_INVITATION = (
    "It is not known whether the invitation went out, so it was not sent again: ask before you run again."
)


class Left(Enum):
    """What a plan made from the state read again has for the person whose step is in doubt."""

    NOTHING = auto()
    ALL = auto()
    """The step itself; for an invitation to be sent anew, the old one is still there."""
    INVITATION = auto()
    """Sending the invitation; what was to go before it is gone."""
    OTHER = auto()
    """A step that was not planned: something else happened to the person."""


class Sign(Flag):
    """One piece of evidence about a step in doubt."""

    NONE = 0
    UNCLEAR = auto()
    """The request, at this or an earlier attempt, may have taken effect."""
    REFUSED = auto()
    """The only attempt was turned down: what is there is not what was read."""
    GONE = auto()
    """The answer was 404, and nothing explains it."""
    ACCEPTED = auto()
    """The service said yes, only its answer could not be used."""
    PASSING = auto()
    """The fault is one that passes."""
    CANCELLING = auto()
    """An old invitation was being cancelled, and no new one was sent yet."""
    JOINED = auto()
    """The person has accepted."""
    FIRST = auto()
    """The step was tried once."""
    MORE = auto()
    """The step may be tried again."""
    HIDDEN = auto()
    """It was about an invitation, and the list leaves out invitations."""
    MAY_HIDE = auto()
    """The list may leave out invitations."""
    CONCLUSIVE = auto()
    """The list was read after a pause, and is not known to leave out invitations."""
    INCONCLUSIVE = auto()
    """The list was read without a pause, or may leave out invitations."""


class Fate(Enum):
    """What became of a step, and what follows from it."""

    DONE = auto()
    FOUND_DONE = auto()
    """Everything is as declared, but not by this step."""
    TAKEN = auto()
    """The service took the invitation and does not show it."""
    TRY_AGAIN = auto()
    FAILED = auto()
    OVERTAKEN = auto()
    """Somebody else changed what the person has."""
    STILL_THERE = auto()
    """The service does not know what it lists."""
    UNKNOWN = auto()
    UNKNOWN_INVITATION = auto()


TABLE: tuple[tuple[Left, Sign, Fate], ...] = (
    (Left.OTHER, Sign.NONE, Fate.OVERTAKEN),
    (Left.NOTHING, Sign.FIRST | Sign.REFUSED, Fate.FOUND_DONE),
    (Left.NOTHING, Sign.FIRST | Sign.CANCELLING | Sign.JOINED, Fate.FOUND_DONE),
    (Left.NOTHING, Sign.FIRST | Sign.CANCELLING | Sign.UNCLEAR, Fate.DONE),  # the old one is gone, another is there
    (Left.NOTHING, Sign.FIRST | Sign.CANCELLING, Fate.FOUND_DONE),
    (Left.NOTHING, Sign.NONE, Fate.DONE),
    (Left.ALL, Sign.UNCLEAR | Sign.HIDDEN, Fate.UNKNOWN),  # what was read again is what was known before
    (Left.ALL, Sign.GONE, Fate.STILL_THERE),
    (Left.ALL, Sign.NONE, Fate.FAILED),
    (Left.INVITATION, Sign.CANCELLING, Fate.TRY_AGAIN),
    (Left.INVITATION, Sign.ACCEPTED | Sign.MAY_HIDE, Fate.TAKEN),
    (Left.INVITATION, Sign.ACCEPTED, Fate.FAILED),
    (Left.INVITATION, Sign.PASSING | Sign.CONCLUSIVE | Sign.MORE, Fate.TRY_AGAIN),
    (Left.INVITATION, Sign.UNCLEAR | Sign.INCONCLUSIVE, Fate.UNKNOWN_INVITATION),
    (Left.INVITATION, Sign.NONE, Fate.FAILED),
)
"""The first line counts whose signs are all there."""


def judge(left: Left, signs: Sign) -> Fate:
    """What became of a step."""
    return next(fate for what, needed, fate in TABLE if what is left and needed in signs)


def is_doubtful(step: Step, error: AccessError) -> bool:
    """Whether only the state itself can tell what became of a step."""
    if error.request.leaves_doubt:
        return True
    pending = step.target is None or step.target.status == PENDING  # invited or accepted meanwhile, perhaps
    return error.request.reach != NOT_SENT and (error.code in DISPUTED or (error.status == 422 and pending))


def pause_before_reading(faults: t.Sequence[AccessError], attempt: int, patience: float) -> float:
    """Seconds in which a slow service may finish what it was asked; ``patience`` is how long a request may take."""
    pause = 0.0
    if any(fault.request.transient or fault.code == errors.SERVER_ERROR for fault in faults):
        pause = max(FIRST_BACKOFF * 2**attempt, *(fault.request.retry_after or 0.0 for fault in faults))
    if any(fault.code == errors.TIMEOUT for fault in faults):
        pause = max(pause, min(SLOW_SERVICE, patience))
    return pause


def still_to_do(step: Step, steps: t.Iterable[Step], planned: t.Collection[Step]) -> tuple[Left, Step | None]:
    """What is left of a step among the steps that a new plan has, and the step that would do it."""
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

    ``rested``: the state was read after a pause. ``lists_pending``: the service is sure to list invitations,
    ``shows_pending``: it is not known to leave them out. ``joined``: the person is a user now.
    """
    invites = step.action in (INVITE, REINVITE)
    pending = step.target is not None and step.target.status == PENDING
    evidence = {
        Sign.UNCLEAR: error.request.leaves_doubt,
        Sign.REFUSED: error.status in (404, 409, 422) and not error.request.repeated,
        Sign.GONE: error.status == 404 and not error.hint,
        Sign.ACCEPTED: error.request.reach == ACCEPTED,
        Sign.PASSING: error.request.transient or error.code == errors.SERVER_ERROR,
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
    """The error of a step that failed, with what its fate adds to it."""
    if fate is Fate.OVERTAKEN:
        return AccessError(
            errors.CONFLICT,
            f"What {step.email} has changed while this ran, so the {step.action} did not apply.",
            hint="Run again: the next run starts from what is there now.",
            detail=error.detail or error.msg,
            status=error.status,
            method=error.method,
            path=error.path,
            request=error.request,
        )
    hints = {
        Fate.UNKNOWN: UNKNOWN_FATE,
        Fate.UNKNOWN_INVITATION: UNKNOWN_INVITATION,
        Fate.STILL_THERE: f"{step.email} is still listed, though: run again, and look at the service if that does not help.",
    }
    return error.hinted(hints[fate]) if fate in hints else error


def _is_same(left: Step, done: Step) -> bool:
    """Whether a step left over is the one that was tried; for an invitation sent anew, its second half."""
    if left.action == INVITE:
        return done.action in (INVITE, REINVITE)
    things = [(step.target.id, step.target.about) if step.target else step.goal for step in (left, done)]
    return left.action == done.action and things[0] == things[1]
