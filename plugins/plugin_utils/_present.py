# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The people in the services, in the form of a roster.

This file is private to the collection.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from ..module_utils._catalog import SERVICES
from ..module_utils._model import PENDING, fold
from ..module_utils._roster import MAX_TEXT


def present_people(results: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Everybody who has access or a pending invitation."""
    found: dict[str, dict[str, Any]] = {}
    for service, records in _records(results):
        for record in records:
            email = (record.get("email") or "").strip().lower()
            person = found.setdefault(fold(email), {"email": email, "name": ""})
            person["name"] = person["name"] or _clean(record.get("name") or "")
            person.setdefault(service, _access(service, record))
    found.pop("", None)
    return [{key: value for key, value in found[address].items() if value != ""} for address in sorted(found)]


def _records(results: Mapping[str, Any]) -> Iterable[tuple[str, list[Mapping[str, Any]]]]:
    """If a person has several records, a plan corrects the first one in this order."""
    for service, info in SERVICES.items():
        for key in info.results:
            records = results.get(service, {}).get(key, [])
            yield service, sorted(records, key=lambda record: (record.get("status") == PENDING, str(record["id"])))


def _access(service: str, record: Mapping[str, Any]) -> dict[str, Any]:
    info = SERVICES[service]
    access: dict[str, Any] = {"role": record["role"]} if record.get("role") in info.roles else {}
    if "team_ids" in info.declares and record.get("team_ids") is not None:
        access["team_ids"] = sorted(set(record["team_ids"]))
    return access


def _clean(name: str) -> str:
    """A name without the characters that a roster refuses."""
    printable = "".join(" " if unicodedata.category(char)[0] == "C" else char for char in name)
    return re.sub(" {2,}", " ", printable).strip()[:MAX_TEXT]
