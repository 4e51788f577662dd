# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Small breakages of the pure files, which cosmic-ray makes: a sample of them, the same for the same seed.

cosmic-ray's own commands break one file in place and run all tests every time; here copies are broken, two at once, and
the tests of each file come first.
"""

from __future__ import annotations

import logging
import random
import re
from collections.abc import Iterable, Iterator

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

from tests.tools import tree

from .mutations import ACCEPTANCE, CORE, DOUBT, GUARDS, MANY, ONE, PLAN, WIRE, Mutation

LEAVING, IDENTITY, TABLE = (f"{CORE}test_{name}.py" for name in ("leaving", "identity", "doubt_table"))
FILES = {
    "_access/plan": (PLAN, ONE, MANY),
    "_access/guards": (GUARDS, LEAVING),
    "_access/match": (PLAN, IDENTITY, ONE),
    "_access/doubt": (TABLE, DOUBT, MANY),
    "_access/leaving": (LEAVING,),
    "_access/ledger": (ACCEPTANCE, WIRE, ONE, MANY),
}
# Annotations are not evaluated, and Python has each small number and short text once: these change nothing that shows.
POINTLESS = re.compile(r"core/(ReplaceBinaryOperator_BitOr_|ReplaceComparisonOperator_(?!Is)\w+_Is)")


def places(code: str) -> Iterator[tuple[str, int]]:
    """Every operator of cosmic-ray with each of its occurrences."""
    nodes = list(ast_nodes(get_ast(code)))
    for name in operator_names():
        operator = get_operator(name)
        if not POINTLESS.match(name) and not operator.arguments():
            count = sum(1 for node in nodes for _position in operator().mutation_positions(node))
            yield from ((name, occurrence) for occurrence in range(count))


def sample(count: int, seed: int, files: Iterable[str]) -> Iterator[Mutation]:
    """As many breakages of each file."""
    logging.getLogger("cosmic_ray").setLevel(logging.ERROR)
    chance = random.Random(seed)
    for file in files or FILES:
        path = f"module_utils/{file}.py"
        code = (tree.ROOT / "plugins" / path).read_text(encoding="utf-8")
        found = sorted(places(code))
        for name, occurrence in chance.sample(found, min(count, len(found))):
            broken = mutate_code(code, get_operator(name)(), occurrence)
            yield Mutation(f"{file} {name.rpartition('/')[2]} {occurrence}", FILES[file], ((path, code, broken),))
