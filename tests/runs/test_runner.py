# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Jobs as AWX runs them: `ansible-runner`, a playbook of the project, variables in AWX's own way of writing them."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.playing import Control, Environment, Played, access
from tests.simulator import Simulator

OWNER = {"owner": "admin/Owner"}
LARGEST = 500_000  # AWX drops the result of an event above 700,000 bytes


class Unsafe(str):
    """A text that AWX marks so that no template in it is rendered."""


class AwxDumper(yaml.SafeDumper):
    """Writes variables as AWX does."""


AwxDumper.add_representer(Unsafe, lambda dumper, text: dumper.represent_scalar("!unsafe", str(text), style="'"))


def as_awx(value: Any) -> Any:
    """Every text that came from a person is marked."""
    if isinstance(value, str):
        return Unsafe(value)
    if isinstance(value, list):
        return [as_awx(item) for item in value]
    if isinstance(value, dict):
        return {Unsafe(key): as_awx(item) for key, item in value.items()}
    return value


@dataclass(frozen=True)
class Job:
    played: Played
    events: Path

    @property
    def largest(self) -> int:
        return max(path.stat().st_size for path in self.events.iterdir())

    @property
    def artefacts(self) -> dict[str, Any]:
        """What AWX keeps of the job: the data of the closing event."""
        found: dict[str, Any] = {}
        for path in sorted(self.events.iterdir()):
            event = json.loads(path.read_text())
            if event["event"] == "playbook_on_stats":
                found |= event["event_data"].get("artifact_data", {})
        return found


class Awx:
    """A project whose playbooks import those of the collection."""

    def __init__(self, control: Control, hosts: dict[str, dict[str, Any]]) -> None:
        self._control = control
        self._jobs = 0
        for name in ("onboard", "offboard", "reconcile"):
            control.write(f"project/{name}.yml", [{"import_playbook": f"honeyops.access.{name}"}])
        control.write("inventory/hosts.json", {"all": {"hosts": hosts}})

    def job(
        self, playbook: str, variables: dict[str, Any], *options: str, environment: Environment | None = None
    ) -> Job:
        """Run a job with these extra variables."""
        self._jobs += 1
        given = {"awx_job_id": self._jobs, "tower_user_name": Unsafe("alice"), **as_awx(variables)}
        (self._control.folder / "env" / "cmdline").unlink(missing_ok=True)  # left by the job before
        self._control.write("env/extravars", yaml.dump(given, Dumper=AwxDumper))
        ident = f"job{self._jobs}"
        command = [
            sys.executable, "-m", "ansible_runner", "run", str(self._control.folder), "--playbook", f"{playbook}.yml",
            "--ident", ident, *([f"--cmdline={' '.join(options)}"] if options else []),
        ]  # fmt: skip
        played = self._control.run(command, environment)
        return Job(played, self._control.folder / "artifacts" / ident / "job_events")


def awx(control: Control) -> Awx:
    return Awx(control, {"acme": control.variables("one")})


def test_the_way_of_writing() -> None:
    written = yaml.dump(as_awx({"email": "{{ x }}", "n": 3, "none": None, "blank": ""}), Dumper=AwxDumper)
    assert "!unsafe '{{ x }}'" in written
    assert re.search(r"blank.*: !unsafe ''", written)


@pytest.mark.slow
def test_a_survey(control: Control, sim: Simulator) -> None:
    """Texts, lists, numbers, unanswered questions as blank and null."""
    tower = awx(control)
    answers = {
        "access_targets": "acme",
        "email": "ada@example.com\nbob@example.com",
        "honeycomb_role": "admin",
        "honeybadger_role": "",
        "honeybadger_team_ids": [3, "7"],
        "people": "",
        "roster_file": None,
        "access_plan": "",
        "access_credentials": "",
        "lifecycle_max_changes": None,
        "lifecycle_reinvite_after": 30,
        "lifecycle_protected": [],
    }
    job = tower.job("onboard", answers)
    assert job.played.code == 0, job.played.output
    assert access(sim) == OWNER | {"ada": "admin?/Member?3,7", "bob": "admin?/Member?3,7"}
    again = tower.job("onboard", answers)
    assert again.played.code == 0
    assert len(sim.emails) == 4
    blank = tower.job("offboard", {**answers, "email": "", "honeycomb_role": "", "honeybadger_team_ids": ""})
    assert blank.played.code != 0
    left = tower.job(
        "offboard", {"access_targets": "acme", "email": "ada@example.com", "people": "", "roster_file": ""}
    )
    assert left.played.code == 0, left.played.output
    assert access(sim) == OWNER | {"bob": "admin?/Member?3,7"}


def test_text_that_looks_like_a_template_is_no_template(control: Control, sim: Simulator) -> None:
    job = awx(control).job("onboard", {"access_targets": "acme", "email": "{{honeybadger_auth_token}}@example.com"})
    assert sim.auth_token not in job.played.output
    assert not [email for email in sim.emails if sim.auth_token in str(email)]


@pytest.mark.slow  # tests/awx does the like in every run, with the wrappers
def test_plan_approve_apply(control: Control, sim: Simulator) -> None:
    """The artefact of one job is an extra variable of the next one, as in a workflow."""
    sim.honeycomb.add("eve@example.com")
    tower = awx(control)
    answers: dict[str, Any] = {
        "access_targets": "acme",
        "people": ["owner@example.com", "ada@example.com"],
        "lifecycle_max_removals": 1,
    }
    planned = tower.job("reconcile", answers, "--check")
    plan = planned.artefacts["access_plan"]
    assert set(plan) == {"acme"}
    assert sim.writes() == []
    sim.honeycomb.add("mallory@example.com")
    moved = tower.job("reconcile", {**answers, "access_plan": plan, "lifecycle_max_removals": 2})
    assert moved.played.code != 0
    assert "mallory@example.com" in moved.played.text
    assert sim.writes() == []
    sim.honeycomb.remove("mallory@example.com")
    for approval in ({**answers, "access_plan": {"acme": None}}, {**answers, "access_plan": {"acme": {}}}):
        assert tower.job("reconcile", approval).played.code != 0
    assert sim.writes() == []
    applied = tower.job("reconcile", {**answers, "access_plan": json.dumps(plan)})
    assert applied.played.code == 0, applied.played.output
    assert access(sim) == OWNER | {"ada": "member?/Member?"}


@pytest.mark.slow
def test_the_largest_event(control: Control, sim: Simulator) -> None:
    """2,000 people, of whom 10 % change."""
    people = [f"somebody.with.a.longer.name.{number}@subsidiary.example.com" for number in range(2000)]
    members = [{"email": email, "role": "member"} for email in people[200:]]
    users = [{"email": email, "role": "Member"} for email in people[200:]]
    sim.load(
        {
            "honeycomb": {"members": [*members, {"email": "owner@example.com", "role": "admin"}]},
            "honeybadger": {"users": [*users, {"email": "owner@example.com", "role": "Owner"}], "invitations": []},
        }
    )
    sim.configure(page_size=500)
    control.write("project/people.yml", {"people": ["owner@example.com", *people]})
    roster = {"access_targets": "acme", "roster_file": str(control.folder / "project" / "people.yml")}
    tower = awx(control)
    planned = tower.job("reconcile", roster, "--check", "--diff")
    assert planned.played.code == 0, planned.played.output[-2000:]
    assert planned.largest < LARGEST
    assert len(planned.artefacts["access_plan"]["acme"]["honeycomb"]["steps"]) == 200
    job = tower.job("reconcile", roster)
    assert job.played.code == 0, job.played.output[-2000:]
    assert job.largest < LARGEST
    assert len(sim.emails) == 400
