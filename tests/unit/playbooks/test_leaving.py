# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""An offboarding that leaves nothing, and the proof of it."""

from __future__ import annotations

import json
import stat
from typing import Any

import jsonschema
import pytest

from tests.simulator import Fault, Simulator
from tests.tools.tree import ROOT

from .conftest import Control, access

EVE = "eve@example.com"
SCHEMA = json.loads((ROOT / "docs" / "evidence.schema.json").read_text())


def everywhere(sim: Simulator) -> None:
    """Eve is a member and a user, in two teams and invited to a third, and has made two keys."""
    sim.honeycomb.add(EVE)
    sim.honeybadger.add(EVE)
    for team in (3, 7):
        sim.honeybadger.teams.add_member(team, EVE)
    sim.honeybadger.teams.add_invitation(11, EVE)
    for name in ("one", "two"):
        sim.honeycomb.keys.add(EVE, name=name)


def managed(sim: Simulator) -> dict[str, str]:
    return {"HONEYCOMB_KEY_ID": sim.management_key_id, "HONEYCOMB_KEY_SECRET": sim.management_key_secret}


def evidence(control: Control, *more: str, of: str = EVE, name: str = "evidence") -> dict[str, Any]:
    """The JSON file of a person; ``more`` have the only other ones, and everything in the folder is its owner's."""
    folder = control.folder / name
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = list(folder.glob("[0-9]*"))
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    text = "".join(file.read_text() for file in files)
    for sim in control.sims.values():
        assert not [secret for secret in sim.secrets if secret in text]
    count = 1 + len(more)
    assert sorted(file.suffix for file in files) == [".json"] * count + [".txt"] * count
    documents = [json.loads(file.read_text()) for file in files if file.suffix == ".json"]
    for document in documents:
        jsonschema.validate(document, SCHEMA)
    found: dict[str, dict[str, Any]] = {document["email"]: document for document in documents}
    assert found.keys() == {of, *more}
    return found[of]


@pytest.mark.slow  # tests/runs/test_leaving.py shows more of it in every run
def test_one_offboard_leaves_nothing(control: Control, sim: Simulator) -> None:
    everywhere(sim)
    options: dict[str, Any] = {"email": EVE, "lifecycle_leaver_keys": "delete", "evidence_dir": "evidence"}
    checked = control.play("offboard", "--check", environment=managed(sim), **options)
    assert (checked.code, sim.writes()) == (0, [])
    assert not (control.folder / "evidence").exists()
    done = control.play("offboard", environment=managed(sim), **options)
    assert done.code == 0, done.output
    assert access(sim) == {"owner": "admin/Owner"}
    assert [team for team in sim.honeybadger.teams if EVE in str(team)] == []
    assert {key.name for key in sim.honeycomb.keys} & {"one", "two"} == set()
    record = evidence(control)
    assert (record["email"], record["host"]) == (EVE, "localhost")
    for service in ("honeycomb", "honeybadger"):
        assert record["services"][service]["remains"] == []
        assert record["services"][service]["verified"]["read"]
        assert {step["outcome"] for step in record["services"][service]["done"]} == {"applied"}
    writes = len(sim.writes())
    again = control.play("offboard", environment=managed(sim), **{**options, "evidence_dir": ""})
    assert (again.code, again.changed) == (0, {"localhost": 0})
    assert len(sim.writes()) == writes
    assert f"{EVE}: Honeycomb: not found; Honeybadger: not found" in again.told


def test_what_remains_elsewhere_is_reported(control: Control, sim: Simulator) -> None:
    sim.honeybadger.add(EVE)
    elsewhere = sim.honeybadger.open("9bYfrm")
    elsewhere.add(EVE)
    elsewhere.add("boss@example.com", "Owner")
    told = control.play("offboard", email=EVE, evidence_dir="evidence")
    assert told.code == 0, told.output
    assert [
        line.endswith(", removals verified by reading the lists again") for line in told.told if ", plan " in line
    ] == [True]
    assert [line for line in told.told if "Honeybadger account 9bYfrm: eve@example.com has access" in line]
    assert "9bYfrm" in evidence(control)["by_hand"][0]
    assert EVE in {user.email for user in elsewhere.users}
    done = control.play("offboard", email=EVE, lifecycle_all_accounts=True)
    assert done.code == 0, done.output
    assert EVE not in {user.email for user in elsewhere.users}


def test_evidence_holds_what_is_left_to_do_for_whom(control: Control, sim: Simulator) -> None:
    """Whatever their address looks like, and also for somebody whom only the list of users shows."""
    brien = "o'brien@example.com"
    for email, other in ((EVE, brien), (brien, EVE)):
        sim.honeybadger.add(email)
        sim.honeycomb.add(email)
        sim.honeycomb.keys.add(email, name=f"key for {other}")
    shown = [member for member in json.loads(sim.honeycomb.listing()) if member["email"] != EVE]
    sim.fail(Fault("html", method="GET", path="/1/team_memberships", body=shown, times=0))
    told = control.play(
        "offboard", email=[EVE, brien], evidence_dir="evidence", environment=managed(sim), lifecycle_verify=False
    )
    assert told.code == 0, told.output
    assert "verified" not in str([line for line in told.told if ", plan " in line])
    found = {EVE: evidence(control, brien), brien: evidence(control, EVE, of=brien)}
    for email, document in found.items():
        by_hand = document["services"]["honeycomb"]["by_hand"]
        assert [text for text in by_hand if f"{email} created API keys that still work" in text], by_hand
        assert len([text for text in by_hand if "created API keys that still work" in text]) == 1, by_hand
    again = control.play("offboard", email=EVE, evidence_dir="again", environment=managed(sim))
    assert again.code == 2
    assert "not found" not in " ".join(again.told)
    record = evidence(control, name="again")["services"]["honeycomb"]
    assert [item["what"] for item in record["found"] if "what" in item] == record["remains"] != []


def test_a_management_key_of_the_environment_is_not_for_other_hosts(control: Control, sim: Simulator) -> None:
    two = control.sims["two"]
    two.honeycomb.add(EVE)
    two.honeycomb.keys.add(EVE, name="theirs")
    sim.honeycomb.add(EVE)
    sim.honeycomb.keys.add(EVE, name="ours")
    hosts = control.inventory({"acme": control.variables("two")})
    assert control.play("onboard", *hosts, email="ada@example.com", environment=managed(sim)).code == 0
    done = control.play("offboard", *hosts, email=EVE, environment=managed(sim))
    assert done.code == 0, done.output
    assert [entry.path for entry in sim.log] == []
    assert not [entry.path for entry in two.log if entry.path.startswith("/2/")]


def test_a_management_key_and_a_memory_together(control: Control, sim: Simulator) -> None:
    assert control.play("onboard", email="ada@example.com", environment=managed(sim)).code == 0
    again = control.play("onboard", email="ada@example.com", environment=managed(sim))
    assert (again.code, again.changed) == (0, {"localhost": 0}), again.output
