#!/usr/bin/python
# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Ansible module: one pending invitation to a Honeybadger account."""

from __future__ import annotations

DOCUMENTATION = r"""
module: honeybadger_invitation
short_description: Invite one person to a Honeybadger account, or cancel the invitation
version_added: 0.1.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Keeps one invitation to a Honeybadger account as declared, and leaves users alone.
  - Somebody who is a user already is not invited, promoted or demoted; nothing changes and RV(status) is C(active).
  - O(state=absent) cancels pending invitations only. To take access away use M(honeyops.access.honeybadger_user).
extends_documentation_fragment:
  - honeyops.access.attributes
  - honeyops.access.attributes.actiongroup_honeybadger
  - honeyops.access.connection
  - honeyops.access.connection.honeybadger
  - honeyops.access.connection.account
  - honeyops.access.person
options:
  email:
    description:
      - The invited address. It is trimmed, and compared without regard to case.
      - One of O(email) and O(id) is required.
    type: str
  id:
    description:
      - Id of an invitation, in place of the address. It is not the id of a user.
    type: int
  role:
    description:
      - Role that the person gets on accepting. Not set, the role stays as it is, and a new invitation is for a V(Member).
    type: str
    choices: [Member, Billing, Admin, Owner]
  team_ids:
    description:
      - Ids of the teams that the person joins on accepting. Not set, the teams stay as they are; V([]) means none.
    type: list
    elements: int
seealso:
  - module: honeyops.access.honeybadger_user
  - module: honeyops.access.honeybadger_invitation_info
"""

EXAMPLES = r"""
- name: Inigo is invited as an Admin
  honeyops.access.honeybadger_invitation:
    auth_token: "{{ honeybadger_auth_token }}"
    account_id: Me3upk
    email: inigo@example.com
    role: Admin

- name: Send again what nobody answered for two weeks
  honeyops.access.honeybadger_invitation:
    account_id: Me3upk
    email: inigo@example.com
    reinvite_after: 14

- name: Cancel an invitation
  honeyops.access.honeybadger_invitation:
    account_id: Me3upk
    id: 9
    state: absent
"""

RETURN = r"""
invitation:
  description: The pending invitation, without its token; null when there is none.
  returned: always
  type: dict
  sample: {"id": 9, "email": "inigo@example.com", "role": "Member", "accepted_at": null, "team_ids": [3]}
status:
  description:
    - What the person is at the end; C(active), C(pending) or C(absent). In check mode what they would be.
    - Null after a failure before anything could be read.
  returned: always
  type: str
  sample: pending
action:
  description:
    - What was done, or in check mode would be; C(none), C(invite), C(update), C(reinvite), C(remove), C(cancel), several joined by C(+).
  returned: always
  type: str
  sample: remove+cancel
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
  sample: {"code": "forbidden", "status": 403, "method": "GET", "path": "/v2/accounts", "detail": "Access denied", "hint": ""}
"""

from ..module_utils import _catalog as catalog
from ..module_utils._model import INVITATION
from ..module_utils._module import ACCOUNT, HONEYBADGER, PERSON, honeybadger, person, run_module
from ..module_utils._run import manage_person


def main() -> None:
    """Run the module."""
    spec = {
        **HONEYBADGER,
        **ACCOUNT,
        **PERSON,
        "email": {"type": "str"},
        "id": {"type": "int"},
        **person(catalog.HONEYBADGER),
    }
    run_module(
        spec,
        lambda params, check: manage_person(
            honeybadger(params), params, check, min_keepers=0, objects={"invitation": (INVITATION,)}, pending_only=True
        ),
        required_one_of=[("email", "id")],
        mutually_exclusive=[("email", "id")],
    )


if __name__ == "__main__":
    main()
