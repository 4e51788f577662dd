# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real `ansible-playbook` against two simulated teams and accounts: what several folders of tests share."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.simulator import Simulator
from tests.targets import credentials, host_variables
from tests.tools import tree

FIRST_RUN = "No earlier invitations to this Honeycomb team are remembered"
BUILT = tempfile.TemporaryDirectory(prefix="built-modules-")
SPARING = {
    "PYTHONPATH": str(tree.PRELOAD),
    "PYTHONPYCACHEPREFIX": str(tree.BUILD / "pycache"),
    "ANSIBLE_CALLBACK_PLUGINS": str(tree.ROOT / "tests" / "callbacks"),
    "ANSIBLE_CALLBACKS_ENABLED": "built",
    "ACCESS_TEST_BUILT": BUILT.name,
}
"""The environment that spares a run what every run would do alike."""
TIMEOUT = 300

Environment = Mapping[str, str | None]


@dataclass(frozen=True)
class Event:
    """The result of one task on one host."""

    host: str
    task: str
    status: str
    ignored: bool
    result: dict[str, Any]


@dataclass
class Played:
    """How a run ended."""

    code: int
    output: str
    events: list[Event] = dataclasses.field(default_factory=list)
    stats: dict[str, dict[str, int]] = dataclasses.field(default_factory=dict)
    custom: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)

    @property
    def failures(self) -> dict[str, str]:
        """The last message of each host that failed."""
        return {event.host: str(event.result["msg"]) for event in self.events if event.status == "failed"}

    @property
    def changed(self) -> dict[str, int]:
        return {host: counts["changed"] for host, counts in self.stats.items()}

    @property
    def told(self) -> list[str]:
        """The lines of the closing summaries."""
        return [
            line
            for event in self.events
            if event.task.endswith("Report what changed") and event.status == "ok"
            for line in event.result["msg"]
        ]

    @property
    def artefacts(self) -> dict[str, Any]:
        """What the run published with `set_stats`."""
        return self.custom.get("_run", {})

    @property
    def text(self) -> str:
        """The output in one line, however the terminal broke it."""
        return " ".join(self.output.split())


@dataclass(frozen=True)
class Control:
    """A folder to run playbooks in, and a home."""

    folder: Path
    sims: dict[str, Simulator]
    home: Path

    def at_home(self, name: str) -> Control:
        """The same folder with another home, where nothing is remembered."""
        home = self.folder / name
        home.mkdir(exist_ok=True)
        return dataclasses.replace(self, home=home)

    def write(self, name: str, content: Any) -> None:
        """A file, as JSON (and so YAML) unless it is text."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))

    def variables(self, name: str, *services: str) -> dict[str, Any]:
        """The credentials and addresses of a simulator as host variables, of both services unless some are named."""
        return host_variables(self.sims[name], *services)

    def inventory(self, hosts: Mapping[str, Any], of_all: Mapping[str, Any] | None = None) -> tuple[str, ...]:
        """Options for an inventory of these hosts, all of them targets; ``of_all`` are group variables."""
        self.write("hosts.json", {"all": {"hosts": hosts, "vars": of_all or {}}})
        return ("-i", "hosts.json", "-e", "access_targets=all")

    def play(
        self,
        playbook: str,
        *options: str,
        environment: Environment | None = None,
        warned: str = "",
        **variables: Any,
    ) -> Played:
        """Run a playbook of the collection by name, or one of this folder; ``warned`` stands in its only warning."""
        if not playbook.endswith(".yml"):
            playbook = f"honeyops.access.{playbook}"
        extra = ["-e", json.dumps(variables)] if variables else []
        played = self.run([sys.executable, "-m", "ansible", "playbook", playbook, *options, *extra], environment)
        warnings = [
            text for text in re.findall(r"^\[WARNING\]: .*", played.output, re.MULTILINE) if FIRST_RUN not in text
        ]
        assert len(warnings) == bool(warned), played.output
        assert warned in played.text, played.output
        return played

    def run(self, command: list[str], environment: Environment | None = None) -> Played:
        """Run a command that runs a playbook. Whatever it does, no secret and no traceback is seen."""
        opened, record = tempfile.mkstemp(dir=self.folder, prefix=".record")
        os.close(opened)
        names = {**self.environment(), "ACCESS_TEST_RECORD": record, **(environment or {})}
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={name: value for name, value in names.items() if value is not None},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
        output = done.stdout + done.stderr
        for sim in self.sims.values():
            assert not [secret for secret in sim.secrets if secret in output]
        assert "Traceback" not in output, output
        assert not re.search(r"\b[A-Z]\w+\(\w+=", output), output  # the inside of a Python object
        return _played(done.returncode, output, Path(record))

    def environment(self) -> dict[str, str]:
        """The first simulator in the environment, and nothing of this machine's settings."""
        return {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            **SPARING,
            "ANSIBLE_COLLECTIONS_PATH": str(tree.link_source()),
            "ANSIBLE_HOME": str(self.home / "ansible"),
            "ANSIBLE_CALLBACKS_ENABLED": "record,built",
            "ANSIBLE_CACHE_PLUGIN": "jsonfile",
            "ANSIBLE_CACHE_PLUGIN_TIMEOUT": "0",
            "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(self.home / "facts"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "ANSIBLE_NOCOLOR": "true",
            **self.credentials("one"),
        }

    def credentials(self, name: str) -> dict[str, str]:
        """The credentials and addresses of a simulator as environment variables."""
        return credentials(self.sims[name])


def _played(code: int, output: str, record: Path) -> Played:
    lines = [json.loads(line) for line in record.read_text().splitlines()]
    record.unlink()
    played = Played(code, output, [Event(**line) for line in lines if "task" in line])
    for line in lines:
        if "stats" in line:
            played.stats, played.custom = line["stats"], line["custom"]
    return played


@pytest.fixture(scope="session")
def running() -> Iterator[dict[str, Simulator]]:
    other: dict[str, Any] = {
        "configuration_key": "otherConfigurationKey7d1",
        "auth_token": "otherPersonalToken3f9",
        "account_id": "Oth3r",
    }
    with Simulator(quota=0) as one, Simulator(quota=0, seed=2, **other) as two:
        yield {"one": one, "two": two}


@pytest.fixture
def control(running: dict[str, Simulator], tmp_path: Path) -> Control:
    """Both teams and accounts as new; Honeycomb lists nobody who has not accepted."""
    for sim in running.values():
        sim.reset(pending_listed=False)
    return Control(tmp_path, running, tmp_path)


@pytest.fixture
def sim(control: Control) -> Simulator:
    return control.sims["one"]


def access(sim: Simulator) -> dict[str, str]:
    """Who has what, such as ``{"ada": "admin/Owner"}``; somebody invited has a question mark, teams stand behind."""
    honeycomb = {m.email: m.role + "?" * (not m.accepted) for m in sim.honeycomb.members}
    honeybadger = {user.email: user.role for user in sim.honeybadger.users}
    for invitation in sim.honeybadger.invitations:
        if not invitation.accepted_at:
            honeybadger[invitation.email] = "?".join([invitation.role, ",".join(map(str, invitation.team_ids))])
    return {
        email.partition("@")[0]: f"{honeycomb.get(email, '-')}/{honeybadger.get(email, '-')}"
        for email in sorted({*honeycomb, *honeybadger})
    }
