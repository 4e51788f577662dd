# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Honeycomb's API keys by a management key: what is asked, what is believed, and what is never touched."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.modules import run_module, run_on
from tests.simulator import Fault, Simulator

from .support import OWNER, Ask, Result, told, warnings_of

CONTRACT = True
ADA = "ada@example.com"
AUTH = "/2/auth"
USERS = "/2/teams/example-team/users"
KEYS = "/2/teams/example-team/api-keys"
LIST = f"{KEYS}?page%5Bsize%5D=100"
INFO, ONE = "honeycomb_api_key_info", "honeycomb_api_key"
STATES = {"enabled": "enable_key", "disabled": "disable_key", "absent": "delete_key"}


@pytest.fixture
def key(sim: Simulator) -> Any:
    """A key that Ada made."""
    sim.honeycomb.add(ADA)
    return sim.honeycomb.keys.add(ADA, "ingest", "Collector", created_at="2024-02-01T10:00:00Z")


def requests_of(sim: Simulator) -> list[tuple[str, str]]:
    assert {(entry.credentials, entry.service) for entry in sim.log} <= {(("bearer",), "honeycomb")}
    return [(entry.method, entry.path) for entry in sim.log]


def names(result: Result) -> list[str]:
    return [item["name"] for item in result["api_keys"]]


# Looking


def test_keys_and_their_makers(ask: Ask, sim: Simulator, key: Any) -> None:
    found = ask(INFO)
    assert requests_of(sim) == [("GET", AUTH), ("GET", USERS), ("GET", LIST)]
    assert (found["changed"], names(found)) == (False, ["Access", "Events", "Collector"])
    assert found["api_keys"][2] == {
        "id": key.id,
        "name": "Collector",
        "type": "ingest",
        "disabled": False,
        "environment": "hcxen_01production",
        "created_at": "2024-02-01T10:00:00Z",
        "creator": {"id": _maker(sim, key)["id"], "email": ADA},
    }


def _maker(sim: Simulator, key: Any) -> dict[str, str]:
    creator: dict[str, str] = json.loads(sim.honeycomb.keys.text(key))["relationships"]["creator"]["data"]
    return creator


@pytest.mark.parametrize("links", ["relative", "absolute", "strange"])
def test_every_page_is_read(ask: Ask, sim: Simulator, links: str) -> None:
    sim.configure(v2_page_size=2, v2_links=links)
    for number in range(5):
        sim.honeycomb.keys.add(OWNER, name=f"Key {number}")
        sim.honeycomb.add(f"user{number}@example.com")
    sim.honeycomb.keys.add("user4@example.com", name="Last")
    found = ask(INFO)
    assert names(found) == ["Access", "Events", *(f"Key {number}" for number in range(5)), "Last"]
    assert found["api_keys"][-1]["creator"]["email"] == "user4@example.com"
    assert len([path for _method, path in requests_of(sim) if path.startswith(KEYS)]) == 4
    assert len([path for _method, path in requests_of(sim) if path.startswith(USERS)]) == 3


def test_keys_of_a_type(ask: Ask, sim: Simulator, key: Any) -> None:
    assert names(ask(INFO, type="configuration")) == ["Access"]
    assert sim.log[-1].path == f"{LIST}&filter%5Btype%5D=configuration"
    assert names(ask(INFO, type="ingest", creator=" ADA@example.com")) == ["Collector"]
    assert names(ask(INFO, creator=OWNER)) == ["Access", "Events"]


@pytest.mark.parametrize("kept", [True, False])
def test_a_maker_who_has_left(ask: Ask, sim: Simulator, key: Any, kept: bool) -> None:
    sim.configure(creator_kept=kept)
    maker = _maker(sim, key)["id"]
    sim.honeycomb.remove(ADA)
    creator = ask(INFO)["api_keys"][2]["creator"]
    assert creator == ({"id": maker, "email": None} if kept else None)
    found = ask(INFO, creator=ADA)
    assert found["api_keys"] == []
    assert "is not known which keys they created" in warnings_of(found)[0]


def test_without_the_scope_for_users(ask: Ask, sim: Simulator, key: Any) -> None:
    sim.configure(management_scopes="api-keys:read")
    found = ask(INFO)
    assert found["api_keys"][2]["creator"] == {"id": _maker(sim, key)["id"], "email": None}
    assert "users:read" in warnings_of(found)[0]
    assert found["users_read"] is False
    failed = ask(INFO, creator=ADA, fails="forbidden")
    assert "users:read" in failed["msg"]


def test_a_list_that_is_cut_on_its_second_page(ask: Ask, sim: Simulator, key: Any) -> None:
    sim.configure(v2_page_size=1)
    second = Fault("cut_body", path=r"api-keys.*after", times=0)
    sim.fail(second)
    failed = ask(INFO, fails="connection")
    assert "api_keys" not in failed
    second.times = 1
    second.seen = 0
    assert names(ask(INFO)) == ["Access", "Events", "Collector"]


@pytest.mark.parametrize("body", [[], {"data": {}}, {"data": [{"id": 1}]}, {"data": [{"id": "a"}]}, {"links": {}}])
def test_a_list_of_another_shape(ask: Ask, sim: Simulator, body: Any) -> None:
    sim.fail(Fault("status", path="api-keys", status=200, body=body))
    ask(INFO, fails="bad_response")


@pytest.mark.parametrize(
    "spoiled",
    [
        {"attributes": {"disabled": "no"}},
        {"attributes": {"name": 7}},
        {"attributes": {}, "relationships": [7]},
        {"attributes": {}, "relationships": {"creator": {"data": {"id": 7}}}},
    ],
)
def test_a_key_of_another_shape(ask: Ask, sim: Simulator, spoiled: dict[str, Any]) -> None:
    sim.fail(Fault("status", path="api-keys", status=200, body={"data": [{"id": "a", **spoiled}]}))
    ask(INFO, fails="bad_response")


@pytest.mark.parametrize("body", [{}, {"data": {"id": "x", "attributes": {}}}, {"data": None, "included": []}, []])
def test_a_key_check_of_another_shape(ask: Ask, sim: Simulator, body: Any) -> None:
    sim.fail(Fault("status", path=AUTH, status=200, body=body))
    ask(INFO, fails="bad_response")


# Changing


def options(state: str, key: Any) -> dict[str, Any]:
    return {"id": key.id, "state": state}


@pytest.mark.parametrize("state", STATES)
def test_a_change_its_plan_and_its_repetition(ask: Ask, sim: Simulator, key: Any, state: str) -> None:
    if state == "enabled":
        sim.honeycomb.keys.disable(key.id)
    before = sim.honeycomb.keys.dump()
    planned = ask(ONE, **options(state, key), check=True, diff=True)
    assert requests_of(sim) == [("GET", AUTH), ("GET", LIST)]
    assert (planned["changed"], planned["action"]) == (True, STATES[state])
    assert sim.honeycomb.keys.dump() == before
    sim.log.clear()
    done = ask(ONE, **options(state, key), diff=True)
    write = ("DELETE" if state == "absent" else "PATCH", f"{KEYS}/{key.id}")
    assert requests_of(sim) == [("GET", AUTH), ("GET", LIST), write]
    assert (told(planned), planned["key"]) == (told(done), done["key"])
    old, new = ("disabled", "enabled") if state == "enabled" else ("enabled", state)
    line = f"{key.id} (Collector): "
    assert done["diff"] == {"before": f"{line}{old}\n", "after": f"{line}{new}\n"}
    assert (done["key"] is None) is (state == "absent")
    sim.log.clear()
    again = ask(ONE, **options(state, key), diff=True)
    assert requests_of(sim) == [("GET", AUTH), ("GET", LIST)]
    assert (again["changed"], again["action"], again["key"]) == (False, "none", done["key"])
    assert again["diff"] == {"before": "", "after": ""}


def test_what_is_sent(ask: Ask, sim: Simulator, key: Any) -> None:
    ask(ONE, **options("disabled", key))
    ask(ONE, **options("enabled", key))
    bodies = [entry.body for entry in sim.writes()]
    assert bodies == [
        {"data": {"id": key.id, "type": "api-keys", "attributes": {"disabled": off}}} for off in (True, False)
    ]
    assert len(sim.honeycomb.keys) == 3


def test_a_key_that_is_not_there(ask: Ask, sim: Simulator) -> None:
    for state in ("enabled", "disabled"):
        failed = ask(ONE, id="hcxik_nowhere", state=state, fails="not_found")
        assert "honeycomb_api_key_info" in failed["msg"]
    gone = ask(ONE, id="hcxik_nowhere", state="absent")
    assert (gone["changed"], gone["key"]) == (False, None)
    hidden = ask(ONE, id="hcxmk_another", state="absent", fails="not_found")  # no list shows whether it is
    assert "management keys" in hidden["msg"]
    assert sim.writes() == []


def test_blanks_around_an_id_are_none_of_it(ask: Ask, sim: Simulator, key: Any) -> None:
    assert ask(ONE, id=f" {key.id} ", state="absent")["changed"]
    assert key.id not in {one.id for one in sim.honeycomb.keys}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("check", [False, True])
def test_the_key_in_use_is_left_alone(ask: Ask, sim: Simulator, state: str, check: bool) -> None:
    failed = ask(ONE, id=sim.management_key_id, state=state, check=check, fails="guard_refused")
    assert (failed["changed"], failed["key"], sim.writes()) == (False, None, [])


@pytest.mark.parametrize("identity", ["../users", "..", "", "a/../b", "x\n"])
def test_a_strange_id(ask: Ask, sim: Simulator, identity: str) -> None:
    ask(ONE, id=identity, state="disabled", fails="validation")
    assert sim.log == []


def test_only_the_management_key_is_sent(ask: Ask, sim: Simulator, monkeypatch: pytest.MonkeyPatch, key: Any) -> None:
    monkeypatch.setenv("HONEYCOMB_API_KEY", sim.configuration_key)
    ask(ONE, **options("disabled", key), api_key=sim.configuration_key)
    ask(INFO, api_key=sim.configuration_key)
    assert {entry.credentials for entry in sim.log} == {("bearer",)}


def test_the_environment_fills_in(sim: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = run_module(INFO, api_url=sim.honeycomb_url)
    assert (missing["rc"], missing["error"]["code"]) == (1, "validation")
    assert "management_key_id, management_key_secret" in missing["msg"]
    monkeypatch.setenv("HONEYCOMB_KEY_ID", sim.management_key_id)
    monkeypatch.setenv("HONEYCOMB_KEY_SECRET", sim.management_key_secret)
    monkeypatch.setenv("HONEYCOMB_API_ENDPOINT", sim.honeycomb_url)
    assert len(run_module(INFO)["api_keys"]) == 2


# Refusals


@pytest.mark.parametrize("state", ["disabled", "absent"])
def test_without_the_scope_to_write(ask: Ask, sim: Simulator, key: Any, state: str) -> None:
    sim.configure(management_scopes="api-keys:read,users:read")
    failed = ask(ONE, **options(state, key), fails="forbidden")
    assert "lacks the scope api-keys:write" in failed["msg"]
    assert (failed["changed"], failed["key"]["disabled"], failed["error"]["status"]) == (False, False, 403)
    assert len(sim.writes()) == 1


def test_without_the_scope_to_read(ask: Ask, sim: Simulator, key: Any) -> None:
    sim.configure(management_scopes="users:read")
    for module, more in ((INFO, {}), (ONE, options("disabled", key))):
        assert "lacks the scope api-keys:read" in ask(module, **more, fails="forbidden")["msg"]
    assert sim.writes() == []


def test_a_scope_that_is_lost_half_way(ask: Ask, sim: Simulator, key: Any) -> None:
    sim.fail(
        Fault("action_before", method="PATCH", action=lambda: sim.configure(management_scopes="api-keys:read")),
    )
    failed = ask(ONE, **options("disabled", key), fails="forbidden")
    assert (failed["changed"], failed["key"]["disabled"]) == (False, False)
    assert "api-keys:write" in failed["msg"]


def test_a_refusal_that_is_not_about_the_scope(ask: Ask, sim: Simulator) -> None:
    sim.configure(key_delete="ingest")
    key = sim.honeycomb.keys.add(OWNER, "configuration", "Deploy")
    failed = ask(ONE, **options("absent", key), fails="forbidden")
    assert "Only ingest keys can be deleted" in failed["msg"]
    assert "has the scope api-keys:write" in failed["msg"]
    assert sim.honeycomb.keys.find("Deploy")


@pytest.mark.parametrize(
    ("identity", "code", "word"),
    [
        ("hcxmk_other", "invalid_key", "management_key_secret"),
        ("hcaik_01", "wrong_key_type", "an ingest key"),
        ("hcxlk_01", "wrong_key_type", "a configuration key"),
    ],
)
def test_a_credential_that_is_none(ask: Ask, sim: Simulator, identity: str, code: str, word: str) -> None:
    failed = ask(INFO, management_key_id=identity, fails=code)
    assert word in failed["msg"]
    assert requests_of(sim) == [("GET", AUTH)]


@pytest.mark.parametrize("option", ["management_key_id", "management_key_secret"])
@pytest.mark.parametrize("value", ["canaryWord\n", " canaryWord", "", "canaryWörd"])
def test_a_credential_that_is_refused(ask: Ask, sim: Simulator, option: str, value: str) -> None:
    failed = ask(INFO, **{option: value}, fails="invalid_key")
    assert option in failed["msg"]
    assert "canaryW" not in failed["msg"]
    assert sim.log == []


def test_a_honeycomb_without_the_second_api(ask: Ask, sim: Simulator) -> None:
    sim.configure(management_missing=True)
    failed = ask(INFO, fails="endpoint_unavailable")
    assert "api_url" in failed["msg"]


# Faults


def test_a_limit_with_a_date_is_waited_for(ask: Ask, sim: Simulator, key: Any) -> None:
    sim.fail(Fault("status", path="api-keys", status=429, retry_after=1, retry_after_form="date", date_skew=7200))
    found = ask(INFO)
    assert (len(found["api_keys"]), found["api"]["requests"]) == (3, 4)
    assert 0 < found["api"]["waited"] < 3
    sim.fail(Fault("status", path="api-keys", status=429, retry_after=900, retry_after_form="date", times=0))
    failed = ask(INFO, fails="rate_limited")
    assert "max_wait" in failed["msg"]
    assert failed["api"]["requests"] == 3


@pytest.mark.parametrize("state", ["disabled", "absent"])
@pytest.mark.parametrize("kind", ["reset_before", "reset_after", "cut_body", "status", "status_after", "empty_body"])
def test_one_fault_is_got_over(ask: Ask, sim: Simulator, key: Any, state: str, kind: str) -> None:
    method = "DELETE" if state == "absent" else "PATCH"
    sim.fail(Fault(kind, method=method, status=503 if kind.startswith("status") else 0))
    done = ask(ONE, **options(state, key))
    assert (done["changed"], done["action"]) == (True, STATES[state])
    left = {item["id"]: item["disabled"] for item in sim.honeycomb.keys.dump()}
    assert left.get(key.id) is (None if state == "absent" else True)
    assert (done["key"] or {}).get("disabled") is (None if state == "absent" else True)


@pytest.mark.parametrize("state", ["disabled", "absent"])
@pytest.mark.parametrize(("kind", "takes"), [("status_after", True), ("status", False)])
def test_an_answer_that_tells_nothing(ask: Ask, sim: Simulator, key: Any, state: str, kind: str, takes: bool) -> None:
    """The list decides: what took effect is done, what did not is a failure."""
    sim.fail(Fault(kind, method="DELETE" if state == "absent" else "PATCH", status=500, times=0))
    result = ask(ONE, **options(state, key), fails="" if takes else "server_error")
    assert result["changed"] is takes
    assert result["api"]["requests"] == 4
    assert (result["key"] or {}).get("disabled") is ((None if state == "absent" else True) if takes else False)


def test_nothing_is_believed_without_a_list(ask: Ask, sim: Simulator, key: Any) -> None:
    sim.fail(
        Fault("status_after", method="PATCH", status=500, times=0),
        Fault("status", path="page", status=403, after=1, times=0),
    )
    failed = ask(ONE, **options("disabled", key), fails="server_error")
    assert "not known whether this took effect" in failed["msg"]


def test_somebody_else_was_faster(ask: Ask, sim: Simulator, key: Any) -> None:
    sim.fail(Fault("action_before", method="DELETE", action=lambda: sim.honeycomb.keys.delete(key.id)))
    gone = ask(ONE, **options("absent", key))
    assert (gone["changed"], gone["key"]) == (False, None)
    other = sim.honeycomb.keys.add(ADA, name="Other")
    sim.fail(Fault("action_before", method="PATCH", action=lambda: sim.honeycomb.keys.delete(other.id)))
    ask(ONE, **options("disabled", other), fails="not_found")


def test_a_key_that_stays_as_it_was(ask: Ask, sim: Simulator, key: Any) -> None:
    document = {"data": json.loads(sim.honeycomb.keys.text(key))}
    sim.fail(Fault("status", method="PATCH", status=200, body=document, times=0))
    failed = ask(ONE, **options("disabled", key), fails="conflict")
    assert "is still enabled" in failed["msg"]


def test_the_secret_is_in_no_message(sim: Simulator, brisk: None, key: Any) -> None:
    pair = sim.world.management_pair()
    forms = (sim.management_key_secret, base64.b64encode(pair.encode()).decode(), f"Bearer {pair}")
    for module, more in ((INFO, {}), (ONE, options("disabled", key))):
        sim.faults.clear()
        sim.fail(Fault("echo_key", times=0))
        failed = run_on(sim, module, **more)
        assert "***" in failed["msg"]
        assert not [form for form in forms if form in json.dumps(failed)]
