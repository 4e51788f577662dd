# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The part of the report for one host, read with the modules of the collection.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from ...module_utils._access.addresses import few
from ...module_utils._access.catalog import ACCOUNTS, IDENTITY, KEYS, TEAMS, ServiceInfo
from ...module_utils._access.model import KNOWN
from ...module_utils._http.aside import aside
from ...module_utils._http.outside import quoted
from ...module_utils._services import SERVICES
from .._host.target import Target
from .._people.entries import Data, entries_of, nameless
from .._words.text import clean
from .data import TEAM_LISTS, add_invited, add_keys, add_teams, decided, quota_of
from .drift import compared, drift, mistyped, only_in_teams, same_people, stray_keys
from .groups import explain, members_of
from .inputs import Inputs, aliases_of

MAKERS_UNKNOWN = (
    "Who created the API keys is not known, because the management key cannot list the users of the team. "
    "It needs the scope users:read."
)


Module = Callable[[str, Mapping[str, t.Any]], Mapping[str, t.Any]]
"""Runs a module of the collection in check mode and returns its result. Several threads call it."""


def part_of(
    target: Target,
    module: Module,
    inputs: Inputs,
    known: Mapping[str, Mapping[str, t.Any]],
    notes: Mapping[str, t.Sequence[str]] = MappingProxyType({}),
) -> Data:
    """The part for one host, whose services are read at once.

    ``known`` has, for each service, the option with earlier invitations, ``notes`` are about them.
    """
    part = empty_part(target.host, inputs)
    part["identities"] = target.fingerprints()
    strays: list[Data] = []
    elsewhere: list[tuple[str, list[Data]]] = []
    services = {service: _Found(target.host, service) for service in target.services}
    for service, found in services.items():
        found.target["notes"] += notes.get(service, ())
    reading = [
        aside(partial(_read, found, module, target.services[service], inputs, known.get(service, {})))
        for service, found in services.items()
    ]
    for _value, fault in [box.get() for box in reading]:
        if fault:
            raise fault
    for service, found in services.items():
        part["targets"].append(found.target)
        part["entries"] += found.entries
        part["only_in_teams"] += [{**one, "service": service} for one in found.only_in_teams]
        part["stray_keys"] += [{**key, "service": service} for key in found.stray_keys if not key["disabled"]]
        strays += stray_keys(target.host, service, found.stray_keys, inputs.rules.ignore)
        elsewhere.append((service, found.only_in_teams))
    read = [found["service"] for found in part["targets"] if found["status"] == "read"]
    with_teams = [found["service"] for found in part["targets"] if found["teams_read"]]
    faults = list(target.faults)
    if inputs.roster is not None:
        rules = inputs.rules._replace(with_teams=with_teams)
        beside = {service: compared(service, part["entries"], inputs.roster, rules) for service in read}
        explain(part["entries"], inputs.roster)
        part["findings"] += drift(target.host, beside, inputs.roster, rules)
        for service, others in elsewhere:
            part["findings"] += only_in_teams(target.host, service, others, inputs.roster, rules)
        faults += [*mistyped(part["findings"]), *same_people(beside)]
    part["findings"] += strays
    part["targets"] += [failed_target(target.host, fault) for fault in faults]
    return part


def empty_part(host: str, inputs: Inputs | None) -> Data:
    """A part with nothing read yet."""
    roster = inputs.roster if inputs else None
    return {
        "host": host,
        "targets": [],
        "entries": [],
        "only_in_teams": [],
        "stray_keys": [],
        "findings": [],
        "held": roster is not None,
        "rosters": roster.files if roster else (),
        "aliases": aliases_of(roster),
        "identities": {},
        "groups": members_of(roster) if roster else {},
        "ends": list(roster.ends) if roster else [],
    }


def note_only_in_teams(part: Data) -> None:
    """Say at the account who is in its teams only."""
    for target in part["targets"]:
        mine = [one for one in part["only_in_teams"] if one["service"] == target["service"]]
        names = sorted({f"{one['email']} ({quoted(str(one['name'] or one['id']))})" for one in mine})
        if names:
            target["notes"].append(f"In teams only, not among the people of the account: {few(names)}")


def failed_target(host: str, error: str) -> Data:
    """The target for a host that could not be read."""
    return {**_Found(host, "").target, "service": None, "status": "failed", "error": error}


class _Found:
    """What has been read from one service so far."""

    def __init__(self, host: str, service: str) -> None:
        self.target: Data = {
            "host": host,
            "service": service,
            "target": None,
            "status": "read",
            "error": None,
            "teams_read": False,
            "keys_read": False,
            "enabled_keys": [],
            "notes": [],
            "quota": None,
        }
        self.known: Mapping[str, Data] = {}
        self.entries: list[Data] = []
        self.stray_keys: list[Data] = []
        self.only_in_teams: list[Data] = []

    def take(self, result: Mapping[str, t.Any]) -> bool:
        """The people of a result, or the failure."""
        if result.get("failed"):
            self.target.update(status="failed", error=_why(result))
            return False
        self.known = result.get(KNOWN) or {}
        self.entries = entries_of(self.target["host"], self.target["service"], result)
        ids = nameless(self.entries)
        if ids:
            self.target["notes"].append(f"Entries without an e-mail address are not compared with a roster: {few(ids)}")
        return True

    def note(self, what: str, result: Mapping[str, t.Any]) -> bool:
        """Whether an optional read failed; the report then says so."""
        if result.get("failed"):
            self.target["notes"].append(f"{what}: {_why(result)}")
        return bool(result.get("failed"))


def _read(
    found: _Found, module: Module, options: Mapping[str, str], inputs: Inputs, known: Mapping[str, t.Any]
) -> None:
    """Everybody, by a plan for nobody; then what the service has besides."""
    info = SERVICES[found.target["service"]]
    own = {name: value for name, value in options.items() if name not in info.optional}
    if not found.take(module(info.module, {**own, info.people: [], KNOWN: {}, **known})):
        return
    found.target["target"] = _target(info, module, options)
    if KEYS in info.reads:
        _keys(info, found, module, options, inputs)
    if ACCOUNTS in info.reads:
        account = module(info.reads[ACCOUNTS], options)
        if not found.note("The quota was not read", account):
            found.target["quota"] = next(map(quota_of, account.get("accounts") or ()), None)
    if TEAMS in info.reads and (inputs.teams or _lacks_or_has_more(info, found, inputs)):
        _teams(found, module(info.reads[TEAMS], options), inputs.teams)


def _lacks_or_has_more(info: ServiceInfo, found: _Found, inputs: Inputs) -> bool:
    """Whether somebody is missing or too many, who may be there under the address that accepted an invitation."""
    return bool(inputs.roster and compared(info.key, found.entries, inputs.roster, inputs.rules).lacks_or_has_more())


def _target(info: ServiceInfo, module: Module, options: Mapping[str, str]) -> str | None:
    """The name of the team, if the service says it, or the id of the account."""
    if IDENTITY not in info.reads:
        return clean(options[info.identity[0]])
    own = {name: options[name] for name in (*info.identity, info.url.option) if name in options}
    team = (module(info.reads[IDENTITY], own).get("auth") or {}).get("team")
    return clean(team.get("slug") or team.get("name")) or None if isinstance(team, Mapping) else None


def _keys(info: ServiceInfo, found: _Found, module: Module, options: Mapping[str, str], inputs: Inputs) -> None:
    has_management = all(options.get(name) for name in info.optional)
    if not (has_management if inputs.keys is None else inputs.keys):
        return
    own = {name: options[name] for name in (*info.optional, info.url.option) if name in options}
    result = module(info.reads[KEYS], {**own, "type": "all"})
    if not found.note("Keys were not read", result):
        found.target["keys_read"] = True
        found.entries = decided(found.entries, result.get("users") or ())
        makers_known = bool(result.get("users_read"))
        found.target["notes"] += [] if makers_known else [MAKERS_UNKNOWN]
        keys = result.get("api_keys") or ()
        found.target["enabled_keys"] = sorted(clean(key["id"]) for key in keys if not key.get("disabled"))
        found.stray_keys = add_keys(found.entries, keys, makers_known)


def _teams(found: _Found, result: Mapping[str, t.Any], shown: bool) -> None:
    """Who accepted an invitation to a team under another address; and, if they are ``shown``, who is in the teams."""
    teams = result.get("teams") or ()
    for team in teams:
        add_invited(found.entries, team.get("invitations") or (), found.known, f"{team['id']}/")
    if not shown or found.note("Teams were not read", result):
        return
    unread = [str(team["id"]) for team in teams if any(team.get(kind) is None for kind in TEAM_LISTS)]
    found.target["teams_read"] = not unread
    if unread:
        found.target["notes"].append(f"The token cannot read who is in these teams: {few(unread)}")
    found.only_in_teams = add_teams(found.entries, teams)


def _why(result: Mapping[str, t.Any]) -> str:
    return clean(result.get("msg") or "no reason was given")
