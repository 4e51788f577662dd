# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Action plugin: find every fault of a roster and of kept evidence, without a service."""

from __future__ import annotations

import os
from collections.abc import Sized
from pathlib import Path
from typing import Any

from ..module_utils._access.addresses import check_shown
from ..module_utils._roster import At, Fault
from ..plugin_utils._files import make_folder, write
from ..plugin_utils._host import seal
from ..plugin_utils._host.inventory import has_hosts
from ..plugin_utils._host.variables import Refused
from ..plugin_utils._memory.directory import sourced
from ..plugin_utils._people.document import Document
from ..plugin_utils._people.rosters import headers_of, paths_of, read_rosters, unknown_targets
from ..plugin_utils._report.faults import placed, to_sarif
from ..plugin_utils._run.action import AccessAction

SARIF = "roster.sarif"


class ActionModule(AccessAction):
    """Checks, and writes what it found as SARIF if a folder is set. Does not fail itself, so that all is printed."""

    def act(self) -> dict[str, Any]:
        """Check."""
        self._refuse_misspelt()
        paths, evidence = paths_of(self._variables, "roster_file"), self._variables.text("evidence_dir")
        if not paths and not evidence:
            raise Refused("Set roster_file to the roster to check, or evidence_dir to the folder with evidence.")
        self._lines: list[str] = []
        faults = [*(self._roster(paths) if paths else ()), *(self._evidence(evidence) if evidence else ())]
        changed = self._write(faults)
        told = [placed(fault) for fault in faults]
        count = f"{len(faults)} fault{'' if len(faults) == 1 else 's'}"
        return {
            "changed": changed,
            "faults": [{**fault.at._asdict(), "reason": fault.reason} for fault in faults],
            "lines": [*self._lines, *([] if faults else ["No faults."])],
            "failure": "\n".join([f"{count}:", *told]) if faults else "",
        }

    def _roster(self, paths: dict[str, str]) -> list[Fault]:
        document, faults = read_rosters(paths, self._loader, check_shown, headers_of(self._variables))
        if has_hosts(self._vars):
            faults += unknown_targets(document, self._vars)
        elif document.all_targets():
            self._lines.append("There is no inventory, so the names in targets were not checked. Give it with -i.")
        if not faults and self._variables.flag("read_directory"):
            faults += self._directory(document, next(iter(paths)))
        if not faults:
            counts = [_counted(document.people, "person", "people"), _counted(document.groups, "group", "groups")]
            self._lines.append(f"{', '.join(paths)}: {', '.join(counts)}.")
        return faults

    def _directory(self, document: Document, file: str) -> list[Fault]:
        """Read the directory, as a run would, and tell what it has against that."""
        if document.directory is None:
            return [Fault(At(0, file=file), "there is no directory in this roster, but read_directory is true.")]
        try:
            found = sourced(document, self._variables, self._host)
        except Refused as refused:
            return [Fault(At(0, file=file), str(refused).removeprefix("Nothing was done. "))]
        people = _counted((found.kept or {}).get("people", ()), "person", "people")
        self._lines.append(f"{document.directory['url']}: {people} in the groups of the roster.")
        return found.faults

    def _evidence(self, given: str) -> list[Fault]:
        folder = Path(os.path.realpath(os.path.expanduser(given)))
        try:
            wrong = seal.faults(folder)
        except OSError as error:
            return [Fault(At(0, file=given), f"this cannot be read: {error.strerror}.")]
        if not wrong:
            self._lines.append(f"{given}: the evidence is as it was written.")
        return [Fault(At(0, file=given), text) for text in wrong]

    def _write(self, faults: list[Fault]) -> bool:
        """Write the faults for a forge to show, and tell whether the file changed."""
        given = self._variables.text("report_dir")
        if given is None:
            return False
        path = Path(os.path.realpath(os.path.expanduser(given))) / SARIF
        text = to_sarif(faults, os.getcwd())
        try:
            changed = not path.exists() or path.read_text(encoding="utf-8") != text
            if changed and not self._task.check_mode:
                make_folder(path.parent)
                write(path, text)
        except OSError as error:
            raise Refused(f"{path} cannot be written: {error.strerror}.") from None
        self._lines.append(f"Written: {path}")
        return changed


def _counted(things: Sized, one: str, many: str) -> str:
    return f"{len(things)} {one if len(things) == 1 else many}"
