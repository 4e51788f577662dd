# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each wrapper of the project with what a survey can send it: blanks, nulls, nothing, lists, choices with labels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.awx.running import Job, credential, run
from tests.simulator import Simulator

CHECK = "--check"
HOSTS = {"payments": {"ansible_connection": "local", "access_credentials": "environment"}}
SECRETS = ("configuration_key", "auth_token")


@pytest.fixture
def sim() -> Iterator[Simulator]:
    with Simulator(quota=0, pending_listed=False) as found:
        yield found


def job(folder: Path, sim: Simulator, playbook: str, *options: str, **variables: Any) -> Job:
    done = run(folder, playbook, HOSTS, credential(sim), {"access_targets": "payments", **variables}, *options)
    assert done.leaks([getattr(sim, name) for name in SECRETS]) == []
    return done


def test_drift(sim: Simulator, tmp_path: Path) -> None:
    """As the data of the template say it; the artefacts of a slice have a key of their own, and fit a chat."""
    variables = {"roster_file": "people.yml", "report_dir": "reports"}
    found = job(tmp_path, sim, "drift.yml", CHECK, **variables)
    assert found.code == 2, found.output
    assert "should not be there" in " ".join(found.output.split())
    summary = found.artifacts[f"access_summary_{found.number}"]
    assert summary == found.artifacts["access_summary"]
    assert "ada@example.com is missing in Honeycomb of payments" in summary
    assert len(summary) <= 1501
    assert sim.writes() == []
    sim.honeycomb.add("ada@example.com", "admin")
    sim.honeybadger.add("ada@example.com", "Owner")
    for service in (sim.honeycomb, sim.honeybadger):
        service.remove("owner@example.com")
    sim.honeycomb.add("bob@example.com")
    sim.honeybadger.add("bob@example.com")
    quiet = job(tmp_path, sim, "drift.yml", CHECK, **variables)
    assert quiet.code == 0, quiet.output
    assert "Drift: none" in quiet.artifacts["access_summary"]
