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
from .servers import needs, processor_seconds

MOST_TIMES_A_BARE_CLIENT, MOST_MEBIBYTES = 1.3, 300
MOST_TIMES_BY_ITSELF = 3.0  # of the processor, without the server


@contextmanager
def ldap(folder: Path) -> Iterator[openldap.OpenLdap]:
    names = [f"p{number}" for number in range(PEOPLE)]
    groups = [openldap.group(name, map(openldap.dn, names[number::GROUPS])) for number, name in enumerate(NAMES)]
    access = "access to attrs=userPassword by anonymous auth by * none\naccess to * by users read"
    with openldap.openldap(folder, [*map(openldap.person, names), *groups], access=access) as server:
        yield server


@contextmanager
def scim(folder: Path) -> Iterator[scim_server.ScimServer]:
    with scim_server.scim_server(folder) as server:
        ids = [server.user(f"p{number}") for number in range(PEOPLE)]
        for number, name in enumerate(NAMES):
            server.group(name, ids[number::GROUPS])
        yield server


def cost(kind: str, server: openldap.OpenLdap | scim_server.ScimServer, how: str) -> tuple[Cost, float]:
    """What a read took, and how much of the processor it took with the server's part.

    Both take turns, so on a machine with nothing else to do that is the time in all, and on a busy one it is not longer.
    """
    before = processor_seconds(server.pid)
    command = [sys.executable, "-m", "tests.directory.scale", kind, server.url, how]
    done = subprocess.run(command, cwd=tree.ROOT, check=True, capture_output=True, text=True)
    told = Cost(**json.loads(done.stdout))
    return told, told.processor + processor_seconds(server.pid) - before


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind",
    [
        pytest.param("ldap", marks=needs("OpenLDAP", openldap.missing())),
        pytest.param("scim", marks=needs("scim2-server", scim_server.missing())),
    ],
)
def test_a_large_directory_costs_little_more_than_its_library(kind: str, tmp_path: Path) -> None:
    with (ldap if kind == "ldap" else scim)(tmp_path / "server") as server:
        runs = [(cost(kind, server, "bare"), cost(kind, server, "ours")) for _number in range(3)]

    for bare, ours in runs:
        print(f"{kind}: bare {bare[1]:.2f} s {bare[0]}; ours {ours[1]:.2f} s {ours[0]}")
        assert bare[0].people == ours[0].people == PEOPLE
        assert ours[0].mebibytes < MOST_MEBIBYTES
    own = [min(pair[which][0].processor for pair in runs) for which in (0, 1)]
    assert own[1] < MOST_TIMES_BY_ITSELF * own[0]
    assert min(ours[1] for _bare, ours in runs) < MOST_TIMES_A_BARE_CLIENT * min(bare[1] for bare, _ours in runs)
