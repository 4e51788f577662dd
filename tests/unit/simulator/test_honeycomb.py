# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Honeycomb behaves as its contract says, whichever way an open point is set."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import pytest

from tests.simulator import Simulator

from .conftest import Call

PATH = "/1/team_memberships"
NEW = {"email": "ada@example.com", "role": "member"}


def emails(honeycomb: Call) -> list[str]:
    return [member["email"] for member in honeycomb("GET", PATH).json()]


def test_a_membership_from_invitation_to_removal(sim: Simulator, honeycomb: Call) -> None:
    invited = honeycomb("POST", PATH, json=NEW)
    assert invited.status_code == 201
    assert set(invited.json()) == {"id", "email", "role", "created_at"}
    own = f"{PATH}/{invited.json()['id']}"
    changed = honeycomb("PUT", own, json={"role": "admin"})
    assert (changed.status_code, changed.json()["role"]) == (200, "admin")
    sim.honeycomb.accept("ADA@example.com")
    listed = honeycomb("GET", PATH).json()
    assert [(member["email"], member["name"], member["role"]) for member in listed] == [
        ("owner@example.com", "Owner", "admin"),
        ("ada@example.com", "Ada", "admin"),
    ]
    removed = honeycomb("DELETE", own)
    assert (removed.status_code, removed.content) == (204, b"")
    assert honeycomb("DELETE", own).status_code == 404
    assert honeycomb("PUT", own, json={"role": "admin"}).status_code == 404
    assert emails(honeycomb) == ["owner@example.com"]
    assert [mail.invitation_id for mail in sim.emails_to("ada@example.com")] == [invited.json()["id"]]
    assert sim.violations == []


@pytest.mark.parametrize("listed", [True, False])
def test_pending_people_are_listed_or_not(sim: Simulator, honeycomb: Call, listed: bool) -> None:
    honeycomb("POST", PATH, json=NEW)
    sim.configure(pending_listed=listed)
    assert ("ada@example.com" in emails(honeycomb)) is listed
    sim.honeycomb.accept("ada@example.com")
    assert "ada@example.com" in emails(honeycomb)


@pytest.mark.parametrize(("mode", "same"), [("same", True), ("new", False)])
def test_the_id_after_acceptance(sim: Simulator, honeycomb: Call, mode: str, same: bool) -> None:
    sim.configure(accepted_id=mode)
    invitation = honeycomb("POST", PATH, json=NEW).json()["id"]
    accepted = sim.honeycomb.accept(invitation, accepting="ada@home.example", name="Ada L.")
    assert (accepted.id == invitation) is same
    assert (accepted.email, accepted.name, accepted.accepted) == ("ada@home.example", "Ada L.", True)
    assert honeycomb("DELETE", f"{PATH}/{invitation}").status_code == (204 if same else 404)


@pytest.mark.parametrize(("mode", "status", "mails"), [("409", 409, 1), ("422", 422, 1), ("email", 201, 2)])
def test_inviting_twice(sim: Simulator, honeycomb: Call, mode: str, status: int, mails: int) -> None:
    sim.configure(duplicate_invite=mode)
    honeycomb("POST", PATH, json=NEW)
    again = honeycomb("POST", PATH, json={**NEW, "email": "Ada@Example.com"})
    assert again.status_code == status
    assert len(sim.emails) == mails
    if mode == "422":
        assert again.json()["type_detail"][0]["code"] == "already_exists"
    assert len(emails(honeycomb)) == 2


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"role": "member"}, "email", "missing"),
        ({"email": 7, "role": "member"}, "email", "incorrect_type"),
        ({"email": "ada", "role": "member"}, "email", "invalid"),
        ({"email": "a@b.example"}, "role", "missing"),
        ({"email": "a@b.example", "role": "owner"}, "role", "invalid"),
        ({"email": "a@b.example", "role": ["admin"]}, "role", "incorrect_type"),
        ({"email": "a@b.example", "role": "admin", "name": 1}, "name", "incorrect_type"),
    ],
)
def test_input_that_does_not_pass(sim: Simulator, honeycomb: Call, body: Any, field: str, code: str) -> None:
    answer = honeycomb("POST", PATH, json=body)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert [(detail["field"], detail["code"]) for detail in answer.json()["type_detail"]] == [(field, code)]
    assert sim.violations  # the request's own
    assert sim.emails == []


def test_a_body_that_is_not_announced_as_json(honeycomb: Call) -> None:
    assert honeycomb("POST", PATH, data=b'{"email": "a@b.example", "role": "member"}').status_code == 400
    assert honeycomb("POST", PATH, json=["ada@example.com"]).status_code == 400


def test_only_the_role_can_be_changed(sim: Simulator, honeycomb: Call) -> None:
    member = sim.honeycomb.add("ada@example.com")
    body = {"role": "admin", "email": "eve@example.com"}
    assert honeycomb("PUT", f"{PATH}/{member.id}", json=body).status_code == 200
    assert (member.email, member.role) == ("ada@example.com", "admin")
    sim.configure(put_unknown="error")
    assert honeycomb("PUT", f"{PATH}/{member.id}", json=body).status_code == 422


def test_keys(sim: Simulator, honeycomb: Call) -> None:
    unknown = {"error": "unknown API key - check your credentials"}
    assert honeycomb("GET", "/1/auth").json()["type"] == "configuration"
    assert honeycomb("GET", "/1/auth", sim.ingest_key).json()["type"] == "ingest"
    for key in (sim.management_key, "nonsense"):
        assert honeycomb("GET", "/1/auth", key).status_code == 401
    for key in (sim.ingest_key, sim.management_key, "nonsense"):
        for method, path in (("GET", PATH), ("POST", PATH), ("PUT", f"{PATH}/x"), ("DELETE", f"{PATH}/x")):
            answer = honeycomb(method, path, key, json=NEW)
            assert (answer.status_code, answer.json()) == (401, unknown)
    assert [entry.credentials for entry in sim.log][:3] == [("configuration",), ("ingest",), ("management",)]


def test_an_endpoint_that_is_not_offered(sim: Simulator, honeycomb: Call) -> None:
    sim.configure(endpoint_missing=True)
    assert honeycomb("GET", PATH).status_code == 404
    assert honeycomb("GET", "/1/auth").status_code == 200


def test_paths_and_methods_that_do_not_exist(honeycomb: Call) -> None:
    assert honeycomb("GET", "/team_memberships").status_code == 404
    assert honeycomb("GET", "/2/team_memberships").status_code == 404
    assert honeycomb("PATCH", PATH).status_code == 405


@pytest.mark.parametrize("form", ["date", "seconds", "none"])
def test_the_rate_limit(sim: Simulator, honeycomb: Call, form: str) -> None:
    sim.configure(rate_limit=2, rate_window=60, retry_after=form)
    answers = [honeycomb("GET", PATH) for _unused in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[0].headers["RateLimit"] == "limit=2, remaining=1, reset=60"
    assert answers[0].headers["RateLimit-Policy"] == "2;w=60"
    limited = answers[2].headers
    assert limited["RateLimit"].startswith("limit=2, remaining=0, reset=")
    if form == "date":
        wait = parsedate_to_datetime(limited["Retry-After"]) - parsedate_to_datetime(limited["Date"])
        assert 59 <= wait.total_seconds() <= 61
    else:
        assert limited.get("Retry-After") in {"seconds": ("60", "59"), "none": (None,)}[form]
    sim.advance(61)
    assert honeycomb("GET", PATH).status_code == 200


def test_no_limit_no_headers(sim: Simulator, honeycomb: Call) -> None:
    assert "RateLimit" not in honeycomb("GET", PATH).headers
    sim.configure(rate_limit=1, limit_headers=False)
    answers = [honeycomb("GET", PATH) for _unused in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert all("RateLimit" not in answer.headers for answer in answers)


def test_ids_that_a_path_must_encode(sim: Simulator, honeycomb: Call) -> None:
    sim.configure(odd_ids=True)
    identity = honeycomb("POST", PATH, json=NEW).json()["id"]
    assert "/" in identity
    assert honeycomb("DELETE", f"{PATH}/{identity}").status_code == 404
    assert honeycomb("DELETE", f"{PATH}/{quote(identity, safe='')}").status_code == 204


def test_fields_that_no_document_mentions(sim: Simulator, honeycomb: Call) -> None:
    assert len(honeycomb("GET", PATH).json()[0]) == 5
    sim.configure(extra_fields=True)
    assert len(honeycomb("GET", PATH).json()[0]) > 5


def test_a_list_that_lags(sim: Simulator, honeycomb: Call) -> None:
    sim.configure(list_lag=5)
    honeycomb("POST", PATH, json=NEW)
    assert emails(honeycomb) == ["owner@example.com"]
    sim.advance(6)
    assert emails(honeycomb) == ["owner@example.com", "ada@example.com"]


def test_roles_as_the_vendor_names_them(sim: Simulator, honeycomb: Call) -> None:
    sim.configure(role_names="vendor")
    reader = sim.honeycomb.add("ada@example.com")
    sim.honeycomb.set_role("ada@example.com", "Read-Only")
    assert [member["role"] for member in honeycomb("GET", PATH).json()] == ["owner", "read-only"]
    assert honeycomb("PUT", f"{PATH}/{reader.id}", json={"role": "member"}).json()["role"] == "read-only"
    assert honeycomb("PUT", f"{PATH}/{reader.id}", json={"role": "admin"}).json()["role"] == "owner"
    assert sim.violations == []
