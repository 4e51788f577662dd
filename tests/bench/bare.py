# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The practical limit: list once, then write what differs, with as many threads as the bulk module; nothing else."""

from __future__ import annotations

import json
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests

URL = os.environ["HONEYCOMB_API_ENDPOINT"] + "/1/team_memberships"
local = threading.local()


def call(method: str, url: str, body: dict[str, str] | None = None) -> requests.Response:
    if not hasattr(local, "session"):
        local.session = requests.Session()
        local.session.headers["X-Honeycomb-Team"] = os.environ["HONEYCOMB_API_KEY"]
    response: requests.Response = local.session.request(method, url, json=body, timeout=30)
    response.raise_for_status()
    return response


def settle(person: dict[str, str]) -> None:
    member = there.get(person["email"])
    if member is None:
        call("POST", URL, person)
    elif member["role"] != person["role"]:
        call("PUT", f"{URL}/{member['id']}", {"role": person["role"]})


people = json.loads(Path(sys.argv[1]).read_text())["people"]
there = {member["email"]: member for member in call("GET", URL).json()}
with ThreadPoolExecutor(int(sys.argv[2])) as pool:
    list(pool.map(settle, people))
