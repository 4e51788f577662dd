# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""People for one service, of a form and of what is there, and the lines of a summary."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.honeyops.access.plugins.filter.people_for import people_for
from ansible_collections.honeyops.access.plugins.module_utils._roster import check
from ansible_collections.honeyops.access.plugins.module_utils._services import SERVICES
from ansible_collections.honeyops.access.plugins.plugin_utils._host.names import FORM
from ansible_collections.honeyops.access.plugins.plugin_utils._people.form import form_people
from ansible_collections.honeyops.access.plugins.plugin_utils._people.present import present_people
from ansible_collections.honeyops.access.plugins.plugin_utils._run.summary import summary

PEOPLE = [
    {"email": "ada@example.com", "aliases": ["a@corp.example"], "honeycomb": {"role": "admin"}, "honeybadger": {}},
    "Bob@example.com",
    {"email": "carol@example.com", "name": "Carol", "honeybadger": {"role": "Owner", "team_ids": [7, 3]}},
    {"email": "eve@example.com", "state": "absent", "honeycomb": {"role": "admin"}},
]


def entry(email: str, state: str = "present", **access: Any) -> dict[str, Any]:
    return {
        "email": f"{email}@example.com",
        "aliases": ["a@corp.example"] if email == "ada" else [],
        "state": state,
        **access,
    }


def test_people_for_honeycomb() -> None:
    assert people_for(PEOPLE, "honeycomb") == [entry("ada", role="admin"), entry("bob"), entry("eve", "absent")]


def test_people_for_honeybadger() -> None:
    assert people_for(PEOPLE, "honeybadger", role="Billing") == [
        entry("ada", role="Billing"),
        entry("bob", role="Billing"),
        entry("carol", role="Owner", team_ids=[3, 7]),
        entry("eve", "absent"),
    ]


def test_who_is_absent_leaves_everywhere() -> None:
    gone = [entry(name, "absent") for name in ("ada", "bob", "carol", "eve")]
    assert people_for(PEOPLE, "honeycomb", "absent") == gone
    assert people_for(PEOPLE, "honeybadger", "absent", "Owner") == gone


@pytest.mark.parametrize(
    ("people", "options", "message"),
    [
        (["x"], {"service": "honeycomb"}, "person 1: email: 'x' is not an e-mail address"),
        ("x@y.z", {"service": "honeycomb"}, "not a list of people"),
        ([], {"service": "other"}, "service must be one of honeycomb, honeybadger"),
        ([], {"service": "honeycomb", "state": "gone"}, "state must be one of present, absent"),
        ([], {"service": "honeycomb", "role": "Owner"}, "role must be one of member, admin"),
    ],
)
def test_people_for_refuses(people: Any, options: dict[str, str], message: str) -> None:
    with pytest.raises(AnsibleFilterError, match=message):
        people_for(people, **options)


@pytest.mark.parametrize(
    ("fields", "people"),
    [
        (("a@b.c",), [{"email": "a@b.c", "honeycomb": {}, "honeybadger": {}}]),
        (
            ("a@b.c, d@e.f\n a@b.c;g@h.i", "admin", "none"),
            [{"email": x, "honeycomb": {"role": "admin"}} for x in ("a@b.c", "d@e.f", "g@h.i")],
        ),
        (("a@b.c", "None", "", "3, 7"), [{"email": "a@b.c", "honeybadger": {"team_ids": ["3", "7"]}}]),
        (("a@b.c", "none", "Admin", [3]), [{"email": "a@b.c", "honeybadger": {"role": "Admin", "team_ids": ["3"]}}]),
        ((["a@b.c", "d@e.f g@h.i"], "", "none"), [{"email": x, "honeycomb": {}} for x in ("a@b.c", "d@e.f", "g@h.i")]),
        (("a@b.c", "none", "Admin", 3), [{"email": "a@b.c", "honeybadger": {"role": "Admin", "team_ids": ["3"]}}]),
        ((" ,;\n",), []),
    ],
)
def test_form_people(fields: tuple[Any, ...], people: list[Any]) -> None:
    others: dict[str, Any] = {service: {} for service in SERVICES if service not in ("honeycomb", "honeybadger")}
    assert form_people(fields[0], **dict(zip(FORM, fields[1:], strict=False))) == [
        {**person, **others} for person in people
    ]


def test_present_people() -> None:
    honeycomb = [
        {"id": "9", "email": "Ada@example.com", "name": "Ada\nLovelace", "role": "admin", "created_at": "x"},
        {"id": "5", "email": "ada@example.com", "name": "", "role": "member", "status": "pending"},
        {"id": None, "email": "hidden@example.com", "role": "member", "status": "pending"},
        {"id": "2", "email": "boss@example.com", "name": "Boss", "role": "owner"},
        {"id": "3", "email": "", "name": "Ghost", "role": "member"},
    ]
    users = [{"id": 10, "email": "ada@example.com", "name": "A. L.", "role": "Owner"}]
    invitations = [
        {"id": 1, "email": "new@example.com", "role": "Member", "team_ids": [7, 3, 7]},
        {"id": 2, "email": "ada@example.com", "role": "Member", "team_ids": []},
    ]
    results = {"honeycomb": {"members": honeycomb}, "honeybadger": {"users": users, "invitations": invitations}}
    people = present_people(results)
    assert people == [
        {
            "email": "ada@example.com",
            "name": "Ada Lovelace",
            "honeycomb": {"role": "admin"},
            "honeybadger": {"role": "Owner"},
        },
        {"email": "boss@example.com", "name": "Boss", "honeycomb": {}},
        {"email": "hidden@example.com", "honeycomb": {"role": "member"}},
        {"email": "new@example.com", "honeybadger": {"role": "Member", "team_ids": [3, 7]}},
    ]
    assert check(people)[1] == []
    assert present_people({"honeybadger": {"skipped": True}}) == []


def step(action: str, email: str, before: Any = None, after: Any = None) -> dict[str, Any]:
    return {"action": action, "email": email, "before": before, "after": after, "reason": ""}


RESULT = {
    "honeycomb": {
        "plan": [
            step("invite", "ada@example.com", after={"role": "admin"}),
            step("invite", "bob@example.com", after={"role": "member"}),
            step("remove", "eve@example.com", {"role": "member"}),
        ],
        "results": [
            {"email": "ada@example.com", "action": "invite", "outcome": "applied", "error": None},
            {"email": "bob@example.com", "action": "none", "outcome": "applied", "error": None},
            {"email": "eve@example.com", "action": "remove", "outcome": "failed", "error": {"detail": "no right"}},
        ],
        "summary": {"applied": 2},
        "api": {"requests": 4},
        "plan_id": "abc",
        "failed": True,
        "msg": "2 of 3 changes applied.",
    },
    "honeybadger": {
        "plan": [
            step("update", "ada@example.com", {"role": "Member", "team_ids": []}, {"role": "Admin", "team_ids": [3]}),
            step("cancel", "eve@example.com", {"role": "Member"}),
        ],
        "results": [
            {"email": "ada@example.com", "action": "update", "outcome": "applied", "error": None},
            {"email": "eve@example.com", "action": "cancel", "outcome": "deferred", "error": None},
        ],
        "summary": {"applied": 1},
        "api": {"requests": 1},
        "plan_id": "def",
    },
    "follow_up": ["Look after the keys."],
}


def test_summary() -> None:
    assert summary(RESULT) == [
        "ada@example.com: Honeycomb: invited as admin; Honeybadger: changed from Member to Admin in team 3",
        "bob@example.com: Honeycomb: was done already",
        "eve@example.com: Honeycomb: remove failed: no right; Honeybadger: cancel deferred to a later run",
        "Honeycomb: FAILED after 4 requests. 2 of 3 changes applied.",
        "Honeybadger: 1 of 2 changes made, 1 request, plan def",
        "Left to do by hand:",
        "- Look after the keys.",
    ]


def test_summary_of_a_check() -> None:
    lines = summary({"honeybadger": RESULT["honeybadger"], "follow_up": []}, check=True)
    assert lines == [
        "ada@example.com: Honeybadger: would change from Member to Admin in team 3",
        "eve@example.com: Honeybadger: cancel deferred to a later run",
        "Honeybadger: 1 of 2 changes would be made, 1 request, plan def",
    ]


def test_summary_of_many_and_of_nothing() -> None:
    assert summary(RESULT, most=1)[1] == "... and 2 more people, see lifecycle_result"
    assert summary({"honeycomb": {"plan": [], "results": [], "api": {"requests": 1}}}) == [
        "Honeycomb: nothing to change, 1 request"
    ]
    assert summary({"honeycomb": {"failed": True, "msg": "No key."}}) == ["Honeycomb: FAILED after 0 requests. No key."]
