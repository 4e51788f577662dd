# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Action plugin: write the people who have access on one host to a roster file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..module_utils._access.addresses import check_shown, few, fold
from ..module_utils._http.outside import armoured
from ..module_utils._roster import check
from ..module_utils._services import SERVICES
from ..plugin_utils._files import make_folder, write
from ..plugin_utils._host.variables import Refused
from ..plugin_utils._people.entries import entries_of, nameless
from ..plugin_utils._people.folded import folded
from ..plugin_utils._people.present import present_people, unsettled
from ..plugin_utils._people.roster_write import dump
from ..plugin_utils._run.action import AccessAction
from ..plugin_utils._words.names import attributed

ENDINGS = (".yml", ".yaml", ".json", ".csv")


class ActionModule(AccessAction):
    """Reads who has access, and writes a roster that changes nothing when it is reconciled."""

    def act(self) -> dict[str, Any]:
        """Read and write."""
        self._refuse_misspelt()
        path = self._path()
        results, warnings = self._read()
        defaults = {key: self._variables.default_role(info) for key, info in SERVICES.items()}
        text = _roster(str(path), results, defaults, self._variables.flag("lifecycle_dump_groups") is True)
        there = _content(path)
        if there not in (None, text.encode()) and not self._variables.flag("lifecycle_dump_force"):
            raise Refused(f"{path} exists and is not overwritten. Name another file, or set force to true.")
        changed = there != text.encode()
        if changed and not self._task.check_mode:
            _write(path, text)
        return {"changed": changed, "path": str(path), "warnings": warnings}

    def _path(self) -> Path:
        file = self._variables.text("lifecycle_dump_file")
        if not file:
            raise Refused(f"Set dump_file to the file for the roster. Its name must end in {', '.join(ENDINGS)}.")
        if not file.lower().endswith(ENDINGS):
            raise Refused(f"dump_file is {file}, but its name must end in {', '.join(ENDINGS)}.")
        path = Path(os.path.realpath(os.path.expanduser(file)))
        owner = self._claims().path(str(path), self._host)
        if owner != self._host:
            raise Refused(
                f"{path} is already the roster of {owner}. Use {{{{ inventory_hostname }}}} in dump_file, as in "
                "rosters/{{ inventory_hostname }}.yml."
            )
        return path

    def _read(self) -> tuple[dict[str, Any], list[str]]:
        """The results of the bulk modules with an empty list, which change nothing, and warnings."""
        target = self._target()
        if target.faults:
            raise Refused(" ".join(target.faults))
        recall = self._recalled(target)
        known = recall.of_all(target.services)
        for fault in filter(None, map(recall.fault_of, target.services)):
            raise Refused(fault.sentence)
        results: dict[str, Any] = {}
        for key, options in target.services.items():
            info = SERVICES[key]
            results[key] = self._operate(info.module, {**options, info.people: [], **known[key]})
            if results[key].get("failed"):
                raise Refused(attributed(info.title, str(results[key].get("msg"))))
        gaps = recall.gaps(results, "from the roster")
        return results, [text for key in results for text in (*gaps.get(key, ()), *_left_out(key, results[key]))]


def _left_out(service: str, result: Mapping[str, Any]) -> list[str]:
    ids, title = nameless(entries_of("", service, result)), SERVICES[service].title
    return [f"{title}: entries without an e-mail address are not in the roster: {few(ids)}."] if ids else []


def _roster(file: str, results: Mapping[str, Any], default_roles: Mapping[str, str | None], with_groups: bool) -> str:
    """The content of the file, refused if reconciling it would change something."""
    present = armoured(present_people(results))
    people, faults = check(present, check_main=check_shown)
    reasons = [f"{_where(present[fault.line - 1])}: {fault.reason}" for fault in faults]
    reasons += [
        f"{_where(person)}: {person['email']!r} is listed, which is not an e-mail address."
        for person, read in zip(present, people)
        if fold(person["email"]) != fold(read.get("email") or person["email"])
    ]
    reasons = reasons or unsettled(results, people, default_roles)
    if reasons:
        raise Refused(
            "Nothing was written, because a roster cannot hold what is there now. Correct this, and dump again:\n"
            + "\n".join(reasons)
        )
    try:
        groups, members = folded(people) if with_groups else ({}, people)
        return dump(file, members, groups)
    except ValueError as fault:
        raise Refused(f"Nothing was written. {fault}") from None


def _where(person: dict[str, Any]) -> str:
    return " and ".join(info.title for key, info in SERVICES.items() if key in person)


def _content(path: Path) -> bytes | None:
    """The content of a file, None if it does not exist."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from None


def _write(path: Path, text: str) -> None:
    """Write the file completely or not at all, readable by its owner only."""
    try:
        make_folder(path.parent)
        write(path, text)
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}.") from None
