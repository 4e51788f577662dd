# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fixed facts about Honeybadger.

This file is private to the collection.
"""

from __future__ import annotations

from .._access.catalog import ACCOUNTS, TEAMS, ServiceInfo, Setting
from .._access.model import INVITATION, MEMBERSHIP

HONEYBADGER = ServiceInfo(
    key="honeybadger",
    title="Honeybadger",
    target="account",
    roles=("Member", "Billing", "Admin", "Owner"),
    default_role="Member",
    declares=("role", "team_ids"),
    url=Setting("api_url", "honeybadger_api_url", "HONEYBADGER_ENDPOINT", required=False),
    default_url="https://app.honeybadger.io",
    credentials=(
        Setting("auth_token", "honeybadger_auth_token", "HONEYBADGER_AUTH_TOKEN", secret=True),
        Setting("account_id", "honeybadger_account_id", "HONEYBADGER_ACCOUNT_ID"),
    ),
    identity=("account_id",),
    module="honeybadger_users",
    people="users",
    keepers="min_owners",
    results={"users": (MEMBERSHIP,), "invitations": (INVITATION,)},
    managers=2,
    options=("manage_teams",),
    reads={
        ACCOUNTS: "honeybadger_account_info",
        TEAMS: "honeybadger_team_info",
    },
    sees_others=True,
    hourly=360,
    hosts={"api.honeybadger.io": "app.honeybadger.io", "eu-api.honeybadger.io": "eu-app.honeybadger.io"},
)
