# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every service offers for planning and applying.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from collections import Counter, defaultdict
from dataclasses import replace

from .._http.client import Client
from .._http.errors import AccessError
from .addresses import fold
from .catalog import ServiceInfo
from .leaving import Leaver
from .ledger import Ledger
from .model import MEMBERSHIP, Grant, Kind, Person
from .outcome import ByHand, Outcome


class Reader(t.Protocol):
    """Anything that sends requests to a service."""

    @property
    def client(self) -> Client:
        """The client that sends the requests."""


class Companion(t.Protocol):
    """Things that come with access to a service and may outlive it, such as team memberships or keys.

    The methods with a body here fit things that nobody is invited to and that only plans show.

    ``kinds`` are the kinds of its grants, ``lists`` the paths that it read last, ``warnings`` what it could not read.
    """

    kinds: tuple[Kind, ...]
    client: Client
    lists: list[str]
    warnings: list[str]

    def read(self, leavers: t.Sequence[Leaver]) -> list[Grant]:
        """The grants of these kinds; called only if somebody loses access or changes teams."""

    def invite(self, goal: Grant) -> Grant:
        """Send an invitation."""
        raise AssertionError(goal)

    def remove(self, target: Grant) -> None:
        """Remove one grant."""

    def explain(self, error: AccessError, people: t.Sequence[Person]) -> AccessError:
        """The error, with what is known about these people although they could not be read."""
        return error

    def remaining(self, leavers: t.Sequence[Leaver]) -> list[tuple[str, str]]:
        """The leavers who are still there according to the last read, and as what, besides what a plan shows."""
        return []

    def knows(self, emails: t.Collection[str]) -> bool:
        """Whether one of these folded addresses may be of somebody who is there under another one, so that it must be read."""
        return False

    def links(self) -> t.Mapping[str, t.Collection[str]]:
        """Folded addresses under which people were invited, by that under which they accepted, as far as read."""
        return {}

    def check(self, people: t.Iterable[Person]) -> None:
        """Refuse what is declared for people who are there already, and cannot be."""
        return

    def follow_up(self, leavers: t.Sequence[Leaver], outcomes: t.Sequence[Outcome]) -> list[ByHand]:
        """What is left to do by hand after these people have lost access."""
        return []

    def results(self, outcomes: t.Sequence[Outcome]) -> dict[str, t.Any]:
        """Additional keys for the result."""
        return {}


def linked(existing: list[Grant], links: t.Iterable[t.Mapping[str, t.Collection[str]]]) -> list[Grant]:
    """The same people, each with the addresses to which they accepted invitations; the very list if that is nothing new.

    ``links`` are folded addresses of invitations by that under which they were accepted, also by users who are gone. An
    address to which several users accepted invitations, such as that of a shared mailbox, is none of theirs.
    """
    tied: dict[str, set[str]] = defaultdict(set)
    for email, addresses in ((email, addresses) for of in links for email, addresses in of.items()):
        tied[email].update(set(addresses) - {email})
    users = {(address, email) for email, addresses in tied.items() for address in addresses}
    users |= {(address, fold(grant.email) or str(grant.id)) for grant in existing for address in grant.also}
    if not users:
        return existing
    disputed = {address for grant in existing for address in grant.disputed}
    disputed |= {address for address, count in Counter(address for address, _user in users).items() if count > 1}
    found = [
        _linked(grant, tied.get(fold(grant.email), set()), disputed) if grant.kind == MEMBERSHIP else grant
        for grant in existing
    ]
    return existing if found == existing else found


def _linked(grant: Grant, addresses: set[str], disputed: set[str]) -> Grant:
    every = dict.fromkeys((*grant.also, *sorted(addresses - set(grant.addresses)), *grant.disputed))
    return replace(
        grant,
        also=tuple(address for address in every if address not in disputed),
        disputed=tuple(address for address in every if address in disputed),
    )


class Service(t.Protocol):
    """One team or account of a service. The methods with a body here fit one that lists everybody, invited or accepted.

    ``scope`` distinguishes teams or accounts in a plan id. ``lists`` are the paths that ``read`` reads. ``ledger`` remembers
    invitations.
    """

    info: ServiceInfo
    scope: str
    lists: list[str]
    companions: t.Sequence[Companion] = ()
    client: Client
    ledger: Ledger | None = None

    def read(self) -> list[Grant]:
        """Everybody who has access or a pending invitation."""

    def confirmed(self, existing: list[Grant]) -> list[Grant]:
        """The same, with what another list says of who has accepted; called where that may matter."""
        return existing

    def identify(self) -> None:
        """Complete ``scope``, if only the service knows which team it is; called where a plan changes something."""
        return

    def name(self) -> str:
        """What only the service can say: the team that the credential belongs to. Empty if it does not say."""
        return ""

    def invite(self, email: str, role: str, team_ids: tuple[int, ...] | None) -> tuple[Grant, bool]:
        """Send one invitation; the flag is False if the service says that there is one already."""

    def update(self, target: Grant, goal: Grant) -> Grant:
        """Change role and teams of the target to those of the goal."""

    def remove(self, target: Grant) -> None:
        """Remove a member or user, or cancel an invitation."""

    def shows_pending(self) -> bool:
        """Whether a person who is not listed counts as not invited."""
        return True

    def assume_invited(self, email: str, role: str) -> Grant | None:
        """The invitation that the service accepted without listing it; None if it lists invitations."""
        return None

    def remembered(self) -> dict[str, t.Any]:
        """Additional keys for the result, which the next run needs."""
        return {}

    def noted(self, sent: Grant) -> dict[str, t.Any]:
        """The part of these about an invitation that was sent, if the service has no ``ledger``."""
        return {}

    def why_pending(self, person: Person) -> str:
        """Why a person who may have accepted counts as pending, empty if that is obvious."""
        return ""

    def follow_up(self, removed: Grant) -> list[str]:
        """What is left to do by hand after somebody was removed or an invitation was cancelled."""
        return []

    def caveats(self, people: t.Sequence[Person], unlisted: t.Sequence[str], exclusive: bool) -> list[str]:
        """Warnings about what the service does not show about these people."""
        return []
