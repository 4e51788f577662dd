# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many requests a window of time allows."""

from __future__ import annotations

from collections.abc import Callable


class Allowance:
    """A fixed window that opens with the first request after the last one closed."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.clear()

    def clear(self) -> None:
        self.used = 0
        self.resets_at = 0.0

    def take(self, limit: int, window: float) -> bool:
        """Count a request; False when the window holds no more."""
        self.roll(window)
        if self.used >= limit:
            return False
        self.used += 1
        return True

    def roll(self, window: float) -> None:
        if self._clock() >= self.resets_at:
            self.used = 0
            self.resets_at = self._clock() + window

    def seconds_left(self) -> float:
        return max(0.0, self.resets_at - self._clock())
