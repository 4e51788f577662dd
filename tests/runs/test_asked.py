# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who asked for a run, who approved it, and evidence that shows when it was touched."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.honeyops.access.plugins.plugin_utils._host.seal import faults
from tests.playing import Control
from tests.simulator import Simulator

EVE, BOB = "eve@example.com", "bob@example.com"


def test_evidence_says_who_asked_and_who_approved(control: Control, sim: Simulator) -> None:
    for email in (EVE, BOB):
        sim.honeycomb.add(email)
    who: dict[str, Any] = {"ticket": "OPS-7\x1b[31m", "requested_by": "Ada", "approved_by": "lead@example.com"}
    job: dict[str, Any] = {
        "awx_job_id": 12,
        "awx_job_template_name": "Access: offboard",
        "awx_workflow_user_name": "ada",
    }
    play = {
        "name": "Offboard twice",
        "hosts": "localhost",
        "gather_facts": False,
        "tasks": [
            {
                "name": "Offboard",
                "ansible.builtin.include_role": {"name": "honeyops.access.lifecycle"},
                "vars": {
                    "lifecycle_people": [email],
                    "lifecycle_state": "absent",
                    "lifecycle_evidence_dir": "evidence",
                },
            }
            for email in (EVE, BOB)
        ]
        + [{"name": "Shown", "ansible.builtin.debug": {"var": "lifecycle_result.run"}}],
    }
    control.write("twice.yml", [play])
    done = control.play("twice.yml", **who, **job)
    assert done.code == 0, done.output
    shown = next(event.result["lifecycle_result.run"] for event in done.events if event.task == "Shown")
    assert (shown["ticket"], shown["requested_by"], shown["approved_by"]) == ("OPS-7 [31m", "Ada", "lead@example.com")
    assert shown["job"] == {"id": "12", "template": "Access: offboard"}
    assert shown["plan_ids"].keys() == {"honeycomb", "honeybadger"}
    folder = control.folder / "evidence"
    # By person: both runs may begin in one second, so that the names of the files do not tell which was first.
    records = {record["email"]: record for record in map(json.loads, map(Path.read_text, folder.glob("[0-9]*.json")))}
    assert set(records) == {EVE, BOB}
    assert records[BOB]["run"] == shown
    assert records[BOB]["targets"] == {"honeycomb": "example-team", "honeybadger": sim.account_id}
    assert "Ticket: OPS-7 [31m\n" in next(folder.glob(f"*{EVE}.txt")).read_text()
    assert faults(folder) == []
    touched = next(folder.glob(f"*{BOB}.txt"))
    touched.write_text(touched.read_text().replace("applied", "failed"))
    assert faults(folder) == [f"{touched.name} was changed: its content is not what index.json says."]


@pytest.mark.slow
def test_one_person_cannot_ask_and_approve(control: Control, sim: Simulator) -> None:
    sim.honeycomb.add(EVE)

    def offboard(*options: str, **who: Any) -> str:
        done = control.play("offboard", *options, email=EVE, lifecycle_four_eyes=True, **who)
        return done.failures.get("localhost", "")

    assert "Ada asked for this run and approved it" in offboard(requested_by="Ada", approved_by="Ada")
    assert "ada asked for this run and approved it" in offboard(awx_user_name="Ada", approved_by="ada")
    assert "asked for this run and approved it" in offboard(requested_by="Ada L", approved_by="ada  \uff2c ")
    assert "asked for this run" in offboard(requested_by="ada@example.com", approved_by="Ada <Ada@example.com>")
    assert "Set requested_by and approved_by." in offboard()
    assert sim.writes() == []
    assert offboard("--check") == ""
    assert offboard(requested_by="Ada", approved_by="Bob") == ""
    assert len(sim.writes()) == 1


def test_evidence_that_cannot_be_kept_stops_the_run_before_the_first_removal(control: Control, sim: Simulator) -> None:
    sim.honeycomb.add(EVE)
    control.write("file", "this is no folder")
    done = control.play("offboard", email=EVE, evidence_dir="file")
    assert "no evidence can be kept in file" in done.failures["localhost"]
    control.write("evidence/index.json", "{}")
    done = control.play("offboard", email=EVE, evidence_dir="evidence")
    assert "index.json was changed" in done.failures["localhost"]
    assert sim.writes() == []
