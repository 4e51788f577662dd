#!/usr/bin/python
# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Documentation of an action plugin."""

from __future__ import annotations

DOCUMENTATION = r"""
module: access_outcome
short_description: Report how a run of the role ended
version_added: 0.1.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Prints the summary, or fails with a short text.
  - This action is part of the role P(honeyops.access.lifecycle#role) and its playbooks, and reads their variables.
extends_documentation_fragment:
  - honeyops.access.attributes.action
options:
  summary:
    description:
      - The lines to print.
    type: list
    elements: str
    default: []
  failure:
    description:
      - Why the run did not succeed. If this text is not empty, the task fails with it.
    type: str
    default: ""
  unknown:
    description:
      - The people to remove who were not found on this host, and whether one who was found on no host of the play fails the task.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Report what changed
  honeyops.access.access_outcome:
    summary: "{{ lifecycle__run.summary }}"
    failure: "{{ lifecycle__run.failure }}"
"""

RETURN = r"""
msg:
  description: The summary, or the text of the failure.
  returned: always
  type: raw
"""
