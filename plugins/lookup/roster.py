# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Ansible lookup: the people of a roster."""

from __future__ import annotations

DOCUMENTATION = r"""
name: roster
short_description: Read people from a YAML, JSON or CSV file
version_added: 1.0.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Returns the people of a roster as a list, in the form that the role P(honeyops.access.lifecycle#role) takes.
  - If the file has faults, the lookup fails and reports each one with its line. It does not send requests to a service.
  - The file extension selects the format, and must be C(.yml), C(.yaml), C(.json) or C(.csv). The file must be UTF-8
    and at most 32 MiB, and may be encrypted with Ansible Vault.
options:
  _terms:
    description:
      - Paths of files, or of folders with files, which are searched as in P(ansible.builtin.file#lookup). Together,
        they form one roster.
    required: true
  faults:
    description:
      - Return the faults as a list of texts instead of the people, and do not fail. The list is empty if there are none.
    type: bool
    default: false
  columns:
    description:
      - Mapping from the roster columns to the column names in a CSV file from another system, such as from V(email)
        to V(Work Email). Other columns are ignored.
    type: dict
    default: {}
  names:
    description:
      - Accept a text that is not an e-mail address, such as V(robot), which a service may show for a person. The
        modules accept it only for a person who is listed already.
    type: bool
    default: false
notes:
  - YAML and JSON files contain a list of people, or a mapping with such a list below V(people). A person is an e-mail
    address, or a mapping with V(email) and optionally V(name), V(aliases) (a list), V(state) (V(present) or
    V(absent)), and a mapping for each service, such as V(honeycomb) with V(role), or V(honeybadger) with V(role) and
    V(team_ids). C(docs/roster.schema.json) is a JSON schema.
  - CSV files have the columns V(email), V(name), V(state) and V(aliases), and those of each service, such as
    V(honeycomb_role), V(honeybadger_role) and V(honeybadger_team_ids), named in the first line; only V(email) is
    required. Several values in a cell are separated by V(;). A cell with a role or a team names that service for the
    person. V(none) in V(honeybadger_team_ids) means no team; an empty cell leaves the teams as they are.
  - A quote at the start of a cell before V(=), V(+), V(-), V(@), a tab or a carriage return, which keeps spreadsheets from running it,
    is removed.
  - A person who names no service gets every service that is configured. A person who names services gets only these.
  - YAML anchors, aliases and tags are refused; so are duplicate keys.
  - V(groups) at the top defines what the members of each group get. V(groups) of a person lists their groups, each as
    text or as a mapping with V(group), V(from) and V(until). A person gets the union of their groups, with the
    highest role; their own entry overrides the groups.
  - V(from) and V(until) are dates; V(until) is the last day with access. After it, the person is returned with V(state=absent); before
    V(from), the person is left out. The day is that of V(timezone) at the top, UTC if it is not set. In check mode, it is
    C(lifecycle_as_of) if that is set.
  - V(targets) of a group or a person names hosts or host groups of the inventory. On other hosts, the group or person is left out.
  - Several files can form one roster. Groups in one file apply to all files, so that people in CSV files can be in
    groups.
  - An empty list is not a fault here. The modules refuse it together with O(honeyops.access.honeycomb_members#module:exclusive).
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
    because:
      description: Source of derived values, such as V(group platform) or V(until 2027-01-31), if there are any.
      type: str
    ends:
      description: Ends of access or group memberships, with V(on), the last day, and V(group), empty for all access.
      type: list
    honeycomb: {description: Role in Honeycomb., type: dict}
    honeybadger: {description: Role and teams in Honeybadger., type: dict}
"""

from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ..module_utils._access.addresses import check_email, check_shown
from ..module_utils._roster import People, tell
from ..plugin_utils._host.variables import Refused, Variables
from ..plugin_utils._people.rosters import read_rosters, resolved_here


class LookupModule(LookupBase):
    """The lookup."""

    def run(self, terms: list[Any], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[Any]:
        """Return the list of people, or of faults, in a list."""
        self.set_options(var_options=variables, direct=kwargs)
        if not terms or not all(isinstance(term, str) for term in terms):
            raise AnsibleLookupError(
                "The lookup honeyops.access.roster takes paths of files or folders, which are one roster."
            )
        people, faults = self._read([str(term) for term in terms], variables or {})
        if self.get_option("faults"):
            return [faults]
        if faults:
            raise AnsibleLookupError("The roster has faults:\n" + "\n".join(faults))
        return [people]

    def _read(self, terms: list[str], task_vars: dict[str, Any]) -> tuple[People, list[str]]:
        """The people, and the faults as text."""
        document, faults = read_rosters(
            {term: self._path(term, task_vars) for term in terms},
            self._loader,
            check_shown if self.get_option("names") else check_email,
            self.get_option("columns"),
        )
        check_mode = bool(task_vars.get("ansible_check_mode"))
        variables = Variables(task_vars, self._templar.template)  # type: ignore[union-attr]
        try:
            resolved, unknown = resolved_here(document, task_vars, variables, check_mode)
        except Refused as fault:
            raise AnsibleLookupError(str(fault)) from None
        if document.directory is not None and not faults and not self.get_option("faults"):
            raise AnsibleLookupError(
                f"{', '.join(terms)} takes people from a directory, which this lookup does not read. Give the file itself as "
                "roster_file to honeyops.access.onboard, reconcile, report or review, or read the directory with the module "
                "honeyops.access.directory_info."
            )
        return resolved.people, tell([*faults, *unknown])

    def _path(self, term: str, task_vars: dict[str, Any]) -> str:
        return str(self.find_file_in_search_path(task_vars, "files", term, ignore_missing=True) or term)
