# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whoever accepted a Honeybadger invitation under another address is still found under the one that was invited."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.simulator import Simulator

from .support import HONEYBADGER, OWNER, Ask, forget

ADA, HOME = "ada@example.com", "ada@home.example"
KEEP = [{"email": OWNER}]


def everybody(ask: Ask, *people: dict[str, Any], **options: Any) -> dict[str, Any]:
    return ask("honeybadger_users", users=[*KEEP, *people], exclusive=True, max_removals="100%", **options)


def test_an_invitation_that_loses_its_address_when_accepted(ask: Ask, sim: Simulator) -> None:
    """The person was removed and invited again, or could not be removed."""
    invited = ask("honeybadger_user", email=ADA)
    known = json.loads(json.dumps(invited["known_invitations"]))
    ((identity, entry),) = known.items()
    assert (identity, entry["email"], entry["role"]) == (str(invited["invitation"]["id"]), ADA, "Member")
    assert entry["invited_at"]
    sim.honeybadger.accept(ADA, accepting=HOME)
    forget(sim)
    again = everybody(ask, {"email": ADA}, known_invitations=known)
    assert (again["plan"], again["known_invitations"]) == ([], {identity: {**entry, "accepted_as": HOME}})
    assert sim.writes() == []
    gone = ask("honeybadger_user", email=ADA, state="absent", known_invitations=again["known_invitations"])
    assert gone["action"] == "remove"
    assert HONEYBADGER.active(sim) == {}


def test_what_is_cancelled_or_no_longer_listed_is_forgotten(ask: Ask, sim: Simulator) -> None:
    known = ask("honeybadger_users", users=[{"email": ADA}, {"email": HOME}])["known_invitations"]
    assert {entry["email"] for entry in known.values()} == {ADA, HOME}
    gone = ask("honeybadger_user", email=ADA, state="absent", known_invitations=known)
    assert [entry["email"] for entry in gone["known_invitations"].values()] == [HOME]
    sim.reset()
    assert ask("honeybadger_users", users=KEEP, known_invitations=known)["known_invitations"] == {}
    failed = ask("honeybadger_user", email=ADA, known_invitations={"x": {}}, fails="validation")
    assert "known_invitations has something other" in failed["msg"]
    assert failed["known_invitations"] == {"x": {}}


@pytest.mark.parametrize("left", [False, True])
def test_a_team_invitation_accepted_elsewhere(ask: Ask, sim: Simulator, left: bool) -> None:
    sim.configure(accepted_email="kept")
    sim.honeybadger.add_team("platform", id=3)
    sim.honeybadger.teams.invite(3, ADA)
    sim.honeybadger.accept_team(3, ADA, accepting=HOME)
    if left:
        team = next(team for team in sim.honeybadger.teams if team.id == 3)
        team.members.clear()
    forget(sim)
    assert everybody(ask, {"email": ADA})["plan"] == []
    many = everybody(ask, {"email": ADA, "state": "absent"}, check=True)
    assert ("remove", ADA) in [(step["action"], step["email"]) for step in many["plan"]]
    gone = ask("honeybadger_user", email=ADA, state="absent", verify=True)
    assert gone["action"] == ("remove" if left else "leave_team+remove")
    assert gone["verified"]["remaining"] == []
    assert HONEYBADGER.active(sim) == {}


def test_protected_under_the_address_that_a_team_invited(ask: Ask, sim: Simulator) -> None:
    sim.configure(accepted_email="kept")
    sim.honeybadger.add_team("platform", id=3)
    sim.honeybadger.teams.invite(3, ADA)
    sim.honeybadger.accept_team(3, ADA, accepting=HOME)
    forget(sim)
    refused = everybody(ask, protected=[ADA], fails="guard_refused")
    assert "protected" in refused["msg"]
    assert everybody(ask, ignore=[ADA])["plan"] == []
    assert sim.writes() == []
