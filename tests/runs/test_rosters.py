# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rosters with groups, dates and targets, as playbooks follow them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.playing import Control, access
from tests.simulator import Simulator

TODAY = date.today()
GROUPS = f"""\
groups:
  platform:
    honeycomb: {{role: admin}}
    honeybadger: {{role: Admin}}
  support:
    honeybadger: {{role: Member}}
  other:
    honeycomb: {{role: member}}
    targets: [two]
people:
  - email: owner@example.com
    honeycomb: {{role: admin}}
    honeybadger: {{role: Owner}}
  - email: ada@example.com
    groups: [platform, support]
  - email: gone@example.com
    until: {TODAY - timedelta(days=2)}
  - email: soon@example.com
    groups: [{{group: support, until: {TODAY + timedelta(days=5)}}}]
  - email: later@example.com
    from: {TODAY + timedelta(days=5)}
  - email: elsewhere@example.com
    groups: [other]
"""


@pytest.fixture
def company(control: Control) -> Control:
    for sim in control.sims.values():
        for name in ("gone", "elsewhere", "later"):
            sim.honeycomb.add(f"{name}@example.com")
    control.write("roster/people.yml", GROUPS)
    control.write("roster/README.md", "not a roster")
    return control


def steps(played: Any, host: str, service: str = "honeycomb") -> dict[str, tuple[str, str]]:
    """Each step of the published plan: the action, and where it is from."""
    plan = played.artefacts["access_plan"][host][service]["steps"]
    return {step["email"].partition("@")[0]: (step["action"], step.get("because", "")) for step in plan}


def test_reconcile_follows_groups_dates_and_targets(company: Control) -> None:
    hosts = company.inventory({name: company.variables(name) for name in ("one", "two")}, {"roster_file": "roster"})
    more = {"lifecycle_max_removals": 10, "evidence_dir": "evidence"}
    planned = company.play("reconcile", *hosts, "--check", **more)
    assert planned.failures == {}, planned.output
    expected = {
        "ada": ("invite", "groups platform, support"),
        "gone": ("remove", f"until {TODAY - timedelta(days=2)}"),
        "later": ("remove", f"not before {TODAY + timedelta(days=5)}"),
    }
    assert steps(planned, "one") == {**expected, "elsewhere": ("remove", "group other is not for this target")}
    assert steps(planned, "two") == expected
    assert steps(planned, "one", "honeybadger") == {
        "ada": ("invite", "groups platform, support"),
        "soon": ("invite", "group support"),
    }
    ends = f"soon@example.com: the group support ends after {TODAY + timedelta(days=5)}"
    assert planned.artefacts["access_plan"]["one"]["honeybadger"]["ends"] == [ends]
    assert f"- {ends}" in planned.told
    done = company.play("reconcile", *hosts, **more)
    assert done.failures == {}, done.output
    assert access(company.sims["one"]) == {"ada": "admin?/Admin?", "owner": "admin/Owner", "soon": "-/Member?"}
    assert access(company.sims["two"])["elsewhere"] == "member/-"
    assert f"gone@example.com: Honeycomb: removed, was member (until {TODAY - timedelta(days=2)})" in done.text
    evidence = next(company.folder.glob("evidence/*one-gone@example.com.txt")).read_text()
    assert f"until {TODAY - timedelta(days=2)}" in evidence
    again = company.play("reconcile", *hosts, **more)
    assert again.changed == {"one": 0, "two": 0}


def test_another_day_is_for_check_mode_only(company: Control, sim: Simulator) -> None:
    day = TODAY + timedelta(days=6)
    more = {"roster_file": "roster/people.yml", "lifecycle_max_removals": 10, "lifecycle_as_of": str(day)}
    hosts = company.inventory({name: company.variables(name) for name in ("one", "two")})
    planned = company.play("reconcile", *hosts, "--check", **more)
    assert "later" not in steps(planned, "one")
    assert "soon" not in steps(planned, "one", "honeybadger")
    refused = company.play("reconcile", *hosts, **more)
    assert "lifecycle_as_of is for check mode only" in refused.failures["one"]
    assert (
        "lifecycle_as_of is '6.6.2030'; give a date"
        in company.play("onboard", "--check", email="ada@example.com", lifecycle_as_of="6.6.2030").failures["localhost"]
    )
    assert not [request for request in sim.log if request.method not in ("GET", "HEAD")]


def test_a_refusal_says_where_it_is_from(company: Control) -> None:
    hosts = company.inventory({name: company.variables(name) for name in ("one", "two")}, {"roster_file": "roster"})
    refused = company.play("reconcile", *hosts, lifecycle_max_removals=0)
    assert "max_removals" in refused.failures["one"]
    assert steps(refused, "one")["gone"] == ("remove", f"until {TODAY - timedelta(days=2)}")


def test_targets_and_people_of_several_files(control: Control, sim: Simulator) -> None:
    control.write("groups.yml", "groups: {support: {honeybadger: {}, targets: [eu, localhost]}}\n")
    control.write(
        "people.csv",
        "Work Email;groups;Status;Last Day\nada@example.com;support;x;\neve@example.com;;gone;2020-01-31\n",
    )
    control.write("more.json", '["ada@example.com"]')
    columns = {"email": "Work Email", "until": "Last Day"}
    files = ["groups.yml", "people.csv"]
    refused = control.play("onboard", roster_file=[*files, "more.json"], roster_columns=columns)
    text = refused.failures["localhost"]
    assert f"{control.folder}/groups.yml, line 1: targets has 'eu', which is neither a host nor a host group" in text
    assert "more.json, line 1: ada@example.com is here and in" in text
    assert "people.csv, line 2" in text
    assert sim.log == []
    control.write("groups.yml", "groups: {support: {honeybadger: {}, targets: [localhost]}}\n")
    sim.honeycomb.add("eve@example.com")
    done = control.play("onboard", roster_file=files, roster_columns=columns)
    assert done.failures == {}, done.output
    assert access(sim) == {"owner": "admin/Owner", "ada": "-/Member?"}
