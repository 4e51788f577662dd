# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every request that the modules make, failing in every way. ``python -m tests.faults`` makes a table of the same."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

import pytest

from tests.quick import quick_first

from .cells import Arena, Cell
from .scenarios import SCENARIOS

PARTS = 6  # of a scenario's cells, so that no worker is left with the longest ones
# Of scenarios that are tried in every run.
VARIANTS = ("many pages", "lists apart", "four at once", "another known)", "keys deleted", "second 409)", "(missing)")
LONG = ("honeycomb_members: mix (listed)", "honeybadger_users: leave, teams")
WRITING = [title for title, scenario in SCENARIOS.items() if scenario.changes]
QUICK = [title for title in WRITING if not title.endswith(VARIANTS) and title not in LONG]


def broken(ring: Arena, cells: Iterable[Cell]) -> list[str]:
    """What broke in which cell."""
    verdicts = [ring.judge(cell) for cell in cells]
    assert verdicts
    return [f"{verdict.cell}: {'; '.join(verdict.problems)}" for verdict in verdicts if verdict.problems]


@pytest.mark.parametrize("title", quick_first(QUICK, WRITING))
def test_writes_that_fail_once(ring: Arena, title: str) -> None:
    assert broken(ring, ring.chief_cells(SCENARIOS[title])) == []


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("title", SCENARIOS)
def test_whole_matrix(ring: Arena, title: str, part: int) -> None:
    assert broken(ring, islice(ring.cells(SCENARIOS[title]), part, None, PARTS)) == []


def test_nobody_who_cannot_prove_who_they_are_is_told_anything(ring: Arena) -> None:
    assert ring.detours.reached == 0
