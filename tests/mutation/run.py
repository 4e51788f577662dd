# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Break each promise in turn, in a copy, and see that the tests notice: `python -m tests.mutation.run [words of a name]`.

`--sample 10` breaks each pure file in ten small ways instead, `--seed 3` chooses which, `--files _plan _guards` where. Not
every one can be noticed, because some change nothing: each that survives is shown, and fewer than half may.
"""

from __future__ import annotations

import argparse
import contextlib
import difflib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.tools import tree

from .mutations import MUTATIONS, Mutation

TIMEOUT = 600  # seconds; a breakage that makes the tests hang is noticed, too


class Stale(Exception):
    """A mutation that no longer fits the code."""


@dataclass(frozen=True)
class Outcome:
    name: str
    verdict: str
    """noticed, SURVIVED, or what went wrong with the tests themselves."""
    by: str
    seconds: float


def mutated(mutation: Mutation, plugins: Path) -> dict[Path, str]:
    """The files that a mutation changes, as they become."""
    changed: dict[Path, str] = {}
    for name, old, new in mutation.edits:
        path = plugins / name
        text = changed.get(path) or path.read_text(encoding="utf-8")
        if text.count(old) != 1:
            raise Stale(
                f"{mutation.name}: {old!r} stands {text.count(old)} times in plugins/{name}; change the mutation"
            )
        changed[path] = text.replace(old, new)
    return changed


@contextlib.contextmanager
def copy_of(source: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        yield Path(shutil.copytree(source, Path(folder) / "tree"))


def test(folder: Path, tests: tuple[str, ...]) -> tuple[int, str]:
    """pytest's exit status and the first test that failed."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--no-header", "--tb=no", *tests]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired:
        return 1, "a time-out"
    failed = re.search(r"^(?:FAILED|ERROR) \S*?([^/\s]+::.*?)(?: - |$)", done.stdout, re.MULTILINE)
    return done.returncode, failed[1] if failed else done.stdout.strip().rpartition("\n")[2]


def judge(mutation: Mutation, source: Path) -> Outcome:
    started = time.monotonic()
    with copy_of(source) as folder:
        for path, text in mutated(mutation, folder / "plugins").items():
            path.write_text(text, encoding="utf-8")
        code, by = test(folder, mutation.tests)
    verdict = {0: "SURVIVED", 1: "noticed"}.get(code, f"pytest {code}")
    outcome = Outcome(mutation.name, verdict, by, time.monotonic() - started)
    print(f"{outcome.verdict:<9} {outcome.seconds:4.0f} s  {outcome.name:<52} {outcome.by[:90]}", flush=True)
    return outcome


def judge_all(chosen: list[Mutation]) -> tuple[list[Outcome], bool]:
    """How each ended, and whether the tests pass without any breakage."""
    with tempfile.TemporaryDirectory(prefix="unbroken-") as folder, ThreadPoolExecutor(max_workers=2) as pool:
        source = Path(folder) / "tree"
        tree.copy(source)
        for mutation in chosen:
            mutated(mutation, source / "plugins")
        everything = tuple(dict.fromkeys(path for mutation in chosen for path in mutation.tests))
        unbroken = pool.submit(judge, Mutation("nothing at all", everything, ()), source)
        outcomes = list(pool.map(lambda mutation: judge(mutation, source), chosen))
    sound = unbroken.result().verdict == "SURVIVED"
    if not sound:
        print("The tests fail without any breakage, so that this proves nothing.")
    return outcomes, sound


def difference(mutation: Mutation) -> str:
    """The lines that a breakage changes."""
    lines = (
        line
        for _file, old, new in mutation.edits
        for line in difflib.unified_diff(old.splitlines(), new.splitlines(), n=0, lineterm="")
    )
    return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation.run")
    parser.add_argument("words", nargs="*")
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--files", nargs="*", default=[])
    given = parser.parse_args(arguments)
    if given.sample:
        from .sampling import sample  # cosmic-ray is not where only the unit tests run

        chosen = list(sample(given.sample, given.seed, given.files))
    else:
        chosen = [mutation for mutation in MUTATIONS if all(word in mutation.name for word in given.words)]
    outcomes, sound = judge_all(chosen)
    names = {outcome.name for outcome in outcomes if outcome.verdict != "noticed"}
    if given.sample:
        print(*(f"{one.name}\n{difference(one)}" for one in chosen if one.name in names), sep="\n")
    print(f"mutations: {len(outcomes) - len(names)} noticed, {len(names)} not")
    enough = len(names) < len(chosen) / 2 if given.sample else not names
    return 0 if sound and chosen and enough else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
