# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""People from the fields of a form.

This file is private to the collection.
"""

from __future__ import annotations

import re
import typing as t

from ...module_utils._access.addresses import check_address, fold
from ...module_utils._http.errors import AccessError
from ...module_utils._services import SERVICES
from .._host.variables import split

NONE = "none"
_LABELLED = re.compile(r"\s*(\S+)\s+-\s.*", re.DOTALL)


def form_people(email: t.Any, **fields: t.Any) -> list[dict[str, t.Any]]:
    """The people that a form names, each address once, all with the access from its other fields.

    A service whose role is ``none`` is left out; a blank role means the default role.
    """
    access: dict[str, dict[str, t.Any]] = {}
    for service, info in SERVICES.items():
        role = unlabelled(fields.get(f"{service}_role"))
        ids = _ids(fields.get(f"{service}_team_ids")) if "team_ids" in info.declares else []
        if role.lower() != NONE:
            access[service] = {**({"role": role} if role else {}), **({"team_ids": ids} if ids else {})}
    people: dict[str, dict[str, str]] = {}
    for text in map(str, split(email)):
        person = _person(text)
        people.setdefault(fold(person["email"]), person)
    return [{**person, **access} for person in people.values()]


def _person(text: str) -> dict[str, str]:
    """The address and the name in a text; a text that is no address stays as it is."""
    try:
        found = check_address(text)
    except AccessError:
        return {"email": text}
    return {"email": found.email, **({"name": found.name} if found.name else {})}


def unlabelled(value: t.Any) -> str:
    """The value of a choice that a form shows with a label, such as ``3 - platform``."""
    text = "" if value is None else str(value).strip()
    labelled = _LABELLED.fullmatch(text)
    return labelled.group(1) if labelled else text


def _ids(value: t.Any) -> list[str]:
    items = value if isinstance(value, (list, tuple)) else re.split(r"[,;\n]+", "" if value is None else str(value))
    return [part for item in items for part in split(unlabelled(item))]
