#!/usr/bin/python
# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Ansible module: one person's place in a Honeybadger team."""

from __future__ import annotations

DOCUMENTATION = r"""
module: honeybadger_team_member
short_description: Keep one person in a Honeybadger team, or out of it
version_added: 0.1.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Keeps one person's place in a team as declared.
  - People join a team by an invitation only. It goes out by e-mail, once, and whoever accepts it becomes a user of the account, too.
  - O(state=absent) takes the person out of the team and cancels a pending invitation to it. A user of the account stays one;
    to take that away use M(honeyops.access.honeybadger_user).
extends_documentation_fragment:
  - honeyops.access.attributes
  - honeyops.access.attributes.actiongroup_honeybadger
  - honeyops.access.connection
  - honeyops.access.connection.honeybadger
  - honeyops.access.connection.account
options:
  team_id:
    description:
      - Id of the team. M(honeyops.access.honeybadger_team_info) lists the ids.
    type: int
    required: true
  email:
    description:
      - Address of the person. It is trimmed, and compared without regard to case.
    type: str
    required: true
  state:
    description:
      - Whether the person shall be in the team.
    type: str
    choices: [present, absent]
    default: present
  admin:
    description:
      - Whether the person is an admin of the team. Not set, that stays as it is, and a new invitation is not for an admin.
    type: bool
seealso:
  - module: honeyops.access.honeybadger_team_info
  - module: honeyops.access.honeybadger_user
"""

EXAMPLES = r"""
- name: Ada is an admin of the team
  honeyops.access.honeybadger_team_member:
    auth_token: "{{ honeybadger_auth_token }}"
    account_id: Me3upk
    team_id: 3
    email: ada@example.com
    admin: true

- name: Inigo is neither in the team nor invited to it
  honeyops.access.honeybadger_team_member:
    account_id: Me3upk
    team_id: 3
    email: inigo@example.com
    state: absent
"""

RETURN = r"""
member:
  description: The member as Honeybadger shows them; null when there is none.
  returned: always
  type: dict
  sample: {"id": 12, "email": "ada@example.com", "name": "Ada", "admin": true, "created_at": "2024-01-15T10:00:00Z"}
invitation:
  description: The pending invitation to the team, without its token; null when there is none.
  returned: always
  type: dict
  sample: {"id": 9, "email": "inigo@example.com", "admin": false, "accepted_at": null}
status:
  description:
    - What the person is in the team at the end; C(active), C(pending) or C(absent). In check mode what they would be.
    - Null after a failure before anything could be read.
  returned: always
  type: str
  sample: pending
action:
  description:
    - What was done, or in check mode would be; C(none), C(invite), C(update), C(remove), C(cancel), several joined by C(+).
  returned: always
  type: str
  sample: cancel+remove
follow_up:
  description: What is left to do by hand after a removal, one text each.
  returned: always
  type: list
  elements: str
  sample: []
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
  sample: {"code": "forbidden", "status": 403, "method": "GET", "path": "/v2/teams", "detail": "Access denied", "hint": ""}
"""

from ..module_utils._model import ABSENT, PRESENT
from ..module_utils._module import ACCOUNT, HONEYBADGER, honeybadger_teams, run_module
from ..module_utils._team_member import manage_member


def main() -> None:
    """Run the module."""
    spec = {
        **HONEYBADGER,
        **ACCOUNT,
        "team_id": {"type": "int", "required": True},
        "email": {"type": "str", "required": True},
        "state": {"type": "str", "choices": [PRESENT, ABSENT], "default": PRESENT},
        "admin": {"type": "bool"},
    }
    run_module(spec, lambda params, check: manage_member(honeybadger_teams(params), params, check))


if __name__ == "__main__":
    main()
