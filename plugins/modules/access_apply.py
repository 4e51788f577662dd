#!/usr/bin/python
# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Documentation of an action plugin."""

from __future__ import annotations

DOCUMENTATION = r"""
module: access_apply
short_description: Give and remove access on the services of a host as the variables of the role declare
version_added: 0.1.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Checks the variables, the credentials of all hosts of the play and the approval. Then runs M(honeyops.access.honeycomb_members) and
    M(honeyops.access.honeybadger_users), whichever are configured, and remembers who was invited.
  - The task itself does not fail, so that the role can keep the result first. RV(failure) says why a run did not succeed.
  - This action is part of the role P(honeyops.access.lifecycle#role) and its playbooks, and reads their variables.
extends_documentation_fragment:
  - honeyops.access.attributes.action
options: {}
"""

EXAMPLES = r"""
- name: Read, plan, check the guards, and apply
  honeyops.access.access_apply:
  register: lifecycle__run
"""

RETURN = r"""
result:
  description: The result that the role keeps as C(lifecycle_result).
  returned: always
  type: dict
summary:
  description: What changed, with a line for each person and one for each service, and what is left to do by hand.
  returned: always
  type: list
  elements: str
failure:
  description: Why the run did not succeed; empty if it did.
  returned: always
  type: str
"""
