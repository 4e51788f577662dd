# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""One report of several jobs, and what it says of what was before it."""

from __future__ import annotations

import csv
import json
import shutil
from typing import Any

import jsonschema
import pytest

from tests.playing import Control
from tests.simulator import Simulator
from tests.tools.tree import ROOT

SCHEMA = json.loads((ROOT / "docs" / "report.schema.json").read_text())
EVE, LEAD = "eve@example.com", "lead@example.com"


def read(control: Control, folder: str = "out") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((control.folder / folder / "report.json").read_text())
    jsonschema.validate(found, SCHEMA)
    return found


def hosts_of(report: dict[str, Any]) -> set[str]:
    return {target["host"] for target in report["targets"] if target["status"] == "read"}


@pytest.mark.slow  # tests/awx/test_slices.py has slices in every run
def test_the_slices_of_a_job_make_one_report(control: Control) -> None:
    """Each has one of the hosts; what changed is told against the run before, and a run without a host says so."""
    hosts = control.inventory({"acme": control.variables("one"), "umbrella": control.variables("two")})

    def slice_of(host: str, run: int, job: int) -> dict[str, Any]:
        done = control.play(
            "report", *hosts, "--limit", host, report_dir="out", awx_workflow_job_id=run, awx_job_id=job
        )
        assert done.code == 0, done.output
        return read(control)

    assert hosts_of(slice_of("acme", 1, 11)) == {"acme"}
    assert hosts_of(slice_of("umbrella", 1, 12)) == {"acme", "umbrella"}
    control.sims["one"].honeycomb.add(EVE)
    first = slice_of("umbrella", 2, 21)
    assert first["changes"]["findings"] == []
    assert {place["host"] for place in first["changes"]["not_compared"]["gone"]} == {"acme"}
    both = slice_of("acme", 2, 22)
    assert both["changes"]["not_compared"] == {"new": [], "gone": []}
    assert [(change["type"], change["email"]) for change in both["changes"]["findings"]] == [("joined", EVE)]
    names = {(target["host"], target["target"]) for target in both["targets"]}
    assert {("acme", "example-team"), ("umbrella", "Oth3r")} <= names

    shutil.copytree(control.folder / "out" / "parts" / "2", control.folder / "gathered")
    done = control.play("report", report_dir="merged", report_parts="gathered")
    assert done.code == 0, done.output
    assert hosts_of(read(control, "merged")) == {"acme", "umbrella"}
    control.write("gathered/part-21.json", "{}")
    broken = control.play("report", report_dir="merged", report_parts="gathered")
    assert "part-21.json is not a part of a report" in broken.failures["localhost"]


def test_a_time_out_on_several_hosts_loses_no_report(control: Control) -> None:
    """Whoever came last had run into the time-out, and nobody wrote what had been read."""
    control.sims["two"].configure(latency=30)
    hosts = {f"slow-{service}": control.variables("two", service) for service in ("honeycomb", "honeybadger")}
    ended = control.play(
        "report",
        *control.inventory({"fast": control.variables("one"), **hosts}),
        environment={"ANSIBLE_TASK_TIMEOUT": "5"},
        report_dir="out",
    )
    assert ended.code == 2
    assert ended.failures.keys() == hosts.keys(), ended.output
    assert all("The time-out of the task ended the run" in text for text in ended.failures.values())
    assert hosts_of(read(control)) == {"fast"}


@pytest.mark.slow
def test_a_report_says_what_was_before_it(control: Control, sim: Simulator) -> None:
    """The last review and who came since; who left, with the evidence; and what somebody had before."""
    sim.honeycomb.add(EVE)
    assert control.play("report", report_dir="out").code == 0
    start = control.play("review", review_dir="review", review_reviewers={"localhost": LEAD})
    assert start.code == 0, start.output
    path = control.folder / "review" / "review.csv"
    rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        decided = {EVE: "revoke"}
        writer.writerows({**row, "decision": decided.get(row["email"], "keep")} for row in rows)
    done = control.play("review", review_file="review", evidence_dir="evidence", ticket="OPS-7")
    assert done.code == 0, done.output
    sim.honeycomb.add("new@example.com", "admin")
    told = control.play("report", report_dir="out", review_dir="review", evidence_dir="evidence")
    assert told.code == 0, told.output
    report = read(control)
    assert report["review"]["came_since"] == ["new@example.com"]
    assert (report["review"]["counts"], report["review"]["overdue"]) == ({"applied": 1, "kept": len(rows) - 1}, False)
    assert [(one["email"], one["ticket"], one["remains"]) for one in report["leavers"]] == [(EVE, "OPS-7", 0)]
    assert "Joined since then: new@example.com" in told.output
    assert "eve@example.com: left, was member (Honeycomb of localhost)" in told.output
    assert "new@example.com: joined, admin (Honeycomb of localhost)" in told.output
    assert (control.folder / "out" / "report.csv").read_bytes().startswith(b"\xef\xbb\xbfemail,")
