# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stand-in for the controller's API: real HTTP or HTTPS, its state in memory, and AWX's rules for what it takes.

It has the objects that awx_setup makes, and the variables of hosts, and answers as AWX 24.6.1 did. As there, PUT and PATCH of a
host's variables replace all of them, an approval has no links, and a project is synchronized when it is made.
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
from urllib.parse import parse_qsl, urlencode, urlsplit

import yaml

from tests.awx import rules
from tests.simulator.certificates import Certificates

TOKEN, USER, PASSWORD = "controllerToken5c1f", "admin", "controllerPassword9e2b"
READERS = {
    "controllerReadScope4d8e": "of a token with read scope",
    "controllerReadRole7b3a": "of a user with the role Read",
}
"""Tokens that cannot change a host."""
KINDS = {
    "organizations": "organization",
    "credential_types": "credential_type",
    "credentials": "credential",
    "execution_environments": "execution_environment",
    "projects": "project",
    "project_updates": "project_update",
    "inventories": "inventory",
    "hosts": "host",
    "notification_templates": "notification_template",
    "job_templates": "job_template",
    "workflow_job_templates": "workflow_job_template",
    "workflow_job_template_nodes": "workflow_job_template_node",
    "workflow_approval_templates": "workflow_approval_template",
    "schedules": "schedule",
    "workflow_jobs": "workflow_job",
    "workflow_approvals": "workflow_approval",
}
SUBLISTS = {
    "job_templates": ("credentials", "notification_templates_success", "notification_templates_error"),
    "workflow_job_templates": ("notification_templates_approvals", "notification_templates_error"),
    "workflow_job_template_nodes": ("success_nodes", "failure_nodes", "always_nodes"),
}
UNIFIED = ("job_templates", "workflow_job_templates", "projects")
DEFAULTS: dict[str, dict[str, Any]] = {
    "projects": {"status": "never updated", "scm_revision": ""},
    "inventories": {"kind": "", "host_filter": None, "variables": ""},
    "hosts": {"enabled": True, "variables": ""},
    "credentials": {"inputs": {}},
    "workflow_job_template_nodes": {"extra_data": {}},
    "job_templates": {"survey_enabled": False, "allow_simultaneous": False, "job_slice_count": 1, "extra_vars": ""},
    "workflow_job_templates": {"survey_enabled": False, "allow_simultaneous": False, "extra_vars": ""},
}
PAGING = ("page", "page_size", "order_by")
NOT_NULL = {"inventories": ("kind",), "hosts": ("enabled",)}
PLAYBOOK = re.compile(r"^\s*-?\s*(hosts|include|import_playbook|ansible\.builtin\.import_playbook):\s", re.MULTILINE)

Object = dict[str, Any]


class Controller:
    """The server. ``playbooks`` is the folder that projects are of; ``tls`` the kind of its certificate, if it has one.

    ``unsynced``: why no project can be synchronized.
    """

    def __init__(self, playbooks: Path | None = None, tls: str = "") -> None:
        self.objects: dict[str, dict[int, Object]] = {kind: {} for kind in KINDS}
        self.links: dict[tuple[str, int, str], list[int]] = {}
        self.surveys: dict[tuple[str, int], Any] = {}
        self.log: list[tuple[str, str, Any]] = []
        self.before: Callable[[str, str], None] = lambda method, path: None
        self.redirect = ""
        self.unsynced = ""
        self._certificates = Certificates(tls) if tls else None
        self._playbooks = playbooks
        self._next = 1
        self._lock = threading.RLock()
        self._reader = ""
        self.add("organizations", name="Default")
        self.add("credential_types", **rules.OF_CONTROLLER, managed=True)

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
                self.send_header("X-API-Product-Name", "AWX")
                self.send_header("X-API-Product-Version", "24.6.1")
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _do

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        if self._certificates:
            self._server.socket = self._certificates.context.wrap_socket(self._server.socket, server_side=True)
            self.url = f"https://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        if self._certificates:
            self._certificates.close()

    @property
    def environment(self) -> dict[str, str]:
        """What AWX's own credential type injects, with "Verify SSL" ticked."""
        return self.injected(verify_ssl=True)

    @property
    def authority(self) -> str:
        """The file with the authority of its certificate."""
        assert self._certificates
        return self._certificates.ca_file

    def injected(self, **inputs: Any) -> dict[str, str]:
        """What AWX's own credential type injects for a credential with these inputs besides the address and the token."""
        return rules.injected(rules.OF_CONTROLLER, {"host": self.url, "oauth_token": TOKEN, **inputs})

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
            self._reader = READERS.get(login.removeprefix("Bearer "), "")
            if not self._reader and login not in (f"Bearer {TOKEN}", f"Basic {basic}"):
                return 401, {"detail": f"Authentication credentials were not provided: {login}"}
            if self._reader and method != "GET":
                return 403, {"detail": "You do not have permission to perform this action."}
            path = [part for part in parts.path.split("/") if part]
            if path[:2] != ["api", "v2"]:
                return 404, {"detail": "Not found."}
            return self._route(method, path[2:], dict(parse_qsl(parts.query)), body)

    def _route(self, method: str, path: list[str], query: dict[str, str], body: Any) -> tuple[int, Any]:
        if path == ["unified_job_templates"]:
            items = [self._shown(kind, item) for kind in UNIFIED for item in self.objects[kind].values()]
            return 200, _page([item for item in items if self._matches(item, query)], query, path[0])
        kind = path[0] if path else ""
        if kind not in self.objects:
            return 404, {"detail": "Not found."}
        if len(path) == 1:
            return self._listed(kind, query) if method == "GET" else self._create(kind, body)
        number = int(path[1])
        if number not in self.objects[kind]:
            return 404, {"detail": "Not found."}
        if len(path) > 2:
            return self._sub(method, kind, number, path[2], query, body)
        if method == "DELETE":
            self._remove(kind, number)
            return 204, None
        item = self.objects[kind][number]
        return (200, self._shown(kind, item)) if method == "GET" else self._change(kind, number, body)

    def _sub(self, method: str, kind: str, number: int, sub: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        item = self.objects[kind][number]
        if sub in SUBLISTS.get(kind, ()):
            return self._linked(method, (kind, number, sub), body)
        if (kind, sub) == ("hosts", "variable_data"):
            if method in ("PUT", "PATCH"):
                item["variables"] = json.dumps(body)
            return 200, _parsed(item["variables"])
        if sub == "survey_spec" and kind.endswith("job_templates"):
            return self._survey(method, (kind, number), body)
        if sub == "launch" and kind.endswith("job_templates"):
            return self._launch((kind, number), item, body["extra_vars"])
        if (kind, sub) == ("workflow_job_template_nodes", "create_approval_template"):
            made = self.add("workflow_approval_templates", **body)
            item["unified_job_template"] = made
            item["approval"] = made
            return 201, self._shown("workflow_approval_templates", self.objects["workflow_approval_templates"][made])
        if (kind, sub) == ("inventories", "hosts"):
            return self._listed("hosts", {**query, "inventory": str(number)})
        if (kind, sub) == ("workflow_jobs", "workflow_nodes"):
            return 200, _page(item["nodes"], query, f"{kind}/{number}/{sub}")
        if (kind, sub) == ("projects", "update"):
            return 202, self._shown("project_updates", self.objects["project_updates"][self._sync(number)])
        if (kind, sub) == ("project_updates", "events"):
            told = [{"event": "runner_on_failed", "event_data": {"res": {"msg": self.unsynced}}}]
            return 200, _page(told if item["failed"] else [], query, f"{kind}/{number}/{sub}")
        return 404, {"detail": "Not found."}

    def _linked(self, method: str, key: tuple[str, int, str], body: Any) -> tuple[int, Any]:
        linked = self.links.setdefault(key, [])
        if method == "GET":
            return 200, _page([{"id": other} for other in linked], {}, "/".join(map(str, key)))
        if body.get("disassociate"):
            linked.remove(body["id"])
        elif body["id"] not in linked:
            linked.append(body["id"])
        return 204, None

    def _sync(self, project: int) -> int:
        """Synchronize a project, at once."""
        item = self.objects["projects"][project]
        status = "failed" if self.unsynced else "successful"
        item.update(status=status, scm_revision=item["scm_revision"] if self.unsynced else "a" * 40)
        ended = {"failed": bool(self.unsynced), "finished": "2026-01-01T00:00:00Z", "event_processing_finished": True}
        return self.add("project_updates", name=item["name"], status=status, scm_revision=item["scm_revision"], **ended)

    def _launch(self, key: tuple[str, int], item: Object, answers: Object) -> tuple[int, Any]:
        """Launch a template; variables that nobody asks for are ignored, and say so."""
        variables, ignored, faults = rules.launched(self.surveys.get(key, {}), answers)
        if faults:
            return 400, {"variables_needed_to_start": faults}
        if item.get("ask_variables_on_launch"):
            variables, ignored = {**variables, **answers}, []
        foreign = {"extra_vars": {name: answers[name] for name in ignored}} if ignored else {}
        return 201, {"ignored_fields": foreign, "extra_vars": json.dumps(variables)}

    def _remove(self, kind: str, number: int) -> None:
        """Remove an object, and what cannot be without it."""
        item = self.objects[kind].pop(number)
        if "approval" in item:
            self._remove("workflow_approval_templates", item["approval"])
        if kind == "workflow_job_templates":
            for other in [one for one, of in self.objects["schedules"].items() if of["unified_job_template"] == number]:
                self._remove("schedules", other)
            for other in [one for one, node in self._nodes() if node["workflow_job_template"] == number]:
                self._remove("workflow_job_template_nodes", other)

    def _nodes(self) -> list[tuple[int, Object]]:
        return list(self.objects["workflow_job_template_nodes"].items())

    def _survey(self, method: str, key: tuple[str, int], body: Any) -> tuple[int, Any]:
        if method == "GET":
            return 200, self.surveys.get(key, {})
        faults = rules.survey_faults(body)
        if faults:
            return 400, {"error": "; ".join(faults)}
        self.surveys[key] = body
        return 200, {}

    def _listed(self, kind: str, query: dict[str, str]) -> tuple[int, Any]:
        items = [self._shown(kind, item) for item in self.objects[kind].values() if self._matches(item, query)]
        return 200, _page(items[::-1] if query.get("order_by") == "-id" else items, query, kind)

    def _create(self, kind: str, body: Any) -> tuple[int, Any]:
        faults = self._faults(kind, body)
        if faults:
            return 400, {"__all__": faults}
        number = self.add(kind, **body)
        shown = self._shown(kind, self.objects[kind][number])
        if kind == "projects":
            shown["summary_fields"]["current_update"] = {"id": self._sync(number)}
        return 201, shown

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
        if kind == "credentials":
            faults += rules.input_faults(
                self.objects["credential_types"][body["credential_type"]], body.get("inputs", {})
            )
        if kind in ("hosts", "inventories"):
            faults += rules.variable_faults(body.get("variables", ""))
        if kind == "schedules":
            faults += rules.schedule_faults(body["rrule"])
        if kind == "notification_templates":
            faults += rules.message_faults(body.get("messages") or {})
            if not body["notification_configuration"].get("channels"):
                faults.append("Missing required fields for Notification Configuration: channels.")
        if kind == "job_templates" and body.get("playbook") not in self.playbooks():
            faults.append("Playbook not found for project.")
        if kind == "workflow_job_template_nodes" and (unasked := self._unasked(body)):
            names = ", ".join(unasked)
            faults.append(f"Variables {names} are not allowed on launch. Check the Prompt on Launch setting.")
        return faults

    def _unasked(self, node: Object) -> list[str]:
        """The variables of a node that its template takes neither from anybody nor by its survey."""
        names: Object = node.get("extra_data") or {}
        number = int(node.get("unified_job_template") or 0)
        if not names or self.objects["job_templates"][number].get("ask_variables_on_launch"):
            return []
        questions = self.surveys.get(("job_templates", number), {}).get("spec", ())
        return sorted(names.keys() - {question["variable"] for question in questions})

    def playbooks(self) -> list[str]:
        """The playbooks that AWX finds in the project: files with plays, or with an import of some."""
        folder = self._playbooks
        if folder is None:
            return []
        files = sorted(folder.rglob("*.yml"))
        return [str(file.relative_to(folder)) for file in files if PLAYBOOK.search(file.read_text(encoding="utf-8"))]

    def _matches(self, item: Object, query: dict[str, str]) -> bool:
        either = {key[4:]: value for key, value in query.items() if key.startswith("or__")}
        both = {key: value for key, value in query.items() if not key.startswith("or__") and value != "None"}
        if either and not any(str(item.get(key)) == value for key, value in either.items()):
            return False
        return all(self._is(item, key, value) for key, value in both.items() if key not in PAGING)

    def _is(self, item: Object, key: str, value: str) -> bool:
        """Whether a filter takes an object: a field, a field of what it belongs to, or how either is compared."""
        field, _sign, rest = key.partition("__")
        if rest == "startswith":
            return str(item.get(field)).startswith(value)
        if rest:
            (owners,) = [kind for kind, name in KINDS.items() if name == field]
            owner = self.objects[owners].get(item.get(field, 0))
            return owner is not None and self._is(owner, rest, value)
        return str(item.get(key)) == value

    def _shown(self, kind: str, item: Object) -> Object:
        url = f"/api/v2/{kind}/{item['id']}/"
        related = {"survey_spec": f"{url}survey_spec/"} if kind.endswith("job_templates") else {}
        if kind == "projects":
            related["update"] = f"{url}update/"
        if "approval" in item:
            related["unified_job_template"] = f"/api/v2/workflow_approval_templates/{item['approval']}/"
        inventory = self.objects["inventories"].get(item.get("inventory", 0))
        may = {"edit": not self._reader, "delete": not self._reader}
        summary: Object = {"user_capabilities": may} if kind == "hosts" else {}
        summary |= {"inventory": {"kind": inventory["kind"]}} if kind == "hosts" and inventory else {}
        summary |= item.get("summary_fields") or {}
        hidden = {}
        if kind == "notification_templates":
            hidden["notification_configuration"] = {**item["notification_configuration"], "token": "$encrypted$"}
        return {**item, **hidden, "type": KINDS[kind], "url": url, "related": related, "summary_fields": summary}


def _parsed(variables: str) -> Any:
    return yaml.safe_load(variables or "{}")


def _page(results: list[Object], query: dict[str, str], path: str) -> Object:
    """One page of a list."""
    size, number = int(query.get("page_size", 25)), int(query.get("page", 1))
    following = {**query, "page": number + 1}
    more = f"/api/v2/{path}/?{urlencode(following)}" if len(results) > size * number else None
    return {
        "count": len(results),
        "next": more,
        "previous": None,
        "results": results[size * (number - 1) : size * number],
    }
