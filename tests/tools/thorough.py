# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run what `make test` leaves out: the slow tests, and the random ones with many more examples.

The quick runs of `make test` are derandomised, so that they fail for what was changed and nothing else. Here every run
looks elsewhere, from a seed that is printed: `make test-all SEED=n` does the same again.
"""

from __future__ import annotations

import secrets
import subprocess
import sys

from tests.tools import tree

COMMAND = ("pytest", "-n", "3", "--dist", "worksteal", "-m", "slow or hypothesis", "--hypothesis-profile=thorough")


def main(given: list[str]) -> int:
    seed = int(given[0]) if given else secrets.randbelow(2**32)
    print(f"##### seed {seed}; the same again: make test-all SEED={seed}", flush=True)
    code = subprocess.run([*COMMAND, f"--hypothesis-seed={seed}"], cwd=tree.ROOT, check=False).returncode
    print(f"##### seed {seed}: {'FAILED' if code else 'passed'}", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
