# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""One simulator for all tests here, as new for each, and modules that talk to it in this process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ansible.module_utils.common import warnings as ansible_warnings

from ansible_collections.honeyops.access.plugins.module_utils import _services as catalog
from ansible_collections.honeyops.access.plugins.module_utils._access import doubt as _doubt
from ansible_collections.honeyops.access.plugins.module_utils._http import retry as _retry
from tests.contract.check import SERVICES, contract
from tests.modules import run_on
from tests.simulator import Simulator

from .support import SIDES, Ask, Result, Side, inspect

ENVIRONMENT = (
    *(setting.environment for info in catalog.SERVICES.values() for setting in info.settings),
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "NETRC",
)


@pytest.fixture(scope="session")
def running() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def sim(running: Simulator, bare: None, request: pytest.FixtureRequest) -> Iterator[Simulator]:
    """As new. Where the test file sets `CONTRACT`, every request and answer is held to the contract."""
    running.check_contract = getattr(request.module, "CONTRACT", False)
    if running.check_contract:
        for service in SERVICES:
            contract(service)  # takes longer than a request may
    running.reset()
    yield running
    assert running.violations == []


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the machine's own counts, and no warning of an earlier run is told again."""
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    ansible_warnings._global_warnings.clear()


@pytest.fixture
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses that nothing asks for are short; their length is tested with a clock of its own."""
    monkeypatch.setattr(_retry, "FIRST_BACKOFF", 0.01)
    monkeypatch.setattr(_doubt, "SLOW_SERVICE", 0.01)


@pytest.fixture
def ask(sim: Simulator, brisk: None) -> Ask:
    """Run a module against the simulator: `ask("honeycomb_member", email=…, check=True, fails="last_admin")`."""

    def call(module: str, *, fails: str = "", check: bool = False, diff: bool = False, **options: Any) -> Result:
        ansible_warnings._global_warnings.clear()
        result = run_on(sim, module, check=check, diff=diff, **{"request_timeout": 30, **options})
        inspect(sim, result)
        assert result.get("error", {}).get("code", "") == fails, result.get("msg")
        return result

    return call


@pytest.fixture(params=SIDES, ids=lambda side: side.service)
def side(request: pytest.FixtureRequest) -> Side:
    found: Side = request.param
    return found
