# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many targets with a controller that keeps their memory: what tests and the bench share."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ansible_collections.honeyops.access.plugins.plugin_utils._memory.controller import VARIABLE
from tests.awx.controller import TOKEN, Controller
from tests.awx.running import Job, ended, start
from tests.simulator import Simulator
from tests.targets import host_variables

SLICES = 4
SAVES = 3  # of a target: who is about to be invited, and each service at its end
FORKS = 8  # of all jobs at once, on this one machine

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
    """Whether the variable of the host holds the invitations to its own team and account, and nothing else."""
    held = {place.rpartition("/")[2]: entries for place, entries in controller.variables(name)[VARIABLE].items()}
    assert set(held) == {f"team-of-{name}", f"AccountOf{name}"}
    invited = {mail.email: mail.invitation_id for mail in sim.emails if mail.service == "honeycomb"}
    assert {email: entry["id"] for email, entry in held[f"team-of-{name}"].items()} == invited
    to_account = {mail.email for mail in sim.emails if mail.service == "honeybadger"}
    assert {entry["email"] for entry in held[f"AccountOf{name}"].values()} == to_account


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
