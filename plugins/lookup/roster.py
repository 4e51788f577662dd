# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Ansible lookup: the people of a roster."""

from __future__ import annotations

DOCUMENTATION = r"""
name: roster
short_description: Read people from a YAML, JSON or CSV file
version_added: 0.1.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Returns the people of a roster as a list, in the form that the role P(honeyops.access.lifecycle#role) takes.
  - If the file has faults, the lookup fails and reports each one with its line. It does not send requests to a service.
  - The ending of the name selects the format, and must be C(.yml), C(.yaml), C(.json) or C(.csv). The file must be UTF-8 and at most
    32 MiB, and may be encrypted with Ansible Vault.
options:
  _terms:
    description:
      - Path of one file, searched for as in P(ansible.builtin.file#lookup).
    required: true
  faults:
    description:
      - Return the faults as a list of texts instead of the people, and do not fail. The list is empty if there are none.
    type: bool
    default: false
  names:
    description:
      - Accept a text that is not an e-mail address, such as V(robot), which a service may show for a person. The modules accept it for a
        person who is there already, and refuse it for anybody else.
    type: bool
    default: false
notes:
  - YAML and JSON hold a list of people, or a mapping with such a list below V(people). A person is an e-mail address, or a mapping with
    V(email) and optionally V(name), V(aliases) (a list), V(state) (V(present) or V(absent)), and a mapping for each service, such as
    V(honeycomb) with V(role), or V(honeybadger) with V(role) and V(team_ids). C(docs/roster.schema.json) is a JSON schema.
  - CSV has the columns V(email), V(name), V(state) and V(aliases), and those of each service, such as V(honeycomb_role),
    V(honeybadger_role) and V(honeybadger_team_ids), named in the first line; only V(email) is required. Several values in a cell are
    separated by V(;). A cell with a role or a team names that service for the person. V(none) in V(honeybadger_team_ids) means no
    team; an empty cell leaves the teams as they are.
  - A quote at the start of a cell before V(=), V(+), V(-), V(@), a tab or a carriage return, which keeps spreadsheets from running it,
    is removed.
  - A person who names no service gets every service that is configured. A person who names services gets only these.
  - YAML anchors, aliases and tags are refused; so are duplicate keys.
  - An empty list is not a fault here. The modules refuse it together with O(honeyops.access.honeycomb_members#module:exclusive).
seealso:
  - plugin: honeyops.access.people_faults
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Give access to the people of the roster, and to nobody else
  ansible.builtin.include_role:
    name: honeyops.access.lifecycle
  vars:
    lifecycle_people: "{{ lookup('honeyops.access.roster', 'people.yml') }}"
    lifecycle_exclusive: true

- name: Check the roster
  ansible.builtin.assert:
    that: lookup('honeyops.access.roster', 'people.csv', faults=true) == []
"""

RETURN = r"""
_raw:
  description:
    - One element, which is the list of people; V(lookup) returns this list itself.
    - Each person has RV(_raw[].email), RV(_raw[].state) and RV(_raw[].aliases), and the other keys if they are given.
  type: list
  elements: list
  contains:
    email: {description: Main address., type: str}
    name: {description: Name of the person., type: str}
    state: {description: "V(present) or V(absent).", type: str}
    aliases: {description: Other addresses., type: list}
    honeycomb: {description: Role in Honeycomb., type: dict}
    honeybadger: {description: Role and teams in Honeybadger., type: dict}
"""

import os
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ..module_utils._access.addresses import check_email, check_shown
from ..module_utils._roster import People, tell
from ..plugin_utils._people.roster_file import MAX_BYTES, load


class LookupModule(LookupBase):
    """The lookup."""

    def run(self, terms: list[Any], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[Any]:
        """Return the list of people, or of faults, in a list."""
        self.set_options(var_options=variables, direct=kwargs)
        if len(terms) != 1 or not isinstance(terms[0], str):
            raise AnsibleLookupError("The lookup honeyops.access.roster takes the path of one roster.")
        people, faults = self._read(str(terms[0]), variables)
        if self.get_option("faults"):
            return [faults]
        if faults:
            raise AnsibleLookupError("The roster has faults:\n" + "\n".join(faults))
        return [people]

    def _read(self, term: str, variables: dict[str, Any] | None) -> tuple[People, list[str]]:
        """The people, and the faults as text."""
        path = self.find_file_in_search_path(variables, "files", term, ignore_missing=True)
        if not path:
            return [], [f"{term}: there is no such file."]
        if not os.path.isfile(path):
            return [], [f"{term}: this is not a regular file."]
        loader: Any = self._loader
        try:
            real = loader.get_real_file(path)
            try:
                with open(real, "rb") as file:
                    people, faults = load(
                        path, file.read(MAX_BYTES + 1), check_shown if self.get_option("names") else check_email
                    )
            finally:
                loader.cleanup_tmp_file(real)
        except OSError as error:
            return [], [f"{term}: this cannot be read: {error.strerror}."]
        return people, tell(faults, f"{term}, line")
