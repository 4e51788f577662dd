# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables that the role and the playbooks read: blank means not set, and every type may come as text.

This file is private to the collection.
"""

from __future__ import annotations

import itertools
import json
import re
import typing as t
from collections.abc import Mapping, Sequence

import yaml
from ansible import errors as ansible_errors

from ...module_utils._access.addresses import separated
from ...module_utils._access.catalog import ServiceInfo
from ...module_utils._http.outside import armoured, as_given

MOST_ITEMS = 100_000  # of a list; more people than either service has seats
DEEPEST = 10  # levels; a person needs four
DATA = ("access_plan",)  # what an earlier run published: read by ``data``, whoever asks
TRUE = ("true", "yes", "on", "1", "y", "t")
BRACKETS = ("[", "{")
AnsibleValueOmittedError: t.Any = getattr(ansible_errors, "AnsibleValueOmittedError", ())  # from 2.19 on
OMITTED = "__omit_place_holder__"
FALSE = ("false", "no", "off", "0", "n", "f")
_TEMPLATE = re.compile(r"\s*\{\{.*\}\}\s*", re.DOTALL)  # which no JSON text can be


_Loader: t.Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Refused(Exception):
    """A variable cannot be used; the text says what to set instead."""


def is_blank(value: t.Any) -> bool:
    """Whether a value counts as not set: null, or blank text."""
    return value is None or (isinstance(value, str) and not value.strip())


def plain(value: t.Any) -> t.Any:
    """The value with everything in it that ``!vault`` encrypts as text, and without what is ``omit``.

    Before ansible-core 2.19, an encrypted value is an object that is no text, and ``omit`` is a text.
    """
    if isinstance(value, Mapping):
        return {plain(key): plain(item) for key, item in value.items() if not _is_omitted(item)}
    if isinstance(value, (list, tuple, set)):
        return [plain(item) for item in value if not _is_omitted(item)]
    if getattr(value, "__ENCRYPTED__", False):
        return str(value)
    return None if _is_omitted(value) else value


def _is_omitted(value: t.Any) -> bool:
    return isinstance(value, str) and value.startswith(OMITTED)


class Variables:
    """The variables of one host, each templated once, when it is read; ``fixed`` are templated already, and win."""

    def __init__(
        self,
        values: t.Mapping[str, t.Any],
        template: t.Callable[[t.Any], t.Any] = lambda value: value,
        fixed: t.Mapping[str, t.Any] | None = None,
    ) -> None:
        self._values = {**values, **fixed} if fixed else values
        self._template = template
        self._read = dict(fixed or {})

    def get(self, name: str) -> t.Any:
        """The value, None if it is not set."""
        if name not in self._values:
            return None
        if name in DATA:
            return self.data(name)
        if name not in self._read:
            self._read[name] = self._evaluated(self._values[name])
        value = self._read[name]
        return None if is_blank(value) else value

    def _evaluated(self, value: t.Any) -> t.Any:
        try:
            return plain(self._template(value))
        except AnsibleValueOmittedError:
            return None

    def text(self, name: str, trim: bool = True) -> str | None:
        """A text, or a number as text."""
        value = self.get(name)
        if value is None:
            return None
        if isinstance(value, (Mapping, list, tuple, set)):
            raise Refused(f"{name} is {_kind(value)}; give one value.")
        return str(value).strip() if trim else str(value)

    def choice(self, name: str, choices: Sequence[str]) -> str | None:
        """One of several words."""
        value = self.text(name)
        if value is None or value in choices:
            return value
        raise Refused(f"{name} is {as_given(value)}; give one of {', '.join(choices)}.")

    def default_role(self, info: ServiceInfo) -> str | None:
        """The role of a service for people who declare none."""
        return self.choice(f"lifecycle_default_{info.key}_role", info.roles)

    def flag(self, name: str) -> bool | None:
        """A boolean, as such or as text."""
        value = self.text(name)
        word = (value or "").lower()
        if value is None or word in TRUE:
            return None if value is None else True
        if word in FALSE:
            return False
        raise Refused(f"{name} is {as_given(value)}; give true or false.")

    def number(self, name: str, least: float = 0, whole: bool = True) -> float | None:
        """A number, as such or as text."""
        value = self.text(name)
        if value is None:
            return None
        try:
            found = float(value)
        except ValueError:
            found = float("nan")
        if not least <= found < 1e9 or (whole and found != int(found)):
            raise Refused(f"{name} is {as_given(value)}; give a {'whole ' if whole else ''}number from {least:g}.")
        return int(found) if whole else found

    def items(self, name: str) -> list[t.Any] | None:
        """A list, as such or as text: JSON, or lines, commas, semicolons or spaces between its items."""
        _refuse_many(name, self._values.get(name))
        value = self.get(name)
        if value is None:
            return None
        if isinstance(value, str) and value.lstrip().startswith(BRACKETS):
            value = written(name, value)
        if isinstance(value, Mapping):
            raise Refused(f"{name} is a mapping; give a list.")
        return split(value)

    def of_type(self, name: str, kind: str) -> t.Any:
        """A value of the type that a module's option has."""
        if kind in ("int", "float"):
            return self.number(name, whole=kind == "int")
        read: dict[str, t.Callable[[str], t.Any]] = {
            "bool": self.flag,
            "dict": self.mapping,
            "list": self.items,
            "str": self.text,
        }
        return read[kind](name)

    def data(self, name: str) -> t.Any:
        """A mapping that an earlier run published, armoured, as such or as JSON text; what is in it is never evaluated.

        It may be a template that fetches the mapping, such as a variable of another name, but only as a whole.
        """
        value = self._values.get(name)
        if isinstance(value, str) and _TEMPLATE.fullmatch(value):
            value = self._evaluated(value)
        return armoured(self._mapping(name, value))

    def mapping(self, name: str) -> Mapping[str, t.Any] | None:
        """A mapping, as such or as JSON text."""
        return self._mapping(name, self.get(name))

    def _mapping(self, name: str, value: t.Any) -> Mapping[str, t.Any] | None:
        if isinstance(value, str):
            try:
                value = None if is_blank(value) else json.loads(value)
            except (ValueError, RecursionError):
                raise Refused(f"{name} is text that is not JSON; give a mapping.") from None
        if is_blank(value):
            return None
        if isinstance(value, Mapping):
            return value
        raise Refused(f"{name} is {_kind(value)}; give a mapping.")


def split(value: t.Any) -> list[t.Any]:
    """The items of a list, of a text, or of each text in a list, without blank ones.

    A text in a list may be what a service shows for somebody, so it is split at spaces between addresses or numbers only.
    ``Ada Lovelace <ada@example.com>`` is one item everywhere.
    """
    found = list(itertools.islice(_split(value), MOST_ITEMS + 1))
    if len(found) > MOST_ITEMS:
        raise Refused(f"A list has more than {MOST_ITEMS:,} items; give fewer in one run.")
    return found


def _split(value: t.Any, depth: int = 0) -> t.Iterator[t.Any]:
    if isinstance(value, str):
        yield from (word for part in separated(value) for word in ([part] if "<" in part else part.split()))
    elif isinstance(value, (list, tuple, set)):
        if depth == DEEPEST:
            raise Refused("A list has lists in lists, too many of them; give one list.")
        for item in value:
            yield from _parts(item) if isinstance(item, str) else _split(item, depth + 1)
    elif value is not None:
        yield value


def _parts(text: str) -> list[str]:
    found: list[str] = []
    for part in separated(text):
        words = part.split()
        found += words if all("@" in word or word.isdigit() for word in words) else [part]
    return found


def written(name: str, text: str) -> t.Any:
    """The list that a text writes down as JSON, or as YAML does, as in ``-e 'people=["ada@example.com"]'``.

    Taken for an address, half of it would be invited, or be all that is protected. Nothing is built before it is seen that
    nothing in it stands for something else: a few hundred characters with aliases can mean millions of items.
    """
    text = str.__str__(text)  # the parser in C takes no type that is based on it, such as Ansible's own
    try:
        _refuse_references(name, text)
        return yaml.load(text, Loader=_Loader)  # noqa: S506  # a safe one
    except (yaml.YAMLError, ValueError):  # such as a date in a thirteenth month
        raise Refused(f"{name} begins like a list but is not valid: {as_given(text.strip())}; give a list.") from None


def _refuse_many(name: str, value: t.Any) -> None:
    """Refuse a structure that is too large before it is templated: in YAML, lists with aliases cost nothing to write."""
    pending, seen = [value], 0
    while pending:
        item = pending.pop()
        if isinstance(item, (Mapping, list, tuple)):
            seen += len(item)
            if seen > 10 * MOST_ITEMS:
                raise Refused(f"{name} has more than {10 * MOST_ITEMS:,} items in all; give fewer in one run.")
            pending += item.values() if isinstance(item, Mapping) else item


def _refuse_references(name: str, text: str) -> None:
    depth = items = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        items += isinstance(event, yaml.NodeEvent)
        if getattr(event, "anchor", None) or getattr(event, "tag", None):
            raise Refused(f"{name} has an anchor, an alias or a tag; write each value out.")
        if depth > DEEPEST or items > 10 * MOST_ITEMS:
            raise Refused(f"{name} has too many items, or is nested too deeply; give a list of people or addresses.")


def _kind(value: t.Any) -> str:
    return "a mapping" if isinstance(value, Mapping) else "a list" if isinstance(value, (list, tuple)) else "one value"
