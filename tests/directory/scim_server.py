# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real SCIM 2.0 server, scim2-server from PyPI, on loopback."""

from __future__ import annotations

import contextlib
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from .servers import HOST, free_port, running

TOKEN = "scim-t0ken-s3cret"


@dataclass(frozen=True)
class ScimServer:
    """A running server, and a client that may write."""

    url: str
    pid: int
    session: requests.Session
    token: str = TOKEN

    def add(self, kind: str, **values: Any) -> str:
        """Create a ``User`` or a ``Group`` and return its id."""
        schema = f"urn:ietf:params:scim:schemas:core:2.0:{kind}"
        answer = self.session.post(f"{self.url}/{kind}s", json={"schemas": [schema], **values})
        answer.raise_for_status()
        return str(answer.json()["id"])

    def user(self, name: str, **more: Any) -> str:
        """Somebody with an address of work."""
        return self.add("User", **{"userName": name, "displayName": name.title(), "emails": [work(name)], **more})

    def disable(self, name: str) -> None:
        """Whoever left the company is still in the directory, but not active."""
        found = self.session.get(f"{self.url}/Users", params={"filter": f'userName eq "{name}"'})
        (user,) = found.json()["Resources"]
        self.session.put(f"{self.url}/Users/{user['id']}", json={**user, "active": False}).raise_for_status()

    def group(self, name: str, users: Sequence[str], groups: Sequence[str] = ()) -> str:
        """A group of users and groups, by id."""
        members = [{"value": item, "type": "User"} for item in users] + [
            {"value": item, "type": "Group"} for item in groups
        ]
        return self.add("Group", displayName=name, members=members)


def work(name: str) -> dict[str, Any]:
    return {"value": f"{name}@example.com", "type": "work", "primary": True}


def missing() -> str:
    """What to install for these tests, empty if it is there."""
    return "" if importlib.util.find_spec("scim2_server") else "pip install scim2-server"


@contextlib.contextmanager
def scim_server(folder: Path) -> Iterator[ScimServer]:
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    command = [sys.executable, "-m", "scim2_server.testserver.cli", "--hostname", HOST, "--port", str(port)]
    with running([*command, "--bearer-token", TOKEN], port, folder / "log") as pid, requests.Session() as session:
        session.trust_env = False
        session.headers["Authorization"] = f"Bearer {TOKEN}"
        yield ScimServer(f"http://{HOST}:{port}/v2", pid, session)
