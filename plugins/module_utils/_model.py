# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The records that planning works on: who is wanted, who is there, and one step from the one to the other.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace

from ._errors import VALIDATION, AccessError

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
"""Every action, in the order in which those of one person and phase are applied."""

RAISE, LOWER, LEAVING, REMOVAL = range(4)
"""Phases, in the order in which they are applied. What comes with access goes before access itself: as long as somebody
is there, it can be told what is theirs."""


def fold(email: str) -> str:
    """The form in which two addresses compare."""
    return email.strip().casefold()


def known_role(told: str, roles: t.Sequence[str]) -> str:
    """A role as it is spelt here, in whatever case the service tells it; one that is not known stays as told."""
    return next((role for role in roles if role.lower() == told.strip().lower()), told)


def check_email(value: str) -> str:
    """Return the address trimmed and in lower case, or raise ``validation`` naming what is wrong with it."""
    email = value.strip().lower()
    local, at, domain = email.partition("@")
    if not (local and at and domain) or "@" in domain:
        raise AccessError(
            VALIDATION,
            f"{email[:80]!r} is not an e-mail address.",
            hint="Give exactly one @, as in ada@example.com.",
        )
    if " " in email or not email.isprintable():
        raise AccessError(
            VALIDATION,
            f"The e-mail address {email[:80]!r} holds white space or a control character.",
            hint="Take it out.",
        )
    return email


@dataclass(frozen=True)
class Person:
    """Somebody as declared. ``role`` or ``team_ids`` of None: leave as it is; ``()``: no team.

    ``email`` is what an invitation is sent to, ``id`` names a user or invitation instead of an address.
    """

    email: str
    role: str | None = None
    team_ids: tuple[int, ...] | None = None
    aliases: tuple[str, ...] = ()
    state: str = PRESENT
    id: int | None = None

    @property
    def addresses(self) -> tuple[str, ...]:
        """All folded addresses of the person, the main one first."""
        return tuple(dict.fromkeys(fold(email) for email in (self.email, *self.aliases) if email))


def check_shown(value: str) -> str:
    """Return what a service may show instead of an address, trimmed and in lower case, or raise ``validation``."""
    text = value.strip().lower()
    return text if text and text.isprintable() and "@" not in text else check_email(value)


def person_from(options: t.Mapping[str, t.Any], check: t.Callable[[str], str] = check_email) -> Person:
    """A person from module options. ``check`` is what the main address is held to; an alias is an address."""
    team_ids = options.get("team_ids")
    return Person(
        email=check(options["email"]) if options.get("email") is not None else "",
        role=options.get("role"),
        team_ids=None if team_ids is None else tuple(sorted(set(team_ids))),
        aliases=tuple(check_email(alias) for alias in options.get("aliases") or ()),
        state=options.get("state") or PRESENT,
        id=options.get("id"),
    )


def people_from(items: t.Iterable[t.Mapping[str, t.Any]]) -> list[Person]:
    """People from a list of options; the same person twice, aliases included, is refused.

    Somebody may be there under a text that is no address. Whether they are, the plan tells.
    """
    people = [person_from(item, check_shown) for item in items]
    owners: dict[str, Person] = {}
    for person in people:
        for address in person.addresses:
            if address in owners:
                raise AccessError(
                    VALIDATION,
                    f"{address} stands twice in the list: as {owners[address].email} and as {person.email}.",
                    hint="Keep one entry for each person, with other addresses as aliases.",
                )
            owners[address] = person
    return people


@dataclass(frozen=True)
class Kind:
    """One kind of thing that somebody may have.

    ``status`` is what a grant of this kind is. ``removal`` is the action that takes it away. ``rank`` orders what one
    person has, the most telling first. ``is_access``: it is access, or an invitation to it, and counts for the guards;
    what comes with access does not. ``opens``: with it alone, somebody comes back in. ``cap`` names the limit of how
    many may go in one run.
    """

    name: str
    status: str
    removal: str
    rank: int
    is_access: bool = False
    opens: bool = False
    cap: str = ""


MEMBERSHIP = Kind("membership", ACTIVE, REMOVE, 0, is_access=True, opens=True)
INVITATION = Kind("invitation", PENDING, CANCEL, 1, is_access=True, opens=True)
TEAM_MEMBERSHIP = Kind("team membership", ACTIVE, LEAVE_TEAM, 2, opens=True)
TEAM_INVITATION = Kind("team invitation", PENDING, CANCEL_TEAM_INVITATION, 3, opens=True)
KEY_TO_DISABLE = Kind("API key", "enabled", DISABLE_KEY, 4, cap="max_keys")
KEY_TO_DELETE = replace(KEY_TO_DISABLE, removal=DELETE_KEY)
DISABLED_KEY = replace(KEY_TO_DELETE, status="disabled")


@dataclass(frozen=True)
class Grant:
    """What a service holds for one person, of some kind: a membership, an invitation, and what comes with them.

    ``also`` are folded addresses known to be the same person's, ``invitations`` the ids of invitations that were
    accepted by this user. ``since`` is when an invitation was sent (ISO 8601). ``about`` is what a plan shows of it
    besides, such as the team that it is for. ``record`` is the service's own object.
    """

    id: str | int | None
    email: str
    role: str
    kind: Kind
    team_ids: tuple[int, ...] | None = None
    since: str | None = None
    also: tuple[str, ...] = ()
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
        """``active`` or ``pending``, for what is access."""
        return self.kind.status

    @property
    def title(self) -> str:
        """What it is, in a few words."""
        named = [str(value) for key, value in self.about if key in ("name", "team", "team_id") and value]
        identity = [] if self.of("team_id") else [str(self.id)]
        return " ".join([self.kind.name, *(f"{text!r}" for text in [*identity, *named])])

    def of(self, key: str) -> t.Any:
        """What ``about`` says under a key, None for nothing."""
        return dict(self.about).get(key)

    @property
    def addresses(self) -> tuple[str, ...]:
        """All folded addresses, the service's own first."""
        return (fold(self.email), *self.also) if self.email else self.also

    def view(self) -> dict[str, t.Any]:
        """The comparable part, as plans and diffs show it."""
        seen: dict[str, t.Any] = {"id": self.id, "email": self.email, "role": self.role, "status": self.status}
        if not self.kind.is_access:
            return {**seen, "kind": self.kind.name, **dict(self.about)}
        if self.team_ids is not None:
            seen["team_ids"] = list(self.team_ids)
        return seen


@dataclass(frozen=True)
class Step:
    """One change to one person: what is there (``target``) and what should be (``goal``), either of them None.

    ``known_as``: more addresses that are known to be the person's.
    """

    action: str
    email: str
    target: Grant | None
    goal: Grant | None
    reason: str
    phase: int
    known_as: frozenset[str] = field(default=frozenset(), compare=False)

    @property
    def addresses(self) -> frozenset[str]:
        """Every folded address this step touches."""
        found = {self.email}
        for grant in (self.target, self.goal):
            found.update(grant.addresses if grant else ())
        return frozenset(found)

    @property
    def takes_away(self) -> bool:
        """Whether somebody who is to have no access loses something. A team that somebody leaves who stays is none."""
        return self.goal is None and self.phase >= LEAVING

    @property
    def requests(self) -> int:
        """How many writes it takes."""
        return 2 if self.action == REINVITE and self.target and self.target.id is not None else 1

    def as_dict(self) -> dict[str, t.Any]:
        """The public form: ``{action, email, before, after, reason}``."""
        return {
            "action": self.action,
            "email": self.email,
            "before": self.target.view() if self.target else None,
            "after": self.goal.view() if self.goal else None,
            "reason": self.reason,
        }
