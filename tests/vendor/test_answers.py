# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""By default the simulators answer in the types that the vendors' own clients read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.simulator import Simulator

from . import types
from .types import Shape, listed, misread

ADA, BOB, EVE, IVY = (f"{name}@example.com" for name in ("ada", "bob", "eve", "ivy"))
ACCOUNT = "/v2/accounts/Me3upk"
HONEYBADGER: list[tuple[str, Shape]] = [
    ("/v2/accounts", listed(types.ACCOUNT)),
    (ACCOUNT, types.ACCOUNT),
    (f"{ACCOUNT}/users", listed(types.USER)),
    (f"{ACCOUNT}/users/1", types.USER),
    (f"{ACCOUNT}/invitations", listed(types.INVITATION)),
    (f"{ACCOUNT}/invitations/1", types.INVITATION),
    ("/v2/teams?account_id=Me3upk", listed(types.TEAM)),
    ("/v2/teams/3", types.TEAM),
    ("/v2/teams/3/team_members", listed(types.TEAM_MEMBER)),
    ("/v2/teams/3/team_invitations", listed(types.TEAM_INVITATION)),
    ("/v2/teams/3/team_invitations/1", types.TEAM_INVITATION),
]
KEYS = "/2/teams/example-team/api-keys"
HONEYCOMB: list[tuple[str, Shape]] = [
    ("/1/auth", types.AUTH),
    ("/2/auth", {"data": types.OWN_KEY, "included": [{"id": str, "attributes": {"name": str, "slug": str}}]}),
    (KEYS, {"data": [types.KEY], "links": {"next": str}}),
    (f"{KEYS}/hcaik_01canaryingestkeyid", {"data": types.KEY}),
]


@pytest.fixture(scope="module")
def sim() -> Iterator[Simulator]:
    """With somebody of each kind."""
    with Simulator(people=2) as found:
        account = found.honeybadger
        account.invite(BOB, team_ids=[3])
        account.invite(EVE)
        account.accept(EVE)
        account.teams.add_member(3, ADA)
        account.teams.invite(3, BOB)
        account.teams.invite(3, IVY, admin=True, message="Welcome")
        account.accept_team(3, IVY)
        found.honeycomb.keys.add(ADA, "configuration", disabled=True)
        found.honeycomb.keys.add()
        yield found


def asked(sim: Simulator, path: str) -> Any:
    if path.startswith("/v2/"):
        answer = requests.get(sim.honeybadger_url + path, auth=(sim.auth_token, ""), timeout=5)
    else:
        pair = f"Bearer {sim.management_key_id}:{sim.management_key_secret}"
        headers = {"X-Honeycomb-Team": sim.configuration_key} if path.startswith("/1/") else {"Authorization": pair}
        answer = requests.get(sim.honeycomb_url + path, headers=headers, timeout=5)
    assert answer.status_code == 200
    return answer.json()


@pytest.mark.parametrize(("path", "shape"), [*HONEYBADGER, *HONEYCOMB])
def test_a_vendor_s_client_reads_it(sim: Simulator, path: str, shape: Shape) -> None:
    assert list(misread(shape, asked(sim, path))) == []


@pytest.mark.parametrize("one", ["hcxlk_", "hcxik_", "hcxmk_"])
def test_the_id_of_a_configuration_key_is_another_one_in_each_api(sim: Simulator, one: str) -> None:
    own = asked(sim, "/1/auth")["id"]
    assert not own.startswith(one)
    assert own not in [key["id"] for key in asked(sim, KEYS)["data"]]


def test_what_no_client_could_read_is_told() -> None:
    team = {"id": "3", "name": None, "account_id": "Me3upk", "created_at": "yesterday"}
    assert len(list(misread(types.TEAM, team))) == 3
    assert len(list(misread(listed(types.TEAM), {"results": {}}))) == 1
    assert list(misread(types.ACCOUNT, {"quota_consumed": 1, "active": True})) == []
