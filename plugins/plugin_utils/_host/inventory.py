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


def names_of(task_vars: t.Mapping[str, t.Any]) -> set[str]:
    """The names of all hosts and host groups."""
    groups = task_vars.get("groups") or {}
    return {"all", "localhost", *map(str, groups), *(str(host) for hosts in groups.values() for host in hosts)}


def has_hosts(task_vars: t.Mapping[str, t.Any]) -> bool:
    """Whether there is an inventory that has hosts."""
    return any((task_vars.get("groups") or {}).values())


def is_slice(task_vars: t.Mapping[str, t.Any]) -> bool:
    """Whether a controller cut the inventory: a slice is a job in a workflow that has the name of the job's template."""
    template = task_vars.get("awx_job_template_name")
    return template is not None and template == task_vars.get("awx_workflow_job_name")


def names_here(task_vars: t.Mapping[str, t.Any]) -> set[str]:
    """The names of the host with these variables, and of the groups that it is in."""
    return {"all", str(task_vars.get("inventory_hostname", "")), *map(str, task_vars.get("group_names") or ())}
