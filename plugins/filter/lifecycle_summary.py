# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ansible filter: what the role did, for people to read."""

from __future__ import annotations

DOCUMENTATION = r"""
name: lifecycle_summary
short_description: Summarize what the role lifecycle did
version_added: 0.1.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Turns the fact C(lifecycle_result) of P(honeyops.access.lifecycle#role) into lines that say who got or lost which access, what is left
    to do by hand, and how many requests it took.
positional: check
options:
  _input:
    description:
      - The fact.
    type: dict
    required: true
  check:
    description:
      - Whether the result is from check mode. The lines then say what would be done.
    type: bool
    default: false
  most:
    description:
      - The most people to name.
    type: int
    default: 200
"""

EXAMPLES = r"""
- name: Show what was done
  ansible.builtin.debug:
    msg: "{{ lifecycle_result | honeyops.access.lifecycle_summary(ansible_check_mode) }}"
"""

RETURN = r"""
_value:
  description: The lines.
  type: list
  elements: str
"""

from typing import Any

from ..plugin_utils._run.summary import summary


def lifecycle_summary(result: Any, check: bool = False, most: int = 200) -> list[str]:
    """The lines of a summary."""
    return summary(result, check, most)


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Any]:
        """Name the filter."""
        return {"lifecycle_summary": lifecycle_summary}
