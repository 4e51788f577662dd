# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator's own endpoints, `/_sim/…`, the same on both ports."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .actions import EVERY_ACTION
from .faults import Fault
from .messages import Reply, Request, json_reply

if TYPE_CHECKING:
    from .simulator import Simulator


class Control:
    def __init__(self, simulator: Simulator) -> None:
        self._sim = simulator
        self._endpoints: dict[tuple[str, str], Callable[[Any], Any]] = {
            ("GET", ""): lambda _: simulator.addresses(),
            ("GET", "credentials"): lambda _: self._credentials(),
            ("GET", "state"): lambda _: simulator.dump(),
            ("PUT", "state"): simulator.load,
            ("GET", "settings"): lambda _: self._settings(),
            ("PUT", "settings"): lambda changes: simulator.configure(**changes),
            ("GET", "faults"): lambda _: [fault.as_dict() for fault in simulator.faults],
            ("POST", "faults"): self._add_faults,
            ("DELETE", "faults"): lambda _: simulator.faults.clear(),
            ("POST", "act"): simulator.act,
            ("GET", "log"): lambda _: [dataclasses.asdict(entry) for entry in list(simulator.log)],
            ("DELETE", "log"): lambda _: simulator.log.clear(),
            ("GET", "emails"): lambda _: self._emails(),
            ("DELETE", "emails"): lambda _: simulator.emails.clear(),
            ("GET", "violations"): lambda _: list(simulator.violations),
            ("POST", "clock"): lambda order: simulator.advance(float(order["advance"])),
            ("POST", "reset"): lambda changes: simulator.reset(**(changes or {})),
        }
        for action in EVERY_ACTION:
            self._endpoints["POST", action] = self._action(action)

    def handle(self, request: Request) -> Reply:
        name = "/".join(request.segments[1:])
        endpoint = self._endpoints.get((request.method, name))
        if endpoint is None:
            return json_reply(404, {"error": f"no {request.method} /_sim/{name}"})
        try:
            result = endpoint(json.loads(request.body) if request.body else None)
        except LookupError as error:
            return json_reply(404, {"error": str(error)})
        except (TypeError, ValueError) as error:
            return json_reply(422, {"error": str(error)})
        return Reply(204) if result is None else json_reply(200, result)

    def _action(self, action: str) -> Callable[[Any], Any]:
        return lambda order: self._sim.act({**order, "do": action})

    def _settings(self) -> dict[str, Any]:
        """Without the keys: those are at `credentials`."""
        shown = dataclasses.asdict(self._sim.settings)
        return {name: value for name, value in shown.items() if name not in self._credentials()}

    def _credentials(self) -> dict[str, str]:
        settings = self._sim.settings
        names = ("configuration_key", "ingest_key", "management_key", "management_key_secret", "auth_token")
        return {name: getattr(settings, name) for name in names}

    def _add_faults(self, orders: Any) -> None:
        self._sim.fail(*(Fault(**order) for order in (orders if isinstance(orders, list) else [orders])))

    def _emails(self) -> dict[str, Any]:
        emails = list(self._sim.emails)
        return {
            "emails": [dataclasses.asdict(email) for email in emails],
            "count": {
                service: Counter(email.email for email in emails if email.service == service)
                for service in ("honeycomb", "honeybadger")
            },
        }
