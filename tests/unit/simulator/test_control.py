# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings, state, log and clock: from Python, over HTTP and on the command line."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.simulator import Settings, Simulator
from tests.simulator.faults import KINDS, Fault
from tests.simulator.settings import OPTIONS

from .conftest import Call

ROOT = Path(__file__).resolve().parents[3]
COMMAND = (sys.executable, "-m", "tests.simulator")


def test_state_is_replaced_and_shown(sim: Simulator, control: Call, honeycomb: Call) -> None:
    state: dict[str, Any] = {
        "honeycomb": {
            "members": [{"email": "ada@example.com", "role": "admin"}, {"email": "b@c.d", "accepted": False}]
        },
        "honeybadger": {
            "users": [{"email": "ada@example.com", "role": "Owner", "id": 7}],
            "invitations": [{"email": "b@c.d"}, {"email": "e@f.g", "accepted_at": "2024-01-01T00:00:00Z"}],
        },
    }
    assert control("PUT", "state", state).status_code == 204
    shown = control("GET", "state").json()
    assert [(one["email"], one["accepted"]) for one in shown["honeycomb"]["members"]] == [
        ("ada@example.com", True),
        ("b@c.d", False),
    ]
    assert shown["honeybadger"]["users"][0] == {"id": 7, "email": "ada@example.com", "name": "Ada", "role": "Owner"}
    assert [one["id"] for one in shown["honeybadger"]["invitations"]] == [1, 2]
    assert shown["honeybadger"]["invitations"][1]["accepted_by"]["email"] == "e@f.g"
    assert not any(secret in json.dumps(shown) for secret in sim.secrets)
    assert control("PUT", "state", shown).status_code == 204
    assert control("GET", "state").json() == shown
    assert [one["email"] for one in honeycomb("GET", "/1/team_memberships").json()] == ["ada@example.com", "b@c.d"]
    assert control("PUT", "state", {"elsewhere": {}}).status_code == 404


def test_people_act(sim: Simulator, control: Call) -> None:
    for service in ("honeycomb", "honeybadger"):
        who = {"service": service, "email": "ada@example.com"}
        role = "admin" if service == "honeycomb" else "Admin"
        assert "token" not in control("POST", "invite", who).json()
        accepted = control("POST", "accept", {**who, "accepting": "ada@home.example", "name": "Ada"}).json()
        assert (accepted["email"], accepted["name"]) == ("ada@home.example", "Ada")
        moved = {"service": service, "email": "ada@home.example"}
        assert control("POST", "role", {**moved, "role": role}).json()["role"] == role
        assert control("POST", "act", {**moved, "do": "remove"}).status_code == 200
        assert control("POST", "remove", moved).status_code == 404
        assert control("POST", "accept", moved).status_code == 404
        control("POST", "invite", who)
        assert control("POST", "delete_invitation", who).status_code == 200
        added = control("POST", "add", who).json()
        assert control("POST", "remove", {"service": service, "id": added["id"]}).json() == added
    assert control("POST", "act", {"do": "dance", "service": "honeycomb"}).status_code == 422
    assert control("POST", "accept", {"service": "elsewhere"}).status_code == 422
    assert control("GET", "emails").json()["count"] == {
        "honeycomb": {"ada@example.com": 2},
        "honeybadger": {"ada@example.com": 2},
    }
    assert control("DELETE", "emails").status_code == 204
    assert sim.emails == []
    assert sim.log == []


def test_settings(sim: Simulator, control: Call) -> None:
    assert control("PUT", "settings", {"page_size": 3, "pending_listed": False}).status_code == 204
    shown = control("GET", "settings").json()
    assert (shown["page_size"], shown["pending_listed"]) == (3, False)
    assert not any(secret in json.dumps(shown) for secret in sim.secrets)
    for wrong in ({"page_size": "many"}, {"links": "odd"}, {"no_such": 1}):
        assert control("PUT", "settings", wrong).status_code == 422
    assert control("POST", "reset", {"people": 2}).status_code == 204
    assert (sim.settings.page_size, len(sim.honeybadger.users)) == (25, 3)
    credentials = control("GET", "credentials").json()
    assert credentials["auth_token"] == sim.auth_token
    assert control("GET", "").json() == sim.addresses()
    assert control("GET", "nonsense").status_code == 404


def test_orders_over_http(sim: Simulator, control: Call, honeycomb: Call) -> None:
    assert control("POST", "faults", {"kind": "status", "status": 503}).status_code == 204
    assert control("POST", "faults", [{"kind": "html", "nth": 2}]).status_code == 204
    assert control("POST", "faults", {"kind": "nonsense"}).status_code == 422
    assert control("POST", "faults", {"kind": "html", "nonsense": 1}).status_code == 422
    assert honeycomb("GET", "/1/auth").status_code == 503
    assert [order["spent"] for order in control("GET", "faults").json()] == [True, False]
    control("DELETE", "faults")
    assert honeycomb("GET", "/1/auth").status_code == 200
    sim.fail(Fault("action_before", action=lambda: None))
    assert control("GET", "faults").json()[0]["action"] == "a call"


def test_the_log_holds_no_secret(sim: Simulator, control: Call, honeycomb: Call, honeybadger: Call) -> None:
    body = {"invitation": {"email": "ada@example.com", "role": "Member"}}
    token = honeybadger("POST", "invitations", json=body).json()["token"]
    honeybadger("GET", f"invitations/1?leak={sim.auth_token}&other={token}")
    honeycomb("POST", "/1/team_memberships", json={"email": sim.configuration_key, "role": token})
    honeycomb("POST", "/1/team_memberships", data=b"no json")
    text = control("GET", "log").text
    assert not any(secret in text for secret in sim.secrets)
    log = json.loads(text)
    assert [entry["number"] for entry in log] == [1, 2, 3, 4]
    assert log[0]["body"] == body
    assert (log[0]["credentials"], log[0]["stray"], log[0]["changed"]) == (["basic"], False, True)
    assert log[3]["body"] == "no json"
    assert [entry.method for entry in sim.writes("honeycomb")] == ["POST", "POST"]
    control("DELETE", "log")
    assert sim.log == []


def test_the_clock(sim: Simulator, control: Call, honeycomb: Call) -> None:
    control("POST", "clock", {"advance": 86400 * 400})
    stamp = honeycomb("POST", "/1/team_memberships", json={"email": "a@b.c", "role": "member"}).json()["created_at"]
    assert stamp[:10] == time.strftime("%Y-%m-%d", time.gmtime(time.time() + 86400 * 400))


def test_violations_are_noted(sim: Simulator, control: Call, honeycomb: Call, honeybadger: Call) -> None:
    honeycomb("POST", "/1/team_memberships", json={"email": "a@b.c", "role": "owner"})
    honeybadger("PUT", "users/1", json={"role": "Owner"})
    honeycomb("GET", "/1/members")
    found = control("GET", "violations").json()
    assert [
        "role" in found[0],
        "'user' is a required property" in found[1] + found[2],
        "PathNotFound" in found[-1],
    ] == [
        True,
        True,
        True,
    ]


def test_the_same_seed_gives_the_same_world() -> None:
    def world(seed: int) -> Any:
        simulator = Simulator(seed=seed, people=30)
        simulator.honeybadger.invite("a@b.c")
        simulator.honeycomb.invite("a@b.c")
        text = json.dumps(simulator.dump()).replace(simulator.honeycomb.find("a@b.c").created_at, "now")
        with simulator:
            return text.replace(simulator.honeybadger.find_invitation("a@b.c").created_at, "now"), simulator.secrets

    assert world(5) == world(5)
    assert world(5)[0] != world(6)[0]


def test_a_hundred_thousand_people() -> None:
    begun = time.monotonic()
    with Simulator(people=100_000, quota=0) as sim:
        assert (len(sim.honeycomb.members), len(sim.honeybadger.users)) == (100_001, 100_001)
        assert time.monotonic() - begun < 90
        begun = time.monotonic()
        headers = {"X-Honeycomb-Team": sim.configuration_key}
        listed = requests.get(f"{sim.honeycomb_url}/1/team_memberships", headers=headers, timeout=10).content
        assert time.monotonic() - begun < 2
        assert listed.count(b"@example.com") == 100_001


def test_the_readme_names_everything() -> None:
    text = (ROOT / "tests/simulator/README.md").read_text(encoding="utf-8")
    assert [name for name in (*OPTIONS, *KINDS) if f"`{name}`" not in text] == []


def test_defaults_pass_their_own_check() -> None:
    Settings().update(**{name: option.default for name, option in OPTIONS.items()})


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command(number: signal.Signals) -> None:
    command = [*COMMAND, "--people", "2", "--quota", "5", "--pending-listed", "false", "--seed", "3"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        addresses = json.loads(process.stdout.readline())
        settings = requests.get(f"{addresses['honeybadger_url']}/_sim/settings", timeout=5).json()
        process.send_signal(number)
        assert process.wait(5) == 0
    assert (settings["people"], settings["quota"], settings["pending_listed"], settings["seed"]) == (2, 5, False, 3)


def test_the_command_refuses_what_makes_no_sense() -> None:
    done = subprocess.run([*COMMAND, "--links", "odd"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, "none of absolute" in done.stderr) == (2, True)
