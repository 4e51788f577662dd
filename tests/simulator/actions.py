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


def perform(team: Team, account: Account, order: Mapping[str, Any]) -> dict[str, Any]:
    """Carry out an order such as {"do": "accept", "service": "honeybadger", "email": "a@b.c"}.

    `email` or `id` says who; `accepting` and `name` belong to accept, `role` to role, invite and add,
    `team_ids` to invite on Honeybadger. The record as it then is comes back, without a token.
    """
    values = dict(order)
    action, service = values.pop("do", ""), values.pop("service", "")
    state = {"honeycomb": team, "honeybadger": account}.get(service)
    if state is None:
        raise ValueError(f"no service {service!r}")
    if action not in ACTIONS:
        raise ValueError(f"no action {action!r}; there are {', '.join(ACTIONS)}")
    if action in ("invite", "add"):
        record = getattr(state, action)(**values)
    else:
        who = values.pop("id", None) or values.pop("email", "")
        values.pop("email", None)
        record = getattr(state, "set_role" if action == "role" else action)(who, **values)
    shown = dataclasses.asdict(record)
    shown.pop("token", None)
    return shown
