# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the unit tests and the playbooks of molecule's scenarios with every ansible-core that is supported.

Modules also run once on the oldest Python with the oldest requests, as they may on a managed host.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.simulator import Simulator
from tests.tools import scenarios, tree
from tests.tools.sanity import pythons

MATRIX = tree.BUILD / "matrix"
CORES = {
    "2.16": ("3.11",),
    "2.17": ("3.11",),
    "2.18": ("3.11",),
    "2.19": ("3.11",),
    "2.20": ("3.12", "3.13"),
    "2.21": ("3.12", "3.13"),
}
OLDEST_PYTHON, OLDEST_REQUESTS = "3.9", "2.32.4"
# What older versions of ansible-core want otherwise than the one that is pinned.
NOT_PINNED = re.compile(r"^(ansible-core|resolvelib)==", re.MULTILINE)


def virtual_environment(name: str, python: Path, packages: list[str], pins: str = "") -> Path:
    """Make one anew, and return its folder of programs."""
    folder = MATRIX / name
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([python, "-m", "venv", folder], check=True)
    constraints = folder / "constraints.txt"
    constraints.write_text(pins)
    pip = [str(folder / "bin" / "pip"), "--quiet", "--quiet", "install", *packages]
    subprocess.run(pip, env={**os.environ, "PIP_CONSTRAINT": str(constraints)}, cwd=tree.ROOT, check=True)
    return folder / "bin"


def with_programs(programs: Path, environment: Mapping[str, str]) -> dict[str, str]:
    return {**environment, "PATH": f"{programs}{os.pathsep}{environment['PATH']}"}


def unit_tests(programs: Path) -> bool:
    command = [str(programs / "pytest"), "--quiet", "--numprocesses", "2"]
    return subprocess.run(command, cwd=tree.ROOT, env=with_programs(programs, os.environ), check=False).returncode == 0


def playbooks(programs: Path, *options: str) -> bool:
    passed = [play(programs, path.parent, *options) for path in sorted(scenarios.SCENARIOS.glob("*/molecule.yml"))]
    return all(passed)


def play(programs: Path, scenario: Path, *options: str) -> bool:
    steps = [path for name in ("prepare", "converge", "verify") if (path := scenario / f"{name}.yml").exists()]
    with Simulator(check_contract=True) as simulator:
        result = subprocess.run(
            [programs / "ansible-playbook", *options, *steps],
            cwd=tree.ROOT,
            env=with_programs(programs, scenarios.environment(scenario.name, simulator)),
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


def main(chosen: list[str]) -> int:
    found = pythons()
    pins = NOT_PINNED.sub(r"# \1", (tree.ROOT / "tests" / "constraints.txt").read_text())
    outcomes: dict[str, str] = {}

    def note(name: str, passed: bool) -> None:
        outcomes[name] = "passed" if passed else "FAILED"

    for core in chosen or CORES:
        python = next((found[version] for version in CORES[core] if version in found), None)
        if python is None:
            outcomes[f"ansible-core {core}"] = f"not tested: needs Python {' or '.join(CORES[core])}"
            continue
        print(f"##### ansible-core {core}, {python.name}", flush=True)
        packages = [f"ansible-core~={core}.0", "-r", "tests/requirements-unit.txt"]
        programs = virtual_environment(core, python, packages, pins)
        note(f"ansible-core {core}: unit tests", unit_tests(programs))
        note(f"ansible-core {core}: playbooks", playbooks(programs))

    if OLDEST_PYTHON in found:
        print(f"##### modules on Python {OLDEST_PYTHON}, requests {OLDEST_REQUESTS}", flush=True)
        oldest = virtual_environment("oldest", found[OLDEST_PYTHON], [f"requests=={OLDEST_REQUESTS}"])
        passed = playbooks(Path(sys.executable).parent, "-e", f"ansible_python_interpreter={oldest / 'python'}")
        note(f"modules on Python {OLDEST_PYTHON}", passed)
    else:
        outcomes[f"modules on Python {OLDEST_PYTHON}"] = "not tested: not found"

    for name, outcome in outcomes.items():
        print(f"{name:<30} {outcome}")
    return 1 if "FAILED" in outcomes.values() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
