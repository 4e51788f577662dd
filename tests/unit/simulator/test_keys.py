# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Honeycomb's second API, by a management key: what its contract says, whichever way an open point is set."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import requests

from tests.simulator import Fault, Simulator

from .conftest import Call

TEAM = "/2/teams/example-team"
KEYS = f"{TEAM}/api-keys"
ADA = "ada@example.com"
MEDIA_TYPE = "application/vnd.api+json"
Manage = Callable[..., requests.Response]


@pytest.fixture
def manage(sim: Simulator, session: requests.Session) -> Manage:
    """`manage("GET", "/2/auth")`, with the management key unless another credential is given."""

    def call(method: str, path: str, pair: str = "", body: Any = None, media: str = MEDIA_TYPE) -> requests.Response:
        sent = None if body is None else json.dumps(body)
        headers = {"Authorization": f"Bearer {pair or sim.world.management_pair()}", "Content-Type": media}
        return session.request(
            method, sim.honeycomb_url + path, headers=headers, timeout=5, data=sent, allow_redirects=False
        )

    return call


def error(answer: requests.Response) -> dict[str, Any]:
    assert answer.headers["Content-Type"] == MEDIA_TYPE
    (found,) = answer.json()["errors"]
    assert found["status"] == str(answer.status_code)
    return dict(found)


def patch(identity: str, **attributes: Any) -> dict[str, Any]:
    return {"data": {"id": identity, "type": "api-keys", "attributes": attributes}}


def test_the_management_key_tells_of_itself(sim: Simulator, manage: Manage) -> None:
    answer = manage("GET", "/2/auth")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, MEDIA_TYPE)
    data = answer.json()["data"]
    assert data["id"] == sim.management_key_id
    assert data["attributes"]["scopes"] == ["api-keys:read", "api-keys:write", "users:read"]
    (team,) = answer.json()["included"]
    assert (team["id"], team["attributes"]["slug"]) == (data["relationships"]["team"]["data"]["id"], "example-team")
    assert (sim.log[0].credentials, sim.log[0].stray) == (("bearer",), False)


def test_both_apis_name_the_team_and_the_key(sim: Simulator, honeycomb: Call, manage: Manage) -> None:
    sim.configure(team_slug="other-team")
    auth = honeycomb("GET", "/1/auth").json()
    assert auth["team"]["slug"] == "other-team"
    listed = [key["id"] for key in manage("GET", "/2/teams/other-team/api-keys").json()["data"]]
    assert auth["id"] not in listed
    assert honeycomb("GET", "/1/auth", sim.ingest_key).json()["id"] in listed
    sim.configure(auth_id="listed", auth_team=False)
    auth = honeycomb("GET", "/1/auth").json()
    assert (auth["id"] in listed, auth["team"]["slug"]) == (True, "")
    sim.configure(auth_id="missing")
    assert "id" not in honeycomb("GET", "/1/auth").json()
    assert manage("GET", KEYS).status_code == 404


def test_users_and_their_roles(sim: Simulator, manage: Manage) -> None:
    sim.honeycomb.add(ADA)
    sim.honeycomb.add("bob@example.com")
    sim.honeycomb.set_role("bob@example.com", "Read-Only")
    sim.honeycomb.invite("pending@example.com")
    users = manage("GET", f"{TEAM}/users").json()["data"]
    assert [(user["attributes"]["email"], user["attributes"]["role"]) for user in users] == [
        ("owner@example.com", "Owner"),
        (ADA, "Member"),
        ("bob@example.com", "Read-Only"),
    ]
    assert all(user["id"].startswith("hcxus_") for user in users)
    sim.honeycomb.set_role("bob@example.com", "admin")
    assert manage("GET", f"{TEAM}/users").json()["data"][2]["attributes"]["role"] == "Owner"


@pytest.mark.parametrize("links", ["relative", "absolute", "strange"])
@pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
def test_pages_by_cursor(sim: Simulator, manage: Manage, links: str, size: int) -> None:
    sim.configure(v2_links=links)
    for number in range(4):
        sim.honeycomb.keys.add(ADA, "ingest", f"Key {number}")
    sim.honeycomb.keys.add(ADA, "configuration", "Another")
    path = f"{KEYS}?page%5Bsize%5D={size}&filter%5Btype%5D=ingest"
    found: list[str] = []
    while path:
        answer = manage("GET", path.removeprefix("http://localhost:3000").removeprefix(sim.honeycomb_url)).json()
        assert len(answer["data"]) <= size
        found += [key["attributes"]["name"] for key in answer["data"]]
        path = answer["links"]["next"] or ""
        assert not path or path.startswith({"relative": "/2/", "strange": "http://localhost:3000/"}.get(links, "http"))
    assert found == ["Events", "Key 0", "Key 1", "Key 2", "Key 3"]
    assert sim.violations == []


def test_a_page_is_no_longer_than_allowed(sim: Simulator, manage: Manage) -> None:
    sim.configure(v2_page_size=1)
    assert len(manage("GET", KEYS).json()["data"]) == 1
    assert len(manage("GET", f"{TEAM}/users?page%5Bsize%5D=100").json()["data"]) == 1
    for wrong in ("page%5Bsize%5D=101", "page%5Bsize%5D=0", "filter%5Btype%5D=management"):
        assert error(manage("GET", f"{KEYS}?{wrong}"))["status"] == "422"
    assert error(manage("GET", f"{KEYS}?page%5Bafter%5D=nonsense"))["code"] == "invalid"
    sim.configure(v2_links="loop")
    assert manage("GET", KEYS).json()["links"]["next"] == KEYS


def test_a_key_deleted_meanwhile_hides_no_other(sim: Simulator, manage: Manage) -> None:
    for number in range(4):
        sim.honeycomb.keys.add(ADA, name=f"Key {number}")
    first = manage("GET", f"{KEYS}?page%5Bsize%5D=3").json()
    sim.honeycomb.keys.delete("Key 0")
    second = manage("GET", first["links"]["next"]).json()
    assert [key["attributes"]["name"] for key in second["data"]] == ["Key 1", "Key 2", "Key 3"]
    assert second["links"]["next"] is None


def test_a_key_from_making_to_deleting(sim: Simulator, manage: Manage) -> None:
    sim.honeycomb.add(ADA)
    key = sim.honeycomb.keys.add(ADA, "ingest", "Collector")
    own = f"{KEYS}/{key.id}"
    assert manage("GET", own).json()["data"] == manage("GET", KEYS).json()["data"][-1]
    assert error(manage("GET", f"{KEYS}/nonsense"))["code"] == "not-found"
    sim.log.clear()
    changed = manage("PATCH", own, body=patch(key.id, disabled=True))
    assert (changed.status_code, changed.json()["data"]["attributes"]["disabled"]) == (200, True)
    assert sim.honeycomb.keys.find("Collector").disabled
    assert manage("PATCH", own, body=patch(key.id, disabled=False)).json()["data"]["attributes"]["disabled"] is False
    removed = manage("DELETE", own)
    assert (removed.status_code, removed.content) == (204, b"")
    assert error(manage("DELETE", own))["code"] == "not-found"
    assert error(manage("PATCH", own, body=patch(key.id, disabled=True)))["code"] == "not-found"
    assert [entry.changed for entry in sim.log] == [True, True, True, False, False]
    assert sim.violations == []


def test_what_cannot_be_changed(sim: Simulator, manage: Manage) -> None:
    own = sim.honeycomb.keys.add(ADA).id
    path = f"{KEYS}/{own}"
    assert manage("PATCH", path, body=patch("other", disabled=True)).status_code == 422
    assert manage("PATCH", path, body=patch(own, enabled=False)).status_code == 422
    assert manage("PATCH", path, body=patch(own, disabled="yes")).status_code == 422
    assert manage("PATCH", path, body=patch(own)).status_code == 422
    assert manage("PATCH", path, body={"disabled": True}).status_code == 400
    assert manage("PATCH", path, body=patch(own, disabled=True), media="application/json").status_code == 415
    assert manage("PUT", path, body=patch(own, disabled=True)).status_code == 405
    assert not sim.honeycomb.keys.find(own).disabled
    sim.configure(key_delete="ingest")
    made = sim.honeycomb.keys.add(ADA, "configuration").id
    assert error(manage("DELETE", f"{KEYS}/{made}"))["detail"] == "Only ingest keys can be deleted."
    assert manage("DELETE", path).status_code == 204


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", f"{TEAM}/users", "users:read"),
        ("GET", KEYS, "api-keys:read"),
        ("PATCH", f"{KEYS}/hcaik_01canaryingestkeyid", "api-keys:write"),
        ("DELETE", f"{KEYS}/hcaik_01canaryingestkeyid", "api-keys:write"),
    ],
)
def test_each_call_needs_its_scope(sim: Simulator, manage: Manage, method: str, path: str, scope: str) -> None:
    """A scope to write has the one to read in it."""
    body = patch("hcaik_01canaryingestkeyid", disabled=True) if method == "PATCH" else None
    enough = {scope, scope.replace(":read", ":write")}
    sim.configure(management_scopes=",".join({"api-keys:read", "api-keys:write", "users:read"} - enough))
    refused = error(manage(method, path, body=body))
    assert (refused["status"], refused["code"]) == ("403", "forbidden")
    assert scope in refused["detail"]
    for scopes in enough:
        sim.configure(management_scopes=scopes)
        assert manage(method, path, body=body).status_code in (200, 204)
    assert manage("GET", "/2/auth").status_code == 200


def test_a_bad_credential(sim: Simulator, manage: Manage, honeycomb: Call, session: requests.Session) -> None:
    pair = sim.world.management_pair()
    coded = base64.b64encode(pair.encode()).decode()
    for wrong in ("nonsense", sim.management_key_secret, sim.configuration_key, f"{pair}x", coded):
        assert error(manage("GET", "/2/auth", wrong))["code"] == "unauthorized"
    assert honeycomb("GET", "/2/auth").status_code == 401
    assert honeycomb("GET", "/1/team_memberships", pair).status_code == 401
    assert manage("GET", "/2/nonsense").status_code == 404
    sim.configure(management_missing=True)
    assert manage("GET", "/2/auth").status_code == 404


def test_memberships_may_be_missing_while_the_second_api_works(sim: Simulator, manage: Manage, honeycomb: Call) -> None:
    sim.configure(endpoint_missing=True)
    assert honeycomb("GET", "/1/team_memberships").status_code == 404
    assert manage("GET", f"{TEAM}/users").status_code == 200


@pytest.mark.parametrize("kept", [True, False])
def test_who_made_a_key_after_they_left(sim: Simulator, manage: Manage, kept: bool) -> None:
    sim.configure(creator_kept=kept)
    member = sim.honeycomb.add(ADA)
    key = sim.honeycomb.keys.add(ADA)
    maker = _creator(manage, key.id)
    assert maker["data"]["id"] == manage("GET", f"{TEAM}/users").json()["data"][1]["id"]
    sim.honeycomb.remove(member.id)
    assert _creator(manage, key.id) == (maker if kept else None)
    assert len(manage("GET", f"{TEAM}/users").json()["data"]) == 1


def test_the_ids_of_makers_may_be_others(sim: Simulator, manage: Manage) -> None:
    sim.configure(creator_ids="other")
    key = sim.honeycomb.keys.add("owner@example.com")
    assert _creator(manage, key.id)["data"]["id"] != manage("GET", f"{TEAM}/users").json()["data"][0]["id"]
    assert _creator(manage, sim.honeycomb.keys.add().id) is None


def _creator(manage: Manage, key_id: str) -> Any:
    keys = manage("GET", KEYS).json()["data"]
    return next(key["relationships"]["creator"] for key in keys if key["id"] == key_id)


def test_a_key_that_is_off_does_not_work(sim: Simulator, manage: Manage, honeycomb: Call) -> None:
    sim.configure(auth_id="listed")
    own = honeycomb("GET", "/1/auth").json()["id"]
    manage("PATCH", f"{KEYS}/{own}", body=patch(own, disabled=True))
    assert honeycomb("GET", "/1/team_memberships").status_code == 401
    sim.honeycomb.keys.enable(own)
    assert honeycomb("GET", "/1/team_memberships").status_code == 200
    manage("DELETE", f"{KEYS}/{own}")
    assert honeycomb("GET", "/1/auth").status_code == 401


@pytest.mark.parametrize("form", ["date", "seconds", "none"])
def test_each_operation_has_a_limit_of_its_own(sim: Simulator, manage: Manage, form: str) -> None:
    sim.configure(rate_limit=1, retry_after=form)
    assert manage("GET", KEYS).headers["RateLimit"] == "limit=1, remaining=0, reset=60"
    assert manage("GET", "/2/auth").status_code == 200
    limited = manage("GET", KEYS)
    assert error(limited)["status"] == "429"
    told = limited.headers.get("Retry-After")
    if form == "date":
        assert told is not None
        waits = parsedate_to_datetime(told) - parsedate_to_datetime(limited.headers["Date"])
        assert 58 <= waits.total_seconds() <= 61
    else:
        assert (told or "").isdecimal() is (form == "seconds")
    sim.advance(61)
    assert manage("GET", KEYS).status_code == 200


def test_failure_orders_speak_the_second_api_s_language(sim: Simulator, manage: Manage) -> None:
    sim.fail(Fault("status", path="/2/auth", status=503), Fault("echo_key", path="api-keys"))
    (told,) = manage("GET", "/2/auth").json()["errors"]
    assert (told["status"], told["detail"]) == ("503", "ordered failure 503")
    echoed = manage("GET", KEYS).text
    assert sim.management_key_secret in echoed
    assert base64.b64encode(sim.world.management_pair().encode()).decode() in echoed
    manage("GET", f"{KEYS}?leak={sim.management_key_secret}&pair={sim.world.management_pair()}")
    assert not any(secret in str(sim.log) for secret in sim.secrets)


def test_keys_from_outside(sim: Simulator, control: Call) -> None:
    who = {"service": "honeycomb", "email": ADA}
    made = control("POST", "add_key", {**who, "kind": "configuration", "name": "Deploy"}).json()
    assert (made["email"], made["kind"]) == (ADA, "configuration")
    assert control("POST", "disable_key", {**who, "key": "Deploy"}).json()["disabled"] is True
    assert control("POST", "act", {**who, "do": "enable_key", "key": made["id"]}).json()["disabled"] is False
    shown = control("GET", "state").json()
    assert [key["name"] for key in shown["honeycomb"]["keys"]] == ["Access", "Events", "Deploy"]
    assert control("POST", "delete_key", {**who, "key": "Deploy"}).status_code == 200
    assert control("POST", "delete_key", {**who, "key": "Deploy"}).status_code == 404
    assert control("POST", "add_key", {**who, "kind": "management"}).status_code == 422
    assert control("PUT", "state", shown).status_code == 204
    assert control("GET", "state").json() == shown
    assert control("PUT", "state", {"honeycomb": {"keys": [{}]}}).status_code == 204
    assert (len(sim.honeycomb.keys), len(sim.honeycomb.members)) == (1, 1)
    assert control("GET", "credentials").json()["management_key_secret"] == sim.management_key_secret
    assert "management_key_secret" not in control("GET", "settings").json()
