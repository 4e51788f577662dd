# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the matrix, the races and the random runs found, each made small."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator import Fault, Simulator

from .cells import Arena
from .judge import UNKNOWN
from .stage import perform

OLD = "2024-03-01T10:00:00Z"
ADA = "ada@example.com"
HIDDEN = {"pending_listed": False, "duplicate_invite": "email"}


@pytest.fixture
def sim(ring: Arena) -> Simulator:
    ring.sim.reset()
    return ring.sim


def known(sim: Simulator, email: str = ADA) -> dict[str, Any]:
    """Invited by an earlier run, and hidden since."""
    sim.configure(**HIDDEN)
    member = sim.honeycomb.add(email, accepted=False, created_at=OLD)
    return {email: {"id": member.id, "role": "member", "invited_at": OLD}}


def ask(sim: Simulator, module: str, **options: Any) -> dict[str, Any]:
    result: dict[str, Any] = dict(perform(sim, module, options).result)
    return result


@pytest.mark.parametrize("method", ["DELETE", "POST"])
def test_teams_stay_when_sending_anew_is_in_doubt(sim: Simulator, method: str) -> None:
    sim.honeybadger.add_invitation(ADA, "Admin", [3, 7], created_at=OLD)
    sim.fail(Fault("reset_after" if method == "DELETE" else "status", method=method, status=502))
    done = ask(sim, "honeybadger_user", email=ADA, reinvite_after=7)
    assert (done["rc"], done["action"]) == (0, "reinvite")
    (invitation,) = sim.honeybadger.invitations
    assert (invitation.role, invitation.team_ids, len(sim.emails_to(ADA))) == ("Admin", [3, 7], 1)


@pytest.mark.parametrize(("change", "method"), [({"role": "admin"}, "PUT"), ({"state": "absent"}, "DELETE")])
def test_a_change_to_what_no_list_shows_stays_unknown(sim: Simulator, change: dict[str, str], method: str) -> None:
    invitations = known(sim)
    sim.fail(Fault("html_after", method=method))
    done = ask(sim, "honeycomb_member", email=ADA, known_invitations=invitations, **change)
    assert done["rc"] == 1
    assert UNKNOWN in done["error"]["hint"]


def test_an_invitation_behind_a_strange_page_stays_unknown(sim: Simulator) -> None:
    sim.configure(**HIDDEN)
    sim.fail(Fault("html_after", method="POST"))
    done = ask(sim, "honeycomb_member", email=ADA)
    assert done["rc"] == 1
    assert UNKNOWN in done["error"]["hint"]
    assert len(sim.emails_to(ADA)) == 1


def test_an_invitation_that_never_gets_an_answer_stays_unknown(sim: Simulator) -> None:
    sim.configure(pending_listed=False)
    sim.fail(Fault("reset_after", method="POST", times=0))
    done = ask(sim, "honeycomb_member", email=ADA)
    assert done["rc"] == 1
    assert UNKNOWN in done["error"]["hint"]


def test_whoever_accepts_between_the_two_lists_is_not_invited_again(sim: Simulator) -> None:
    sim.configure(duplicate_invite="email", accepted_email="empty")
    sim.honeybadger.add_invitation(ADA)
    accept = {"do": "accept", "service": "honeybadger", "email": ADA}
    sim.fail(Fault("action_before", service="honeybadger", method="GET", nth=2, action=accept))
    done = ask(sim, "honeybadger_user", email=ADA)
    assert (done["rc"], done["changed"], done["status"]) == (0, False, "active")
    assert sim.emails == []


@pytest.mark.parametrize("module", ["honeycomb_member", "honeybadger_user", "honeybadger_invitation"])
def test_nobody_is_called_absent_whom_nobody_could_look_up(sim: Simulator, module: str) -> None:
    sim.fail(Fault("status", status=400))
    done = ask(sim, module, email="owner@example.com")
    assert (done["rc"], done["status"]) == (1, None)


def test_sending_anew_does_not_forget_that_the_list_hides_people(sim: Simulator) -> None:
    invitations = known(sim)
    sim.fail(Fault("reset_after", method="POST"))
    done = ask(sim, "honeycomb_member", email=ADA, known_invitations=invitations, reinvite_after=7)
    assert done["rc"] == 1
    assert UNKNOWN in done["error"]["hint"]
    assert len(sim.emails_to(ADA)) == 1


def test_a_known_invitation_that_is_gone_is_found_out_by_a_change(sim: Simulator) -> None:
    invitations = known(sim)
    sim.act({"do": "delete_invitation", "service": "honeycomb", "email": ADA})
    asked = {"email": ADA, "role": "admin"}
    first = ask(sim, "honeycomb_member", known_invitations=invitations, **asked)
    assert (first["rc"], first["error"]["code"], first["known_invitations"]) == (1, "conflict", {})
    second = ask(sim, "honeycomb_member", known_invitations=first["known_invitations"], **asked)
    assert (second["rc"], second["action"], sim.honeycomb.find(ADA).role) == (0, "invite", "admin")


@pytest.mark.parametrize("kind", ["html_after", "wrong_shape"])
def test_a_role_that_nobody_can_look_up_is_set_again(sim: Simulator, kind: str) -> None:
    invitations = known(sim)
    sim.fail(Fault(kind, method="PUT"))
    first = ask(sim, "honeycomb_member", email=ADA, role="admin", known_invitations=invitations)
    assert (first["rc"], sim.honeycomb.find(ADA).role) == (1, "admin")
    again = {"email": ADA, "role": "member", "known_invitations": first["known_invitations"]}
    second = ask(sim, "honeycomb_member", **again)
    assert (second["rc"], second["action"], sim.honeycomb.find(ADA).role) == (0, "update", "member")


@pytest.mark.parametrize(("status", "extra"), [(400, {}), (429, {"retry_after": 3600})])
def test_a_refusal_says_nothing_of_the_attempt_before_it(sim: Simulator, status: int, extra: dict[str, Any]) -> None:
    sim.honeycomb.add(ADA)
    sim.fail(
        Fault("status_after", method="PUT", status=503), Fault("status", method="PUT", nth=2, status=status, **extra)
    )
    done = ask(sim, "honeycomb_member", email=ADA, role="admin")
    assert (done["rc"], done["changed"], sim.honeycomb.find(ADA).role) == (0, True, "admin")


def test_what_is_not_sent_again_may_have_been_done_before(sim: Simulator) -> None:
    sim.honeycomb.add(ADA)
    limit = {"RateLimit": "limit=9, remaining=0, reset=3600"}
    sim.fail(Fault("status_after", method="PUT", status=503, headers=limit))
    done = ask(sim, "honeycomb_members", members=[{"email": ADA, "role": "admin"}])
    (item,) = done["results"]
    assert (item["outcome"], UNKNOWN in item["error"]["hint"]) == ("failed", True)


def test_a_sentence_ends_once(sim: Simulator) -> None:
    sim.fail(Fault("status", status=404, body={"error": "The requested resource cannot be found."}))
    assert ".." not in ask(sim, "honeycomb_member", email=ADA)["msg"]


def test_an_invitation_accepted_under_a_new_id_is_not_taken_for_cancelled(sim: Simulator) -> None:
    invitations = known(sim)
    sim.configure(accepted_id="new")
    accept = {"do": "accept", "service": "honeycomb", "email": ADA}
    sim.fail(Fault("action_before", method="DELETE", action=accept))
    first = ask(sim, "honeycomb_member", email=ADA, state="absent", known_invitations=invitations)
    assert (first["rc"], first["error"]["code"], first["status"]) == (1, "conflict", "active")
    second = ask(sim, "honeycomb_member", email=ADA, state="absent", known_invitations=first["known_invitations"])
    assert (second["rc"], second["action"], second["status"]) == (0, "remove", "absent")


@pytest.mark.parametrize("module", ["honeycomb_member", "honeybadger_user"])
def test_a_404_is_no_proof_of_absence(sim: Simulator, module: str) -> None:
    (sim.honeycomb if module == "honeycomb_member" else sim.honeybadger).add(ADA)
    sim.fail(Fault("status", method="DELETE", status=404, times=0))
    done = ask(sim, module, email=ADA, state="absent")
    assert (done["rc"], done["error"]["code"], done["status"]) == (1, "not_found", "active")
    assert "still listed" in done["error"]["hint"]


@pytest.mark.parametrize("module", ["honeycomb_member", "honeybadger_user"])
def test_whom_somebody_else_removed_first_is_gone_and_not_by_this_run(sim: Simulator, module: str) -> None:
    service = module.partition("_")[0]
    (sim.honeycomb if service == "honeycomb" else sim.honeybadger).add(ADA)
    remove = {"do": "remove", "service": service, "email": ADA}
    sim.fail(Fault("action_before", method="DELETE", action=remove))
    done = ask(sim, module, email=ADA, state="absent")
    assert (done["rc"], done["changed"], done["status"]) == (0, False, "absent")


def test_an_acceptance_that_empties_the_address_ends_the_wait(sim: Simulator) -> None:
    sim.configure(accepted_email="empty")
    accept = {"do": "accept", "service": "honeybadger", "email": ADA, "accepting": "ada@home.example"}
    sim.fail(Fault("action_before", service="honeybadger", method="GET", nth=4, action=accept))
    done = ask(sim, "honeybadger_user", email=ADA, wait=True, wait_timeout=60)
    assert (done["rc"], done["status"], done["user"]["email"]) == (0, "active", "ada@home.example")


@pytest.mark.parametrize(
    "body",
    [
        {"error": "already_exists"},
        {"detail": "email: already_exists"},
        {"type_detail": {"field": "email", "code": "already_exists"}},
        {"errors": [{"code": "already_exists", "detail": "The email is taken."}]},
    ],
)
def test_however_a_422_says_that_somebody_was_invited(sim: Simulator, body: dict[str, Any]) -> None:
    sim.fail(Fault("status", method="POST", status=422, body=body))
    done = ask(sim, "honeycomb_member", email=ADA)
    assert (done["rc"], done["changed"], done["status"]) == (0, False, "pending")


def test_a_role_in_another_case_is_that_role(sim: Simulator) -> None:
    sim.honeycomb.find("owner@example.com").role = "Admin"
    sim.honeycomb.forget_texts()
    same = ask(sim, "honeycomb_member", email="owner@example.com", role="admin")
    assert (same["rc"], same["changed"]) == (0, False)
    last = ask(sim, "honeycomb_member", email="owner@example.com", state="absent")
    assert last["error"]["code"] == "last_admin"


def test_a_wait_of_exactly_max_wait_is_waited(sim: Simulator) -> None:
    sim.fail(Fault("status", status=429, retry_after=5))
    done = ask(sim, "honeycomb_member", email=ADA, max_wait=5)
    assert (done["rc"], done["action"]) == (0, "invite")


def test_two_entries_for_whoever_accepted_under_another_address_are_refused(sim: Simulator) -> None:
    sim.configure(accepted_email="kept")
    sim.honeybadger.add_invitation(ADA)
    sim.honeybadger.accept(ADA, "ada@home.example")
    done = ask(sim, "honeybadger_users", users=[{"email": ADA}, {"email": "ada@home.example"}])
    assert (done["rc"], done["error"]["code"]) == (1, "validation")
    assert sim.writes() == []


def test_an_invitation_that_was_not_found_is_remembered_until_a_list_tells(sim: Simulator) -> None:
    invitations = known(sim)
    sim.fail(Fault("status", after=1, times=0, status=404))
    asked: dict[str, Any] = {"email": ADA, "state": "absent"}
    first = ask(sim, "honeycomb_member", known_invitations=invitations, **asked)
    assert (first["rc"], first["known_invitations"].keys()) == (1, invitations.keys())
    sim.faults.clear()
    second = ask(sim, "honeycomb_member", known_invitations=first["known_invitations"], **asked)
    assert (second["rc"], second["action"], second["status"]) == (0, "cancel", "absent")


def test_a_404_does_not_untie_whoever_accepted_under_another_address(sim: Simulator) -> None:
    sim.configure(pending_listed=False)
    member = sim.honeycomb.add("ada@home.example")
    invitations = {ADA: {"id": member.id, "role": "member", "invited_at": OLD}}
    sim.fail(Fault("status", method="DELETE", status=404))
    done = ask(sim, "honeycomb_member", email=ADA, state="absent", known_invitations=invitations)
    assert (done["rc"], done["error"]["code"], done["status"]) == (1, "not_found", "active")
    assert done["known_invitations"].keys() == {ADA}
