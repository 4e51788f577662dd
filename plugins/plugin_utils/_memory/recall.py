# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run remembers about invited people: loaded before it and saved after it, with a warning if it does not last.

This file is private to the collection.
"""

from __future__ import annotations

import os
import typing as t
from collections.abc import Mapping

from ansible import constants as C
from ansible.release import __version__

from ...module_utils._access.addresses import few
from ...module_utils._honeycomb.connect import honeycomb
from ...module_utils._honeycomb.facts import HONEYCOMB
from ...module_utils._http.errors import AccessError
from .._host.option_names import in_role
from .._host.target import origin
from .._host.variables import Variables
from .controller import ControllerStore
from .facts import FactStore
from .files import FOLDER, FileStore
from .store import FACTS, FILE, KINDS, NONE, Entries, Store, Unusable

CONNECTION_DEFAULTS: dict[str, t.Any] = {
    "api_url": HONEYCOMB.default_url,
    "validate_certs": True,
    "ca_path": None,
    "request_timeout": 30.0,
    "max_wait": 300,
}
NAMED = 5  # people named in a warning


class Recall:
    """The memory of the Honeycomb team of one host; ``connection`` are the connection options of its modules.

    ``fault``: the memory could not be read, so nothing may be changed. ``requests`` is the number of requests to get the
    name of the team.
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
                self.fault = AccessError("validation", f"The memory of earlier invitations cannot be used. {reason}")
            except AccessError as error:
                self.fault = error

    def options(self) -> dict[str, t.Any]:
        """The module options with what is remembered."""
        return {"known_invitations": self._before or {}} if self._store else {}

    def prepare(self) -> None:
        """Record a fault if invitations could not be saved, before any is sent."""
        nobody = "Nobody was invited, because it could not be remembered, and a later run would invite them again."
        try:
            if self._store and not self.fault:
                self._store.prepare()
        except Unusable as reason:
            hint = "Set lifecycle_memory_dir to another folder, or lifecycle_memory to none."
            self.fault = AccessError("validation", f"{nobody} {reason}", hint=hint)
        except AccessError as error:
            self.fault = AccessError(error.code, f"{nobody} {error.msg}", hint=error.hint)

    def blindness(self, where: str) -> list[str]:
        """What to say if nothing is remembered for this team, so that people whom its list hides are unknown."""
        text = (
            "Honeycomb may hide people who have not accepted, and no invitations to this team are remembered. If there are "
            f"any, those people are missing {where}."
        )
        return [text] if self._before is None else []

    @property
    def team(self) -> str | None:
        """The slug of the team, None unless the service was asked for it."""
        return self._team.rpartition("/")[2] or None

    @property
    def facts(self) -> dict[str, t.Any]:
        """The facts to keep in the fact cache."""
        return getattr(self._store, "facts", {})

    def remember(self, result: Mapping[str, t.Any], unlisted: t.Sequence[str], check: bool) -> list[str]:
        """Save what the module knows now, and return warnings. ``unlisted`` are people for whom nothing was found."""
        if not self._store:
            return []
        warnings = []
        if self._before is None and unlisted:
            warnings.append(
                "No earlier invitations to this Honeycomb team are remembered, and it may hide people who have not accepted. "
                f"Check under Team settings > Users whether {few(unlisted, NAMED)} had been invited before."
            )
        known: Entries | None = result.get("known_invitations")
        if check or known is None or not (known or self._before):
            return warnings
        caveat = self._store.caveat()
        if known and caveat:
            warnings.append(f"{caveat} Until then, a later run may invite {few(list(known), NAMED)} again.")
        try:
            self._store.save(self._team or self._ask_team(), known, self._before or {})
        except (Unusable, AccessError) as error:
            text = error.sentence if isinstance(error, AccessError) else str(error)
            warnings.append(
                f"The invitations of {few(list(known), NAMED)} could not be remembered, so a later run may send them again. {text}"
            )
        return warnings

    def _ask_team(self) -> str:
        """The address and the name of the team."""
        self._team = ask_team(self._connection or {}, self._count)
        return self._team

    def _count(self, requests: int) -> None:
        self.requests += requests


def ask_team(options: Mapping[str, t.Any], count: t.Callable[[int], None] = lambda requests: None) -> str:
    """The address and the name of the team that a configuration key belongs to. ``count`` gets the number of requests."""
    connection = {**CONNECTION_DEFAULTS, **options}
    try:
        service = honeycomb(connection)
        try:
            team = service.auth()["team"]
        finally:
            count(service.client.requests)
    except AccessError as error:
        error.msg, error.hint = in_role(HONEYCOMB, error.msg), in_role(HONEYCOMB, error.hint)
        raise
    name = (team.get("slug") or team.get("name")) if isinstance(team, Mapping) else None
    if not name:
        raise AccessError(
            "bad_response",
            "Honeycomb does not say which team the key belongs to.",
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
    return ControllerStore(os.environ, host, variables, variables.flag("lifecycle_memory_insecure") is True)
