#!/usr/bin/python
# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Ansible module: all users of a Honeybadger account."""

from __future__ import annotations

DOCUMENTATION = r"""
module: honeybadger_users
short_description: Keep the people of a Honeybadger account as a list declares them
version_added: 0.1.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Brings everybody in a list to what is declared, with one read and exactly the writes needed.
  - Additions and promotions come first, then demotions, then removals. A failure for one person does not stop the others; the task
    fails at the end and reports what became of each.
  - Guards are checked before the first write. A refusal shows the plan and names the guard, the figure and the limit.
  - When the service tells how many requests are left, and the plan needs more than can be waited for within O(max_wait), it is
    refused before the first write too.
extends_documentation_fragment:
  - honeyops.access.attributes
  - honeyops.access.attributes.actiongroup_honeybadger
  - honeyops.access.connection
  - honeyops.access.connection.honeybadger
  - honeyops.access.connection.account
  - honeyops.access.person.bulk
  - honeyops.access.person.verify
  - honeyops.access.person.teams
options:
  users:
    description:
      - The people. The same person twice, aliases included, is refused.
    type: list
    elements: dict
    required: true
    suboptions:
      email:
        description:
          - Main address. It is trimmed, and compared without regard to case.
        type: str
        required: true
      role:
        description:
          - Role. Not set, it stays as it is, and a new person becomes V(Member).
        type: str
        choices: [Member, Billing, Admin, Owner]
      team_ids:
        description:
          - Ids of the teams that an invited person joins. Not set, the teams stay as they are; V([]) means none.
          - For somebody who is a user already, O(manage_teams) makes it count.
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
          - V(absent) takes access away, cancels the pending invitation, and takes the person out of teams and team invitations.
        type: str
        choices: [present, absent]
        default: present
  min_owners:
    description:
      - A run that lowers the number of accepted people with the role V(Owner) must leave at least so many. One that does not lower
        it passes, however few there are.
    type: int
    default: 1
seealso:
  - module: honeyops.access.honeybadger_user
"""

EXAMPLES = r"""
- name: Three people, and nobody is removed who is not named
  honeyops.access.honeybadger_users:
    account_id: Me3upk
    users:
      - email: ada@example.com
        role: Owner
      - email: bob@example.com
        aliases: [bob@corp.example]
      - email: eve@example.com
        state: absent

- name: The list is all there is; look first
  honeyops.access.honeybadger_users:
    account_id: Me3upk
    users: "{{ people }}"
    exclusive: true
    max_removals: 3
    protected: [root@example.com]
    ignore: [robot@example.com]
  check_mode: true
  register: planned

- name: Apply exactly what was looked at
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
  description: The steps, in the order in which they are applied; additions and promotions, then demotions, then removals.
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
    before: {description: "What is there, null for nothing.", type: dict, returned: always}
    after: {description: "What it becomes, null for nothing.", type: dict, returned: always}
    reason: {description: Why., type: str, returned: always}
plan_id:
  description: Names exactly these changes to exactly this account; equal in check mode and the real run.
  returned: always
  type: str
  sample: 3c1f0f6d2a9b4e57
results:
  description: What became of each step. In check mode what would, if every write succeeded.
  returned: always
  type: list
  elements: dict
  contains:
    email: {description: The person., type: str, returned: always}
    action: {description: "What was done, C(none) where it turned out to be done already.", type: str, returned: always}
    outcome: {description: "C(applied), C(failed), C(deferred) or C(not_attempted).", type: str, returned: always}
    error: {description: "Why not, in the form of RV(error); null when there is none.", type: dict, returned: always}
summary:
  description: How many steps the plan has of each action, and how many came to each outcome.
  returned: always
  type: dict
  sample: {"invite": 2, "update": 1, "reinvite": 0, "remove": 0, "cancel": 0, "applied": 3, "failed": 0, "deferred": 0, "not_attempted": 0}
follow_up:
  description: What is left to do by hand after the removals, one text each.
  returned: always
  type: list
  elements: str
  sample: []
users:
  description: All users as they are at the end.
  returned: always
  type: list
  elements: dict
  sample: [{"id": 1, "role": "Admin", "name": "Ada", "email": "ada@example.com"}]
invitations:
  description: All pending invitations as they are at the end, without their tokens.
  returned: always
  type: list
  elements: dict
  sample: [{"id": 9, "email": "bob@example.com", "role": "Member", "accepted_at": null, "team_ids": []}]
verified:
  description: What the lists showed after the removals; null where nothing was removed.
  returned: when O(verify) is true
  type: dict
  sample: {"read": ["/v2/accounts/Me3upk/users"], "remaining": []}
  contains:
    read: {description: The lists that were read., type: list, elements: str, returned: always}
    remaining:
      description: What is left of people who should be gone, each with C(email) and C(what).
      type: list
      elements: dict
      returned: always
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
from ..module_utils._module import ACCOUNT, BULK, HONEYBADGER, VERIFY, honeybadger, people, run_module
from ..module_utils._run import manage_people


def main() -> None:
    """Run the module."""
    spec = {
        **HONEYBADGER,
        **ACCOUNT,
        **VERIFY,
        "manage_teams": {"type": "bool", "default": False},
        **BULK,
        **people(catalog.HONEYBADGER),
    }
    run_module(spec, lambda params, check: manage_people(honeybadger(params, teams=True), params, check))


if __name__ == "__main__":
    main()
