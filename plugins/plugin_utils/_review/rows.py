# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rows of a review: one for each access, from what was read on each host. Pure.

This file is private to the collection.
"""

from __future__ import annotations

import json
import typing as t
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from ...module_utils._access.addresses import fold, key, separated
from ...module_utils._access.model import ACTIVE, PENDING
from ...module_utils._http.outside import quoted
from ...module_utils._services import SERVICES
from .._people.entries import Data
from .._words.text import clean

COLUMNS = (
    *("row", "host", "service", "email", "name", "role", "status", "teams", "since", "keys", "because", "drift"),
    *("reviewer", "decision", "comment"),
)
FILLED_IN = ("reviewer", "decision", "comment")
COMPARED = ("role", "status", "teams")
"""What makes an access another one than the one that was decided on."""


TEAM_MEMBER, TEAM_ADMIN, KEY = "team member", "team admin", "API key"
BESIDE = (TEAM_MEMBER, TEAM_ADMIN, KEY)
"""In place of a role: what somebody has who is not among the people of the service."""


@dataclass(frozen=True)
class Row:
    """One access. All values are text, as in the file; ``teams``, ``keys`` and ``drift`` separate theirs by semicolons.

    ``person`` is the main address of whoever has it, ``others`` are their other addresses. ``by_hand`` is what to do to revoke
    it, if this collection cannot. None of these is in the file.
    """

    row: int
    host: str
    service: str
    email: str
    name: str
    role: str
    status: str
    teams: str = ""
    since: str = ""
    keys: str = ""
    because: str = ""
    drift: str = ""
    reviewer: str = ""
    decision: str = ""
    comment: str = ""
    person: str = field(default="", compare=False)
    others: tuple[str, ...] = field(default=(), compare=False)
    by_hand: str = field(default="", compare=False)

    @property
    def place(self) -> tuple[str, str]:
        """The host and the service."""
        return self.host, self.service

    @property
    def whose(self) -> tuple[str, str, str, str]:
        """What tells the access from that of other people; somebody without an address is told by their name, a key by its own."""
        told = self.keys if self.role == KEY else "" if self.email else f"{self.name} {self.since}"
        return self.host, self.service, self.email, told

    @property
    def access(self) -> tuple[str, ...]:
        """What was decided on."""
        return tuple(str(getattr(self, name)) for name in COMPARED)

    @property
    def privileged(self) -> bool:
        """Whether whoever has this may manage others."""
        return self.role == TEAM_ADMIN or (self.role not in BESIDE and SERVICES[self.service].manages(self.role))

    @property
    def title(self) -> str:
        """The row, for a message; an access that is in no list has the number 0."""
        who = self.email or quoted(self.name) or "no address"
        who += f", {KEY} {quoted(self.keys)}" if self.role == KEY else ""
        service = SERVICES[self.service].title if self.service in SERVICES else self.service
        return f"row {self.row} ({who}, {service} of {self.host})" if self.row else f"{who} ({service} of {self.host})"

    def cells(self) -> dict[str, str]:
        """The row as it is in the file."""
        return {name: str(getattr(self, name)) for name in COLUMNS}

    def as_dict(self) -> dict[str, t.Any]:
        """The row for programs, which :func:`row_from` reads."""
        beside = {"person": self.person, "others": list(self.others), "by_hand": self.by_hand}
        return {**self.cells(), "row": self.row, **beside}


def row_from(item: Mapping[str, t.Any]) -> Row:
    """A row from its cells, all of them there; ``ValueError``, ``TypeError`` or ``LookupError`` if they are none."""
    values: dict[str, t.Any] = {name: str(item[name]) for name in COLUMNS}
    values.update(row=int(item["row"]), person=str(item.get("person") or ""), by_hand=str(item.get("by_hand") or ""))
    return Row(**values, others=tuple(map(str, item.get("others") or ())))


class Known(t.NamedTuple):
    """What is known of people beside their access, by main address.

    ``mains`` maps each other address to the main one. ``because`` says why somebody has access in a service,
    ``reviewers`` who reviews it, each by address and service. ``reviewer`` reviews all else.
    """

    mains: Mapping[str, str] = {}
    because: Mapping[tuple[str, str], str] = {}
    reviewers: Mapping[tuple[str, str], str] = {}
    reviewer: str = ""


def is_among(reviewer: str, addresses: Iterable[str]) -> bool:
    """Whether one of these addresses is that of a reviewer, who may be written with a name."""
    return not {fold(address) for address in addresses if address}.isdisjoint(map(key, separated(reviewer)))


def numbered(rows: Iterable[Row]) -> list[Row]:
    """The rows of all hosts, by host and service, and within these the privileged and the drifting ones first."""
    found = sorted(
        rows, key=lambda row: (row.host, list(SERVICES).index(row.service), not urgent(row), row.email, row.name)
    )
    return [replace(row, row=number) for number, row in enumerate(found, 1)]


def urgent(row: Row) -> bool:
    """Whether a row is worth a look before others."""
    return row.privileged or bool(row.drift)


def rows_of(part: Data, known: Known) -> t.Iterator[Row]:
    """The rows of what was read on one host, without numbers."""
    yield from _of_people(part, known)
    yield from _of_teams(part, known)
    yield from _of_keys(part, known)


def _of_teams(part: Data, known: Known) -> t.Iterator[Row]:
    """A row for each person who is in teams only, or invited to them."""
    people: dict[tuple[str, str], list[Data]] = {}
    for one in part["only_in_teams"]:
        people.setdefault((one["service"], one["email"]), []).append(one)
    unexpected = {(finding["service"], finding["email"]) for finding in part["findings"]}
    for (service, email), teams in people.items():
        main = known.mains.get(email, email)
        yield Row(
            row=0,
            host=part["host"],
            service=service,
            email=email,
            name="",
            role=TEAM_ADMIN if any(team["admin"] for team in teams) else TEAM_MEMBER,
            status=ACTIVE if any(team["status"] == ACTIVE for team in teams) else PENDING,
            teams=_joined(str(team["name"] or team["id"]) for team in teams),
            because=clean(known.because.get((main, service), "")),
            drift="unexpected" if (service, email) in unexpected else "",
            reviewer=known.reviewers.get((main, service)) or known.reviewer,
            person=main,
        )


def _of_keys(part: Data, known: Known) -> t.Iterator[Row]:
    """A row for each key whose creator is not a member. A run that somebody leaves finds keys by their creator, so not these."""
    for stray in part["stray_keys"]:
        email = stray["creator"]["email"]
        main = known.mains.get(email, email)
        named = f"{stray['name'] or 'without a name'} ({stray['id']})"
        yield Row(
            row=0,
            host=part["host"],
            service=stray["service"],
            email=email,
            name="" if email else clean(stray["creator"]["id"]),
            role=KEY,
            status="enabled",
            since=stray["created_at"] or "",
            keys=_joined([named]),
            drift="stray_key",
            reviewer=known.reviewers.get((main, stray["service"])) or known.reviewer,
            person=main,
            by_hand=f"Disable the {stray['type']} key {named} in {SERVICES[stray['service']].title}, or with the module for API keys.",
        )


def _of_people(part: Data, known: Known) -> t.Iterator[Row]:
    """A row for each access of the people of the services."""
    drift: dict[tuple[str, str], list[Data]] = {}
    for finding in part["findings"]:
        drift.setdefault((finding["service"], finding["email"]), []).append(finding)
    for entry in part["entries"]:
        email, service = entry["email"], entry["service"]
        main = next((known.mains[address] for address in (email, *entry["also"]) if address in known.mains), email)
        kinds = [finding["kind"] for finding in drift.get((service, email), ()) if email]
        yield Row(
            row=0,
            host=entry["host"],
            service=service,
            email=email,
            name=entry["name"],
            role=entry["role"],
            status=entry["status"],
            teams=_joined(
                [str(team["name"] or team["id"]) for team in entry["teams"]] or map(str, entry["team_ids"] or ())
            ),
            since=entry["since"] or "",
            keys=_joined(str(key["name"] or key["id"]) for key in entry["keys"]),
            because=clean(known.because.get((main, service), "")),
            drift=_joined(kinds),
            reviewer=known.reviewers.get((main, service)) or known.reviewer,
            person=main,
            others=tuple(address for address in entry["also"] if address != main),
        )


def _joined(texts: Iterable[str]) -> str:
    """Several values in one cell, each once; a semicolon within one would make it two."""
    return ";".join(sorted({text.replace(";", ",") for text in texts}))


def digest(rows: Sequence[Row]) -> str:
    """The SHA-256 of the population: who has what where, without what people fill in."""
    kept = [[value for name, value in row.cells().items() if name not in FILLED_IN] for row in rows]
    text = json.dumps(kept, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
