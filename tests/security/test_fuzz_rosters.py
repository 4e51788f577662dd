# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Any file as a roster: people, or faults with their lines, soon. And what is written as CSV calculates nothing."""

from __future__ import annotations

import csv
import io
import json
import re
import time
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ansible_collections.honeyops.access.plugins.module_utils._access.addresses import check_email
from ansible_collections.honeyops.access.plugins.module_utils._http.errors import AccessError
from ansible_collections.honeyops.access.plugins.module_utils._roster import check
from ansible_collections.honeyops.access.plugins.plugin_utils._people.roster_csv import COLUMNS
from ansible_collections.honeyops.access.plugins.plugin_utils._people.roster_text import MAX_BYTES
from ansible_collections.honeyops.access.plugins.plugin_utils._people.roster_write import dump
from tests.rosters import load

SOON = 30  # seconds, on a busy machine
FORMS = ("yml", "json", "csv")
SERVICES = ("honeycomb", "honeybadger")
BUDGET = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def hold(form: str, data: bytes) -> list[dict[str, Any]]:
    """The people of a file, which are as they should be and come back from any form; none where it has faults."""
    started = time.monotonic()
    people, faults = load(f"people.{form}", data)
    assert time.monotonic() - started < SOON
    for fault in faults:
        assert 1 <= fault.line <= data.count(b"\n") + data.count(b"\r") + 2
        assert 0 < len(fault.reason) < 1000
        assert fault.reason.isprintable()
    if faults:
        return []
    assert all(check_email(person["email"]) == person["email"] for person in people)
    assert check(people) == (people, [])
    for other in FORMS:
        if other == "csv" and any(map(unspeakable, people)):
            continue
        written = dump(f"people.{other}", people)
        again, faults = load(f"people.{other}", written.encode())
        assert faults == []
        assert [plain(person) for person in again] == [plain(person) for person in people]
    return people


def unspeakable(person: dict[str, Any]) -> bool:
    """Whether no row holds the person: with a service of which nothing is said, or an address that would be split."""
    return any(plain(person).get(name) == {} for name in SERVICES) or ";" in "".join(person["aliases"])


def plain(person: dict[str, Any]) -> dict[str, Any]:
    """Without what says nothing: an empty name, no aliases, and teams that a row cannot tell from none named."""
    shown = {key: value for key, value in person.items() if value not in ("", [])}
    if "honeybadger" in shown:
        shown["honeybadger"] = {key: value for key, value in shown["honeybadger"].items() if value != []}
    return shown


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("a@b.c"),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=10), inner, max_size=5),
    max_leaves=10,
)
WORDS = "ada@example.com bob@example.com =cmd()@example.com +a@b.c @ ö@ü.example present absent admin Owner 3 07"
TEXT = st.sampled_from(WORDS.split()) | st.text(max_size=12)
PERSON = st.fixed_dictionaries(
    {"email": TEXT},
    optional={
        "name": TEXT,
        "state": TEXT,
        "aliases": st.lists(TEXT, max_size=3),
        "honeycomb": st.fixed_dictionaries({}, optional={"role": TEXT}),
        "honeybadger": st.fixed_dictionaries(
            {}, optional={"role": TEXT, "team_ids": st.lists(st.integers(-1, 9), max_size=3)}
        ),
    },
)
PEOPLE = st.lists(PERSON | TEXT | JSON, max_size=6)
CELLS = TEXT | st.text("=+-@\t\r;'\"\n,x", max_size=8)


@given(form=st.sampled_from(FORMS), data=st.binary(max_size=200))
@BUDGET
def test_any_bytes(form: str, data: bytes) -> None:
    hold(form, data)


@given(text=st.text("-:?[]{},#&*!|>'\"%@`\\ \nae=<1~\t", max_size=60))
@BUDGET
def test_any_yaml(text: str) -> None:
    hold("yml", text.encode())


@given(people=PEOPLE, under=st.booleans(), form=st.sampled_from(FORMS[:2]))
@BUDGET
def test_any_people(people: list[Any], under: bool, form: str) -> None:
    document: Any = {"people": people} if under else people
    text = json.dumps(document) if form == "json" else yaml.safe_dump(document, allow_unicode=True)
    hold(form, text.encode("utf-8", "surrogatepass"))


@given(rows=st.lists(st.lists(CELLS, min_size=1, max_size=7), max_size=5), columns=st.permutations(COLUMNS))
@BUDGET
def test_any_rows(rows: list[list[str]], columns: list[str]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([columns, *rows])
    hold("csv", text.getvalue().encode("utf-8", "surrogatepass"))


LAUGHS = "\n".join(f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, 12))
BIG = 10_000_000
ODD = {
    "laughs.yml": f"a0: &a0 ha\n{LAUGHS}\npeople: *a11".encode(),
    "merge.yml": b"- &a {email: a@b.c}\n- <<: *a\n  name: b",
    "self.yml": b"&a [*a]",
    "deep.yml": b"[" * 1_000_000,
    "deep-map.yml": b"{a: " * 1_000_000,
    "deep-block.yml": b"- " * 1_000_000,
    "python.yml": b"!!python/object/apply:os.system ['touch pwned']",
    "tag.yml": b"- email: !!binary YUBiLmM=",
    "vault.yml": b"- email: !vault |\n    $ANSIBLE_VAULT;1.1;AES256\n    00",
    "complex-key.yml": b"? [a, b]\n: c",
    "documents.yml": b"- a@b.c\n---\n- b@b.c",
    "date.yml": b"- email: 2020-01-01\n- email: 0o17\n- email: 1_000\n- email: .inf\n- email: yes\n- email: ~",
    "nul.yml": b"- a@b.c\n\0",
    "deep.json": b"[" * 1_000_000,
    "deep-enough.json": b"[" * 900 + b"]" * 900,
    "number.json": b"[" + b"9" * 100_000 + b"]",
    "constants.json": b"[NaN, Infinity, -Infinity]",
    "twice.json": b'[{"email": "a@b.c", "email": "b@b.c"}]',
    "surrogate.json": b'[{"email": "a@b.c", "name": "\\ud800"}]',
    "quote.csv": b'email,name\na@b.c,"' + b"x" * BIG,
    "ragged.csv": b"email,name\na@b.c\na@b.c,b,c",
    "nul.csv": b"email\na\0@b.c",
    "columns.csv": b"," * 200_000,
    **{f"cell.{form}": text for form, text in (
        ("csv", b"email,name\na@b.c," + b"x" * BIG),
        ("json", b'[{"email": "a@b.c", "name": "' + b"x" * BIG + b'"}]'),
        ("yml", b"- email: a@b.c\n  name: " + b"x" * BIG),
    )},
    **{f"large.{form}": b" " * (MAX_BYTES + 1) for form in FORMS},
    **{f"{code}.{form}": "- ä@example.com\n".encode(code) for code in ("latin-1", "utf-16-le", "utf-32", "cp1252") for form in FORMS},
    "name.exe": b"- a@b.c",
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_odd_files(name: str) -> None:
    started = time.monotonic()
    _people, faults = load(name, ODD[name])
    assert time.monotonic() - started < SOON
    assert faults
    assert all(fault.line >= 1 and 0 < len(fault.reason) < 1000 for fault in faults)


FORMULA = re.compile(r"\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")


def calculates(text: str) -> list[str]:
    """The cells of a CSV file that a spreadsheet takes for a formula, whichever separator its country has."""
    return [
        cell
        for separator in (",", ";", "\t")
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        for cell in row
        if FORMULA.match(cell)
    ]


NO_BEGINNING = "-'"  # of an address: a bullet, or a quote around it


@given(name=st.text("=+-@;'\" ,x\uff1d", min_size=1, max_size=12), alias=st.text("=+-@;'x", max_size=6))
@example(name="=cmd|' /C calc'!A0", alias="")
@example(name="'=1", alias="")
@example(name="x;=1+1", alias="=1+1")
@example(name='";=1+1', alias="")
@example(name="\uff1d1+1", alias="-1")
@settings(BUDGET, max_examples=300)
def test_nothing_written_is_a_formula(name: str, alias: str) -> None:
    people = [
        {
            "email": "ada@example.com",
            "name": name.strip(),
            "aliases": [f"{alias.replace('@', '').replace(';', '').lstrip(NO_BEGINNING)}x@b.c"],
        }
    ]
    people += [{"email": "=1+1@example.com"}, {"email": "@example.com".replace("@", "+@")}]
    checked, faults = check(people)
    assert faults == []
    text = dump("people.csv", checked)
    assert calculates(text) == []
    again, faults = load("people.csv", text.encode())
    assert (list(map(plain, again)), faults) == (list(map(plain, checked)), [])


def test_search_for_formulas_finds_them() -> None:
    with pytest.raises(AccessError):
        check_email("=1+1")
    assert calculates("a,=1\nx;+1,\n") == ["=1", "+1,"]
