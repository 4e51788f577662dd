# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ranges of values and pages, in the shapes that Active Directory on Windows sends."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from ansible_collections.honeyops.access.plugins.plugin_utils._directory.settings import Credentials

from .reading import read_from, refused
from .stub import Told, stub
from .windows import GROUP, SUFFIX, Values, Windows, windows

ACCOUNT = Credentials(user="svc@corp.example.com", password="w1ndows-s3cret")

ONE = "00000001-0000-0000-0000-000000000000"  # the parts of a GUID are little-endian


def options(running: Windows) -> dict[str, Any]:
    return {"source": "ldap", "url": running.url, "base": SUFFIX}


@pytest.mark.parametrize("count", [1500, 1501, 3000])
def test_ranges_and_pages_are_followed_to_the_last_value(count: int) -> None:
    with windows(count) as running:
        reading = read_from(ACCOUNT, ["All"], **options(running))

    assert len(reading.people) == reading.groups[0].members == count
    assert next(person.id for person in reading.people if person.email == "p1@example.com") == ONE
    assert reading.groups[0].id == "01010101-0101-0101-0101-010101010101"


def _no_more(name: str, values: Values) -> Values:
    """The second part has nothing."""
    return {} if any(key.startswith("member;range=1500") for key in values) else values


def _skips(name: str, values: Values) -> Values:
    """The second part begins too late."""
    return {key.replace("range=1500-", "range=1600-"): told for key, told in values.items()}


def _short(name: str, values: Values) -> Values:
    """The first part has fewer values than it says."""
    return {key: told[:-1] if key == "member;range=0-1499" else told for key, told in values.items()}


def _cut(name: str, values: Values) -> Values | None:
    return None if name.startswith("CN=P1500,") else values


def _hides(name: str, values: Values) -> Values:
    """The account may not read who is disabled."""
    return {key: told for key, told in values.items() if key != "userAccountControl"}


@pytest.mark.parametrize(
    ("change", "code", "names"),
    [
        (_no_more, "bad_response", f"member of {GROUP} after the first 1500"),
        (_skips, "bad_response", "after the first 1500"),
        (_short, "bad_response", "after the first 1499"),
        (_cut, "connection", "the people, page 2"),
        (_hides, "forbidden", "userAccountControl"),
    ],
)
def test_what_is_cut_short_or_hidden_is_refused(change: Any, code: str, names: str) -> None:
    with windows(1601, change) as running:
        error = refused(ACCOUNT, ["All"], **options(running))

    assert (error.code, names in error.msg) == (code, True), error.msg


def test_many_hidden_people_are_missed_without_asking_for_each() -> None:
    with windows(30, hidden=25) as running:
        error = refused(ACCOUNT, ["All"], **options(running))

    assert error.code == "forbidden"
    assert "at least 5 of the members of the group All: CN=P0," in error.msg


def test_a_server_that_is_slow_is_a_timeout() -> None:
    hold = threading.Event()

    def slow(name: str, values: Values) -> Values:
        hold.wait(20)
        return values

    with windows(3, slow) as running:
        error = refused(ACCOUNT, ["All"], request_timeout=1, **options(running))
        hold.set()

    assert (error.code, "within 1 s" in error.msg) == ("timeout", True), error.msg


def test_what_is_no_ldap_is_said() -> None:
    with stub(lambda _request, _url: Told("no LDAP", 400)) as running:
        url = running.url.replace("http://", "ldap://")
        error = refused(ACCOUNT, ["All"], source="ldap", url=url, base=SUFFIX)

    assert error.code in ("bad_response", "connection", "timeout")
