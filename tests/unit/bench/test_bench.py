# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The bench with few people, so that it works when somebody wants figures."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.bench import hosts, report, role
from tests.bench.__main__ import compare, figure, machine
from tests.bench.cases import STATES, Case
from tests.bench.leavers import Leavers, leave, measure
from tests.bench.measure import LATENCY, THREADS, Bench, bench
from tests.tools import tree


@pytest.fixture(scope="module")
def at() -> Iterator[Bench]:
    with bench() as at:
        yield at


def test_it_starts_by_itself() -> None:
    """Without what pytest adds to the places that Python imports from."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--help"], cwd=tree.ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("state", "writes"), [("new", 20), ("same", 0), ("drift", 2)])
def test_a_case_takes_one_list_and_its_writes(at: Bench, state: str, writes: int) -> None:
    assert Case(20, state).writes == writes
    assert at.peer("bare", Case(20, state)).requests == 1 + writes


def test_the_module_is_measured_by_itself(at: Bench) -> None:
    cost = at.module(50)
    assert cost.requests == 1
    assert cost.cpu > 0
    assert cost.memory > 5  # no more is known here: a peak is at least that of the process that tests


def test_what_did_not_settle_the_case_is_no_figure(at: Bench) -> None:
    with pytest.raises(AssertionError, match="true"):
        at._settle(["true"], Case(1, "new"), {})


@pytest.mark.slow
def test_figures_become_a_page(at: Bench) -> None:
    plans = at.plan_times([50, 500], 1)
    case = compare(at, Case(20, "drift"), {"bare": 1, "bulk": 1, "single": 0, "uri": 0})
    figures = {
        "machine": machine(),
        "latency_ms": 1000 * LATENCY,
        "threads": THREADS,
        "ansible_start": figure([1.0]),
        "ping_each": 0.5,
        "own": {"people": 10_000, "requests": 1, **{name: figure([1.5]) for name in ("seconds", "cpu", "memory")}},
        "plans": plans,
        "capacity": figure([1000.0]),
        "hosts": {"date": "2026-01-01", **hosts.measure([1, 2], 1, 0, 50)},
        "role": {"date": "2026-01-01", **role.measure(at, 20, 1)},
        "leavers": {"date": "2026-01-01", **measure(at, Leavers(60, 2, 30, 4), 1)},
        "cases": [case],
    }
    page = report.page(figures)
    assert f"| 20 | {STATES['drift']} |" in page
    assert page.count("| met |") >= 5
    assert "| 2 | 50 |" in page
    assert "2 of 60 people leave" in page
    assert [
        text
        for met, text, _measured in report.targets(figures)
        if not met and "host" not in text and "role" not in text
    ] == []


def test_targets_are_judged() -> None:
    peers = {"bare": 10.0, "bulk": 12.4, "uri": 497.0}
    case = {
        "people": 1000,
        "state": "new",
        "writes": 1000,
        "peers": {name: {**figure([seconds]), "requests": 1002} for name, seconds in peers.items()},
    }
    own = {"people": 10_000, "requests": 1, "cpu": figure([2.0]), "memory": figure([199.0])}
    many = {
        "compared": [
            {"hosts": 1, "ping": 1.0, "playbook": 1.6},
            {"hosts": 40, "modules": 10.0, "playbook": 1.5, "report": 1.6},
        ],
        "event": {"people": 2000, "bytes": 499_999},
    }
    figures = {
        "latency_ms": 50,
        "threads": 8,
        "ansible_start": figure([1.0]),
        "own": own,
        "cases": [case],
        "hosts": many,
        "role": {"people": 1000, "start": 1.0, "bare": 10.0, "role": 12.1},
    }
    judged = [met for met, *_unused in report.targets({**figures, "capacity": figure([479.0])})]
    assert judged == [True, True, False, True, False, False, True, True, False, True, True, False]


def test_the_exponent_is_the_slope_of_the_logarithms() -> None:
    assert report.exponent({10: 1.0, 100: 100.0, 1000: 10_000.0}) == pytest.approx(2)


@pytest.mark.slow
def test_leavers_cost_their_writes_and_no_read(at: Bench) -> None:
    """Twenty leave as one does, and the bare script sends the same requests; what is left is looked at, too."""
    few, many = (Leavers(people=60, leavers=leavers, keys=30, teams=4) for leavers in (1, 20))
    assert few.reads() == many.reads()
    assert many.writes() > 60
    for case in (few, many):
        costs = [leave(at, peer, case) for peer in ("bare", "bulk")]
        assert [cost.requests for cost in costs] == [case.reads() + case.writes()] * 2
