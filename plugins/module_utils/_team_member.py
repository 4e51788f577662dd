# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""One Honeybadger team as a service: its members and invitations are planned and applied like those of an account.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import replace

from ._catalog import HONEYBADGER
from ._honeybadger_teams import TEAMS, HoneybadgerTeams, Team, TeamInvitation, TeamMember
from ._model import INVITATION, MEMBERSHIP, Grant
from ._run import Params, Result, inspect, manage_person, narrowed_to
from ._service import Service

MEMBER, ADMIN = "member", "admin"


def list_teams(teams: HoneybadgerTeams, params: Params) -> Result:
    """The teams of an account, or those that a person is in or invited to."""
    email = narrowed_to(params["email"])
    found: list[Team] = []

    def values() -> dict[str, t.Any]:
        found.extend(teams.teams(params["team_id"]))
        return {"teams": [team.public() for team in found if email is None or _concerns(team, email)]}

    result = inspect(teams, values)
    result.warnings += [
        f"The token cannot read the {' and '.join(team.unread)} of team {team.id} ({team.name})."
        for team in found
        if team.unread
    ]
    return result


def manage_member(teams: HoneybadgerTeams, params: Params, check: bool) -> Result:
    """Change one person's membership of a team to what is declared."""
    role = {True: ADMIN, False: MEMBER, None: None}[params["admin"]]
    return manage_person(
        OneTeam(teams, params["team_id"]),
        {**params, "role": role, "reinvite_after": None},
        check,
        min_keepers=0,
        objects={"member": (MEMBERSHIP,), "invitation": (INVITATION,)},
    )


class OneTeam(Service):
    """The members and pending invitations of a team; its admins have the higher of two roles."""

    info = replace(HONEYBADGER, target="team", roles=(MEMBER, ADMIN), default_role=MEMBER)

    def __init__(self, teams: HoneybadgerTeams, team_id: int) -> None:
        self.client = teams.client
        self.lists = [f"{TEAMS}/{team_id}"]
        self.scope = f"{HONEYBADGER.key}/team/{team_id}"
        self._teams = teams
        self._id = team_id
        self._members: dict[t.Any, TeamMember] = {}
        self._invitations: dict[t.Any, TeamInvitation] = {}

    def read(self) -> list[Grant]:
        """Members, each with the addresses of the invitations they accepted, and pending invitations."""
        team = self._teams.team(self._id)
        self._members = {member.id: member for member in team.members}
        self._invitations = {invitation.id: invitation for invitation in team.invitations}
        grants = [_member(member, team.invitations) for member in team.members]
        return grants + [_invitation(invitation) for invitation in team.pending]

    def invite(self, email: str, role: str, team_ids: tuple[int, ...] | None) -> tuple[Grant, bool]:
        """Send an invitation to the team."""
        invitation = self._teams.invite(self._id, email, role == ADMIN)
        self._invitations[invitation.id] = invitation
        return _invitation(invitation), True

    def update(self, target: Grant, goal: Grant) -> Grant:
        """Make a member an admin of the team or no longer one, or change what an invited person becomes."""
        admin = goal.role == ADMIN
        if target.kind == MEMBERSHIP:
            member = self._teams.set_admin(self._id, self._members[target.id], admin)
            return replace(goal, record=member.record)
        invitation = self._teams.update_invitation(self._id, self._invitations[target.id], admin)
        return replace(goal, record=invitation.record)

    def remove(self, target: Grant) -> None:
        """Remove somebody from the team, or cancel a team invitation."""
        if target.kind == MEMBERSHIP:
            self._teams.leave(self._id, self._members[target.id])
        else:
            self._teams.cancel_invitation(self._id, self._invitations[target.id])


def _concerns(team: Team, email: str) -> bool:
    """Whether a person is in the team, or has or had an invitation to it."""
    invited = {address for item in team.invitations for address in (item.email, item.accepted_by)}
    return email in invited or email in {member.email for member in team.members}


def _member(member: TeamMember, invitations: t.Iterable[TeamInvitation]) -> Grant:
    accepted = [item for item in invitations if item.accepted and member.email and item.accepted_by == member.email]
    also = dict.fromkeys(item.email for item in accepted if item.email and item.email != member.email)
    return Grant(
        id=member.id,
        email=member.email,
        role=ADMIN if member.admin else MEMBER,
        kind=MEMBERSHIP,
        also=tuple(also),
        invitations=tuple(item.id for item in accepted),
        record=member.record,
    )


def _invitation(invitation: TeamInvitation) -> Grant:
    return Grant(
        id=invitation.id,
        email=invitation.email,
        role=ADMIN if invitation.admin else MEMBER,
        kind=INVITATION,
        since=invitation.since,
        record=invitation.record,
    )
