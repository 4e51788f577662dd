# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rosters with faults: every one is told, with its line; nothing crashes, and nothing costs more than its size."""

from __future__ import annotations

import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.honeyops.access.plugins.module_utils._roster import check, tell
from ansible_collections.honeyops.access.plugins.module_utils._services import SERVICES
from ansible_collections.honeyops.access.plugins.plugin_utils._people.roster_file import ENDINGS, MAX_FAULTS
from ansible_collections.honeyops.access.plugins.plugin_utils._people.roster_text import MAX_BYTES
from tests.rosters import load

MANY = """\
people:
  - email: ada@example.com
    rol: admin
    honeycomb: {role: Admin, colour: red}
    honeybadger:
      role: Owner
      team_ids:
        - 3
        - x
        - 0
        - 2.5
        - yes
        - 2024-01-01
        - 0x10
  - email: bob
  - name: Bob
  - email: [x]
  - email: carol@example.com
    aliases: ADA@example.com
    state: gone
    honeycomb:
    honeybadger: Admin
  - email: dan@example.com
    aliases:
      - ada@example.com
      - 5
    name: 5
  - [x]
  - email: yes
  - email: carol@EXAMPLE.com
    email: twice@example.com
  - email: eve@example.com
    name: "a\\nb"
people2: 1
"""


def test_more_faults_than_anybody_reads_are_counted() -> None:
    text = "".join(f"- &a{number} ada{number}@example.com\n" for number in range(MAX_FAULTS + 7))
    _people, faults = load("a.yml", text.encode())
    assert len(faults) == MAX_FAULTS + 1
    assert tell(faults[-1:], "line") == [f"line {MAX_FAULTS + 1}: and 7 more faults from here on."]


def test_every_fault_is_told() -> None:
    _unused, faults = load("a.yml", MANY.encode())
    assert [(fault.line, fault.reason) for fault in faults] == [
        (
            3,
            "ada@example.com: unknown key 'rol' in a person, which may have "
            + ", ".join(("email", "name", "state", "aliases", "groups", "from", "until", "targets", *SERVICES))
            + ".",
        ),
        (4, "ada@example.com: unknown key 'colour' in honeycomb, which may have role."),
        (4, "ada@example.com: honeycomb.role is 'Admin', it must be one of member, admin. Did you mean admin?"),
        (9, "ada@example.com: honeybadger.team_ids contains 'x', but an id is a whole number from 1."),
        (10, "ada@example.com: honeybadger.team_ids contains '0', but an id is a whole number from 1."),
        (11, "ada@example.com: an item of honeybadger.team_ids is a number, it must be a whole number from 1."),
        (12, "ada@example.com: an item of honeybadger.team_ids is yes or no, it must be a whole number from 1."),
        (13, "ada@example.com: an item of honeybadger.team_ids is a timestamp, it must be a whole number from 1."),
        (14, "ada@example.com: an item of honeybadger.team_ids is an odd number, it must be a whole number from 1."),
        (15, "email: 'bob' is not an e-mail address. Give exactly one @, as in ada@example.com."),
        (16, "this person has no email."),
        (17, "email is a list, it must be text."),
        (19, "carol@example.com: aliases is text, it must be a list."),
        (20, "carol@example.com: state is 'gone', it must be one of present, absent."),
        (21, "carol@example.com: honeycomb is empty, it must be a mapping such as {role: member} or {}."),
        (22, "carol@example.com: honeybadger is text, it must be a mapping such as {role: Member} or {}."),
        (23, "ada@example.com is here and in line 2, as ada@example.com: keep one entry for each person."),
        (26, "dan@example.com: an alias is a number, it must be text; put it in quotes."),
        (27, "dan@example.com: name is a number, it must be text; put it in quotes."),
        (28, "this person is a list, it must be an e-mail address, or a mapping with email."),
        (29, "email is yes or no, it must be text; put it in quotes."),
        (30, "carol@example.com is here and in line 18, as carol@example.com: keep one entry for each person."),
        (31, "'email' is there twice, first in line 30."),
        (33, "eve@example.com: name contains a line break or another control character."),
        (
            34,
            "unknown key 'people2'; the keys at the top are people, groups, timezone, directory. Did you mean people?",
        ),
    ]


ONE = [
    ("a.txt", "ada@example.com", 1, "the name must end in one of .yml, .yaml, .json, .csv"),
    # YAML
    ("a.yml", "- a@b.c\n- [", 3, "this is not YAML: "),
    ("a.yml", "- a@b.c\n---\n- b@b.c", 2, "a second document begins here"),
    ("a.yml", "- &x a@b.c", 1, "there is an anchor, 'x'"),
    ("a.yml", "- !secret a@b.c", 1, "there is a tag, '!secret'"),
    (
        "a.yml",
        "- !!python/object/apply:os.system [id]",
        1,
        "there is a tag, 'tag:yaml.org,2002:python/object/apply:os.system'",
    ),
    ("a.yml", "? [a]\n: b", 1, "a key must be plain text"),
    ("a.yml", "ada@example.com", 1, "this is not a list of people"),
    ("a.yml", "persons: []", 1, "unknown key 'persons'"),
    ("a.yml", "$schema: x", 1, "there is no list of people"),
    ("a.yml", "people:", 1, "this is not a list of people"),
    ("a.yml", "people: {a: b}", 1, "this is not a list of people"),
    ("a.yml", "a: " * 100_000, 1, "this is not YAML"),
    ("a.yml", "[" * 100_000, 1, "this is nested too deeply"),
    ("a.yml", "- " * 100_000, 1, "this is nested too deeply"),
    ("a.yml", "- a@b.c\n- \0", 2, "there is a control character, U+0000"),
    ("a.yml", f"- a@b.c\n- {'a' * 2000}@b.c", 2, "email has 2004 characters, more than 1000"),
    # JSON
    ("a.json", "", 1, "this is not JSON"),
    ("a.json", '["a@b.c",]', 1, "this is not JSON"),
    ("a.json", "[\"a@b.c\",\n'x']", 2, "this is not JSON"),
    ("a.json", '["a@b.c"] x', 1, "this is not JSON"),
    ("a.json", '[\n{"email": "a@b.c",\n\n"email": "b@b.c"}]', 4, "'email' is there twice, first in line 2"),
    ("a.json", '[\n\t{\n\t"email": "a@b.c",\n\t"state": 5}]', 4, "state is a number"),
    ("a.json", '[{"email": "a@b.c", "honeybadger": {"team_ids": [1,\n3.0]}}]', 2, "honeybadger.team_ids is a number"),
    ("a.json", f"[{'9' * 5000}]", 1, "this person is an odd number"),
    ("a.json", "[NaN]", 1, "this is not JSON: NaN is not a JSON value"),
    ("a.json", "[" * 100_000, 1, "this is nested too deeply"),
    ("a.json", "[" * 500 + "]" * 500, 1, "this is nested too deeply"),
    ("a.json", "5", 1, "this is not a list of people"),
    ("a.json", '["a@b.c", "\\ud83d"]', 1, "is not an e-mail address"),
    # CSV
    ("a.csv", "", 1, "the first line must name the columns"),
    ("a.csv", "a@b.c\n", 1, "the first line must name the columns"),
    ("a.csv", "email,email\n", 1, "the first line must name the columns"),
    ("a.csv", "email,role\n", 1, "the first line must name the columns"),
    ("a.csv", "name,state\n", 1, "the first line must name the columns"),
    ("a.csv", "email|name\na@b.c|x", 1, "the first line must name the columns"),
    ("a.csv", "email,name\na@b.c,\n\nb@b.c", 4, "there are 1 columns, the first line has 2"),
    ("a.csv", 'email,name\n"a@b.c","x\ny"\n', 2, "name contains a line break"),
    ("a.csv", 'email,name\na@b.c,"x"y\n', 2, "this is not CSV"),
    ("a.csv", 'email,name\na@b.c,"x\n', 2, "this is not CSV: unexpected end of data"),
    ("a.csv", f"email,name\na@b.c,{'x' * 200_000}\n", 2, "this is not CSV: field larger than field limit"),
    ("a.csv", f"email,aliases\na@b.c,{'x' * 20_000}\n", 2, "a cell has more than 10000 characters"),
    ("a.csv", "email,state\na@b.c,gone\n", 2, "state is 'gone'"),
    ("a.csv", "email,honeybadger_team_ids\na@b.c,3 7\n", 2, "team_ids contains '3 7'"),
    ("a.csv", "email,name\n,Ada\n", 2, "this person has no email"),
    ("a.csv", "email\na@b.c\nA@B.C\n", 3, "a@b.c is here and in line 2"),
]


@pytest.mark.parametrize(("name", "text", "line", "reason"), ONE, ids=range(len(ONE)))
def test_one_fault(name: str, text: str, line: int, reason: str) -> None:
    faults = load(name, text.encode())[1]
    assert [fault.line for fault in faults][-1] == line
    assert reason in faults[0].reason
    assert all(len(fault.reason) < 1200 for fault in faults)


def test_bytes_that_are_no_text() -> None:
    assert tell(load("a.yml", b"- a@b.c\n- \xff")[1], "line") == ["line 2: this is not UTF-8; save the file as UTF-8."]
    assert "larger than 32 MiB" in load("a.yml", b"#" * (MAX_BYTES + 1))[1][0].reason


def test_csv_goes_on_after_a_bad_line() -> None:
    text = 'email,name\na@b.c,"x"y\nb@b.c,x,y\nnobody,x\nc@b.c,x\n'
    assert [fault.line for fault in load("a.csv", text.encode())[1]] == [2, 3, 4]


def test_aliases_of_yaml_cost_nothing() -> None:
    bomb = "- &a0 [x]\n" + "".join(f"- &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
    started = time.process_time()
    faults = load("a.yml", bomb.encode())[1]
    assert time.process_time() - started < 5
    assert "there is an anchor" in faults[0].reason


def test_people_in_variables_are_told_by_number() -> None:
    assert tell(check(["ada@example.com", {"email": "Ada@example.com"}, 7, None, {}])[1]) == [
        "person 2: ada@example.com is here and in person 1, as ada@example.com: keep one entry for each person.",
        "person 3: this person is a number, it must be an e-mail address, or a mapping with email.",
        "person 4: this person is empty, it must be an e-mail address, or a mapping with email.",
        "person 5: this person has no email.",
    ]


@given(name=st.sampled_from([f"a{ending}" for ending in ENDINGS]), data=st.binary(max_size=200))
def test_any_bytes_at_all(name: str, data: bytes) -> None:
    people, faults = load(name, data)
    assert faults or all(person["email"] for person in people)


PIECES = st.lists(
    st.sampled_from([*"[]{}:,\"\n \t-&*!|>#?%@'\\", "email", "people", "a@b.c", "null", "1", *string.digits])
)


@given(name=st.sampled_from([f"a{ending}" for ending in ENDINGS]), pieces=PIECES)
def test_anything_that_looks_like_a_roster(name: str, pieces: list[str]) -> None:
    people, faults = load(name, "".join(pieces).encode())
    assert faults or all(person["email"] for person in people)
