# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role: what it leaves behind, after a failure and in check mode, too."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.simulator import Simulator

from .conftest import Control, access

PLAY = {
    "hosts": "localhost",
    "gather_facts": False,
    "tasks": [
        {
            "block": [{"ansible.builtin.include_role": {"name": "honeyops.access.lifecycle"}}],
            "rescue": [{"ansible.builtin.set_fact": {"failed_with": "{{ ansible_failed_result.msg }}"}}],
        },
        {
            "ansible.builtin.copy": {
                "content": "{{ {'result': lifecycle_result, 'facts': ansible_facts, 'failed': failed_with | default('')} | to_json }}",
                "dest": "{{ playbook_dir }}/left.json",
                "mode": "0600",
            },
            "check_mode": False,
        },
    ],
}


def left(control: Control, *options: str, **variables: Any) -> dict[str, Any]:
    """Run the role, and return what it leaves behind."""
    control.write("play.yml", [PLAY])
    done = control.play("play.yml", *options, **variables)
    assert done.code == 0, done.output
    found: dict[str, Any] = json.loads((control.folder / "left.json").read_text())
    return found


def remembered(control: Control) -> dict[str, Any]:
    """The invitations in the memory of this home, by team."""
    files = (control.home / "ansible" / "honeyops.access").glob("*.json")
    documents = [json.loads(path.read_text()) for path in files]
    return {document["team"]: document["invitations"] for document in documents}


def test_the_result(control: Control, sim: Simulator) -> None:
    sim.honeycomb.add("eve@example.com")
    people = [{"email": "ada@example.com", "honeycomb": {}}, {"email": "eve@example.com", "state": "absent"}]
    options = {
        "lifecycle_people": people,
        "lifecycle_max_removals": "50%",
        "lifecycle_default_honeycomb_role": "admin",
        "honeycomb_api_url": sim.honeycomb_url,
    }
    team = f"{sim.honeycomb_url.replace('127.0.0.1', 'loopback')}/example-team"
    planned = left(control, "--check", "--diff", **options)
    assert sim.writes() == []
    assert (planned["facts"], remembered(control)) == ({}, {})
    ids = {service: planned["result"][service]["plan_id"] for service in ("honeycomb", "honeybadger")}

    stale = left(control, **options, lifecycle_expected_plan_id={**ids, "honeycomb": "another"})
    assert stale["result"]["honeycomb"]["error"]["code"] == "plan_changed"
    assert stale["result"]["honeybadger"]["plan_id"] == ids["honeybadger"]
    assert stale["result"]["honeybadger"]["error"]["code"] == "plan_changed"
    assert stale["failed"].startswith(
        "Nothing was done on localhost, because the plan is not the one that was approved. Honeycomb: the"
    )
    assert sim.writes() == []

    done = left(control, **options, lifecycle_expected_plan_id=ids)
    assert done["failed"] == ""
    assert set(done["result"]) == {"honeycomb", "honeybadger", "follow_up", "people", "run"}
    assert done["result"]["honeycomb"]["plan"] == planned["result"]["honeycomb"]["plan"]
    assert "invocation" not in done["result"]["honeycomb"]
    assert done["result"]["follow_up"] == planned["result"]["follow_up"]
    assert "eve@example.com" in done["result"]["follow_up"][0]
    assert list(remembered(control)[team]) == ["ada@example.com"]
    assert access(sim) == {"owner": "admin/Owner", "ada": "admin?/-"}

    sim.honeycomb.accept("ada@example.com", "ada@home.example")
    left(control, **options)
    assert remembered(control)[team]["ada@example.com"]["accepted_as"] == "ada@home.example"
    assert left(control, **options)["result"]["honeycomb"]["plan"] == []
    assert len(sim.emails) == 1


def test_only_what_is_configured_has_a_result(control: Control, sim: Simulator) -> None:
    control.write("play.yml", [PLAY])
    environment = {"HONEYCOMB_API_KEY": ""}
    done = control.play(
        "play.yml", environment=environment, lifecycle_people=["ada@example.com"], lifecycle_expected_plan_id="x"
    )
    assert done.code == 0
    found = json.loads((control.folder / "left.json").read_text())
    assert set(found["result"]) == {"honeybadger", "follow_up", "people", "run"}
    assert found["result"]["honeybadger"]["error"]["code"] == "plan_changed"
    assert "The other service" not in found["failed"]


@pytest.mark.slow
def test_all_guards_are_handed_on(control: Control, sim: Simulator) -> None:
    sim.honeybadger.add_invitation("old@example.com", created_at="2024-01-15T10:00:00Z")
    sim.honeybadger.invite("young@example.com")
    sim.honeycomb.add("ada@example.com", "admin")
    found = left(
        control,
        lifecycle_people=[
            "new1@example.com",
            "new2@example.com",
            "old@example.com",
            "young@example.com",
            "ada@example.com",
        ],
        lifecycle_exclusive=True,
        lifecycle_max_removals=0,
        lifecycle_min_admins=2,
        lifecycle_min_owners=0,
        lifecycle_protected=["owner@example.com"],
        lifecycle_ignore=["new1@example.com"],
        lifecycle_max_changes=1,
        lifecycle_reinvite_after=2.5,
    )["result"]
    for service in ("honeycomb", "honeybadger"):
        text = found[service]["msg"]
        assert "protected: owner@example.com" in text
        assert "max_removals: 1 person would lose access or an invitation; the maximum is 0" in text
    plan = [(step["action"], step["email"]) for step in found["honeybadger"]["plan"]]
    assert ("reinvite", "old@example.com") in plan
    assert not [email for _unused, email in plan if email in ("new1@example.com", "young@example.com")]

    found = left(control, lifecycle_people=["new1@example.com", "new2@example.com"], lifecycle_max_changes=1)["result"]
    assert [found[name]["summary"]["deferred"] for name in ("honeycomb", "honeybadger")] == [1, 1]

    demoted = [{"email": "ada@example.com", "honeycomb": {"role": "member"}}]
    found = left(control, lifecycle_people=demoted, lifecycle_min_admins=2)["result"]
    assert "min_admins" in found["honeycomb"]["msg"]
    demoted = [{"email": "owner@example.com", "honeybadger": {"role": "Admin"}}]
    assert left(control, lifecycle_people=demoted, lifecycle_min_owners=0)["failed"] == ""
    assert access(sim)["owner"] == "admin/Admin"
