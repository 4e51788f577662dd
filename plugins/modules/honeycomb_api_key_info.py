#!/usr/bin/python
# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Ansible module: list the API keys of a Honeycomb team."""

from __future__ import annotations

DOCUMENTATION = r"""
module: honeycomb_api_key_info
short_description: List the API keys of a Honeycomb team, and who made them
version_added: 0.1.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Returns the ingest and configuration keys of a team, each with the person who made it. No key's secret is shown.
  - A key goes on working after the person who made it has left the team. M(honeyops.access.honeycomb_api_key) disables or deletes one.
  - Management keys are not in Honeycomb's list; look for those under Team settings > API keys.
extends_documentation_fragment:
  - honeyops.access.attributes.info
  - honeyops.access.attributes.actiongroup_honeycomb
  - honeyops.access.connection
  - honeyops.access.connection.management
options:
  type:
    description:
      - Which keys.
    type: str
    choices: [ingest, configuration, all]
    default: all
  creator:
    description:
      - Only keys that the user with this address made. The key then needs the scope C(users:read).
      - Ask before that person is removed. Honeycomb may forget who made a key when it forgets the user; a warning says so
        where it lists no user with the address.
    type: str
seealso:
  - module: honeyops.access.honeycomb_api_key
"""

EXAMPLES = r"""
- name: All keys
  honeyops.access.honeycomb_api_key_info:
    management_key_id: "{{ honeycomb_management_key_id }}"
    management_key_secret: "{{ honeycomb_management_key_secret }}"
  register: keys

- name: Ingest keys that Ada made
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
    id: {description: Id of the key; it is no secret., type: str, returned: always}
    name: {description: Its name., type: str, returned: always}
    type: {description: C(ingest) or C(configuration)., type: str, returned: always}
    disabled: {description: Whether it is disabled., type: bool, returned: always}
    environment: {description: Id of its environment; null where Honeycomb names none., type: str, returned: always}
    created_at: {description: When it was made., type: str, returned: always}
    creator:
      description: Who made it; null where Honeycomb does not tell.
      type: dict
      returned: always
      contains:
        id: {description: Id of the user., type: str, returned: always}
        email: {description: Their address; null where the list of users does not have them., type: str, returned: always}
api:
  description: What the task cost.
  returned: always
  type: dict
  sample: {"requests": 2, "waited": 0.0, "rate_limit_remaining": 358}
  contains:
    requests: {description: Requests sent., type: int, returned: always}
    waited: {description: Seconds lost to retries and limits., type: float, returned: always}
    rate_limit_remaining: {description: Requests left in the service's limit., type: int, returned: when the service tells}
error:
  description: Why it failed.
  returned: failure
  type: dict
  sample: {"code": "forbidden", "status": 403, "method": "GET", "path": "/2/auth", "detail": "Forbidden", "hint": ""}
"""

from collections.abc import Mapping
from typing import Any

from ..module_utils._api_key import list_keys
from ..module_utils._module import MANAGEMENT, honeycomb_keys, run_module
from ..module_utils._run import Result


def main() -> None:
    """Run the module."""

    def work(params: Mapping[str, Any], check: bool) -> Result:
        return list_keys(honeycomb_keys(params), params)

    spec = {
        **MANAGEMENT,
        "type": {"type": "str", "choices": ["ingest", "configuration", "all"], "default": "all"},
        "creator": {"type": "str"},
    }
    run_module(spec, work)


if __name__ == "__main__":
    main()
