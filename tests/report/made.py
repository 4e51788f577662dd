# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports about people who do not exist, as large as wanted, made the way the role makes them."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ansible_collections.honeyops.access.plugins.module_utils import _roster
from ansible_collections.honeyops.access.plugins.plugin_utils._host import target as _targets
from ansible_collections.honeyops.access.plugins.plugin_utils._report import data as _report
from ansible_collections.honeyops.access.plugins.plugin_utils._report import drift as _report_drift
from ansible_collections.honeyops.access.plugins.plugin_utils._report import inputs as _report_inputs
from ansible_collections.honeyops.access.plugins.plugin_utils._report import page as _report_page
from ansible_collections.honeyops.access.plugins.plugin_utils._report import read as _report_read
from ansible_collections.honeyops.access.plugins.plugin_utils._report.changes import report_changes
from ansible_collections.honeyops.access.plugins.plugin_utils._report.groups import grouped
from ansible_collections.honeyops.access.plugins.plugin_utils._review.rows import Known, Row, numbered, rows_of

NOW = datetime(2026, 3, 9, 8, 30, tzinfo=UTC)
FIRST = (
    "Ada",
    "Bob",
    "Carol",
    "Dilnoza",
    "Emeka",
    "Frida",
    "Grace",
    "Hiro",
    "Ines",
    "Jonas",
    "Kaya",
    "Liam",
    "Mei",
    "Noor",
    "Olga",
)
LAST = (
    "Lovelace",
    "Okafor",
    "Haddad",
    "Lindqvist",
    "Tanaka",
    "Moreau",
    "Novak",
    "Silva",
    "Yilmaz",
    "Brown",
    "Castillo",
)
HOSTS = ("payments", "search", "mobile-eu", "platform", "data", "identity", "checkout", "growth", "support", "labs")
REVIEWERS = ("lead@example.com", "head.of.support@example.com")
HOSTILE = (
    ("script@example.com", "<script>document.title='taken'</script>"),
    ("image@example.com", '"><img src=x onerror="document.title=\'taken\'">'),
    ("end@example.com", "</script><script>document.title='taken'</script><!--"),
    ("rtl@example.com", "\u202e\u0645\u0647\u0627 \u05d0\u05d1\u05d2 \u0627\u0644\u062e\u0637\u064a\u0628"),
    ("formula@example.com", '=HYPERLINK("http://example.com")'),
    ("template@example.com", "{{ 7 * 7 }}{% raw %}"),
    (f"{'very-long-' * 12}@{'subdomain.' * 8}example.com", "Wolfeschlegelsteinhausenbergerdorff " * 8),
)


def people(count: int) -> list[dict[str, str]]:
    """So many people; among more than a handful are some with hostile names."""
    chosen = [{"email": email, "name": name} for email, name in HOSTILE] if count > len(HOSTILE) * 3 else []
    names = [f"{first} {last}" for last in LAST for first in FIRST]
    for number in range(count - len(chosen)):
        name = names[number % len(names)]
        again = number // len(names) or ""
        chosen.append({"email": f"{name.lower().replace(' ', '.')}{again}@example.com", "name": name})
    return chosen


class Company:
    """Teams and accounts with people, and a roster that a few of them do not follow."""

    def __init__(self, count: int, hosts: int, seed: int = 1, now: datetime = NOW) -> None:
        self._random = random.Random(seed)
        self._now = now
        self.hosts = HOSTS[:hosts]
        self.people = [{**person, **self._wanted(number)} for number, person in enumerate(people(count))]
        self.held: dict[str, dict[str, dict[str, Any]]] = {
            host: {**self._host(), "honeycomb_auth_info": {"auth": {"team": {"slug": f"{host}-team"}}}}
            for host in self.hosts
        }

    def _wanted(self, number: int) -> dict[str, Any]:
        chance = self._random
        services = chance.choice([("honeycomb", "honeybadger")] * 7 + [("honeycomb",), ("honeybadger",)])
        return {
            "honeycomb": "admin" if number == 0 or chance.random() < 0.04 else "member",
            "honeybadger": "Owner" if number == 0 else chance.choice(["Member"] * 30 + ["Billing", "Admin"]),
            "services": services if number else ("honeycomb", "honeybadger"),
        }

    def _before(self, least: int, most: int) -> str:
        return (self._now - timedelta(days=self._random.randint(least, most))).isoformat()

    def _host(self) -> dict[str, dict[str, Any]]:
        chance = self._random
        small = len(self.people) < 10
        members, users, invitations = [], [], []
        for number, person in enumerate(self.people):
            shown = {"email": person["email"], "name": person["name"]}
            odd = chance.random() < 0.004 and not small
            if ("honeycomb" in person["services"]) != odd:
                members.append(
                    {"id": f"m{number}", "role": person["honeycomb"], "created_at": self._before(20, 900), **shown}
                )
            if "honeybadger" not in person["services"]:
                continue
            if chance.random() < 0.02 or (small and number == 2):
                sent = {"created_at": self._before(0, 20), "team_ids": []}
                invitations.append({"id": number, "role": person["honeybadger"], **sent, **shown})
            else:
                role = "Admin" if chance.random() < 0.002 else person["honeybadger"]
                users.append({"id": number, "role": role, **shown})
        return {
            "honeycomb_members": {"members": members},
            "honeybadger_users": {"users": users, "invitations": invitations},
            "honeybadger_invitation_info": {"invitations": []},
            "honeybadger_account_info": {"accounts": [self._account()]},
            "honeycomb_api_key_info": {"api_keys": self._keys(), "users_read": True},
            "honeybadger_team_info": {"teams": [{"id": 3, "name": "On call", "members": users[:5], "invitations": []}]},
        }

    def _account(self) -> dict[str, Any]:
        chance = self._random
        days = [int((self._now - timedelta(days=back)).timestamp()) for back in range(21, 0, -1)]
        stats = {
            "stored": [[day, chance.randint(200, 900)] for day in days],
            "limited": [[day, chance.choice([0, 0, 0, 120])] for day in days],
            "ignored": [[day, chance.randint(10, 90)] for day in days],
        }
        return {"quota_consumed": round(chance.random(), 2), "api_stats": stats}

    def _keys(self) -> list[dict[str, Any]]:
        makers = [person["email"] for person in self.people[:30:7]]
        return [
            {
                "id": f"hcxik_{number}",
                "name": f"deploy {number}",
                "type": "ingest",
                "disabled": number == 1,
                "environment": "production",
                "created_at": self._before(5, 400),
                "creator": {"id": f"u{number}", "email": maker},
            }
            for number, maker in enumerate(makers + (["left.long.ago@example.com"] if len(self.people) > 10 else []))
        ]

    def roster(self) -> _report.Roster:
        """Everybody but one in two hundred, and two who are nowhere."""
        declared: list[dict[str, Any]] = [
            {"email": person["email"], **{key: {"role": person[key]} for key in person["services"]}}
            for number, person in enumerate(self.people)
            if number % 200 != 20
        ]
        if len(self.people) > 3:
            declared += [
                {"email": f"{name}@example.com", "honeycomb": {"role": "admin"}} for name in ("zoe.lost", "yan.lost")
            ]
        checked, faults = _roster.check(declared)
        assert not faults
        for number, person in enumerate(checked):
            person["groups"] = ("platform", "support") if number % 3 == 0 else ("platform",)
        places = [_roster.At(n, file="people.yml") for n in range(2, 2 + len(checked))]
        return _report.Roster(("people.yml",), checked, places, reviewers={"platform": REVIEWERS[0]})

    def _module(self, host: str) -> _report_read.Module:
        return lambda name, _options: self.held[host][name]

    def parts(self, inputs: _report_inputs.Inputs) -> list[dict[str, Any]]:
        """What was read on each host."""
        targets = [_targets.Target(host, _credentials(host)) for host in self.hosts]
        return [_report_read.part_of(target, self._module(target.host), inputs, {}) for target in targets]

    def report(self, roster: _report.Roster | None = None, failed: bool = False) -> dict[str, Any]:
        """The report, in which one more host may have failed."""
        inputs = inputs_with(roster)
        parts = self.parts(inputs)
        if failed:
            parts.append(
                {
                    **_report_read.empty_part("archive", inputs),
                    "targets": [
                        _report_read.failed_target(
                            "archive", "Honeycomb answered GET /1/team_memberships with 401: unknown API key."
                        )
                    ],
                }
            )
        report = _report.report_of(parts, self._now, "1.0.0", _report_inputs.aliases_of(roster), 7)
        return {**report, **grouped(parts)}


def _credentials(host: str) -> dict[str, dict[str, str]]:
    managed = {"management_key_id": "i", "management_key_secret": "s"}
    account = {"auth_token": "t", "account_id": f"{host[:3].title()}4"}
    return {"honeycomb": {"api_key": f"k-{host}", **managed}, "honeybadger": account}


def inputs_with(roster: _report.Roster | None) -> _report_inputs.Inputs:
    """The variables of a run, with a roster or without."""
    return _report_inputs.Inputs(Path(), roster, False, _report_drift.Rules({}), None, 7, True, None)


def rows(count: int, hosts: int) -> list[Row]:
    """The rows of a review; two people review them, and some rows have no reviewer yet."""
    company = Company(count, hosts)
    roster = company.roster()
    mains = {person["email"]: person["email"] for person in roster.people}
    because, reviewers = {}, {}
    for number, email in enumerate(mains):
        for service in ("honeycomb", "honeybadger"):
            because[email, service] = "group platform" if number % 3 else "groups platform, support"
            reviewers[email, service] = "" if number % 40 == 7 else REVIEWERS[number % 2]
    known = Known(mains, because, reviewers, "")
    return numbered(row for part in company.parts(inputs_with(roster)) for row in rows_of(part, known))


def time_of_report(count: int, hosts: int) -> tuple[float, int]:
    """How many seconds of the processor a report and its page take, and the size of the page in bytes."""
    company = Company(count, hosts)
    roster = company.roster()
    started = time.process_time()
    text = _report_page.to_html(company.report(roster))
    return time.process_time() - started, len(text.encode())


def sample(count: int, hosts: int) -> dict[str, Any]:
    """A report with drift, with changes, and with a host that failed."""
    company = Company(count, hosts)
    before = company.report()
    host = company.held[company.hosts[0]]
    host["honeycomb_members"]["members"][1]["role"] = "admin"
    if count > 3:
        gone = host["honeybadger_users"]["users"].pop()
        host["honeybadger_users"]["invitations"].append(
            {
                "id": 9001,
                "email": "new.hire@example.com",
                "name": "",
                "role": "Admin",
                "team_ids": [],
                "created_at": NOW.isoformat(),
            }
        )
        assert gone
    report = company.report(company.roster(), failed=count > 3)
    earlier = {**before, "generated_at": "2026-03-02T08:30:00Z"}
    report["changes"] = report_changes(earlier, report)
    somebody = [person["email"] for person in report["people"] if person["access"] and person["email"]]
    report["review"] = {
        "at": "2025-12-01T09:00:00Z",
        "counts": {"kept": count, "applied": 2},
        "remains": 0,
        "next_due": "2026-03-01",
        "overdue": True,
        "came_since": somebody[-2:],
    }
    report["leavers"] = [
        {
            "email": "left.last.week@example.com",
            "host": company.hosts[0],
            "at": "2026-03-05T10:11:12Z",
            "services": ["honeybadger", "honeycomb"],
            "remains": 0,
            "ticket": "OPS-7",
            "file": f"2026-03-05T101112Z-{company.hosts[0]}-left.last.week@example.com.json",
        }
    ]
    return report
