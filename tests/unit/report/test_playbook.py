# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook `report`, run by name: one report of all hosts, whatever happens to some of them."""

from __future__ import annotations

import json
import re
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.quick import slow
from tests.simulator import Fault, Simulator
from tests.unit.playbooks.conftest import Control

ROSTER = """\
people:
  - owner@example.com
  - email: zoe@example.com
    honeycomb: {}
"""


def read(control: Control, folder: str = "out") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((control.folder / folder / "report.json").read_text())
    return found


def status(control: Control) -> dict[tuple[str, str | None], str]:
    return {(target["host"], target["service"]): target["status"] for target in read(control)["targets"]}


def stats(output: str) -> dict[str, Any]:
    """The artefact of the job, as the end of the output shows it."""
    found: dict[str, Any] = json.loads(re.findall(r"RUN: (\{.*\})\n", output)[-1])
    return found


def test_one_host_without_a_roster(control: Control, sim: Simulator) -> None:
    sim.honeybadger.invite("bob@example.com", "Member", [3])
    done = control.play("report", report_dir="kept/out")
    assert done.code == 0
    folder = control.folder / "kept" / "out"
    assert sorted(path.name for path in folder.iterdir()) == ["report.csv", "report.html", "report.json"]
    assert [stat.S_IMODE(made.stat().st_mode) for made in (folder, folder.parent)] == [0o700, 0o700]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    people = {person["email"]: person for person in read(control, "kept/out")["people"]}
    assert people["bob@example.com"]["access"][0]["status"] == "pending"
    assert {access["role"] for access in people["owner@example.com"]["access"]} == {"admin", "Owner"}
    assert read(control, "kept/out")["targets"][1]["quota"]["days"]
    text = "".join(path.read_text() for path in folder.iterdir())
    assert not [secret for secret in sim.secrets if secret in text]
    assert sim.writes() == []


def test_drift_fails_the_job_that_asks_for_it(control: Control, sim: Simulator) -> None:
    sim.honeycomb.add("mallory@example.com", "admin")
    control.write("people.yml", ROSTER)
    environment = {"ANSIBLE_SHOW_CUSTOM_STATS": "true"}
    told = control.play("report", environment=environment, report_dir="out", roster_file="people.yml", fail_on_drift="")
    assert told.code == 0
    drift = stats(told.output)["report_result"]["drift"]
    assert drift["counts"] == {"unexpected": 1, "missing": 1, "role": 0, "teams": 0, "stray_key": 0}
    failed = control.play("report", report_dir="out", roster_file="people.yml", fail_on_drift="yes")
    assert failed.code == 2
    assert "1 should not be there, 1 missing" in failed.failures["localhost"]
    assert "people.yml:3: zoe@example.com is missing in Honeycomb of localhost" in failed.output
    sarif = json.loads((control.folder / "out/drift.sarif").read_text())
    assert {result["ruleId"] for result in sarif["runs"][0]["results"]} == {"access/unexpected", "access/missing"}
    fixed = control.play("report", report_dir="out", people="owner@example.com mallory@example.com", fail_on_drift=True)
    assert fixed.code == 2  # Mallory is missing in Honeybadger now


def test_who_accepted_under_another_address_is_no_drift(control: Control, sim: Simulator) -> None:
    sim.configure(accepted_email="kept")
    sim.honeybadger.invite("eve@example.com", "Admin")
    sim.honeybadger.accept("eve@example.com", "eve@home.example")
    people = ["owner@example.com", {"email": "eve@example.com", "honeybadger": {"role": "Admin"}}]
    done = control.play("report", report_dir="out", people=people, fail_on_drift=True)
    assert done.code == 0, done.output
    assert [person["addresses"] for person in read(control)["people"] if "eve" in person["email"]] == [
        ["eve@example.com"]
    ]


def test_drift_is_what_reconcile_would_change_for_whoever_accepted(control: Control, sim: Simulator) -> None:
    """Eve accepted an invitation that was sent to another address of hers."""
    sim.configure(accepted_email="kept")
    sim.honeybadger.invite("eve@example.com", "Admin")
    sim.honeybadger.accept("eve@example.com", "eve@home.example")
    both = control.play("report", report_dir="out", people="owner@example.com eve@example.com eve@home.example")
    assert "eve@example.com and eve@home.example are the same person here" in both.failures["localhost"]
    assert "lifecycle_ignore" in both.failures["localhost"]
    ignored = control.play(
        "report",
        report_dir="out",
        people=["owner@example.com"],
        fail_on_drift=True,
        lifecycle_ignore=["eve@example.com"],
    )
    assert ignored.code == 0, ignored.output
    sim.honeybadger.add_invitation("eve@example.com", role="Admin")
    people = ["owner@example.com", {"email": "eve@example.com", "honeybadger": {"role": "Admin"}}]
    twice = control.play("report", report_dir="out", people=people, fail_on_drift=True)
    assert twice.code == 0, twice.output


def test_the_roster_of_the_run_wins_over_people_of_the_inventory(control: Control, sim: Simulator) -> None:
    hosts = control.inventory({"acme": control.variables("one")}, {"people": ["zoe@example.com"]})
    control.write("people.json", ["owner@example.com"])
    done = control.play("report", *hosts, report_dir="out", roster_file="people.json", fail_on_drift=True)
    assert done.code == 0, done.output


def test_a_row_has_its_own_drift(control: Control, sim: Simulator) -> None:
    sim.honeybadger.add("eve@home.example", "Admin")
    sim.honeybadger.invite("eve@example.com", "Member")
    people = [
        "owner@example.com",
        {"email": "eve@example.com", "aliases": ["eve@home.example"], "honeybadger": {"role": "Owner"}},
    ]
    control.play("report", report_dir="out", people=people)
    rows = [line.split(",") for line in (control.folder / "out/report.csv").read_text().splitlines()]
    assert [(row[4], row[5], row[-1]) for row in rows if row[0].startswith("eve")] == [
        ("Admin", "active", "role"),
        ("Member", "pending", ""),
    ]


def test_a_blank_of_a_form_counts_as_not_given(control: Control, sim: Simulator) -> None:
    """Also one of a name that the playbook sets itself, which a form's value would beat as an extra variable."""
    blanks: Any = {
        "report_people": None,
        "report_roster_file": "",
        "report_fail_on_drift": " ",
        "report_pending_days": "",
    }
    people = "owner@example.com zoe@example.com"
    done = control.play("report", report_dir="out", people=people, fail_on_drift="yes", **blanks)
    assert done.code == 2
    assert "Access is not what the roster says: 2 missing" in done.failures["localhost"]


def test_what_changed_since_the_last_report(control: Control, sim: Simulator) -> None:
    first = control.play("report", report_dir="out")
    assert (first.changed, read(control)["changes"]) == ({"localhost": 1}, None)
    earlier = control.folder / "out/drift.sarif"
    earlier.write_text("{}")
    second = control.play("report", report_dir="out")
    assert (second.changed, read(control)["changes"]["findings"]) == ({"localhost": 0}, [])
    assert not earlier.exists()
    sim.honeycomb.add("ada@example.com")
    sim.honeybadger.invite("ada@example.com", "Admin", [])
    third = control.play("report", "--check", report_dir="out")
    assert third.changed == {"localhost": 1}
    assert read(control)["changes"]["findings"] == []
    control.play("report", report_dir="out")
    found = {(change["type"], change["service"]) for change in read(control)["changes"]["findings"]}
    assert found == {("joined", "honeycomb"), ("invited", "honeybadger")}


@pytest.mark.slow
def test_a_key_that_works_is_not_called_disabled_since_its_creator_left(control: Control, sim: Simulator) -> None:
    environment = {"HONEYCOMB_KEY_ID": sim.management_key_id, "HONEYCOMB_KEY_SECRET": sim.management_key_secret}
    sim.honeycomb.add("ada@example.com")
    sim.honeycomb.keys.add("ada@example.com", "ingest", "Collector")
    found = []
    for change in (list, lambda: sim.honeycomb.remove("ada@example.com"), lambda: sim.honeycomb.add("ada@example.com")):
        change()
        control.play("report", report_dir="out", environment=environment)
        changes = read(control)["changes"]
        found.append([] if changes is None else [item["type"] for item in changes["findings"]])
    assert found == [[], ["left"], ["joined"]]


def test_a_host_costs_one_task_and_the_report_three(control: Control) -> None:
    """The rest of the tasks is for all hosts at once, or skipped, so that many hosts cost little."""
    hosts = {"first": control.variables("one"), "second": control.variables("two")}
    done = control.play("report", *control.inventory(hosts), report_dir="out")
    assert {host: counts["ok"] for host, counts in done.stats.items()} == {"first": 4, "second": 1}
    assert done.artefacts["report_result"]["files"]["html"].endswith("report.html")


@pytest.mark.parametrize("strategy", ["linear", *slow("free")])
def test_hosts_that_cannot_be_read_are_named(control: Control, strategy: str) -> None:
    hosts = {
        "first": control.variables("one"),
        "second": {**control.variables("two"), "honeycomb_api_key": "wrongKey"},
        "third": {},
    }
    done = control.play(
        "report", *control.inventory(hosts), environment={"ANSIBLE_STRATEGY": strategy}, report_dir="out"
    )
    assert done.code == 2
    assert set(done.failures) == {"second", "third"}
    assert status(control) == {
        ("first", "honeycomb"): "read",
        ("first", "honeybadger"): "read",
        ("second", "honeycomb"): "failed",
        ("second", "honeybadger"): "read",
        ("third", None): "failed",
    }
    assert "wrongKey" not in (control.folder / "out/report.html").read_text()


@pytest.mark.parametrize("serial", [1, *slow(2)])
def test_the_role_in_a_play_of_ones_own(control: Control, serial: int) -> None:
    hosts = {"first": control.variables("one"), "gone": {}, "last": control.variables("two")}
    control.write("hosts.json", {"all": {"hosts": hosts}})
    control.write(
        "mine.yml",
        [
            {
                "hosts": "all",
                "connection": "local",
                "gather_facts": False,
                "serial": serial,
                "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}", "report_dir": "out"},
                "tasks": [{"ansible.builtin.include_role": {"name": "honeyops.access.report"}}],
            }
        ],
    )
    done = control.play("mine.yml", "-i", "hosts.json", "--limit", "first,last")
    assert done.code == 0
    assert set(status(control).values()) == {"read"}
    assert {host for host, _service in status(control)} == {"first", "last"}


@pytest.mark.parametrize("how", [{"when": "inventory_hostname == 'first'"}, *slow({"run_once": True})])
def test_hosts_that_do_not_run_the_role(control: Control, how: dict[str, Any]) -> None:
    """The others do not wait for them in vain, and find drift all the same."""
    control.sims["one"].honeycomb.add("mallory@example.com", "admin")
    hosts = {"first": control.variables("one"), "last": control.variables("two")}
    control.write("hosts.json", {"all": {"hosts": hosts}})
    role = {"name": "honeyops.access.report"}
    control.write(
        "mine.yml",
        [
            {
                "hosts": "all",
                "connection": "local",
                "gather_facts": False,
                "vars": {
                    "ansible_python_interpreter": "{{ ansible_playbook_python }}",
                    "report_dir": "out",
                    "report_people": ["owner@example.com"],
                    "report_fail_on_drift": True,
                },
                "tasks": [{"ansible.builtin.include_role": role, **how}],
            }
        ],
    )
    done = control.play("mine.yml", "-i", "hosts.json")
    assert done.code == 2
    assert "1 should not be there" in done.failures["first"]
    assert status(control) == {
        ("first", "honeycomb"): "read",
        ("first", "honeybadger"): "read",
        ("last", None): "failed",
    }


def test_odd_figures_do_not_keep_the_report_from_being_written(control: Control, sim: Simulator) -> None:
    account = {"id": sim.account_id, "api_stats": {"stored": 5, "limited": [5], "ignored": None}}
    sim.fail(Fault("html", method="GET", path="/v2/accounts/[^/]+$", body=account))
    assert control.play("report", report_dir="out").code == 0
    assert read(control)["targets"][1]["quota"]["days"] == []


def test_teams_that_cannot_be_read_are_no_drift(control: Control, sim: Simulator) -> None:
    sim.configure(team_lists="missing", teams_denied=(7,))
    sim.honeybadger.teams.add_member(7, "owner@example.com")
    people = [{"email": "owner@example.com", "honeycomb": {}, "honeybadger": {"team_ids": [7]}}]
    variables = {"report_dir": "out", "report_teams": "yes", "people": people, "fail_on_drift": True}
    # Not play(), since newer versions of ansible-core show the warning of the module, too.
    command = [sys.executable, "-m", "ansible", "playbook", "honeyops.access.report", "-e", json.dumps(variables)]
    done = control.run(command)
    assert done.code == 0, done.output
    (target,) = (target for target in read(control)["targets"] if target["service"] == "honeybadger")
    assert not target["teams_read"]
    assert [note for note in target["notes"] if "cannot read" in note and note.endswith(" 7")]


def test_somebody_who_is_only_invited_to_a_team(control: Control, sim: Simulator) -> None:
    for email in ("ghost@example.com", "owner@example.com", "zoe@example.com"):
        sim.honeybadger.teams.add_invitation(7, email)
    told = control.play("report", report_dir="out", report_teams="yes")
    assert told.code == 0, told.output
    assert "In teams only" in told.output
    control.write("people.yml", ROSTER)
    sim.honeycomb.add("zoe@example.com")
    done = control.play("report", report_dir="out", report_teams="yes", roster_file="people.yml", fail_on_drift=True)
    assert done.code == 2
    findings = read(control)["drift"]["findings"]
    # By the roster, Zoe is in Honeycomb only.
    assert {(one["kind"], one["email"]) for one in findings} == {
        ("unexpected", "ghost@example.com"),
        ("unexpected", "zoe@example.com"),
    }
    assert "invited to the team" in findings[0]["message"]


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({}, "Set report_dir"),
        ({"report_dir": "out", "report_previous": "empty.json"}, "is not a report of this collection"),
        ({"report_dir": "out", "report_previous": "nowhere.json"}, "nowhere.json cannot be read: No such file"),
        *slow(
            ({"report_dir": " "}, "Set report_dir"),
            ({"report_dir": "out", "fail_on_drift": "true"}, "fail_on_drift needs something"),
            ({"report_dir": "out", "fail_on_drift": "maybe", "people": ["a@example.com"]}, "give true or false"),
            ({"report_dir": "out", "roster_file": "nowhere.yml"}, "there is no such file"),
            ({"report_dir": "out", "people": ["nobody"]}, "is not an e-mail address"),
            ({"report_dir": "out", "report_previous": "hosts.json"}, "is not a report of this collection"),
            ({"report_dir": "out", "fail_on_drfit": "true"}, "Did you mean fail_on_drift?"),
        ),
    ],
)
def test_what_cannot_be_worked_with_is_said(control: Control, variables: dict[str, Any], says: str) -> None:
    control.write("empty.json", {"generated_at": "", "targets": [{}], "people": []})
    done = control.play("report", **variables)
    assert done.code == 2
    assert says in done.failures["localhost"]
    assert "Access could not be read" not in done.failures["localhost"]


def test_an_encrypted_roster_is_read(control: Control, tmp_path: Path) -> None:
    from ansible.parsing.vault import VaultLib, VaultSecret

    vault = VaultLib([("default", VaultSecret(b"example"))])
    control.write("password", "example")
    control.write("people.yml", vault.encrypt(ROSTER.encode()).decode())
    done = control.play("report", "--vault-password-file", "password", report_dir="out", roster_file="people.yml")
    assert done.code == 0
    assert read(control)["drift"]["counts"]["missing"] == 1


def test_keys_and_teams_where_they_may_be_read(control: Control, sim: Simulator) -> None:
    sim.honeycomb.keys.add("owner@example.com", "ingest", "Collector")
    sim.honeycomb.keys.add("left@example.com", "configuration", "Old deploy")
    sim.honeybadger.teams.add_member(7, "owner@example.com")
    sim.configure(pending_listed=True)
    sim.honeycomb.add("heir@example.com", "admin", accepted=False)  # by somebody else, and the list of members shows it
    environment = {"HONEYCOMB_KEY_ID": sim.management_key_id, "HONEYCOMB_KEY_SECRET": sim.management_key_secret}
    done = control.play("report", environment=environment, report_dir="out", report_teams="yes")
    assert done.code == 0
    owner, heir = sorted(read(control)["people"], key=lambda person: person["email"] != "owner@example.com")
    assert [access["status"] for access in heir["access"]] == ["pending"]
    held = {access["service"]: access for access in owner["access"]}
    assert "Collector" in {key["name"] for key in held["honeycomb"]["keys"]}
    assert [team["id"] for team in held["honeybadger"]["teams"]] == [7]
    strays = [finding for finding in read(control)["drift"]["findings"] if "Old deploy" in finding["message"]]
    assert [finding["kind"] for finding in strays] == ["stray_key"]
    text = "".join(path.read_text() for path in (control.folder / "out").iterdir())
    assert not [secret for secret in sim.secrets if secret in text]


def test_keys_whose_makers_cannot_be_read_are_no_drift(control: Control, sim: Simulator) -> None:
    sim.honeycomb.keys.add("left@example.com", "configuration", "Old deploy")
    sim.configure(management_scopes="api-keys:read")
    environment = {"HONEYCOMB_KEY_ID": sim.management_key_id, "HONEYCOMB_KEY_SECRET": sim.management_key_secret}
    assert control.play("report", environment=environment, report_dir="out", warned="could not be read").code == 0
    report = read(control)
    (honeycomb,) = [target for target in report["targets"] if target["service"] == "honeycomb"]
    assert honeycomb["keys_read"]
    assert [note for note in honeycomb["notes"] if "users:read" in note]
    assert not [finding for finding in report["drift"]["findings"] if finding["kind"] == "stray_key"]
