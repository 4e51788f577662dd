# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""People as rosters and variables declare them: checked, and in one form. Knows no file and no Ansible.

This file is private to the collection.
"""

from __future__ import annotations

import datetime
import difflib
import re
import typing as t
from collections.abc import Mapping

from ._access.addresses import check_email, fold, name_before
from ._access.model import ABSENT, PRESENT
from ._http.errors import AccessError
from ._http.outside import NOT_SHOWN, as_given
from ._services import SERVICES

BECAUSE, ENDS = "because", "ends"
DERIVED = (BECAUSE, ENDS)
"""Keys that no file may have: they say where the rest comes from, and when it ends."""

PERSON_KEYS = ("email", "name", "state", "aliases", "groups", "from", "until", "targets", *SERVICES)
MEMBERSHIP_KEYS = ("group", "from", "until")
STATES = (PRESENT, ABSENT)
ROLES = {key: info.roles for key, info in SERVICES.items()}
SERVICE_KEYS = {key: info.declares for key, info in SERVICES.items()}
MAX_TEXT = 1000  # characters that any text about a person may have
_NUMBER = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


People = list[dict[str, t.Any]]


class At(t.NamedTuple):
    """A place in a file; without a file, the number of the person."""

    line: int
    column: int = 1
    file: str = ""


class Fault(t.NamedTuple):
    """Something that is wrong, and where."""

    at: At
    reason: str

    @property
    def line(self) -> int:
        """The line; without a file, the number of the person."""
        return self.at.line


class Odd(str):
    """A placeholder for a value that is no text, such as a date; the text says what it is, ``source`` how it is written."""

    source = ""

    @classmethod
    def of(cls, kind: str, source: str) -> Odd:
        """The placeholder for a value of this kind."""
        odd = cls(kind)
        odd.source = source
        return odd


class Broken:
    """A placeholder for a value whose fault is already reported."""


class Located(dict[str, t.Any]):
    """A mapping read from a file; ``lines`` has the place of each key."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, At] = {}


class LocatedList(list[t.Any]):
    """A list read from a file; ``lines`` has the place of each item."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[At] = []

    def add(self, item: t.Any, at: At) -> None:
        """Append an item."""
        self.append(item)
        self.lines.append(at)


def check(
    entries: t.Sequence[t.Any],
    place: str = "person",
    check_main: t.Callable[[str], str] = check_email,
    groups: t.Collection[str] | None = (),
    by_service: bool = False,
) -> tuple[People, list[Fault]]:
    """All people in one form, and every fault; if there is one, the people must not be used.

    ``place`` says what the numbers of the faults count, ``check_main`` checks main addresses, ``groups`` are the names
    of groups that there are, None if that is not known. ``by_service``: a service may have a ``state`` of its own, as a
    review of access has it. Each person has ``email``, ``state`` and ``aliases``, and the other keys if these are given:
    dates as text, groups as a list of ``{group, from, until}``. The result can be checked again.
    """
    faults: list[Fault] = []
    people = []
    owners: dict[str, tuple[int, str, At]] = {}
    lines = getattr(entries, "lines", None) or [At(number) for number in range(1, len(entries) + 1)]
    for number, (entry, at) in enumerate(zip(entries, lines)):
        person = Check(faults, at, check_main, groups, by_service).person(entry)
        email = person.get("email", "")
        for address in addresses_of(person):
            owner = owners.setdefault(address, (number, email, at))
            if owner[0] != number:
                where = (
                    f"{place} {owner[2].line}" if owner[2].file == at.file else f"{owner[2].file}, line {owner[2].line}"
                )
                other = f"{where}, as {owner[1]}" if owner[1] else where
                faults.append(Fault(at, f"{address} is here and in {other}: keep one entry for each person."))
        people.append(person)
    return people, in_order(faults)


def in_order(faults: t.Iterable[Fault]) -> list[Fault]:
    """Faults by file and line."""
    return sorted(faults, key=lambda fault: (fault.at.file, fault.at.line))


def addresses_of(person: Mapping[str, t.Any]) -> list[str]:
    """All folded addresses of a person, the main one first, each once."""
    texts = (person.get("email"), *(person.get("aliases") or ()))
    return list(dict.fromkeys(fold(text) for text in texts if text))


def tell(faults: t.Iterable[Fault], place: str = "person") -> list[str]:
    """The faults as text; ``place`` says what the numbers count where there is no file."""
    return [f"{_where(fault.at, place)}: {fault.reason}" for fault in faults]


def _where(at: At, place: str) -> str:
    if not at.file:
        return f"{place} {at.line}"
    return f"{at.file}, line {at.line}" if at.line else at.file


def day_of(value: t.Any) -> datetime.date | None:
    """The day that a value says, in quotes or not; None if it says none."""
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    text = value.source if isinstance(value, Odd) else value
    try:
        return datetime.date.fromisoformat(text) if isinstance(text, str) and _DAY.fullmatch(text) else None
    except ValueError:
        return None


class Check:
    """Checks one person and collects the faults. A wrong value becomes None."""

    def __init__(
        self,
        faults: list[Fault],
        at: At,
        check_main: t.Callable[[str], str] = check_email,
        groups: t.Collection[str] | None = (),
        by_service: bool = False,
    ) -> None:
        self._faults = faults
        self._of_service = ("state",) if by_service else ()
        self._check_main = check_main
        self._groups = groups
        self._line = at
        self._who = ""

    def person(self, entry: t.Any) -> dict[str, t.Any]:
        if isinstance(entry, str) and not isinstance(entry, Odd):
            entry = {"email": entry}
        if not isinstance(entry, Mapping):
            self.wrong(entry, "this person", "an e-mail address, or a mapping with email", self._line)
            return {}
        person: dict[str, t.Any] = {}
        if "email" in entry:
            email = self.email(entry["email"], "email", self.place(entry, "email"), self._check_main)
            person.update({"email": email} if email else {})
            self._who = f"{email}: " if email else ""
        else:
            self.note("this person has no email.", self._line)
        self.keys(entry, PERSON_KEYS, "a person", also=() if isinstance(entry, Located) else DERIVED)
        if "name" in entry:
            person["name"] = self.one_line(entry["name"], "name", self.place(entry, "name"))
        elif person.get("email") and name_before(entry["email"]):
            person["name"] = name_before(entry["email"])
        person["state"] = PRESENT
        if "state" in entry:
            person["state"] = self.choice(entry["state"], "state", STATES, self.place(entry, "state"))
        person["aliases"] = self._aliases(entry, person.get("email", ""))
        if "groups" in entry:
            person["groups"] = self._memberships(entry)
        person.update(self._days(entry))
        if "targets" in entry:
            person["targets"] = self.targets(entry)
        for service in ROLES:
            if service in entry:
                person[service] = self.service(entry[service], service, self.place(entry, service))
        return {**person, **{key: entry[key] for key in DERIVED if entry.get(key)}}

    def _memberships(self, entry: Mapping[str, t.Any]) -> list[dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for value, line in self.items(entry, "groups", "groups", self._line):
            given = value if isinstance(value, Mapping) else {"group": value}
            if isinstance(value, Mapping):
                self.keys(value, MEMBERSHIP_KEYS, "an item of groups", line)
            name = self.text(given.get("group"), "an item of groups", self.place(given, "group", line))
            if name is None:
                continue
            if name in found:
                self.note(f"the group {as_given(name)} is here twice.", line)
            elif self._groups is not None and name not in self._groups:
                there = guess(name, tuple(self._groups)) if self._groups else " Define it below groups."
                self.note(f"there is no group {as_given(name)}.{there}", self.place(given, "group", line))
            found[name] = {"group": name, **self._days(given, line)}
        return list(found.values())

    def _days(self, entry: Mapping[str, t.Any], line: At | None = None) -> dict[str, str]:
        """The first and the last day with access."""
        found = {}
        for key in ("from", "until"):
            if key in entry:
                day = day_of(entry[key])
                written = entry[key].source if isinstance(entry[key], Odd) else entry[key]
                if day:
                    found[key] = day.isoformat()
                elif isinstance(written, str) and written:
                    says = f"{key} is {as_given(written)}, it must be a date such as 2027-01-31."
                    self.note(says, self.place(entry, key, line))
                else:
                    self.wrong(entry[key], key, "a date such as 2027-01-31", self.place(entry, key, line))
        if len(found) == 2 and found["until"] < found["from"]:
            self.note(f"until is {found['until']}, before from, {found['from']}.", self.place(entry, "until", line))
        return found

    def targets(self, entry: Mapping[str, t.Any]) -> LocatedList:
        """The names of hosts and host groups, with their places."""
        found = LocatedList()
        items = self.items(entry, "targets", "targets", self._line)
        for value, line in items:
            name = self.text(value, "an item of targets", line)
            if name is not None:
                found.add(name.strip(), line)
        if not items and isinstance(entry["targets"], (list, tuple)):
            self.note("targets is an empty list; leave it out to mean every host.", self.place(entry, "targets"))
        return found

    def _aliases(self, entry: Mapping[str, t.Any], email: str) -> list[str]:
        items = self.items(entry, "aliases", "aliases", self._line)
        checked = [self.email(value, "an alias", line) for value, line in items]
        aliases = {fold(alias): alias for alias in checked if alias}
        return [alias for address, alias in aliases.items() if address != fold(email)]

    def service(self, given: t.Any, service: str, line: At) -> dict[str, t.Any]:
        """What is declared for one service."""
        if not isinstance(given, Mapping):
            self.wrong(given, service, f"a mapping such as {{role: {ROLES[service][0]}}} or {{}}", line)
            return {}
        self.keys(given, (*SERVICE_KEYS[service], *self._of_service), service, line)
        access: dict[str, t.Any] = {}
        if "state" in given and self._of_service:
            access["state"] = self.choice(given["state"], f"{service}.state", STATES, self.place(given, "state", line))
        if "role" in given:
            access["role"] = self.choice(
                given["role"], f"{service}.role", ROLES[service], self.place(given, "role", line)
            )
        if "team_ids" in given and "team_ids" in SERVICE_KEYS[service]:
            items = self.items(given, "team_ids", f"{service}.team_ids", line)
            numbers = [self._number(value, f"{service}.team_ids", place) for value, place in items]
            access["team_ids"] = sorted({number for number in numbers if number})
        return access

    def text(self, value: t.Any, label: str, line: At) -> str | None:
        if not isinstance(value, str) or isinstance(value, Odd):
            quotes = isinstance(value, (bool, int, float, Odd))
            self.wrong(value, label, "text; put it in quotes" if quotes else "text", line)
        elif len(value) > MAX_TEXT:
            self.note(f"{label} has {len(value)} characters, more than {MAX_TEXT}.", line)
        else:
            return str(value)
        return None

    def one_line(self, value: t.Any, label: str, line: At) -> str | None:
        text = self.text(value, label, line)
        if text is None or not NOT_SHOWN.search(text.strip()):
            return text and text.strip()
        self.note(f"{label} contains a line break or another control character.", line)
        return None

    def email(self, value: t.Any, label: str, line: At, check_text: t.Callable[[str], str] = check_email) -> str | None:
        text = self.text(value, label, line)
        try:
            return None if text is None else check_text(text)
        except AccessError as error:
            self.note(f"{label}: {error.sentence}", line)
            return None

    def choice(self, value: t.Any, label: str, choices: t.Sequence[str], line: At) -> str | None:
        text = self.text(value, label, line)
        if text is None or text in choices:
            return text
        self.note(f"{label} is {as_given(text)}, it must be one of {', '.join(choices)}.{guess(text, choices)}", line)
        return None

    def _number(self, value: t.Any, label: str, line: At) -> int | None:
        if isinstance(value, (str, int)) and not isinstance(value, (bool, Odd)):
            if _NUMBER.fullmatch(str(value)):
                return int(value)
            self.note(f"{label} contains {as_given(str(value))}, but an id is a whole number from 1.", line)
        else:
            self.wrong(value, f"an item of {label}", "a whole number from 1", line)
        return None

    def items(self, entry: Mapping[str, t.Any], key: str, label: str, line: At) -> list[tuple[t.Any, At]]:
        value, line = entry.get(key, []), self.place(entry, key, line)
        if not isinstance(value, (list, tuple)):
            self.wrong(value, label, "a list", line)
            return []
        return list(zip(value, getattr(value, "lines", None) or [line] * len(value)))

    def keys(
        self,
        entry: Mapping[str, t.Any],
        known: t.Sequence[str],
        label: str,
        line: At | None = None,
        also: t.Sequence[str] = (),
    ) -> None:
        for key in map(str, entry):
            if key not in known and key not in also:
                says = f"unknown key {as_given(key)} in {label}, which may have {', '.join(known)}.{guess(key, known)}"
                self.note(says, self.place(entry, key, line))

    def wrong(self, value: t.Any, label: str, wanted: str, line: At) -> None:
        if not isinstance(value, Broken):
            self.note(f"{label} is {_kind(value)}, it must be {wanted}.", line)

    def note(self, reason: str, line: At) -> None:
        self._faults.append(Fault(line, self._who + reason))

    def place(self, entry: t.Any, key: str, line: At | None = None) -> At:
        lines: dict[str, At] = getattr(entry, "lines", {})
        return lines.get(key) or line or self._line


def _kind(value: t.Any) -> str:
    if value is None or isinstance(value, Odd):
        return str(value or "empty")
    kinds = (
        (datetime.date, "a date"),
        (str, "text"),
        (bool, "yes or no"),
        ((int, float), "a number"),
        (Mapping, "a mapping"),
    )
    return next((name for kind, name in kinds if isinstance(value, kind)), "a list")


def guess(text: str, choices: t.Sequence[str]) -> str:
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
        if person.get(BECAUSE) and state in (PRESENT, person["state"]):
            entry[BECAUSE] = person[BECAUSE]
        if ABSENT in (state, person["state"], person.get(service, {}).get("state")):
            declared.append({**entry, "state": ABSENT})
        elif service in person or not any(name in person for name in ROLES):
            access = {**({"role": role} if role else {}), **person.get(service, {})}
            if SERVICES[service].sends_names and person.get("name"):
                access["name"] = person["name"]
            declared.append({**entry, "state": PRESENT, **access})
    return declared
