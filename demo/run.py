# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plays the main job with real playbooks against both services, simulated; fails if a step is not as expected."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / ".build" / "demo"
PEOPLE = """\
people:
  - email: ada@example.com
    name: Ada Lovelace
    honeycomb: {role: admin}
    honeybadger: {role: Admin, team_ids: [3, 7]}
  - email: bob@example.com
  - email: carol@example.com
    aliases: [carol@corp.example]
"""
LATER = PEOPLE.replace("  - email: bob@example.com\n", "")


class Unexpected(Exception):
    """A step that did not go as it should."""


@dataclass
class Services:
    """The simulated services, and what was asked of them so far."""

    addresses: dict[str, str]
    steps: list[tuple[str, int, int, float]] = field(default_factory=list)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Use the simulator's own endpoints."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.addresses['honeycomb_url']}/_sim/{path}", data, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read() or "null")

    def environment(self) -> dict[str, str]:
        keys = self.ask("GET", "credentials")
        return {
            **os.environ,
            "HONEYCOMB_API_KEY": keys["configuration_key"],
            "HONEYCOMB_API_ENDPOINT": self.addresses["honeycomb_url"],
            "HONEYBADGER_AUTH_TOKEN": keys["auth_token"],
            "HONEYBADGER_ACCOUNT_ID": self.addresses["account_id"],
            "HONEYBADGER_ENDPOINT": self.addresses["honeybadger_url"],
            "ANSIBLE_CALLBACK_PLUGINS": str(ROOT / "demo" / "callback_plugins"),
            "ANSIBLE_STDOUT_CALLBACK": "terse",
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "ANSIBLE_HOME": str(WORK / "ansible"),
        }

    def play(self, title: str, playbook: str, *options: str, writes: int, requests: int) -> None:
        """Run a playbook by name; it must succeed, with so many writes and requests."""
        print(
            f"\n{len(self.steps) + 1}. {title}\n    $ ansible-playbook honeyops.access.{playbook} {shlex.join(options)}"
        )
        self.ask("DELETE", "log")
        started = time.monotonic()
        command = ["ansible-playbook", f"honeyops.access.{playbook}", *options]
        code = subprocess.run(command, cwd=WORK, env=self.environment(), check=False).returncode
        log = self.ask("GET", "log")
        changed = sum(entry["method"] != "GET" for entry in log)
        self.steps.append((title, len(log), changed, time.monotonic() - started))
        if code:
            raise Unexpected(f"ansible-playbook ended with {code}")
        if (changed, len(log)) != (writes, requests):
            raise Unexpected(f"{changed} writes in {len(log)} requests, expected {writes} in {requests}")

    def access(self) -> dict[str, dict[str, str]]:
        """Who has what, by e-mail address and service."""
        state = self.ask("GET", "state")
        found: dict[str, dict[str, str]] = {}
        for member in state["honeycomb"]["members"]:
            pending = "" if member["accepted"] else " (invited)"
            found.setdefault(member["email"], {})["honeycomb"] = member["role"] + pending
        for user in state["honeybadger"]["users"]:
            found.setdefault(user["email"], {})["honeybadger"] = user["role"]
        for invitation in state["honeybadger"]["invitations"]:
            if not invitation["accepted_at"]:
                found.setdefault(invitation["email"], {})["honeybadger"] = f"{invitation['role']} (invited)"
        return found

    def expect(self, **people: dict[str, str] | None) -> None:
        """Hold what these people have against the simulators; None for nothing at all."""
        access = self.access()
        for name, wanted in people.items():
            found = access.get(f"{name}@example.com")
            if found != wanted:
                raise Unexpected(f"{name} has {found}, expected {wanted}")


@contextmanager
def services() -> Iterator[Services]:
    """Start both services on free ports; like the real one, Honeycomb does not list who has not accepted."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.simulator", "--pending-listed", "false", "--other-accounts", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        yield Services(json.loads(process.stdout.readline()))
    finally:
        process.terminate()
        process.wait()


def perform(sim: Services) -> None:
    """The main job, step by step."""
    both = {"honeycomb": "member (invited)", "honeybadger": "Member (invited)"}
    sim.play("Onboard three people on both services", "onboard", "-e", "roster_file=people.yml", writes=6, requests=10)
    sim.expect(ada={"honeycomb": "admin (invited)", "honeybadger": "Admin (invited)"}, bob=both, carol=both)

    sim.play("The same again: nothing changes", "onboard", "-e", "roster_file=people.yml", writes=0, requests=4)

    promotion = ["-e", "email=bob@example.com", "-e", "honeycomb_role=admin", "-e", "honeybadger_role=Admin"]
    sim.play("Promote Bob, who has not accepted yet", "onboard", *promotion, writes=2, requests=6)
    sim.expect(bob={"honeycomb": "admin (invited)", "honeybadger": "Admin (invited)"})

    for service in ("honeycomb", "honeybadger"):
        for name in ("ada", "bob"):
            sim.ask("POST", "accept", {"service": service, "email": f"{name}@example.com"})
    sim.play(
        "Ada and Bob accept: nobody is invited again", "onboard", "-e", "roster_file=people.yml", writes=0, requests=4
    )
    sim.expect(bob={"honeycomb": "admin", "honeybadger": "Admin"}, carol=both)

    sim.play("Bob leaves", "offboard", "-e", "email=bob@example.com", writes=2, requests=12)
    sim.expect(bob=None)

    sim.ask("POST", "add", {"service": "honeycomb", "email": "mallory@example.com", "role": "admin"})
    (WORK / "people.yml").write_text(LATER)
    ignore = ["-e", '{"lifecycle_ignore": ["owner@example.com"]}']
    plan = ["-e", "roster_file=people.yml", *ignore, "--check", "--diff"]
    sim.play("Somebody was added by hand: what would reconcile do?", "reconcile", *plan, writes=0, requests=4)
    sim.expect(mallory={"honeycomb": "admin"}, carol=both)

    sim.play("Write down who has access now", "dump", "-e", "dump_file=now.yml", writes=0, requests=4)
    roster = ["-e", "report_dir=report", "-e", "roster_file=people.yml"]
    sim.play("Report who has what, and what the roster does not know", "report", *roster, writes=0, requests=6)


def tell(sim: Services) -> None:
    """Who has what in the end, and what it took."""
    print(f"\n{'Who has what':<26}{'Honeycomb':<20}{'Honeybadger':<20}")
    for email, access in sorted(sim.access().items()):
        print(f"{email:<26}{access.get('honeycomb', '-'):<20}{access.get('honeybadger', '-'):<20}")
    print(f"\n{'What it took':<56}{'requests':>8}{'writes':>8}{'seconds':>9}")
    for title, requests, writes, seconds in sim.steps:
        print(f"{title:<56}{requests:>8}{writes:>8}{seconds:>9.1f}")
    emails = len(sim.ask("GET", "emails")["emails"])
    print(f"\nE-mails sent: {emails}. The roster of step 7: {(WORK / 'now.yml').relative_to(ROOT)}")
    print(f"The report to open: {(WORK / 'report' / 'report.html').relative_to(ROOT)}")


def main() -> int:
    """Play, and tell."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    (WORK / "people.yml").write_text(PEOPLE)
    with services() as sim:
        try:
            perform(sim)
        except Unexpected as fault:
            print(f"\nNot as expected: {fault}.")
            return 1
        tell(sim)
    return 0


if __name__ == "__main__":
    sys.exit(main())
