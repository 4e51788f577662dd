#!/usr/bin/python
# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Documentation of the action that reads who has access and writes the report."""

from __future__ import annotations

DOCUMENTATION = r"""
module: access_report
short_description: Read who has access on every host of a play, and write one report
version_added: 0.2.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - What the role P(honeyops.access.report#role) is made of. Use the role.
  - Each host of the play runs it once. It reads the services that are configured on the host, and the last host writes the report
    of all. A host that cannot be read is named in the report.
  - It runs on the control node and changes nothing in a service.
attributes:
  check_mode:
    description: Can run in check mode, reads as usual, and writes no file.
    support: full
  diff_mode:
    description: Shows no differences.
    support: none
options:
  report_dir:
    description:
      - The folder of the report, relative to the current directory. It is made where there is none, for its owner only.
    type: str
    required: true
  people:
    description:
      - The people who should have access, as the roster lookup returns them, or as text. Blank means not given.
    type: raw
  roster_file:
    description:
      - A roster to hold access against. Blank means not given.
    type: str
  fail_on_drift:
    description:
      - Whether drift is going to be a failure, which needs O(people) or O(roster_file).
    type: raw
  previous:
    description:
      - An earlier C(report.json) to tell changes from. Blank means the one in O(report_dir), if there is one.
    type: str
  pending_days:
    description:
      - An invitation that has been pending for more days than this is marked. V(7) where it is blank.
    type: raw
  teams:
    description:
      - Whether to read the teams of Honeybadger.
    type: raw
  keys:
    description:
      - Whether to read the API keys of Honeycomb, which needs a management key. Blank means wherever one is configured.
    type: raw
  default_roles:
    description:
      - The role that people have who declare none, by service. Blank means any.
    type: dict
    default: {}
  ignore:
    description:
      - Addresses that are never drift.
    type: raw
  gathered:
    description:
      - Read nothing, and return the report that the hosts of the play made.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Read who has access, and write the report once all hosts are read
  honeyops.access.access_report:
    report_dir: reports
    roster_file: people.yml
"""

RETURN = r"""
report:
  description: The report without its people, who stand in the files; null on a host that was not the last.
  returned: always
  type: dict
  contains:
    by: {description: The host that wrote it., type: str, returned: always}
    files: {description: "Path of C(html), C(csv), C(json) and C(sarif); empty in check mode.", type: dict, returned: always}
    totals: {description: Counts over all targets., type: dict, returned: always}
    targets: {description: Each target with its counts., type: list, returned: always}
    drift: {description: "Counts and findings, of which at most 1000.", type: dict, returned: always}
    changes: {description: "What changed since the last report, null where there is none.", type: dict, returned: always}
    lines: {description: The report in a few lines of text., type: list, returned: always}
faults:
  description: Why something on this host could not be read.
  returned: always
  type: list
  elements: str
"""
