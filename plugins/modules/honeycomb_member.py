#!/usr/bin/python
# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Ansible module: one member of a Honeycomb team."""

from __future__ import annotations

DOCUMENTATION = r"""
module: honeycomb_member
short_description: Give a person access to a Honeycomb team, or remove it
version_added: 1.0.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Invites, promotes, demotes or removes one person in the Honeycomb team that the key belongs to.
  - The module reads the list of members once and writes only what differs, so a second run changes nothing, and takes one request
    unless a management key is given.
  - Honeycomb may leave people who have not accepted out of its list. Keep RV(known_invitations) and pass it to the next run; see
    O(known_invitations).
  - API keys that a person created stay valid after the person is removed. With a management key, the module finds these keys, and
    disables or deletes them if O(leaver_keys) says so. Without one, RV(follow_up) reminds you of them.
  - For more than a few people, use M(honeyops.access.honeycomb_members), which reads the list once for all of them.
extends_documentation_fragment:
  - honeyops.access.attributes
  - honeyops.access.attributes.actiongroup_honeycomb
  - honeyops.access.connection
  - honeyops.access.connection.honeycomb
  - honeyops.access.connection.honeycomb_url
  - honeyops.access.person
  - honeyops.access.person.reinvite
  - honeyops.access.person.wait
  - honeyops.access.person.known
  - honeyops.access.person.verify
  - honeyops.access.person.keys
options:
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
  allow_no_admin:
    description:
      - Allow the last accepted admin to be removed or demoted. Otherwise, the task fails with code C(last_admin).
    type: bool
    default: false
seealso:
  - module: honeyops.access.honeycomb_members
  - module: honeyops.access.honeycomb_member_info
"""

EXAMPLES = r"""
- name: Make Ada an admin of the team
  honeyops.access.honeycomb_member:
    api_key: "{{ honeycomb_api_key }}"
    email: ada@example.com
    role: admin

- name: Invite Bob and wait until he accepts
  honeyops.access.honeycomb_member:
    email: bob@example.com
    aliases: [bob@corp.example]
    known_invitations: "{{ honeycomb_invitations | default({}) }}"
    wait: true
    wait_timeout: 3600
  register: bob

- name: Remove Eve
  honeyops.access.honeycomb_member:
    email: eve@example.com
    state: absent
    known_invitations: "{{ bob.known_invitations }}"
  register: eve

- name: Remove Mallory, disable the API keys that they created, and verify the removal
  honeyops.access.honeycomb_member:
    email: mallory@example.com
    state: absent
    management_key_id: hcxmk_01abcdef
    management_key_secret: "{{ honeycomb_management_key_secret }}"
    leaver_keys: disable
    verify: true

- name: Show what is left to do by hand
  ansible.builtin.debug:
    var: eve.follow_up
"""

RETURN = r"""
member:
  description: The person as Honeycomb shows them, or their pending invitation; null if there is neither.
  returned: always
  type: dict
  sample: {"id": "abc123", "email": "ada@example.com", "name": "Ada", "role": "admin", "created_at": "2024-01-15T10:00:00Z"}
status:
  description:
    - Status of the person at the end; C(active), C(pending) or C(absent). In check mode, the status that is expected.
    - Null if the task failed before it could read anything.
  returned: always
  type: str
  sample: active
action:
  description:
    - What was done, or would be done in check mode; C(none), C(invite), C(update), C(reinvite), C(remove), C(cancel),
      C(disable_key), C(delete_key). Several actions are joined by C(+).
  returned: always
  type: str
  sample: update
follow_up:
  description: What is left to do by hand after a removal, one text for each item.
  returned: always
  type: list
  elements: str
  sample: []
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

from ..module_utils._access.addresses import names_of
from ..module_utils._access.model import INVITATION, MEMBERSHIP
from ..module_utils._access.options import PERSON, VERIFY, WAIT, person
from ..module_utils._access.record import Operation, nothing_done
from ..module_utils._honeycomb.connect import CONNECTION, KEYS, honeycomb
from ..module_utils._honeycomb.facts import HONEYCOMB
from ..module_utils._module.exit import run_module
from ..module_utils._module.manage import manage_person


def main() -> None:
    """Run the module."""
    spec = {
        **CONNECTION,
        **PERSON,
        **WAIT,
        **KEYS,
        **VERIFY,
        "email": {"type": "str", "required": True},
        "name": {"type": "str"},
        **person(HONEYCOMB),
        "known_invitations": {"type": "dict"},
        "allow_no_admin": {"type": "bool", "default": False},
    }
    operation = Operation(
        spec,
        lambda params, check, _around: manage_person(
            honeycomb(params, names_of([params])),
            params,
            check,
            min_keepers=0 if params["allow_no_admin"] else 1,
            objects={"member": (MEMBERSHIP, INVITATION)},
        ),
        {**nothing_done(HONEYCOMB, ["member"]), "known_invitations": {}, "leaver_keys": []},
    )
    run_module(operation)


if __name__ == "__main__":
    main()
