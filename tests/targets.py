# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A simulator as a target of the role: what leads to it, as variables of a host or of the environment."""

from __future__ import annotations

from tests.simulator import Simulator

SERVICES = ("honeycomb", "honeybadger")


def host_variables(sim: Simulator, *services: str) -> dict[str, str]:
    """The credentials and addresses as variables of a host, of both services unless some are named."""
    every = {
        "honeycomb_api_key": sim.configuration_key,
        "honeycomb_api_url": sim.honeycomb_url,
        "honeybadger_auth_token": sim.auth_token,
        "honeybadger_account_id": sim.account_id,
        "honeybadger_api_url": sim.honeybadger_url,
    }
    return {name: value for name, value in every.items() if name.startswith(services or SERVICES)}


def credentials(sim: Simulator) -> dict[str, str]:
    """The same of both services as environment variables."""
    return {
        "HONEYCOMB_API_KEY": sim.configuration_key,
        "HONEYCOMB_API_ENDPOINT": sim.honeycomb_url,
        "HONEYBADGER_AUTH_TOKEN": sim.auth_token,
        "HONEYBADGER_ACCOUNT_ID": sim.account_id,
        "HONEYBADGER_ENDPOINT": sim.honeybadger_url,
    }
