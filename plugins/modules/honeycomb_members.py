#!/usr/bin/python
# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Ansible module: all members of a Honeycomb team."""

from __future__ import annotations

DOCUMENTATION = r"""
module: honeycomb_members
short_description: Keep the people of a Honeycomb team as a list declares them
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
  - honeyops.access.attributes.actiongroup_honeycomb
  - honeyops.access.connection
  - honeyops.access.connection.honeycomb
  - honeyops.access.person.bulk
  - honeyops.access.person.known
  - honeyops.access.person.verify
  - honeyops.access.person.keys
options:
  members:
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
      name:
        description:
          - Name to send with an invitation. It is never compared with what is there.
        type: str
      role:
        description:
          - Role. Not set, it stays as it is, and a new person becomes V(member).
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
          - V(absent) takes access away and cancels the pending invitation.
        type: str
        choices: [present, absent]
        default: present
  min_admins:
    description:
      - A run that lowers the number of accepted people with the role V(admin) must leave at least so many. One that does not lower
        it passes, however few there are.
    type: int
    default: 1
seealso:
  - module: honeyops.access.honeycomb_member
"""

EXAMPLES = r"""
- name: Three people, and nobody is removed who is not named
  honeyops.access.honeycomb_members:
    members:
      - email: ada@example.com
        role: admin
      - email: bob@example.com
        aliases: [bob@corp.example]
      - email: eve@example.com
        state: absent

- name: The list is all there is; look first
  honeyops.access.honeycomb_members:
    members: "{{ people }}"
    exclusive: true
    max_removals: 3
    protected: [root@example.com]
    ignore: [robot@example.com]
  check_mode: true
  register: planned

- name: Apply exactly what was looked at
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
  description: The steps, in the order in which they are applied; additions and promotions, then demotions, then removals.
  returned: always
  type: list
  elements: dict
  contains:
    action:
      description: C(invite), C(update), C(reinvite), C(disable_key), C(delete_key), C(remove) or C(cancel).
      type: str
      returned: always
    email: {description: The person., type: str, returned: always}
    before: {description: "What is there, null for nothing.", type: dict, returned: always}
    after: {description: "What it becomes, null for nothing.", type: dict, returned: always}
    reason: {description: Why., type: str, returned: always}
plan_id:
  description: Names exactly these changes, but not the team; equal in check mode and the real run.
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
members:
  description: All members, and pending people as far as they are known, as they are at the end.
  returned: always
  type: list
  elements: dict
  sample: [{"id": "abc123", "email": "ada@example.com", "name": "Ada", "role": "admin", "created_at": "2024-01-15T10:00:00Z"}]
known_invitations:
  description:
    - Invitations whose acceptance is not proved yet, for the next run. Folded e-mail to C(id), C(role) and C(invited_at).
    - An entry may hold more keys. They are evidence of what became of the invitation; hand them in unchanged.
  returned: always
  type: dict
  sample: {"bob@example.com": {"id": "def456", "role": "member", "invited_at": "2025-01-20T12:00:00Z"}}
leaver_keys:
  description:
    - The API keys that the people who lose access made. In check mode with what would become of them.
    - Empty without a management key.
  returned: always
  type: list
  elements: dict
  sample: []
  contains:
    id: {description: The id of the key., type: str, returned: always}
    name: {description: The name of the key., type: str, returned: always}
    type: {description: "C(ingest) or C(configuration).", type: str, returned: always}
    environment: {description: "The id of its environment, null for none.", type: str, returned: always}
    creator: {description: "The person who made it, C(id) and C(email).", type: dict, returned: always}
    disabled: {description: Whether it is disabled now., type: bool, returned: always}
    created_at: {description: "When it was made, null where the service does not tell.", type: str, returned: always}
    action: {description: "C(disable_key), C(delete_key) or C(none).", type: str, returned: always}
    outcome: {description: "That of the step as in a plan, C(reported) where there is none.", type: str, returned: always}
verified:
  description: What the lists showed after the removals; null where nothing was removed.
  returned: when O(verify) is true
  type: dict
  sample: {"read": ["/1/team_memberships"], "remaining": []}
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
  sample: {"code": "forbidden", "status": 403, "method": "GET", "path": "/1/team_memberships", "detail": "Access denied", "hint": ""}
"""

from ..module_utils import _catalog as catalog
from ..module_utils._module import BULK, HONEYCOMB, KEYS, VERIFY, honeycomb, people, run_module
from ..module_utils._run import manage_people, names_of


def main() -> None:
    """Run the module."""
    spec = {
        **HONEYCOMB,
        **BULK,
        **KEYS,
        **VERIFY,
        **people(catalog.HONEYCOMB, name={"type": "str"}),
        "known_invitations": {"type": "dict"},
    }
    run_module(spec, lambda params, check: manage_people(honeycomb(params, names_of(params["members"])), params, check))


if __name__ == "__main__":
    main()
