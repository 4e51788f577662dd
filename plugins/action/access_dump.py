# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Action plugin: write who has access on one host as a roster."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ..module_utils._catalog import HONEYCOMB, SERVICES
from ..module_utils._model import check_shown
from ..module_utils._roster import check
from ..plugin_utils._action import AccessAction
from ..plugin_utils._files import write
from ..plugin_utils._present import present_people
from ..plugin_utils._roster_file import dump
from ..plugin_utils._variables import Refused

ENDINGS = (".yml", ".yaml", ".json", ".csv")


class ActionModule(AccessAction):
    """Reads what is there, and writes a file that changes nothing when it is reconciled."""

    def act(self) -> dict[str, Any]:
        """Read and write."""
        self._refuse_misspelt()
        path = self._path()
        results, warnings = self._read()
        people, _faults = check(present_people(results), check_main=check_shown)
        text = dump(str(path), people)
        there = _content(path)
        if there not in (None, text.encode()) and not self._variables.flag("lifecycle_dump_force"):
            raise Refused(f"{path} exists, and nothing is overwritten. Name another file, or set force to true.")
        changed = there != text.encode()
        if changed and not self._task.check_mode:
            _write(path, text)
        return {"changed": changed, "path": str(path), "warnings": warnings}

    def _path(self) -> Path:
        file = self._variables.text("lifecycle_dump_file")
        if not file:
            raise Refused(f"Say where to write the roster: give dump_file, a name that ends in {', '.join(ENDINGS)}.")
        if not file.lower().endswith(ENDINGS):
            raise Refused(f"dump_file is {file}, but its name must end in {', '.join(ENDINGS)}.")
        path = Path(os.path.realpath(os.path.expanduser(file)))
        owner = self._claims().path(str(path), self._host)
        if owner != self._host:
            raise Refused(
                f"{path} is the roster of {owner} already. Have {{{{ inventory_hostname }}}} in dump_file, as in "
                "rosters/{{ inventory_hostname }}.yml."
            )
        return path

    def _read(self) -> tuple[dict[str, Any], list[str]]:
        """What the services hold; a plan for nobody reads it, and changes nothing."""
        target = self._target()
        if target.faults:
            raise Refused(" ".join(target.faults))
        recall = self._recalled(target)
        if recall.fault:
            raise Refused(recall.fault.sentence)
        results: dict[str, Any] = {}
        for key, options in target.services.items():
            info = SERVICES[key]
            known = recall.options() if info is HONEYCOMB else {}
            results[key] = self._module(info.module, {**options, info.people: [], **known}, check=True)
            if results[key].get("failed"):
                raise Refused(f"{info.title}: {results[key].get('msg')}")
        warning = (
            "Honeycomb may hide people who have not accepted, and nothing is remembered of who was invited to this team. If "
            "there are any, they are missing from the roster."
        )
        return results, [warning] if HONEYCOMB.key in results and recall.blind else []


def _content(path: Path) -> bytes | None:
    """What a file holds, None where there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from None


def _write(path: Path, text: str) -> None:
    """Write the file at once or not at all, readable by its owner only."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, text)
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}.") from None
