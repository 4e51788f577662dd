# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event source's poller, with polls as a test tells them and a list for a queue."""

from __future__ import annotations

import asyncio
import json
import logging
import stat
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.honeyops.access.plugins.module_utils._http.errors import AccessError
from ansible_collections.honeyops.access.plugins.plugin_utils._events.poller import Look, Polled, Poller
from ansible_collections.honeyops.access.plugins.plugin_utils._events.snapshot import Snapshot

DOWN = AccessError("server_error", "Honeycomb answered 503.", status=503)
FAST = 0.001


class Listed(list[dict[str, Any]]):
    """A queue that is a list."""

    async def put(self, item: dict[str, Any]) -> None:
        self.append(item)

    @property
    def told(self) -> list[tuple[str, str]]:
        return [(event["type"], event["email"]) for event in self]


def seat(name: str, role: str = "member", status: str = "active") -> dict[str, Any]:
    email = f"{name}@example.com"
    return {"id": name, "email": email, "role": role, "status": status, "also": [], "invitations": []}


OWNER = seat("owner", "admin")


class Script:
    """Polls one after the other: people, or an error. The last one is repeated, and ``done`` is set when it is asked for."""

    def __init__(self, *polls: Sequence[dict[str, Any]] | Exception, **look: Any) -> None:
        self.polls = list(polls)
        self.look = look
        self.count = 0
        self.done = asyncio.Event()
        self.loop = asyncio.get_running_loop()

    def __call__(self) -> Look:
        number, self.count = self.count, self.count + 1
        if number >= len(self.polls):
            self.loop.call_soon_threadsafe(self.done.set)
        poll = self.polls[min(number, len(self.polls) - 1)]
        if isinstance(poll, Exception):
            raise poll
        return Look([dict(item) for item in poll], **self.look)


def played(*polls: Any, queue: Listed | None = None, snapshot: str | None = None, **look: Any) -> Listed:
    """Everything told in these polls; the source is then cancelled, as ansible-rulebook does it."""
    told = Listed() if queue is None else queue

    async def play() -> None:
        script = Script(*polls, **look)
        target = Polled("payments", "honeycomb", script)
        source = asyncio.create_task(Poller([target], told, FAST, snapshot).run())
        waiting = asyncio.create_task(script.done.wait())
        await asyncio.wait([source, waiting], timeout=30, return_when=asyncio.FIRST_COMPLETED)
        assert script.done.is_set() or source.result()
        source.cancel()
        with pytest.raises(asyncio.CancelledError):
            await source

    asyncio.run(play())
    return told


def test_the_first_poll_tells_nothing() -> None:
    assert played([OWNER, seat("ada")]) == []


def test_each_change_is_told_once_and_whole() -> None:
    told = played([OWNER], [OWNER, seat("ada")], [OWNER, seat("ada")], [OWNER, seat("ada", "admin")], [OWNER])
    assert told.told == [
        ("joined", "ada@example.com"),
        ("role_changed", "ada@example.com"),
        ("left", "ada@example.com"),
    ]
    event = told[1]
    assert (event["service"], event["target"]) == ("honeycomb", "payments")
    assert (event["before"], event["after"]) == (
        {"id": "ada", "role": "member", "status": "active"},
        {"id": "ada", "role": "admin", "status": "active"},
    )
    assert time.strptime(event["time"], "%Y-%m-%dT%H:%M:%SZ")
    assert len({event["id"] for event in told}) == 3


@pytest.mark.parametrize("fault", [DOWN, OSError("secret-key"), []])
def test_a_poll_that_fails_tells_nothing_and_loses_nothing(fault: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "honeyops.access"):
        told = played([OWNER], fault, fault, [OWNER, seat("ada")])
    assert told.told == [("joined", "ada@example.com")]
    warnings = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warnings) == 1
    assert "could not be read" in warnings[0].getMessage()
    assert "can be read again" in caplog.text
    assert "secret-key" not in caplog.text


def test_pauses_grow_after_failures() -> None:
    async def play() -> list[float]:
        loop = asyncio.get_running_loop()
        target = Polled("payments", "honeycomb", lambda: Look([]))
        poller = Poller([target], Listed(), 300)
        found = []
        for _failure in range(8):
            poller._failed(target, "down", 0)
            found.append(target.due - loop.time())
        poller._failed(target, "limited", 5000)
        return [*found, target.due - loop.time()]

    assert [round(pause) for pause in asyncio.run(play())] == [300, 600, 1200, 2400, 3600, 3600, 3600, 3600, 5000]


def test_one_target_that_is_down_does_not_hold_up_another() -> None:
    told = Listed()

    async def play() -> None:
        good, bad = Script([OWNER], [OWNER, seat("ada")]), Script(DOWN)
        targets = [Polled("bad", "honeycomb", bad), Polled("good", "honeycomb", good)]
        source = asyncio.create_task(Poller(targets, told, FAST).run())
        await asyncio.wait_for(good.done.wait(), 30)
        source.cancel()

    asyncio.run(play())
    assert told.told == [("joined", "ada@example.com")]


def test_who_accepts_between_the_two_lists_of_a_poll_is_no_stranger() -> None:
    """Invitations were read before, users after: Ada is seen as invited still, and as somebody else who is a user."""
    invited = seat("ada", status="pending")
    user = {**seat("ada.l"), "invitations": [invited["id"]], "also": [invited["email"]]}
    told = played([OWNER, invited], [OWNER, invited, {**user, "invitations": [], "also": []}], [OWNER, user])
    assert told.told == [("invitation_accepted", "ada.l@example.com")]


def test_a_restart_neither_loses_nor_repeats(tmp_path: Path) -> None:
    path = tmp_path / "state" / "snapshot.json"
    assert played([OWNER], snapshot=str(path)) == []
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    first = played([OWNER, seat("ada")], snapshot=str(path))
    assert first.told == [("joined", "ada@example.com")]
    assert played([OWNER, seat("ada")], snapshot=str(path)) == []
    assert played(DOWN, [OWNER], snapshot=str(path)).told == [("left", "ada@example.com")]


class Stuck(Listed):
    """A queue that takes one event, and is full then."""

    def __init__(self, full: Callable[[], None]) -> None:
        super().__init__()
        self._full = full

    async def put(self, item: dict[str, Any]) -> None:
        if self:
            self._full()
            await asyncio.Event().wait()
        await super().put(item)


def test_what_was_not_taken_comes_after_the_restart(tmp_path: Path) -> None:
    path = str(tmp_path / "snapshot.json")
    played([OWNER], snapshot=path)

    async def interrupted() -> Listed:
        full = asyncio.Event()
        queue = Stuck(full.set)
        target = Polled("payments", "honeycomb", Script([OWNER, seat("ada"), seat("bob"), seat("carol")]))
        source = asyncio.create_task(Poller([target], queue, FAST, path).run())
        await asyncio.wait_for(full.wait(), 30)
        source.cancel()
        with pytest.raises(asyncio.CancelledError):
            await source
        return queue

    before = asyncio.run(interrupted())
    assert before.told == [("joined", "ada@example.com")]
    after = played([OWNER, seat("ada"), seat("bob"), seat("carol")], snapshot=path)
    assert after.told == [("joined", "bob@example.com"), ("joined", "carol@example.com")]


def test_a_snapshot_is_of_one_rulebook(tmp_path: Path) -> None:
    path = str(tmp_path / "snapshot.json")
    held = Snapshot(path)
    with pytest.raises(ValueError, match="Another rulebook uses the snapshot"):
        Snapshot(path)
    held.close()
    Snapshot(path).close()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[]",
        '{"version": 2, "targets": {}, "outbox": []}',
        '{"version": 1, "targets": {"honeycomb a": {"seats": [{"id": 1}], "keys": null}}, "outbox": []}',
        '{"version": 1, "targets": {"honeycomb a": []}, "outbox": []}',
    ],
)
def test_a_snapshot_that_cannot_be_read_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "snapshot.json"
    path.write_text(content)
    with pytest.raises(ValueError, match="is not a valid snapshot"):
        Snapshot(str(path))
    assert path.read_text() == content


def test_a_snapshot_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be used: Is a directory"):
        Snapshot(str(tmp_path))


def test_keys_are_told_where_they_are_read(tmp_path: Path) -> None:
    key = {"id": "k1", "name": "deploy", "type": "ingest", "disabled": False, "email": "ada@example.com"}
    path = tmp_path / "snapshot.json"
    played([OWNER], keys={}, snapshot=str(path))
    told = played([OWNER], keys={"k1": key}, snapshot=str(path))
    told = played([OWNER], keys={"k1": {**key, "disabled": True}}, queue=told, snapshot=str(path))
    assert told.told == [("key_created", "ada@example.com"), ("key_disabled", "ada@example.com")]
    assert json.loads(path.read_text())["outbox"] == []
    assert played([OWNER], keys=None, snapshot=str(path)) == []


def test_polling_keeps_to_half_of_the_quota(caplog: pytest.LogCaptureFixture) -> None:
    """Two accounts of one token share it: 2 times 30 requests, every 20 minutes, are 180 of 360 an hour."""
    targets = [Polled(name, "honeybadger", lambda: Look([]), credential="same", cost=(30, 360)) for name in ("a", "b")]
    alone = Polled("c", "honeybadger", lambda: Look([]), credential="other", cost=(3, 360))
    poller = Poller([*targets, alone], Listed(), 300)
    with caplog.at_level(logging.WARNING, "honeyops.access"):
        pauses = scheduled(poller, *targets, alone, *targets)
    assert pauses == [1200, 1200, 300, 1200, 1200]
    assert len(caplog.records) == 2
    assert "every 1200 s instead of 300 s" in caplog.records[0].getMessage()


def test_the_first_polls_of_many_accounts_keep_to_half_of_the_quota() -> None:
    """What the others cost is not known when the first one is polled."""
    targets = [Polled(str(number), "honeybadger", lambda: Look([]), credential="same") for number in range(10)]
    poller = Poller(targets, Listed(), 300)
    for target in targets:
        target.cost = (20, 360)
        scheduled(poller, target)
    assert {round(target.due - target.polled) for target in targets} == {4000}


def scheduled(poller: Poller, *targets: Polled) -> list[int]:
    """The pauses after polls of these targets."""

    async def play() -> list[int]:
        pauses = []
        for target in targets:
            poller._schedule(target)
            pauses.append(round(target.due - target.polled))
        return pauses

    return asyncio.run(play())


def test_cancelling_does_not_wait_for_a_request() -> None:
    async def play() -> float:
        started = asyncio.Event()
        answer = threading.Event()
        loop = asyncio.get_running_loop()

        def slow() -> Look:
            loop.call_soon_threadsafe(started.set)
            answer.wait(20)
            return Look([OWNER])

        source = asyncio.create_task(Poller([Polled("a", "honeycomb", slow)], Listed(), FAST).run())
        await started.wait()
        cancelled = loop.time()
        source.cancel()
        with pytest.raises(asyncio.CancelledError):
            await source
        took = loop.time() - cancelled
        answer.set()
        return took

    started = time.monotonic()
    assert asyncio.run(play()) < 1
    assert time.monotonic() - started < 10
