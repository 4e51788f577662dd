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
  - Reads the people in groups of a directory, including nested groups. It changes nothing.
  - It fails if the directory does not prove that an answer is complete, for example because of a page that cannot be
    read, a size limit, a member or a field that is hidden from the account, or a group that is empty or does not
    exist.
  - It runs on the control node, with the Python that runs Ansible. A roster whose people come from a directory does
    not need it. Use it in your own tasks, and to find out what an account can see.
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
      - Kind of directory. Use V(ldap) for OpenLDAP, 389 Directory Server, FreeIPA and Active Directory, and V(scim)
        for any directory with SCIM 2.0.
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
      - An address that would send the credential in clear text is refused, except for loopback addresses.
    type: str
    required: true
  groups:
    description:
      - Groups to read, each by its name, its ID or, with O(source=ldap), its DN.
      - If not set, all people are read, whatever their groups.
    type: list
    elements: str
  email:
    description:
      - Attribute that contains the main address of a person, or a path of keys joined by dots.
      - The default is V(mail) for V(ldap) and V(entra), V(profile.email) for V(okta), V(primaryEmail) for V(google),
        V(email) for V(keycloak), and for V(scim) the primary address, or else the first work address.
    type: str
  base:
    description:
      - DN below which the people are. Required for O(source=ldap).
    type: str
  group_base:
    description:
      - DN below which groups are searched by name, if it is not O(base). For O(source=ldap).
    type: str
  people_filter:
    description:
      - Filter that selects people. For O(source=ldap).
      - The default is V((&(objectCategory=person\)(objectClass=user\)\)) in Active Directory and
        V((|(objectClass=person\)(objectClass=posixAccount\)\)) elsewhere.
    type: str
  start_tls:
    description:
      - Whether to secure an V(ldap://) connection with StartTLS. For O(source=ldap).
    type: bool
    default: false
  anonymous:
    description:
      - Whether to read without an account if none is set. An anonymous read can see less than an account, and the
        server does not report this. For O(source=ldap).
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
      - Account to read with. With O(source=ldap) a DN, or for Active Directory also V(name@domain).
      - If no credential is set, the environment variable E(DIRECTORY_USER) is used, on C(localhost) only.
    type: str
    aliases:
      - directory_user
  password:
    description:
      - Password of O(user).
      - If no credential is set, the environment variable E(DIRECTORY_PASSWORD) is used, on C(localhost) only.
    type: str
    aliases:
      - directory_password
  token:
    description:
      - Token, for all sources except O(source=ldap).
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
      - Secret of O(client_id).
      - If no credential is set, the environment variable E(DIRECTORY_CLIENT_SECRET) is used, on C(localhost) only.
    type: str
    aliases:
      - directory_client_secret
  allow_empty:
    description:
      - Whether to accept a group without people to give access to.
    type: bool
    default: false
  min_people:
    description:
      - Minimum number of people.
    type: int
    default: 1
  max_drop:
    description:
      - Maximum number of people that a group, and all groups together, may have lost since O(known_people) was
        returned, as a number or a percentage.
    type: str
    default: 25%
  known_people:
    description:
      - The RV(known_people) that an earlier run returned. With this option, a group that shrank by more than
        O(max_drop) is refused, and so is an address that now belongs to another person.
    type: dict
seealso:
  - ref: ansible_collections.honeyops.access.docsite.directory
    description: What each directory needs, and the errors if something is missing.
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
  description: All people who are active and have an address, each once.
  returned: when the directory was read
  type: list
  elements: dict
  contains:
    id:
      description: ID in the directory, which stays the same if the person is renamed.
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
      description: Always true; people who are not active are left out.
      returned: always
      type: bool
    groups:
      description: Names of the requested groups that contain the person, directly or through a nested group.
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
  description: The requested groups.
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
      description: Number of members, including those in nested groups and those who are left out.
      returned: always
      type: int
  sample:
    - name: Platform Engineering
      id: 00g1a2b3c4
      members: 1
left_out:
  description: Members who get no access.
  returned: when the directory was read
  type: list
  elements: dict
  contains:
    id:
      description: ID in the directory.
      returned: always
      type: str
    email:
      description: Main address, empty if there is no usable one.
      returned: always
      type: str
    reason:
      description: V(disabled), V(expired), V(no_address) or V(not_a_person). A person who is locked out has not left.
      returned: always
      type: str
  sample:
    - id: 00u5d6e7f8
      email: eve@example.com
      reason: disabled
known_people:
  description: The value for O(known_people) in the next run. After a refusal, the value that this run was given.
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
  description: The cost of the read, as requests and seconds of waiting.
  returned: when the directory was read
  type: dict
  sample:
    requests: 3
    waited: 0.0
error:
  description: Why the task failed, with the keys C(code), C(status), C(method), C(path), C(detail) and C(hint).
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
