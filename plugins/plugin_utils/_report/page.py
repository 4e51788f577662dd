# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The access report as one HTML page that needs no network.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from collections.abc import Sequence
from datetime import date, datetime

from ...module_utils._access.model import PENDING
from ...module_utils._services import SERVICES
from .._people.entries import Data
from .._words.page import page
from .data import KINDS, age_in_days
from .files import CHANGES, held, not_compared

STATIC_ROWS = 100  # people in the page itself, for reading it without its script
MOST_FINDINGS = 500  # rows in the tables of drift and changes; the files have all findings
QUOTA_DAYS = 30
STATES = {"active": 0, PENDING: 1, "absent": 2}


def to_html(report: Data) -> str:
    """The page."""
    rows = Rows(report)
    return page(
        "report.html.j2",
        ("report.css",),
        "report.js",
        rows.compact(),
        report=report,
        titles={key: info.title for key, info in SERVICES.items()},
        kinds=KINDS,
        change_titles=CHANGES,
        held=held,
        groups=report.get("groups", ()),
        not_compared=not_compared(report) if report["changes"] else (),
        caveats=_caveats(report["targets"]),
        most=MOST_FINDINGS,
        targets=report["targets"],
        quota_days=QUOTA_DAYS,
        columns=rows.columns,
        people=[rows.static(person) for person in rows.people[:STATIC_ROWS]],
        total=len(rows.people),
        rest=max(0, len(rows.people) - STATIC_ROWS),
    )


def _caveats(targets: Sequence[Data]) -> list[Data]:
    """What was not read or not found out, each text once with the hosts that it is about."""
    found: dict[str, list[str]] = {}
    for target in targets:
        texts = target["notes"] if target["status"] == "read" else [f"Not read. {target['error']}"]
        for text in texts:
            found.setdefault(text, []).append(target["host"])
    return [{"text": text, "hosts": list(dict.fromkeys(hosts))} for text, hosts in found.items()]


class Rows:
    """People by targets. Equal cells are stored once, since many people have the same access."""

    def __init__(self, report: Data) -> None:
        self._now = datetime.fromisoformat(report["generated_at"].replace("Z", "+00:00"))
        self.columns = [target for target in report["targets"] if target["service"]]
        self._column = {(target["host"], target["service"]): index for index, target in enumerate(self.columns)}
        self._mains: dict[str, str] = {
            address: person["email"] for person in report["people"] for address in person["addresses"]
        }
        self._drift = self._by_email(report["drift"]["findings"])
        self._changed = self._by_email((report["changes"] or {"findings": []})["findings"])
        self._groups = self._by_member(report.get("groups", ()))
        self._came = set((report["review"] or {"came_since": ()})["came_since"])
        known = {person["email"] for person in report["people"]}
        lost = [email for email in self._drift if email and email not in known]
        self.people: list[Data] = sorted(
            [
                *report["people"],
                *({"email": email, "name": "", "addresses": [], "only_in": None, "access": []} for email in lost),
            ],
            key=lambda person: (not person["email"], person["email"]),
        )

    def _by_email(self, findings: Sequence[Data]) -> dict[str, list[Data]]:
        found: dict[str, list[Data]] = {}
        for finding in findings:
            found.setdefault(self._mains.get(str(finding["email"]), str(finding["email"])), []).append(finding)
        return found

    def _by_member(self, groups: Sequence[Data]) -> dict[str, list[int]]:
        """The numbers of the groups that somebody is in."""
        found: dict[str, list[int]] = {}
        for number, group in enumerate(groups):
            for email in group["members"]:
                found.setdefault(self._mains.get(email, email), []).append(number)
        return found

    def cells(self, person: Data) -> dict[int, tuple[t.Any, ...]]:
        """By column: role, state, day since 1970, privileged, overdue, drift, keys, teams."""
        cells: dict[int, list[t.Any]] = {}
        for access in person["access"]:
            column = self._column[access["host"], access["service"]]
            cell = cells.setdefault(
                column,
                [
                    access["role"],
                    STATES[access["status"]],
                    _day(access["since"]),
                    int(access["privileged"]),
                    int(access["overdue"]),
                    (),
                    (),
                    (),
                ],
            )
            cell[6] += tuple((key["name"] or str(key["id"]), int(bool(key["disabled"]))) for key in access["keys"])
            cell[7] += tuple(team["name"] or str(team["id"]) for team in access["teams"])
        for finding in self._drift.get(person["email"], ()) if person["email"] else ():
            column = self._column[finding["host"], finding["service"]]
            cell = cells.setdefault(column, ["", STATES["absent"], None, 0, 0, (), (), ()])
            cell[5] += ((finding["kind"], finding["expected"] or ""),)
        return {column: tuple(cell) for column, cell in cells.items()}

    def compact(self) -> Data:
        """The data for the script."""
        numbers: dict[t.Any, int] = {}
        people = []
        for person in self.people:
            places = {column: numbers.setdefault(cell, len(numbers)) for column, cell in self.cells(person).items()}
            row = [places.get(column, -1) for column in range(len(self.columns))]
            changed = bool(person["email"] and person["email"] in self._changed) + 2 * (person["email"] in self._came)
            groups = self._groups.get(person["email"], [])
            only = person["only_in"] or ""
            people.append([person["email"], person["name"], person["addresses"], only, changed, row, groups])
        return {
            "columns": [
                [target["host"], SERVICES[target["service"]].title, target["status"]] for target in self.columns
            ],
            "today": self._now.date().toordinal() - date(1970, 1, 1).toordinal(),
            "services": {key: info.title for key, info in SERVICES.items()},
            "kinds": KINDS,
            "cells": list(numbers),
            "people": people,
        }

    def static(self, person: Data) -> Data:
        """A person as the page itself shows them."""
        cells = self.cells(person)
        days = {
            self._column[access["host"], access["service"]]: age_in_days(access["since"], self._now)
            for access in person["access"]
        }
        shown = [
            {
                "role": cells[column][0],
                "state": cells[column][1],
                "privileged": cells[column][3],
                "days": days.get(column),
                "overdue": cells[column][4],
                "drift": [KINDS[kind] for kind, _expected in cells[column][5]],
                "keys": len(cells[column][6]),
            }
            if column in cells
            else None
            for column in range(len(self.columns))
        ]
        return {**person, "cells": shown, "count": sum(cell is not None and cell["state"] != 2 for cell in shown)}


def _day(since: str | None) -> int | None:
    try:
        return date.fromisoformat((since or "")[:10]).toordinal() - date(1970, 1, 1).toordinal()
    except ValueError:
        return None
