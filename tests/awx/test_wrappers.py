# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each wrapper of the project with what a survey can send it: blanks, nulls, nothing, lists, choices with labels."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.awx.running import Job, credential, run
from tests.quick import slow
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


@pytest.mark.slow
def test_reconcile(sim: Simulator, tmp_path: Path) -> None:
    """The survey of a plan, with the limit left blank in each way, and then with a share."""
    sim.honeycomb.add("ada@example.com", "admin")
    sim.honeybadger.add("ada@example.com", "Owner")
    survey = {"roster_file": "people.yml", "email": "", "people": None, "honeycomb_role": "", "honeybadger_role": None}
    counts = {"honeycomb": {"invite": 1, "remove": 1}, "honeybadger": {"invite": 1, "remove": 1}}
    for blank in ({"lifecycle_max_removals": ""}, {"lifecycle_max_removals": None}, {}):
        planned = job(tmp_path, sim, "reconcile.yml", CHECK, **survey, **blank)
        assert planned.code == 0, planned.output
        plan = planned.artifacts["access_plan"]
        found = {key: {a: n for a, n in entry["counts"].items() if n} for key, entry in plan["payments"].items()}
        assert found == counts
    none = job(tmp_path, sim, "reconcile.yml", CHECK, **survey, lifecycle_max_removals="0")
    assert none.code == 2
    assert none.artifacts["access_plan"]["payments"]["honeycomb"]["refused"]
    assert sim.writes() == []
    approved = {"lifecycle_require_approval": True, "access_plan": plan, "lifecycle_max_removals": "50%"}
    applied = job(tmp_path, sim, "reconcile.yml", **survey, **approved)
    assert applied.code == 0, applied.output
    assert {m.email for m in sim.honeycomb.members} == {"ada@example.com", "bob@example.com"}


@pytest.mark.slow
def test_dump(sim: Simulator, tmp_path: Path) -> None:
    file = tmp_path / "roster.yml"

    def dumped(**force: Any) -> tuple[int, int]:
        blanks = {"lifecycle_dump_file": "", "lifecycle_dump_force": None}
        done = job(tmp_path, sim, "dump.yml", dump_file=str(file), **blanks, **force)
        return done.code, len(yaml.safe_load(file.read_text())["people"])

    assert dumped(force="") == (0, 1)
    sim.honeycomb.add("ada@example.com")
    assert dumped(force="false") == (2, 1)
    assert dumped(force=None) == (2, 1)
    assert dumped(force="true") == (0, 2)
    blank = job(tmp_path, sim, "dump.yml", dump_file="", force="")
    assert blank.code == 2
    assert "dump_file" in blank.output


@pytest.mark.slow
def test_report(sim: Simulator, tmp_path: Path) -> None:
    blanks = {"roster_file": "", "people": None, "fail_on_drift": "", "report_people": "", "report_roster_file": None}
    done = job(tmp_path, sim, "report.yml", report_dir="reports", report_pending_days="", **blanks)
    assert done.code == 0, done.output
    assert (done.folder / "project" / "reports" / "report.html").exists()
    assert done.artifacts["report_result"]["totals"]["people"] == 1
    assert done.artifacts[f"access_summary_{done.number}"].startswith("People: 1 ")


@pytest.mark.slow
def test_review(sim: Simulator, tmp_path: Path) -> None:
    """The list, the plan of what was decided, and what was approved; the record says whose job it was."""
    sim.honeycomb.add("eve@example.com")
    folder = tmp_path / "reviews"
    started = job(
        tmp_path,
        sim,
        "review.yml",
        review_dir=str(folder),
        review_reviewers={"payments": "lead@example.com"},
        roster_file="",
    )
    assert started.code == 0, started.output
    path = folder / "review.csv"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text(
        "".join(line.replace("com,,\n", f"com,{'revoke' if 'eve@' in line else 'keep'},\n") for line in lines)
    )
    planned = job(tmp_path, sim, "review.yml", CHECK, review_file=str(folder), review_dir="")
    assert planned.code == 0, planned.output
    approved = {"lifecycle_require_approval": True, "access_plan": planned.artifacts["access_plan"]}
    applied = job(tmp_path, sim, "review.yml", review_file=str(folder), awx_user_name="ada", **approved)
    assert applied.code == 0, applied.output
    assert {member.email for member in sim.honeycomb.members} == {"owner@example.com"}
    (record,) = (json.loads(path.read_text()) for path in folder.glob("review-*.json") if "check" not in path.name)
    assert (record["counts"]["applied"], record["run"]["job"]["id"]) == (1, str(applied.number))
    assert record["run"]["requested_by"]


@pytest.mark.parametrize("plan", [{"access_plan": ""}, *slow({}, {"access_plan": None})])
def test_no_plan_is_sent_to_the_approver_as_that(sim: Simulator, tmp_path: Path, plan: dict[str, Any]) -> None:
    found = job(tmp_path, sim, "approval.yml", **plan)
    assert found.code == 2
    assert "There is no plan" in found.artifacts["access_summary"]


@pytest.mark.slow
def test_text_of_a_form_is_no_template(sim: Simulator, tmp_path: Path) -> None:
    """The controller marks it, and no wrapper undoes that."""
    told = "{{ lookup('env', 'HONEYBADGER_AUTH_TOKEN') }}"
    forms: dict[str, dict[str, Any]] = {
        "onboard.yml": {"email": f"{told}@example.com"},
        "offboard.yml": {"email": "ada@example.com", "lifecycle_protected": told},
        "reconcile.yml": {"roster_file": told},
        "dump.yml": {"dump_file": f"{told}.yml"},
        "report.yml": {"report_dir": told, "roster_file": told},
        "drift.yml": {"report_dir": "reports", "roster_file": told},
        "approval.yml": {"access_plan": {"payments": {"honeycomb": {"refused": told}}}},
    }
    for playbook, answers in forms.items():
        found = job(tmp_path, sim, playbook, CHECK, **answers)
        assert sim.auth_token not in found.output, playbook
        assert sim.auth_token not in str(found.artifacts), playbook
    assert sim.writes() == []
