# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Honeybadger's calls (v2) for the teams of one account, their members and their invitations.

Source: the vendor's own documentation. A person who accepts a team invitation becomes a user of the account.
This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace

from .._access.addresses import few, fold
from .._http import errors
from .._http.address import segment
from .._http.answers import Shape, read_pages
from .._http.client import Client
from .._http.errors import REFUSED, AccessError, Request
from .._http.naming import option
from .._http.retry import found_gone
from .account import is_accepted, without_token
from .facts import HONEYBADGER
from .invited import Invited, accepted_email

TEAMS = "/v2/teams"
SHOWN = ("id", "name", "account_id", "created_at", "owner")
LISTS = {
    "invitations": "team_invitations",
    "members": "team_members",
}  # embedded in a team, and with a path of their own


PERSON = ("id", "name", "email")


Record = t.Mapping[str, t.Any]


@dataclass(frozen=True)
class TeamMember:
    """Somebody in a team. ``id`` is neither the id of a user nor of an invitation; ``email`` is folded."""

    id: int
    email: str
    name: str
    admin: bool
    record: Record = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class TeamInvitation:
    """An invitation to a team. ``email`` and ``accepted_by`` are folded; ``record`` has no token."""

    id: int
    email: str
    admin: bool
    since: str | None = None
    accepted: bool = False
    accepted_by: str = ""
    record: Record = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class Team:
    """A team with everybody in it or invited to it.

    ``unread`` names the lists that the token cannot read, by their fields; ``error`` says why.
    """

    id: int
    name: str
    members: tuple[TeamMember, ...]
    invitations: tuple[TeamInvitation, ...]
    unread: tuple[str, ...] = ()
    error: AccessError | None = field(default=None, compare=False, repr=False)
    record: Record = field(default_factory=dict, compare=False, repr=False)

    @property
    def pending(self) -> tuple[TeamInvitation, ...]:
        """The invitations that are not accepted."""
        return tuple(invitation for invitation in self.invitations if not invitation.accepted)

    def links(self) -> dict[str, set[str]]:
        """The other addresses to which people were invited, by that under which they accepted."""
        found: dict[str, set[str]] = {}
        for item in self.invitations:
            if item.accepted and item.accepted_by and item.email not in ("", item.accepted_by):
                found.setdefault(item.accepted_by, set()).add(item.email)
        return found

    def public(self) -> dict[str, t.Any]:
        """The form that results show, without tokens and without the keys of the team's projects."""
        lists = {
            "members": [member.record for member in self.members],
            "invitations": [
                {**invitation.record, "status": "accepted" if invitation.accepted else "pending"}
                for invitation in self.invitations
            ],
        }
        return {**self.record, **lists, **dict.fromkeys(self.unread)}


class HoneybadgerTeams:
    """The teams of an account. ``lists`` are the paths that were read for the teams.

    ``misplaced`` says why none of the teams in the last answer was taken, if the account was asked for teams and got
    only those of other accounts.
    """

    def __init__(self, client: Client, account_id: str, invited: Invited | None = None) -> None:
        self.client = client
        self.lists: list[str] = []
        self.misplaced = ""
        self._account = account_id
        self.invited = invited or Invited(None)

    def teams(self, team_id: int | None = None) -> list[Team]:
        """All teams, or the one with this id, if the account has it.

        One request lists all teams; members and invitations that it does not embed take one request each. If the token
        cannot read the lists of a team, the team says so, and the others are still read.
        """
        path = f"{TEAMS}?account_id={segment(self._account)}"
        shape = Shape(HONEYBADGER.title, "GET", TEAMS)
        listed = self._list(path)
        self.lists = [TEAMS]
        ours = [record for record in listed if not self._is_elsewhere(record)]
        self.misplaced = "" if ours or not listed else self._why_none(listed)
        if ours:
            self.invited.teams_listed([record["id"] for record in ours])
        return [self._team(shape, record) for record in ours if team_id in (None, record["id"])]

    def _is_elsewhere(self, record: Record) -> bool:
        """Whether a team names another account.

        The vendor's own clients read a number here, which no other answer has, and the documentation has no such field:
        only the id of another account, which is text, says something.
        """
        told = record.get("account_id")
        return isinstance(told, str) and told not in ("", self._account)

    def _why_none(self, listed: t.Sequence[Record]) -> str:
        accounts = sorted({self.client.clean(str(record["account_id"])) for record in listed})
        teams = "1 team" if len(listed) == 1 else f"{len(listed)} teams"
        return (
            f"Honeybadger listed {teams} for the account {self._account}, but only of {few(accounts)}, so none was used. "
            f"Check {option('account_id')}."
        )

    def team(self, team_id: int) -> Team:
        """The team with this id."""
        for team in self.teams(team_id):
            if team.error:
                raise team.error
            return team
        raise no_team(team_id).hinted(self.misplaced) if self.misplaced else no_team(team_id)

    def invite(self, team_id: int, email: str, admin: bool) -> TeamInvitation:
        """Send a team invitation; people cannot join in any other way."""
        path = self._path(team_id, "team_invitations")
        fields = {"email": email, "admin": admin}
        answer, status = self._call("POST", path, {"team_invitation": fields})
        shape = Shape(HONEYBADGER.title, "POST", path, status)
        created = shape.must(answer, dict)
        shape.must(created.get("id"), int)
        sent = {**fields, **created, "email": created.get("email") or email}
        self.invited.sent({**sent, "email": email}, team_id)
        return self._invitation(shape, team_id, sent)

    def update_invitation(self, team_id: int, invitation: TeamInvitation, admin: bool) -> TeamInvitation:
        """Change what somebody becomes on accepting. No second e-mail is sent."""
        path = self._path(team_id, "team_invitations", invitation.id)
        self._change(path, "team_invitation", invitation.email, admin)
        return replace(invitation, admin=admin, record={**invitation.record, "admin": admin})

    def cancel_invitation(self, team_id: int, invitation: TeamInvitation) -> None:
        """Cancel an invitation. If a repeated request finds it gone, it may have been accepted, so 404 is an error."""
        path = self._path(team_id, "team_invitations", invitation.id)
        answer, status = self._call("DELETE", path)
        if isinstance(answer, dict):
            self._refuse_accepted(answer, invitation.email, status, "DELETE", path)
        self.invited.removed(invitation.id, team_id)

    def set_admin(self, team_id: int, member: TeamMember, admin: bool) -> TeamMember:
        """Make somebody an admin of the team, or no longer one."""
        self._change(self._path(team_id, "team_members", member.id), "team_member", member.email, admin)
        return replace(member, admin=admin, record={**member.record, "admin": admin})

    def leave(self, team_id: int, member: TeamMember) -> None:
        """Remove somebody from a team. If a repeated request finds them gone, the first attempt removed them."""
        try:
            self._call("DELETE", self._path(team_id, "team_members", member.id))
        except AccessError as error:
            if not found_gone(error):
                raise

    def _team(self, shape: Shape, record: Record) -> Team:
        """Read the invitations first, so that a person who accepts in between is seen twice instead of not at all."""
        team_id = record["id"]
        lists = {name: self._readable(record, name, path) for name, path in LISTS.items()}
        unread = {name: error for name, error in lists.items() if isinstance(error, AccessError)}
        read = {name: found for name, found in lists.items() if not isinstance(found, AccessError)}
        if "invitations" in read:
            invitations = [_checked(shape, invitation) for invitation in read["invitations"]]
            pending = [invitation for invitation in invitations if not is_accepted(invitation)]
            self.invited.listed(pending, [one for one in invitations if is_accepted(one)], team_id)
        owner = shape.must(record.get("owner") or {}, dict)
        shown = {
            **{key: record[key] for key in SHOWN if key in record},
            "owner": {key: owner[key] for key in PERSON if key in owner} or None,
            "projects": [
                {key: project[key] for key in ("id", "name") if key in project}
                for project in shape.must(record.get("projects") or [], list)
                if isinstance(project, dict)
            ],
        }
        return Team(
            team_id,
            shape.text(record, "name"),
            tuple(_member(shape, member) for member in read.get("members", ())),
            tuple(self._invitation(shape, team_id, invitation) for invitation in read.get("invitations", ())),
            tuple(unread),
            next(iter(unread.values()), None),
            shown,
        )

    def _readable(self, record: Record, embedded: str, path: str) -> list[dict[str, t.Any]] | AccessError:
        """One of a team's lists, or why the token cannot read it."""
        try:
            return self._part(record, embedded, path)
        except AccessError as error:
            if error.code not in (errors.FORBIDDEN, errors.NOT_FOUND):
                raise
            return error

    def _part(self, record: Record, embedded: str, path: str) -> list[dict[str, t.Any]]:
        """One of a team's lists: as embedded if it is usable, otherwise from its own path."""
        there = record.get(embedded)
        if isinstance(there, list) and all(isinstance(item, dict) and _is_id(item.get("id")) for item in there):
            return there
        asked = self._path(record["id"], path)
        found = self._list(asked)
        self.lists.append(asked)
        return found

    def _invitation(self, shape: Shape, team_id: int, record: Record) -> TeamInvitation:
        """An invitation. The address of an accepted one may be missing; if this run or an earlier one saw it, it is used."""
        self.client.hide(record.get("token"))
        _checked(shape, record)
        return TeamInvitation(
            id=record["id"],
            email=self.invited.address(record, team_id),
            admin=shape.flag(record, "admin"),
            since=shape.text(record, "created_at") or None,
            accepted=is_accepted(record),
            accepted_by=accepted_email(record),
            record=without_token(record),
        )

    def _change(self, path: str, wrapper: str, email: str, admin: bool) -> None:
        answer, status = self._call("PUT", path, {wrapper: {"admin": admin}})
        if not isinstance(answer, dict):
            return
        self._refuse_accepted(answer, email, status, "PUT", path)
        if answer.get("admin", admin) is not admin:
            raise _overtaken(email, "was not changed", status, "PUT", path)

    def _refuse_accepted(self, answer: Record, email: str, status: int, method: str, path: str) -> None:
        """Raise if the invitation was accepted since it was listed: it can no longer be changed or cancelled."""
        if is_accepted(answer):
            raise _overtaken(email, "accepted the invitation during this run", status, method, path)

    def _path(self, team_id: int, *parts: t.Any) -> str:
        return "/".join([TEAMS, segment(team_id), *(segment(part) for part in parts)])

    def _list(self, path: str) -> list[dict[str, t.Any]]:
        try:
            return read_pages(self.client, path, "results", int)
        except AccessError as error:
            raise self._explain(error) from None

    def _call(self, method: str, path: str, body: t.Any = None) -> tuple[t.Any, int]:
        try:
            answer = self.client.request(method, path, body)
        except AccessError as error:
            raise self._explain(error) from None
        return answer.body, answer.status

    def _explain(self, error: AccessError) -> AccessError:
        """Name the likely cause if the status alone does not."""
        path = (error.path or "").partition("?")[0]
        if error.status == 403 and error.code == errors.FORBIDDEN:
            error.hint = (
                "The token may not manage this team. Use the token of an account Owner or of an admin of the team, and check "
                f"{option('auth_token')}, {option('account_id')} and {option('api_url')} (EU accounts have another one)."
            )
        elif error.status == 401:
            error.hint = f"Check {option('auth_token')}: it is the personal token from the user settings, not a project's API key."
        elif error.status == 404 and path == TEAMS:
            error.code = errors.ENDPOINT_UNAVAILABLE
            error.hint = f"This Honeybadger does not show teams to this token: check {option('account_id')} and {option('api_url')}."
        return error


def no_team(team_id: int, what: str = "") -> AccessError:
    """The error for a team that the account does not have."""
    return AccessError(
        errors.NOT_FOUND,
        f"The account has no team with the id {team_id}{what and f', {what}'}.",
        hint=f"Check the id and {option('account_id')}; honeybadger_team_info lists the teams.",
    )


def _checked(shape: Shape, invitation: Record) -> Record:
    """The invitation, if the fields that say who it is for have the right types."""
    for name in ("email", "created_at"):
        shape.text(invitation, name)
    shape.text(shape.must(invitation.get("accepted_by") or {}, dict), "email")
    return invitation


def _is_id(value: t.Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _member(shape: Shape, record: Record) -> TeamMember:
    return TeamMember(
        record["id"],
        fold(shape.text(record, "email")),
        shape.text(record, "name"),
        shape.flag(record, "admin"),
        without_token(record),
    )


def _overtaken(email: str, what: str, status: int, method: str, path: str) -> AccessError:
    return AccessError(
        errors.CONFLICT,
        f"{email} {what}.",
        hint="Run again; the next run starts from the present state.",
        status=status,
        method=method,
        path=path,
        request=Request(REFUSED),
    )
