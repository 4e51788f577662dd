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
  - Takes addresses as somebody types them, and the services as a survey asks for them. It checks nothing; see
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
      - Ids of Honeybadger teams, as a list or as text such as V(3,7).
    type: raw
    default: ""
"""

EXAMPLES = r"""
- name: Show whom a form names
  ansible.builtin.debug:
    msg: "{{ 'ada@example.com, bob@example.com' | honeyops.access.form_people('admin', 'none') }}"
"""

RETURN = r"""
_value:
  description: The people.
  type: list
  elements: dict
"""

import re
from typing import Any

NONE = "none"


def form_people(
    email: Any, honeycomb_role: Any = "", honeybadger_role: Any = "", honeybadger_team_ids: Any = ""
) -> list[dict[str, Any]]:
    """The people that a form names."""
    fields: dict[str, dict[str, Any]] = {
        "honeycomb": {"role": str(honeycomb_role or "").strip()},
        "honeybadger": {"role": str(honeybadger_role or "").strip(), "team_ids": _parts(honeybadger_team_ids or [])},
    }
    access = {
        service: {key: value for key, value in given.items() if value}
        for service, given in fields.items()
        if given["role"].lower() != NONE
    }
    return [{"email": address, **access} for address in dict.fromkeys(_parts(email))]


def _parts(given: Any) -> list[str]:
    """The parts of a text, or of each text of a list."""
    texts = given if isinstance(given, (list, tuple)) else [given]
    return [part for text in texts for part in re.split(r"[,;\s]+", str(text)) if part]


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Any]:
        """Name the filter."""
        return {"form_people": form_people}
