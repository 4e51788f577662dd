# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stand-in for the controller's API: real HTTP, its state in memory, and AWX's rules for what it takes.

It has the objects that awx_setup makes, and the variables of hosts. As in AWX, PUT and PATCH of a host's variables replace
all of them.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import yaml

from tests.awx import rules

TOKEN, USER, PASSWORD = "controllerToken5c1f", "admin", "controllerPassword9e2b"
KINDS = {
    "organizations": "organization",
    "credential_types": "credential_type",
    "credentials": "credential",
    "execution_environments": "execution_environment",
    "projects": "project",
    "inventories": "inventory",
    "hosts": "host",
    "notification_templates": "notification_template",
    "job_templates": "job_template",
    "workflow_job_templates": "workflow_job_template",
    "workflow_job_template_nodes": "workflow_job_template_node",
    "workflow_approval_templates": "workflow_approval_template",
    "schedules": "schedule",
}
UNIFIED = ("job_templates", "workflow_job_templates", "projects")
DEFAULTS: dict[str, dict[str, Any]] = {
    "projects": {"status": "successful", "scm_revision": "0" * 40},
    "inventories": {"kind": "", "host_filter": None, "variables": ""},
    "hosts": {"enabled": True, "variables": ""},
    "job_templates": {"survey_enabled": False, "allow_simultaneous": False, "job_slice_count": 1, "extra_vars": ""},
    "workflow_job_templates": {"survey_enabled": False, "allow_simultaneous": False, "extra_vars": ""},
}
NOT_NULL = {"inventories": ("kind",), "hosts": ("enabled",)}
PLAYBOOK = re.compile(r"^\s*-?\s*(hosts|include|import_playbook|ansible\.builtin\.import_playbook):\s", re.MULTILINE)

Object = dict[str, Any]


class Controller:
    """The server. ``playbooks`` is the folder that projects are of."""

    def __init__(self, playbooks: Path | None = None) -> None:
        self.objects: dict[str, dict[int, Object]] = {kind: {} for kind in KINDS}
        self.links: dict[tuple[str, int, str], list[int]] = {}
        self.surveys: dict[tuple[str, int], Any] = {}
        self.log: list[tuple[str, str, Any]] = []
        self.before: Callable[[str, str], None] = lambda method, path: None
        self.redirect = ""
        self._playbooks = playbooks
        self._next = 1
        self._lock = threading.RLock()
        self.add("organizations", name="Default")
        self.add("credential_types", name="Red Hat Ansible Automation Platform", kind="cloud", managed=True)

    def __enter__(self) -> Self:
        controller = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: Any) -> None:
                """Nothing on the terminal."""

            def _do(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                text = self.rfile.read(length)
                status, body = controller.answer(
                    self.command, self.path, json.loads(text) if text else None, self.headers.get("Authorization", "")
                )
                content = b"" if body is None else json.dumps(body).encode()
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", controller.redirect)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _do

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def environment(self) -> dict[str, str]:
        """What AWX's own credential type injects."""
        return {
            "CONTROLLER_HOST": self.url,
            "CONTROLLER_OAUTH_TOKEN": TOKEN,
            "CONTROLLER_USERNAME": "",
            "CONTROLLER_PASSWORD": "",
            "CONTROLLER_VERIFY_SSL": "True",
        }

    @property
    def writes(self) -> list[tuple[str, str, Any]]:
        return [entry for entry in self.log if entry[0] != "GET"]

    def add(self, collection: str, /, **fields: Any) -> int:
        """An object that is there."""
        with self._lock:
            number, self._next = self._next, self._next + 1
            self.objects[collection][number] = {**DEFAULTS.get(collection, {}), **fields, "id": number}
        return number

    def named(self, kind: str, name: str) -> Object:
        """The one object of that name."""
        (found,) = [item for item in self.objects[kind].values() if item.get("name") == name]
        return found

    def inventory(self, *hosts: str, **variables: Any) -> int:
        """An inventory with hosts that have these variables."""
        number = self.add("inventories", name=f"inventory {self._next}")
        for host in hosts:
            self.add("hosts", name=host, inventory=number, variables=json.dumps(variables))
        return number

    def variables(self, host: str) -> Any:
        return _parsed(self.named("hosts", host)["variables"])

    def set_variables(self, host: str, variables: Any) -> None:
        self.named("hosts", host)["variables"] = json.dumps(variables)

    def answer(self, method: str, target: str, body: Any, login: str) -> tuple[int, Any]:
        """Status and body."""
        parts = urlsplit(target)
        self.before(method, parts.path)
        with self._lock:
            self.log.append((method, target, body))
            if self.redirect:
                return 302, None
            basic = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
            if login not in (f"Bearer {TOKEN}", f"Basic {basic}"):
                return 401, {"detail": f"Authentication credentials were not provided: {login}"}
            path = [part for part in parts.path.split("/") if part]
            if path[:2] != ["api", "v2"]:
                return 404, {"detail": "Not found."}
            return self._route(method, path[2:], dict(parse_qsl(parts.query)), body)

    def _route(self, method: str, path: list[str], query: dict[str, str], body: Any) -> tuple[int, Any]:
        if path == ["unified_job_templates"]:
            items = [self._shown(kind, item) for kind in UNIFIED for item in self.objects[kind].values()]
            return 200, _page([item for item in items if _matches(item, query)])
        kind = path[0] if path else ""
        if kind not in self.objects:
            return 404, {"detail": "Not found."}
        if len(path) == 1:
            return self._listed(kind, query) if method == "GET" else self._create(kind, body)
        number = int(path[1])
        if number not in self.objects[kind]:
            return 404, {"detail": "Not found."}
        if len(path) == 2:
            return (
                (200, self._shown(kind, self.objects[kind][number]))
                if method == "GET"
                else self._change(kind, number, body)
            )
        return self._sub(method, kind, number, path[2], query, body)

    def _sub(self, method: str, kind: str, number: int, sub: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        item = self.objects[kind][number]
        if sub == "variable_data":
            if method in ("PUT", "PATCH"):
                item["variables"] = json.dumps(body)
            return 200, _parsed(item["variables"])
        if sub == "survey_spec":
            return self._survey(method, (kind, number), body)
        if sub == "create_approval_template":
            made = self.add("workflow_approval_templates", **body)
            item["unified_job_template"] = made
            item["approval"] = made
            return 201, self._shown("workflow_approval_templates", self.objects["workflow_approval_templates"][made])
        if kind == "inventories" and sub == "hosts":
            return self._listed("hosts", {**query, "inventory": str(number)})
        linked = self.links.setdefault((kind, number, sub), [])
        if method == "GET":
            return 200, _page([{"id": other} for other in linked])
        if body.get("disassociate"):
            linked.remove(body["id"])
        elif body["id"] not in linked:
            linked.append(body["id"])
        return 204, None

    def _survey(self, method: str, key: tuple[str, int], body: Any) -> tuple[int, Any]:
        if method == "GET":
            return 200, self.surveys.get(key, {})
        faults = rules.survey_faults(body)
        if faults:
            return 400, {"error": "; ".join(faults)}
        self.surveys[key] = body
        return 200, {}

    def _listed(self, kind: str, query: dict[str, str]) -> tuple[int, Any]:
        return 200, _page([self._shown(kind, item) for item in self.objects[kind].values() if _matches(item, query)])

    def _create(self, kind: str, body: Any) -> tuple[int, Any]:
        faults = self._faults(kind, body)
        if faults:
            return 400, {"__all__": faults}
        return 201, self._shown(kind, self.objects[kind][self.add(kind, **body)])

    def _change(self, kind: str, number: int, body: Any) -> tuple[int, Any]:
        faults = self._faults(kind, {**self.objects[kind][number], **body})
        if faults:
            return 400, {"__all__": faults}
        self.objects[kind][number].update(body)
        return 200, self._shown(kind, self.objects[kind][number])

    def _faults(self, kind: str, body: Object) -> list[str]:
        faults = [f"{key}: This field may not be null." for key in NOT_NULL.get(kind, ()) if body.get(key, "") is None]
        if kind == "credential_types":
            faults += rules.credential_type_faults(body)
        if kind == "schedules":
            faults += rules.schedule_faults(body["rrule"])
        if kind == "notification_templates":
            faults += rules.message_faults(body.get("messages") or {})
            if not body["notification_configuration"].get("channels"):
                faults.append("Missing required fields for Notification Configuration: channels.")
        if kind == "job_templates" and body.get("playbook") not in self.playbooks():
            faults.append("Playbook not found for project.")
        return faults

    def playbooks(self) -> list[str]:
        """The playbooks that AWX finds in the project: files with plays, or with an import of some."""
        folder = self._playbooks
        if folder is None:
            return []
        files = sorted(folder.rglob("*.yml"))
        return [str(file.relative_to(folder)) for file in files if PLAYBOOK.search(file.read_text(encoding="utf-8"))]

    def _shown(self, kind: str, item: Object) -> Object:
        url = f"/api/v2/{kind}/{item['id']}/"
        related = {"survey_spec": f"{url}survey_spec/"} if kind.endswith("job_templates") else {}
        if "approval" in item:
            related["unified_job_template"] = f"/api/v2/workflow_approval_templates/{item['approval']}/"
        inventory = self.objects["inventories"].get(item.get("inventory", 0))
        summary = {"inventory": {"kind": inventory["kind"]}} if kind == "hosts" and inventory else {}
        hidden = {}
        if kind == "notification_templates":
            hidden["notification_configuration"] = {**item["notification_configuration"], "token": "$encrypted$"}
        return {**item, **hidden, "type": KINDS[kind], "url": url, "related": related, "summary_fields": summary}


def _parsed(variables: str) -> Any:
    return yaml.safe_load(variables or "{}")


def _page(results: list[Object]) -> Object:
    return {"count": len(results), "next": None, "previous": None, "results": results}


def _matches(item: Object, query: dict[str, str]) -> bool:
    either = {key[4:]: value for key, value in query.items() if key.startswith("or__")}
    both = {key: value for key, value in query.items() if not key.startswith("or__") and value != "None"}
    if either and not any(str(item.get(key)) == value for key, value in either.items()):
        return False
    return all(str(item.get(key)) == value for key, value in both.items() if key not in ("page_size", "order_by"))
