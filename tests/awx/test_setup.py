# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""awx_setup against a stand-in for the controller, with stand-ins for the modules of awx.awx."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.awx import rules, stub_module
from tests.awx.controller import TOKEN, Controller
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
}


def set_up(controller: Controller, folder: Path, settings: dict[str, Any], *options: str, code: int = 0) -> str:
    modules = folder / "stub" / "ansible_collections" / "awx" / "awx" / "plugins" / "modules"
    modules.mkdir(parents=True, exist_ok=True)
    source = Path(stub_module.__file__).read_text(encoding="utf-8")
    for kind in stub_module.OPTIONS:
        (modules / f"{kind}.py").write_text(source.replace('"KIND"', f'"{kind}"'))
    environment = {
        **controller.environment,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "ANSIBLE_COLLECTIONS_PATH": f"{tree.link_source()}:{folder / 'stub'}",
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
    with Controller(tree.ROOT / "extensions" / "awx" / "project") as controller:
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
        assert "inputs" not in controller.named("credentials", "Access: search: Honeybadger")
        assert controller.variables("search") == {"access_credentials": "environment"}
        assert len(controller.objects["workflow_approval_templates"]) == 2

        memory = {"access_credentials": "environment", "honeyops_access_memory": {"team": {}}}
        controller.set_variables("search", memory)
        controller.log.clear()
        # The controller does not return the token, so nobody can tell whether it is the same.
        assert "changed=1 " in set_up(controller, tmp_path, SETTINGS, "-vvv")
        assert [entry[1].split("/")[3] for entry in controller.writes] == ["notification_templates"]
        assert controller.variables("search") == memory


@pytest.mark.slow
def test_set_up_with_what_must_be_given(tmp_path: Path) -> None:
    """No execution environment, no chat, no credential for the repository."""
    least = {"awx_setup_project_url": SETTINGS["awx_setup_project_url"]}
    with Controller(tree.ROOT / "extensions" / "awx" / "project") as controller:
        set_up(controller, tmp_path, least)
        controller.log.clear()
        assert "changed=0 " in set_up(controller, tmp_path, least)
        assert controller.log != []
        assert controller.writes == []
        assert controller.objects["execution_environments"] == controller.objects["notification_templates"] == {}
        assert "credential" not in controller.named("projects", "Access: project")
        for item in controller.objects["job_templates"].values():
            assert "execution_environment" not in item


@pytest.mark.slow
def test_the_token_of_a_chat_is_never_shown(tmp_path: Path) -> None:
    chat = {"type": "slack", "configuration": {"token": CHAT_TOKEN, "channels": []}}
    with Controller(tree.ROOT / "extensions" / "awx" / "project") as controller:
        controller.add("credentials", name="Git")
        controller.add("credentials", name="Vault")
        output = set_up(controller, tmp_path, {**SETTINGS, "awx_setup_chat": chat}, "-vvv", code=2)
    assert "Check type and configuration in awx_setup_chat" in output


@pytest.mark.parametrize(
    "target",
    [
        {"name": "all", "services": ["honeycomb"]},
        pytest.param({"name": "a:b", "services": ["honeycomb"]}, marks=pytest.mark.slow),
        pytest.param({"name": "payments", "services": ["Honeycomb"]}, marks=pytest.mark.slow),
    ],
)
def test_a_target_that_no_job_could_have_is_refused(tmp_path: Path, target: dict[str, Any]) -> None:
    with Controller() as controller:
        output = set_up(controller, tmp_path, {**SETTINGS, "awx_setup_targets": [target]}, code=2)
        assert "Nothing was done" in output
        assert controller.log == []
