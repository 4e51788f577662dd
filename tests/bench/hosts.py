# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many hosts, each a team and an account of its own: playbooks of the collection beside other ways of doing the same.

Besides, how large an event becomes, which a controller drops when it is too large.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.awx.slices import SLICES, cut, onboarded, world
from tests.bench.cases import Case
from tests.simulator import Simulator
from tests.targets import host_variables
from tests.tools import tree

HOSTS = (1, 40, 200)
PEOPLE = 50
FORKS = 10
MOST = 0.15  # times the two modules alone
MOST_OF_ONE = 0.5  # seconds above a ping
LARGEST = 500_000  # bytes; AWX drops the result of an event above 700,000
HERE = Path(__file__).parent
PLAYBOOKS = {
    **{way: str(HERE / "playbooks" / f"{way}.yml") for way in ("ping", "debug", "modules")},
    "playbook": "honeyops.access.onboard",
    "report": "honeyops.access.report",
}
OF_ONE, OF_MANY = ("ping", "playbook"), ("bare", "debug", "modules", "playbook", "report")


@contextlib.contextmanager
def simulators(count: int, **settings: Any) -> Iterator[dict[str, Simulator]]:
    """So many teams and accounts, by the name of their host."""
    with contextlib.ExitStack() as stack:
        yield {
            f"host{number:03}": stack.enter_context(
                Simulator(
                    quota=0,
                    configuration_key=f"benchConfigurationKey{number:03}",
                    auth_token=f"benchPersonalToken{number:03}",
                    account_id=f"Bench{number:03}",
                    **settings,
                )
            )
            for number in range(count)
        }


def inventory(sims: dict[str, Simulator]) -> dict[str, Any]:
    return {"all": {"hosts": {name: host_variables(sim) for name, sim in sims.items()}}}


def environment(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        "HOME": str(folder),
        "ANSIBLE_HOME": str(folder / "ansible"),
        "ANSIBLE_COLLECTIONS_PATH": os.environ.get("ANSIBLE_COLLECTIONS_PATH") or str(tree.link_source()),
        "NO_PROXY": "127.0.0.1",
    }


def command(way: str) -> list[str]:
    if way == "bare":
        return [sys.executable, str(HERE / "bare_hosts.py"), "hosts.json", str(FORKS)]
    options = ["-i", "hosts.json", "--forks", str(FORKS), "-e", "access_targets=all", "-e", "@people.json"]
    return [sys.executable, "-m", "ansible", "playbook", PLAYBOOKS[way], *options, "-e", "report_dir=report"]


def run(folder: Path, way: str) -> tuple[float, float]:
    """One run with nothing to do, on every host of the folder's inventory: its seconds, and those of all processors."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    done = subprocess.run(
        command(way), cwd=folder, env=environment(folder), capture_output=True, text=True, check=False
    )
    spent = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    assert way == "report" or "changed=1" not in done.stdout
    return spent, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def compare(count: int, repeats: int, latency: float) -> dict[str, Any]:
    """The ways in turn, so that a busy moment of the machine does not hit one of them only."""
    ways = OF_ONE if count == 1 else OF_MANY
    spent: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    with simulators(count, people=PEOPLE, latency=latency) as sims, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        emails = [member.email for member in next(iter(sims.values())).honeycomb.members]
        (folder / "hosts.json").write_text(json.dumps(inventory(sims)))
        (folder / "people.json").write_text(json.dumps({"people": [{"email": email} for email in emails]}))
        for _turn in range(repeats):
            for way, found in spent.items():
                found.append(run(folder, way))
                print(f"{count} hosts, {way}: {found[-1][0]:.2f} s, {found[-1][1]:.2f} s of processors", flush=True)
        assert not [sim for sim in sims.values() if sim.writes()]
    medians = {way: sorted(found)[len(found) // 2] for way, found in spent.items()}
    return {
        "hosts": count,
        "people": PEOPLE,
        **{way: median[0] for way, median in medians.items()},
        "cpu": {way: median[1] for way, median in medians.items()},
    }


def largest_event(people: int) -> int:
    """Bytes of the largest event of a reconcile of so many people with a drift of 10 %, through ansible-runner."""
    case = Case(people, "drift")
    with simulators(1) as sims, tempfile.TemporaryDirectory() as name:
        (sim,) = sims.values()
        sim.load({"honeycomb": {"members": case.before()}})
        users = [
            {**person, "role": "Owner" if person["email"].startswith("owner@") else "Member"}
            for person in case.before()
        ]
        sim.load({"honeybadger": {"users": users, "invitations": []}})
        folder = Path(name)
        declared = [{"email": email} for email in case.after()]
        for file, content in (
            ("inventory/hosts.json", inventory(sims)),
            ("project/job.yml", [{"import_playbook": "honeyops.access.reconcile"}]),
            ("project/people.json", declared),
            ("env/extravars", {"access_targets": "all", "roster_file": str(folder / "project" / "people.json")}),
        ):
            (folder / file).parent.mkdir(exist_ok=True)
            (folder / file).write_text(json.dumps(content))
        runner = [sys.executable, "-m", "ansible_runner", "run", name, "--playbook", "job.yml", "--ident", "one"]
        done = subprocess.run(runner, env=environment(folder), capture_output=True, text=True, check=False)
        assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
        assert sim.writes()
        return max(path.stat().st_size for path in (folder / "artifacts" / "one" / "job_events").iterdir())


def slices(count: int) -> dict[str, float]:
    """One person is onboarded to so many targets: in slices that run at once on this machine, and another one in one job."""
    with world(count) as (sims, controller, hosts, given), tempfile.TemporaryDirectory() as name:
        spent = {}
        for way, parts in (("slices", cut(hosts, min(SLICES, count))), ("one_job", [hosts])):
            spent[way] = onboarded(Path(name), sims, controller, parts, {**given, "email": f"{way}@example.com"})
            print(f"{count} hosts, {way}: {spent[way]:.2f} s", flush=True)
        return {"hosts": count, **spent}


def measure(counts: Sequence[int], repeats: int, latency: float, people: int) -> dict[str, Any]:
    """Everything, as it goes into the JSON file; what takes minutes is run once."""
    compared = [compare(count, repeats if count < HOSTS[-1] else 1, latency) for count in counts]
    return {
        "forks": FORKS,
        "compared": compared,
        "slices": slices(counts[-1]),
        "event": {"people": people, "bytes": largest_event(people)},
    }
