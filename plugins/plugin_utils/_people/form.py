# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""People from the fields of a form.

This file is private to the collection.
"""

from __future__ import annotations

import re
import typing as t

from ...module_utils._access.addresses import fold
from ...module_utils._services import SERVICES
from .._host.variables import split

NONE = "none"
_LABELLED = re.compile(r"\s*(\S+)\s+-\s.*", re.DOTALL)


def is_decorated(text: str) -> bool:
    """Whether a text is an address with something around it, such as ``<ada@example.com>``, or only a dash of a list."""
    return text == "-" or text != text.strip("'\"") or ("@" in text and not set(text).isdisjoint('<>()[]"'))


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
    addresses: dict[str, str] = {}
    for address in split(email):
        addresses.setdefault(fold(str(address)), str(address))
    return [{"email": address, **access} for address in addresses.values()]


def unlabelled(value: t.Any) -> str:
    """The value of a choice that a form shows with a label, such as ``3 - platform``."""
    text = "" if value is None else str(value).strip()
    labelled = _LABELLED.fullmatch(text)
    return labelled.group(1) if labelled else text


def _ids(value: t.Any) -> list[str]:
    items = value if isinstance(value, (list, tuple)) else re.split(r"[,;\n]+", "" if value is None else str(value))
    return [part for item in items for part in split(unlabelled(item))]
