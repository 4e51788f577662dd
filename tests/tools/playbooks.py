# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the playbooks of molecule's scenarios without molecule, which not every ansible-core has a version of."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.simulator import Simulator
from tests.tools import scenarios, tree


def play(scenario: Path, *options: str) -> bool:
    steps = [path for name in ("prepare", "converge", "verify") if (path := scenario / f"{name}.yml").exists()]
    with Simulator(check_contract=True) as simulator:
        result = subprocess.run(
            ["ansible-playbook", *options, *steps],
            cwd=tree.ROOT,
            env=scenarios.environment(scenario.name, simulator),
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        found = scenarios.faults(result.stdout, result.returncode, simulator)
    if found:
        print(result.stdout)
    print(f"{scenario.name}: {'; '.join(found) or 'passed'}", flush=True)
    return not found


def main(options: list[str]) -> int:
    passed = [play(path.parent, *options) for path in sorted(scenarios.SCENARIOS.glob("*/molecule.yml"))]
    return 0 if passed and all(passed) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
