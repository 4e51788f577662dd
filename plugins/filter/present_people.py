# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ansible filter: who has access now, as people of a roster."""

from __future__ import annotations

DOCUMENTATION = r"""
name: present_people
short_description: Turn what the services hold into people
version_added: 0.1.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Takes the results of the bulk modules and returns people who, reconciled at once, change nothing. Pending people count.
  - A role that no roster may name is left out, which leaves it as it is. Somebody without an address is left out; no module touches them.
options:
  _input:
    description:
      - A mapping with V(honeycomb), a result of M(honeyops.access.honeycomb_members), or V(honeybadger), a result of
        M(honeyops.access.honeybadger_users), or both.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Look at the account, and change nobody
  honeyops.access.honeybadger_users:
    users: []
  register: found

- name: Show who is there
  ansible.builtin.debug:
    msg: "{{ {'honeybadger': found} | honeyops.access.present_people }}"
"""

RETURN = r"""
_value:
  description: The people, by e-mail address.
  type: list
  elements: dict
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from ..module_utils._model import fold
from ..module_utils._roster import MAX_TEXT, ROLES


def present_people(results: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Everybody who has access or a pending invitation."""
    found: dict[str, dict[str, Any]] = {}
    for service, records in _records(results):
        for record in records:
            address = fold(record.get("email") or "")
            person = found.setdefault(address, {"email": address, "name": ""})
            person["name"] = person["name"] or _clean(record.get("name") or "")
            person.setdefault(service, _access(service, record))
    found.pop("", None)
    return [{key: value for key, value in found[address].items() if value != ""} for address in sorted(found)]


def _records(results: Mapping[str, Any]) -> Iterable[tuple[str, list[Mapping[str, Any]]]]:
    """Of several records of one person the planner corrects the first in this order."""
    members = results.get("honeycomb", {}).get("members", [])
    yield "honeycomb", sorted(members, key=lambda record: (record.get("status") == "pending", str(record["id"])))
    for kind in ("users", "invitations"):
        records = results.get("honeybadger", {}).get(kind, [])
        yield "honeybadger", sorted(records, key=lambda record: str(record["id"]))


def _access(service: str, record: Mapping[str, Any]) -> dict[str, Any]:
    access: dict[str, Any] = {"role": record["role"]} if record.get("role") in ROLES[service] else {}
    if service == "honeybadger" and record.get("team_ids") is not None:
        access["team_ids"] = sorted(set(record["team_ids"]))
    return access


def _clean(name: str) -> str:
    """A name without what a roster refuses."""
    printable = "".join(" " if unicodedata.category(char)[0] == "C" else char for char in name)
    return re.sub(" {2,}", " ", printable).strip()[:MAX_TEXT]


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Any]:
        """Name the filter."""
        return {"present_people": present_people}
