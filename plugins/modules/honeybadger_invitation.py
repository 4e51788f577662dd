#!/usr/bin/python
# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Ansible module: one pending invitation to a Honeybadger account."""

from __future__ import annotations

DOCUMENTATION = r"""
module: honeybadger_invitation
short_description: Invite a person to a Honeybadger account, or cancel the invitation
version_added: 1.0.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Sends, corrects or cancels the pending invitation of one person. It never changes users.
  - A person who is a user already is not invited, promoted or demoted; nothing changes and RV(status) is C(active).
  - O(state=absent) cancels pending invitations only. To remove access, use M(honeyops.access.honeybadger_user).
extends_documentation_fragment:
  - honeyops.access.attributes
  - honeyops.access.attributes.actiongroup_honeybadger
  - honeyops.access.connection
  - honeyops.access.connection.honeybadger
  - honeyops.access.connection.account
  - honeyops.access.person
  - honeyops.access.person.reinvite
options:
  email:
    description:
      - Address of the invited person. White space around it is removed, and case is ignored.
      - One of O(email) and O(id) is required.
    type: str
  id:
    description:
      - ID of an invitation, instead of the address. It is not the ID of a user.
    type: int
  role:
    description:
      - Role that the person gets on accepting. If not set, an existing invitation keeps its role, and a new one is for a V(Member).
    type: str
    choices: [Member, Billing, Admin, Owner]
  team_ids:
    description:
      - IDs of the teams that the person joins on accepting. If not set, the teams stay as they are; V([]) means no teams.
    type: list
    elements: int
seealso:
  - module: honeyops.access.honeybadger_user
  - module: honeyops.access.honeybadger_invitation_info
"""

EXAMPLES = r"""
- name: Invite Inigo as an Admin
  honeyops.access.honeybadger_invitation:
    auth_token: "{{ honeybadger_auth_token }}"
    account_id: Me3upk
    email: inigo@example.com
    role: Admin

- name: Send the invitation again if it is two weeks old
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
  description: The pending invitation, without its token; null if there is none.
  returned: always
  type: dict
  sample: {"id": 9, "email": "inigo@example.com", "role": "Member", "accepted_at": null, "team_ids": [3]}
status:
  description:
    - Status of the person at the end; C(active), C(pending) or C(absent). In check mode, the status that is expected.
    - Null if the task failed before it could read anything.
  returned: always
  type: str
  sample: pending
action:
  description:
    - What was done, or would be done in check mode; C(none), C(invite), C(update), C(reinvite), C(cancel).
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
  sample: {"code": "not_found", "status": 404, "method": "GET", "path": "/v2/accounts/Me3upk/invitations", "detail": "", "hint": ""}
"""

from ..module_utils._access.model import INVITATION
from ..module_utils._access.options import PERSON, person
from ..module_utils._access.record import Operation, nothing_done
from ..module_utils._honeybadger.connect import ACCOUNT, CONNECTION, honeybadger
from ..module_utils._honeybadger.facts import HONEYBADGER
from ..module_utils._module.exit import run_module
from ..module_utils._module.manage import manage_person


def main() -> None:
    """Run the module."""
    spec = {
        **CONNECTION,
        **ACCOUNT,
        **PERSON,
        "email": {"type": "str"},
        "id": {"type": "int"},
        **person(HONEYBADGER),
    }
    operation = Operation(
        spec,
        lambda params, check, _around: manage_person(
            honeybadger(params), params, check, min_keepers=0, objects={"invitation": (INVITATION,)}, pending_only=True
        ),
        nothing_done(HONEYBADGER, ["invitation"]),
    )
    run_module(operation, required_one_of=[("email", "id")], mutually_exclusive=[("email", "id")])


if __name__ == "__main__":
    main()
