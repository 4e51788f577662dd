# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a service lets through in an hour or a minute: known before the first write, kept to, waited for or refused."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

from tests.simulator import Fault, Simulator

from .support import HONEYBADGER, HONEYCOMB, Ask, Side, forget, verbs


def newcomers(count: int) -> list[dict[str, Any]]:
    return [{"email": f"{number}@example.com"} for number in range(count)]


@pytest.mark.parametrize("check", [False, True])
def test_400_people_and_360_requests(ask: Ask, sim: Simulator, check: bool) -> None:
    failed = ask("honeybadger_users", users=newcomers(400), check=check, fails="rate_limited")
    assert (verbs(sim), sim.emails) == (["GET", "GET"], [])
    for number in ("358", "360", "400"):
        assert number in failed["msg"]
    (reset,) = re.findall(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", failed["msg"])
    assert reset[:13] in (
        time.strftime("%Y-%m-%dT%H", time.gmtime(time.time() + later)) for later in (3540, 3600, 3660)
    )
    assert "max_changes" in failed["msg"]
    assert (len(failed["plan"]), failed["summary"]["not_attempted"]) == (400, 400)
    assert failed["api"] == {"requests": 2, "waited": 0.0, "rate_limit_remaining": 358}


def test_what_fits_is_not_refused(ask: Ask, sim: Simulator) -> None:
    assert ask("honeybadger_users", users=newcomers(358), check=True)["summary"]["applied"] == 358
    ask("honeybadger_users", users=newcomers(358), check=True, fails="rate_limited")  # two more lists were read since
    assert ask("honeybadger_users", users=newcomers(400), max_changes=300, check=True)["summary"]["deferred"] == 100


def test_slices_over_the_hours(ask: Ask, sim: Simulator) -> None:
    sim.reset(quota=12, page_size=100)
    done = []
    for hour in range(3):
        sim.advance(3600 * (hour > 0))
        run = ask("honeybadger_users", users=newcomers(25), max_changes=10, concurrency=1)
        done.append((run["summary"]["applied"], run["summary"]["deferred"], run["api"]["rate_limit_remaining"]))
    assert done == [(10, 15, 0), (10, 5, 0), (5, 0, 5)]
    assert sorted(mail.email for mail in sim.emails) == sorted(item["email"] for item in newcomers(25))
    assert {entry.status for entry in sim.log} == {200, 201}


@pytest.mark.parametrize("headers", [True, False])
def test_a_reset_that_is_near_is_waited_for(ask: Ask, sim: Simulator, side: Side, headers: bool) -> None:
    """By the headers before the limit is met, else when the service refuses: nothing is lost, nobody invited twice."""
    if side is HONEYBADGER and not headers:
        sim.reset(quota=0)
        limit = Fault(
            "status", method="POST", after=4, status=403, headers={"X-RateLimit-Remaining": "0"}, retry_after=1
        )
        sim.fail(limit)
    else:
        sim.reset(quota=6, quota_window=1, rate_limit=5, rate_window=1, limit_headers=headers)
    done = ask(side.many, **{side.people: newcomers(7)}, max_wait=10, concurrency=1)
    assert (done["summary"]["applied"], len(sim.emails)) == (7, 7)
    assert 0 < done["api"]["waited"] <= 10
    assert any(entry.status in (403, 429) for entry in sim.log) is not headers


def test_windows_to_wait_for_are_counted(ask: Ask, sim: Simulator) -> None:
    """Ten in a minute: thirty people take the rest of this minute and two more."""
    sim.reset(rate_limit=10, rate_window=60)
    failed = ask("honeycomb_members", members=newcomers(30), max_wait=170, fails="rate_limited")
    assert "has 8 requests of 10 left and 30 are needed" in failed["msg"]
    assert "180 s" in failed["msg"]
    sim.reset(rate_limit=2, rate_window=60)
    assert "has 0 requests of 2 left" in ask("honeycomb_members", members=newcomers(3), fails="rate_limited")["msg"]
    sim.reset(rate_limit=10, rate_window=60)
    assert ask("honeycomb_members", members=newcomers(30), max_wait=185, check=True)["changed"] is True
    sim.reset(rate_limit=10, rate_window=60)
    assert ask("honeycomb_members", members=newcomers(8), max_wait=0)["summary"]["applied"] == 8


def test_a_limit_that_is_told_in_part(ask: Ask, sim: Simulator) -> None:
    everybody = [{"id": "a", "email": "owner@example.com", "role": "admin"}]
    sim.fail(Fault("html", body=everybody, times=3, headers={"RateLimit": "remaining=2, reset=50"}))
    failed = ask("honeycomb_members", members=newcomers(3), fails="rate_limited")
    assert "has 2 requests left and 3 are needed" in failed["msg"]
    assert ask("honeycomb_members", members=newcomers(3), max_wait=60, check=True)["changed"] is True
    assert ask("honeycomb_members", members=newcomers(2), check=True)["changed"] is True


def test_an_invitation_sent_anew_takes_two(ask: Ask, sim: Simulator) -> None:
    sim.reset(quota=5)
    for item in newcomers(2):
        sim.honeybadger.add_invitation(item["email"], created_at="2020-01-01T00:00:00Z")
    failed = ask("honeybadger_users", users=newcomers(2), reinvite_after=1, fails="rate_limited")
    assert "3 requests of 5 left and 4 are needed" in failed["msg"]
    assert (
        ask("honeybadger_users", users=newcomers(1), reinvite_after=1, max_wait=0, fails="rate_limited")["changed"]
        is False
    )
    assert sim.writes() == []


@pytest.mark.parametrize("module", ["honeybadger_users", "honeybadger_user", "honeybadger_user_info"])
def test_nothing_left_at_all(ask: Ask, sim: Simulator, module: str) -> None:
    sim.reset(quota=1)
    ask("honeybadger_account_info")
    forget(sim)
    people: dict[str, dict[str, Any]] = {
        "honeybadger_users": {"users": newcomers(1)},
        "honeybadger_user": {"email": "0@example.com"},
    }
    failed = ask(module, **people.get(module, {}), fails="rate_limited")
    assert [(entry.method, entry.status) for entry in sim.log] == [("GET", 403)]
    assert "max_wait" in failed["error"]["hint"]
    assert re.search(r"T\d\d:\d\d:\d\dZ", failed["error"]["hint"])
    assert failed["changed"] is False


def test_one_person_is_held_to_it_as_well(ask: Ask, sim: Simulator) -> None:
    sim.reset(quota=2)
    failed = ask("honeybadger_user", email="0@example.com", fails="rate_limited")
    assert (failed["status"], failed["changed"], sim.writes()) == ("absent", False, [])


@pytest.mark.parametrize("form", ["date", "seconds", "none"])
def test_a_limit_met_by_all_workers_at_once(ask: Ask, sim: Simulator, form: str) -> None:
    sim.reset(rate_limit=6, rate_window=1, limit_headers=False, retry_after=form)
    done = ask(HONEYCOMB.many, members=newcomers(12), concurrency=6, max_wait=20)
    assert (done["summary"]["applied"], len(sim.emails)) == (12, 12)
