# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ansible filter: what a plan would do, as text."""

from __future__ import annotations

DOCUMENTATION = r"""
name: plan_text
short_description: Describe what a plan would do
version_added: 1.0.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Turns the artefact C(access_plan) of a planning run into text for the person who approves it.
options:
  _input:
    description:
      - The plan, by host and service, as the role P(honeyops.access.lifecycle#role) publishes it.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show the plan
  ansible.builtin.debug:
    msg: "{{ (access_plan | honeyops.access.plan_text).lines }}"
"""

RETURN = r"""
_value:
  description: The texts, and whether somebody has to approve the plan.
  type: dict
  contains:
    needs_approval:
      description: Whether there are changes to approve, or a refused or missing plan to look at.
      type: bool
    lines:
      description: The plan as lines of text.
      type: list
      elements: str
    chat:
      description: The same in at most 1500 characters.
      type: str
"""

from typing import Any

from ..plugin_utils._words.chat import plan_text


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Any]:
        """Name the filter."""
        return {"plan_text": plan_text}
