#!/usr/bin/python
# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Ansible module: list the API keys of a Honeycomb team."""

from __future__ import annotations

DOCUMENTATION = r"""
module: honeycomb_api_key_info
short_description: List the API keys of a Honeycomb team and who created them
version_added: 1.0.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Returns the ingest and configuration keys of a team, each with the person who created it. The secrets of the keys are not returned.
  - A key stays valid after the person who created it leaves the team. M(honeyops.access.honeycomb_api_key) disables or deletes a key.
  - Honeycomb does not list management keys; find those under Team settings > API keys.
extends_documentation_fragment:
  - honeyops.access.attributes.info
  - honeyops.access.attributes.actiongroup_honeycomb
  - honeyops.access.connection
  - honeyops.access.connection.management
  - honeyops.access.connection.honeycomb_url
options:
  type:
    description:
      - Which keys to return.
    type: str
    choices: [ingest, configuration, all]
    default: all
  creator:
    description:
      - Return only keys created by the user with this address. The management key then needs the scope C(users:read).
      - Use this option before the person is removed, because Honeycomb may not know afterwards who created a key. If
        Honeycomb lists no user with the address, a warning says so.
    type: str
seealso:
  - module: honeyops.access.honeycomb_api_key
"""

EXAMPLES = r"""
- name: List all keys
  honeyops.access.honeycomb_api_key_info:
    management_key_id: "{{ honeycomb_management_key_id }}"
    management_key_secret: "{{ honeycomb_management_key_secret }}"
  register: keys

- name: List the ingest keys that Ada created
  honeyops.access.honeycomb_api_key_info:
    type: ingest
    creator: ada@example.com
  register: hers
"""

RETURN = r"""
api_keys:
  description: The keys, in the order in which Honeycomb lists them.
  returned: success
  type: list
  elements: dict
  sample:
    - id: hcxik_01hqk4k20cjeh63wca8vva5stw
      name: Collector
      type: ingest
      disabled: false
      environment: hcxen_01hqk4k20cjeh63wca8vva5stw
      created_at: "2024-01-15T10:00:00Z"
      creator:
        id: hcxus_01hqk4k20cjeh63wca8vva5stw
        email: ada@example.com
  contains:
    id: {description: "ID of the key, which is not a secret.", type: str, returned: always}
    name: {description: Name of the key., type: str, returned: always}
    type: {description: C(ingest) or C(configuration)., type: str, returned: always}
    disabled: {description: Whether the key is disabled now., type: bool, returned: always}
    environment: {description: ID of the environment; null if Honeycomb names none., type: str, returned: always}
    created_at: {description: When the key was created; null if Honeycomb does not say., type: str, returned: always}
    creator:
      description: The person who created the key; null if Honeycomb does not say.
      type: dict
      returned: always
      contains:
        id: {description: ID of the user., type: str, returned: always}
        email:
          description: Address of the user; null if they are not in the list of users, or if RV(users_read) is false.
          type: str
          returned: always
users:
  description: Everybody who has accepted, by the list of users; empty if RV(users_read) is false.
  returned: success
  type: list
  elements: dict
  sample:
    - {id: hcxus_01hqk4k20cjeh63wca8vva5stw, email: ada@example.com, name: Ada Lovelace, role: Member}
users_read:
  description:
    - Whether the management key could read the list of users. If not, no address of a creator is known, and a warning gives the reason.
  returned: success
  type: bool
  sample: true
api:
  description: The cost of the task.
  returned: always
  type: dict
  sample: {"requests": 3, "waited": 0.0, "rate_limit_remaining": 98}
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
  sample: {"code": "forbidden", "status": 403, "method": "GET", "path": "/2/auth", "detail": "Forbidden", "hint": ""}
"""

from ..module_utils._honeycomb.operations import API_KEY_INFO
from ..module_utils._module.exit import run_module


def main() -> None:
    """Run the module."""
    run_module(API_KEY_INFO)


if __name__ == "__main__":
    main()
