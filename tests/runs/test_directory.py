# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rosters whose people come from a directory: read once, followed, and never believed when it may lie."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.directory.stub import Asked, Stub, Told, stub
from tests.playing import Control, Played, access
from tests.quick import quick_first

TOKEN = "00okta-s3cret-of-runs"


class Company:
    """An Okta organisation: names in each group, the status of those who are gone, addresses that changed."""

    def __init__(self) -> None:
        self.groups = {"Platform Engineering": ["ada", "bob", "eve", "kim"], "Support": ["ada", "sue"]}
        self.status: dict[str, str] = {}
        self.emails: dict[str, str] = {}
        self.absent: set[str] = set()

    def user(self, name: str) -> dict[str, Any]:
        email = self.emails.get(name, f"{name}@example.com")
        profile = {"login": f"{name}@corp.example", "email": email, "firstName": name.title(), "lastName": "X"}
        return {"id": f"00u{name}", "status": self.status.get(name, "ACTIVE"), "profile": profile}

    def answer(self, request: Asked, _url: str) -> Told:
        if request.headers.get("Authorization") != f"SSWS {TOKEN}":
            return Told({"errorSummary": "Invalid token provided"}, 401)
        ids = {name: f"00g{number}" for number, name in enumerate(self.groups)}
        if request.path == "/api/v1/groups":
            return Told(
                [{"id": ids[name], "profile": {"name": name}} for name in ids if name.startswith(request.query["q"])]
            )
        for name, identity in ids.items():
            if request.path == f"/api/v1/groups/{identity}/users":
                return Told([self.user(member) for member in self.groups[name]])
        somebody = request.path.removeprefix("/api/v1/users/00u")
        known = somebody != request.path and somebody not in self.absent
        return Told(self.user(somebody)) if known else Told({"errorSummary": "Not found"}, 404)


@pytest.fixture
def company() -> Company:
    return Company()


@pytest.fixture
def okta(company: Company) -> Iterator[Stub]:
    with stub(company.answer) as running:
        yield running


def roster(url: str, **options: Any) -> dict[str, Any]:
    return {
        "directory": {"source": "okta", "url": url, "max_drop": "50%", **options},
        "groups": {
            "platform": {
                "directory": "Platform Engineering",
                "honeycomb": {"role": "admin"},
                "reviewer": "lead@example.com",
            },
            "support": {"directory": ["Support"], "honeybadger": {"role": "Member"}, "targets": ["one"]},
        },
        "people": [{"email": "owner@example.com", "honeycomb": {"role": "admin"}, "honeybadger": {"role": "Owner"}}],
    }


@pytest.fixture
def hosts(control: Control, okta: Stub) -> tuple[str, ...]:
    control.write("roster.json", roster(okta.url))
    of_all = {"roster_file": "roster.json", "directory_token": TOKEN, "lifecycle_max_removals": 10}
    return control.inventory({name: control.variables(name) for name in ("one", "two")}, of_all)


def steps(played: Played, host: str, service: str = "honeycomb") -> dict[str, tuple[str, str]]:
    plan = played.artefacts["access_plan"][host][service]["steps"]
    return {step["email"].partition("@")[0]: (step["action"], step.get("because", "")) for step in plan}


def test_joiners_movers_leavers_and_renames(
    control: Control, company: Company, okta: Stub, hosts: tuple[str, ...]
) -> None:
    first = control.play("reconcile", *hosts)
    assert first.failures == {}, first.output
    assert [path for path in okta.paths() if path.endswith("/users")] == [
        "/api/v1/groups/00g0/users",
        "/api/v1/groups/00g1/users",
    ]
    assert access(control.sims["one"])["ada"] == "admin?/Member?"
    assert access(control.sims["two"])["ada"] == "admin?/-"
    assert access(control.sims["one"])["sue"] == "-/Member?"
    assert "sue" not in access(control.sims["two"])
    assert steps(first, "one")["ada"] == ("invite", "groups platform, support")
    assert control.play("reconcile", *hosts).changed == {"one": 0, "two": 0}

    company.status["bob"] = "SUSPENDED"
    company.groups["Platform Engineering"].remove("kim")
    company.groups["Platform Engineering"].remove("eve")
    company.absent.add("eve")
    company.emails["ada"] = "ada.l@example.com"
    planned = control.play("reconcile", *hosts, "--check")
    assert planned.failures["one"].count("Platform Engineering") == 1  # 4 to 1: more than half
    control.write("roster.json", roster(okta.url, max_drop="90%"))
    planned = control.play("reconcile", *hosts, "--check")
    assert steps(planned, "two") == {
        "bob": ("cancel", "disabled in the directory"),
        "kim": ("cancel", "left group Platform Engineering"),
        "eve": ("cancel", "not in the directory"),
    }
    told = planned.artefacts["access_plan"]["one"]
    for key, name in (("honeycomb", "Honeycomb"), ("honeybadger", "Honeybadger")):
        others = [text for text in told[key]["follow_up"] if not text.startswith(f"{name}:")]
        assert f"{name}: It still shows ada@example.com for ada.l@example.com" in str(told[key]["follow_up"])
        assert others == []
    assert not [path for path in okta.paths() if path.endswith("/00ubob")]  # the group told what became of him
    done = control.play("reconcile", *hosts)
    assert done.failures == {}, done.output
    assert "It still shows ada@example.com for ada.l@example.com, whose address changed in the directory" in done.text
    assert set(access(control.sims["two"])) == {"owner", "ada"}
    assert control.play("reconcile", *hosts).changed == {"one": 0, "two": 0}
    assert control.play("report", *hosts, report_dir="report", fail_on_drift=True).failures == {}
    assert TOKEN not in done.output + planned.output


def test_drift_is_at_the_roster_though_the_people_are_in_the_directory(
    control: Control, company: Company, okta: Stub, hosts: tuple[str, ...]
) -> None:
    """GitHub refuses a finding without a place."""
    assert control.play("report", *hosts, report_dir="report").code == 0
    report = json.loads((control.folder / "report" / "report.json").read_text())
    assert report["drift"]["rosters"] == ["roster.json"]
    (run,) = json.loads((control.folder / "report" / "drift.sarif").read_text())["runs"]
    assert len(run["results"]) > 4
    assert all(result.get("locations") for result in run["results"])


BROKEN = {
    "no such group": (lambda company: company.groups.pop("Support"), "has no group Support"),
    "empty group": (lambda company: company.groups["Support"].clear(), "the group Support has nobody"),
    "one address twice": (lambda company: company.emails.update(ada="bob@example.com"), "is an address of"),
    "nobody has an address": (lambda company: company.emails.update(sue=""), "active without a usable address"),
    "an unknown status": (lambda company: company.status.update(sue="NEW"), "NEW"),
}


def test_a_flag_in_yaml_says_what_it_says(
    control: Control, company: Company, okta: Stub, hosts: tuple[str, ...]
) -> None:
    """``allow_empty: false`` was read as true, so whoever was in the group lost access."""
    company.groups["Support"].clear()
    for allowed in (False, True):
        document = roster(okta.url)
        document["groups"]["support"]["allow_empty"] = allowed
        control.write("roster.yml", document)
        done = control.play("reconcile", *hosts, "--check", roster_file="roster.yml")
        assert (done.code == 0) is allowed, done.output
        assert allowed or "the group Support has nobody" in done.failures["one"]


@pytest.mark.parametrize("case", quick_first(["empty group"], BROKEN))
def test_nothing_follows_from_a_read_that_may_lie(
    control: Control, company: Company, hosts: tuple[str, ...], case: str
) -> None:
    change, reason = BROKEN[case]
    change(company)
    done = control.play("reconcile", *hosts)
    assert set(done.failures) == {"one", "two"}
    assert reason in done.failures["one"], done.failures
    assert [sim.log for sim in control.sims.values()] == [[], []]


def test_check_reads_a_directory_if_it_is_told_to(control: Control, company: Company, okta: Stub) -> None:
    control.write("roster.json", roster(okta.url))
    options: dict[str, Any] = {
        "roster_file": "roster.json",
        "environment": {**dict.fromkeys(control.credentials("one"), ""), "DIRECTORY_TOKEN": TOKEN},
    }
    hosts = control.inventory({"one": {}, "localhost": {}})[:2]
    assert "roster.json: 1 person, 2 groups." in control.play("check", *hosts, **options).text
    assert okta.asked == []
    done = control.play("check", *hosts, **options, read_directory=True)
    assert f"{okta.url}: 5 people in the groups of the roster." in done.text
    company.groups["Support"].clear()
    failed = control.play("check", *hosts, **options, read_directory=True)
    assert "roster.json: The directory was read, but nothing follows from it" in failed.failures["localhost"]


def test_an_address_that_wandered_is_refused(control: Control, company: Company, hosts: tuple[str, ...]) -> None:
    """A new person who has a leaver's old address would inherit their access."""
    assert control.play("reconcile", *hosts).failures == {}
    company.groups["Platform Engineering"] = ["ada", "bob", "kim", "new"]
    company.emails["new"] = "eve@example.com"
    done = control.play("reconcile", *hosts)
    assert "eve@example.com was the address of another person" in done.failures["one"]


@pytest.mark.slow
def test_a_leaver_goes_alone_though_their_address_is_an_alias_of_somebody_who_stays(
    control: Control, company: Company, okta: Stub, hosts: tuple[str, ...]
) -> None:
    """The mail of who left is forwarded to a colleague: what the refusal says to do removed both."""
    document = roster(okta.url, email="profile.login")
    control.write("roster.json", document)
    assert control.play("reconcile", *hosts).failures == {}
    company.groups["Platform Engineering"].remove("bob")
    company.absent.add("bob")
    company.emails["ada"] = "bob@corp.example"
    assert "declare that address once as absent" in control.play("reconcile", *hosts).failures["one"].replace("\n", " ")
    document["people"].append({"email": "bob@corp.example", "state": "absent"})
    control.write("roster.json", document)
    planned = control.play("reconcile", *hosts, "--check")
    assert {email for host in ("one", "two") for email in steps(planned, host)} == {"bob"}
    assert control.play("reconcile", *hosts).failures == {}
    assert "bob" not in access(control.sims["two"])
    assert "ada" in access(control.sims["two"])
    for _entry in ("still there", "still there"):
        again = control.play("reconcile", *hosts)
        assert (again.failures, again.changed) == ({}, {"one": 0, "two": 0})
    document["people"].pop()
    control.write("roster.json", document)
    for _entry in ("gone", "gone"):
        again = control.play("reconcile", *hosts)
        assert (again.failures, again.changed) == ({}, {"one": 0, "two": 0})
    assert "ada" in access(control.sims["two"])


def test_a_directory_is_not_for_offboard_and_an_entry_of_the_roster_wins(
    control: Control, company: Company, okta: Stub, hosts: tuple[str, ...]
) -> None:
    refused = control.play("offboard", *hosts, roster_file="roster.json")
    assert "everybody in it would be removed" in refused.failures["one"]
    document = roster(okta.url)
    document["people"].append({"email": "bob@example.com", "honeycomb": {"role": "member"}})
    control.write("roster.json", document)
    company.status["bob"] = "SUSPENDED"
    warned = "bob@example.com (disabled in the directory) keeps access, because people of the roster declares them."
    planned = control.play("reconcile", *hosts[:2], "-e", "access_targets=two", "--check", warned=warned)
    plan = planned.artefacts["access_plan"]["two"]["honeycomb"]["steps"]
    assert {step["email"]: step["after"]["role"] for step in plan}["bob@example.com"] == "member"


@pytest.mark.slow
def test_2000_people_in_12_groups(control: Control, company: Company, okta: Stub) -> None:
    """Both services in one run; a change of a group becomes exactly the changes that it means, and a new address none."""
    sim = control.sims["one"]
    company.groups = {f"Group {number:02}": [f"p{n}" for n in range(number, 2000, 12)] for number in range(12)}
    groups: dict[str, Any] = {
        f"g{number:02}": {
            "directory": f"Group {number:02}",
            "honeycomb": {"role": "admin" if number == 0 else "member"},
            "honeybadger": {"role": "Admin" if number == 0 else "Member", "team_ids": [sim.honeybadger.add_team()]},
        }
        for number in range(12)
    }
    control.write("roster.json", {**roster(okta.url), "groups": groups})
    options: dict[str, Any] = {"roster_file": "roster.json", "directory_token": TOKEN, "lifecycle_max_removals": 10}
    first = control.play("reconcile", **options)
    assert first.failures == {}, first.output
    assert len(okta.paths()) == 24
    of_group = [
        f"{'admin?/Admin?' if number == 0 else 'member?/Member?'}{group['honeybadger']['team_ids'][0]}"
        for number, group in enumerate(groups.values())
    ]
    wanted = {"owner": "admin/Owner", **{f"p{number}": of_group[number % 12] for number in range(2000)}}
    assert access(sim) == wanted

    company.groups["Group 00"].append(company.groups["Group 01"].pop(0))
    company.emails.update({f"p{number}": f"renamed{number}@example.com" for number in range(100, 105)})
    sim.log.clear()
    second = control.play("reconcile", **options)
    assert second.failures == {}, second.output
    for service in ("honeycomb", "honeybadger"):
        assert steps(second, "localhost", service) == {"p1": ("update", "group g00")}
    assert [request.method for request in sim.writes()] == ["PUT", "PUT"]
    assert access(sim) == {**wanted, "p1": of_group[0]}
    told = [line for line in second.told if "whose address changed in the directory" in line]
    assert len({line.rsplit(" for ", 1)[1].split(",")[0] for line in told}) == 5
