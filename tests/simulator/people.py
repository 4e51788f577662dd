# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""People to seed a service with: the same ones for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import NamedTuple

FIRST = (
    "Ada Alan Anita Annie Barbara Betty Brian Carol Claude Cleve Dennis Donald Dorothy Edsger Edith Erna "
    "Evelyn Frances Fran Grace Hedy Ida Ivan Jean John Joan Karen Katherine Ken Kay Leslie Linus Lynn "
    "Margaret Maria Mary Niklaus Olga Radia Ruth Shafi Sophie Stephanie Susan Tim Tony Vint Whitfield"
)
LAST = (
    "Allen Bartik Berners Booth Borg Cerf Clarke Codd Conway Diffie Dijkstra Estrin Floyd Goldberg "
    "Goldwasser Hamilton Hoare Holberton Hopper Jennings Johnson Kernighan Keller Knuth Lamarr Lamport "
    "Liskov Lovelace McCarthy Moler Naur Perlman Ritchie Shannon Spence Teitelbaum Thompson Turing Wilson Wirth"
)


class Person(NamedTuple):
    email: str
    name: str
    lead: bool
    """One in ten: an admin, on services that know such a role."""


def people(seed: int, count: int) -> Iterator[Person]:
    """The first `count` people of a seed; each e-mail address is there once."""
    source = random.Random(f"people-{seed}")
    first, last = (source.sample(names.split(), names.count(" ") + 1) for names in (FIRST, LAST))
    for number in range(count):
        given = first[number % len(first)]
        family = last[number // len(first) % len(last)]
        yield Person(f"{given}.{family}.{number}@example.com".lower(), f"{given} {family}", number % 10 == 0)


def name_of(email: str) -> str:
    """The name that somebody who accepts gives, as far as the address tells it."""
    return email.partition("@")[0].replace(".", " ").replace("_", " ").title()
