# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The input of the role ``report``: variables that may be blank or text, a roster with its lines, the last report.

This file is private to the collection.
"""

from __future__ import annotations

import json
import os
import typing as t
from dataclasses import dataclass
from pathlib import Path

from ...module_utils._access.addresses import check_shown, fold
from ...module_utils._roster import check, tell
from ...module_utils._services import SERVICES
from .._host.variables import Refused, Variables
from .._people.entries import Data
from .._people.given import people_in
from .._people.roster_file import MAX_BYTES, locate
from .changes import report_changes
from .data import Roster
from .drift import Rules

PENDING_DAYS = 7


@dataclass(frozen=True)
class Inputs:
    """The variables, checked. ``keys`` of None: keys are read if a management key is configured."""

    folder: Path
    roster: Roster | None
    fail_on_drift: bool
    rules: Rules
    previous: Path | None
    pending_days: int
    teams: bool
    keys: bool | None


def folder_of(variables: Variables) -> Path:
    """The folder of the report, or ``Refused``."""
    folder = variables.text("report_dir")
    if folder is None:
        raise Refused("Set report_dir to the folder for the report.")
    return Path(os.path.abspath(os.path.expanduser(folder)))


def inputs_of(variables: Variables, real_file: t.Callable[[str], str]) -> Inputs:
    """The variables, or ``Refused``. ``real_file`` returns the decrypted file for one that may be encrypted."""
    roster = _roster(variables, real_file)
    fail_on_drift = bool(variables.flag("report_fail_on_drift"))
    if fail_on_drift and roster is None:
        raise Refused("fail_on_drift needs something to compare access with: set people or roster_file.")
    previous = variables.text("report_previous")
    roles = {key: variables.default_role(info) for key, info in SERVICES.items()}
    days = variables.number("report_pending_days")
    return Inputs(
        folder=folder_of(variables),
        roster=roster,
        fail_on_drift=fail_on_drift,
        rules=Rules(
            {key: role for key, role in roles.items() if role},
            tuple(map(str, variables.items("lifecycle_ignore") or ())),
        ),
        previous=Path(os.path.abspath(os.path.expanduser(previous))) if previous else None,
        pending_days=PENDING_DAYS if days is None else int(days),
        teams=bool(variables.flag("report_teams")),
        keys=variables.flag("report_keys"),
    )


def _roster(variables: Variables, real_file: t.Callable[[str], str]) -> Roster | None:
    people, file = people_in(variables, "report_people"), variables.text("report_roster_file")
    if people is not None and file is not None:
        raise Refused("Set people or roster_file to compare access with, not both.")
    if file is not None:
        return _from_file(file, real_file)
    if people is None:
        return None
    checked, faults = check(people, check_main=check_shown)
    if faults:
        raise Refused("The declared people have faults:\n" + "\n".join(tell(faults)))
    return Roster("", checked, [0] * len(checked))


def _from_file(file: str, real_file: t.Callable[[str], str]) -> Roster:
    path = os.path.abspath(os.path.expanduser(file))
    if not os.path.isfile(path):
        raise Refused(f"roster_file is {file}, but there is no such file.")
    try:
        with open(real_file(path), "rb") as opened:
            people, lines, faults = locate(path, opened.read(MAX_BYTES + 1), check_shown)
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}.") from None
    if faults:
        raise Refused("The roster has faults:\n" + "\n".join(tell(faults, f"{file}, line")))
    return Roster(file, people, lines)


def aliases_of(roster: Roster | None) -> dict[str, str]:
    """The main address for each other address."""
    people = roster.people if roster else []
    return {fold(alias): fold(person["email"]) for person in people for alias in person["aliases"]}


def last_report(path: Path) -> Data:
    """An earlier report, or ``Refused``."""
    try:
        report: Data = json.loads(path.read_text(encoding="utf-8"))
        report_changes(report, report)  # which reads everything that a comparison needs
    except (OSError, ValueError, TypeError, LookupError, AttributeError):
        raise Refused(f"{path} is not a report of this collection, so changes since then cannot be reported.") from None
    return report
