# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run ansible-test's sanity tests on a copy of the collection, with two Pythons, or with every supported one found.

The two are the oldest one, on which only modules run, and the one that runs this.

A copy, because a virtual environment or a link inside the collection fails tests that look at all files.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace

from ansible_test._internal.constants import SUPPORTED_PYTHON_VERSIONS
from ansible_test._internal.python_requirements import get_venv_packages

from tests.tools import tree
from tests.tools.interpreters import folders, search_path

VERSIONS = tuple(version for version in SUPPORTED_PYTHON_VERSIONS if version != "3.8")  # tests/config.yml
TWO = (VERSIONS[0], f"{sys.version_info.major}.{sys.version_info.minor}")
HOME = tree.BUILD / "sanity-home"

# What ansible-test says when it leaves out a test that had something to test. A Python that is not there is reported
# apart.
LEFT_OUT = re.compile(r"All targets skipped|Required program|Skipping sanity test (?!.* because it could not be found)")

# ansible-test downloads a script to put pip into its many virtual environments. The pip that is here can do that as well.
GET_PIP = f"""\
import subprocess
import sys

options = [option for option in sys.argv[1:] if option not in ("--no-setuptools", "--no-wheel")]
here = [{sys.executable!r}, "-m", "pip", "--disable-pip-version-check", "--python", sys.executable]
subprocess.check_call([*here, "install", "--quiet", *options])
"""


def pythons(versions: Iterable[str]) -> dict[str, Path]:
    """Find the interpreters of these versions."""
    found: dict[str, Path] = {}
    for version in versions:
        for folder in folders():
            python = folder / f"python{version}"
            if python.exists() and has_venv(python):
                found[version] = python
                break
    return found


def has_venv(python: Path) -> bool:
    return subprocess.run([python, "-c", "import ensurepip, venv"], check=False, capture_output=True).returncode == 0


def prepare_home(versions: Iterable[str]) -> None:
    """Keep what ansible-test stores for later runs inside .build, but let pip find its settings and its cache."""
    cache = HOME / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in versions:
        pip = get_venv_packages(SimpleNamespace(version=version))["pip"]
        (cache / f"get_pip_{pip.replace('.', '_')}.py").write_text(GET_PIP)
    for name in (".cache/pip", ".config/pip", ".pip"):
        link, original = HOME / name, Path.home() / name
        if original.exists() and not link.is_symlink():
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(original)


def run(collection: Path, found: dict[str, Path]) -> tuple[int, list[str]]:
    """Run every test; return ansible-test's exit code, and what it left out although there was something to test."""
    programs = [Path(sys.executable).parent, *(python.parent for python in found.values()), *search_path()]
    process = subprocess.Popen(
        ["ansible-test", "sanity", "--local", "--requirements", "--color", "no"],
        cwd=collection,
        env={**os.environ, "HOME": str(HOME), "PATH": os.pathsep.join(map(str, programs))},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout
    left_out = []
    for line in process.stdout:
        print(line, end="", flush=True)
        if LEFT_OUT.search(line):
            left_out.append(line.strip())
    return process.wait(), left_out


def main(given: list[str]) -> int:
    versions = VERSIONS if given == ["all"] else TWO
    found = pythons(versions)
    prepare_home(found)
    collection = tree.BUILD / "sanity" / tree.IN_COLLECTIONS
    tree.copy(collection)
    # With a repository of its own the copy is not taken for something that the surrounding one ignores.
    subprocess.run(["git", "init", "--quiet", "--initial-branch", "main"], cwd=collection, check=True)
    code, left_out = run(collection, found)
    for line in left_out:
        print(f"Not tested: {line}")
    for test, suffix in (("pslint", ".ps1"), ("shellcheck", ".sh")):
        if not any(path.suffix == suffix for path in tree.files()):
            print(f"{test} had nothing to test: there is no {suffix} file.")
    missing = [version for version in versions if version not in found]
    print(f"Sanity tests used Python {', '.join(found)}; not found: {', '.join(missing) or 'none'}.")
    return code or bool(left_out)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
