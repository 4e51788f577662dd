# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fixed facts about Honeycomb.

This file is private to the collection.
"""

from __future__ import annotations

from .._access.catalog import IDENTITY, KEYS, ServiceInfo, Setting
from .._access.model import INVITATION, MEMBERSHIP

HONEYCOMB = ServiceInfo(
    key="honeycomb",
    title="Honeycomb",
    target="team",
    roles=("member", "admin"),
    default_role="member",
    declares=("role",),
    url=Setting("api_url", "honeycomb_api_url", "HONEYCOMB_API_ENDPOINT", required=False),
    default_url="https://api.honeycomb.io",
    credentials=(
        Setting("api_key", "honeycomb_api_key", "HONEYCOMB_API_KEY", secret=True),
        Setting("management_key_id", "honeycomb_management_key_id", "HONEYCOMB_KEY_ID", required=False),
        Setting(
            "management_key_secret",
            "honeycomb_management_key_secret",
            "HONEYCOMB_KEY_SECRET",
            secret=True,
            required=False,
            sent_with="management_key_id",
        ),
    ),
    identity=("api_key",),
    module="honeycomb_members",
    people="members",
    keepers="min_admins",
    results={"members": (MEMBERSHIP, INVITATION)},
    options=("leaver_keys", "max_keys"),
    sends_names=True,
    reads={IDENTITY: "honeycomb_auth_info", KEYS: "honeycomb_api_key_info"},
    lists_pending=False,
)
