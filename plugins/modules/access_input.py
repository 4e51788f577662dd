#!/usr/bin/python
# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Documentation of an action plugin."""

from __future__ import annotations

DOCUMENTATION = r"""
module: access_input
short_description: Read who is meant
version_added: 0.1.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Takes people from exactly one of the variables C(people), C(roster_file) and C(email), the last with the fields of a form.
  - Once this run gives any of these, blank or not, those of the inventory do not count.
  - This is a part of the role P(honeyops.access.lifecycle#role) and its playbooks, and reads their variables.
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
      - Take no variable of the inventory, only those of the command line, of a form, or of C(import_playbook).
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
source:
  description: The variable that named them.
  returned: success
  type: str
  sample: email
exclusive:
  description: What C(exclusive) says, true where nothing does.
  returned: success
  type: bool
all_accounts:
  description: What C(lifecycle_all_accounts) says, false where nothing does.
  returned: success
  type: bool
evidence_dir:
  description: What C(evidence_dir) or C(lifecycle_evidence_dir) says, empty where nothing does.
  returned: success
  type: str
max_removals:
  description: The limit that is given; else the number of people where they are named, and nothing where a file is.
  returned: success
  type: str
  sample: "2"
"""
