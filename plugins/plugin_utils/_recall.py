# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run remembers of people who are invited: loaded before it, kept after it, with a warning where it does not last.

This file is private to the collection.
"""

from __future__ import annotations

import os
import typing as t
from collections.abc import Mapping

from ansible import constants as C
from ansible.release import __version__

from ..module_utils._catalog import HONEYCOMB
from ..module_utils._errors import AccessError
from ..module_utils._module import honeycomb
from ._memory import FACTS, FILE, FOLDER, KINDS, NONE, Entries, FactStore, FileStore, Store, Unusable
from ._memory_controller import ControllerStore
from ._targets import origin
from ._variables import Variables

CONNECTION_DEFAULTS: dict[str, t.Any] = {
    "api_url": HONEYCOMB.default_url,
    "validate_certs": True,
    "ca_path": None,
    "request_timeout": 30.0,
    "max_wait": 300,
}
NAMED = 5  # people named in a warning


class Recall:
    """The memory of the Honeycomb team of one host; ``connection`` are the options that its modules are called with.

    ``fault`` says why the service must not be asked to change anything: what is remembered could not be read.
    ``requests`` are those that it took to learn the team's name.
    """

    def __init__(self, variables: Variables, host: str, connection: Mapping[str, t.Any] | None) -> None:
        kind = variables.choice("lifecycle_memory", KINDS) or FILE
        self.fault: AccessError | None = None
        self._connection = connection
        self._store = None if kind == NONE or connection is None else _store(kind, variables, host)
        self._team = ""
        self.requests = 0
        self._before: Entries | None = None
        if self._store:
            try:
                if self._store.teams():
                    self._before = self._store.load(self._ask_team())
            except Unusable as reason:
                self.fault = AccessError(
                    "validation", f"What is remembered of earlier invitations is of no use. {reason}"
                )
            except AccessError as error:
                self.fault = error

    def options(self) -> dict[str, t.Any]:
        """The options of the module that say what is remembered."""
        return {"known_invitations": self._before or {}} if self._store else {}

    @property
    def blind(self) -> bool:
        """Whether nothing is remembered of this team, so that people whom its list hides are not known."""
        return self._before is None

    @property
    def facts(self) -> dict[str, t.Any]:
        """The facts to be kept in the fact cache."""
        return getattr(self._store, "facts", {})

    def remember(self, result: Mapping[str, t.Any], unlisted: t.Sequence[str], check: bool) -> list[str]:
        """Keep what the module knows now, and return warnings. ``unlisted`` are people of whom nothing was there."""
        if not self._store:
            return []
        warnings = []
        if self._before is None and unlisted:
            warnings.append(
                "Nothing is remembered yet of earlier invitations to this Honeycomb team, which may hide who has not accepted. "
                f"Look under Team settings > Members whether {_few(unlisted)} had been invited before."
            )
        known: Entries | None = result.get("known_invitations")
        if check or known is None or not (known or self._before):
            return warnings
        caveat = self._store.caveat()
        if known and caveat:
            warnings.append(f"{caveat} Until then, a later run may invite {_few(list(known))} again.")
        try:
            self._store.save(self._team or self._ask_team(), known, self._before or {})
        except (Unusable, AccessError) as error:
            text = error.sentence if isinstance(error, AccessError) else str(error)
            warnings.append(
                f"The invitations of {_few(list(known))} could not be remembered, so a later run may send them again. {text}"
            )
        return warnings

    def _ask_team(self) -> str:
        """The team by its address and the name that the service gives it."""
        self.requests += 1
        self._team = ask_team(self._connection or {})
        return self._team


def ask_team(options: Mapping[str, t.Any]) -> str:
    """The team that a configuration key belongs to, by its address and the name that the service gives it."""
    connection = {**CONNECTION_DEFAULTS, **options}
    team = honeycomb(connection).auth()["team"]
    name = (team.get("slug") or team.get("name")) if isinstance(team, Mapping) else None
    if not name:
        raise AccessError(
            "bad_response",
            "Honeycomb does not tell which team the key belongs to.",
            hint="Set lifecycle_memory to none.",
        )
    return f"{origin(HONEYCOMB, connection)}/{name}"


def _store(kind: str, variables: Variables, host: str) -> Store:
    if kind == FILE:
        folder = variables.text("lifecycle_memory_dir") or os.path.join(
            C.config.get_config_value("ANSIBLE_HOME"), FOLDER
        )
        return FileStore(folder)
    if kind == FACTS:
        facts = variables.get("ansible_facts") or {}
        timeout = int(C.config.get_config_value("CACHE_PLUGIN_TIMEOUT") or 0)
        in_controller = variables.get("awx_job_id") is not None or variables.get("tower_job_id") is not None
        core = tuple(map(int, __version__.split(".")[:2]))
        return FactStore(facts, str(C.config.get_config_value("CACHE_PLUGIN")), timeout, core, in_controller)
    return ControllerStore(os.environ, host, variables)


def _few(emails: t.Sequence[str]) -> str:
    return ", ".join(emails[:NAMED]) + (f" and {len(emails) - NAMED} more" if len(emails) > NAMED else "")
