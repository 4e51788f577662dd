# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Honeybadger behaves as its contract says, whichever way an open point is set."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.simulator import Simulator

from .conftest import Call

ADA = {"invitation": {"email": "ada@example.com", "role": "Admin", "team_ids": [3, 7]}}


def test_a_person_from_invitation_to_removal(sim: Simulator, honeybadger: Call) -> None:
    invited = honeybadger("POST", "invitations", json=ADA)
    assert invited.status_code == 201
    invitation = invited.json()
    assert (invitation["id"], invitation["accepted_by"], invitation["accepted_at"]) == (1, None, None)
    assert invitation["token"] in sim.secrets
    changed = honeybadger("PUT", "invitations/1", json={"invitation": {"role": "Billing", "team_ids": []}})
    assert (changed.status_code, changed.content) == (204, b"")
    now = honeybadger("GET", "invitations/1").json()
    assert (now["role"], now["team_ids"]) == ("Billing", [])

    user = sim.honeybadger.accept("ada@example.com", accepting="ada@home.example", name="Ada L.")
    own = f"users/{user.id}"
    assert honeybadger("GET", own).json() == {
        "id": 2,
        "role": "Billing",
        "name": "Ada L.",
        "email": "ada@home.example",
    }
    accepted = honeybadger("GET", "invitations").json()["results"][0]
    assert accepted["email"] == ""
    assert accepted["accepted_by"] == {"email": "ada@home.example", "name": "Ada L."}

    changed = honeybadger("PUT", own, json={"user": {"role": "Owner"}})
    assert (changed.status_code, changed.content) == (204, b"")
    assert [user["role"] for user in honeybadger("GET", "users").json()["results"]] == ["Owner", "Owner"]
    assert honeybadger("DELETE", own).status_code == 204
    assert honeybadger("DELETE", own).status_code == 404
    assert sim.violations == []


def test_a_pending_invitation_is_cancelled(sim: Simulator, honeybadger: Call) -> None:
    honeybadger("POST", "invitations", json=ADA)
    assert honeybadger("DELETE", "invitations/1").status_code == 204
    assert honeybadger("GET", "invitations").json()["results"] == []
    assert len(sim.honeybadger.users) == 1  # user 1 is somebody else


def test_accounts(sim: Simulator, honeybadger: Call) -> None:
    listed = honeybadger("GET", "/v2/accounts/").json()
    assert [account["id"] for account in listed["results"]] == [sim.account_id, "9bYfrm"]
    one = honeybadger("GET", f"/v2/accounts/{sim.account_id}").json()
    assert one["quota_consumed"] == 0.75
    assert all(len(day) == 2 for day in one["api_stats"]["stored"])
    assert len(one["api_stats"]["stored"]) == time.gmtime().tm_mday
    denied = honeybadger("GET", "/v2/accounts/9bYfrm/users")
    assert (denied.status_code, denied.json()) == (403, {"errors": "Access denied"})
    assert int(denied.headers["X-RateLimit-Remaining"]) > 0
    assert honeybadger("GET", "/v2/accounts/unknown/users").status_code == 404


def test_a_bad_token(honeybadger: Call, sim: Simulator, session: requests.Session) -> None:
    for answer in (
        honeybadger("GET", "users", "nonsense"),
        session.get(f"{sim.honeybadger_url}/v2/accounts", headers={"Authorization": f"Bearer {sim.auth_token}"}),
        session.get(f"{sim.honeybadger_url}/v2/accounts", auth=("", sim.auth_token)),
        session.get(f"{sim.honeybadger_url}/v2/accounts"),
    ):
        assert (answer.status_code, answer.json()) == (403, {"errors": "Access denied"})


@pytest.mark.parametrize("mode", ["bare", "wrapped"])
def test_one_record(sim: Simulator, honeybadger: Call, mode: str) -> None:
    sim.configure(one=mode)
    honeybadger("POST", "invitations", json=ADA)
    for path in ("users/1", "invitations/1"):
        document = honeybadger("GET", path).json()
        assert (document["results"][0] if mode == "wrapped" else document)["id"] == 1


@pytest.mark.parametrize("mode", ["empty", "kept"])
def test_the_address_of_an_accepted_invitation(sim: Simulator, honeybadger: Call, mode: str) -> None:
    sim.configure(accepted_email=mode)
    honeybadger("POST", "invitations", json=ADA)
    sim.honeybadger.accept(1)
    shown = honeybadger("GET", "invitations/1").json()
    assert shown["email"] == ("" if mode == "empty" else "ada@example.com")
    assert shown["accepted_by"]["email"] == "ada@example.com"


@pytest.mark.parametrize(("mode", "status"), [("404", 404), ("422", 422), ("204", 204)])
def test_changing_an_accepted_invitation(sim: Simulator, honeybadger: Call, mode: str, status: int) -> None:
    sim.configure(accepted_change=mode)
    honeybadger("POST", "invitations", json=ADA)
    user = sim.honeybadger.accept(1)
    put = honeybadger("PUT", "invitations/1", json={"invitation": {"role": "Owner"}})
    assert (put.status_code, honeybadger("DELETE", "invitations/1").status_code) == (status, status)
    assert user.role == "Admin"


@pytest.mark.parametrize(("mode", "status"), [("409", 409), ("422", 422), ("email", 201)])
@pytest.mark.parametrize("there", ["user", "invitation"])
def test_inviting_somebody_who_is_there(sim: Simulator, honeybadger: Call, mode: str, status: int, there: str) -> None:
    sim.configure(duplicate_invite=mode)
    if there == "user":
        sim.honeybadger.add("Ada@Example.com")
    else:
        sim.honeybadger.add_invitation("Ada@Example.com")
    before = len(sim.honeybadger.invitations)
    assert honeybadger("POST", "invitations", json=ADA).status_code == status
    more = 1 if mode == "email" else 0
    assert (len(sim.honeybadger.invitations) - before, len(sim.emails)) == (more, more)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "ada"}, "Email"),
        ({"email": ""}, "Email"),
        ({"email": None}, "Email"),
        ({"role": "admin"}, "Role"),
        ({"team_ids": [3, 99]}, "Team ids"),
        ({"team_ids": "3"}, "Team ids"),
    ],
)
def test_input_that_does_not_pass(sim: Simulator, honeybadger: Call, change: Any, field: str) -> None:
    answer = honeybadger("POST", "invitations", json={"invitation": {**ADA["invitation"], **change}})
    assert answer.status_code == 422
    assert answer.json()["errors"].startswith(field)
    assert sim.emails == []


def test_input_of_changes(sim: Simulator, honeybadger: Call) -> None:
    sim.honeybadger.add_invitation("ada@example.com")
    assert honeybadger("PUT", "users/1", json={"user": {"role": "owner"}}).status_code == 422
    assert honeybadger("PUT", "users/1", json={"role": "Owner"}).status_code == 400
    assert honeybadger("PUT", "users/x", json={"user": {"role": "Owner"}}).status_code == 404
    assert honeybadger("PUT", "invitations/1", json={"invitation": {}}).status_code == 422
    assert honeybadger("PUT", "invitations/1", json={"invitation": {"team_ids": [99]}}).status_code == 422
    assert honeybadger("POST", "users", json={"user": {"email": "a@b.example"}}).status_code == 404
    sim.configure(invitation_put="200")
    answer = honeybadger("PUT", "invitations/1", json={"invitation": {"role": "Owner"}})
    assert (answer.status_code, answer.json()["role"]) == (200, "Owner")


@pytest.mark.parametrize(
    ("form", "errors"),
    [
        ("text", "Email is invalid"),
        ("list", ["Email is invalid"]),
        ("object", {"email": ["is invalid"]}),
    ],
)
def test_forms_of_errors(sim: Simulator, honeybadger: Call, form: str, errors: Any) -> None:
    sim.configure(error_form=form)
    assert honeybadger("POST", "invitations", json={"invitation": {"email": "ada"}}).json() == {"errors": errors}


# Paging


def pages(honeybadger: Call, limit: int = 20) -> list[dict[str, Any]]:
    """Every page, by the links; their host is left out, as it may be a strange one."""
    found: list[dict[str, Any]] = []
    path = "users"
    while path and len(found) < limit:
        found.append(honeybadger("GET", path).json())
        parts = urlsplit(found[-1]["links"].get("next", ""))
        path = f"{parts.path}?{parts.query}" if parts.path else ""
    return found


@pytest.mark.parametrize(
    ("last_page", "people", "sizes"),
    [
        ("exact", 3, [2, 2]),
        ("full", 3, [2, 2, 0]),
        ("empty", 3, [2, 2, 0]),
        ("exact", 4, [2, 2, 1]),
        ("full", 4, [2, 2, 1]),
        ("empty", 4, [2, 2, 1, 0]),
    ],
)
def test_paging(sim: Simulator, honeybadger: Call, last_page: str, people: int, sizes: list[int]) -> None:
    sim.reset(people=people, page_size=2, last_page=last_page)
    found = pages(honeybadger)
    assert [len(page["results"]) for page in found] == sizes
    assert [user["id"] for page in found for user in page["results"]] == list(range(1, people + 2))
    assert ["next" in page["links"] for page in found] == [True] * (len(sizes) - 1) + [False]


@pytest.mark.parametrize(
    ("links", "own", "following"),
    [
        ("absolute", "{url}", "{url}"),
        ("relative", "", ""),
        ("strange_self", "http://localhost:3000", "{url}"),
        ("strange", "http://localhost:3000", "http://localhost:3000"),
    ],
)
def test_forms_of_links(sim: Simulator, honeybadger: Call, links: str, own: str, following: str) -> None:
    sim.reset(people=4, page_size=2, links=links)
    path = f"/v2/accounts/{sim.account_id}/users"
    assert honeybadger("GET", "users").json()["links"] == {
        "self": own.format(url=sim.honeybadger_url) + path,
        "next": following.format(url=sim.honeybadger_url) + f"{path}?page=2",
    }
    assert sum(len(page["results"]) for page in pages(honeybadger)) == 5


def test_links_that_lead_nowhere(sim: Simulator, honeybadger: Call) -> None:
    sim.reset(people=4, page_size=2, links="loop")
    assert len(pages(honeybadger, limit=7)) == 7


@pytest.mark.parametrize(("page", "ids"), [("9", []), ("9" * 9, []), ("9" * 20, [1, 2]), ("0", [1, 2]), ("x", [1, 2])])
def test_a_page_that_is_not_there(sim: Simulator, honeybadger: Call, page: str, ids: list[int]) -> None:
    sim.reset(people=4, page_size=2)
    assert [user["id"] for user in honeybadger("GET", f"users?page={page}").json()["results"]] == ids


def test_removing_moves_later_people_to_earlier_pages(sim: Simulator, honeybadger: Call) -> None:
    sim.reset(people=4, page_size=2)
    honeybadger("GET", "users")
    sim.honeybadger.remove(1)
    second = honeybadger("GET", "users?page=2").json()["results"]
    assert [user["id"] for user in second] == [4, 5]  # 3 is on the first page now


# Quota


def test_the_quota(sim: Simulator, honeybadger: Call) -> None:
    sim.configure(quota=2)
    answers = [honeybadger("GET", "users") for _unused in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 403]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert answers[2].headers["X-RateLimit-Limit"] == "2"
    assert 3590 < int(answers[2].headers["X-RateLimit-Reset"]) - time.time() <= 3601
    sim.advance(3601)
    assert honeybadger("GET", "users").status_code == 200


def test_the_default_quota_and_none(sim: Simulator, honeybadger: Call) -> None:
    assert honeybadger("GET", "users").headers["X-RateLimit-Remaining"] == "359"
    sim.configure(quota=0)
    assert "X-RateLimit-Limit" not in honeybadger("GET", "users").headers
