# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""People as rosters and variables declare them: checked, and in one form. Knows no file and no Ansible.

This file is private to the collection.
"""

from __future__ import annotations

import difflib
import re
import typing as t
from collections.abc import Mapping

from ._access.addresses import check_email, fold, name_before
from ._access.model import ABSENT, PRESENT
from ._http.errors import AccessError
from ._http.outside import NOT_SHOWN
from ._services import SERVICES

PERSON_KEYS = ("email", "name", "state", "aliases", *SERVICES)
STATES = (PRESENT, ABSENT)
ROLES = {key: info.roles for key, info in SERVICES.items()}
SERVICE_KEYS = {key: info.declares for key, info in SERVICES.items()}
MAX_TEXT = 1000  # characters that any text about a person may have
_NUMBER = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


People = list[dict[str, t.Any]]


class Fault(t.NamedTuple):
    """Something that is wrong, and its line; without a file, the number of the person."""

    line: int
    reason: str


class Odd(str):
    """A placeholder for a value that no roster needs, such as a date; the text says what it is."""


class Broken:
    """A placeholder for a value whose fault is already reported."""


class Located(dict[str, t.Any]):
    """A mapping read from a file; ``lines`` has the line of each key."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, int] = {}


class LocatedList(list[t.Any]):
    """A list read from a file; ``lines`` has the line of each item."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[int] = []

    def add(self, item: t.Any, line: int) -> None:
        """Append an item."""
        self.append(item)
        self.lines.append(line)


def check(
    entries: t.Sequence[t.Any],
    place: str = "person",
    check_main: t.Callable[[str], str] = check_email,
    by_service: bool = False,
) -> tuple[People, list[Fault]]:
    """All people in one form, and every fault; if there is one, the people must not be used.

    ``place`` says what the numbers of the faults count, ``check_main`` checks main addresses, ``by_service``: a service may
    have a ``state`` of its own, as a review of access has it. Each person has ``email``,
    ``state`` and ``aliases``, and ``name``, ``honeycomb`` and ``honeybadger`` if these are given. The result can be
    checked again.
    """
    faults: list[Fault] = []
    people = []
    owners: dict[str, tuple[int, str, int]] = {}
    lines = getattr(entries, "lines", None) or range(1, len(entries) + 1)
    for number, (entry, line) in enumerate(zip(entries, lines)):
        person = _Check(faults, line, check_main, by_service).person(entry)
        email = person.get("email", "")
        for address in addresses_of(person):
            owner = owners.setdefault(address, (number, email, line))
            if owner[0] != number:
                other = f"{place} {owner[2]}, as {owner[1]}" if owner[1] else f"{place} {owner[2]}"
                faults.append(Fault(line, f"{address} is here and in {other}: keep one entry for each person."))
        people.append(person)
    return people, sorted(faults, key=lambda fault: fault.line)


def addresses_of(person: Mapping[str, t.Any]) -> list[str]:
    """All folded addresses of a person, the main one first, each once."""
    texts = (person.get("email"), *(person.get("aliases") or ()))
    return list(dict.fromkeys(fold(text) for text in texts if text))


def tell(faults: t.Iterable[Fault], place: str = "person") -> list[str]:
    """The faults as text; ``place`` says what the numbers count."""
    return [f"{place} {fault.line}: {fault.reason}" for fault in faults]


class _Check:
    """Checks one person and collects the faults. A wrong value becomes None."""

    def __init__(
        self, faults: list[Fault], line: int, check_main: t.Callable[[str], str], by_service: bool = False
    ) -> None:
        self._faults = faults
        self._of_service = ("state",) if by_service else ()
        self._check_main = check_main
        self._line = line
        self._who = ""

    def person(self, entry: t.Any) -> dict[str, t.Any]:
        if isinstance(entry, str) and not isinstance(entry, Odd):
            entry = {"email": entry}
        if not isinstance(entry, Mapping):
            self._wrong(entry, "this person", "an e-mail address, or a mapping with email", self._line)
            return {}
        person: dict[str, t.Any] = {}
        if "email" in entry:
            email = self._email(entry["email"], "email", self._at(entry, "email"), self._check_main)
            person.update({"email": email} if email else {})
            self._who = f"{email}: " if email else ""
        else:
            self._note("this person has no email.", self._line)
        self._keys(entry, PERSON_KEYS, "a person")
        if "name" in entry:
            person["name"] = self._name(entry["name"], self._at(entry, "name"))
        elif person.get("email") and name_before(entry["email"]):
            person["name"] = name_before(entry["email"])
        person["state"] = PRESENT
        if "state" in entry:
            person["state"] = self._choice(entry["state"], "state", STATES, self._at(entry, "state"))
        person["aliases"] = self._aliases(entry, person.get("email", ""))
        for service in ROLES:
            if service in entry:
                person[service] = self._service(entry[service], service, self._at(entry, service))
        return person

    def _aliases(self, entry: Mapping[str, t.Any], email: str) -> list[str]:
        items = self._items(entry, "aliases", "aliases", self._line)
        checked = [self._email(value, "an alias", line) for value, line in items]
        aliases = {fold(alias): alias for alias in checked if alias}
        return [alias for address, alias in aliases.items() if address != fold(email)]

    def _service(self, given: t.Any, service: str, line: int) -> dict[str, t.Any]:
        if not isinstance(given, Mapping):
            self._wrong(given, service, f"a mapping such as {{role: {ROLES[service][0]}}} or {{}}", line)
            return {}
        self._keys(given, (*SERVICE_KEYS[service], *self._of_service), service, line)
        access: dict[str, t.Any] = {}
        if "state" in given and self._of_service:
            access["state"] = self._choice(given["state"], f"{service}.state", STATES, self._at(given, "state", line))
        if "role" in given:
            access["role"] = self._choice(
                given["role"], f"{service}.role", ROLES[service], self._at(given, "role", line)
            )
        if "team_ids" in given and "team_ids" in SERVICE_KEYS[service]:
            items = self._items(given, "team_ids", f"{service}.team_ids", line)
            numbers = [self._number(value, f"{service}.team_ids", place) for value, place in items]
            access["team_ids"] = sorted({number for number in numbers if number})
        return access

    def _text(self, value: t.Any, label: str, line: int) -> str | None:
        if not isinstance(value, str) or isinstance(value, Odd):
            quotes = isinstance(value, (bool, int, float, Odd))
            self._wrong(value, label, "text; put it in quotes" if quotes else "text", line)
        elif len(value) > MAX_TEXT:
            self._note(f"{label} has {len(value)} characters, more than {MAX_TEXT}.", line)
        else:
            return str(value)
        return None

    def _name(self, value: t.Any, line: int) -> str | None:
        text = self._text(value, "name", line)
        if text is None or not NOT_SHOWN.search(text.strip()):
            return text and text.strip()
        self._note("name contains a line break or another control character.", line)
        return None

    def _email(
        self, value: t.Any, label: str, line: int, check_text: t.Callable[[str], str] = check_email
    ) -> str | None:
        text = self._text(value, label, line)
        try:
            return None if text is None else check_text(text)
        except AccessError as error:
            self._note(f"{label}: {error.sentence}", line)
            return None

    def _choice(self, value: t.Any, label: str, choices: t.Sequence[str], line: int) -> str | None:
        text = self._text(value, label, line)
        if text is None or text in choices:
            return text
        self._note(f"{label} is {_show(text)}, it must be one of {', '.join(choices)}.{_guess(text, choices)}", line)
        return None

    def _number(self, value: t.Any, label: str, line: int) -> int | None:
        if isinstance(value, (str, int)) and not isinstance(value, (bool, Odd)):
            if _NUMBER.fullmatch(str(value)):
                return int(value)
            self._note(f"{label} contains {_show(str(value))}, but an id is a whole number from 1.", line)
        else:
            self._wrong(value, f"an item of {label}", "a whole number from 1", line)
        return None

    def _items(self, entry: Mapping[str, t.Any], key: str, label: str, line: int) -> list[tuple[t.Any, int]]:
        value, line = entry.get(key, []), self._at(entry, key, line)
        if not isinstance(value, (list, tuple)):
            self._wrong(value, label, "a list", line)
            return []
        return list(zip(value, getattr(value, "lines", None) or [line] * len(value)))

    def _keys(self, entry: Mapping[str, t.Any], known: t.Sequence[str], label: str, line: int = 0) -> None:
        for key in map(str, entry):
            if key not in known:
                says = f"unknown key {_show(key)} in {label}, which may have {', '.join(known)}.{_guess(key, known)}"
                self._note(says, self._at(entry, key, line))

    def _wrong(self, value: t.Any, label: str, wanted: str, line: int) -> None:
        if not isinstance(value, Broken):
            self._note(f"{label} is {_kind(value)}, it must be {wanted}.", line)

    def _note(self, reason: str, line: int) -> None:
        self._faults.append(Fault(line, self._who + reason))

    def _at(self, entry: t.Any, key: str, line: int = 0) -> int:
        lines: dict[str, int] = getattr(entry, "lines", {})
        return lines.get(key) or line or self._line


def _kind(value: t.Any) -> str:
    if value is None or isinstance(value, Odd):
        return str(value or "empty")
    kinds = ((str, "text"), (bool, "yes or no"), ((int, float), "a number"), (Mapping, "a mapping"))
    return next((name for kind, name in kinds if isinstance(value, kind)), "a list")


def _show(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:60] + "...")


def _guess(text: str, choices: t.Sequence[str]) -> str:
    near = difflib.get_close_matches(text.casefold(), [choice.casefold() for choice in choices], n=1)
    return next((f" Did you mean {choice}?" for choice in choices if choice.casefold() in near), "")


def for_service(people: People, service: str, state: str, role: str | None) -> People:
    """The people in the form that the bulk module of a service takes.

    People who are absent, by ``state`` or their own, leave every service, and those who are absent in one service leave
    that one. People who are present and name services are only in those. ``role`` is for people who declare none; None
    leaves roles as they are.
    """
    declared = []
    for person in people:
        entry = {key: person[key] for key in ("email", "aliases")}
        if ABSENT in (state, person["state"], person.get(service, {}).get("state")):
            declared.append({**entry, "state": ABSENT})
        elif service in person or not any(name in person for name in ROLES):
            access = {**({"role": role} if role else {}), **person.get(service, {})}
            if SERVICES[service].sends_names and person.get("name"):
                access["name"] = person["name"]
            declared.append({**entry, "state": PRESENT, **access})
    return declared
