# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What both services share: the clock, the lock, the settings, and the records of what happened."""

from __future__ import annotations

import base64
import re
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from .settings import Settings

FOUNDED = 1705312800.0  # 2024-01-15T10:00:00Z


@dataclass(frozen=True)
class Email:
    """An invitation that went out by e-mail."""

    service: str
    email: str
    invitation_id: str
    at: float


@dataclass(frozen=True)
class Entry:
    """One request in the log. It holds no header and no secret."""

    number: int
    service: str
    method: str
    path: str
    body: Any
    status: int
    """As answered; 0 where the order was not to answer."""
    changed: bool
    """Whether the change asked for was made, whatever was answered."""
    fault: str
    credentials: tuple[str, ...]
    """The kinds of the credentials sent: configuration, ingest, management, unknown, basic, bearer."""
    stray: bool
    """Whether one of them belongs to the other service."""
    connection: int
    at: float


@dataclass
class World:
    """One simulated world, with its own clock."""

    settings: Settings
    lock: threading.RLock = field(default_factory=threading.RLock)
    emails: list[Email] = field(default_factory=list)
    log: list[Entry] = field(default_factory=list)
    issued: set[str] = field(default_factory=set)
    """Every invitation token and project key ever given out."""
    ahead: float = 0.0
    """Seconds that the clock is ahead of the machine's."""

    def now(self) -> float:
        return time.time() + self.ahead

    def stamp(self) -> str:
        return iso(self.now())

    def founded(self) -> str:
        """When all that was there from the beginning was made."""
        return iso(FOUNDED)

    def mail(self, service: str, email: str, invitation_id: object) -> None:
        self.emails.append(Email(service, email, str(invitation_id), self.now()))

    def credentials(self) -> tuple[str, ...]:
        """The keys and the token, as they are and as they travel."""
        settings = self.settings
        token = settings.auth_token
        secret, pair = settings.management_key_secret, self.management_pair()
        encoded = (base64.b64encode(text.encode()).decode() for text in (f"{token}:", token, pair, secret))
        keys = (settings.configuration_key, settings.ingest_key, settings.management_key)
        return (*keys, token, pair, secret, *encoded)

    def management_pair(self) -> str:
        """What a request with the management key carries."""
        return f"{self.settings.management_key_id}:{self.settings.management_key_secret}"

    def without_secrets(self, text: str) -> str:
        for secret in self.credentials():
            text = text.replace(secret, "***")
        return re.sub(r"\w+", lambda word: "***" if word[0] in self.issued else word[0], text)

    def clear(self) -> None:
        self.emails.clear()
        self.log.clear()
        self.issued.clear()
        self.ahead = 0.0


def iso(at: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
