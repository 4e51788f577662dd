# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Honeycomb API: team memberships and the key check (v1); what is by a management key (v2) stands elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .answers import ADDRESS
from .keys import CONFIGURATION_KEY_ID, INGEST_KEY_ID, SHORT_KEY_ID
from .limits import RateLimit
from .management_api import ManagementApi
from .messages import Refused, Reply, Request, json_reply
from .team import Member, Team
from .world import World

ROLES = ("admin", "member")
_PROBLEMS = "https://api.honeycomb.io/problems/"
KEY_IDS = {"configuration": CONFIGURATION_KEY_ID, "ingest": INGEST_KEY_ID}
_MAY = ("boards", "columns", "createDatasets", "events", "markers", "queries", "recipients", "slos", "triggers")


def problem(status: int, kind: str, text: str, *details: dict[str, str]) -> Refused:
    """An error as application/problem+json."""
    document: dict[str, Any] = {"status": status, "type": _PROBLEMS + kind, "title": text, "error": text}
    if details:
        document["type_detail"] = list(details)
    return Refused(json_reply(status, document, content_type="application/problem+json"))


def invalid(field: str, code: str, text: str) -> Refused:
    detail = {"field": field, "code": code, "description": text}
    return problem(422, "validation-failed", "The provided input is invalid.", detail)


class HoneycombApi:
    service = "honeycomb"

    def __init__(self, world: World, team: Team) -> None:
        self._world = world
        self._team = team
        self.limit = RateLimit(world)
        self.management = ManagementApi(world, team)
        self._endpoints: dict[str, dict[str, Callable[[Request], Reply]]] = {
            "auth": {"GET": self._auth},
            "team_memberships": {"GET": self._list, "POST": self._invite},
            "team_memberships/*": {"PUT": self._change_role, "DELETE": self._remove},
        }

    def clear(self) -> None:
        """Forget the requests that were counted."""
        self.limit.allowance.clear()
        self.management.clear()

    def handle(self, request: Request) -> Reply:
        if request.segments[0] == "2":
            return self.management.handle(request)
        try:
            reply = self._handle(request)
        except Refused as refused:
            reply = refused.reply
        return reply.having(self.limit.headers())

    def _handle(self, request: Request) -> Reply:
        shape = request.shape if request.segments[0] == "1" else ""
        missing = self._world.settings.endpoint_missing and shape.startswith("team_memberships")
        if missing or shape not in self._endpoints:
            raise Refused(json_reply(404, {"error": "not found"}))
        self._authenticate(request, {"configuration", "ingest"} if shape == "auth" else {"configuration"})
        if not self.limit.take():
            refused = problem(429, "rate-limited", "The request rate limit was exceeded.")
            raise Refused(refused.reply.having(self.limit.retry_after()))
        endpoint = self._endpoints[shape].get(request.method)
        if endpoint is None:
            raise Refused(json_reply(405, {"error": "method not allowed"}))
        return endpoint(request)

    def key_kind(self, request: Request) -> str:
        settings = self._world.settings
        kinds = {
            settings.configuration_key: "configuration",
            settings.ingest_key: "ingest",
            settings.management_key: "management",
            settings.management_key_secret: "management",
            self._world.management_pair(): "management",
        }
        kind = kinds.get(request.header("X-Honeycomb-Team"), "unknown")
        return kind if kind not in KEY_IDS or self._team.keys.works(KEY_IDS[kind]) else "unknown"

    def _authenticate(self, request: Request, allowed: set[str]) -> None:
        if self.key_kind(request) not in allowed:
            raise Refused(json_reply(401, {"error": "unknown API key - check your credentials"}))

    # Endpoints

    def _auth(self, request: Request) -> Reply:
        kind, settings = self.key_kind(request), self._world.settings
        short = kind == "configuration" and settings.auth_id != "listed"
        document = {
            "id": SHORT_KEY_ID if short else KEY_IDS[kind],
            "type": kind,
            "api_key_access": {right: kind == "configuration" or right == "events" for right in _MAY},
            "environment": {"name": "Production", "slug": "production"},
            "team": {"name": "Example Team", "slug": settings.team_slug},
        }
        if short and settings.auth_id == "missing":
            del document["id"]
        if not settings.auth_team:
            document["team"] = {"name": "", "slug": ""}
        return json_reply(200, document)

    def _list(self, _unused: Request) -> Reply:
        return Reply(200, self._team.listing(), {"Content-Type": "application/json"})

    def _invite(self, request: Request) -> Reply:
        document = self._document(request)
        email, role = self._email(document), self._role(document)
        name = document.get("name")
        if name is not None and not isinstance(name, str):
            raise invalid("name", "incorrect_type", "name must be a string")
        self._refuse_duplicate(email)
        member = self._team.invite(email, role, name)
        role = self._team.role_of(member)
        record = {"id": member.id, "email": member.email, "role": role, "created_at": member.created_at}
        return json_reply(201, record, content_type="application/json", changed=True)

    def _refuse_duplicate(self, email: str) -> None:
        mode = self._world.settings.duplicate_invite
        if mode == "email" or not self._team.members.find(email):
            return
        text = f"{email} is a member or invited already"
        raise problem(409, "conflict", text) if mode == "409" else invalid("email", "already_exists", text)

    def _change_role(self, request: Request) -> Reply:
        member = self._member(request)
        document = self._document(request)
        unknown = sorted(set(document) - {"role"})
        if unknown and self._world.settings.put_unknown == "error":
            raise invalid(unknown[0], "invalid", "only role can be changed")
        role = self._role(document)
        if not (role == "member" and self._team.reads_only(member)):  # which this call does not set
            self._team.set_role(member.id, role)
        record = {"id": member.id, "email": member.email, "role": self._team.role_of(member)}
        return json_reply(200, record, content_type="application/json", changed=True)

    def _remove(self, request: Request) -> Reply:
        self._team.remove(self._member(request).id)
        return Reply(204, changed=True)

    # Input

    def _member(self, request: Request) -> Member:
        member = self._team.members.get(request.ids[0])
        if member is None:
            raise problem(404, "not-found", "The requested resource cannot be found.")
        return member

    @staticmethod
    def _document(request: Request) -> dict[str, Any]:
        document = request.document()
        if not isinstance(document, dict):
            raise problem(400, "unparseable", "The request body is no JSON object.")
        return document

    @staticmethod
    def _email(document: dict[str, Any]) -> str:
        email = document.get("email")
        if email is None:
            raise invalid("email", "missing", "email is required")
        if not isinstance(email, str):
            raise invalid("email", "incorrect_type", "email must be a string")
        if not ADDRESS.fullmatch(email):
            raise invalid("email", "invalid", "email is no address")
        return email

    @staticmethod
    def _role(document: dict[str, Any]) -> str:
        role = document.get("role")
        if role is None:
            raise invalid("role", "missing", "role is required")
        if not isinstance(role, str):
            raise invalid("role", "incorrect_type", "role must be a string")
        if role not in ROLES:
            raise invalid("role", "invalid", "role is one of admin, member")
        return role
