# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The services as data: names, roles, credentials and option names, and the options of every bulk module. Pure.

Argument specs, rosters, filters, the role and the tests read this. Documentation repeats some of it, and a test compares.
This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ._model import INVITATION, MEMBERSHIP, Kind, power

Spec = dict[str, dict[str, t.Any]]


@dataclass(frozen=True)
class Setting:
    """One connection option of a service's modules, and its other sources.

    ``option`` is the module option, ``variable`` the host variable that the role reads, ``environment`` the environment
    variable. ``required``: the service is not configured without it.
    """

    option: str
    variable: str
    environment: str
    secret: bool = False
    required: bool = True


@dataclass(frozen=True)
class ServiceInfo:
    """The fixed facts about one service.

    ``roles`` are in order from the least to the most powerful; a plan keeps at least one accepted person with the last,
    and people with one of the last ``managers`` roles may manage others. ``declares`` are the keys that a roster may
    give for a person. ``identity`` names the settings that distinguish one team or account from another. ``module`` is
    the bulk module, ``people`` its option for the list of people and ``keepers`` its option for how many must keep the
    most powerful role; no other service has its ``options``. ``results`` are the keys of its result that hold
    everybody, each with its kinds of grants. ``sends_names``: invitations have a name.
    """

    key: str
    title: str
    target: str
    roles: tuple[str, ...]
    default_role: str
    declares: tuple[str, ...]
    url: Setting
    default_url: str
    credentials: tuple[Setting, ...]
    identity: tuple[str, ...]
    module: str
    people: str
    keepers: str
    results: t.Mapping[str, tuple[Kind, ...]]
    managers: int = 1
    options: tuple[str, ...] = ()
    sends_names: bool = False

    @property
    def settings(self) -> tuple[Setting, ...]:
        """All connection settings: the credentials, then the address."""
        return (*self.credentials, self.url)

    @property
    def asks_identity(self) -> bool:
        """Whether only the service knows which team or account a credential belongs to."""
        return any(setting.secret for setting in self.credentials if setting.option in self.identity)

    @property
    def optional(self) -> tuple[str, ...]:
        """The options of credentials that the service does without."""
        return tuple(setting.option for setting in self.credentials if not setting.required)

    def manages(self, role: str) -> bool:
        """Whether somebody with this role may manage others."""
        return power(role, self.roles) >= len(self.roles) - self.managers


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
        ),
    ),
    identity=("api_key",),
    module="honeycomb_members",
    people="members",
    keepers="min_admins",
    results={"members": (MEMBERSHIP, INVITATION)},
    options=("leaver_keys", "max_keys"),
    sends_names=True,
)
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
)
SERVICES: t.Mapping[str, ServiceInfo] = {info.key: info for info in (HONEYCOMB, HONEYBADGER)}
"""Every service by its key, in the order in which a run handles them."""

BULK: Spec = {
    "exclusive": {"type": "bool", "default": False},
    "max_removals": {"type": "str", "default": "25%"},
    "protected": {"type": "list", "elements": "str", "default": []},
    "ignore": {"type": "list", "elements": "str", "default": []},
    "max_changes": {"type": "int"},
    "concurrency": {"type": "int", "default": 4},
    "expected_plan_id": {"type": "str"},
    "reinvite_after": {"type": "float"},
}
"""The options of every bulk module besides the people."""
OF_MODULES = ("concurrency", "expected_plan_id")
"""The options in ``BULK`` that the role does not take."""
OF_ROLE: t.Mapping[str, str] = {option: spec["type"] for option, spec in BULK.items() if option not in OF_MODULES}
"""The options in ``BULK`` that the role takes, after ``lifecycle_``, each with its type."""
