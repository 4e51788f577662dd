# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What changed between two looks."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.honeyops.access.plugins.plugin_utils._people.changes import changes, key_changes


def seat(email: str, status: str = "active", role: str = "member", identity: Any = None, **more: Any) -> dict[str, Any]:
    return {"id": email if identity is None else identity, "email": email, "role": role, "status": status, **more}


def told(before: list[Any], after: list[Any]) -> list[tuple[str, str]]:
    return [(change.type, change.email) for change in changes(before, after)]


ADA = seat("ada@example.com")
INVITED = seat("bob@example.com", "pending", identity=7)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([], [ADA], [("joined", "ada@example.com")]),
        ([ADA], [], [("left", "ada@example.com")]),
        ([ADA], [{**ADA, "role": "admin"}], [("role_changed", "ada@example.com")]),
        ([], [INVITED], [("invited", "bob@example.com")]),
        ([INVITED], [], [("invitation_cancelled", "bob@example.com")]),
        ([INVITED], [seat("bob@example.com", identity=3)], [("invitation_accepted", "bob@example.com")]),
        ([INVITED], [{**INVITED, "role": "admin"}], [("role_changed", "bob@example.com")]),
        ([INVITED], [{**INVITED, "id": 8}], []),
        # Accepted from another address: told once, and not as somebody who left and somebody who joined.
        (
            [INVITED],
            [seat("rob@home.example", identity=3, invitations=[7])],
            [("invitation_accepted", "rob@home.example")],
        ),
        (
            [INVITED],
            [seat("rob@home.example", identity=3, also=["bob@example.com"])],
            [("invitation_accepted", "rob@home.example")],
        ),
        # Another address of the same user is no change of access.
        ([seat("ada@example.com", identity=1)], [seat("ada@new.example", identity=1)], []),
        # A user id and an invitation id may be equal, and mean nothing to each other.
        (
            [seat("ada@example.com", identity=7)],
            [seat("ada@example.com", identity=7), INVITED],
            [("invited", "bob@example.com")],
        ),
        (
            [seat("bob@example.com", identity=7)],
            [INVITED],
            [("invited", "bob@example.com"), ("left", "bob@example.com")],
        ),
        # A user who loses access and keeps an invitation has left.
        ([seat("bob@example.com", identity=7), INVITED], [INVITED], [("left", "bob@example.com")]),
        # Of two invitations to one address, and of two users of one person, each is one.
        ([INVITED, {**INVITED, "id": 8}], [{**INVITED, "id": 8}], [("invitation_cancelled", "bob@example.com")]),
        (
            [ADA, seat("ada@corp.example", role="admin", also=["ada@example.com"])],
            [seat("ada@corp.example", role="admin", also=["ada@example.com"])],
            [("left", "ada@example.com")],
        ),
    ],
)
def test_each_change_is_told_once(before: list[Any], after: list[Any], expected: list[tuple[str, str]]) -> None:
    assert sorted(told(before, after)) == sorted(expected)


SEATS = st.lists(
    st.builds(
        seat,
        st.sampled_from([f"{name}@example.com" for name in "abcdef"]),
        st.sampled_from(["active", "pending"]),
        st.sampled_from(["member", "admin"]),
    ),
    unique_by=lambda item: (item["email"], item["status"]),
)


MANY = st.lists(
    st.builds(
        seat,
        st.sampled_from(["a@example.com", "b@example.com", ""]),
        st.sampled_from(["active", "pending"]),
        st.sampled_from(["member", "admin"]),
        st.integers(1, 9),
        also=st.lists(st.sampled_from(["a@example.com", "c@example.com"]), max_size=1),
    ),
    unique_by=lambda item: (item["id"], item["status"]),
)


@given(MANY, st.randoms())
def test_the_same_twice_is_no_change(seats: list[Any], chance: Any) -> None:
    assert told(seats, chance.sample(seats, len(seats))) == []


@given(MANY, MANY)
def test_the_changes_add_up(before: list[Any], after: list[Any]) -> None:
    types = Counter(kind for kind, _email in told(before, after))
    had, has = (Counter(item["status"] for item in seats) for seats in (before, after))
    assert has["active"] - had["active"] == types["joined"] + types["invitation_accepted"] - types["left"]
    gone = types["invitation_accepted"] + types["invitation_cancelled"]
    assert has["pending"] - had["pending"] == types["invited"] - gone


@given(SEATS, SEATS)
def test_nothing_is_told_of_who_did_not_change(before: list[Any], after: list[Any]) -> None:
    assert told(after, after) == []
    same = {(item["email"], item["status"], item["role"]) for item in before} & {
        (item["email"], item["status"], item["role"]) for item in after
    }
    emails = {item["email"] for item in [*before, *after]}
    for email in emails:
        mine = (
            {item["status"] for item in before if item["email"] == email},
            {item["status"] for item in after if item["email"] == email},
        )
        if mine[0] == mine[1] and all(
            (email, status) in {(one, two) for one, two, _role in same} for status in mine[0]
        ):
            assert email not in {change[1] for change in told(before, after)}


def test_keys() -> None:
    key = {"id": "k", "name": "deploy", "type": "ingest", "disabled": False, "email": "ada@example.com"}
    assert [change.type for change in key_changes({}, {"k": key})] == ["key_created"]
    assert [change.type for change in key_changes({"k": key}, {"k": {**key, "disabled": True}})] == ["key_disabled"]
    assert [(change.type, change.after) for change in key_changes({"k": key}, {})] == [("key_disabled", None)]
    assert key_changes({"k": {**key, "disabled": True}}, {}) == []
    assert key_changes({"k": key}, {"k": key}) == []
