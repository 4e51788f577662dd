# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two services in one process, with everything a test sets, orders and looks at."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .account import Account
from .actions import perform
from .certificates import Certificates
from .control import Control
from .faults import ACTIONS, BEFORE, SILENT, Fault, distort, timing_headers
from .honeybadger_api import HoneybadgerApi
from .honeycomb_api import HoneycombApi
from .messages import Reply, Request
from .server import Delivery, Listener
from .settings import Settings
from .team import Team
from .world import Email, Entry, World

if TYPE_CHECKING:
    from typing import Self


class Service:
    """One service as a server sees it: its API, spoilt by the orders that are out."""

    def __init__(self, simulator: Simulator, api: HoneycombApi | HoneybadgerApi) -> None:
        self._sim = simulator
        self._api = api
        self.now = simulator.world.now
        self.control = simulator.control.handle

    def pause(self, seconds: float) -> object:
        return self._sim.hurry.wait(seconds)

    def latency(self) -> float:
        return self._sim.settings.latency

    def answer(self, request: Request) -> Delivery:
        try:
            return self._answer(request)
        except Exception as error:  # noqa: BLE001 - whatever it is, who asserts on violations is told
            self._sim.violations.append(f"simulator: {request.method} {request.path}: {error!r}")
            return Delivery(Reply(500, b"the simulator failed\n", {"Content-Type": "text/plain"}))

    def _answer(self, request: Request) -> Delivery:
        sim, name = self._sim, self._api.service
        with sim.world.lock:
            hits = [fault for fault in sim.faults if fault.hits(name, request)]
            fault = next((fault for fault in hits if fault.kind not in ACTIONS), None)
            sim.run_actions(hits, "action_before")
            real = None if fault and fault.kind in BEFORE else self._api.handle(request)
            sim.run_actions(hits, "action_after")
            reply = real if fault is None else self._spoil(fault, request, real)
            assert reply is not None
            if sim.rewrite and fault is None and reply.body:
                reply = replace(reply, body=json.dumps(sim.rewrite(json.loads(reply.body))).encode())
            self._record(request, reply, fault)
        sim.hold_to_contract(name, request, reply if fault is None else None)
        return Delivery(reply, fault)

    def _spoil(self, fault: Fault, request: Request, real: Reply | None) -> Reply:
        reply = distort(fault, self._api.service, request, real, self._sim.elsewhere(self._api.service))
        return reply.having(timing_headers(fault, self.now()))

    def _record(self, request: Request, reply: Reply, fault: Fault | None) -> None:
        sim = self._sim
        kinds = sim.credential_kinds(request)
        foreign = {"basic", "bearer"} if self._api.service == "honeycomb" else set(kinds) - {"basic", "bearer"}
        if request.segments[0] == "2":
            foreign = foreign - {"bearer"}
        sim.log.append(
            Entry(
                number=len(sim.log) + 1,
                service=self._api.service,
                method=request.method,
                path=sim.world.without_secrets(request.target),
                body=sim.body_of(request),
                status=0 if fault and fault.kind in SILENT else reply.status,
                changed=reply.changed,
                fault=fault.kind if fault else "",
                credentials=kinds,
                stray=bool(foreign & set(kinds)),
                connection=request.connection,
                at=self.now(),
            )
        )


class Simulator:
    """Start it with `with Simulator(people=100) as sim:`; any setting may be given."""

    def __init__(
        self,
        *,
        honeycomb_port: int = 0,
        honeybadger_port: int = 0,
        tls: str = "",
        check_contract: bool = False,
        **settings: Any,
    ) -> None:
        self.settings = Settings(**settings)
        self._first_settings = dataclasses.asdict(self.settings)
        self.world = World(self.settings)
        self.honeycomb = Team(self.world)
        self.honeybadger = Account(self.world)
        self.honeycomb_api = HoneycombApi(self.world, self.honeycomb)
        self.honeybadger_api = HoneybadgerApi(self.world, self.honeybadger)
        self.faults: list[Fault] = []
        self.violations: list[str] = []
        self.rewrite: Callable[[Any], Any] | None = None
        self.check_contract = check_contract
        self.hurry = threading.Event()
        self.control = Control(self)
        self._checkers: dict[str, Any] = {}
        self._certificates = Certificates(tls) if tls else None
        context = self._certificates.context if self._certificates else None
        self._listeners = {
            "honeycomb": Listener(honeycomb_port, Service(self, self.honeycomb_api), context),
            "honeybadger": Listener(honeybadger_port, Service(self, self.honeybadger_api), context),
        }

    def __enter__(self) -> Self:
        for listener in self._listeners.values():
            listener.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.hurry.set()
        for listener in self._listeners.values():
            listener.stop()
        if self._certificates:
            self._certificates.close()

    # Looking

    @property
    def honeycomb_url(self) -> str:
        return self._listeners["honeycomb"].url

    @property
    def honeybadger_url(self) -> str:
        return self._listeners["honeybadger"].url

    @property
    def ca_file(self) -> str:
        """The authority to trust, with tls="good"."""
        return self._certificates.ca_file if self._certificates else ""

    @property
    def log(self) -> list[Entry]:
        return self.world.log

    @property
    def emails(self) -> list[Email]:
        return self.world.emails

    @property
    def secrets(self) -> tuple[str, ...]:
        """Whatever must never be seen outside a request, encoded forms included."""
        return (*self.world.credentials(), *sorted(self.world.issued))

    configuration_key = property(lambda self: self.settings.configuration_key)
    ingest_key = property(lambda self: self.settings.ingest_key)
    management_key = property(lambda self: self.settings.management_key)
    management_key_id = property(lambda self: self.settings.management_key_id)
    management_key_secret = property(lambda self: self.settings.management_key_secret)
    auth_token = property(lambda self: self.settings.auth_token)
    account_id = property(lambda self: self.settings.account_id)

    def emails_to(self, email: str, service: str = "") -> list[Email]:
        return [mail for mail in self.emails if mail.email == email and service in ("", mail.service)]

    def writes(self, service: str = "") -> list[Entry]:
        """The requests that were to change something, in order."""
        return [entry for entry in self.log if entry.method != "GET" and service in ("", entry.service)]

    def addresses(self) -> dict[str, str]:
        named = {
            "honeycomb_url": self.honeycomb_url,
            "honeybadger_url": self.honeybadger_url,
            "account_id": self.settings.account_id,
        }
        return {**named, "ca_file": self.ca_file} if self.ca_file else named

    # Setting and ordering

    def reset(self, **settings: Any) -> None:
        """As new: the settings that it was made with (and these), the people seeded, nothing logged or ordered."""
        with self.world.lock:
            self.settings.update(**{**self._first_settings, **settings})
            self.world.clear()
            self.faults.clear()
            self.violations.clear()
            self.rewrite = None
            self.honeycomb.reset()
            self.honeybadger.reset()
            self.honeycomb_api.clear()
            self.honeybadger_api.allowance.clear()

    def configure(self, **settings: Any) -> None:
        """Change settings; those that seed (seed, people, owner) take effect with `reset`."""
        with self.world.lock:
            self.settings.update(**settings)
            self.honeycomb.forget_texts()
            self.honeybadger.forget_texts()

    def fail(self, *faults: Fault) -> None:
        """Order failures, after those ordered before."""
        with self.world.lock:
            self.faults.extend(faults)

    @contextlib.contextmanager
    def settling(self) -> Iterator[None]:
        """End the waits that were ordered, and leave only when all is answered that clients sent and gave up."""
        self.hurry.set()
        try:
            yield
            for listener in self._listeners.values():
                listener.settle()
        finally:
            self.hurry.clear()

    def act(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Have people do something by themselves; see `actions.perform`."""
        with self.world.lock:
            return perform(self.honeycomb, self.honeybadger, order)

    def advance(self, seconds: float) -> None:
        """Move the clock ahead."""
        self.world.ahead += seconds

    def dump(self) -> dict[str, Any]:
        return {"honeycomb": self.honeycomb.dump(), "honeybadger": self.honeybadger.dump()}

    def load(self, state: Mapping[str, Any]) -> None:
        """Replace the state of the services that are named."""
        for name, part in state.items():
            {"honeycomb": self.honeycomb.load, "honeybadger": self.honeybadger.load}[name](part)

    # For the servers

    def run_actions(self, faults: list[Fault], kind: str) -> None:
        for fault in faults:
            if fault.kind == kind and fault.action is not None:
                fault.action() if callable(fault.action) else self.act(fault.action)

    def elsewhere(self, service: str) -> str:
        return self.honeybadger_url if service == "honeycomb" else self.honeycomb_url

    def credential_kinds(self, request: Request) -> tuple[str, ...]:
        kinds = []
        if "X-Honeycomb-Team" in request.headers:
            kinds.append(self.honeycomb_api.key_kind(request))
        if "Authorization" in request.headers:
            kinds.append(request.header("Authorization").partition(" ")[0].lower())
        return tuple(kinds)

    def body_of(self, request: Request) -> Any:
        if not request.body:
            return None
        text = self.world.without_secrets(request.body.decode("utf-8", "replace"))
        try:
            return json.loads(text)
        except ValueError:
            return text

    def hold_to_contract(self, service: str, request: Request, reply: Reply | None) -> None:
        """Note where a request, or an answer that nobody ordered to fail, breaks the contract."""
        if not self.check_contract:
            return
        with self.world.lock:
            if service not in self._checkers:
                from ..contract.check import ContractChecker  # openapi-core is needed for this only

                self._checkers[service] = ContractChecker(service)
            checker = self._checkers[service]
        sent = (request.method, request.target, dict(request.headers.items()), request.body)
        found = checker.check_request(*sent)
        if reply is not None:
            found += checker.check_response(*sent, reply.status, dict(reply.headers), reply.body)
        self.violations.extend(found)
