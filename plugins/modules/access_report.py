#!/usr/bin/python
# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Documentation of the action that reads who has access and writes the report."""

from __future__ import annotations

DOCUMENTATION = r"""
module: access_report
short_description: Read who has access on every host of a play and write one report
version_added: 0.1.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Each host of the play runs this action once. It reads the services that are configured on the host, and the last host writes the
    report for all hosts. The report names the hosts that could not be read.
  - It does not change anything in a service, and in check mode writes no file.
  - This action is part of the role P(honeyops.access.report#role) and its playbook, and reads their variables.
extends_documentation_fragment:
  - honeyops.access.attributes.action
options:
  gathered:
    description:
      - Do not read anything; return the report that the hosts of the play have written.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Read who has access, and write the report once all hosts are read
  honeyops.access.access_report:
  register: report__read
"""

RETURN = r"""
report:
  description: The report without the people, who are in the files only. Without O(gathered=true), null on every host but the last.
  returned: always
  type: dict
  contains:
    by: {description: The host that wrote it., type: str, returned: always}
    files: {description: "Paths of the C(html), C(csv), C(json) and C(sarif) files; empty in check mode.", type: dict, returned: always}
    totals: {description: Counts over all targets., type: dict, returned: always}
    targets: {description: Each target with its counts., type: list, returned: always}
    drift: {description: Counts and up to 500 findings., type: dict, returned: always}
    changes: {description: What changed since the last report; null if there is none., type: dict, returned: always}
    lines: {description: A summary of the report as lines of text., type: list, returned: always}
faults:
  description: What could not be read on this host, and why.
  returned: when O(gathered) is false
  type: list
  elements: str
"""
