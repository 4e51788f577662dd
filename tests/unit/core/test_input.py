# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bad input: one sentence and a code, before anything is written, and nothing secret in it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.simulator import Simulator
from tests.targets import credentials

from .support import OWNER, Ask, Side, verbs

WORD = "canaryWord"
ONE = ("honeycomb_member", "honeybadger_user", "honeybadger_invitation")
ALL = (
    *ONE,
    "honeycomb_members",
    "honeybadger_users",
    "honeycomb_member_info",
    "honeycomb_auth_info",
    "honeybadger_account_info",
    "honeybadger_user_info",
    "honeybadger_invitation_info",
    "honeycomb_api_key",
    "honeycomb_api_key_info",
    "honeybadger_team_info",
    "honeybadger_team_member",
)


def options_of(module: str) -> dict[str, Any]:
    own: dict[str, dict[str, Any]] = {
        "honeycomb_api_key": {"id": "hcxik_01"},
        "honeybadger_team_member": {"team_id": 3, "email": OWNER},
    }
    people = {"honeycomb_members": "members", "honeybadger_users": "users"}
    if module in ONE:
        return {"email": "ada@example.com"}
    return {people[module]: [{"email": "ada@example.com"}]} if module in people else own.get(module, {})


def credential(module: str) -> str:
    if module.startswith("honeycomb_api_key"):
        return "management_key_secret"
    return "api_key" if module.startswith("honeycomb") else "auth_token"


@pytest.mark.parametrize("module", ALL)
@pytest.mark.parametrize("key", [f"{WORD}\n", f"{WORD}\r\nX-Other: 1", f"{WORD} {WORD}", f"{WORD}é", "\n", f"\t{WORD}"])
def test_bad_key(ask: Ask, sim: Simulator, module: str, key: str) -> None:
    failed = ask(module, **options_of(module), **{credential(module): key}, fails="invalid_key")
    assert sim.log == []
    assert credential(module) in failed["msg"]
    failed.pop("invocation", None)  # not there from ansible-core 2.21 on
    assert WORD not in json.dumps(failed)


@pytest.mark.parametrize("module", ALL)
@pytest.mark.parametrize("key", ["i", "0", "a i"])
def test_a_key_of_a_few_letters_spoils_no_word(ask: Ask, sim: Simulator, module: str, key: str) -> None:
    options = {**options_of(module), credential(module): key}
    by_ansible = ask(module, **options, max_wait="x" * 50_000, fails="validation")
    by_us = ask(module, **options, max_wait=-1, fails="invalid_key" if " " in key else "validation")
    assert sim.log == []
    assert "***" not in json.dumps([by_ansible, by_us])


@pytest.mark.parametrize("module", ALL)
def test_a_long_value_is_not_quoted_in_full(ask: Ask, sim: Simulator, module: str) -> None:
    failed = ask(module, **options_of(module), max_wait="x" * 50_000, fails="validation")
    assert sim.log == []
    assert "max_wait" in failed["msg"]
    assert len(failed["msg"]) < 2000
    assert len(failed["error"]["detail"] or "") < 2000


URLS = {
    "http://api.example.com": "insecure_url",
    "http://192.0.2.1:80": "insecure_url",
    f"https://somebody:{WORD}@api.example.com": "validation",
    f"https://{WORD}@127.0.0.1": "validation",
    f"https://api.example.com/?key={WORD}": "validation",
    "api.example.com": "validation",
    "": "validation",
    "file:///etc/passwd": "validation",
}


@pytest.mark.parametrize("module", ALL)
@pytest.mark.parametrize("url", URLS)
def test_bad_url(ask: Ask, sim: Simulator, module: str, url: str) -> None:
    failed = ask(module, **options_of(module), api_url=url, fails=URLS[url])
    failed.pop("invocation", None)  # not there from ansible-core 2.21 on
    assert WORD not in json.dumps(failed)
    assert "api_url" in failed["msg"]


@pytest.mark.parametrize("module", [module for module in ALL if module.startswith("honeybadger")])
@pytest.mark.parametrize("account", ["..", "../Me3upk", "Me3upk/..", "x/../../v2", "a\nb", ".", "1" * 501])
def test_bad_account(ask: Ask, sim: Simulator, module: str, account: str) -> None:
    ask(module, **options_of(module), account_id=account, fails="validation")
    assert sim.log == []


@pytest.mark.parametrize("account", ["nowhere", "Me3upk/users", "Me3upk?x=1", "a b", "%2e%2e"])
def test_an_account_that_is_not_there(ask: Ask, sim: Simulator, account: str) -> None:
    failed = ask("honeybadger_user", email=OWNER, account_id=account, fails="not_found")
    assert "account_id" in failed["msg"]
    assert verbs(sim) == ["GET"]


def test_an_account_of_somebody_else(ask: Ask, sim: Simulator) -> None:
    failed = ask("honeybadger_user", email=OWNER, account_id="9bYfrm", fails="forbidden")
    assert "auth_token" in failed["msg"]


@pytest.mark.parametrize("module", ALL)
@pytest.mark.parametrize(
    "options",
    [
        {"request_timeout": 0},
        {"request_timeout": -1},
        {"request_timeout": "nan"},
        {"max_wait": -1},
        {"max_wait": "soon"},
    ],
)
def test_bad_times(ask: Ask, sim: Simulator, module: str, options: dict[str, Any]) -> None:
    ask(module, **options_of(module), **options, fails="validation")
    assert sim.log == []


ADDRESSES = ("", " ", "nobody", "@example.com", "ada@", "a@b@c", "ada lovelace@example.com", "ada@exam\nple.com",
             "ada@example.com\x00", "ada@ex\u200bample.com", "ada@example.com\u2028x", "a\tb@example.com")  # fmt: skip


@pytest.mark.parametrize("module", ONE)
@pytest.mark.parametrize("address", ADDRESSES)
def test_bad_address(ask: Ask, sim: Simulator, module: str, address: str) -> None:
    for state in ("present", "absent"):
        ask(module, email=address, state=state, fails="validation")
    if module != "honeybadger_invitation":
        ask(module, email="ada@example.com", aliases=[address], fails="validation")
    assert sim.log == []


@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("honeycomb_member", {"email": OWNER, "role": "Owner"}),
        ("honeycomb_member", {"email": OWNER, "role": "ADMIN"}),
        ("honeycomb_member", {"email": OWNER, "state": "gone"}),
        ("honeycomb_member", {"email": OWNER, "reinvite_after": -1}),
        ("honeycomb_member", {"email": OWNER, "reinvite_after": "nan"}),
        ("honeycomb_member", {"email": OWNER, "unknown": 1}),
        ("honeycomb_member", {}),
        ("honeybadger_user", {"email": OWNER, "role": "member"}),
        ("honeybadger_user", {"email": OWNER, "team_ids": ["three"]}),
        ("honeybadger_user", {"email": OWNER, "id": 1}),
        ("honeybadger_user", {}),
        ("honeybadger_user", {"id": "one"}),
        ("honeybadger_invitation", {"email": OWNER, "id": 1}),
        ("honeybadger_invitation", {}),
        ("honeybadger_invitation_info", {"status": "gone"}),
        ("honeybadger_user_info", {"id": "one"}),
        ("honeycomb_api_key", {"state": "disabled"}),
        ("honeycomb_api_key", {"id": "a", "state": "present"}),
        ("honeycomb_api_key_info", {"type": "management"}),
        ("honeycomb_api_key_info", {"creator": "nobody"}),
        ("honeybadger_team_member", {"email": OWNER}),
        ("honeybadger_team_member", {"team_id": 3}),
        ("honeybadger_team_member", {"team_id": "three", "email": OWNER}),
        ("honeybadger_team_member", {"team_id": 3, "email": OWNER, "admin": "perhaps"}),
        ("honeybadger_team_info", {"team_id": "three"}),
    ],
)
def test_bad_options(ask: Ask, sim: Simulator, module: str, options: dict[str, Any]) -> None:
    ask(module, **options, fails="validation")
    assert sim.log == []


# Keys that work nowhere, or elsewhere


def test_keys_of_the_wrong_kind(ask: Ask, sim: Simulator) -> None:
    for key, word in ((sim.ingest_key, "ingest"), (sim.management_key, "management")):
        for module in ("honeycomb_member", "honeycomb_members", "honeycomb_member_info"):
            sim.log.clear()
            failed = ask(module, **options_of(module), api_key=key, fails="wrong_key_type")
            assert f"{word} key" in failed["msg"]
            assert "configuration key" in failed["msg"]
            assert (failed["changed"], verbs(sim)) == (False, ["GET"])


def test_a_key_without_a_telling_prefix_is_asked_about(ask: Ask, sim: Simulator) -> None:
    sim.configure(ingest_key="canaryPlainIngestKey")
    failed = ask("honeycomb_member", email=OWNER, api_key="canaryPlainIngestKey", fails="wrong_key_type")
    assert "ingest" in failed["msg"]
    assert [entry.path for entry in sim.log] == ["/1/team_memberships", "/1/auth"]
    ask("honeycomb_member", email=OWNER, api_key="canaryNoKeyAtAll", fails="invalid_key")


def test_a_valid_key_without_the_right(ask: Ask, sim: Simulator) -> None:
    from tests.simulator import Fault

    sim.fail(Fault("status", path="team_memberships", status=401, times=0))
    failed = ask("honeycomb_member", email=OWNER, fails="forbidden")
    assert "permission" in failed["msg"]
    sim.faults.clear()
    sim.fail(Fault("status", path="team_memberships", status=403, times=0))
    failed = ask("honeycomb_member", email=OWNER, fails="forbidden")
    assert "permission" in failed["msg"]


def test_a_wrong_token(ask: Ask, sim: Simulator) -> None:
    for module in ("honeybadger_user", "honeybadger_users", "honeybadger_invitation", "honeybadger_account_info"):
        failed = ask(module, **options_of(module), auth_token="canaryWrong", fails="forbidden")
        assert "auth_token" in failed["msg"]
        assert "EU" in failed["msg"]


def test_no_such_endpoint(ask: Ask, sim: Simulator) -> None:
    """A 404 on the collection never means that somebody is absent."""
    sim.reset(endpoint_missing=True)
    for options in ({}, {"state": "absent"}):
        failed = ask("honeycomb_member", email=OWNER, **options, fails="endpoint_unavailable")
        assert "team memberships" in failed["msg"]
        assert failed["changed"] is False
    ask("honeycomb_members", members=[{"email": OWNER}], fails="endpoint_unavailable")
    ask("honeycomb_member_info", fails="endpoint_unavailable")


KEYS = {
    "honeycomb_member": {"follow_up", "status", "action", "member", "known_invitations", "leaver_keys"},
    "honeybadger_user": {"follow_up", "status", "action", "user", "invitation"},
    "honeybadger_invitation": {"follow_up", "status", "action", "invitation"},
    "honeybadger_team_member": {"follow_up", "status", "action", "member", "invitation"},
    "honeycomb_members": {
        "follow_up",
        "plan",
        "plan_id",
        "results",
        "summary",
        "members",
        "known_invitations",
        "leaver_keys",
    },
    "honeybadger_users": {"follow_up", "plan", "plan_id", "results", "summary", "users", "invitations"},
    "honeycomb_api_key": {"key", "action"},
}


@pytest.mark.parametrize("module", ALL)
@pytest.mark.parametrize("wrong", [{"api_url": "http://a.example"}, {"max_wait": -1}, {"no_such": 1}])
def test_a_failure_before_any_request_has_all_keys(
    ask: Ask, sim: Simulator, module: str, wrong: dict[str, Any]
) -> None:
    code = "insecure_url" if "api_url" in wrong else "validation"
    failed = ask(module, **options_of(module), **wrong, fails=code)
    assert failed.keys() >= {*KEYS.get(module, ()), "changed", "api", "error"}
    assert (failed["changed"], failed["api"]) == (False, {"requests": 0, "waited": 0.0})
    assert failed["error"]["hint"]
    assert sim.log == []


@pytest.mark.parametrize("module", ["honeycomb_member", "honeycomb_members"])
def test_a_failure_before_any_request_forgets_nobody(ask: Ask, sim: Simulator, module: str) -> None:
    known = {"eve@example.com": {"id": "a1", "role": "member", "invited_at": "2020-01-01T00:00:00Z"}}
    options = {**options_of(module), "known_invitations": known}
    assert ask(module, **options, api_key="key\n", fails="invalid_key")["known_invitations"] == known


# The environment


def test_the_environment_fills_in(ask: Ask, sim: Simulator, monkeypatch: pytest.MonkeyPatch, side: Side) -> None:
    from tests.modules import run_module

    kept = credentials(sim)
    for name, value in kept.items():
        monkeypatch.setenv(name, value)
    assert run_module(side.one, email=OWNER)["status"] == "active"
    accounts = run_module("honeybadger_account_info")["accounts"]
    assert len(accounts) == 2  # HONEYBADGER_ACCOUNT_ID does not narrow the list of accounts
    for name in kept:
        if "ENDPOINT" not in name:
            monkeypatch.setenv(name, "")
    failed = run_module(side.one, email=OWNER)
    assert (failed["failed"], failed["error"]["code"]) == (True, "validation")
    assert "missing required arguments" in failed["msg"]


def test_options_come_before_the_environment(ask: Ask, sim: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HONEYCOMB_API_KEY", "canaryOther")
    monkeypatch.setenv("HONEYCOMB_API_ENDPOINT", "https://nowhere.invalid")
    assert ask("honeycomb_member_info")["members"]
