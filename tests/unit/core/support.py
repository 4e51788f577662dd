# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of the core share: the two services side by side, and what must be true of every result."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.simulator import Simulator

Result = dict[str, Any]
Ask = Callable[..., Result]

CODES = {
    *("invalid_key", "wrong_key_type", "forbidden", "endpoint_unavailable", "not_found", "rate_limited", "conflict"),
    *("validation", "server_error", "timeout", "connection", "tls", "redirect_refused", "bad_response"),
    *("insecure_url", "guard_refused", "last_admin", "plan_changed", "partial_failure", "not_a_user"),
}
ERROR_KEYS = {"code", "status", "method", "path", "detail", "hint"}
LONG_AGO = "2020-01-01T00:00:00Z"
OWNER = "owner@example.com"


@dataclass(frozen=True)
class Side:
    """One service: its modules, the names of its roles, and what its simulator is asked in tests."""

    service: str
    one: str
    many: str
    people: str
    low: str
    high: str
    keepers: str
    allow: str
    lists: int
    """Requests that one look costs."""

    def add(self, sim: Simulator, email: str, role: str = "") -> Any:
        """An accepted person's id."""
        return getattr(sim, self.service).add(email, role or self.low).id

    def add_pending(self, sim: Simulator, email: str, role: str = "") -> Any:
        """The id of an invitation that nobody got an e-mail for."""
        if self.service == "honeycomb":
            return sim.honeycomb.add(email, role or self.low, accepted=False).id
        return sim.honeybadger.add_invitation(email, role or self.low).id

    def active(self, sim: Simulator) -> dict[str, str]:
        """Accepted people and their roles, without the owner."""
        if self.service == "honeycomb":
            there = {member.email: member.role for member in sim.honeycomb.members if member.accepted}
        else:
            there = {user.email: user.role for user in sim.honeybadger.users}
        return {email: role for email, role in there.items() if email != OWNER}

    def pending(self, sim: Simulator) -> dict[str, str]:
        if self.service == "honeycomb":
            return {member.email: member.role for member in sim.honeycomb.members if not member.accepted}
        return {item.email: item.role for item in sim.honeybadger.invitations if not item.accepted_at}

    def mails(self, sim: Simulator, email: str) -> int:
        return len(sim.emails_to(email, self.service))


HONEYCOMB = Side(
    "honeycomb",
    "honeycomb_member",
    "honeycomb_members",
    "members",
    "member",
    "admin",
    "min_admins",
    "allow_no_admin",
    1,
)
HONEYBADGER = Side(
    "honeybadger",
    "honeybadger_user",
    "honeybadger_users",
    "users",
    "Member",
    "Owner",
    "min_owners",
    "allow_no_owner",
    2,
)
SIDES = (HONEYCOMB, HONEYBADGER)


def verbs(sim: Simulator) -> list[str]:
    """The methods of all requests, in order."""
    return [entry.method for entry in sim.log]


def warnings_of(result: Result) -> list[str]:
    """The warnings of a module, which are texts until ansible-core 2.18 and events from 2.19 on."""
    return [warning if isinstance(warning, str) else warning["event"]["msg"] for warning in result.get("warnings", ())]


def forget(sim: Simulator) -> None:
    """Empty the log and the list of e-mails, and leave everything else."""
    sim.log.clear()
    sim.emails.clear()


def inspect(sim: Simulator, result: Result) -> None:
    """What holds for every exit of every module."""
    text = json.dumps(result)
    assert not [secret for secret in sim.secrets if secret in text]
    assert "Traceback" not in text
    assert "exception" not in result
    assert not any(entry.stray for entry in sim.log)
    if result["rc"]:
        assert result["failed"] is True
        assert result["error"].keys() == ERROR_KEYS
        assert result["error"]["code"] in CODES
        assert result["msg"].strip() == result["msg"] != ""
        assert "\n" not in result["msg"]
    else:
        assert not result.get("failed")
        assert "error" not in result


SAME = ("changed", "status", "action", "follow_up", "diff", "plan", "plan_id", "results", "summary", "error")


def told(result: Result) -> Result:
    """What check mode and the real run must tell alike."""
    return {key: result[key] for key in SAME if key in result}


class Clock:
    """A monotonic clock that goes on only where somebody sleeps or the test says so."""

    start = 1000.0

    def __init__(self, then: Callable[[float], object] = float) -> None:
        self.now = self.start
        self.slept: list[float] = []
        self.then = then

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.now += seconds
        self.then(seconds)
