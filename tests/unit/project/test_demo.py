# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The first thing that a newcomer runs works, is quick, and can be read."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools import tree

COLUMNS = 100
PAGES = "Open in a browser"
MOST_SECONDS = 60.0  # of the processor


def demo(folder: Path, collections: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        "PYTHONPATH": str(tree.ROOT),
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        "DEMO_FOLDER": str(folder / "demo"),
    }
    done = subprocess.run(
        [sys.executable, "demo/run.py"], cwd=tree.ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert "Traceback" not in done.stdout
    played = done.stdout.partition(PAGES)[0]
    assert [line for line in played.splitlines() if len(line) > COLUMNS] == []
    return done


def processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.slow
def test_the_demo_is_as_it_expects_and_takes_less_than_a_minute(tmp_path: Path) -> None:
    before = processor_seconds()
    done = demo(tmp_path, tree.link_source())
    assert done.returncode == 0, done.stdout
    assert processor_seconds() - before < MOST_SECONDS
    pages = done.stdout.partition(PAGES)[2]
    assert [name for name in pages.split() if name.endswith((".html", ".rst,")) and not exists(name)] == []


def exists(name: str) -> bool:
    return (tree.ROOT / name.rstrip(",")).is_file()


def test_a_demo_that_does_not_work_says_so(tmp_path: Path) -> None:
    """Here, the collection is not there."""
    done = demo(tmp_path, tmp_path)
    assert done.returncode == 1
    assert "the playbook: honeyops.access.reconcile could not be found" in done.stdout
    assert done.stdout.endswith("\nNot as expected: the playbook reconcile ended with status 1, not 0.\n")
