# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The claims of a run's hosts: no two of them may be one team or account."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from ansible_collections.honeyops.access.plugins.module_utils._http.errors import AccessError
from ansible_collections.honeyops.access.plugins.plugin_utils._host.claims import Claims
from ansible_collections.honeyops.access.plugins.plugin_utils._host.target import Target, target_of
from ansible_collections.honeyops.access.plugins.plugin_utils._host.variables import Variables

EVERYWHERE = "all"


@pytest.fixture
def claims(tmp_path: Path) -> Claims:
    return Claims(str(tmp_path))


def host(name: str, variables: Mapping[str, str]) -> Target:
    return target_of(name, Variables(variables), {})


def honeycomb(name: str, key: str, url: str = "https://api.honeycomb.io") -> Target:
    return host(name, {"honeycomb_api_key": key, "honeycomb_api_url": url})


def add(claims: Claims, targets: Iterable[Target]) -> dict[str, list[str]]:
    """The services to ask for the team, by host."""
    inventory = list(targets)
    return {target.host: claims.add(target, EVERYWHERE, lambda: inventory) for target in inventory}


def test_one_key_on_two_hosts_is_refused_on_both_and_written_down_nowhere(claims: Claims, tmp_path: Path) -> None:
    add(
        claims,
        [
            honeycomb("one", "k" * 22),
            honeycomb("two", "k" * 22, "https://API.honeycomb.io:443/"),
            honeycomb("three", "l" * 22),
        ],
    )
    for name in ("one", "two"):
        (fault,) = claims.recorded().faults(name, [name])
        assert fault.startswith("one and two are the same Honeycomb team")
    assert claims.recorded().faults("three", ["three"]) == []
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
    assert "k" * 22 not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_host_that_is_outside_of_the_limit_counts(claims: Claims) -> None:
    inventory = [honeycomb("one", "k" * 22), honeycomb("two", "k" * 22)]
    claims.add(inventory[0], EVERYWHERE, lambda: inventory)
    assert claims.recorded().faults("one", ["one"]) != []
    assert claims.recorded().has("one")
    assert not claims.recorded().has("two")


def test_two_keys_at_one_address_are_asked_for_their_team_once(claims: Claims) -> None:
    inventory = [honeycomb("one", "k" * 22), honeycomb("two", "l" * 22), honeycomb("three", "m" * 22)]
    asked: list[str] = []

    def ask(targets: list[Target]) -> list[str | AccessError]:
        asked.extend(target.host for target in targets)
        unknown = AccessError("connection", "It broke.", method="GET", path="/1/auth")
        return ["acme" if target.host != "three" else unknown for target in targets]

    assert add(claims, inventory) == {"one": ["honeycomb"], "two": ["honeycomb"], "three": ["honeycomb"]}
    for target in inventory:
        claims.name("honeycomb", target, lambda: inventory, ask)
    assert sorted(asked) == ["one", "three", "two"]
    recorded = claims.recorded()
    assert "one and two are the same Honeycomb team" in recorded.faults("one", ["one"])[0]
    assert recorded.faults("three", ["three"]) == []
    assert recorded.unknown("one") == {}
    assert "so nothing was done there. It broke." in recorded.unknown("three")["honeycomb"].msg


def test_a_host_with_a_fault_stops_those_of_its_play_only(claims: Claims) -> None:
    broken = host("two", {})
    add(claims, [honeycomb("one", "k" * 22), broken])
    assert claims.recorded().faults("one", ["one", "two"]) == list(broken.faults)
    assert claims.recorded().faults("one", ["one"]) == []


def test_the_first_host_that_asks_writes_a_file(claims: Claims) -> None:
    assert [claims.path("/a", "one"), claims.path("/a", "two"), claims.path("/b", "two")] == ["one", "one", "two"]
