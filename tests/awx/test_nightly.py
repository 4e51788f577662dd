# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Joiners, movers and leavers of a directory as the nightly workflow, from its data, with its jobs run by ansible-runner."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment

from tests.awx import rules
from tests.awx.running import Job, credential, run
from tests.awx.test_data import credential_type, data
from tests.directory.stub import stub
from tests.runs.test_directory import TOKEN, Company, roster
from tests.simulator import Simulator

pytestmark = pytest.mark.slow

PEOPLE = [f"p{number}" for number in range(8)]


@pytest.fixture
def sim() -> Iterator[Simulator]:
    with Simulator(quota=0) as found:
        for name in PEOPLE:
            found.honeycomb.add(f"{name}@example.com", "admin")
        yield found


class Night:
    """The workflow, walked through as a controller does: artefacts are handed on, variables of a node and of the workflow added."""

    def __init__(self, folder: Path, sim: Simulator, roster_file: Path) -> None:
        self.folder = folder
        self._sim = sim
        self._names = {
            "awx_setup_target": {"name": "payments"},
            "awx_setup__prefix": "Access: payments",
            "awx_setup_roster": str(roster_file),
            "awx_setup_report_dir": str(folder / "reports"),
            "awx_setup_evidence_dir": str(folder / "evidence"),
        }
        target = data("target")
        self._templates = {
            self._text(item["name"]): item
            for item in (*data("shared")["controller_templates"], *target["controller_templates"])
        }
        (self._workflow,) = [
            item for item in target["controller_workflows"] if item["name"].endswith(": joiners, movers, leavers")
        ]
        self._nodes = {node["identifier"]: node for node in self._workflow["simplified_workflow_nodes"]}

    def run(self, approve: bool) -> list[str]:
        """The nodes that ran, in order."""
        ran: list[str] = []
        self._walk("plan", {}, approve, ran)
        return ran

    def _walk(self, name: str, artefacts: dict[str, Any], approve: bool, ran: list[str]) -> None:
        ran.append(name)
        node, ended, handed = self._nodes[name], approve, artefacts
        if "approval_node" not in node:
            done = self._job(node, artefacts)
            ended, handed = done.code == 0, {**artefacts, **done.artifacts}
        for following in node.get("success_nodes" if ended else "failure_nodes", ()):
            self._walk(following, handed, approve, ran)

    def _job(self, node: dict[str, Any], artefacts: dict[str, Any]) -> Job:
        item = self._templates[self._text(node["unified_job_template"])]
        variables = {
            **self._texts(item.get("extra_vars", {})),
            **node.get("extra_data", {}),
            **artefacts,
            **self._texts(self._workflow["extra_vars"]),
        }
        environment: dict[str, str] = {}
        if "awx_setup__reading" in str(item.get("credentials")):
            environment = credential(self._sim)
            variables |= rules.injected(credential_type("Access: directory"), {"token": TOKEN}, "extra_vars")
        hosts = {
            "payments": {
                "ansible_connection": "local",
                "access_credentials": "environment",
                "lifecycle_memory_dir": str(self.folder / "memory"),
            }
        }
        check = ("--check",) if item["job_type"] == "check" else ()
        done = run(self.folder, item["playbook"], hosts, environment, variables, *check)
        assert TOKEN not in done.output + json.dumps(done.artifacts) + json.dumps(done.events)
        return done

    def _text(self, text: str) -> str:
        return Environment().from_string(text).render(self._names)

    def _texts(self, values: dict[str, Any]) -> dict[str, Any]:
        return {key: self._text(value) if isinstance(value, str) else value for key, value in values.items()}


def test_joiners_movers_and_leavers_of_a_directory(sim: Simulator, tmp_path: Path) -> None:
    """Within the limit nobody is asked; above it nothing is done without an approval, nor where the directory may lie."""
    company = Company()
    company.groups = {"Platform Engineering": [*PEOPLE], "Support": ["sue"]}
    with stub(company.answer) as okta:
        file = tmp_path / "roster.json"
        file.write_text(json.dumps(roster(okta.url, max_drop="90%") | {"groups": groups()}))
        night = Night(tmp_path, sim, file)

        company.status["p0"] = "SUSPENDED"
        company.groups["Platform Engineering"].append("new")
        assert night.run(approve=False) == ["plan", "apply", "report", "carried_out"]
        assert members(sim) == {"owner", "new", *PEOPLE[1:]}
        (leaver,) = json.loads((tmp_path / "reports" / "payments" / "report.json").read_text())["leavers"]
        assert leaver["email"] == "p0@example.com"
        assert len(list((tmp_path / "evidence").rglob("*p0@example.com*"))) > 0

        company.status.update(dict.fromkeys(PEOPLE[1:5], "DEPROVISIONED"))
        written = len(sim.writes())
        assert night.run(approve=False) == ["plan", "over", "what", "approval", "denied"]
        assert len(sim.writes()) == written
        assert night.run(approve=True) == ["plan", "over", "what", "approval", "approved", "report", "done"]
        assert members(sim) == {"owner", "new", *PEOPLE[5:]}

        del company.groups["Platform Engineering"]
        written = len(sim.writes())
        assert night.run(approve=True) == ["plan", "over", "refused"]
        assert len(sim.writes()) == written


def groups() -> dict[str, Any]:
    return {"platform": {"directory": "Platform Engineering", "honeycomb": {"role": "admin"}}}


def members(sim: Simulator) -> set[str]:
    return {member.email.partition("@")[0] for member in sim.honeycomb.members}
