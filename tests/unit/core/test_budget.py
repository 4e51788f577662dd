# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The seconds that a task may lose, by a clock of the test's own."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.honeyops.access.plugins.module_utils._http.budget import Budget

from .support import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


def budget(clock: Clock, max_wait: float = 10, request_timeout: float = 4) -> Budget:
    return Budget(max_wait, request_timeout, clock, clock.sleep)


def test_as_new(clock: Clock) -> None:
    new = budget(clock)
    assert (new.spent, new.left, new.patience) == (0, 10, 4)
    new.rest()
    assert clock.slept == []


def test_a_pause_is_slept_once(clock: Clock) -> None:
    one = budget(clock)
    assert one.pause(3)
    assert (one.spent, one.left, clock.slept) == (3, 7, [])
    one.rest()
    one.rest()
    assert clock.slept == [3]


def test_a_pause_that_does_not_fit_is_refused_whole(clock: Clock) -> None:
    one = budget(clock)
    assert one.pause(8)
    assert not one.pause(10.5)
    one.rest()
    assert (clock.slept, one.spent) == ([8], 8)
    assert not one.pause(2.5)
    assert one.pause(2)
    assert one.left == 0


def test_pauses_at_once_count_once(clock: Clock) -> None:
    one = budget(clock)
    assert one.pause(5)
    assert one.pause(5)
    assert one.pause(7)
    assert one.spent == 7
    one.rest()
    assert clock.slept == [7]


def test_requests_that_fail_side_by_side_count_once(clock: Clock) -> None:
    one = budget(clock)
    for start, end in ((0, 4), (1, 5), (2, 4), (4, 6)):
        one.charge(clock.start + start, clock.start + end)
    assert one.spent == 6


def test_failing_requests_may_pass_the_limit_by_one_timeout_at_most(clock: Clock) -> None:
    one = budget(clock, max_wait=5, request_timeout=4)
    patience = []
    while one.patience > 0:
        patience.append(one.patience)
        started = clock()
        clock.now += one.patience
        one.charge(started, clock())
    assert patience == [4, 4, 1]
    assert (one.spent, one.left) == (9, 0)
    assert not one.pause(0.1)


def test_no_patience_at_all_means_one_try(clock: Clock) -> None:
    one = budget(clock, max_wait=0)
    assert (one.left, one.patience) == (0, 4)
    assert not one.pause(0.01)
    assert one.pause(0)


@example([(False, 6.784017541002938, 1.0), (True, 8.00001, 9.0)])  # the sum of two moments is not exact
@given(st.lists(st.tuples(st.booleans(), st.floats(0, 9), st.floats(0, 9)), max_size=30))
def test_never_past_the_limits(events: list[tuple[bool, float, float]]) -> None:
    clock = Clock()
    one = budget(clock)
    for is_pause, idle, length in events:
        clock.now += idle
        if is_pause:
            fits = one.pause(length)
            assert fits or length > one.left
            one.rest()
        elif one.patience > 0:
            started, clock.now = clock.now, clock.now + min(length, one.patience)
            one.charge(started, clock.now)
        assert one.spent <= 14 + 1e-6
        assert sum(clock.slept) <= 10 + 1e-6
        assert one.patience <= 4
