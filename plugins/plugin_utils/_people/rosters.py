# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rosters on disk, in one file, several, or a folder, and what they say on one host today.

This file is private to the collection.
"""

from __future__ import annotations

import datetime
import os
import typing as t
import zoneinfo
from collections.abc import Mapping

from ...module_utils._access.addresses import check_email
from ...module_utils._http.outside import as_given
from ...module_utils._roster import At, Fault, People, day_of
from .._host.inventory import is_slice, names_here, names_of
from .._host.variables import Refused, Variables
from .document import UTC, Document, is_zone
from .resolve import Resolved, endings, resolve
from .roster_file import ENDINGS, File, load
from .roster_text import MAX_BYTES

ENDS_WITHIN = 14  # days


def read_rosters(
    paths: Mapping[str, str],
    loader: t.Any,
    check_main: t.Callable[[str], str] = check_email,
    headers: Mapping[str, str] | None = None,
) -> tuple[Document, list[Fault]]:
    """The roster in these files and folders, and every fault.

    ``paths`` are by what messages call them. ``loader`` is Ansible's, which decrypts files.
    """
    files: list[File] = []
    faults: list[Fault] = []
    for given, path in paths.items():
        for shown, file in _listed(given, path, faults):
            data = _content(shown, file, loader, faults)
            if data is not None:
                files.append(File(shown, data, shown))
    document, wrong = load(files, check_main, headers, whole=not faults)
    return document, [*faults, *wrong]


def _listed(shown: str, path: str, faults: list[Fault]) -> list[tuple[str, str]]:
    """A file, or the rosters in a folder by name; other files in it are left alone."""
    if not os.path.isdir(path):
        return [(shown, path)]
    names = sorted(name for name in os.listdir(path) if name.lower().endswith(ENDINGS) and not name.startswith("."))
    if not names:
        faults.append(_of_file(shown, f"this folder has no roster, a file whose name ends in {', '.join(ENDINGS)}."))
    return [(os.path.join(shown, name), os.path.join(path, name)) for name in names]


def _content(shown: str, path: str, loader: t.Any, faults: list[Fault]) -> bytes | None:
    if not os.path.exists(path):
        faults.append(_of_file(shown, "there is no such file."))
    elif not os.path.isfile(path):
        faults.append(_of_file(shown, "this is not a regular file."))
    else:
        try:
            real = loader.get_real_file(path)
            try:
                with open(real, "rb") as file:
                    return file.read(MAX_BYTES + 1)
            finally:
                loader.cleanup_tmp_file(real)
        except OSError as error:
            faults.append(_of_file(shown, f"this cannot be read: {error.strerror}."))
    return None


def _of_file(shown: str, reason: str) -> Fault:
    return Fault(At(0, file=shown), reason)


def paths_of(variables: Variables, name: str) -> dict[str, str]:
    """The paths in a variable, by how they are given: one as text, or a list, also as text with one in each line."""
    value = variables.get(name)
    if isinstance(value, str) and not value.lstrip().startswith("["):
        given = [line.strip() for line in value.splitlines() if line.strip()]
    else:
        given = [str(item) for item in variables.items(name) or ()]
    return {path: os.path.abspath(os.path.expanduser(path)) for path in given}


def headers_of(variables: Variables) -> dict[str, str]:
    """What another system calls the columns of a CSV, by our names."""
    return {str(name): str(title or "") for name, title in (variables.mapping("roster_columns") or {}).items()}


def today(variables: Variables, check_mode: bool, zone: str = UTC) -> datetime.date:
    """The day that it is in a time zone, or in check mode the one that ``lifecycle_as_of`` says."""
    given = variables.text("lifecycle_as_of")
    if given is None:
        return day_in(zone, datetime.datetime.now(datetime.timezone.utc))
    if not check_mode:
        raise Refused("lifecycle_as_of is for check mode only: run with --check, or leave it out.")
    day = day_of(given)
    if day is None:
        raise Refused(f"lifecycle_as_of is {as_given(given)}; give a date such as 2027-01-31.")
    return day


def day_in(zone: str, now: datetime.datetime) -> datetime.date:
    """The day that it is in a time zone."""
    return now.date() if zone == UTC or not is_zone(zone) else now.astimezone(zoneinfo.ZoneInfo(zone)).date()


def resolved_here(
    document: Document, task_vars: Mapping[str, t.Any], variables: Variables, check_mode: bool
) -> tuple[Resolved, list[Fault]]:
    """The people of a roster on the host with these variables, and a fault for each target that is not there."""
    day = today(variables, check_mode, document.timezone)
    return resolve(document, day, names_here(task_vars)), unknown_targets(document, task_vars)


def unknown_targets(document: Document, task_vars: Mapping[str, t.Any]) -> list[Fault]:
    """A fault for each target that is not in the inventory; none in a slice, which has not the hosts of the others."""
    return [] if is_slice(task_vars) else document.unknown_targets(names_of(task_vars))


def endings_here(people: People, variables: Variables, check_mode: bool) -> list[str]:
    """Who of resolved people ends within ``lifecycle_ends_within`` days, the soonest first."""
    days = variables.number("lifecycle_ends_within")
    return list(map(str, endings(people, today(variables, check_mode), ENDS_WITHIN if days is None else int(days))))
