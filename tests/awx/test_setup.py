# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""awx_setup against a stand-in for the controller, with the modules of awx.awx or stand-ins for them (see the README)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.awx import rules, stub_action, stub_lookup
from tests.awx.controller import TOKEN, Controller
from tests.awx.running import serialised
from tests.hostile import FORGED, LINK, Payload, forged
from tests.quick import slow
from tests.tools import tree

CHAT_TOKEN = "chatToken7f3a"
SETTINGS: dict[str, Any] = {
    "awx_setup_project_url": "https://git.example.com/access.git",
    "awx_setup_project_credential": "Git",
    "awx_setup_image": "registry.example.com/access-ee:1.0",
    "awx_setup_targets": [{"name": "search", "services": ["honeybadger"], "teams": ["3 - platform"]}],
    "awx_setup_chat": {"type": "slack", "configuration": {"token": CHAT_TOKEN, "channels": ["access"]}},
    "awx_setup_vault_credential": "Vault",
    "awx_setup_variables": {"lifecycle_memory": "file", "lifecycle_protected": ["boss@example.com"]},
    "awx_setup_evidence_dir": "/mnt/evidence",
    "awx_setup_directory": True,
}
LEAST = {"awx_setup_project_url": SETTINGS["awx_setup_project_url"]}
DEFAULTS = yaml.safe_load((tree.ROOT / "playbooks" / "vars" / "awx" / "settings.yml").read_text(encoding="utf-8"))
PROJECT = tree.ROOT / "extensions" / "awx" / "project"
PARTS = ("meta", "plugins", "roles", "playbooks")
"""All that a collection may need to work. What else it has is for people to look at."""


def collections(folder: Path) -> str:
    """Where Ansible finds this collection, as little of it as must do, and awx.awx."""
    access = folder / "collections" / tree.IN_COLLECTIONS
    access.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        if not (access / part).exists():
            (access / part).symlink_to(tree.ROOT / part)
    plugins = folder / "collections" / "ansible_collections" / "awx" / "awx" / "plugins"
    for kind in ("action", "lookup"):
        (plugins / kind).mkdir(parents=True, exist_ok=True)
    source = Path(stub_action.__file__).read_text(encoding="utf-8")
    for kind in stub_action.OPTIONS:
        (plugins / "action" / f"{kind}.py").write_text(source.replace('"KIND"', f'"{kind}"'))
    shutil.copy(stub_lookup.__file__, plugins / "lookup" / "controller_api.py")
    return os.pathsep.join([*filter(None, [os.environ.get("AWX_COLLECTIONS")]), str(folder / "collections")])


def set_up(controller: Controller, folder: Path, settings: dict[str, Any], *options: str, code: int = 0) -> str:
    """Run the playbook, and return what it prints."""
    environment = {
        **controller.environment,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "ANSIBLE_COLLECTIONS_PATH": collections(folder),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
    }
    command = ["-m", "ansible", "playbook", "honeyops.access.awx_setup", "-e", json.dumps(settings), *options]
    done = subprocess.run(
        [sys.executable, *command],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    output = done.stdout + done.stderr
    assert TOKEN not in output
    assert CHAT_TOKEN not in output
    assert done.returncode == code, output
    return output


@pytest.mark.slow
def test_set_up_twice(tmp_path: Path) -> None:
    with Controller(PROJECT) as controller:
        git = controller.add("credentials", name="Git")
        controller.add("credentials", name="Vault")
        set_up(controller, tmp_path, SETTINGS)
        assert controller.named("projects", "Access: project")["credential"] == git
        for kind in ("job_templates", "workflow_job_templates"):
            for number, item in controller.objects[kind].items():
                survey = controller.surveys.get((kind, number))
                assert bool(item["survey_enabled"]) == (survey is not None), item["name"]
                assert survey is None or rules.survey_faults(survey) == []
        onboard = controller.named("job_templates", "Access: search: onboard")
        questions = {q["variable"]: q for q in controller.surveys["job_templates", onboard["id"]]["spec"]}
        assert list(questions) == ["email", "honeybadger_role", "honeybadger_team_ids"]
        assert questions["honeybadger_team_ids"]["choices"] == ["3 - platform"]
        linked = controller.links["job_templates", onboard["id"], "credentials"]
        names = {controller.objects["credentials"][number]["name"] for number in linked}
        assert names == {"Access: search: Honeybadger", "Access: memory", "Vault"}
        everybody = controller.named("job_templates", "Access: all: onboard")
        linked = controller.links["job_templates", everybody["id"], "credentials"]
        assert {controller.objects["credentials"][number]["name"] for number in linked} == {"Access: memory", "Vault"}
        assert json.loads(controller.named("inventories", "Access: targets")["variables"]) == {
            "ansible_connection": "local",
            "ansible_python_interpreter": "{{ ansible_playbook_python }}",
            **SETTINGS["awx_setup_variables"],
        }
        apply = controller.named("job_templates", "Access: search: offboard - apply")
        assert json.loads(apply["extra_vars"])["evidence_dir"] == "/mnt/evidence"
        assert controller.named("credentials", "Access: search: Honeybadger")["inputs"] == {}
        assert controller.variables("search") == {"access_credentials": "environment"}
        assert len(controller.objects["workflow_approval_templates"]) == 4
        has_directory(controller, "search")

        memory = {"access_credentials": "environment", "honeyops_access_memory": {"team": {}}}
        controller.set_variables("search", memory)
        controller.log.clear()
        # The controller does not return the token, so nobody can tell whether it is the same.
        assert "changed=1 " in set_up(controller, tmp_path, SETTINGS, "-vvv")
        assert [entry[1].split("/")[3] for entry in controller.writes] == ["projects", "notification_templates"]
        assert controller.variables("search") == memory


def has_directory(controller: Controller, target: str) -> None:
    """Every job that reads the roster has the credential, and no other job, and the nightly job runs."""
    directory = controller.named("credentials", "Access: directory")
    assert directory["credential_type"] == controller.named("credential_types", "Access: directory")["id"]
    assert directory["inputs"] == {}
    reading = {
        controller.objects["job_templates"][number]["name"]
        for (kind, number, linked), found in controller.links.items()
        if (kind, linked) == ("job_templates", "credentials") and directory["id"] in found
    }
    own = {f"Access: {target}: {name}" for name in ("reconcile - plan", "reconcile - apply", "report")}
    assert reading == {*own, "Access: all: drift", "Access: review"}
    schedule = controller.named("schedules", f"Access: {target}: nightly joiners, movers, leavers")
    workflow = controller.objects["workflow_job_templates"][schedule["unified_job_template"]]
    assert schedule["enabled"] is True
    assert workflow["name"] == f"Access: {target}: joiners, movers, leavers"
    assert json.loads(workflow["extra_vars"]) == {"roster_file": "people.yml"}


@pytest.mark.slow
def test_a_project_that_cannot_be_synchronized_fails_the_set_up(tmp_path: Path) -> None:
    """Also in a second run, which finds the project as it asks for it."""
    with Controller(PROJECT) as controller:
        controller.unsynced = "Failed to download remote objects and refs: fatal: repository not found"
        for _run in range(2):
            output = " ".join(set_up(controller, tmp_path, LEAST, code=2).split())
            assert f"failed. {controller.unsynced}. Check awx_setup_project_url" in output
        assert controller.objects["job_templates"] == {}
        controller.unsynced = ""
        set_up(controller, tmp_path, LEAST)
        assert controller.named("projects", "Access: project")["status"] == "successful"
        workflow_of_approvals(controller, "payments")
        what_a_form_sends(controller)
        (memory,) = [item for item in controller.objects["credentials"].values() if item["name"] == "Access: memory"]
        assert memory["inputs"] == {"verify_ssl": True}
        assert controller.injected(**memory["inputs"])["CONTROLLER_VERIFY_SSL"] == "True"


def workflow_of_approvals(controller: Controller, target: str) -> None:
    """The links of a workflow, as the controller has them."""
    workflow = controller.named("workflow_job_templates", f"Access: {target}: offboard with approval")["id"]
    nodes = controller.objects["workflow_job_template_nodes"]
    names = {number: item["identifier"] for number, item in nodes.items() if item["workflow_job_template"] == workflow}
    links = {
        (names[number], kind.removesuffix("_nodes")): {names[other] for other in found}
        for (of, number, kind), found in controller.links.items()
        if of == "workflow_job_template_nodes" and number in names and found
    }
    assert links == {
        ("plan", "always"): {"what"},
        ("what", "success"): {"nothing"},
        ("what", "failure"): {"approval"},
        ("approval", "success"): {"apply"},
        ("approval", "failure"): {"denied"},
        ("apply", "success"): {"report", "done"},
        ("apply", "failure"): {"failed"},
    }


def what_a_form_sends(controller: Controller) -> None:
    """Answers to each survey that a person can leave as they are: blank choices are left out, and no list is sent."""
    for (kind, number), survey in controller.surveys.items():
        blanks: dict[str, Any] = {
            question["variable"]: [] if question["type"] == "multiselect" else question["default"]
            for question in survey["spec"]
            if question["type"] != "multiplechoice" or question["default"]
        }
        asked = {name: value or "ada@example.com" for name, value in blanks.items() if name in ("email", "dump_file")}
        status, launched = controller.answer(
            "POST",
            f"/api/v2/{kind}/{number}/launch/",
            {"extra_vars": {**blanks, **asked, "foreign": 1}},
            f"Bearer {TOKEN}",
        )
        assert status == 201, launched
        assert launched["ignored_fields"] == {"extra_vars": {"foreign": 1}}
        assert {"honeycomb_role", "honeybadger_role"}.isdisjoint(json.loads(launched["extra_vars"]))


@pytest.mark.slow
def test_what_left_the_settings_is_named_and_removed_if_asked(tmp_path: Path) -> None:
    """Nothing that the set-up did not make, and the credential last."""
    two = [
        {"name": "payments", "services": ["honeycomb", "honeybadger"]},
        {"name": "search", "services": ["honeycomb"]},
    ]
    with Controller(PROJECT) as controller:
        set_up(controller, tmp_path, {**LEAST, "awx_setup_targets": two})
        mine = {**controller.named("job_templates", "Access: search: onboard"), "name": "Access: search: mine"}
        mine.pop("id")
        controller.add("job_templates", **mine)
        controller.add("hosts", name="by-hand", inventory=controller.named("inventories", "Access: targets")["id"])
        one = {**LEAST, "awx_setup_targets": [{"name": "payments", "services": ["honeycomb"]}]}
        controller.log.clear()
        told = " ".join(set_up(controller, tmp_path, one).split())
        assert "Access: search: offboard with approval" in told
        assert "Access: search: Honeycomb" in told
        assert "Access: payments: Honeybadger" in told
        assert "awx_setup_prune" in told
        assert "mine" not in told
        assert "by-hand" not in told
        assert [entry for entry in controller.writes if entry[0] == "DELETE"] == []
        controller.log.clear()
        set_up(controller, tmp_path, {**one, "awx_setup_prune": True})
        removed = [entry[1].split("/")[3] for entry in controller.writes if entry[0] == "DELETE"]
        assert removed == [
            "credentials",
            *["workflow_job_templates"] * 3,
            *["job_templates"] * 8,
            "hosts",
            "credentials",
        ]
        left = {item["name"] for objects in controller.objects.values() for item in objects.values() if "name" in item}
        assert {name for name in left if "search" in name} == {"Access: search: mine"}
        assert {"by-hand", "payments", "Access: payments: Honeycomb", "Access: all: onboard"} <= left
        assert "Access: payments: Honeybadger" not in left
        assert len(controller.objects["workflow_approval_templates"]) == 4
        assert "Access: search: nightly joiners, movers, leavers" not in left
        assert controller.named("schedules", "Access: payments: nightly joiners, movers, leavers")["enabled"] is False
        controller.log.clear()
        assert "changed=0 " in set_up(controller, tmp_path, {**one, "awx_setup_prune": True})


@pytest.mark.slow
def test_set_up_with_what_must_be_given(tmp_path: Path) -> None:
    """No execution environment, no chat, no credential for the repository."""
    with Controller(PROJECT) as controller:
        set_up(controller, tmp_path, LEAST)
        project = str(controller.named("projects", "Access: project")["id"])
        controller.log.clear()
        assert "changed=0 " in set_up(controller, tmp_path, LEAST)
        assert controller.log != []
        assert [entry[1].split("/")[3:] for entry in controller.writes] == [["projects", project, "update", ""]]
        assert controller.objects["execution_environments"] == controller.objects["notification_templates"] == {}
        assert "credential" not in controller.named("projects", "Access: project")
        for item in controller.objects["job_templates"].values():
            assert "execution_environment" not in item


@pytest.mark.slow
def test_the_token_of_a_chat_is_never_shown(tmp_path: Path) -> None:
    chat = {"type": "slack", "configuration": {"token": CHAT_TOKEN, "channels": []}}
    with Controller(PROJECT) as controller:
        controller.add("credentials", name="Git")
        controller.add("credentials", name="Vault")
        output = set_up(controller, tmp_path, {**SETTINGS, "awx_setup_chat": chat}, "-vvv", code=2)
    assert "Check type and configuration in awx_setup_chat" in output


@pytest.mark.parametrize(
    "target",
    [
        {"name": "ungrouped", "services": ["honeycomb"]},
        *slow(
            {"name": "all", "services": ["honeycomb"]},
            {"name": "a:b", "services": ["honeycomb"]},
            {"name": "payments", "services": ["Honeycomb"]},
        ),
    ],
)
def test_a_target_that_no_job_could_have_is_refused(tmp_path: Path, target: dict[str, Any]) -> None:
    with Controller() as controller:
        output = set_up(controller, tmp_path, {**SETTINGS, "awx_setup_targets": [target]}, code=2)
        assert "Nothing was done" in output
        assert controller.log == []


def test_why_a_project_cannot_be_synchronized_is_data(tmp_path: Path) -> None:
    """It is the text of whoever has the repository."""
    payload = Payload(tmp_path)
    with Controller(PROJECT) as controller:
        controller.unsynced = payload.braces + FORGED + LINK
        output = set_up(controller, tmp_path, LEAST, code=2)
    assert not payload.fired
    assert forged(output) == []
    assert "lookup('pipe'" in output


@pytest.mark.slow
def test_what_the_controller_has_and_settings_marked_unsafe_are_data(tmp_path: Path) -> None:
    """Also names that others gave to their objects, next to those of the set-up."""
    payload = Payload(tmp_path)
    text = payload.braces + FORGED + LINK
    settings = {**spoiled({**DEFAULTS, **SETTINGS}, text), "awx_setup_prune": True}
    (tmp_path / "settings.yml").write_text(serialised(settings))
    with Controller(PROJECT) as controller:
        controller.add("organizations", name=settings["awx_setup_organization"])
        for name in ("image", "project", "vault"):
            controller.add("credentials", name=settings[f"awx_setup_{name}_credential"])
        for kind in ("credentials", "job_templates", "workflow_job_templates"):
            for name in (f"{text} of others", f"Access: {text}: onboard", f"Access: search: {text}"):
                controller.add(kind, name=name)
        for mode in ((), ("--check",), ()):
            output = set_up(controller, tmp_path, {}, "-e", "@settings.yml", *mode)
            assert not payload.fired, output
            assert forged(output, wrapped=True) == []
        search = controller.named("job_templates", "Access: search: onboard")
        assert payload.braces in json.dumps(controller.surveys["job_templates", search["id"]])


def spoiled(settings: dict[str, Any], text: str) -> dict[str, Any]:
    """The settings with that text in each that may be any text; the rest by their own rules."""

    def spoil(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: spoil(item) for name, item in value.items()}
        if isinstance(value, list):
            return [spoil(item) for item in value]
        return f"{value}{text}" if isinstance(value, str) else value

    ruled = ("awx_setup_targets", "awx_setup_chat", "awx_setup_nightly", "awx_setup_quarterly")
    found = {name: value if name in ruled else spoil(value) for name, value in settings.items()}
    found["awx_setup_targets"] = [
        {**target, "teams": spoil(target["teams"])} for target in settings["awx_setup_targets"]
    ]
    found["awx_setup_chat"] = {
        **settings["awx_setup_chat"],
        "configuration": {"token": CHAT_TOKEN, "channels": [text]},
    }
    return found
