# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory of a run, for plugins that only get its groups.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t

from ansible.inventory.manager import InventoryManager


def inventory_of(loader: t.Any, groups: t.Mapping[str, t.Iterable[str]]) -> InventoryManager:
    """The inventory that the variable ``groups`` describes, without any limit."""
    manager = InventoryManager(loader, parse=False)
    for group, hosts in groups.items():
        manager.add_group(group)
        for host in hosts:
            manager.add_host(host, group=group)
    return manager
