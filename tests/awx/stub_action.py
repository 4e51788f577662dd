# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stands for the modules of awx.awx that awx_setup uses, each of which is a copy with its own KIND.

It takes their options only, and asks the API for what they ask, in their order. As an action it needs no process of its own, and a
set-up takes seconds. The modules themselves are not needed to test; tests/awx/README.md says how to test with them.
"""

from __future__ import annotations

import contextlib
import json
import os
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

ENDPOINTS = {"inventory": "inventories"}
OPTIONS: dict[str, dict[str, str]] = {
    "credential_type": {"kind": "str", "inputs": "dict", "injectors": "dict"},
    "credential": {"organization": "str", "credential_type": "str", "inputs": "dict"},
    "execution_environment": {"organization": "str", "image": "str", "pull": "str", "credential": "str"},
    "project": {
        "organization": "str",
        "scm_type": "str",
        "scm_url": "str",
        "scm_branch": "str",
        "credential": "str",
        "scm_update_on_launch": "bool",
        "scm_update_cache_timeout": "int",
        "update_project": "bool",
        "wait": "bool",
    },
    "inventory": {"organization": "str", "kind": "str", "variables": "dict"},
    "host": {"inventory": "str", "enabled": "bool", "variables": "dict"},
    "notification_template": {
        "organization": "str",
        "notification_type": "str",
        "notification_configuration": "dict",
        "messages": "dict",
    },
    "job_template": {
        "organization": "str",
        "job_type": "str",
        "inventory": "str",
        "project": "str",
        "playbook": "str",
        "execution_environment": "str",
        "credentials": "list",
        "extra_vars": "dict",
        "ask_variables_on_launch": "bool",
        "survey_enabled": "bool",
        "survey_spec": "dict",
        "allow_simultaneous": "bool",
        "job_slice_count": "int",
        "notification_templates_success": "list",
        "notification_templates_error": "list",
    },
    "workflow_job_template": {
        "organization": "str",
        "allow_simultaneous": "bool",
        "ask_variables_on_launch": "bool",
        "extra_vars": "dict",
        "survey_enabled": "bool",
        "survey_spec": "dict",
        "notification_templates_approvals": "list",
        "notification_templates_error": "list",
    },
    "workflow_job_template_node": {
        "workflow_job_template": "str",
        "organization": "str",
        "unified_job_template": "str",
        "lookup_organization": "str",
        "approval_node": "dict",
        "extra_data": "dict",
        "success_nodes": "list",
        "failure_nodes": "list",
        "always_nodes": "list",
    },
    "schedule": {"organization": "str", "unified_job_template": "str", "rrule": "str", "enabled": "bool"},
}
REFERENCES = (
    "organization",
    "inventory",
    "project",
    "execution_environment",
    "credential",
    "credential_type",
    "unified_job_template",
)


def endpoint(kind: str) -> str:
    return ENDPOINTS.get(kind, f"{kind}s")


class Checked(Exception):
    """The first change is where a module of awx.awx ends in check mode."""


class Api:
    def __init__(self, check: bool) -> None:
        self.check, self.changed = check, False

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(
            f"{os.environ['CONTROLLER_HOST']}/api/v2/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {os.environ['CONTROLLER_OAUTH_TOKEN']}"},
        )
        self.changed = self.changed or method != "GET"
        if self.check and self.changed:
            raise Checked
        try:
            with urllib.request.urlopen(request) as answer:
                text = answer.read()
        except urllib.error.HTTPError as fault:
            raise AnsibleActionFail(f"{method} {path}: {fault.code} {fault.read().decode()}") from None
        return json.loads(text) if text else None

    def find(self, kind: str, **query: Any) -> Any:
        found = self.ask("GET", f"{endpoint(kind)}/?{urllib.parse.urlencode(query)}")["results"]
        return found[0] if found else None

    def number(self, kind: str, **query: Any) -> int:
        found = self.find(kind, **query)
        if found is None:
            raise AnsibleActionFail(f"There is no {kind} with {query}.")
        return int(found["id"])

    def associate(self, kind: str, own: str, lists: dict[str, list[str]], **of_node: int) -> None:
        """Link an object with those named, and with no others."""
        for name, values in lists.items():
            of = "credential" if name == "credentials" else "notification_template"
            wanted = [
                self.number(kind, identifier=value, **of_node) if of_node else self.number(of, name=value)
                for value in values
            ]
            linked = [item["id"] for item in self.ask("GET", f"{own}{name}/")["results"]]
            for item in wanted:
                if item not in linked:
                    self.ask("POST", f"{own}{name}/", {"id": item})
            for item in linked:
                if item not in wanted:
                    self.ask("POST", f"{own}{name}/", {"id": item, "disassociate": True})

    def approve(self, node: dict[str, Any], approval: dict[str, Any], lists: dict[str, list[str]]) -> None:
        """Make the approval of a node. The links that were given go to it, too, which has none."""
        related = node["related"].get("unified_job_template")
        there = self.ask("GET", related.removeprefix("/api/v2/")) if related else None
        if there is None:
            made = f"workflow_job_template_nodes/{node['id']}/create_approval_template/"
            there = self.ask("POST", made, approval)
        elif any(there.get(name) != value for name, value in approval.items()):
            self.ask("PATCH", f"workflow_approval_templates/{there['id']}/", approval)
        workflow = {"workflow_job_template": node["workflow_job_template"]}
        self.associate("workflow_job_template_node", f"workflow_approval_templates/{there['id']}/", lists, **workflow)

    def synchronize(self, project: dict[str, Any]) -> None:
        """Wait for the synchronization of a new project, or start one."""
        current = project["summary_fields"].get("current_update")
        update = current or self.ask("POST", project["related"]["update"].removeprefix("/api/v2/"))
        ended = self.ask("GET", f"project_updates/{update['id']}/")
        if ended["failed"]:
            raise AnsibleActionFail("Project update failed")
        self.changed = bool(current) or ended["scm_revision"] != project["scm_revision"]


class ActionModule(ActionBase):
    """The stand-in."""

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        """Make one object what the options say."""
        super().run(tmp, task_vars)
        kind = "KIND"  # the copy has its own name here
        node = kind == "workflow_job_template_node"
        key = "identifier" if node else "name"
        spec: dict[str, Any] = {name: {"type": of} for name, of in OPTIONS[kind].items()}
        spec |= {key: {"required": True}, "state": {"default": "present", "choices": ["present", "exists", "absent"]}}
        spec |= {} if node else {"description": {}}
        _checked, params = self.validate_argument_spec(argument_spec=spec)
        api = Api(self._task.check_mode)
        with contextlib.suppress(Checked):
            api.changed = made(api, kind, key, {name: value for name, value in params.items() if value is not None})
        return {"changed": api.changed}


def made(api: Api, kind: str, key: str, given: dict[str, Any]) -> bool:
    """Whether anything had to be changed."""
    state, survey, approval = given.pop("state"), given.pop("survey_spec", None), given.pop("approval_node", None)
    update, wait = given.pop("update_project", False), given.pop("wait", True)
    given.pop("lookup_organization", None)
    lists = {name: given.pop(name) for name in [name for name, value in given.items() if isinstance(value, list)]}
    for name in ("variables", "extra_vars"):
        if name in given:
            given[name] = json.dumps(given[name])
    if kind in ("schedule", "workflow_job_template_node"):
        given.pop("organization", None)
    for name in REFERENCES:
        if name in given:
            given[name] = api.number(name, name=given[name])
    of_node = {}
    if key == "identifier":
        given["workflow_job_template"] = api.number("workflow_job_template", name=given["workflow_job_template"])
        of_node = {"workflow_job_template": given["workflow_job_template"]}
    there = api.find(kind, **{key: given[key]}, **of_node)
    if state == "absent":
        if there is not None:
            api.ask("DELETE", f"{endpoint(kind)}/{there['id']}/")
        return there is not None
    if there is None:
        there = api.ask("POST", f"{endpoint(kind)}/", given)
    elif state == "exists":
        return False
    elif any(there.get(name) != value for name, value in given.items()):
        there = api.ask("PATCH", f"{endpoint(kind)}/{there['id']}/", given)
    own = f"{endpoint(kind)}/{there['id']}/"
    if survey is not None and api.ask("GET", f"{own}survey_spec/") != survey:
        api.ask("POST", f"{own}survey_spec/", survey)
    if kind == "project" and (update or (wait and api.changed)):
        api.synchronize(there)
    api.associate(kind, own, lists, **of_node)
    if approval is not None:
        api.approve(there, approval, lists)
    return api.changed
