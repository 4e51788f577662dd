# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every service: its facts, and how options become a connected one. Nothing else lists the services.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t

from ._access.catalog import ACCOUNTS, IDENTITY, KEYS, TEAMS, ServiceInfo
from ._access.record import Operation
from ._access.service import Service
from ._honeybadger import operations as _honeybadger
from ._honeybadger.connect import honeybadger
from ._honeybadger.facts import HONEYBADGER
from ._honeycomb import operations as _honeycomb
from ._honeycomb.connect import honeycomb, honeycomb_keys
from ._honeycomb.facts import HONEYCOMB
from ._honeycomb.keys import HoneycombKeys

SERVICES: t.Mapping[str, ServiceInfo] = {info.key: info for info in (HONEYCOMB, HONEYBADGER)}
"""Every service by its key, in the order in which a run handles them."""

CONNECTORS: t.Mapping[str, t.Callable[[t.Mapping[str, t.Any]], Service]] = {
    HONEYCOMB.key: honeycomb,
    HONEYBADGER.key: honeybadger,
}
"""What makes a connected service of connection options, by the key of the service; it sends nothing."""

KEY_CONNECTORS: t.Mapping[str, t.Callable[[t.Mapping[str, t.Any]], HoneycombKeys]] = {HONEYCOMB.key: honeycomb_keys}
"""The same for the API keys of a team, where they can be read."""

OPERATIONS: t.Mapping[str, Operation] = {
    HONEYCOMB.module: _honeycomb.MEMBERS,
    HONEYCOMB.reads[IDENTITY]: _honeycomb.AUTH_INFO,
    HONEYCOMB.reads[KEYS]: _honeycomb.API_KEY_INFO,
    HONEYBADGER.module: _honeybadger.USERS,
    HONEYBADGER.reads[ACCOUNTS]: _honeybadger.ACCOUNT_INFO,
    HONEYBADGER.reads[TEAMS]: _honeybadger.TEAM_INFO,
}
"""What the actions of the role and the playbooks ask for, by the module that offers the same in a task."""
