# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the demo plays: two simulated services, a directory, and a terminal of 100 columns."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.directory.scim_server import ScimServer, scim_server
from tests.simulator import Simulator
from tests.targets import credentials

ROOT = Path(__file__).resolve().parents[1]
FOLDER = Path(os.environ.get("DEMO_FOLDER", ROOT / ".build" / "demo"))
COLUMNS = 100
MOST_ROWS = 3  # of the terminal, for one line of output
A_LOT = 10
WRAPPING: Any = {"placeholder": " …", "break_long_words": False, "break_on_hyphens": False}


class Unexpected(Exception):
    """Something that did not go as it should."""


def expect(holds: object, otherwise: str) -> None:
    """End the demo with this sentence unless it holds."""
    if not holds:
        raise Unexpected(otherwise)


@dataclass(frozen=True)
class Cost:
    """What the simulated services saw of one command."""

    requests: int
    changes: int
    emails: int

    def __str__(self) -> str:
        counts = {"request": self.requests, "change": self.changes, "e-mail": self.emails}
        return ", ".join(_count(number, what) for what, number in counts.items())


@dataclass
class Stage:
    """The services, the directory, and what was played so far."""

    sim: Simulator
    directory: ScimServer
    costs: list[Cost] = field(default_factory=list)
    acts: int = 0

    def act(self, title: str, text: str) -> None:
        """Begin an act: what happens, and why it matters."""
        self.acts += 1
        print(f"\n{f'── {self.acts}. {title} '.ljust(COLUMNS, '─')}")
        tell(text)

    def play(self, playbook: str, *options: str, shows: str, code: int = 0) -> Cost:
        """Run a playbook of the collection; show the command, what it says in lines with this pattern, and its cost."""
        command = ["ansible-playbook", f"honeyops.access.{playbook}", *options]
        print("\n  $ " + " \\\n      ".join(_wrapped(command)))
        emails = len(self.sim.emails)
        self.sim.log.clear()
        with subprocess.Popen(
            command, cwd=FOLDER, env=self._environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as run:
            assert run.stdout
            left_out = quote(run.stdout, shows)
        changes = sum(entry.changed for entry in self.sim.log)
        cost = Cost(len(self.sim.log), changes, len(self.sim.emails) - emails)
        print(f"  = {cost}")
        if run.returncode != code:
            quote(left_out)
            raise Unexpected(f"the playbook {playbook} ended with status {run.returncode}, not {code}")
        self.costs.append(cost)
        return cost

    def _environment(self) -> dict[str, str]:
        """The credentials of the simulated services, and none of this machine's."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(("HONEY", "DIRECTORY_"))}
        return {
            **own,
            **credentials(self.sim),
            "HONEYCOMB_KEY_ID": self.sim.management_key_id,
            "HONEYCOMB_KEY_SECRET": self.sim.management_key_secret,
            "DIRECTORY_TOKEN": self.directory.token,
            "ANSIBLE_CONFIG": str(ROOT / "demo" / "ansible.cfg"),
            "ANSIBLE_HOME": str(FOLDER / "ansible"),
        }


def tell(text: str) -> None:
    """Print a paragraph."""
    print(textwrap.fill(text, COLUMNS))


def quote(lines: Iterable[str], shows: str = "") -> list[str]:
    """Print the lines with this pattern as they come, in rows that fit; return the lines that were left out."""
    left_out: list[str] = []
    gap = 0
    for line in filter(None, map(_portable, lines)):
        if not re.search(shows, line):
            left_out.append(line)
            gap += 1
            continue
        gap = _close(gap)
        rows = textwrap.wrap(line, COLUMNS - 4, subsequent_indent="  ", max_lines=MOST_ROWS, **WRAPPING)
        print("\n".join(f"  | {row}" for row in rows))
    _close(gap)
    return left_out


def _close(gap: int) -> int:
    """Show that lines are missing, and how many if they are a lot."""
    if gap:
        print("  | …" + f" ({gap} more lines)" * (gap >= A_LOT))
    return 0


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _portable(line: str) -> str:
    """Without the end of the line, and with paths as in this folder."""
    return line.rstrip().replace(f"{FOLDER}/", "")


def _wrapped(command: list[str]) -> list[str]:
    """The command in lines that fit, with each ``-e`` beside its value."""
    units = shlex.join(command).replace(" -e ", " -e\0")
    return [line.replace("\0", " ") for line in textwrap.wrap(units, COLUMNS - 8, **WRAPPING)]


@contextmanager
def opened() -> Iterator[Stage]:
    """Start both services and the directory on free ports of this machine, in an empty folder.

    Like the real one, Honeycomb does not list who has not accepted.
    """
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with (
        Simulator(pending_listed=False, other_accounts=0, auth_id="listed") as sim,
        scim_server(FOLDER / "directory") as directory,
    ):
        yield Stage(sim, directory)
