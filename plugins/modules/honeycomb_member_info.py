#!/usr/bin/python
# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Ansible module: list the members of a Honeycomb team."""

from __future__ import annotations

DOCUMENTATION = r"""
module: honeycomb_member_info
short_description: List the members of a Honeycomb team
version_added: 1.0.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Returns all members of the team that the key belongs to, or the one with the given address, in one request. If there is none, the
    result is an empty list, not an error.
  - Honeycomb may leave people who have not accepted out of its list.
extends_documentation_fragment:
  - honeyops.access.attributes.info
  - honeyops.access.attributes.actiongroup_honeycomb
  - honeyops.access.connection
  - honeyops.access.connection.honeycomb
  - honeyops.access.connection.honeycomb_url
  - honeyops.access.connection.management_unused
options:
  email:
    description:
      - Return only the member with this address.
    type: str
"""

EXAMPLES = r"""
- name: List all members
  honeyops.access.honeycomb_member_info:
    api_key: "{{ honeycomb_api_key }}"
  register: team

- name: Find out whether Ada is a member
  honeyops.access.honeycomb_member_info:
    email: ada@example.com
  register: ada
"""

RETURN = r"""
members:
  description: The members as Honeycomb shows them.
  returned: success
  type: list
  elements: dict
  sample: [{"id": "abc123", "email": "ada@example.com", "name": "Ada", "role": "admin", "created_at": "2024-01-15T10:00:00Z"}]
api:
  description: The cost of the task.
  returned: always
  type: dict
  sample: {"requests": 1, "waited": 0.0, "rate_limit_remaining": 98}
  contains:
    requests: {description: Number of requests sent., type: int, returned: always}
    waited: {description: Seconds spent on retries and rate limits., type: float, returned: always}
    rate_limit_remaining: {description: Requests left in the rate limit., type: int, returned: when the service reports it}
error:
  description:
    - Why the task failed. C(code) is one of a fixed set, C(hint) says what to do, and C(detail) is what the service said.
    - C(status), C(method) and C(path) belong to the request that failed; they are null if there was none.
  returned: failure
  type: dict
  sample: {"code": "forbidden", "status": 403, "method": "GET", "path": "/1/team_memberships", "detail": "Access denied", "hint": ""}
"""

from ..module_utils._honeycomb.operations import MEMBER_INFO
from ..module_utils._module.exit import run_module


def main() -> None:
    """Run the module."""
    run_module(MEMBER_INFO)


if __name__ == "__main__":
    main()
