# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long planning takes by itself: from people and members in memory to a guarded plan with its id."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime

from ansible_collections.honeyops.access.plugins.module_utils._access.guards import Limits, guard
from ansible_collections.honeyops.access.plugins.module_utils._access.match import Rules
from ansible_collections.honeyops.access.plugins.module_utils._access.model import MEMBERSHIP, Grant, people_from
from ansible_collections.honeyops.access.plugins.module_utils._access.plan import plan, plan_id
from tests.bench.cases import Case


def plan_seconds(case: Case) -> float:
    """One plan of a team in that state."""
    declared = people_from(case.roster())
    world = [Grant(str(n), member["email"], member["role"], MEMBERSHIP) for n, member in enumerate(case.before())]
    rules = Rules(("member", "admin"), "member")
    started = time.process_time()
    steps = plan(declared, world, rules, datetime.now(UTC))
    plan_id("bench", steps)
    guard(steps, world, rules, Limits("25%"))
    seconds = time.process_time() - started
    assert len(steps) == case.writes
    return seconds


def plan_times(sizes: Iterable[int], repeats: int) -> dict[int, float]:
    """Medians by number of people, a tenth of whom differ."""
    return {size: statistics.median(plan_seconds(Case(size, "drift")) for _unused in range(repeats)) for size in sizes}


if __name__ == "__main__":
    print(json.dumps(plan_times(map(int, sys.argv[2:]), int(sys.argv[1]))))
