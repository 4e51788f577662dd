# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long a task may wait in total, and when it may send the next request.

This file is private to the collection.
"""

from __future__ import annotations

import threading
import time
import typing as t


class Budget:
    """The seconds that one task may spend on faults and rate limits, shared by all its threads.

    A pause holds every thread; time that several threads spend at once counts once. Pauses never take ``spent`` past
    ``max_wait``. Failing requests may, by at most one ``request_timeout`` in total; then no more requests are sent.
    """

    def __init__(
        self,
        max_wait: float,
        request_timeout: float,
        clock: t.Callable[[], float] = time.monotonic,
        sleep: t.Callable[[float], None] = time.sleep,
    ) -> None:
        self.spent = 0.0
        self._max_wait = max_wait
        self._request_timeout = request_timeout
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._charged_until = clock()
        self._resume_at = clock()

    @property
    def left(self) -> float:
        """Seconds that pauses may still take."""
        return max(0.0, self._max_wait - self.spent)

    @property
    def patience(self) -> float:
        """Seconds that the next request may take."""
        return min(self._request_timeout, self._max_wait + self._request_timeout - self.spent)

    def charge(self, start: float, end: float) -> None:
        """Count the time from ``start`` to ``end``, without the part that is counted already."""
        with self._lock:
            self._count(start, end)

    def pause(self, seconds: float, since: float | None = None) -> bool:
        """Hold all threads for this long from now; False, and no pause, if that is more than is left.

        The time since ``since``, which a failed request took, is counted too, but does not prevent the pause.
        """
        with self._lock:
            now = self._clock()
            if seconds - max(0.0, self._charged_until - now) > self.left:
                return False
            self._count(now if since is None else since, now + seconds)
            self._resume_at = max(self._resume_at, now + seconds)
            return True

    def rest(self) -> None:
        """Wait until the current pause is over, if there is one."""
        while True:
            remaining = self._resume_at - self._clock()
            if remaining <= 0:
                return
            self._sleep(remaining)

    def _count(self, start: float, end: float) -> None:
        start = max(start, self._charged_until)
        if end > start:
            self.spent += end - start
            self._charged_until = end
