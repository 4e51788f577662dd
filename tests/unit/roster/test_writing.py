# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rosters that are written read back as the same people, and no spreadsheet runs anything in them."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.honeyops.access.plugins.module_utils._http.outside import armoured, shown
from ansible_collections.honeyops.access.plugins.module_utils._roster import check
from ansible_collections.honeyops.access.plugins.plugin_utils._people.cells import guard_cell
from ansible_collections.honeyops.access.plugins.plugin_utils._people.roster_write import WRITERS, dump
from tests.rosters import load

TEXT = st.text(
    st.one_of(st.sampled_from("=+-@' \t\r;,\"\n:#&*!|>%{}[]"), st.characters(exclude_categories=["C"])), max_size=12
)
LOCAL = st.text(st.sampled_from("abcxyz=+-'|&#!%.é中"), min_size=1, max_size=8).filter(lambda text: text[0] not in "-'")
NAME = TEXT.map(str.strip).filter(lambda text: shown(text) == text)
EMAIL = LOCAL.map(lambda local: f"{local}@example.com").filter(lambda email: armoured(email) == email)
TEAMS = st.lists(st.integers(1, 10**17), max_size=3)
HONEYCOMB = st.fixed_dictionaries({"role": st.sampled_from(["member", "admin"])})
HONEYBADGER = st.fixed_dictionaries(
    {"role": st.sampled_from(["Member", "Billing", "Admin", "Owner"])}, optional={"team_ids": TEAMS}
)
PERSON = st.fixed_dictionaries(
    {"email": EMAIL},
    optional={
        "name": NAME.filter(bool),
        "state": st.sampled_from(["present", "absent"]),
        "honeycomb": HONEYCOMB,
        "honeybadger": HONEYBADGER,
    },
)
PEOPLE = st.lists(PERSON, max_size=5, unique_by=lambda person: str(person["email"]))


@given(name=st.sampled_from([f"a{ending}" for ending in WRITERS]), declared=PEOPLE)
def test_what_is_written_reads_back(name: str, declared: list[Any]) -> None:
    people, faults = check(declared)
    assert faults == []
    assert load(name, dump(name, people).encode()) == (people, [])


@pytest.mark.parametrize("name", [f"a{ending}" for ending in WRITERS])
def test_what_people_share_is_written_out(name: str) -> None:
    """YAML would have anchors for it, which no roster may have."""
    shared = {"role": "Member", "team_ids": [3, 7]}
    people = [{"email": f"{who}@example.com", "honeybadger": shared} for who in ("ada", "bob")]
    text = dump(name, check(people)[0] if name.endswith(".csv") else people)
    assert "&" not in text
    assert load(name, text.encode()) == check(people)


def test_somebody_is_added_by_hand_below_the_others() -> None:
    people, _faults = check([{"email": "ada@example.com", "honeybadger": {"role": "Member", "team_ids": [3, 7]}}])
    text = dump("a.yml", people, {"platform": {"honeycomb": {"role": "admin"}}})
    assert "team_ids: [3, 7]\n" in text
    added, faults = load("a.yml", f"{text}  - email: bob@example.com\n    groups: [platform]\n".encode())
    assert faults == []
    assert [person["email"] for person in added] == ["ada@example.com", "bob@example.com"]


@given(declared=PEOPLE)
def test_no_cell_is_a_formula(declared: list[Any]) -> None:
    rows = csv.reader(io.StringIO(dump("a.csv", check(declared)[0]), newline=""))
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+x", "'+x"),
        ("-x", "'-x"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("'=x", "''=x"),
        ("'Abd", "'Abd"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_guard(text: str, cell: str) -> None:
    assert guard_cell(text) == cell


def test_csv_says_what_it_cannot_hold() -> None:
    people = check([{"email": "ada@example.com", "honeycomb": {}}])[0]
    with pytest.raises(ValueError, match=r"ada@example.com .* which CSV cannot express"):
        dump("a.csv", people)
    assert load("a.json", dump("a.json", people).encode()) == (people, [])


def test_other_endings_are_refused() -> None:
    with pytest.raises(ValueError, match="must end in one of"):
        dump("a.txt", [])
