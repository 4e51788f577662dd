# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sessions that antsibull-nox.toml configures, and the versions of ansible-core that are supported."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

import antsibull_nox
import nox

sys.path.insert(0, str(Path(__file__).parent))

from tests.tools.interpreters import folders

antsibull_nox.load_antsibull_nox_toml()

ROOT = Path(__file__).parent
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

os.environ["PATH"] = os.pathsep.join(map(str, folders()))


def found(versions: tuple[str, ...]) -> str:
    """The first of these Pythons that is here; if none is, the session is skipped, which nox's summary says."""
    return next((version for version in versions if shutil.which(f"python{version}")), versions[0])


@nox.session(default=False, venv_backend="venv")
@nox.parametrize(
    ("python", "core"), [nox.param(found(versions), core, id=core, tags=[core]) for core, versions in CORES.items()]
)
def matrix(session: nox.Session, core: str) -> None:
    """Run the unit tests and the playbooks of molecule's scenarios with one version of ansible-core."""
    constraints = Path(session.create_tmp()) / "constraints.txt"
    constraints.write_text(NOT_PINNED.sub(r"# \1", (ROOT / "tests" / "constraints.txt").read_text()))
    packages = (f"ansible-core~={core}.0", "--requirement", "tests/requirements-unit.txt")
    session.install(*packages, env={"PIP_CONSTRAINT": str(constraints)})
    session.run("python", "-m", "tests.tools.playbooks")
    session.run("pytest", "--quiet", "--numprocesses", "3", "--dist", "worksteal", *session.posargs)


@nox.session(default=False, venv_backend="venv", python=OLDEST_PYTHON, tags=["oldest"])
def oldest(session: nox.Session) -> None:
    """Run modules on the oldest Python with the oldest requests, as they may run on a managed host."""
    session.install(f"requests=={OLDEST_REQUESTS}", env={"PIP_CONSTRAINT": ""})
    interpreter = f"ansible_python_interpreter={Path(session.bin) / 'python'}"
    session.run(sys.executable, "-m", "tests.tools.playbooks", "-e", interpreter, external=True)
