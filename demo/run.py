# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plays how a company of 40 people gives and removes access, with real playbooks; fails if an act is not as expected."""

from __future__ import annotations

import csv
import json
import os
import sys
import time
from typing import Any

from demo.stage import COLUMNS, FOLDER, Cost, Stage, Unexpected, expect, opened, quote, tell

PLATFORM = ["ada", "bob", "carol", "eve"]
SUPPORT = [f"agent{number:02}" for number in range(1, 37)]
LATE = SUPPORT[20:]  # who do not accept their invitations
EVE, MALLORY, LEAD = "eve@example.com", "mallory@example.com", "lead@example.com"
ROSTER = """\
directory: {{source: scim, url: "{url}"}}
groups:
  platform:
    directory: Platform Engineering                 # members of this group get:
    honeycomb: {{role: admin}}
    honeybadger: {{role: Admin, team_ids: [3, 7]}}
    reviewer: {lead}
  support:
    directory: Support
    honeycomb: {{role: member}}
    honeybadger: {{role: Member, team_ids: [11]}}
    reviewer: {lead}
people:
  - email: owner@example.com                        # not in the directory
    honeycomb: {{role: admin}}
    honeybadger: {{role: Owner}}
"""
ROSTER_FILE = ("-e", "roster_file=people.yml")
TOTALS = "changes made|would be made"
RESULT = f"(ada|agent01|eve)@|{TOTALS}"  # of a few people, and the totals


def roster(stage: Stage) -> None:
    ids = {name: stage.directory.user(name) for name in [*PLATFORM, *SUPPORT]}
    stage.directory.group("Platform Engineering", [ids[name] for name in PLATFORM])
    stage.directory.group("Support", [ids[name] for name in SUPPORT])
    stage.act(
        "One file says who should have what",
        "The company keeps its people in a directory: Entra ID, Okta, LDAP or, here, a SCIM server. Nobody types 40 "
        "addresses. The file says what the members of each group get.",
    )
    text = ROSTER.format(url=stage.directory.url, lead=LEAD)
    (FOLDER / "people.yml").write_text(text)
    print("\n  people.yml")
    quote(text.splitlines())


def plan(stage: Stage) -> None:
    stage.act(
        "The plan: see it before it happens",
        "With --check, nothing is changed and nobody gets an e-mail. Each person who would be invited, changed or removed is "
        "shown, with the reason. The plan is kept in a file, for somebody to approve.",
    )
    cost = stage.play("reconcile", *ROSTER_FILE, "--check", "-e", "plan_file=plan.json", shows=RESULT)
    expect((cost.changes, cost.emails) == (0, 0), "the plan changed something")


def approval(stage: Stage) -> None:
    stage.act(
        "The approval: exactly this plan is carried out",
        "Whoever approves the plan hands the file back. Each request takes 0.6 seconds here, as if over a slow network, and a "
        "long run says how far it is.",
    )
    stage.sim.configure(latency=0.6)
    cost = stage.play("reconcile", *ROSTER_FILE, "-e", "@plan.json", shows=f"^localhost, |{RESULT}")
    stage.sim.configure(latency=0)
    expect((cost.changes, cost.emails) == (80, 80), "40 people were not invited once to each of the two services")


def once_more(stage: Stage) -> None:
    for name in {*PLATFORM, *SUPPORT} - {*LATE}:
        stage.sim.honeycomb.accept(f"{name}@example.com")
        stage.sim.honeybadger.accept(f"{name}@example.com")
    stage.act(
        "Once more: nobody is invited twice",
        f"{40 - len(LATE)} people have accepted, {len(LATE)} have not. Honeycomb does not list those, so a simple script would try "
        "to invite them again every night. Here, their invitations are remembered.",
    )
    cost = stage.play("reconcile", *ROSTER_FILE, shows="")
    expect((cost.changes, cost.emails) == (0, 0), "a second run changed something")


def old_approval(stage: Stage) -> None:
    stage.sim.honeycomb.keys.add(EVE, "ingest", "Checkout")
    stage.sim.honeycomb.keys.add(EVE, "configuration", "Terraform")
    stage.directory.disable("eve")
    stage.act(
        "Eve leaves: an old approval does not cover that",
        "Her account in the directory was disabled. Somebody runs the job with the approval of before. Her removal is not in "
        "it, so the run is refused as a whole, and says what is new.",
    )
    cost = stage.play("reconcile", *ROSTER_FILE, "-e", "@plan.json", shows="", code=2)
    expect(cost.changes == 0, "a plan that nobody approved was carried out")


def leaver(stage: Stage) -> None:
    stage.act(
        "Eve's access goes, with her teams and API keys, and the evidence stays",
        "API keys outlive the people who made them, and teams are easily forgotten. All that a documented call can remove is "
        "removed, and read again to verify it. The rest is a checklist. A record is kept for the auditors.",
    )
    options = ("-e", "evidence_dir=evidence", "-e", "lifecycle_leaver_keys=disable")
    stage.play("reconcile", *ROSTER_FILE, *options, shows=f"{TOTALS}|^Left|^- ")
    evidence = next(FOLDER.glob(f"evidence/*-{EVE}.txt"))
    print(f"\n  {evidence.relative_to(FOLDER)}")
    quote(evidence.read_text().splitlines(), r"^\w|applied|Verified")
    expect(EVE not in with_access(stage), "Eve still has access")
    expect(all(key.disabled for key in stage.sim.honeycomb.keys if key.email == EVE), "an API key of Eve still works")


def drift(stage: Stage) -> None:
    stage.sim.honeycomb.add(MALLORY, "admin")
    stage.act(
        "Somebody was added by hand, and is found",
        "Mallory was made an admin on a web page of Honeycomb. The report compares who has access with who should, as a page, "
        "as a table, and as annotations for a pull request.",
    )
    stage.play("report", *ROSTER_FILE, "-e", "report_dir=report", shows="")
    expect([found["email"] for found in findings()] == [MALLORY], "the report did not find Mallory, and nobody else")


def review(stage: Stage) -> None:
    stage.act(
        "The review: somebody decides on each access",
        "SOC 2 and ISO 27001 ask for that. Reviewers decide on a page, with a single key for each line, or in a spreadsheet. "
        "Here, the demo fills in the table: it keeps everybody, and revokes the access of Mallory.",
    )
    stage.play("review", *ROSTER_FILE, "-e", "review_dir=review", shows="Access|html|csv")
    table = FOLDER / "review" / "review.csv"
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with table.open("w", encoding="utf-8", newline="") as file:
        filled = csv.DictWriter(file, rows[0])
        filled.writeheader()
        for row in rows:
            filled.writerow({**row, "reviewer": LEAD, "decision": "revoke" if row["email"] == MALLORY else "keep"})


def decided(stage: Stage) -> None:
    stage.act(
        "What was decided is done",
        "The table is handed back, and the decisions are carried out. A record says who decided what, and what came of it. Had "
        "anybody come, gone or got another role since, the review would be refused.",
    )
    given = ("-e", "review_file=review", "-e", "evidence_dir=evidence")
    cost = stage.play("review", *given, shows="mallory.* was |^Re|next")
    expect(cost.changes == 1 and MALLORY not in with_access(stage), "not exactly the access of Mallory was removed")


def report(stage: Stage) -> None:
    stage.act(
        "The report: all is as it should be",
        "One page for everybody who asks: who has what, since when and why, what changed, who left, and the last review.",
    )
    folders = ("-e", "report_dir=report", "-e", "review_dir=review", "-e", "evidence_dir=evidence")
    stage.play("report", *ROSTER_FILE, *folders, shows="")
    expect(not findings(), "there is still drift")


def findings() -> list[dict[str, Any]]:
    """The drift in the last report."""
    found: list[dict[str, Any]] = json.loads((FOLDER / "report" / "report.json").read_text())["drift"]["findings"]
    return found


def with_access(stage: Stage) -> set[str]:
    """Everybody who is in a service or in a team, or invited."""
    badger = stage.sim.honeybadger
    there = {*(member.email for member in stage.sim.honeycomb.members), *(user.email for user in badger.users)}
    invited = {invitation.email for invitation in badger.invitations if not invitation.accepted_at}
    return there | invited | {member.email for team in badger.teams for member in team.members}


def play() -> None:
    began = time.monotonic()
    tell(
        "Honeycomb and Honeybadger are not tied to your directory: somebody has to invite each person by hand, and has to "
        "remember to remove them. honeyops.access does that for you, with Ansible. Here it does it for a company of 40 "
        "people. After $ stands a command as you would type it, after | what it answers, with … where it is cut. Both "
        "services are simulated on this machine, so nobody gets an e-mail; after = stands what they counted."
    )
    with opened() as stage:
        for act in (roster, plan, approval, once_more, old_approval, leaver, drift, review, decided, report):
            act(stage)
    costs = stage.costs
    total = Cost(sum(c.requests for c in costs), sum(c.changes for c in costs), sum(c.emails for c in costs))
    place = os.path.relpath(FOLDER)
    print(f"""
{"─" * COLUMNS}
All was as expected: {total}, one for each invitation, in {time.monotonic() - began:.0f} seconds.

Open in a browser   {place}/report/report.html
                    {place}/review/review.html
Read next           docs/docsite/rst/quickstart.rst, the same with your own services in five minutes""")


def main() -> int:
    sys.stdout.reconfigure(line_buffering=True, errors="replace")  # type: ignore[union-attr]
    try:
        play()
    except (Unexpected, OSError, RuntimeError) as fault:
        print(f"\nNot as expected: {fault}.")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
