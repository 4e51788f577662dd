# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whoever was invited and has not accepted is remembered, with nothing configured. Honeycomb lists nobody pending."""

from __future__ import annotations

import csv
import json
import os
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.playing import Control, Environment, access
from tests.quick import slow
from tests.simulator import Fault, Simulator

NOTHING_CONFIGURED: Environment = {
    "ANSIBLE_HOME": None,
    "ANSIBLE_CACHE_PLUGIN": None,
    "ANSIBLE_CACHE_PLUGIN_TIMEOUT": None,
    "ANSIBLE_CACHE_PLUGIN_CONNECTION": None,
}
OWNER = {"owner": "admin/Owner"}
ONBOARD = ("onboard", "-e", "email=ada@example.com", "-e", "honeycomb_role=admin")


def memory(control: Control) -> Path:
    return control.home / ".ansible" / "honeyops.access"


def remembered(folder: Path) -> dict[str, Any]:
    """Every file that holds something, with its time and mode."""
    return {
        str(path): (path.read_text(), path.stat().st_mtime_ns, stat.S_IMODE(path.stat().st_mode))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.stat().st_size
    }


def test_three_lines_of_the_readme(control: Control, sim: Simulator) -> None:
    """Invited twice, and not to be cancelled, by whoever typed only what the README says."""
    assert control.play(*ONBOARD, environment=NOTHING_CONFIGURED).code == 0
    again = control.play(*ONBOARD, environment=NOTHING_CONFIGURED)
    assert (again.code, again.changed) == (0, {"localhost": 0}), again.output
    assert len(sim.emails_to("ada@example.com", "honeycomb")) == 1
    left = control.play("offboard", "-e", "email=ada@example.com", environment=NOTHING_CONFIGURED)
    assert left.code == 0
    assert access(sim) == OWNER


@pytest.mark.slow
def test_the_service_is_asked_once_which_team_a_key_belongs_to(control: Control, sim: Simulator) -> None:
    """The memory, the plan's id and the comparison of hosts all need to know, each in a process of its own."""
    two = control.sims["two"]
    key = {"honeycomb_api_key": two.configuration_key, "honeycomb_api_url": two.honeycomb_url}
    hosts = control.inventory({"one": control.variables("one", "honeycomb"), "two": key})
    for people, sent in (["ada@example.com"], 2), (["ada@example.com"], 0), (["ada@example.com", "bob@example.com"], 2):
        for each in (sim, two):
            each.log.clear()
        played = control.play("onboard", *hosts, people=people)
        assert played.code == 0, played.output
        for each in (sim, two):
            asked = [entry.path for entry in each.log if entry.method == "GET"]
            assert sorted(asked) == ["/1/auth", "/1/team_memberships"]
        assert len(sim.writes()) + len(two.writes()) == sent


@pytest.mark.slow
def test_it_never_expires(control: Control, sim: Simulator) -> None:
    """A fact cache drops what is older than 24 hours, and does not write again what has not changed."""
    assert control.play(*ONBOARD, environment=NOTHING_CONFIGURED).code == 0
    before = time.time() - 25 * 3600
    files = [path for path in control.home.rglob("*") if path.is_file()]
    assert [path for path in files if path.is_relative_to(memory(control))]
    for path in files:
        os.utime(path, (before, before))
    sim.advance(25 * 3600)
    sim.fail(Fault("status", path="^/1/auth$", status=503))
    again = control.play(*ONBOARD, environment=NOTHING_CONFIGURED)
    assert again.changed == {"localhost": 0}, again.output
    assert "Honeycomb: nothing to change, 3 requests" in again.told  # one of them asked for the team again
    assert len(sim.emails_to("ada@example.com", "honeycomb")) == 1


@pytest.mark.slow
def test_one_localhost_for_two_teams_in_turn(control: Control) -> None:
    one, two = control.sims["one"], control.sims["two"]
    other = {**NOTHING_CONFIGURED, **control.credentials("two")}
    for environment in (NOTHING_CONFIGURED, other, NOTHING_CONFIGURED, other):
        assert control.play(*ONBOARD, environment=environment).code == 0
    for sim in (one, two):
        assert len(sim.emails_to("ada@example.com", "honeycomb")) == 1
    assert control.play("offboard", "-e", "email=ada@example.com", environment=other).code == 0
    assert access(two) == OWNER
    assert access(one) == OWNER | {"ada": "admin?/Member?"}


def test_two_runs_that_overlap(control: Control, sim: Simulator) -> None:
    """The last writer won, and the other's invitations were forgotten."""
    names = ("ada", "bob")
    sim.configure(latency=0.3)
    with ThreadPoolExecutor() as pool:
        done = list(
            pool.map(
                lambda name: control.play("onboard", email=f"{name}@example.com", environment=NOTHING_CONFIGURED), names
            )
        )
    assert [played.code for played in done] == [0, 0]
    posts = [entry for entry in sim.writes("honeycomb") if entry.changed]
    assert len(posts) == 2
    sim.configure(latency=0)
    people = [f"{name}@example.com" for name in names]
    again = control.play("onboard", people=people, environment=NOTHING_CONFIGURED)
    assert again.changed == {"localhost": 0}, again.output
    assert control.play("offboard", people=people, environment=NOTHING_CONFIGURED).code == 0
    assert access(sim) == OWNER


@pytest.mark.parametrize(("service", "other"), [("honeycomb", "honeybadger"), ("honeybadger", "honeycomb")])
def test_two_runs_that_invite_the_same_person(control: Control, sim: Simulator, service: str, other: str) -> None:
    """Both invited them to Honeybadger: the second had read the list before the first had sent its invitation."""
    sim.configure(latency=0.5, duplicate_invite="email")
    given: dict[str, Any] = {"email": "ada@example.com", "environment": NOTHING_CONFIGURED, f"{other}_role": "none"}
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda _number: control.play("onboard", **given), range(2)))
    sim.configure(latency=0)
    assert control.play("onboard", **given).code == 0
    assert len(sim.emails_to("ada@example.com", service)) == 1


def test_check_mode_leaves_it_alone_and_only_its_owner_may_read_it(control: Control, sim: Simulator) -> None:
    assert control.play(*ONBOARD, "--check", environment=NOTHING_CONFIGURED).code == 0
    assert remembered(memory(control)) == {}
    assert control.play(*ONBOARD, environment=NOTHING_CONFIGURED).code == 0
    kept = remembered(memory(control))
    assert kept
    assert control.play(
        "offboard", "--check", "-e", "email=ada@example.com", environment=NOTHING_CONFIGURED
    ).changed == {"localhost": 1}
    assert remembered(memory(control)) == kept
    for content, _time, mode in kept.values():
        assert mode == 0o600
        assert "ada@example.com" in content
        assert not [secret for secret in sim.secrets if secret in content]
    assert stat.S_IMODE(memory(control).stat().st_mode) & 0o077 == 0


@pytest.mark.slow
def test_another_folder(control: Control, sim: Simulator) -> None:
    folder = control.folder / "kept" / "here"
    for home in ("first", "second"):
        done = control.at_home(home).play(*ONBOARD, environment=NOTHING_CONFIGURED, lifecycle_memory_dir=str(folder))
        assert done.code == 0
    assert remembered(folder)
    assert [stat.S_IMODE(made.stat().st_mode) for made in (folder, folder.parent)] == [0o700, 0o700]
    assert len(sim.emails_to("ada@example.com", "honeycomb")) == 1


def test_nobody_is_invited_who_could_not_be_remembered(control: Control, sim: Simulator) -> None:
    """Another run may invite them again, to Honeybadger if they accept under another address. An offboarding invites nobody."""
    sim.honeycomb.add("eve@example.com")
    nowhere: dict[str, Any] = {"environment": NOTHING_CONFIGURED, "lifecycle_memory_dir": "/proc/nowhere"}
    refused = control.play(*ONBOARD, **nowhere)
    assert "/proc/nowhere cannot be written" in refused.failures["localhost"]
    assert "lifecycle_memory to none" in refused.failures["localhost"]
    assert refused.failures["localhost"].count("was left alone, because invitations could not be remembered") == 2
    assert (sim.emails, sim.writes()) == ([], [])
    assert control.play("offboard", email="eve@example.com", **nowhere).code == 0


@pytest.mark.parametrize("status", [500, *slow(503)])
def test_nobody_is_invited_while_the_team_has_no_name(control: Control, sim: Simulator, status: int) -> None:
    """The service says which team it is when it is well again; what is sent before cannot be remembered."""
    sim.configure(pending_listed=False)
    sim.fail(Fault("status", path="^/1/auth$", status=status, times=0))
    refused = control.play(*ONBOARD, environment=NOTHING_CONFIGURED, max_wait=1)
    assert f"answered {status} to GET /1/auth" in refused.failures["localhost"]
    assert [email.service for email in sim.emails] == ["honeybadger"]
    sim.faults.clear()
    for _run in range(2):
        assert control.play(*ONBOARD, environment=NOTHING_CONFIGURED).code == 0
    assert len(sim.emails_to("ada@example.com", "honeycomb")) == 1


def test_nobody_is_invited_to_an_account_again_whose_list_lags(control: Control, sim: Simulator) -> None:
    """The list of one read after the invitation does not have it yet; the invitation itself is there."""
    assert control.play(*ONBOARD, environment=NOTHING_CONFIGURED).code == 0
    behind: dict[str, Any] = {"results": [], "links": {}}
    sim.fail(Fault("status", "honeybadger", "GET", "/invitations$", status=200, body=behind))
    again = control.play(*ONBOARD, environment=NOTHING_CONFIGURED)
    assert again.changed == {"localhost": 0}, again.output
    assert len(sim.emails_to("ada@example.com", "honeybadger")) == 1
    sim.honeybadger.delete_invitation("ada@example.com")
    assert control.play(*ONBOARD, environment=NOTHING_CONFIGURED).code == 0
    assert len(sim.emails_to("ada@example.com", "honeybadger")) == 2


def test_a_file_that_is_none_of_ours_stops_what_it_matters_for(control: Control, sim: Simulator) -> None:
    assert control.play(*ONBOARD, environment=NOTHING_CONFIGURED).code == 0
    (file,) = [path for path in memory(control).glob("*.json") if path.is_file()]
    file.write_text("{")
    done = control.play(*ONBOARD, environment=NOTHING_CONFIGURED)
    assert str(file) in done.failures["localhost"]
    assert len(sim.emails_to("ada@example.com", "honeycomb")) == 1


def test_none(control: Control, sim: Simulator) -> None:
    done = control.play(*ONBOARD, lifecycle_memory="none", warned="unless lifecycle_memory tells it")
    assert done.code == 0
    assert "known_invitations" not in done.output
    assert not list(control.home.rglob("honeyops.access/*.json"))
    assert len(sim.emails) == 2


def test_what_nobody_saw_go_is_not_called_applied(control: Control, sim: Simulator) -> None:
    """Who accepts an invitation that no list showed may have another id and another address afterwards."""
    sim.configure(pending_listed=False, accepted_id="new")
    assert control.play("onboard", email="eve@example.com").code == 0
    sim.honeycomb.accept("eve@example.com", "eve@home.example")
    done = control.play("offboard", email="eve@example.com", evidence_dir="evidence")
    (file,) = (control.folder / "evidence").rglob("*eve@example.com.json")
    record = json.loads(file.read_text())["services"]["honeycomb"]
    assert [step["outcome"] for step in record["done"]] == ["done_already"], done.output
    assert any("Honeycomb has no invitation of eve@example.com under the id" in text for text in record["by_hand"])
    assert "done already" in file.with_suffix(".txt").read_text()


def test_an_invitation_to_an_account_is_known_when_it_lost_its_address(control: Control, sim: Simulator) -> None:
    """Ada accepted under another address, and was removed and invited again, or not found."""
    hosts = control.inventory({"acme": control.variables("one", "honeybadger")})
    assert control.play("onboard", *hosts, email="ada@example.com").code == 0
    sim.honeybadger.accept("ada@example.com", accepting="lovelace@home.example")
    people = ["owner@example.com", "ada@example.com"]
    again = control.play("reconcile", *hosts, people=people, lifecycle_max_removals=0)
    assert (again.code, again.changed) == (0, {"acme": 0}), again.output
    assert control.play("offboard", *hosts, email="ada@example.com").code == 0
    assert [user.email for user in sim.honeybadger.users] == ["owner@example.com"]
    assert len(sim.emails) == 1


HOME = "lovelace@home.example"


def test_an_invitation_to_a_team_is_known_when_it_lost_its_address(control: Control, sim: Simulator) -> None:
    """Whoever accepted one under another address was removed and invited again, or not found. Ids of teams' invitations and
    of the account's are the same numbers."""
    hosts = control.inventory({"acme": control.variables("one", "honeybadger")})
    sim.honeybadger.add_team("platform", id=3)
    sim.honeybadger.add("eve@example.com")
    sim.honeybadger.teams.invite(3, "ada@example.com")
    people = ["bob@example.com", {"email": "eve@example.com", "state": "absent"}]
    assert control.play("onboard", *hosts, people=people).code == 0  # a run that reads the teams
    sim.honeybadger.accept_team(3, "ada@example.com", accepting=HOME)
    people = ["owner@example.com", "ada@example.com", "bob@example.com"]
    for playbook in ("onboard", "reconcile", "onboard"):
        again = control.play(playbook, *hosts, people=people, lifecycle_max_removals=0)
        assert (again.code, again.changed) == (0, {"acme": 0}), again.output
    left = control.play("offboard", *hosts, email="ada@example.com")
    assert left.code == 0, left.output
    assert [user.email for user in sim.honeybadger.users] == ["owner@example.com"]
    assert [member.email for team in sim.honeybadger.teams for member in team.members] == []
    assert len(sim.emails_to("ada@example.com")) == 1


def test_a_team_invitation_of_ours_accepted_as_somebody_else(control: Control, sim: Simulator) -> None:
    """Ada is a user, is invited to a team and accepts that under another address: she leaves as both."""
    hosts = control.inventory({"acme": control.variables("one", "honeybadger")})
    sim.honeybadger.add_team("platform", id=3)
    sim.honeybadger.add("ada@example.com")
    form: dict[str, Any] = {"email": "ada@example.com", "honeybadger_team_ids": 3, "lifecycle_manage_teams": True}
    assert control.play("onboard", *hosts, **form).code == 0
    sim.honeybadger.accept_team(3, "ada@example.com", accepting=HOME)
    left = control.play("offboard", *hosts, email="ada@example.com", warned="has 2 accounts")
    assert left.code == 0, left.output
    assert [user.email for user in sim.honeybadger.users] == ["owner@example.com"]


def test_a_credential_that_was_copied_badly_forgets_nobody(control: Control, sim: Simulator) -> None:
    """What a run that could ask nothing knew, nothing, took the place of what was remembered."""
    variables = control.variables("one", "honeybadger")
    assert control.play("onboard", *control.inventory({"acme": variables}), email="ada@example.com").code == 0
    before = remembered(control.home / "ansible" / "honeyops.access")
    assert before
    hosts = control.inventory({"acme": {**variables, "honeybadger_auth_token": "two\nlines"}})
    assert control.play("offboard", *hosts, email="bob@example.com").code == 2
    assert remembered(control.home / "ansible" / "honeyops.access") == before


@pytest.mark.parametrize("team", [None, *slow(3)])
def test_whoever_only_looks_knows_them_too(control: Control, sim: Simulator, team: int | None) -> None:
    """Report, review and dump took somebody who accepted under another address for a stranger."""
    hosts = control.inventory({"acme": control.variables("one", "honeybadger")})
    sim.honeybadger.add_team("platform", id=3)
    if team:
        sim.honeybadger.add("eve@example.com")
        sim.honeybadger.teams.invite(team, "ada@example.com")
        assert control.play("offboard", *hosts, email="eve@example.com").code == 0
        sim.honeybadger.accept_team(team, "ada@example.com", accepting=HOME)
    else:
        assert control.play("onboard", *hosts, email="ada@example.com").code == 0
        sim.honeybadger.accept("ada@example.com", accepting=HOME)
    people = ["owner@example.com", {"email": "ada@example.com", "honeybadger": {}}]
    reported = control.play("report", *hosts, report_dir="report", people=people, fail_on_drift=True)
    assert reported.code == 0, reported.output
    (ada,) = [one for one in json.loads((control.folder / "report/report.json").read_text())["people"] if one["name"]][
        :1
    ]
    assert (ada["email"], ada["addresses"]) == (HOME, ["ada@example.com"])
    review: dict[str, Any] = {"review_dir": "review", "review_reviewers": {"acme": "ada@example.com"}}
    assert control.play("review", *hosts, **review).code == 0
    path = control.folder / "review/review.csv"
    rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    with path.open("w") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows({**row, "decision": "keep"} for row in rows)
    own = control.play("review", *hosts, review_file="review/review.csv")
    assert f"Nobody decides about their own access: row 2 ({HOME}, " in own.failures["acme"]
    assert control.play("onboard", *hosts, people=people).changed == {"acme": 0}  # dump reads no teams, this does
    assert control.play("dump", *hosts, dump_file="people.json").code == 0
    dumped = {
        one["email"]: one.get("aliases") for one in json.loads((control.folder / "people.json").read_text())["people"]
    }
    assert dumped[HOME] == ["ada@example.com"]
    assert sim.writes("honeybadger")[-1].method in ("DELETE", "POST")
