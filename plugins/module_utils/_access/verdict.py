# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why a run that ended did not do everything.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from collections import Counter

from .._http import errors
from .._http.errors import AccessError
from .addresses import few
from .doubt import UNKNOWN_FATE, UNKNOWN_INVITATION
from .model import Step
from .outcome import APPLIED, FAILED, NOT_ATTEMPTED, Report

MOST_REASONS, MOST_NAMED = 20, 50  # in one message


def partial(report: Report) -> AccessError | None:
    """Why a run that was completed did not do everything."""
    failed = [(outcome.step, outcome.error) for outcome in report.outcomes if outcome.error]
    if not failed:
        return unresolved(report)
    first = failed[0][1]
    outcomes = Counter(outcome.outcome for outcome in report.outcomes)
    doubt = any(
        outcome.error and outcome.error.hint in (UNKNOWN_FATE, UNKNOWN_INVITATION) for outcome in report.outcomes
    )
    remaining = _remaining(report)
    still = [f"The lists still show {remaining}."] if remaining else []
    rest = "Find out first what is not known." if doubt else "Run again to do the rest; nothing is done twice."
    return AccessError(
        errors.PARTIAL_FAILURE,
        f"{outcomes[APPLIED]} of {len(report.plan)} change{'' if len(report.plan) == 1 else 's'} applied, "
        f"{outcomes[FAILED]} failed, {outcomes[NOT_ATTEMPTED]} not attempted. "
        + " ".join((*_every(failed), *(conflict.error().msg for conflict in report.conflicts), *still)),
        hint=f"See results for each person. {rest}",
        detail=first.detail or first.msg,
        status=first.status,
        method=first.method,
        path=first.path,
    )


def _every(failed: t.Sequence[tuple[Step, AccessError]]) -> t.Iterator[str]:
    """Every failure, those with the same reason together: the reasons of many differ only in the person and the id."""
    alike: dict[str, list[tuple[Step, AccessError]]] = {}
    for step, error in failed:
        alike.setdefault(_reason(step, error), []).append((step, error))
    for reason, same in list(alike.items())[:MOST_REASONS]:
        who = few([f"{step.action} of {step.email}" for step, _error in same], MOST_NAMED)
        yield f"{who}: {same[0][1].marked if len(same) == 1 else reason}"
    if len(alike) > MOST_REASONS:
        rest = sum(map(len, list(alike.values())[MOST_REASONS:]))
        yield f"And {rest} more failures, see results."


def _reason(step: Step, error: AccessError) -> str:
    """Why a step failed, without the person and the id."""
    text = error.marked.replace(step.email, "them")
    return text.replace(error.path, f"{error.path.rpartition('/')[0]}/…") if error.path else text


def left_over(report: Report) -> AccessError | None:
    """Why a run without failed steps did not remove everything."""
    remaining = _remaining(report)
    if not remaining:
        return None
    return AccessError(
        errors.PARTIAL_FAILURE,
        f"{'Every change was made, but the' if report.plan else 'The'} lists still show {remaining}.",
        hint="Run again; if that does not help, remove what remains by hand.",
    )


def _remaining(report: Report) -> str:
    """What the lists still show of people who lost access, for a sentence."""
    found = report.verified["remaining"] if report.verified else []
    more = f"; and {len(found) - 10} more" if len(found) > 10 else ""
    return "; ".join(f"{item['email']}: {item['what']}" for item in found[:10]) + more


def unresolved(report: Report) -> AccessError | None:
    """The error for people who cannot be told apart; the plan for everybody else was carried out."""
    if not report.conflicts:
        return None
    others = (
        " Nothing was planned for these people; the plan for everybody else does not depend on them."
        if report.plan
        else ""
    )
    return AccessError(
        errors.VALIDATION,
        " ".join(conflict.error().msg for conflict in report.conflicts) + others,
        hint=report.conflicts[0].error().hint,
    )
