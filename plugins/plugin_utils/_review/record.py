# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The record of a review: who decided what, what was applied and what remains. Pure.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from ...module_utils._access.addresses import few, fold
from ...module_utils._http.outside import quoted
from ...module_utils._services import SERVICES
from .._host.seal import sealed
from .._people.entries import Data
from .._words.steps import DONE_ALREADY, outcome_of
from .decisions import KEEP, REVOKE, SHOWN, Decision
from .rows import digest

VERSION = 1
EVERY = 90  # days until the next review is due
KEPT, DONE_BEFORE, PLANNED, NOT_ATTEMPTED, APPLIED = "kept", "done before", "planned", "not attempted", "applied"
BY_HAND = "by hand"
MADE = (DONE_BEFORE, APPLIED)


class Reviewed(t.NamedTuple):
    """What a record is about.

    ``listed_at`` is when the list was read, ``at`` when it was carried out (UTC). ``results`` are those of the role, by
    host. ``check``: nothing was written to a service. ``refused`` says what was not done, and why. ``every`` is in days.
    """

    decisions: Sequence[Decision]
    listed_at: str
    at: str
    run: Mapping[str, t.Any]
    targets: Sequence[Data]
    results: Mapping[str, Mapping[str, t.Any]]
    check: bool
    refused: Sequence[str]
    every: int


def record_of(review: Reviewed) -> Data:
    """The record, with the digest of its content."""
    rows = [decision.row for decision in review.decisions]
    steps = _steps(review.results)
    decided = [_decided(decision, steps, review.results, review.check) for decision in review.decisions]
    return sealed(
        {
            "version": VERSION,
            "kind": "review",
            "at": review.at,
            "check": review.check,
            "listed_at": review.listed_at,
            "run": dict(review.run),
            "population": {"rows": len(rows), "digest": digest(rows), "targets": list(review.targets)},
            "counts": _counts(decided),
            "reviewers": _reviewers(review.decisions),
            "decisions": decided,
            "remains": _remains(decided, review.results),
            "refused": list(review.refused),
            "review_every": review.every,
            "next_due": (date.fromisoformat(review.at[:10]) + timedelta(days=review.every)).isoformat(),
        }
    )


def carried_out_before(decisions: Sequence[Decision], listed_at: str, records: Iterable[Data]) -> list[str]:
    """Why the decisions are not carried out once more, by the records of the same list: each change was made already.

    Whoever has again what such a change took away was given it since then, and nobody decided on that.
    """
    population = digest([decision.row for decision in decisions])
    same = [one for one in records if (one["listed_at"], one["population"]["digest"]) == (listed_at, population)]
    made = {
        item["row"]: one["at"]
        for one in same
        for item in one["decisions"]
        if item["outcome"] in MADE and not item.get("remaining")
    }
    again = [f"{one.row.title}, {made[one.row.row]}" for one in decisions if one.changes and one.row.row in made]
    if not again:
        return []
    return [
        f"Carried out before, and different again since then: {few(again, SHOWN)}. Begin a new review for the access of now."
    ]


def _steps(results: Mapping[str, Mapping[str, t.Any]]) -> dict[tuple[str, str, str], list[tuple[Data, str]]]:
    """What was done, by host, service and each address that a step is about."""
    found: dict[tuple[str, str, str], list[tuple[Data, str]]] = {}
    for host, result in results.items():
        for service in SERVICES:
            mine = result.get(service) or {}
            for step, outcome in zip(mine.get("plan") or (), mine.get("results") or ()):
                shown = (step.get("before") or step.get("after") or {}).get("email") or ""
                for address in {fold(step["email"]), fold(shown)} - {""}:
                    found.setdefault((host, service, address), []).append((step, outcome_of(outcome)))
    return found


def _decided(
    decision: Decision,
    steps: Mapping[tuple[str, str, str], list[tuple[Data, str]]],
    results: Mapping[str, Mapping[str, t.Any]],
    check: bool,
) -> Data:
    row = decision.row
    remaining = _remaining(results.get(row.host) or {}, row.service)
    still = [item["what"] for item in remaining if item["email"] == row.email]
    mine = steps.get((row.host, row.service, row.email), []) if decision.changes else []
    names = (
        "row",
        "host",
        "service",
        "email",
        "name",
        "role",
        "status",
        "teams",
        "keys",
        "reviewer",
        "decision",
        "comment",
    )
    return {
        **{name: getattr(row, name) for name in names},
        "file": decision.file,
        "decided_at": decision.at,
        "outcome": _outcome(decision, mine, check),
        **({"by_hand": row.by_hand} if row.by_hand else {}),
        "done": [{"action": step["action"], "outcome": PLANNED if check else outcome} for step, outcome in mine],
        **({"remaining": still} if still else {}),
    }


def _outcome(decision: Decision, steps: Sequence[tuple[Data, str]], check: bool) -> str:
    if decision.row.decision == KEEP:
        return KEPT
    if decision.done:
        return DONE_BEFORE
    if decision.row.by_hand:
        return BY_HAND
    if not steps:
        return NOT_ATTEMPTED
    if check:
        return PLANNED
    outcomes = [outcome for _step, outcome in steps]
    if set(outcomes) <= {APPLIED, DONE_ALREADY}:
        return APPLIED if APPLIED in outcomes else DONE_BEFORE
    return next(outcome.replace("_", " ") for outcome in outcomes if outcome not in (APPLIED, DONE_ALREADY))


def _counts(decided: Iterable[Data]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for item in decided:
        counts[item["outcome"]] = counts.get(item["outcome"], 0) + 1
    return counts


def _reviewers(decisions: Iterable[Decision]) -> list[Data]:
    """How many rows each reviewer decided, in which file, and when that was saved."""
    found: dict[str, Data] = {}
    for decision in decisions:
        row = decision.row
        mine = found.setdefault(
            row.reviewer, {"reviewer": row.reviewer, "rows": 0, KEEP: 0, REVOKE: 0, "role": 0, "files": {}}
        )
        mine["rows"] += 1
        mine[row.decision if row.decision in (KEEP, REVOKE) else "role"] += 1
        mine["files"][decision.file] = decision.at
    return [found[reviewer] for reviewer in sorted(found)]


def _remaining(result: Mapping[str, t.Any], service: str) -> Sequence[Mapping[str, str]]:
    """What the lists of a service still showed afterwards of people who should have lost it."""
    verified = (result.get(service) or {}).get("verified") or {}
    found: Sequence[Mapping[str, str]] = verified.get("remaining") or ()
    return found


def _remains(decided: Iterable[Data], results: Mapping[str, Mapping[str, t.Any]]) -> list[str]:
    """What is not as it was decided, and what is left to do by hand."""
    settled = (KEPT, DONE_BEFORE, APPLIED, PLANNED)
    texts = [
        f"Row {item['row']}, {_who(item)}: {_wanted(item)}, {item['outcome']}."
        + (f" {item['by_hand']}" if item["outcome"] == BY_HAND else "")
        for item in decided
        if item["outcome"] not in settled
    ]
    for host, result in results.items():
        for service, info in SERVICES.items():
            texts += [
                f"{host}: {item['email']} still has {item['what']} in {info.title}."
                for item in _remaining(result, service)
            ]
        texts += [f"{host}: {text}" for text in result.get("follow_up") or ()]
    return list(dict.fromkeys(texts))


def _who(item: Mapping[str, t.Any]) -> str:
    return (
        f"{item['email'] or quoted(item['name']) or 'no address'} ({SERVICES[item['service']].title} of {item['host']})"
    )


def _wanted(item: Mapping[str, t.Any]) -> str:
    return {KEEP: "keep", REVOKE: "revoke"}.get(item["decision"], f"role {item['decision']}")


def to_text(record: Data) -> str:
    """The record for people to read."""
    run, population = record["run"], record["population"]
    lines = [
        f"Review of access, {record['at'][:10]}",
        *(["Check mode: nothing was changed."] if record["check"] else []),
        f"Read {record['listed_at'] or 'at an unknown time'}, carried out {record['at']}",
        *(f"{name}: {run[key]}" for key, name in _RUN.items() if run.get(key)),
        f"Collection honeyops.access {run.get('collection') or ''}".rstrip(),
        f"Population: {population['rows']} rows, SHA-256 {population['digest']}",
        *(f"  {_place(target)}" for target in population["targets"]),
        "",
        "Decisions",
        *(f"  {_reviewer(item)}" for item in record["reviewers"]),
        "",
        "Outcome: " + (", ".join(f"{count} {name}" for name, count in sorted(record["counts"].items())) or "no rows"),
    ]
    lines += [
        f"  Row {item['row']}, {_who(item)}: {_wanted(item)}, {item['outcome']}{_comment(item)}"
        for item in record["decisions"]
        if item["decision"] != KEEP or item["comment"]
    ]
    lines += ["", "Refused", *(f"  {text}" for text in record["refused"])] if record["refused"] else []
    lines += ["", "Remains", *(f"  {text}" for text in record["remains"])] if record["remains"] else []
    lines += ["", f"The next review is due on {record['next_due']}.", f"SHA-256 of this record: {record['sha256']}"]
    return "\n".join(lines) + "\n"


_RUN = {"ticket": "Ticket", "requested_by": "Requested by", "approved_by": "Approved by"}


def _place(target: Mapping[str, t.Any]) -> str:
    named = f", {target['target']}" if target.get("target") else ""
    return f"{SERVICES[target['service']].title} of {target['host']}{named}"


def _reviewer(item: Mapping[str, t.Any]) -> str:
    files = ", ".join(f"{name} saved {at}" for name, at in sorted(item["files"].items()))
    return f"{item['reviewer']}: {item['rows']} rows, {item[KEEP]} keep, {item[REVOKE]} revoke, {item['role']} another role ({files})"


def _comment(item: Mapping[str, t.Any]) -> str:
    return f" ({item['comment']})" if item["comment"] else ""
