# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure, print, and write docs/bench.json, docs/bench.md and docs/images/bench.png."""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import statistics
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from tests.bench import hosts, leavers, report, role
from tests.bench.cases import STATES, Case
from tests.bench.leavers import Leavers
from tests.bench.measure import LATENCY, PEERS, THREADS, Bench, Cost, bench
from tests.tools import tree

PARTS = ("hosts", "role", "leavers")


class Scale(NamedTuple):
    """How many people: compared; through the role; for the module's own process; planned for; and hosts."""

    compared: tuple[int, ...]
    role: int
    own: int
    planned: tuple[int, ...]
    hosts: tuple[int, ...]
    in_event: int
    leavers: Leavers


FULL = Scale((100, 1000), role.PEOPLE, 10_000, (1000, 10_000, 100_000), hosts.HOSTS, 2000, Leavers())
QUICK = Scale((20,), 20, 500, (100, 1000), (1, 2), 50, Leavers(60, 20, 30, 4))


def machine() -> dict[str, str]:
    """What it has, not which it is."""
    told = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "date": date.today().isoformat(),
        "cpu": f"{len(os.sched_getaffinity(0))} cores ({told.group(1) if told else platform.machine()})",
        "memory": f"{memory:.0f} GiB",
        "python": f"Python {platform.python_version()}",
        **{name: f"{name} {version(name)}" for name in ("ansible-core", "requests")},
        "load": f"load {os.getloadavg()[0]:.1f} before",
    }


def figure(values: list[float]) -> dict[str, Any]:
    return {"median": statistics.median(values), "all": [round(value, 4) for value in values]}


def compare(at: Bench, case: Case, repeats: dict[str, int]) -> dict[str, Any]:
    """All peers on one case, in turn, so that a busy moment of the machine does not hit one of them only."""
    costs: dict[str, list[Cost]] = {name: [] for name, times in repeats.items() if times}
    for turn in range(max(repeats.values())):
        for name, seen in costs.items():
            if turn < repeats[name]:
                seen.append(at.peer(name, case))
                print(f"{case.people} {STATES[case.state]}, {name}: {seen[-1].seconds:.2f} s", flush=True)
    peers = {n: {**figure([c.seconds for c in seen]), "requests": seen[0].requests} for n, seen in costs.items()}
    return {"people": case.people, "state": case.state, "writes": case.writes, "peers": peers}


def part(at: Bench, name: str, scale: Scale, repeats: int) -> dict[str, Any]:
    """What can be measured by itself, with the day on which it was."""
    if name == "hosts":
        figures = hosts.measure(scale.hosts, repeats, LATENCY, scale.in_event)
    elif name == "role":
        figures = role.measure(at, scale.role, repeats)
    else:
        figures = leavers.measure(at, scale.leavers, 1)
    return {"date": date.today().isoformat(), **figures}


def measure(at: Bench, cases: list[Case], scale: Scale, repeats: int, long: bool) -> dict[str, Any]:
    """Everything, as it goes into the JSON file."""

    def runs(name: str, case: Case) -> int:
        if name in ("bare", "bulk"):
            return repeats
        return 1 if long or name == "uri" or case.people < max(scale.compared) else 0

    pings = {people: figure([at.pings(people) for _unused in range(repeats)]) for people in (1, 21)}
    own = [at.module(scale.own) for _unused in range(repeats)]
    return {
        "machine": machine(),
        "latency_ms": round(1000 * LATENCY),
        "threads": THREADS,
        "ansible_start": pings[1],
        "ping_each": (pings[21]["median"] - pings[1]["median"]) / 20,
        "own": {
            "people": scale.own,
            "requests": own[0].requests,
            **{name: figure([getattr(cost, name) for cost in own]) for name in ("seconds", "cpu", "memory")},
        },
        "plans": at.plan_times(scale.planned, max(5, repeats)),
        "capacity": figure([at.capacity(1000) for _unused in range(repeats)]),
        **{name: part(at, name, scale, repeats) for name in PARTS},
        "cases": [compare(at, case, {name: runs(name, case) for name in PEERS}) for case in cases],
    }


def main() -> int:
    names = {f"{people}-{state}": Case(people, state) for people in FULL.compared for state in STATES}
    options = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    options.add_argument("--repeats", type=int, default=3, help="of what does not take minutes")
    options.add_argument(
        "--cases", nargs="+", choices=names, default=list(names), metavar="CASE", help=", ".join(names)
    )
    options.add_argument("--only", nargs="+", choices=PARTS, default=[], help="measure these again, and keep the rest")
    options.add_argument("--long", action="store_true", help="loop over 1,000 people with the single-person module too")
    options.add_argument("--quick", type=Path, metavar="FOLDER", help="few people, once, and written there")
    given = options.parse_args()
    scale, repeats, folder = (QUICK, 1, given.quick) if given.quick else (FULL, given.repeats, tree.ROOT / "docs")
    cases = [Case(people, state) for people in QUICK.compared for state in STATES]
    cases = cases if given.quick else [names[name] for name in given.cases]
    with bench() as at:
        if given.only:
            figures = json.loads((folder / "bench.json").read_text())
            figures.update({name: part(at, name, scale, repeats) for name in given.only})
        else:
            figures = measure(at, cases, scale, repeats, given.long)
    report.write(figures, folder)
    print((folder / "bench.md").read_text())
    return 0 if all(met for met, *_unused in report.targets(figures)) else 1


if __name__ == "__main__":
    sys.exit(main())
