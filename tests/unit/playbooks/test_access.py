# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks that give and take access, run by name."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator import Simulator

from .conftest import Control, access

OWNER = {"owner": "admin/Owner"}
TEAM = {
    "people": [
        {
            "email": "ada@example.com",
            "honeycomb": {"role": "admin"},
            "honeybadger": {"role": "Admin", "team_ids": [3, 7]},
        },
        "bob@example.com",
        {"email": "carol@example.com", "honeybadger": {}},
        {"email": "eve@example.com", "state": "absent"},
    ]
}
INVITED = {"ada": "admin?/Admin?3,7", "bob": "member?/Member?", "carol": "-/Member?"}


@pytest.mark.slow  # molecule does the like in every run
def test_onboard_twice(control: Control, sim: Simulator) -> None:
    control.write("team.yml", TEAM)
    checked = control.play("onboard", "--check", "--diff", roster_file="team.yml")
    assert checked.code == 0
    assert sim.writes() == []
    first = control.play("onboard", "-e", "roster_file=team.yml")
    assert first.code == 0
    assert access(sim) == OWNER | INVITED
    requests = len(sim.log)
    second = control.play("onboard", "-vvvv", "-e", "roster_file=team.yml")
    assert (second.code, second.changed) == (0, {"localhost": 0})
    assert len(sim.log) == requests + 5  # the team of the key, three lists, and the teams, since Eve is absent
    assert len(sim.emails) == 5
    assert "Honeycomb: nothing to change, 2 requests" in second.told
    assert [line.replace("would be ", "") for line in checked.told[:3]] == first.told[:3]


@pytest.mark.slow
def test_a_form(control: Control, sim: Simulator) -> None:
    fields: dict[str, Any] = {
        "honeycomb_role": "none",
        "honeybadger_role": "Billing",
        "honeybadger_team_ids": "3,7",
        "people": "",
    }
    assert control.play("onboard", email="ada@example.com, BOB@example.com\ncarol@example.com", **fields).code == 0
    assert access(sim) == OWNER | dict.fromkeys(("ada", "bob", "carol"), "-/Billing?3,7")


@pytest.mark.slow
def test_what_is_for_reconcile_is_not_for_onboard_and_offboard(control: Control, sim: Simulator) -> None:
    sim.honeybadger.add("robot@example.com")
    sim.honeycomb.add("robot@example.com")
    host = control.inventory(
        {"acme": {**control.variables("one"), "lifecycle_exclusive": True, "lifecycle_max_removals": "100%"}}
    )
    assert control.play("onboard", *host, people=["ada@example.com"]).code == 0
    assert control.play("offboard", *host, people=["ada@example.com"]).code == 0
    assert access(sim) == OWNER | {"robot": "member/Member"}


def test_offboard_people_who_are_meant(control: Control, sim: Simulator) -> None:
    for name in ("ada", "bob", "carol"):
        sim.honeycomb.add(f"{name}@example.com")
        sim.honeybadger.add(f"{name}@example.com")
    sim.honeybadger.invite("dan@example.com")
    refused = control.play("offboard", email="ada@example.com bob@example.com", lifecycle_max_removals=1)
    assert "max_removals: 2 people" in refused.failures["localhost"]
    assert sim.writes() == []
    people: list[Any] = ["ada@example.com", {"email": "bob@example.com", "honeybadger": {}, "state": "present"}]
    done = control.play("offboard", people=[*people, "dan@example.com"])
    assert done.code == 0
    assert access(sim) == OWNER | {"carol": "member/Member"}
    assert [line for line in done.told if line.startswith("- Honeycomb: API keys that ada@example.com created")]
    assert control.play("offboard", "-e", "email=carol@example.com").code == 0
    assert access(sim) == OWNER


def test_offboard_holds_a_file_to_the_limit(control: Control, sim: Simulator) -> None:
    for name in ("ada", "bob", "carol"):
        sim.honeycomb.add(f"{name}@example.com")
        sim.honeybadger.add(f"{name}@example.com")
    control.write("leavers.csv", "email,state\nada@example.com,\nbob@example.com,present\n")
    refused = control.play("offboard", "-e", "roster_file=leavers.csv")
    assert "the maximum is 1 (25% of 4" in refused.failures["localhost"]
    assert sim.writes() == []
    assert control.play("offboard", "-e", "roster_file=leavers.csv", "-e", "lifecycle_max_removals=2").code == 0
    assert access(sim) == OWNER | {"carol": "member/Member"}


@pytest.mark.slow
def test_an_invitation_that_is_not_listed_is_cancelled(control: Control, sim: Simulator) -> None:
    assert control.play("onboard", email="ada@example.com").code == 0
    assert control.play("offboard", "--check", email="ada@example.com").code == 0
    assert access(sim) == OWNER | {"ada": "member?/Member?"}
    assert control.play("offboard", email="ada@example.com").code == 0
    assert access(sim) == OWNER
    assert control.play("onboard", email="ada@example.com").code == 0
    assert len(sim.emails_to("ada@example.com", "honeycomb")) == 2


@pytest.mark.slow  # molecule does the like in every run
def test_reconcile(control: Control, sim: Simulator) -> None:
    for name in ("ada", "bob", "mallory", "robot"):
        sim.honeycomb.add(f"{name}@example.com")
        sim.honeybadger.add(f"{name}@example.com")
    control.write("rosters/localhost.json", {"people": TEAM["people"][:2]})
    already: Any = {"warned": "ada@example.com is a user already, so team_ids has no effect"}
    roster = ("-e", "roster_file=rosters/{{ inventory_hostname }}.json")
    guards: dict[str, Any] = {"lifecycle_ignore": ["robot@example.com"], "lifecycle_protected": ["owner@example.com"]}
    refused = control.play("reconcile", *roster, **guards, lifecycle_max_removals=2, **already)
    assert "protected: owner@example.com" in refused.failures["localhost"]
    assert control.play("reconcile", *roster, "-e", "exclusive=false", **already).code == 0
    everybody = {"ada": "admin/Admin", "bob": "member/Member", "mallory": "member/Member", "robot": "member/Member"}
    assert access(sim) == OWNER | everybody
    guards["lifecycle_ignore"].append("owner@example.com")
    assert control.play("reconcile", *roster, "--check", "--diff", **guards, **already).code == 0
    assert access(sim) == OWNER | everybody
    assert control.play("reconcile", *roster, **guards, **already).code == 0
    del everybody["mallory"]
    assert access(sim) == OWNER | everybody
    kept = control.play("reconcile", people=["owner@example.com"], lifecycle_exclusive=False)
    assert (kept.code, kept.changed) == (0, {"localhost": 0})
    empty = control.play("reconcile", people=[])
    assert "The list has nobody who keeps access and lifecycle_exclusive is on" in empty.failures["localhost"]
    assert access(sim) == OWNER | everybody


def test_one_service_fails(control: Control, sim: Simulator) -> None:
    failed = control.play("onboard", email="ada@example.com", honeycomb_api_key="n0tTheKey")
    assert failed.code != 0
    assert access(sim) == OWNER | {"ada": "-/Member?"}
    assert failed.failures["localhost"].startswith("Honeycomb answered 401 ")
    assert failed.failures["localhost"].endswith(" The other service was done.")
    failed = control.play("onboard", email="bob@example.com", honeybadger_auth_token="n0tTheToken")
    assert failed.failures["localhost"].startswith("Honeybadger answered 403 ")
    assert access(sim) == OWNER | {"ada": "-/Member?", "bob": "member?/-"}
    assert "n0tThe" not in failed.output


@pytest.mark.slow  # molecule does the like in every run
def test_several_targets(control: Control, sim: Simulator) -> None:
    two = control.sims["two"]
    only = {key: value for key, value in control.variables("two").items() if key.startswith("honeybadger")}
    hosts = control.inventory({"one": control.variables("one"), "two": only})
    environment = {"HONEYCOMB_API_KEY": "", "HONEYBADGER_AUTH_TOKEN": "", "HONEYBADGER_ACCOUNT_ID": ""}
    control.write("rosters/one.yml", ["ada@example.com"])
    control.write("rosters/two.yml", ["bob@example.com"])
    roster = ("-e", "roster_file=rosters/{{ inventory_hostname }}.yml")
    done = control.play("onboard", *hosts, *roster, environment=environment)
    assert (done.code, done.changed) == (0, {"one": 1, "two": 1})
    assert access(sim) == OWNER | {"ada": "member?/Member?"}
    assert access(two) == OWNER | {"bob": "-/Member?"}
    narrowed = control.play("offboard", *hosts, *roster, "--limit", "two", environment=environment)
    assert list(narrowed.changed) == ["two"]
    assert access(two) == OWNER
