# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the playbook reconcile would change, planned from people who were read already. Pure.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from ...module_utils._access.addresses import fold
from ...module_utils._access.catalog import ServiceInfo
from ...module_utils._access.leaving import in_account
from ...module_utils._access.match import Rules, assign
from ...module_utils._access.model import (
    ACTIVE,
    INVITATION,
    MEMBERSHIP,
    PENDING,
    PRESENT,
    Grant,
    Person,
    Step,
    person_from,
)
from ...module_utils._access.plan import plan
from ...module_utils._access.service import linked
from ...module_utils._roster import People, for_service
from ...module_utils._services import SERVICES
from .entries import Data


class Comparison:
    """The people of a roster beside the entries of one service in a part of the report.

    ``default_role`` is for people who declare none; nobody in ``ignore`` is compared. ``reasons``:
    why people are not declared, by address.
    """

    def __init__(
        self,
        service: str,
        people: People,
        entries: Sequence[Data],
        default_role: str | None,
        ignore: Collection[str] = (),
        reasons: Mapping[str, str] | None = None,
    ) -> None:
        info = SERVICES[service]
        declared = for_service(people, service, PRESENT, default_role)
        self._people = [person_from(person, str) for person in declared]
        self._rules = Rules(
            info.roles, info.default_role, exclusive=True, ignore=frozenset(map(fold, ignore)), reasons=reasons or {}
        )
        of_service = [entry for entry in entries if entry["service"] == service]
        self._entries = dict(zip(linked([_grant(entry, info) for entry in of_service], []), of_service))
        self._matches = assign(self._people, list(self._entries), self._rules)

    def steps(self) -> Iterator[tuple[Step, Data | None]]:
        """Each step with the entry that it changes or removes. A text that is no address is as good as an address."""
        # No rule of a roster depends on the time.
        for step in plan(self._people, list(self._entries), self._rules, datetime.min, self._matches, check=str):
            yield step, self._entries[step.target] if step.target else None

    def conflicts(self) -> list[str]:
        """Why nothing is planned for two people of the roster who cannot be told apart."""
        return [conflict.error().marked for conflict in self._matches.conflicts]

    def lacks_or_has_more(self) -> bool:
        """Whether somebody in the roster is missing, or somebody is there whom the roster does not name."""
        people = zip(self._people, self._matches.held)
        claimed = self._matches.claimed
        return any(person.state == PRESENT and not held for person, held in people) or any(
            entry["email"] and grant not in claimed for grant, entry in self._entries.items()
        )

    def users(self) -> Iterator[tuple[Person, list[Data]]]:
        """The people who have declared teams and are users already, each with their entries."""
        for person, held in in_account(self._people, self._matches, self._rules):
            yield person, [self._entries[grant] for grant in held]


def _grant(entry: Mapping[str, t.Any], info: ServiceInfo) -> Grant:
    invited_to_teams = entry["status"] == PENDING and "team_ids" in info.declares
    return Grant(
        id=entry["id"],
        email=entry["email"],
        role=entry["role"],
        kind=MEMBERSHIP if entry["status"] == ACTIVE else INVITATION,
        team_ids=tuple(entry["team_ids"] or ()) if invited_to_teams else None,
        also=tuple(entry["also"]),
    )
