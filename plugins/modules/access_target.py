#!/usr/bin/python
# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Documentation of an action plugin."""

from __future__ import annotations

DOCUMENTATION = r"""
module: access_target
short_description: Record which team and account a host stands for
version_added: 0.1.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Records, for all hosts of the run, the Honeycomb team and the Honeybadger account that the credentials of this host belong to.
  - M(honeyops.access.access_apply) refuses to change anything if two hosts belong to the same team or account.
  - This action is part of the role P(honeyops.access.lifecycle#role) and its playbooks, and reads their variables.
extends_documentation_fragment:
  - honeyops.access.attributes.action
options: {}
"""

EXAMPLES = r"""
- name: See which team and account this is
  honeyops.access.access_target:
"""

RETURN = r""" # """
