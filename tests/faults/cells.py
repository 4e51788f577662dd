# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fault matrix: every request of every scenario, times every order to fail, generated from fault-free runs."""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any
from unittest import mock

from ansible_collections.honeyops.access.plugins.module_utils._http import connection as _exchange
from tests.simulator import Fault, Simulator
from tests.simulator.world import Entry

from . import network, proxy
from .judge import Holding, Run, State, declared, faults
from .network import Detours
from .proxy import Proxy
from .scenarios import SCENARIOS, Scenario
from .stage import PATIENT, perform

HASTY = 0.08  # request_timeout for cells in which it is to be met
STATUSES = (400, 401, 403, 404, 409, 422, 429, 500, 502, 503, 504)
ASKED_TO_WAIT: dict[str, dict[str, Any]] = {
    "": {},
    ", wait 2 s": {"retry_after": 2},
    ", wait until a date": {"retry_after": 2, "retry_after_form": "date"},
    ", wait an hour": {"retry_after": 3600},
}
LASTING = ("429, wait 2 s", "429, wait an hour", "503, wait 2 s", "503, wait an hour")
REACHES = ("once", "same", "all")
ENDURED = ("403", "404")  # of looks without which some tasks go on
AFTERWARDS = ("reset_after", "timeout_after", "html_after", "status_after")
CHIEF = (
    "reset_after",
    "timeout_after",
    "cut_body",
    "html",
    "html_after",
    "redirect",
    "302 after the change",
    "tunnel, after, FIN",
    "tunnel, noise",
    "plain proxy, after, RST",
    "409",
    "429",
    "429, wait 2 s",
    "502",
    "502 after the change",
)


@dataclass(frozen=True)
class Order:
    """One way to fail. ``column``: where it stands in the table."""

    name: str
    column: str
    kind: str
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def slow(self) -> bool:
        return self.kind in ("timeout_before", "timeout_after", "slow_bytes")

    @property
    def afterwards(self) -> bool:
        """Whether the service did what it was asked for."""
        return self.kind in AFTERWARDS or (self.kind in proxy.LOSSES and proxy.LOSSES[self.kind].does)

    @property
    def on_the_way(self) -> bool:
        """Whether it happens between here and the service."""
        return self.kind in network.KINDS or self.kind in proxy.LOSSES

    def persists(self, reach: str) -> bool:
        """Whether it is worth ordering for so long; each form of Retry-After need only be met once."""
        return reach == "once" or "retry_after" not in self.extra or self.name in LASTING


def _orders() -> Iterator[Order]:
    for kind in ("reset_before", "reset_after", "cut_body", "html", "html_after", "empty_body", "wrong_shape"):
        yield Order(kind, kind, kind)
    for kind in ("timeout_before", "timeout_after"):
        yield Order(kind, kind, kind, {"seconds": 3 * HASTY})
    yield Order("slow_bytes", "slow_bytes", "slow_bytes", {"interval": 0.02})
    yield Order("redirect", "redirect", "redirect")
    yield Order("redirect 307", "redirect", "redirect", {"status": 307})
    yield Order("echo_key", "echo_key", "echo_key")
    for status in STATUSES:
        for text, extra in ASKED_TO_WAIT.items():
            yield Order(f"{status}{text}", str(status), "status", {"status": status, **extra})
    yield Order("403 at the limit", "403", "status", {"status": 403, "limited": 2.0})
    for status in (500, 502, 503, 504):
        yield Order(f"{status} after the change", f"{status}_after", "status_after", {"status": status})
    for status in (302, 303):
        elsewhere = {"status": status, "headers": {"Location": "https://elsewhere.example/"}}
        yield Order(f"{status} after the change", "redirect_after", "status_after", elsewhere)
    for kind in network.KINDS:
        yield Order(kind, kind, kind)
    for loss in proxy.LOSSES.values():
        yield Order(loss.kind, f"{loss.form}, {loss.cut}", loss.kind)


ORDERS = {order.name: order for order in _orders()}


@dataclass(frozen=True)
class Place:
    """One request of a scenario: the ``nth`` of those of its kind, ``number`` of all, counted from 1."""

    method: str
    path: str
    shape: str
    nth: int
    number: int

    def hit(self, kind: str, service: str, reach: str, **extra: Any) -> Fault:
        """An order that hits this request once, or all of its kind from it on, or all requests from it on."""
        if reach == "all":
            return Fault(kind, service, after=self.number - 1, times=0, **extra)
        return Fault(kind, service, self.method, self.shape, self.nth - 1, int(reach == "once"), **extra)


@dataclass(frozen=True)
class Cell:
    scenario: Scenario
    place: Place
    order: Order
    reach: str

    def __str__(self) -> str:
        return f"{self.scenario.title} · {self.place.method} {self.place.path} · {self.order.name}, {self.reach}"


@dataclass(frozen=True)
class Verdict:
    """How a cell ended, and every promise that was broken.

    ``code`` is ok or the error's. ``marks``: the service's word was believed (it said that there was nothing to do), the
    result says that it is not known what took effect, or somebody got two e-mails where nobody could have known.
    """

    cell: Cell
    code: str
    marks: tuple[str, ...]
    problems: list[str]


def places(log: Iterable[Entry]) -> list[Place]:
    """The requests of a fault-free run, each with a pattern for its kind: ids and nothing else are left open."""
    found: list[Place] = []
    for number, entry in enumerate(log, 1):
        path, _unused, query = entry.path.partition("?")
        shown = re.sub(
            r"(?<=/)(accounts|users|invitations|team_memberships|api-keys|team_members|team_invitations)/[^/]+",
            r"\1/ID",
            path,
        )
        pattern = "^" + re.escape(shown).replace("ID", "[^/?]+") + (re.escape("?" + query) if query else "") + "$"
        nth = 1 + sum(place.method == entry.method and place.shape == pattern for place in found)
        found.append(Place(entry.method, shown + ("?" + query if query else ""), pattern, nth, number))
    return found


@dataclass
class Arena:
    """Runs cells against one simulator, one after the other."""

    sim: Simulator
    detours: Detours
    proxy: Proxy
    _models: dict[str, tuple[State, Run, list[Place]]] = field(default_factory=dict)

    def model(self, scenario: Scenario) -> tuple[State, Run, list[Place]]:
        """The state before, the fault-free run and its requests."""
        if scenario.title not in self._models:
            self._set(scenario)
            run = self._run(scenario)
            assert run.result["rc"] == 0, run.result
            assert faults(run, self.sim.secrets) == [], (scenario.title, faults(run, self.sim.secrets), run.result)
            self._models[scenario.title] = (run.before, run, places(run.log))
        return self._models[scenario.title]

    def cells(self, scenario: Scenario) -> Iterator[Cell]:
        """All cells of a scenario."""
        for place in self.model(scenario)[2]:
            yield from self.cells_at(scenario, place)

    def cells_at(self, scenario: Scenario, place: Place) -> Iterator[Cell]:
        """The cells of one request; orders that come after a change have no second meaning for a look."""
        is_old = self._is_old(scenario, place)
        for order in ORDERS.values():
            reaches = REACHES[:1] if is_old and order.column not in ENDURED else REACHES
            pointless = place.method == "GET" and order.afterwards
            if not pointless and ("limited" not in order.extra or scenario.service == "honeybadger"):
                yield from (Cell(scenario, place, order, reach) for reach in reaches if order.persists(reach))

    def _is_old(self, scenario: Scenario, place: Place) -> bool:
        """Whether an earlier task of the module begins with this look, too: where that fails for good, they end alike."""
        earlier = takewhile(lambda one: one.title != scenario.title, SCENARIOS.values())
        alike = [self._first_looks(one) for one in earlier if one.module == scenario.module]
        return place in self._first_looks(scenario) and any(place in looks for looks in alike)

    def _first_looks(self, scenario: Scenario) -> list[Place]:
        """The requests of the fault-free run before its first change."""
        return list(takewhile(lambda place: place.method == "GET", self.model(scenario)[2]))

    def chief_cells(self, scenario: Scenario) -> list[Cell]:
        """The pairs that matter most: writes that fail once, with their effect made or not."""
        return [
            cell
            for cell in self.cells(scenario)
            if cell.place.method != "GET" and cell.order.name in CHIEF and cell.reach == "once"
        ]

    def judge(self, cell: Cell) -> Verdict:
        """Run a cell, then run again without the fault, and hold both against what is promised."""
        scenario, model = cell.scenario, self.model(cell.scenario)[1]
        self._set(scenario)
        run = self._run(scenario, cell)
        problems = faults(run, self.sim.secrets)
        allowed = {holding.key for holding in model.before - model.after}
        gone = {holding.key for holding in run.before} - {holding.key for holding in run.after}
        problems += [f"{key} was removed" for key in sorted(gone - allowed, key=str)]
        lost = (run.beside[0] - run.beside[1]) - (model.beside[0] - model.beside[1])
        problems += [f"{holding} was taken away" for holding in lost]
        complete = declared(run.whole[1]) == declared(model.whole[1])
        good = run.result["rc"] == 0
        if good and not complete and not run.believed and not run.unread:
            problems.append(f"a success, but {sorted(map(str, declared(run.after) - declared(model.after)))} is there")
        unverified = bool(scenario.options.get("verify")) and not run.result.get("verified")
        excused = run.unknown or unverified or bool(scenario.events)
        if not good and complete and run.before != run.after and not excused:
            problems.append("a failure, though all was done")
        twice = self._twice()
        if twice and not (scenario.blind and "known_invitations" not in scenario.options):
            problems.append(f"two e-mails to {twice}")
        if scenario.writes and not run.believed:
            problems += self._again(cell, run, model)
            if not twice and self._twice() and not (scenario.blind and run.unknown):
                problems.append(f"two e-mails to {self._twice()} with the run after it")
        problems += [violation for violation in self.sim.violations if violation.startswith("simulator")]
        code = "ok" if good else str(run.error.get("code"))
        marks = {"believed": run.believed and good, "unknown": run.unknown, "twice": bool(self._twice())}
        return Verdict(cell, code, tuple(mark for mark, is_set in marks.items() if is_set), problems)

    def _again(self, cell: Cell, first: Run, model: Run) -> list[str]:
        """The same task without a fault, with what the first run remembered."""
        scenario, options = cell.scenario, dict(cell.scenario.options)
        if first.result.get("known_invitations") is not None:
            options["known_invitations"] = first.result["known_invitations"]
        options.pop("wait", None)
        self.sim.faults.clear()
        again = perform(self.sim, scenario.module, options)
        problems = faults(again, self.sim.secrets)
        if again.result["rc"] != 0:
            problems.append(f"failed: {again.result['msg']}")
        # An invitation that was cancelled, and then could not be sent anew, took its role and teams with it.
        halfway = scenario.reinvites and first.result["rc"] != 0
        parts = slice(1) if halfway else slice(4)
        told = " ".join((*first.result.get("follow_up", ()), *again.result.get("follow_up", ())))
        there, wanted = (
            {one[parts] for one in declared(frozenset(h for h in state if not _is_told(h, told)))}
            for state in (again.whole[1], model.whole[1])
        )
        if wanted != there and not scenario.events:
            problems.append(f"{sorted(map(str, there - wanted))} instead of {sorted(map(str, wanted - there))}")
        return [f"the run after it: {problem}" for problem in problems]

    def _twice(self) -> list[str]:
        sent = [mail.email for mail in self.sim.emails]
        return sorted({email for email in sent if sent.count(email) > 1})

    def _extra(self, order: Order) -> dict[str, Any]:
        extra = dict(order.extra)
        if "limited" in extra:
            reset = math.ceil(self.sim.world.now() + extra.pop("limited"))
            extra["headers"] = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(reset)}
        return extra

    def _set(self, scenario: Scenario) -> None:
        self.sim.reset(**scenario.settings)
        scenario.prepare(self.sim)

    def _run(self, scenario: Scenario, cell: Cell | None = None) -> Run:
        sim, order = self.sim, cell.order if cell else None
        sim.fail(*(scenario.events(sim) if scenario.events else ()))
        with contextlib.ExitStack() as stack:
            if cell and order and order.on_the_way:
                way = self.detours if order.kind in network.KINDS else self.proxy
                stack.enter_context(way.on(order.kind, cell.place.hit("status", scenario.service, cell.reach)))
            elif cell and order:
                sim.fail(cell.place.hit(order.kind, scenario.service, cell.reach, **self._extra(order)))
            if order and order.slow:
                stack.enter_context(mock.patch.object(_exchange, "GRACE", HASTY / 4))
            return perform(
                sim,
                scenario.module,
                scenario.options,
                check=scenario.check,
                request_timeout=HASTY if order and order.slow else PATIENT,
                wired=order is None or not (order.slow or order.on_the_way),
            )


def _is_told(holding: Holding, told: str) -> bool:
    """Whether it is a key that no run can do any more about than it did: off, or named as left to do by hand."""
    return holding.key[0] == "k" and (holding.status == "disabled" or holding.key[1] in told)


@contextlib.contextmanager
def arena() -> Iterator[Arena]:
    with Simulator() as sim, Detours() as detours, Proxy() as proxy_:
        yield Arena(sim, detours, proxy_)
