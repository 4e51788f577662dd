# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the record of a review says was done, by the results of the role."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.honeyops.access.plugins.plugin_utils._review.decisions import Decision
from ansible_collections.honeyops.access.plugins.plugin_utils._review.record import (
    Reviewed,
    carried_out_before,
    record_of,
)
from ansible_collections.honeyops.access.plugins.plugin_utils._review.rows import Row

EVE = "eve@example.com"
ROW = Row(1, "acme", "honeycomb", EVE, "Eve", "member", "active", reviewer="lead@example.com", decision="revoke")
DECISION = Decision(ROW, "review.csv", "2026-03-09T08:30:00Z")


def record(action: str, outcome: str, remaining: tuple[dict[str, str], ...] = ()) -> dict[str, Any]:
    """The record of a review in which Eve loses her access, with the result of the step for it."""
    step = {"action": "remove", "email": EVE, "before": {"email": EVE, "role": "member"}, "after": None}
    done = {"plan": [step], "results": [{"action": action, "outcome": outcome}], "verified": {"remaining": remaining}}
    at = "2026-03-09T09:00:00Z"
    return record_of(Reviewed([DECISION], at, at, {}, [], {"acme": {"honeycomb": done}}, False, [], 90))


@pytest.mark.parametrize(
    ("action", "outcome", "told", "settled"),
    [
        ("remove", "applied", "applied", True),
        ("none", "applied", "done before", True),
        ("remove", "not_attempted", "not attempted", False),
    ],
)
def test_what_was_done_before_is_not_called_applied(action: str, outcome: str, told: str, settled: bool) -> None:
    made = record(action, outcome)
    assert made["counts"] == {told: 1}
    again = carried_out_before([DECISION], made["listed_at"], [made])
    assert bool(again) == settled
    assert all(text.startswith(f"Carried out before, and different again since then: {ROW.title}, ") for text in again)
    assert carried_out_before([DECISION], "2026-06-09T09:00:00Z", [made]) == []


def test_what_the_lists_still_showed_is_carried_out_again() -> None:
    made = record("remove", "applied", ({"email": EVE, "what": "member, active"},))
    assert made["remains"] == [f"acme: {EVE} still has member, active in Honeycomb."]
    assert carried_out_before([DECISION], made["listed_at"], [made]) == []
