# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""How it is said that somebody is found nowhere.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

MOST = 20  # people in one text


def found_nowhere(unknown: t.Sequence[Mapping[str, t.Any]]) -> list[str]:
    """A sentence for each leaver who is in no list that was read, with the addresses that may be meant."""
    return [_said(person) for person in unknown]


def all_nowhere(unknown: t.Sequence[Mapping[str, t.Any]]) -> str:
    """The same as one text."""
    texts = found_nowhere(unknown[:MOST])
    rest = len(unknown) - len(texts)
    return " ".join([*texts, *([f"And {rest} more were found nowhere."] if rest > 0 else [])])


def misspelt_leavers(unknown: t.Sequence[Mapping[str, t.Any]]) -> list[str]:
    """A warning about those who may be meant for somebody else. Whoever is gone already is no reason for one."""
    text = all_nowhere([person for person in unknown if person.get("similar")])
    return [text] if text else []


def on_no_host(unknown: t.Sequence[t.Sequence[Mapping[str, t.Any]]]) -> list[dict[str, t.Any]]:
    """Who is unknown on every host, with the similar addresses of all of them. ``unknown`` has a list for each host."""
    similar: dict[str, list[str]] = {}
    hosts: dict[str, int] = {}
    for people in unknown:
        for person in people:
            email = str(person.get("email"))
            hosts[email] = hosts.get(email, 0) + 1
            similar.setdefault(email, []).extend(map(str, person.get("similar") or ()))
    return [
        {"email": email, "similar": list(dict.fromkeys(similar[email]))}
        for email, count in hosts.items()
        if count == len(unknown)
    ]


def _said(person: Mapping[str, t.Any]) -> str:
    similar = [str(address) for address in person.get("similar") or ()]
    meant = f" Did you mean {' or '.join(similar)}?" if similar else ""
    return f"{person.get('email')} was found nowhere.{meant}"
