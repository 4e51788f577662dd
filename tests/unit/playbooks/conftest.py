# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real `ansible-playbook` against two simulated teams and accounts."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.simulator import Simulator
from tests.tools import tree

FAILED = re.compile(r"^fatal: \[([^\]]+)\]: FAILED! => (\{.*\})$", re.MULTILINE)
FIRST_RUN = "Nothing is remembered yet"
RECAP = re.compile(r"^(\S+)\s+: ok=(\d+)\s+changed=(\d+).* failed=(\d+)", re.MULTILINE)


@dataclass
class Played:
    """How a run ended."""

    code: int
    output: str

    @property
    def failures(self) -> dict[str, str]:
        """The last message of each host that failed, with what Ansible says before it taken off."""
        return {host: json.loads(result)["msg"] for host, result in FAILED.findall(self.output)}

    @property
    def changed(self) -> dict[str, int]:
        return {host: int(changed) for host, _unused, changed, _unused in RECAP.findall(self.output)}

    @property
    def told(self) -> list[str]:
        """The lines of the closing summaries."""
        found = re.findall(r"Report what changed\] \**\n(.*?)\n\n", self.output, re.DOTALL)
        return [
            line.strip().strip(",").strip('"') for text in found for line in text.splitlines() if '"msg"' not in line
        ]


@dataclass
class Control:
    """A folder to run playbooks in."""

    folder: Path
    sims: dict[str, Simulator]

    def write(self, name: str, content: Any) -> None:
        """A file, as JSON (and so YAML) unless it is text."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))

    def variables(self, name: str) -> dict[str, str]:
        """The credentials and addresses of a simulator as host variables."""
        sim = self.sims[name]
        return {
            "honeycomb_api_key": sim.configuration_key,
            "honeycomb_api_url": sim.honeycomb_url,
            "honeybadger_auth_token": sim.auth_token,
            "honeybadger_account_id": sim.account_id,
            "honeybadger_api_url": sim.honeybadger_url,
        }

    def inventory(self, hosts: dict[str, dict[str, Any]]) -> tuple[str, ...]:
        """Options for an inventory of these hosts, all of them targets."""
        self.write("hosts.json", {"all": {"hosts": hosts}})
        return ("-i", "hosts.json", "-e", "access_targets=all")

    def play(self, playbook: str, *options: str, environment: Any = None, warned: str = "", **variables: Any) -> Played:
        """Run a playbook of the collection by name, or one of this folder; ``warned`` stands in its only warning."""
        if not playbook.endswith(".yml"):
            playbook = f"honeyops.access.{playbook}"
        extra = [json.dumps(variables)] if variables else []
        done = subprocess.run(
            [sys.executable, "-m", "ansible", "playbook", playbook, *options, *(x for e in extra for x in ("-e", e))],
            cwd=self.folder,
            env=self.environment() | (environment or {}),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        output = done.stdout + done.stderr
        for sim in self.sims.values():
            assert not [secret for secret in sim.secrets if secret in output]
        warnings = [text for text in re.findall(r"^\[WARNING\]: .*", output, re.MULTILINE) if FIRST_RUN not in text]
        assert len(warnings) == bool(warned), output
        assert warned in " ".join(output.split()), output
        assert "Traceback" not in output, output
        return Played(done.returncode, output)

    def environment(self) -> dict[str, str]:
        """The first simulator in the environment, and nothing of this machine's settings."""
        sim = self.sims["one"]
        return {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "PYTHONDONTWRITEBYTECODE": "1",
            "ANSIBLE_COLLECTIONS_PATH": str(tree.link_source()),
            "ANSIBLE_HOME": str(self.folder / "ansible"),
            "ANSIBLE_CACHE_PLUGIN": "jsonfile",
            "ANSIBLE_CACHE_PLUGIN_TIMEOUT": "0",
            "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(self.folder / "facts"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "ANSIBLE_NOCOLOR": "true",
            "HONEYCOMB_API_KEY": sim.configuration_key,
            "HONEYCOMB_API_ENDPOINT": sim.honeycomb_url,
            "HONEYBADGER_AUTH_TOKEN": sim.auth_token,
            "HONEYBADGER_ACCOUNT_ID": sim.account_id,
            "HONEYBADGER_ENDPOINT": sim.honeybadger_url,
        }


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
    return Control(tmp_path, running)


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
