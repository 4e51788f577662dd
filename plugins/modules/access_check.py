#!/usr/bin/python
# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Documentation of an action plugin."""

from __future__ import annotations

DOCUMENTATION = r"""
module: access_check
short_description: Find every fault of a roster and of kept evidence
version_added: 0.1.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Reads the files that the variables C(roster_file) and C(evidence_dir) name, and returns each fault with its file, line and column. If
    C(report_dir) is set, it writes them as SARIF to C(roster.sarif) in this folder.
  - It sends no request to a service and needs no credentials. With C(read_directory=true), it also reads the directory of the roster.
  - This action is part of the playbook C(honeyops.access.check), and reads its variables.
extends_documentation_fragment:
  - honeyops.access.attributes.action
options: {}
"""

EXAMPLES = r"""
- name: Check a roster
  honeyops.access.access_check:
  vars:
    roster_file: people.yml
  register: access_checked
"""

RETURN = r"""
faults:
  description: Each fault.
  returned: success
  type: list
  elements: dict
  contains:
    file: {description: The file as it was given., type: str}
    line: {description: The line. 0 for a whole file., type: int}
    column: {description: The column., type: int}
    reason: {description: What is wrong., type: str}
lines:
  description: What was checked, to print.
  returned: success
  type: list
  elements: str
failure:
  description: All faults as one text, empty if there are none.
  returned: success
  type: str
"""
