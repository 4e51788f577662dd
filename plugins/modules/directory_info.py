#!/usr/bin/python
# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Documentation of an action plugin."""

from __future__ import annotations

DOCUMENTATION = r"""
module: directory_info
short_description: Read people and groups from a directory, complete or not at all
version_added: 1.0.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Reads the people in groups of a directory, those in nested groups too. It only reads.
  - It fails where the directory does not prove that an answer is complete, such as with a page that cannot be read, a size limit, a
    member or a field that the account may not see, and a group that is empty or does not exist.
  - It runs on the control node, with Ansible's own Python. For a roster whose people come from a directory this action is not needed;
    it is for tasks, and for finding out what an account may see.
requirements:
  - requests >= 2.32.4
  - ldap3 >= 2.9.1 for O(source=ldap)
extends_documentation_fragment:
  - honeyops.access.attributes.info
  - honeyops.access.connection
attributes:
  action:
    description: Runs on the control node, as an action plugin.
    support: full
options:
  source:
    description:
      - What kind of directory it is. V(ldap) is OpenLDAP, 389 Directory Server, FreeIPA and Active Directory, and V(scim) anything with
        SCIM 2.0.
    type: str
    required: true
    choices:
      - ldap
      - entra
      - okta
      - google
      - keycloak
      - scim
  url:
    description:
      - Address of the directory, such as V(ldaps://ldap.example.com), V(https://graph.microsoft.com), V(https://example.okta.com),
        V(https://admin.googleapis.com), V(https://keycloak.example.com), or the base address of SCIM.
      - An address that would send the credential in clear text is refused except for loopback.
    type: str
    required: true
  groups:
    description:
      - Groups to read, each by its name, its ID or, for O(source=ldap), its DN.
      - If not set, everybody is read, whatever their groups.
    type: list
    elements: str
  email:
    description:
      - Where the main address of a person is, an attribute or a path of keys joined by dots.
      - If not set, it is V(mail) for V(ldap) and V(entra), V(profile.email) for V(okta), V(primaryEmail) for V(google), V(email) for
        V(keycloak), and for V(scim) the primary address, or else the first of work.
    type: str
  base:
    description:
      - DN below which the people are. Required for O(source=ldap).
    type: str
  group_base:
    description:
      - DN below which groups are looked for by name, if it is not O(base). For O(source=ldap).
    type: str
  people_filter:
    description:
      - Filter that says who is a person. For O(source=ldap).
      - If not set, it is V((&(objectCategory=person\)(objectClass=user\)\)) in Active Directory and
        V((|(objectClass=person\)(objectClass=posixAccount\)\)) elsewhere.
    type: str
  start_tls:
    description:
      - Whether to secure an V(ldap://) connection by StartTLS. For O(source=ldap).
    type: bool
    default: false
  anonymous:
    description:
      - Whether to read without an account if there is none. Nobody sees less than an account does, and nothing says so. For O(source=ldap).
    type: bool
    default: false
  realm:
    description:
      - Realm of the people. Required for O(source=keycloak).
    type: str
  tenant_id:
    description:
      - ID of the tenant. Required for O(source=entra).
    type: str
  user:
    description:
      - Account that reads, a DN for O(source=ldap), in Active Directory also V(name@domain).
      - If no credential is set, the environment variable E(DIRECTORY_USER) is used, on C(localhost) only.
    type: str
    aliases:
      - directory_user
  password:
    description:
      - Its password.
      - If no credential is set, the environment variable E(DIRECTORY_PASSWORD) is used, on C(localhost) only.
    type: str
    aliases:
      - directory_password
  token:
    description:
      - Token for anything but O(source=ldap).
      - If no credential is set, the environment variable E(DIRECTORY_TOKEN) is used, on C(localhost) only.
    type: str
    aliases:
      - directory_token
  client_id:
    description:
      - ID of the client that signs in, for O(source=entra) and O(source=keycloak).
      - If no credential is set, the environment variable E(DIRECTORY_CLIENT_ID) is used, on C(localhost) only.
    type: str
    aliases:
      - directory_client_id
  client_secret:
    description:
      - Its secret.
      - If no credential is set, the environment variable E(DIRECTORY_CLIENT_SECRET) is used, on C(localhost) only.
    type: str
    aliases:
      - directory_client_secret
  allow_empty:
    description:
      - Whether a group may have nobody to give access to.
    type: bool
    default: false
  min_people:
    description:
      - How many people there must be.
    type: int
    default: 1
  max_drop:
    description:
      - By how much a group, and all together, may have shrunk since O(known_people) was returned, as a count or a share.
    type: str
    default: 25%
  known_people:
    description:
      - What an earlier run returned under this name. With it, a group that shrank by more than O(max_drop), and an address that is
        another person's now, are refused.
    type: dict
seealso:
  - ref: ansible_collections.honeyops.access.docsite.directory
    description: What each directory needs, and what it looks like when it has less.
"""

EXAMPLES = r"""
- name: Who is in two groups of Okta
  honeyops.access.directory_info:
    source: okta
    url: https://example.okta.com
    token: "{{ vault_okta_token }}"
    groups:
      - Platform Engineering
      - Support
  register: directory

- name: Who is in a group of Active Directory
  honeyops.access.directory_info:
    source: ldap
    url: ldaps://dc1.corp.example.com
    base: dc=corp,dc=example,dc=com
    user: svc-access@corp.example.com
    password: "{{ vault_directory_password }}"
    groups:
      - CN=Platform,OU=Groups,DC=corp,DC=example,DC=com
  register: directory

- name: Say who is left out, and why
  ansible.builtin.debug:
    msg: "{{ directory.left_out | items2dict(key_name='id', value_name='reason') }}"
"""

RETURN = r"""
people:
  description: Everybody who is active and has an address, each once.
  returned: when the directory was read
  type: list
  elements: dict
  contains:
    id:
      description: ID in the directory, which stays when the person is renamed.
      returned: always
      type: str
    email:
      description: Main address.
      returned: always
      type: str
    addresses:
      description: All addresses, the main one first.
      returned: always
      type: list
      elements: str
    name:
      description: Name to show.
      returned: always
      type: str
    active:
      description: Always true; whoever is not active is left out.
      returned: always
      type: bool
    groups:
      description: Names of the groups that were asked for and that the person is in, by a nested group too.
      returned: always
      type: list
      elements: str
  sample:
    - id: 00u1a2b3c4
      email: ada@example.com
      addresses: [ada@example.com]
      name: Ada Lovelace
      active: true
      groups: [Platform Engineering]
groups:
  description: The groups that were asked for.
  returned: when the directory was read
  type: list
  elements: dict
  contains:
    name:
      description: Name in the directory.
      returned: always
      type: str
    id:
      description: ID in the directory.
      returned: always
      type: str
    members:
      description: How many are in it or in a group inside it, those who are left out, too.
      returned: always
      type: int
  sample:
    - name: Platform Engineering
      id: 00g1a2b3c4
      members: 1
left_out:
  description: Members who are nobody to give access to.
  returned: when the directory was read
  type: list
  elements: dict
  contains:
    id:
      description: ID in the directory.
      returned: always
      type: str
    email:
      description: Main address, empty if there is none that can be used.
      returned: always
      type: str
    reason:
      description: V(disabled), V(expired), V(no_address) or V(not_a_person). Somebody who is locked out has not left.
      returned: always
      type: str
  sample:
    - id: 00u5d6e7f8
      email: eve@example.com
      reason: disabled
known_people:
  description: What O(known_people) of the next run needs. After a refusal it is what this run was given.
  returned: when the directory was read
  type: dict
  sample:
    people:
      00u1a2b3c4:
        email: ada@example.com
        former: []
        groups: [Platform Engineering]
    groups:
      00g1a2b3c4: 1
    total: 1
api:
  description: What the read cost, as requests and seconds that it waited.
  returned: when the directory was read
  type: dict
  sample:
    requests: 3
    waited: 0.0
error:
  description: Why it failed, with the keys C(code), C(status), C(method), C(path), C(detail) and C(hint).
  returned: failure
  type: dict
  sample:
    code: not_found
    status: null
    method: null
    path: null
    detail: Okta has no group Platfrom Engineering, or does not show it to this credential.
    hint: Check its name, or name it by its id.
"""
