# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""20,000 people in 200 groups, beside a bare client of the same library. Part of `make directory-check` only."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.tools import tree

from . import openldap, scim_server
from .scale import GROUPS, NAMES, PEOPLE, Cost
from .servers import needs

MOST_TIMES_A_BARE_CLIENT, MOST_MEBIBYTES = 1.3, 300


@contextmanager
def ldap(folder: Path) -> Iterator[str]:
    names = [f"p{number}" for number in range(PEOPLE)]
    groups = [openldap.group(name, map(openldap.dn, names[number::GROUPS])) for number, name in enumerate(NAMES)]
    access = "access to attrs=userPassword by anonymous auth by * none\naccess to * by users read"
    with openldap.openldap(folder, [*map(openldap.person, names), *groups], access=access) as server:
        yield server.url


@contextmanager
def scim(folder: Path) -> Iterator[str]:
    with scim_server.scim_server(folder) as server:
        ids = [server.user(f"p{number}") for number in range(PEOPLE)]
        for number, name in enumerate(NAMES):
            server.group(name, ids[number::GROUPS])
        yield server.url


def cost(kind: str, url: str, how: str) -> Cost:
    command = [sys.executable, "-m", "tests.directory.scale", kind, url, how]
    done = subprocess.run(command, cwd=tree.ROOT, check=True, capture_output=True, text=True)
    return Cost(**json.loads(done.stdout))


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind",
    [
        pytest.param("ldap", marks=needs("OpenLDAP", openldap.missing())),
        pytest.param("scim", marks=needs("scim2-server", scim_server.missing())),
    ],
)
def test_a_large_directory_costs_little_more_than_its_library(kind: str, tmp_path: Path) -> None:
    with (ldap if kind == "ldap" else scim)(tmp_path / "server") as url:
        runs = [(cost(kind, url, "bare"), cost(kind, url, "ours")) for _number in range(3)]

    assert {told.people for pair in runs for told in pair} == {PEOPLE}
    print(*runs, sep="\n")
    # Of the processor's time, too, since the time in all is the server's for the most part.
    for measure in ("processor", "seconds"):
        alone, read = (min(getattr(pair[number], measure) for pair in runs) for number in (0, 1))
        print(f"{kind}, {measure}: bare {alone:.1f}, ours {read:.1f}, {read / alone:.2f} times")
    assert min(read.seconds for _bare, read in runs) < MOST_TIMES_A_BARE_CLIENT * min(
        bare.seconds for bare, _read in runs
    )
    assert max(read.mebibytes for _bare, read in runs) < MOST_MEBIBYTES
