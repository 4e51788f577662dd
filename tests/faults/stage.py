# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run of a module on a simulator, watched from all sides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
    """Run a module whose waits take no time, and note the state on both sides of it."""
    service = module.partition("_")[0]
    subject = subject_of(module)
    before, beside, first = state_of(sim, subject), _beside(sim, subject), len(sim.log)
    clock = Clock(sim.advance)
    with clock.installed():
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


def _beside(sim: Simulator, subject: str) -> State:
    return state_of(sim, COMPANIONS[subject]) if subject in COMPANIONS else frozenset()
