# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run targets of the Makefile two at a time; each one's output goes to a file, and what failed in it is shown."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.tools import tree

LOGS = tree.BUILD / "logs"
SKIPPED = re.compile(r"^SKIPPED \[(\d+)\] \S+: (.*)", re.MULTILINE)
COUNTS = re.compile(r"^=+ (.*\d+ .*passed.*) =+$", re.MULTILINE)
# How pytest, mypy, ruff, yamllint, ansible-test, Ansible and nox begin or end the line that says what failed.
FAILURE = re.compile(
    r"^(FAILED |ERROR[: ]|fatal: |\[ERROR\]|E  )|: error: |^ +\d+:\d+ +error |^\S+:\d+:\d+: [\w\[]|^nox > \S+ .*\b(failed|aborted)"
)


@dataclass(frozen=True)
class Outcome:
    gate: str
    passed: bool
    seconds: float
    log: Path

    def __str__(self) -> str:
        word = "passed" if self.passed else "FAILED"
        counts = COUNTS.findall(self.log.read_text(errors="replace"))
        return f"{self.gate:<12} {word:<7} {self.seconds:4.0f} s  {'; '.join(counts)}".rstrip()


def run(gate: str) -> Outcome:
    log = LOGS / f"{gate}.log"
    started = time.monotonic()
    with log.open("w") as output:
        command = ["make", "--no-print-directory", gate]
        code = subprocess.run(command, cwd=tree.ROOT, check=False, stdout=output, stderr=subprocess.STDOUT).returncode
    outcome = Outcome(gate, code == 0, time.monotonic() - started, log)
    print(outcome, flush=True)
    return outcome


def what_failed(log: str, most: int = 40) -> list[str]:
    """The lines that say it, or if there are none, the last ones."""
    lines = log.splitlines()
    named = list(dict.fromkeys(line for line in lines if FAILURE.search(line)))
    return named[:most] or lines[-most:]


def main(gates: list[str]) -> int:
    LOGS.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(max_workers=2) as pool:
        outcomes = list(pool.map(run, gates))
    for outcome in outcomes:
        skipped = Counter[str]()
        for count, reason in SKIPPED.findall(outcome.log.read_text(errors="replace")):
            skipped[reason] += int(count)
        for reason, number in skipped.items():
            print(f"{outcome.gate}: {number} tests left out: {reason}")
    failed = [outcome for outcome in outcomes if not outcome.passed]
    for outcome in failed:
        print(f"\n##### {outcome.gate}, all of it in {outcome.log.relative_to(tree.ROOT)}:")
        print(*what_failed(outcome.log.read_text(errors="replace")), sep="\n")
    if failed:
        print(*failed, sep="\n")
    print(f"gates: {len(outcomes) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
