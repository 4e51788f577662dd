# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The access report as data: people, targets and totals from the results of modules. Pure.

A target is one service on one inventory host. A *part* holds what the services of one host have; the parts of all hosts
become one report, which ``docs/report.schema.json`` describes. This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import cached_property
from types import MappingProxyType

from ...module_utils._access.addresses import fold
from ...module_utils._access.model import ACTIVE, PENDING
from ...module_utils._access.plan import parse_time
from ...module_utils._roster import At, addresses_of
from ...module_utils._services import SERVICES
from .._host import collection
from .._people.entries import Data, in_order
from .._words.text import clean

SCHEMA = "https://github.com/honeyops/honeyops.access/blob/main/docs/report.schema.json"
TEAM_LISTS = {"members": ACTIVE, "invitations": PENDING}


def add_invited(
    entries: Sequence[Data],
    invitations: Iterable[Mapping[str, t.Any]],
    known: Mapping[str, Data] = MappingProxyType({}),
    prefix: str = "",
) -> None:
    """Add to each user the other addresses under which they were invited. ``known`` are earlier invitations, by id after a prefix."""
    users = {entry["email"]: entry for entry in entries if entry["status"] == ACTIVE and entry["email"]}
    for invitation in invitations:
        earlier = known.get(f"{prefix}{invitation.get('id')}", {})
        invited = clean(fold(invitation.get("email") or earlier.get("email") or ""))
        user = users.get(clean(fold((invitation.get("accepted_by") or {}).get("email") or "")))
        if user and invited not in ("", user["email"], *user["also"]):
            user["also"].append(invited)


def add_teams(entries: Sequence[Data], teams: Iterable[Mapping[str, t.Any]]) -> list[Data]:
    """Add the teams of each person, as a member or by a pending invitation. Returns those of people without an entry."""
    by_email = _by_address(entries)
    others = []
    for team in teams:
        for kind, status in TEAM_LISTS.items():
            for somebody in team.get(kind) or ():
                if somebody.get("accepted_at"):
                    continue
                email = clean(fold(somebody.get("email") or ""))
                place = {
                    "id": team.get("id"),
                    "name": clean(team.get("name")),
                    "admin": bool(somebody.get("admin")),
                    "status": status,
                }
                if email in by_email:
                    by_email[email]["teams"].append(place)
                elif email:
                    others.append({**place, "email": email})
    return others


def decided(entries: Sequence[Data], users: Iterable[Mapping[str, t.Any]]) -> list[Data]:
    """The entries, each active or pending by the list of those who have accepted; one with nobody in it decides nothing."""
    accepted = {clean(fold(user.get("email") or "")) for user in users} - {""}
    if accepted.isdisjoint(entry["email"] for entry in entries):
        return list(entries)
    for entry in entries:
        if entry["email"]:
            entry["status"] = ACTIVE if accepted & {entry["email"], *entry["also"]} else PENDING
    return in_order(entries)


def add_keys(entries: Sequence[Data], keys: Iterable[Mapping[str, t.Any]], makers_known: bool = True) -> list[Data]:
    """Add the API keys that each person created, and return those whose creator is not a member.

    ``makers_known``: a creator without an address is not in the list of users. Otherwise, no addresses could be read.
    """
    by_email = _by_address(entries)
    strays = []
    for key in keys:
        creator = key.get("creator") or {}
        shown = {name: key.get(name) for name in ("id", "type", "disabled", "created_at")}
        shown = {**shown, "name": clean(key.get("name")), "environment": _environment(key.get("environment"))}
        email = clean(fold(creator.get("email") or ""))
        entry = by_email.get(email)
        if entry:
            entry["keys"].append(shown)
        elif email or (creator and makers_known):
            strays.append({**shown, "creator": {"id": creator.get("id"), "email": email}})
    return strays


def _by_address(entries: Sequence[Data]) -> dict[str, Data]:
    """The first entry with each address; one under which somebody else was invited counts only if nobody has it."""
    invited = {address: entry for entry in reversed(entries) for address in entry["also"]}
    return {**invited, **{entry["email"]: entry for entry in reversed(entries) if entry["email"]}}


def _environment(environment: t.Any) -> str:
    return clean(
        environment.get("name") or environment.get("slug") if isinstance(environment, Mapping) else environment
    )


def quota_of(account: Mapping[str, t.Any]) -> Data:
    """The quota that the service reports, and what was stored, limited and ignored on each day."""
    stats = account.get("api_stats")
    consumed = account.get("quota_consumed")
    return {
        "consumed": consumed if isinstance(consumed, (int, float)) and not isinstance(consumed, bool) else None,
        "days": _days(stats) if isinstance(stats, Mapping) else [],
    }


def _days(stats: Mapping[str, t.Any]) -> list[Data]:
    days: dict[str, Data] = {}
    for kind in ("stored", "limited", "ignored"):
        pairs = stats.get(kind)
        for pair in pairs if isinstance(pairs, list) else ():
            try:
                day = datetime.fromtimestamp(int(pair[0]), timezone.utc).strftime("%Y-%m-%d")
                count = int(pair[1])
            except (TypeError, ValueError, IndexError, KeyError, OverflowError, OSError):
                continue  # odd figures must not prevent the report
            found = days.setdefault(day, {"day": day, "stored": 0, "limited": 0, "ignored": 0})
            found[kind] += count
    return [days[day] for day in sorted(days)]


@dataclass(frozen=True)
class Roster:
    """Declared people, each with the place of their entry if they come from ``files``.

    ``reviewers``: who reviews each group. ``reasons``: why people are not declared, by address. ``ends``: whose access, or
    membership of a group, ends soon.
    """

    files: tuple[str, ...]
    people: list[Data]
    lines: list[At]
    reviewers: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    ends: Sequence[str] = ()

    @cached_property
    def place_of(self) -> dict[str, At]:
        """The place for each address of each person; empty without a file."""
        people = zip(self.people, self.lines) if self.files else ()
        return {address: at for person, at in people for address in addresses_of(person)}


def report_of(
    parts: Sequence[Data], now: datetime, version: str, aliases: Mapping[str, str], pending_days: int
) -> Data:
    """The whole report. ``aliases`` maps other addresses of a person to the main one."""
    entries = [entry for part in parts for entry in part["entries"]]
    people = _people(entries, aliases)
    findings = [finding for part in parts for finding in part["findings"]]
    targets = [_target(target, part, pending_days, now) for part in parts for target in part["targets"]]
    _note_same(targets, parts)
    read = {target["service"] for target in targets if target["status"] == "read"}
    for person in people:
        services = {access["service"] for access in person["access"]}
        person["only_in"] = next(iter(services)) if len(read) > 1 and len(services) == 1 else None
        for access in person["access"]:
            access["overdue"] = access["status"] == PENDING and _age(access["since"], now) > pending_days
    held = [part for part in parts if part["held"]]
    return {
        "$schema": SCHEMA,
        "collection": {"name": collection.NAME, "version": version},
        "generated_at": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "pending_days": pending_days,
        "targets": targets,
        "totals": _totals(people, targets),
        "people": people,
        "drift": {
            "held": bool(held),
            "rosters": sorted({file for part in held for file in part["rosters"]}),
            "counts": _counts(findings),
            "findings": findings,
        },
        "changes": None,
        "run": None,
        "review": None,
        "leavers": [],
    }


def _people(entries: Iterable[Data], aliases: Mapping[str, str]) -> list[Data]:
    found: dict[str, Data] = {}
    entries = list(entries)
    main: dict[str, str] = {address: entry["email"] for entry in entries for address in entry["also"]}
    for entry in entries:
        email = main.get(str(entry["email"]), str(entry["email"]))
        email = str(aliases.get(email, email))
        key = email or f"{entry['host']} {entry['service']} {entry['status']} {entry['id']}"
        person = found.setdefault(key, {"email": email, "name": "", "addresses": [], "only_in": None, "access": []})
        person["name"] = person["name"] or entry["name"]
        for address in (entry["email"], *entry["also"]):
            if address and address != email and address not in person["addresses"]:
                person["addresses"].append(address)
        hidden = ("email", "name", "also", "team_ids")
        person["access"].append({key: value for key, value in entry.items() if key not in hidden})
    return [found[key] for key in sorted(found, key=lambda key: (not found[key]["email"], key))]


def _target(target: Data, part: Data, pending_days: int, now: datetime) -> Data:
    mine = [entry for entry in part["entries"] if entry["service"] == target["service"]]
    pending = [entry for entry in mine if entry["status"] == PENDING]
    return {
        **target,
        "counts": {
            "people": len({entry["email"] or str(entry["id"]) for entry in mine}),
            "privileged": sum(entry["privileged"] for entry in mine if entry["status"] == ACTIVE),
            "pending": len({entry["email"] or str(entry["id"]) for entry in pending}),
            "overdue": sum(_age(entry["since"], now) > pending_days for entry in pending),
            "drift": sum(finding["service"] == target["service"] for finding in part["findings"]),
        },
    }


def _note_same(targets: Iterable[Data], parts: Iterable[Data]) -> None:
    """Say of each target that is the team or account of another host, too, that what is there is counted again."""
    hosts: dict[tuple[str, str], list[str]] = {}
    for part in parts:
        for service, fingerprint in part["identities"].items():
            hosts.setdefault((service, fingerprint), []).append(part["host"])
    same = {(host, service): names for (service, _mark), names in hosts.items() if len(names) > 1 for host in names}
    for target in targets:
        names = same.get((target["host"], target["service"]))
        if names:
            info = SERVICES[target["service"]]
            text = (
                f"{' and '.join(names)} are the same {info.title} {info.target}, so what is there is reported and counted for each. "
                "Remove all but one of them from the inventory."
            )
            target["notes"] = [*target["notes"], text]


def _totals(people: Sequence[Data], targets: Sequence[Data]) -> Data:
    def having(test: t.Callable[[Data], bool]) -> int:
        return sum(any(map(test, person["access"])) for person in people)

    return {
        "people": len(people),
        "targets": len(targets),
        "failed_targets": sum(target["status"] != "read" for target in targets),
        "privileged": having(lambda access: access["privileged"] and access["status"] == ACTIVE),
        "pending": having(lambda access: access["status"] == PENDING),
        "overdue": having(lambda access: access["overdue"]),
        "only_one_service": sum(person["only_in"] is not None for person in people),
        "keys": sum(len(access["keys"]) for person in people for access in person["access"]),
    }


def _counts(findings: Iterable[Data]) -> dict[str, int]:
    counts = dict.fromkeys(KINDS, 0)
    for finding in findings:
        counts[finding["kind"]] += 1
    return counts


KINDS: dict[str, str] = {
    "unexpected": "should not be there",
    "missing": "missing",
    "role": "another role",
    "teams": "other teams",
    "stray_key": "key without membership",
}
"""The kinds of drift and their names."""


def age_in_days(since: str | None, now: datetime) -> int | None:
    """The number of whole days, None if no time is known."""
    found = _age(since, now)
    return None if found < 0 else int(found)


def _age(since: str | None, now: datetime) -> float:
    moment = parse_time(since)
    return max(0.0, (now - moment).total_seconds() / 86400) if moment else -1
