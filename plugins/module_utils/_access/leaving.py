# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who loses access, and what they lose with it: teams, team invitations, keys. Pure: no I/O.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from .addresses import fold
from .match import Matches, Rules
from .model import (
    ABSENT,
    ACTIVE,
    INVITE_TO_TEAM,
    LAST,
    LEAVING,
    LOWER,
    PRESENT,
    RAISE,
    REMOVAL,
    TEAM_INVITATION,
    TEAM_MEMBERSHIP,
    Grant,
    Person,
    Step,
)

NOT_LISTED = "not in the list, and exclusive is on"


@dataclass(frozen=True)
class Leaver:
    """Somebody who loses access: their name in steps, and the addresses that belong to nobody else here."""

    email: str
    addresses: frozenset[str]
    reason: str
    because: str = ""


@dataclass(frozen=True)
class Leaving:
    """Everybody who loses access, and the addresses of those who do not."""

    leavers: tuple[Leaver, ...] = ()
    staying: frozenset[str] = frozenset()

    def after(self, earlier: Leaving) -> Leaving:
        """Including those who left earlier in the run, for whom nothing may be found any more."""
        names = {leaver.email for leaver in self.leavers}
        before = [
            replace(leaver, addresses=leaver.addresses - self.staying)
            for leaver in earlier.leavers
            if leaver.email not in names
        ]
        return replace(self, leavers=(*self.leavers, *(leaver for leaver in before if leaver.addresses)))


def leaving(
    desired: t.Sequence[Person], existing: t.Iterable[Grant], matches: Matches, steps: t.Sequence[Step], rules: Rules
) -> Leaving:
    """Everybody who is declared absent or loses something by the plan.

    An address of somebody who leaves is theirs, even if a user who stays accepted an invitation to it.
    """
    taken = {step.target for step in steps if step.takes_away}
    found: dict[str, set[str]] = {}
    reasons: dict[str, tuple[str, str]] = {}
    staying = set[str]()
    for person in desired:
        if person.state != ABSENT or person in matches.untouched or not rules.ignore.isdisjoint(person.addresses):
            staying.update(person.addresses)
        elif person.email:
            found[fold(person.email)] = set(person.addresses)
            reasons[fold(person.email)] = ("declared absent", person.because)
    theirs = {address for addresses in found.values() for address in addresses}
    theirs.update(fold(step.target.email) for step in steps if step.takes_away and step.target)
    for grant in (grant for grant in existing if grant not in taken):
        staying.update(address for address in grant.addresses if address == fold(grant.email) or address not in theirs)
    for step in steps:
        if step.takes_away:
            found.setdefault(step.email, set()).update(step.addresses)
            reasons.setdefault(step.email, (step.reason, step.because))
    leavers = (
        Leaver(email, frozenset(addresses - staying), *reasons[email]) for email, addresses in sorted(found.items())
    )
    return Leaving(tuple(leaver for leaver in leavers if leaver.addresses), frozenset(staying))


def leaving_steps(who: Leaving, grants: t.Iterable[Grant], rules: Rules) -> list[Step]:
    """The steps that remove what the leavers have besides access; with ``exclusive``, also what strangers have."""
    owners = {address: leaver for leaver in who.leavers for address in leaver.addresses}
    steps = []
    for grant in grants:
        if fold(grant.email) in who.staying:
            continue
        leaver = next((owners[address] for address in grant.addresses if address in owners), None)
        if leaver is None and rules.exclusive and grant.kind.opens and who.staying.isdisjoint(grant.addresses):
            leaver = Leaver(fold(grant.email), frozenset(), NOT_LISTED, rules.because(grant))
        if leaver and leaver.email:
            reason = f"{leaver.reason}; {grant.title}"
            phase = LAST if grant.kind.final else LEAVING
            steps.append(Step(grant.kind.removal, leaver.email, grant, None, reason, phase, leaver.because))
    return [step for step in steps if rules.ignore.isdisjoint(step.addresses)]


def in_account(desired: t.Sequence[Person], matches: Matches, rules: Rules) -> list[tuple[Person, list[Grant]]]:
    """The people who have declared teams and are users already, each with what they have."""
    return [
        (person, held)
        for person, held in zip(desired, matches.held)
        if person.state == PRESENT
        and person.team_ids is not None
        and not rules.pending_only
        and person not in matches.untouched
        and rules.ignore.isdisjoint((*person.addresses, *(address for grant in held for address in grant.addresses)))
        and any(grant.status == ACTIVE for grant in held)
    ]


def team_steps(
    who: t.Iterable[tuple[Person, list[Grant]]],
    grants: t.Sequence[Grant],
    desired: t.Iterable[Person],
    existing: t.Iterable[Grant],
) -> list[Step]:
    """The steps that give users their declared teams: they leave at once, and join by invitation.

    An address with which a user accepted an invitation may be somebody else's, of ``desired`` or of ``existing``.
    """
    declared = {address: person for person in desired for address in person.addresses}
    of_others = {fold(grant.email) for grant in existing}
    steps = []
    for person, held in who:
        tied = {address for grant in held for address in grant.also if declared.get(address, person) is person}
        addresses = {*person.addresses, *(fold(grant.email) for grant in held), *(tied - of_others)}
        email = fold(person.email or held[0].email)
        joined = [
            grant
            for grant in grants
            if grant.kind in (TEAM_MEMBERSHIP, TEAM_INVITATION) and fold(grant.email) in addresses
        ]
        wanted = set(person.team_ids or ())
        steps += [
            Step(
                grant.kind.removal,
                email,
                grant,
                None,
                f"team_ids; {grant.title}",
                REMOVAL if grant.leads else LOWER,
                person.because,
                stays=True,
            )
            for grant in joined
            if grant.of("team_id") not in wanted
        ]
        for team in sorted(wanted - {grant.of("team_id") for grant in joined}):
            goal = Grant(None, held[0].email, "member", TEAM_INVITATION, about=(("team_id", team),))
            steps.append(Step(INVITE_TO_TEAM, email, None, goal, f"team_ids; {goal.title}", RAISE, person.because))
    return steps


def with_addresses(steps: t.Iterable[Step], relatives: t.Mapping[str, set[str]]) -> list[Step]:
    """The steps, each with all known addresses of the person."""
    known = ((step, [relatives[address] for address in step.addresses if address in relatives]) for step in steps)
    return [replace(step, known_as=frozenset().union(*found)) if found else step for step, found in known]
