# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run of a module on a simulator, watched from all sides."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any
from unittest import mock

from ansible_collections.honeyops.access.plugins.module_utils._http import connection as _exchange
from tests.modules import run_on
from tests.simulator import Simulator

from .clock import Clock
from .judge import COMPANIONS, Run, State, state_of, subject_of

BULK = {"honeycomb": ("honeycomb_members", "members"), "honeybadger": ("honeybadger_users", "users")}
"""The bulk module of each service, and the option that names its people."""
MAX_WAIT = 5
PATIENT = 3.0  # request_timeout where it is not to be met
SLACK = 1.0  # for a busy machine, on which time on the wire and of the process itself counts


def perform(
    sim: Simulator,
    module: str,
    options: Mapping[str, Any],
    *,
    check: bool = False,
    request_timeout: float = PATIENT,
    wired: bool = True,
) -> Run:
    """Run a module whose waits take no time, and note the state on both sides of it.

    Without ``wired``, requests may be given up, and their effects belong to this run however late they come.
    """
    service = module.partition("_")[0]
    subject = subject_of(module)
    before, beside, first = state_of(sim, subject), _beside(sim, subject), len(sim.log)
    clock = Clock(sim.advance)
    with clock.installed(), contextlib.nullcontext() if wired else _all_effects(sim):
        started = clock()
        limits = {"request_timeout": request_timeout, "max_wait": MAX_WAIT}
        result = run_on(sim, module, check=check, **{**limits, **options})
        elapsed = clock() - started
    return Run(
        service=service,
        before=before,
        after=state_of(sim, subject),
        result=result,
        log=sim.log[first:],
        elapsed=elapsed,
        longest=MAX_WAIT + request_timeout + float(options.get("wait_timeout", 0)) + SLACK,
        options=options,
        looks=check or module.endswith("_info"),
        hidden=service == "honeycomb" and not sim.settings.pending_listed,
        wired=wired,
        beside=(beside, _beside(sim, subject)),
    )


@contextlib.contextmanager
def _all_effects(sim: Simulator) -> Iterator[None]:
    """Leave only when every request that is sent in here has ended, given up or not."""
    threads: list[threading.Thread] = []

    class Followed(threading.Thread):
        def start(self) -> None:
            threads.append(self)
            super().start()

    with mock.patch.object(_exchange, "threading", SimpleNamespace(Thread=Followed, Lock=threading.Lock)):
        yield
    with sim.settling():
        for thread in threads:
            thread.join()


def _beside(sim: Simulator, subject: str) -> State:
    return state_of(sim, COMPANIONS[subject]) if subject in COMPANIONS else frozenset()
