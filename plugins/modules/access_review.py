#!/usr/bin/python
# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Documentation of the action that writes a review of access, and checks and records what was decided."""

from __future__ import annotations

DOCUMENTATION = r"""
module: access_review
short_description: Write who has access for people to decide on, and check and record what they decided
version_added: 0.1.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Each host of the play runs each step once. What the hosts have read and planned is kept for the time of the play, so that the list
    is of all hosts, and nothing is changed on any of them before all plans are known.
  - It does not change anything in a service. In check mode, it writes the same files, and marks the record as that of check mode.
  - This action is part of the playbook C(honeyops.access.review), and reads its variables.
extends_documentation_fragment:
  - honeyops.access.attributes.action
options:
  step:
    description:
      - V(read) reads the services of the host. V(list) writes the list, or checks the files that were filled in. V(planned) keeps what
        the role C(lifecycle) plans on the host. V(gate) fails if a plan was refused on any host. V(record) writes the record once all
        hosts are done.
    type: str
    choices: [read, list, planned, gate, record]
    required: true
  applied:
    description:
      - Whether the role C(lifecycle) has carried out or planned something on the host.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Read who has access
  honeyops.access.access_review:
    step: read
"""

RETURN = r"""
decided:
  description: Whether there are decisions to carry out.
  returned: for O(step=list)
  type: bool
people:
  description: The people whose access on this host is to be changed, as the role C(lifecycle) takes them.
  returned: for O(step=list) and O(step=gate)
  type: list
  elements: dict
max_removals:
  description: The number of people who lose access on this host.
  returned: for O(step=list)
  type: str
evidence_dir:
  description: Value of C(evidence_dir) or C(lifecycle_evidence_dir), empty if neither is set.
  returned: for O(step=list)
  type: str
files:
  description: The files that were written.
  returned: for O(step=list)
  type: list
  elements: str
plan:
  description: The plan of this host, as C(access_plan).
  returned: for O(step=gate)
  type: raw
lines:
  description: What to show, on one host.
  returned: for O(step=list) and O(step=record)
  type: list
  elements: str
record:
  description: The path of the record.
  returned: for O(step=record), on the last host
  type: str
"""
