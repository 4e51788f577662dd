# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rosters with groups, dates and targets, as playbooks follow them."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.playing import Control, access
from tests.simulator import Simulator
from tests.tools import tree

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
    more: dict[str, Any] = {"lifecycle_max_removals": 10, "evidence_dir": "evidence"}
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
    reported = company.play("report", *hosts, report_dir="report")
    assert reported.failures == {}, reported.output
    assert "By group: other 1, platform 1, support 2" in reported.text
    assert f"Ends soon: {ends}" in reported.text
    document = json.loads((company.folder / "report/report.json").read_text())
    ada = next(person for person in document["people"] if person["email"] == "ada@example.com")
    assert {access["because"] for access in ada["access"]} == {"groups platform, support"}
    Draft202012Validator(json.loads((tree.ROOT / "docs/report.schema.json").read_text())).validate(document)
    company.sims["one"].honeycomb.add("gone@example.com")
    drifted = company.play("report", *hosts, report_dir="report", fail_on_drift=True)
    assert (
        f"gone@example.com should not be in Honeycomb of one, but is there: member (until {TODAY - timedelta(days=2)})."
        in drifted.text
    )


def test_another_day_is_for_check_mode_only(company: Control, sim: Simulator) -> None:
    day = TODAY + timedelta(days=6)
    more: dict[str, Any] = {
        "roster_file": "roster/people.yml",
        "lifecycle_max_removals": 10,
        "lifecycle_as_of": str(day),
    }
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


def test_a_membership_that_ended_is_the_reason_for_the_service_that_goes(control: Control, sim: Simulator) -> None:
    """Another group remains, so the person stays and only a service of theirs goes."""
    ended = TODAY - timedelta(days=3)
    membership = f"groups: [platform, support]\n  - email: bob@example.com\n    groups: [{{group: other, until: {ended}}}, support]"
    control.write(
        "people.yml", GROUPS.replace("groups: [platform, support]", membership).replace("    targets: [two]\n", "")
    )
    sim.honeycomb.add("bob@example.com")
    sim.honeybadger.add("bob@example.com", "Admin")
    planned = control.play("reconcile", "--check", roster_file="people.yml")
    assert steps(planned, "localhost")["bob"] == ("remove", f"group other until {ended}")
    assert steps(planned, "localhost", "honeybadger")["bob"] == ("update", "group support")
    assert f"would be removed, is member (group other until {ended})" in planned.text


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


FAULTY = (
    "groups:\n  empty: {}\npeople:\n  - email: ada@example.com\n    groups: [emty]\n  - {email: bob, targets: [acne]}\n"
)


def test_check_tells_every_fault_with_its_place(control: Control, sim: Simulator) -> None:
    """Without credentials, as in the check of a pull request."""
    control.write("people.yml", FAULTY)
    control.write("merged.yml", "people:\n<<<<<<< HEAD\n- a@example.com\n=======\n>>>>>>> other\n")
    control.write("tab.yml", "people:\n\t- a@example.com\n")
    nobody = dict.fromkeys(control.credentials("one"), "")
    command: dict[str, Any] = {"roster_file": ["people.yml", "merged.yml", "tab.yml", "none.yml"], "report_dir": "out"}
    done = control.play("check", environment=nobody, **command)
    assert done.code != 0
    told = done.failures["localhost"].splitlines()
    assert told == [
        "5 faults:",
        "none.yml: there is no such file.",
        "merged.yml:2:1: there is a merge marker, <<<<<<<: choose one of the two versions.",
        "merged.yml:5:1: there is a merge marker, >>>>>>>: choose one of the two versions.",
        "people.yml:2:3: group empty: this group gives nothing: name honeycomb or honeybadger.",
        "tab.yml:2:1: there is a tab where YAML takes spaces only; put spaces in its place.",
    ]
    sarif = json.loads((control.folder / "out/roster.sarif").read_text())["runs"][0]["results"]
    places = [one["locations"][0]["physicalLocation"] for one in sarif]
    assert {"artifactLocation": {"uri": "tab.yml"}, "region": {"startLine": 2, "startColumn": 1}} in places
    assert len(sarif) == len(told) - 1
    one = control.play("check", environment=nobody, roster_file="people.yml").failures["localhost"]
    assert "people.yml:5:14: ada@example.com: there is no group 'emty'. Did you mean empty?" in one
    assert sim.log == []


def test_check_of_a_good_roster_and_of_targets(control: Control, sim: Simulator) -> None:
    control.write("people.yml", "- {email: ada@example.com, targets: [acme]}\n- bob@example.com\n")
    nobody = dict.fromkeys(control.credentials("one"), "")
    done = control.play("check", environment=nobody, roster_file="people.yml", report_dir="out")
    assert done.failures == {}, done.output
    assert "people.yml: 2 people, 0 groups." in done.text
    assert "There is no inventory, so the names in targets were not checked." in done.text
    assert json.loads((control.folder / "out/roster.sarif").read_text())["runs"][0]["results"] == []
    hosts = control.inventory({"acne": {}, "other": {}})
    failed = control.play("check", *hosts, environment=nobody, roster_file="people.yml")
    assert "people.yml:1:38: targets has 'acme', which is neither a host nor a host group" in failed.failures["acne"]
    assert "Set roster_file to the roster to check" in control.play("check").failures["localhost"]


def test_check_of_evidence(control: Control, sim: Simulator) -> None:
    sim.honeycomb.add("eve@example.com")
    assert control.play("offboard", email="eve@example.com", evidence_dir="kept").failures == {}
    assert "kept: the evidence is as it was written." in control.play("check", evidence_dir="kept").text
    path = next((control.folder / "kept").glob("*eve@example.com.txt"))
    path.write_text(path.read_text() + "and more\n")
    failed = control.play("check", evidence_dir="kept")
    assert f"kept: {path.name} was changed" in failed.failures["localhost"]
    assert "kept: this cannot be read" not in failed.text
