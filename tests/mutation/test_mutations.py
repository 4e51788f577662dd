# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The mutations still fit the code. Whether the tests notice them takes minutes: `make test-all`."""

from __future__ import annotations

import ast

import pytest

from tests.tools import tree

from .mutations import MUTATIONS, Mutation
from .run import mutated


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_it_fits(mutation: Mutation) -> None:
    for path, text in mutated(mutation, tree.ROOT / "plugins").items():
        ast.parse(text)
        assert text != path.read_text(encoding="utf-8")
    assert all((tree.ROOT / path).exists() for path in mutation.tests)
