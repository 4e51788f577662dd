#!/usr/bin/python
# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Ansible module: one API key of a Honeycomb team."""

from __future__ import annotations

DOCUMENTATION = r"""
module: honeycomb_api_key
short_description: Disable, enable or delete one API key of a Honeycomb team
version_added: 1.0.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Enables, disables or deletes one ingest or configuration key. It does not create keys.
  - Disabling or deleting a key stops everything that uses it. A disabled key can be enabled again; a deleted key cannot be restored.
  - The management key that the task itself uses is never touched.
extends_documentation_fragment:
  - honeyops.access.attributes
  - honeyops.access.attributes.actiongroup_honeycomb
  - honeyops.access.connection
  - honeyops.access.connection.management
  - honeyops.access.connection.honeycomb_url
options:
  id:
    description:
      - ID of the key, such as V(hcxik_01hqk4k20cjeh63wca8vva5stw). It is neither the secret of the key nor the token sent with events.
      - M(honeyops.access.honeycomb_api_key_info) lists the IDs.
    type: str
    required: true
  state:
    description:
      - State that the key should have.
      - V(absent) deletes the key at once, and this cannot be undone. A key that does not exist is absent already; enabling or disabling
        it is an error.
    type: str
    choices: [enabled, disabled, absent]
    default: enabled
seealso:
  - module: honeyops.access.honeycomb_api_key_info
"""

EXAMPLES = r"""
- name: Disable a key that may be in the wrong hands
  honeyops.access.honeycomb_api_key:
    management_key_id: "{{ honeycomb_management_key_id }}"
    management_key_secret: "{{ honeycomb_management_key_secret }}"
    id: hcxik_01hqk4k20cjeh63wca8vva5stw
    state: disabled

- name: Delete the key after nothing stopped working
  honeyops.access.honeycomb_api_key:
    id: hcxik_01hqk4k20cjeh63wca8vva5stw
    state: absent
"""

RETURN = r"""
key:
  description: The key at the end, or as expected in check mode; null if there is none.
  returned: always
  type: dict
  sample:
    id: hcxik_01hqk4k20cjeh63wca8vva5stw
    name: Collector
    type: ingest
    disabled: false
    environment: hcxen_01hqk4k20cjeh63wca8vva5stw
    created_at: "2024-01-15T10:00:00Z"
    creator:
      id: hcxus_01hqk4k20cjeh63wca8vva5stw
      email: null
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
        email: {description: Always null here; M(honeyops.access.honeycomb_api_key_info) returns it., type: str, returned: always}
action:
  description: What was done, or would be done in check mode; C(none), C(enable_key), C(disable_key) or C(delete_key).
  returned: always
  type: str
  sample: disable_key
api:
  description: The cost of the task.
  returned: always
  type: dict
  sample: {"requests": 2, "waited": 0.0, "rate_limit_remaining": 98}
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

from ..module_utils._access.record import Operation
from ..module_utils._honeycomb.connect import MANAGEMENT, honeycomb_keys
from ..module_utils._module.api_key import ENABLED, STATES, UNTOUCHED, manage_key
from ..module_utils._module.exit import run_module


def main() -> None:
    """Run the module."""
    spec = {
        **MANAGEMENT,
        "id": {"type": "str", "required": True},
        "state": {"type": "str", "choices": list(STATES), "default": ENABLED},
    }
    run_module(
        Operation(spec, lambda params, check, _around: manage_key(honeycomb_keys(params), params, check), UNTOUCHED)
    )


if __name__ == "__main__":
    main()
