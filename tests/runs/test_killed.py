# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""SIGKILL of a playbook while it invites people: Honeycomb lists nobody pending and sends as many e-mails as it is asked for."""

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
from tests.simulator import Fault, Simulator

PEOPLE = [f"person{number:02}@example.com" for number in range(12)]
MOMENTS = ("action_before", "action_after")  # the service handles an invitation
CONCURRENCY = 4
KILLS = [pytest.param(number, marks=[pytest.mark.slow] if number > 2 else []) for number in range(13)]
COMMAND = [
    *(sys.executable, "-m", "ansible", "playbook", "honeyops.access.onboard"),
    *("-e", f"email={','.join(PEOPLE)}", "-e", "honeybadger_role=none"),
]


def kill_while_it_runs(control: Control, sim: Simulator, rng: random.Random) -> None:
    """Kill a run at some invitation: all of its processes or, now and then, only the first, which leaves others behind."""
    nth, moment, everything = rng.randint(1, len(PEOPLE)), rng.choice(MOMENTS), rng.random() < 0.75
    record = control.folder / "record"
    started = subprocess.Popen(
        COMMAND,
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

    sim.fail(Fault(moment, "honeycomb", method="POST", nth=nth, action=kill))
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
    kill_while_it_runs(control, sim, random.Random(number))
    second = control.run(COMMAND)
    deadline = time.monotonic() + 30
    while len(journals(control)) and time.monotonic() < deadline:  # processes that were left behind
        second = control.run(COMMAND)
    assert second.code == 0, second.output
    sent = mails(sim)
    assert max(sent.values()) == 1, sent
    in_doubt = [email for email in PEOPLE if email not in sent]
    assert len(in_doubt) <= CONCURRENCY
    third = control.run(COMMAND)
    assert (third.code, third.changed, mails(sim)) == (0, {"localhost": 0}, sent)
    assert journals(control) == []
