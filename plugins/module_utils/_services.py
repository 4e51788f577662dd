# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every service: its facts, and how options become a connected one. Nothing else lists the services.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t

from ._access.catalog import ServiceInfo
from ._access.service import Service
from ._honeybadger import connect as _honeybadger
from ._honeybadger.facts import HONEYBADGER
from ._honeycomb import connect as _honeycomb
from ._honeycomb.facts import HONEYCOMB

SERVICES: t.Mapping[str, ServiceInfo] = {info.key: info for info in (HONEYCOMB, HONEYBADGER)}
"""Every service by its key, in the order in which a run handles them."""

CONNECTORS: t.Mapping[str, t.Callable[[t.Mapping[str, t.Any]], Service]] = {
    HONEYCOMB.key: _honeycomb.honeycomb,
    HONEYBADGER.key: _honeybadger.honeybadger,
}
"""What makes a connected service of connection options, by the key of the service; it sends nothing."""
