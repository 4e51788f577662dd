# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What people have in a Honeybadger account besides access: team memberships and team invitations.

A person who accepts a team invitation becomes a user of the account, so a removed person could come back through one.
This file is private to the collection.
"""

from __future__ import annotations

import typing as t

from .._access.leaving import Leaver
from .._access.model import TEAM_INVITATION, TEAM_MEMBERSHIP, Grant, Kind, Person
from .._access.outcome import ByHand, Outcome
from .._access.service import Companion
from .._http import errors
from .._http.errors import AccessError
from .._http.outside import quoted
from .teams import TEAMS, HoneybadgerTeams, Team, TeamInvitation, TeamMember, no_team

UNREADABLE = (errors.FORBIDDEN, errors.NOT_FOUND, errors.ENDPOINT_UNAVAILABLE)
WHERE = "in Honeybadger under Settings > Teams"


class TeamGrants(Companion):
    """Memberships of the teams of an account, and pending invitations to them."""

    kinds: tuple[Kind, ...] = (TEAM_MEMBERSHIP, TEAM_INVITATION)

    def __init__(self, teams: HoneybadgerTeams) -> None:
        self.client = teams.client
        self.warnings: list[str] = []
        self.lists: list[str] = []
        self._teams = teams
        self._ids: set[int] = set()
        self._links: dict[str, set[str]] = {}
        self._members: dict[tuple[t.Any, t.Any], TeamMember] = {}
        self._invitations: dict[tuple[t.Any, t.Any], TeamInvitation] = {}

    def read(self, leavers: t.Sequence[Leaver]) -> list[Grant]:
        """Everybody who is in a team or invited to one. Teams that the token cannot read are left out, with a warning."""
        self.warnings, self.lists = [], []
        try:
            teams = self._teams.teams()
        except AccessError as error:
            if error.code not in UNREADABLE:
                raise
            self.warnings = [f"Teams could not be read, so nobody is removed from a team. {error.marked}"]
            return []
        self.lists = self._teams.lists
        if self._teams.misplaced:
            self.warnings = [f"Nobody is removed from a team. {self._teams.misplaced}"]
        self._ids = {team.id for team in teams}
        for team in teams:
            self._members.update({(team.id, member.id): member for member in team.members})
            self._invitations.update({(team.id, invitation.id): invitation for invitation in team.pending})
            for email, addresses in team.links().items():
                self._links.setdefault(email, set()).update(addresses)
            if team.unread:
                left = "nobody is removed from it" if "members" in team.unread else "none of them is cancelled"
                self.warnings.append(
                    f"The token cannot read the {' and '.join(team.unread)} of team {team.id} ({quoted(team.name)}), so {left}."
                )
        return [grant for team in teams for grant in _grants(team)]

    def knows(self, emails: t.Collection[str]) -> bool:
        """Whether one of these was invited to a team, and so may be a user under another address."""
        return not self._teams.invited.to_teams().isdisjoint(emails)

    def links(self) -> t.Mapping[str, t.Collection[str]]:
        """The addresses under which users were invited to teams, by that under which they accepted."""
        return self._links

    def check(self, people: t.Iterable[Person]) -> None:
        """Refuse a team that the account does not have."""
        for person in people:
            for team_id in sorted(set(person.team_ids or ()) - self._ids):
                raise no_team(team_id, f"declared for {person.email or person.id}")

    def invite(self, goal: Grant) -> Grant:
        """Invite somebody to a team."""
        invitation = self._teams.invite(goal.of("team_id"), goal.email, goal.role == "admin")
        self._invitations[goal.of("team_id"), invitation.id] = invitation
        return _invitation(goal.of("team_id"), "", invitation)

    def remove(self, target: Grant) -> None:
        """Remove somebody from a team, or cancel a team invitation."""
        team = target.of("team_id")
        if target.kind == TEAM_MEMBERSHIP:
            self._teams.leave(team, self._members[team, target.id])
        else:
            self._teams.cancel_invitation(team, self._invitations[team, target.id])

    def results(self, outcomes: t.Sequence[Outcome]) -> dict[str, t.Any]:
        """That teams could not be read, so that nobody is said to be in none of them."""
        return {"unread": [TEAMS]} if self.warnings else {}

    def follow_up(self, leavers: t.Sequence[Leaver], outcomes: t.Sequence[Outcome]) -> list[ByHand]:
        """Teams that could not be read."""
        if not (leavers and self.warnings):
            return []
        who = ", ".join(leaver.email for leaver in leavers)
        text = f"Honeybadger: not all teams could be read. Look {WHERE} for {who}, who can come back with a team invitation."
        return [ByHand(text, tuple(leaver.email for leaver in leavers))]


def _grants(team: Team) -> t.Iterator[Grant]:
    for member in team.members:
        accepted = {item.email for item in team.invitations if item.accepted and item.accepted_by == member.email}
        yield Grant(
            id=member.id,
            email=member.email,
            role="admin" if member.admin else "member",
            kind=TEAM_MEMBERSHIP,
            also=tuple(sorted(accepted - {member.email, ""})) if member.email else (),
            about=(("team_id", team.id), ("team", team.name)),
            record=member.record,
        )
    for invitation in team.pending:
        yield _invitation(team.id, team.name, invitation)


def _invitation(team_id: int, name: str, invitation: TeamInvitation) -> Grant:
    return Grant(
        id=invitation.id,
        email=invitation.email,
        role="admin" if invitation.admin else "member",
        kind=TEAM_INVITATION,
        since=invitation.since,
        about=(("team_id", team_id), ("team", name)),
        record=invitation.record,
    )
