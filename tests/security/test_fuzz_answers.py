# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Any answer of a service: an error with a code or a success, soon, and nothing changed on account of nonsense."""

from __future__ import annotations

import gzip
import json
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.modules import run_module
from tests.quick import quick_first

from .canary import canary, leaks
from .modules import CODES, MODULES, OPTIONS, WRITERS, credential_of
from .rawserver import Asked, RawServer, answer, http

SOON = 20  # seconds, on a busy machine; most take a hundredth of one
SECRET = canary("raw")
PEOPLE = ("owner", "member", "leaver")
MEMBERS = [
    {"id": f"m{number}", "email": f"{name}@example.com", "name": "", "role": "admin" if not number else "member"}
    for number, name in enumerate(PEOPLE)
]
USERS = [
    {"id": number, "email": f"{name}@example.com", "name": "", "role": "Owner" if number == 1 else "Member"}
    for number, name in enumerate(PEOPLE, 1)
]
INVITATIONS = [
    {
        "id": 7,
        "email": "pending@example.com",
        "role": "Member",
        "team_ids": [3],
        "token": "t" * 20,
        "accepted_at": None,
    },
    {
        "id": 8,
        "email": "",
        "accepted_by": {"email": "member@example.com", "name": ""},
        "accepted_at": "2025-01-01T00:00:00Z",
    },
]


PARTS = {
    "/2/auth": "own",
    "api-keys": "keys",
    "/2/teams": "makers",
    **{part: part for part in ("team_members", "team_invitations", "teams", "auth", "memberships")},
    **{part: part for part in ("users", "invitations", "")},
}
"""What is looked for in a path, in this order, and what a request is about that has it."""


def place(asked: Asked) -> str:
    """What a request is about, with its method when it writes."""
    named = next(name for part, name in PARTS.items() if part in asked.path)
    return named if asked.method == "GET" else f"{asked.method} {named}"


KEY: dict[str, Any] = {
    "id": "hcaik_01canaryingestkeyid",
    "type": "api-keys",
    "attributes": {"name": "Events", "key_type": "ingest", "disabled": False, "timestamps": {"created": "2025-01-01"}},
    "relationships": {"environment": None, "creator": {"data": {"id": "hcxus_1", "type": "users"}}},
}
OWN = {
    "data": {
        "id": "hcxmk_01",
        "attributes": {"name": "", "scopes": ["api-keys:write"]},
        "relationships": {"team": {"data": {"id": "hcxtm_1", "type": "teams"}}},
    },
    "included": [{"id": "hcxtm_1", "type": "teams", "attributes": {"slug": "team"}}],
}
TEAM_MEMBERS = [{"id": number, "email": f"{name}@example.com", "admin": False} for number, name in enumerate(PEOPLE, 1)]
TEAM_INVITATIONS = [{"id": 7, "email": "pending@example.com", "admin": False, "token": "t" * 20, "accepted_at": None}]
GOOD: dict[str, Any] = {
    "own": OWN,
    "keys": {"data": [KEY], "links": {"next": None}},
    "makers": {"data": [{"id": "hcxus_1", "attributes": {"email": "owner@example.com"}}], "links": {"next": None}},
    "teams": {"results": [{"id": 3, "name": "Team", "account_id": "Me3upk"}], "links": {}},
    "team_members": {"results": TEAM_MEMBERS, "links": {}},
    "team_invitations": {"results": TEAM_INVITATIONS, "links": {}},
    "PATCH keys": {"data": {**KEY, "attributes": {**KEY["attributes"], "disabled": True}}},
    "POST team_invitations": {"id": 9, "email": "eve@example.com", "admin": True, "token": "n" * 20},
    "auth": {"type": "configuration", "team": {"name": "", "slug": ""}},
    "memberships": MEMBERS,
    "users": {"results": USERS, "links": {}},
    "invitations": {"results": INVITATIONS, "links": {}},
    "": {"results": [{"id": "Me3upk", "name": "Work", "email": "a@example.com"}], "links": {}},
    "POST memberships": {"id": "new", "email": "new@example.com", "role": "member"},
    "POST invitations": {"id": 9, "email": "new@example.com", "role": "Member", "token": "n" * 20},
    "PUT memberships": {"id": "m1", "role": "admin"},
    "PUT users": USERS[1],
    "PUT invitations": INVITATIONS[0],
}
PLACES = (*GOOD, "DELETE memberships", "DELETE users", "DELETE invitations")


@pytest.fixture(scope="module")
def server() -> Iterator[RawServer]:
    with RawServer() as running:
        yield running


def hold(server: RawServer, module: str, answers: dict[str, bytes], check: bool = False) -> dict[str, Any]:
    """Run the module with these answers, and all others good."""
    server.asked.clear()
    server.answers = lambda asked: answers.get(place(asked), answer(GOOD.get(place(asked))))
    options = {**OPTIONS[module], "api_url": server.url, "max_wait": 0, "request_timeout": 5}
    options[credential_of(module)] = SECRET
    if credential_of(module) == "management_key_secret":
        options["management_key_id"] = "hcxmk_01"
    if module.startswith("honeybadger"):
        options.setdefault("account_id", "Me3upk")
    started = time.monotonic()
    result = run_module(module, check=check, diff=True, **options)
    assert time.monotonic() - started < SOON
    error = result.get("error") or {"code": None, "method": None}
    message = str(result.get("msg", ""))
    assert result["rc"] == 0 or error["code"] in CODES
    assert "unforeseen" not in message + str(result.get("results"))
    assert len(message) < 1500
    assert message.isprintable()
    assert leaks(json.dumps(result), {"secret": SECRET}) == []
    assert not (server.writes and (check or error["method"] == "GET"))
    sent = Counter(json.dumps(asked.body) for asked in server.writes if asked.method == "POST")
    assert all(times == 1 for times in sent.values())
    return result


# What answers are made of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=10), inner, max_size=5),
    max_leaves=10,
)
FIELDS = ("id", "email", "role", "token", "team_ids", "accepted_by", "accepted_at", "created_at", "status", "pending")


@st.composite
def spoiled(draw: st.DrawFn, good: Any) -> Any:
    """A good document, with something in it replaced, added or taken away."""
    if draw(st.integers(0, 3)) == 0 or not isinstance(good, (dict, list)) or not good:
        return draw(JSON)
    if isinstance(good, list):
        index = draw(st.integers(0, len(good) - 1))
        return [*good[:index], draw(spoiled(good[index])), *good[index + 1 :]]
    key = draw(st.sampled_from([*good, *FIELDS, "links", "results", "errors"]))
    if draw(st.integers(0, 5)) == 0:
        return {name: value for name, value in good.items() if name != key}
    return {**good, key: draw(spoiled(good.get(key)))}


STATUSES = """200 OK|201 Created|204 No Content|206 Partial|299 ?|304 Not Modified|400 Bad|401 No|403 No|404 None|409 Conflict
418 ?|422 Bad|429 Slow|451 ?|500 Oh|503 Later|599 ?|600 ?|999 ?|000 ?|-1 ?|abc|99999999999 OK||200"""
NUMERALS = """0|1|-1|1.5|999999999999|9999999999999999999999999999999999|NaN|inf|٣|0x1|1e9| 7 ||1,2"""
DATES = """Thu, 01 Jan 1970 00:00:00 GMT|Fri, 31 Dec 9999 23:59:59 GMT|Fri, 99 Foo 2020 25:61:61 XXX|Mon, 01 Jan|-|1 1 1 1 1 1|,
01 Jan 99999999999 00:00:00 +9999|Thu, 01 Jan 0000 00:00:00 -9999|Thu,|0"""
OTHERS = """gzip|deflate|br|chunked|gzip, gzip|limit=1, remaining=0, reset=9|1;w=0|remaining=0|limit=0, remaining=-1
text/html; charset=bogus|application/json; charset=utf-16"""
NAMES = """Retry_After RateLimit RateLimit_Policy X_RateLimit_Limit X_RateLimit_Remaining X_RateLimit_Reset Date Content_Type
Location Set_Cookie Content_Encoding Transfer_Encoding Content_Length"""


def one_of(lines: str) -> st.SearchStrategy[str]:
    return st.sampled_from(lines.replace("\n", "|").split("|"))


HEADERS = st.dictionaries(
    st.sampled_from(NAMES.split()),
    one_of(f"{NUMERALS}|{DATES}")
    | one_of(OTHERS)
    | st.text(st.characters(max_codepoint=255, exclude_characters="\r\n")),
    max_size=4,
)
BODIES = st.one_of(
    st.binary(max_size=60),
    JSON.map(lambda document: json.dumps(document).encode()),
    st.sampled_from(
        [b"", b" ", b"[", b'{"errors":', b"\xff\xfe[]", b"\xef\xbb\xbf[]", b"null", b"NaN", b"[[]]", b'"', b"\0"]
    ),
)


@st.composite
def raw(draw: st.DrawFn, good: Any) -> bytes:
    """A good document spoiled a little, or an answer of which any part may be anything."""
    way = draw(st.integers(0, 5))
    if way == 0:
        return draw(st.binary(max_size=80))
    if way < 4:
        return answer(draw(spoiled(good)), draw(st.sampled_from(["200 OK", "201 Created"])))
    return http(draw(BODIES), draw(one_of(STATUSES)), **draw(HEADERS))


def some_answers(draw: Any, module: str) -> dict[str, bytes]:
    services = {
        "honeycomb_a": ("own", "keys", "makers", "auth"),
        "honeycomb_m": ("memberships", "auth"),
        "honeybadger_t": ("teams", "team_members", "team_invitations"),
    }
    service = next((names for start, names in services.items() if module.startswith(start)), ("users", "invitations"))
    places = [name for name in PLACES if name.rpartition(" ")[2] in service or not name]
    chosen = draw(st.lists(st.sampled_from(places), min_size=1, max_size=3, unique=True))
    return {name: draw(raw(GOOD.get(name))) for name in chosen}


BUDGET = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("module", MODULES)
@given(data=st.data())
@BUDGET
def test_any_answer(server: RawServer, module: str, data: st.DataObject) -> None:
    hold(server, module, some_answers(data.draw, module), data.draw(st.booleans()))


@pytest.mark.slow
@pytest.mark.parametrize("module", MODULES)
@given(data=st.data())
@settings(BUDGET, max_examples=1000, derandomize=False)
def test_any_answer_at_length(server: RawServer, module: str, data: st.DataObject) -> None:
    hold(server, module, some_answers(data.draw, module), data.draw(st.booleans()))


def deep(levels: int, inner: str = "") -> bytes:
    return ("[" * levels + inner + "]" * levels).encode()


WHOLE = json.dumps(MEMBERS).encode()
ODD: dict[str, bytes] = {
    "deep": http(deep(100_000)),
    "deep-enough-to-decode": http(deep(900)),
    "deep-objects": http(b'{"errors":' * 900 + b"1" + b"}" * 900),
    "deep-field": http(b'[{"id": "1", "email": "a@b.c", "role": "member", "x": ' + deep(900) + b"}]"),
    "deep-result": http(b'{"results": [{"id": 1, "email": "a@b.c", "role": "Member", "x": ' + deep(900) + b"}]}"),
    "deep-error-field": http(b'{"error": {"field": ' + deep(950) + b"}}", "400 Bad"),
    "deep-error": http(deep(900), "400 Bad"),
    "deep-error-objects": http(b'{"errors":' * 900 + b"1" + b"}" * 900, "400 Bad"),
    "wide-error": http(json.dumps({str(number): "x" * 100 for number in range(20_000)}).encode(), "400 Bad"),
    "markup": http(b"<" * 3_000_000, "502 Bad"),
    "markup-200": http(b"<script>" * 400_000),
    "markup-error": answer({"error": "<" * 3_000_000}, "400 Bad"),
    "huge": http(json.dumps([{"id": str(number), "email": ""} for number in range(50_000)]).encode()),
    "huge-number": http(b'[{"id": ' + b"9" * 100_000 + b', "email": "a@b.c"}]'),
    "big-number": http(b'[{"id": ' + b"9" * 4000 + b', "email": "a@b.c", "role": "member"}]'),
    "nan": http(b'{"results": [{"id": NaN}], "links": {"next": Infinity}}'),
    "surrogate": http(b'[{"id": "\\ud800", "email": "\\ud800@b.c", "role": "\\udfff", "name": "\\ud83d"}]'),
    "surrogate-error": http(b'{"error": "\\ud800"}', "400 Bad"),
    "gzip": http(gzip.compress(WHOLE), Content_Encoding="gzip"),
    "gzip-cut": http(gzip.compress(WHOLE)[:-12], Content_Encoding="gzip"),
    "gzip-half": http(gzip.compress(WHOLE)[:40], Content_Encoding="gzip"),
    "gzip-not": http(WHOLE, Content_Encoding="gzip"),
    "gzip-bomb": http(gzip.compress(b" " * 20_000_000, 1), Content_Encoding="gzip"),
    "cut": http(WHOLE[:-9], Content_Length=str(len(WHOLE))),
    "too-long": http(WHOLE + b"more", Content_Length=str(len(WHOLE))),
    "lengths": http(WHOLE, Content_Length=f"{len(WHOLE)}, {len(WHOLE)}"),
    "length-negative": http(WHOLE, Content_Length="-1"),
    "length-words": http(WHOLE, Content_Length="many"),
    "length-unicode": http(WHOLE, Content_Length="\u00b2"),
    "chunks-not": http(WHOLE, Transfer_Encoding="chunked"),
    "chunks-cut": http(b"ff\r\n[", Transfer_Encoding="chunked"),
    "chunks-huge": http(b"f" * 200 + b"\r\n[]", Transfer_Encoding="chunked"),
    "utf-16": http(WHOLE.decode().encode("utf-16")),
    "utf-32": http(WHOLE.decode().encode("utf-32")),
    "latin-1": http('[{"id": "é"}]'.encode("latin-1"), Content_Type="application/json; charset=latin-1"),
    "bom": http(b"\xef\xbb\xbf" + WHOLE),
    "nothing": b"",
    "no-http": b"SSH-2.0-OpenSSH_9.2\r\n",
    "http-0.9": WHOLE,
    "no-body": b"HTTP/1.1 200 OK\r\n\r\n",
    "half-a-head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "many-headers": http(WHOLE, **{f"X-{number}": "y" for number in range(500)}),
    "long-header": http(WHOLE, X_Long="y" * 200_000),
    "continue": b"HTTP/1.1 100 Continue\r\n\r\n" * 50 + http(WHOLE),
    "switch": http(b"", "101 Switching Protocols", Upgrade="h2c"),
    "reset-at-the-end-of-time": http(WHOLE, X_RateLimit_Remaining="0", X_RateLimit_Reset="999999999999"),
    "wait-for-ever": http(b"", "429 Slow", Retry_After="Fri, 31 Dec 9999 23:59:59 GMT", Date="Thu, 01 Jan 1970 00:00:00 GMT"),
    "wait-for-a-garbled-date": http(b"", "429 Slow", Retry_After="Fri, 31 Dec 99999 23:59:59 +99999999"),
    "wait-for-no-time": http(b"", "503 Later", Retry_After="-5"),
}  # fmt: skip
LONG = ("huge", "gzip-bomb", "wide-error", "markup-error")


@pytest.mark.parametrize("odd", quick_first([odd for odd in ODD if odd not in LONG], ODD))
def test_odd_answers(server: RawServer, odd: str) -> None:
    """To whatever is read, and to whatever is written."""
    for module in MODULES:
        reads = {name: ODD[odd] for name in PLACES if " " not in name}
        result = hold(server, module, reads)
        if odd not in ("gzip", "too-long", "lengths", "utf-16", "utf-32", "bom", "no-body", "continue"):
            assert module not in WRITERS or not server.writes or result["rc"] == 0
        if module in WRITERS:
            hold(server, module, {name: ODD[odd] for name in PLACES if " " in name})


@pytest.mark.parametrize("field", ["accepted_by", "admin", "created_at", "email", "role"])
def test_an_invitation_to_a_team_has_a_field_of_another_type(server: RawServer, field: str) -> None:
    odd = {field: [None]}
    answers = {
        "team_invitations": answer({"results": [{**TEAM_INVITATIONS[0], **odd}], "links": {}}),
        "POST team_invitations": answer({**GOOD["POST team_invitations"], **odd}),
    }
    for name, odd_answer in answers.items():
        hold(server, "honeybadger_team_member", {name: odd_answer})
