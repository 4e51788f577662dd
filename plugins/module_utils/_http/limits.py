# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What headers say about rate limits and times. No I/O.

This file is private to the collection.
"""

from __future__ import annotations

import calendar
import email.utils
import functools
import re
import time
import typing as t
from dataclasses import dataclass

_TOLD = re.compile(r"(limit|remaining|reset)\s*=\s*(\d+)")
_WINDOW = re.compile(r";\s*w=(\d{1,9})")
_NUMBER = re.compile(r"\s*\d{1,12}\s*", re.ASCII)


@dataclass(frozen=True)
class Quota:
    """The rate limit of the service: requests left, of how many, monotonic time of the reset, window in seconds."""

    remaining: int
    limit: int | None
    reset_at: float | None
    window: float | None


def quota_from(headers: t.Mapping[str, str], server_time: float, now: float) -> Quota | None:
    """The rate limit in the headers; ``server_time`` is the clock of the service, ``now`` the monotonic one.

    Honeycomb's ``RateLimit`` counts seconds to the reset. Honeybadger's ``X-RateLimit-Reset`` is a Unix time, and its
    window is an hour; directories spell it ``X-Rate-Limit-Reset``.
    """
    told = dict(_TOLD.findall(headers.get("RateLimit", "")))
    spelt = "X-Rate-Limit-" if "X-Rate-Limit-Remaining" in headers else "X-RateLimit-"
    remaining = number(headers.get(f"{spelt}Remaining") or told.get("remaining"))
    if remaining is None:
        return None
    reset_in = number(told.get("reset"))
    epoch = number(headers.get(f"{spelt}Reset"))
    if epoch is not None:
        reset_in = max(0, epoch - int(server_time))
    limit = number(headers.get(f"{spelt}Limit") or told.get("limit"))
    window = _WINDOW.search(headers.get("RateLimit-Policy", ""))
    return Quota(
        remaining,
        limit,
        None if reset_in is None else now + reset_in,
        float(window.group(1)) if window else (3600.0 if epoch is not None else None),
    )


def number(text: str | None) -> int | None:
    """A whole number from a header, None for anything else."""
    return int(text) if text and _NUMBER.fullmatch(text) else None


@functools.lru_cache(maxsize=8)
def http_date(text: str | None) -> float | None:
    """Unix time of an HTTP date, None for anything else."""
    parsed = email.utils.parsedate_tz(text) if text else None
    try:
        return calendar.timegm((*parsed[:6], 0, 1, 0)) - (parsed[9] or 0) if parsed else None
    except (ValueError, OverflowError):
        return None


def retry_after(text: str | None, server_time: float) -> float | None:
    """Seconds from ``Retry-After`` in either form; a date is compared with the clock of the server."""
    seconds = number(text)
    if seconds is not None:
        return float(seconds)
    date = http_date(text)
    return None if date is None else max(0.0, date - server_time)


def utc(seconds_from_now: float) -> str:
    """A time as text, for messages."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + max(0.0, seconds_from_now)))
