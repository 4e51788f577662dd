# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Jobs as a controller runs them: ansible-runner, a private data dir for each, a home for each, and AWX's own YAML."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.playing import SPARING
from tests.simulator import Simulator
from tests.targets import credentials
from tests.tools import tree

PROJECT = tree.ROOT / "extensions" / "awx" / "project"
NUMBERS = itertools.count(101)
INVENTORY = "#! /usr/bin/env python3\n# -*- coding: utf-8 -*-\nprint({!r})\n"  # a script, as the controller writes it


class _Unsafe(yaml.SafeDumper):
    """Marks every text as unsafe, keys too."""

    def represent_data(self, data: Any) -> yaml.Node:
        if isinstance(data, str):
            return self.represent_scalar("!unsafe", data)
        return super().represent_data(data)


def serialised(variables: Mapping[str, Any]) -> str:
    """Extra variables as the controller writes them."""
    return "".join(
        yaml.dump({key: value}, Dumper=_Unsafe, default_flow_style=False) for key, value in variables.items()
    )


@dataclass
class Job:
    """How a job ended, and what is left of it."""

    code: int
    output: str
    folder: Path
    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def number(self) -> int:
        """The job's number in the controller."""
        return int(self.folder.name.removeprefix("job"))

    @property
    def artifacts(self) -> dict[str, Any]:
        """What the controller would hand to the next node."""
        for event in self.events:
            if event["event"] == "playbook_on_stats":
                return dict(event["event_data"].get("artifact_data") or {})
        return {}

    @property
    def largest_event(self) -> int:
        return max(len(json.dumps(event)) for event in self.events)

    def leaks(self, secrets: list[str], inventory: bool = True) -> list[str]:
        """Files with a secret in them, other than those that a controller writes them to, by its design or the runner's.

        Those are the environment and, unless that is looked at, an inventory of hosts with variables.
        """
        aside = {"command", "envvars"} | (set() if inventory else {"hosts"})
        files = [path for path in self.folder.rglob("*") if path.is_file() and path.name not in aside]
        return [str(path) for path in files if any(secret.encode() in path.read_bytes() for secret in secrets)]


def credential(sim: Simulator) -> dict[str, str]:
    """What the credentials of one target inject."""
    return {**credentials(sim), "HONEYCOMB_KEY_ID": "", "HONEYCOMB_KEY_SECRET": ""}


def start(
    folder: Path,
    playbook: str,
    hosts: Mapping[str, Mapping[str, Any]],
    environment: Mapping[str, str],
    variables: Mapping[str, Any],
    *options: str,
) -> tuple[subprocess.Popen[str], Path]:
    """Start a job in a private data dir and a home of its own."""
    number = next(NUMBERS)
    job = folder / f"job{number}"
    shutil.copytree(PROJECT, job / "project")
    (job / "env").mkdir()
    (job / "home").mkdir()
    (job / "inventory").mkdir()
    inventory = job / "inventory" / "hosts"
    inventory.write_text(INVENTORY.format(json.dumps({"all": {"hosts": list(hosts)}, "_meta": {"hostvars": hosts}})))
    inventory.chmod(0o700)
    meta = {
        "awx_job_id": number,
        "tower_job_id": number,
        "awx_user_name": "admin",
        "awx_inventory_name": "Access: targets",
    }
    (job / "env" / "extravars").write_text(serialised({**variables, **meta}))
    (job / "env" / "cmdline").write_text(" ".join(options))
    injected = {
        **environment,
        "HOME": str(job / "home"),
        "LANG": "C.UTF-8",
        "ANSIBLE_COLLECTIONS_PATH": str(tree.link_source()),
        **SPARING,
    }
    (job / "env" / "envvars").write_text(json.dumps(injected))
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    command = [sys.executable, "-m", "ansible_runner", "run", str(job), "-p", playbook, "--ident", "1"]
    process = subprocess.Popen(
        command,
        env={"PATH": path, "HOME": str(job / "home")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return process, job


def ended(process: subprocess.Popen[str], job: Path) -> Job:
    """Wait for a job."""
    output, _none = process.communicate(timeout=1800)
    files = sorted((job / "artifacts" / "1" / "job_events").glob("*.json"))
    events = sorted((json.loads(file.read_text()) for file in files), key=lambda event: int(event["counter"]))
    assert "Traceback" not in output, output
    return Job(process.returncode, output, job, events)


def run(*given: Any) -> Job:
    """Run a job to its end."""
    return ended(*start(*given))
