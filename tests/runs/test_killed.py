# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""SIGKILL of a playbook while it invites people: Honeycomb lists nobody pending, Honeybadger forgets whom it invited.

Both send as many e-mails as they are asked for.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.playing import Control
from tests.quick import slow
from tests.simulator import Fault, Simulator

PEOPLE = [f"person{number:02}@example.com" for number in range(12)]
MOMENTS = ("action_before", "action_after")  # the service handles an invitation
CONCURRENCY = 4
KILLS = [0, *slow(*range(1, 13))]


def command(service: str, *more: str) -> list[str]:
    other = {"honeycomb": "honeybadger", "honeybadger": "honeycomb"}[service]
    return [
        *(sys.executable, "-m", "ansible", "playbook", "honeyops.access.onboard"),
        *("-e", f"email={','.join(PEOPLE)}", "-e", f"{other}_role=none", *more),
    ]


def kill_while_it_runs(control: Control, sim: Simulator, service: str, rng: random.Random) -> None:
    """Kill a run at some invitation: all of its processes or, now and then, only the first, which leaves others behind."""
    nth, moment, everything = rng.randint(1, len(PEOPLE)), rng.choice(MOMENTS), rng.random() < 0.75
    kill_at(control, sim, command(service), service, nth, moment, everything)


def kill_at(
    control: Control,
    sim: Simulator,
    what: list[str],
    service: str,
    nth: int,
    moment: str = MOMENTS[0],
    everything: bool = True,
) -> None:
    record = control.folder / "record"
    started = subprocess.Popen(
        what,
        cwd=control.folder,
        env={**control.environment(), "ACCESS_TEST_RECORD": str(record)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def kill() -> None:
        for process in (*(below(started.pid) if everything else ()), started.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    sim.fail(Fault(moment, service, method="POST", nth=nth, action=kill))
    assert started.wait(60) == -signal.SIGKILL
    sim.faults.clear()


def below(process: int) -> list[int]:
    """The processes that a process started, and theirs: Ansible's workers have sessions of their own."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    children = [child for child, parent in parents.items() if parent == process]
    return [found for child in children for found in (child, *below(child))]


def mails(sim: Simulator) -> Counter[str]:
    return Counter(mail.email for mail in sim.emails)


def journals(control: Control) -> list[Path]:
    return list((control.home / "ansible" / "honeyops.access").glob("*.journal"))


@pytest.mark.parametrize("number", KILLS)
def test_nobody_gets_two_invitations_after_a_kill(control: Control, sim: Simulator, number: int) -> None:
    sim.configure(pending_listed=False, duplicate_invite="email", latency=0.02)
    kill_while_it_runs(control, sim, "honeycomb", random.Random(number))
    second = control.run(command("honeycomb"))
    deadline = time.monotonic() + 30
    while len(journals(control)) and time.monotonic() < deadline:  # processes that were left behind
        second = control.run(command("honeycomb"))
    assert second.code == 0, second.output
    sent = mails(sim)
    assert max(sent.values()) == 1, sent
    in_doubt = [email for email in PEOPLE if email not in sent]
    assert len(in_doubt) <= CONCURRENCY
    third = control.run(command("honeycomb"))
    assert (third.code, third.changed, mails(sim)) == (0, {"localhost": 0}, sent)
    assert journals(control) == []


def test_nobody_gets_two_when_nobody_got_the_result(control: Control, sim: Simulator) -> None:
    """Only the first process was killed. The one that was left behind had no clear answer, and told nobody."""
    sim.configure(pending_listed=False, duplicate_invite="email")
    sim.fail(Fault("status_after", "honeycomb", method="POST", nth=3, status=502))
    one_by_one = command("honeycomb", "-e", "lifecycle_concurrency=1")
    kill_at(control, sim, one_by_one, "honeycomb", 3, "action_after", everything=False)
    settled(sim)
    again = control.run(one_by_one)
    assert again.code == 0, again.output
    assert "may have invited person02@example.com" in again.text
    assert mails(sim) == dict.fromkeys(PEOPLE, 1)


@pytest.mark.parametrize("number", KILLS)
def test_nobody_gets_two_from_a_service_that_lists_them(control: Control, sim: Simulator, number: int) -> None:
    """Who was sent one is in its list, whatever became of the run and of the memory."""
    sim.configure(duplicate_invite="email", latency=0.02)
    kill_while_it_runs(control, sim, "honeybadger", random.Random(number))
    settled(sim)
    for changed in (None, 0):
        again = control.run(command("honeybadger"))
        assert again.code == 0, again.output
        assert mails(sim) == dict.fromkeys(PEOPLE, 1)
        assert changed is None or again.changed == {"localhost": changed}


def test_who_accepts_elsewhere_after_a_kill_is_known(control: Control, sim: Simulator) -> None:
    """The service forgot whom it had invited, and so had the run that was killed: each was invited again."""
    one_by_one = command("honeybadger", "-e", "lifecycle_concurrency=1")
    kill_at(control, sim, one_by_one, "honeybadger", 6)
    invited = list(mails(sim))
    assert len(invited) in (5, 6)
    for number, email in enumerate(invited[:5]):
        sim.honeybadger.accept(email, accepting=f"somebody{number}@home.example")
    again = control.run(one_by_one)
    assert again.code == 0, again.output
    assert mails(sim) == dict.fromkeys(PEOPLE, 1)


def settled(sim: Simulator) -> None:
    """Wait until no process that was left behind sends anything more."""
    before = -1
    while before != len(sim.emails):
        before = len(sim.emails)
        time.sleep(1)
