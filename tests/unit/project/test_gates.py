# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whoever ran all checks sees first what failed."""

from __future__ import annotations

import pytest

from tests.tools.gates import what_failed

NOISE = [f"tests/unit/test_{n}.py ....... [{n}%]" for n in range(100)]


@pytest.mark.parametrize(
    "line",
    [
        "FAILED tests/unit/core/test_plan.py::test_order - AssertionError: assert 1 == 2",
        "ERROR tests/unit/core/test_plan.py",
        "E       AssertionError: assert 1 == 2",
        "plugins/module_utils/_access/plan.py:12: error: Incompatible types",
        "plugins/module_utils/_access/plan.py:12:5: [arg-type] Argument 1 has incompatible type",
        "plugins/module_utils/_access/plan.py:12:5: F401 `os` imported but unused",
        "  12:5      error    too many spaces  (colons)",
        "ERROR: plugins/modules/honeycomb_member.py:0:0: missing-documentation: No documentation",
        "fatal: [localhost]: FAILED! => {}",
        "nox > Session typing failed with exit code 1.",
    ],
)
def test_what_failed_is_shown_without_the_rest(line: str) -> None:
    assert what_failed("\n".join([*NOISE, line, *NOISE])) == [line]


def test_the_end_is_shown_where_nothing_says_what_failed() -> None:
    assert what_failed("\n".join([*NOISE, "make: *** [unit] Killed"]), most=2) == [NOISE[-1], "make: *** [unit] Killed"]
