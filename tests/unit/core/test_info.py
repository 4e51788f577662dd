# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules that only look."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator import Fault, Simulator

from .support import OWNER, Ask, verbs

CONTRACT = True
ADA = "ada@example.com"
INFO = (
    "honeycomb_member_info",
    "honeycomb_auth_info",
    "honeybadger_account_info",
    "honeybadger_user_info",
    "honeybadger_invitation_info",
)


@pytest.mark.parametrize("module", INFO)
@pytest.mark.parametrize("check", [False, True])
def test_one_request_and_no_change(ask: Ask, sim: Simulator, module: str, check: bool) -> None:
    found = ask(module, check=check, diff=True)
    assert (found["changed"], verbs(sim), found["api"]["requests"]) == (False, ["GET"], 1)
    assert "diff" not in found
    assert ("rate_limit_remaining" in found["api"]) is module.startswith("honeybadger")


@pytest.mark.parametrize("module", INFO)
def test_a_failure_tells_what_it_cost(ask: Ask, sim: Simulator, module: str) -> None:
    sim.fail(Fault("status", status=500))
    failed = ask(module, fails="server_error")
    assert (failed["api"]["requests"], failed["changed"], failed["error"]["status"]) == (1, False, 500)
    assert failed["error"]["method"] == "GET"
    assert failed["error"]["path"] == sim.log[0].path


def test_members(ask: Ask, sim: Simulator) -> None:
    sim.reset(extra_fields=True)
    sim.honeycomb.add("Ada@Example.com", "admin")
    both = ask("honeycomb_member_info")["members"]
    assert [item["email"] for item in both] == [OWNER, "Ada@Example.com"]
    assert both[1].keys() >= {"id", "email", "name", "role", "created_at", "preferences"}
    assert ask("honeycomb_member_info", email=" ADA@example.com")["members"] == both[1:]
    assert ask("honeycomb_member_info", email="nobody@example.com")["members"] == []


@pytest.mark.parametrize("module", [module for module in INFO if "auth" not in module and "account" not in module])
def test_an_address_is_checked(ask: Ask, sim: Simulator, module: str) -> None:
    ask(module, email="nobody", fails="validation")
    assert sim.log == []


@pytest.mark.parametrize("module", ["honeycomb_member_info", "honeycomb_auth_info"])
def test_a_management_key_is_not_used_here(ask: Ask, sim: Simulator, module: str) -> None:
    pair = {"management_key_id": sim.management_key_id, "management_key_secret": sim.management_key_secret}
    ask(module, **pair)
    ask(module, management_key_id=sim.management_key_id)
    assert {entry.credentials for entry in sim.log} == {("configuration",)}


def test_auth(ask: Ask, sim: Simulator) -> None:
    auth = ask("honeycomb_auth_info")["auth"]
    assert auth.keys() == {"type", "team", "environment", "api_key_access"}
    assert (auth["type"], auth["team"]["slug"]) == ("configuration", "example-team")
    assert ask("honeycomb_auth_info", api_key=sim.ingest_key)["auth"]["type"] == "ingest"
    sim.log.clear()
    ask("honeycomb_auth_info", api_key=sim.management_key, fails="wrong_key_type")
    ask("honeycomb_auth_info", api_key="nonsense", fails="invalid_key")
    assert verbs(sim) == ["GET", "GET"]


def test_accounts(ask: Ask, sim: Simulator) -> None:
    sim.reset(other_accounts=4, page_size=2)
    accounts = ask("honeybadger_account_info")["accounts"]
    assert len(accounts) == len({item["id"] for item in accounts}) == 5
    assert sim.account_id in [item["id"] for item in accounts]
    assert not any("quota_consumed" in item for item in accounts)


@pytest.mark.parametrize("one", ["bare", "wrapped"])
def test_one_account(ask: Ask, sim: Simulator, one: str) -> None:
    sim.reset(one=one)
    (account,) = ask("honeybadger_account_info", account_id=sim.account_id)["accounts"]
    assert account["quota_consumed"] == 0.75
    assert account["api_stats"].keys() == {"stored", "limited", "ignored"}
    failed = ask("honeybadger_account_info", account_id="nowhere", fails="not_found")
    assert "account_id" in failed["error"]["hint"]


@pytest.mark.parametrize("one", ["bare", "wrapped"])
def test_users(ask: Ask, sim: Simulator, one: str) -> None:
    sim.reset(one=one, page_size=2)
    sim.honeybadger.add("Ada@Example.com", "Admin", id=9)
    sim.honeybadger.add_invitation("bob@example.com", id=10)
    both = ask("honeybadger_user_info")["users"]
    assert [(item["id"], item["email"]) for item in both] == [(1, OWNER), (9, "Ada@Example.com")]
    assert ask("honeybadger_user_info", email=ADA)["users"] == both[1:]
    sim.log.clear()
    assert ask("honeybadger_user_info", id=9)["users"] == both[1:]
    assert verbs(sim) == ["GET"]
    assert ask("honeybadger_user_info", id=9, email=OWNER)["users"] == []
    assert ask("honeybadger_user_info", id=10)["users"] == []


def test_a_user_by_id_where_only_the_list_works(ask: Ask, sim: Simulator) -> None:
    sim.honeybadger.add(ADA, id=9)
    sim.fail(Fault("status", path="users/9", status=404))
    assert ask("honeybadger_user_info", id=9)["users"][0]["email"] == ADA
    sim.fail(Fault("status", path="users/9", status=403))
    ask("honeybadger_user_info", id=9, fails="forbidden")


@pytest.mark.parametrize("accepted_email", ["empty", "kept"])
def test_invitations(ask: Ask, sim: Simulator, accepted_email: str) -> None:
    sim.reset(accepted_email=accepted_email, page_size=2)
    for name in ("ada", "bob", "eve"):
        sim.honeybadger.add_invitation(f"{name}@example.com", team_ids=[3])
    sim.honeybadger.accept(ADA, accepting="ada@home.example")

    def found(**options: Any) -> list[tuple[int, str]]:
        items = ask("honeybadger_invitation_info", **options)["invitations"]
        assert not any("token" in item for item in items)
        return [(item["id"], item["status"]) for item in items]

    everything = [(1, "accepted"), (2, "pending"), (3, "pending")]
    assert found() == found(status="all") == everything
    assert found(status="pending") == everything[1:]
    assert found(status="accepted") == everything[:1]
    assert found(email="BOB@example.com") == everything[1:2]
    assert found(email="ada@home.example") == everything[:1]
    assert found(email=ADA) == (everything[:1] if accepted_email == "kept" else [])
    assert found(email="bob@example.com", status="accepted") == []


@pytest.mark.parametrize("module", ["honeybadger_user_info", "honeybadger_invitation_info"])
def test_a_wrapped_list_of_nobody_is_nobody(ask: Ask, sim: Simulator, module: str) -> None:
    sim.fail(Fault("status", status=200, body={"results": [], "links": {}}))
    result = ask(module, id=77)
    assert [value for key, value in result.items() if key in ("users", "invitations")] == [[]]
