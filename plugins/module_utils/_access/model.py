# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The records that planning works with: declared people, existing grants, and the steps between them.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace
from functools import cached_property

from .._http.errors import VALIDATION, AccessError
from .._http.text import clean
from .addresses import check_email, check_shown, fold

ACTIVE = "active"
PENDING = "pending"
ABSENT = "absent"
PRESENT = "present"
INVITE = "invite"
UPDATE = "update"
REINVITE = "reinvite"
REMOVE = "remove"
CANCEL = "cancel"
INVITE_TO_TEAM = "invite_to_team"
LEAVE_TEAM = "leave_team"
CANCEL_TEAM_INVITATION = "cancel_team_invitation"
DISABLE_KEY = "disable_key"
DELETE_KEY = "delete_key"
ACTIONS = (
    *(INVITE, UPDATE, REINVITE, INVITE_TO_TEAM),
    *(CANCEL, CANCEL_TEAM_INVITATION, DELETE_KEY, DISABLE_KEY, LEAVE_TEAM, REMOVE),
)
"""Every action, in the order in which the actions for one person in one phase are applied."""
KNOWN = "known_invitations"
"""The option and the result that carry remembered invitations from run to run."""
MOST_WORDS = 500  # characters of why somebody has, or loses, access
RAISE, LOWER, LEAVING, REMOVAL, LAST = range(5)
"""Phases, in the order in which they are applied. What comes with access goes before access itself, since services know
who it belongs to only as long as the person has access; but what cannot be undone goes last, when access is gone. A lesser
role is given with the removals, and an admin leaves a team with them, since the credential of the run may be theirs."""


@dataclass(frozen=True)
class Person:
    """A declared person. ``role`` or ``team_ids`` of None: leave as it is; ``()``: no team.

    ``email`` is the address for invitations; ``id`` names a user or an invitation instead of an address. ``because`` says
    where what is declared comes from, such as a group; it is told and never compared.
    """

    email: str
    role: str | None = None
    team_ids: tuple[int, ...] | None = None
    aliases: tuple[str, ...] = ()
    state: str = PRESENT
    id: int | None = None
    because: str = field(default="", compare=False)

    @cached_property
    def addresses(self) -> tuple[str, ...]:
        """All folded addresses of the person, the main one first."""
        return tuple(dict.fromkeys(fold(email) for email in (self.email, *self.aliases) if email))


def invited(email: str, team: t.Any = None) -> str:
    """Who is invited, and to which team if not to the whole account: what two runs must not send at once."""
    return email if team is None else f"{email} to team {team}"


def person_from(options: t.Mapping[str, t.Any], check: t.Callable[[str], str] = check_email) -> Person:
    """A person from module options. ``check`` validates the main address; an alias is always an address."""
    team_ids = options.get("team_ids")
    return Person(
        email=check(options["email"]) if options.get("email") is not None else "",
        role=options.get("role"),
        team_ids=None if team_ids is None else tuple(sorted(set(team_ids))),
        aliases=tuple(check_email(alias) for alias in options.get("aliases") or ()),
        state=options.get("state") or PRESENT,
        id=options.get("id"),
        because=clean(options["because"], (), MOST_WORDS) if options.get("because") else "",
    )


def people_from(items: t.Iterable[t.Mapping[str, t.Any]]) -> list[Person]:
    """People from a list of options; the same person twice, by address or alias, is refused.

    An entry may have a text that is not an address; the plan checks whether somebody is there under it.
    """
    people = [person_from(item, check_shown) for item in items]
    owners: dict[str, Person] = {}
    for person in people:
        for address in person.addresses:
            if address in owners:
                raise AccessError(
                    VALIDATION,
                    f"{address} is in the list twice: as {owners[address].email} and as {person.email}.",
                    hint="Keep one entry for each person, with other addresses as aliases.",
                )
            owners[address] = person
    return people


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind of grant; each is made once, so that comparing grants costs little.

    ``status`` is the status of a grant of this kind. ``removal`` is the action that removes it. ``order`` sorts the
    grants of one person, the most important first. ``is_access``: it is access or an invitation to it, and counts for
    the guards. ``opens``: it alone lets somebody back in. ``final``: what is removed cannot be given back. ``cap`` names
    the limit for removals in one run.
    """

    name: str
    status: str
    removal: str
    order: int
    is_access: bool = False
    opens: bool = False
    final: bool = False
    cap: str = ""


MEMBERSHIP = Kind("membership", ACTIVE, REMOVE, 0, is_access=True, opens=True)
INVITATION = Kind("invitation", PENDING, CANCEL, 1, is_access=True, opens=True)
TEAM_MEMBERSHIP = Kind("team membership", ACTIVE, LEAVE_TEAM, 2, opens=True)
TEAM_INVITATION = Kind("team invitation", PENDING, CANCEL_TEAM_INVITATION, 3, opens=True)
KEY_TO_DISABLE = Kind("API key", "enabled", DISABLE_KEY, 4, cap="max_keys")
KEY_TO_DELETE = replace(KEY_TO_DISABLE, removal=DELETE_KEY, final=True)
DISABLED_KEY = replace(KEY_TO_DELETE, status="disabled")


@dataclass(frozen=True)
class Grant:
    """Something that a person has in a service: a membership, an invitation, a team membership, a key.

    ``also`` are other folded addresses of the same person, ``disputed`` those to which this user was not the only one to
    accept an invitation, so that they are nobody's. ``invitations`` are the ids of invitations that this user accepted.
    ``since`` is when an invitation was sent (ISO 8601). ``about`` is what else a plan shows, such as the team.
    ``record`` is the object of the service.
    """

    id: str | int | None
    email: str
    role: str
    kind: Kind
    team_ids: tuple[int, ...] | None = None
    since: str | None = None
    also: tuple[str, ...] = ()
    disputed: tuple[str, ...] = ()
    invitations: tuple[int, ...] = ()
    about: tuple[tuple[str, t.Any], ...] = ()
    record: t.Mapping[str, t.Any] = field(default_factory=dict, compare=False, repr=False)

    def __str__(self) -> str:
        if not self.kind.is_access:
            return f"{self.title}, {self.status}"
        teams = f", teams {' '.join(map(str, self.team_ids))}" if self.team_ids else ""
        return f"{self.role}, {self.status}{teams}"

    @property
    def status(self) -> str:
        """``active`` or ``pending``; for keys, their own."""
        return self.kind.status

    @property
    def title(self) -> str:
        """What it is, in a few words."""
        named = [str(value) for key, value in self.about if key in ("name", "team", "team_id") and value]
        identity = [] if self.of("team_id") else [str(self.id)]
        return " ".join([self.kind.name, *(f"{text!r}" for text in [*identity, *named])])

    def of(self, key: str) -> t.Any:
        """The value of a key in ``about``, None if there is none."""
        return dict(self.about).get(key)

    @property
    def identity(self) -> tuple[Kind, str | int | None, tuple[tuple[str, t.Any], ...]]:
        """The same for a grant that is read again, and for no other grant with an id."""
        return self.kind, self.id, self.about

    @property
    def addresses(self) -> tuple[str, ...]:
        """All folded addresses, the service's own first, and those that may be of somebody else last."""
        return (*([fold(self.email)] if self.email else []), *self.also, *self.disputed)

    @property
    def leads(self) -> bool:
        """Whether somebody manages a team by this, whatever they may do in the account."""
        return self.kind == TEAM_MEMBERSHIP and self.role == "admin"

    def view(self) -> dict[str, t.Any]:
        """The part that is compared, as plans and diffs show it."""
        seen: dict[str, t.Any] = {"id": self.id, "email": self.email, "role": self.role, "status": self.status}
        if not self.kind.is_access:
            return {**seen, "kind": self.kind.name, **dict(self.about)}
        if self.team_ids is not None:
            seen["team_ids"] = list(self.team_ids)
        return seen


@dataclass(frozen=True)
class Step:
    """One change for one person, from ``target``, what is there, to ``goal``, what should be there; one may be None.

    ``because``: where what is declared comes from. ``known_as``: more known addresses of the person. ``stays``: they keep
    access, whatever they lose.
    """

    action: str
    email: str
    target: Grant | None
    goal: Grant | None
    reason: str
    phase: int
    because: str = field(default="", compare=False)
    known_as: frozenset[str] = field(default=frozenset(), compare=False)
    stays: bool = field(default=False, compare=False)

    @property
    def addresses(self) -> frozenset[str]:
        """Every folded address this step touches."""
        found = {self.email}
        for grant in (self.target, self.goal):
            found.update(grant.addresses if grant else ())
        return frozenset(found)

    @property
    def takes_away(self) -> bool:
        """Whether somebody loses something because they lose access; leaving a team alone does not count."""
        return self.goal is None and self.phase >= LEAVING and not self.stays

    @property
    def requests(self) -> int:
        """The number of writes that it takes."""
        return 2 if self.action == REINVITE and self.target and self.target.id is not None else 1

    def as_dict(self) -> dict[str, t.Any]:
        """The public form: ``{action, email, before, after, reason}``, and ``because`` if it is known."""
        return {
            "action": self.action,
            "email": self.email,
            "before": self.target.view() if self.target else None,
            "after": self.goal.view() if self.goal else None,
            "reason": f"{self.reason}: {self.because}" if self.because else self.reason,
            **({"because": self.because} if self.because else {}),
        }
