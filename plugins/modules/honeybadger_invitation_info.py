#!/usr/bin/python
# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Ansible module: list the invitations of a Honeybadger account."""

from __future__ import annotations

DOCUMENTATION = r"""
module: honeybadger_invitation_info
short_description: List the invitations of a Honeybadger account
version_added: 1.0.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Returns pending and accepted invitations, because the service keeps both. It does not return their tokens.
extends_documentation_fragment:
  - honeyops.access.attributes.info
  - honeyops.access.attributes.actiongroup_honeybadger
  - honeyops.access.connection
  - honeyops.access.connection.honeybadger
  - honeyops.access.connection.account
options:
  email:
    description:
      - Return only invitations that were sent to this address or accepted under it.
    type: str
  id:
    description:
      - Return only the invitation with this ID. It is not the ID of a user.
    type: int
  status:
    description:
      - Which invitations to return.
    type: str
    choices: [pending, accepted, all]
    default: all
"""

EXAMPLES = r"""
- name: List the people who have not accepted yet
  honeyops.access.honeybadger_invitation_info:
    auth_token: "{{ honeybadger_auth_token }}"
    account_id: Me3upk
    status: pending
  register: waiting
"""

RETURN = r"""
invitations:
  description: The invitations as Honeybadger shows them, with C(status) (C(pending) or C(accepted)) and without C(token).
  returned: success
  type: list
  elements: dict
  sample: [{"id": 9, "email": "inigo@example.com", "role": "Member", "accepted_at": null, "team_ids": [], "status": "pending"}]
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
  sample: {"code": "not_found", "status": 404, "method": "GET", "path": "/v2/accounts/Me3upk/invitations", "detail": "", "hint": ""}
"""

from ..module_utils._honeybadger.operations import INVITATION_INFO
from ..module_utils._module.exit import run_module


def main() -> None:
    """Run the module."""
    run_module(INVITATION_INFO)


if __name__ == "__main__":
    main()
