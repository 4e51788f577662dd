# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Other accounts that a Honeybadger token sees, in which somebody who leaves may remain.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t

from ..module_utils._catalog import HONEYBADGER, SERVICES, ServiceInfo
from ._variables import Refused

Call = t.Callable[[str, dict[str, t.Any]], dict[str, t.Any]]
SEPARATOR = "/"


def service(key: str) -> ServiceInfo:
    """The service of a result, which has the service's key, or that and an account."""
    return SERVICES[key.partition(SEPARATOR)[0]]


def title(key: str) -> str:
    """What a result is of, for people to read."""
    account = key.partition(SEPARATOR)[2]
    return f"{service(key).title} account {account}" if account else service(key).title


class OtherAccounts:
    """The accounts beside the one that a host is. ``call`` runs a module in check mode, ``remove`` says whether leavers go."""

    def __init__(self, call: Call, options: dict[str, str], remove: bool) -> None:
        self._call = call
        self._options = options
        self.remove = remove

    def options(self) -> t.Iterator[tuple[str, dict[str, str]]]:
        """The key of each account's result, and the connection options of its modules."""
        for account in self._accounts():
            yield f"{HONEYBADGER.key}{SEPARATOR}{account}", {**self._options, "account_id": account}

    def remaining(self, leavers: list[dict[str, t.Any]]) -> list[str]:
        """Where each leaver remains, as texts of what is left to do; a plan to remove them tells, and removes nobody."""
        texts = []
        try:
            accounts = list(self.options())
        except Refused as fault:
            return [f"{fault} Look under Account settings > Users of every other account yourself."]
        for key, options in accounts:
            plan = {**options, HONEYBADGER.people: leavers, "max_removals": "100%", HONEYBADGER.keepers: 0}
            result = self._call(HONEYBADGER.module, plan)
            if not result.get("plan_id"):
                texts.append(f"{title(key)} could not be read, so look there yourself: {result.get('msg')}")
            people = sorted({step["email"] for step in result.get("plan", ())})
            texts += [
                f"{title(key)}: {email} has access or an invitation there, too. Remove them with lifecycle_all_accounts set to "
                "true, or by hand under Account settings > Users."
                for email in people
            ]
        return texts

    def _accounts(self) -> list[str]:
        connection = {key: value for key, value in self._options.items() if key != "account_id"}
        result = self._call("honeybadger_account_info", connection)
        if "accounts" not in result:
            raise Refused(f"The accounts that the Honeybadger token sees could not be listed. {result.get('msg')}")
        accounts = result["accounts"]
        return sorted(str(account["id"]) for account in accounts if str(account["id"]) != self._options["account_id"])
