# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many targets: in slices that run at once, one job each, one job for all. Each is done once, with what is its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.honeyops.access.plugins.plugin_utils._memory.controller import VARIABLE
from tests.awx.running import Job, credential, ended, run, start
from tests.awx.slices import (
    SAVES,
    SLICES,
    both,
    cut,
    emails,
    onboarded,
    remembers,
    simulators,
    strangers,
    told,
    variables,
    world,
)

ADA, BOB = "ada@example.com", "bob@example.com"


@pytest.mark.slow  # one job each and one job for all are tried in every run
def test_a_few_targets_in_slices_at_once(tmp_path: Path) -> None:
    """One job finds afterwards whom the slices invited."""
    with world(12) as (sims, controller, hosts, given):
        onboarded(tmp_path, sims, controller, cut(hosts, SLICES), {**given, "email": ADA})
        for name, sim in sims.items():
            assert emails(sim) == both(ADA)
            remembers(controller, name, sim)
        assert len(controller.writes) == SAVES * len(sims)
        gone = run(tmp_path, "offboard.yml", hosts, controller.environment, {**given, "email": ADA})
        assert gone.code == 0, gone.output
        assert told(gone) == set(sims)
        for name, sim in sims.items():
            assert [m.email for m in sim.honeycomb.members] == ["owner@example.com"]
            assert [entry.method for entry in sim.writes()] == ["POST", "POST", "DELETE", "DELETE"]
            assert strangers(sim) == []
            assert list(controller.variables(name)[VARIABLE].values()) == [{}, {}]


@pytest.mark.slow
def test_two_hundred_targets_in_slices_at_once(tmp_path: Path) -> None:
    """How long that takes beside one job is measured by the bench."""
    with world(200) as (sims, controller, hosts, given):
        onboarded(tmp_path, sims, controller, cut(hosts, SLICES), {**given, "email": ADA})
        for name, sim in sims.items():
            assert emails(sim) == both(ADA)
            assert [entry.method for entry in sim.writes()] == ["POST"] * 2
            assert strangers(sim) == []
            remembers(controller, name, sim)
        assert len(controller.writes) == SAVES * len(sims)


@pytest.mark.slow
def test_one_job_each_and_one_job_for_all(tmp_path: Path) -> None:
    """Three teams and two accounts. All jobs keep their memory in one mounted folder, a file for each team."""
    with simulators("red", "green", "blue") as sims:
        targets = {
            **{f"team-{name}": (sim, "honeycomb") for name, sim in sims.items()},
            **{f"account-{name}": (sims[name], "honeybadger") for name in ("red", "green")},
        }
        memory = {"lifecycle_memory_dir": str(tmp_path / "mounted")}

        def of_one(target: str, email: str) -> tuple[Any, ...]:
            sim, service = targets[target]
            environment = {k: v for k, v in credential(sim).items() if k.startswith(service.upper())}
            hosts = {target: {"ansible_connection": "local", "access_credentials": "environment"}}
            given = {**memory, "access_targets": target, "email": email}
            return start(tmp_path, "onboard.yml", hosts, environment, given)

        def holds(*people: str) -> None:
            for sim, service in targets.values():
                wanted = [(service, email) for email in sorted(people)]
                assert [mail for mail in emails(sim) if mail[0] == service] == wanted
                assert strangers(sim) == []
            files = [json.loads(path.read_text()) for path in (tmp_path / "mounted").glob("*.json")]
            assert sorted(file["team"].rpartition("/")[2] for file in files) == [
                f"team-of-{name}" for name in sorted(sims)
            ]
            for file in files:
                sim = sims[file["team"].rpartition("-")[2]]
                assert {email: entry["id"] for email, entry in file["invitations"].items()} == {
                    mail.email: mail.invitation_id for mail in sim.emails if mail.service == "honeycomb"
                }

        each = [ended(*started) for started in [of_one(target, ADA) for target in targets]]
        assert [found.code for found in each] == [0] * 5, each[0].output
        for target, found in zip(targets, each, strict=True):
            only_step(found, target, targets[target][1], ADA)
            assert told(found) == {target}
        holds(ADA)
        assert [mail for mail in emails(sims["blue"]) if mail[0] == "honeybadger"] == []

        hosts = {target: variables(sim, service) for target, (sim, service) in targets.items()}
        given = {**memory, "access_targets": "all", "email": f"{ADA} {BOB}"}
        together = run(tmp_path, "onboard.yml", hosts, {}, given)
        assert together.code == 0, together.output
        assert set(together.artifacts["access_plan"]) == set(targets) == told(together)
        for target, (_sim, service) in targets.items():
            only_step(together, target, service, BOB)
        holds(ADA, BOB)
        written = {name: len(sim.writes()) for name, sim in sims.items()}
        again = run(tmp_path, "onboard.yml", hosts, {}, given)
        assert again.code == 0, again.output
        assert {name: len(sim.writes()) for name, sim in sims.items()} == written == {"red": 4, "green": 4, "blue": 2}
        holds(ADA, BOB)


def test_a_target_of_another_slice_is_no_fault(tmp_path: Path) -> None:
    """The inventory of a slice has not the hosts of the others; a job that is no slice knows all of them."""
    name = "Access: all: onboard"
    with simulators("red", "green") as sims:
        people = [{"email": ADA, "targets": ["red"]}, {"email": BOB, "targets": ["green"]}]
        (tmp_path / "roster.json").write_text(json.dumps(people))
        given = {
            "access_targets": "all",
            "roster_file": str(tmp_path / "roster.json"),
            "lifecycle_memory": "none",
            "awx_job_template_name": name,
        }
        parts = cut({target: variables(sim) for target, sim in sims.items()}, 2)
        alone = run(tmp_path, "onboard.yml", parts[0], {}, given)
        assert alone.code == 2
        assert "which is neither a host nor a host group of the inventory" in " ".join(alone.output.split())
        for part in parts:
            found = run(tmp_path, "onboard.yml", part, {}, {**given, "awx_workflow_job_name": name})
            assert found.code == 0, found.output
        assert {target: emails(sim) for target, sim in sims.items()} == {"red": both(ADA), "green": both(BOB)}


def only_step(found: Job, target: str, service: str, email: str) -> None:
    """The one thing that the job's plan does on a target."""
    plan = found.artifacts["access_plan"][target]
    assert {key: [(s["action"], s["email"]) for s in entry["steps"]] for key, entry in plan.items()} == {
        service: [("invite", email)]
    }
