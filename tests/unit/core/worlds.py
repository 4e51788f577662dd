# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random worlds, and a service that is nothing but one of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from types import SimpleNamespace
from typing import Any, TypeVar

from hypothesis import strategies as st

from ansible_collections.honeyops.access.plugins.module_utils._access.guards import Limits
from ansible_collections.honeyops.access.plugins.module_utils._access.match import Rules
from ansible_collections.honeyops.access.plugins.module_utils._access.model import (
    ACTIVE,
    INVITATION,
    MEMBERSHIP,
    Grant,
    Person,
    Step,
)
from ansible_collections.honeyops.access.plugins.module_utils._access.service import linked
from ansible_collections.honeyops.access.plugins.module_utils._honeybadger.facts import HONEYBADGER
from ansible_collections.honeyops.access.plugins.module_utils._http.budget import Budget
from ansible_collections.honeyops.access.plugins.module_utils._http.errors import REFUSED, UNKNOWN, AccessError, Request

from .support import Clock

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
POOL = [f"{letter}@example.com" for letter in "abcdefghij"]
SPELLINGS = [spelling for email in POOL for spelling in (email, email, email.upper(), f" {email.title()}")]
ROLES = {"honeycomb": ("member", "admin"), "honeybadger": ("Member", "Billing", "Admin", "Owner")}
TEAMS = [(), (3,), (3, 7), (11,)]
AGES = [None, "", "soon", "2020-01-01T00:00:00Z", "2026-11-20T12:00:00", "2026-11-21T11:59:00+00:00"]
T = TypeVar("T")


@dataclass(frozen=True)
class Case:
    """A world, the people declared, and what is to be heeded."""

    world: tuple[Grant, ...]
    people: tuple[Person, ...]
    rules: Rules
    limits: Limits


class Pick:
    """Choices read off a few random bytes: far quicker than a draw for each, and they shrink as well."""

    def __init__(self, source: bytes) -> None:
        self._left = int.from_bytes(source, "big")

    def __call__(self, options: Sequence[T]) -> T:
        self._left, index = divmod(self._left, len(options))
        return options[index]

    def some(self, options: Sequence[T]) -> frozenset[T]:
        """None of them mostly, otherwise one or two."""
        return frozenset(self(options) for _unused in range(self([0, 0, 1, 2])))


def picks(most: int) -> st.SearchStrategy[list[Pick]]:
    return st.lists(st.binary(min_size=8, max_size=8).map(Pick), max_size=most)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    pick = Pick(draw(st.binary(min_size=16, max_size=16)))
    service = pick(["honeybadger", "honeycomb"])
    roles, teams = ROLES[service], service == "honeybadger"
    world: dict[str, Grant] = {}
    for number, one in enumerate(draw(picks(8)), 1):
        email = one([*SPELLINGS, ""])
        own = email.strip().casefold()
        also = tuple(one.some(POOL) - {own})
        user = Grant(number, email, one([*roles, roles[-1], "Guest"]), MEMBERSHIP, None, None, also)
        world.setdefault(own or str(number), user)
    pending = [
        Grant(number, one(SPELLINGS), one(roles), INVITATION, one(TEAMS) if teams else None, one(AGES))
        for number, one in enumerate(draw(picks(6)), 1)
    ]
    addresses = Random(pick(range(1000))).sample(POOL, len(POOL))
    people = []
    for one in draw(picks(7)):
        own_addresses = [addresses.pop() for _unused in range(one([1, 1, 1, 2, 3])) if addresses]
        if own_addresses:
            people.append(
                Person(
                    email=own_addresses[0],
                    role=one([None, *roles]),
                    team_ids=one([None, *TEAMS]) if teams else None,
                    aliases=tuple(own_addresses[1:]),
                    state=one(["present", "present", "absent"]),
                )
            )
    rules = Rules(
        roles,
        roles[0],
        exclusive=any(person.state == "present" for person in people) and pick([False, True]),
        ignore=pick.some(POOL),
        reinvite_after=pick([None, None, 30.0]),
        pending_only=teams and pick([False, False, True]),
    )
    limits = Limits(pick([None, "0", "1", "3", "0%", "25%", "50%", "100%"]), pick([0, 1, 2, 3]), pick.some(POOL))
    everybody = [*linked(list(world.values()), []), *pending]
    Random(pick(range(1000))).shuffle(everybody)
    return Case(tuple(everybody), tuple(people), rules, limits)


def carried_out(world: Sequence[Grant], steps: Iterable[Step]) -> list[Grant]:
    """The world that the steps lead to; what is new gets an id, and teams where the service has them."""
    left, ids = list(world), count(1000)
    for step in steps:
        if step.target:
            left.remove(step.target)
        if step.goal:
            left.append(born(step.goal, next(ids)) if step.goal.id is None else step.goal)
    return left


def born(goal: Grant, identity: int) -> Grant:
    return replace(goal, id=identity, since=NOW.isoformat())


def keepers(world: Iterable[Grant], rules: Rules) -> int:
    return sum(access.status == ACTIVE and access.role == rules.roles[-1] for access in world)


def highest(world: Iterable[Grant], rules: Rules) -> int:
    """Those who have, or may have, as much power as a keeper."""
    return sum(access.status == ACTIVE and access.role not in rules.roles[:-1] for access in world)


class Memory:
    """A service without HTTP. ``faults`` says what becomes of each write in turn; when used up, all goes well.

    ok: done and told; lost: done, and not told; fails: not done, a 500; denied: not done, a 403.
    """

    scope = "memory"
    companions = ()
    ledger = None

    def __init__(self, case: Case, faults: Iterable[str] = ()) -> None:
        clock = Clock()
        self.client: Any = SimpleNamespace(affords=lambda writes: None, budget=Budget(1e9, 1.0, clock, clock.sleep))
        self.roles = case.rules.roles
        self.info = replace(HONEYBADGER, roles=self.roles)
        self.world = list(case.world)
        self.mails: Counter[str] = Counter()
        self.fewest = keepers(self.world, case.rules)
        self.writes = 0
        self._rules = case.rules
        self._faults = iter(faults)
        self._ids = count(1000)

    def _write(self, method: str, gone: Grant | None, come: Grant | None) -> None:
        self.writes += 1
        fault = next(self._faults, "ok")
        if fault in ("ok", "lost"):
            if gone:
                self.world.remove(gone)
            if come:
                self.world.append(come)
            if method == "POST" and come:
                self.mails[come.email.strip().casefold()] += 1
            self.fewest = min(self.fewest, keepers(self.world, self._rules))
        if fault == "lost":
            raise AccessError(
                "connection", "It broke.", method=method, path="/", request=Request(UNKNOWN, repeatable=True)
            )
        if fault == "fails":
            raise AccessError(
                "server_error", "It failed.", method=method, path="/", status=500, request=Request(UNKNOWN)
            )
        if fault == "denied":
            raise AccessError("forbidden", "It may not.", method=method, path="/", status=403, request=Request(REFUSED))

    def read(self) -> list[Grant]:
        return list(self.world)

    def confirmed(self, world: list[Grant]) -> list[Grant]:
        return world

    def identify(self) -> None:
        return

    def invite(self, email: str, role: str, team_ids: tuple[int, ...] | None) -> tuple[Grant, bool]:
        teams = (team_ids or ()) if "Owner" in self.roles else None
        come = born(Grant(None, email, role, INVITATION, teams), next(self._ids))
        self._write("POST", None, come)
        return come, True

    def update(self, target: Grant, goal: Grant) -> Grant:
        self._write("PUT", target, goal)
        return goal

    def remove(self, target: Grant) -> None:
        self._write("DELETE", target, None)

    def shows_pending(self) -> bool:
        return True

    def assume_invited(self, email: str, role: str) -> Grant | None:
        return None

    def follow_up(self, removed: Grant) -> list[str]:
        return [f"look after {removed.email}"] if removed.status == ACTIVE else []

    def caveats(self, people: Sequence[Person], unlisted: Sequence[str], exclusive: bool) -> list[str]:
        return []


def days_before(days: float) -> str:
    return (NOW - timedelta(days=days)).isoformat()
