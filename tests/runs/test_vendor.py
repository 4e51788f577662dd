# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Playbooks against services that answer as the vendors' own clients expect it: keys, teams, addresses, who has accepted."""

from __future__ import annotations

import json
from typing import Any

from tests.playing import Control, access
from tests.simulator import Fault, Simulator
from tests.simulator.keys import CONFIGURATION_KEY_ID

EVE, BOSS = "eve@example.com", "boss@example.com"


def managed(sim: Simulator) -> dict[str, str | None]:
    return {"HONEYCOMB_KEY_ID": sim.management_key_id, "HONEYCOMB_KEY_SECRET": sim.management_key_secret}


def test_somebody_leaves(control: Control, sim: Simulator) -> None:
    """Teams tell their account as a number, and the key in use another id than the list: no way in is left, none is cut."""
    sim.honeycomb.add(EVE)
    sim.honeybadger.add(EVE, "Owner")
    ingest = sim.honeycomb.keys.add(EVE, "ingest", "Collector").id
    other = sim.honeycomb.keys.add(EVE, "configuration", "Deploy").id
    sim.honeycomb.keys.change(CONFIGURATION_KEY_ID, email=EVE)
    sim.honeybadger.teams.add_member(3, EVE)
    sim.honeybadger.teams.add_invitation(7, EVE)
    options: dict[str, Any] = {"email": EVE, "lifecycle_leaver_keys": "delete", "evidence_dir": "evidence"}
    done = control.play("offboard", environment=managed(sim), warned=CONFIGURATION_KEY_ID, **options)
    assert done.code == 0, done.output
    assert access(sim) == {"owner": "admin/Owner"}
    assert sim.honeybadger.teams.holding(EVE) == []
    assert {key.id for key in sim.honeycomb.keys if key.email == EVE} == {CONFIGURATION_KEY_ID, other}
    writes = [entry.path.rpartition("/")[2] for entry in sim.writes("honeycomb")]
    assert writes[-1] == ingest
    records = [json.loads(file.read_text()) for file in (control.folder / "evidence").glob("*.json")]
    (record,) = [record for record in records if record.get("email") == EVE]
    by_hand = record["services"]["honeycomb"]["by_hand"]
    (line,) = [line for line in by_hand if CONFIGURATION_KEY_ID in line]
    assert other in line
    assert line in done.text
    again = control.play("offboard", environment=managed(sim), **options)
    assert (again.code, len(sim.writes())) == (0, len(writes) + len(sim.writes("honeybadger"))), again.output


def test_teams_of_another_account(control: Control, sim: Simulator) -> None:
    """Somebody who leaves is not said to be out of all teams where none was looked at."""
    sim.honeybadger.add(EVE)
    team = {"id": 3, "name": "Theirs", "account_id": "9bYfrm", "members": [], "invitations": []}
    sim.fail(Fault("html", path="/v2/teams", body={"results": [team]}, times=0))
    done = control.play("offboard", email=EVE, warned="only of 9bYfrm")
    assert done.code == 0, done.output
    assert "not all teams could be read" in done.text


def test_an_approval_is_for_one_team(control: Control, sim: Simulator) -> None:
    planned = control.play("onboard", "--check", email=EVE)
    plan = planned.artefacts["access_plan"]
    sim.configure(team_slug="beta")
    refused = control.play("onboard", email=EVE, access_plan=plan)
    assert (refused.code, sim.writes()) == (2, [])
    assert "probably made for another team" in str(
        refused.artefacts["access_plan"]["localhost"]["honeycomb"]["refused"]
    )
    sim.configure(team_slug="example-team")
    assert control.play("onboard", email=EVE, access_plan=plan).code == 0


def test_one_account_under_two_addresses(control: Control, sim: Simulator) -> None:
    """The vendor's address for error reports is the same place."""
    names = {"auth_token": "some-token", "account_id": "Me3upk"}
    hosts = {
        host: {
            **{f"honeybadger_{name}": value for name, value in names.items()},
            "honeybadger_api_url": f"https://eu-{host}.honeybadger.io",
        }
        for host in ("api", "app")
    }
    control.write("hosts.json", json.dumps({"all": {"hosts": hosts}}))
    done = control.play("onboard", "-i", "hosts.json", email=EVE, access_targets="all")
    assert done.code == 2
    assert "are the same Honeybadger account" in done.text


def test_the_last_admin_who_has_accepted_stays(control: Control, sim: Simulator) -> None:
    """Somebody else's invitation of the next one is listed like a member, and the list of users tells the difference."""
    sim.configure(pending_listed=True)
    sim.honeycomb.add(BOSS, "admin", accepted=False)
    people = [{"email": BOSS, "honeycomb": {"role": "admin"}}, {"email": "owner@example.com", "honeycomb": {}}]
    people[1]["state"] = "absent"
    done = control.play("reconcile", environment=managed(sim), people=people, lifecycle_max_removals=1)
    assert (done.code, sim.writes()) == (2, []), done.output
    assert "lifecycle_min_admins: 0 of 1 accepted admins would remain; the minimum is 1" in done.text


def test_who_manages_goes_last(control: Control, sim: Simulator) -> None:
    for email, role in (("a@example.com", "Owner"), ("b@example.com", "Member")):
        sim.honeybadger.add(email, role)
    sim.honeybadger.teams.add_member(3, "a@example.com")
    sim.fail(Fault("status", service="honeybadger", method="DELETE", status=403, nth=4))
    people = [{"email": f"{name}@example.com", "honeybadger": {"role": "Member"}} for name in ("a", "b", "owner")]
    done = control.play("offboard", people=people, lifecycle_min_owners=0)
    assert done.code == 2
    users = [entry.path.rpartition("/")[2] for entry in sim.writes("honeybadger") if "/users/" in entry.path]
    assert (users[0], set(users[1:])) == ("3", {"1", "2"})
    assert "honeybadger_auth_token was probably theirs" in str(done.failures)


def test_who_gives_up_managing_does_so_last(control: Control, sim: Simulator) -> None:
    """The owner of the token became a Member before the others went, and they stayed."""
    for email, role in (("boss@example.com", "Owner"), ("eve@example.com", "Member"), ("bill@example.com", "Billing")):
        sim.honeybadger.add(email, role)
    sim.honeybadger.add_team("platform", id=7)
    sim.honeybadger.teams.add_member(7, "owner@example.com", admin=True)
    sim.honeybadger.teams.add_member(7, "boss@example.com")
    sim.honeybadger.teams.add_member(7, "eve@example.com")
    people = [
        {"email": "owner@example.com", "honeybadger": {"role": "Member", "team_ids": []}},
        {"email": "boss@example.com", "honeybadger": {"role": "Owner", "team_ids": []}},
        {"email": "bill@example.com", "honeybadger": {"role": "Member"}},
    ]
    hosts = control.inventory({"acme": control.variables("one", "honeybadger")})
    options: dict[str, Any] = {"lifecycle_manage_teams": True, "lifecycle_concurrency": 1}
    done = control.play("reconcile", *hosts, people=people, **options)
    assert done.code == 0, done.output
    users = {user.id: user.email for user in sim.honeybadger.users} | {3: "eve@example.com"}
    made = [f"{entry.method} {entry.path.partition('/v2/')[2]}" for entry in sim.writes()]
    assert made == [
        "DELETE teams/7/team_members/2",  # the boss
        "DELETE teams/7/team_members/3",  # Eve, who leaves the account, too
        f"DELETE accounts/{sim.account_id}/users/3",
        f"PUT accounts/{sim.account_id}/users/4",
        "DELETE teams/7/team_members/1",  # the owner of the token, an admin of the team
        f"PUT accounts/{sim.account_id}/users/1",
    ]
    assert users[4] == "bill@example.com"
