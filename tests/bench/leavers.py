# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many people leave both services completely: the bulk modules in a play, beside a bare script with the same requests.

`python -m tests.bench.leavers` measures and prints; `--help` says how to make it smaller.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import sys
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from tests.bench.cases import OWNER
from tests.bench.measure import HERE, THREADS, Bench, Cost, bench, playbook
from tests.simulator.people import people

KEY_PAGE, PAGE, USER_PAGE = 100, 25, 20  # records; users of Honeycomb come in pages of the usual size
BARE = [sys.executable, str(HERE / "bare_leavers.py"), "input.json", str(THREADS)]
PEERS = {"bare": BARE, "bulk": playbook("leavers")}


@dataclass(frozen=True)
class Leavers:
    """So many of so many people leave. Everybody is in a team, every tenth is invited to another, the first made a key each."""

    people: int = 5000
    leavers: int = 1000
    keys: int = 3000
    teams: int = 200

    @property
    def everybody(self) -> list[str]:
        return [person.email for person in people(1, self.people)]

    @property
    def gone(self) -> list[str]:
        """The leavers, at regular intervals, so that those with keys and invitations are among them."""
        everybody = self.everybody
        return [everybody[number * self.people // self.leavers] for number in range(self.leavers)]

    def state(self) -> dict[str, Any]:
        """What the simulators are loaded with."""
        everybody = self.everybody
        teams: list[dict[str, Any]] = [
            {"id": number + 1, "name": f"Team {number + 1}", "members": [], "invitations": []}
            for number in range(self.teams)
        ]
        for number, email in enumerate(everybody):
            teams[number % self.teams]["members"].append({"email": email})
            if number % 10 == 0:
                teams[(number + 1) % self.teams]["invitations"].append({"email": email})
        listed = [{"email": email} for email in everybody]
        return {
            "honeycomb": {"members": [OWNER, *listed], "keys": listed[: self.keys]},
            "honeybadger": {
                "users": [{"email": OWNER["email"], "role": "Owner"}, *listed],
                "invitations": [],
                "teams": teams,
            },
        }

    def writes(self) -> int:
        """Two for each leaver's access, and one for each thing that comes with it."""
        gone, state = set(self.gone), self.state()
        parts = [state["honeycomb"]["keys"]]
        parts += [team[part] for team in state["honeybadger"]["teams"] for part in ("members", "invitations")]
        return 2 * len(gone) + sum(one["email"] in gone for part in parts for one in part)

    def reads(self) -> int:
        """Each list once, however many leave: the members, the two keys, no invitations, and the pages of all others.

        Somebody who stays is in the lists of users, and the key of the run in that of keys.
        """
        paged = ((self.people + 1, USER_PAGE), (self.keys + 1, KEY_PAGE), (self.people + 1, PAGE), (self.teams, PAGE))
        return 4 + sum(math.ceil(there / page) for there, page in paged)

    def options(self, keys: dict[str, str], addresses: dict[str, str], key_id: str) -> dict[str, Any]:
        """The options of the two modules, which the bare script reads as well."""
        listed = [{"email": email, "state": "absent"} for email in self.gone]
        honeycomb = {
            "api_key": keys["configuration_key"],
            "api_url": addresses["honeycomb_url"],
            "management_key_id": key_id,
            "management_key_secret": keys["management_key_secret"],
            "members": listed,
            "max_keys": self.keys,
        }
        honeybadger = {
            "auth_token": keys["auth_token"],
            "account_id": addresses["account_id"],
            "api_url": addresses["honeybadger_url"],
            "users": listed,
        }
        return {"honeycomb": honeycomb, "honeybadger": honeybadger}


def leave(at: Bench, peer: str, case: Leavers) -> Cost:
    """Have a peer see the leavers off: nothing of theirs is left then, all else is there, and no request was too many."""
    at.control("PUT", "settings", {"quota": 0})
    at.control("PUT", "state", case.state())
    at.control("DELETE", "log")
    key_id = at.control("GET", "settings")["management_key_id"]
    cost = at.run(PEERS[peer], case.options(at.control("GET", "credentials"), at.control("GET", ""), key_id))
    log = Counter(entry["method"] for entry in at.control("GET", "log"))
    gone = set(case.gone)
    stay = Counter(thing for thing in _there(case.state()).elements() if thing[1] not in gone)
    assert _there(at.control("GET", "state")) == stay, (peer, case)
    assert (log["GET"], log.total() - log["GET"]) == (case.reads(), case.writes()), (peer, case, log)
    return cost._replace(requests=log.total())


def _there(state: dict[str, Any]) -> Counter[tuple[str, str]]:
    """Whose address stands in which list."""
    lists = [(part, state["honeycomb"][part]) for part in ("members", "keys")]
    lists += [(part, state["honeybadger"][part]) for part in ("users", "invitations")]
    for team in state["honeybadger"]["teams"]:
        lists += [(f"{part} of {team['id']}", team[part]) for part in ("members", "invitations")]
    return Counter((name, one["email"]) for name, listed in lists for one in listed)


def measure(at: Bench, case: Leavers, repeats: int) -> dict[str, Any]:
    """Seconds of each peer, in turn, as they go into the JSON file."""
    costs: dict[str, list[Cost]] = {peer: [] for peer in PEERS}
    for _unused in range(repeats):
        for peer, seen in costs.items():
            seen.append(leave(at, peer, case))
            print(f"{case.leavers} leave, {peer}: {seen[-1].seconds:.2f} s, {seen[-1].requests} requests", flush=True)
    medians = {peer: statistics.median(cost.seconds for cost in seen) for peer, seen in costs.items()}
    return {**asdict(case), "reads": case.reads(), "writes": case.writes(), **medians}


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.bench.leavers", description=__doc__)
    sizes = Leavers()
    for name in ("people", "leavers", "keys", "teams"):
        options.add_argument(f"--{name}", type=int, default=getattr(sizes, name))
    options.add_argument("--repeats", type=int, default=3)
    given = vars(options.parse_args())
    repeats = given.pop("repeats")
    with bench() as at:
        print(json.dumps(measure(at, Leavers(**given), repeats)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
