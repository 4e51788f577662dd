# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The other accounts that a credential can see, in which a leaver may remain.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t

from ...module_utils._access.catalog import ACCOUNTS, ServiceInfo
from ...module_utils._access.outcome import ByHand
from ...module_utils._roster import People
from .._host.target import Target, identity
from .._host.variables import Refused, Variables
from .._people.exempt import OPTIONS, exempt
from .._words.names import SEPARATOR, title

Call = t.Callable[[str, dict[str, t.Any]], dict[str, t.Any]]


Elsewhere = t.Callable[[], t.Iterable[tuple[Target, Variables]]]
"""Gives the hosts of the inventory, each with its variables."""


def spare(
    info: ServiceInfo, args: dict[str, t.Any], hosts: t.Iterable[tuple[Target, Variables]], people: People
) -> None:
    """Add whom the host that is an account protects and ignores to the options of a run there."""
    for target, variables in hosts:
        theirs = target.services.get(info.key)
        if theirs and identity(info, theirs) == identity(info, args):
            for option in OPTIONS:
                args[option] = list(dict.fromkeys((*args.get(option, ()), *exempt(variables, option, people))))


class OtherAccounts:
    """The accounts of a service besides that of a host. ``call`` runs an operation in check mode, ``remove``: leavers go there, too."""

    def __init__(self, info: ServiceInfo, call: Call, options: dict[str, str], remove: bool) -> None:
        self.info = info
        (self._account,) = info.identity
        self._call = call
        self._options = options
        self.remove = remove

    def options(self) -> t.Iterator[tuple[str, dict[str, str]]]:
        """The key of each account's result, and the connection options of its modules."""
        for account in self._accounts():
            yield f"{self.info.key}{SEPARATOR}{account}", {**self._options, self._account: account}

    def remaining(self, leavers: list[dict[str, t.Any]]) -> list[ByHand]:
        """Where each leaver remains, as what is left to do, from a plan that is not applied."""
        texts: list[ByHand] = []
        try:
            accounts = list(self.options())
        except Refused as fault:
            return [ByHand(f"{fault} Look under Account settings > Users in every other account.")]
        for key, options in accounts:
            plan = {**options, self.info.people: leavers, "max_removals": "100%", self.info.keepers: 0}
            result = self._call(self.info.module, plan)
            if not result.get("plan_id"):
                texts.append(ByHand(f"{title(key)} could not be read, so look there by hand. {result.get('msg')}"))
            people = sorted({step["email"] for step in result.get("plan", ())})
            texts += [
                ByHand(
                    f"{title(key)}: {email} has access or an invitation there, too. Set lifecycle_all_accounts to true to remove "
                    "them, or remove them by hand under Account settings > Users.",
                    (email,),
                )
                for email in people
            ]
        return texts

    def _accounts(self) -> list[str]:
        result = self._call(self.info.reads[ACCOUNTS], {**self._options, self._account: None})
        if "accounts" not in result:
            raise Refused(
                f"The accounts that the {self.info.title} token can see could not be listed. {result.get('msg')}"
            )
        accounts = result["accounts"]
        return sorted(str(account["id"]) for account in accounts if str(account["id"]) != self._options[self._account])
