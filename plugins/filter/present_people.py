# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ansible filter: who has access now, as people of a roster."""

from __future__ import annotations

DOCUMENTATION = r"""
name: present_people
short_description: Turn results of the bulk modules into people
version_added: 0.1.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Takes the results of the bulk modules and returns the people who have access or a pending invitation. Reconciling these people at
    once changes nothing.
  - A role that a roster may not name is left out, so it stays as it is. People without an address are left out; no module changes them.
options:
  _input:
    description:
      - A mapping with V(honeycomb), a result of M(honeyops.access.honeycomb_members), or V(honeybadger), a result of
        M(honeyops.access.honeybadger_users), or both.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Read the account without changing anybody
  honeyops.access.honeybadger_users:
    users: []
  register: found

- name: Show who is there
  ansible.builtin.debug:
    msg: "{{ {'honeybadger': found} | honeyops.access.present_people }}"
"""

RETURN = r"""
_value:
  description: The people, by e-mail address.
  type: list
  elements: dict
"""

from collections.abc import Mapping
from typing import Any

from ..plugin_utils._people import present as _present


def present_people(results: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Everybody who has access or a pending invitation."""
    return _present.present_people(results)


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Any]:
        """Name the filter."""
        return {"present_people": present_people}
