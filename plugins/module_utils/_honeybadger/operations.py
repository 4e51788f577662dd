# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Honeybadger can be asked for besides one person: everybody, accounts, users, invitations and teams.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t

from .._access.bulk import manage_people
from .._access.model import KNOWN
from .._access.options import BULK, VERIFY, people
from .._access.outcome import Around
from .._access.record import Operation, Result, Values, inspect, is_address, narrowed_to, nothing_done, reads
from .._http.outside import quoted
from .connect import ACCOUNT, CONNECTION, honeybadger, honeybadger_teams
from .facts import HONEYBADGER
from .teams import Team


def _users(values: Values, check: bool, around: Around) -> Result:
    return manage_people(honeybadger(values, teams=True), values, check, around)


def _account_info(values: Values) -> Result:
    service = honeybadger(values)
    one = values["account_id"] is not None
    return inspect(service, lambda: {"accounts": [service.account()] if one else service.accounts()})


def _user_info(values: Values) -> Result:
    service, email = honeybadger(values), narrowed_to(values["email"])
    return inspect(service, lambda: {"users": [one for one in service.users(values["id"]) if is_address(one, email)]})


def _invitation_info(values: Values) -> Result:
    service, email = honeybadger(values), narrowed_to(values["email"])
    shown = ("pending", "accepted") if values["status"] == "all" else (values["status"],)

    def invitations() -> list[dict[str, t.Any]]:
        listed = service.invitations(values["id"])
        return [one for one in listed if one["status"] in shown and is_address(one, email)]

    return inspect(service, lambda: {"invitations": invitations()})


def _team_info(params: Values) -> Result:
    """The teams of an account, or those that a person is in or invited to."""
    teams = honeybadger_teams(params)
    email = narrowed_to(params["email"])
    found: list[Team] = []

    def values() -> dict[str, t.Any]:
        found.extend(teams.teams(params["team_id"]))
        return {"teams": [team.public() for team in found if email is None or _concerns(team, email)]}

    result = inspect(teams, values)
    result.warnings += [
        f"The token cannot read the {' and '.join(team.unread)} of team {team.id} ({quoted(team.name)})."
        for team in found
        if team.unread
    ]
    result.warnings += [teams.misplaced] if teams.misplaced else []
    return result


def _concerns(team: Team, email: str) -> bool:
    """Whether a person is in the team, or has or had an invitation to it."""
    invited = {address for item in team.invitations for address in (item.email, item.accepted_by)}
    return email in invited or email in {member.email for member in team.members}


USERS = Operation(
    {
        **CONNECTION,
        **ACCOUNT,
        **VERIFY,
        "manage_teams": {"type": "bool", "default": False},
        **BULK,
        **people(HONEYBADGER),
        KNOWN: {"type": "dict"},
    },
    _users,
    {**nothing_done(HONEYBADGER), KNOWN: {}},
)
ACCOUNT_INFO = reads({**CONNECTION, "account_id": {"type": "str"}}, _account_info)
USER_INFO = reads({**CONNECTION, **ACCOUNT, "email": {"type": "str"}, "id": {"type": "int"}}, _user_info)
INVITATION_INFO = reads(
    {
        **CONNECTION,
        **ACCOUNT,
        "email": {"type": "str"},
        "id": {"type": "int"},
        "status": {"type": "str", "choices": ["pending", "accepted", "all"], "default": "all"},
    },
    _invitation_info,
)
TEAM_INFO = reads({**CONNECTION, **ACCOUNT, "team_id": {"type": "int"}, "email": {"type": "str"}}, _team_info)
