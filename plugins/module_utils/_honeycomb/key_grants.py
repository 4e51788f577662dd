# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What members of a Honeycomb team leave behind: the API keys that they created, read with a management key.

The creators of keys are read before anybody is removed, since the service may forget them then.
This file is private to the collection.
"""

from __future__ import annotations

import typing as t

from .._access.addresses import few
from .._access.leaving import Leaver
from .._access.model import DELETE_KEY, DISABLED_KEY, KEY_TO_DELETE, KEY_TO_DISABLE, REMOVE, Grant, Kind, Person
from .._access.outcome import APPLIED, FAILED, ByHand, Outcome
from .._access.service import Companion
from .._http import errors
from .._http.client import Client
from .._http.errors import AccessError
from .._http.naming import option
from .._http.outside import quoted
from .keys import WHERE, ApiKey, HoneycombKeys, TeamUser

REPORT, DISABLE, DELETE = "report", "disable", "delete"
INGEST = "ingest"
KINDS: t.Mapping[str, Kind] = {DISABLE: KEY_TO_DISABLE, DELETE: KEY_TO_DELETE}
UNREADABLE = (errors.FORBIDDEN, errors.NOT_FOUND, errors.ENDPOINT_UNAVAILABLE)
SHOWN = 20  # people or keys that one sentence names
MEMBERS = "under Team settings > Users"


class KeyGrants(Companion):
    """The keys of a team by the people who created them. ``mode`` says what to do with those of leavers.

    ``own_key`` returns the id and the team of the configuration key in use. That key and the management key are never
    changed, and a management key of another team is refused. Where the service tells an id that is not in the list of
    keys, every configuration key may be the one in use, and where it does not name the team, every key may be another
    team's: those are left to a person.
    """

    kinds: tuple[Kind, ...] = (KEY_TO_DISABLE, KEY_TO_DELETE, DISABLED_KEY)

    def __init__(self, keys: HoneycombKeys, mode: str, own_key: t.Callable[[], tuple[str, str]]) -> None:
        self.client = keys.client
        self.warnings: list[str] = []
        self.lists: list[str] = []
        self._source = keys
        self._mode = mode
        self._own_key = own_key
        self._own = ""
        self._team_of_key = ""
        self._unread = False
        self._users: list[TeamUser] = []
        self._makers: dict[str, TeamUser] = {}  # by key, before anybody was removed
        self._keys: dict[str, ApiKey] = {}
        self._listed: set[str] = set()
        self._theirs: dict[str, list[str]] = {}
        self._nobodys: list[ApiKey] = []
        self._departed: list[ApiKey] = []  # of makers who are in the list of users no more, or under another id
        self._found: set[str] = set()

    def read(self, leavers: t.Sequence[Leaver]) -> list[Grant]:
        """The keys to disable or delete. If they are only reported, keys that cannot be read cause a warning."""
        if not leavers:
            return []
        self.warnings, self.lists, self._users, self._unread = [], [], [], False
        try:
            self._read(leavers)
        except AccessError as error:
            if self._mode != REPORT or error.code not in UNREADABLE:
                raise
            self._unread = True
            self.warnings = [f"The API keys created by the people who leave could not be read. {error.marked}"]
        kind = KINDS.get(self._mode)
        if kind is None:
            return []
        theirs = [self._keys[identity] for identities in self._theirs.values() for identity in identities]
        left = [key for key in theirs if key.id in self._listed and not self._is_settled(key)]
        unsure = [key for key in left if self._doubt(key)]
        if unsure:
            self.warnings = [
                f"{_named(unsure)} {'is' if len(unsure) == 1 else 'are'} not changed: {self._doubt(unsure[0])}."
            ]
        return [_grant(key, self._makers[key.id], kind) for key in left if key not in unsure]

    def remove(self, target: Grant) -> None:
        """Disable or delete a key."""
        key = self._keys[str(target.id)]
        if target.kind.removal == DELETE_KEY:
            self._source.delete(key)
        else:
            self._source.disable(key)

    def explain(self, error: AccessError, people: t.Sequence[Person]) -> AccessError:
        """If the members cannot be listed, the error with the people who are in the list of users, and their roles."""
        if error.code != errors.ENDPOINT_UNAVAILABLE:
            return error
        try:
            if self._own_key()[1] != self._source.own().team:
                return error
            users = self._source.users()
        except AccessError:
            return error
        told: list[str] = []
        for person in people[:SHOWN]:
            there = [user for user in users if user.email in person.addresses]
            told += [f"{user.email} is there as {user.role or 'a user'}" for user in there]
            told += [] if there else [f"{person.email} is not there"]
        more = f"; {len(people) - SHOWN} more people are not looked up" if len(people) > SHOWN else ""
        return error.hinted(
            f"{error.hint} According to the list of users, {'; '.join(told)}{more}. Invite, change or remove them "
            f"by hand {MEMBERS}."
        )

    def remaining(self, leavers: t.Sequence[Leaver]) -> list[tuple[str, str]]:
        """The leavers who are still in the list of users."""
        owners = {address: leaver.email for leaver in leavers for address in leaver.addresses}
        return [
            (owners[user.email], f"{user.email} in the list of users, as {user.role or 'a user'}")
            for user in self._users
            if user.email in owners
        ]

    def follow_up(self, leavers: t.Sequence[Leaver], outcomes: t.Sequence[Outcome]) -> list[ByHand]:
        """The keys that are left, and where to find them."""
        if not leavers:
            return []
        everybody = tuple(leaver.email for leaver in leavers)
        changed = {str(o.step.target.id) for o in outcomes if o.step.target and o.outcome == APPLIED and o.changed}
        texts = [ByHand(text, (leaver.email,)) for leaver in leavers for text in self._working(leaver, changed)]
        if self._unread:
            who = ", ".join(everybody)
            text = f"Honeycomb: the API keys could not be read. Look {WHERE} for those that {who} created."
            texts.append(ByHand(text, everybody))
        removed = {outcome.step.email for outcome in outcomes if outcome.step.action == REMOVE}
        strangers = [leaver.email for leaver in leavers if leaver.email in removed - self._found]
        if strangers and not self._unread:
            text = (
                f"Honeycomb: the list of users has nobody with the address of {', '.join(strangers)}, so it is not "
                f"known which API keys they created. Look {WHERE}."
            )
            texts.append(ByHand(text, tuple(strangers)))
        lost = {outcome.step.email for outcome in outcomes}
        texts += [
            ByHand(
                f"Honeycomb: the list of members does not show {email}, but there is {what}. Remove them by hand {MEMBERS}.",
                (email,),
            )
            for email, what in self.remaining(leavers)
            if email not in lost
        ]
        if self._departed:
            who = ", ".join(everybody)
            text = (
                f"Honeycomb: the creator of {_named(self._departed)} is not in the list of users, so it is not known "
                f"whether {who} created these API keys, which still work. Look {WHERE}."
            )
            texts.append(ByHand(text, everybody))
        if self._nobodys and removed:
            text = (
                f"Honeycomb: nobody is named as the creator of {_named(self._nobodys)}. Check {WHERE} whether they belong "
                "to somebody who left."
            )
            texts.append(ByHand(text))
        return texts

    def _working(self, leaver: Leaver, changed: t.Container[str]) -> t.Iterator[str]:
        """What is left to do about the keys of one leaver that still work."""
        left = [
            key
            for key in map(self._keys.__getitem__, self._theirs.get(leaver.email, ()))
            if key.id not in changed and not key.disabled
        ]
        own = [key for key in left if key.id == self._own]
        unsure = [key for key in left if key.id != self._own and self._doubt(key)]
        others = [key for key in left if key.id != self._own and key not in unsure]
        if unsure:
            yield (
                f"Honeycomb: {leaver.email} created API keys that still work: {_named(unsure)}. They were left for you to "
                f"decide: {self._doubt(unsure[0])}. Look {WHERE}."
            )
        if others:
            yield (
                f"Honeycomb: {leaver.email} created API keys that still work: {_named(others)}. Replace them, "
                f"then disable or delete them {WHERE}, or with honeycomb_api_key."
            )
        if own:
            yield (
                f"Honeycomb: {leaver.email} created the API key that this run uses, {_named(own)}, so it was not "
                f"changed. Create another one and replace it {WHERE}."
            )

    def results(self, outcomes: t.Sequence[Outcome]) -> dict[str, t.Any]:
        """``leaver_keys``: each key created by a leaver, and what was done with it."""
        done = {str(o.step.target.id): o for o in outcomes if o.step.target and o.step.target.kind in self.kinds}
        listed = []
        for identities in self._theirs.values():
            for identity in identities:
                key, outcome = self._keys[identity], done.get(identity)
                maker = self._makers[identity]
                shown = {**key.public(), "creator": {"id": maker.id, "email": maker.email}}
                disabled = key.disabled
                action = "none"
                if outcome and outcome.outcome in (APPLIED, FAILED):
                    action = outcome.as_dict()["action"]
                    disabled = disabled or (outcome.outcome == APPLIED and self._mode == DISABLE)
                elif outcome:
                    action = outcome.step.action
                shown.update(disabled=disabled, action=action, outcome=outcome.outcome if outcome else "reported")
                listed.append(shown)
        return {"leaver_keys": listed}

    def _read(self, leavers: t.Sequence[Leaver]) -> None:
        if not self._team_of_key:
            self._own, self._team_of_key = self._identity()
        team = self._source.own().team
        if self._team_of_key not in ("", team):
            raise _other_team(team, self._team_of_key)
        users = self._source.users()
        self._users = users if self._team_of_key else []
        self.lists = [f"/2/teams/{team}/users"]
        keys = self._source.keys()
        self.lists.append(f"/2/teams/{team}/api-keys")
        self._keys.update({key.id: key for key in keys})
        self._listed = {key.id for key in keys}
        others = [key for key in keys if key.id not in (self._own, *self._makers)]
        self._nobodys = [key for key in others if not key.creator]
        there = {user.id for user in users}
        self._departed = [key for key in others if key.creator and key.creator not in there and not key.disabled]
        owners = {address: leaver.email for leaver in leavers for address in leaver.addresses}
        makers = {user.id: user for user in users if user.email in owners}
        self._found.update(owners[user.email] for user in makers.values())
        for key in keys:
            if key.creator in makers and key.id not in self._makers and not self._source.is_own(key.id):
                maker = self._makers[key.id] = makers[key.creator]
                self._theirs.setdefault(owners[maker.email], []).append(key.id)

    def _identity(self) -> tuple[str, str]:
        """The key in use and its team. If keys are only reported, nothing depends on it."""
        try:
            return self._own_key()
        except AccessError:
            if self._mode != REPORT:
                raise
            return "", ""

    def _doubt(self, key: ApiKey) -> str:
        """Why it is not safe to change a key, empty if it is."""
        if not self._team_of_key:
            return f"Honeycomb does not name the team of {option('api_key')}, so the management key may belong to another team"
        if key.type != INGEST and self._own not in self._listed:
            return (
                f"the list of keys does not have the id that Honeycomb tells for {option('api_key')}, so each configuration key may be "
                "the one that this run uses"
            )
        return ""

    def _is_settled(self, key: ApiKey) -> bool:
        return key.id == self._own or (self._mode == DISABLE and key.disabled)


class NoKeys(Companion):
    """Takes the place of the keys without a management key: sends no requests, and changes no key."""

    kinds: tuple[Kind, ...] = ()

    def __init__(self, client: Client, mode: str) -> None:
        self.client = client
        self.warnings: list[str] = []
        self.lists: list[str] = []
        self._mode = mode

    def read(self, leavers: t.Sequence[Leaver]) -> list[Grant]:
        """Nothing; warns if keys should be disabled or deleted."""
        self.warnings = []
        if leavers and self._mode != REPORT:
            text = (
                f"{option('leaver_keys')} is {self._mode}, which needs a management key, so the API keys of the people who leave still "
                f"work. Set {option('management_key_id')} and {option('management_key_secret')}."
            )
            self.warnings = [text]
        return []

    def remove(self, target: Grant) -> None:
        """Never called: no plan has a step for a key."""
        raise AssertionError(target)

    def results(self, outcomes: t.Sequence[Outcome]) -> dict[str, t.Any]:
        """``leaver_keys``: none are known."""
        return {"leaver_keys": []}


def _grant(key: ApiKey, maker: TeamUser, kind: Kind) -> Grant:
    return Grant(
        id=key.id,
        email=maker.email,
        role="",
        kind=DISABLED_KEY if key.disabled else kind,
        about=(("name", key.name), ("type", key.type), ("environment", key.environment or None)),
        record=key.record,
    )


def _other_team(team: str, theirs: str) -> AccessError:
    return AccessError(
        errors.VALIDATION,
        f"The management key belongs to the team {team}, and {option('api_key')} to the team {theirs}.",
        hint="Give two keys of the same team.",
    )


def _named(keys: t.Sequence[ApiKey]) -> str:
    return few([f"{key.id} ({quoted(key.name)})" for key in keys], SHOWN)
