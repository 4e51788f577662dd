# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts that go into a request or come out of an answer."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.honeyops.access.plugins.module_utils._http import address, limits, options
from ansible_collections.honeyops.access.plugins.module_utils._http import text as _wire
from ansible_collections.honeyops.access.plugins.module_utils._http.errors import AccessError


@pytest.mark.parametrize(
    ("given_url", "used"),
    [
        ("https://api.honeycomb.io", "https://api.honeycomb.io"),
        (" https://api.eu1.honeycomb.io/ ", "https://api.eu1.honeycomb.io"),
        ("https://proxy.example.com:8443/honeycomb/", "https://proxy.example.com:8443/honeycomb"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("http://localhost", "http://localhost"),
        ("HTTPS://api.example.com", "HTTPS://api.example.com"),
    ],
)
def test_good_url(given_url: str, used: str) -> None:
    assert address.check_url(given_url) == used


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "validation"),
        ("api.honeycomb.io", "validation"),
        ("ftp://api.honeycomb.io", "validation"),
        ("https://", "validation"),
        ("https://user:word@api.honeycomb.io", "validation"),
        ("https://word@api.honeycomb.io", "validation"),
        ("https://api.honeycomb.io?key=word", "validation"),
        ("https://api.honeycomb.io#word", "validation"),
        ("https://[::1", "validation"),
        ("https://api.honeycomb.io:port", "validation"),
        ("http://api.honeycomb.io", "insecure_url"),
        ("http://10.0.0.1", "insecure_url"),
        ("http://0.0.0.0", "insecure_url"),
        ("http://127.0.0.1.example.com", "insecure_url"),
        ("http://localhost.example.com", "insecure_url"),
    ],
)
def test_bad_url(url: str, code: str) -> None:
    with pytest.raises(AccessError) as caught:
        address.check_url(url)
    assert caught.value.code == code
    assert "word" not in caught.value.sentence


@pytest.mark.parametrize("secret", ["", " ", "abc\n", "a bc", "\tabc", "abc\r\nX: y", "schlüssel", "a\x00b", "a\x7f"])
def test_bad_secret(secret: str) -> None:
    with pytest.raises(AccessError) as caught:
        options.check_secret("api_key", secret)
    assert caught.value.code == "invalid_key"
    assert not secret.strip() or secret.strip() not in str(caught.value.as_dict())


@pytest.mark.parametrize(
    ("value", "part"),
    [("Me3upk", "Me3upk"), (12, "12"), ("a/b", "a%2Fb"), ("a b?c#d%e", "a%20b%3Fc%23d%25e"), ("é", "%C3%A9")],
)
def test_segment(value: Any, part: str) -> None:
    assert address.segment(value) == part


@pytest.mark.parametrize("value", ["", ".", "..", "../x", "x/..", "a..b", "a\nb", "a\x00", "1" * 501])
def test_no_segment(value: str) -> None:
    with pytest.raises(AccessError) as caught:
        address.segment(value)
    assert caught.value.code == "validation"


@given(st.text(min_size=1, max_size=20))
def test_a_segment_never_leaves_its_place(value: str) -> None:
    try:
        part = address.segment(value)
    except AccessError:
        return
    assert not set(part) & set("/?#\\ \r\n")
    assert part not in (".", "..")


SECRET = 'pa+ss/wo"rd=='


@pytest.mark.parametrize("form", ["{0}", "Basic {1}", "{2}", "{3}", "{4}"])
def test_every_form_of_a_secret_is_hidden(form: str) -> None:
    coded = base64.b64encode(f"{SECRET}:".encode()).decode()
    text = form.format(
        SECRET, coded, coded.rstrip("="), base64.b64encode(SECRET.encode()).decode(), "pa%2Bss%2Fwo%22rd%3D%3D"
    )
    cleaned = _wire.clean(f"denied: {text}!", _wire.secret_forms(SECRET))
    assert "***" in cleaned
    assert cleaned.replace("Basic ", "") in ("denied: ***!", "denied: ***=!", "denied: ***==!")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<html><style>p{}</style><script>evil()</script><p>Sign   in\n</p>", "Sign in"),
        ("a\x1b[31mb\u202ec\x00", "a [31mb c"),
        ("x" * 500, "x" * 159 + "…"),
        ("", ""),
    ],
)
def test_clean(text: str, shown: str) -> None:
    assert _wire.clean(text, ()) == shown


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        ({"error": "unknown API key"}, "unknown API key"),
        ({"errors": "Access denied"}, "Access denied"),
        ({"errors": ["one", "two"]}, "one; two"),
        ({"errors": {"email": ["is invalid", "is taken"], "role": []}}, "email: is invalid; is taken"),
        (
            {"errors": [{"id": "1", "status": "403", "code": "no", "title": "No", "detail": "Not you", "source": {}}]},
            "No; Not you",
        ),
        (
            {"title": "Bad", "error": "Bad", "type_detail": [{"field": "email", "code": "already_exists"}]},
            "Bad; email: already_exists",
        ),
        (
            {"type_detail": [{"field": "email", "description": "is odd"}, {"field": "role"}]},
            "email: is odd; role: invalid",
        ),
        ({"message": "moved"}, "moved"),
        ("plain", "plain"),
        ([1, None, {}], ""),
        (None, ""),
        ({"error": ""}, ""),
    ],
)
def test_describe(payload: Any, text: str) -> None:
    assert _wire.describe(payload) == text


DATE = "Sat, 21 Nov 2026 12:00:00 GMT"
AT = 1795262400.0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Sat, 21 Nov 2026 12:01:30 GMT", 90.0),
        ("Saturday, 21-Nov-26 12:01:30 GMT", 90.0),
        ("Sat, 21 Nov 2026 13:01:30 +0100", 90.0),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0.0),
        ("Sat, 21 Nov 99999999999999999999 12:00:00 GMT", None),
        ("-5", None),
        ("1e9", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after(text: str | None, seconds: float | None) -> None:
    assert limits.http_date(DATE) == AT
    assert limits.retry_after(text, AT) == seconds


@pytest.mark.parametrize(
    ("headers", "quota"),
    [
        ({}, None),
        ({"RateLimit": "limit=100, remaining=80, reset=54", "RateLimit-Policy": "100;w=60"}, (80, 100, 54.0, 60.0)),
        ({"RateLimit": "remaining = 0 , reset = 7"}, (0, None, 7.0, None)),
        ({"RateLimit": "limit=100"}, None),
        (
            {"X-RateLimit-Limit": "360", "X-RateLimit-Remaining": "12", "X-RateLimit-Reset": f"{AT + 600:.0f}"},
            (12, 360, 600.0, 3600.0),
        ),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": f"{AT - 5:.0f}"}, (0, None, 0.0, 3600.0)),
        ({"X-RateLimit-Remaining": "3"}, (3, None, None, None)),
        ({"X-RateLimit-Remaining": "many", "X-RateLimit-Limit": "-1"}, None),
    ],
)
def test_quota(headers: dict[str, str], quota: tuple[Any, ...] | None) -> None:
    found = limits.quota_from(headers, AT, 0.0)
    assert (found and (found.remaining, found.limit, found.reset_at, found.window)) == quota


@pytest.mark.parametrize(
    ("base", "current", "link", "path"),
    [
        ("https://h", "https://h/v2/a", "https://h/v2/a?page=2", "/v2/a?page=2"),
        ("https://h", "https://h/v2/a", "/v2/a?page=2", "/v2/a?page=2"),
        ("https://h", "https://h/v2/a", "?page=2", "/v2/a?page=2"),
        ("https://h", "https://h/v2/a", "http://localhost:3000/v2/a?page=2", "/v2/a?page=2"),
        ("https://h", "https://h/v2/a", "//evil.example/v2/a?page=2", "/v2/a?page=2"),
        ("https://h/sub", "https://h/sub/v2/a", "https://h/sub/v2/a?page=2", "/v2/a?page=2"),
        ("https://h/sub", "https://h/sub/v2/a", "/v2/a?page=2", "/v2/a?page=2"),
    ],
)
def test_next_page(base: str, current: str, link: str, path: str) -> None:
    assert address.local_path(base, current, link) == path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32-le"])
def test_half_a_surrogate_pair(encoding: str) -> None:
    content = '{"\ud800": ["a\udfff", "\U0001f600"]}'.encode(encoding, "surrogatepass")
    assert _wire.decode(_wire.text_of(content)) == {"\ufffd": ["a\ufffd", "\U0001f600"]}


@pytest.mark.parametrize("depth", [51, 900, 100_000])
def test_half_a_surrogate_pair_too_deep(depth: int) -> None:
    assert _wire.json_or_none(b"[" * depth + rb'"\ud800"' + b"]" * depth) is None
