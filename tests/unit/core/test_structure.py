# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The code keeps its shape: short functions and files, no import cycle, and no service where only kinds belong."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from ansible_collections.honeyops.access.plugins.module_utils._services import SERVICES
from tests.tools.tree import ROOT

PLUGINS = ROOT / "plugins"
FILES = sorted(PLUGINS.rglob("*.py"))
EVENT_SOURCES = sorted((ROOT / "extensions" / "eda").rglob("*.py"))
MOST_LINES_OF_A_FUNCTION = 50
MOST_LINES_OF_A_FILE = 400
LAYERS = {
    "module_utils": ("_module _roster", "_services", "_honeycomb _honeybadger", "_access", "_http"),
    "plugin_utils": (
        "_run _report _review _events",
        "_memory",
        "_people",
        "_directory",
        "_host",
        "_words _files",
    ),
}
"""The folders and files at the top, the uppermost first. Each imports from those below it only, and those named side by
side never import each other."""
KNOW_NO_SERVICE = sorted(
    path for wing in ("_access", "_http") for path in (PLUGINS / "module_utils" / wing).glob("*.py")
)
ABOUT_SERVICES = sorted(path for home in ("plugin_utils", "action") for path in (PLUGINS / home).rglob("*.py"))
"""They handle every service alike, by the facts in its ``ServiceInfo``; its name may stand in messages only."""
NAMED = re.compile(rf"({'|'.join(SERVICES)})(_\w+)?", re.IGNORECASE)
NAMES = re.compile("|".join((*SERVICES, "comb", "badger")), re.IGNORECASE)


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def module(path: Path) -> str:
    return ".".join(path.relative_to(PLUGINS).with_suffix("").parts)


def imported(path: Path) -> Iterator[str]:
    """The modules of ``plugins`` that a file imports anywhere, those for type checking alone excepted."""
    skipped = {
        id(inner)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.ImportFrom) or not node.level or id(node) in skipped:
            continue
        package = module(path).split(".")[: -node.level]
        base = ".".join([*package, *(node.module or "").split(".")]).strip(".")
        yield from [base] if base in MODULES else (f"{base}.{name.name}" for name in node.names)


MODULES = {module(path) for path in FILES}


@pytest.mark.parametrize("path", [*FILES, *EVENT_SOURCES], ids=shown)
def test_size(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES_OF_A_FILE
    functions = [node for node in ast.walk(tree(path)) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    sizes = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions}
    assert {name: size for name, size in sizes.items() if size > MOST_LINES_OF_A_FUNCTION} == {}


def test_no_import_goes_in_a_circle() -> None:
    imports = {module(path): set(imported(path)) for path in FILES}
    assert {name for names in imports.values() for name in names} <= MODULES
    assert set(TopologicalSorter(imports).static_order()) == MODULES


@pytest.mark.parametrize("home", LAYERS)
def test_imports_go_downwards_between_folders(home: str) -> None:
    level = {name: number for number, names in enumerate(LAYERS[home]) for name in names.split()}
    wrong = set()
    for path in FILES:
        wing, own = module(path).split(".")[:2], module(path)
        for name in imported(path):
            other = name.split(".")[:2]
            if other[0] != home or wing[0] != home or wing[1] == other[1]:
                continue
            if level[other[1]] <= level[wing[1]]:
                wrong.add(f"{own} imports {name}")
    assert wrong == set()


def test_module_utils_import_nothing_of_the_control_node() -> None:
    found = {module(path) for path in FILES for name in imported(path) if name.startswith("plugin_utils")}
    assert {name for name in found if name.startswith(("module_utils", "modules", "doc_fragments"))} == set()


@pytest.mark.parametrize("path", KNOW_NO_SERVICE, ids=shown)
def test_what_plans_and_applies_knows_kinds_and_no_service(path: Path) -> None:
    """The words of a docstring may name one; code and messages may not."""
    source = tree(path)
    documented = {
        id(node.value)
        for parent in ast.walk(source)
        if isinstance(parent, (ast.Module, ast.ClassDef, ast.FunctionDef))
        for node in parent.body
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    words = {
        word
        for node in ast.walk(source)
        if id(node) not in documented
        for field in ("id", "attr", "name", "arg", "module", "value")
        if isinstance(word := getattr(node, field, None), str)
    }
    assert {word for word in words if NAMES.search(word)} == set()


@pytest.mark.parametrize("path", ABOUT_SERVICES, ids=shown)
def test_what_runs_and_reports_handles_services_by_their_facts(path: Path) -> None:
    of_services = {f"module_utils._{key}" for key in SERVICES}
    assert {name for name in imported(path) if name.rpartition(".")[0] in of_services} == set()
    constants = {node.value for node in ast.walk(tree(path)) if isinstance(node, ast.Constant)}
    assert {text for text in constants if isinstance(text, str) and NAMED.fullmatch(text)} == set()


def test_a_circle_would_be_found() -> None:
    run = {name for path in FILES if module(path) == "module_utils._access.bulk" for name in imported(path)}
    assert {"module_utils._access.apply", "module_utils._access.service", "module_utils._http.errors"} <= run
