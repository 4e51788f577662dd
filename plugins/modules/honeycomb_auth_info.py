#!/usr/bin/python
# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Ansible module: tell what a Honeycomb key is good for."""

from __future__ import annotations

DOCUMENTATION = r"""
module: honeycomb_auth_info
short_description: Tell what a Honeycomb key is good for
version_added: 0.1.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Returns the type of the key, its team, its environment and its permissions, in one request. The key itself is never shown.
  - It answers for ingest keys too, so it tells which kind of key you hold.
extends_documentation_fragment:
  - honeyops.access.attributes.info
  - honeyops.access.attributes.actiongroup_honeycomb
  - honeyops.access.connection
  - honeyops.access.connection.honeycomb
  - honeyops.access.connection.management_unused
"""

EXAMPLES = r"""
- name: What key is this?
  honeyops.access.honeycomb_auth_info:
    api_key: "{{ honeycomb_api_key }}"
  register: key

- name: Stop when it cannot manage members
  ansible.builtin.assert:
    that: key.auth.type == 'configuration'
"""

RETURN = r"""
auth:
  description: What Honeycomb tells of the key.
  returned: success
  type: dict
  sample: {"type": "configuration", "team": {"name": "Acme", "slug": "acme"}, "environment": {"name": "", "slug": ""}, "api_key_access": {}}
  contains:
    type: {description: "C(configuration) or C(ingest).", type: str, returned: always}
    team: {description: Name and slug of the team., type: dict, returned: always}
    environment: {description: Name and slug of the environment., type: dict, returned: always}
    api_key_access: {description: What the key may do., type: dict, returned: always}
api:
  description: What the task cost.
  returned: always
  type: dict
  sample: {"requests": 1, "waited": 0.0, "rate_limit_remaining": 98}
  contains:
    requests: {description: Requests sent., type: int, returned: always}
    waited: {description: Seconds lost to retries and limits., type: float, returned: always}
    rate_limit_remaining: {description: Requests left in the service's limit., type: int, returned: when the service tells}
error:
  description: Why it failed.
  returned: failure
  type: dict
  sample: {"code": "forbidden", "status": 403, "method": "GET", "path": "/1/auth", "detail": "Access denied", "hint": ""}
"""

from collections.abc import Mapping
from typing import Any

from ..module_utils._module import HONEYCOMB, MANAGEMENT_UNUSED, honeycomb, run_module
from ..module_utils._run import Result, inspect


def main() -> None:
    """Run the module."""

    def work(params: Mapping[str, Any], check: bool) -> Result:
        service = honeycomb(params)
        return inspect(service, lambda: {"auth": service.auth()})

    run_module({**HONEYCOMB, **MANAGEMENT_UNUSED}, work)


if __name__ == "__main__":
    main()
