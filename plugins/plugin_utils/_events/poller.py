# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Polls teams and accounts and reports what changed: the core of the event source ``access_changes``.

An event is saved, together with the state that it comes from, before it is delivered, so that a restart neither loses
nor repeats one. This file is private to the collection.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import typing as t
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone

from ...module_utils._access.model import ACTIVE, PENDING
from ...module_utils._http.errors import AccessError
from ...module_utils._http.outside import armoured
from .._people.changes import JOINED, changes
from .ending import KEY, Roster, news
from .snapshot import Event, Snapshot, changed

INTERVAL = 300.0  # seconds between polls
LONGEST_PAUSE = 3600.0  # seconds after failed polls
HOUR = 3600.0
SHARE = 0.5  # of a service's rate limit for polling; the rest is for giving and removing access
LOG = logging.getLogger("honeyops.access.access_changes")


class Queue(t.Protocol):
    """Where events go."""

    async def put(self, item: Event) -> None:
        """Take an event."""


@dataclass(frozen=True)
class Look:
    """What one poll saw: seats, keys if they are read, its cost, and the rate limit if the service has one."""

    seats: list[dict[str, t.Any]]
    keys: dict[str, dict[str, t.Any]] | None = None
    requests: int = 1
    hourly: int | None = None


@dataclass
class Polled:
    """A team or account to poll. ``credential`` says whose rate limit it uses."""

    name: str
    service: str
    read: Callable[[], Look]
    scope: str = ""
    credential: str = ""
    due: float = 0.0
    polled: float = 0.0
    failures: int = 0
    cost: tuple[int, int | None] = (0, None)
    state: dict[str, t.Any] | None = field(default=None, repr=False)

    @property
    def key(self) -> str:
        """Its name in the snapshot."""
        return " ".join(part for part in (self.service, self.name, self.scope) if part)

    def __str__(self) -> str:
        return f"{self.service.capitalize()} of {self.name}"


class Poller:
    """Polls each target when it is due, and delivers what changed."""

    def __init__(
        self,
        targets: Sequence[Polled],
        queue: Queue,
        interval: float = INTERVAL,
        snapshot: str | None = None,
        roster: Roster | None = None,
    ) -> None:
        self._roster = roster
        self._targets = targets
        self._queue = queue
        self._interval = interval
        self._path = snapshot
        self._told: dict[str, float] = {}

    async def run(self) -> None:
        """Poll until cancelled."""
        snapshot = Snapshot(self._path)
        try:
            for target in self._targets:
                target.state = snapshot.targets.get(target.key)
            await self._hand_on(snapshot)
            while True:
                now = asyncio.get_running_loop().time()
                for target in self._targets:
                    if target.due <= now:
                        await self._poll(target, snapshot)
                await self._tell_endings(snapshot)
                wait = min(target.due for target in self._targets) - asyncio.get_running_loop().time()
                await asyncio.sleep(max(wait, 0.0))
        finally:
            snapshot.close()

    async def _poll(self, target: Polled, snapshot: Snapshot) -> None:
        try:
            look = await self._look(target)
        except AccessError as error:
            self._failed(target, error.sentence, error.request.retry_after or 0.0)
            return
        except Exception as bug:  # noqa: BLE001
            self._failed(target, f"{type(bug).__name__} while reading.", 0.0)  # its text may quote a credential
            return
        if not any(seat["status"] == ACTIVE for seat in look.seats):
            self._failed(target, "The service listed nobody, which is treated as a fault of the service.", 0.0)
            return
        if target.failures:
            LOG.info("%s can be read again.", target)
        target.failures = 0
        target.cost = (look.requests, look.hourly)
        self._schedule(target)
        state = {"seats": look.seats, "keys": look.keys}
        if target.state is not None:
            snapshot.outbox += events(target, target.state, state)
        if state != target.state:
            target.state = snapshot.targets[target.key] = state
            snapshot.save()
        await self._hand_on(snapshot)

    async def _tell_endings(self, snapshot: Snapshot) -> None:
        """Deliver an event for each ending that was not told yet."""
        now = await in_thread(self._roster.endings) if self._roster else None
        if now is None:
            return
        state, found = news(snapshot.targets.get(KEY), now)
        if state != snapshot.targets.get(KEY):
            snapshot.targets[KEY] = state
            snapshot.outbox += found
            snapshot.save()
        await self._hand_on(snapshot)

    async def _look(self, target: Polled) -> Look:
        """What is there now. Where somebody arrived while others are pending, it is read again.

        Invitations and users are two lists: whoever accepts between the two, under another address, seems to be a stranger.
        """
        look = await in_thread(target.read)
        before = target.state["seats"] if target.state else look.seats
        arrived = any(change.type == JOINED for change in changes(before, look.seats))
        torn = arrived and any(seat["status"] == PENDING for seat in look.seats)
        return await in_thread(target.read) if torn else look

    async def _hand_on(self, snapshot: Snapshot) -> None:
        """Deliver the events in order; those that cannot be delivered are kept for the next start."""
        if not snapshot.outbox:
            return
        try:
            while snapshot.outbox:
                await self._queue.put(snapshot.outbox[0])
                del snapshot.outbox[0]
        finally:
            snapshot.save()

    def _failed(self, target: Polled, why: str, at_least: float) -> None:
        """Log the first failure in a row, and wait longer after each one."""
        target.failures += 1
        pause = min(self._interval * 2 ** min(target.failures - 1, 20), max(LONGEST_PAUSE, self._interval))
        target.due = asyncio.get_running_loop().time() + max(pause, at_least)
        log = LOG.warning if target.failures == 1 else LOG.debug
        log(
            "%s could not be read, so its changes are not reported now; next attempt in %.0f s. %s",
            target,
            max(pause, at_least),
            why,
        )

    def _schedule(self, target: Polled) -> None:
        """Set when to poll next: after the interval, or later if the rate limit requires it, which is logged.

        Targets that share the rate limit and were to be polled too early are polled later, too.
        """
        sharing = [
            other
            for other in self._targets
            if other.credential == target.credential and other.service == target.service
        ]
        requests = sum(other.cost[0] for other in sharing)
        hourly = target.cost[1]
        needed = requests * HOUR / (hourly * SHARE) if hourly else 0.0
        target.polled = asyncio.get_running_loop().time()
        target.due = target.polled + self._interval
        for polled in (other for other in sharing if other.cost[0]):
            polled.due = max(polled.due, polled.polled + needed)
        if needed > max(self._interval, self._told.get(target.key, 0.0)):
            self._told[target.key] = needed
            LOG.warning(
                "%s is polled every %.0f s instead of %.0f s: a poll takes %d requests, and %d an hour are allowed, of which "
                "polling uses half.",
                target,
                needed,
                self._interval,
                requests,
                hourly,
            )


def events(target: Polled, before: Mapping[str, t.Any], after: Mapping[str, t.Any]) -> list[Event]:
    """The events from one state of a target to the next, armoured, since a rule may hand them to a playbook."""
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return [
        armoured(
            {
                "id": str(uuid.uuid4()),
                "type": change.type,
                "service": target.service,
                "target": target.name,
                "email": change.email,
                "before": change.before,
                "after": change.after,
                "time": now,
            }
        )
        for change in changed(before, after)
    ]


Found = t.TypeVar("Found")


async def in_thread(call: Callable[[], Found]) -> Found:
    """The result of a blocking call. It ends at once when cancelled; its thread does not keep the program running."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Found] = loop.create_future()

    def settle(set_: Callable[[t.Any], None], value: t.Any) -> None:
        if not done.done():
            set_(value)

    def work() -> None:
        try:
            outcome: tuple[Callable[[t.Any], None], t.Any] = (done.set_result, call())
        except Exception as error:  # noqa: BLE001
            outcome = (done.set_exception, error)
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, *outcome)

    threading.Thread(target=work, daemon=True, name="access_changes").start()
    return await done
