#!/usr/bin/python
# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Ansible module: show what a Honeycomb key can do."""

from __future__ import annotations

DOCUMENTATION = r"""
module: honeycomb_auth_info
short_description: Show what a Honeycomb key can do
version_added: 1.0.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Returns the type of the key, its team, its environment and its permissions, in one request. The key itself is not returned.
  - It also works for ingest keys, so you can use it to find out which type of key you have.
extends_documentation_fragment:
  - honeyops.access.attributes.info
  - honeyops.access.attributes.actiongroup_honeycomb
  - honeyops.access.connection
  - honeyops.access.connection.honeycomb
  - honeyops.access.connection.honeycomb_url
  - honeyops.access.connection.management_unused
"""

EXAMPLES = r"""
- name: Get the type of the key
  honeyops.access.honeycomb_auth_info:
    api_key: "{{ honeycomb_api_key }}"
  register: key

- name: Stop if it is not a configuration key
  ansible.builtin.assert:
    that: key.auth.type == 'configuration'
"""

RETURN = r"""
auth:
  description: What Honeycomb says about the key.
  returned: success
  type: dict
  sample: {"type": "configuration", "team": {"name": "Acme", "slug": "acme"}, "environment": {"name": "", "slug": ""}, "api_key_access": {}}
  contains:
    type: {description: "C(configuration) or C(ingest).", type: str, returned: always}
    team: {description: Name and slug of the team., type: dict, returned: always}
    environment: {description: Name and slug of the environment., type: dict, returned: always}
    api_key_access: {description: What the key may do., type: dict, returned: always}
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
  sample: {"code": "forbidden", "status": 403, "method": "GET", "path": "/1/auth", "detail": "Access denied", "hint": ""}
"""

from ..module_utils._honeycomb.operations import AUTH_INFO
from ..module_utils._module.exit import run_module


def main() -> None:
    """Run the module."""
    run_module(AUTH_INFO)


if __name__ == "__main__":
    main()
