# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which requests are sent again, and when. Pure.

Of the faults, those of a connection that never began or broke, time-outs, limits and ``TRANSIENT`` are repeatable
(``faults.py``). An invitation whose fate is in doubt is not a matter of single requests: ``ROUNDS`` in ``_access/doubt.py``.
This file is private to the collection.
"""

from __future__ import annotations

import typing as t

from . import errors
from .errors import REFUSED, AccessError

RETRIES = 4  # of one request, rate limits apart
FIRST_BACKOFF = 0.5  # seconds
DOUBLED = 6  # times, until a back-off no longer grows
LIMIT_REASONS = ("rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded")
TRANSIENT = (502, 503, 504)  # statuses after which the same request may succeed


def is_limit(status: int, headers: t.Mapping[str, str], payload: t.Any) -> bool:
    """Whether an answer says that the limit of requests is reached, as 403 does when none remains, or for this reason."""
    if status != 403:
        return status == 429
    return headers.get("X-RateLimit-Remaining", "").strip() == "0" or _names_limit(payload)


def _names_limit(payload: t.Any) -> bool:
    """Whether Google names a limit. Source: developers.google.com, "Directory API: Limits and Quotas"."""
    told = payload.get("error") if isinstance(payload, dict) else None
    reasons = told.get("errors") if isinstance(told, dict) else None
    return isinstance(reasons, list) and any(
        isinstance(one, dict) and one.get("reason") in LIMIT_REASONS for one in reasons
    )


def found_gone(error: AccessError) -> bool:
    """Whether a repeated DELETE found nothing to delete, so that its first attempt did it."""
    return error.status == 404 and error.request.repeated


def backoff(attempt: int) -> float:
    """Seconds to wait after an attempt, counted from 0."""
    return float(FIRST_BACKOFF * 2 ** min(attempt, DOUBLED))


def delay(error: AccessError, method: str, attempt: int) -> float | None:
    """Seconds to wait before a request is sent again after its attempt with this number; None: never.

    GET, PUT, PATCH and DELETE are, since callers set absolute values; a POST only if it certainly had no effect.
    """
    request = error.request
    if not request.repeatable or (method == "POST" and request.reach != REFUSED):
        return None
    if error.code != errors.RATE_LIMITED and attempt >= RETRIES:
        return None
    return max(request.retry_after or 0.0, backoff(attempt))
