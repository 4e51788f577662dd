# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""One Honeybadger team as a service: its members and invitations are planned and applied like those of an account.

This file is private to the collection.
"""

from __future__ import annotations

from .._access.model import INVITATION, MEMBERSHIP
from .._access.record import Result, Values
from .._honeybadger.one_team import ADMIN, MEMBER, OneTeam
from .._honeybadger.teams import HoneybadgerTeams
from .manage import manage_person


def manage_member(teams: HoneybadgerTeams, params: Values, check: bool) -> Result:
    """Change one person's membership of a team to what is declared."""
    role = {True: ADMIN, False: MEMBER, None: None}[params["admin"]]
    return manage_person(
        OneTeam(teams, params["team_id"]),
        {**params, "role": role, "reinvite_after": None},
        check,
        min_keepers=0,
        objects={"member": (MEMBERSHIP,), "invitation": (INVITATION,)},
    )
