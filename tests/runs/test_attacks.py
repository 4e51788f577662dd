# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a stranger made the playbooks do to the wrong people, once each."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.playing import Control
from tests.quick import slow
from tests.simulator import Fault, Simulator

EVE, BOB = "eve@example.com", "bob@example.com"


def members(sim: Simulator) -> set[str]:
    return {member.email for member in sim.honeycomb.members}


@pytest.mark.parametrize(
    "stray",
    [
        {"lifecycle_state": "", "lifecycle_people": BOB, "lifecycle_exclusive": None},
        {"lifecycle_state": "present", "lifecycle_max_removals": ""},
    ],
    ids=["blank", "other"],
)
def test_no_variable_turns_an_offboarding_into_anything_else(
    control: Control, sim: Simulator, stray: dict[str, Any]
) -> None:
    for email in (EVE, BOB):
        sim.honeycomb.add(email)
        sim.honeybadger.add(email)
    done = control.play("offboard", email=EVE, **stray)
    assert done.code == 0, done.output
    assert members(sim) == {"owner@example.com", BOB}
    assert sim.emails == []


def test_two_keys_of_one_team_are_one_team(control: Control, sim: Simulator) -> None:
    """Only the service can tell: its answer about any kind of key names the team."""
    hosts = {
        "one": {"honeycomb_api_key": sim.configuration_key, "honeycomb_api_url": sim.honeycomb_url},
        "two": {"honeycomb_api_key": sim.ingest_key, "honeycomb_api_url": sim.honeycomb_url},
    }
    done = control.play("onboard", *control.inventory(hosts), email=EVE)
    assert done.code != 0
    assert "one and two are the same Honeycomb team" in done.text
    assert sim.writes() == []


def test_accounts_that_cannot_be_listed_are_not_passed_over(control: Control, sim: Simulator) -> None:
    sim.honeybadger.add(EVE)
    for everywhere in (True, False):
        sim.fail(Fault("status", method="GET", path="/v2/accounts$", status=403))
        done = control.play("offboard", "--check", email=EVE, lifecycle_all_accounts=everywhere)
        assert (done.code != 0) is everywhere
        assert "The accounts that the Honeybadger token can see could not be listed." in done.text
    assert sim.writes() == []


@pytest.mark.parametrize("typed", ["<eve@example.com>", *slow("eve@example.com.", "• eve@example.com", "eve@example")])
def test_what_is_no_address_is_not_looked_for(control: Control, sim: Simulator, typed: str) -> None:
    done = control.play("offboard", email=typed)
    assert done.code != 0
    assert "is not an e-mail address" in done.text
    assert sim.log == []


def test_two_hosts_that_are_one_account_are_named_in_the_report(control: Control, sim: Simulator) -> None:
    hosts = {name: control.variables("one", "honeybadger") for name in ("left", "right")}
    hosts["other"] = control.variables("two", "honeybadger")
    done = control.play("report", *control.inventory(hosts), report_dir="out")
    assert done.code == 0, done.output
    report = json.loads((control.folder / "out" / "report.json").read_text())
    notes = {target["host"]: " ".join(target["notes"]) for target in report["targets"]}
    for host in ("left", "right"):
        assert "left and right are the same Honeybadger account" in notes[host]
    assert notes["other"] == ""


def test_what_is_of_no_one_person_to_do_by_hand_stands_in_their_evidence(control: Control, sim: Simulator) -> None:
    sim.honeycomb.add(EVE)
    sim.honeycomb.keys.add("", name="nobody's")
    key = {"HONEYCOMB_KEY_ID": sim.management_key_id, "HONEYCOMB_KEY_SECRET": sim.management_key_secret}
    done = control.play("offboard", environment=key, email=EVE, evidence_dir="evidence")
    assert done.code == 0, done.output
    (file,) = (control.folder / "evidence").glob("[0-9]*.json")
    assert "nobody's" in str(json.loads(file.read_text())["services"]["honeycomb"]["by_hand"])


def test_a_plan_that_moved_and_is_refused_now_says_what_moved(control: Control, sim: Simulator) -> None:
    """It said that the other service was done, of a run that did nothing."""
    roster = ["owner@example.com", {"email": EVE, "state": "absent"}]
    for service in (sim.honeycomb, sim.honeybadger):
        service.add(EVE)
    plan = control.play("reconcile", "--check", people=roster).artefacts["access_plan"]
    sim.honeybadger.add(BOB)
    done = control.play("reconcile", people=roster, access_plan=plan)
    assert done.code != 0
    assert sim.writes() == []
    text = done.failures["localhost"]
    assert "not the one that was approved" in text
    assert f"New: remove {BOB}" in text
    assert "max_removals: 2 people" in text
    assert "other service" not in text
    result = next(event.result["result"] for event in done.events if "Read, plan" in event.task)
    assert {result[key]["error"]["code"] for key in ("honeycomb", "honeybadger")} == {"plan_changed"}


@pytest.mark.slow
def test_a_list_that_comes_as_json_text_is_a_list(control: Control, sim: Simulator) -> None:
    """With -e 'key=[...]' it is text: the first half was invited, and nobody was protected."""
    for email in (EVE, BOB):
        sim.honeycomb.add(email)
    done = control.play("offboard", email=EVE, lifecycle_protected=json.dumps([EVE]))
    assert done.code != 0
    assert f"protected: {EVE}" in done.text
    assert sim.writes() == []
    people = [{"email": "owner@example.com"}, EVE, {"email": BOB, "state": "absent"}]
    done = control.play("reconcile", people=json.dumps(people), lifecycle_ignore=f"['{EVE}']")
    assert done.code == 0, done.output
    assert members(sim) == {"owner@example.com", EVE}
    assert sim.emails == []
    done = control.play("onboard", people='[{"email": "ada@example.com"')
    assert done.code != 0
    assert "people begins like a list" in done.text
    assert sim.emails == []


def two_keys(sim: Simulator) -> dict[str, Any]:
    """Two hosts with different keys of one team."""
    keys = {"a": sim.configuration_key, "b": sim.ingest_key}
    return {host: {"honeycomb_api_key": key, "honeycomb_api_url": sim.honeycomb_url} for host, key in keys.items()}


@pytest.mark.parametrize("way", [["--limit", "a"], *slow(["--forks", "1"])], ids=["limit", "host_pinned"])
def test_two_keys_of_one_team_are_one_team_whatever_the_order(control: Control, sim: Simulator, way: list[str]) -> None:
    environment = {"ANSIBLE_STRATEGY": "host_pinned"} if "--forks" in way else {}
    done = control.play("onboard", *control.inventory(two_keys(sim)), *way, environment=environment, email=EVE)
    assert "a and b are the same Honeycomb team" in done.failures["a"]
    assert done.failures["a"].count("are the same") == 1
    assert sim.writes() == []


def test_a_connection_of_the_inventory_is_for_other_playbooks(control: Control, sim: Simulator) -> None:
    """The credentials would go to that machine."""
    away = {"ansible_connection": "ssh", "ansible_host": "192.0.2.1", "ansible_become": True}
    hosts = control.inventory({"a": {**control.variables("one"), **away}})
    for playbook in ("onboard", "report"):
        done = control.play(playbook, *hosts, email=EVE, report_dir="out")
        assert done.code == 0, done.output
    assert len(sim.emails) == 2


@pytest.mark.slow
def test_a_name_with_a_space_in_a_list_is_one_name(control: Control, sim: Simulator) -> None:
    sim.honeycomb.add("CI robot")
    for name in ("lifecycle_ignore", "lifecycle_protected"):
        names: dict[str, Any] = {name: ["CI robot", "x@y.z z@y.x"]}
        done = control.play("reconcile", people=["owner@example.com"], warned="which nobody has", **names)
        assert (done.code != 0) is (name == "lifecycle_protected")
        assert "ci robot" in members(sim) or "CI robot" in members(sim)
    assert sim.writes() == []


def test_a_mistyped_address_stops_every_service(control: Control, sim: Simulator) -> None:
    people = [{"email": "typo.example.com", "honeycomb": {"role": "member"}}, EVE]
    done = control.play("onboard", people=people)
    assert "Nothing was done on localhost. Honeycomb: 'typo.example.com' is not an e-mail address" in done.text
    assert sim.writes() == []
    sim.honeycomb.add("typo.example.com")
    assert control.play("onboard", people=people).code == 0
    assert len(sim.emails) == 2


def test_a_roster_with_a_name_that_is_no_address_can_be_reported(control: Control, sim: Simulator) -> None:
    sim.honeycomb.add("robot")
    assert control.play("dump", dump_file="people.yml", warned="may hide people").code == 0
    done = control.play("report", report_dir="out", roster_file="people.yml", fail_on_drift=True)
    assert done.code == 0, done.output


def test_a_refused_report_replaces_nothing(control: Control, sim: Simulator) -> None:
    assert control.play("report", report_dir="out").code == 0
    before = (control.folder / "out" / "report.json").read_text()
    refused = control.play("report", report_dir="out", roster_file="none.yml")
    assert "there is no such file" in refused.failures["localhost"]
    assert '"report"' not in refused.output
    assert (control.folder / "out" / "report.json").read_text() == before


def test_one_refused_host_keeps_no_other_from_the_report(control: Control, sim: Simulator) -> None:
    hosts = {"a": control.variables("one"), "b": {**control.variables("two"), "honeycomb_rolle": "member"}}
    done = control.play("report", *control.inventory(hosts), report_dir="out", people=[EVE], fail_on_drift=True)
    assert "honeycomb_rolle" in done.failures["b"]
    assert done.artefacts["report_result"]["drift"]["text"]
    report = json.loads((control.folder / "out" / "report.json").read_text())
    assert {target["host"] for target in report["targets"] if target["status"] == "read"} == {"a"}


def test_what_was_done_is_told_although_something_failed(control: Control, sim: Simulator) -> None:
    for service in (sim.honeycomb, sim.honeybadger):
        service.add(EVE)
    sim.fail(Fault("status", service="honeycomb", status=403, times=0))
    done = control.play("offboard", email=EVE)
    text = done.failures["localhost"]
    assert f"Changed: {EVE}: Honeybadger: removed, was Member." in text
    assert "Left to do by hand: " in text


def test_the_evidence_of_two_people_is_two_files(control: Control, sim: Simulator) -> None:
    people = ["jürgen@example.com", "jörgen@example.com"]
    for email in people:
        sim.honeybadger.add(email)
    done = control.play("offboard", people=people, evidence_dir="evidence")
    assert done.code == 0, done.output
    files = list((control.folder / "evidence").glob("[0-9]*.json"))
    assert sorted(json.loads(file.read_text())["email"] for file in files) == sorted(people)


def test_a_reconcile_leaves_evidence_too(control: Control, sim: Simulator) -> None:
    sim.honeycomb.add(EVE)
    done = control.play("reconcile", people=["owner@example.com"], evidence_dir="evidence")
    assert done.code == 0, done.output
    assert len(list((control.folder / "evidence").glob("[0-9]*.json"))) == 1


@pytest.mark.slow
def test_expected_plan_ids_may_come_as_json_text(control: Control, sim: Simulator) -> None:
    plan = control.play("onboard", "--check", email=EVE).artefacts["access_plan"]["localhost"]
    ids = json.dumps({service: entry["plan_id"] for service, entry in plan.items()})
    done = control.play("onboard", email=EVE, lifecycle_expected_plan_id=ids)
    assert done.code == 0, done.output
    assert len(sim.emails) == 2


@pytest.mark.parametrize("targets", [[], *slow(["", " "], ",", False, {})])
def test_a_list_of_no_hosts_is_not_every_host(control: Control, sim: Simulator, targets: Any) -> None:
    sim.honeycomb.add(EVE)
    hosts = control.inventory({"one": control.variables("one")})[:2]
    done = control.play("offboard", *hosts, email=EVE, access_targets=targets)
    assert done.code != 0
    assert "access_targets is" in done.text
    assert sim.log == []


def test_teams_that_cannot_be_told_apart_are_not_changed(control: Control, sim: Simulator) -> None:
    """Two keys, and the service does not say whose they are. Honeybadger is done all the same."""
    sim.fail(Fault("status", path="/1/auth$", status=500, times=0))
    keys = {"honeycomb_api_key": sim.ingest_key, "honeycomb_api_url": sim.honeycomb_url}
    hosts = {"one": control.variables("one"), "two": {**control.variables("two"), **keys}}
    done = control.play("onboard", *control.inventory(hosts), email=EVE)
    assert set(done.failures) == {"one", "two"}
    assert all("cannot be told whether another host is the same team" in text for text in done.failures.values())
    sent = [email.service for each in control.sims.values() for email in each.emails]
    assert sent == ["honeybadger", "honeybadger"]


def test_defaults_of_modules_hide_no_account(control: Control, sim: Simulator) -> None:
    other = sim.honeybadger.open("9bYfrm")
    other.add(EVE)
    sim.honeybadger.add(EVE)
    control.write(
        "play.yml",
        [
            {
                "hosts": "localhost",
                "gather_facts": False,
                "module_defaults": {
                    "group/honeyops.access.honeybadger": {
                        "auth_token": "{{ honeybadger_auth_token }}",
                        "account_id": "{{ honeybadger_account_id }}",
                    }
                },
                "roles": [{"role": "honeyops.access.lifecycle"}],
                "vars": {
                    **control.variables("one", "honeybadger"),
                    "lifecycle_people": [EVE],
                    "lifecycle_state": "absent",
                    "lifecycle_all_accounts": True,
                },
            }
        ],
    )
    assert control.play("play.yml").code == 0
    assert EVE not in json.dumps(sim.honeybadger.dump())


@pytest.mark.parametrize("text", [[f"*@{EVE}"], *slow(f'"{EVE}", "{BOB}"', f'- "{EVE}"\n- {BOB}')])
@pytest.mark.parametrize("guard", ["lifecycle_protected", "lifecycle_ignore"])
def test_a_guard_that_could_match_nobody_is_refused(control: Control, sim: Simulator, guard: str, text: Any) -> None:
    sim.honeycomb.add(EVE)
    done = control.play("offboard", email=EVE, **{guard: text})
    assert f"Nothing was done. {guard}: " in done.failures["localhost"]
    assert sim.writes() == []


def test_what_a_playbook_fills_in_cannot_be_given(control: Control, sim: Simulator) -> None:
    given = {"lifecycle_people": [BOB], "lifecycle_state": "present"}
    done = control.play("offboard", email=EVE, lifecycle_options=given)
    assert "lifecycle_options cannot be set" in done.failures["localhost"]
    assert sim.log == []


def test_names_of_keys_are_no_options(control: Control, sim: Simulator) -> None:
    sim.honeycomb.add(EVE)
    sim.honeycomb.keys.add(EVE, name="api_key")
    managed = {"HONEYCOMB_KEY_ID": sim.management_key_id, "HONEYCOMB_KEY_SECRET": sim.management_key_secret}
    done = control.play("offboard", email=EVE, environment=managed)
    assert done.code == 0
    assert "(api_key)" in done.text


def test_who_is_ignored_is_not_called_gone(control: Control, sim: Simulator) -> None:
    sim.honeycomb.add(EVE, "admin")
    done = control.play(
        "offboard", email=EVE, lifecycle_ignore=[EVE], evidence_dir="evidence", warned="lifecycle_ignore names"
    )
    assert done.code == 0
    assert sim.writes() == []
    assert f"{EVE}: Honeycomb: left alone, is still there as admin, active; Honeybadger: not found" in done.told
    record = json.loads(next((control.folder / "evidence").glob("[0-9]*.json")).read_text())["services"]["honeycomb"]
    assert [one["role"] for one in record["found"]] == ["admin"]
    assert record["remains"] == record["found"]


def test_what_is_left_elsewhere_is_told_after_a_failure(control: Control, sim: Simulator) -> None:
    other = sim.honeybadger.open("9bYfrm")
    other.add(EVE)
    done = control.play("offboard", email=EVE, honeycomb_api_key="wr0ngButWellFormed")
    assert "has access or an invitation there, too" in done.failures["localhost"]
