# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What people do in the services by themselves: accept, leave, change a role behind one's back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from .account import Account
from .team import Team

ACTIONS = ("accept", "remove", "delete_invitation", "role", "invite", "add")
KEY_ACTIONS = {"add_key": "add", "disable_key": "disable", "enable_key": "enable", "delete_key": "delete"}
TEAM_ACTIONS = {
    "add_member": "add_member",
    "invite_to_team": "invite",
    "add_team_invitation": "add_invitation",
    "leave_team": "leave",
    "team_admin": "set_admin",
    "delete_team_invitation": "delete_invitation",
}
EVERY_ACTION = (*ACTIONS, *KEY_ACTIONS, *TEAM_ACTIONS, "add_team", "accept_team")


def perform(team: Team, account: Account, order: Mapping[str, Any]) -> dict[str, Any]:
    """Carry out an order such as {"do": "accept", "service": "honeybadger", "email": "a@b.c"}.

    `email` or `id` says who; `accepting` and `name` belong to accept, `role` to role, invite and add,
    `team_ids` to invite on Honeybadger, `team_id` to what is about a team, `account` to another account there; `key`
    is a key's id or name. The record as it then is comes back, without a token.
    """
    values = dict(order)
    action, service = values.pop("do", ""), values.pop("service", "")
    if service == "honeybadger" and "account" in values:
        account = account.open(values.pop("account"))
    state = {"honeycomb": team, "honeybadger": account}.get(service)
    if state is None:
        raise ValueError(f"no service {service!r}")
    if action not in EVERY_ACTION:
        raise ValueError(f"no action {action!r}; there are {', '.join(EVERY_ACTION)}")
    if action not in ACTIONS:
        return _shown(_elsewhere(team, account, action, values))
    if action in ("invite", "add"):
        record = getattr(state, action)(**values)
    else:
        who = values.pop("id", None) or values.pop("email", "")
        values.pop("email", None)
        record = getattr(state, "set_role" if action == "role" else action)(who, **values)
    return _shown(record)


def _elsewhere(team: Team, account: Account, action: str, values: dict[str, Any]) -> Any:
    """What is about keys and teams; the record that it leaves."""
    if action == "add_team":
        return {"id": account.add_team(**values)}
    if action == "add_key":
        return team.keys.add(**values)
    if action in KEY_ACTIONS:
        return getattr(team.keys, KEY_ACTIONS[action])(values["key"])
    team_id = values.pop("team_id")
    if action in ("add_member", "invite_to_team", "add_team_invitation"):
        return getattr(account.teams, TEAM_ACTIONS[action])(team_id, **values)
    who = values.pop("id", None) or values.pop("email", "")
    values.pop("email", None)
    if action == "accept_team":
        return account.accept_team(team_id, who, **values)
    return getattr(account.teams, TEAM_ACTIONS[action])(team_id, who, **values)


def _shown(record: Any) -> dict[str, Any]:
    shown: dict[str, Any] = record if isinstance(record, dict) else dataclasses.asdict(record)
    shown.pop("token", None)
    return shown
