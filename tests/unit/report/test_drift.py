# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Drift: what reconciling would change, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.honeyops.access.plugins.module_utils import _roster
from ansible_collections.honeyops.access.plugins.plugin_utils._people import roster_file as _roster_file
from ansible_collections.honeyops.access.plugins.plugin_utils._people.entries import entries_of
from ansible_collections.honeyops.access.plugins.plugin_utils._report import data as _report
from ansible_collections.honeyops.access.plugins.plugin_utils._report import drift as _report_drift

MEMBERS = [
    {"id": "m1", "email": "Ada@example.com", "name": "Ada", "role": "admin", "created_at": "2026-01-01T00:00:00Z"},
    {"id": "m2", "email": "bob@old.example", "name": "Bob", "role": "Member", "created_at": None},
]
USERS = [{"id": 1, "email": "ada@example.com", "name": "Ada", "role": "Owner"}]
INVITED = [
    {"id": 7, "email": "carol@example.com", "role": "Member", "team_ids": [7, 3], "created_at": "2026-01-01T00:00:00Z"}
]


def entries(members: Any = None, users: Any = None, invitations: Any = None) -> list[dict[str, Any]]:
    members, users, invitations = (
        standard if given is None else given
        for given, standard in ((members, MEMBERS), (users, USERS), (invitations, INVITED))
    )
    return [
        *entries_of("acme", "honeycomb", {"members": members}),
        *entries_of("acme", "honeybadger", {"users": users, "invitations": invitations}),
    ]


def drift(services: Any, there: Any, roster: _report.Roster, rules: _report_drift.Rules) -> list[dict[str, Any]]:
    beside = {service: _report_drift.compared(service, there, roster, rules) for service in services}
    return _report_drift.drift("acme", beside, roster, rules)


def found(people: list[Any], services: Any = ("honeycomb", "honeybadger"), **rules: Any) -> set[tuple[str, str, str]]:
    checked, faults = _roster.check(people)
    assert not faults
    roster = _report.Roster(
        ("people.yml",), checked, [_roster.At(line, file="people.yml") for line in range(1, 1 + len(checked))]
    )
    findings = drift(services, entries(), roster, _report_drift.Rules({}, **rules))
    return {(finding["kind"], finding["service"], finding["email"]) for finding in findings}


RIGHT: list[Any] = [
    {"email": "ada@example.com", "honeycomb": {"role": "admin"}, "honeybadger": {"role": "Owner"}},
    {"email": "bob@example.com", "aliases": ["bob@old.example"], "honeycomb": {}},
    {"email": "carol@example.com", "honeybadger": {"team_ids": [3, 7]}},
]


def test_none_where_everybody_has_what_is_declared() -> None:
    assert found(RIGHT) == set()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            {"email": "ada@example.com", "honeycomb": {"role": "member"}, "honeybadger": {}},
            ("role", "honeycomb", "ada@example.com"),
        ),
        ({"email": "ada@example.com", "honeycomb": {}}, ("unexpected", "honeybadger", "ada@example.com")),
        (
            {"email": "carol@example.com", "honeybadger": {"team_ids": [3]}},
            ("teams", "honeybadger", "carol@example.com"),
        ),
        ({"email": "bob@example.com", "honeycomb": {}}, ("missing", "honeycomb", "bob@example.com")),
        ({"email": "carol@example.com", "state": "absent"}, ("unexpected", "honeybadger", "carol@example.com")),
        ({"email": "dan@example.com", "honeybadger": {}}, ("missing", "honeybadger", "dan@example.com")),
    ],
)
def test_each_kind(change: dict[str, Any], expected: tuple[str, str, str]) -> None:
    others = [entry for entry in RIGHT if entry["email"] != change["email"]]
    assert expected in found([*others, change])


def test_a_person_without_a_service_belongs_everywhere() -> None:
    assert found([*RIGHT, "zoe@example.com"]) == {
        ("missing", "honeycomb", "zoe@example.com"),
        ("missing", "honeybadger", "zoe@example.com"),
    }


def test_who_is_ignored_is_no_drift() -> None:
    assert found(RIGHT[1:], ignore=["ADA@example.com"]) == set()
    assert len(found(RIGHT[1:])) == 2


def test_a_service_that_was_not_read_is_not_held_against_anything() -> None:
    assert found(["zoe@example.com", *RIGHT], services=["honeybadger"]) == {
        ("missing", "honeybadger", "zoe@example.com")
    }


def test_default_roles_count_for_whoever_declares_none() -> None:
    checked, _faults = _roster.check(RIGHT)
    roster = _report.Roster((), checked, [_roster.At(0)] * 3)
    rules = _report_drift.Rules({"honeycomb": "admin"})
    (finding,) = drift(["honeycomb"], entries(), roster, rules)
    assert (finding["kind"], finding["email"], finding["expected"]) == ("role", "bob@old.example", "admin")
    assert (finding["file"], finding["line"]) == (None, None)


def test_another_account_with_more_power_is_drift() -> None:
    """Reconciling lowers it, whichever of the two comes first; a pending invitation beside an account is none."""
    users = [
        {"id": 1, "email": "ada@example.com", "role": "Member"},
        {"id": 2, "email": "ADA@example.com", "role": "Owner"},
    ]
    invited = [{"id": 7, "email": "ada@old.example", "role": "Member", "created_at": None}]
    both = entries([], users, invited)
    for declared, there in (("Member", "Owner"), ("Owner", "Member")):
        person = {"email": "ada@old.example", "aliases": ["ada@example.com"], "honeybadger": {"role": declared}}
        roster = _report.Roster((), _roster.check([person])[0], [_roster.At(0)])
        (finding,) = drift(["honeybadger"], both, roster, _report_drift.Rules({}))
        assert (finding["kind"], finding["expected"], finding["found"]) == ("role", declared, there)


def test_two_people_who_are_the_same_user_are_reported() -> None:
    """Nothing is planned for them, so no finding would say so."""
    people, _faults = _roster.check(["dora@example.com", "eve@example.com"])
    roster = _report.Roster((), people, [_roster.At(0)] * 2)
    user = {"id": 1, "email": "dora@example.com", "role": "Owner"}
    there = entries([], [user], [])
    _report.add_invited(there, [{"email": "eve@example.com", "accepted_by": {"email": "dora@example.com"}}])
    rules = _report_drift.Rules({"honeybadger": "Member"})
    assert drift(["honeybadger"], there, roster, rules) == []
    (fault,) = _report_drift.same_people({"honeybadger": _report_drift.compared("honeybadger", there, roster, rules)})
    assert "eve@example.com and dora@example.com are the same person" in fault
    apart = rules._replace(ignore=["dora@example.com"])
    settled = _report_drift.compared("honeybadger", there, roster, apart)
    assert _report_drift.same_people({"honeybadger": settled}) == []


def test_an_address_for_which_several_users_accepted_is_nobody() -> None:
    people, _faults = _roster.check(["work@example.com"])
    roster = _report.Roster((), people, [_roster.At(0)])
    users = [
        {"id": number, "email": f"{name}@example.com", "role": "Member"} for number, name in enumerate(["ada", "bob"])
    ]
    there = entries([], users, [])
    accepted = [{"email": "work@example.com", "accepted_by": {"email": user["email"]}} for user in users]
    _report.add_invited(there, accepted)
    compared = _report_drift.compared("honeybadger", there, roster, _report_drift.Rules({}))
    (fault,) = _report_drift.same_people({"honeybadger": compared})
    assert "Several users accepted invitations to work@example.com" in fault


def test_an_open_invitation_is_not_of_the_user_without_an_address() -> None:
    """They had the team of everybody who was only invited to one, and whoever was invited had no row."""
    users = [
        {"id": 1, "email": "boss@example.com", "role": "Owner"},
        {"id": 2, "email": "", "name": "Nobody", "role": "Member"},
    ]
    there = entries([], users, [])
    open_one = {"id": 7, "email": "ada@example.com", "accepted_at": None, "accepted_by": None}
    _report.add_invited(there, [open_one])
    others = _report.add_teams(there, [{"id": 3, "name": "On call", "members": [], "invitations": [open_one]}])
    assert [(one["email"], one["name"], one["status"]) for one in others] == [("ada@example.com", "On call", "pending")]
    assert [(entry["also"], entry["teams"]) for entry in there] == [([], []), ([], [])]


def test_teams_of_all_accounts_of_a_person_count() -> None:
    users = [
        {"id": 1, "email": "ada@example.com", "role": "Member"},
        {"id": 2, "email": "eve@example.com", "role": "Member"},
    ]
    there = entries([], users, [])
    member = {"email": "eve@example.com", "admin": False}
    _report.add_invited(there, [{"email": "eve@example.com", "accepted_by": {"email": "ada@example.com"}}])
    _report.add_teams(
        there,
        [
            {"id": 3, "name": "", "members": [{"email": "ada@example.com"}], "invitations": []},
            {"id": 7, "name": "", "members": [member], "invitations": []},
        ],
    )
    assert [[team["id"] for team in entry["teams"]] for entry in there] == [[3], [7]]
    rules = _report_drift.Rules({}, with_teams=["honeybadger"])
    for aliases, team_ids in ((["eve@example.com"], [3, 7]), ([], [3])):
        person = {"email": "ada@example.com", "aliases": aliases, "honeybadger": {"team_ids": team_ids}}
        others = [] if aliases else ["eve@example.com"]
        roster = _report.Roster((), _roster.check([person, *others])[0], [_roster.At(0)] * 2)
        assert drift(["honeybadger"], there, roster, rules) == []


def test_an_invitation_without_teams_is_one_to_none() -> None:
    there = entries([], [], [{"id": 7, "email": "bob@example.com", "role": "Member"}])
    people, _faults = _roster.check([{"email": "bob@example.com", "honeybadger": {"team_ids": [3]}}])
    roster = _report.Roster((), people, [_roster.At(0)])
    (finding,) = drift(["honeybadger"], there, roster, _report_drift.Rules({}))
    assert (finding["kind"], finding["found"], finding["expected"]) == ("teams", "no team", "team 3")


def test_keys_of_people_who_are_ignored_are_no_drift() -> None:
    key = {
        "id": "k1",
        "name": "ci",
        "type": "ingest",
        "disabled": False,
        "creator": {"id": "u1", "email": "ci@example.com"},
    }
    assert _report_drift.stray_keys("acme", "honeycomb", [key], ["CI@example.com"]) == []
    assert len(_report_drift.stray_keys("acme", "honeycomb", [key], ["other@example.com"])) == 1


def test_a_finding_says_where_the_roster_says_so() -> None:
    text = b"people:\n  - email: ada@example.com\n    honeycomb: {role: member}\n\n  - email: dan@example.com\n    honeycomb: {}\n"
    document, faults = _roster_file.load([_roster_file.File("people.yml", text, "team/people.yml")])
    assert not faults
    roster = _report.Roster(("team/people.yml",), document.people, list(document.lines))
    findings = drift(["honeycomb"], entries(), roster, _report_drift.Rules({}))
    places = {(finding["kind"], finding["email"]): finding["line"] for finding in findings}
    assert places == {
        ("role", "ada@example.com"): 2,
        ("missing", "dan@example.com"): 5,
        ("unexpected", "bob@old.example"): 1,
    }


def test_keys_of_people_who_are_no_members() -> None:
    members = entries()
    key = {"type": "ingest", "disabled": False, "environment": "prod", "created_at": None}
    strays = _report.add_keys(
        members,
        [
            {**key, "id": "k1", "name": "one", "creator": {"id": "u1", "email": "ada@example.com"}},
            {**key, "id": "k2", "name": "two", "creator": {"id": "u2", "email": "eve@example.com"}},
            {**key, "id": "k3", "name": "three", "creator": {"id": "u3", "email": None}},
            {**key, "id": "k4", "name": "four", "creator": None},
            {**key, "id": "k5", "name": "five", "creator": {"id": "u2", "email": "eve@example.com"}, "disabled": True},
        ],
    )
    findings = _report_drift.stray_keys("acme", "honeycomb", strays)
    assert [(finding["email"], finding["found"]) for finding in findings] == [
        ("eve@example.com", "ingest key two (k2) of eve@example.com"),
        ("", "ingest key three (k3) of u3"),
    ]
    assert [key["id"] for entry in members for key in entry["keys"]] == ["k1"]


def test_keys_tell_nothing_where_addresses_cannot_be_read() -> None:
    key = {"id": "k1", "name": "one", "type": "ingest", "disabled": False, "creator": {"id": "u1", "email": None}}
    assert _report.add_keys(entries(), [key], makers_known=False) == []
    assert len(_report.add_keys(entries(), [key])) == 1
