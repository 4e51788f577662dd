# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""From options to a Honeybadger account and its teams.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t

from .._access.catalog import Spec
from .._access.model import KNOWN
from .._access.options import connection, setting
from .._http.options import check_secret, client_of
from .account import Honeybadger, TokenAuth
from .facts import HONEYBADGER
from .invited import Invited
from .team_grants import TeamGrants
from .teams import HoneybadgerTeams

CONNECTION: Spec = {**setting(HONEYBADGER.credentials[0]), **connection(HONEYBADGER)}
ACCOUNT: Spec = setting(HONEYBADGER.credentials[1])


def honeybadger(params: t.Mapping[str, t.Any], teams: bool = False) -> Honeybadger:
    """The account that the options name; with ``teams``, its teams are managed too."""
    token = check_secret("auth_token", params["auth_token"])
    client = client_of(HONEYBADGER.title, params, TokenAuth(token), token, hosts=HONEYBADGER.hosts)
    account = params.get("account_id")
    invited = Invited(params[KNOWN]) if KNOWN in params else None
    companions = [TeamGrants(HoneybadgerTeams(client, account, invited))] if teams and account else []
    return Honeybadger(client, account, companions, invited)


def honeybadger_teams(params: t.Mapping[str, t.Any]) -> HoneybadgerTeams:
    """The teams of the account that the options name."""
    token = check_secret("auth_token", params["auth_token"])
    client = client_of(HONEYBADGER.title, params, TokenAuth(token), token, hosts=HONEYBADGER.hosts)
    return HoneybadgerTeams(client, params["account_id"])
