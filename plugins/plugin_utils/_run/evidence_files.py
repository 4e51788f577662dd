# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Evidence of an offboarding as files for each person: one for programs, and one to attach to a ticket.

This file is private to the collection.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import typing as t
from pathlib import Path

from ...module_utils._access.outcome import ByHand
from ...module_utils._http.outside import armoured, shown
from .._files import make_folder
from .._host.seal import Broken, check_folder, keep, sealed
from .._host.variables import Refused
from .._words.names import title
from .._words.steps import verb
from .evidence import NOT_FOUND, NOT_READ, by_person
from .provenance import NAMES

SCHEMA_VERSION = 2
ALSO = "It is also in lifecycle_result.people."


def prepare(folder: str) -> None:
    """See that evidence can be kept in a folder, before anything is removed; ``Refused`` if it cannot."""
    try:
        check_folder(_place(folder))
    except OSError as error:
        raise Refused(f"Nothing was done, because no evidence can be kept in {folder}: {error.strerror}.") from None
    except Broken as fault:
        raise Refused(
            f"Nothing was done, because no evidence can be kept in {folder}. {fault} Use a new folder."
        ) from None


def write_evidence(
    folder: str,
    host: str,
    people: t.Iterable[t.Mapping[str, t.Any]],
    follow_up: t.Sequence[ByHand],
    run: t.Mapping[str, t.Any],
    targets: t.Mapping[str, str],
) -> list[str]:
    """Keep a record of each leaver for programs and one for people; returns warnings if that fails.

    ``run`` is who asked for it, when, and the rest that :mod:`.provenance` says. ``targets`` are the team and the account,
    by service, as far as they are known.
    """
    place = _place(folder)
    at = str(run["at"])
    leavers = [person for person in people if any(map(_leaves, _records(person).values()))]
    by_hand, for_all = by_person(follow_up)
    records = {}
    for person in leavers:
        document = sealed(
            {
                "version": SCHEMA_VERSION,
                "email": person["email"],
                "host": host,
                "at": at,
                "run": armoured(dict(run)),
                "targets": armoured(dict(targets)),
                "services": armoured(_records(person)),
                "by_hand": armoured([*by_hand.get(person["email"], ()), *for_all]),
            }
        )
        name = _file_name(f"{at.replace(':', '')}-{host}-{person['email']}")
        records[name] = {".json": json.dumps(document, indent=1, sort_keys=True) + "\n", ".txt": _text(document)}
    try:
        make_folder(place)
        if records:
            keep(place, records, at)
    except OSError as error:
        return [f"The evidence could not be written to {place}: {error.strerror}. {ALSO}"]
    except Broken as fault:
        return [f"The evidence could not be written to {place}. {fault} {ALSO}"]
    return []


def _place(folder: str) -> Path:
    return Path(os.path.realpath(os.path.expanduser(folder)))


def _file_name(text: str) -> str:
    """The text as the name of a file. Where that changes it, a digest keeps the names of two people apart."""
    name = re.sub(r"[^A-Za-z0-9@._+-]+", "_", text)[:200]
    return name if name == text else f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _records(person: t.Mapping[str, t.Any]) -> dict[str, dict[str, t.Any]]:
    return {key: value for key, value in person.items() if key != "email"}


def _leaves(record: t.Mapping[str, t.Any]) -> bool:
    return bool(record["leaving"])


def _text(document: t.Mapping[str, t.Any]) -> str:
    """The evidence for people to read."""
    run = document["run"]
    lines = [f"Offboarding of {document['email']}", f"Run of {document['at']} on {document['host']}"]
    lines += [f"{name}: {run[key]}" for key, name in NAMES.items() if run.get(key)]
    lines += [f"Collection honeyops.access {run['collection']}", f"SHA-256 of the record: {document['sha256']}", ""]
    for key, record in document["services"].items():
        target, plan = document["targets"].get(key), run["plan_ids"].get(key)
        lines.append(title(key) + (f", {target}" if target else "") + (f" (plan {plan})" if plan else ""))
        found = record["found"]
        if found in (NOT_FOUND, NOT_READ):
            lines.append(
                f"  Found: {'nothing' if found == NOT_FOUND else 'not known; the message of the run says why'}"
            )
        else:
            lines += [f"  Found: {_in_words(access)}" for access in found]
        lines += [
            f"  {verb(step['action']).capitalize()} ({step['what']}): {step['outcome'].replace('_', ' ')}, {step['at']}"
            + (f"; {step['because']}" if step.get("because") else "")
            for step in record["done"]
        ]
        if record["verified"]:
            lines.append(f"  Verified at {record['verified']['at']} by reading {', '.join(record['verified']['read'])}")
        else:
            lines.append("  Not verified: the lists were not read again")
        lines += [f"  Remains: {_in_words(access)}" for access in record["remains"]]
        lines += [f"  Left to do by hand: {text}" for text in record["by_hand"]]
        lines.append("")
    lines += [f"Left to do by hand: {text}" for text in document["by_hand"]]
    return "\n".join(map(_line, lines)).rstrip() + "\n"


def _line(text: str) -> str:
    """The text as one line, whatever is in names from outside."""
    return shown(text, " ")


def _in_words(access: t.Any) -> str:
    if not isinstance(access, dict):
        return str(access)
    if "what" in access:
        return str(access["what"])
    first = ("kind", "role", "status")
    words = [str(access[key]) for key in first if access.get(key)]
    rest = [f"{key} {value}" for key, value in access.items() if key not in (*first, "email") and value]
    return ", ".join([*words, *rest])
