#!/usr/bin/python
# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Documentation of an action plugin."""

from __future__ import annotations

DOCUMENTATION = r"""
module: access_input
short_description: Read the people that a playbook is run for
version_added: 0.1.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Takes people from exactly one of the variables C(people), C(roster_file) and C(email); C(email) comes with the fields of a form.
  - If this run sets any of these variables, even to a blank value, those of the inventory are ignored.
  - This action is part of the role P(honeyops.access.lifecycle#role) and its playbooks, and reads their variables.
extends_documentation_fragment:
  - honeyops.access.attributes.action
options:
  sources:
    description:
      - The variables that may name people.
    type: list
    elements: str
    choices: [people, roster_file, email]
    default: [people, roster_file, email]
  this_run_only:
    description:
      - Ignore the variables of the inventory and use only those of the command line, of a form, or of C(import_playbook).
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: See who is meant
  honeyops.access.access_input:
    sources: [people, roster_file]
  register: access_who
"""

RETURN = r"""
people:
  description: The people.
  returned: success
  type: list
  elements: raw
reasons:
  description: Why people of the roster are not declared on this host, by address.
  returned: success
  type: dict
renamed:
  description: The earlier addresses of people whose address changed in the directory, by the current one.
  returned: success
  type: dict
directory:
  description: Where this run keeps what it read from the directory of the roster, empty if there is none.
  returned: success
  type: str
source:
  description: The variable that named them.
  returned: success
  type: str
  sample: email
exclusive:
  description: Value of C(exclusive), true if it is not set.
  returned: success
  type: bool
all_accounts:
  description: Value of C(lifecycle_all_accounts), false if it is not set.
  returned: success
  type: bool
evidence_dir:
  description: Value of C(evidence_dir) or C(lifecycle_evidence_dir), empty if neither is set.
  returned: success
  type: str
max_removals:
  description: The removal limit if it is set. Otherwise, the number of people if they are named, and empty if they come from a file.
  returned: success
  type: str
  sample: "2"
"""
