# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Action plugin: read the people that a playbook is run for."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

from ..module_utils._access.addresses import check_email, check_shown
from ..module_utils._http.errors import AccessError
from ..module_utils._roster import tell
from ..module_utils._services import SERVICES
from ..plugin_utils._host.names import FORM, SOURCES
from ..plugin_utils._host.variables import Refused
from ..plugin_utils._memory.directory import Kept, Sourced, sourced
from ..plugin_utils._people.form import form_people
from ..plugin_utils._people.given import people_in
from ..plugin_utils._people.resolve import Resolved
from ..plugin_utils._people.rosters import headers_of, paths_of, read_rosters, resolved_here
from ..plugin_utils._run.action import AccessAction


class ActionModule(AccessAction):
    """Turns the variables of a playbook into people, from exactly one source."""

    _VALID_ARGS = frozenset(("sources", "this_run_only"))

    def act(self) -> dict[str, Any]:
        """Read, and record the host as :mod:`access_target` does, so that a playbook needs no task of its own for it."""
        self._refuse_misspelt(form=True)
        source = self._source(self._task.args.get("sources") or list(SOURCES))
        self._kept: Kept = {}
        self._notes: list[str] = []
        resolved = self._people(source)
        people = resolved.people
        limit = self._variables.text("lifecycle_max_removals")
        read = {
            "people": people,
            "reasons": resolved.reasons,
            "renamed": self._kept.get("former", {}),
            "directory": self._kept.get("folder", ""),
            "source": source,
            "warnings": self._notes,
            "exclusive": self._exclusive(),
            "all_accounts": bool(self._variables.flag("lifecycle_all_accounts")),
            "evidence_dir": self._variables.text("evidence_dir")
            or self._variables.text("lifecycle_evidence_dir")
            or "",
            "max_removals": limit or ("" if source == "roster_file" else str(len(people))),
        }
        self._record_host()
        return read

    def _exclusive(self) -> bool:
        """The value of ``exclusive``; a reconcile is exclusive by default."""
        for name in ("exclusive", "lifecycle_exclusive"):
            value = self._variables.flag(name)
            if value is not None:
                return value
        return True

    def _source(self, known: list[str]) -> str:
        """The one source that is set. If this run sets any, those of the inventory do not count."""
        of_run = [name for name in known if name in self._given_to_this_run()]
        if self._task.args.get("this_run_only") and not of_run:
            held = [name for name in known if self._variables.get(name) is not None]
            note = f" {' and '.join(held)} of the inventory is not used here." if held else ""
            raise Refused(f"Name the people for this run in exactly one of the variables {', '.join(known)}.{note}")
        given = [name for name in of_run or known if self._variables.get(name) is not None]
        # An empty list says nothing beside another source.
        given = [name for name in given if self._variables.get(name) != []] or given
        if len(given) != 1:
            found = f"{' and '.join(given)} are set" if given else "none is set"
            blank = [name for name in of_run if name not in given]
            if blank and not given:
                found = f"{' and '.join(blank)} {'is' if len(blank) == 1 else 'are'} blank"
            raise Refused(f"Name the people in exactly one of the variables {', '.join(known)}; {found}.")
        fields = [name for name in FORM if self._variables.get(name) is not None]
        if given[0] != "email" and fields:
            raise Refused(
                f"Set {' and '.join(fields)} only together with email. With {given[0]}, each entry has its own role and teams."
            )
        return given[0]

    def _people(self, source: str) -> Resolved:
        if source == "roster_file":
            return self._roster()
        if source == "people":
            return Resolved(people_in(self._variables, source) or [])
        return Resolved(self._form())

    def _form(self) -> list[Any]:
        people = form_people(self._variables.items("email"), **{name: self._variables.get(name) for name in FORM})
        if not people:
            raise Refused("email has no address. Give one or more addresses, separated by commas, spaces or lines.")
        if not any(service in people[0] for service in SERVICES):
            names = [f"{service}_role" for service in SERVICES]
            every = "Both" if len(names) == 2 else "All of"
            raise Refused(
                f"{every} {' and '.join(names)} are none, so there is nothing to do. Set one of them to a role."
            )
        for person in people:
            _check(person["email"])
        configured = self._target().services
        asked = [key for key in SERVICES if key in people[0]]
        # Whoever names no service gets every one.
        named = [key for key in asked if people[0][key] or key in configured] or asked
        return [{key: person[key] for key in person if key in named or key not in SERVICES} for person in people]

    def _roster(self) -> Resolved:
        found = self._sourced()
        resolved, unknown = resolved_here(found.document, self._vars, self._variables, bool(self._task.check_mode))
        faults = [*found.faults, *unknown]
        if faults:
            told = "\n".join(tell(faults))
            raise Refused(f"Nothing was done, because the roster has faults:\n{told}")
        self._kept, self._notes = found.kept or {}, list(found.notes)
        return replace(resolved, reasons={**self._kept.get("reasons", {}), **resolved.reasons})

    def _sourced(self) -> Sourced:
        """The roster with the people of its directory."""
        paths = {path: path for path in map(os.path.realpath, paths_of(self._variables, "roster_file").values())}
        document, faults = read_rosters(paths, self._loader, check_shown, headers_of(self._variables))
        if faults:
            return Sourced(document, faults)
        if document.directory is not None and self._task.args.get("this_run_only"):
            raise Refused(
                "Nothing was done, because roster_file has people from a directory, so everybody in it would be removed. Name who leaves "
                "in email, or in a file without a directory; reconcile removes whoever the directory does not have any more."
            )
        return sourced(document, self._variables, self._host, applies=not self._task.check_mode)


def _check(email: str) -> None:
    """Refuse what is no address before any request."""
    try:
        check_email(email)
    except AccessError as fault:
        raise Refused(f"email: {fault.sentence}") from None
