# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A review of access, from the list to the record: what people decide is carried out, and nothing else."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from ansible_collections.honeyops.access.plugins.plugin_utils._words.chat import plan_text
from tests.playing import Control, Played, access
from tests.simulator import Fault, Simulator

LEAD, EVE, BOB, ADA = "lead@example.com", "eve@example.com", "bob@example.com", "ada@example.com"
COLUMNS = "row,host,service,email,name,role,status,teams,since,keys,because,drift,reviewer,decision,comment"
ROSTER = f"people:\n  - owner@example.com\n  - {ADA}\n  - email: {BOB}\n    honeycomb: {{role: member}}\n"

Row = dict[str, str]


@pytest.fixture
def sim(control: Control) -> Simulator:
    one = control.sims["one"]
    for email in (EVE, BOB, ADA):
        one.honeycomb.add(email)
    one.honeybadger.add(EVE, "Admin")
    one.honeybadger.invite(ADA, "Member")
    return one


def rows_of(control: Control, name: str = "review.csv") -> list[Row]:
    text = (control.folder / "review" / name).read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def fill(control: Control, decide: Callable[[Row], Mapping[str, str]], name: str = "review.csv") -> None:
    """Fill in the rows, as a spreadsheet of a country with decimal commas saves them."""
    rows = rows_of(control)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, rows[0].keys(), delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({**row, **decide(row)} for row in rows)
    (control.folder / "review" / name).write_bytes(b"\xff\xfe" + text.getvalue().encode("utf-16-le"))


def start(control: Control, **variables: Any) -> Played:
    done = control.play("review", review_dir="review", review_reviewers={"localhost": LEAD}, **variables)
    assert done.code == 0, done.output
    return done


def apply(control: Control, *options: str, **variables: Any) -> Played:
    return control.play("review", *options, review_file="review/review.csv", **variables)


def record(control: Control, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((control.folder / "review" / name).read_text())
    return found


def test_a_review_from_the_list_to_the_record(control: Control, sim: Simulator) -> None:
    control.write("people.yml", ROSTER)
    start(control, roster_file="people.yml")
    folder = control.folder / "review"
    assert sorted(path.name for path in folder.iterdir()) == ["review.csv", "review.html", "review.json"]
    assert (folder / "review.csv").read_bytes().startswith(b"\xef\xbb\xbf" + COLUMNS.encode())
    rows = rows_of(control)
    places = {(row["service"], row["email"]): row for row in rows}
    assert len(rows) == len(places) == 7
    assert places["honeycomb", EVE]["drift"] == places["honeybadger", EVE]["drift"] == "unexpected"
    assert places["honeybadger", ADA]["status"] == "pending"
    assert places["honeycomb", BOB]["because"] == "people.yml, line 4"
    assert {row["reviewer"] for row in rows} == {LEAD}
    assert sim.writes() == []

    def decide(row: Row) -> Row:
        if row["email"] == EVE:
            return {"decision": "Revoke" if row["service"] == "honeycomb" else "member", "comment": "no longer on call"}
        return {"decision": " keep "}

    fill(control, decide)
    checked = apply(control, "--check")
    assert (checked.code, sim.writes()) == (0, []), checked.output
    assert record(control, "review-" + day() + "-check.json")["counts"] == {"kept": 5, "planned": 2}
    done = apply(control, ticket="OPS-7", evidence_dir="evidence")
    assert done.code == 0, done.output
    assert access(sim)["eve"] == "-/Member"
    made = record(control, f"review-{day()}.json")
    assert made["counts"] == {"kept": 5, "applied": 2}
    assert (made["run"]["ticket"], made["review_every"]) == ("OPS-7", 90)
    assert [item["reviewer"] for item in made["reviewers"]] == [LEAD]
    assert made["population"]["digest"] == record(control, "review.json")["digest"]
    assert "no longer on call" in (folder / f"review-{day()}.txt").read_text()
    writes = len(sim.writes())
    again = apply(control)
    assert (again.code, len(sim.writes())) == (0, writes), again.output
    assert record(control, f"review-{day()}-2.json")["counts"] == {"kept": 5, "done before": 2}


def test_a_review_that_is_carried_out_again_takes_nothing_that_was_given_since(
    control: Control, sim: Simulator
) -> None:
    """Such as by a schedule that was left on."""
    start(control)
    fill(control, lambda row: {"decision": "revoke" if row["email"] == EVE else "keep"})
    assert apply(control).code == 0
    assert "eve" not in access(sim)
    sim.honeybadger.add(EVE, "Admin")
    writes = len(sim.writes())
    again = apply(control)
    assert (again.code, len(sim.writes())) == (2, writes), again.output
    text = again.failures["localhost"]
    assert f"Carried out before, and different again since then: row 5 ({EVE}, Honeybadger of localhost)" in text
    assert "Begin a new review" in text


GROUPED = f"""\
groups:
  platform:
    honeycomb: {{role: member}}
    honeybadger: {{role: Admin}}
    reviewer: {LEAD}
people:
  - email: {EVE}
    groups: [platform]
  - email: {ADA}
    honeycomb: {{role: member}}
"""


def test_who_reviews_whom_is_said_by_groups_and_hosts(control: Control, sim: Simulator) -> None:
    """A file for each reviewer, and what gives somebody this access; whoever is in no roster has the host's reviewer."""
    control.write("people.yml", GROUPED)
    second = "second@example.com"
    done = control.play("review", review_dir="review", roster_file="people.yml", review_reviewers={"localhost": second})
    assert done.code == 0, done.output
    assert "Nobody decides about their own access" not in done.text
    mine, other = (rows_of(control, f"review-{address}.csv") for address in (LEAD, second))
    assert {(row["email"], row["because"], row["drift"]) for row in mine} == {(EVE, "group platform", "")}
    assert {row["email"] for row in other} == {"owner@example.com", ADA, BOB}
    assert len(mine) + len(other) == len(rows_of(control)) == 7
    targets = {target["service"]: target["target"] for target in record(control, "review.json")["targets"]}
    assert targets == {"honeycomb": "example-team", "honeybadger": sim.account_id}


def test_a_row_of_its_reviewer_is_told_with_the_list(control: Control, sim: Simulator) -> None:
    control.write("people.yml", GROUPED.replace(LEAD, EVE))
    done = control.play("review", review_dir="review", roster_file="people.yml")
    assert done.code == 0, done.output
    own = [f"row {row['row']} ({EVE})" for row in rows_of(control) if row["email"] == EVE]
    assert f"Nobody decides about their own access. Name another reviewer in {', '.join(own)}." in done.text


def test_nothing_but_keep_is_recorded_without_a_write(control: Control, sim: Simulator) -> None:
    start(control)
    fill(control, lambda _row: {"decision": "keep"})
    done = apply(control)
    assert (done.code, sim.writes()) == (0, []), done.output
    assert record(control, f"review-{day()}.json")["counts"] == {"kept": 7}
    assert (
        plan_text(done.artefacts["access_plan"])["lines"][0] == "There is nothing to change, so nothing needs approval."
    )


def test_what_cannot_be_carried_out_is_refused_with_its_rows(control: Control, sim: Simulator) -> None:
    """And a list that is made anew keeps what was decided on access that is still the same."""
    start(control)
    fill(control, lambda row: {"decision": "" if row["email"] == EVE else "keep", "reviewer": row["reviewer"]})
    sim.honeycomb.add("mallory@example.com", "admin")
    sim.honeycomb.set_role(BOB, "admin")
    refused = apply(control)
    assert refused.code == 2
    text = refused.failures["localhost"]
    assert "No decision yet: row 4 (eve@example.com, Honeycomb of localhost), row 5 (eve" in text
    assert (
        "Changed since the list was read: row 3 (bob@example.com, Honeycomb of localhost), member, active then" in text
    )
    assert "New since the list was read: mallory@example.com (Honeycomb of localhost), admin, active." in text
    assert (sim.writes(), list((control.folder / "review").glob("review-*"))) == ([], [])
    again = start(control)
    assert "4 rows are as they were decided before" in again.text
    assert sorted(row["email"] for row in rows_of(control) if not row["decision"]) == [
        BOB,
        EVE,
        EVE,
        "mallory@example.com",
    ]
    fill(control, lambda row: {"decision": row["decision"] or "revoke"})
    assert apply(control).code == 0
    assert set(access(sim)) == {"ada", "owner"}


@pytest.mark.slow
def test_a_plan_that_is_refused_stops_all_hosts_unless_the_rest_is_asked_for(control: Control, sim: Simulator) -> None:
    other = control.sims["two"]
    other.honeycomb.add(EVE)
    hosts = control.inventory({"acme": control.variables("one"), "umbrella": control.variables("two")})
    reviewers = {"acme": LEAD, "umbrella": "second@example.com"}
    done = control.play("review", *hosts, review_dir="review", review_reviewers=reviewers)
    assert done.code == 0, done.output
    names = [f"review-{address}.csv" for address in reviewers.values()]
    for name in names:
        fill(control, lambda row: {"decision": "revoke" if row["email"] == EVE else "keep"}, name)
    protected = {
        "acme": {**control.variables("one"), "lifecycle_protected": [EVE]},
        "umbrella": control.variables("two"),
    }
    hosts = control.inventory(protected)
    refused = control.play("review", *hosts, review_file="review")
    assert refused.code == 2
    assert "Nothing was changed on any host" in refused.failures["umbrella"]
    assert EVE in refused.failures["acme"]
    assert "protected" in refused.failures["acme"]
    assert sim.writes() == other.writes() == []
    partly = control.play("review", *hosts, review_file="review", review_partial=True)
    assert partly.code == 0, partly.output
    assert sim.writes() == []
    assert [entry.method for entry in other.writes()] == ["DELETE"]
    made = record(control, f"review-{day()}.json")
    assert made["counts"] == {"kept": 7, "applied": 1, "not attempted": 2}
    assert any("protected" in text for text in made["refused"])
    limited = control.play("review", *hosts, "--limit", "acme", review_file="review")
    assert "A row is of a target that this run does not have: row " in limited.failures["acme"]


@pytest.mark.slow
def test_what_fails_on_the_way_is_recorded_and_done_by_a_second_run(control: Control, sim: Simulator) -> None:
    start(control)
    fill(control, lambda row: {"decision": "revoke" if row["email"] == EVE else "keep"})
    sim.fail(Fault("status", status=403, method="DELETE", path="/v2/accounts"))
    failed = apply(control)
    assert failed.code == 2
    assert access(sim)["eve"] == "-/Admin"
    made = record(control, f"review-{day()}.json")
    assert made["counts"] == {"kept": 5, "applied": 1, "failed": 1}
    assert any(f"{EVE} (Honeybadger of localhost): revoke, failed." in text for text in made["remains"])
    done = apply(control)
    assert done.code == 0, done.output
    assert record(control, f"review-{day()}-2.json")["counts"] == {"kept": 5, "applied": 1, "done before": 1}
    assert "eve" not in access(sim)


@pytest.mark.slow
def test_a_new_review_begins_without_the_decisions_of_one_that_was_carried_out(
    control: Control, sim: Simulator
) -> None:
    """Eve was revoked, came back, and was revoked in the list of the next quarter by nobody."""
    start(control)
    fill(control, lambda row: {"decision": "revoke" if row["email"] == EVE else "keep"})
    (control.folder / "review" / "review-boss.csv").write_bytes("row,café\n1,é".encode("cp1252"))
    again = start(control)
    assert "7 rows are as they were decided before" in again.text
    assert "Not kept of the list before: review-boss.csv" in again.text
    assert list((control.folder / "review").glob("before-*/review-boss.csv")) != []
    assert apply(control).code == 0
    sim.honeycomb.add(EVE)
    start(control)
    assert {row["decision"] for row in rows_of(control)} == {""}


def test_whoever_is_kept_is_not_removed_with_an_address_that_they_accepted_for(
    control: Control, sim: Simulator
) -> None:
    """Bob forwarded an invitation, and Ada accepted it; no roster is compared."""
    sim.configure(accepted_email="kept")
    sim.honeybadger.add(BOB)
    sim.honeybadger.add_invitation(BOB)
    sim.honeybadger.accept(BOB, accepting="ada@home.example")
    start(control)
    fill(
        control,
        lambda row: {"decision": "revoke" if (row["service"], row["email"]) == ("honeybadger", BOB) else "keep"},
    )
    refused = apply(control)
    assert refused.code == 2
    assert "Several accesses of one person in one place need the same decision" in refused.text
    assert "ada@home.example" in refused.text
    assert sim.writes() == []


@pytest.mark.slow
def test_an_approval_is_of_the_plan(control: Control, sim: Simulator) -> None:
    start(control)
    fill(control, lambda row: {"decision": "revoke" if row["email"] == EVE else "keep"})
    planned = apply(control, "--check", lifecycle_require_approval=True)
    assert planned.code == 0, planned.output
    plan = planned.artefacts["access_plan"]
    unapproved = apply(control, lifecycle_require_approval=True)
    assert "needs an approval" in unapproved.failures["localhost"]
    other = {"localhost": {**plan["localhost"], "honeycomb": {**plan["localhost"]["honeycomb"], "plan_id": "0"}}}
    moved = apply(control, access_plan=other)
    assert "not the one that was approved" in moved.failures["localhost"]
    assert sim.writes() == []
    done = apply(control, access_plan=plan, lifecycle_require_approval=True)
    assert done.code == 0, done.output
    assert "eve" not in access(sim)


STRANGER, GUEST = "stranger@example.com", "guest@example.com"


@pytest.mark.slow
def test_who_is_only_in_a_team_and_keys_without_a_member(control: Control, sim: Simulator) -> None:
    """Nobody decided about them: they were notes beside the list."""
    sim.honeybadger.add_team("platform", id=31)
    for team in (3, 31):
        sim.honeybadger.teams.add_member(team, STRANGER, admin=team == 31)
    sim.honeybadger.teams.add_invitation(31, GUEST)
    key = sim.honeycomb.keys.add("left@example.com", "ingest", "Collector").id
    secrets = {"HONEYCOMB_KEY_ID": sim.management_key_id, "HONEYCOMB_KEY_SECRET": sim.management_key_secret}
    control.write("people.yml", ROSTER)
    done = start(control, roster_file="people.yml", environment=secrets)
    assert "In teams only" not in done.text
    named = {STRANGER: "stranger", GUEST: "guest"}
    rows = {named.get(row["email"]) or row["keys"]: row for row in rows_of(control)}
    rows = {name: row for name, row in rows.items() if name in (*named.values(), f"Collector ({key})")}
    names = ("service", "role", "status", "drift", "reviewer")
    assert {name: tuple(row[column] for column in names) for name, row in rows.items()} == {
        "stranger": ("honeybadger", "team admin", "active", "unexpected", LEAD),
        "guest": ("honeybadger", "team member", "pending", "unexpected", LEAD),
        f"Collector ({key})": ("honeycomb", "API key", "enabled", "stray_key", LEAD),
    }
    assert rows["stranger"]["teams"] == "Team 3;platform"
    page = (control.folder / "review" / "review.html").read_text()
    assert all(text in page for text in (STRANGER, GUEST, f"Collector ({key})"))
    numbers, others = {row["row"] for row in rows.values()}, len(rows_of(control)) - len(rows)
    sheet = control.folder / "review" / "review.csv"
    blank = sheet.read_bytes()
    fill(control, lambda row: {"decision": "Member" if row["email"] == STRANGER else "keep"})
    wrong = apply(control, environment=secrets)
    assert "What is no access to the service itself can only be kept or revoked: row " in wrong.failures["localhost"]
    sheet.write_bytes(blank)
    fill(control, lambda row: {"decision": "revoke" if row["row"] in numbers else "keep"})
    unread = apply(control)
    assert (
        "could not be read this time, so nobody knows whether it is still there: row " in unread.failures["localhost"]
    )
    assert sim.writes() == []
    done = apply(control, environment=secrets)
    assert done.code == 0, done.output
    assert [member.email for team in sim.honeybadger.teams for member in team.members] == []
    assert [invitation.email for team in sim.honeybadger.teams for invitation in team.invitations] == []
    made = record(control, f"review-{day()}.json")
    assert made["counts"] == {"kept": others, "applied": 2, "by hand": 1}
    assert [
        text
        for text in made["remains"]
        if f"revoke, by hand. Disable the ingest key Collector ({key}) in Honeycomb" in text
    ]
    again = apply(control, environment=secrets)
    assert again.code == 0, again.output
    counts = record(control, f"review-{day()}-2.json")["counts"]
    assert counts == {"kept": others, "done before": 2, "by hand": 1}


def day() -> str:
    """The date in the names of records."""
    return datetime.now(UTC).strftime("%Y-%m-%d")
