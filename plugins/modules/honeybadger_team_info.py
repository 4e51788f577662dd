#!/usr/bin/python
# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Ansible module: list the teams of a Honeybadger account."""

from __future__ import annotations

DOCUMENTATION = r"""
module: honeybadger_team_info
short_description: List the teams of a Honeybadger account, their members and their invitations
version_added: 1.0.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Returns the teams of an account with their members and invitations. Tokens of invitations and keys of projects are not returned.
  - A person who accepts a team invitation becomes a user of the account, so a removed person can come back through a pending one.
extends_documentation_fragment:
  - honeyops.access.attributes.info
  - honeyops.access.attributes.actiongroup_honeybadger
  - honeyops.access.connection
  - honeyops.access.connection.honeybadger
  - honeyops.access.connection.account
options:
  team_id:
    description:
      - Return only the team with this ID. If the account has no such team, the result is an empty list.
    type: int
  email:
    description:
      - Return only teams with a member who has this address, or with an invitation that was sent to it or accepted under it.
    type: str
seealso:
  - module: honeyops.access.honeybadger_team_member
"""

EXAMPLES = r"""
- name: List all teams
  honeyops.access.honeybadger_team_info:
    auth_token: "{{ honeybadger_auth_token }}"
    account_id: Me3upk
  register: all

- name: Find the teams that Ada is in or invited to
  honeyops.access.honeybadger_team_info:
    account_id: Me3upk
    email: ada@example.com
  register: hers
"""

RETURN = r"""
teams:
  description:
    - The teams, each with C(members) and C(invitations). Invitations have a C(status), C(pending) or C(accepted), and no C(token).
    - A list that the token cannot read is null, and a warning says so.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 3
      name: Backend
      account_id: Me3upk
      created_at: "2024-01-15T10:00:00Z"
      owner: null
      projects: []
      members:
        - id: 12
          email: ada@example.com
          name: Ada
          admin: true
      invitations:
        - id: 9
          email: inigo@example.com
          admin: false
          accepted_at: null
          status: pending
api:
  description: The cost of the task.
  returned: always
  type: dict
  sample: {"requests": 1, "waited": 0.0, "rate_limit_remaining": 358}
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
  sample: {"code": "forbidden", "status": 403, "method": "GET", "path": "/v2/teams", "detail": "Access denied", "hint": ""}
"""

from ..module_utils._honeybadger.operations import TEAM_INFO
from ..module_utils._module.exit import run_module


def main() -> None:
    """Run the module."""
    run_module(TEAM_INFO)


if __name__ == "__main__":
    main()
