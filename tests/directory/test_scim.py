# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real SCIM server, and a stub by RFC 7644 that tells less than it has."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.honeyops.access.plugins.plugin_utils._directory.read import open_directory
from ansible_collections.honeyops.access.plugins.plugin_utils._directory.settings import Credentials, settings_from

from .reading import QUICK, emails, left_out, read_from, refused
from .scim_server import ScimServer, missing, scim_server, work
from .servers import needs
from .stub import Asked, Told, stub

ACCOUNT = Credentials(token="scim-t0ken-s3cret")
real = needs("scim2-server", missing())


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScimServer]:
    with scim_server(tmp_path_factory.mktemp("scim")) as running:
        ids = {name: running.user(name) for name in ("ada", "bob", "eve")}
        private = {"value": "ada@home.example", "type": "home"}
        second = {"value": "a.lovelace@example.com", "type": "work"}
        ids["lov"] = running.user("lov", emails=[private, second, {**work("Lov"), "primary": True}])
        ids["con"] = running.user("con", active=False)
        ids["svc"] = running.user("svc", emails=[])
        many = [running.user(f"p{number}") for number in range(120)]
        inner = running.group("inner", [ids["eve"], ids["lov"]])
        running.group("platform", [ids["ada"], ids["bob"]], [inner])
        running.group("gone", [ids["con"], ids["svc"], ids["ada"]])
        running.group("many", many)
        running.group("empty", [])
        running.group("twice", [ids["ada"]])
        running.group("twice", [ids["bob"]])
        running.group('"quoted" or 1 eq 1', [ids["ada"]])
        yield running


@real
def test_nested_groups_and_addresses_of_work(server: ScimServer) -> None:
    reading = read_from(ACCOUNT, ["Platform", "inner"], source="scim", url=server.url)

    lov = next(person for person in reading.people if person.email == "lov@example.com")
    assert emails(reading, "Platform") == {f"{name}@example.com" for name in ("ada", "bob", "eve", "lov")}
    assert (lov.addresses, lov.groups) == (("lov@example.com", "a.lovelace@example.com"), ("Platform", "inner"))
    assert [(group.name, group.members) for group in reading.groups] == [("platform", 4), ("inner", 2)]


@real
def test_pages_are_read_to_the_end_and_inactive_people_are_left_out(server: ScimServer) -> None:
    reading = read_from(ACCOUNT, ["many", "gone"], source="scim", url=server.url)

    assert len(reading.people) == 121
    assert left_out(reading) == {"con": "disabled", "svc": "no_address"}


@real
def test_a_group_by_its_id_and_one_with_a_name_that_is_a_filter(server: ScimServer) -> None:
    by_name = read_from(ACCOUNT, ['"quoted" or 1 eq 1'], source="scim", url=server.url)
    by_id = read_from(ACCOUNT, [by_name.groups[0].id], source="scim", url=server.url)

    assert by_id.groups[0].name == by_name.groups[0].name == '"quoted" or 1 eq 1'


@real
def test_another_path_to_the_address(server: ScimServer) -> None:
    reading = read_from(ACCOUNT, ["inner"], source="scim", url=server.url, email="emails.value")

    assert emails(reading) == {"eve@example.com", "ada@home.example"}


@real
@pytest.mark.parametrize(
    ("token", "group", "code", "names"),
    [
        ("wrong-t0ken", "platform", "invalid_key", "credential"),
        ("with space", "platform", "invalid_key", "token"),
        ("", "platform", "invalid_key", "directory_token"),
        (ACCOUNT.token, "platfrom", "not_found", "no group platfrom"),
        (ACCOUNT.token, "twice", "validation", "2 groups"),
    ],
)
def test_what_is_not_there_is_said(server: ScimServer, token: str, group: str, code: str, names: str) -> None:
    error = refused(Credentials(token=token), [group], source="scim", url=server.url)

    assert (error.code, names in error.sentence) == (code, True), error.sentence


@real
def test_what_became_of_somebody(server: ScimServer) -> None:
    reading = read_from(ACCOUNT, ["gone"], source="scim", url=server.url)
    ids = [*(person.id for person in reading.people), *(left.id for left in reading.left_out)]
    with open_directory(settings_from({**QUICK, "source": "scim", "url": server.url}), ACCOUNT) as directory:
        fates = directory.fates([*ids, "nobody"])

    assert sorted(fates.values()) == ["absent", "disabled", "present", "present"]


USERS = [{"id": f"u{number}", "userName": f"p{number}", "emails": [work(f"p{number}")]} for number in range(7)]
GROUP = {"id": "g1", "displayName": "platform", "members": [{"value": f"u{number}"} for number in range(7)]}


def serving(change: Callable[[Asked, dict[str, Any]], Any] = lambda _request, body: body, most: int = 3) -> Any:
    """A server by RFC 7644 that sends no more than ``most`` records in a page; ``change`` alters its answers."""

    def answer(request: Asked, _url: str) -> Told:
        kind, _slash, identity = request.path.removeprefix("/v2/").partition("/")
        records = {"Users": USERS, "Groups": [GROUP]}[kind]
        if identity:
            body = next((record for record in records if record["id"] == identity), None)
            told = Told(body) if body else Told({"status": "404"}, 404)
        else:
            start = int(request.query.get("startIndex", 1))
            page = records[start - 1 : start - 1 + most]
            told = Told(
                {"totalResults": len(records), "startIndex": start, "itemsPerPage": len(page), "Resources": page}
            )
        changed = change(request, told.body)
        return changed if isinstance(changed, Told) else Told(changed, told.status)

    return stub(answer)


def test_the_next_page_starts_where_the_last_one_ended() -> None:
    with serving() as running:
        reading = read_from(ACCOUNT, ["platform"], source="scim", url=f"{running.url}/v2")

        assert len(reading.people) == 7
        starts = [request.query["startIndex"] for request in running.asked if request.path == "/v2/Users"]
        assert starts == ["1", "4", "7"]


def _fewer(request: Asked, body: dict[str, Any]) -> Any:
    """Somebody is not in the list, though counted."""
    if request.path == "/v2/Users":
        return {**body, "Resources": [record for record in body["Resources"] if record["id"] != "u5"]}
    return body


def _first_again(request: Asked, body: dict[str, Any]) -> Any:
    return {**body, "Resources": USERS[:3]} if request.path == "/v2/Users" else body


def _no_total(request: Asked, body: dict[str, Any]) -> Any:
    return {key: value for key, value in body.items() if key != "totalResults"} if request.path == "/v2/Users" else body


def _failing(request: Asked, body: dict[str, Any]) -> Any:
    return Told({"detail": "out of order"}, 500) if request.query.get("startIndex") == "4" else body


def _second(told: Told) -> Callable[[Asked, dict[str, Any]], Any]:
    """Another answer in place of the second page."""
    return lambda request, body: told if request.query.get("startIndex") == "4" else body


def _slow(request: Asked, body: dict[str, Any]) -> Any:
    if request.query.get("startIndex") == "4":
        time.sleep(2.5)  # longer than request_timeout
    return body


def _stranger(request: Asked, body: dict[str, Any]) -> Any:
    """A member whom the server does not show."""
    return {**GROUP, "members": [*GROUP["members"], {"value": "u99"}]} if request.path == "/v2/Groups/g1" else body


def _unlisted(request: Asked, body: dict[str, Any]) -> Any:
    """A group that names fewer people than say that they are in it."""
    if request.path == "/v2/Groups/g1":
        return {**GROUP, "members": GROUP["members"][:3]}
    if request.path == "/v2/Users":
        return {**body, "Resources": [{**record, "groups": [{"value": "g1"}]} for record in body["Resources"]]}
    return body


@pytest.mark.parametrize(
    ("change", "code", "names"),
    [
        (_fewer, "bad_response", "counts 7 records in the users and sent 6"),
        (_first_again, "bad_response", "counts 7"),
        (_no_total, "bad_response", "documentation"),
        (_failing, "server_error", "the users, page 2"),
        (_second(Told({"detail": "no"}, 401)), "invalid_key", "the users, page 2"),
        (_second(Told({"detail": "no"}, 403)), "forbidden", "the users, page 2"),
        (_second(Told({"detail": "gone"}, 404)), "not_found", "the users, page 2"),
        (
            _second(Told(status=302, headers={"Location": "https://evil.example/"})),
            "redirect_refused",
            "the users, page 2",
        ),
        (_second(Told(raw=b"<html>Sign in</html>")), "bad_response", "not JSON"),
        (_second(Told()), "bad_response", "documentation"),
        (_second(Told([])), "bad_response", "documentation"),
        (_second(Told({"totalResults": 7, "Resources": [{"userName": "x"}]})), "bad_response", "documentation"),
        (_second(Told({"totalResults": 7, "Resources": USERS}, short=5)), "connection", "the users, page 2"),
        (_slow, "timeout", "the users, page 2"),
        (_stranger, "forbidden", "u99"),
        (_unlisted, "bad_response", "4 users say"),
    ],
)
def test_a_list_that_is_not_whole_is_refused(change: Any, code: str, names: str) -> None:
    with serving(change) as running:
        error = refused(ACCOUNT, ["platform"], source="scim", url=f"{running.url}/v2", request_timeout=1, max_wait=1)

    assert (error.code, names in error.msg) == (code, True), error.msg


def test_a_server_without_filters_is_asked_for_all_groups() -> None:
    def change(request: Asked, body: dict[str, Any]) -> Any:
        return Told({"scimType": "invalidFilter", "detail": "no filters"}, 400) if "filter" in request.query else body

    with serving(change) as running:
        assert len(read_from(ACCOUNT, ["platform"], source="scim", url=f"{running.url}/v2").people) == 7


def test_everybody_without_groups() -> None:
    with serving() as running:
        assert len(read_from(ACCOUNT, None, source="scim", url=f"{running.url}/v2").people) == 7


def test_a_slow_or_an_insecure_directory() -> None:
    error = refused(ACCOUNT, ["platform"], source="scim", url="http://directory.example.com/v2")
    assert (error.code, "url" in error.msg, "api_url" in error.sentence) == ("insecure_url", True, False)
