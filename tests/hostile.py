# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts that do something where they are taken for more than text, in every place where a service lets people choose one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.simulator import Simulator

TEMPLATES = ("{{", "{%", "{#", "#jinja2:")
FORGED = "\x1b[2J\nPLAY RECAP *****\nlocalhost : ok=9 failed=0 \u202eerom\x9b1m\u2028"
LINK = "<https://evil.example|Approve here> [here](https://evil.example) `x` @channel"
STAYS = ("links", "type", "key_type", "id", "slug", "token")
"""What a client follows, or what says of a record which one it is, when :func:`everywhere` spoils all else."""


class Payload:
    """Texts that make a file, by its name, wherever Ansible evaluates them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        file = folder / "canary"
        # Lower case and no blank, since it stands in an address, too.
        self.braces = f"{{{{lookup('pipe','id>{file}')}}}}{{%set x=lookup('pipe','id>{file}')%}}"
        self.header = (
            "#jinja2:variable_start_string:'[[',variable_end_string:']]',"
            f"line_statement_prefix:\"[[lookup(*['pipe']+['id>{file}'])]]@evil.example\"x"
        )
        self.names = (self.braces + FORGED + LINK, self.header, "{{", "{", "%}")
        self.addresses = (f"{self.braces}@evil.example", self.header, "x\u202e{#@evil.example")

    @property
    def fired(self) -> bool:
        """Whether anything evaluated one of them."""
        return (self.folder / "canary").exists()


def populate(sim: Simulator, payload: Payload) -> None:
    """People, invitations, keys and teams with such texts, and nobody else but the owner and two who stay."""
    one, two = payload.names[:2]
    for service in (sim.honeycomb, sim.honeybadger):
        for number, email in enumerate(payload.addresses):
            service.add(email, "member" if service is sim.honeycomb else "Member", name=payload.names[number])
        service.add("stays@example.com", "member" if service is sim.honeycomb else "Member", name=one)
        service.add("named@example.com", "member" if service is sim.honeycomb else "Member", name=two)
    for number, email in enumerate((*payload.addresses, "stays@example.com")):
        for kind in ("ingest", "configuration"):
            sim.honeycomb.keys.add(email, kind, payload.names[number % 2], environment=payload.braces)
    teams = sim.honeybadger.teams
    for number, name in enumerate(payload.names, 20):
        teams.add(name, id=number)
        for email in payload.addresses:
            teams.add_member(number, email, name=name)
            teams.add_invitation(number, f"also-{email}", message=name)
    for email in payload.addresses:
        sim.honeybadger.invite(f"pending-{email}", "Member", [20])
        accepted_by = {"email": email, "name": one}
        sim.honeybadger.add_invitation(
            "stays@example.com", "Member", [20], accepted_at="2026-01-01T00:00:00Z", accepted_by=accepted_by
        )


def everywhere(payload: Payload, value: Any, key: str = "") -> Any:
    """An answer with such a text in every field that is text, dates and roles too."""
    if isinstance(value, dict):
        return {name: item if name in STAYS else everywhere(payload, item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [everywhere(payload, item, key) for item in value]
    if not isinstance(value, str):
        return value
    if key == "email" and value:
        return f"{{{{x}}}}{value}"
    return f"{value}{payload.names[len(value) % 2]}"


def templates_in(where: str, value: Any) -> list[str]:
    """Every text in a structure that Ansible could take for a template, and every key."""
    if isinstance(value, str):
        return [f"{where}: {value[:200]!r}"] if any(mark in value for mark in TEMPLATES) else []
    pairs: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, (list, tuple)):
        pairs = enumerate(value)
    return [
        found
        for key, item in pairs
        for found in (*templates_in(f"{where}, key", key), *templates_in(f"{where}.{key}"[:200], item))
    ]


def forged(text: str, wrapped: bool = False) -> list[str]:
    """What in a text could steer a terminal, or pass for a line of another hand, unless lines are ``wrapped`` anyhow."""
    found = re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", text)
    return found + [line for line in text.splitlines() if line.startswith("localhost : ok=9") and not wrapped]
