# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rosters as files: reads YAML, JSON and CSV into entries with their lines and reports every fault.

This file is private to the collection.
"""

from __future__ import annotations

import bisect
import csv
import io
import json
import os
import re
import typing as t

import yaml

from ...module_utils._access.addresses import check_email
from ...module_utils._http.outside import HIDDEN
from ...module_utils._roster import MAX_TEXT, SERVICE_KEYS, Broken, Fault, Located, LocatedList, Odd, People, check
from .._host.names import FORM
from .cells import guard_cell, unguard_cell
from .form import NONE

MAX_BYTES = 32 * 2**20
MAX_FAULTS = 1000
MAX_DEPTH = 10  # a person needs four levels
COLUMNS = ("email", "name", "state", "aliases", *FORM)
_UNPRINTABLE = re.compile(f"[{HIDDEN}](?<![\t\n\r])")  # also in a comment, which could say what is not there
_BLANKS = re.compile(r"[ \t\n\r]*")


_Loader: t.Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Unreadable(Exception):
    """A fault after which the rest of a file cannot be read."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.fault = Fault(line, reason)


def load(name: str, data: bytes, check_main: t.Callable[[str], str] = check_email) -> tuple[People, list[Fault]]:
    """The people in a file with this name and content, and every fault; if there is one, the people must not be used.

    ``check_main`` checks main addresses.
    """
    people, _lines, faults = locate(name, data, check_main)
    return people, faults


def locate(
    name: str, data: bytes, check_main: t.Callable[[str], str] = check_email
) -> tuple[People, list[int], list[Fault]]:
    """The same, with the line where the entry of each person begins."""
    faults: list[Fault] = []
    try:
        read = READERS.get(_ending(name))
        if read is None:
            raise Unreadable(1, f"the name must end in one of {', '.join(READERS)}, which says how to read it.")
        entries = read(_text(data), faults)
    except Unreadable as error:
        return [], [], sorted([*faults, error.fault], key=lambda fault: fault.line)
    people, wrong = check(entries, "line", check_main)
    lines = getattr(entries, "lines", [])
    return people, lines, _bounded(sorted([*faults, *wrong], key=lambda fault: fault.line))


def _bounded(faults: list[Fault]) -> list[Fault]:
    """A limited number of faults, and how many more there are, since one mistake can be in every line."""
    rest = faults[MAX_FAULTS:]
    more = [Fault(rest[0].line, f"and {len(rest)} more faults from here on.")] if rest else []
    return faults[:MAX_FAULTS] + more


def _ending(name: str) -> str:
    return os.path.splitext(name)[1].lower()


def _text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise Unreadable(1, f"the file is larger than {MAX_BYTES // 2**20} MiB.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(data.count(b"\n", 0, error.start) + 1, "this is not UTF-8; save the file as UTF-8.") from None
    unprintable = _UNPRINTABLE.search(text)
    if unprintable:
        line = text.count("\n", 0, unprintable.start()) + 1
        raise Unreadable(line, f"there is a control character, U+{ord(unprintable[0]):04X}; take it out.")
    return text


def _people(document: t.Any, faults: list[Fault]) -> t.Sequence[t.Any]:
    """The list of people in a document."""
    if isinstance(document, Located):
        faults += [
            Fault(line, f"unknown key {key[:60]!r}; the only key at the top is people.")
            for key, line in document.lines.items()
            if key not in ("people", "$schema")
        ]
        if "people" not in document:
            raise Unreadable(1, "there is no list of people: write it below people.")
        document = document["people"]
    if not isinstance(document, list):
        raise Unreadable(1, "this is not a list of people: write a list, or a mapping with people and a list below it.")
    return document


def _yaml(text: str, faults: list[Fault]) -> t.Sequence[t.Any]:
    loader = _Loader(text)
    tree = _Tree(loader, faults)
    try:
        while loader.check_event():
            tree.take(loader.get_event())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        says = ", ".join(part for part in (error.problem, error.context) if part)
        raise Unreadable(mark.line + 1 if mark else 1, f"this is not YAML: {says}.") from None
    finally:
        loader.dispose()
    document = tree.root[0] if tree.root else None
    return [] if document is None else _people(document, faults)


class _Tree:
    """Builds mappings and lists from events."""

    def __init__(self, loader: t.Any, faults: list[Fault]) -> None:
        self.root = LocatedList()
        self._loader = loader
        self._faults = faults
        self._open: list[Located | LocatedList] = [self.root]
        self._keys: list[tuple[str, int] | None] = [None]

    def take(self, event: t.Any) -> None:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.NodeEvent):
            self._refuse_references(event, line)
        if isinstance(event, yaml.ScalarEvent):
            if self._keys[-1] is None and isinstance(self._open[-1], Located):
                self._keys[-1] = (event.value, line)
            else:
                self._add(event.value if event.tag else self._scalar(event), line)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._begin(Located() if isinstance(event, yaml.MappingStartEvent) else LocatedList(), line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()
            self._keys.pop()
        elif isinstance(event, yaml.AliasEvent):
            self._add(Broken(), line)
        elif isinstance(event, yaml.DocumentStartEvent) and self.root:
            raise Unreadable(line, "a second document begins here; a roster is one.")

    def _refuse_references(self, event: t.Any, line: int) -> None:
        if event.anchor is not None:
            kind = "alias" if isinstance(event, yaml.AliasEvent) else "anchor"
            self._faults.append(Fault(line, f"there is an {kind}, {event.anchor[:60]!r}; write the value out."))
        if getattr(event, "tag", None) not in (None, "!"):
            self._faults.append(Fault(line, f"there is a tag, {event.tag[:60]!r}; write the value without one."))

    def _begin(self, container: Located | LocatedList, line: int) -> None:
        if len(self._open) > MAX_DEPTH:
            raise Unreadable(line, "this is nested too deeply for a roster.")
        self._add(container, line)
        self._open.append(container)
        self._keys.append(None)

    def _add(self, value: t.Any, line: int) -> None:
        parent, key = self._open[-1], self._keys[-1]
        if isinstance(parent, LocatedList):
            parent.add(value, line)
        elif key is None:
            raise Unreadable(line, "a key must be plain text.")
        else:
            _put(parent, *key, value, self._faults)
            self._keys[-1] = None

    def _scalar(self, event: t.Any) -> t.Any:
        """Text as text; other values only as far as a roster or a message needs them."""
        tag = self._loader.resolve(yaml.ScalarNode, event.value, event.implicit).rpartition(":")[2]
        if tag == "int":
            return int(event.value) if re.fullmatch(r"[1-9][0-9]{0,17}|0", event.value) else Odd("an odd number")
        return {"str": event.value, "null": None, "bool": True, "float": 0.5}.get(tag, Odd(f"a {tag}"))


def _put(parent: Located, key: str, line: int, value: t.Any, faults: list[Fault]) -> None:
    if key in parent:
        faults.append(Fault(line, f"{key[:60]!r} is there twice, first in line {parent.lines[key]}."))
    else:
        parent[key] = value
        parent.lines[key] = line


def _json(text: str, faults: list[Fault]) -> t.Sequence[t.Any]:
    decoder = json.JSONDecoder(parse_int=_json_int, parse_float=lambda _: 0.5, parse_constant=_no_constant)
    try:
        decoder.decode(text)
    except json.JSONDecodeError as error:
        raise Unreadable(error.lineno, f"this is not JSON: {error.msg}.") from None
    except ValueError as error:
        raise Unreadable(1, f"this is not JSON: {error}.") from None
    except RecursionError:
        raise Unreadable(1, "this is nested too deeply for a roster.") from None
    return _people(_Walk(text, decoder, faults).value(0, 0)[0], faults)


def _json_int(digits: str) -> t.Any:
    return int(digits) if len(digits) < 19 else Odd("an odd number")


def _no_constant(name: str) -> t.NoReturn:
    raise ValueError(f"{name} is not a JSON value")


class _Walk:
    """Reads text that is known to be JSON."""

    def __init__(self, text: str, decoder: json.JSONDecoder, faults: list[Fault]) -> None:
        self._text = text
        self._scalar = decoder.raw_decode
        self._faults = faults
        self._breaks = [match.start() for match in re.finditer("\n", text)]

    def value(self, at: int, depth: int) -> tuple[t.Any, int]:
        """The value that begins here, blanks aside, and where it ends."""
        at = self._skip(at)
        if self._text[at] not in "[{":
            return self._scalar(self._text, at)
        if depth == MAX_DEPTH:
            raise Unreadable(self._line(at), "this is nested too deeply for a roster.")
        into: Located | LocatedList = Located() if self._text[at] == "{" else LocatedList()
        at = self._skip(at + 1)
        while self._text[at] not in "]}":
            at = self._skip(at + (self._text[at] == ","))
            line = self._line(at)
            if isinstance(into, Located):
                key, at = self._scalar(self._text, at)
                item, at = self.value(self._skip(at) + 1, depth + 1)
                _put(into, key, line, item, self._faults)
            else:
                item, at = self.value(at, depth + 1)
                into.add(item, line)
            at = self._skip(at)
        return into, at + 1

    def _skip(self, at: int) -> int:
        return _BLANKS.match(self._text, at).end()  # type: ignore[union-attr]  # it matches nothing, too

    def _line(self, at: int) -> int:
        return bisect.bisect_left(self._breaks, at) + 1


def _csv(text: str, faults: list[Fault]) -> t.Sequence[t.Any]:
    rows = _rows(text, faults)
    header, line = next(rows, ([], 1))
    names = [name.strip().lower() for name in header]
    if "email" not in names or set(names) - set(COLUMNS) or len(set(names)) < len(names):
        hint = " Columns are separated by commas." if len(names) == 1 and ";" in header[0] else ""
        found = f"here is {','.join(names)[:200]!r}" if names else "there is none"
        raise Unreadable(line, f"the first line must name the columns, of {','.join(COLUMNS)}; {found}.{hint}")
    entries = LocatedList()
    for row, line in rows:
        if len(row) != len(names):
            faults.append(Fault(line, f"there are {len(row)} columns, the first line has {len(names)}."))
        elif any(row):
            entry = _entry(dict(zip(names, row)))
            entry.lines = dict.fromkeys(entry, line)
            entries.add(entry, line)
    return entries


def _rows(text: str, faults: list[Fault]) -> t.Iterator[tuple[list[str], int]]:
    """Each row that is not empty, with the line where it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            faults.append(Fault(line, f"this is not CSV: {error}."))
            continue
        if any(len(cell) > 10 * MAX_TEXT for cell in row):
            faults.append(Fault(line, f"a cell has more than {10 * MAX_TEXT} characters."))
        elif row:
            yield [unguard_cell(cell).strip() for cell in row], line


def _entry(cells: dict[str, str]) -> Located:
    """A person from a row; an empty cell is ignored, and a filled one names its service."""
    entry = Located()
    entry.update({key: cells[key] for key in ("email", "name", "state") if cells.get(key)})
    if cells.get("aliases"):
        entry["aliases"] = _split(cells["aliases"])
    for service, keys in SERVICE_KEYS.items():
        filled = {key: cells[f"{service}_{key}"] for key in keys if cells.get(f"{service}_{key}")}
        if filled:
            entry[service] = {key: cell if key == "role" else _teams(cell) for key, cell in filled.items()}
    return entry


def _teams(cell: str) -> list[str]:
    return [] if cell.lower() == NONE else _split(cell)


def _split(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


READERS: dict[str, t.Callable[[str, list[Fault]], t.Sequence[t.Any]]] = {
    ".yml": _yaml,
    ".yaml": _yaml,
    ".json": _json,
    ".csv": _csv,
}


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Writes no anchors, which a roster must not have, and supports text that older versions of Ansible mark as unsafe."""

    def ignore_aliases(self, data: t.Any) -> bool:
        return True


_Dumper.add_multi_representer(str, lambda dumper, text: dumper.represent_str(str.__str__(text)))


def dump(name: str, people: People) -> str:
    """The people as the content of a file with this name, without default values."""
    write = WRITERS.get(_ending(name))
    if write is None:
        raise ValueError(f"{name}: the name must end in one of {', '.join(WRITERS)}, which says how to write it.")
    short = [
        {key: value for key, value in person.items() if (key, value) not in (("state", "present"), ("aliases", []))}
        for person in people
    ]
    return write(short)


def _to_yaml(people: People) -> str:
    return yaml.dump({"people": people}, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


def _to_json(people: People) -> str:
    return json.dumps({"people": people}, indent=2, ensure_ascii=False) + "\n"


def _to_csv(people: People) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for person in people:
        cells = {key: person.get(key, "") for key in ("email", "name", "state")}
        cells["aliases"] = ";".join(person.get("aliases", ()))
        if any(";" in alias for alias in person.get("aliases", ())):
            raise ValueError(
                f"{person['email']} has an alias with a semicolon, which CSV cannot express: use YAML or JSON."
            )
        for service, keys in SERVICE_KEYS.items():
            access = person.get(service, {})
            told = {f"{service}_{key}": _cell(access.get(key, "")) for key in keys}
            cells.update(told)
            if service in person and not any(told.values()):
                raise ValueError(
                    f"{person['email']} has {service} with neither role nor teams, which CSV cannot express: use YAML or JSON."
                )
        writer.writerow([guard_cell(cells[column]) for column in COLUMNS])
    return text.getvalue()


def _cell(value: str | list[int]) -> str:
    """A role or teams; an empty cell would leave the teams as they are."""
    return value if isinstance(value, str) else ";".join(map(str, value)) or NONE


WRITERS: dict[str, t.Callable[[People], str]] = {
    ".yml": _to_yaml,
    ".yaml": _to_yaml,
    ".json": _to_json,
    ".csv": _to_csv,
}
