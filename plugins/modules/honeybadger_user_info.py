#!/usr/bin/python
# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Ansible module: list the users of a Honeybadger account."""

from __future__ import annotations

DOCUMENTATION = r"""
module: honeybadger_user_info
short_description: List the users of a Honeybadger account
version_added: 1.0.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Returns all users, or the one with the given address or ID. If there is none, the result is an empty list, not an error.
  - People who have not accepted their invitation are not users; see M(honeyops.access.honeybadger_invitation_info).
extends_documentation_fragment:
  - honeyops.access.attributes.info
  - honeyops.access.attributes.actiongroup_honeybadger
  - honeyops.access.connection
  - honeyops.access.connection.honeybadger
  - honeyops.access.connection.account
options:
  email:
    description:
      - Return only the user with this address.
    type: str
  id:
    description:
      - Return only the user with this ID. It is not the ID of an invitation.
    type: int
"""

EXAMPLES = r"""
- name: List all users
  honeyops.access.honeybadger_user_info:
    auth_token: "{{ honeybadger_auth_token }}"
    account_id: Me3upk
  register: account

- name: Find out whether Ada is a user
  honeyops.access.honeybadger_user_info:
    account_id: Me3upk
    email: ada@example.com
  register: ada
"""

RETURN = r"""
users:
  description: The users as Honeybadger shows them.
  returned: success
  type: list
  elements: dict
  sample: [{"id": 1, "role": "Admin", "name": "Ada", "email": "ada@example.com"}]
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
  sample: {"code": "forbidden", "status": 403, "method": "GET", "path": "/v2/accounts/Me3upk/users", "detail": "Access denied", "hint": ""}
"""

from ..module_utils._honeybadger.operations import USER_INFO
from ..module_utils._module.exit import run_module


def main() -> None:
    """Run the module."""
    run_module(USER_INFO)


if __name__ == "__main__":
    main()
