# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""People as the text of a roster in YAML, JSON or CSV.

This file is private to the collection.
"""

from __future__ import annotations

import csv
import io
import json
import os
import textwrap
import typing as t

import yaml

from ...module_utils._roster import SERVICE_KEYS, People
from .cells import guard_cell
from .form import NONE
from .roster_csv import COLUMNS


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Writes no anchors, which a roster must not have, and supports text that older versions of Ansible mark as unsafe."""

    def ignore_aliases(self, data: t.Any) -> bool:
        return True


def _list(dumper: t.Any, items: list[t.Any]) -> yaml.Node:
    """People stand one below the other, all else on one line."""
    flow = not any(isinstance(item, dict) for item in items)
    node: yaml.Node = dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=flow)
    return node


_Dumper.add_multi_representer(str, lambda dumper, text: dumper.represent_str(str.__str__(text)))
_Dumper.add_representer(list, _list)


def dump(name: str, people: People, groups: t.Mapping[str, t.Any] | None = None) -> str:
    """The people, and the groups that they are in, as the content of a file with this name, without default values."""
    write = WRITERS.get(os.path.splitext(name)[1].lower())
    if write is None:
        raise ValueError(f"{name}: the name must end in one of {', '.join(WRITERS)}, which says how to write it.")
    short = [
        {key: value for key, value in person.items() if (key, value) not in (("state", "present"), ("aliases", []))}
        for person in people
    ]
    return write(short, groups or {})


def _to_yaml(people: People, groups: t.Mapping[str, t.Any]) -> str:
    """The people are indented, as those will be whom somebody adds by hand; libyaml does not indent a list."""
    return "".join(f"{key}:\n{textwrap.indent(_yaml(value), '  ')}" for key, value in _document(people, groups).items())


def _yaml(value: t.Any) -> str:
    text: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    return text


def _to_json(people: People, groups: t.Mapping[str, t.Any]) -> str:
    return json.dumps(_document(people, groups), indent=2, ensure_ascii=False) + "\n"


def _document(people: People, groups: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    return {**({"groups": dict(groups)} if groups else {}), "people": people}


def _to_csv(people: People, groups: t.Mapping[str, t.Any]) -> str:
    if groups:
        raise ValueError("CSV cannot say what a group gives: use YAML or JSON.")
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for person in people:
        cells = {key: person.get(key, "") for key in ("email", "name", "state")}
        cells["aliases"] = ";".join(person.get("aliases", ()))
        if any(";" in alias for alias in person.get("aliases", ())):
            raise ValueError(
                f"{person['email']} has an alias with a semicolon, which CSV cannot express: use YAML or JSON."
            )
        for service, keys in SERVICE_KEYS.items():
            access = person.get(service, {})
            told = {f"{service}_{key}": _cell(access.get(key, "")) for key in keys}
            cells.update(told)
            if service in person and not any(told.values()):
                raise ValueError(
                    f"{person['email']} has {service} with neither role nor teams, which CSV cannot express: use YAML or JSON."
                )
        writer.writerow([guard_cell(cells[column]) for column in COLUMNS])
    return text.getvalue()


def _cell(value: str | list[int]) -> str:
    """A role or teams; an empty cell would leave the teams as they are."""
    return value if isinstance(value, str) else ";".join(map(str, value)) or NONE


WRITERS: dict[str, t.Callable[[People, t.Mapping[str, t.Any]], str]] = {
    ".yml": _to_yaml,
    ".yaml": _to_yaml,
    ".json": _to_json,
    ".csv": _to_csv,
}
