# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each failure order is seen on the wire, and the log tells whether the change was made."""

from __future__ import annotations

import base64
import http.client
import socket
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.simulator import Fault, Simulator
from tests.simulator.faults import KINDS

from .conftest import Call

PATH = "/1/team_memberships"
Invite = Callable[[], requests.Response]


@pytest.fixture
def invite(honeycomb: Call) -> Invite:
    return lambda: honeycomb("POST", PATH, json={"email": "ada@example.com", "role": "member"})


def invited(sim: Simulator) -> bool:
    there = bool(sim.honeycomb.members.find("ada@example.com"))
    assert sim.log[0].changed is there
    assert len(sim.emails) == int(there)
    return there


@pytest.mark.parametrize(("kind", "change"), [("status", False), ("status_after", True)])
def test_status(sim: Simulator, invite: Invite, kind: str, change: bool) -> None:
    sim.fail(Fault(kind, status=503))
    answer = invite()
    assert (answer.status_code, answer.json()) == (503, {"error": "ordered failure 503"})
    assert invited(sim) is change
    assert (sim.log[0].status, sim.log[0].fault) == (503, kind)


def test_status_with_headers_and_body(sim: Simulator, honeybadger: Call) -> None:
    sim.fail(Fault("status", status=403, headers={"X-RateLimit-Remaining": "0"}, body={"errors": {"base": ["no"]}}))
    sim.fail(Fault("status", status=502, body="<html>Bad gateway</html>", after=1))
    first, second = honeybadger("GET", "users"), honeybadger("GET", "users")
    assert (first.headers["X-RateLimit-Remaining"], first.json()) == ("0", {"errors": {"base": ["no"]}})
    assert (second.headers["Content-Type"], second.text) == ("text/html", "<html>Bad gateway</html>")


@pytest.mark.parametrize("skew", [0.0, -7200.0, 7200.0])
def test_retry_after(sim: Simulator, honeycomb: Call, skew: float) -> None:
    sim.fail(Fault("status", status=429, retry_after=7, date_skew=skew))
    sim.fail(Fault("status", status=429, retry_after=7, retry_after_form="date", date_skew=skew, after=1))
    seconds, date = honeycomb("GET", PATH).headers, honeycomb("GET", PATH).headers
    assert seconds["Retry-After"] == "7"
    here = parsedate_to_datetime(date["Date"])
    assert (parsedate_to_datetime(date["Retry-After"]) - here).total_seconds() in (6, 7, 8)
    assert here.timestamp() - time.time() == pytest.approx(skew, abs=3)


@pytest.mark.parametrize(("kind", "change"), [("reset_before", False), ("reset_after", True)])
def test_reset(sim: Simulator, invite: Invite, kind: str, change: bool) -> None:
    sim.fail(Fault(kind))
    with pytest.raises(requests.ConnectionError, match="reset by peer"):
        invite()
    assert invited(sim) is change
    assert sim.log[0].status == 0


@pytest.mark.parametrize(("kind", "change"), [("timeout_before", False), ("timeout_after", True)])
def test_timeout(sim: Simulator, kind: str, change: bool) -> None:
    sim.fail(Fault(kind, seconds=0.4))
    body = {"email": "ada@example.com", "role": "member"}
    headers = {"X-Honeycomb-Team": sim.configuration_key}
    with pytest.raises(requests.ReadTimeout):
        requests.post(sim.honeycomb_url + PATH, json=body, headers=headers, timeout=0.1)
    assert invited(sim) is change


def test_silence_ends_with_a_reset(sim: Simulator, invite: Invite) -> None:
    sim.fail(Fault("timeout_before", seconds=0.1))
    with pytest.raises(requests.ConnectionError, match="reset by peer"):
        invite()


def test_cut_body(sim: Simulator, invite: Invite) -> None:
    sim.fail(Fault("cut_body"))
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        invite()
    assert invited(sim)


def test_cut_body_where_there_is_none(sim: Simulator, honeybadger: Call) -> None:
    sim.fail(Fault("cut_body"))
    sim.honeybadger.add("ada@example.com")
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        honeybadger("DELETE", "users/2")
    assert len(sim.honeybadger.users) == 1


@pytest.mark.parametrize(("kind", "change"), [("html", False), ("html_after", True)])
def test_html(sim: Simulator, invite: Invite, kind: str, change: bool) -> None:
    sim.fail(Fault(kind))
    answer = invite()
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html")
    assert answer.text.startswith("<!DOCTYPE html>")
    assert invited(sim) is change


def test_empty_body(sim: Simulator, invite: Invite) -> None:
    sim.fail(Fault("empty_body"))
    answer = invite()
    assert (answer.status_code, answer.content) == (200, b"")
    assert invited(sim)


def test_wrong_shape(sim: Simulator, honeycomb: Call, invite: Invite) -> None:
    sim.fail(Fault("wrong_shape", times=2), Fault("wrong_shape", body=7, after=2))
    assert isinstance(invite().json(), list)
    assert isinstance(honeycomb("GET", PATH).json(), dict)
    assert honeycomb("GET", PATH).json() == 7
    assert invited(sim)


@pytest.mark.parametrize("status", [302, 307, 308])
def test_redirect(sim: Simulator, invite: Invite, status: int) -> None:
    sim.fail(Fault("redirect", status=status), Fault("redirect", location="http://elsewhere.example/", after=1))
    answer = invite()
    assert (answer.status_code, answer.headers["Location"]) == (status, sim.honeybadger_url + PATH)
    assert invite().headers["Location"] == "http://elsewhere.example/"
    assert not invited(sim)


def test_a_client_that_follows_redirects_is_found_out(sim: Simulator) -> None:
    sim.fail(Fault("redirect", service="honeycomb"))
    headers = {"X-Honeycomb-Team": sim.configuration_key}
    requests.get(sim.honeycomb_url + PATH, headers=headers, timeout=5)
    assert [(entry.service, entry.stray) for entry in sim.log] == [("honeycomb", False), ("honeybadger", True)]


@pytest.mark.parametrize("slow_headers", [False, True])
def test_slow_bytes(sim: Simulator, invite: Invite, slow_headers: bool) -> None:
    sim.fail(Fault("slow_bytes", interval=0.001, slow_headers=slow_headers))
    begun = time.monotonic()
    assert invite().json()["email"] == "ada@example.com"
    assert time.monotonic() - begun > 0.09
    assert invited(sim)


def test_echo_key(sim: Simulator, honeycomb: Call, honeybadger: Call) -> None:
    sim.fail(Fault("echo_key", times=2))
    first = honeycomb("GET", PATH)
    assert first.status_code == 400
    assert sim.configuration_key in first.json()["error"]
    assert base64.b64encode(sim.configuration_key.encode()).decode() in first.json()["error"]
    second = honeybadger("GET", "users").json()["errors"]
    assert sim.auth_token in second
    assert base64.b64encode(f"{sim.auth_token}:".encode()).decode() in second


def test_every_kind_is_tested_here() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert [kind for kind in KINDS if f'"{kind}"' not in source] == []


# Which requests are hit


def test_matching(sim: Simulator, honeycomb: Call, honeybadger: Call, invite: Invite) -> None:
    fault = Fault("status", service="honeycomb", method="GET", path=r"memberships$", after=1, times=2)
    sim.fail(fault)
    statuses = []
    for _unused in range(4):
        honeybadger("GET", "users")
        honeycomb("GET", "/1/auth")
        invite()
        statuses.append(honeycomb("GET", PATH).status_code)
    assert statuses == [200, 500, 500, 200]
    assert fault.spent


def test_nth_and_forever(sim: Simulator, honeycomb: Call) -> None:
    sim.fail(Fault("status", nth=2, status=418), Fault("status", after=3, times=0, status=503))
    assert [honeycomb("GET", PATH).status_code for _unused in range(6)] == [200, 418, 200, 503, 503, 503]


@pytest.mark.parametrize(
    "order", [{"kind": "nonsense"}, {"kind": "action_before"}, {"kind": "status", "service": "elsewhere"}]
)
def test_orders_that_make_no_sense(order: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"no kind|needs an action|no service"):
        Fault(**order)


# Races


def test_somebody_acts_before_the_request_is_handled(sim: Simulator, honeycomb: Call) -> None:
    member = sim.honeycomb.add("ada@example.com")
    gone = {"do": "remove", "service": "honeycomb", "email": "ada@example.com"}
    sim.fail(Fault("action_before", method="DELETE", action=gone))
    assert honeycomb("DELETE", f"{PATH}/{member.id}").status_code == 404
    assert sim.log[0].fault == ""


def test_somebody_acts_after_the_request_is_handled(sim: Simulator, honeybadger: Call) -> None:
    sim.honeybadger.add_invitation("ada@example.com", "Member")
    sim.fail(Fault("action_after", path="/invitations", action=lambda: sim.honeybadger.accept("ada@example.com")))
    assert honeybadger("GET", "invitations").json()["results"][0]["accepted_at"] is None
    assert honeybadger("GET", "invitations").json()["results"][0]["accepted_at"]


def test_an_action_and_a_failure_together(sim: Simulator, honeycomb: Call) -> None:
    order = {"do": "role", "service": "honeycomb", "email": "owner@example.com", "role": "member"}
    sim.fail(Fault("action_before", action=order), Fault("status", status=502))
    assert honeycomb("GET", PATH).status_code == 502
    assert honeycomb("GET", PATH).json()[0]["role"] == "member"


def test_an_action_that_fails_is_no_secret(sim: Simulator, honeycomb: Call) -> None:
    sim.fail(Fault("action_before", action={"do": "remove", "service": "honeycomb", "email": "nobody@example.com"}))
    assert honeycomb("GET", PATH).status_code == 500
    assert "nobody on honeycomb" in sim.violations[0]
    sim.violations.clear()


# TLS


def test_a_good_certificate() -> None:
    with Simulator(tls="good") as sim:
        headers = {"X-Honeycomb-Team": sim.configuration_key}
        url = sim.honeycomb_url + PATH
        assert requests.get(url, headers=headers, verify=sim.ca_file, timeout=5).status_code == 200
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(url, headers=headers, timeout=5)
        assert len(sim.log) == 1


def test_a_wrong_certificate() -> None:
    with Simulator(tls="wrong") as sim, pytest.raises(requests.exceptions.SSLError):
        requests.get(sim.honeybadger_url, verify=sim.ca_file, timeout=5)
    assert sim.log == []


# Connections


def test_connections_stay_open(sim: Simulator, honeycomb: Call) -> None:
    for _unused in range(3):
        honeycomb("GET", PATH)
    assert len({entry.connection for entry in sim.log}) == 1


def test_latency(sim: Simulator, honeycomb: Call) -> None:
    sim.configure(latency=0.1)
    begun = time.monotonic()
    honeycomb("GET", PATH)
    assert time.monotonic() - begun >= 0.1


def test_a_stopped_simulator_leaves_no_connection_open() -> None:
    with Simulator() as sim:
        address = urlsplit(sim.honeycomb_url)
        kept = http.client.HTTPConnection("127.0.0.1", address.port or 0, timeout=5)
        kept.request("GET", PATH)
        kept.getresponse().read()
        assert isinstance(kept.sock, socket.socket)
        reader = kept.sock
    assert reader.recv(1) == b""
    kept.close()
