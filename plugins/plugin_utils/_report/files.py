# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The access report as files and as text: JSON, CSV, SARIF for checking a roster, and a short table.

This file is private to the collection.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import typing as t
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from ...module_utils._access.addresses import few
from ...module_utils._access.model import PENDING
from ...module_utils._http.outside import quoted
from ...module_utils._services import SERVICES
from .._host import collection
from .._people.cells import guard_cell
from .._people.entries import Data
from .._words.chat import WHOLE, plain, shortened
from .._words.names import attributed
from .data import KINDS, age_in_days
from .drift import role_of
from .groups import told as group_lines

COLUMNS = (
    "email",
    "name",
    "host",
    "service",
    "role",
    "status",
    "since",
    "pending_days",
    "privileged",
    "only_in",
    "teams",
    "keys",
    "because",
    "drift",
)
MOST_LINES = 20  # findings in the job's output
SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {"unexpected": "error", "missing": "warning", "role": "error", "teams": "warning", "stray_key": "error"}


def to_json(report: Data) -> str:
    """The report as JSON, with one line for each person, so that two reports are easy to compare."""
    rows = ",\n  ".join(json.dumps(person, ensure_ascii=False) for person in report["people"])
    rest = json.dumps({**report, "people": []}, indent=1, ensure_ascii=False)
    return rest.replace('"people": []', f'"people": [\n  {rows}\n ]' if rows else '"people": []', 1) + "\n"


def to_csv(report: Data) -> str:
    """The report as CSV: a row for each access, existing or missing. No cell can become a formula.

    A mark at the beginning says that it is UTF-8, which spreadsheets do not take for granted.
    """
    now = datetime.fromisoformat(report["generated_at"].replace("Z", "+00:00"))
    drift = _by_place(report)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for person in report["people"]:
        for access in person["access"]:
            place = (access["host"], access["service"], person["email"])
            beside = [role_of(other) for other in person["access"] if (other["host"], other["service"]) == place[:2]]
            findings = drift.pop(place, []) if person["email"] else []
            mine = [one for one in findings if one["found"] == role_of(access) or one["found"] not in beside]
            rest = [one for one in findings if one not in mine]
            if rest:
                drift[place] = rest
            writer.writerow(_cells(person, access, mine, now))
    for (host, service, email), findings in sorted(drift.items()):
        row = {**dict.fromkeys(COLUMNS, ""), "email": email, "host": host, "service": service, "status": "absent"}
        keys = [one["found"] for one in findings if one["kind"] == "stray_key"]
        because = next((one["because"] for one in findings if one.get("because")), "")
        row.update(because=because, keys=";".join(keys), drift=";".join(one["kind"] for one in findings))
        writer.writerow([guard_cell(text) for text in row.values()])
    return "\ufeff" + text.getvalue()


def _by_place(report: Data) -> dict[tuple[str, str, str], list[Data]]:
    """The findings by host, service and person."""
    mains = {address: person["email"] for person in report["people"] for address in person["addresses"]}
    found: dict[tuple[str, str, str], list[Data]] = {}
    for finding in report["drift"]["findings"]:
        email = mains.get(finding["email"], finding["email"])
        found.setdefault((finding["host"], finding["service"], email), []).append(finding)
    return found


def _cells(person: Data, access: Data, findings: Sequence[Data], now: datetime) -> list[str]:
    days = age_in_days(access["since"], now) if access["status"] == PENDING else None
    cells = {
        "email": person["email"],
        "name": person["name"],
        **{key: access[key] or "" for key in ("host", "service", "role", "status", "since")},
        "pending_days": "" if days is None else str(days),
        "privileged": "yes" if access["privileged"] else "no",
        "only_in": person["only_in"] or "",
        "teams": _joined(team["name"] or str(team["id"]) for team in access["teams"]),
        "keys": _joined(key["name"] or str(key["id"]) for key in access["keys"]),
        "drift": ";".join(one["kind"] for one in findings),
        "because": next((one["because"] for one in (access, *findings) if one.get("because")), ""),
    }
    return [guard_cell(cells[column]) for column in COLUMNS]


def _joined(texts: t.Iterable[str]) -> str:
    """Several values in one cell; a semicolon within one would make it two."""
    return ";".join(text.replace(";", ",") for text in texts)


def to_sarif(report: Data, folder: str) -> str:
    """The drift as SARIF, for checking a pull request: each finding at its line of the roster.

    Paths below ``folder`` are relative to it, as needed in a repository.
    """
    rules = [
        {
            "id": f"access/{kind}",
            "name": f"access-{kind.replace('_', '-')}",
            "shortDescription": {"text": f"Drift: {title}"},
            "defaultConfiguration": {"level": LEVELS[kind]},
        }
        for kind, title in KINDS.items()
    ]
    run = {
        "tool": {
            "driver": {
                "name": f"{collection.NAME} report",
                "version": report["collection"]["version"],
                "informationUri": "https://github.com/honeyops/honeyops.access",
                "rules": rules,
            }
        },
        "results": [
            _sarif_result(finding, report["drift"]["rosters"], folder) for finding in report["drift"]["findings"]
        ],
    }
    return json.dumps({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1, ensure_ascii=False) + "\n"


def _sarif_result(finding: Data, rosters: Sequence[str], folder: str) -> Data:
    """A finding that is in no roster is at the beginning of one, since GitHub refuses a file with a finding nowhere."""
    mark = " ".join(str(finding[key]) for key in ("kind", "host", "service", "email", "found"))
    result: Data = {
        "ruleId": f"access/{finding['kind']}",
        "level": LEVELS[finding["kind"]],
        "message": {"text": finding["message"]},
        "partialFingerprints": {"access/v1": hashlib.sha256(mark.encode()).hexdigest()[:32]},
    }
    file = finding["file"] or next(iter(rosters), None)
    if file:
        place = {"artifactLocation": {"uri": uri_of(file, folder)}, "region": {"startLine": finding["line"] or 1}}
        result["locations"] = [{"physicalLocation": place}]
    return result


def uri_of(file: str, folder: str) -> str:
    """The path of a file as a URI, relative to ``folder`` if it is below it."""
    path = Path(os.path.abspath(file))
    return quote(path.relative_to(folder).as_posix()) if path.is_relative_to(folder) else path.as_uri()


def told(report: Data) -> list[str]:
    """A summary of the report in a few lines, for the output of a job."""
    return [_totals(report), *_table(report["targets"]), *_news(report), *group_lines(report), *_review(report)]


def chat(report: Data) -> str:
    """The same for a chat, where no table can be read."""
    targets = report["targets"]
    unread = [f"Not read: {target['host']}: {target['error']}" for target in targets if target["status"] != "read"]
    return shortened(plain("\n".join([_totals(report), *_few(unread), *_news(report)])), WHOLE) + "\n"


def _totals(report: Data) -> str:
    totals = report["totals"]
    return (
        f"People: {totals['people']} ({totals['privileged']} admins or owners, {totals['pending']} pending, "
        f"{totals['overdue']} of them for more than {report['pending_days']} days, "
        f"{totals['only_one_service']} in one service only)"
    )


def _review(report: Data) -> list[str]:
    """The last review, and who joined since then."""
    review = report["review"]
    if not review:
        return []
    outcomes = ", ".join(f"{count} {outcome}" for outcome, count in sorted(review["counts"].items()))
    due = f"the next one was due on {review['next_due']}" if review["overdue"] else f"next on {review['next_due']}"
    came = review["came_since"]
    return [
        f"Last review: {review['at'][:10]} ({outcomes}), {due}",
        f"Joined since then: {few(came, 10) if came else 'nobody'}",
    ]


def _news(report: Data) -> list[str]:
    """What does not belong, and what changed."""
    lines = []
    findings = report["drift"]["findings"]
    if report["drift"]["held"] or findings:
        lines.append(f"Drift: {drift_text(report) or 'none'}")
        lines += _few([finding_line(finding) for finding in findings])
    if report["changes"]:
        changed = report["changes"]["findings"]
        lines.append(f"Changed since {report['changes']['since']}: {len(changed) or 'nothing'}")
        lines += _few([change_line(change) for change in changed])
        lines += not_compared(report)
    return lines


def change_line(change: Data) -> str:
    """One change, with what was before and what is after."""
    where = f"{SERVICES[change['service']].title} of {change['host']}"
    before, after = held(change["before"]), held(change["after"])
    what = " to ".join(filter(None, (f"from {before}" if before and after else before and f"was {before}", after)))
    return f"{change['email'] or 'somebody'}: {CHANGES[change['type']].lower()}{f', {what}' if what else ''} ({where})"


def held(view: Mapping[str, t.Any] | None) -> str:
    """What somebody had or has, by a side of a change; empty for nothing."""
    if view is None:
        return ""
    if "role" in view:
        return f"{view['role'] or 'no role'}{', pending' if view['status'] == PENDING else ''}"
    return f"key {quoted(str(view['name'] or view['id']))}{', disabled' if view['disabled'] else ''}"


def not_compared(report: Data) -> list[str]:
    """The targets that only one of the two reports has, since nothing is said of what changed there."""
    found = report["changes"]["not_compared"]
    texts = {"new": "only now", "gone": "only in the last report"}
    return [
        f"Not compared, since read {texts[kind]}: "
        + few([f"{SERVICES[place['service']].title} of {place['host']}" for place in places], 10)
        for kind, places in found.items()
        if places
    ]


CHANGES = {
    "joined": "Joined",
    "left": "Left",
    "invited": "Invited",
    "invitation_accepted": "Accepted the invitation",
    "invitation_cancelled": "Invitation cancelled",
    "role_changed": "Role changed",
    "key_created": "Key created",
    "key_disabled": "Key disabled",
}
"""The types of changes and their names."""


def drift_text(report: Data) -> str:
    """The amount of drift of each kind; empty if there is none."""
    return ", ".join(f"{count} {KINDS[kind]}" for kind, count in report["drift"]["counts"].items() if count)


def finding_line(finding: Data) -> str:
    """One finding in one line, with its place in the roster if it has one."""
    return f"{finding['file']}:{finding['line']}: {finding['message']}" if finding["file"] else finding["message"]


def _few(lines: list[str]) -> list[str]:
    shown = [f"- {line}" for line in lines[:MOST_LINES]]
    return [*shown, f"... and {len(lines) - MOST_LINES} more, see the files"] if len(lines) > MOST_LINES else shown


def _table(targets: Sequence[Mapping[str, t.Any]]) -> list[str]:
    header = ("TARGET", "SERVICE", "PEOPLE", "ADMINS", "PENDING", "DRIFT")
    rows: list[Sequence[str]] = [header]
    notes = []
    for target in targets:
        place = (target["host"], SERVICES[target["service"]].title if target["service"] else "-")
        if target["status"] == "read":
            counts = target["counts"]
            rows.append((*place, *(str(counts[key]) for key in ("people", "privileged", "pending", "drift"))))
        else:
            rows.append((*place, "NOT READ"))
            notes.append(f"Not read: {place[0]}, {attributed(place[1], target['error'])}")
    widths = [max(len(row[column]) for row in rows if len(row) > column) for column in range(len(header))]
    said: dict[str, list[str]] = {}
    for target in targets:
        for note in target["notes"]:
            said.setdefault(note, []).append(target["host"])
    notes += [
        f"Note on {', '.join(hosts[:5])}{' and more' if len(hosts) > 5 else ''}: {note}" for note, hosts in said.items()
    ]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows] + notes
