#!/usr/bin/python
# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Ansible module: one person's membership of a Honeybadger team."""

from __future__ import annotations

DOCUMENTATION = r"""
module: honeybadger_team_member
short_description: Add a person to a Honeybadger team, or remove them from it
version_added: 1.0.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Manages one person's membership of a team, and their pending invitation to it.
  - People join a team by invitation only. The invitation is sent once, by e-mail. A person who accepts it also becomes a user of the
    account.
  - O(state=absent) removes the person from the team and cancels a pending invitation to it. They remain a user of the account; to
    remove them from the account, use M(honeyops.access.honeybadger_user).
extends_documentation_fragment:
  - honeyops.access.attributes
  - honeyops.access.attributes.actiongroup_honeybadger
  - honeyops.access.connection
  - honeyops.access.connection.honeybadger
  - honeyops.access.connection.account
options:
  team_id:
    description:
      - ID of the team. M(honeyops.access.honeybadger_team_info) lists the IDs.
    type: int
    required: true
  email:
    description:
      - Address of the person. White space around it is removed, and case is ignored.
    type: str
    required: true
  state:
    description:
      - Whether the person should be in the team.
    type: str
    choices: [present, absent]
    default: present
  admin:
    description:
      - Whether the person should be an admin of the team. If not set, this stays as it is, and a new invitation is not for an admin.
    type: bool
seealso:
  - module: honeyops.access.honeybadger_team_info
  - module: honeyops.access.honeybadger_user
"""

EXAMPLES = r"""
- name: Make Ada an admin of the team
  honeyops.access.honeybadger_team_member:
    auth_token: "{{ honeybadger_auth_token }}"
    account_id: Me3upk
    team_id: 3
    email: ada@example.com
    admin: true

- name: Remove Inigo from the team, or cancel his invitation
  honeyops.access.honeybadger_team_member:
    account_id: Me3upk
    team_id: 3
    email: inigo@example.com
    state: absent
"""

RETURN = r"""
member:
  description: The member as Honeybadger shows them; null if the person is not in the team.
  returned: always
  type: dict
  sample: {"id": 12, "email": "ada@example.com", "name": "Ada", "admin": true, "created_at": "2024-01-15T10:00:00Z"}
invitation:
  description: The pending invitation, without its token; null if there is none.
  returned: always
  type: dict
  sample: {"id": 9, "email": "inigo@example.com", "admin": false, "accepted_at": null}
status:
  description:
    - Status of the person at the end; C(active), C(pending) or C(absent). In check mode, the status that is expected.
    - Null if the task failed before it could read anything.
  returned: always
  type: str
  sample: pending
action:
  description:
    - What was done, or would be done in check mode; C(none), C(invite), C(update), C(remove), C(cancel).
      Several actions are joined by C(+).
  returned: always
  type: str
  sample: invite
follow_up:
  description: What is left to do by hand after a removal, one text for each item.
  returned: always
  type: list
  elements: str
  sample: []
api:
  description: The cost of the task.
  returned: always
  type: dict
  sample: {"requests": 2, "waited": 0.0, "rate_limit_remaining": 358}
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

from ..module_utils._access.model import ABSENT, PRESENT
from ..module_utils._access.record import Operation, nothing_done
from ..module_utils._honeybadger.connect import ACCOUNT, CONNECTION, honeybadger_teams
from ..module_utils._honeybadger.facts import HONEYBADGER
from ..module_utils._module.exit import run_module
from ..module_utils._module.team_member import manage_member


def main() -> None:
    """Run the module."""
    spec = {
        **CONNECTION,
        **ACCOUNT,
        "team_id": {"type": "int", "required": True},
        "email": {"type": "str", "required": True},
        "state": {"type": "str", "choices": [PRESENT, ABSENT], "default": PRESENT},
        "admin": {"type": "bool"},
    }
    operation = Operation(
        spec,
        lambda params, check, _around: manage_member(honeybadger_teams(params), params, check),
        nothing_done(HONEYBADGER, ["member", "invitation"]),
    )
    run_module(operation)


if __name__ == "__main__":
    main()
