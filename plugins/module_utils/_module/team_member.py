# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""One Honeybadger team as a service: its members and invitations are planned and applied like those of an account.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t

from .._access.model import INVITATION, MEMBERSHIP
from .._honeybadger.one_team import ADMIN, MEMBER, OneTeam
from .._honeybadger.teams import HoneybadgerTeams, Team
from .exit import Result
from .info import inspect, narrowed_to
from .manage import Params, manage_person


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


def _concerns(team: Team, email: str) -> bool:
    """Whether a person is in the team, or has or had an invitation to it."""
    invited = {address for item in team.invitations for address in (item.email, item.accepted_by)}
    return email in invited or email in {member.email for member in team.members}
