# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What `make test` leaves to `make test-all`."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import pytest


def slow(*cases: Any) -> list[Any]:
    """These values of a test's parameter with the mark ``slow``; of several parameters, a tuple for each case."""
    return [pytest.param(*case if isinstance(case, tuple) else (case,), marks=pytest.mark.slow) for case in cases]


def quick_first(quick: Collection[Any], cases: Iterable[Any]) -> list[Any]:
    """All these cases, of which every run tries the ones in ``quick``."""
    return [*quick, *slow(*(case for case in cases if case not in quick))]
