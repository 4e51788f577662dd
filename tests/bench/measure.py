# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs each peer as a process of its own against a simulator, and holds what it did against the simulator's log."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import requests

from tests.bench.cases import Case
from tests.tools import tree

THREADS = 8
LATENCY = 0.05
HERE = Path(__file__).parent


def playbook(name: str) -> list[str]:
    path = HERE / "playbooks" / f"{name}.yml"
    return [sys.executable, "-m", "ansible", "playbook", str(path), "-e", f"threads={THREADS}", "-e", "@input.json"]


BARE = [sys.executable, str(HERE / "bare.py"), "input.json", str(THREADS)]
PEERS = {"bare": BARE, **{name: playbook(name) for name in ("bulk", "single", "uri")}}
ROLE = playbook("role")
MODULE = [sys.executable, "-m", "ansible_collections.honeyops.access.plugins.modules.honeycomb_members", "input.json"]


class Cost(NamedTuple):
    """What one run took. ``cpu`` (seconds) and ``memory`` (MB, at the peak) are of the process that was started."""

    seconds: float
    cpu: float
    memory: float
    requests: int = 0


class Bench:
    """Measures in a folder that the peers run in, against the simulator at a URL."""

    def __init__(self, folder: Path, url: str) -> None:
        self._folder = folder
        self._url = url
        self._key = self.control("GET", "credentials")["configuration_key"]
        collections = str(tree.link_source())
        self._environment = {
            "ANSIBLE_HOME": str(tree.BUILD / "ansible"),
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": collections,
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "HONEYCOMB_API_ENDPOINT": url,
            "HONEYCOMB_API_KEY": self._key,
            "NO_PROXY": "127.0.0.1",
            "PYTHONPATH": collections,
        }

    def peer(self, name: str, case: Case) -> Cost:
        """Have a peer bring about what the case declares."""
        return self._settle(PEERS[name], case, {"people": case.roster()})

    def role(self, case: Case) -> Cost:
        """The same through the role, which remembers nobody from an earlier run."""
        people = [{"email": person["email"], "honeycomb": {"role": person["role"]}} for person in case.roster()]
        with tempfile.TemporaryDirectory(dir=self._folder) as memory:
            return self._settle(ROLE, case, {"people": people, "memory": memory})

    def pings(self, people: int) -> float:
        """Seconds of a playbook with a module that does nothing, looped over so many people."""
        return self.run(playbook("noop"), {"people": Case(people, "same").roster()}).seconds

    def module(self, people: int) -> Cost:
        """The bulk module's process with nothing to do; only Ansible is missing, which unpacks and starts it."""
        case = Case(people, "same")
        options = {"api_key": self._key, "api_url": self._url, "concurrency": THREADS, "members": case.roster()}
        return self._settle(MODULE, case, {"ANSIBLE_MODULE_ARGS": options})

    def capacity(self, people: int) -> float:
        """Requests a second that the simulator and the bare script manage together when there is no latency."""
        self.control("PUT", "settings", {"latency": 0})
        new, same = (self.peer("bare", Case(people, state)) for state in ("new", "same"))
        self.control("PUT", "settings", {"latency": LATENCY})
        return (new.requests - same.requests) / (new.seconds - same.seconds)

    def plan_times(self, sizes: Iterable[int], repeats: int) -> dict[str, float]:
        """Seconds by number of people, taken in another process, so that this one stays small."""
        command = [sys.executable, "-m", "tests.bench.planning", str(repeats), *map(str, sizes)]
        times = subprocess.run(command, cwd=tree.ROOT, env=self._environment, check=True, stdout=subprocess.PIPE)
        return dict(json.loads(times.stdout))

    def _settle(self, command: list[str], case: Case, given: object) -> Cost:
        """Run a peer; then everybody must be as declared, by the reads that it needs and no write too many."""
        self.control("DELETE", "log")
        self.control("PUT", "state", {"honeycomb": {"members": case.before()}})
        cost = self.run(command, given)
        members = self.control("GET", "state")["honeycomb"]["members"]
        methods = Counter(entry["method"] for entry in self.control("GET", "log"))
        reads = reads_of(command, case)
        assert {member["email"]: member["role"] for member in members} == case.after(), (command, case)
        assert (methods["GET"], methods.total()) == (reads, reads + case.writes), (command, case, methods)
        return cost._replace(requests=methods.total())

    def run(self, command: list[str], given: object) -> Cost:
        (self._folder / "input.json").write_text(json.dumps(given))
        output = self._folder / "output"
        with output.open("w") as out:
            started = time.perf_counter()
            process = subprocess.Popen(command, cwd=self._folder, env=self._environment, stdout=out, stderr=out)
            _unused, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, f"{command}:\n{output.read_text()[-3000:]}"
        # On Linux a peak is at least that of the process which started this one; it is smaller than any asked about.
        return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)

    def control(self, method: str, path: str, document: Any = None) -> Any:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.request(method, f"{self._url}/_sim/{path}", json=document, timeout=60)
        answer.raise_for_status()
        return answer.json() if answer.content else None


def reads_of(command: list[str], case: Case) -> int:
    """One list, for a loop of modules each; who plans changes asks for the name of the team, too."""
    if command is PEERS["single"]:
        return case.people
    return 1 + (command in (PEERS["bulk"], ROLE) and case.writes > 0)


@contextmanager
def bench() -> Iterator[Bench]:
    """With a simulator in a process of its own."""
    command = [sys.executable, "-m", "tests.simulator", "--latency", str(LATENCY)]
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        subprocess.Popen(command, cwd=tree.ROOT, stdout=subprocess.PIPE, text=True) as simulator,
    ):
        assert simulator.stdout
        try:
            yield Bench(Path(folder), json.loads(simulator.stdout.readline())["honeycomb_url"])
        finally:
            simulator.terminate()
