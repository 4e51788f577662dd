# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan may not do. Pure, and checked before the first write.

This file is private to the collection.
"""

from __future__ import annotations

import re
import typing as t
from collections import defaultdict
from dataclasses import dataclass, field, replace
from fractions import Fraction

from .._http import errors
from .._http.errors import AccessError
from .._http.naming import option
from .._http.outside import as_given
from .addresses import few, is_address
from .match import Rules
from .model import INVITE, LAST, LEAVING, LOWER, PENDING, Grant, Person, Step
from .plan import carry_out

_SHARE = re.compile(r"\s*(\d{1,9}(?:\.\d{1,9})?)\s*%\s*", re.ASCII)
_COUNT = re.compile(r"\s*\d{1,9}\s*", re.ASCII)


@dataclass(frozen=True)
class Limits:
    """The guards of one run.

    ``max_removals``: a count, a share such as ``25%``, or None for no limit. ``min_keepers``: how many accepted people
    must keep the most powerful role. ``protected``: folded addresses. ``caps``: how many grants may go, by the cap of
    their kind. ``code``: the error code if too few keepers would be left.
    """

    max_removals: str | None = None
    min_keepers: int = 1
    protected: frozenset[str] = frozenset()
    caps: t.Mapping[str, int] = field(default_factory=dict)
    may_invite: bool = True
    code: str = errors.GUARD_REFUSED


def check_max_removals(text: str) -> str:
    """Return a valid count or share, or raise ``validation``."""
    share = _SHARE.fullmatch(text)
    if _COUNT.fullmatch(text) or (share and Fraction(share.group(1)) <= 100):
        return text.strip()
    raise AccessError(
        errors.VALIDATION,
        f"{option('max_removals')} is {text[:40]!r}, neither a count nor a share.",
        hint="Give a whole number such as 3, or a share from 0% to 100% such as 25%.",
    )


def most_removals(limit: str, there: int) -> int:
    """How many removals a limit allows among ``there`` people and invitations; a share is at least 1, but 0% forbids all."""
    if not limit.endswith("%"):
        return int(limit)
    share = Fraction(limit[:-1].strip())
    return max(1, int(share * there / 100)) if share else 0


def guard(steps: t.Sequence[Step], existing: t.Sequence[Grant], rules: Rules, limits: Limits) -> None:
    """Raise if the plan breaks a guard; the message names each guard, the figure and the limit."""
    broken = [*_protected(steps, limits), *_removals(steps, existing, limits), *_capped(steps, limits)]
    if broken:
        raise AccessError(
            errors.GUARD_REFUSED,
            f"Refused before any change: {'; '.join(broken)}.",
            hint="Check the plan; if it is what you want, change the guard that is named.",
        )
    if not limits.may_invite and any(step.action == INVITE for step in steps):
        raise AccessError(
            errors.NOT_A_USER,
            f"{steps[0].email} is not a user and has no invitation, and invite is false.",
            hint="Invite them first, or set invite to true.",
        )
    short = too_few_keepers(steps, existing, rules, limits)
    if short and limits.code == errors.LAST_ADMIN:
        raise AccessError(
            limits.code,
            f"{steps[0].email} is the last accepted {rules.roles[-1]} and would be removed or demoted.",
            hint=f"Make somebody else {rules.roles[-1]} first, or allow it with allow_no_{rules.roles[-1].lower()}.",
        )
    if short:
        raise AccessError(
            limits.code,
            f"Refused before any change: {short}.",
            hint=f"Make somebody else {rules.roles[-1]} first, or lower the guard.",
        )


def unmatched(texts: t.Iterable[str], desired: t.Iterable[Person], existing: t.Iterable[Grant]) -> list[str]:
    """The folded texts that are no address of anybody who is declared or there."""
    declared = {address for person in desired for address in person.addresses}
    return sorted(set(texts) - declared - {address for grant in existing for address in grant.addresses})


def refuse_unmatched(name: str, texts: t.Iterable[str]) -> None:
    """Refuse a text that is no address and that nobody is listed under: meant as a pattern, it would match nobody."""
    strange = [text for text in texts if not is_address(text)]
    if strange:
        raise AccessError(
            errors.VALIDATION,
            f"{option(name)} has {few([as_given(text) for text in strange])}, under which nobody is listed.",
            hint="Give addresses, or exactly what is listed in place of one. Patterns, domains and names of people match nobody.",
        )


def too_few_keepers(steps: t.Sequence[Step], existing: t.Sequence[Grant], rules: Rules, limits: Limits) -> str | None:
    """Why these steps would leave too few accepted people with the most powerful role, None if they do not."""
    after = carry_out(existing, (step.target for step in steps), (step.goal for step in steps))
    now, then = _keepers(existing, rules), _keepers(after, rules)
    least = limits.min_keepers
    if then >= now:  # somebody with an unknown role, who may be as powerful, goes only if one of them is left
        least = min(least, 1) if _possible_keepers(after, rules) < _possible_keepers(existing, rules) else 0
    if then >= least:
        return None
    role = rules.roles[-1]
    return f"{option(f'min_{role.lower()}s')}: {then} of {now} accepted {role}s would remain; the minimum is {least}"


def from_here(limits: Limits, existing: t.Sequence[Grant], rules: Rules) -> Limits:
    """The limits for the phases of a run: the keepers found at its start are enough, however few."""
    return replace(limits, min_keepers=min(limits.min_keepers, _keepers(existing, rules)))


def hold_back(
    steps: t.Sequence[Step], existing: t.Sequence[Grant], rules: Rules, limits: Limits
) -> tuple[list[Step], list[Step]]:
    """The steps of later phases that are still allowed, and those that are not because an earlier step failed.

    Somebody who keeps access loses nothing else.
    """
    if not too_few_keepers(steps, existing, rules, limits):
        return list(steps), []
    staying = {step.email for step in steps if step.target and rules.may_be_keeper(step.target) and step.phase >= LOWER}
    held = [step for step in steps if step.email in staying]
    return [step for step in steps if step.email not in staying], held


def first_of(steps: t.Sequence[Step], most: int | None) -> list[Step]:
    """At most so many steps. What somebody loses last counts with the rest that comes with access: if their access goes
    in this run, a later run may no longer find what belonged to them."""
    if most is None or len(steps) <= most:
        return list(steps)
    early = sorted(steps, key=lambda step: LEAVING if step.phase == LAST else step.phase)
    chosen = set(map(id, early[:most]))
    return [step for step in steps if id(step) in chosen]


def _keepers(existing: t.Iterable[Grant], rules: Rules) -> int:
    return sum(rules.is_keeper(grant) for grant in existing)


def _possible_keepers(existing: t.Iterable[Grant], rules: Rules) -> int:
    return sum(rules.may_be_keeper(grant) for grant in existing)


def _protected(steps: t.Sequence[Step], limits: Limits) -> list[str]:
    lost = [step for step in steps if step.takes_away or (step.phase >= LOWER and step.goal)]
    hit: dict[str, set[str]] = defaultdict(set)
    for step in lost:
        hit[step.email] |= limits.protected & (step.addresses | step.known_as)
    named = [
        email if email in protected else f"{email} ({', '.join(sorted(protected))})"
        for email, protected in sorted(hit.items())
        if protected
    ]
    return [f"{option('protected')}: {', '.join(named)} would be removed or demoted"] if named else []


def _removals(steps: t.Sequence[Step], existing: t.Sequence[Grant], limits: Limits) -> list[str]:
    lost = [step for step in steps if step.takes_away]
    if limits.max_removals is None or not lost:
        return []
    figure = _people(lost)
    listed = {address for grant in existing for address in grant.addresses}
    beside = {step.email for step in lost if listed.isdisjoint(step.addresses | step.known_as)}  # only in a team, say
    there = len(existing) + len(beside)
    most = most_removals(limits.max_removals, there)
    if figure <= most:
        return []
    pending = sum(grant.status == PENDING for grant in existing)
    share = f" ({limits.max_removals} of {there}, {pending} of them pending)" if "%" in limits.max_removals else ""
    people = "1 person" if figure == 1 else f"{figure} people"
    return [f"{option('max_removals')}: {people} would lose access or an invitation; the maximum is {most}{share}"]


def _people(steps: t.Sequence[Step]) -> int:
    """How many people lose something. Several may be shown without an address, or with the same text in its place."""
    named = {step.email for step in steps if "@" in step.email}
    shown = [step for step in steps if step.email not in named]
    access = {step.target.identity for step in shown if step.target and step.target.kind.is_access}
    beside = {step.email for step in shown} - {
        step.email for step in shown if step.target and step.target.kind.is_access
    }
    return len(named) + len(access) + len(beside)


def _capped(steps: t.Sequence[Step], limits: Limits) -> t.Iterator[str]:
    for cap, most in limits.caps.items():
        hit = [step.target.title for step in steps if step.target and not step.goal and step.target.kind.cap == cap]
        if len(hit) > most:
            yield f"{option(cap)}: {len(hit)} would be disabled or deleted; the maximum is {most} ({', '.join(sorted(hit))})"
