#!/usr/bin/python
# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Ansible module: one member of a Honeycomb team."""

from __future__ import annotations

DOCUMENTATION = r"""
module: honeycomb_member
short_description: Give one person access to a Honeycomb team, or take it away
version_added: 0.1.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Invites, promotes, demotes or removes one person in the Honeycomb team that the key belongs to.
  - It reads the list of members once and writes only what differs, so a second run changes nothing and costs one request.
  - Honeycomb may leave people who have not accepted out of that list. Keep RV(known_invitations) and hand it to the next run; see
    O(known_invitations).
  - API keys that a person made outlive their access. With a management key they are found, and disabled or deleted if
    O(leaver_keys) says so; without one, RV(follow_up) reminds you.
  - For more than a few people use M(honeyops.access.honeycomb_members), which reads the list once for all of them.
extends_documentation_fragment:
  - honeyops.access.attributes
  - honeyops.access.attributes.actiongroup_honeycomb
  - honeyops.access.connection
  - honeyops.access.connection.honeycomb
  - honeyops.access.person
  - honeyops.access.person.wait
  - honeyops.access.person.known
  - honeyops.access.person.verify
  - honeyops.access.person.keys
options:
  email:
    description:
      - The person's main address. It is trimmed, and compared without regard to case.
    type: str
    required: true
  name:
    description:
      - Name to send with an invitation. It is never compared with what is there.
    type: str
  role:
    description:
      - Role in the team. Not set, the role stays as it is, and a new person becomes V(member).
    type: str
    choices: [member, admin]
  allow_no_admin:
    description:
      - Remove or demote the last accepted admin all the same. Otherwise that fails with code C(last_admin).
    type: bool
    default: false
seealso:
  - module: honeyops.access.honeycomb_members
  - module: honeyops.access.honeycomb_member_info
"""

EXAMPLES = r"""
- name: Ada is an admin of the team
  honeyops.access.honeycomb_member:
    api_key: "{{ honeycomb_api_key }}"
    email: ada@example.com
    role: admin

- name: Bob is a member, and the playbook goes on when he has accepted
  honeyops.access.honeycomb_member:
    email: bob@example.com
    aliases: [bob@corp.example]
    known_invitations: "{{ honeycomb_invitations | default({}) }}"
    wait: true
    wait_timeout: 3600
  register: bob

- name: Eve has left
  honeyops.access.honeycomb_member:
    email: eve@example.com
    state: absent
    known_invitations: "{{ bob.known_invitations }}"
  register: eve

- name: Mallory has left, the API keys that they made stop working, and the lists prove it
  honeyops.access.honeycomb_member:
    email: mallory@example.com
    state: absent
    management_key_id: hcxmk_01abcdef
    management_key_secret: "{{ honeycomb_management_key_secret }}"
    leaver_keys: disable
    verify: true

- name: Say what is left to do by hand
  ansible.builtin.debug:
    var: eve.follow_up
"""

RETURN = r"""
member:
  description: The person as Honeycomb shows them, or the pending invitation; null when absent.
  returned: always
  type: dict
  sample: {"id": "abc123", "email": "ada@example.com", "name": "Ada", "role": "admin", "created_at": "2024-01-15T10:00:00Z"}
status:
  description:
    - What the person is at the end; C(active), C(pending) or C(absent). In check mode what they would be.
    - Null after a failure before anything could be read.
  returned: always
  type: str
  sample: active
action:
  description:
    - What was done, or in check mode would be; C(none), C(invite), C(update), C(reinvite), C(remove), C(cancel),
      C(disable_key), C(delete_key), several joined by C(+).
  returned: always
  type: str
  sample: update
follow_up:
  description: What is left to do by hand after a removal, one text each.
  returned: always
  type: list
  elements: str
  sample: []
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
  sample: {"requests": 2, "waited": 0.0, "rate_limit_remaining": 98}
  contains:
    requests: {description: Requests sent., type: int, returned: always}
    waited: {description: Seconds lost to retries and limits., type: float, returned: always}
    rate_limit_remaining: {description: Requests left in the service's limit., type: int, returned: when the service tells}
error:
  description: Why it failed.
  returned: failure
  type: dict
  sample: {"code": "last_admin", "status": null, "method": null, "path": null, "detail": "", "hint": ""}
"""

from ..module_utils import _catalog as catalog
from ..module_utils._model import INVITATION, MEMBERSHIP
from ..module_utils._module import HONEYCOMB, KEYS, PERSON, VERIFY, WAIT, honeycomb, person, run_module
from ..module_utils._run import manage_person


def main() -> None:
    """Run the module."""
    spec = {
        **HONEYCOMB,
        **PERSON,
        **WAIT,
        **KEYS,
        **VERIFY,
        "email": {"type": "str", "required": True},
        "name": {"type": "str"},
        **person(catalog.HONEYCOMB),
        "known_invitations": {"type": "dict"},
        "allow_no_admin": {"type": "bool", "default": False},
    }
    run_module(
        spec,
        lambda params, check: manage_person(
            honeycomb(params),
            params,
            check,
            min_keepers=0 if params["allow_no_admin"] else 1,
            objects={"member": (MEMBERSHIP, INVITATION)},
        ),
    )


if __name__ == "__main__":
    main()
