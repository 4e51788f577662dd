# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""People with equal access as groups of a roster. Pure.

This file is private to the collection.
"""

from __future__ import annotations

import json
import typing as t
from collections import Counter

from ...module_utils._roster import People
from ...module_utils._services import SERVICES
from .document import LONGEST_NAME

Groups = dict[str, dict[str, t.Any]]


def folded(people: People) -> tuple[Groups, People]:
    """A group for each access that two people or more have, and the people in these groups."""
    shared = Counter(_key(person) for person in people if _declared(person))
    groups: Groups = {}
    names: dict[str, str] = {}
    for person in people:
        key = _key(person)
        if shared[key] > 1 and key not in names:
            names[key] = _free(_name(_declared(person)), groups)
            groups[names[key]] = _declared(person)
    return groups, [_member(person, names.get(_key(person))) for person in people]


def _declared(person: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    return {service: person[service] for service in SERVICES if service in person}


def _key(person: t.Mapping[str, t.Any]) -> str:
    return json.dumps(_declared(person), sort_keys=True)


def _member(person: dict[str, t.Any], name: str | None) -> dict[str, t.Any]:
    if name is None:
        return person
    return {**{key: value for key, value in person.items() if key not in SERVICES}, "groups": [name]}


def _name(access: t.Mapping[str, t.Any]) -> str:
    """A name that says what the group gives, such as ``honeycomb-admin-honeybadger-member-3-7``."""
    words = [
        str(word).lower()
        for service, given in access.items()
        for word in (service, given.get("role"), *given.get("team_ids", ()))
        if word
    ]
    return "-".join(words)[: LONGEST_NAME - 8]


def _free(name: str, taken: Groups) -> str:
    return next(one for one in (name, *(f"{name}-{number}" for number in range(2, len(taken) + 3))) if one not in taken)
