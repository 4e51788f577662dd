# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rosters in YAML: mappings and lists with their places, without anchors and tags.

This file is private to the collection.
"""

from __future__ import annotations

import re
import typing as t

import yaml

from ...module_utils._http.outside import as_given
from ...module_utils._roster import At, Broken, Fault, Located, LocatedList, Odd
from .roster_text import MAX_DEPTH, Unreadable, number_in, put

_Loader: t.Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(text: str, faults: list[Fault], file: str) -> t.Any:
    """The document in YAML text, None if it is empty."""
    loader = _Loader(text)
    tree = _Tree(loader, faults, file)
    try:
        while loader.check_event():
            tree.take(loader.get_event())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = At(mark.line + 1, mark.column + 1, file) if mark else At(1, file=file)
        if mark and "".join(text.split("\n")[mark.line : mark.line + 1]).startswith("\t", mark.column):
            raise Unreadable(at, "there is a tab where YAML takes spaces only; put spaces in its place.") from None
        says = ", ".join(part for part in (error.problem, error.context) if part)
        raise Unreadable(at, f"this is not YAML: {says}.") from None
    finally:
        loader.dispose()
    return tree.root[0] if tree.root else None


class _Tree:
    """Builds mappings and lists from events."""

    def __init__(self, loader: t.Any, faults: list[Fault], file: str) -> None:
        self.root = LocatedList()
        self._file = file
        self._loader = loader
        self._faults = faults
        self._open: list[Located | LocatedList] = [self.root]
        self._keys: list[tuple[str, At] | None] = [None]

    def take(self, event: t.Any) -> None:
        line = At(event.start_mark.line + 1, event.start_mark.column + 1, self._file)
        if isinstance(event, yaml.NodeEvent):
            self._refuse_references(event, line)
        if isinstance(event, yaml.ScalarEvent):
            if self._keys[-1] is None and isinstance(self._open[-1], Located):
                self._keys[-1] = (event.value, line)
            else:
                self._add(event.value if event.tag else self._scalar(event), line)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._begin(Located() if isinstance(event, yaml.MappingStartEvent) else LocatedList(), line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()
            self._keys.pop()
        elif isinstance(event, yaml.AliasEvent):
            self._add(Broken(), line)
        elif isinstance(event, yaml.DocumentStartEvent) and self.root:
            raise Unreadable(line, "a second document begins here; a roster is one.")

    def _refuse_references(self, event: t.Any, line: At) -> None:
        if event.anchor is not None:
            kind = "alias" if isinstance(event, yaml.AliasEvent) else "anchor"
            self._faults.append(Fault(line, f"there is an {kind}, {as_given(event.anchor)}; write the value out."))
        if getattr(event, "tag", None) not in (None, "!"):
            self._faults.append(Fault(line, f"there is a tag, {as_given(event.tag)}; write the value without one."))

    def _begin(self, container: Located | LocatedList, line: At) -> None:
        if len(self._open) > MAX_DEPTH:
            raise Unreadable(line, "this is nested too deeply for a roster.")
        self._add(container, line)
        self._open.append(container)
        self._keys.append(None)

    def _add(self, value: t.Any, line: At) -> None:
        parent, key = self._open[-1], self._keys[-1]
        if isinstance(parent, LocatedList):
            parent.add(value, line)
        elif key is None:
            raise Unreadable(line, "a key must be plain text.")
        else:
            put(parent, *key, value, self._faults)
            self._keys[-1] = None

    def _scalar(self, event: t.Any) -> t.Any:
        """Text as text; other values only as far as a roster or a message needs them."""
        tag = self._loader.resolve(yaml.ScalarNode, event.value, event.implicit).rpartition(":")[2]
        if tag == "int":
            return (
                int(event.value)
                if re.fullmatch(r"[1-9][0-9]{0,17}|0", event.value)
                else Odd.of("an odd number", event.value)
            )
        if tag == "float":
            return number_in(event.value)
        if tag == "bool":
            return yaml.SafeLoader.bool_values[event.value.lower()]
        return {"str": event.value, "null": None}.get(tag, Odd.of(f"a {tag}", event.value))
