# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real `ansible-rulebook` against the simulated services: `make eda-check`.

A change made outside is seen, the rule of the sample rulebook fires, and the plan is printed; over a restart and through an
outage every change becomes one event.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from tests.directory.stub import stub
from tests.hostile import Payload
from tests.runs.test_directory import TOKEN, Company, roster
from tests.simulator import Fault, Simulator
from tests.targets import host_variables
from tests.tools import tree

BIN = Path(sys.executable).parent
PRINT = """\
- name: Print every event
  hosts: all
  sources:
    - honeyops.access.access_changes:
        targets: "{{ access_poll_targets }}"
        interval: 0.5
        snapshot: "{{ access_snapshot }}"
  rules:
    - name: Anything
      condition: event.type is defined
      action:
        debug:
          msg: "EVENT {{ event.type }} {{ event.service }} {{ event.email }}"
"""


class Rulebook:
    """An ansible-rulebook under way."""

    def __init__(self, folder: Path, rulebook: str, environment: dict[str, str]) -> None:
        self._log = folder / f"{rulebook.rpartition('/')[2]}.{time.monotonic_ns()}.log"
        command = [
            str(BIN / "ansible-rulebook"),
            *("--rulebook", rulebook, "--inventory", "hosts.json", "--vars", "vars.yml", "--verbose"),
        ]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)

    @property
    def output(self) -> str:
        return self._log.read_text(errors="replace")

    def events(self) -> list[str]:
        return sorted(set(re.findall(r"EVENT (\w+ \w+ \S+?@)", self.output))) + _doubled(
            re.findall(r"msg.*EVENT (\w+ \w+ \S+?@)|^EVENT (\w+ \w+ \S+?@)", self.output)
        )

    def until(self, test: Callable[[], bool], what: str) -> None:
        late = time.monotonic() + 90
        while not test():
            if time.monotonic() > late or self._process.poll() is not None:
                raise SystemExit(f"{what} did not happen:\n{self.output[-6000:]}")
            time.sleep(0.1)

    def until_it_ends(self) -> None:
        """Wait until its source has no more events, and what they started has ended."""
        self._process.wait(120)

    def end(self) -> None:
        """End it as an operator does; it must end by itself."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait(30)


def _doubled(found: list[tuple[str, str]]) -> list[str]:
    texts = ["".join(item) for item in found]
    return sorted({f"doubled: {text}" for text in texts if texts.count(text) > 1})


def settings(folder: Path, sim: Simulator) -> dict[str, str]:
    """Write what the rulebooks read, and return the environment."""
    credentials = host_variables(sim)
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    (folder / "hosts.json").write_text(json.dumps({"all": {"hosts": {"payments": {**credentials, **local}}}}))
    (folder / "people.yml").write_text("people:\n  - email: owner@example.com\n  - email: ada@example.com\n")
    names = ("service", "api_key", "api_url", "auth_token", "account_id")
    targets = [
        {"name": "payments", "service": service}
        | {name: credentials[f"{service}_{name}"] for name in names if f"{service}_{name}" in credentials}
        for service in ("honeycomb", "honeybadger")
    ]
    variables = {
        "access_poll_targets": targets,
        "access_interval": 0.5,
        "access_snapshot": str(folder / "snapshot.json"),
        "access_targets": "payments",
        "roster_file": str(folder / "people.yml"),
    }
    (folder / "vars.yml").write_text(json.dumps(variables))
    (folder / "print.yml").write_text(PRINT)
    return {
        **os.environ,
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "ANSIBLE_COLLECTIONS_PATH": str(tree.link_source()),
        "ANSIBLE_HOME": str(folder / "ansible"),
        "ANSIBLE_NOCOLOR": "true",
    }


def polled(sim: Simulator, count: int = 2) -> Callable[[], bool]:
    """Whether both services were read so often from now on."""
    lists = ("/1/team_memberships", f"/v2/accounts/{sim.account_id}/users")

    def seen() -> int:
        return min(sum(entry.path.startswith(path) and entry.status == 200 for entry in sim.log) for path in lists)

    wanted = seen() + count
    return lambda: seen() >= wanted


def check_events(folder: Path, sim: Simulator, environment: dict[str, str]) -> None:
    """Exactly one event for each change, over a restart and through an outage."""
    first = Rulebook(folder, "print.yml", environment)
    first.until(polled(sim), "The first poll")
    sim.honeycomb.add("ada@example.com", "member")
    sim.honeybadger.invite("bob@example.com", "Member", [])
    first.until(lambda: len(first.events()) >= 2, "The first events")
    first.until(polled(sim), "Another poll")
    first.end()
    assert first.events() == ["invited honeybadger bob@", "joined honeycomb ada@"], first.events()
    sim.honeybadger.accept("bob@example.com")
    second = Rulebook(folder, "print.yml", environment)
    second.until(lambda: len(second.events()) >= 1, "The event after the restart")
    sim.fail(Fault("status", status=503, times=12))
    sim.honeycomb.remove("ada@example.com")
    second.until(lambda: len(second.events()) >= 2, "The event after the outage")
    second.until(polled(sim), "Another poll")
    second.end()
    assert second.events() == ["invitation_accepted honeybadger bob@", "left honeycomb ada@"], second.events()
    assert "could not be read" in second.output
    print("Every change became one event, over a restart and through an outage.")


def check_sample(folder: Path, sim: Simulator, environment: dict[str, str]) -> None:
    """An outside promotion is seen, the rule fires, and the plan is printed."""
    sim.honeycomb.add("ada@example.com", "member")
    rulebook = Rulebook(folder, "honeyops.access.unknown_admin", environment)
    rulebook.until(polled(sim), "The first poll")
    sim.honeycomb.add("mallory@example.com", "admin")
    writes = len(sim.writes())
    rulebook.until(lambda: "would be removed" in rulebook.output, "The plan")
    rulebook.end()
    assert len(sim.writes()) == writes
    assert not [secret for secret in sim.secrets if secret in rulebook.output]
    line = next(line.strip() for line in rulebook.output.splitlines() if "would be removed" in line)
    print(f"Seen, fired and planned: {line}")


def check_hostile(folder: Path, sim: Simulator, environment: dict[str, str]) -> None:
    """Somebody accepts under an address that is a template, and a playbook evaluates all that it is given."""
    payload = Payload(folder)
    names = ["ansible_eda", "service", "target", "event_id"]
    tasks = [
        {"ansible.builtin.debug": {"msg": "{{ lookup('vars', item) | to_json }}"}, "loop": names},
        {"ansible.builtin.debug": {"msg": "GIVEN {{ service }} {{ target }} {{ ansible_eda.event.type }}"}},
    ]
    play = {"hosts": "payments", "gather_facts": False, "tasks": tasks}
    (folder / "next.yml").write_text(json.dumps([play]))
    (folder / "vars.yml").write_text(
        json.dumps({**json.loads((folder / "vars.yml").read_text()), "access_next_step": "next.yml"})
    )
    for address in payload.addresses:
        sim.honeybadger.invite(f"to-{address}", "Member", [])
    rulebook = Rulebook(folder, "honeyops.access.next_step", environment)
    rulebook.until(polled(sim), "The first poll")
    for address in payload.addresses:
        sim.honeybadger.accept(f"to-{address}", address, payload.braces)
    told = "GIVEN honeybadger payments invitation_accepted"
    rulebook.until(lambda: rulebook.output.count(told) >= len(payload.addresses), "The next steps")
    rulebook.end()
    assert not payload.fired
    assert not [secret for secret in sim.secrets if secret in rulebook.output]
    print("An address that is a template came through the rulebook into a playbook, and nothing evaluated it.")


def check_hint(folder: Path, sim: Simulator, environment: dict[str, str]) -> None:
    """Hints in a burst are one run, which does what the directory says; what is no hint starts none."""
    company = Company()
    (book,) = yaml.safe_load((tree.ROOT / "extensions/eda/rulebooks/directory_hint.yml").read_text())
    template = "{{ lookup('pipe', 'touch " + str(folder / "fired") + "') }}"
    okta = {"body": {"detail": {"eventType": "user.lifecycle.deactivate", "target": [{"alternateId": template}]}}}
    graph = {"body": {"value": [{"changeType": "updated", "resourceData": {"id": template}}]}}
    login = {"body": {"detail": {"eventType": "user.session.start"}}}
    with stub(company.answer) as directory:
        document = {
            **roster(directory.url),
            "groups": {"platform": {"directory": "Platform Engineering", "honeycomb": {}}},
        }
        (folder / "people.yml").write_text(json.dumps(document))
        hosts = json.loads((folder / "hosts.json").read_text())
        hosts["all"]["hosts"]["payments"] |= {"directory_token": TOKEN, "lifecycle_max_removals": "50%"}
        (folder / "hosts.json").write_text(json.dumps(hosts))
        for name in ("ada", "bob", "eve", "kim"):
            sim.honeycomb.add(f"{name}@example.com", "member")
        company.status["bob"] = "SUSPENDED"
        for events, runs in (([login], 0), ([okta, graph, okta], 1)):
            (folder / "events.yml").write_text(json.dumps([*events, {"last": True}]))
            source = {"payload_file": str(folder / "events.yml"), "shutdown_after": 4}
            book["sources"] = [{"eda.builtin.generic": source}]
            book["rules"][0]["throttle"]["once_after"] = "2 seconds"
            (folder / "hint.yml").write_text(yaml.safe_dump([book]))
            rulebook = Rulebook(folder, "hint.yml", environment)
            rulebook.until_it_ends()
            assert len([path for path in directory.paths() if path.endswith("/users")]) == runs, rulebook.output[-4000:]
    left = {member.email.partition("@")[0] for member in sim.honeycomb.members}
    assert left == {"owner", "ada", "eve", "kim"}, left
    assert not (folder / "fired").exists()
    assert TOKEN not in rulebook.output
    print("Hints of an identity provider made one run, which did what the directory says.")


def main() -> None:
    """Play all."""
    for check in (check_events, check_sample, check_hostile, check_hint):
        with tempfile.TemporaryDirectory() as name, Simulator(quota=10**9) as sim:
            folder = Path(name)
            check(folder, sim, settings(folder, sim))


if __name__ == "__main__":
    main()
