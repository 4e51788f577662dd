# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a service offers to those who plan and apply, whichever it is.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t

from . import _errors as errors
from ._catalog import ServiceInfo
from ._errors import ACCEPTED, AccessError, Request
from ._http import Client
from ._leaving import Leaver
from ._model import Grant, Kind, Person
from ._outcome import Outcome


class Reader(t.Protocol):
    """Whatever asks a service for something."""

    @property
    def client(self) -> Client:
        """Through which it asks."""


class Companion(t.Protocol):
    """What comes with access to a service and may outlive it: places in teams, keys. One for each sort of thing.

    What has a body here holds for things that nobody is invited to, and that only plans tell of.

    ``kinds`` are those of its grants, ``lists`` the paths that it read last, ``warnings`` what could not be read.
    """

    kinds: tuple[Kind, ...]
    client: Client
    lists: list[str]
    warnings: list[str]

    def read(self, leavers: t.Sequence[Leaver]) -> list[Grant]:
        """What there is of these kinds; asked for only where somebody loses access or changes teams."""

    def invite(self, goal: Grant) -> Grant:
        """Send an invitation."""
        raise AssertionError(goal)

    def remove(self, target: Grant) -> None:
        """Take one thing away."""

    def explain(self, error: AccessError, people: t.Sequence[Person]) -> AccessError:
        """Why people could not be read, with what is known of them all the same."""
        return error

    def remaining(self, leavers: t.Sequence[Leaver]) -> list[tuple[str, str]]:
        """Who is still there by what was read last, and as what, beside what a plan would show."""
        return []

    def follow_up(self, leavers: t.Sequence[Leaver], outcomes: t.Sequence[Outcome]) -> list[str]:
        """What is left to do by hand after these people lost access."""
        return []

    def results(self, outcomes: t.Sequence[Outcome]) -> dict[str, t.Any]:
        """What a result shows besides, by its key."""
        return {}


class Service(t.Protocol):
    """One team or account of a service. What has a body here holds for one that lists everybody, invited or accepted.

    ``scope`` tells one team or account from another in a plan id. ``lists_pending``: everybody who is invited and
    has not accepted is sure to be listed. ``lists`` are the paths that ``read`` reads.
    """

    info: ServiceInfo
    scope: str
    lists_pending: bool = True
    lists: list[str]
    companions: t.Sequence[Companion] = ()
    client: Client

    def read(self) -> list[Grant]:
        """Everybody who has access or a pending invitation."""

    def invite(self, email: str, role: str, team_ids: tuple[int, ...] | None) -> tuple[Grant, bool]:
        """Send one invitation; the flag is False when the service says that there was one before."""

    def update(self, target: Grant, goal: Grant) -> Grant:
        """Make role and teams of what is there those of the goal."""

    def remove(self, target: Grant) -> None:
        """Take a member or user away, or cancel an invitation."""

    def shows_pending(self) -> bool:
        """Whether somebody who is not in the list is taken to be not invited."""
        return True

    def assume_invited(self, email: str, role: str) -> Grant | None:
        """The invitation that a service took without showing it; None where it would show it."""
        return None

    def remembered(self) -> dict[str, t.Any]:
        """What a result holds for the next run to know, by its key."""
        return {}

    def why_pending(self, person: Person) -> str:
        """Why somebody who may have accepted counts as pending, empty where that is plain."""
        return ""

    def follow_up(self, removed: Grant) -> list[str]:
        """What is left to do by hand after somebody was removed, or an invitation was cancelled."""
        return []

    def caveats(self, people: t.Sequence[Person], unlisted: t.Sequence[str], exclusive: bool) -> list[str]:
        """Warnings about what the service cannot tell of these people."""
        return []


class Shape:
    """Checks decoded answers against the types that the contract gives them."""

    def __init__(self, service: str, method: str, path: str, status: int = 200) -> None:
        self._error = AccessError(
            errors.BAD_RESPONSE,
            f"{service} answered {method} {path} with JSON of another shape than its documentation says.",
            hint="Check api_url; if it is right, the service changed its API: please report it.",
            status=status,
            method=method,
            path=path,
            request=Request(ACCEPTED),
        )

    def must(self, value: t.Any, *kinds: type) -> t.Any:
        """The value, when it is of one of these types; else ``bad_response``."""
        if isinstance(value, kinds) and not isinstance(value, bool):
            return value
        raise self._error

    def text(self, record: t.Mapping[str, t.Any], key: str) -> str:
        """A text that may be missing or null, then empty."""
        value = record.get(key)
        return "" if value is None else str(self.must(value, str))

    def flag(self, record: t.Mapping[str, t.Any], key: str) -> bool:
        """A truth value that may be missing or null, then false."""
        value = record.get(key)
        if value is None or isinstance(value, bool):
            return bool(value)
        raise self._error
