# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event source as ansible-rulebook loads it, against the simulated services."""

from __future__ import annotations

import asyncio
import runpy
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.simulator import Fault, Simulator
from tests.tools import tree

FILE = tree.IN_COLLECTIONS / "extensions/eda/plugins/event_source/access_changes.py"


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator(quota=10**9) as sim:
        yield sim


@pytest.fixture
def sim(running: Simulator) -> Simulator:
    running.reset(people=2)
    return running


def arguments(sim: Simulator, **more: Any) -> dict[str, Any]:
    return {
        "targets": [
            {
                "name": "payments",
                "service": "honeycomb",
                "api_key": sim.configuration_key,
                "api_url": sim.honeycomb_url,
            },
            {
                "name": "payments",
                "service": "honeybadger",
                "auth_token": sim.auth_token,
                "account_id": sim.account_id,
                "api_url": sim.honeybadger_url,
            },
        ],
        "interval": 0.05,
        **more,
    }


class Watch:
    """The source under way; ``told`` are its events so far."""

    def __init__(self, sim: Simulator, **more: Any) -> None:
        self.sim = sim
        self.events: list[dict[str, Any]] = []
        main = runpy.run_path(str(tree.link_source() / FILE))["main"]
        self.task = asyncio.create_task(main(self, arguments(sim, **more)))

    async def put(self, event: dict[str, Any]) -> None:
        self.events.append(event)

    @property
    def told(self) -> list[tuple[str, str, str]]:
        return sorted((event["type"], event["service"], event["email"].partition("@")[0]) for event in self.events)

    async def polls(self, count: int = 2) -> None:
        """Wait until both services were read so often again, from beginning to end."""
        lists = ("/1/team_memberships", f"/v2/accounts/{self.sim.account_id}/users")

        def seen() -> int:
            return min(sum(entry.path == first for entry in self.sim.log) for first in lists)

        wanted, late = seen() + count, time.monotonic() + 20
        while seen() < wanted:
            assert time.monotonic() < late
            if self.task.done():
                self.task.result()
            await asyncio.sleep(0.01)

    async def first_event(self) -> None:
        late = time.monotonic() + 60
        while not self.events:
            assert time.monotonic() < late
            await asyncio.sleep(0.01)

    async def end(self) -> None:
        self.task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await self.task


def test_changes_made_outside_become_exactly_these_events(sim: Simulator) -> None:
    async def play() -> Watch:
        watch = Watch(sim)
        await watch.polls()
        sim.honeycomb.add("ada@example.com", "member")
        sim.honeybadger.invite("bob@example.com", "Member", [3])
        sim.honeybadger.invite("carol@example.com", "Member", [])
        await watch.polls()
        sim.honeycomb.set_role("ada@example.com", "admin")
        sim.honeybadger.accept("bob@example.com", accepting="rob@home.example", name="Rob")
        sim.honeybadger.delete_invitation("carol@example.com")
        await watch.polls()
        sim.honeycomb.remove("ada@example.com")
        await watch.polls(3)
        await watch.end()
        return watch

    watch = asyncio.run(play())
    assert watch.told == [
        ("invitation_accepted", "honeybadger", "rob"),
        ("invitation_cancelled", "honeybadger", "carol"),
        ("invited", "honeybadger", "bob"),
        ("invited", "honeybadger", "carol"),
        ("joined", "honeycomb", "ada"),
        ("left", "honeycomb", "ada"),
        ("role_changed", "honeycomb", "ada"),
    ]
    assert not [secret for secret in sim.secrets if secret in str(watch.events)]


def test_a_list_that_breaks_off_tells_nothing(sim: Simulator) -> None:
    async def play() -> Watch:
        sim.reset(people=60)
        watch = Watch(sim)
        await watch.polls()
        sim.fail(Fault("status", service="honeybadger", path="page=2", status=500, times=3))
        sim.fail(Fault("wrong_shape", service="honeycomb", body="[]", times=3))
        sim.honeybadger.add("ada@example.com", "Member")
        await watch.first_event()
        await watch.polls()
        await watch.end()
        return watch

    assert asyncio.run(play()).told == [("joined", "honeybadger", "ada")]


def test_over_a_restart(sim: Simulator, tmp_path: Any) -> None:
    snapshot = str(tmp_path / "seen.json")

    async def play() -> list[Any]:
        first = Watch(sim, snapshot=snapshot)
        await first.polls()
        await first.end()
        sim.honeycomb.add("ada@example.com", "admin")
        second = Watch(sim, snapshot=snapshot)
        await second.polls()
        await second.end()
        third = Watch(sim, snapshot=snapshot)
        await third.polls()
        await third.end()
        return [first.told, second.told, third.told]

    assert asyncio.run(play()) == [[], [("joined", "honeycomb", "ada")], []]
    text = (tmp_path / "seen.json").read_text()
    assert not [secret for secret in sim.secrets if secret in text]


@pytest.mark.parametrize(
    ("args", "says"),
    [
        ({"targets": [{"name": "a", "service": "honeycomb"}]}, "lacks api_key"),
        ({"targets": [{"name": "a", "service": "sentry"}]}, "give honeycomb or honeybadger"),
        ({"targets": [{"service": "honeycomb", "api_key": "k"}]}, "has no name"),
        (
            {"targets": [{"name": "a", "service": "honeycomb", "api_key": "k", "auth_token": "t"}]},
            "unknown for Honeycomb",
        ),
        ({"targets": [{"name": "a", "service": "honeycomb", "api_key": "k"}] * 2}, "Two targets are the same"),
        ({"targets": "payments"}, "must be a list"),
        ({"intervall": 5}, "does not know intervall"),
        ({"interval": "often"}, "give a number of seconds"),
        (
            {"targets": [{"name": "a", "service": "honeycomb", "api_key": "k", "api_url": "http://example.com"}]},
            "https",
        ),
        ({}, "nothing to poll"),
    ],
)
def test_arguments_that_cannot_be_worked_with(args: dict[str, Any], says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HONEYCOMB_API_KEY", "HONEYBADGER_AUTH_TOKEN", "HONEYBADGER_ACCOUNT_ID"):
        monkeypatch.delenv(name, raising=False)
    main = runpy.run_path(str(tree.link_source() / FILE))["main"]
    with pytest.raises(ValueError, match=says):
        asyncio.run(main(None, args))


def test_the_environment_is_enough(sim: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HONEYCOMB_API_KEY", sim.configuration_key)
    monkeypatch.setenv("HONEYCOMB_API_ENDPOINT", sim.honeycomb_url)
    monkeypatch.setenv("HONEYBADGER_AUTH_TOKEN", sim.auth_token)
    monkeypatch.setenv("HONEYBADGER_ACCOUNT_ID", sim.account_id)
    monkeypatch.setenv("HONEYBADGER_ENDPOINT", sim.honeybadger_url)

    async def play() -> Watch:
        watch = Watch(sim, targets=None)
        await watch.polls()
        sim.honeycomb.add("ada@example.com", "member")
        await watch.polls()
        await watch.end()
        return watch

    (event,) = asyncio.run(play()).events
    assert (event["target"], event["email"]) == ("localhost", "ada@example.com")


def test_what_is_documented_is_what_it_takes() -> None:
    module = runpy.run_path(str(tree.link_source() / FILE))
    documented = yaml.safe_load(module["DOCUMENTATION"])["options"]
    arguments_of = runpy.run_path(str(tree.link_source() / FILE))["_import"]("_events.targets")
    assert set(documented) == set(arguments_of.ARGUMENTS)
    options = {setting.option for info in arguments_of.SERVICES.values() for setting in info.settings}
    assert set(documented["targets"]["suboptions"]) == {"name", "service", *options}
    assert yaml.safe_load(module["EXAMPLES"])[0]["sources"]


def test_keys_are_told_with_a_management_key(sim: Simulator) -> None:
    team = {
        **arguments(sim)["targets"][0],
        "management_key_id": sim.management_key_id,
        "management_key_secret": sim.management_key_secret,
    }

    async def play() -> Watch:
        watch = Watch(sim, targets=[team, arguments(sim)["targets"][1]])
        await watch.polls()
        sim.honeycomb.keys.add("owner@example.com", "ingest", "Collector")
        await watch.polls()
        sim.honeycomb.keys.disable("Collector")
        await watch.polls()
        await watch.end()
        return watch

    watch = asyncio.run(play())
    assert watch.told == [("key_created", "honeycomb", "owner"), ("key_disabled", "honeycomb", "owner")]
    assert watch.events[0]["after"]["name"] == "Collector"


def test_who_ends_soon_is_told_once(sim: Simulator, tmp_path: Path) -> None:
    """Also after a restart; a roster with faults is waited for."""
    soon, later = (date.today() + timedelta(days=days) for days in (7, 30))
    path = tmp_path / "people.yml"
    good = (
        f"- {{email: con@example.com, until: {soon}, targets: [acme]}}\n- {{email: ada@example.com, until: {later}}}\n"
    )

    async def play(count: int = 3) -> Watch:
        watch = Watch(sim, roster_file=str(path), snapshot=str(tmp_path / "snapshot.json"))
        await watch.polls(count)
        await watch.end()
        return watch

    path.write_text("- [")
    assert asyncio.run(play()).told == []
    path.write_text(good)
    (event,) = asyncio.run(play()).events
    assert (event["type"], event["email"], event["after"]) == (
        "ends_soon",
        "con@example.com",
        {"on": str(soon), "group": ""},
    )
    assert asyncio.run(play()).events == []
    path.write_text(good.replace(str(later), str(soon)))
    assert [event["email"] for event in asyncio.run(play()).events] == ["ada@example.com"]
