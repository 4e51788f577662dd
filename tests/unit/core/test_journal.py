# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run writes down about invitations before it sends them, and what the next one makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.honeyops.access.plugins.module_utils._access.outcome import Around
from ansible_collections.honeyops.access.plugins.module_utils._http.errors import VALIDATION, AccessError
from ansible_collections.honeyops.access.plugins.module_utils._services import OPERATIONS
from tests.modules import options_for
from tests.simulator import Fault, Simulator

from .support import Ask, warnings_of

ADA, BOB = "ada@example.com", "bob@example.com"
HIDDEN = {"pending_listed": False, "duplicate_invite": "email"}
MAYBE = {ADA: {"id": None, "role": "member", "invited_at": "2024-03-01T10:00:00Z", "unclear": True}}
Entry = dict[str, Any]


class Notes:
    """A journal in memory; ``refuses`` is an address that it cannot take."""

    def __init__(self, refuses: str = "") -> None:
        self.notes: list[tuple[str, str]] = []
        self.last: dict[str, Entry | None] = {}
        self._refuses = refuses

    def expecting(self, entries: Mapping[str, Entry]) -> None:
        self._note("expecting", *entries)

    def sending(self, invited: str, entry: Entry | None) -> None:
        self._note("sending", invited)
        self.last[invited] = entry

    def answered(self, key: str, entry: Entry | None) -> None:
        self.notes.append(("answered", key))
        self.last[key] = entry

    def told(self) -> None:
        self.notes.append(("told", ""))

    def _note(self, what: str, *emails: str) -> None:
        if self._refuses in emails:
            raise AccessError(VALIDATION, "It is full.")
        self.notes.append((what, " ".join(sorted(emails))))


def invite(sim: Simulator, journal: Notes, *emails: str, check: bool = False) -> dict[str, Any]:
    operation = OPERATIONS["honeycomb_members"]
    defaults = {name: about.get("default") for name, about in operation.spec.items()}
    people: list[Any] = [
        {"email": email, "role": None, "name": None, "aliases": [], "state": "present", "because": None}
        for email in emails
    ]
    options = options_for(sim, "honeycomb_members", members=people, concurrency=1, known_invitations={})
    return operation.work({**defaults, **options}, check, Around(journal=journal)).values


def test_each_invitation_is_written_down_before_it_leaves(sim: Simulator, brisk: None) -> None:
    journal, seen = Notes(), list[list[tuple[str, str]]]()
    sim.fail(Fault("action_before", method="POST", times=0, action=lambda: seen.append(list(journal.notes))))
    done = invite(sim, journal, ADA, BOB)
    start = [("expecting", f"{ADA} {BOB}"), ("sending", ADA)]
    assert seen == [start, [*start, ("answered", ADA), ("sending", BOB)]]
    assert journal.notes[-2:] == [("answered", BOB), ("told", "")]
    assert journal.last == done["known_invitations"]
    again = Notes()
    invite(sim, again, ADA, check=True)
    assert again.notes == [("told", "")]


def test_a_lost_answer_stays_open_and_a_refusal_does_not(sim: Simulator, brisk: None) -> None:
    sim.configure(**HIDDEN)
    journal = Notes()
    sim.fail(Fault("html_after", method="POST"), Fault("status", method="POST", status=400, nth=2))
    invite(sim, journal, ADA, BOB)
    entry = journal.last[ADA]
    assert entry is not None
    assert (entry["id"], entry["unclear"], journal.last[BOB]) == (None, True, None)


def test_what_cannot_be_written_down_is_not_sent(sim: Simulator, brisk: None) -> None:
    for journal, sent in ((Notes("x"), [ADA, BOB]), (Late(ADA), [BOB])):
        sim.reset()
        done = invite(sim, journal, ADA, BOB)
        assert [mail.email for mail in sim.emails] == sent
        assert [item["outcome"] for item in done["results"]].count("not_attempted") == 2 - len(sent)
    sim.reset()
    assert invite(sim, Notes(ADA), ADA, BOB)["summary"]["not_attempted"] == 2
    assert sim.writes() == []


class Late(Notes):
    """Finds out only when it comes to it."""

    def expecting(self, entries: Mapping[str, Entry]) -> None:
        pass


@pytest.mark.parametrize("check", [True, False])
def test_who_may_have_been_invited_is_not_invited_again(sim: Simulator, ask: Ask, check: bool) -> None:
    sim.configure(**HIDDEN)
    done = ask("honeycomb_members", members=[{"email": ADA}], known_invitations=MAYBE, check=check)
    assert (done["changed"], sim.emails, done["known_invitations"][ADA]["unclear"]) == (False, [], True)
    assert any(ADA in text and "reinvite_after" in text for text in warnings_of(done))
    again = ask(
        "honeycomb_members",
        members=[{"email": ADA}],
        known_invitations=done["known_invitations"],
        reinvite_after=0,
        check=check,
    )
    assert ([mail.email for mail in sim.emails], "unclear" in again["known_invitations"][ADA]) == (
        ([], True) if check else ([ADA], False)
    )


def test_whoever_is_listed_was_invited(sim: Simulator, ask: Ask) -> None:
    member = sim.honeycomb.add(ADA, accepted=False)
    done = ask("honeycomb_member", email=ADA, known_invitations=MAYBE)
    assert (done["changed"], done["status"], "warnings" in done) == (False, "pending", False)
    assert (done["known_invitations"][ADA]["id"], "unclear" in done["known_invitations"][ADA]) == (member.id, False)


def test_who_may_have_been_invited_cannot_be_cancelled_by_a_call(sim: Simulator, ask: Ask) -> None:
    sim.configure(**HIDDEN)
    failed = ask("honeycomb_member", email=ADA, state="absent", known_invitations=MAYBE, fails="conflict")
    assert ("by hand" in failed["msg"], failed["known_invitations"]) == (True, {})
