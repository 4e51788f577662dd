# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stands for the modules of awx.awx that awx_setup uses, each of which is a copy with its own KIND.

It takes their options only, and makes what they make through the API. The modules themselves are not needed to test.
"""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from ansible.module_utils.basic import AnsibleModule

ENDPOINTS = {"inventory": "inventories"}
OPTIONS: dict[str, dict[str, str]] = {
    "credential_type": {"kind": "str", "inputs": "dict", "injectors": "dict"},
    "credential": {"organization": "str", "credential_type": "str"},
    "execution_environment": {"organization": "str", "image": "str", "pull": "str", "credential": "str"},
    "project": {
        "organization": "str",
        "scm_type": "str",
        "scm_url": "str",
        "scm_branch": "str",
        "credential": "str",
        "scm_update_on_launch": "bool",
        "scm_update_cache_timeout": "int",
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


class Api:
    def __init__(self, module: AnsibleModule) -> None:
        self.module = module
        self.changed = False

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(
            f"{os.environ['CONTROLLER_HOST']}/api/v2/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {os.environ['CONTROLLER_OAUTH_TOKEN']}"},
        )
        self.changed = self.changed or method != "GET"
        try:
            with urllib.request.urlopen(request) as answer:
                text = answer.read()
        except urllib.error.HTTPError as fault:
            self.module.fail_json(msg=f"{method} {path}: {fault.code} {fault.read().decode()}")
        return json.loads(text) if text else None

    def find(self, kind: str, **query: Any) -> Any:
        found = self.ask("GET", f"{endpoint(kind)}/?{urllib.parse.urlencode(query)}")["results"]
        return found[0] if found else None

    def number(self, kind: str, **query: Any) -> int:
        found = self.find(kind, **query)
        if found is None:
            self.module.fail_json(msg=f"There is no {kind} with {query}.")
        return int(found["id"])


def main() -> None:
    kind = "KIND"  # the copy has its own name here
    node = kind == "workflow_job_template_node"
    key = "identifier" if node else "name"
    spec: dict[str, Any] = {name: {"type": of} for name, of in OPTIONS[kind].items()}
    spec.update({key: {"required": True}, "state": {"default": "present", "choices": ["present", "exists"]}})
    if not node:
        spec["description"] = {}
    module = AnsibleModule(spec)
    api = Api(module)
    given = {name: value for name, value in module.params.items() if value is not None}
    state, survey, approval = given.pop("state"), given.pop("survey_spec", None), given.pop("approval_node", None)
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
    query = {key: given[key]}
    if node:
        given["workflow_job_template"] = api.number("workflow_job_template", name=given["workflow_job_template"])
        query["workflow_job_template"] = given["workflow_job_template"]
    there = api.find(kind, **query)
    if there is None:
        there = api.ask("POST", f"{endpoint(kind)}/", given)
    elif state == "exists":
        module.exit_json(changed=False)
    elif any(there.get(name) != value for name, value in given.items()):
        api.ask("PATCH", f"{endpoint(kind)}/{there['id']}/", given)
    own = f"{endpoint(kind)}/{there['id']}/"
    if survey is not None and api.ask("GET", f"{own}survey_spec/") != survey:
        api.ask("POST", f"{own}survey_spec/", survey)
    if approval is not None and "approval" not in there:
        api.ask("POST", f"{own}create_approval_template/", approval)
    for name, values in lists.items():
        of = "credential" if name == "credentials" else "notification_template"
        wanted = [
            api.number(kind, identifier=value, workflow_job_template=given["workflow_job_template"])
            if node
            else api.number(of, name=value)
            for value in values
        ]
        linked = [item["id"] for item in api.ask("GET", f"{own}{name}/")["results"]]
        for item in wanted:
            if item not in linked:
                api.ask("POST", f"{own}{name}/", {"id": item})
        for item in linked:
            if item not in wanted:
                api.ask("POST", f"{own}{name}/", {"id": item, "disassociate": True})
    module.exit_json(changed=api.changed)


if __name__ == "__main__":
    main()
