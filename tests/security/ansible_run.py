# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real `ansible-playbook -vvvv`, in a folder of its own that keeps everything it writes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible.parsing.vault import VaultLib, VaultSecret

from tests.playing import SPARING
from tests.simulator import Simulator
from tests.tools import tree

from .canary import leaks, leaks_below

PASSWORD = b"correct horse battery staple"


@dataclass
class Run:
    """What a run left: its output, and a folder with log, fact cache, retry files, temporary files and dumps."""

    code: int
    output: str
    folder: Path
    inputs: Path

    def leaks(self, secrets: Mapping[str, str]) -> list[str]:
        shown = [f"output: {name}" for name in leaks(self.output, secrets)]
        return shown + leaks_below(self.folder, secrets, [self.inputs])

    def fact(self, name: str) -> Any:
        """A fact as it stands in the cache; how, depends on the version of ansible-core."""
        (file,) = (self.folder / "facts").iterdir()
        facts = json.loads(file.read_text())
        found = json.loads(facts["__payload__"])[name] if "__payload__" in facts else facts[name]
        return found.get("value", found)


def populate(sim: Simulator, name: str) -> None:
    """As new, but for people of this name: a member and a leaver in both services, and somebody pending."""
    sim.reset()
    for email in ("member@example.com", "leaver@example.com"):
        sim.honeycomb.add(email, "member", name=name)
        sim.honeybadger.add(email, "Member", name=name)
    sim.honeybadger.invite("pending@example.com", "Member", [3])


def vaulted(variables: Mapping[str, str]) -> str:
    """YAML with each value encrypted in place."""
    vault = VaultLib([("default", VaultSecret(PASSWORD))])
    lines = []
    for name, value in variables.items():
        lines += [f"{name}: !vault |", *(f"  {line}" for line in vault.encrypt(value).decode().splitlines())]
    return "\n".join(lines) + "\n"


def play(
    folder: Path,
    playbook: list[dict[str, Any]] | str,
    *arguments: str,
    files: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Run:
    """Run a playbook, given as plays or by its name in the collection. `files` lie beside it, and are not searched."""
    inputs = folder / "inputs"
    inputs.mkdir(parents=True)
    (inputs / "password").write_bytes(PASSWORD)
    for name, text in (files or {}).items():
        (inputs / name).write_text(text, encoding="utf-8")
    if not isinstance(playbook, str):
        (inputs / "play.yml").write_text(json.dumps(playbook))
        playbook = str(inputs / "play.yml")
    command = [sys.executable, "-m", "ansible", "playbook", "-vvvv", "--vault-password-file", str(inputs / "password")]
    done = subprocess.run(
        [*command, *arguments, playbook],
        cwd=folder,
        env={**_settings(folder), **(environment or {})},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return Run(done.returncode, done.stdout + done.stderr, folder, inputs)


def _settings(folder: Path) -> dict[str, str]:
    return {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        "HOME": str(folder / "home"),
        "LANG": "C.UTF-8",
        **SPARING,
        "ANSIBLE_COLLECTIONS_PATH": str(tree.link_source()),
        "ANSIBLE_HOME": str(folder / "ansible"),
        "ANSIBLE_LOCAL_TEMP": str(folder / "temp"),
        "ANSIBLE_REMOTE_TEMP": str(folder / "remote"),
        "ANSIBLE_LOG_PATH": str(folder / "ansible.log"),
        "ANSIBLE_CACHE_PLUGIN": "jsonfile",
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(folder / "facts"),
        "ANSIBLE_RETRY_FILES_ENABLED": "true",
        "ANSIBLE_RETRY_FILES_SAVE_PATH": str(folder / "retry"),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_NOCOLOR": "true",
    }
