# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ansible filter: people as the module of a service takes them."""

from __future__ import annotations

DOCUMENTATION = r"""
name: people_for
short_description: Turn people into the list for the bulk module of a service
version_added: 1.0.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Returns the value of O(honeyops.access.honeycomb_members#module:members) or O(honeyops.access.honeybadger_users#module:users).
  - A present person who names services is only in the lists for these services. An absent person is in every list, since they leave
    every service.
  - Fails and reports every fault if the people have faults; see P(honeyops.access.roster#lookup).
positional: service
options:
  _input:
    description:
      - The people, as e-mail addresses or as mappings.
    type: list
    elements: raw
    required: true
  service:
    description:
      - The key of a service, such as V(honeycomb) or V(honeybadger).
    type: str
    required: true
  state:
    description:
      - V(absent) makes everybody absent. With V(present), the state of each person counts.
    type: str
    choices: [present, absent]
    default: present
  role:
    description:
      - Role of people who declare none. If not set, roles stay as they are, and new people get the least powerful role of the service.
    type: str
"""

EXAMPLES = r"""
- name: Apply the Honeycomb part of a roster
  honeyops.access.honeycomb_members:
    members: "{{ lookup('honeyops.access.roster', 'people.yml') | honeyops.access.people_for('honeycomb') }}"
"""

RETURN = r"""
_value:
  description: The people for the module.
  type: list
  elements: dict
"""

from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._roster import ROLES, STATES, check, for_service, tell


def people_for(people: Any, service: str, state: str = "present", role: str | None = None) -> list[dict[str, Any]]:
    """The people as the module of the service takes them."""
    for name, value, choices in (("service", service, ROLES), ("state", state, STATES)):
        if value not in choices:
            raise AnsibleFilterError(f"people_for: {name} must be one of {', '.join(choices)}, not {value!r}.")
    if role and role not in ROLES[service]:
        raise AnsibleFilterError(f"people_for: role must be one of {', '.join(ROLES[service])}, not {role!r}.")
    if not isinstance(people, (list, tuple)):
        raise AnsibleFilterError("people_for: this is not a list of people.")
    checked, faults = check(people)
    if faults:
        raise AnsibleFilterError("\n".join(tell(faults)))
    return for_service(checked, service, state, role or None)


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Any]:
        """Name the filter."""
        return {"people_for": people_for}
