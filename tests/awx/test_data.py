# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The data of awx_setup and the sample project, by the controller's rules, and the execution environment by its builder."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.honeyops.access.plugins.module_utils._http.address import NO_ADDRESS
from ansible_collections.honeyops.access.plugins.module_utils._services import SERVICES
from ansible_collections.honeyops.access.plugins.plugin_utils._directory.settings import CREDENTIALS, Credentials
from ansible_collections.honeyops.access.plugins.plugin_utils._run.approval import cut, published
from ansible_collections.honeyops.access.plugins.plugin_utils._words.chat import WHOLE, plan_text, summary_text
from tests.awx import rules
from tests.awx.aap_configuration import READS
from tests.awx.controller import Controller
from tests.tools import tree

AWX = tree.ROOT / "extensions" / "awx"
LARGEST = 500_000  # bytes of an event, as the guide says
DATA = tree.ROOT / "playbooks" / "vars" / "awx"
WRAPPERS = [
    *(f"{name}.yml" for name in ("onboard", "offboard", "reconcile", "dump", "report", "review")),
    *(f"{name}.yml" for name in ("drift", "approval", "result")),
]


class Loader(yaml.SafeLoader):
    """Reads text marked unsafe as text."""


Loader.add_constructor("!unsafe", lambda loader, node: str(node.value))


def data(name: str) -> Any:
    return yaml.load((DATA / f"{name}.yml").read_text(encoding="utf-8"), Loader)


def credential_type(name: str) -> Any:
    (found,) = [item for item in data("credential_types")["controller_credential_types"] if item["name"] == name]
    return found


def test_credential_types_are_accepted() -> None:
    for item in data("credential_types")["controller_credential_types"]:
        assert rules.credential_type_faults(item) == []


@pytest.mark.parametrize(("name", "service"), [("Honeycomb", "honeycomb"), ("Honeybadger account", "honeybadger")])
def test_credential_types_inject_what_the_collection_reads(name: str, service: str) -> None:
    item, info = credential_type(name), SERVICES[service]
    fields = {field["id"]: field for field in item["inputs"]["fields"]}
    assert set(item["injectors"]["env"]) == {setting.environment for setting in info.settings}
    assert {setting.option for setting in info.credentials} <= set(fields)
    for setting in info.credentials:
        assert bool(fields[setting.option].get("secret")) == setting.secret
        assert (setting.option in item["inputs"]["required"]) == setting.required
    needed = {setting.option: f"the {setting.option}" for setting in info.credentials if setting.required}
    plain = rules.injected(item, needed)
    assert plain[info.url.environment] == info.default_url
    for setting in info.credentials:
        assert plain[setting.environment] == needed.get(setting.option, "")
    assert rules.injected(item, {**needed, "host": "EU"})[info.url.environment].startswith("https://")
    assert rules.injected(item, {**needed, "host": "EU"})[info.url.environment] != info.default_url
    other = rules.injected(item, {**needed, "host": "other", "url": "https://other.example.com"})
    assert other[info.url.environment] == "https://other.example.com"
    for blank in ({}, {"url": ""}, {"url": " "}):
        assert rules.injected(item, {**needed, "host": "other", **blank})[info.url.environment] == NO_ADDRESS
    for missing in needed:
        assert rules.unstarted(item, {**needed, missing: ""}) == [missing]


def test_the_credential_type_of_a_directory_injects_what_it_is_read_with() -> None:
    """As variables, which every host reads; a blank counts as not given."""
    item = credential_type("Access: directory")
    fields = {field["id"]: field for field in item["inputs"]["fields"]}
    assert tuple(fields) == CREDENTIALS
    secrets = Credentials(**{name: name for name in CREDENTIALS}).secrets
    assert [name for name, field in fields.items() if field.get("secret")] == secrets
    told = rules.injected(item, {name: f"the {name}" for name in CREDENTIALS}, "extra_vars")
    assert told == {f"directory_{name}": f"the {name}" for name in CREDENTIALS}
    assert rules.injected(item, {"token": "t"}, "extra_vars") == {**dict.fromkeys(told, ""), "directory_token": "t"}


@pytest.mark.parametrize(
    "change",
    [
        {"inputs": {"fields": [{"id": "tower", "label": "x"}]}},
        {"inputs": {"fields": [{"id": "a", "label": "x"}, {"id": "a", "label": "y"}]}},
        {"inputs": {"fields": [{"id": "a", "label": "x", "type": "boolean", "secret": True}]}},
        {"inputs": {"fields": [{"id": "1a", "label": "x"}]}},
        {"inputs": {"fields": [{"id": "a", "label": "x", "format": "url"}]}},
        {"inputs": {"fields": [], "dependencies": {}}},
        {"injectors": {"env": {"ANSIBLE_CONFIG": "x"}}},
        {"injectors": {"env": {"KEY": "{{ missing }}"}}},
        {"kind": "ssh"},
    ],
)
def test_the_rules_refuse_what_awx_refuses(change: dict[str, Any]) -> None:
    assert rules.credential_type_faults({**credential_type("Honeycomb"), **change})


def test_the_controller_finds_the_wrappers_and_no_collection_names() -> None:
    playbooks = Controller(AWX / "project").playbooks()
    assert set(WRAPPERS) <= set(playbooks)
    assert "honeyops.access.onboard" not in playbooks
    named = {item["playbook"] for name in ("shared", "target") for item in data(name)["controller_templates"]}
    assert named == set(WRAPPERS)


def test_who_may_run_beside_whom_is_said_outright() -> None:
    for name in ("shared", "target"):
        for item in data(name)["controller_templates"]:
            assert isinstance(item["allow_simultaneous"], bool), item["name"]
            sliced = item["job_slice_count"] != 1
            assert sliced == ("all:" in item["name"]), item["name"]
            assert not item["allow_simultaneous"] or item["playbook"] == "approval.yml"
    for item in data("target")["controller_workflows"]:
        assert item["allow_simultaneous"] is False


def test_nothing_is_applied_without_an_approval() -> None:
    for workflow in data("target")["controller_workflows"][:2]:
        nodes = {node["identifier"]: node for node in workflow["simplified_workflow_nodes"]}
        assert leading(nodes, "apply") == ["approval"]
        assert nodes["approval"]["success_nodes"] == ["apply"]
        assert nodes["approval"]["approval_node"]["timeout"]
        assert nodes["what"] == {**nodes["what"], "failure_nodes": ["approval"], "success_nodes": ["nothing"]}
    for template in data("target")["controller_templates"]:
        if template["name"].endswith(" - apply"):
            assert template["extra_vars"]["lifecycle_require_approval"] is True
            assert template["job_type"] == "run"
        if template["name"].endswith(" - plan"):
            assert template["job_type"] == "check"


def leading(nodes: dict[str, Any], to: str) -> list[str]:
    """The nodes that a node comes after."""
    kinds = ("success_nodes", "failure_nodes", "always_nodes")
    return [name for name, node in nodes.items() for kind in kinds if to in node.get(kind, ())]


def test_what_is_done_at_night_is_within_the_limit_or_approved() -> None:
    workflow = data("target")["controller_workflows"][2]
    nodes = {node["identifier"]: node for node in workflow["simplified_workflow_nodes"]}
    applies = [name for name, node in nodes.items() if node.get("unified_job_template", "").endswith(" - apply")]
    assert applies == ["apply", "approved"]
    assert leading(nodes, "apply") == ["plan"] == leading(nodes, "over")
    assert leading(nodes, "approved") == ["approval"]
    assert [name for name, node in nodes.items() if "lifecycle_max_removals" in node.get("extra_data", ())] == [
        "over",
        "approved",
    ]
    assert set(workflow["extra_vars"]) == {"roster_file"}  # a limit there would be that of every node
    (schedule,) = data("target")["controller_schedules"]
    assert schedule["unified_job_template"] == workflow["name"]
    assert schedule["enabled"] == "{{ awx_setup_directory | bool }}"
    assert data("settings")["awx_setup_directory"] is False


def test_a_review_changes_nothing_without_an_approval_and_is_recorded_in_any_case() -> None:
    (workflow,) = data("shared")["controller_workflows"]
    nodes = {node["identifier"]: node for node in workflow["simplified_workflow_nodes"]}
    assert nodes["plan"]["success_nodes"] == ["what"]
    assert (nodes["what"]["success_nodes"], nodes["what"]["failure_nodes"]) == (["record"], ["approval"])
    assert nodes["approval"]["success_nodes"] == ["apply"]
    assert nodes["record"]["unified_job_template"] == nodes["apply"]["unified_job_template"] == "Access: review - apply"
    templates = {item["name"]: item for item in data("shared")["controller_templates"]}
    assert templates["Access: review - apply"]["extra_vars"]["lifecycle_require_approval"] is True
    assert templates["Access: review - plan"]["job_type"] == "check"


def test_whoever_launches_a_workflow_learns_how_it_ended() -> None:
    """They may read no other job in it. Every path ends in one of the last jobs, and a failure ends in one that fails."""
    for name in ("shared", "target"):
        (result,) = [item for item in data(name)["controller_templates"] if item["playbook"] == "result.yml"]
        assert result["ask_variables_on_launch"] is True
        assert "credentials" not in result
        for workflow in data(name)["controller_workflows"]:
            nodes = {node["identifier"]: node for node in workflow["simplified_workflow_nodes"]}
            last = {one for one, node in nodes.items() if node.get("unified_job_template") == result["name"]}
            assert {nodes[one]["extra_data"]["access_result"] for one in last} == last
            assert nodes["approval"]["failure_nodes"] == ["denied"]
            assert nodes["apply"]["failure_nodes"] == ["failed"]
            for one in nodes.keys() - last - {"report"}:
                links = {kind: set(nodes[one].get(f"{kind}_nodes", ())) for kind in ("success", "failure", "always")}
                assert links["always"] or (links["success"] and links["failure"]), one
                assert links["failure"] & last <= {"refused", "denied", "failed"}
                assert links["success"] & last <= {"nothing", "done", "carried_out"}


def test_the_sample_project_needs_no_galaxy() -> None:
    """A controller would call it at every synchronization, and what it brings comes before the execution environment's."""
    assert sorted(path.name for path in (AWX / "project").rglob("requirements.yml")) == []


def test_a_form_that_is_sent_as_it_is_changes_no_role() -> None:
    """AWX gives a question's default to whoever leaves the answer out, too."""
    questions = data("target")["awx_setup__honeycomb"] + data("target")["awx_setup__honeybadger"]
    assert [question["variable"] for question in questions] == ["honeycomb_role", "honeybadger_role"]
    assert {question["default"] for question in questions} == {""}


def test_a_sliced_job_uses_no_credential_of_the_environment() -> None:
    """No slice sees whether the hosts of another one use the same."""
    for item in data("shared")["controller_templates"]:
        if item["job_slice_count"] != 1:
            assert item["extra_vars"]["access_credentials"] == "variables", item["name"]


def test_surveys_ask_for_no_secret() -> None:
    text = "".join((DATA / f"{name}.yml").read_text(encoding="utf-8") for name in ("shared", "target"))
    assert "type: password" not in text
    for setting in (setting for info in SERVICES.values() for setting in info.credentials):
        assert f"variable: {setting.variable}" not in text


def test_messages_and_schedule_are_accepted() -> None:
    (chat,) = data("shared")["awx_setup__notifications"]
    assert rules.message_faults(chat["messages"]) == []
    for name in ("awx_setup_nightly", "awx_setup_nightly_changes", "awx_setup_quarterly"):
        assert rules.schedule_faults(data("settings")[name]) == []
    assert rules.schedule_faults("RRULE:FREQ=DAILY") != []


def step(action: str, email: str) -> dict[str, Any]:
    return {"action": action, "email": email, "before": {"role": "member"}, "after": None}


def plan(**fields: Any) -> dict[str, Any]:
    entry = {"plan_id": "", "refused": None, "counts": {}, "steps": [], "follow_up": [], **fields}
    return {"payments": {"honeycomb": entry}}


def test_what_needs_approval() -> None:
    removal = plan(plan_id="abc", counts={"remove": 1}, steps=[step("remove", "ada@example.com")])
    told = plan_text(removal)
    assert told["needs_approval"]
    assert "- remove ada@example.com (member)" in told["lines"]
    assert "1 change would be made" in told["chat"]
    assert not plan_text(plan(plan_id="abc"))["needs_approval"]
    assert "nothing needs approval" in plan_text(plan(plan_id="abc"))["chat"]
    refused = plan_text(plan(refused="It would remove 9 people."))
    assert refused["needs_approval"]
    assert "It would remove 9 people." in refused["chat"]
    elsewhere = {
        "payments": {"honeybadger": plan()["payments"]["honeycomb"], "honeybadger/A2": removal["payments"]["honeycomb"]}
    }
    assert plan_text(elsewhere)["needs_approval"]
    assert "payments, Honeybadger account A2: 1 change, plan abc" in plan_text(elsewhere)["lines"]
    for nothing in ({}, None, "", {"payments": None}):
        assert plan_text(nothing)["needs_approval"]
    many = plan_text(plan(counts={"remove": 500}, steps=[step("remove", f"p{i}@example.com") for i in range(200)]))
    assert len(many["chat"]) <= WHOLE
    assert many["lines"][-1] == "- and 300 more"


def test_what_is_shown_of_a_large_plan_is_cut() -> None:
    """A controller drops the result of an event above 700 kB, and has a text twice, in the result and in the output."""
    emails = [f"{'somebody.' * 8}{number}@example.com" for number in range(2000)]
    whole = published(
        {
            "plan_id": "abc",
            "summary": {"remove": len(emails)},
            "plan": [step("remove", email) for email in emails],
            "follow_up": [f"{'By hand for ' * 25}{email}" for email in emails],
        }
    )
    entry = cut(whole)
    assert len(whole["steps"]) == len(whole["follow_up"]) == 2000
    assert len(entry["steps"]) == 200
    told = plan_text({"payments": {"honeycomb": entry, "honeybadger": entry}})
    assert "- and 1800 more" in told["lines"]
    assert "- by hand: and 1900 more" in told["lines"]
    assert 2 * len(json.dumps(told["lines"])) < LARGEST


def test_a_summary_fits_a_chat() -> None:
    assert summary_text("payments", ["nothing to change"], "") == "payments: nothing to change\n"
    assert summary_text("payments", [], "It broke.") == "payments: FAILED. It broke.\n"
    assert len(summary_text("payments", ["x" * 5000], "")) < 700


def test_the_execution_environment(tmp_path: Path) -> None:
    definition = AWX / "execution-environment" / "execution-environment.yml"
    builder = [str(Path(sys.executable).with_name("ansible-builder"))]
    context = tmp_path / "context"
    command = [
        *builder,
        "create",
        "--file",
        str(definition),
        "--context",
        str(context),
        "--output-filename",
        "Containerfile",
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    assert "quay.io/centos/centos:stream10" in (context / "Containerfile").read_text()
    assert "honeyops.access" in (context / "_build" / "requirements.yml").read_text()
    collections = tmp_path / "collections" / "ansible_collections" / "honeyops" / "access"
    files = (
        "galaxy.yml",
        "meta/execution-environment.yml",
        "meta/ee-requirements.txt",
        "requirements.txt",
        "bindep.txt",
    )
    for name in files:
        (collections / name).parent.mkdir(parents=True, exist_ok=True)
        (collections / name).write_bytes((tree.ROOT / name).read_bytes())
    found = subprocess.run(
        [*builder, "introspect", str(tmp_path / "collections")], check=True, capture_output=True, text=True, timeout=60
    ).stdout
    assert "requests >= 2.32.4" in found or "requests>=2.32.4" in found
    assert "ldap3 >= 2.9.1" in found or "ldap3>=2.9.1" in found
    assert "ca-certificates" in found


ITEMS = {
    "controller_execution_environments": "awx_setup__environments",
    "controller_notifications": "awx_setup__notifications",
    "controller_credentials": "awx_setup__keys",
}
OF_SHARED = {**ITEMS, "controller_credentials": "awx_setup__shared"}


@pytest.mark.parametrize("name", ["credential_types", "shared", "target"])
def test_the_data_have_the_names_that_infra_aap_configuration_reads(name: str) -> None:
    found = data(name)
    variables = {key: value for key, value in found.items() if not key.startswith("awx_setup_")}
    assert variables
    for variable, items in variables.items():
        listed = items if isinstance(items, list) else found[(OF_SHARED if name == "shared" else ITEMS)[variable]]
        assert listed
        for item in listed:
            assert set(item) <= set(READS[variable].split()), item["name"]
            for node in item.get("simplified_workflow_nodes", ()):
                assert set(node) <= set(READS["simplified_workflow_nodes"].split()), node["identifier"]
