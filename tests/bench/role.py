# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many new people through the role, with its memory and all its checks, beside the bare script."""

from __future__ import annotations

import statistics
from typing import Any

from tests.bench.cases import Case
from tests.bench.measure import Bench

PEOPLE = 1000
MOST = 1.1  # times the bare script, Ansible's start taken off


def measure(at: Bench, people: int, repeats: int) -> dict[str, Any]:
    """Seconds of each way and of Ansible's start, in turn, as they go into the JSON file."""
    spent: dict[str, list[float]] = {"start": [], "bare": [], "role": []}
    for _unused in range(repeats):
        spent["start"].append(at.pings(1))
        spent["bare"].append(at.peer("bare", Case(people, "new")).seconds)
        spent["role"].append(at.role(Case(people, "new")).seconds)
        print(f"{people} new: {', '.join(f'{way} {seconds[-1]:.2f} s' for way, seconds in spent.items())}", flush=True)
    return {"people": people, **{way: statistics.median(seconds) for way, seconds in spent.items()}}
