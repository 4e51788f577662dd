# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The people in the services, in the form of a roster.

This file is private to the collection.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from ...module_utils._access.addresses import fold
from ...module_utils._access.catalog import ServiceInfo, known_role
from ...module_utils._access.model import PENDING
from ...module_utils._http.outside import shown
from ...module_utils._roster import MAX_TEXT, People
from ...module_utils._services import SERVICES
from .comparison import Comparison
from .entries import entries_of


def present_people(results: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Everybody who has access or a pending invitation, with the addresses under which they were invited as aliases."""
    found: dict[str, dict[str, Any]] = {}
    for service, records in _records(results):
        for record in records:
            email = (record.get("email") or "").strip().lower()
            person = found.setdefault(fold(email), {"email": email, "name": ""})
            person["name"] = person["name"] or _clean(record.get("name"))
            person.setdefault(service, _access(service, record))
    found.pop("", None)
    for email, invited in _aliases(results).items():
        found[email]["aliases"] = sorted(invited - found.keys())
    return [{key: value for key, value in found[address].items() if value not in ("", [])} for address in sorted(found)]


def _aliases(results: Mapping[str, Any]) -> dict[str, set[str]]:
    """The addresses under which people were invited, by that under which they accepted; one of several people is of none."""
    found: dict[str, set[str]] = {}
    for service, result in results.items():
        for entry in entries_of("", service, result):
            if entry["email"] and entry["also"]:
                found.setdefault(fold(entry["email"]), set()).update(entry["also"])
    times = Counter(address for invited in found.values() for address in invited)
    return {email: {address for address in invited if times[address] == 1} for email, invited in found.items()}


def unsettled(results: Mapping[str, Any], people: People, default_roles: Mapping[str, str | None]) -> list[str]:
    """What reconciling the people of :func:`present_people` would change, because no roster can hold it."""
    texts = []
    for service, result in results.items():
        info, default = SERVICES[service], default_roles[service]
        for step, entry in Comparison(service, people, entries_of("", service, result), default).steps():
            if step.goal and entry and entry["role"] not in info.roles and default:
                texts.append(
                    f"{info.title}: {step.email} has the role {entry['role']!r}, which no roster can have, so it would become "
                    f"{step.goal.role}. Unset lifecycle_default_{service}_role."
                )
            elif step.goal and entry:
                texts.append(
                    f"{info.title}: {step.email} is listed several times, as {step.goal.role} and {entry['role']}. "
                    "Remove one of them."
                )
    return texts


def _records(results: Mapping[str, Any]) -> Iterable[tuple[str, list[Mapping[str, Any]]]]:
    """If a person has several records, a plan corrects the first one in this order."""
    for service, info in SERVICES.items():
        for key in info.results:
            records = results.get(service, {}).get(key, [])
            yield service, sorted(records, key=lambda record: (record.get("status") == PENDING, str(record["id"])))


def _access(service: str, record: Mapping[str, Any]) -> dict[str, Any]:
    info = SERVICES[service]
    role = _role(info, record)
    access: dict[str, Any] = {"role": role} if role in info.roles else {}
    if "team_ids" in info.declares and record.get("team_ids") is not None:
        access["team_ids"] = sorted(set(record["team_ids"]))
    return access


def _role(info: ServiceInfo, record: Mapping[str, Any]) -> str:
    return known_role(str(record.get("role") or ""), info.roles)


def _clean(name: Any) -> str:
    """A name without the characters that a roster refuses; one that is not text is none."""
    text = name if isinstance(name, str) else ""
    return re.sub(" {2,}", " ", shown(text, " ")).strip()[:MAX_TEXT]
