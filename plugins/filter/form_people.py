# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ansible filter: people from the fields of a form."""

from __future__ import annotations

DOCUMENTATION = r"""
name: form_people
short_description: Turn the fields of a form into people
version_added: 0.1.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Takes addresses as people type them, and roles and teams as a survey returns them. It does not check them; see
    P(honeyops.access.people_faults#filter).
positional: honeycomb_role, honeybadger_role, honeybadger_team_ids
options:
  _input:
    description:
      - One or more e-mail addresses in a text, separated by commas, semicolons, spaces or lines; or a list of such texts.
    type: raw
    required: true
  honeycomb_role:
    description:
      - Role in Honeycomb; V(none) leaves Honeycomb out, an empty text means the default role.
    type: str
    default: ""
  honeybadger_role:
    description:
      - Role in Honeybadger; V(none) leaves Honeybadger out, an empty text means the default role.
    type: str
    default: ""
  honeybadger_team_ids:
    description:
      - IDs of Honeybadger teams, as a list or as text such as V(3,7).
    type: raw
    default: ""
"""

EXAMPLES = r"""
- name: Show the people that a form names
  ansible.builtin.debug:
    msg: "{{ 'ada@example.com, bob@example.com' | honeyops.access.form_people('admin', 'none') }}"
"""

RETURN = r"""
_value:
  description: The people.
  type: list
  elements: dict
"""

from typing import Any

from ansible.errors import AnsibleFilterError

from ..plugin_utils._host.names import FORM
from ..plugin_utils._people import form as _form


def form_people(email: Any, *values: Any, **fields: Any) -> list[dict[str, Any]]:
    """The people that a form names. ``values`` are those of the first fields, which stand in the order of the catalogue."""
    given = {**dict(zip(FORM, values)), **fields}
    if len(values) > len(FORM) or given.keys() - set(FORM):
        raise AnsibleFilterError(f"form_people: after the addresses come {', '.join(FORM)}, and nothing else.")
    return _form.form_people(email, **given)


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Any]:
        """Name the filter."""
        return {"form_people": form_people}
