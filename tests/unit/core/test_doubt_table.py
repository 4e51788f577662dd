# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table that says what became of a step after an answer that does not tell."""

from __future__ import annotations

import pytest

from ansible_collections.honeyops.access.plugins.module_utils._access.doubt import TABLE, Fate, Left, Sign, judge

EVERY_SET_OF_SIGNS = [Sign(bits) for bits in range(max(sign.value for sign in Sign) * 2)]


@pytest.mark.parametrize("left", Left)
def test_every_case_has_a_fate(left: Left) -> None:
    assert {judge(left, signs) for signs in EVERY_SET_OF_SIGNS} == {
        fate for what, _needed, fate in TABLE if what is left
    }


@pytest.mark.parametrize("place", range(len(TABLE)))
def test_every_line_decides_something(place: int) -> None:
    """With its signs and no other, no line before it counts."""
    left, needed, fate = TABLE[place]
    assert judge(left, needed) is fate


@pytest.mark.parametrize(
    ("left", "signs", "fate"),
    [
        (Left.NOTHING, Sign.UNCLEAR | Sign.FIRST, Fate.DONE),
        (Left.NOTHING, Sign.DISPUTED | Sign.FIRST, Fate.FOUND_DONE),
        (Left.NOTHING, Sign.DISPUTED, Fate.DONE),  # refused because an earlier attempt had worked
        (Left.OTHER, Sign.UNCLEAR | Sign.FIRST, Fate.OVERTAKEN),
        (Left.ALL, Sign.UNCLEAR | Sign.FIRST, Fate.FAILED),
        (Left.ALL, Sign.UNCLEAR | Sign.HIDDEN, Fate.UNKNOWN),
        (Left.INVITATION, Sign.UNCLEAR | Sign.PASSING | Sign.CONCLUSIVE | Sign.MORE, Fate.TRY_AGAIN),
        (Left.INVITATION, Sign.UNCLEAR | Sign.PASSING | Sign.CONCLUSIVE, Fate.FAILED),
        (Left.INVITATION, Sign.UNCLEAR | Sign.PASSING | Sign.INCONCLUSIVE | Sign.MORE, Fate.UNKNOWN_INVITATION),
        (Left.INVITATION, Sign.UNCLEAR | Sign.ACCEPTED | Sign.PASSING | Sign.CONCLUSIVE | Sign.MORE, Fate.FAILED),
        (Left.INVITATION, Sign.UNCLEAR | Sign.ACCEPTED | Sign.MAY_HIDE | Sign.INCONCLUSIVE, Fate.TAKEN),
    ],
)
def test_what_is_believed(left: Left, signs: Sign, fate: Fate) -> None:
    assert judge(left, signs) is fate


def test_an_invitation_is_not_sent_again_on_doubt() -> None:
    """Sent again only where no new one was sent, or where the list would show one that was."""
    sent_again = [signs for signs in EVERY_SET_OF_SIGNS if judge(Left.INVITATION, signs) is Fate.TRY_AGAIN]
    assert sent_again
    for signs in sent_again:
        assert Sign.CANCELLING in signs or (Sign.CONCLUSIVE in signs and Sign.ACCEPTED not in signs)
