# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ansible filter: what the role did, for people to read."""

from __future__ import annotations

DOCUMENTATION = r"""
name: lifecycle_summary
short_description: Tell what the role lifecycle did
version_added: 0.1.0
author:
  - The honeyops.access contributors (@honeyops)
description:
  - Turns the fact C(lifecycle_result) of P(honeyops.access.lifecycle#role) into lines that say who got or lost what on which service, what
    is left to do by hand, and what it cost.
positional: check
options:
  _input:
    description:
      - The fact.
    type: dict
    required: true
  check:
    description:
      - Whether this was check mode; it then says what would be done.
    type: bool
    default: false
  most:
    description:
      - At most so many people are named.
    type: int
    default: 200
"""

EXAMPLES = r"""
- name: Tell what was done
  ansible.builtin.debug:
    msg: "{{ lifecycle_result | honeyops.access.lifecycle_summary(ansible_check_mode) }}"
"""

RETURN = r"""
_value:
  description: The lines.
  type: list
  elements: str
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ..module_utils._roster import TITLES

_VERBS = {
    "invite": "invited as {after}",
    "update": "changed from {before} to {after}",
    "reinvite": "invited again as {after}",
    "remove": "removed, was {before}",
    "cancel": "invitation as {before} cancelled",
}
_WOULD = {
    "invite": "would be invited as {after}",
    "update": "would change from {before} to {after}",
    "reinvite": "would be invited again as {after}",
    "remove": "would be removed, is {before}",
    "cancel": "invitation as {before} would be cancelled",
}
_NOT = {
    "failed": "{action} failed: {why}",
    "not_attempted": "{action} not attempted",
    "deferred": "{action} put off to a later run",
}


def lifecycle_summary(result: Mapping[str, Any], check: bool = False, most: int = 200) -> list[str]:
    """The lines of a summary."""
    done: dict[str, list[str]] = {}
    for service, title in TITLES.items():
        for email, text in _changes(result.get(service) or {}, check):
            done.setdefault(email, []).append(f"{title}: {text}")
    lines = [f"{email}: {'; '.join(texts)}" for email, texts in list(done.items())[:most]]
    if len(done) > most:
        lines.append(f"... and {len(done) - most} more people, see lifecycle_result")
    lines += [f"{title}: {_outcome(result[name], check)}" for name, title in TITLES.items() if result.get(name)]
    if result.get("follow_up"):
        lines.append("Would be left to do by hand:" if check else "Left to do by hand:")
        lines += [f"- {text}" for text in result["follow_up"]]
    return lines


def _changes(service: Mapping[str, Any], check: bool) -> Iterator[tuple[str, str]]:
    """What became of each step of the plan; the results stand in the same order."""
    for step, result in zip(service.get("plan", ()), service.get("results", ())):
        if result["outcome"] == "applied" and result["action"] == "none":
            yield step["email"], "was done already"
        elif result["outcome"] == "applied":
            text = (_WOULD if check else _VERBS)[step["action"]]
            yield step["email"], text.format(before=_access(step["before"]), after=_access(step["after"]))
        else:
            error = result["error"] or {}
            yield step["email"], _NOT[result["outcome"]].format(action=step["action"], why=error.get("detail", ""))


def _access(access: Mapping[str, Any] | None) -> str:
    if not access:
        return "nobody"
    teams = access.get("team_ids")
    return f"{access['role']} in teams {', '.join(map(str, teams))}" if teams else str(access["role"])


def _outcome(service: Mapping[str, Any], check: bool) -> str:
    requests = service.get("api", {}).get("requests", 0)
    cost = f"{requests} request{'' if requests == 1 else 's'}"
    if service.get("failed"):
        return f"FAILED after {cost}. {service.get('msg', '')}"
    plan = service.get("plan", ())
    applied = service.get("summary", {}).get("applied", 0)
    if not plan:
        return f"nothing to change, {cost}"
    word = "would be made" if check else "made"
    return f"{applied} of {len(plan)} change{'' if len(plan) == 1 else 's'} {word}, {cost}, plan {service.get('plan_id', '')}"


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Any]:
        """Name the filter."""
        return {"lifecycle_summary": lifecycle_summary}
