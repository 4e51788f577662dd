# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""One simulator for all tests here, as new for each, held to the contract throughout."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from tests.simulator import Simulator

Call = Callable[..., requests.Response]


@pytest.fixture(scope="session")
def running() -> Iterator[Simulator]:
    with Simulator(check_contract=True) as simulator:
        yield simulator


@pytest.fixture
def sim(running: Simulator) -> Iterator[Simulator]:
    running.reset()
    yield running
    answers = [text for text in running.violations if re.match(r"simulator: |\w+: \d+ to ", text)]
    assert answers == []


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture
def honeycomb(sim: Simulator, session: requests.Session) -> Call:
    """`honeycomb("GET", "/1/auth")`, with the configuration key unless another is given."""

    def call(method: str, path: str, key: str | None = None, **rest: Any) -> requests.Response:
        headers = {"X-Honeycomb-Team": key or sim.configuration_key}
        return session.request(
            method, sim.honeycomb_url + path, headers=headers, timeout=5, allow_redirects=False, **rest
        )

    return call


@pytest.fixture
def honeybadger(sim: Simulator, session: requests.Session) -> Call:
    """`honeybadger("GET", "users")`: a path below the account, or one from the root."""

    def call(method: str, path: str, token: str | None = None, **rest: Any) -> requests.Response:
        whole = path if path.startswith("/") else f"/v2/accounts/{sim.account_id}/{path}"
        auth = (token or sim.auth_token, "")
        return session.request(method, sim.honeybadger_url + whole, auth=auth, timeout=5, allow_redirects=False, **rest)

    return call


@pytest.fixture
def control(sim: Simulator, session: requests.Session) -> Call:
    def call(method: str, path: str, document: Any = None) -> requests.Response:
        return session.request(method, f"{sim.honeycomb_url}/_sim/{path}", json=document, timeout=5)

    return call
