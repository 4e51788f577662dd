# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Honeycomb API (v2), by a management key: users and API keys, as JSON:API."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from .keys import ApiKey, user_id
from .limits import RateLimit
from .messages import Refused, Reply, Request
from .team import Member, Team
from .world import World

MEDIA_TYPE = "application/vnd.api+json"
MOST, USUAL = 100, 20
TITLES = {
    400: "The request is invalid.",
    401: "The management key is not valid.",
    403: "The management key may not do this.",
    404: "The requested resource cannot be found.",
    405: "The method is not allowed.",
    415: "The media type is not supported.",
    422: "The provided input is invalid.",
    429: "The request rate limit was exceeded.",
}
Endpoint = tuple[str, Callable[[Request], Reply]]


def refuse(status: int, code: str, detail: str, pointer: str = "") -> Refused:
    """An error document."""
    error: dict[str, Any] = {
        "id": f"canary{status}{code}",
        "status": str(status),
        "code": code,
        "title": TITLES[status],
        "detail": detail,
    }
    if pointer:
        error["source"] = {"pointer": pointer}
    return Refused(_reply(status, {"errors": [error]}))


def _reply(status: int, document: Any, changed: bool = False) -> Reply:
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Reply(status, content, {"Content-Type": MEDIA_TYPE}, changed)


class ManagementApi:
    """Each operation needs a scope of the key, and has a limit of its own."""

    def __init__(self, world: World, team: Team) -> None:
        self._world = world
        self._team = team
        self._limits: dict[tuple[str, str], RateLimit] = {}
        self._endpoints: dict[str, dict[str, Endpoint]] = {
            "auth": {"GET": ("", self._auth)},
            "teams/*/users": {"GET": ("users:read", self._list_users)},
            "teams/*/api-keys": {"GET": ("api-keys:read", self._list_keys)},
            "teams/*/api-keys/*": {
                "GET": ("api-keys:read", self._show_key),
                "PATCH": ("api-keys:write", self._change_key),
                "DELETE": ("api-keys:write", self._delete_key),
            },
        }

    def clear(self) -> None:
        self._limits.clear()

    def handle(self, request: Request) -> Reply:
        limit = self._limits.setdefault((request.method, request.shape), RateLimit(self._world))
        try:
            return self._handle(request, limit).having(limit.headers())
        except Refused as refused:
            return refused.reply.having(limit.headers())

    def _handle(self, request: Request, limit: RateLimit) -> Reply:
        methods = self._endpoints.get(request.shape)
        if methods is None or self._world.settings.management_missing:
            raise refuse(404, "not-found", f"There is no {request.path}.")
        self._authenticate(request)
        if not limit.take():
            raise Refused(refuse(429, "rate-limited", "Try again later.").reply.having(limit.retry_after()))
        if request.method not in methods:
            raise refuse(405, "method-not-allowed", f"{request.method} is not allowed here.")
        scope, endpoint = methods[request.method]
        if scope and {scope, scope.replace(":read", ":write")}.isdisjoint(self._scopes()):
            raise refuse(403, "forbidden", f"The key needs the scope {scope}.")
        if request.ids and request.ids[0] != self._world.settings.team_slug:
            raise refuse(404, "not-found", "There is no such team, or the key does not belong to it.")
        return endpoint(request)

    def is_known(self, request: Request) -> bool:
        """Whether the request carries the management key."""
        scheme, _unused, credentials = request.header("Authorization").partition(" ")
        return scheme.lower() == "bearer" and credentials.strip() == self._world.management_pair()

    def _authenticate(self, request: Request) -> None:
        if not self.is_known(request):
            raise refuse(401, "unauthorized", "Check the id and the secret of the key.")

    def _scopes(self) -> list[str]:
        return [scope.strip() for scope in self._world.settings.management_scopes.split(",") if scope.strip()]

    # Endpoints

    def _auth(self, _unused: Request) -> Reply:
        settings = self._world.settings
        team = {"id": "hcxtm_01example", "type": "teams"}
        return _reply(
            200,
            {
                "data": {
                    "id": settings.management_key_id,
                    "type": "api-keys",
                    "attributes": {
                        "name": "Access",
                        "key_type": "management",
                        "disabled": False,
                        "scopes": self._scopes(),
                        "timestamps": {"created": self._world.founded(), "updated": self._world.founded()},
                    },
                    "relationships": {"team": {"data": team}},
                },
                "included": [{**team, "attributes": {"name": "Example Team", "slug": settings.team_slug}}],
            },
        )

    def _list_users(self, request: Request) -> Reply:
        users = [json.dumps(self._user(member)).encode() for member in self._team.members if member.accepted]
        return self._page(request, list(enumerate(users, 1)))

    def _user(self, member: Member) -> dict[str, Any]:
        role = {"admin": "Owner"}.get(member.role, "Member")
        record = {
            "id": user_id(member.email),
            "type": "users",
            "attributes": {
                "email": member.email,
                "name": member.name,
                "role": "Read-Only" if self._team.reads_only(member) else role,
            },
        }
        return {**record, "meta": {"sso": False}} if self._world.settings.extra_fields else record

    def _list_keys(self, request: Request) -> Reply:
        kind = request.query.get("filter[type]")
        if kind not in (None, "ingest", "configuration"):
            raise refuse(422, "invalid", "filter[type] is ingest or configuration.")
        keys = self._team.keys
        return self._page(request, [(key.number, keys.text(key)) for key in keys if kind in (None, key.kind)])

    def _show_key(self, request: Request) -> Reply:
        return _reply(200, b'{"data":' + self._team.keys.text(self._key(request)) + b"}")

    def _change_key(self, request: Request) -> Reply:
        key = self._key(request)
        self._team.keys.change(key.id, **self._changes(request, key))
        return _reply(200, b'{"data":' + self._team.keys.text(key) + b"}", changed=True)

    def _delete_key(self, request: Request) -> Reply:
        key = self._key(request)
        if self._world.settings.key_delete == "ingest" and key.kind != "ingest":
            raise refuse(403, "forbidden", "Only ingest keys can be deleted.")
        self._team.keys.delete(key.id)
        return Reply(204, changed=True)

    # Input

    def _key(self, request: Request) -> ApiKey:
        key = self._team.keys.get(request.ids[1])
        if key is None:
            raise refuse(404, "not-found", "There is no such key.")
        return key

    @staticmethod
    def _changes(request: Request, key: ApiKey) -> dict[str, Any]:
        if request.headers.get_content_type() != MEDIA_TYPE:
            raise refuse(415, "unsupported-media-type", f"Send {MEDIA_TYPE}.")
        document = request.document(MEDIA_TYPE)
        data = document.get("data") if isinstance(document, dict) else None
        if not isinstance(data, dict):
            raise refuse(400, "invalid", "The request has no data.", "/data")
        if (data.get("id"), data.get("type")) != (key.id, "api-keys"):
            raise refuse(422, "invalid", "id and type are not those of the key.", "/data/id")
        attributes = data.get("attributes")
        known = {"disabled": bool, "name": str}
        if not isinstance(attributes, dict) or not attributes:
            raise refuse(422, "missing", "There is nothing to change.", "/data/attributes")
        for name, value in attributes.items():
            if not isinstance(value, known.get(name, ())):
                raise refuse(422, "invalid", f"{name} cannot be set so.", f"/data/attributes/{name}")
        return attributes

    # Output

    def _page(self, request: Request, records: list[tuple[int, bytes]]) -> Reply:
        """The records after the one that the cursor names, each with its number."""
        settings = self._world.settings
        wanted = request.query.get("page[size]", str(USUAL))
        if not wanted.isdecimal() or not 1 <= int(wanted) <= MOST:
            raise refuse(422, "invalid", f"page[size] is 1 to {MOST}.")
        after = _number(request.query.get("page[after]", ""))
        size = min(int(wanted), settings.v2_page_size)
        rest = [(number, text) for number, text in records if number > after]
        shown = rest[:size]
        links = json.dumps({"next": self._next(request, shown[-1][0], wanted) if len(rest) > size else None})
        texts = b",".join(text for _number, text in shown)
        return _reply(200, b'{"data":[' + texts + b'],"links":' + links.encode() + b"}")

    def _next(self, request: Request, last: int, size: str) -> str:
        mode = self._world.settings.v2_links
        if mode == "loop":
            return request.target
        query = {"page[size]": size, "page[after]": base64.urlsafe_b64encode(f"after:{last}".encode()).decode()}
        if "filter[type]" in request.query:
            query["filter[type]"] = request.query["filter[type]"]
        origin = {"relative": "", "strange": "http://localhost:3000"}.get(mode, request.origin)
        return f"{origin}{request.path}?" + "&".join(f"{quote(name)}={quote(value)}" for name, value in query.items())


def _number(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.urlsafe_b64decode(cursor).decode().removeprefix("after:"))
    except (ValueError, binascii.Error):
        raise refuse(400, "invalid", "page[after] is no cursor.") from None
