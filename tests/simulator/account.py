# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of Honeybadger: one account, its users, its invitations and its teams; and other accounts of the token."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from .directory import Directory
from .people import name_of, people
from .teams import TeamInvitation, Teams
from .world import World

OTHER_TEAMS = 1000  # ids of another account's teams count from here


@dataclass
class User:
    id: int
    email: str
    name: str
    role: str


@dataclass
class Invitation:
    id: int
    token: str
    email: str
    role: str
    created_at: str
    created_by: dict[str, str]
    team_ids: list[int]
    accepted_at: str | None = None
    accepted_by: dict[str, str] | None = None


class Account:
    """Everything here is what an Owner does in the service itself, outside the API.

    Users and invitations count their ids separately from 1, so that one id often names both. `others` are further
    accounts of the token, by id: only those that were opened here show their people and teams.
    """

    def __init__(self, world: World, number: int = 0) -> None:
        self._world = world
        self._number = number
        self.others: dict[str, Account] = {}
        self.teams = Teams(world, self._issue)
        self.users: Directory[User] = Directory(self._render_user)
        self.invitations: Directory[Invitation] = Directory(self._render_invitation)
        self.reset()

    def reset(self) -> None:
        settings = self._world.settings
        self._random = random.Random(f"honeybadger-{settings.seed}" + f"-{self._number}" * bool(self._number))
        self._empty_users()
        self._empty_invitations()
        self.others.clear()
        self.teams.reset(() if self._number else settings.teams)
        if settings.owner:
            self.add(settings.owner, "Owner")
        if self._number:
            return
        for person in people(settings.seed, settings.people):
            self.add(person.email, "Admin" if person.lead else "Member", person.name)

    def _empty_users(self) -> None:
        self.users.clear()
        self._last_user = 0

    def _empty_invitations(self) -> None:
        self.invitations.clear()
        self._last_invitation = 0

    def _issue(self, token: str) -> str:
        issued = token or f"canaryInvitation{self._random.getrandbits(40):010x}"
        self._world.issued.add(issued)
        return issued

    def open(self, account_id: str) -> Account:
        """Another account of the token, with its owner; from now on it shows its people."""
        with self._world.lock:
            if account_id not in self.others:
                self.others[account_id] = Account(self._world, len(self.others) + 1)
            return self.others[account_id]

    # What people do

    def add_team(self, name: str = "", *, id: int = 0) -> int:  # noqa: A002
        """The id of a new team; such ids are unique over all accounts."""
        first = OTHER_TEAMS * self._number
        number = id or max([first, *(team.id for team in self.teams)]) + 1
        return self.teams.add(name or f"Team {number}", id=number).id

    def add(self, email: str, role: str = "Member", name: str | None = None, *, id: int = 0) -> User:  # noqa: A002
        """A user, made without an invitation."""
        with self._world.lock:
            number = id or self._last_user + 1
            self._last_user = max(self._last_user, number)
            return self.users.add(User(number, email, name_of(email) if name is None else name, role))

    def add_invitation(
        self,
        email: str,
        role: str = "Member",
        team_ids: Iterable[int] = (),
        *,
        id: int = 0,  # noqa: A002
        token: str = "",
        created_at: str = "",
        created_by: dict[str, str] | None = None,
        accepted_at: str | None = None,
        accepted_by: dict[str, str] | None = None,
    ) -> Invitation:
        """An invitation, made without an e-mail."""
        with self._world.lock:
            number = id or self._last_invitation + 1
            self._last_invitation = max(self._last_invitation, number)
            owner = self._world.settings.owner or "owner@example.com"
            if accepted_at and accepted_by is None:
                accepted_by = {"email": email, "name": name_of(email)}
            return self.invitations.add(
                Invitation(
                    number,
                    self._issue(token),
                    email,
                    role,
                    created_at or self._world.stamp(),
                    created_by or {"email": owner, "name": name_of(owner)},
                    list(team_ids),
                    accepted_at,
                    accepted_by,
                )
            )

    def invite(self, email: str, role: str = "Member", team_ids: Iterable[int] = ()) -> Invitation:
        """An invitation with its e-mail."""
        with self._world.lock:
            invitation = self.add_invitation(email, role, team_ids)
            self._world.mail("honeybadger", email, invitation.id)
            return invitation

    def accept(self, who: str | int, accepting: str = "", name: str | None = None) -> User:
        """Somebody follows the link in the e-mail, maybe from another address."""
        with self._world.lock:
            invitation = self.find_invitation(who)
            address = accepting or invitation.email
            there = self.users.find(address)
            user = there[0] if there else self.add(address, invitation.role, name)
            by = {"email": user.email, "name": user.name}
            for team_id in invitation.team_ids:
                if self.teams.get(team_id):
                    self.teams.join(team_id, user.email, user.name)
            self.invitations.change(invitation, accepted_at=self._world.stamp(), accepted_by=by)
            return user

    def accept_team(self, team_id: int, who: str | int, accepting: str = "", name: str | None = None) -> User:
        """Somebody accepts an invitation to a team, and so becomes a user of the account, whoever they were before."""
        with self._world.lock:
            team = self.teams.find(team_id)
            invitation: TeamInvitation = team.find_invitation(who)
            address = accepting or invitation.email
            there = self.users.find(address)
            user = there[0] if there else self.add(address, "Member", name)
            self.teams.join(team_id, user.email, user.name, invitation.admin)
            by = {"email": user.email, "name": user.name}
            team.invitations.change(invitation, accepted_at=self._world.stamp(), accepted_by=by)
            return user

    def remove(self, who: str | int) -> User:
        with self._world.lock:
            user = self.find(who)
            self.users.remove(user)
            self.teams.forget(user.email)
            return user

    def delete_invitation(self, who: str | int) -> Invitation:
        with self._world.lock:
            invitation = self.find_invitation(who)
            self.invitations.remove(invitation)
            return invitation

    def set_role(self, who: str | int, role: str) -> User:
        with self._world.lock:
            return self.users.change(self.find(who), role=role)

    # Looking

    def find(self, who: str | int) -> User:
        """By id or by e-mail address; LookupError where there is nobody."""
        user = self.users.get(who)
        for found in [user] if user else self.users.find(str(who)):
            return found
        raise LookupError(f"no user on honeybadger: {who}")

    def find_invitation(self, who: str | int) -> Invitation:
        """The pending one, the newest where there are several."""
        invitation = self.invitations.get(who)
        for found in [invitation] if invitation else reversed(self.invitations.find(str(who))):
            if found.accepted_at is None:
                return found
        raise LookupError(f"no pending invitation on honeybadger: {who}")

    def known(self, email: str) -> bool:
        """Whether the address belongs to a user or a pending invitation."""
        pending = any(invitation.accepted_at is None for invitation in self.invitations.find(email))
        return pending or bool(self.users.find(email))

    def _render_user(self, user: User) -> dict[str, Any]:
        record = {"id": user.id, "role": user.role, "name": user.name, "email": user.email}
        return {**record, "two_factor": False, "tags": []} if self._world.settings.extra_fields else record

    def _render_invitation(self, invitation: Invitation) -> dict[str, Any]:
        settings = self._world.settings
        record = {**vars(invitation)}
        if invitation.accepted_at and settings.accepted_email == "empty":
            record["email"] = ""
        return {**record, "locale": "en", "resent": []} if settings.extra_fields else record

    def forget_texts(self) -> None:
        self.users.forget_texts()
        self.invitations.forget_texts()
        self.teams.forget_texts()
        for other in self.others.values():
            other.forget_texts()

    # Seeding

    def dump(self) -> dict[str, Any]:
        """Without the tokens."""
        with self._world.lock:
            invitations = [asdict(invitation) for invitation in self.invitations]
            for invitation in invitations:
                del invitation["token"]
            state = {
                "users": [asdict(user) for user in self.users],
                "invitations": invitations,
                "teams": self.teams.dump(),
            }
            others = {name: account.dump() for name, account in self.others.items()}
            return {**state, "accounts": others} if others else state

    def load(self, state: dict[str, Any]) -> None:
        """Replace the users, the invitations, the teams and other accounts, as far as they are given."""
        with self._world.lock:
            if "users" in state:
                self._empty_users()
                for user in state["users"]:
                    self.add(**user)
            if "invitations" in state:
                self._empty_invitations()
                for invitation in state["invitations"]:
                    self.add_invitation(**invitation)
            if "teams" in state:
                self.teams.load(state["teams"])
            for name, part in state.get("accounts", {}).items():
                self.open(name).load(part)
