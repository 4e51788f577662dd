# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rosters that are good, in every form, and what comes out of them."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from ansible_collections.honeyops.access.plugins.module_utils._roster import Odd, check
from ansible_collections.honeyops.access.plugins.plugin_utils._people.roster_json import read_json
from ansible_collections.honeyops.access.plugins.plugin_utils._people.roster_write import dump
from ansible_collections.honeyops.access.plugins.plugin_utils._people.roster_yaml import read_yaml
from tests.rosters import load

ADA = {
    "email": "ada@example.com",
    "name": "Ada Lovelace",
    "state": "present",
    "aliases": ["ada@corp.example"],
    "honeycomb": {"role": "admin"},
    "honeybadger": {"role": "Member", "team_ids": [3, 7]},
}
BOB = {"email": "bob@example.com", "state": "present", "aliases": []}
EVE = {"email": "eve@example.com", "state": "absent", "aliases": []}

YAML = """\
people:
  - email: " ADA@example.com "
    name: Ada Lovelace
    aliases: [ada@corp.example, ada@EXAMPLE.com]
    honeycomb: {role: admin}
    honeybadger: {role: Member, team_ids: [7, "3", 7]}
  - bob@example.com
  - email: eve@example.com
    state: absent
"""
JSON = json.dumps({"$schema": "roster.schema.json", "people": [ADA, "bob@example.com", EVE]}, indent=2)
CSV = """\
email,name,state,aliases,honeycomb_role,honeybadger_role,honeybadger_team_ids
ada@example.com,Ada Lovelace,,ada@corp.example ; ,admin,Member,7; 3
bob@example.com,,,,,,
,,,,,,

eve@example.com,,absent,,,,
"""


@pytest.mark.parametrize(("name", "text"), [("a.yml", YAML), ("a.YAML", YAML), ("a.json", JSON), ("a.csv", CSV)])
def test_all_forms_say_the_same(name: str, text: str) -> None:
    assert load(name, text.encode()) == ([ADA, BOB, EVE], [])
    assert load(name, b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()) == ([ADA, BOB, EVE], [])


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *((word, False) for word in ("false", "False", "no", "off")),
        *((word, True) for word in ("true", "yes", "On")),
        ("5.5", 5.5),
        ("1_0.25", 10.25),
        ("0.0", 0.0),
        ("20", 20),
        ("1e3", "1e3"),
    ],
)
def test_flags_and_numbers_are_as_they_are_written(written: str, value: Any) -> None:
    """In YAML, each flag was true, and each number with a fraction 0.5, in JSON, too."""
    faults: list[Any] = []
    (read,) = read_yaml(f"key: {written}", faults, "a.yml").values()
    assert (read, type(read), faults) == (value, type(value), [])
    if written in ("false", "true", "5.5", "20"):
        assert read_json(f'{{"key": {written}}}', faults, "a.json") == {"key": value}


@pytest.mark.parametrize(("read", "written"), [(read_yaml, ".inf"), (read_yaml, "1:30.5"), (read_json, "1e999")])
def test_what_is_no_number_is_none(read: Any, written: str) -> None:
    (value,) = read(f'{{"key": {written}}}', [], "a").values()
    assert isinstance(value, Odd)
    assert value.source == written


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yml", ""),
        ("a.yml", "---\n# nobody yet\n"),
        ("a.yml", "[]"),
        ("a.yml", "people: []"),
        ("a.json", "[]"),
        ("a.json", ' {"people" : [ ] } \n'),
        ("a.csv", "email\n"),
    ],
)
def test_nobody_is_no_fault(name: str, text: str) -> None:
    assert load(name, text.encode()) == ([], [])


def test_a_csv_needs_no_more_than_addresses() -> None:
    people, faults = load("a.csv", b"EMAIL , Honeybadger_Team_Ids\nada@example.com,3\nbob@example.com,\n")
    assert faults == []
    assert people == [
        {"email": "ada@example.com", "state": "present", "aliases": [], "honeybadger": {"team_ids": [3]}},
        BOB,
    ]


@pytest.mark.parametrize(("cell", "teams"), [("none", []), (" None ", []), ("7;3", [3, 7])])
def test_a_cell_for_teams(cell: str, teams: list[int]) -> None:
    people, faults = load("a.csv", f"email,honeybadger_team_ids\nbob@example.com,{cell}\n".encode())
    assert (people, faults) == ([{**BOB, "honeybadger": {"team_ids": teams}}], [])


def test_a_service_may_be_named_without_a_role() -> None:
    people, faults = load("a.yml", b"[{email: bob@example.com, honeycomb: {}, honeybadger: {team_ids: []}}]")
    assert faults == []
    assert people == [{**BOB, "honeycomb": {}, "honeybadger": {"team_ids": []}}]


def test_checking_twice_changes_nothing() -> None:
    once, faults = check([ADA, "bob@example.com", EVE])
    assert (once, faults) == ([ADA, BOB, EVE], [])
    assert check(once) == (once, [])


@pytest.mark.parametrize("text", ["yes", "5", "null", "2024-01-15", "~", "1.5", "no"])
def test_text_in_quotes_is_text(text: str) -> None:
    people, faults = load("a.yml", f"- {{email: bob@example.com, name: '{text}'}}".encode())
    assert faults == []
    assert people[0]["name"] == text


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.yml"])
def test_100000_people(name: str) -> None:
    some = range(100_000)
    people: list[Any] = [{**ADA, "email": f"u{n}@example.com", "aliases": [f"u{n}@corp.example"]} for n in some]
    data = dump(name, people).encode()
    started = time.process_time()
    found, faults = load(name, data)
    spent = time.process_time() - started
    assert faults == []
    assert found == people
    assert spent < 60
