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

from ...module_utils._access.addresses import few
from ...module_utils._access.catalog import ServiceInfo
from ...module_utils._access.model import KNOWN
from ...module_utils._access.options import connection_defaults
from ...module_utils._access.outcome import ByHand, Journal
from ...module_utils._http.client import Answers
from ...module_utils._http.errors import AccessError
from ...module_utils._services import CONNECTORS, SERVICES
from .._host.option_names import in_role
from .._host.target import origin
from .._host.variables import Variables
from .._words.names import service as service_of
from .accounts import AccountRecall
from .controller import ControllerStore
from .files import FOLDER, FileStore
from .journal import RunJournal
from .store import FILE, KINDS, NONE, UNREADABLE, Entries, Store, Unusable, left_alone, unprepared

NAMED = 5  # people named in a warning


class Recall:
    """The memory of one host: of the team of the service ``info``, which may not list who is invited, and of all accounts.

    ``connection``: the options for asking which team it is, None if the host has none.
    ``fault``: the memory could not be read, so nothing may be changed. ``requests`` is the number of requests to get the
    name of the team. ``journal`` is for the run that sends invitations.
    """

    def __init__(
        self,
        variables: Variables,
        host: str,
        info: ServiceInfo,
        connection: Mapping[str, t.Any] | None,
        answers: Answers,
    ) -> None:
        kind = variables.choice("lifecycle_memory", KINDS) or FILE
        self.fault: AccessError | None = None
        self._info = info
        self._connection = connection
        self._answers = answers
        store = self._store = None if kind == NONE or connection is None else _store(kind, variables, host, info)
        self._accounts = {
            key: AccountRecall(one, None if kind == NONE else _store(kind, variables, host, one))
            for key, one in SERVICES.items()
            if one.lists_pending
        }
        self._team = ""
        self._unnamed: AccessError | None = None
        self.requests = 0
        self._before: Entries | None = None
        self.journal = RunJournal(lambda: self._open(store)) if store else None
        if self._store:
            try:
                if self._store.teams():
                    self._before = self._store.load(self._ask_team())
            except Unusable as reason:
                self.fault = left_alone(info, UNREADABLE, reason)
            except AccessError as error:
                self.fault = error

    def options(self) -> dict[str, t.Any]:
        """The module options with what is remembered."""
        return {KNOWN: self._before or {}} if self._store else {}

    def options_of(self, service: str, connection: Mapping[str, t.Any]) -> dict[str, t.Any]:
        """The same for a service with these connection options."""
        return self._accounts[service].options(connection) if service in self._accounts else self.options()

    def of_all(self, services: Mapping[str, Mapping[str, t.Any]]) -> dict[str, dict[str, t.Any]]:
        """The same for each of these services, which are given with their connection options."""
        return {key: self.options_of(key, connection) for key, connection in services.items()}

    def gaps(self, services: t.Iterable[str], where: str) -> dict[str, list[str]]:
        """What to say for each service about people who are missing, or have another address, for want of a memory."""
        faults = {key: self.fault_of(key) for key in services}
        told = {key: [fault.sentence] for key, fault in faults.items() if fault}
        return {self._info.key: self.blindness(where), **told}

    def fault_of(self, service: str) -> AccessError | None:
        """Why a service may not be changed."""
        return self._accounts[service].fault if service in self._accounts else self.fault

    def prepare(self, services: t.Container[str]) -> None:
        """Record a fault for each of these services whose invitations could not be saved, before any is sent."""
        if self._info.key in services and self._store and not self.fault:
            self.fault = unprepared(self._info, self._store)
        for key, accounts in self._accounts.items():
            if key in services:
                accounts.prepare()

    def journal_of(self, service: str, connection: Mapping[str, t.Any]) -> RunJournal | None:
        """The journal for a run that changes a service with these connection options."""
        accounts = self._accounts.get(service_of(service).key)
        return accounts.journal(connection) if accounts else self.journal

    def blindness(self, where: str) -> list[str]:
        """What to say if nothing is remembered for this team, so that people whom its list hides are unknown."""
        text = (
            f"{self._info.title} may hide people who have not accepted, and no invitations to this team are remembered. If there are "
            f"any, those people are missing {where}."
        )
        return [text] if self._before is None else []

    @property
    def team(self) -> str | None:
        """The slug of the team, None unless the service was asked for it."""
        return self._team.rpartition("/")[2] or None

    def remember_account(
        self, key: str, connection: Mapping[str, t.Any], result: Mapping[str, t.Any], check: bool
    ) -> list[str]:
        """The same for an account; nothing is said of it if nothing could be read, which was said already."""
        texts = self._accounts[service_of(key).key].remember(connection, result, check)
        return [] if self.fault else texts

    def remember(self, result: Mapping[str, t.Any], unlisted: t.Sequence[str], check: bool) -> list[ByHand]:
        """Save what the module knows now, and return warnings. ``unlisted`` are people for whom nothing was found."""
        if not (self._store and self.journal):
            return []
        warnings: list[ByHand] = []
        if self._before is None and unlisted:
            text = (
                f"No earlier invitations to this {self._info.title} team are remembered, and it may hide people who have not accepted. "
                f"Check under Team settings > Users whether {few(unlisted, NAMED)} had been invited before."
            )
            warnings.append(ByHand(text, tuple(unlisted)))
        known: Entries | None = result.get(KNOWN)
        if check or known is None or not (known or self._before or self.journal.is_open):
            return warnings
        known = {**known, **self.journal.unanswered}
        try:
            self._store.save(self._team or self._ask_team(), known, self._before or {})
        except AccessError as error:
            text = (
                f"The invitations of {few(list(known), NAMED)} could not be remembered, so a later run may send them again. "
                f"{error.sentence}"
            )
            warnings.append(ByHand(text, tuple(known)))
        return warnings

    def _open(self, store: Store) -> Journal | None:
        """The journal where the memory is; None if the service does not say which team it is, which a warning tells later."""
        try:
            team = self._team or self._ask_team()
        except AccessError as error:
            if error.is_passing:
                raise
            return None
        return store.journal(team, self._before or {})

    def _ask_team(self) -> str:
        """The address and the name of the team."""
        if self._unnamed:
            raise self._unnamed
        try:
            self._team = ask_team(self._info, self._connection or {}, self._answers, self._count)
        except AccessError as error:
            self._unnamed = error
            raise
        return self._team

    def _count(self, requests: int) -> None:
        self.requests += requests


def ask_team(
    info: ServiceInfo,
    options: Mapping[str, t.Any],
    answers: Answers,
    count: t.Callable[[int], None] = lambda requests: None,
) -> str:
    """The address and the name of the team that a credential belongs to.

    ``answers``: what is known in this run already. ``count`` gets the number of requests.
    """
    connection = {**connection_defaults(info), **options}
    try:
        service = CONNECTORS[info.key](connection)
        service.client.answers = answers
        try:
            name = service.name()
        finally:
            count(service.client.requests)
    except AccessError as error:
        error.msg, error.hint = in_role(info, error.msg), in_role(info, error.hint)
        raise
    if not name:
        raise AccessError(
            "bad_response",
            f"{info.title} does not say which team the key belongs to.",
            hint="Set lifecycle_memory to none.",
        )
    return f"{origin(info, connection)}/{name}"


def _store(kind: str, variables: Variables, host: str, info: ServiceInfo) -> Store:
    if kind == FILE:
        folder = variables.text("lifecycle_memory_dir") or os.path.join(
            C.config.get_config_value("ANSIBLE_HOME"), FOLDER
        )
        return FileStore(os.path.join(folder, info.key) if info.lists_pending else folder, service=info.key)
    return ControllerStore(os.environ, host, variables, variables.flag("lifecycle_memory_insecure") is True)
