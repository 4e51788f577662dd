# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Honeybadger API (v2): accounts, their users and their invitations."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from math import ceil
from typing import Any, TypeVar

from .account import Account, Invitation
from .directory import Directory, Record
from .honeycomb_api import ADDRESS
from .limits import Allowance
from .messages import Refused, Reply, Request, json_reply
from .world import World

ROLES = ("Member", "Billing", "Admin", "Owner")
STRANGE_ORIGIN = "http://localhost:3000"
R = TypeVar("R", bound=Record)


def denied(text: str = "Access denied") -> Refused:
    return Refused(json_reply(403, {"errors": text}))


class HoneybadgerApi:
    service = "honeybadger"

    def __init__(self, world: World, account: Account) -> None:
        self._world = world
        self._account = account
        self.allowance = Allowance(world.now)
        self._endpoints: dict[str, dict[str, Callable[[Request], Reply]]] = {
            "accounts": {"GET": self._list_accounts},
            "accounts/*": {"GET": self._show_account},
            "accounts/*/users": {"GET": self._list_users},
            "accounts/*/users/*": {
                "GET": self._show_user,
                "PUT": self._change_user,
                "DELETE": self._remove_user,
            },
            "accounts/*/invitations": {"GET": self._list_invitations, "POST": self._invite},
            "accounts/*/invitations/*": {
                "GET": self._show_invitation,
                "PUT": self._change_invitation,
                "DELETE": self._delete_invitation,
            },
        }

    def handle(self, request: Request) -> Reply:
        try:
            reply = self._handle(request)
        except Refused as refused:
            reply = refused.reply
        return reply.having(self._limit_headers())

    def _handle(self, request: Request) -> Reply:
        self._authenticate(request)
        settings = self._world.settings
        if settings.quota and not self.allowance.take(settings.quota, settings.quota_window):
            raise denied("Rate limit exceeded")
        shape = request.shape if request.segments[0] == "v2" else ""
        endpoint = self._endpoints.get(shape, {}).get(request.method)
        if endpoint is None:
            raise self._refuse(404, "Not found")
        if shape.startswith("accounts/*"):
            self._enter(request.ids[0], shape)
        return endpoint(request)

    def _authenticate(self, request: Request) -> None:
        expected = base64.b64encode(f"{self._world.settings.auth_token}:".encode()).decode()
        scheme, _unused, credentials = request.header("Authorization").partition(" ")
        if scheme.lower() != "basic" or credentials.strip() != expected:
            raise denied()

    def _enter(self, account_id: str, shape: str) -> None:
        if account_id == self._world.settings.account_id:
            return
        if account_id not in self._other_accounts():
            raise self._refuse(404, "Not found")
        if shape != "accounts/*":
            raise denied()

    def _limit_headers(self) -> dict[str, str]:
        settings = self._world.settings
        if not settings.quota:
            return {}
        self.allowance.roll(settings.quota_window)
        return {
            "X-RateLimit-Limit": str(settings.quota),
            "X-RateLimit-Remaining": str(max(0, settings.quota - self.allowance.used)),
            "X-RateLimit-Reset": str(ceil(self.allowance.resets_at)),
        }

    def _refuse(self, status: int, text: str, field: str = "") -> Refused:
        whole = f"{field.capitalize().replace('_', ' ')} {text}" if field else text
        forms: dict[str, Any] = {"text": whole, "list": [whole], "object": {field or "base": [text]}}
        return Refused(json_reply(status, {"errors": forms[self._world.settings.error_form]}))

    # Accounts

    def _other_accounts(self) -> list[str]:
        return ["9bYfrm", *(f"acct{number:02d}" for number in range(2, 100))][: self._world.settings.other_accounts]

    def _account_record(self, account_id: str) -> dict[str, Any]:
        name = "Work" if account_id == self._world.settings.account_id else f"Other {account_id}"
        return {
            "id": account_id,
            "email": self._world.settings.owner,
            "name": name,
            "active": True,
            "parked": False,
        }

    def _list_accounts(self, request: Request) -> Reply:
        accounts = [self._world.settings.account_id, *self._other_accounts()]
        texts = [json.dumps(self._account_record(account)).encode() for account in accounts]
        start, stop = self._span(request)
        return self._page(request, texts[start:stop], len(texts))

    def _show_account(self, request: Request) -> Reply:
        now = int(self._world.now())
        midnight = now - now % 86400
        days = [midnight - 86400 * ago for ago in reversed(range(time.gmtime(now).tm_mday))]
        stored = [[day, (day // 86400 * 37 + self._world.settings.seed) % 200] for day in days]
        stats = {"stored": stored, "limited": [[day, 0] for day in days], "ignored": []}
        return json_reply(200, {**self._account_record(request.ids[0]), "quota_consumed": 0.75, "api_stats": stats})

    # Users

    def _list_users(self, request: Request) -> Reply:
        return self._list(request, self._account.users)

    def _show_user(self, request: Request) -> Reply:
        return self._show(self._account.users, self._record(request, self._account.users))

    def _change_user(self, request: Request) -> Reply:
        user = self._record(request, self._account.users)
        role = self._wrapped(request, "user").get("role")
        self._check_role(role)
        self._account.users.change(user, role=role)
        return Reply(204, changed=True)

    def _remove_user(self, request: Request) -> Reply:
        self._account.users.remove(self._record(request, self._account.users))
        return Reply(204, changed=True)

    # Invitations

    def _list_invitations(self, request: Request) -> Reply:
        return self._list(request, self._account.invitations)

    def _show_invitation(self, request: Request) -> Reply:
        return self._show(self._account.invitations, self._record(request, self._account.invitations))

    def _invite(self, request: Request) -> Reply:
        wanted = self._wrapped(request, "invitation")
        email, role, team_ids = wanted.get("email"), wanted.get("role", "Member"), wanted.get("team_ids", [])
        if not isinstance(email, str) or not ADDRESS.fullmatch(email):
            raise self._refuse(422, "is invalid" if email else "can't be blank", "email")
        self._check_role(role)
        self._check_teams(team_ids)
        mode = self._world.settings.duplicate_invite
        if mode != "email" and self._account.known(email):
            raise self._refuse(int(mode), "has already been taken", "email")
        invitation = self._account.invite(email, role, team_ids)
        return self._json(201, self._account.invitations.text(invitation), changed=True)

    def _change_invitation(self, request: Request) -> Reply:
        invitation = self._open_invitation(request)
        wanted = self._wrapped(request, "invitation")
        changes = {name: wanted[name] for name in ("role", "team_ids") if name in wanted}
        if not changes:
            raise self._refuse(422, "needs a role or team_ids", "invitation")
        if "role" in changes:
            self._check_role(changes["role"])
        if "team_ids" in changes:
            self._check_teams(changes["team_ids"])
        self._account.invitations.change(invitation, **changes)
        if self._world.settings.invitation_put == "204":
            return Reply(204, changed=True)
        return self._json(200, self._account.invitations.text(invitation), changed=True)

    def _delete_invitation(self, request: Request) -> Reply:
        self._account.invitations.remove(self._open_invitation(request))
        return Reply(204, changed=True)

    def _open_invitation(self, request: Request) -> Invitation:
        """One that may be changed: accepted ones mostly may not."""
        invitation = self._record(request, self._account.invitations)
        mode = self._world.settings.accepted_change
        if invitation.accepted_at and mode != "204":
            raise self._refuse(int(mode), "Not found" if mode == "404" else "Invitation was already accepted")
        return invitation

    # Input

    def _record(self, request: Request, directory: Directory[R]) -> R:
        number = request.ids[1]
        record = directory.get(int(number)) if number.isdecimal() else None
        if record is None:
            raise self._refuse(404, "Not found")
        return record

    def _wrapped(self, request: Request, name: str) -> dict[str, Any]:
        document = request.document()
        wanted = document.get(name) if isinstance(document, dict) else None
        if not isinstance(wanted, dict):
            raise self._refuse(400, f"param is missing or the value is empty: {name}")
        return wanted

    def _check_role(self, role: object) -> None:
        if role not in ROLES:
            raise self._refuse(422, "is not included in the list", "role")

    def _check_teams(self, team_ids: object) -> None:
        known = self._world.settings.teams
        if not isinstance(team_ids, list) or any(
            isinstance(team, bool) or not isinstance(team, int) or team not in known for team in team_ids
        ):
            raise self._refuse(422, "are invalid", "team_ids")

    # Output

    def _json(self, status: int, text: bytes, changed: bool = False) -> Reply:
        return Reply(status, text, {"Content-Type": "application/json; charset=utf-8"}, changed)

    def _show(self, directory: Directory[R], record: R) -> Reply:
        text = directory.text(record)
        return self._json(200, text if self._world.settings.one == "bare" else b'{"results":[' + text + b"]}")

    def _list(self, request: Request, directory: Directory[R]) -> Reply:
        texts = [directory.text(record) for record in directory.slice(*self._span(request))]
        return self._page(request, texts, len(directory))

    def _span(self, request: Request) -> tuple[int, int]:
        size = self._world.settings.page_size
        start = (self._page_number(request) - 1) * size
        return start, start + size

    @staticmethod
    def _page_number(request: Request) -> int:
        page = request.query.get("page", "1")
        return max(1, int(page)) if page.isdecimal() else 1

    def _page(self, request: Request, texts: list[bytes], total: int) -> Reply:
        links = json.dumps(self._links(request, len(texts), total)).encode()
        return self._json(200, b'{"results":[' + b",".join(texts) + b'],"links":' + links + b"}")

    def _links(self, request: Request, shown: int, total: int) -> dict[str, str]:
        settings = self._world.settings
        page = self._page_number(request)
        more = {
            "full": shown == settings.page_size,
            "exact": page * settings.page_size < total,
            "empty": shown > 0,
        }
        origin = {"relative": "", "strange": STRANGE_ORIGIN}.get(settings.links, request.origin)
        own = STRANGE_ORIGIN if settings.links == "strange_self" else origin
        links = {"self": own + request.target}
        if page > 1:
            links["prev"] = f"{origin}{request.path}?page={page - 1}"
        if more[settings.last_page]:
            links["next"] = f"{origin}{request.path}?page={page if settings.links == 'loop' else page + 1}"
        return links
