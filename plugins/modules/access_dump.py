#!/usr/bin/python
# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Documentation of an action plugin."""

from __future__ import annotations

DOCUMENTATION = r"""
module: access_dump
short_description: Write the people who have access on a host to a roster file
version_added: 0.1.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Reads the services that are configured and writes a roster. Reconciling that roster at once changes nothing.
  - An existing file with other content is not overwritten unless C(lifecycle_dump_force) is true.
  - This action is part of the role P(honeyops.access.lifecycle#role) and its playbooks, and reads their variables.
extends_documentation_fragment:
  - honeyops.access.attributes.action
options: {}
"""

EXAMPLES = r"""
- name: Write who has access
  honeyops.access.access_dump:
  vars:
    lifecycle_dump_file: people.yml
"""

RETURN = r"""
path:
  description: Path of the roster file.
  returned: success
  type: str
  sample: /srv/rosters/people.yml
"""
