#!/usr/bin/python
# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Ansible module: all members of a Honeycomb team."""

from __future__ import annotations

DOCUMENTATION = r"""
module: honeycomb_members
short_description: Manage the members of a Honeycomb team from one list
version_added: 1.0.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Invites, promotes, demotes or removes the people in a list. The module reads the lists of the service once and writes only what
    differs. People who are not in the list are left alone unless O(exclusive=true).
  - Additions and promotions come first, then removals and demotions, the least role first. A failure for one person does not
    stop the others; the task fails at the end, and RV(results) shows the outcome for each person.
  - Honeycomb may leave people who have not accepted out of its list. Keep RV(known_invitations) and pass it to the next run; see
    O(known_invitations).
  - Guards are checked before the first write. A refusal returns the plan and names the guard, the figure and the limit.
  - A plan is also refused before the first write if it needs more requests than are left in the rate limit, and the
    wait for the others would exceed O(max_wait).
extends_documentation_fragment:
  - honeyops.access.attributes
  - honeyops.access.attributes.actiongroup_honeycomb
  - honeyops.access.connection
  - honeyops.access.connection.honeycomb
  - honeyops.access.connection.honeycomb_url
  - honeyops.access.person.bulk
  - honeyops.access.person.reinvite
  - honeyops.access.person.known
  - honeyops.access.person.verify
  - honeyops.access.person.keys
options:
  members:
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
      name:
        description:
          - Name to send with an invitation. It is not compared with the name of a member.
        type: str
      role:
        description:
          - Role in the team. If not set, the role stays as it is, and a new person becomes a V(member).
        type: str
        choices: [member, admin]
      aliases:
        description:
          - Other addresses of the same person.
        type: list
        elements: str
        default: []
      state:
        description:
          - V(absent) removes the person from the team and cancels their pending invitation.
        type: str
        choices: [present, absent]
        default: present
      because:
        description:
          - Source of what is declared for the person, such as V(group platform). The reason of each step for this
            person ends with this text. It is never compared.
        type: str
  min_admins:
    description:
      - Minimum number of accepted people with the role V(admin) that must remain after a run that lowers this number.
        A run that does not lower it is allowed, however few there are. An unknown role does not count as V(admin);
        people with such a role stay as long as nobody has V(admin).
    type: int
    default: 1
seealso:
  - module: honeyops.access.honeycomb_member
"""

EXAMPLES = r"""
- name: Manage three people, and leave everybody else alone
  honeyops.access.honeycomb_members:
    members:
      - email: ada@example.com
        role: admin
      - email: bob@example.com
        aliases: [bob@corp.example]
      - email: eve@example.com
        state: absent

- name: Plan to keep only the people in the list
  honeyops.access.honeycomb_members:
    members: "{{ people }}"
    exclusive: true
    max_removals: 3
    protected: [root@example.com]
    ignore: [robot@example.com]
  check_mode: true
  register: planned

- name: Apply exactly this plan
  honeyops.access.honeycomb_members:
    members: "{{ people }}"
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
      description: C(invite), C(update), C(reinvite), C(disable_key), C(delete_key), C(remove) or C(cancel).
      type: str
      returned: always
    email: {description: The person., type: str, returned: always}
    before: {description: "What is there now, null for nothing.", type: dict, returned: always}
    after: {description: "What should be there, null for nothing.", type: dict, returned: always}
    reason: {description: Why the step is needed., type: str, returned: always}
    because: {description: Source of what is declared., type: str, returned: if it is known}
plan_id:
  description: Identifies exactly these changes, but not the team; the same in check mode and in the real run.
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
follow_up:
  description: What is left to do by hand after a removal, one text for each item.
  returned: always
  type: list
  elements: str
  sample: []
members:
  description: All members, and the pending people that are known, at the end.
  returned: always
  type: list
  elements: dict
  sample: [{"id": "abc123", "email": "ada@example.com", "name": "Ada", "role": "admin", "created_at": "2024-01-15T10:00:00Z"}]
known_invitations:
  description:
    - Invitations that are not known to be accepted, for the next run. A dictionary from e-mail addresses in lower case to C(id),
      C(role) and C(invited_at).
    - An entry may hold more keys, which are evidence of what happened to the invitation. Pass them on unchanged.
  returned: always
  type: dict
  sample: {"bob@example.com": {"id": "def456", "role": "member", "invited_at": "2025-01-20T12:00:00Z"}}
leaver_keys:
  description:
    - The API keys created by people who lose access, with what was done to each, or would be done in check mode.
    - Empty without a management key.
  returned: always
  type: list
  elements: dict
  sample: []
  contains:
    id: {description: "ID of the key, which is not a secret.", type: str, returned: always}
    name: {description: Name of the key., type: str, returned: always}
    type: {description: C(ingest) or C(configuration)., type: str, returned: always}
    environment: {description: ID of the environment; null if Honeycomb names none., type: str, returned: always}
    creator: {description: "The person who created the key, C(id) and C(email).", type: dict, returned: always}
    disabled: {description: Whether the key is disabled now., type: bool, returned: always}
    created_at: {description: When the key was created; null if Honeycomb does not say., type: str, returned: always}
    action: {description: "C(disable_key), C(delete_key) or C(none).", type: str, returned: always}
    outcome: {description: The outcome of the step; C(reported) if the plan has no step for the key., type: str, returned: always}
verified:
  description: What the lists showed after the removals; null if nothing was removed.
  returned: when O(verify) is true
  type: dict
  sample: {"read": ["/1/team_memberships"], "remaining": []}
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
  sample: {"code": "forbidden", "status": 403, "method": "GET", "path": "/1/team_memberships", "detail": "Access denied", "hint": ""}
"""

from ..module_utils._honeycomb.operations import MEMBERS
from ..module_utils._module.exit import run_module


def main() -> None:
    """Run the module."""
    run_module(MEMBERS)


if __name__ == "__main__":
    main()
