# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Honeybadger's teams, and further accounts of the same token."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.simulator import Fault, Simulator

from .conftest import Call

ADA = "ada@example.com"
INVITE = {"team_invitation": {"email": ADA, "admin": True}}


def teams(honeybadger: Call, query: str = "?account_id=Me3upk") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = honeybadger("GET", f"/v2/teams{query}").json()["results"]
    return found


def test_from_an_invitation_to_a_team_to_a_user(sim: Simulator, honeybadger: Call) -> None:
    invited = honeybadger("POST", "/v2/teams/3/team_invitations", json=INVITE)
    assert invited.status_code == 201
    assert (invited.json()["admin"], invited.json()["accepted_at"]) == (True, None)
    assert invited.json()["token"] in sim.secrets
    assert [mail.invitation_id for mail in sim.emails_to(ADA)] == ["team/3/1"]
    own = "/v2/teams/3/team_invitations/1"
    changed = honeybadger("PUT", own, json={"team_invitation": {"admin": False}})
    assert (changed.status_code, changed.content) == (204, b"")
    assert honeybadger("GET", own).json()["admin"] is False

    user = sim.honeybadger.accept_team(3, ADA, accepting="ada@home.example", name="Ada L.")
    assert [one["email"] for one in honeybadger("GET", "users").json()["results"]][1] == "ada@home.example"
    assert user.role == "Member"
    (team, *_others) = teams(honeybadger)
    assert team["members"][0]["email"] == "ada@home.example"
    assert team["members"][0]["admin"] is False
    assert team["invitations"][0]["email"] == ""
    assert team["invitations"][0]["accepted_by"] == {"email": "ada@home.example", "name": "Ada L."}
    assert honeybadger("DELETE", own).status_code == 422

    member = "/v2/teams/3/team_members/1"
    assert honeybadger("PUT", member, json={"team_member": {"admin": True}}).status_code == 204
    assert honeybadger("GET", member).json()["admin"] is True
    assert honeybadger("DELETE", member).status_code == 204
    assert honeybadger("DELETE", member).status_code == 404
    assert len(sim.honeybadger.users) == 2  # still a user of the account
    assert sim.violations == []


def test_the_same_number_names_four_things(sim: Simulator, honeybadger: Call) -> None:
    sim.honeybadger.teams.add_member(7, "bob@example.com")
    sim.honeybadger.teams.add_invitation(7, "eve@example.com")
    sim.honeybadger.add_invitation("ivy@example.com")
    shown = [
        honeybadger("GET", path).json()["email"]
        for path in ("users/1", "invitations/1", "/v2/teams/7/team_members/1", "/v2/teams/7/team_invitations/1")
    ]
    assert shown == ["owner@example.com", "ivy@example.com", "bob@example.com", "eve@example.com"]
    assert honeybadger("GET", "/v2/teams/3/team_members/1").status_code == 404
    assert honeybadger("DELETE", "/v2/teams/7/team_invitations/1").status_code == 204
    assert sim.honeybadger.find_invitation(1).email == "ivy@example.com"


@pytest.mark.parametrize("lists", ["embedded", "missing"])
def test_lists_are_embedded_or_not(sim: Simulator, honeybadger: Call, lists: str) -> None:
    sim.configure(team_lists=lists, team_account="text" if lists == "missing" else "missing")
    sim.honeybadger.teams.add_member(3, ADA)
    team = teams(honeybadger)[0]
    assert ("members" in team, "invitations" in team) == (lists == "embedded", lists == "embedded")
    assert ("account_id" in team) is (lists == "missing")
    assert honeybadger("GET", "/v2/teams/3").json() == team
    assert [one["email"] for one in honeybadger("GET", "/v2/teams/3/team_members").json()["results"]] == [ADA]
    assert sim.violations == []


@pytest.mark.parametrize("links", ["absolute", "relative"])
def test_pages_keep_the_account(sim: Simulator, honeybadger: Call, links: str) -> None:
    sim.configure(page_size=2, links=links, last_page="exact")
    sim.honeybadger.open("9bYfrm").add_team("Elsewhere")
    first = honeybadger("GET", "/v2/teams?account_id=Me3upk").json()
    following = first["links"]["next"].removeprefix(sim.honeybadger_url)
    assert following == "/v2/teams?account_id=Me3upk&page=2"
    second = honeybadger("GET", following).json()
    assert [team["id"] for team in first["results"] + second["results"]] == [3, 7, 11]
    assert "next" not in second["links"]
    for number in range(3):
        sim.honeybadger.teams.add_member(3, f"m{number}@example.com")
    assert len(honeybadger("GET", "/v2/teams/3/team_members").json()["results"]) == 2
    assert len(honeybadger("GET", "/v2/teams/3/team_members?page=2").json()["results"]) == 1


def test_without_an_account_all_teams_are_listed(sim: Simulator, honeybadger: Call) -> None:
    other = sim.honeybadger.open("9bYfrm")
    made = other.add_team("Elsewhere")
    other.teams.invite(made, ADA)
    assert [team["id"] for team in teams(honeybadger, "")] == [3, 7, 11, made]
    assert [team["name"] for team in teams(honeybadger, "?account_id=9bYfrm")] == ["Elsewhere"]
    assert honeybadger("GET", "/v2/teams?account_id=unknown").status_code == 404
    assert honeybadger("GET", f"/v2/teams/{made}").json()["account_id"] == 101
    sim.configure(team_account="text")
    assert honeybadger("GET", f"/v2/teams/{made}").json()["account_id"] == "9bYfrm"
    other.accept_team(made, ADA)
    people = honeybadger("GET", "/v2/accounts/9bYfrm/users").json()["results"]
    assert [user["email"] for user in people] == ["owner@example.com", ADA]
    assert len(sim.honeybadger.users) == 1


def test_another_account_is_closed_until_it_is_opened(sim: Simulator, honeybadger: Call) -> None:
    assert honeybadger("GET", "/v2/accounts/9bYfrm/users").status_code == 403
    assert honeybadger("GET", "/v2/teams?account_id=9bYfrm").status_code == 403
    sim.honeybadger.open("9bYfrm").add(ADA, "Admin")
    there = "/v2/accounts/9bYfrm"
    assert honeybadger("PUT", f"{there}/users/2", json={"user": {"role": "Owner"}}).status_code == 204
    assert honeybadger("POST", f"{there}/invitations", json={"invitation": {"email": "b@c.d"}}).status_code == 201
    assert honeybadger("DELETE", f"{there}/users/2").status_code == 204
    assert [one.email for one in sim.honeybadger.others["9bYfrm"].invitations] == ["b@c.d"]
    assert (len(sim.honeybadger.users), len(sim.honeybadger.invitations)) == (1, 0)
    sim.reset()
    assert honeybadger("GET", "/v2/accounts/9bYfrm/users").status_code == 403


@pytest.mark.parametrize("access", ["403", "404"])
def test_a_token_may_not_read_teams(sim: Simulator, honeybadger: Call, access: str) -> None:
    sim.configure(teams_access=access)
    for path in ("/v2/teams?account_id=Me3upk", "/v2/teams/3", "/v2/teams/3/team_members"):
        assert honeybadger("GET", path).status_code == int(access)
    assert honeybadger("GET", "users").status_code == 200
    sim.configure(teams_access="allowed", teams_denied=(7,))
    assert [team["id"] for team in teams(honeybadger)] == [3, 7, 11]
    assert honeybadger("GET", "/v2/teams/7/team_invitations").status_code == 403
    assert honeybadger("GET", "/v2/teams/3/team_invitations").status_code == 200


@pytest.mark.parametrize("mode", ["422", "409", "email"])
def test_a_second_invitation(sim: Simulator, honeybadger: Call, mode: str) -> None:
    sim.configure(duplicate_invite=mode)
    path = "/v2/teams/3/team_invitations"
    honeybadger("POST", path, json=INVITE)
    again = honeybadger("POST", path, json=INVITE)
    assert again.status_code == (201 if mode == "email" else int(mode))
    assert len(sim.emails_to(ADA)) == (2 if mode == "email" else 1)
    assert honeybadger("POST", "/v2/teams/7/team_invitations", json=INVITE).status_code == 201


def test_wrong_requests(sim: Simulator, honeybadger: Call) -> None:
    sim.honeybadger.teams.add_member(3, ADA)
    path = "/v2/teams/3/team_invitations"
    assert honeybadger("POST", path, json={"team_invitation": {"email": "nobody"}}).status_code == 422
    assert honeybadger("POST", path, json={"email": ADA}).status_code == 400
    assert honeybadger("POST", "/v2/teams/99/team_invitations", json=INVITE).status_code == 404
    assert honeybadger("PUT", "/v2/teams/3/team_members/1", json={"team_member": {}}).status_code == 422
    assert honeybadger("POST", "/v2/teams/3/team_members", json={"team_member": {}}).status_code == 404
    assert honeybadger("GET", "/v2/teams/nonsense").status_code == 404
    assert not any(entry.changed for entry in sim.log)


@pytest.mark.parametrize("leaver", ["kept", "cleared"])
def test_what_a_removed_user_keeps(sim: Simulator, honeybadger: Call, leaver: str) -> None:
    sim.configure(leaver_teams=leaver)
    user = sim.honeybadger.add(ADA)
    sim.honeybadger.teams.add_member(3, ADA)
    sim.honeybadger.teams.add_invitation(7, ADA)
    sim.honeybadger.teams.add_member(11, "bob@example.com")
    assert honeybadger("DELETE", f"users/{user.id}").status_code == 204
    assert sim.honeybadger.teams.holding(ADA) == ([3, 7] if leaver == "kept" else [])
    assert sim.honeybadger.teams.holding("bob@example.com") == [11]


def test_an_account_invitation_joins_its_teams(sim: Simulator) -> None:
    sim.honeybadger.invite(ADA, "Member", [3, 11])
    sim.honeybadger.accept(ADA)
    assert sim.honeybadger.teams.holding(ADA) == [3, 11]


def test_secrets_and_failure_orders(sim: Simulator, honeybadger: Call) -> None:
    sim.honeybadger.teams.invite(3, ADA)
    team = teams(honeybadger)[0]
    token, key = team["invitations"][0]["token"], team["projects"][0]["token"]
    assert {token, key} <= set(sim.secrets)
    sim.fail(Fault("reset_after", method="POST", path="team_invitations"))
    with pytest.raises(Exception, match="reset"):
        honeybadger("POST", "/v2/teams/7/team_invitations", json=INVITE)
    assert [(entry.status, entry.changed) for entry in sim.writes()] == [(0, True)]
    honeybadger("GET", f"/v2/teams/3?leak={token}&other={key}")
    assert not any(secret in str(sim.log) for secret in sim.secrets)


def test_teams_from_outside(sim: Simulator, control: Call, honeybadger: Call) -> None:
    who = {"service": "honeybadger", "team_id": 3, "email": ADA}
    assert "token" not in control("POST", "invite_to_team", {**who, "admin": True}).json()
    accepted = control("POST", "accept_team", {**who, "accepting": "ada@home.example"}).json()
    assert accepted["email"] == "ada@home.example"
    moved = {**who, "email": "ada@home.example"}
    assert control("POST", "team_admin", {**moved, "admin": False}).json()["admin"] is False
    assert control("POST", "leave_team", moved).status_code == 200
    assert control("POST", "leave_team", moved).status_code == 404
    assert "token" not in control("POST", "add_team_invitation", who).json()
    assert control("POST", "delete_team_invitation", who).status_code == 200
    assert control("POST", "add_member", who).json()["email"] == ADA
    made = control("POST", "add_team", {"service": "honeybadger", "account": "9bYfrm", "name": "There"}).json()["id"]
    control("POST", "add", {"service": "honeybadger", "account": "9bYfrm", "email": "bob@example.com"})
    control("POST", "add_member", {**who, "account": "9bYfrm", "team_id": made})
    assert control("POST", "add_member", {**who, "team_id": 99}).status_code == 404
    shown = control("GET", "state").json()
    assert not any(secret in json.dumps(shown) for secret in sim.secrets)
    assert [user["email"] for user in shown["honeybadger"]["accounts"]["9bYfrm"]["users"]][1] == "bob@example.com"
    assert control("PUT", "state", shown).status_code == 204
    assert control("GET", "state").json() == shown
    assert teams(honeybadger, "?account_id=9bYfrm")[0]["members"][0]["email"] == ADA
    assert control("GET", "emails").json()["count"]["honeybadger"] == {ADA: 1}


def test_teams_are_made_renamed_and_deleted(sim: Simulator, honeybadger: Call) -> None:
    made = honeybadger("POST", "/v2/teams?account_id=Me3upk", json={"team": {"name": "Night"}})
    assert (made.status_code, made.json()["name"], made.json()["account_id"]) == (201, "Night", 100)
    path = f"/v2/teams/{made.json()['id']}"
    assert honeybadger("PUT", path, json={"team": {"name": "Day"}}).status_code == 204
    assert honeybadger("GET", path).json()["name"] == "Day"
    assert honeybadger("PUT", path, json={"team": {"name": " "}}).status_code == 422
    invited = honeybadger("POST", f"{path}/team_invitations", json={"team_invitation": {"email": ADA, "message": "Hi"}})
    assert invited.json()["message"] == "Hi"
    own = f"{path}/team_invitations/{invited.json()['id']}"
    assert honeybadger("PUT", own, json={"team_invitation": {"message": "Ho"}}).status_code == 204
    assert (honeybadger("GET", own).json()["message"], honeybadger("GET", own).json()["admin"]) == ("Ho", False)
    assert honeybadger("DELETE", path).status_code == 204
    assert honeybadger("GET", path).status_code == 404
    assert [team["id"] for team in teams(honeybadger)] == [3, 7, 11]


def test_a_service_that_heeds_no_account(sim: Simulator, honeybadger: Call) -> None:
    sim.configure(teams_filtered=False)
    made = sim.honeybadger.open("9bYfrm").add_team("Elsewhere")
    assert [team["id"] for team in teams(honeybadger)] == [3, 7, 11, made]
