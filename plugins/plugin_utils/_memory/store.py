# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where invitations that a service may not list are remembered between runs, separately for each team.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t

from ...module_utils._access.catalog import ServiceInfo
from ...module_utils._access.outcome import Journal
from ...module_utils._http.errors import AccessError

KINDS = FILE, CONTROLLER, NONE = ("file", "controller", "none")
UNREADABLE = "the memory of earlier invitations cannot be used"
UNSAVED = "invitations could not be remembered, and a later run may send them again"
ELSEWHERE = "Set lifecycle_memory_dir to another folder, or lifecycle_memory to none."


Entries = dict[str, dict[str, t.Any]]
"""What is remembered for one team: folded e-mail → ``{id, role, invited_at, …}``, as the modules return it."""


class Unusable(AccessError):
    """The memory cannot be read or written, which is no fault of the service that it is about."""


class Store(t.Protocol):
    """A place that remembers invitations of several teams."""

    def teams(self) -> bool:
        """Whether anything is remembered here, for any team."""

    def load(self, team: str) -> Entries | None:
        """What is remembered for a team, None if there is nothing yet."""

    def prepare(self) -> None:
        """Raise if nothing could be saved. Like the others, it raises ``Unusable``."""

    def journal(self, team: str, before: Entries) -> Journal:
        """Where a run writes down what it sends, until it saves; ``before`` is what was loaded."""

    def save(self, team: str, entries: Entries, before: Entries) -> None:
        """Save the difference between what was loaded and what is known now."""


def merged(now: Entries, entries: Entries, before: Entries) -> Entries:
    """What is remembered now, with the changes from ``before`` to ``entries``; the changes of another run stay."""
    gone = before.keys() - entries.keys()
    changed = {email: entry for email, entry in entries.items() if before.get(email) != entry}
    return {**{email: entry for email, entry in now.items() if email not in gone}, **changed}


def unprepared(info: ServiceInfo, store: Store) -> AccessError | None:
    """The fault of a service whose invitations could not be saved; None if they can."""
    try:
        store.prepare()
    except Unusable as reason:
        return left_alone(info, UNSAVED, reason)
    return None


def left_alone(info: ServiceInfo, why: str, reason: Unusable) -> AccessError:
    """The fault of a service that is not touched because of its memory, and is not to blame."""
    return AccessError(
        reason.code,
        f"{info.title} was left alone, because {why}. {reason.msg}",
        hint=reason.hint,
        detail=reason.detail,
        status=reason.status,
        method=reason.method,
        path=reason.path,
    )
