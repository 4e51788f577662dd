# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role runs in Ansible's own process: what ends the run ends the requests, and the play's environment counts."""

from __future__ import annotations

import re
import time
from typing import Any

from tests.playing import Control, access
from tests.simulator import Simulator

PEOPLE = [f"p{number}@example.com" for number in range(40)]
BLOCK = """
- hosts: localhost
  gather_facts: false
  environment: {honeycomb}
  tasks:
    - environment: {honeybadger}
      block:
        - ansible.builtin.include_role: {{name: honeyops.access.lifecycle}}
          vars: {{lifecycle_people: [ada@example.com]}}
"""
UNVERIFIED = """
- hosts: localhost
  gather_facts: false
  module_defaults:
    group/honeyops.access.honeycomb: {validate_certs: false}
  tasks:
    - ansible.builtin.include_role: {name: honeyops.access.lifecycle}
      vars: {lifecycle_people: [ada@example.com]}
"""
WITHOUT_COMPARING = """
- hosts: all
  gather_facts: false
  tasks:
    - honeyops.access.access_apply:
      vars: {lifecycle_people: [ada@example.com]}
      register: run
    - ansible.builtin.fail: {msg: "{{ run.failure }}"}
"""


def sent(sim: Simulator) -> int:
    return len([one for one in sim.log if one.method == "POST"])


def test_a_time_out_sends_nothing_more_and_forgets_nobody(control: Control, sim: Simulator) -> None:
    sim.reset(pending_listed=False, latency=0.6)
    many: dict[str, Any] = {"people": PEOPLE, "honeybadger_auth_token": "", "honeybadger_account_id": ""}
    only: dict[str, str | None] = {"HONEYBADGER_AUTH_TOKEN": None, "HONEYBADGER_ACCOUNT_ID": None}
    ended = control.play("onboard", environment={**only, "ANSIBLE_TASK_TIMEOUT": "4"}, **many)
    mailed = sent(sim)
    assert ended.code == 2
    assert 0 < mailed < len(PEOPLE), ended.output
    assert "ended from outside" in ended.text
    (result,) = [event.result["result"] for event in ended.events if "result" in event.result]
    done = [one["email"] for one in result["honeycomb"]["results"] if one["outcome"] == "applied"]
    assert 0 < len(done) <= mailed
    time.sleep(1.5)  # longer than a request takes: whoever would still send has sent
    assert sent(sim) == mailed
    sim.configure(latency=0.3)
    again = control.play("onboard", environment=only, **many)
    assert again.code == 0, again.output
    assert [len(sim.emails_to(email, "honeycomb")) for email in PEOPLE] == [1] * len(PEOPLE)
    lines = [line for line in ended.output.splitlines() if line.startswith("localhost, Honeycomb: ")]
    assert re.fullmatch(r"localhost, Honeycomb: \d+ to invite; \d+ requests, 4 at once, about \d+ s\.", lines[0])


def test_the_environment_of_play_and_block_names_the_team(control: Control) -> None:
    other = control.credentials("two")
    honeycomb = {name: value for name, value in other.items() if "COMB" in name}
    honeybadger = {name: value for name, value in other.items() if "BADGER" in name}
    control.write("play.yml", BLOCK.format(honeycomb=honeycomb, honeybadger=honeybadger))
    assert control.play("play.yml").code == 0
    assert access(control.sims["one"]) == {"owner": "admin/Owner"}
    assert access(control.sims["two"])["ada"] == "member?/Member?"


def test_a_certificate_that_is_not_verified_holds_nothing_up(control: Control) -> None:
    """urllib3 warns of it. A thread that wrote this in a task of ansible-core before 2.19 never came back."""
    control.write("play.yml", UNVERIFIED)
    environment: dict[str, str | None] = {"HONEYBADGER_AUTH_TOKEN": None, "HONEYBADGER_ACCOUNT_ID": None}
    with Simulator(tls="wrong") as secure:
        environment |= {"HONEYCOMB_API_KEY": secure.configuration_key, "HONEYCOMB_API_ENDPOINT": secure.honeycomb_url}
        began = time.monotonic()
        done = control.play("play.yml", environment=environment)
        assert time.monotonic() - began < 30  # the time-out of one request
        assert done.code == 0, done.output
        assert access(secure)["ada"] == "member?/-"


def test_a_host_that_was_not_compared_is_left_alone(control: Control, sim: Simulator) -> None:
    """As with --start-at-task past the first task: two hosts of one team would undo each other."""
    control.inventory({"alpha": control.variables("one"), "beta": control.variables("one")})
    control.write("play.yml", WITHOUT_COMPARING)
    refused = control.play("play.yml", "-i", "hosts.json")
    assert set(refused.failures) == {"alpha", "beta"}
    assert all("was not compared with the other hosts" in text for text in refused.failures.values())
    assert access(sim) == {"owner": "admin/Owner"}
