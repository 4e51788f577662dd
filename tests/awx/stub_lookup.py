# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stands for the lookup plugin awx.awx.controller_api: the objects of a list, page by page."""

from __future__ import annotations

import json
import os
import urllib.parse
import urllib.request
from typing import Any

from ansible.plugins.lookup import LookupBase


class LookupModule(LookupBase):
    """The plugin."""

    def run(self, terms: list[str], variables: Any = None, **kwargs: Any) -> list[Any]:
        """Read a list; all of its pages with ``return_all``."""
        path = f"/api/v2/{terms[0]}/?{urllib.parse.urlencode(kwargs.get('query_params', {}))}"
        found = []
        while path:
            request = urllib.request.Request(
                os.environ["CONTROLLER_HOST"] + path,
                headers={"Authorization": f"Bearer {os.environ['CONTROLLER_OAUTH_TOKEN']}"},
            )
            with urllib.request.urlopen(request) as answer:
                page = json.load(answer)
            found += page["results"]
            path = (page["next"] or "") if kwargs.get("return_all") else ""
        return found
