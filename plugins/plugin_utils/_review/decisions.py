# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What people decided: the files of several reviewers as one, checked against who has access now. Pure.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ...module_utils._access.addresses import few, fold
from ...module_utils._access.catalog import known_role
from ...module_utils._access.model import ACTIVE
from ...module_utils._http.outside import as_given
from ...module_utils._services import SERVICES
from .rows import BESIDE, COMPARED, KEY, Row, is_among
from .sheet import Sheet, filled

KEEP, REVOKE = "keep", "revoke"
SHOWN = 20  # rows that one message names
LONGEST_DETAIL = 300  # characters of what a message says of a row


@dataclass(frozen=True)
class Decision:
    """A row with what was decided, by whom, in which file, and when that was saved (UTC).

    ``done``: access is as decided already, so that nothing is left to change.
    """

    row: Row
    file: str
    at: str
    done: bool = False

    @property
    def changes(self) -> bool:
        """Whether something is to be changed by this collection."""
        return not self.done and self.row.decision != KEEP and not self.row.by_hand


class Verdict(t.NamedTuple):
    """The decisions, by row, and every reason not to carry them out."""

    decisions: list[Decision]
    faults: list[str]


def judge(
    sheets: Sequence[Sheet],
    now: Sequence[Row],
    listed: Sequence[Row] | None,
    places: Mapping[tuple[str, str], bool],
    with_keys: t.Collection[tuple[str, str]] = (),
) -> Verdict:
    """The decisions of all files, held against the access of now.

    ``listed`` are the rows as they were written for the reviewers, if they are known. ``places`` are all that were read now,
    by host and service; False: without teams. ``with_keys`` are those whose keys were read.
    """
    faults = _Faults()
    faults.all += [fault for sheet in sheets for fault in sheet.faults]
    decisions = [_exact(decision) for decision in _merged(sheets, faults)]
    missing: list[Row] = []
    if listed is not None:
        decisions, missing = _held_against_list(decisions, {row.row: row for row in listed}, faults)
    addresses = {row.whose: {row.email, row.person, *row.others} for row in now}
    for decision in decisions:
        row = decision.row
        _check_one(row, {row.email, row.person, *row.others, *addresses.get(row.whose, ())}, faults)
    elsewhere = [decision.row for decision in decisions if decision.row.place not in places]
    for row in elsewhere:
        faults.note("A row is of a target that this run does not have", row)
    seen = []
    for decision in (decision for decision in decisions if decision.row.place in places):
        if decision.row.role not in BESIDE or (
            decision.row.place in with_keys if decision.row.role == KEY else places[decision.row.place]
        ):
            seen.append(decision)
        else:
            faults.note(
                "Teams or keys could not be read this time, so nobody knows whether it is still there", decision.row
            )
    without_teams = {place for place, teams in places.items() if not teams}
    decisions, others = _held_against_now(seen, missing, now, without_teams, listed is not None, faults)
    if not any(sheet.faults for sheet in sheets):  # a row that cannot be read may be theirs
        why = (
            "New since the list was read"
            if listed is not None
            else "New since the list was read, or in none of the files"
        )
        for row in others:
            faults.note(why, replace(row, row=0), _role_in_words(row))
    _check_same_people(decisions, now, faults)
    return Verdict(decisions, faults.told())


class _Faults:
    """Faults of single rows, each kind of them in one message."""

    def __init__(self) -> None:
        self.all: list[str] = []
        self._rows: dict[str, dict[str, None]] = {}

    def note(self, why: str, row: Row, detail: str = "") -> None:
        """``why`` is the same for all rows of a kind, ``detail`` is of this row."""
        self._rows.setdefault(why, {})[f"{row.title}{f', {detail[:LONGEST_DETAIL]}' if detail else ''}"] = None

    def told(self) -> list[str]:
        return [*self.all, *(f"{why}: {few(list(rows), SHOWN)}." for why, rows in self._rows.items())]


def _merged(sheets: Sequence[Sheet], faults: _Faults) -> list[Decision]:
    """One decision for each row, from the file that has one."""
    found: dict[int, Decision] = {}
    for sheet in sheets:
        for number, row in sheet.rows.items():
            mine = Decision(row, sheet.name, sheet.saved_at)
            other = found.get(number)
            if other is None:
                found[number] = mine
            elif (row.whose, row.access) != (other.row.whose, other.row.access):
                faults.note(f"{other.file} and {sheet.name} have another access under the same number", other.row)
            elif row.decision and other.row.decision and fold(row.decision) != fold(other.row.decision):
                detail = f"{other.row.decision} in {other.file}, {row.decision} in {sheet.name}"
                faults.note("Two files decide differently", row, detail)
            elif not other.row.decision:
                found[number] = replace(mine, row=filled(row, row, other.row))
            else:
                found[number] = replace(other, row=filled(other.row, other.row, row))
    return [found[number] for number in sorted(found)]


def _exact(decision: Decision) -> Decision:
    """The decision in the one spelling it has here; to change to the role that somebody has is to keep it."""
    row = decision.row
    word = row.decision.strip()
    if word.lower() in (KEEP, REVOKE):
        word = word.lower()
    elif row.service in SERVICES:
        word = known_role(word, SERVICES[row.service].roles)
        word = KEEP if word and word == row.role else word
    return replace(decision, row=replace(row, decision=word))


def _held_against_list(
    decisions: Sequence[Decision], listed: Mapping[int, Row], faults: _Faults
) -> tuple[list[Decision], list[Row]]:
    """The decisions on the rows as they were written, and the rows that have none in any file."""
    there = {decision.row.row for decision in decisions}
    missing = [row for number, row in listed.items() if number not in there]
    for row in missing:
        faults.note("A row is missing in the file", row)
    found = []
    for decision in decisions:
        row = decision.row
        was = listed.get(row.row)
        if was is None:
            faults.note("A row is not of this review", row)
            continue
        if (row.whose, row.access) != (was.whose, was.access):
            faults.note(
                "A row was changed in the file", was, f"which the file has as {_who(row)} with {_role_in_words(row)}"
            )
        found.append(replace(decision, row=filled(was, row)))
    return found, missing


def _check_one(row: Row, addresses: t.Collection[str], faults: _Faults) -> None:
    """What can be said of a row alone; ``addresses`` are those of whoever has the access."""
    if row.service not in SERVICES:
        faults.all.append(
            f"Row {row.row} is of the service {as_given(row.service)}, which is none of {', '.join(SERVICES)}."
        )
        return
    roles = SERVICES[row.service].roles
    if not row.decision:
        faults.note("No decision yet", row)
    elif row.role in BESIDE and row.decision not in (KEEP, REVOKE):
        faults.note("What is no access to the service itself can only be kept or revoked", row, f"{row.decision!r}")
    elif row.decision not in (KEEP, REVOKE, *roles):
        faults.note(
            "An unknown decision, which must be keep, revoke or a role of the service",
            row,
            f"{row.decision!r}, but the roles are {', '.join(roles)}",
        )
    elif row.decision != KEEP and not row.email and row.role != KEY:
        faults.note("Somebody without an address can only be kept here; remove them by hand", row)
    if not row.reviewer:
        faults.note("No reviewer", row)
    elif is_among(row.reviewer, addresses):
        faults.note("Nobody decides about their own access", row, f"whose reviewer is {row.reviewer}")


def _held_against_now(
    decisions: Sequence[Decision],
    missing: Sequence[Row],
    now: Sequence[Row],
    unread: t.Collection[tuple[str, str]],
    dated: bool,
    faults: _Faults,
) -> tuple[list[Decision], list[Row]]:
    """The decisions with what is done already, and each access that none is about; notes what is gone or another one.

    Nothing is said of ``missing`` rows, since they were named already. ``dated``: the times are those of the list, and not
    what a spreadsheet made of them.
    """

    def access(row: Row) -> tuple[str, ...]:
        return row.access[:-1] if row.place in unread else row.access

    rest: dict[tuple[str, ...], list[Row]] = {}
    for row in now:
        rest.setdefault(row.whose, []).append(row)
    for row in missing:
        there = rest.get(row.whose, [])
        there.remove(next((one for one in there if access(one) == access(row)), there[0])) if there else None
    open_ones = []
    found = []
    for decision in decisions:
        there = rest.get(decision.row.whose, [])
        same = next((row for row in there if access(row) == access(decision.row)), None)
        if same is not None:
            there.remove(same)
            row = replace(decision.row, person=same.person, others=same.others, by_hand=same.by_hand)
            found.append(replace(decision, row=row))
            if dated and found[-1].changes and _is_given_anew(row, same):
                faults.note("Given anew since the list was read", row, f"since {row.since} then, {same.since} now")
        else:
            open_ones.append(decision)
    found += [_settled(decision, rest.get(decision.row.whose, []), faults) for decision in open_ones]
    others = [row for rows in rest.values() for row in rows]
    return sorted(found, key=lambda decision: decision.row.row), others


def _is_given_anew(row: Row, same: Row) -> bool:
    """Whether a person left and came back. A pending invitation that was sent once more is the same."""
    return same.status == ACTIVE and bool(row.since and same.since) and row.since != same.since


def _settled(decision: Decision, there: list[Row], faults: _Faults) -> Decision:
    """A decision whose access is not as it was; ``there`` is what else the person has, which may be what was decided."""
    row = decision.row
    if not there:
        if row.decision == REVOKE:
            return replace(decision, done=True)
        faults.note("No longer there", row)
        return decision
    other = next((one for one in there if one.role == row.decision), there[0])
    there.remove(other)
    if other.role == row.decision and other.status == row.status:
        return replace(decision, done=True)
    faults.note("Changed since the list was read", row, f"{_role_in_words(row)} then, {_role_in_words(other)} now")
    return decision


def _check_same_people(decisions: Sequence[Decision], now: Sequence[Row], faults: _Faults) -> None:
    """Whoever has two accesses in one place is one person there, and cannot be told apart by a change.

    A change for an address is one for all who accepted an invitation to it; if nobody has that address itself, there is none.
    """
    links = {row.whose: {row.email, *row.others} for row in now if row.email}
    linked: dict[tuple[str, str, str], list[Decision]] = {}
    for decision in (decision for decision in decisions if not decision.row.by_hand):
        for address in links.get(decision.row.whose, {decision.row.email} - {""}):
            linked.setdefault((*decision.row.place, address), []).append(decision)
    shown = {(*decision.row.place, decision.row.email) for decision in decisions}
    for same in (same for address, same in linked.items() if address in shown):
        wanted = Counter(decision.row.decision for decision in same)
        if len(wanted) > 1 and any(decision.changes for decision in same):
            for decision in same:
                faults.note("Several accesses of one person in one place need the same decision", decision.row)


def _who(row: Row) -> str:
    return row.email or row.name or "no address"


def _role_in_words(row: Row) -> str:
    words = dict(zip(COMPARED, row.access))
    teams = f", teams {words['teams'].replace(';', ', ')}" if words["teams"] else ""
    return f"{words['role'] or 'no role'}, {words['status']}{teams}"


def people_of(decisions: Iterable[Decision], host: str) -> list[dict[str, t.Any]]:
    """What is to be changed on a host, as people who are declared: without access, or with another role."""
    people: dict[str, dict[str, t.Any]] = {}
    for decision in decisions:
        row = decision.row
        if row.host == host and decision.changes:
            wanted = {"state": "absent"} if row.decision == REVOKE else {"role": row.decision}
            people.setdefault(row.email, {"email": row.email})[row.service] = wanted
    return [people[email] for email in sorted(people)]
