# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Google Workspace, by a stub.

Written from developers.google.com/workspace/admin/directory/reference/rest/v1: "members.list", "groups.list", "groups.get",
"users.list", "users.get", and the guide "Search for groups". Not tried against the real service.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.honeyops.access.plugins.plugin_utils._directory.read import open_directory
from ansible_collections.honeyops.access.plugins.plugin_utils._directory.settings import Credentials, settings_from

from .reading import QUICK, emails, left_out, read_from, refused
from .stub import Asked, Stub, Told, stub

TOKEN = Credentials(token="ya29.google-s3cret")
SENT = 60


def user(name: str, **more: Any) -> dict[str, Any]:
    email = f"{name}@example.com"
    return {
        "kind": "admin#directory#user",
        "id": f"1{name}",
        "primaryEmail": email,
        "name": {"fullName": name.title()},
        "suspended": False,
        "archived": False,
        **more,
    }


def member(name: str, kind: str = "USER", **more: Any) -> dict[str, Any]:
    return {
        "kind": "admin#directory#member",
        "id": f"1{name}",
        "email": f"{name}@example.com",
        "role": "MEMBER",
        "type": kind,
        **more,
    }


USERS = [
    user("ada", aliases=["a.lovelace@example.com"], nonEditableAliases=["ada@example.com.test-google-a.com"]),
    user("sus", suspended=True),
    user("arc", archived=True),
    user("eve"),
    *(user(f"p{number}") for number in range(150)),
]
MEMBERS = {
    "01g": [
        *(member(record["id"][1:]) for record in USERS if record["id"] != "1eve"),
        {**member("out"), "email": "partner@elsewhere.example"},
        member("inner", "GROUP"),
    ],
    "1inner": [member("eve"), {**member("01g", "GROUP"), "id": "01g"}],
    "09empty": [],
}
GROUPS = [
    {"id": "01g", "email": "platform@example.com", "name": "Platform Engineers' Group"},
    {"id": "09empty", "email": "empty@example.com", "name": "Empty"},
]


def serving(change: Callable[[Asked, Told], Told] = lambda _request, told: told) -> Any:
    def answer(request: Asked, _url: str) -> Told:
        if request.headers.get("Authorization") != f"Bearer {TOKEN.token}":
            return Told({"error": {"code": 401, "message": "Request had invalid authentication credentials."}}, 401)
        return change(request, _google(request))

    return stub(answer)


def _google(request: Asked) -> Told:
    path = request.path.removeprefix("/admin/directory/v1")
    if path == "/groups":
        asked = {f"name='{group['name']}'".replace("s' G", "s\\' G"): group for group in GROUPS}.get(
            request.query["query"]
        )
        return Told({"groups": [asked]} if asked else {"kind": "admin#directory#groups"})
    if path == "/users":
        assert request.query["customer"] == "my_customer"
        return _page(request, "users", USERS)
    if path.endswith("/members"):
        return _page(request, "members", MEMBERS[path.split("/")[2]])
    of_groups = {f"/groups/{key}": group for group in GROUPS for key in (group["id"], group["email"])}
    of_users = {f"/users/{record['id']}": record for record in USERS}
    found = {**of_groups, **of_users}.get(path.replace("%40", "@"))
    return Told(found) if found else Told({"error": {"code": 404, "message": "Resource Not Found"}}, 404)


def _page(request: Asked, key: str, records: list[dict[str, Any]]) -> Told:
    start = int(request.query.get("pageToken") or 0)
    following = {"nextPageToken": str(start + SENT)} if start + SENT < len(records) else {}
    page = records[start : start + SENT]
    return Told({"kind": "x", **({key: page} if page else {}), **following})


def options(running: Stub) -> dict[str, Any]:
    return {"source": "google", "url": running.url}


def test_pages_nested_groups_guests_and_the_two_flags() -> None:
    with serving() as running:
        reading = read_from(TOKEN, ["Platform Engineers' Group"], **options(running))

    ada = next(person for person in reading.people if person.id == "1ada")
    assert ada.addresses == ("ada@example.com", "a.lovelace@example.com", "ada@example.com.test-google-a.com")
    assert {"eve@example.com", "partner@elsewhere.example"} <= emails(reading)
    assert left_out(reading) == {"sus@example.com": "disabled", "arc@example.com": "disabled"}
    assert reading.groups[0].members == 155


def test_the_address_or_the_id_names_a_group() -> None:
    with serving() as running:
        assert read_from(TOKEN, ["platform@example.com"], **options(running)).groups[0].id == "01g"
        assert read_from(TOKEN, ["09empty"], **options(running)).groups[0].members == 0
        with open_directory(settings_from({**QUICK, **options(running)}), TOKEN) as directory:
            assert directory.fates(["1arc", "1nobody"]) == {"1arc": "disabled", "1nobody": "absent"}


def _hides(request: Asked, told: Told) -> Told:
    """A caller who is no administrator sees addresses and names."""
    if not request.path.endswith("/users"):
        return told
    return Told(
        {**told.body, "users": [{key: record[key] for key in ("id", "primaryEmail")} for record in told.body["users"]]}
    )


def _without_eve(request: Asked, told: Told) -> Told:
    if request.path.endswith("/users/1eve"):
        return Told({"error": {"message": "Resource Not Found"}}, 404)
    if request.path.endswith("/users"):
        return Told({**told.body, "users": [record for record in told.body["users"] if record["id"] != "1eve"]})
    return told


def _whole_domain(request: Asked, told: Told) -> Told:
    everybody = {"kind": "x", "id": "C01", "type": "CUSTOMER", "role": "MEMBER"}
    return Told({"members": [everybody]}) if request.path.endswith("/members") else told


def _cut(request: Asked, told: Told) -> Told:
    return Told({"error": {"message": "Backend Error"}}, 500) if request.query.get("pageToken") == "120" else told


def _same_page(request: Asked, told: Told) -> Told:
    return Told({**told.body, "nextPageToken": "60"}) if request.path.endswith("/members") else told


def _forbidden(request: Asked, told: Told) -> Told:
    message = "Request had insufficient authentication scopes."
    return Told({"error": {"message": message}}, 403) if request.path.endswith("/members") else told


def _limited(request: Asked, told: Told) -> Told:
    errors = [{"domain": "usageLimits", "reason": "quotaExceeded"}]
    return Told({"error": {"message": "Quota", "errors": errors}}, 403) if request.path.endswith("/members") else told


def test_a_limit_is_waited_for() -> None:
    """Google answers 403 to too many requests, as to a missing permission."""
    refusals: list[str] = []

    def limited_once(request: Asked, told: Told) -> Told:
        refusal = _limited(request, told)
        if refusal is told or refusals:
            return told
        refusals.append(request.path)
        return refusal

    with serving(limited_once) as running:
        reading = read_from(TOKEN, ["platform@example.com"], **options(running))
        assert running.paths().count(refusals[0]) > 1
    assert reading.people


@pytest.mark.parametrize(
    ("change", "group", "code", "names"),
    [
        (_hides, "platform@example.com", "forbidden", "admin.directory.user.readonly"),
        (_without_eve, "platform@example.com", "forbidden", "eve@example.com"),
        (_whole_domain, "platform@example.com", "validation", "whole domain"),
        (_cut, "platform@example.com", "server_error", "page 3"),
        (_same_page, "platform@example.com", "bad_response", "read already"),
        (_limited, "platform@example.com", "rate_limited", "max_wait"),
        (_forbidden, "platform@example.com", "forbidden", "insufficient authentication scopes"),
        (lambda _request, told: told, "nobody@example.com", "not_found", "no group nobody@example.com"),
        (lambda _request, told: told, "Nobody", "not_found", "no group Nobody"),
    ],
)
def test_what_is_cut_short_or_hidden_is_refused(change: Any, group: str, code: str, names: str) -> None:
    with serving(change) as running:
        error = refused(TOKEN, [group], **options(running))

    assert (error.code, names in error.sentence) == (code, True), error.sentence
