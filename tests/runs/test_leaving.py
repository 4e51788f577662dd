# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole of an offboarding in one run: everything that a call can show is gone, at the price of so many requests."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import jsonschema
import pytest

from ansible_collections.honeyops.access.plugins.plugin_utils._host.seal import faults, is_sealed
from tests.playing import Control, Played
from tests.quick import slow
from tests.simulator import Fault, Simulator
from tests.simulator.keys import CONFIGURATION_KEY_ID
from tests.tools.tree import ROOT

EVE, HOME, BOB = "eve@example.com", "eve@home.example", "bob@example.com"
ELSEWHERE = "9bYfrm"
KEYS = {"events": "ingest", "traces": "ingest", "ci": "configuration", "old": "ingest"}  # and the one of the run
SCHEMA = json.loads((ROOT / "docs" / "evidence.schema.json").read_text())

TARGET = ["GET /v2/accounts"]  # which other accounts there are
HONEYCOMB = [
    "GET /1/team_memberships",
    "GET /1/auth",
    "GET /2/auth",
    "GET /2/teams/example-team/users",
    "GET /2/teams/example-team/api-keys?page%5Bsize%5D=100",
]
HONEYCOMB_AGAIN = [path for path in HONEYCOMB if "auth" not in path]
KEYS_GO = {
    "delete": [f"DELETE /2/teams/example-team/api-keys/hcxik_{name}" for name in ("ci", "events", "old", "traces")],
    "disable": [f"PATCH /2/teams/example-team/api-keys/hcxik_{name}" for name in ("ci", "events", "traces")],
}
MEMBER_GOES = ["DELETE /1/team_memberships/hcEve"]
ACCOUNT = ["GET /v2/accounts/Me3upk/invitations", "GET /v2/accounts/Me3upk/users", "GET /v2/teams?account_id=Me3upk"]
LEAVES_TEAMS = [
    "DELETE /v2/teams/12/team_invitations/1",
    "DELETE /v2/teams/3/team_members/1",
    "DELETE /v2/teams/7/team_members/2",
    "DELETE /v2/teams/11/team_members/3",
]
USER_GOES = [
    "DELETE /v2/accounts/Me3upk/users/2",
    "DELETE /v2/accounts/Me3upk/invitations/1",
]
OTHER = [f"GET /v2/accounts/{ELSEWHERE}/{name}" for name in ("invitations", "users")] + [
    f"GET /v2/teams?account_id={ELSEWHERE}"
]
OTHER_GOES = [f"DELETE /v2/accounts/{ELSEWHERE}/users/2"]


def whole(mode: str) -> list[list[str]]:
    """Every list once, the writes, and every list once more; what the keys in use are is asked once.

    What stands together may be under way at once.
    """
    return [
        *one_by_one(TARGET),
        *(*one_by_one(HONEYCOMB), *(KEYS_GO[mode], MEMBER_GOES)[:: -1 if mode == "delete" else 1]),
        *one_by_one(HONEYCOMB_AGAIN),
        *(*one_by_one(ACCOUNT), LEAVES_TEAMS, USER_GOES, *one_by_one(ACCOUNT)),
        *(*one_by_one(OTHER), OTHER_GOES, *one_by_one(OTHER)),
    ]


def one_by_one(reads: list[str]) -> list[list[str]]:
    return [[read] for read in reads]


def in_groups(asked: list[str], groups: list[list[str]]) -> list[list[str]]:
    """What was asked, as far as it is as expected in the same groups."""
    left = iter(asked)
    return [sorted(islice(left, len(group))) for group in groups] + [[rest] for rest in left]


LOOK = [*TARGET, *HONEYCOMB, *ACCOUNT, *OTHER]


def everywhere(sim: Simulator) -> None:
    """Eve has all that the issue counts up, and Bob has as much of each beside her, under the same numbers where he can."""
    sim.honeycomb.add(EVE, id="hcEve")
    sim.honeycomb.add(BOB)
    for name, kind in KEYS.items():
        sim.honeycomb.keys.add(EVE, kind, name, id=f"hcxik_{name}", disabled=name == "old")
        sim.honeycomb.keys.add(BOB, kind, name)
    sim.honeycomb.keys.change(CONFIGURATION_KEY_ID, email=EVE)
    sim.configure(auth_id="listed")  # so that the key of the run is known, and the others can be told from it
    account, elsewhere = sim.honeybadger, sim.honeybadger.open(ELSEWHERE)
    account.teams.add("Fourth", id=12)
    for email, address in ((EVE, HOME), (BOB, "bob@home.example")):
        account.add(email)
        account.add_invitation(address)
        for team in (3, 7, 11):
            account.teams.add_member(team, email)
        account.teams.add_invitation(12, email)
        elsewhere.add(email)
    elsewhere.add("boss@example.com", "Owner")


def of(sim: Simulator, name: str) -> list[str]:
    """Everything that a call shows of somebody, by the books of the services."""
    return sorted(_of(sim, name))


def _of(sim: Simulator, name: str) -> Iterator[str]:
    yield from (f"member {member.email}" for member in sim.honeycomb.members if name in member.email)
    for key in sim.honeycomb.keys:
        if name in key.email:
            yield f"{'disabled ' * key.disabled}key {key.name}"
    for account in (sim.honeybadger, sim.honeybadger.open(ELSEWHERE)):
        yield from (f"user {user.email}" for user in account.users if name in user.email)
        yield from (f"invitation {one.email}" for one in account.invitations if name in one.email)
        for team in account.teams:
            yield from (f"member of {team.id}" for member in team.members if name in member.email)
            yield from (f"invitation to {team.id}" for one in team.invitations if name in one.email)


def offboard(control: Control, sim: Simulator, mode: str, **more: Any) -> tuple[Played, list[str]]:
    """One run of the playbook, and what it asked."""
    first = len(sim.log)
    managed = {"HONEYCOMB_KEY_ID": sim.management_key_id, "HONEYCOMB_KEY_SECRET": sim.management_key_secret}
    people = [{"email": EVE, "aliases": [HOME]}]
    options = {"lifecycle_all_accounts": True, "lifecycle_leaver_keys": mode, **more}
    done = control.play("offboard", environment=managed, people=people, **options)
    return done, [f"{entry.method} {entry.path}" for entry in sim.log[first:]]


def evidence(control: Control, folder: str) -> tuple[dict[str, Any], str]:
    """The one record in a folder that nobody else can look into, for machines and for people; no secret is in it."""
    place = control.folder / folder
    files = {path.suffix: path for path in place.glob("[0-9]*")}
    assert {path.name for path in place.iterdir()} == {"index.json", *(path.name for path in files.values())}
    assert {stat.S_IMODE(path.stat().st_mode) for path in place.iterdir()} == {0o600}
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert set(files) == {".json", ".txt"}
    assert faults(place) == []
    record, text = files[".json"].read_text(), files[".txt"].read_text()
    secrets = [secret for sim in control.sims.values() for secret in sim.secrets]
    assert not [secret for secret in secrets if secret in record + text]
    found: dict[str, Any] = json.loads(record)
    jsonschema.validate(found, SCHEMA, format_checker=jsonschema.FormatChecker())
    assert is_sealed(found)
    return found, text


def done_of(record: Mapping[str, Any], service: str) -> list[tuple[str, str, str]]:
    return [(step["action"], step["what"], step["outcome"]) for step in record["services"][service]["done"]]


@pytest.mark.parametrize("mode", ["delete", *slow("disable")])
def test_one_run_and_nothing_is_left(control: Control, sim: Simulator, mode: str) -> None:
    everywhere(sim)
    bobs = of(sim, "bob")
    done, asked = offboard(control, sim, mode, evidence_dir="evidence")
    assert done.code == 0, done.output
    expected = whole(mode)
    assert in_groups(asked, expected) == [sorted(group) for group in expected]
    assert len(asked) == len(LOOK) + len(sim.writes()) + len([*HONEYCOMB_AGAIN, *ACCOUNT, *OTHER])
    keys = [] if mode == "delete" else [f"disabled key {name}" for name in sorted(KEYS)]
    assert of(sim, "eve") == [*keys, "key Access"]  # the run's own, which is left alone and told
    assert of(sim, "bob") == bobs
    assert sim.emails == []

    record, text = evidence(control, "evidence")
    assert (record["email"], record["host"], record["by_hand"]) == (EVE, "localhost", [])
    services = record["services"]
    assert set(services) == {"honeycomb", "honeybadger", f"honeybadger/{ELSEWHERE}"}
    gone = sorted(KEYS) if mode == "delete" else sorted(set(KEYS) - {"old"})
    keys_go = [(f"{mode}_key", name, "applied") for name in gone]
    removed = [("remove", "member", "applied")]
    assert done_of(record, "honeycomb") == (removed + keys_go if mode == "delete" else keys_go + removed)
    assert done_of(record, "honeybadger") == [
        ("cancel_team_invitation", "Fourth", "applied"),
        *(("leave_team", f"Team {number}", "applied") for number in (3, 7, 11)),
        ("cancel", "Member", "applied"),
        ("remove", "Member", "applied"),
    ]
    assert done_of(record, f"honeybadger/{ELSEWHERE}") == [("remove", "Member", "applied")]
    found = {one["name"]: one["status"] for one in services["honeycomb"]["found"] if "name" in one}
    assert found == {**dict.fromkeys(KEYS, "enabled"), "old": "disabled", "Access": "enabled"}
    assert {service["verified"] is not None and tuple(service["remains"]) for service in services.values()} == {()}
    assert services["honeycomb"]["verified"]["read"] == [
        "/1/team_memberships",
        "/2/teams/example-team/users",
        "/2/teams/example-team/api-keys",
    ]
    by_hand = [line for service in services.values() for line in service["by_hand"]]
    for place in (
        CONFIGURATION_KEY_ID,
        "management keys",
        "join address",
        "single projects",
        "hba_",
        "project API keys",
    ):
        assert any(place in line for line in by_hand), place
    assert all(line in text for line in by_hand)
    assert text.count("  Found: API key, enabled, id ") == len(KEYS)
    assert all(line in done.text for line in by_hand)
    assert any(line.startswith(f"Honeybadger account {ELSEWHERE}: ") for line in by_hand)

    writes = len(sim.writes())
    again, asked = offboard(control, sim, mode, evidence_dir="again")
    assert (again.code, again.changed) == (0, {"localhost": 0}), again.output
    assert (asked, len(sim.writes())) == (LOOK, writes)
    assert (
        f"{EVE}: Honeycomb: not found; Honeybadger: not found; Honeybadger account {ELSEWHERE}: not found" in again.told
    )
    record, _text = evidence(control, "again")
    assert {service["found"] for service in record["services"].values()} == {"not found"}


def test_a_list_that_lags_is_read_again(control: Control, sim: Simulator) -> None:
    """Both lists show the leaver once more after the removal, which is no reason to fail."""
    sim.honeycomb.add("eve@example.com")
    sim.honeybadger.add("eve@example.com")
    owner = {"id": 1, "name": "", "email": "owner@example.com", "role": "Owner"}
    for service, path, record in (
        ("honeycomb", "/team_memberships$", {"id": "hcm_eve", "created_at": "2026-01-01T00:00:00Z", "role": "member"}),
        ("honeybadger", "/users$", {"id": 7, "role": "Member"}),
    ):
        people = [owner, {"name": "", "email": "eve@example.com", **record}]
        body = people if service == "honeycomb" else {"results": people, "links": {}}
        sim.fail(Fault("status", service, "GET", path, nth=2, status=200, body=body))
    done = control.play("offboard", email="eve@example.com")
    assert done.code == 0, done.output
    assert "partial_failure" not in done.output
    for service in ("honeycomb", "honeybadger"):
        assert (
            sum(
                request.method == "GET" and ("/team_memberships" in request.path or "/users" in request.path)
                for request in sim.log
                if request.service == service
            )
            == 3
        )


def test_the_name_of_a_roster_goes_with_the_invitation(control: Control, sim: Simulator) -> None:
    """And is never compared: a second run, by when somebody may have another one, changes nothing."""
    control.write("people.csv", "email,name\nada@example.com,Ada Lovelace\nbob@example.com,\n")
    assert control.play("onboard", roster_file="people.csv").code == 0
    sent = {entry.body["email"]: entry.body.get("name") for entry in sim.writes("honeycomb")}
    assert sent == {"ada@example.com": "Ada Lovelace", "bob@example.com": None}
    assert not ["name" for entry in sim.writes("honeybadger") if "name" in entry.body["invitation"]]
    sim.honeycomb.accept("ada@example.com", name="Countess")
    again = control.play("onboard", roster_file="people.csv")
    assert (again.code, again.changed) == (0, {"localhost": 0})


def test_all_accounts_leave_alone_whom_the_host_of_an_account_does(control: Control, sim: Simulator) -> None:
    """Whoever was protected on that host lost access by way of another one."""
    elsewhere = sim.honeybadger.open("9bYfrm")
    for account in (sim.honeybadger, elsewhere):
        account.add(EVE)
    elsewhere.add("boss@example.com", "Owner")
    of_host = control.variables("one", "honeybadger")
    for option in ("lifecycle_protected", "lifecycle_ignore"):
        hosts = {"acme": of_host, "other": {**of_host, "honeybadger_account_id": "9bYfrm", option: [EVE]}}
        inventory = control.inventory(hosts)[:2]
        done = control.play("offboard", *inventory, email=EVE, access_targets="acme", lifecycle_all_accounts=True)
        assert "leavers lose Honeybadger account 9bYfrm, too" in done.output
        if option == "lifecycle_protected":
            assert "lifecycle_protected: eve@example.com" in done.failures["acme"]
        else:
            assert done.code == 0, done.output
        assert EVE in {user.email for user in elsewhere.users}
