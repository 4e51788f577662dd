# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run molecule's scenarios, two at a time, each against simulated services of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

from tests.simulator import Simulator
from tests.targets import credentials
from tests.tools import tree

SCENARIOS = tree.ROOT / "extensions" / "molecule"
WARNING = re.compile(r"\[(?:DEPRECATION )?WARNING\]:.*")
# A scenario begins with a home of its own, in which nothing is remembered.
EXPECTED = re.compile("No earlier invitations to this Honeycomb team are remembered")


def environment(scenario: str, simulator: Simulator) -> dict[str, str]:
    """The environment of a scenario, without files of an earlier run."""
    shutil.rmtree(tree.BUILD / "molecule" / scenario, ignore_errors=True)
    return {
        **os.environ,
        "ANSIBLE_HOME": tempfile.mkdtemp(prefix=f"{scenario}-", dir=tree.BUILD),
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "MOLECULE_COMMAND_BORDERS": "false",
        "MOLECULE_EPHEMERAL_DIRECTORY": str(tree.BUILD / "molecule" / scenario),
        "MOLECULE_SCENARIO_DIRECTORY": str(SCENARIOS / scenario),  # the matrix has no molecule that sets it
        "NO_COLOR": "1",
        **credentials(simulator),
        "SIMULATOR_URL": simulator.honeycomb_url,
        "SIMULATOR_KEY_ID": simulator.management_key_id,
        "SIMULATOR_KEY_SECRET": simulator.management_key_secret,
    }


def faults(output: str, code: int, simulator: Simulator) -> list[str]:
    """What is wrong with a run; a warning is, too."""
    found = [] if code == 0 else [f"exit code {code}"]
    found += sorted(text for text in set(WARNING.findall(output)) if not EXPECTED.search(text))
    found += simulator.violations
    if any(secret in output for secret in simulator.secrets):
        found.append("a credential stands in the output")
    return found


def run(scenario: str) -> bool:
    with Simulator(check_contract=True) as simulator:
        result = subprocess.run(
            ["molecule", "test", "--scenario-name", scenario],
            cwd=tree.ROOT,
            env=environment(scenario, simulator),
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        found = faults(result.stdout, result.returncode, simulator)
    if found:
        print(result.stdout)
    print(f"{scenario}: {'; '.join(found) or 'passed'}", flush=True)
    return not found


def main(chosen: list[str]) -> int:
    scenarios = chosen or sorted(path.parent.name for path in SCENARIOS.glob("*/molecule.yml"))
    with ThreadPoolExecutor(max_workers=2) as pool:
        passed = list(pool.map(run, scenarios))
    print(f"===== {passed.count(True)} scenarios passed, {passed.count(False)} failed =====")
    return 0 if passed and all(passed) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
