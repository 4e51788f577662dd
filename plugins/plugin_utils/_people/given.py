# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""People as a variable gives them: a list, or text; what is blank in a person is not set.

This file is private to the collection.
"""

from __future__ import annotations

import re
import typing as t
from collections.abc import Mapping

from ...module_utils._services import SERVICES
from .._host.variables import BRACKETS, Refused, Variables, is_blank, split, written

_LISTED = re.compile(r"\s*(?:#[^\n]*\n\s*)*(?:-{3}[^\n]*\n\s*)?(?:-\s|people:\s)")  # as a list in YAML begins


def people_in(variables: Variables, name: str) -> list[t.Any] | None:
    """The people in a variable, None if it is not set. Text is YAML or JSON, or addresses as in a form."""
    value = variables.get(name)
    if isinstance(value, str) and (value.lstrip().startswith(BRACKETS) or _LISTED.match(value)):
        value = written(name, value)
    if isinstance(value, Mapping) and list(value) == ["people"]:
        value = value["people"]
    if is_blank(value):
        return None
    if isinstance(value, Mapping):
        raise Refused(f"{name} is a mapping; give a list.")
    return [_as_set(person) if isinstance(person, Mapping) else person for person in split(value)]


def _as_set(person: Mapping[t.Any, t.Any]) -> dict[t.Any, t.Any]:
    """A person without what is blank in it."""
    found = {key: _filled(value) for key, value in person.items()}
    for service in SERVICES:
        if isinstance(found.get(service), Mapping):
            access = {key: _filled(value) for key, value in found[service].items()}
            found[service] = {key: value for key, value in access.items() if not is_blank(value)}
    return {key: value for key, value in found.items() if key == "email" or not is_blank(value)}


def _filled(value: t.Any) -> t.Any:
    """The value; a list without blank items. A list of nothing else is blank, an empty one is not."""
    if not isinstance(value, (list, tuple)) or not value:
        return value
    return [item for item in value if not is_blank(item)] or None
