# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ansible filter: what is wrong with a list of people."""

from __future__ import annotations

DOCUMENTATION = r"""
name: people_faults
short_description: Find every fault in a list of people
version_added: 0.1.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Checks a list of people by the same rules as the lookup P(honeyops.access.roster#lookup), and returns every fault as text.
options:
  _input:
    description:
      - The people, as e-mail addresses or as mappings.
    type: list
    elements: raw
    required: true
"""

EXAMPLES = r"""
- name: Check the declared people
  ansible.builtin.assert:
    that: people | honeyops.access.people_faults == []
"""

RETURN = r"""
_value:
  description: The faults, each with the number of the person. Empty if there are none.
  type: list
  elements: str
"""

from typing import Any

from ..module_utils._roster import check, tell


def people_faults(people: Any) -> list[str]:
    """Every fault as text."""
    if not isinstance(people, (list, tuple)):
        return ["This is not a list of people: give a list of e-mail addresses or of mappings with email."]
    return tell(check(people)[1])


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Any]:
        """Name the filter."""
        return {"people_faults": people_faults}
