#!/usr/bin/python
# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Ansible module: all users of a Honeybadger account."""

from __future__ import annotations

DOCUMENTATION = r"""
module: honeybadger_users
short_description: Manage the users of a Honeybadger account from one list
version_added: 1.0.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Invites, promotes, demotes or removes the people in a list. The module reads the lists of the service once and writes only what
    differs. People who are not in the list are left alone unless O(exclusive=true).
  - Additions and promotions come first, then removals and demotions, the least role first. A failure for one person does not
    stop the others; the task fails at the end, and RV(results) shows the outcome for each person.
  - Guards are checked before the first write. A refusal returns the plan and names the guard, the figure and the limit.
  - A plan is also refused before the first write if it needs more requests than are left in the rate limit, and the
    wait for the others would exceed O(max_wait).
  - People who lose access also leave the teams of the account, and their pending invitations to teams are cancelled.
    The teams are read only if somebody is declared absent or loses access, or if teams are managed. With
    O(exclusive=true), such a run also finds people who are in a team or invited to one, but neither users nor invited
    to the account. Other runs do not look for them. To find them at any time, use
    M(honeyops.access.honeybadger_team_info); to remove them, set C(state=absent) for them.
extends_documentation_fragment:
  - honeyops.access.attributes
  - honeyops.access.attributes.actiongroup_honeybadger
  - honeyops.access.connection
  - honeyops.access.connection.honeybadger
  - honeyops.access.connection.account
  - honeyops.access.person.bulk
  - honeyops.access.person.reinvite
  - honeyops.access.person.verify
  - honeyops.access.person.teams
  - honeyops.access.person.invited
options:
  users:
    description:
      - The people. A list with the same person twice, by address or alias, is refused.
    type: list
    elements: dict
    required: true
    suboptions:
      email:
        description:
          - Main address of the person. White space around it is removed, and case is ignored.
        type: str
        required: true
      role:
        description:
          - Role in the account. If not set, the role stays as it is, and a new person becomes a V(Member).
        type: str
        choices: [Member, Billing, Admin, Owner]
      team_ids:
        description:
          - IDs of the teams that an invited person joins. If not set, the teams stay as they are; V([]) means no teams.
          - For a person who is a user already, it applies only with O(manage_teams=true).
        type: list
        elements: int
      aliases:
        description:
          - Other addresses of the same person.
        type: list
        elements: str
        default: []
      state:
        description:
          - V(absent) removes the person from the account and its teams, and cancels their invitations to the account and its teams.
        type: str
        choices: [present, absent]
        default: present
      because:
        description:
          - Source of what is declared for the person, such as V(group platform). The reason of each step for this
            person ends with this text. It is never compared.
        type: str
  min_owners:
    description:
      - Minimum number of accepted people with the role V(Owner) that must remain after a run that lowers this number.
        A run that does not lower it is allowed, however few there are. An unknown role does not count as V(Owner);
        people with such a role stay as long as nobody has V(Owner).
    type: int
    default: 1
seealso:
  - module: honeyops.access.honeybadger_user
"""

EXAMPLES = r"""
- name: Manage three people, and leave everybody else alone
  honeyops.access.honeybadger_users:
    account_id: Me3upk
    users:
      - email: ada@example.com
        role: Owner
      - email: bob@example.com
        aliases: [bob@corp.example]
      - email: eve@example.com
        state: absent

- name: Plan to keep only the people in the list
  honeyops.access.honeybadger_users:
    account_id: Me3upk
    users: "{{ people }}"
    exclusive: true
    max_removals: 3
    protected: [root@example.com]
    ignore: [robot@example.com]
  check_mode: true
  register: planned

- name: Apply exactly this plan
  honeyops.access.honeybadger_users:
    account_id: Me3upk
    users: "{{ people }}"
    exclusive: true
    max_removals: 3
    protected: [root@example.com]
    ignore: [robot@example.com]
    expected_plan_id: "{{ planned.plan_id }}"
"""

RETURN = r"""
plan:
  description: The steps in the order in which they are applied; additions and promotions, then removals and demotions.
  returned: always
  type: list
  elements: dict
  contains:
    action:
      description:
        - C(invite), C(update), C(reinvite), C(invite_to_team), C(leave_team), C(cancel_team_invitation), C(remove) or C(cancel).
      type: str
      returned: always
    email: {description: The person., type: str, returned: always}
    before: {description: "What is there now, null for nothing.", type: dict, returned: always}
    after: {description: "What should be there, null for nothing.", type: dict, returned: always}
    reason: {description: Why the step is needed., type: str, returned: always}
    because: {description: Source of what is declared., type: str, returned: if it is known}
plan_id:
  description: Identifies exactly these changes to this account; the same in check mode and in the real run.
  returned: always
  type: str
  sample: 3c1f0f6d2a9b4e57
results:
  description: The outcome of each step. In check mode, the outcome if every write succeeds.
  returned: always
  type: list
  elements: dict
  contains:
    email: {description: The person., type: str, returned: always}
    action: {description: "The action of the step; C(none) if it turned out to be done already.", type: str, returned: always}
    outcome: {description: "C(applied), C(failed), C(deferred) or C(not_attempted).", type: str, returned: always}
    error: {description: "Why the step was not applied, in the form of RV(error); null if it was.", type: dict, returned: always}
known_invitations:
  description:
    - Who was invited by which invitation, for the next run. A dictionary from the ID of an invitation to C(email), C(role) and
      C(invited_at), and C(accepted_as) for people who accepted under another address. The ID of a team invitation is
      prefixed with the ID of the team and a slash.
  returned: always
  type: dict
  sample: {"9": {"email": "inigo@example.com", "role": "Member", "invited_at": "2025-01-20T12:00:00Z"}}
summary:
  description: The number of steps in the plan for each action, and the number of steps for each outcome.
  returned: always
  type: dict
  sample: {"invite": 2, "update": 1, "reinvite": 0, "remove": 0, "cancel": 0, "applied": 3, "failed": 0, "deferred": 0, "not_attempted": 0}
unmatched:
  description: The addresses in O(protected) and O(ignore), by option, that nobody has.
  returned: always
  type: dict
  sample: {"protected": [], "ignore": []}
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
users:
  description: All users at the end.
  returned: always
  type: list
  elements: dict
  sample: [{"id": 1, "role": "Admin", "name": "Ada", "email": "ada@example.com"}]
invitations:
  description: All pending invitations at the end, without their tokens.
  returned: always
  type: list
  elements: dict
  sample: [{"id": 9, "email": "bob@example.com", "role": "Member", "accepted_at": null, "team_ids": []}]
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

from ..module_utils._honeybadger.operations import USERS
from ..module_utils._module.exit import run_module


def main() -> None:
    """Run the module."""
    run_module(USERS)


if __name__ == "__main__":
    main()
