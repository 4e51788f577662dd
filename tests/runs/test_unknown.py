# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Somebody to remove who is found nowhere is told, with whom the lists have under a similar address."""

from __future__ import annotations

import json

import pytest

from ansible_collections.honeyops.access.plugins.plugin_utils._people.unknown import similar
from ansible_collections.honeyops.access.plugins.plugin_utils._words.chat import plan_text
from tests.playing import Control, access
from tests.simulator import Fault, Simulator

OWNER = {"owner": "admin/Owner"}
EVE, TYPED = "eve@example.com", "evee@example.com"
MEANT = f"{TYPED} was found nowhere. Did you mean {EVE}?"


def test_an_unknown_leaver_is_told_and_may_fail_the_run(control: Control, sim: Simulator) -> None:
    """It was green, and said that nothing needs approval. An approval that is needed for the run is not for the plan."""
    sim.honeycomb.add(EVE)
    planned = control.play("offboard", "--check", email=TYPED, lifecycle_require_approval=True, warned=MEANT)
    assert planned.code == 0, planned.output
    assert MEANT in planned.told
    told = plan_text(planned.artefacts["access_plan"])
    assert told["lines"][0] == f"There is nothing to change, so nothing needs approval. {MEANT}"
    for check in ([], ["--check"]):
        failed = control.play("offboard", *check, email=[EVE, TYPED], lifecycle_unknown="fail")
        assert failed.code != 0
        assert MEANT in failed.failures["localhost"]
        plans = failed.artefacts["access_plan"]["localhost"].values()
        assert all(MEANT in plan["refused"] for plan in plans)
    assert sim.writes() == []
    assert control.play("offboard", email=EVE, lifecycle_unknown="fail").code == 0
    assert access(sim) == OWNER


def test_who_is_found_on_one_host_is_not_unknown(control: Control, sim: Simulator) -> None:
    control.sims["two"].honeycomb.add(EVE)
    hosts = control.inventory({name: control.variables(name) for name in ("one", "two")})
    nowhere = "zoe@example.com was found nowhere."
    done = control.play("offboard", *hosts, email=[EVE, "zoe@example.com"])
    assert done.code == 0, done.output
    assert nowhere in done.told
    assert f"{EVE} was found nowhere" not in done.output
    failed = control.play("offboard", *hosts, email="zoe@example.com", lifecycle_unknown="fail")
    assert nowhere in failed.failures["one"]
    assert nowhere in plan_text(failed.artefacts["access_plan"])["lines"][0]


def test_what_could_not_be_read_is_not_said_to_be_without_somebody(control: Control, sim: Simulator) -> None:
    done = control.play("offboard", email=EVE, honeybadger_auth_token="n0tTheToken")
    assert done.code != 0
    assert "was found nowhere" not in done.output


def test_somebody_who_may_be_in_teams_that_were_not_read_is_not_said_to_be_nowhere(
    control: Control, sim: Simulator
) -> None:
    sim.fail(Fault("status", method="GET", path="/v2/teams", status=403, times=0))
    warned = "Teams could not be read"
    done = control.play("offboard", email=EVE, lifecycle_unknown="fail", evidence_dir="evidence", warned=warned)
    assert done.code == 0, done.output
    assert "Honeybadger: not found" not in done.output
    (file,) = (control.folder / "evidence").glob(f"*{EVE}*.json")
    assert json.loads(file.read_text())["services"]["honeybadger"]["found"] == "not read"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("eve@x.oi", ["eve@x.io"]),
        ("ada.lovelace@example.com", ["lovelace.ada@example.com", "ada.lovelac@example.com"]),
        ("bob@example.com", []),
    ],
)
def test_who_is_similar(typed: str, meant: list[str]) -> None:
    listed = ["eve@x.io", "lovelace.ada@example.com", "ada.lovelac@example.com", "rob.b@example.com", "robot"]
    assert similar(typed, listed) == meant
