# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keycloak, by a stub.

Written from keycloak.org/docs-api/latest/rest-api ("Groups", "Users") and the server's documentation of service accounts: lists
have 100 records unless ``max`` asks for more, subgroups are not embedded since version 23, and ``users/count`` counts whom the
caller may view. Not tried against the real service.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest

from ansible_collections.honeyops.access.plugins.plugin_utils._directory.read import open_directory
from ansible_collections.honeyops.access.plugins.plugin_utils._directory.settings import Credentials, settings_from

from .reading import QUICK, emails, left_out, read_from, refused
from .stub import Asked, Stub, Told, stub

CLIENT = Credentials(client_id="access", client_secret="kc-s3cret")
MOST = 80  # records in a page of the stub, whatever ``max`` says
STAFF, PLATFORM = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"


def user(name: str, **more: Any) -> dict[str, Any]:
    told = {
        "id": f"id-{name}",
        "username": name,
        "email": f"{name}@example.com",
        "enabled": True,
        "emailVerified": True,
    }
    return {**told, "firstName": name.title(), "lastName": "X", **more}


MEMBERS = {
    STAFF: [user("ada"), user("con", enabled=False), user("svc", email=None)],
    PLATFORM: [user(f"p{number}") for number in range(230)],
}
PEOPLE = [record for records in MEMBERS.values() for record in records]


def group(identity: str, name: str, path: str, inner: int) -> dict[str, Any]:
    return {"id": identity, "name": name, "path": path, "subGroupCount": inner, "subGroups": []}


GROUPS = [group(STAFF, "staff", "/staff", 1), group(PLATFORM, "platform", "/staff/platform", 0)]


def serving(change: Callable[[Asked, Told], Told] = lambda _request, told: told, lifetime: int = 60) -> Any:
    tokens: list[str] = []

    def answer(request: Asked, _url: str) -> Told:
        if request.path == "/realms/acme/protocol/openid-connect/token":
            form = {key: values[0] for key, values in parse_qs(request.body).items()}
            if form.get("client_secret") != CLIENT.client_secret or form.get("grant_type") != "client_credentials":
                return Told({"error": "unauthorized_client", "error_description": "Invalid client"}, 401)
            tokens.append(f"kc-t0ken-{len(tokens)}")
            return Told({"access_token": tokens[-1], "expires_in": lifetime, "token_type": "Bearer"})
        if request.headers.get("Authorization") != f"Bearer {tokens[-1]}":
            return Told({"error": "HTTP 401 Unauthorized"}, 401)
        return change(request, _keycloak(request))

    return stub(answer)


def _keycloak(request: Asked) -> Told:
    path = request.path.removeprefix("/admin/realms/acme")
    by_path = {f"/group-by-path{item['path']}": item for item in GROUPS}
    by_id = {f"/groups/{item['id']}": item for item in GROUPS}
    if path == "/groups":
        assert request.query["exact"] == "true"
        tree = {**GROUPS[0], "subGroups": [GROUPS[1]]}
        named = {"staff": [GROUPS[0]], "platform": [tree]}.get(request.query["search"], [])
        return _page(request, named)
    if path == "/users/count":
        return Told(len(PEOPLE))
    if path == "/users":
        return _page(request, PEOPLE)
    if path.endswith("/members"):
        return _page(request, MEMBERS[path.split("/")[2]])
    if path == f"/groups/{STAFF}/children":
        return _page(request, [GROUPS[1]])
    of_users = {f"/users/{record['id']}": record for record in PEOPLE}
    found = {**by_path, **by_id, **of_users}.get(path)
    return Told(found) if found else Told({"error": "Could not find group by id"}, 404)


def _page(request: Asked, records: list[Any]) -> Told:
    first = int(request.query.get("first", 0))
    return Told(records[first : first + min(MOST, int(request.query.get("max", 100)))])


def options(running: Stub) -> dict[str, Any]:
    return {"source": "keycloak", "url": running.url, "realm": "acme"}


def test_pages_that_are_shorter_than_asked_for_and_subgroups() -> None:
    with serving() as running:
        reading = read_from(CLIENT, ["staff", "platform"], **options(running))

    assert len(emails(reading, "staff")) == 231
    assert len(emails(reading, "platform")) == 230
    assert left_out(reading) == {"con": "disabled", "svc": "no_address"}
    assert next(person.name for person in reading.people if person.id == "id-ada") == "Ada X"


@pytest.mark.parametrize("asked", ["/staff/platform", PLATFORM, "platform"])
def test_a_path_an_id_or_a_name_names_a_group(asked: str) -> None:
    with serving() as running:
        assert read_from(CLIENT, [asked], **options(running)).groups[0].id == PLATFORM


def test_a_token_that_ends_is_replaced_in_time() -> None:
    """A token of Keycloak lasts a minute, a long read lasts longer."""
    with serving(lifetime=1) as running:
        reading = read_from(CLIENT, ["platform"], **options(running))

        assert len(reading.people) == 230
        assert len(running.paths("POST")) == len(running.paths())


def test_everybody_and_what_became_of_somebody() -> None:
    with serving() as running:
        assert len(read_from(CLIENT, None, **options(running)).people) == 231
        with open_directory(settings_from({**QUICK, **options(running)}), CLIENT) as directory:
            assert directory.fates(["id-con", "id-nobody"]) == {"id-con": "disabled", "id-nobody": "absent"}


def _blind(request: Asked, told: Told) -> Told:
    """A caller who may query but not view users gets nobody, and 200."""
    if request.path.endswith("/users/count"):
        return Told(0)
    return Told([]) if request.path.endswith("/members") else told


def _half_blind(request: Asked, told: Told) -> Told:
    return Told(100) if request.path.endswith("/users/count") else told


def _forbidden(request: Asked, told: Told) -> Told:
    return Told({"error": "HTTP 403 Forbidden"}, 403) if request.path.endswith("/users/count") else told


def _first_only(request: Asked, told: Told) -> Told:
    return Told(MEMBERS[PLATFORM][:MOST]) if request.path.endswith("/members") else told


def _cut(request: Asked, told: Told) -> Told:
    return Told({"error": "unknown_error"}, 500) if request.query.get("first") == "160" else told


def _hides(request: Asked, told: Told) -> Told:
    return Told([{"id": "id-ada", "username": "ada"}]) if request.path.endswith("/members") else told


@pytest.mark.parametrize(
    ("change", "group", "code", "names"),
    [
        (_blind, "platform", "forbidden", "view-users"),
        (_half_blind, "platform", "bad_response", "counts 100 users, and a group has 230"),
        (_forbidden, "platform", "forbidden", "number of users"),
        (_first_only, "platform", "bad_response", "twice"),
        (_cut, "platform", "server_error", "group platform, page 3"),
        (_hides, "platform", "forbidden", "enabled"),
        (lambda _request, told: told, "plat", "not_found", "no group plat"),
        (lambda _request, told: told, "/staff/plat", "not_found", "no group /staff/plat"),
    ],
)
def test_what_is_cut_short_or_hidden_is_refused(change: Any, group: str, code: str, names: str) -> None:
    with serving(change) as running:
        error = refused(CLIENT, [group], **options(running))

    assert (error.code, names in error.sentence) == (code, True), error.sentence


def test_a_client_that_may_not_sign_in() -> None:
    with serving() as running:
        error = refused(Credentials(client_id="access", client_secret="wr0ng"), ["x"], **options(running))

    assert error.code == "invalid_key"
