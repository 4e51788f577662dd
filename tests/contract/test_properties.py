# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever is asked, by the contract or against it, and however the services are set: the answers are as it says."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import checks
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks as openapi_checks

from tests.simulator import Simulator
from tests.simulator.settings import OPTIONS

from .check import SERVICES, document

# Not that everything against the contract is refused: it is stricter with requests than the services are.
CHECKS = [
    checks.not_a_server_error,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
    openapi_checks.status_code_conformance,
]
OPERATIONS = {
    f"{service}: {found.ok().label}": (service, found.ok())
    for service in SERVICES
    for found in schemathesis.openapi.from_dict(document(service)).get_all_operations()
    if isinstance(found, Ok)
}
EMAIL = "ada@example.com"
CHOICES: dict[str, tuple[Any, ...]] = {
    **{name: option.metadata["choices"] for name, option in OPTIONS.items() if option.metadata["choices"]},
    **{name: (True, False) for name, option in OPTIONS.items() if isinstance(option.default, bool)},
    "page_size": (1, 25),
    "v2_page_size": (1, 100),
    "quota": (0, 1, 360),
    "rate_limit": (0, 1),
}


@pytest.fixture(scope="module")
def sim() -> Iterator[Simulator]:
    with Simulator() as found:
        yield found


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    with requests.Session() as found:
        yield found


def populate(sim: Simulator, choices: dict[str, Any]) -> None:
    """Somebody of each kind."""
    sim.reset(people=2, **choices)
    sim.honeycomb.invite(EMAIL)
    sim.honeycomb.keys.add(EMAIL)
    account = sim.honeybadger
    account.invite("new@example.com", team_ids=[3])
    account.invite("old@example.com")
    account.accept("old@example.com")
    account.teams.add_member(3, EMAIL)
    account.teams.invite(3, "team@example.com")


def credential(sim: Simulator, path: str) -> dict[str, str]:
    if path.startswith("/1/"):
        return {"X-Honeycomb-Team": sim.configuration_key}
    if path.startswith("/2/"):
        return {"Authorization": f"Bearer {sim.management_key_id}:{sim.management_key_secret}"}
    return {"Authorization": "Basic " + base64.b64encode(f"{sim.auth_token}:".encode()).decode()}


def known(sim: Simulator, path: str) -> dict[str, list[Any]]:
    """Names and ids that are there, for each parameter of a path."""
    team = sim.honeybadger.teams.get(3)
    assert team
    ids: dict[str, Any] = {
        "api-keys": sim.honeycomb.keys,
        "team_memberships": sim.honeycomb.members,
        "users": sim.honeybadger.users,
        "invitations": sim.honeybadger.invitations,
        "team_members": team.members,
        "team_invitations": team.invitations,
    }
    collection = path.rpartition("/")[0].rpartition("/")[2]
    return {
        "slug": [sim.settings.team_slug],
        "account_id": [sim.account_id, "9bYfrm"],
        "team_id": [3],
        "id": [record.id for record in ids.get(collection, ())],
    }


def test_no_operation_is_left_out() -> None:
    paths = [path for service in SERVICES for path in document(service)["paths"].values()]
    assert len(OPERATIONS) == sum(len(path.keys() - {"parameters"}) for path in paths)


@pytest.mark.parametrize("name", OPERATIONS)
@settings(max_examples=max(10, settings().max_examples // 25), suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_answers_are_as_the_contract_says(
    sim: Simulator, session: requests.Session, name: str, data: st.DataObject
) -> None:
    service, operation = OPERATIONS[name]
    populate(
        sim, data.draw(st.fixed_dictionaries({}, optional={key: st.sampled_from(CHOICES[key]) for key in CHOICES}))
    )
    parameters: dict[str, Any] = {
        parameter.name: data.draw(st.sampled_from(there))
        for parameter in operation.path_parameters
        if data.draw(st.integers(0, 4)) and (there := known(sim, operation.path)[parameter.name])
    }
    mode = data.draw(st.sampled_from(schemathesis.GenerationMode))
    headers = credential(sim, operation.path) if data.draw(st.integers(0, 4)) else {}
    case = data.draw(operation.as_strategy(mode, path_parameters=parameters, headers=headers))
    url = sim.honeycomb_url if service == "honeycomb" else sim.honeybadger_url
    response = case.call(url, session=session)
    case.validate_response(response, checks=CHECKS)
    assert sim.violations == []
