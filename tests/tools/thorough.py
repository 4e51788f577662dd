# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run what `make test` leaves out: the slow tests, and the random ones with many more examples.

The quick runs of `make test` are derandomised, so that they fail for what was changed and nothing else. Here every run
looks elsewhere, from a seed that is printed: `make test-all SEED=n` does the same again. `SEED="n m"` runs the random
tests with each seed, and what no seed changes once.
"""

from __future__ import annotations

import secrets
import subprocess
import sys

from tests.tools import tree

# Verbose, so that a failure has its name at once and not after an hour.
COMMAND = ("pytest", "-v", "--durations=30", "-n", "3", "--dist", "worksteal", "--hypothesis-profile=thorough")


def run(seed: int, chosen: str) -> bool:
    print(f"##### seed {seed}; the same again: make test-all SEED={seed}", flush=True)
    command = [*COMMAND, "-m", chosen, f"--hypothesis-seed={seed}"]
    passed = subprocess.run(command, cwd=tree.ROOT, check=False).returncode == 0
    print(f"##### seed {seed}: {'passed' if passed else 'FAILED'}", flush=True)
    return passed


def main(given: list[str]) -> int:
    first, *others = map(int, given or [str(secrets.randbelow(2**32))])
    passed = [run(first, "slow or hypothesis"), *(run(seed, "hypothesis") for seed in others)]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
