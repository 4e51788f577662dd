# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is measured: so many people, and how much of what is declared is there already."""

from __future__ import annotations

from dataclasses import dataclass

from tests.simulator.people import people

OWNER = {"email": "owner@example.com", "role": "admin"}  # there always, and declared nowhere
STATES = {"new": "all new", "same": "nothing to do", "drift": "10 % drift"}


@dataclass(frozen=True)
class Case:
    """So many people declared, and what of them is there."""

    people: int
    state: str

    @property
    def writes(self) -> int:
        """How many people differ, each of whom takes one write."""
        there = {(person["email"], person["role"]) for person in self.before()}
        return sum(person not in there for person in self.after().items())

    def roster(self) -> list[dict[str, str]]:
        """What is declared; one in ten is an admin."""
        seeded = people(1, self.people)
        return [{"email": person.email, "role": "admin" if person.lead else "member"} for person in seeded]

    def after(self) -> dict[str, str]:
        """What everybody is at the end."""
        return {person["email"]: person["role"] for person in (OWNER, *self.roster())}

    def before(self) -> list[dict[str, str]]:
        """Who is there. Drift: of twenty people one is not there, and another a member who should be an admin."""
        there = [] if self.state == "new" else self.roster()
        if self.state == "drift":
            there[::20] = [{**person, "role": "member"} for person in there[::20]]
            del there[5::20]
        return [OWNER, *there]
