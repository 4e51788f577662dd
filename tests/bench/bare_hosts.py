# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The practical limit for many hosts: the requests of a host that needs nothing, so many hosts at once; nothing else."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urljoin

import requests


def look(host: dict[str, str]) -> None:
    """Read the members of the team, and the invitations and users of the account."""
    account = f"{host['honeybadger_api_url']}/v2/accounts/{host['honeybadger_account_id']}"
    with requests.Session() as session:
        session.headers["X-Honeycomb-Team"] = host["honeycomb_api_key"]
        session.get(f"{host['honeycomb_api_url']}/1/team_memberships", timeout=30).raise_for_status()
    with requests.Session() as session:
        session.auth = (host["honeybadger_auth_token"], "")
        for url in (f"{account}/invitations", f"{account}/users"):
            following = url
            while following:
                response = session.get(following, timeout=30)
                response.raise_for_status()
                path = response.json()["links"].get("next")
                following = urljoin(following, path) if path else ""


hosts = json.loads(Path(sys.argv[1]).read_text())["all"]["hosts"]
with ThreadPoolExecutor(int(sys.argv[2])) as pool:
    list(pool.map(look, hosts.values()))
