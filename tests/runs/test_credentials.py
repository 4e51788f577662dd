# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which credential: the environment is for localhost only, and no two hosts are the same team or account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.playing import Control, Played, access
from tests.quick import slow
from tests.simulator import Simulator

PEOPLE = {"a": ["owner@example.com", "ada@example.com"], "b": ["owner@example.com", "bob@example.com"]}


@pytest.fixture
def populated(control: Control, sim: Simulator) -> Control:
    for name in ("ada", "bob"):
        sim.honeycomb.add(f"{name}@example.com")
        sim.honeybadger.add(f"{name}@example.com")
    return control


def test_a_host_with_only_honeybadger_does_not_take_the_key_of_the_environment(control: Control) -> None:
    """It removed people from another host's team."""
    one, two = control.sims["one"], control.sims["two"]
    for sim in (one, two):
        sim.honeycomb.add("ada@example.com")
        sim.honeybadger.add("ada@example.com")
    hosts = control.inventory({"badger": control.variables("two", "honeybadger")})
    done = control.play("reconcile", *hosts, people=["owner@example.com"], lifecycle_max_removals=9)
    assert done.code == 0
    assert one.log == []
    assert access(two) == {"ada": "member/-", "owner": "admin/Owner"}
    both = control.inventory({"badger": control.variables("two", "honeybadger"), "comb": control.variables("one")})
    done = control.play("reconcile", *both, "--limit", "badger", people=["owner@example.com"])
    assert done.code == 0
    assert one.log == []


@dataclass(frozen=True)
class Same:
    """A way in which two hosts come to be the same team."""

    hosts: Mapping[str, Mapping[str, Any]]
    of_all: Mapping[str, Any] = field(default_factory=dict)
    says: str = "are the same Honeycomb team"


def same(control: Control) -> dict[str, Same]:
    given = control.variables("one", "honeycomb")
    environment = {"access_credentials": "environment"}
    url = {"honeycomb_api_url": given["honeycomb_api_url"]}
    return {
        "group": Same({"a": {}, "b": {}}, given),
        "lookup": Same(
            {"a": {}, "b": {}}, {**url, "honeycomb_api_key": "{{ lookup('ansible.builtin.env', 'HONEYCOMB_API_KEY') }}"}
        ),
        "said": Same({"a": environment, "b": environment}),
        "blank": Same({"a": {**environment, "honeycomb_api_key": ""}, "b": {**environment, "honeycomb_api_key": None}}),
        "one of each": Same({"a": given, "b": environment}),
        "another spelling": Same(
            {"a": given, "b": {**given, "honeycomb_api_url": given["honeycomb_api_url"].upper().replace("HTTP", "http") + "/"}}
        ),
        "blank and null": Same(
            {"a": {"honeycomb_api_key": ""}, "b": {"honeycomb_api_key": None}}, says="No service is configured on a"
        ),
    }  # fmt: skip


WAYS = ("lookup", "said")
MORE_WAYS = ("blank", "one of each", "another spelling", "group", "blank and null")  # some of them are tried below, too


def reconcile(control: Control, hosts: tuple[str, ...], *options: str, strategy: str = "linear") -> Played:
    return control.play(
        "reconcile",
        *hosts,
        *options,
        "-e",
        "people={{ by_host[inventory_hostname] }}",
        environment={"ANSIBLE_STRATEGY": f"ansible.builtin.{strategy}"},
        by_host=PEOPLE,
        lifecycle_max_removals="100%",
    )


@pytest.mark.parametrize("way", [*WAYS, *slow(*MORE_WAYS)])
def test_two_hosts_with_the_same_key(populated: Control, sim: Simulator, way: str) -> None:
    """Each removed the other's people and invited them twice."""
    case = same(populated)[way]
    hosts = populated.inventory(case.hosts, case.of_all)
    done = reconcile(populated, hosts)
    assert done.code != 0
    assert set(done.failures) == {"a", "b"}
    assert case.says in done.failures["a"]
    assert sim.writes() == []
    assert len(sim.emails) == 0


@pytest.mark.parametrize("way", ["group", *slow("said")])
def test_a_limit_does_not_get_around_it(populated: Control, sim: Simulator, way: str) -> None:
    case = same(populated)[way]
    hosts = populated.inventory(case.hosts, case.of_all)
    for host in ("a", "b"):
        done = reconcile(populated, hosts, "--limit", host)
        assert case.says in done.failures[host]
    assert sim.writes() == []


def test_a_cut_inventory_does_not_get_around_it(populated: Control, sim: Simulator) -> None:
    """A slice of a job holds one host, which looks alone. It has no credential of its own, so it is refused."""
    done = reconcile(populated, populated.inventory({"a": {}}))
    assert "No service is configured on a" in done.failures["a"]
    assert "access_credentials: environment" in done.failures["a"]
    assert sim.log == []


@pytest.mark.parametrize("strategy", ["free", *slow("host_pinned")])
def test_no_strategy_gets_around_it(populated: Control, sim: Simulator, strategy: str) -> None:
    case = same(populated)["group"]
    hosts = populated.inventory(case.hosts, case.of_all)
    done = reconcile(populated, hosts, "--forks", "1", strategy=strategy)
    assert set(done.failures) == {"a", "b"}
    assert sim.writes() == []


def test_neither_batches_nor_several_plays_get_around_it(populated: Control, sim: Simulator) -> None:
    role = {"ansible.builtin.include_role": {"name": "honeyops.access.lifecycle"}}
    people = {"lifecycle_people": ["ada@example.com", {"email": "bob@example.com", "state": "absent"}]}
    play = {"connection": "local", "gather_facts": False, "tasks": [role], "vars": people}
    populated.write("batches.yml", [{"hosts": "all", "serial": 1, **play}])
    case = same(populated)["group"]
    hosts = populated.inventory(case.hosts, case.of_all)[:2]
    done = populated.play("batches.yml", *hosts, ansible_python_interpreter="{{ ansible_playbook_python }}")
    assert case.says in done.failures["a"]
    assert sim.writes() == []


def test_localhost_and_a_host_that_are_the_same(populated: Control, sim: Simulator) -> None:
    hosts = populated.inventory({"localhost": {"ansible_connection": "local"}, "a": populated.variables("one")})
    done = populated.play("offboard", *hosts, email="ada@example.com")
    assert "are the same Honeycomb team" in done.failures["localhost"]
    assert sim.writes() == []


def test_each_host_has_its_own(control: Control) -> None:
    """Environment and variables mixed, as the guide says it."""
    one, two = control.sims["one"], control.sims["two"]
    hosts = control.inventory(
        {"mine": {"access_credentials": "environment"}, "theirs": control.variables("two", "honeybadger")}
    )
    done = control.play("onboard", *hosts, email="ada@example.com")
    assert (done.code, done.changed) == (0, {"mine": 1, "theirs": 1}), done.output
    assert access(one)["ada"] == "member?/Member?"
    assert access(two)["ada"] == "-/Member?"
    assert two.log
    assert {entry.service for entry in two.log} == {"honeybadger"}
