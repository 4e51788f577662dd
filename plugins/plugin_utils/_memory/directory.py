# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The directory of a roster: read once for all hosts of a run, and held against what is remembered of the last read.

This file is private to the collection.
"""

from __future__ import annotations

import hashlib
import json
import os
import typing as t
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from ansible import constants as C

from ...module_utils._access.addresses import fold
from ...module_utils._access.model import PRESENT
from ...module_utils._http.errors import AccessError
from ...module_utils._roster import Fault, addresses_of
from .._directory.guards import Limits, check_max_drop, guard
from .._directory.model import Reading
from .._directory.read import open_directory
from .._directory.remember import (
    Remembered,
    aliases,
    because,
    departed,
    inherited,
    next_memory,
    remembered_from,
    without_settled,
)
from .._directory.settings import CREDENTIALS, Credentials, Settings, from_environment, settings_from
from .._files import PATIENCE, locked, make_folder, read, write
from .._host.target import LOCALHOST
from .._host.variables import Refused, Variables
from .._people.document import Document
from .._people.sourced import asked, declared_absent, may_be_empty, with_people
from .controller import ControllerStore
from .files import FOLDER, FileStore
from .store import CONTROLLER, FILE, KINDS, NONE, Entries, Store, Unusable

Kept = dict[str, t.Any]
"""What a read says: ``people``, ``reasons`` (address → why somebody is not declared any more), ``former`` (address →
earlier ones), ``before`` and ``after`` (what is remembered), ``gone`` (ids of people who are not declared any more),
``inherited`` (ids of those whose address somebody else has now), ``key`` of the directory in the memory, ``folder`` of the
read, ``api``; or ``error``."""


def credentials_of(variables: Variables, host: str, environ: Mapping[str, str]) -> Credentials:
    """What a host asks a directory with: its variables, and the environment on ``localhost``."""
    given = {name: variables.text(f"directory_{name}", trim=False) or "" for name in CREDENTIALS}
    if not any(given.values()) and host == LOCALHOST:
        given = from_environment(environ)
    return Credentials(**given)


def store_for(variables: Variables, host: str) -> Store | None:
    """Where reads of directories are remembered, None if nothing is."""
    kind = variables.choice("lifecycle_memory", KINDS) or FILE
    if kind == NONE:
        return None
    if kind == CONTROLLER:
        return ControllerStore(os.environ, host, variables, variables.flag("lifecycle_memory_insecure") is True)
    folder = variables.text("lifecycle_memory_dir")
    return FileStore(
        os.path.join(folder or os.path.join(C.config.get_config_value("ANSIBLE_HOME"), FOLDER), "directory"),
        "directory",
    )


class Sourced(t.NamedTuple):
    """A roster with the people of its directory. ``kept`` is None without one. ``notes``: what is odd about the two."""

    document: Document
    faults: list[Fault]
    kept: Kept | None = None
    notes: t.Sequence[str] = ()


def sourced(document: Document, variables: Variables, host: str, applies: bool = False) -> Sourced:
    """The roster with the people of its directory, read if it has one, or ``Refused``.

    ``applies``: the run changes access and remembers the read, so it must be able to.
    """
    if document.directory is None:
        return Sourced(document, [])
    try:
        store = store_for(variables, host)
        if store and applies:
            store.prepare()
        folder: str = C.DEFAULT_LOCAL_TMP  # type: ignore[attr-defined]
        kept = ReadOnce(folder, document, store).read(credentials_of(variables, host, os.environ))
    except (Unusable, AccessError, OSError) as error:
        text = error.sentence if isinstance(error, AccessError) else str(error)
        raise Refused(f"Nothing was done. {text}") from None
    found, faults = with_people(document, kept["people"])
    return Sourced(found, faults, kept, list(_kept_by_hand(document, kept["reasons"])))


def _kept_by_hand(document: Document, reasons: Mapping[str, str]) -> Iterator[str]:
    """Who keeps access by the roster itself although the directory says that they are gone."""
    for person in document.people:
        why = next((reasons[address] for address in addresses_of(person) if address in reasons), "")
        if why and person["state"] == PRESENT:
            yield f"{person['email']} ({why}) keeps access, because people of the roster declares them. Remove the entry to end it."


class ReadOnce:
    """One read of the directory of a roster, shared by the hosts of a run, each in a process of its own.

    ``folder`` is Ansible's own for the run. ``store`` remembers, None: nothing is remembered.
    """

    def __init__(self, folder: str, document: Document, store: Store | None) -> None:
        self._document = document
        self._settings: Settings = settings_from(document.directory or {})
        self._store = store
        name = json.dumps([repr(self._settings), asked(document)])
        self._folder = Path(folder) / f"honeyops.access.directory.{hashlib.sha256(name.encode()).hexdigest()[:16]}"

    @property
    def key(self) -> str:
        """What tells this directory from others in the memory."""
        return f"{self._settings.source} {self._settings.url} {self._settings.base or self._settings.realm}".strip()

    def read(self, credentials: Credentials) -> Kept:
        """What the directory says, or ``Refused`` with the reason why nothing follows from it."""
        make_folder(self._folder)
        with locked(self._folder / "lock", PATIENCE + self._settings.max_wait):
            path = self._folder / "read.json"
            if not path.exists():
                write(path, json.dumps(self._now(credentials)))
            kept: Kept = json.loads(path.read_text(encoding="utf-8"))
        if kept.get("error"):
            raise Refused(f"Nothing was done. {kept['error']}")
        return kept

    def _now(self, credentials: Credentials) -> Kept:
        try:
            absent = declared_absent(self._document)
            known = remembered_from(_unpacked(self._store.load(self.key) or {}) if self._store else {})
            known = without_settled(known, absent)
            with open_directory(self._settings, credentials) as directory:
                reading = directory.read(asked(self._document))
                guard(reading, known, self._limits(), absent)
                gone = departed(reading, known)
                fates = {item.id: item.reason for item in reading.left_out}
                fates.update(directory.fates(gone.keys() - fates))
        except Unusable as error:
            return {"error": f"The memory of the directory cannot be used. {error}"}
        except AccessError as error:
            return {"error": error.sentence}
        told = _kept(reading, known, {identity: because(item, fates[identity]) for identity, item in gone.items()})
        return {**told, "key": self.key, "folder": str(self._folder)}

    def _limits(self) -> Limits:
        options = self._document.directory or {}
        return Limits(
            int(options.get("min_people", 1)),
            check_max_drop(options.get("max_drop") or "25%"),
            may_be_empty(self._document),
        )


def settle(folder: str, variables: Variables, host: str, hosts: Collection[str], ignored: Collection[str]) -> list[str]:
    """Remember the read in ``folder`` after a host has done its part, and return warnings.

    Whoever is gone is forgotten once all ``hosts`` have taken their access away, unless the run ignores them: until
    then nobody else may have their address. No ``hosts``: nobody is forgotten.
    """
    place = Path(folder)
    try:
        with locked(place / "lock"):
            kept: Kept = json.loads(read(place / "read.json"))
            (place / _mark(host)).touch()
            done = bool(hosts) and all((place / _mark(name)).exists() for name in hosts)
        store = store_for(variables, host)
        if store:
            after = _without_gone(kept, ignored) if done else kept["after"]
            store.save(kept["key"], _packed(after), _packed(kept["before"]))
    except (Unusable, AccessError, OSError, ValueError, LookupError) as error:
        text = error.sentence if isinstance(error, AccessError) else str(error)
        return [
            f"What the directory said could not be remembered, so a later run compares with an earlier read. {text}"
        ]
    return []


def _mark(host: str) -> str:
    """The file that says that a host is done."""
    return f"done {hashlib.sha256(host.encode()).hexdigest()[:16]}"


def _without_gone(kept: Kept, ignored: Collection[str]) -> dict[str, t.Any]:
    """What is remembered, without the people who are gone and have no access any more.

    If somebody else has their address, the roster declares it absent for now, and they are remembered as settled.
    """
    people = {}
    for identity, item in kept["after"]["people"].items():
        if identity not in kept["gone"] or fold(item["email"]) in ignored:
            people[identity] = item
        elif identity in kept["inherited"]:
            people[identity] = {**item, "settled": True}
    return {**kept["after"], "people": people}


def _kept(reading: Reading, known: Remembered, gone: Mapping[str, str]) -> Kept:
    """What a read says, in a form that can be kept.

    An address that was somebody else's is not told of whoever has it now, so that what the roster says of it, that it is
    absent, is not said of them. Only if they have no other, it is the same person to the services.
    """
    former = aliases(reading, known)
    others = inherited(reading, known)
    addresses = {
        person.id: [address for address in (*person.addresses, *former.get(person.email, ())) if address not in others]
        or [*person.addresses]
        for person in reading.people
    }
    reasons = {
        item.email: f"{item.reason.replace('_', ' ')} in the directory" for item in reading.left_out if item.email
    }
    for identity, text in gone.items():
        reasons.update(dict.fromkeys(known.people[identity].addresses, text))
    return {
        "people": [
            {
                "email": person.email if person.email in addresses[person.id] else addresses[person.id][0],
                "addresses": addresses[person.id],
                "name": person.name,
                "groups": list(person.groups),
            }
            for person in reading.people
        ],
        "reasons": {fold(address): text for address, text in reasons.items()},
        "former": {email: list(addresses) for email, addresses in former.items()},
        "gone": list(gone),
        "inherited": list(others.values()),
        "before": known.as_dict(),
        "after": next_memory(reading, known).as_dict(),
        "api": dict(reading.api),
    }


def _packed(remembered: Mapping[str, t.Any]) -> Entries:
    """What is remembered of a directory, in the form of a memory: people by id, so that two runs do not undo each other."""
    people = {f"id {identity}": item for identity, item in remembered.get("people", {}).items()}
    return {**people, "groups": dict(remembered.get("groups", {})), "total": {"people": remembered.get("total", 0)}}


def _unpacked(entries: Entries) -> dict[str, t.Any]:
    people = {key[3:]: item for key, item in entries.items() if key.startswith("id ")}
    return {"people": people, "groups": entries.get("groups"), "total": (entries.get("total") or {}).get("people")}
