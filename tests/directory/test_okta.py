# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Okta, by a stub.

Written from developer.okta.com: "List all groups" (``q`` finds names that begin with it), "List all member users", "Retrieve a
user", "Pagination" (``Link`` header), "User status", "Rate limits" (X-Rate-Limit-Reset in Unix time). Not tried against the
real service.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.honeyops.access.plugins.plugin_utils._directory.read import open_directory
from ansible_collections.honeyops.access.plugins.plugin_utils._directory.settings import Credentials, settings_from

from .reading import QUICK, emails, left_out, read_from, refused
from .stub import Asked, Stub, Told, stub

TOKEN = Credentials(token="00okta-s3cret")
STATUSES = (
    "STAGED",
    "PROVISIONED",
    "ACTIVE",
    "RECOVERY",
    "LOCKED_OUT",
    "PASSWORD_EXPIRED",
    "SUSPENDED",
    "DEPROVISIONED",
)
SENT = 100


def user(name: str, status: str = "ACTIVE", **profile: Any) -> dict[str, Any]:
    told = {"login": f"{name}@corp.example", "email": f"{name}@example.com", "firstName": name.title(), "lastName": "X"}
    return {"id": f"00u{name}", "status": status, "profile": {**told, "secondEmail": None, **profile}}


MEMBERS = [*(user(status.lower(), status) for status in STATUSES), *(user(f"p{number}") for number in range(230))]
GROUPS = [
    {"id": "00g1", "profile": {"name": "Platform Engineering"}},
    {"id": "00g2", "profile": {"name": "Platform"}},
]


def serving(change: Callable[[Asked, Told], Told] = lambda _request, told: told) -> Any:
    def answer(request: Asked, url: str) -> Told:
        if request.headers.get("Authorization") != f"SSWS {TOKEN.token}":
            return Told({"errorCode": "E0000011", "errorSummary": "Invalid token provided"}, 401)
        return change(request, _okta(request, url))

    return stub(answer)


def _okta(request: Asked, url: str) -> Told:
    if request.path == "/api/v1/groups":
        return Told([group for group in GROUPS if group["profile"]["name"].startswith(request.query["q"])])  # type: ignore[index]
    if request.path.startswith("/api/v1/groups/") and request.path.endswith("/users"):
        after = int(request.query.get("after", 0))
        links = [f'<{url}{request.path}?limit=200>; rel="self"']
        if after + SENT < len(MEMBERS):
            links.append(f'<{url}{request.path}?after={after + SENT}&limit=200>; rel="next"')
        return Told(MEMBERS[after : after + SENT], headers={"Link": ", ".join(links)})
    of_groups = {f"/api/v1/groups/{group['id']}": group for group in GROUPS}
    of_users = {f"/api/v1/users/{record['id']}": record for record in MEMBERS}
    found = {**of_groups, **of_users}.get(request.path)
    return Told(found) if found else Told({"errorCode": "E0000007", "errorSummary": "Not found"}, 404)


def options(running: Stub) -> dict[str, Any]:
    return {"source": "okta", "url": running.url}


def test_pages_of_the_link_header_and_statuses() -> None:
    with serving() as running:
        reading = read_from(TOKEN, ["Platform Engineering"], **options(running))

    assert len(reading.people) == 236
    assert left_out(reading) == {"suspended@corp.example": "disabled", "deprovisioned@corp.example": "disabled"}
    assert "locked_out@example.com" in emails(reading)
    assert reading.people[0].name == "Active X"


def test_the_whole_name_or_the_id_names_a_group() -> None:
    with serving() as running:
        assert read_from(TOKEN, ["Platform"], **options(running)).groups[0].id == "00g2"
        assert read_from(TOKEN, ["00g1"], **options(running)).groups[0].name == "Platform Engineering"
        with open_directory(settings_from({**QUICK, **options(running)}), TOKEN) as directory:
            assert directory.fates(["00ususpended", "00unobody"]) == {"00ususpended": "disabled", "00unobody": "absent"}


def test_a_token_of_oauth_is_a_bearer() -> None:
    with serving() as running:
        refused(Credentials(token="eyJh.eyJz.c2ln"), ["Platform"], **options(running))

        assert running.asked[0].headers["Authorization"] == "Bearer eyJh.eyJz.c2ln"


def _elsewhere(request: Asked, told: Told) -> Told:
    link = '<https://other.okta.example/api/v1/groups/00g2/users?after=100>; rel="next"'
    return Told(told.body, headers={"Link": link}) if request.path.endswith("/users") else told


def _cut(request: Asked, told: Told) -> Told:
    return Told({"errorSummary": "Internal Server Error"}, 500) if request.query.get("after") == "200" else told


def _unknown(request: Asked, told: Told) -> Told:
    return Told([user("new", "ON_LEAVE")]) if request.path.endswith("/users") else told


def _missing(request: Asked, told: Told) -> Told:
    return Told([]) if request.path == "/api/v1/groups" else told


@pytest.mark.parametrize(
    ("change", "code", "names"),
    [
        (_elsewhere, "redirect_refused", "another address"),
        (_cut, "server_error", "group Platform, page 3"),
        (_unknown, "bad_response", "ON_LEAVE"),
        (_missing, "not_found", "no group Platform"),
    ],
)
def test_what_is_cut_short_or_not_there_is_refused(change: Any, code: str, names: str) -> None:
    with serving(change) as running:
        error = refused(TOKEN, ["Platform"], **options(running))

    assert (error.code, names in error.msg) == (code, True), error.msg


def test_a_rate_limit_is_waited_for_or_told() -> None:
    limited = []

    def once(request: Asked, told: Told) -> Told:
        limited.append(request)
        reset = {
            "X-Rate-Limit-Limit": "600",
            "X-Rate-Limit-Remaining": "0",
            "X-Rate-Limit-Reset": str(int(time.time()) + 1),
        }
        return Told({"errorCode": "E0000047"}, 429, reset) if len(limited) == 2 else told

    with serving(once) as running:
        assert len(read_from(TOKEN, ["Platform"], **options(running)).people) == 236
    later = {"X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": str(int(time.time()) + 50)}
    with serving(lambda _request, _told: Told({"errorCode": "E0000047"}, 429, later)) as running:
        assert refused(TOKEN, ["Platform"], **options(running)).code == "rate_limited"
