# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers in the form in which the tests of the vendors' own clients have them: which fields, of which types.

Nothing here is as complete as the documentation: those tests leave out what their clients do not read.
"""

from __future__ import annotations

from typing import Any

MOMENT = "2024-01-01T00:00:00Z"
OWNER, EVE, IVY = ("owner@example.com", "eve@example.com", "ivy@example.com")


def page(path: str, *results: dict[str, Any], links: bool = True) -> dict[str, Any]:
    """A page with the last part of its path, which is not always the path that was asked; or without links at all."""
    return {"results": [*results], **({"links": {"self": path}} if links else {})}


def user(number: int, email: str, role: str = "Member") -> dict[str, Any]:
    return {"id": number, "role": role, "name": f"User {number}", "email": email}


def invitation(number: int, email: str) -> dict[str, Any]:
    """Without `accepted_by` and `team_ids`."""
    return {"id": number, "email": email, "role": "Member", "token": "an-invitation-token", "created_at": MOMENT}


def team(number: int, account: Any = 123) -> dict[str, Any]:
    """Without members and invitations; its account is a number."""
    told = {} if account is None else {"account_id": account}
    return {"id": number, "name": f"Team {number}", **told, "created_at": MOMENT}


def member(number: int, email: str) -> dict[str, Any]:
    """Without `created_at`."""
    return {"id": number, "name": f"Member {number}", "email": email, "admin": True}


def team_invitation(number: int, email: str) -> dict[str, Any]:
    """Without `accepted_by`."""
    record = {"id": number, "token": "a-team-token", "email": email, "admin": False}
    return {**record, "created_at": MOMENT, "accepted_at": None, "message": None}


def account(identity: str) -> dict[str, Any]:
    return {"id": identity, "email": OWNER, "name": "Test account"}


def honeybadger(account_id: str = "Me3upk", told: Any = 123) -> dict[str, Any]:
    """An account with an owner and Eve, who is in a team and invited to another one. Paths and their answers."""
    own = f"/v2/accounts/{account_id}"
    return {
        "/v2/accounts": page("", account(account_id), links=False),
        own: {**account(account_id), "quota_consumed": 45.5},
        f"{own}/users": page(f"{own}/account_users", user(1, OWNER, "Owner"), user(2, EVE)),
        f"{own}/invitations": page(f"{own}/invitations", invitation(1, IVY)),
        "/v2/teams": page(f"{own}/teams", team(1, told), team(2, told)),
        "/v2/teams/1/team_members": page("/v2/teams/1/team_members", member(1, EVE)),
        "/v2/teams/1/team_invitations": page("/v2/teams/1/team_invitations"),
        "/v2/teams/2/team_members": page("/v2/teams/2/team_members", links=False),
        "/v2/teams/2/team_invitations": page("/v2/teams/2/team_invitations", team_invitation(1, EVE)),
    }
