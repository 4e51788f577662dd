# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many targets: in slices that run at once, one job each, one job for all. Each is done once, with what is its own."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.honeyops.access.plugins.plugin_utils._memory_controller import VARIABLE
from tests.awx.controller import TOKEN, Controller
from tests.awx.running import Job, credential, ended, run, start
from tests.simulator import Simulator
from tests.targets import host_variables

SLICES = 4
FORKS = 8  # of all jobs at once, on this one machine
ADA, BOB = "ada@example.com", "bob@example.com"

Sims = dict[str, Simulator]


@contextlib.contextmanager
def simulators(*names: str) -> Iterator[Sims]:
    """A team and an account with credentials of its own for each name; Honeycomb lists nobody who has not accepted."""
    with contextlib.ExitStack() as stack:
        yield {
            name: stack.enter_context(
                Simulator(
                    quota=0,
                    other_accounts=0,
                    pending_listed=False,
                    configuration_key=f"configurationKeyOf{name}",
                    auth_token=f"personalTokenOf{name}",
                    account_id=f"AccountOf{name}",
                    team_slug=f"team-of-{name}",
                )
            )
            for name in names
        }


def variables(sim: Simulator, *services: str) -> dict[str, Any]:
    """The credentials of a target as variables of its host."""
    return {"ansible_connection": "local", **host_variables(sim, *services)}


def cut(hosts: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """The inventories of the slices, as the controller cuts them: every nth host, in the order of their names."""
    names = sorted(hosts)
    return [{name: hosts[name] for name in names[number::count]} for number in range(count)]


def emails(sim: Simulator) -> list[tuple[str, str]]:
    return sorted((mail.service, mail.email) for mail in sim.emails)


def both(*people: str) -> list[tuple[str, str]]:
    return sorted((service, email) for service in ("honeycomb", "honeybadger") for email in people)


def strangers(sim: Simulator) -> list[Any]:
    """Requests with the credential of another target."""
    return [entry for entry in sim.log if entry.status in (401, 403, 404)]


def told(found: Job) -> set[str]:
    """The hosts that the job's own summary is about."""
    return {line.partition(":")[0] for line in found.artifacts[f"access_summary_{found.number}"].splitlines()}


def remembers(controller: Controller, name: str, sim: Simulator) -> None:
    """Whether the variable of the host holds its own team's invitations, and nothing else."""
    ((team, entries),) = controller.variables(name)[VARIABLE].items()
    assert team.endswith(f"/team-of-{name}")
    invited = {mail.email: mail.invitation_id for mail in sim.emails if mail.service == "honeycomb"}
    assert {email: entry["id"] for email, entry in entries.items()} == invited


@contextlib.contextmanager
def world(count: int) -> Iterator[tuple[Sims, Controller, dict[str, Any], dict[str, Any]]]:
    """Targets, a controller that keeps their memory, their hosts, and the variables of a job for all."""
    names = [f"target{number:03}" for number in range(count)]
    with simulators(*names) as sims, Controller() as controller:
        given = {
            "access_targets": "all",
            "lifecycle_memory": "controller",
            "awx_inventory_id": controller.inventory(*names),
        }
        yield sims, controller, {name: variables(sim) for name, sim in sims.items()}, given


def onboarded(folder: Path, sims: Sims, controller: Controller, parts: list[dict[str, Any]], given: Any) -> float:
    """Onboard in a job for each part, all at once; how long it took."""
    before = time.perf_counter()
    forks = ("--forks", str(FORKS // len(parts)))
    started = [start(folder, "onboard.yml", part, controller.environment, given, *forks) for part in parts]
    jobs = [ended(*one) for one in started]
    took = time.perf_counter() - before
    assert [found.code for found in jobs] == [0] * len(parts), jobs[0].output
    merged: dict[str, Any] = {}
    secrets = [TOKEN, *(key for sim in sims.values() for key in (sim.configuration_key, sim.auth_token))]
    for part, found in zip(parts, jobs, strict=True):
        assert set(found.artifacts["access_plan"]) == told(found) == set(part)
        assert found.leaks(secrets, inventory=False) == []
        merged.update(found.artifacts)
    kept = "".join(text for key, text in merged.items() if key.startswith("access_summary_"))
    assert sorted(line.partition(":")[0] for line in kept.splitlines()) == sorted(sims)
    return took


@pytest.mark.slow  # one job each and one job for all are tried in every run
def test_a_few_targets_in_slices_at_once(tmp_path: Path) -> None:
    """One job finds afterwards whom the slices invited."""
    with world(12) as (sims, controller, hosts, given):
        onboarded(tmp_path, sims, controller, cut(hosts, SLICES), {**given, "email": ADA})
        for name, sim in sims.items():
            assert emails(sim) == both(ADA)
            remembers(controller, name, sim)
        assert len(controller.writes) == len(sims)
        gone = run(tmp_path, "offboard.yml", hosts, controller.environment, {**given, "email": ADA})
        assert gone.code == 0, gone.output
        assert told(gone) == set(sims)
        for name, sim in sims.items():
            assert [m.email for m in sim.honeycomb.members] == ["owner@example.com"]
            assert [entry.method for entry in sim.writes()] == ["POST", "POST", "DELETE", "DELETE"]
            assert strangers(sim) == []
            assert list(controller.variables(name)[VARIABLE].values()) == [{}]


@pytest.mark.slow
def test_two_hundred_targets_in_slices_at_once(tmp_path: Path) -> None:
    """The times are printed, not judged: they are of this machine."""
    with world(200) as (sims, controller, hosts, given):
        sliced = onboarded(tmp_path, sims, controller, cut(hosts, SLICES), {**given, "email": ADA})
        whole = onboarded(tmp_path, sims, controller, [hosts], {**given, "email": BOB})
        for name, sim in sims.items():
            assert emails(sim) == both(ADA, BOB)
            assert [entry.method for entry in sim.writes()] == ["POST"] * 4
            assert strangers(sim) == []
            remembers(controller, name, sim)
        assert len(controller.writes) == 2 * len(sims)
    print(f"200 targets: {SLICES} processes at once {sliced:.0f} s, one process {whole:.0f} s")


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


def only_step(found: Job, target: str, service: str, email: str) -> None:
    """The one thing that the job's plan does on a target."""
    plan = found.artifacts["access_plan"][target]
    assert {key: [(s["action"], s["email"]) for s in entry["steps"]] for key, entry in plan.items()} == {
        service: [("invite", email)]
    }
