# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of Honeycomb: one team, its memberships, pending ones included, and its API keys."""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass
from typing import Any

from .directory import Directory, fold
from .keys import Keys
from .people import name_of, people
from .world import FOUNDED, World, iso

READ_ONLY = "Read-Only"


@dataclass
class Member:
    """A membership; one that is not accepted is an invitation."""

    id: str
    email: str
    name: str
    role: str
    created_at: str
    accepted: bool = True
    invited: float = 0.0
    """When the invitation was sent, by the clock."""


class Team:
    """Everything here is what an admin does in the service itself, outside the API."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.members: Directory[Member] = Directory(self._render)
        self.keys = Keys(world)
        self._listing: bytes | None = None
        self._readers: set[str] = set()
        self.reset()

    def reset(self) -> None:
        settings = self._world.settings
        self._random = random.Random(f"honeycomb-{settings.seed}")
        self._empty()
        self.keys.reset()
        if settings.owner:
            self.add(settings.owner, "admin", created_at=iso(FOUNDED))
        for number, person in enumerate(people(settings.seed, settings.people), 1):
            role = "admin" if person.lead else "member"
            self.add(person.email, role, person.name, created_at=iso(FOUNDED + 60 * number))
        self.listing()

    def _empty(self) -> None:
        self.members.clear()
        self._readers.clear()
        self._listing = None

    def new_id(self) -> str:
        identity = f"{self._random.getrandbits(64):016x}"
        return f"id/{identity}+?%#=" if self._world.settings.odd_ids else identity

    # What people do

    def add(
        self,
        email: str,
        role: str = "member",
        name: str | None = None,
        *,
        accepted: bool = True,
        id: str = "",  # noqa: A002
        created_at: str = "",
    ) -> Member:
        """A membership, made without an e-mail."""
        shown = name if name is not None else name_of(email) if accepted else ""
        with self._world.lock:
            self._listing = None
            stamp = created_at or self._world.stamp()
            return self.members.add(Member(id or self.new_id(), email, shown, role, stamp, accepted))

    def invite(self, email: str, role: str = "member", name: str | None = None) -> Member:
        """An invitation with its e-mail; one that was pending for the address gives way to it."""
        with self._world.lock:
            for pending in [member for member in self.members.find(email) if not member.accepted]:
                self._drop(pending)
            member = self.add(email, role, name, accepted=False)
            member.invited = self._world.now()
            self._world.mail("honeycomb", email, member.id)
            return member

    def accept(self, who: str, accepting: str = "", name: str | None = None) -> Member:
        """Somebody follows the link in the e-mail, maybe from another address."""
        with self._world.lock:
            pending = self.find(who, accepted=False)
            address = accepting or pending.email
            self._drop(pending)
            there = [member for member in self.members.find(address) if member.accepted]
            if there:
                return there[0]
            keep = self._world.settings.accepted_id == "same"
            shown = name if name is not None else pending.name or name_of(address)
            return self.add(address, pending.role, shown, id=pending.id if keep else "")

    def remove(self, who: str) -> Member:
        with self._world.lock:
            member = self._drop(self.find(who))
            if member.accepted:
                self.keys.orphan(member.email)
            return member

    def delete_invitation(self, who: str) -> Member:
        with self._world.lock:
            return self._drop(self.find(who, accepted=False))

    def set_role(self, who: str, role: str) -> Member:
        """`Read-Only` is a role that only the list of users (v2) shows; elsewhere it is a member."""
        with self._world.lock:
            self._listing = None
            member = self.find(who)
            (self._readers.add if role == READ_ONLY else self._readers.discard)(fold(member.email))
            return self.members.change(member, role="member" if role == READ_ONLY else role)

    def _drop(self, member: Member) -> Member:
        self._listing = None
        self.members.remove(member)
        return member

    # Looking

    def find(self, who: str, accepted: bool | None = None) -> Member:
        """By id or by e-mail address; LookupError where there is nobody."""
        by_id = self.members.get(who)
        for member in [by_id] if by_id else self.members.find(who):
            if accepted is None or member.accepted == accepted:
                return member
        raise LookupError(f"nobody on honeycomb: {who}")

    def reads_only(self, member: Member) -> bool:
        return fold(member.email) in self._readers

    def shown(self, member: Member) -> bool:
        settings = self._world.settings
        return member.accepted or (settings.pending_listed and self._world.now() >= member.invited + settings.list_lag)

    def role_of(self, member: Member) -> str:
        """The role in v1."""
        if self._world.settings.role_names == "declared":
            return member.role
        return READ_ONLY.lower() if self.reads_only(member) else {"admin": "owner"}.get(member.role, member.role)

    def listing(self) -> bytes:
        """The whole list as JSON, kept until something changes, or comes late."""
        if self._listing is None or self._world.settings.list_lag:
            texts = [self.members.text(member) for member in self.members if self.shown(member)]
            self._listing = b"[" + b",".join(texts) + b"]"
        return self._listing

    def _render(self, member: Member) -> dict[str, Any]:
        record = {**vars(member), "role": self.role_of(member)}
        del record["accepted"], record["invited"]
        if self._world.settings.extra_fields:
            record.update(updated_at=member.created_at, preferences={"theme": "dark"}, teams=["everyone"])
        return record

    def forget_texts(self) -> None:
        self.members.forget_texts()
        self.keys.forget_texts()
        self._listing = None

    # Seeding

    def dump(self) -> dict[str, Any]:
        with self._world.lock:
            members = [
                {key: value for key, value in asdict(member).items() if key != "invited"} for member in self.members
            ]
            return {"members": members, "keys": self.keys.dump()}

    def load(self, state: dict[str, Any]) -> None:
        """Replace the members, the keys, or both, as far as they are given."""
        with self._world.lock:
            if "keys" in state:
                self.keys.load(state["keys"])
                if "members" not in state:
                    return
            self._empty()
            for member in state.get("members", ()):
                self.add(**member)
