# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ansible filter: people as the text of a roster."""

from __future__ import annotations

DOCUMENTATION = r"""
name: to_roster
short_description: Write people as a YAML, JSON or CSV roster
version_added: 0.1.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Returns text that the lookup P(honeyops.access.roster#lookup) reads back as the same people.
  - In CSV, a cell that a spreadsheet would take for a formula gets a quote before it, which the lookup removes again.
positional: file
options:
  _input:
    description:
      - The people.
    type: list
    elements: raw
    required: true
  file:
    description:
      - Name of the file. Its ending selects the format, and must be C(.yml), C(.yaml), C(.json) or C(.csv).
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Convert a YAML roster to CSV
  ansible.builtin.copy:
    content: "{{ lookup('honeyops.access.roster', 'people.yml') | honeyops.access.to_roster('people.csv') }}"
    dest: people.csv
    mode: "0600"
"""

RETURN = r"""
_value:
  description: The content of the file.
  type: str
"""

from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._roster import check, tell
from ..plugin_utils._people.roster_write import dump


def to_roster(people: Any, file: str) -> str:
    """The people as text."""
    if not isinstance(people, (list, tuple)):
        raise AnsibleFilterError("to_roster: this is not a list of people.")
    checked, faults = check(people)
    if faults:
        raise AnsibleFilterError("\n".join(tell(faults)))
    try:
        return dump(str(file), checked)
    except ValueError as error:
        raise AnsibleFilterError(f"to_roster: {error}") from None


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Any]:
        """Name the filter."""
        return {"to_roster": to_roster}
