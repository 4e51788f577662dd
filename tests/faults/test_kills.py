# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""SIGKILL at any moment, many times over: the next run brings about what is declared, and nobody pays for the last one."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.modules import options_for
from tests.simulator import Fault, Simulator
from tests.simulator.world import Entry

from .cells import Arena
from .judge import COMPANIONS, Run, State, state_of, unmet
from .scenarios import MANAGED
from .stage import BULK, perform
from .subprocesses import Job

RAISED = {"honeycomb": "admin", "honeybadger": "Admin"}
WORLDS: dict[str, tuple[str, dict[str, Any]]] = {
    "honeycomb": ("honeycomb", {"duplicate_invite": "email"}),
    "honeycomb, pending people hidden": ("honeycomb", {"pending_listed": False, "duplicate_invite": "409"}),
    "honeybadger, many pages": ("honeybadger", {"page_size": 4, "duplicate_invite": "email", "quota": 0}),
}
NAMES = range(3)
LEAVING = [f"leaving{number}@example.com" for number in NAMES]
STAYING = [f"staying{number}@example.com" for number in NAMES]


class Task:
    """Three people come, three are promoted, three leave; three more are there, of whom nothing is said."""

    def __init__(self, sim: Simulator, world: str) -> None:
        self.sim = sim
        self.service, settings = WORLDS[world]
        self.module, key = BULK[self.service]
        sim.reset(**settings)
        self.people: list[dict[str, Any]] = [
            *({"email": f"coming{number}@example.com"} for number in NAMES),
            *({"email": f"raised{number}@example.com", "role": RAISED[self.service]} for number in NAMES),
            *({"email": email, "state": "absent"} for email in LEAVING),
        ]
        there = sim.honeycomb if self.service == "honeycomb" else sim.honeybadger
        for email in [*(person["email"] for person in self.people[3:]), *STAYING]:
            there.add(email)
        self.options = {key: self.people, "max_removals": len(LEAVING)}
        self.before = self.there()

    def there(self) -> State:
        return state_of(self.sim, self.service) | state_of(self.sim, COMPANIONS[self.service])

    def kill_at(self, number: int, moment: str, concurrency: int = 1) -> bool:
        """Run it, and kill it before or after the service handles a request; False when it ended before that."""
        options = options_for(self.sim, self.module, **self.options, concurrency=concurrency)
        job = Job(self.module, options)
        self.sim.fail(Fault(moment, nth=number, action=job.kill))
        ended = job.result()
        self.sim.faults.clear()
        return ended is None

    def run(self) -> Run:
        return perform(self.sim, self.module, self.options)

    def settle(self) -> None:
        """One run that nobody kills, and one more that finds nothing to do."""
        first, second = self.run(), self.run()
        assert first.result["rc"] == 0, first.result
        assert unmet(first, self.people) == []
        assert (second.result["rc"], second.result["changed"]) == (0, False)
        mails = [mail.email for mail in self.sim.emails]
        assert len(mails) == len(set(mails)), mails
        gone = {holding.email for holding in self.before} - {holding.email for holding in self.there()}
        assert gone == set(LEAVING)


class Leaving(Task):
    """Two people leave with all that comes with access; another has as much, and keeps it."""

    def __init__(self, sim: Simulator, world: str) -> None:
        super().__init__(sim, world)
        service, self.people = self.service, self.people[-2:]
        self.options = {BULK[service][1]: self.people, "max_removals": len(self.people), "verify": True}
        everybody = [*(person["email"] for person in self.people), STAYING[0]]
        if service == "honeycomb":
            self.options |= {**MANAGED, "leaver_keys": "delete"}
        for email in everybody:
            if service == "honeycomb":
                sim.honeycomb.keys.add(email)
                sim.honeycomb.keys.add(email, disabled=True)
            else:
                sim.honeybadger.teams.add_member(3, email)
                sim.honeybadger.teams.add_invitation(7, email)
        self.before = self.there()

    def settle(self) -> None:
        """The runs that nobody kills leave nothing of those two, and take nothing from anybody else.

        Keys are deleted last. Where a run was killed between that and the removal, the next one no longer knows whose they
        are, and names those that work.
        """
        done, again = self.run(), self.run()
        assert done.result["rc"] == 0, done.result
        assert (again.result["rc"], again.result["changed"]) == (0, False)
        gone = {person["email"] for person in self.people}
        there = self.there()
        assert {holding for holding in self.before if holding.email not in gone} <= there
        left = [holding for holding in there if holding.email in gone]
        assert {holding.key[0] for holding in left} <= {"k"}
        assert all(holding.status == "disabled" or holding.key[1] in str(done.result["follow_up"]) for holding in left)
        assert self.sim.emails == []


@pytest.mark.parametrize("moment", ["action_before", "action_after"])
@pytest.mark.parametrize("world", ["honeycomb", "honeybadger, many pages"])
def test_killed_while_people_leave(ring: Arena, world: str, moment: str) -> None:
    number, killed = 1, set()
    while True:
        task = Leaving(ring.sim, world)
        if not task.kill_at(number, moment):
            break
        killed.update(re.findall("/(api-keys|team_members|team_invitations)/", ring.sim.log[-1].path))
        task.settle()
        number += 1
    assert killed == {"honeycomb": {"api-keys"}, "honeybadger": {"team_members", "team_invitations"}}[task.service]


@pytest.mark.parametrize("moment", ["action_before", "action_after"])
@pytest.mark.parametrize("world", WORLDS)
def test_killed_at_each_request(ring: Arena, world: str, moment: str) -> None:
    number = 1
    while True:
        task = Task(ring.sim, world)
        if not task.kill_at(number, moment):
            break
        task.settle()
        number += 1
    assert number > len(task.people)


@pytest.mark.parametrize("world", WORLDS)
def test_killed_again_and_again(ring: Arena, world: str) -> None:
    """Each run lives for one request more than the one before it, with several under way at once."""
    task, kills = Task(ring.sim, world), 0
    while task.kill_at(kills + 1, "action_after", concurrency=4):
        kills += 1
        assert kills <= 2 * len(task.people)
    assert kills > 3
    task.settle()


@pytest.mark.parametrize("world", WORLDS)
def test_a_guard_holds_however_often_a_run_is_killed(ring: Arena, world: str) -> None:
    task = Task(ring.sim, world)
    task.options["max_removals"] = len(LEAVING) - 1
    for _unused in range(5):
        assert not task.kill_at(len(lists(task)) + 1, "action_after")
    assert task.there() == task.before
    assert task.sim.writes() == []


def lists(task: Task) -> list[Entry]:
    """The requests with which a run begins."""
    first = len(task.sim.log)
    perform(task.sim, task.module, task.options, check=True)
    return task.sim.log[first:]
