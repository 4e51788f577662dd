#!/usr/bin/python
# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Ansible module: list Honeybadger accounts, or show one with its quota."""

from __future__ import annotations

DOCUMENTATION = r"""
module: honeybadger_account_info
short_description: List Honeybadger accounts, or show one with its quota
version_added: 1.0.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Returns the accounts that the token can see, or one of them with its quota and statistics.
extends_documentation_fragment:
  - honeyops.access.attributes.info
  - honeyops.access.attributes.actiongroup_honeybadger
  - honeyops.access.connection
  - honeyops.access.connection.honeybadger
options:
  account_id:
    description:
      - Return this account only, with C(quota_consumed) and C(api_stats). If not set, all accounts are returned, without these two.
      - Unlike in the other modules, it is not read from the environment.
    type: str
"""

EXAMPLES = r"""
- name: Which accounts are there?
  honeyops.access.honeybadger_account_info:
    auth_token: "{{ honeybadger_auth_token }}"
  register: all_accounts

- name: How much of this month's quota is used?
  honeyops.access.honeybadger_account_info:
    account_id: Me3upk
  register: account
"""

RETURN = r"""
accounts:
  description: The accounts, as Honeybadger returns them.
  returned: success
  type: list
  elements: dict
  sample: [{"id": "Me3upk", "email": "ada@example.com", "name": "Work", "active": true, "parked": false, "quota_consumed": 0.75}]
  contains:
    quota_consumed:
      description: What is used of the monthly quota, as Honeybadger returns it.
      type: float
      returned: when O(account_id) is set
    api_stats:
      description: C(stored), C(limited) and C(ignored), each a list of pairs of Unix time and count.
      type: dict
      returned: when O(account_id) is set
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
  sample: {"code": "forbidden", "status": 403, "method": "GET", "path": "/v2/accounts", "detail": "Access denied", "hint": ""}
"""

from ..module_utils._honeybadger.operations import ACCOUNT_INFO
from ..module_utils._module.exit import run_module


def main() -> None:
    """Run the module."""
    run_module(ACCOUNT_INFO)


if __name__ == "__main__":
    main()
