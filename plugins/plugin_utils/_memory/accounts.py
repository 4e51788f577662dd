# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who was invited to Honeybadger accounts, remembered where the invitations of Honeycomb are.

An account lists its invitations, but one that was accepted may have lost its address, and a list may not have a new one yet.
So each is written down as soon as the service has answered, and a run that is killed forgets none of these.
This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from ...module_utils._access.catalog import ServiceInfo
from ...module_utils._access.model import INVITE, KNOWN, REINVITE
from ...module_utils._http.errors import AccessError
from .._host.target import origin
from .journal import RunJournal
from .store import UNREADABLE, Entries, Store, Unusable, left_alone, unprepared


class AccountRecall:
    """The memory of the accounts of one host. ``store`` is None if nothing is to be remembered.

    ``fault``: it could not be read, so nothing may be changed.
    """

    def __init__(self, info: ServiceInfo, store: Store | None) -> None:
        self._info = info
        self._store = store
        self._before: dict[str, Entries] = {}
        self._journal: RunJournal | None = None
        self.fault: AccessError | None = None

    def options(self, connection: Mapping[str, t.Any]) -> dict[str, t.Any]:
        """The option with what is remembered of the account that these connection options are for."""
        account = _account(self._info, connection)
        if self._store and account not in self._before and not self.fault:
            try:
                self._before[account] = (self._store.load(account) if self._store.teams() else None) or {}
            except Unusable as reason:
                self.fault = left_alone(self._info, UNREADABLE, reason)
        return {KNOWN: self._before.get(account, {})} if self._store else {}

    def prepare(self) -> None:
        """Record a fault if invitations could not be saved, before any is sent."""
        if self._store and not self.fault:
            self.fault = unprepared(self._info, self._store)

    def journal(self, connection: Mapping[str, t.Any]) -> RunJournal | None:
        """The journal for a run that changes this account."""
        store, account = self._store, _account(self._info, connection)
        self._journal = RunJournal(lambda: store.journal(account, self._before.get(account, {}))) if store else None
        return self._journal

    def remember(self, connection: Mapping[str, t.Any], result: Mapping[str, t.Any], check: bool) -> list[str]:
        """Save what is known of an account now; returns a warning if that fails in a run that invited somebody."""
        account, known = _account(self._info, connection), result.get(KNOWN)
        before = self._before.get(account)
        is_open = self._journal is not None and self._journal.is_open
        if (
            check
            or not self._store
            or self.fault
            or known is None
            or before is None
            or (known == before and not is_open)
        ):
            return []
        try:
            self._store.save(account, known, before)
        except Unusable as error:
            if not any(step["action"] in (INVITE, REINVITE) for step in result.get("plan", ())):
                return []
            place = f"the {self._info.title} account {connection[self._info.identity[0]]}"
            return [f"It could not be remembered who was invited to {place}. {error.sentence}"]
        return []


def _account(info: ServiceInfo, connection: Mapping[str, t.Any]) -> str:
    return f"{origin(info, connection)}/{connection.get(info.identity[0])}"
