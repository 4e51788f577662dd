# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The members of one team, managed like those of an account.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import replace

from .._access.model import INVITATION, MEMBERSHIP, Grant
from .._access.service import Service, linked
from .facts import HONEYBADGER
from .teams import TEAMS, HoneybadgerTeams, TeamInvitation, TeamMember

MEMBER, ADMIN = "member", "admin"


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
        grants = linked([_member(member, team.invitations) for member in team.members], [team.links()])
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


def _member(member: TeamMember, invitations: t.Iterable[TeamInvitation]) -> Grant:
    accepted = [item for item in invitations if item.accepted and member.email and item.accepted_by == member.email]
    return Grant(
        id=member.id,
        email=member.email,
        role=ADMIN if member.admin else MEMBER,
        kind=MEMBERSHIP,
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
