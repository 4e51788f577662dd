# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Says on the terminal, and in a controller's output, how far a run with many writes is.

This file is private to the collection.
"""

from __future__ import annotations

import time
import typing as t
from collections import Counter

from ...module_utils._access.model import Step
from ...module_utils._http.limits import Quota

QUIET = 3.0  # seconds of writes for which nothing is said
EVERY = 5.0  # seconds between two lines
TYPICAL = 0.3  # seconds that one write takes; only for the estimate at the start


class Progress:
    """Watches the run of one service on one host. ``say`` shows a line; ``where`` is what it is about.

    A line has figures only, and nothing that a service or a form says.
    """

    def __init__(self, where: str, say: t.Callable[[str], None], clock: t.Callable[[], float] = time.monotonic) -> None:
        self._where = where
        self._say = say
        self._clock = clock
        self._begun = self._said = clock()

    def begins(self, steps: t.Sequence[Step], concurrency: int, quota: Quota | None) -> None:
        """Say what is about to be done, unless it is done in a moment."""
        self._begun = self._said = self._clock()
        requests = sum(step.requests for step in steps)
        seconds = requests * TYPICAL / max(1, min(concurrency, len(steps)))
        window = quota.window if quota else None
        if quota and window and quota.limit and requests > quota.remaining:
            seconds = max(seconds, window * ((requests - quota.remaining - 1) // quota.limit + 1))
        if seconds < QUIET:
            return
        counts = Counter(step.action.replace("_", " ") for step in steps)
        what = ", ".join(f"{count} to {action}" for action, count in counts.items())
        limit = f", {quota.remaining} left in the rate limit" if quota else ""
        self._say(
            f"{self._where}: {what}; {requests} requests, {concurrency} at once{limit}, about {_duration(seconds)}."
        )

    def moves(self, done: int, steps: int) -> None:
        """Say how far the run is, every few seconds."""
        now = self._clock()
        if now - self._said < EVERY or done >= steps:
            return
        self._said = now
        rest = (now - self._begun) / done * (steps - done) if done else None
        left = f", about {_duration(rest)} left" if rest else ""
        self._say(f"{self._where}: {done} of {steps} done{left}.")


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
