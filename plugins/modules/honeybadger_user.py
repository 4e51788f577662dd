#!/usr/bin/python
# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Ansible module: one user of a Honeybadger account."""

from __future__ import annotations

DOCUMENTATION = r"""
module: honeybadger_user
short_description: Give a person access to a Honeybadger account, or remove it
version_added: 1.0.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Invites, promotes, demotes or removes one person in a Honeybadger account, and corrects their pending invitation.
  - The module reads users and invitations once and writes only what differs, so a second run changes nothing.
  - A person who was invited under one address and accepted under another is found under both.
  - Teams are part of an invitation. For a person who is a user already, O(team_ids) applies only with O(manage_teams=true).
  - O(state=absent) also removes the person from the teams of the account and cancels their team invitations.
  - API keys of projects and account tokens that the person knows stay valid; RV(follow_up) reminds you of them.
  - For more than a few people, use M(honeyops.access.honeybadger_users), which reads the lists once for all of them.
extends_documentation_fragment:
  - honeyops.access.attributes
  - honeyops.access.attributes.actiongroup_honeybadger
  - honeyops.access.connection
  - honeyops.access.connection.honeybadger
  - honeyops.access.connection.account
  - honeyops.access.person
  - honeyops.access.person.reinvite
  - honeyops.access.person.wait
  - honeyops.access.person.verify
  - honeyops.access.person.teams
  - honeyops.access.person.invited
options:
  email:
    description:
      - Main address of the person. White space around it is removed, and case is ignored.
      - One of O(email) and O(id) is required.
    type: str
  id:
    description:
      - ID of a user, instead of the address. It is not the ID of an invitation, and it cannot be used to invite somebody.
    type: int
  role:
    description:
      - Role in the account. If not set, the role stays as it is, and a new person becomes a V(Member).
    type: str
    choices: [Member, Billing, Admin, Owner]
  team_ids:
    description:
      - IDs of the teams that the invited person joins. If not set, the teams stay as they are; V([]) means no teams.
    type: list
    elements: int
  invite:
    description:
      - Whether to invite a person who is not there. If V(false), such a person is an error with code C(not_a_user).
    type: bool
    default: true
  allow_no_owner:
    description:
      - Allow the last Owner to be removed or demoted. Otherwise, the task fails with code C(last_admin).
    type: bool
    default: false
seealso:
  - module: honeyops.access.honeybadger_users
  - module: honeyops.access.honeybadger_invitation
  - module: honeyops.access.honeybadger_user_info
"""

EXAMPLES = r"""
- name: Make Ada an Admin of the account
  honeyops.access.honeybadger_user:
    auth_token: "{{ honeybadger_auth_token }}"
    account_id: Me3upk
    email: ada@example.com
    role: Admin

- name: Invite Bob, who joins two teams when he accepts
  honeyops.access.honeybadger_user:
    account_id: Me3upk
    email: bob@example.com
    team_ids: [3, 7]

- name: Keep Ada, who is a user already, in these two teams and in no other
  honeyops.access.honeybadger_user:
    account_id: Me3upk
    email: ada@example.com
    team_ids: [3, 7]
    manage_teams: true

- name: Remove Eve, including her pending invitations and her teams
  honeyops.access.honeybadger_user:
    account_id: Me3upk
    email: eve@example.com
    aliases: [eve@corp.example]
    state: absent
"""

RETURN = r"""
user:
  description: The person as Honeybadger shows them; null if they are not a user.
  returned: always
  type: dict
  sample: {"id": 1, "role": "Admin", "name": "Ada", "email": "ada@example.com"}
invitation:
  description: The pending invitation, without its token; null if there is none.
  returned: always
  type: dict
  sample: {"id": 9, "email": "inigo@example.com", "role": "Member", "accepted_at": null, "team_ids": [3]}
known_invitations:
  description:
    - Who was invited by which invitation, for the next run. A dictionary from the ID of an invitation to C(email), C(role) and
      C(invited_at), and C(accepted_as) for people who accepted under another address. The ID of a team invitation is
      prefixed with the ID of the team and a slash.
  returned: always
  type: dict
  sample: {"9": {"email": "inigo@example.com", "role": "Member", "invited_at": "2025-01-20T12:00:00Z"}}
status:
  description:
    - Status of the person at the end; C(active), C(pending) or C(absent). In check mode, the status that is expected.
    - Null if the task failed before it could read anything.
  returned: always
  type: str
  sample: pending
action:
  description:
    - What was done, or would be done in check mode; C(none), C(invite), C(update), C(reinvite), C(remove), C(cancel),
      C(invite_to_team), C(leave_team), C(cancel_team_invitation). Several actions are joined by C(+).
  returned: always
  type: str
  sample: invite
unread:
  description: Lists of teams that were not read completely, but matter for people who lose access or change teams.
  returned: when there are any
  type: list
  elements: str
  sample: ["/v2/teams"]
follow_up:
  description: What is left to do by hand after a removal, one text for each item.
  returned: always
  type: list
  elements: str
  sample: []
verified:
  description: What the lists showed after the removals; null if nothing was removed.
  returned: when O(verify) is true
  type: dict
  sample: {"read": ["/v2/accounts/Me3upk/users"], "remaining": []}
  contains:
    read: {description: The lists that were read., type: list, elements: str, returned: always}
    remaining:
      description: What is left of the people who should be gone, each item with C(email) and C(what).
      type: list
      elements: dict
      returned: always
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
  sample: {"code": "forbidden", "status": 403, "method": "GET", "path": "/v2/accounts/Me3upk/users", "detail": "Access denied", "hint": ""}
"""

from ..module_utils._access.model import INVITATION, MEMBERSHIP
from ..module_utils._access.options import PERSON, VERIFY, WAIT, person
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
        **VERIFY,
        "manage_teams": {"type": "bool", "default": False},
        **PERSON,
        **WAIT,
        "email": {"type": "str"},
        "id": {"type": "int"},
        **person(HONEYBADGER),
        "known_invitations": {"type": "dict"},
        "invite": {"type": "bool", "default": True},
        "allow_no_owner": {"type": "bool", "default": False},
    }
    operation = Operation(
        spec,
        lambda params, check, _around: manage_person(
            honeybadger(params, teams=True),
            params,
            check,
            min_keepers=0 if params["allow_no_owner"] else 1,
            objects={"user": (MEMBERSHIP,), "invitation": (INVITATION,)},
            may_invite=params["invite"],
        ),
        {**nothing_done(HONEYBADGER, ["user", "invitation"]), "known_invitations": {}},
    )
    run_module(operation, required_one_of=[("email", "id")], mutually_exclusive=[("email", "id")])


if __name__ == "__main__":
    main()
