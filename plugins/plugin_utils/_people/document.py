# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A roster as a whole: people, groups, a directory, a time zone; checked, from one or several files. Pure.

This file is private to the collection.
"""

from __future__ import annotations

import re
import typing as t
import zoneinfo
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from ...module_utils._access.addresses import check_email
from ...module_utils._http.errors import AccessError
from ...module_utils._http.outside import as_given
from ...module_utils._roster import At, Broken, Check, Fault, Located, LocatedList, People, check, guess
from ...module_utils._services import SERVICES
from .._directory.guards import check_max_drop
from .._directory.settings import NAMES, faults

UTC = "UTC"
TOP_KEYS = ("people", "groups", "timezone", "directory")
GROUP_KEYS = (*SERVICES, "reviewer", "targets", "directory", "allow_empty")
DIRECTORY_KEYS = (*NAMES, "min_people", "max_drop", "validate_certs", "ca_path")
FLAGS = ("start_tls", "anonymous", "validate_certs")
NUMBERS = ("min_people", "request_timeout", "max_wait")
_BAD_NAME = re.compile(r"[\x00-\x1f\x7f-\x9f;]|\{\{|\{%|\{#")
LONGEST_NAME = 100


@dataclass(frozen=True)
class Group:
    """A group of a roster: what its members get.

    ``targets`` of None: everywhere. ``directory`` names groups of the directory whose members are in this one.
    """

    name: str
    services: Mapping[str, Mapping[str, t.Any]]
    reviewer: str = ""
    targets: LocatedList | None = None
    directory: tuple[str, ...] = ()
    allow_empty: bool = False


@dataclass(frozen=True)
class Document:
    """A checked roster. ``lines`` has the place of each of the people."""

    people: People = field(default_factory=list)
    lines: t.Sequence[At] = ()
    groups: Mapping[str, Group] = field(default_factory=dict)
    timezone: str = UTC
    directory: Mapping[str, t.Any] | None = None

    def all_targets(self) -> list[t.Sequence[str]]:
        """The targets of everything that has some."""
        named = [group.targets for group in self.groups.values()] + [person.get("targets") for person in self.people]
        return [targets for targets in named if targets]

    def unknown_targets(self, known: Collection[str]) -> list[Fault]:
        """A fault for each name in ``targets`` that no host and no host group has."""
        return [
            Fault(at, f"targets has {as_given(name)}, which is neither a host nor a host group of the inventory.{near}")
            for targets in self.all_targets()
            for name, at in zip(targets, getattr(targets, "lines", [At(0)] * len(targets)))
            if name not in known
            for near in [guess(name, tuple(known))]
        ]


def document_of(
    parts: t.Sequence[t.Any], faults: list[Fault], check_main: t.Callable[[str], str] = check_email, whole: bool = True
) -> Document:
    """The roster in the documents of its files, as they were read. Faults are added to ``faults``.

    ``whole``: every file could be read; otherwise what is missing may be in another file.
    """
    top = _Top(faults)
    for part in parts:
        top.take(part)
    if whole:
        top.close()
    groups = top.groups()
    people, wrong = check(top.people, "line", check_main, tuple(groups) if whole else None)
    faults += wrong
    return Document(people, top.people.lines, groups, top.timezone(), top.directory(groups))


class _Top:
    """What stands at the top of the files."""

    def __init__(self, faults: list[Fault]) -> None:
        self._faults = faults
        self.people = LocatedList()
        self._said = Located()  # key → value, once
        self._groups = Located()
        self._named = False  # whether there is a list of people
        self._empty = True

    def take(self, part: t.Any) -> None:
        """Add one file."""
        if part is None:
            return
        self._empty = False
        if not isinstance(part, Located):
            self._add_people(part, At(1))
            return
        for key, value in part.items():
            at = part.lines[key]
            if key == "people":
                self._add_people(value, at)
            elif key == "groups":
                self._add_groups(value, at)
            elif key in ("timezone", "directory"):
                self._once(self._said, key, value, at)
            elif key != "$schema":
                self._faults.append(
                    Fault(
                        at,
                        f"unknown key {as_given(key)}; the keys at the top are {', '.join(TOP_KEYS)}.{guess(key, TOP_KEYS)}",
                    )
                )

    def close(self) -> None:
        """Note that there is nobody, if nobody may be there: a directory may have everybody."""
        if not self._empty and not self._named and "directory" not in self._said:
            self._faults.append(Fault(self._first(), "there is no list of people: write it below people."))

    def _first(self) -> At:
        return next(iter((*self._groups.lines.values(), *self._said.lines.values())), At(1))._replace(line=1, column=1)

    def _add_people(self, value: t.Any, at: At) -> None:
        self._named = True
        if not isinstance(value, LocatedList):
            says = "this is not a list of people: write a list, or a mapping with people and a list below it."
            self._faults.append(Fault(at, says))
            return
        for item, place in zip(value, value.lines):
            self.people.add(item, place)

    def _add_groups(self, value: t.Any, at: At) -> None:
        if not isinstance(value, Located):
            self._faults.append(
                Fault(at, "groups is no mapping: write the name of each group, and below it what it gives.")
            )
            return
        for name, given in value.items():
            self._once(self._groups, name, given, value.lines[name])

    def _once(self, into: Located, key: str, value: t.Any, at: At) -> None:
        if key in into:
            there = into.lines[key]
            where = f"line {there.line}" if there.file == at.file else f"{there.file}, line {there.line}"
            self._faults.append(Fault(at, f"{as_given(key)} is here and in {where}: keep one of them."))
        else:
            into[key] = value
            into.lines[key] = at

    def groups(self) -> dict[str, Group]:
        """The groups by name."""
        with_directory = "directory" in self._said
        return {
            name: _GroupCheck(self._faults, at, f"group {name[:LONGEST_NAME]}: ").group(
                name, self._groups[name], with_directory
            )
            for name, at in self._groups.lines.items()
        }

    def timezone(self) -> str:
        """The time zone by which days begin and end."""
        name = self._said.get("timezone", UTC)
        if isinstance(name, str) and is_zone(name):
            return str(name)
        says = f"timezone is {as_given(str(name))}, which is no time zone known here; write one such as Europe/Berlin, or UTC."
        self._faults.append(Fault(self._said.lines["timezone"], says))
        return UTC

    def directory(self, groups: Mapping[str, Group]) -> dict[str, t.Any] | None:
        """The options of the directory, None if there is none."""
        if "directory" not in self._said:
            return None
        at = self._said.lines["directory"]
        if not any(group.directory for group in groups.values()):
            says = "no group names a group of the directory: write directory: and its name below a group."
            self._faults.append(Fault(at, says))
        return _DirectoryCheck(self._faults, at, "directory: ").options(self._said["directory"])


def is_zone(name: str) -> bool:
    """Whether a time zone is known here."""
    try:
        return name == UTC or bool(zoneinfo.ZoneInfo(name))
    except (LookupError, ValueError, OSError):
        return False


class _GroupCheck(Check):
    """Checks one group."""

    def __init__(self, faults: list[Fault], at: At, who: str) -> None:
        super().__init__(faults, at)
        self._who = who

    def group(self, name: str, given: t.Any, with_directory: bool) -> Group:
        if len(name) > LONGEST_NAME or _BAD_NAME.search(name) or name != name.strip() or not name:
            self._who = f"group {as_given(name)}: "
            self.note(
                f"a name has 1 to {LONGEST_NAME} characters, without blanks around it, control characters, ; and {{{{.",
                self._line,
            )
        if not isinstance(given, Mapping):
            self.wrong(given, "it", f"a mapping such as {{{next(iter(SERVICES))}: {{}}}}", self._line)
            return Group(name, {})
        self.keys(given, GROUP_KEYS, "a group")
        services = {key: self.service(given[key], key, self.place(given, key)) for key in SERVICES if key in given}
        if not services:
            self.note(f"this group gives nothing: name {' or '.join(SERVICES)}.", self._line)
        if "directory" in given and not with_directory:
            self.note("there is no directory at the top of the roster.", self.place(given, "directory"))
        return Group(
            name,
            services,
            (self.email(given["reviewer"], "reviewer", self.place(given, "reviewer")) or "")
            if "reviewer" in given
            else "",
            self.targets(given) if "targets" in given else None,
            self._names(given),
            self.flag(given, "allow_empty"),
        )

    def _names(self, given: Mapping[str, t.Any]) -> tuple[str, ...]:
        """The groups of the directory: one, or a list."""
        value = given.get("directory", [])
        items = self.items(given, "directory", "directory", self._line) if isinstance(value, list) else []
        if isinstance(value, str):
            items = [(value, self.place(given, "directory"))]
        elif not isinstance(value, list):
            self.wrong(value, "directory", "text or a list", self.place(given, "directory"))
        texts = [self.one_line(item, "directory", at) for item, at in items]
        return tuple(dict.fromkeys(text for text in texts if text))

    def flag(self, given: Mapping[str, t.Any], key: str) -> bool:
        """A truth value, false if it is not given."""
        value = given.get(key, False)
        if not isinstance(value, bool):
            self.wrong(value, key, "true or false", self.place(given, key))
        return value is True


class _DirectoryCheck(_GroupCheck):
    """Checks the options of a directory."""

    def options(self, given: t.Any) -> dict[str, t.Any]:
        if not isinstance(given, Mapping):
            self.wrong(given, "directory", "a mapping with source and url", self._line)
            return {}
        self.keys(given, DIRECTORY_KEYS, "directory")
        found: dict[str, t.Any] = {}
        for key in DIRECTORY_KEYS:
            if key not in given or isinstance(given[key], Broken):
                continue
            value, at = given[key], self.place(given, key)
            if key in FLAGS:
                found[key] = self.flag(given, key)
            elif key in NUMBERS:
                if isinstance(value, (int, float)) and not isinstance(value, bool):
                    found[key] = value
                else:
                    self.wrong(value, key, "a number", at)
            else:
                text = str(value) if key == "max_drop" and isinstance(value, int) else value
                found[key] = self.one_line(text, key, at) or ""
        for fault in faults(found):
            self.note(f"{fault}.", self._line)
        try:
            check_max_drop(found.get("max_drop") or "25%")
        except AccessError as error:
            self.note(error.sentence, self.place(given, "max_drop"))
        return found
