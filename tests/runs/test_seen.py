# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a person sees in a terminal, and what `dump` leaves on the disk."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.playing import Control, Played, access
from tests.quick import quick_first
from tests.simulator import Simulator

TASK = re.compile(r"^TASK \[", re.MULTILINE)


def strategies(*quick: str) -> list[Any]:
    """All of them, of which every run tries these; the others of these tests are linear."""
    return quick_first(quick, ("linear", "free", "host_pinned"))


def calm(done: Played, tasks: int = 8) -> None:
    assert 1 <= len(TASK.findall(done.output)) <= tasks, done.output
    assert "skipping" not in done.output
    assert "skipped=0" in done.output


def test_few_tasks_and_none_skipped(control: Control, sim: Simulator) -> None:
    """Where something is changed, the tests below see the same."""
    for playbook in ("onboard", "offboard"):
        done = control.play(playbook, "--check", email="ada@example.com")
        assert done.code == 0
        calm(done)
    calm(control.play("reconcile", people=["owner@example.com"]))
    calm(control.play("dump", dump_file="now.yml", warned="are remembered"))


def test_a_refusal_is_one_short_text(control: Control, sim: Simulator) -> None:
    """It was 6 KB of JSON three times."""
    for number in range(40):
        sim.honeycomb.add(f"person{number}@example.com")
        sim.honeybadger.add(f"person{number}@example.com")
    done = control.play("reconcile", people=["owner@example.com"], lifecycle_max_removals=3)
    assert done.code != 0
    calm(done)
    text = done.failures["localhost"]
    assert len(text) < 2000
    assert "max_removals" in text
    assert "40 people" in text
    assert re.search(r"and 30 more", text)
    assert done.output.count("person7@example.com") <= 6  # each service once, in the two places where Ansible prints it
    for key in ('"plan"', '"results"', '"api"', '"invocation"', '"error"', '"members"', '"users"'):
        assert key not in done.output
    assert len(done.output) < 8000


def test_the_summary_says_what_was_done_and_who_was_not_found(control: Control, sim: Simulator) -> None:
    sim.honeycomb.add("ada@example.com")
    done = control.play("offboard", email="ada@example.com nobody@example.com")
    assert done.code == 0
    calm(done)
    told = "\n".join(done.told)
    assert re.search(r"nobody@example\.com.*not found", told), told
    assert not re.search(r"not found.*ada@example\.com: Honeycomb", told)
    again = control.play("offboard", email="ada@example.com nobody@example.com")
    assert again.changed == {"localhost": 0}
    for line in again.told:
        assert not re.search(r"[1-9]\d* of [1-9]\d* changes? made", line), again.told


def test_done_already_and_made_never_stand_together(control: Control, sim: Simulator) -> None:
    """ "2 of 2 changes made" stood beside "was done already"."""
    first = control.play("onboard", email="ada@example.com")
    assert first.code == 0
    calm(first)
    sim.honeycomb.accept("ada@example.com")
    again = control.play("onboard", email="ada@example.com")
    text = "\n".join(again.told)
    assert "changes made" not in text
    assert "change made" not in text


def test_a_warning_of_a_module_is_a_sentence(control: Control, sim: Simulator) -> None:
    """From ansible-core 2.19 on it was shown as a Python object."""
    sim.honeybadger.add("ada@example.com")
    person = {"email": "ada@example.com", "honeybadger": {"team_ids": [3]}}
    done = control.play("onboard", people=[person], warned="[WARNING]: ada@example.com is a user already")
    assert done.code == 0


def test_dump_overwrites_nothing_unless_it_is_told_to(control: Control, sim: Simulator) -> None:
    control.write("now.yml", "mine\n")
    refused = control.play("dump", dump_file="now.yml")
    assert "force" in refused.failures["localhost"]
    assert (control.folder / "now.yml").read_text() == "mine\n"
    for force in ("", "false"):
        assert control.play("dump", dump_file="now.yml", force=force).code != 0
    forced = control.play("dump", dump_file="now.yml", force="true", warned="are remembered")
    assert forced.code == 0
    assert "owner@example.com" in (control.folder / "now.yml").read_text()


@pytest.mark.parametrize("strategy", strategies("host_pinned"))
def test_dump_under_every_strategy(control: Control, strategy: str) -> None:
    names = ("one", "two")
    for name in names:
        control.sims[name].honeybadger.add(f"{name}@example.com")
    hosts = control.inventory({name: control.variables(name, "honeybadger") for name in names})
    environment = {"ANSIBLE_STRATEGY": f"ansible.builtin.{strategy}"}
    file: dict[str, Any] = {"dump_file": "rosters/{{ inventory_hostname }}.yml"}
    done = control.play("dump", *hosts, environment=environment, **file)
    assert done.code == 0, done.output
    for name in names:
        assert f"{name}@example.com" in (control.folder / "rosters" / f"{name}.yml").read_text()
    same = control.play("dump", *hosts, environment=environment, dump_file="same.yml")
    assert len(same.failures) == 1
    assert "inventory_hostname" in next(iter(same.failures.values()))


@pytest.mark.parametrize("strategy", strategies("free"))
def test_onboard_under_every_strategy(control: Control, strategy: str) -> None:
    names = ("one", "two")
    hosts = control.inventory({name: control.variables(name) for name in names})
    environment = {"ANSIBLE_STRATEGY": f"ansible.builtin.{strategy}"}
    for changed in (1, 0):
        done = control.play("onboard", *hosts, email="ada@example.com", environment=environment)
        assert (done.code, done.changed) == (0, dict.fromkeys(names, changed)), done.output
    for name in names:
        assert access(control.sims[name])["ada"] == "member?/Member?"


def test_dump_says_whom_it_cannot_see(control: Control, sim: Simulator) -> None:
    """Honeycomb lists nobody pending, and nothing is remembered of this team."""
    assert control.play("onboard", email="ada@example.com", honeybadger_role="none").code == 0
    elsewhere = control.at_home("elsewhere")
    elsewhere.play("dump", dump_file="now.yml", warned="are remembered")
    assert "ada@example.com" not in (control.folder / "now.yml").read_text()
    control.play("dump", dump_file="later.yml")
    assert "ada@example.com" in (control.folder / "later.yml").read_text()
