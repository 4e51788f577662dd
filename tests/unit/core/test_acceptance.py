# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whoever this collection invited to Honeycomb counts as accepted on evidence only: being listed is none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.honeyops.access.plugins.module_utils._access.ledger import Ledger
from ansible_collections.honeyops.access.plugins.module_utils._access.model import INVITATION, MEMBERSHIP, Grant
from tests.simulator import Fault, Simulator

from .support import HONEYCOMB, LONG_AGO, OWNER, Ask, Result, forget, verbs

CONTRACT = True
ADA, BOB = "ada@example.com", "bob@example.com"


def invited(ask: Ask, sim: Simulator, role: str = "member", listed: bool = True) -> Result:
    """What the run returns that invites Ada, with its memory as it is kept: by way of JSON."""
    sim.reset(pending_listed=listed)
    done = ask("honeycomb_member", email=ADA, role=role, known_invitations={})
    assert (done["action"], done["status"]) == ("invite", "pending")
    kept: Result = json.loads(json.dumps(done["known_invitations"]))
    forget(sim)
    return kept


def look(ask: Ask, sim: Simulator, known: Result, **options: Any) -> tuple[str, Result]:
    """Ada's status in a run that finds nothing to do, and what it remembers."""
    done = ask("honeycomb_member", email=ADA, known_invitations=known, **options)
    assert (done["action"], verbs(sim)) == ("none", ["GET"])
    forget(sim)
    return done["status"], done["known_invitations"]


def test_being_listed_is_no_evidence(ask: Ask, sim: Simulator) -> None:
    known = invited(ask, sim)
    for _run in range(3):
        status, known = look(ask, sim, known)
        assert (status, set(known)) == ("pending", {ADA})
    bulk = ask("honeycomb_members", members=[{"email": ADA}], known_invitations=known)
    assert [member.get("status") for member in bulk["members"]] == [None, "pending"]


def test_a_name_is_evidence(ask: Ask, sim: Simulator) -> None:
    known = look(ask, sim, invited(ask, sim))[1]
    sim.honeycomb.accept(ADA)
    assert look(ask, sim, known) == ("active", {})
    assert look(ask, sim, {}) == ("active", {})


def test_the_address_in_place_of_a_name_is_none(ask: Ask, sim: Simulator) -> None:
    known = invited(ask, sim)
    sim.honeycomb.accept(ADA, name=ADA.upper())
    assert look(ask, sim, known)[0] == "pending"


def test_a_name_that_the_invitation_had_is_none(ask: Ask, sim: Simulator) -> None:
    sim.fail(
        Fault(
            "status_after",
            method="POST",
            status=201,
            body={"id": "a1", "email": ADA, "role": "member", "name": "Ada", "created_at": LONG_AGO},
        )
    )
    known = ask("honeycomb_member", email=ADA, known_invitations={})["known_invitations"]
    sim.honeycomb.accept(ADA, name=" ada ")
    forget(sim)
    assert look(ask, sim, known)[0] == "pending"


@pytest.mark.parametrize("echoed", [True, False])
@pytest.mark.parametrize("lost", [True, False])
def test_the_name_that_was_sent_is_none(ask: Ask, sim: Simulator, echoed: bool, lost: bool) -> None:
    """Where the service keeps it, it proves nothing; another one does."""
    if lost:
        sim.fail(Fault("reset_after", method="POST"))
    elif not echoed:
        short = {"id": "a1", "email": ADA, "role": "member", "created_at": LONG_AGO}
        sim.fail(Fault("status_after", method="POST", status=201, body=short))
    invited = ask("honeycomb_members", members=[{"email": ADA, "name": "Ada Lovelace"}], known_invitations={})
    forget(sim)
    status, known = look(ask, sim, invited["known_invitations"])
    assert (status, known[ADA]["name"]) == ("pending", "Ada Lovelace")
    sim.honeycomb.accept(ADA, name="Ada King")
    assert look(ask, sim, known) == ("active", {})


def test_another_field_is_evidence(ask: Ask, sim: Simulator) -> None:
    known = invited(ask, sim)
    record = {"id": known[ADA]["id"], "email": ADA, "name": "", "role": "member", "created_at": LONG_AGO}
    for more, status in (({"teams": []}, "pending"), ({"last_seen_at": LONG_AGO}, "active")):
        sim.fail(Fault("status", method="GET", status=200, body=[{**record, **more}]))
        assert look(ask, sim, known)[0] == status


def test_an_acceptance_that_adds_nothing(ask: Ask, sim: Simulator) -> None:
    """Nobody can see it, so nothing is done on a guess: no second e-mail, and no member is cancelled as an invitation."""
    known = invited(ask, sim)
    sim.honeycomb.accept(ADA, name="")
    known[ADA]["invited_at"] = LONG_AGO
    status, known = look(ask, sim, known, reinvite_after=1)
    assert (status, set(known)) == ("pending", {ADA})
    assert (HONEYCOMB.active(sim), sim.emails) == ({ADA: "member"}, [])


def test_missing_then_listed_is_evidence(ask: Ask, sim: Simulator) -> None:
    known = invited(ask, sim, listed=False)
    known[ADA]["invited_at"] = LONG_AGO
    status, known = look(ask, sim, known)
    assert (status, known[ADA]["unlisted"]) == ("pending", True)
    sim.honeycomb.accept(ADA, name="")
    assert look(ask, sim, known) == ("active", {})


def test_listed_at_the_first_look_is_no_evidence(ask: Ask, sim: Simulator) -> None:
    """Nobody saw the list without them, so it may be one that shows who is pending."""
    known = invited(ask, sim, listed=False)
    sim.honeycomb.accept(ADA, name="")
    status, known = look(ask, sim, known)
    assert (status, set(known)) == ("pending", {ADA})


@pytest.mark.parametrize("more", [{}, {"fields": "name", "unlisted": "true"}, {"fields": None, "unlisted": 1}])
def test_entries_of_an_earlier_version(ask: Ask, sim: Simulator, more: Result) -> None:
    """They do not tell what the invitation's answer had, or whether anybody was missing: a name counts, being there not."""
    member = sim.honeycomb.add(ADA, accepted=False)
    entry = {"id": member.id, "role": "member", "invited_at": LONG_AGO, **more}
    assert look(ask, sim, {ADA: entry})[0] == "pending"
    sim.honeycomb.accept(ADA)
    assert look(ask, sim, {ADA: entry}) == ("active", {})


def test_somebody_whom_nobody_remembers_counts_as_accepted(ask: Ask, sim: Simulator) -> None:
    sim.honeycomb.add(ADA, accepted=False)
    assert look(ask, sim, {}) == ("active", {})


@pytest.mark.parametrize("listed", [True, False])
def test_a_pending_admin_does_not_count(ask: Ask, sim: Simulator, listed: bool) -> None:
    known = invited(ask, sim, "admin", listed)
    leaving: dict[str, Any] = {"email": OWNER, "state": "absent"}
    failed = ask("honeycomb_member", **leaving, known_invitations=known, fails="last_admin")
    known = failed["known_invitations"]
    bulk = {"members": [leaving], "max_removals": "100%"}
    ask("honeycomb_members", **bulk, known_invitations=known, fails="guard_refused")
    assert sim.writes() == []
    sim.honeycomb.accept(ADA)
    done = ask("honeycomb_members", **bulk, known_invitations=known)
    assert (done["summary"]["remove"], HONEYCOMB.active(sim)) == (1, {ADA: "admin"})


@pytest.mark.parametrize("listed", [True, False])
def test_a_pending_invitation_is_cancelled_and_corrected(ask: Ask, sim: Simulator, listed: bool) -> None:
    known = invited(ask, sim, listed=listed)
    raised = ask("honeycomb_member", email=ADA, role="admin", known_invitations=known)
    assert (raised["action"], raised["status"], HONEYCOMB.pending(sim)) == ("update", "pending", {ADA: "admin"})
    known = raised["known_invitations"]
    assert known[ADA]["role"] == "admin"
    gone = ask("honeycomb_member", email=ADA, state="absent", known_invitations=known)
    assert (gone["action"], gone["known_invitations"], HONEYCOMB.pending(sim)) == ("cancel", {}, {})
    assert len(gone["follow_up"]) == listed  # they may have accepted, and made keys


@pytest.mark.parametrize("remembers", [True, False])
@pytest.mark.parametrize("lost", [True, False])
def test_wait_goes_on_while_nothing_proves_it(ask: Ask, sim: Simulator, remembers: bool, lost: bool) -> None:
    if lost:
        sim.fail(Fault("reset_after", method="POST"))
    waiting = {"wait": True, "wait_interval": 0.1, "wait_timeout": 0.25}
    known: dict[str, Any] = {"known_invitations": {}} if remembers else {}
    failed = ask("honeycomb_member", email=ADA, **waiting, **known, fails="timeout")
    assert (failed["status"], HONEYCOMB.mails(sim, ADA)) == ("pending", 1)
    assert "does not mean that they accepted" in failed["error"]["hint"]


def test_wait_ends_with_the_proof(ask: Ask, sim: Simulator) -> None:
    accept = {"do": "accept", "service": "honeycomb", "email": ADA}
    sim.fail(Fault("action_before", method="GET", nth=4, action=accept))
    done = ask("honeycomb_member", email=ADA, wait=True, wait_interval=0.1, wait_timeout=30, known_invitations={})
    assert (done["status"], done["known_invitations"]) == ("active", {})
    assert verbs(sim) == ["GET", "POST", "GET", "GET", "GET"]


def test_wait_for_somebody_hidden_says_nothing_of_it(ask: Ask, sim: Simulator) -> None:
    known = invited(ask, sim, listed=False)
    waiting = {"wait": True, "wait_interval": 0.1, "wait_timeout": 0}
    failed = ask("honeycomb_member", email=ADA, **waiting, known_invitations=known, fails="timeout")
    assert failed["error"]["hint"].startswith("Ask them to look for the e-mail")


def test_another_list_is_evidence() -> None:
    """Such as the users that a management key sees, which leaves out pending invitations."""
    entry = {"id": "a", "role": "member", "invited_at": LONG_AGO}
    listed = [Grant("a", ADA, "member", MEMBERSHIP, record={"id": "a", "email": ADA})]
    for accepted, kind, left in (((), INVITATION, 1), ({ADA}, MEMBERSHIP, 0)):
        ledger = Ledger({ADA: entry})
        (found,) = ledger.merged(listed, accepted)
        assert (found.kind, len(ledger.public())) == (kind, left)


def test_the_record_of_somebody_else_is_no_invitation(ask: Ask, sim: Simulator) -> None:
    """Its id was remembered, and to offboard Ada removed Bob."""
    sim.honeycomb.add(BOB)
    bob = next(member for member in json.loads(sim.honeycomb.listing()) if member["email"] == BOB)
    sim.fail(Fault("status", "honeycomb", "POST", status=201, body=bob))
    first = ask("honeycomb_member", email=ADA, known_invitations={})
    assert first["known_invitations"][ADA]["id"] is None
    ask("honeycomb_member", email=ADA, state="absent", known_invitations=first["known_invitations"], fails="conflict")
    assert BOB in HONEYCOMB.active(sim)


def management_key(sim: Simulator) -> dict[str, str]:
    return {"management_key_id": sim.management_key_id, "management_key_secret": sim.management_key_secret}


def test_the_users_that_a_management_key_sees(ask: Ask, sim: Simulator) -> None:
    """It is asked only where something is left to prove."""
    known = invited(ask, sim)
    done = ask("honeycomb_member", email=ADA, known_invitations=known, **management_key(sim))
    assert (done["status"], done["known_invitations"]) == ("pending", {ADA: {**known[ADA], "listed": True}})
    paths = ["/1/team_memberships", "/1/auth", "/2/auth", "/2/teams/example-team/users"]
    assert [entry.path.partition("?")[0] for entry in sim.log] == paths
    sim.honeycomb.accept(ADA, name="")
    done = ask("honeycomb_member", email=ADA, known_invitations=known, **management_key(sim))
    assert (done["status"], done["action"], done["known_invitations"]) == ("active", "none", {})
    forget(sim)
    assert ask("honeycomb_member", email=ADA, known_invitations={}, **management_key(sim))["status"] == "active"
    assert [entry.path for entry in sim.log] == paths[:1]


TEAMS = {"another": {"name": "Other", "slug": "other"}, "none": None, "odd": ["example-team"], "blank": {"slug": ""}}


@pytest.mark.parametrize("team", TEAMS)
def test_users_of_another_team_prove_nothing(ask: Ask, sim: Simulator, team: str) -> None:
    known = invited(ask, sim)
    sim.honeycomb.accept(ADA, name="")
    auth = {"id": "hcalk_1", "type": "configuration", "team": TEAMS[team], "environment": None, "api_key_access": {}}
    sim.fail(Fault("status", path="^/1/auth", status=200, body=auth))
    done = ask("honeycomb_member", email=ADA, known_invitations=known, **management_key(sim))
    assert (done["status"], done["action"]) == ("pending", "none")


@pytest.mark.parametrize("path", ["^/1/auth", "^/2/auth", "users"])
@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_users_that_cannot_be_read_prove_nothing(ask: Ask, sim: Simulator, path: str, status: int) -> None:
    known = invited(ask, sim)
    sim.fail(Fault("status", path=path, status=status, times=0))
    done = ask("honeycomb_member", email=ADA, known_invitations=known, **management_key(sim))
    assert (done["status"], done["action"]) == ("pending", "none")
