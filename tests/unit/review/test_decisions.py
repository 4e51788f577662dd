# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every reason not to carry out a review names the row, and what is as decided already is no reason."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.honeyops.access.plugins.plugin_utils._review.decisions import judge, people_of
from ansible_collections.honeyops.access.plugins.plugin_utils._review.rows import Row
from ansible_collections.honeyops.access.plugins.plugin_utils._review.sheet import Sheet

LEAD = "lead@example.com"
PLACES = {(host, service): True for host in ("payments", "search") for service in ("honeycomb", "honeybadger")}
EVE = Row(1, "payments", "honeycomb", "eve@example.com", "Eve", "member", "active", reviewer=LEAD, decision="keep")
BOB = Row(2, "payments", "honeybadger", "bob@example.com", "Bob", "Admin", "active", reviewer=LEAD, decision="keep")
ROWS = (EVE, BOB)


def sheet(*rows: Row, name: str = "review.csv") -> Sheet:
    return Sheet(name, "2026-03-09T08:30:00Z", {row.row: row for row in rows})


def faults(*rows: Row, now: tuple[Row, ...] = ROWS, listed: tuple[Row, ...] | None = ROWS) -> list[str]:
    return judge([sheet(*rows)], now, listed, PLACES).faults


def changed(access: Row, /, **values: Any) -> Row:
    return replace(access, **values)


def test_what_is_as_it_was_is_kept() -> None:
    verdict = judge([sheet(*ROWS)], ROWS, ROWS, PLACES)
    assert (verdict.faults, [decision.changes for decision in verdict.decisions]) == ([], [False, False])


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ({"decision": ""}, "No decision yet: row 2 (bob@example.com, Honeybadger of payments)."),
        ({"decision": "admni"}, "row 2 (bob@example.com, Honeybadger of payments), 'admni', but the roles are Member"),
        ({"reviewer": ""}, "No reviewer: row 2 (bob@example.com, Honeybadger of payments)."),
        ({"reviewer": "Bob@Example.com"}, "Nobody decides about their own access: row 2 (bob@example.com,"),
        ({"reviewer": "bob@home.example"}, "Nobody decides about their own access: row 2 (bob@example.com,"),
        ({"reviewer": "Bob <BOB@example.com>"}, "Nobody decides about their own access: row 2 (bob@example.com,"),
        ({"reviewer": f"{LEAD}; bob@example.com"}, "Nobody decides about their own access: row 2 (bob@example.com,"),
        ({"role": "Owner"}, "A row was changed in the file: row 2 (bob@example.com, Honeybadger of payments), which"),
        ({"email": "ada@example.com"}, "A row was changed in the file: row 2 (bob@example.com"),
        ({"row": 9}, "A row is not of this review: row 9 (bob@example.com"),
    ],
)
def test_a_row_that_cannot_be_carried_out_is_named(row: dict[str, Any], fault: str) -> None:
    now = (EVE, changed(BOB, others=("bob@home.example",)))
    found = faults(EVE, changed(BOB, **row), now=now)
    assert [text for text in found if fault in text], found
    assert not [text for text in found if "eve@" in text]


def test_a_row_that_was_taken_out_of_the_file_is_named_once() -> None:
    assert faults(EVE) == ["A row is missing in the file: row 2 (bob@example.com, Honeybadger of payments)."]
    assert faults(EVE, listed=None) == [
        "New since the list was read, or in none of the files: bob@example.com (Honeybadger of payments), Admin, active."
    ]


def test_nobody_is_new_who_is_in_a_file_that_cannot_be_read() -> None:
    unread = Sheet("review-bob.csv", "2026-03-09T08:30:00Z", {}, ("review-bob.csv is not UTF-8.",))
    assert judge([sheet(EVE), unread], ROWS, None, PLACES).faults == ["review-bob.csv is not UTF-8."]


@pytest.mark.parametrize(
    ("status", "decision", "refused"), [("active", "revoke", 1), ("active", "keep", 0), ("pending", "revoke", 0)]
)
def test_who_left_and_came_back_was_not_decided_on(status: str, decision: str, refused: int) -> None:
    """Whoever is still only invited may have been sent the invitation again."""
    was = changed(EVE, status=status, since="2026-03-01T08:00:00Z")
    now = changed(was, since="2026-03-10T09:00:00Z")
    decided = changed(was, decision=decision, since="01.03.2026")
    found = faults(decided, BOB, now=(now, BOB), listed=(was, BOB))
    told = (
        "Given anew since the list was read: row 1 (eve@example.com, Honeycomb of payments), since 2026-03-01T08:00:00Z then, "
        "2026-03-10T09:00:00Z now."
    )
    assert found == [told] * refused
    assert faults(decided, BOB, now=(now, BOB), listed=None) == []


@pytest.mark.parametrize(
    ("now", "fault"),
    [
        ((EVE,), "No longer there: row 2 (bob@example.com, Honeybadger of payments)."),
        (
            (EVE, changed(BOB, role="Owner")),
            (
                "Changed since the list was read: row 2 (bob@example.com, Honeybadger of payments), Admin, active then, Owner, "
                "active now."
            ),
        ),
        ((EVE, changed(BOB, teams="On call")), "Admin, active, teams On call now."),
        ((EVE, changed(BOB, status="pending")), "Admin, pending now."),
        (
            (*ROWS, changed(BOB, email="ada@example.com")),
            "New since the list was read: ada@example.com (Honeybadger of payments), Admin, active.",
        ),
        (
            (*ROWS, changed(EVE, status="pending")),
            "New since the list was read: eve@example.com (Honeycomb of payments), member, pending.",
        ),
    ],
)
def test_what_moved_since_is_named(now: tuple[Row, ...], fault: str) -> None:
    found = faults(*ROWS, now=now)
    assert len(found) == 1
    assert found[0].endswith(fault), found


def test_a_row_of_a_target_that_is_not_read_is_named() -> None:
    there = changed(BOB, host="archive")
    assert faults(EVE, there, now=(EVE,), listed=(EVE, there)) == [
        "A row is of a target that this run does not have: row 2 (bob@example.com, Honeybadger of archive)."
    ]


def test_what_is_done_already_is_not_done_again() -> None:
    gone, raised = changed(EVE, decision="revoke"), changed(BOB, decision="owner")
    verdict = judge([sheet(gone, raised)], (changed(BOB, role="Owner"),), ROWS, PLACES)
    assert (verdict.faults, [decision.done for decision in verdict.decisions]) == ([], [True, True])
    assert people_of(verdict.decisions, "payments") == []


def test_changes_name_a_person_and_a_service_only() -> None:
    same = changed(BOB, row=3, service="honeycomb", role="member", decision="revoke")
    filled = (changed(EVE, decision="ADMIN"), changed(BOB, decision="member"), same)
    now = (*ROWS, same)
    verdict = judge([sheet(*filled)], now, now, PLACES)
    assert verdict.faults == []
    assert people_of(verdict.decisions, "payments") == [
        {"email": "bob@example.com", "honeybadger": {"role": "Member"}, "honeycomb": {"state": "absent"}},
        {"email": "eve@example.com", "honeycomb": {"role": "admin"}},
    ]
    assert people_of(verdict.decisions, "search") == []


def test_two_accesses_of_one_person_in_one_place_need_one_decision() -> None:
    invited = changed(BOB, row=3, email="bob@home.example", status="pending", decision="revoke")
    now = (EVE, changed(BOB, others=("bob@home.example",)), invited)
    found = faults(EVE, BOB, invited, now=now, listed=now)
    assert found == [
        (
            "Several accesses of one person in one place need the same decision: row 2 (bob@example.com, Honeybadger of payments), "
            "row 3 (bob@home.example, Honeybadger of payments)."
        )
    ]
    assert faults(EVE, BOB, invited, now=(*ROWS, invited), listed=(*ROWS, invited)) == []  # another person


def test_the_list_says_which_addresses_are_of_one_person_though_nothing_else_does_now() -> None:
    """The roster that named the alias is not read again."""
    listed = (EVE, changed(BOB, person=LEAD))
    assert faults(EVE, BOB, listed=listed, now=ROWS)[0].startswith("Nobody decides about their own access: row 2")


def test_people_who_accepted_at_a_shared_address_are_several() -> None:
    ada = changed(BOB, row=3, email="ada@example.com", others=("it@example.com",), decision="revoke")
    now = (EVE, changed(BOB, others=("it@example.com",)), ada)
    assert faults(EVE, BOB, ada, now=now, listed=now) == []


def test_somebody_without_an_address_is_only_kept() -> None:
    nameless = changed(EVE, email="", name="Eve")
    assert faults(nameless, BOB, now=(nameless, BOB), listed=(nameless, BOB)) == []
    revoked = changed(nameless, decision="revoke")
    assert faults(revoked, BOB, now=(nameless, BOB), listed=(nameless, BOB)) == [
        "Somebody without an address can only be kept here; remove them by hand: row 1 (Eve, Honeycomb of payments)."
    ]


def test_files_of_several_reviewers_are_one() -> None:
    other = "second@example.com"
    whole = sheet(changed(EVE, decision=""), changed(BOB, decision="", reviewer=""))
    mine = sheet(changed(EVE, decision="revoke"), name="review-lead@example.com.csv")
    theirs = sheet(changed(BOB, reviewer=other), name="review-second@example.com.csv")
    verdict = judge([whole, mine, theirs], ROWS, ROWS, PLACES)
    assert verdict.faults == []
    assert [(one.row.decision, one.row.reviewer, one.file) for one in verdict.decisions] == [
        ("revoke", LEAD, mine.name),
        ("keep", other, theirs.name),
    ]


def test_a_row_that_two_decided_differently_is_named() -> None:
    again = sheet(changed(BOB, decision="Revoke"), name="review-second@example.com.csv")
    assert judge([sheet(*ROWS), again], ROWS, ROWS, PLACES).faults == [
        (
            "Two files decide differently: row 2 (bob@example.com, Honeybadger of payments), keep in review.csv, Revoke in "
            "review-second@example.com.csv."
        )
    ]
    mixed = sheet(changed(BOB, email="ada@example.com"), name="review-second@example.com.csv")
    assert judge([sheet(*ROWS), mixed], ROWS, ROWS, PLACES).faults == [
        (
            "review.csv and review-second@example.com.csv have another access under the same number: row 2 (bob@example.com, "
            "Honeybadger of payments)."
        )
    ]


def test_five_thousand_blank_rows_are_one_message() -> None:
    rows = tuple(changed(EVE, row=number, email=f"p{number}@example.com", decision="") for number in range(1, 5001))
    (fault,) = faults(*rows, now=rows, listed=rows)
    assert fault.endswith(" and 4980 more.")
    assert len(fault) < 2000


@pytest.mark.parametrize(
    "changes", [{"decision": "x" * 5000}, {"service": "x" * 5000}, {"reviewer": f"{'x' * 5000}, {BOB.email}"}]
)
def test_a_cell_that_is_a_book_is_shown_in_part(changes: dict[str, str]) -> None:
    told = faults(EVE, changed(BOB, **changes))
    assert told
    assert all(len(text) < 1000 for text in told)
