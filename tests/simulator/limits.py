# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many requests a window of time allows."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import formatdate
from math import ceil

from .world import World


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


class RateLimit:
    """Honeycomb's limit, as the settings have it, and what its answers tell of it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.allowance = Allowance(world.now)

    def take(self) -> bool:
        """Count a request; False past the limit."""
        settings = self._world.settings
        return not settings.rate_limit or self.allowance.take(settings.rate_limit, settings.rate_window)

    def retry_after(self) -> dict[str, str]:
        seconds = ceil(self.allowance.seconds_left())
        forms = {"date": formatdate(self._world.now() + seconds, usegmt=True), "seconds": str(seconds)}
        form = self._world.settings.retry_after
        return {"Retry-After": forms[form]} if form in forms else {}

    def headers(self) -> dict[str, str]:
        settings = self._world.settings
        if not (settings.rate_limit and settings.limit_headers):
            return {}
        self.allowance.roll(settings.rate_window)
        remaining = max(0, settings.rate_limit - self.allowance.used)
        reset = ceil(self.allowance.seconds_left())
        return {
            "RateLimit": f"limit={settings.rate_limit}, remaining={remaining}, reset={reset}",
            "RateLimit-Policy": f"{settings.rate_limit};w={settings.rate_window:.0f}",
        }
