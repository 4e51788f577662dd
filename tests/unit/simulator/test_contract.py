# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The contract finds what is wrong, on either side, and names no credential."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.contract.check import ContractChecker

JSON = {"Content-Type": "application/json"}
KEY = {"X-Honeycomb-Team": "secret", **JSON}
TOKEN = {"Authorization": "Basic secret", **JSON}
MEMBERS = "https://api.eu1.honeycomb.io/1/team_memberships"
USERS = "http://127.0.0.1:8080/v2/accounts/Me3upk/users"
INVITATIONS = "http://127.0.0.1:8080/v2/accounts/Me3upk/invitations"
API = {"Content-Type": "application/vnd.api+json"}
MANAGE = {"Authorization": "Bearer id:secret", **API}
KEYS = "https://api.eu1.honeycomb.io/2/teams/example/api-keys"
TEAMS = "http://127.0.0.1:8080/v2/teams"
CHANGE: dict[str, Any] = {"data": {"id": "a", "type": "api-keys", "attributes": {"disabled": True}}}


@pytest.mark.parametrize(
    ("service", "method", "url", "headers", "body", "reason"),
    [
        ("honeycomb", "GET", MEMBERS, KEY, None, ""),
        ("honeycomb", "GET", MEMBERS, TOKEN, None, "SecurityNotFound"),
        ("honeycomb", "GET", f"{MEMBERS}/abc", KEY, None, "OperationNotFound"),
        ("honeycomb", "GET", MEMBERS.replace("/1/", "/"), KEY, None, "PathNotFound"),
        ("honeycomb", "POST", MEMBERS, KEY, {"email": "a@b.c", "role": "admin"}, ""),
        ("honeycomb", "POST", MEMBERS, KEY, {"email": "a@b.c"}, "'role' is a required property"),
        ("honeycomb", "POST", MEMBERS, KEY, {"email": " a@b.c", "role": "admin"}, "does not match"),
        ("honeycomb", "PUT", f"{MEMBERS}/abc", KEY, {"role": "admin", "name": "A"}, "'name' was unexpected"),
        ("honeybadger", "GET", f"{USERS}?page=2", TOKEN, None, ""),
        ("honeybadger", "GET", USERS, KEY, None, "SecurityNotFound"),
        ("honeybadger", "PUT", f"{USERS}/1", TOKEN, {"user": {"role": "Admin"}}, ""),
        ("honeybadger", "PUT", f"{USERS}/1", TOKEN, {"user": {"role": "admin"}}, "is not one of"),
        ("honeybadger", "PUT", f"{USERS}/a@b.c", TOKEN, {"user": {"role": "Admin"}}, "invalid literal"),
        ("honeybadger", "POST", INVITATIONS, TOKEN, {"invitation": {"email": "a@b.c"}}, ""),
        ("honeybadger", "POST", INVITATIONS, TOKEN, {"email": "a@b.c"}, "'invitation' is a required property"),
        ("honeybadger", "PUT", f"{INVITATIONS}/9", TOKEN, {"invitation": {}}, "enough properties|non-empty"),
        ("honeybadger", "DELETE", f"{INVITATIONS}/9", TOKEN, None, ""),
        ("honeycomb", "GET", f"{KEYS}?page%5Bsize%5D=100&filter%5Btype%5D=ingest", MANAGE, None, ""),
        ("honeycomb", "GET", f"{KEYS}?page%5Bsize%5D=101", MANAGE, None, "is greater than the maximum"),
        ("honeycomb", "GET", f"{KEYS}?filter%5Btype%5D=management", MANAGE, None, "is not one of"),
        ("honeycomb", "GET", KEYS, KEY, None, "SecurityNotFound"),
        ("honeycomb", "GET", KEYS.replace("api-keys", "users"), MANAGE, None, ""),
        ("honeycomb", "PATCH", f"{KEYS}/a", MANAGE, CHANGE, ""),
        ("honeycomb", "PATCH", f"{KEYS}/a", {**MANAGE, **JSON}, CHANGE, "MediaTypeNotFound"),
        (
            "honeycomb",
            "PATCH",
            f"{KEYS}/a",
            MANAGE,
            {"data": {**CHANGE["data"], "attributes": {}}},
            "enough properties|non-empty",
        ),
        ("honeycomb", "PATCH", f"{KEYS}/a", MANAGE, {"disabled": True}, "'data' is a required property"),
        ("honeycomb", "DELETE", f"{KEYS}/a", MANAGE, None, ""),
        ("honeybadger", "GET", f"{TEAMS}?account_id=Me3upk&page=2", TOKEN, None, ""),
        (
            "honeybadger",
            "POST",
            f"{TEAMS}/3/team_members",
            TOKEN,
            {"team_member": {"admin": True}},
            "OperationNotFound",
        ),
        ("honeybadger", "PUT", f"{TEAMS}/3/team_members/1", TOKEN, {"team_member": {"admin": True}}, ""),
        (
            "honeybadger",
            "PUT",
            f"{TEAMS}/3/team_members/1",
            TOKEN,
            {"team_member": {"admin": "yes"}},
            "not of type 'boolean'",
        ),
        ("honeybadger", "POST", f"{TEAMS}/3/team_invitations", TOKEN, {"team_invitation": {"email": "a@b.c"}}, ""),
        (
            "honeybadger",
            "POST",
            f"{TEAMS}/3/team_invitations",
            TOKEN,
            {"team_invitation": {"role": "Admin"}},
            "'email' is a required property",
        ),
        ("honeybadger", "DELETE", f"{TEAMS}/3/team_invitations/9", TOKEN, None, ""),
    ],
)
def test_requests(service: str, method: str, url: str, headers: dict[str, str], body: Any, reason: str) -> None:
    sent = None if body is None else json.dumps(body)
    found = "\n".join(ContractChecker(service).check_request(method, url, headers, sent))
    assert any(part in found for part in reason.split("|")) if reason else found == ""
    assert "secret" not in found


MEMBER = {"id": "abc", "email": "a@b.c", "role": "member", "created_at": "2024-01-15T10:00:00Z"}
TEAM = {"id": 3, "name": "Team", "created_at": "2024-01-15T10:00:00Z"}
USER = {"id": 1, "role": "Owner", "name": "", "email": "a@b.c"}


@pytest.mark.parametrize(
    ("service", "method", "url", "status", "headers", "body", "reason"),
    [
        ("honeycomb", "GET", MEMBERS, 200, JSON, [MEMBER, {**MEMBER, "more": True}], ""),
        ("honeycomb", "GET", MEMBERS, 200, JSON, {"results": [MEMBER]}, "is not of type 'array'"),
        ("honeycomb", "GET", MEMBERS, 200, JSON, [{**MEMBER, "created_at": "today"}], "is not a 'date-time'"),
        ("honeycomb", "GET", MEMBERS, 200, {"Content-Type": "text/html"}, [], "MediaTypeNotFound"),
        ("honeycomb", "GET", MEMBERS, 429, {**JSON, "Retry-After": "soon"}, {"error": "slow"}, "does not match"),
        ("honeycomb", "DELETE", f"{MEMBERS}/abc", 204, {}, None, ""),
        ("honeycomb", "DELETE", f"{MEMBERS}/abc", 204, {}, {}, "has a body"),
        ("honeycomb", "GET", MEMBERS.replace("/1/", "/"), 200, JSON, 7, ""),
        ("honeybadger", "GET", USERS, 200, JSON, {"results": [USER], "links": {"next": "/x"}}, ""),
        ("honeybadger", "GET", USERS, 200, JSON, {"results": [USER], "links": {"next": None}}, "not of type 'string'"),
        ("honeybadger", "GET", f"{USERS}/1", 200, JSON, USER, ""),
        ("honeybadger", "GET", f"{USERS}/1", 200, JSON, {"results": [USER]}, ""),
        ("honeybadger", "GET", f"{USERS}/1", 200, JSON, [USER], "is not valid under any"),
        ("honeybadger", "GET", USERS, 403, {**JSON, "X-RateLimit-Reset": "60"}, {"errors": "no"}, "minimum"),
        ("honeybadger", "GET", USERS, 403, JSON, {"errors": ["no"]}, ""),
        ("honeybadger", "GET", USERS, 403, JSON, {"error": "no"}, "'errors' is a required property"),
        ("honeycomb", "GET", KEYS, 200, API, {"data": [], "links": {"next": None}}, ""),
        ("honeycomb", "GET", KEYS, 200, API, {"data": []}, "'links' is a required property"),
        ("honeycomb", "GET", KEYS, 200, JSON, {"data": [], "links": {"next": None}}, "MediaTypeNotFound"),
        ("honeycomb", "GET", KEYS, 403, API, {"errors": [{"status": "403", "code": "x", "title": "No"}]}, ""),
        ("honeycomb", "GET", KEYS, 403, API, {"error": "no"}, "'errors' is a required property"),
        ("honeycomb", "DELETE", f"{KEYS}/a", 204, {}, None, ""),
        ("honeybadger", "GET", TEAMS, 200, JSON, {"results": [TEAM, {**TEAM, "members": [], "invitations": []}]}, ""),
        (
            "honeybadger",
            "GET",
            TEAMS,
            200,
            JSON,
            {"results": [{**TEAM, "members": [{"id": "1"}]}]},
            "is not of type 'integer'",
        ),
        ("honeybadger", "GET", f"{TEAMS}/3", 200, JSON, TEAM, ""),
    ],
)
def test_answers(
    service: str, method: str, url: str, status: int, headers: dict[str, str], body: Any, reason: str
) -> None:
    answered = None if body is None else json.dumps(body)
    credential = MANAGE if "/2/" in url else KEY if service == "honeycomb" else TOKEN
    checker = ContractChecker(service)
    found = "\n".join(checker.check_response(method, url, credential, None, status, headers, answered))
    assert reason in found if reason else found == ""


def test_no_contract() -> None:
    with pytest.raises(ValueError, match="no contract"):
        ContractChecker("elsewhere")
