# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Honeybadger API (v2): teams, their members and their invitations."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .account import Account
from .answers import ADDRESS, Answers, denied
from .messages import Reply, Request
from .teams import HoneybadgerTeam, TeamInvitation
from .world import World

FIRST_ACCOUNT = 100  # the number of an account, which only teams tell
Endpoints = dict[str, dict[str, Callable[[Request], Reply]]]


class TeamsApi(Answers):
    """A team belongs to one account, but is reached without naming it."""

    def __init__(self, world: World, account: Account, accounts: Callable[[], list[str]]) -> None:
        super().__init__(world)
        self._account = account
        self._accounts = accounts
        self.endpoints: Endpoints = {
            "teams": {"GET": self._list_teams, "POST": self._create_team},
            "teams/*": {"GET": self._show_team, "PUT": self._rename_team, "DELETE": self._delete_team},
            "teams/*/team_members": {"GET": self._list_members},
            "teams/*/team_members/*": {
                "GET": self._show_member,
                "PUT": self._change_member,
                "DELETE": self._remove_member,
            },
            "teams/*/team_invitations": {"GET": self._list_invitations, "POST": self._invite},
            "teams/*/team_invitations/*": {
                "GET": self._show_invitation,
                "PUT": self._change_invitation,
                "DELETE": self._delete_invitation,
            },
        }

    def enter(self, request: Request) -> None:
        """Whether the token may read teams at all, and the one that is named."""
        access = self._world.settings.teams_access
        if access == "404":
            raise self.refuse(404, "Not found")
        if access == "403" or (request.ids and request.ids[0] in map(str, self._world.settings.teams_denied)):
            raise denied()

    # Teams

    def _all(self) -> dict[str, Account]:
        """The accounts whose teams the token sees, by id."""
        return {self._world.settings.account_id: self._account, **self._account.others}

    def _team(self, request: Request) -> HoneybadgerTeam:
        number = request.ids[0]
        for account in self._all().values():
            team = account.teams.get(int(number)) if number.isdecimal() else None
            if team:
                return team
        raise self.refuse(404, "Not found")

    def _list_teams(self, request: Request) -> Reply:
        asked = self._asked(request)
        if not self._world.settings.teams_filtered:
            asked = None
        texts = [
            json.dumps(self._record(account_id, team)).encode()
            for account_id, account in self._all().items()
            if asked in (None, account_id)
            for team in account.teams
        ]
        start, stop = self.span(request)
        return self.page(request, texts[start:stop], len(texts))

    def _asked(self, request: Request) -> str | None:
        """The account that a request names, if it names one."""
        asked = request.query.get("account_id")
        if asked is not None and asked not in self._all():
            raise denied() if asked in self._accounts() else self.refuse(404, "Not found")
        return asked

    def _home(self, team: HoneybadgerTeam) -> str:
        return next(name for name, account in self._all().items() if account.teams.get(team.id) is team)

    def _create_team(self, request: Request) -> Reply:
        home = self._asked(request) or self._world.settings.account_id
        account = self._all()[home]
        team = account.teams.find(account.add_team(self._name(request)))
        return self.text_reply(201, json.dumps(self._record(home, team)).encode(), changed=True)

    def _rename_team(self, request: Request) -> Reply:
        self._team(request).name = self._name(request)
        return Reply(204, changed=True)

    def _delete_team(self, request: Request) -> Reply:
        team = self._team(request)
        self._all()[self._home(team)].teams.remove(team.id)
        return Reply(204, changed=True)

    def _name(self, request: Request) -> str:
        name = self.wrapped(request, "team").get("name")
        if not isinstance(name, str) or not name.strip():
            raise self.refuse(422, "can't be blank", "name")
        return name

    def _show_team(self, request: Request) -> Reply:
        team = self._team(request)
        return self.text_reply(200, json.dumps(self._record(self._home(team), team)).encode())

    def _record(self, account_id: str, team: HoneybadgerTeam) -> dict[str, Any]:
        settings = self._world.settings
        record: dict[str, Any] = {"id": team.id, "name": team.name, "created_at": team.created_at}
        if settings.team_account != "missing":
            number = FIRST_ACCOUNT + list(self._all()).index(account_id)
            record["account_id"] = account_id if settings.team_account == "text" else number
        if settings.team_lists == "missing":
            return record
        token = f"canaryProject{account_id}{team.id}"
        self._world.issued.add(token)
        return {
            **record,
            "owner": {"id": 1, "email": settings.owner, "name": "Owner"} if settings.owner else None,
            "members": [json.loads(team.members.text(member)) for member in team.members],
            "projects": [{"id": team.id, "name": f"Project of {team.name}", "token": token}],
            "invitations": [json.loads(team.invitations.text(invitation)) for invitation in team.invitations],
        }

    # Members

    def _list_members(self, request: Request) -> Reply:
        return self.listed(request, self._team(request).members)

    def _show_member(self, request: Request) -> Reply:
        members = self._team(request).members
        return self.show(members, self.record(request, members))

    def _change_member(self, request: Request) -> Reply:
        members = self._team(request).members
        member = self.record(request, members)
        members.change(member, admin=self._admin(self.wrapped(request, "team_member")))
        return Reply(204, changed=True)

    def _remove_member(self, request: Request) -> Reply:
        members = self._team(request).members
        members.remove(self.record(request, members))
        return Reply(204, changed=True)

    # Invitations

    def _list_invitations(self, request: Request) -> Reply:
        return self.listed(request, self._team(request).invitations)

    def _show_invitation(self, request: Request) -> Reply:
        invitations = self._team(request).invitations
        return self.show(invitations, self.record(request, invitations))

    def _invite(self, request: Request) -> Reply:
        team = self._team(request)
        wanted = self.wrapped(request, "team_invitation")
        email, message = wanted.get("email"), wanted.get("message")
        if not isinstance(email, str) or not ADDRESS.fullmatch(email):
            raise self.refuse(422, "is invalid" if email else "can't be blank", "email")
        admin = self._admin({"admin": False, **wanted})
        mode = self._world.settings.duplicate_invite
        if mode != "email" and team.known(email):
            raise self.refuse(int(mode), "has already been taken", "email")
        home = self._all()[self._home(team)]
        invitation = home.teams.invite(team.id, email, admin, message if isinstance(message, str) else None)
        return self.text_reply(201, team.invitations.text(invitation), changed=True)

    def _change_invitation(self, request: Request) -> Reply:
        team = self._team(request)
        invitation = self._open_invitation(request, team)
        wanted = self.wrapped(request, "team_invitation")
        changes: dict[str, Any] = {}
        if isinstance(wanted.get("message"), str):
            changes["message"] = wanted["message"]
        if "admin" in wanted or not changes:
            changes["admin"] = self._admin(wanted)
        team.invitations.change(invitation, **changes)
        if self._world.settings.invitation_put == "204":
            return Reply(204, changed=True)
        return self.text_reply(200, team.invitations.text(invitation), changed=True)

    def _delete_invitation(self, request: Request) -> Reply:
        team = self._team(request)
        team.invitations.remove(self._open_invitation(request, team))
        return Reply(204, changed=True)

    def _open_invitation(self, request: Request, team: HoneybadgerTeam) -> TeamInvitation:
        invitation = self.record(request, team.invitations)
        self.refuse_accepted(invitation.accepted_at)
        return invitation

    def _admin(self, wanted: dict[str, Any]) -> bool:
        admin = wanted.get("admin")
        if not isinstance(admin, bool):
            raise self.refuse(422, "is not true or false", "admin")
        return admin
