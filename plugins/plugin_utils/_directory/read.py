# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads people from a directory: every group that is asked for, with the groups in it, to the end.

This file is private to the collection.
"""

from __future__ import annotations

import contextlib
import gc
import time
import typing as t

from ...module_utils._http.errors import AccessError
from ...module_utils._http.naming import worded
from .connect import connect
from .model import Account, DirectoryGroup, DirectoryPerson, Group, LeftOut, Reading, Source
from .person import judged, told
from .settings import Credentials, Settings

OPTIONS = {"api_url": "url"}
"""What a directory calls the options of a connection that it calls otherwise."""
PRESENT = "present"
ABSENT = "absent"


@contextlib.contextmanager
def _without_collector() -> t.Iterator[None]:
    """Pages are freed by their reference counts; looking for cycles among what is kept takes a fifth of a large read."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class Directory:
    """One directory, signed in."""

    def __init__(self, source: Source) -> None:
        self._source = source

    @_without_collector()
    def read(self, asked: t.Sequence[str] | None) -> Reading:
        """The people in the groups with these names, ids or DNs, or everybody if there are None.

        An empty group, people without an address and people who share one are part of a reading; ``guards`` judges
        those. Whatever is not complete raises :class:`AccessError`.
        """
        if asked is None:
            accounts = {account.id: account for account in self._source.everybody()}
            return _reading(accounts, [], {}, self._source.api())
        groups = [(text, self._source.group(text)) for text in dict.fromkeys(asked)]
        accounts, reached = _reach(self._source, [group for _text, group in groups])
        self._source.verify(reached)
        return _reading(accounts, groups, reached, self._source.api())

    def fates(self, ids: t.Iterable[str]) -> dict[str, str]:
        """What became of accounts: ``present``, ``absent``, or the reason why somebody is left out."""
        accounts = {identity: self._source.account(identity) for identity in ids}
        return {
            identity: ABSENT if account is None else account.gone or PRESENT for identity, account in accounts.items()
        }


@contextlib.contextmanager
def open_directory(
    settings: Settings, credentials: Credentials, clock: t.Callable[[], float] = time.time
) -> t.Iterator[Directory]:
    """Connect to a directory and sign in. ``clock`` returns Unix time; accounts expire by it."""
    with _own_words():
        source = connect(settings, credentials, clock)
    try:
        with _own_words():
            yield Directory(source)
    finally:
        source.close()


@contextlib.contextmanager
def _own_words() -> t.Iterator[None]:
    """Errors of the transport with the names of a directory's options."""
    try:
        yield
    except AccessError as error:
        error.msg, error.hint = (worded(text, lambda name: OPTIONS.get(name, name)) for text in (error.msg, error.hint))
        raise


def read(
    settings: Settings,
    credentials: Credentials,
    groups: t.Sequence[str] | None = None,
    clock: t.Callable[[], float] = time.time,
) -> Reading:
    """Read a directory once. See :meth:`Directory.read`."""
    with open_directory(settings, credentials, clock) as directory:
        return directory.read(groups)


def _reach(source: Source, groups: t.Sequence[Group]) -> tuple[dict[str, Account], dict[str, set[str]]]:
    """All accounts by id, and which of them are in each group or in a group inside it."""
    accounts: dict[str, Account] = {}
    direct: dict[str, tuple[list[str], t.Sequence[Group]]] = {}

    def members_of(group: Group) -> tuple[list[str], t.Sequence[Group]]:
        if group.id not in direct:
            members = source.members(group)
            accounts.update({account.id: account for account in members.accounts})
            direct[group.id] = [account.id for account in members.accounts], members.groups
        return direct[group.id]

    reached: dict[str, set[str]] = {}
    for group in groups:
        pending, seen, ids = [group], {group.id}, set[str]()
        while pending:
            own, inner = members_of(pending.pop())
            ids.update(own)
            pending += [item for item in inner if item.id not in seen]
            seen.update(item.id for item in inner)
        reached[group.id] = ids
    return accounts, reached


def _reading(
    accounts: t.Mapping[str, Account],
    groups: t.Sequence[tuple[str, Group]],
    reached: t.Mapping[str, t.AbstractSet[str]],
    api: dict[str, t.Any],
) -> Reading:
    """What was read, each person once."""
    of_account: dict[str, tuple[str, ...]] = dict.fromkeys(accounts, ())
    for text, group in groups:
        for identity in reached[group.id]:
            of_account[identity] += (text,)
    people: list[DirectoryPerson] = []
    left_out: list[LeftOut] = []
    for identity, account in accounts.items():
        somebody = judged(account, of_account[identity])
        if isinstance(somebody, DirectoryPerson):
            people.append(somebody)
        else:
            left_out.append(somebody)
    declared = {person.id for person in people}
    counted = tuple(
        DirectoryGroup(text, group.id, told(group.name), len(reached[group.id]), len(reached[group.id] & declared))
        for text, group in groups
    )
    people.sort(key=lambda person: (person.email, person.id))
    left_out.sort(key=lambda item: (item.reason, item.email, item.id))
    return Reading(tuple(people), counted, tuple(left_out), api)
