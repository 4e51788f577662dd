# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The practical limit for leavers: every list once, then every removal, with as many threads as the bulk modules."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests

given = json.loads(Path(sys.argv[1]).read_text())
comb, badger = given["honeycomb"], given["honeybadger"]
gone = {person["email"] for person in comb["members"]}
local = threading.local()
AUTH: dict[str, dict[str, Any]] = {
    "/1": {"headers": {"X-Honeycomb-Team": comb["api_key"]}},
    "/2": {"headers": {"Authorization": f"Bearer {comb['management_key_id']}:{comb['management_key_secret']}"}},
    "/v": {"auth": (badger["auth_token"], "")},
}


def call(method: str, path: str) -> Any:
    if not hasattr(local, "session"):
        local.session = requests.Session()
    base = badger["api_url"] if path.startswith("/v") else comb["api_url"]
    response = local.session.request(method, urljoin(base, path), timeout=30, **AUTH[path[:2]])
    response.raise_for_status()
    return response.json() if response.content else None


def pages(path: str, key: str) -> Iterator[dict[str, Any]]:
    following: str | None = path
    while following:
        page = call("GET", following)
        yield from page[key]
        link = (page.get("links") or {}).get("next")
        following = link and "/" + link.partition("://")[2].partition("/")[2] if link and "://" in link else link


def delete(paths: Iterable[str]) -> None:
    with ThreadPoolExecutor(int(sys.argv[2])) as pool:
        list(pool.map(lambda path: call("DELETE", path), list(paths)))


members = call("GET", "/1/team_memberships")
own = call("GET", "/2/auth")["data"]["id"], call("GET", "/1/auth")["id"]
makers = {user["id"] for user in pages("/2/teams/example-team/users", "data") if user["attributes"]["email"] in gone}
delete(
    f"/2/teams/example-team/api-keys/{key['id']}"
    for key in pages("/2/teams/example-team/api-keys?page%5Bsize%5D=100", "data")
    if key["id"] not in own and key["relationships"]["creator"]["data"]["id"] in makers
)
delete(f"/1/team_memberships/{member['id']}" for member in members if member["email"] in gone)

account = f"/v2/accounts/{badger['account_id']}"
invitations = list(pages(f"{account}/invitations", "results"))
users = list(pages(f"{account}/users", "results"))
teams = list(pages(f"/v2/teams?account_id={badger['account_id']}", "results"))
delete(
    f"/v2/teams/{team['id']}/team_{part}/{one['id']}"
    for team in teams
    for part in ("invitations", "members")
    for one in team[part]
    if one["email"] in gone
)
delete(f"{account}/users/{user['id']}" for user in users if user["email"] in gone)
delete(f"{account}/invitations/{one['id']}" for one in invitations if one["email"] in gone and not one["accepted_at"])
