# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The API keys of a Honeycomb team, and who made them."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from .directory import Directory, fold
from .world import FOUNDED, World, iso

CONFIGURATION_KEY_ID = "hcxlk_01canarykeyid"
INGEST_KEY_ID = "hcaik_01canaryingestkeyid"
SHORT_KEY_ID = "cK_3yMM9canary"  # of the configuration key in /1/auth, which has a form of its own there
ENVIRONMENT = "hcxen_01production"
KINDS = ("ingest", "configuration")


@dataclass
class ApiKey:
    """`email` is the address of whoever made the key; empty for nobody."""

    id: str
    email: str
    name: str
    kind: str
    disabled: bool
    environment: str
    created_at: str
    number: int
    """Its place in the list; pages start after one."""


def user_id(email: str) -> str:
    """The id of a user, in the list of users and as the maker of a key."""
    return f"hcxus_01{hashlib.sha256(fold(email).encode()).hexdigest()[:24]}"


class Keys:
    """Everything here is what an Owner does in the service itself, outside the API."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._keys: Directory[ApiKey] = Directory(self._render)
        self._revoked: set[str] = set()
        self.reset()

    def reset(self) -> None:
        settings = self._world.settings
        self._random = random.Random(f"honeycomb-keys-{settings.seed}")
        self._keys.clear()
        self._revoked.clear()
        self._last = 0
        founded = iso(FOUNDED)
        self.add(settings.owner, "configuration", "Access", id=CONFIGURATION_KEY_ID, created_at=founded)
        self.add(settings.owner, "ingest", "Events", id=INGEST_KEY_ID, created_at=founded)

    def __iter__(self) -> Iterator[ApiKey]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    # What people do

    def add(
        self,
        email: str = "",
        kind: str = "ingest",
        name: str = "",
        *,
        id: str = "",  # noqa: A002
        disabled: bool = False,
        environment: str = ENVIRONMENT,
        created_at: str = "",
    ) -> ApiKey:
        """A key made by somebody; without an address, by nobody who is known."""
        if kind not in KINDS:
            raise ValueError(f"no kind of key {kind!r}; there are {', '.join(KINDS)}")
        with self._world.lock:
            self._last += 1
            own = id or f"hcx{kind[0].replace('c', 'l')}k_01{self._random.getrandbits(96):024x}"
            stamp = created_at or self._world.stamp()
            shown = name or f"Key {self._last}"
            return self._keys.add(ApiKey(own, email, shown, kind, disabled, environment, stamp, self._last))

    def change(self, who: str, **fields: Any) -> ApiKey:
        with self._world.lock:
            return self._keys.change(self.find(who), **fields)

    def disable(self, who: str) -> ApiKey:
        return self.change(who, disabled=True)

    def enable(self, who: str) -> ApiKey:
        return self.change(who, disabled=False)

    def delete(self, who: str) -> ApiKey:
        with self._world.lock:
            key = self.find(who)
            self._keys.remove(key)
            self._revoked.add(key.id)
            return key

    def orphan(self, email: str) -> None:
        """Somebody is removed: whether their keys still tell who made them is a setting."""
        if self._world.settings.creator_kept:
            return
        for key in self._keys.find(email):
            self._keys.change(key, email="")

    # Looking

    def find(self, who: str) -> ApiKey:
        """By id, by name, or by the address of its maker; LookupError where there is none."""
        key = self._keys.get(who)
        for found in [key] if key else [*(key for key in self if key.name == who), *self._keys.find(who)]:
            return found
        raise LookupError(f"no key on honeycomb: {who}")

    def get(self, identity: str) -> ApiKey | None:
        return self._keys.get(identity)

    def works(self, identity: str) -> bool:
        """Whether requests with the key that has this id are still served."""
        key = self._keys.get(identity)
        return identity not in self._revoked and not (key and key.disabled)

    def text(self, key: ApiKey) -> bytes:
        return self._keys.text(key)

    def _render(self, key: ApiKey) -> dict[str, Any]:
        settings = self._world.settings
        maker = user_id(key.email) if settings.creator_ids == "same" else user_id(f"other {key.email}")
        creator = {"data": {"id": maker, "type": "users"}} if key.email else None
        record = {
            "id": key.id,
            "type": "api-keys",
            "attributes": {
                "name": key.name,
                "key_type": key.kind,
                "disabled": key.disabled,
                "permissions": {"create_datasets": True},
                "timestamps": {"created": key.created_at, "updated": key.created_at},
            },
            "relationships": {
                "environment": {"data": {"id": key.environment, "type": "environments"}},
                "creator": creator,
                "editor": creator,
            },
            "links": {"self": f"/2/teams/{settings.team_slug}/api-keys/{key.id}"},
        }
        return {**record, "meta": {"last_used": None}} if settings.extra_fields else record

    def forget_texts(self) -> None:
        self._keys.forget_texts()

    # Seeding

    def dump(self) -> list[dict[str, Any]]:
        return [{name: value for name, value in asdict(key).items() if name != "number"} for key in self]

    def load(self, keys: list[dict[str, Any]]) -> None:
        """Replace all keys."""
        self._keys.clear()
        for key in keys:
            self.add(**key)
