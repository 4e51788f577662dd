# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .cells import Arena, arena


@pytest.fixture(scope="session")
def ring() -> Iterator[Arena]:
    with arena() as built:
        yield built
