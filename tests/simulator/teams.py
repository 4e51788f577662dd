# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The teams of a Honeybadger account, their members and their invitations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from .directory import Directory
from .people import name_of
from .world import World


@dataclass
class TeamMember:
    id: int
    email: str
    name: str
    admin: bool
    created_at: str


@dataclass
class TeamInvitation:
    id: int
    token: str
    email: str
    admin: bool
    message: str | None
    created_at: str
    accepted_at: str | None = None
    accepted_by: dict[str, str | None] | None = None


class HoneybadgerTeam:
    def __init__(self, identity: int, name: str, created_at: str, teams: Teams) -> None:
        self.id = identity
        self.name = name
        self.created_at = created_at
        self.members: Directory[TeamMember] = Directory(teams.render_member)
        self.invitations: Directory[TeamInvitation] = Directory(teams.render_invitation)

    def find_member(self, who: str | int) -> TeamMember:
        member = self.members.get(who)
        for found in [member] if member else self.members.find(str(who)):
            return found
        raise LookupError(f"no member of team {self.id}: {who}")

    def find_invitation(self, who: str | int) -> TeamInvitation:
        """The pending one, the newest where there are several."""
        invitation = self.invitations.get(who)
        for found in [invitation] if invitation else reversed(self.invitations.find(str(who))):
            if found.accepted_at is None:
                return found
        raise LookupError(f"no pending invitation to team {self.id}: {who}")

    def known(self, email: str) -> bool:
        """Whether the address belongs to a member or a pending invitation."""
        pending = any(invitation.accepted_at is None for invitation in self.invitations.find(email))
        return pending or bool(self.members.find(email))


class Teams:
    """Members and invitations count their ids separately from 1, over all teams of the account.

    So one number is often the id of a user, of a member, of an invitation to the account and of one to a team.
    """

    def __init__(self, world: World, issue: Callable[[str], str]) -> None:
        self._world = world
        self._issue = issue
        self._teams: dict[int, HoneybadgerTeam] = {}
        self._last_member = self._last_invitation = 0

    def reset(self, numbers: Iterable[int]) -> None:
        self._teams.clear()
        self._last_member = self._last_invitation = 0
        for number in numbers:
            self.add(f"Team {number}", id=number, created_at=self._world.founded())

    def __iter__(self) -> Iterator[HoneybadgerTeam]:
        return iter(list(self._teams.values()))

    def get(self, identity: int) -> HoneybadgerTeam | None:
        return self._teams.get(identity)

    def find(self, identity: int) -> HoneybadgerTeam:
        team = self._teams.get(identity)
        if team is None:
            raise LookupError(f"no team on honeybadger: {identity}")
        return team

    # What people do

    def add(self, name: str, *, id: int = 0, created_at: str = "") -> HoneybadgerTeam:  # noqa: A002
        with self._world.lock:
            number = id or max(self._teams, default=0) + 1
            team = HoneybadgerTeam(number, name, created_at or self._world.stamp(), self)
            self._teams[number] = team
            return team

    def remove(self, identity: int) -> None:
        """A team is deleted, with its members and invitations."""
        with self._world.lock:
            del self._teams[self.find(identity).id]

    def add_member(
        self,
        team_id: int,
        email: str,
        admin: bool = False,
        name: str | None = None,
        *,
        id: int = 0,  # noqa: A002
        created_at: str = "",
    ) -> TeamMember:
        """A member, made without an invitation; a user of the account or not."""
        with self._world.lock:
            number = id or self._last_member + 1
            self._last_member = max(self._last_member, number)
            shown = name_of(email) if name is None else name
            stamp = created_at or self._world.stamp()
            return self.find(team_id).members.add(TeamMember(number, email, shown, admin, stamp))

    def add_invitation(
        self,
        team_id: int,
        email: str,
        admin: bool = False,
        *,
        message: str | None = None,
        id: int = 0,  # noqa: A002
        token: str = "",
        created_at: str = "",
        accepted_at: str | None = None,
        accepted_by: dict[str, str | None] | None = None,
    ) -> TeamInvitation:
        """An invitation to a team, made without an e-mail."""
        with self._world.lock:
            number = id or self._last_invitation + 1
            self._last_invitation = max(self._last_invitation, number)
            if accepted_at and accepted_by is None:
                accepted_by = {"email": email, "name": name_of(email)}
            stamp = created_at or self._world.stamp()
            return self.find(team_id).invitations.add(
                TeamInvitation(number, self._issue(token), email, admin, message, stamp, accepted_at, accepted_by)
            )

    def invite(self, team_id: int, email: str, admin: bool = False, message: str | None = None) -> TeamInvitation:
        """An invitation to a team, with its e-mail."""
        with self._world.lock:
            invitation = self.add_invitation(team_id, email, admin, message=message)
            self._world.mail("honeybadger", email, f"team/{team_id}/{invitation.id}")
            return invitation

    def join(self, team_id: int, email: str, name: str, admin: bool = False) -> TeamMember:
        """Somebody is in a team from now on, if they were not before."""
        team = self.find(team_id)
        for member in team.members.find(email):
            return member
        return self.add_member(team_id, email, admin, name)

    def leave(self, team_id: int, who: str | int) -> TeamMember:
        with self._world.lock:
            team = self.find(team_id)
            member = team.find_member(who)
            team.members.remove(member)
            return member

    def set_admin(self, team_id: int, who: str | int, admin: bool = True) -> TeamMember:
        with self._world.lock:
            team = self.find(team_id)
            return team.members.change(team.find_member(who), admin=admin)

    def delete_invitation(self, team_id: int, who: str | int) -> TeamInvitation:
        with self._world.lock:
            team = self.find(team_id)
            invitation = team.find_invitation(who)
            team.invitations.remove(invitation)
            return invitation

    def forget(self, email: str) -> None:
        """A user was removed from the account; whether the teams hear of it is a setting."""
        if self._world.settings.leaver_teams == "kept":
            return
        for team in self:
            for member in team.members.find(email):
                team.members.remove(member)
            for invitation in team.invitations.find(email):
                team.invitations.remove(invitation)

    # Looking

    def holding(self, email: str) -> list[int]:
        """Ids of the teams that somebody is in or invited to."""
        return [team.id for team in self if team.known(email)]

    def render_member(self, member: TeamMember) -> dict[str, Any]:
        record = {**vars(member)}
        return {**record, "time_zone": "UTC"} if self._world.settings.extra_fields else record

    def render_invitation(self, invitation: TeamInvitation) -> dict[str, Any]:
        settings = self._world.settings
        record = {**vars(invitation)}
        if invitation.accepted_at and settings.accepted_email == "empty":
            record["email"] = ""
        return {**record, "link": f"/join/{invitation.token}"} if settings.extra_fields else record

    def forget_texts(self) -> None:
        for team in self:
            team.members.forget_texts()
            team.invitations.forget_texts()

    # Seeding

    def dump(self) -> list[dict[str, Any]]:
        """Without the tokens."""
        return [
            {
                "id": team.id,
                "name": team.name,
                "members": [asdict(member) for member in team.members],
                "invitations": [_without_token(invitation) for invitation in team.invitations],
            }
            for team in self
        ]

    def load(self, teams: list[dict[str, Any]]) -> None:
        """Replace all teams."""
        self.reset(())
        for record in teams:
            team = self.add(record.get("name") or f"Team {record.get('id')}", id=record.get("id", 0))
            for member in record.get("members", ()):
                self.add_member(team.id, **member)
            for invitation in record.get("invitations", ()):
                self.add_invitation(team.id, **invitation)


def _without_token(invitation: TeamInvitation) -> dict[str, Any]:
    return {name: value for name, value in asdict(invitation).items() if name != "token"}
