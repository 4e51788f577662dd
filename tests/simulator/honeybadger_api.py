# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Honeybadger API (v2): accounts, their users and their invitations; teams stand elsewhere."""

from __future__ import annotations

import base64
import json
import time
from math import ceil
from typing import Any

from .account import Account, Invitation
from .answers import ADDRESS, Answers, denied
from .limits import Allowance
from .messages import Refused, Reply, Request, json_reply
from .teams_api import Endpoints, TeamsApi
from .world import World

ROLES = ("Member", "Billing", "Admin", "Owner")


class HoneybadgerApi(Answers):
    service = "honeybadger"

    def __init__(self, world: World, account: Account) -> None:
        super().__init__(world)
        self._account = account
        self._teams = TeamsApi(world, account, self._other_accounts)
        self.allowance = Allowance(world.now)
        self._endpoints: Endpoints = {
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
            **self._teams.endpoints,
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
            raise self.refuse(404, "Not found")
        if shape.startswith("accounts/*"):
            self._enter(request.ids[0], shape)
        elif shape.startswith("teams"):
            self._teams.enter(request)
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
            raise self.refuse(404, "Not found")
        if shape != "accounts/*" and account_id not in self._account.others:
            raise denied()

    def _of(self, request: Request) -> Account:
        """The account that a path names."""
        return self._account.others.get(request.ids[0], self._account)

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
        start, stop = self.span(request)
        return self.page(request, texts[start:stop], len(texts))

    def _show_account(self, request: Request) -> Reply:
        now = int(self._world.now())
        midnight = now - now % 86400
        days = [midnight - 86400 * ago for ago in reversed(range(time.gmtime(now).tm_mday))]
        stored = [[day, (day // 86400 * 37 + self._world.settings.seed) % 200] for day in days]
        stats = {"stored": stored, "limited": [[day, 0] for day in days], "ignored": []}
        return json_reply(200, {**self._account_record(request.ids[0]), "quota_consumed": 0.75, "api_stats": stats})

    # Users

    def _list_users(self, request: Request) -> Reply:
        return self.listed(request, self._of(request).users)

    def _show_user(self, request: Request) -> Reply:
        return self.show(self._of(request).users, self.record(request, self._of(request).users))

    def _change_user(self, request: Request) -> Reply:
        user = self.record(request, self._of(request).users)
        role = self.wrapped(request, "user").get("role")
        self._check_role(role)
        self._of(request).users.change(user, role=role)
        return Reply(204, changed=True)

    def _remove_user(self, request: Request) -> Reply:
        account = self._of(request)
        account.remove(self.record(request, account.users).id)
        return Reply(204, changed=True)

    # Invitations

    def _list_invitations(self, request: Request) -> Reply:
        return self.listed(request, self._of(request).invitations)

    def _show_invitation(self, request: Request) -> Reply:
        return self.show(self._of(request).invitations, self.record(request, self._of(request).invitations))

    def _invite(self, request: Request) -> Reply:
        wanted = self.wrapped(request, "invitation")
        email, role, team_ids = wanted.get("email"), wanted.get("role", "Member"), wanted.get("team_ids", [])
        if not isinstance(email, str) or not ADDRESS.fullmatch(email):
            raise self.refuse(422, "is invalid" if email else "can't be blank", "email")
        self._check_role(role)
        self._check_teams(request, team_ids)
        mode = self._world.settings.duplicate_invite
        if mode != "email" and self._of(request).known(email):
            raise self.refuse(int(mode), "has already been taken", "email")
        invitation = self._of(request).invite(email, role, team_ids)
        return self.text_reply(201, self._of(request).invitations.text(invitation), changed=True)

    def _change_invitation(self, request: Request) -> Reply:
        invitation = self._open_invitation(request)
        wanted = self.wrapped(request, "invitation")
        changes = {name: wanted[name] for name in ("role", "team_ids") if name in wanted}
        if not changes:
            raise self.refuse(422, "needs a role or team_ids", "invitation")
        if "role" in changes:
            self._check_role(changes["role"])
        if "team_ids" in changes:
            self._check_teams(request, changes["team_ids"])
        self._of(request).invitations.change(invitation, **changes)
        if self._world.settings.invitation_put == "204":
            return Reply(204, changed=True)
        return self.text_reply(200, self._of(request).invitations.text(invitation), changed=True)

    def _delete_invitation(self, request: Request) -> Reply:
        self._of(request).invitations.remove(self._open_invitation(request))
        return Reply(204, changed=True)

    def _open_invitation(self, request: Request) -> Invitation:
        """One that may be changed: accepted ones mostly may not."""
        invitation = self.record(request, self._of(request).invitations)
        self.refuse_accepted(invitation.accepted_at)
        return invitation

    # Input

    def _check_role(self, role: object) -> None:
        if role not in ROLES:
            raise self.refuse(422, "is not included in the list", "role")

    def _check_teams(self, request: Request, team_ids: object) -> None:
        known = {team.id for team in self._of(request).teams}
        if not isinstance(team_ids, list) or any(
            isinstance(team, bool) or not isinstance(team, int) or team not in known for team in team_ids
        ):
            raise self.refuse(422, "are invalid", "team_ids")
