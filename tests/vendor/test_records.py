# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of the vendors' own clients take for an answer, this collection can read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.modules import run_module
from tests.security.rawserver import Asked, RawServer, answer, http

from . import records
from .records import EVE, IVY, OWNER

ACCOUNT = "Me3upk"


@pytest.fixture
def server() -> Iterator[RawServer]:
    with RawServer() as found:
        yield found


@pytest.fixture
def ask(server: RawServer) -> Callable[..., dict[str, Any]]:
    def call(module: str, **options: Any) -> dict[str, Any]:
        given = {"auth_token": "some-token", "account_id": ACCOUNT, "api_url": server.url, "max_wait": 0}
        if module == "honeybadger_account_info":
            given.pop("account_id")
        result = run_module(module, **{**given, **options})
        assert result["rc"] == 0, result["msg"]
        return result

    return call


def serve(server: RawServer, told: Any = 123) -> None:
    documents = records.honeybadger(ACCOUNT, told)

    def reply(asked: Asked) -> bytes:
        if asked.method != "GET":
            return http(b"", "204 No Content")
        document = documents.get(asked.path.partition("?")[0])
        return answer({"errors": "Not found"}, "404 Not Found") if document is None else answer(document)

    server.answers = reply


@pytest.mark.parametrize("told", [123, None, ACCOUNT, "123"])
def test_teams(server: RawServer, ask: Callable[..., dict[str, Any]], told: Any) -> None:
    """Only a team that names the id of another account as text is not of this one."""
    serve(server, told)
    found = ask("honeybadger_team_info")
    assert server.asked[0].path == f"/v2/teams?account_id={ACCOUNT}"
    assert [team["id"] for team in found["teams"]] == ([] if told == "123" else [1, 2])
    if told == "123":
        assert "2 teams" in str(found["warnings"])
        assert "123" in str(found["warnings"])
    else:
        assert "warnings" not in found
        assert [one["email"] for one in found["teams"][0]["members"]] == [EVE]
        assert [one["status"] for one in found["teams"][1]["invitations"]] == ["pending"]


@pytest.mark.parametrize("told", [123, None])
def test_somebody_leaves(server: RawServer, ask: Callable[..., dict[str, Any]], told: Any) -> None:
    serve(server, told)
    left = ask("honeybadger_user", email=EVE, state="absent")
    assert left["action"] == "cancel_team_invitation+leave_team+remove"
    assert [(asked.method, asked.path) for asked in server.writes] == [
        ("DELETE", "/v2/teams/2/team_invitations/1"),
        ("DELETE", "/v2/teams/1/team_members/1"),
        ("DELETE", f"/v2/accounts/{ACCOUNT}/users/2"),
    ]


def test_teams_of_another_account_only(server: RawServer, ask: Callable[..., dict[str, Any]]) -> None:
    serve(server, "9bYfrm")
    left = ask("honeybadger_user", email=EVE, state="absent")
    assert left["action"] == "remove"
    assert "9bYfrm" in str(left["warnings"])
    assert any("teams" in text for text in left["follow_up"])


def test_people(server: RawServer, ask: Callable[..., dict[str, Any]]) -> None:
    serve(server)
    assert [user["role"] for user in ask("honeybadger_user_info")["users"]] == ["Owner", "Member"]
    (invitation,) = ask("honeybadger_invitation_info")["invitations"]
    assert (invitation["email"], invitation["status"], "token" in invitation) == (IVY, "pending", False)
    assert ask("honeybadger_user", email=IVY, role="Member")["status"] == "pending"
    assert ask("honeybadger_user", email=OWNER, role="Owner")["changed"] is False
    assert ask("honeybadger_team_member", team_id=1, email=EVE)["member"]["admin"] is True
    assert server.writes == []


def test_accounts(server: RawServer, ask: Callable[..., dict[str, Any]]) -> None:
    serve(server)
    assert [account["id"] for account in ask("honeybadger_account_info")["accounts"]] == [ACCOUNT]
    assert ask("honeybadger_account_info", account_id=ACCOUNT)["accounts"][0]["quota_consumed"] == 45.5
