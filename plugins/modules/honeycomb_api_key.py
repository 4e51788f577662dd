#!/usr/bin/python
# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Ansible module: one API key of a Honeycomb team."""

from __future__ import annotations

DOCUMENTATION = r"""
module: honeycomb_api_key
short_description: Disable, enable or delete one API key of a Honeycomb team
version_added: 0.1.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Keeps one ingest or configuration key enabled or disabled, or deletes it. It makes no keys.
  - Disabling a key can stop whatever uses it, as deleting it does; a disabled key can be enabled again, a deleted one is gone for good.
  - The management key that the task itself uses is never touched.
extends_documentation_fragment:
  - honeyops.access.attributes
  - honeyops.access.attributes.actiongroup_honeycomb
  - honeyops.access.connection
  - honeyops.access.connection.management
options:
  id:
    description:
      - Id of the key, such as V(hcxik_01hqk4k20cjeh63wca8vva5stw); not its secret and not the token that is sent with events.
      - M(honeyops.access.honeycomb_api_key_info) lists the ids.
    type: str
    required: true
  state:
    description:
      - What the key shall be.
      - V(absent) deletes it, at once and for good. A key that does not exist is absent already; to enable or disable one is an error.
    type: str
    choices: [enabled, disabled, absent]
    default: enabled
seealso:
  - module: honeyops.access.honeycomb_api_key_info
"""

EXAMPLES = r"""
- name: A key that may be in the wrong hands
  honeyops.access.honeycomb_api_key:
    management_key_id: "{{ honeycomb_management_key_id }}"
    management_key_secret: "{{ honeycomb_management_key_secret }}"
    id: hcxik_01hqk4k20cjeh63wca8vva5stw
    state: disabled

- name: Nothing stopped working, so it can go
  honeyops.access.honeycomb_api_key:
    id: hcxik_01hqk4k20cjeh63wca8vva5stw
    state: absent
"""

RETURN = r"""
key:
  description: The key as it is at the end, in check mode as it would be; null when there is none.
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
        email: {description: Always null here; M(honeyops.access.honeycomb_api_key_info) tells it., type: str, returned: always}
action:
  description: What was done, or in check mode would be; C(none), C(enable_key), C(disable_key) or C(delete_key).
  returned: always
  type: str
  sample: disable_key
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

from ..module_utils._api_key import ENABLED, STATES, manage_key
from ..module_utils._module import MANAGEMENT, honeycomb_keys, run_module


def main() -> None:
    """Run the module."""
    spec = {
        **MANAGEMENT,
        "id": {"type": "str", "required": True},
        "state": {"type": "str", "choices": list(STATES), "default": ENABLED},
    }
    run_module(spec, lambda params, check: manage_key(honeycomb_keys(params), params, check))


if __name__ == "__main__":
    main()
