# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The JSON schema and the lookup judge alike."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.rosters import load
from tests.tools import tree

GOOD: list[Any] = [
    [],
    {"people": []},
    {"$schema": "x", "people": ["a@b.c"]},
    ["a@b.c", {"email": " A2@b.c\n"}],
    [{"email": "a@b.c", "name": "", "aliases": [], "state": "absent"}],
    [{"email": "a@b.c", "name": "Ada \u00e9\u4e2d", "aliases": ["x@y.z"], "state": "present"}],
    [{"email": "a@b.c", "honeycomb": {}, "honeybadger": {}}],
    [{"email": "a@b.c", "honeycomb": {"role": "admin"}, "honeybadger": {"role": "Owner", "team_ids": [1, "23"]}}],
    [{"email": "a@b.c", "honeycomb": {"role": "member"}, "honeybadger": {"role": "Billing", "team_ids": []}}],
    [{"email": "\u00e9+x'y@b.c"}],
    [{"email": "a" * 990 + "@b.c"}],
    ["Ada Lovelace <a@b.c>", "mailto:b@b.c", {"email": "c@b.c", "aliases": ["SMTP:c@m\u00fcller.example"]}],
    [{"email": "a@b.c", "from": "2027-01-31", "until": "2027-02-01", "targets": ["acme"], "groups": []}],
    {"people": [], "groups": {}, "timezone": "UTC"},
    {"people": ["a@b.c"], "groups": {"x y": {"honeycomb": {}, "targets": ["acme"], "reviewer": "a@b.c"}}},
    {
        "people": [{"email": "a@b.c", "groups": ["x", {"group": "y", "until": "2027-01-31"}]}],
        "groups": {"x": {"honeybadger": {"role": "Owner", "team_ids": [1]}}, "y": {"honeycomb": {"role": "admin"}}},
    },
    {
        "directory": {"source": "okta", "url": "https://example.okta.com", "min_people": 5, "max_drop": "10%"},
        "groups": {"x": {"directory": ["A", "B"], "allow_empty": True, "honeycomb": {}}},
    },
]
BAD: list[Any] = [
    {},
    None,
    "a@b.c",
    5,
    {"people": None},
    {"people": {}},
    {"people": [], "extra": 1},
    [None],
    [5],
    [[]],
    [{}],
    ["nobody"],
    ["a@b@c"],
    ["a b@c"],
    ["@c"],
    ["a@"],
    ["a@b"],
    ["a@b.c."],
    ["<a@b.c>"],
    ["'a@b.c'"],
    ["\u2022 a@b.c"],
    ["*@b.c"],
    ["a@b.c\u200b"],
    ["a@b.c (Ada)"],
    ["Ada <a@b.c"],
    ["x@y.z <a@b.c>"],
    ["a\u200b@b.c"],
    ["a\u0007@b.c"],
    [{"email": None}],
    [{"email": ["a@b.c"]}],
    [{"email": "a" * 1000 + "@b.c"}],
    [{"name": "Ada"}],
    [{"email": "a@b.c", "mail": "x"}],
    [{"email": "a@b.c", "name": 5}],
    [{"email": "a@b.c", "name": None}],
    [{"email": "a@b.c", "name": "a\nb"}],
    [{"email": "a@b.c", "name": "a" * 1001}],
    [{"email": "a@b.c", "aliases": "x@y.z"}],
    [{"email": "a@b.c", "aliases": ["x"]}],
    [{"email": "a@b.c", "state": "gone"}],
    [{"email": "a@b.c", "state": None}],
    [{"email": "a@b.c", "honeycomb": None}],
    [{"email": "a@b.c", "honeycomb": "admin"}],
    [{"email": "a@b.c", "honeycomb": {"role": "Admin"}}],
    [{"email": "a@b.c", "honeycomb": {"role": None}}],
    [{"email": "a@b.c", "honeycomb": {"team_ids": [1]}}],
    [{"email": "a@b.c", "honeybadger": {"role": "admin"}}],
    [{"email": "a@b.c", "honeybadger": {"team_ids": 3}}],
    [{"email": "a@b.c", "honeybadger": {"team_ids": [0]}}],
    [{"email": "a@b.c", "honeybadger": {"team_ids": [-1]}}],
    [{"email": "a@b.c", "honeybadger": {"team_ids": [1.5]}}],
    [{"email": "a@b.c", "honeybadger": {"team_ids": [True]}}],
    [{"email": "a@b.c", "honeybadger": {"team_ids": ["x"]}}],
    [{"email": "a@b.c", "honeybadger": {"team_ids": ["03"]}}],
    [{"email": "a@b.c", "honeybadger": {"team_ids": [10**18]}}],
    [{"email": "a@b.c", "honeybadger": {"team_ids": [None]}}],
    [{"email": "a@b.c", "until": "31.01.2027"}],
    [{"email": "a@b.c", "until": "2027-1-31"}],
    [{"email": "a@b.c", "until": "2027-02-32"}],
    [{"email": "a@b.c", "from": None}],
    [{"email": "a@b.c", "targets": "acme"}],
    [{"email": "a@b.c", "targets": []}],
    [{"email": "a@b.c", "groups": "x"}],
    [{"email": "a@b.c", "groups": [{"until": "2027-01-31"}]}],
    [{"email": "a@b.c", "groups": [{"group": "x", "since": "2027-01-31"}]}],
    [{"email": "a@b.c", "because": "x"}],
    {"people": [], "groups": []},
    {"people": [], "groups": {"x": {}}},
    {"people": [], "groups": {"x": None}},
    {"people": [], "groups": {"x;y": {"honeycomb": {}}}},
    {"people": [], "groups": {"{{ x }}": {"honeycomb": {}}}},
    {"people": [], "groups": {" x": {"honeycomb": {}}}},
    {"people": [], "groups": {"x": {"honeycomb": {}, "reviewer": "ada"}}},
    {"people": [], "groups": {"x": {"honeycomb": {}, "until": "2027-01-31"}}},
    {"people": [], "groups": {"x": {"honeycomb": {"role": "boss"}}}},
    {"people": [], "timezone": 5},
    {"people": [], "directory": {"url": "https://example.okta.com"}},
    {"people": [], "directory": {"source": "ad", "url": "https://example.okta.com"}},
    {"people": [], "directory": {"source": "okta", "url": "x", "token": "y"}},
]


@cache
def schema() -> Any:
    found = json.loads((tree.ROOT / "docs" / "roster.schema.json").read_text())
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found)


# An empty YAML file is a roster with nobody in it; to a schema it is null.
CASES = [
    (document, good, ending)
    for documents, good in ((GOOD, True), (BAD, False))
    for document in documents
    for ending in (".json", ".yml")
    if (document, ending) != (None, ".yml")
]


@pytest.mark.parametrize(("document", "good", "ending"), CASES)
def test_both_judge_alike(document: Any, good: bool, ending: str) -> None:
    text = json.dumps(document) if ending == ".json" else yaml.safe_dump(document)
    assert (load(f"a{ending}", text.encode())[1] == []) is good
    assert schema().is_valid(document) is good


def test_the_example_is_good() -> None:
    path = tree.ROOT / "docs" / "examples" / "people.yml"
    people, faults = load(str(path), path.read_bytes())
    assert faults == []
    assert [person["email"].partition("@")[0] for person in people] == ["ada", "bob", "carol", "eve"]
    assert schema().is_valid(yaml.safe_load(path.read_text()))
