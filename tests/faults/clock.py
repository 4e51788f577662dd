# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A clock on which a module's waits take no time, so that real back-offs and limits are tested at full length."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from unittest import mock

from ansible_collections.honeyops.access.plugins.module_utils._access import verify as _verify
from ansible_collections.honeyops.access.plugins.module_utils._http import client as _http


class Clock:
    """The machine's monotonic clock, ahead by all the waits that were asked for; time on the wire passes as it does."""

    def __init__(self, waited: Callable[[float], object] = lambda _: None) -> None:
        self.ahead = 0.0
        self._waited = waited
        self._lock = threading.Lock()
        self._read = threading.local()

    def __call__(self) -> float:
        self._read.at = time.monotonic() + self.ahead
        return float(self._read.at)

    def sleep(self, seconds: float) -> None:
        """Until so long after this thread last looked: threads that wait for one moment wait but once."""
        with self._lock:
            step = self._read.at + seconds - (time.monotonic() + self.ahead)
            if step > 0:
                self.ahead += step
                self._waited(step)

    @contextlib.contextmanager
    def installed(self) -> Iterator[Clock]:
        """Have every module that starts now go by this clock."""
        defaults = (self, self.sleep)
        with (
            mock.patch.object(_http.Client.__init__, "__defaults__", defaults),
            mock.patch.object(_verify.await_acceptance, "__defaults__", defaults),
        ):
            yield self
