# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Invitations remembered in Ansible's fact cache.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t

from .store import ELSEWHERE, Entries, merged

FACT = "lifecycle_known_invitations"
RENAMED = (2, 19)


class FactStore:
    """A fact of the host, in Ansible's fact cache. What is to be kept stands in ``facts`` at the end.

    A controller hands the cache's files to a job and takes them back by their names, which ansible-core changed in 2.19.
    """

    def __init__(
        self, facts: t.Mapping[str, t.Any], plugin: str, timeout: int, core: tuple[int, ...], in_controller: bool
    ) -> None:
        held = facts.get(FACT)
        self._held: dict[str, Entries] = dict(held) if isinstance(held, dict) else {}
        self._plugin = plugin.rpartition(".")[2]
        self._timeout = timeout
        self._core = core
        self._in_controller = in_controller
        self.facts: dict[str, t.Any] = {}

    def teams(self) -> bool:
        """Whether the fact exists."""
        return bool(self._held)

    def load(self, team: str) -> Entries | None:
        """The team's part of the fact."""
        entries = self._held.get(team)
        return {email: dict(entry) for email, entry in entries.items()} if isinstance(entries, dict) else None

    def prepare(self) -> None:
        """A fact can be set."""

    def save(self, team: str, entries: Entries, before: Entries) -> None:
        """Set the fact, even if nothing changed, since a cache expires some time after the last write."""
        self.facts = {FACT: {**self._held, team: merged(self.load(team) or {}, entries, before)}}

    def caveat(self) -> str:
        """Why the fact may not outlast the run."""
        if self._plugin == "memory":
            place = ELSEWHERE if self._in_controller else "to file"
            return f"lifecycle_memory is facts, but the fact cache does not outlast this run. Set lifecycle_memory {place}."
        if self._in_controller:
            return (
                "lifecycle_memory is facts, but the controller loses them with ansible-core 2.19 and later. Set "
                f"lifecycle_memory {ELSEWHERE}."
                if self._core >= RENAMED
                else ""
            )
        if self._timeout:
            return (
                f"lifecycle_memory is facts, but the fact cache drops them {self._timeout} s after the last run. Set "
                "fact_caching_timeout to 0."
            )
        return ""
