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
from ...module_utils._http.outside import outward
from ...module_utils._roster import check, tell
from ...module_utils._services import SERVICES
from .._host.variables import Refused, Variables
from .._memory.directory import sourced
from .._people.document import Document
from .._people.entries import Data
from .._people.exempt import IGNORE, exempt
from .._people.given import people_in
from .._people.rosters import endings_here, headers_of, paths_of, read_rosters, resolved_here
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


def inputs_of(variables: Variables, task_vars: t.Mapping[str, t.Any], loader: t.Any) -> Inputs:
    """The variables of a host, or ``Refused``. ``loader`` is Ansible's, which decrypts files."""
    roster = _roster(variables, task_vars, loader)
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
            tuple(exempt(variables, IGNORE, roster.people if roster else [])),
        ),
        previous=Path(os.path.abspath(os.path.expanduser(previous))) if previous else None,
        pending_days=PENDING_DAYS if days is None else int(days),
        teams=bool(variables.flag("report_teams")),
        keys=variables.flag("report_keys"),
    )


def _roster(variables: Variables, task_vars: t.Mapping[str, t.Any], loader: t.Any) -> Roster | None:
    people, paths = people_in(variables, "report_people"), paths_of(variables, "report_roster_file")
    reasons: t.Mapping[str, str] = {}
    if people is not None and paths:
        raise Refused("Set people or roster_file to compare access with, not both.")
    if paths:
        document, faults = read_rosters(paths, loader, check_shown, headers_of(variables))
        if not faults:
            found = sourced(document, variables, str(task_vars.get("inventory_hostname", "")))
            document, faults = found.document, found.faults
            reasons = (found.kept or {}).get("reasons", {})
        head = "The roster has faults:"
    elif people is None:
        return None
    else:
        checked, faults = check(people, check_main=check_shown)
        document, head = Document(checked), "The declared people have faults:"
    check_mode = bool(task_vars.get("ansible_check_mode"))
    resolved, unknown = resolved_here(document, task_vars, variables, check_mode)
    if faults or unknown:
        raise Refused("\n".join([head, *tell([*faults, *unknown])]))
    files = tuple(dict.fromkeys(at.file for at in document.lines if at.file)) or tuple(paths)
    reviewers = {name: group.reviewer for name, group in document.groups.items()}
    declared = [
        {**person, "groups": list(names), "reviewer": next(filter(None, map(reviewers.get, names)), "")}
        for person, names in zip(resolved.people, resolved.groups)
    ]
    ends = endings_here(resolved.people, variables, check_mode)
    return Roster(files if paths else (), declared, resolved.lines, reviewers, {**reasons, **resolved.reasons}, ends)


def aliases_of(roster: Roster | None) -> dict[str, str]:
    """The main address for each other address."""
    people = roster.people if roster else []
    return {fold(alias): fold(person["email"]) for person in people for alias in person["aliases"]}


def last_report(path: Path) -> Data:
    """An earlier report, or ``Refused``."""
    try:
        report: Data = outward(json.loads(path.read_text(encoding="utf-8")))
        report_changes(report, report)  # which reads everything that a comparison needs
    except OSError as error:
        raise Refused(
            f"{path} cannot be read: {error.strerror}. So changes since that report cannot be reported."
        ) from None
    except (ValueError, TypeError, LookupError, AttributeError):
        raise Refused(f"{path} is not a report of this collection, so changes since then cannot be reported.") from None
    return report
