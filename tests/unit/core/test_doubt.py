# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests whose fate the answer does not tell, and people who act between two requests."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.honeyops.access.plugins.module_utils._honeybadger.account import Honeybadger
from ansible_collections.honeyops.access.plugins.module_utils._honeycomb.members import Honeycomb
from tests.simulator import Fault, Simulator

from .support import (
    HONEYBADGER,
    HONEYCOMB,
    LONG_AGO,
    OWNER,
    SIDES,
    Ask,
    Side,
    forget,
    told,
    verbs,
)

ADA, BOB = "ada@example.com", "bob@example.com"

UNDONE: dict[str, dict[str, Any]] = {
    "reset before": {"kind": "reset_before"},
    "silence before": {"kind": "timeout_before", "seconds": 1},
    "500 before": {"kind": "status", "status": 500},
    "502 before": {"kind": "status", "status": 502},
    "503 before": {"kind": "status", "status": 503, "retry_after": 0},
    "504 before": {"kind": "status", "status": 504},
    "429": {"kind": "status", "status": 429, "retry_after": 0},
}
DONE: dict[str, dict[str, Any]] = {
    "reset after": {"kind": "reset_after"},
    "silence after": {"kind": "timeout_after", "seconds": 1},
    "500 after": {"kind": "status_after", "status": 500},
    "502 after": {"kind": "status_after", "status": 502},
    "503 after": {"kind": "status_after", "status": 503},
    "cut body": {"kind": "cut_body"},
    "empty body": {"kind": "empty_body"},
    "wrong shape": {"kind": "wrong_shape"},
    "html after": {"kind": "html_after"},
}
SAID_YES = ("cut body", "empty body", "wrong shape")
FAULTS = {**UNDONE, **DONE}


def quick(fault: dict[str, Any]) -> dict[str, Any]:
    return {"request_timeout": 0.6} if fault["kind"].startswith("timeout") else {}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("duplicate", ["email", "422"])
def test_an_invitation_in_doubt_where_the_list_tells(
    ask: Ask, sim: Simulator, side: Side, fault: str, duplicate: str
) -> None:
    sim.reset(duplicate_invite=duplicate)
    sim.fail(Fault(**FAULTS[fault], method="POST"))
    done = ask(side.one, email=ADA, **quick(FAULTS[fault]))
    assert (done["changed"], done["action"], done["status"]) == (True, "invite", "pending")
    assert side.mails(sim, ADA) == 1
    assert len(sim.writes()) == (2 if fault in UNDONE else 1)
    shown = done["member"] if side is HONEYCOMB else done["invitation"]
    assert shown["email"] == ADA
    forget(sim)
    assert ask(side.one, email=ADA)["changed"] is False
    assert verbs(sim) == ["GET"] * side.lists


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("duplicate", ["409", "422"])
def test_an_invitation_in_doubt_where_the_service_refuses_a_second(
    ask: Ask, sim: Simulator, fault: str, duplicate: str
) -> None:
    """Nobody in the list, but inviting again is answered with "already": one e-mail, and it was this run's."""
    sim.reset(duplicate_invite=duplicate, pending_listed=False)
    sim.fail(Fault(**FAULTS[fault], method="POST"))
    code = "bad_response" if fault == "html after" else ""
    done = ask("honeycomb_member", email=ADA, known_invitations={}, fails=code, **quick(FAULTS[fault]))
    assert HONEYCOMB.mails(sim, ADA) == 1
    if fault != "html after":  # a proxy's page says nothing of the service
        assert (done["changed"], done["status"]) == (True, "pending")
        known = done["known_invitations"]
        assert known.keys() == {ADA}
        assert (known[ADA]["id"] is None) is (fault in DONE)
        forget(sim)
        assert ask("honeycomb_member", email=ADA, known_invitations=known)["changed"] is False
        assert verbs(sim) == ["GET"]


@pytest.mark.parametrize("fault", [fault for fault in DONE if fault != "html after"])
def test_an_invitation_in_doubt_that_the_list_is_known_to_hide(ask: Ask, sim: Simulator, fault: str) -> None:
    """Another pending person is not shown either, so the list proves nothing, and nobody is invited on a guess."""
    sim.reset(duplicate_invite="email", pending_listed=False)
    other = sim.honeycomb.add(BOB, accepted=False)
    known = {BOB: {"id": other.id, "role": "member", "invited_at": LONG_AGO}}
    sim.fail(Fault(**DONE[fault], method="POST"))
    sure = fault in SAID_YES
    codes = {"reset after": "connection", "silence after": "timeout"}
    code = "" if sure else codes.get(fault, "server_error")
    done = ask("honeycomb_member", email=ADA, known_invitations=known, fails=code, **quick(DONE[fault]))
    assert HONEYCOMB.mails(sim, ADA) == 1
    assert done["changed"] is sure
    assert done["known_invitations"].keys() == ({ADA, BOB} if sure else {BOB})
    if not sure:
        assert "not known whether" in done["msg"]


def test_a_second_attempt_that_is_refused_says_nothing_of_the_first(ask: Ask, sim: Simulator) -> None:
    sim.reset(pending_listed=False)
    sim.fail(Fault("reset_after", method="POST", nth=1), Fault("status", method="POST", status=400, nth=2))
    failed = ask("honeycomb_member", email=ADA, known_invitations={}, fails="validation")
    assert HONEYCOMB.mails(sim, ADA) == 1
    assert "not known whether" in failed["msg"]


def test_the_other_invitations_of_a_run_are_evidence_too(ask: Ask, sim: Simulator) -> None:
    sim.reset(duplicate_invite="email", pending_listed=False)
    sim.fail(Fault("reset_after", method="POST", nth=2))
    listed = [{"email": f"{number}@example.com"} for number in range(4)]
    failed = ask("honeycomb_members", members=listed, concurrency=1, known_invitations={}, fails="partial_failure")
    assert [mail.email for mail in sim.emails] == [item["email"] for item in listed]
    assert [item["outcome"] for item in failed["results"]] == ["applied", "failed", "applied", "applied"]
    assert failed["known_invitations"].keys() == {"0@example.com", "2@example.com", "3@example.com"}
    assert "Find out first what is not known." in failed["msg"]
    assert "nothing is done twice" not in failed["msg"]
    assert failed["changed"] is True


@pytest.mark.parametrize("fault", ["silence after", "reset after", "502 after", "502 before"])
def test_no_time_left_to_see_whether_it_took_effect(ask: Ask, sim: Simulator, side: Side, fault: str) -> None:
    """What is found counts; what is not found yet may still come, so it is not sent again."""
    sim.reset(duplicate_invite="email")
    sim.fail(Fault(**FAULTS[fault], method="POST"))
    code = {"silence after": "timeout", "502 before": "server_error"}.get(fault, "")
    done = ask(side.one, email=ADA, max_wait=0, fails=code, **quick(FAULTS[fault]))
    assert (done["changed"], len(sim.writes()), side.mails(sim, ADA)) == (not code, 1, int(fault in DONE))
    assert done["status"] == ("absent" if code else "pending")
    if code:
        assert "not known whether" in done["msg"]


def test_the_state_cannot_be_read_again(ask: Ask, sim: Simulator, side: Side) -> None:
    sim.fail(Fault("reset_after", method="POST"), Fault("status", method="GET", status=500, after=side.lists, times=0))
    failed = ask(side.one, email=ADA, fails="connection")
    assert "not known whether" in failed["msg"]
    assert side.mails(sim, ADA) == 1


def test_a_service_that_never_answers_an_invitation(ask: Ask, sim: Simulator, side: Side) -> None:
    sim.fail(Fault("status", method="POST", status=500, times=0))
    failed = ask(side.one, email=ADA, fails="server_error")
    assert (failed["changed"], failed["status"], sim.emails) == (False, "absent", [])
    assert len(sim.writes()) == 3


@pytest.mark.parametrize("status", [409, 422])
def test_refused_for_a_reason_of_its_own(ask: Ask, sim: Simulator, side: Side, status: int) -> None:
    """A refusal that does not say "already" is a failure, and is not tried again."""
    body: dict[str, Any] = {"errors": "Plan is full", "error": "Plan is full"}
    sim.fail(Fault("status", method="POST", status=status, body=body))
    if (side, status) == (HONEYCOMB, 409):
        done = ask(side.one, email=ADA)
        assert (done["changed"], done["action"]) == (False, "none")
    else:
        failed = ask(side.one, email=ADA, fails="conflict" if status == 409 else "validation")
        assert (failed["changed"], failed["status"]) == (False, "absent")
        assert "Plan is full" in failed["error"]["detail"]
    assert (len(sim.writes()), sim.emails) == (1, [])


def test_an_unforeseen_fault_with_one_person_stops_nobody_else(
    ask: Ask, sim: Simulator, side: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    service: Any = {"honeycomb": Honeycomb, "honeybadger": Honeybadger}[side.service]
    invite = service.invite

    def bug(self: Any, email: str, *rest: Any) -> Any:
        return invite(self, {ADA: email}[email], *rest)

    monkeypatch.setattr(service, "invite", bug)
    failed = ask(side.many, **{side.people: [{"email": ADA}, {"email": BOB}]}, fails="partial_failure")
    assert {item["email"]: item["outcome"] for item in failed["results"]} == {ADA: "applied", BOB: "failed"}
    assert "KeyError" in failed["msg"]
    assert BOB not in failed["results"][1]["error"]["detail"]


# PUT and DELETE


def test_an_answer_with_another_role(ask: Ask, sim: Simulator, side: Side) -> None:
    """The service says yes, and shows that it did something else."""
    identity = side.add(sim, ADA)
    sim.fail(Fault("html", method="PUT", body={"id": identity, "email": ADA, "role": side.low}))
    failed = ask(side.one, email=ADA, role=side.high, fails="conflict")
    assert (failed["changed"], failed["status"], verbs(sim).count("PUT")) == (False, "active", 1)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_an_answer_that_shows_that_it_was_accepted(ask: Ask, sim: Simulator, method: str) -> None:
    sim.honeybadger.add_invitation(ADA)
    accepted = {"id": 1, "email": ADA, "role": "Admin", "accepted_at": LONG_AGO, "accepted_by": {"email": ADA}}
    sim.fail(Fault("html", method=method, body=accepted), meanwhile(HONEYBADGER, "accept", ADA, method))
    options = {"role": "Admin"} if method == "PUT" else {"state": "absent"}
    failed = ask("honeybadger_user", email=ADA, **options, fails="conflict")
    assert (failed["changed"], failed["status"]) == (False, "active")


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("change", ["role", "state"])
def test_a_change_in_doubt(ask: Ask, sim: Simulator, side: Side, fault: str, change: str) -> None:
    side.add(sim, ADA)
    sim.fail(Fault(**FAULTS[fault], method="PUT" if change == "role" else "DELETE"))
    options = {"role": side.high} if change == "role" else {"state": "absent"}
    code = "server_error" if fault == "500 before" else ""
    done = ask(side.one, email=ADA, **options, fails=code, **quick(FAULTS[fault]))
    if code:
        assert (done["changed"], done["action"], side.active(sim)) == (False, "none", {ADA: side.low})
    else:
        assert (done["changed"], done["action"]) == (True, "update" if change == "role" else "remove")
        assert side.active(sim) == ({ADA: side.high} if change == "role" else {})
        assert done["status"] == ("active" if change == "role" else "absent")
        assert len(done["follow_up"]) == (change == "state")
    assert ask(side.one, email=ADA, **options)["changed"] is bool(code)


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if "silence" not in fault])
@pytest.mark.parametrize("module", ["honeybadger_user", "honeybadger_invitation"])
@pytest.mark.parametrize("put", ["204", "200"])
def test_a_change_to_an_invitation_in_doubt(ask: Ask, sim: Simulator, fault: str, module: str, put: str) -> None:
    sim.reset(invitation_put=put)
    sim.honeybadger.add_invitation(ADA)
    for method, options, left in (("PUT", {"role": "Admin"}, {ADA: "Admin"}), ("DELETE", {"state": "absent"}, {})):
        sim.fail(Fault(**FAULTS[fault], method=method))
        code = "server_error" if fault == "500 before" else ""
        done = ask(module, email=ADA, **options, fails=code)
        if code:
            assert done["changed"] is False
            done = ask(module, email=ADA, **options)
        assert (done["changed"], HONEYBADGER.pending(sim)) == (True, left)


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault != "429"])
@pytest.mark.parametrize("which", ["DELETE", "POST"])
def test_an_invitation_sent_anew_in_doubt(ask: Ask, sim: Simulator, fault: str, which: str) -> None:
    sim.reset(duplicate_invite="email")
    sim.honeybadger.add_invitation(ADA, created_at=LONG_AGO)
    sim.fail(Fault(**FAULTS[fault], method=which))
    code = "server_error" if fault == "500 before" and which == "DELETE" else ""
    done = ask("honeybadger_user", email=ADA, reinvite_after=1, fails=code, **quick(FAULTS[fault]))
    if code:
        assert (done["changed"], done["action"], len(sim.emails)) == (False, "none", 0)
    else:
        assert (done["changed"], done["action"], len(sim.emails)) == (True, "reinvite", 1)
    assert len(HONEYBADGER.pending(sim)) == 1
    again = ask("honeybadger_user", email=ADA, reinvite_after=1)
    assert (again["changed"], len(sim.emails)) == (bool(code), 1)


def test_half_of_a_new_invitation_is_told(ask: Ask, sim: Simulator) -> None:
    """The old one is cancelled, the new one refused: that is a change and a failure."""
    sim.honeybadger.add_invitation(ADA, created_at=LONG_AGO)
    sim.fail(Fault("status", method="POST", status=403))
    failed = ask("honeybadger_user", email=ADA, reinvite_after=1, fails="forbidden")
    assert (failed["changed"], failed["status"], failed["invitation"]) == (True, "absent", None)
    assert f"The old invitation of {ADA} was cancelled, and no new one was sent." in failed["msg"]
    assert ask("honeybadger_user", email=ADA, reinvite_after=1)["action"] == "invite"


# Others act between the read and the write


def meanwhile(side: Side, do: str, email: str, method: str, **rest: Any) -> Fault:
    action = {"do": do, "service": side.service, "email": email, **rest}
    return Fault("action_before", service=side.service, method=method, action=action)


@pytest.mark.parametrize("accepted_change", ["422", "404"])
@pytest.mark.parametrize(("method", "options"), [("PUT", {"role": "Admin"}), ("DELETE", {"state": "absent"})])
def test_accepted_meanwhile(
    ask: Ask, sim: Simulator, accepted_change: str, method: str, options: dict[str, str]
) -> None:
    sim.reset(accepted_change=accepted_change)
    sim.honeybadger.add_invitation(ADA)
    sim.fail(meanwhile(HONEYBADGER, "accept", ADA, method))
    failed = ask("honeybadger_user", email=ADA, **options, fails="conflict")
    assert (failed["changed"], failed["status"], HONEYBADGER.active(sim)) == (False, "active", {ADA: "Member"})
    done = ask("honeybadger_user", email=ADA, **options)
    assert (done["changed"], done["action"]) == (True, "update" if method == "PUT" else "remove")


@pytest.mark.parametrize("accepted_change", ["422", "404", "204"])
def test_accepted_before_it_is_sent_anew(ask: Ask, sim: Simulator, accepted_change: str) -> None:
    sim.reset(accepted_change=accepted_change)
    sim.honeybadger.add_invitation(ADA, created_at=LONG_AGO)
    sim.fail(meanwhile(HONEYBADGER, "accept", ADA, "DELETE"))
    done = ask("honeybadger_user", email=ADA, reinvite_after=1)
    if accepted_change == "204":  # the service says that it was cancelled, and takes a new one
        assert done["changed"] is True
    else:
        assert (done["changed"], done["action"], done["status"]) == (False, "none", "active")
        assert (verbs(sim).count("POST"), sim.emails) == (0, [])


def test_accepted_meanwhile_under_another_address(ask: Ask, sim: Simulator) -> None:
    sim.reset(accepted_change="404", accepted_email="kept")
    sim.honeybadger.add_invitation(ADA)
    sim.fail(meanwhile(HONEYBADGER, "accept", ADA, "DELETE", accepting="ada@home.example"))
    failed = ask("honeybadger_user", email=ADA, state="absent", fails="conflict")
    assert (failed["changed"], failed["status"]) == (False, "active")
    assert ask("honeybadger_user", email=ADA, state="absent")["action"] == "remove"


@pytest.mark.parametrize("put", ["200", "204"])
def test_accepted_meanwhile_where_the_change_is_taken_all_the_same(ask: Ask, sim: Simulator, put: str) -> None:
    """The service answers well, though the change meets an invitation that counts no more."""
    sim.reset(accepted_change="204", invitation_put=put)
    sim.honeybadger.add_invitation(ADA)
    sim.fail(meanwhile(HONEYBADGER, "accept", ADA, "PUT"))
    done = ask("honeybadger_user", email=ADA, role="Admin", fails="conflict" if put == "200" else "")
    assert done["changed"] is (put == "204")
    assert ask("honeybadger_user", email=ADA, role="Admin")["action"] == "update"


def test_removed_first_by_somebody_else(ask: Ask, sim: Simulator, side: Side) -> None:
    side.add(sim, ADA)
    sim.fail(meanwhile(side, "remove", ADA, "DELETE"))
    done = ask(side.one, email=ADA, state="absent")
    assert (done["status"], side.active(sim)) == ("absent", {})
    side.add(sim, ADA)
    sim.faults.clear()
    sim.fail(meanwhile(side, "remove", ADA, "PUT"))
    failed = ask(side.one, email=ADA, role=side.high, fails="conflict")
    assert (failed["changed"], failed["status"]) == (False, "absent")


def test_an_invitation_deleted_first(ask: Ask, sim: Simulator) -> None:
    sim.honeybadger.add_invitation(ADA)
    sim.fail(meanwhile(HONEYBADGER, "delete_invitation", ADA, "DELETE"))
    for module in ("honeybadger_user", "honeybadger_invitation"):
        done = ask(module, email=ADA, state="absent")
        assert (done["status"], HONEYBADGER.pending(sim)) == ("absent", {})


@pytest.mark.parametrize("duplicate", ["409", "422"])
@pytest.mark.parametrize("do", ["invite", "add"])
def test_invited_first_by_somebody_else(ask: Ask, sim: Simulator, side: Side, duplicate: str, do: str) -> None:
    sim.reset(duplicate_invite=duplicate)
    sim.fail(meanwhile(side, do, ADA, "POST"))
    done = ask(side.one, email=ADA)
    assert (done["changed"], done["action"]) == (False, "none")
    assert done["status"] == "pending" if do == "invite" else done["status"] in ("active", "pending")
    assert side.mails(sim, ADA) == (do == "invite")


def test_invited_first_with_another_role(ask: Ask, sim: Simulator) -> None:
    sim.fail(meanwhile(HONEYBADGER, "invite", ADA, "POST", role="Admin"))
    failed = ask("honeybadger_user", email=ADA, role="Billing", fails="conflict")
    assert (failed["changed"], failed["status"]) == (False, "pending")
    assert ask("honeybadger_user", email=ADA, role="Billing")["action"] == "update"


@pytest.mark.parametrize("side", SIDES, ids=lambda side: side.service)
def test_many_in_doubt_cost_one_more_look(ask: Ask, sim: Simulator, side: Side) -> None:
    sim.reset(duplicate_invite="email")
    sim.fail(Fault("reset_after", method="POST", nth=2), Fault("status", method="POST", status=502, nth=5))
    listed = [{"email": f"{number}@example.com"} for number in range(8)]
    done = ask(side.many, **{side.people: listed}, concurrency=4)
    assert sorted(mail.email for mail in sim.emails) == [item["email"] for item in listed]
    assert done["summary"]["applied"] == 8
    assert verbs(sim).count("GET") == 2 * side.lists + (side is HONEYCOMB)
    assert verbs(sim).count("POST") == 9
    forget(sim)
    assert told(ask(side.many, **{side.people: listed}))["plan"] == []


def test_the_last_admin_stays_when_a_promotion_is_in_doubt(ask: Ask, sim: Simulator, side: Side) -> None:
    side.add(sim, ADA)
    sim.fail(Fault("reset_before", method="PUT", times=5))
    sim.fail(Fault("status", method="GET", status=500, after=side.lists, times=0))
    listed = [{"email": ADA, "role": side.high}, {"email": OWNER, "role": side.low}]
    failed = ask(side.many, **{side.people: listed}, fails="partial_failure")
    assert [item["outcome"] for item in failed["results"]] == ["failed", "not_attempted"]
    assert len(getattr(sim, side.service).find(OWNER).role) == len(side.high)
