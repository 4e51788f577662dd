# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which team and account each host of a run stands for, so that two hosts never share one.

This file is private to the collection.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import hmac
import json
import os
import secrets
import typing as t
from dataclasses import dataclass
from pathlib import Path

from ...module_utils._http.errors import AccessError
from ...module_utils._services import SERVICES
from .target import Target, origin


class Claims:
    """The team and account of each host in this run, in a folder that lasts as long as the run.

    Ansible handles hosts in separate processes, so this uses a file. It holds no credentials, only digests with a key
    that is created for the run.
    """

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder) / "honeyops.access"

    def add(self, target: Target, pattern: str, others: t.Callable[[], t.Iterable[Target]]) -> list[str]:
        """Record a host of this play. The first one records all hosts of the play's pattern, regardless of a limit.

        Returns the services that must be asked for the team, since another host has another key for the same address.
        """
        with self._locked() as file:
            lines = file.read().splitlines()
            key = lines[0].encode()
            if json.dumps(pattern) not in lines:
                for other in others():
                    self._note(file, _claim(other, key, of_play=False))
                self._note(file, pattern)
            own = _claim(target, key, of_play=True)
            self._note(file, own)
            file.seek(0)
            others_of = [claim for claim in _claims(file) if claim["host"] != target.host]
        return [
            service
            for service, place in own["origins"].items()
            if SERVICES[service].asks_identity and any(claim["origins"].get(service) == place for claim in others_of)
        ]

    def name(
        self,
        service: str,
        target: Target,
        others: t.Callable[[], t.Iterable[Target]],
        ask: t.Callable[[list[Target]], list[str | AccessError]],
    ) -> None:
        """Record the team of a host, or why it cannot be told, which stops the service on that host.

        The first host at an address records it for all of them, so each is asked about once.
        """
        with self._locked() as file:
            key = file.readline().strip().encode()
            named = {claim["host"] for claim in _claims(file) if service in claim.get("asked", ())}
            if target.host in named:
                return
            info = SERVICES[service]
            place = origin(info, target.services[service])
            alike = {
                other.host: other
                for other in (*others(), target)
                if service in other.services and origin(info, other.services[service]) == place
            }
            unnamed = [other for host, other in alike.items() if host not in named]
            for other, team in zip(unnamed, ask(unnamed)):
                note = {"host": other.host, "of_play": False, "faults": (), "origins": {}, "services": {}}
                if isinstance(team, AccessError):
                    note["unknown"] = {service: [team.code, team.sentence]}
                else:
                    note["services"] = {service: _digest(key, team)}
                self._note(file, {**note, "asked": [service]})

    def recorded(self) -> Recorded:
        """What is recorded up to now."""
        with self._locked() as file:
            return Recorded(_claims(file))

    def path(self, path: str, host: str) -> str:
        """The host that writes a file in this run: the first that asked."""
        line = f"path {path}"
        with self._locked() as file:
            owner = next((note[line] for note in _notes(file) if line in note), None)
            if owner is None:
                self._note(file, {line: host})
            return str(owner or host)

    def _note(self, file: t.TextIO, line: t.Any) -> str:
        text = json.dumps(line)
        file.write(text + "\n")
        file.flush()
        return text

    @contextlib.contextmanager
    def _locked(self) -> t.Iterator[t.TextIO]:
        """The file, locked; its first line is the key for the digests."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        opened = os.open(self._folder / "targets", os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(opened, "r+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.fstat(opened).st_size == 0:
                self._note(file, secrets.token_hex(32))
                file.seek(0)
            yield file


@dataclass(frozen=True)
class Recorded:
    """What the claims of a run say about its hosts."""

    claims: list[dict[str, t.Any]]

    def has(self, host: str) -> bool:
        """Whether a host of the play was recorded, and so compared with the others."""
        return any(claim["of_play"] and claim["host"] == host for claim in self.claims)

    def unknown(self, host: str) -> dict[str, AccessError]:
        """For each service whose team cannot be told on a host, although another host may be the same one, why."""
        return {
            service: AccessError(
                code,
                f"It cannot be told whether another host is the same {SERVICES[service].target}, so nothing was done there. {why}",
            )
            for claim in self.claims
            if claim["host"] == host
            for service, (code, why) in claim.get("unknown", {}).items()
        }

    def faults(self, host: str, hosts: t.Iterable[str]) -> list[str]:
        """Why nothing may be done on ``host``: faults of hosts of the play, or a team or account of another host."""
        chosen = {host, *hosts}
        last = {claim["host"]: claim for claim in self.claims if claim["of_play"]}
        noted = {claim["host"]: claim for claim in reversed(self.claims) if not claim["of_play"]}
        # For hosts that are not handled yet, only the inventory counts, unless the play overrides it.
        if host in last and noted.get(host, {}).get("services") == last[host]["services"]:
            last = {**noted, **last}
        found = [fault for name in sorted(chosen & set(last)) for fault in last[name]["faults"]]
        owners: dict[tuple[str, str], set[str]] = {}
        for claim in self.claims:
            for service, digest in claim["services"].items():
                owners.setdefault((service, digest), set()).add(claim["host"])
        for (service, _digest), same in sorted(owners.items()):
            if len(same) > 1 and same & chosen:
                info = SERVICES[service]
                found.append(
                    f"{' and '.join(sorted(same))} are the same {info.title} {info.target}, so each would undo what is done for "
                    f"the other. Give each host its own {info.target}, or remove one of them from the inventory. "
                    "If one of them uses credentials of the environment that are not its own, set access_credentials: variables there."
                )
        return list(dict.fromkeys(found))


def _claims(file: t.TextIO) -> list[dict[str, t.Any]]:
    return [note for note in _notes(file) if "of_play" in note]


def _notes(file: t.TextIO) -> list[dict[str, t.Any]]:
    """What is noted in the rest of the file. It is parsed at once, since every host of a run reads it."""
    lines = json.loads(f"[{','.join(file.read().splitlines())}]")
    return [line for line in lines if isinstance(line, dict)]


def _digest(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _claim(target: Target, key: bytes, of_play: bool) -> dict[str, t.Any]:
    return {
        "host": target.host,
        "of_play": of_play,
        "faults": target.faults,
        "origins": {
            service: _digest(key, origin(SERVICES[service], options)) for service, options in target.services.items()
        },
        "services": {service: _digest(key, identity) for service, identity in target.identities().items()},
    }
