# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fixed facts about a service as data: its settings, and its roles in the order of their rank. Pure.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._http.text import is_maskable
from .model import Kind

IDENTITY, KEYS, ACCOUNTS, TEAMS = "identity", "keys", "accounts", "teams"
"""What can be read besides the people: whose a credential is, API keys, accounts, and teams."""
Spec = dict[str, dict[str, t.Any]]


@dataclass(frozen=True)
class Setting:
    """One connection option of a service's modules, and its other sources.

    ``option`` is the module option, ``variable`` the host variable that the role reads, ``environment`` the environment
    variable. ``required``: the service is not configured without it. ``sent_with`` is the option whose value goes before
    a secret in one header, with a colon between them.
    """

    option: str
    variable: str
    environment: str
    secret: bool = False
    required: bool = True
    sent_with: str = ""


@dataclass(frozen=True)
class ServiceInfo:
    """The fixed facts about one service.

    ``roles`` are in order from the least to the most powerful; a plan keeps at least one accepted person with the last,
    and people with one of the last ``managers`` roles may manage others. ``declares`` are the keys that a roster may
    give for a person. ``identity`` names the settings that distinguish one team or account from another. ``module`` is
    the bulk module, ``people`` its option for the list of people and ``keepers`` its option for how many must keep the
    most powerful role; no other service has its ``options``. ``results`` are the keys of its result that hold
    everybody, each with its kinds of grants. ``sends_names``: invitations have a name. ``hosts``: hosts of the vendor that
    are for something else, each with the one of this API that is meant. ``reads``: the operations that read something
    besides the people, by what that is. ``lists_pending``: everybody who is invited and has not accepted is always listed, so
    that invitations need not be remembered. ``sees_others``: a credential is for other accounts, too, in which a leaver may
    remain. ``hourly``: requests that a credential has in an hour, if answers do not say.
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
    hosts: t.Mapping[str, str] = field(default_factory=dict)
    reads: t.Mapping[str, str] = field(default_factory=dict)
    lists_pending: bool = True
    sees_others: bool = False
    hourly: int | None = None

    @property
    def settings(self) -> tuple[Setting, ...]:
        """All connection settings: the credentials, then the address."""
        return (*self.credentials, self.url)

    def secrets(self, options: t.Mapping[str, t.Any]) -> t.Iterator[str]:
        """The secrets among connection options, and the pairs in which they are sent."""
        for setting in self.credentials:
            secret = options.get(setting.option)
            if setting.secret and isinstance(secret, str) and is_maskable(secret):
                yield secret
                if setting.sent_with:
                    yield f"{options.get(setting.sent_with)}:{secret}"

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


def known_role(told: str, roles: t.Sequence[str]) -> str:
    """A role as it is spelt here, whatever its case in ``told``; an unknown role stays as it is."""
    return next((role for role in roles if role.lower() == told.strip().lower()), told)


READ_ONLY = ("read-only", "read_only", "readonly")
"""A vendor's role below all that can be declared, in lower case."""
OWNER = "owner"
"""A vendor's name for the most powerful role, in lower case, where it cannot be declared."""


def power(role: str, roles: t.Sequence[str]) -> int:
    """The rank of a role. The vendor's role for reading ranks below all others, an unknown role above them."""
    if role.strip().lower() in READ_ONLY:
        return -1
    found = stands_for(role, roles)
    return roles.index(found) if found in roles else len(roles)


def stands_for(role: str, roles: t.Sequence[str]) -> str:
    """The role that is declared for somebody with this one: a role that nobody can declare may be as good as one of them."""
    told = role.strip().lower()
    if told in READ_ONLY:
        return roles[0]
    return roles[-1] if told == OWNER and role not in roles else role
