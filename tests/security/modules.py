# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every module, with options that make it work: writing ones write."""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.honeyops.access.plugins.module_utils._http import errors as _errors
from tests.tools import tree

OPTIONS: dict[str, dict[str, Any]] = {
    "honeycomb_api_key": {"id": "hcaik_01canaryingestkeyid", "state": "disabled"},
    "honeycomb_api_key_info": {},
    "honeycomb_auth_info": {},
    "honeycomb_member": {"email": "ada@example.com", "role": "admin"},
    "honeycomb_member_info": {},
    "honeycomb_members": {
        "members": [
            {"email": "bob@example.com"},
            {"email": "member@example.com", "role": "admin"},
            {"email": "leaver@example.com", "state": "absent"},
        ],
        "max_removals": "5",
    },
    "honeybadger_account_info": {},
    "honeybadger_invitation": {"email": "ada@example.com", "role": "Admin", "team_ids": [3]},
    "honeybadger_invitation_info": {},
    "honeybadger_team_info": {},
    "honeybadger_team_member": {"team_id": 3, "email": "eve@example.com", "admin": True},
    "honeybadger_user": {"email": "bob@example.com", "role": "Billing"},
    "honeybadger_user_info": {},
    "honeybadger_users": {
        "users": [
            {"email": "eve@example.com", "team_ids": [7]},
            {"email": "pending@example.com", "role": "Admin"},
            {"email": "member@example.com", "role": "Admin"},
            {"email": "leaver@example.com", "state": "absent"},
            {"email": "waiting@example.com", "state": "absent"},
        ],
        "max_removals": "5",
    },
}
MODULES = tuple(OPTIONS)
WRITERS = tuple(name for name in MODULES if not name.endswith("_info"))


def credential_of(module: str) -> str:
    """The option for the secret that a module sends."""
    if module.startswith("honeycomb_api_key"):
        return "management_key_secret"
    return "api_key" if module.startswith("honeycomb") else "auth_token"


CODES = {value for name, value in vars(_errors).items() if re.fullmatch("[A-Z_]+", name) and isinstance(value, str)}


def test_no_module_is_left_out() -> None:
    assert {path.stem for path in (tree.ROOT / "plugins/modules").glob("honey*.py")} == set(MODULES)
