# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long a read of 20,000 people in 200 groups takes beside a bare client of the same library, and how much memory.

``python -m tests.directory.scale ldap URL bare`` reads once, in a process of its own with everything imported, and prints
as JSON the seconds of the processor, those in all, and MiB. The bare client asks for the same pages, and keeps of a page
no more than it needs for the next one.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .openldap import PASSWORD, READER, SUFFIX
from .scim_server import TOKEN

PEOPLE, GROUPS = 20_000, 200
CLASSES = "".join(
    f"(objectClass={name})"
    for name in (
        "group",
        "groupofmembers",
        "groupofnames",
        "groupofuniquenames",
        "ipausergroup",
        "nestedgroup",
        "posixgroup",
    )
)
NAMES = [f"g{number}" for number in range(GROUPS)]
ATTRIBUTES = [
    "objectClass",
    "objectGUID",
    "ipaUniqueID",
    "nsUniqueId",
    "entryUUID",
    "displayName",
    "cn",
    "sAMAccountName",
    "uid",
    "userAccountControl",
    "accountExpires",
    "nsAccountLock",
    "krbPrincipalExpiration",
    "pwdAccountLockedTime",
    "shadowExpire",
    "proxyAddresses",
    "mailAlternateAddress",
    "mail",
    "memberOf",
]


@dataclass(frozen=True)
class Cost:
    """What one read took."""

    people: int
    processor: float
    seconds: float
    mebibytes: float


def ours(kind: str, url: str) -> int:
    from ansible_collections.honeyops.access.plugins.plugin_utils._directory.read import read
    from ansible_collections.honeyops.access.plugins.plugin_utils._directory.settings import Credentials, Settings

    if kind == "ldap":
        account = Credentials(user=READER, password=PASSWORD)
        return len(read(Settings("ldap", url, base=SUFFIX), account, NAMES).people)
    return len(read(Settings("scim", url), Credentials(token=TOKEN), NAMES).people)


def bare(kind: str, url: str) -> int:
    return _bare_ldap(url) if kind == "ldap" else _bare_scim(url)


def _bare_ldap(url: str) -> int:
    import ldap3  # type: ignore[import-untyped]

    server = ldap3.Server(url, get_info=ldap3.NONE)
    connection = ldap3.Connection(
        server, READER, PASSWORD, read_only=True, check_names=False, auto_range=False, return_empty_attributes=False
    )
    connection.bind()
    members = ["objectClass", "cn", "entryUUID", "member", "uniqueMember", "memberUid"]
    for name in NAMES:
        query = f"(&(|{CLASSES})(|(cn={name})(sAMAccountName={name})))"
        connection.search(SUFFIX, query, "SUBTREE", attributes=["1.1"], paged_size=1000)
        dn = connection.response[0]["dn"]
        connection.search(dn, "(objectClass=*)", "BASE", attributes=members)
    people, cookie = 0, None
    while people == 0 or cookie:
        query = "(|(objectClass=person)(objectClass=posixAccount))"
        connection.search(SUFFIX, query, "SUBTREE", attributes=ATTRIBUTES, paged_size=1000, paged_cookie=cookie)
        people += len(connection.response)
        cookie = connection.result["controls"]["1.2.840.113556.1.4.319"]["value"]["cookie"]
    return people


def _bare_scim(url: str) -> int:
    import requests

    with requests.Session() as session:
        session.trust_env = False
        session.headers.update({"Authorization": f"Bearer {TOKEN}", "Accept": "application/scim+json"})
        for name in NAMES:
            query: dict[str, str | int] = {
                "filter": f'displayName eq "{name}"',
                "attributes": "displayName",
                "startIndex": 1,
                "count": 500,
            }
            found = session.get(f"{url}/Groups", params=query).json()["Resources"][0]["id"]
            session.get(f"{url}/Groups/{found}").json()
        people, total = 0, 1
        while people < total:
            page = session.get(f"{url}/Users", params={"startIndex": people + 1, "count": 500}).json()
            people, total = people + len(page["Resources"]), page["totalResults"]
    return people


def measured(read: Callable[[str, str], int], kind: str, url: str) -> Cost:
    started, busy = time.monotonic(), time.process_time()
    people = read(kind, url)
    return Cost(people, time.process_time() - busy, time.monotonic() - started, most_mebibytes())


def most_mebibytes() -> float:
    """The peak of this process. That of getrusage is at least the peak of the process that started it."""
    peak = re.search(r"^VmHWM:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert peak
    return int(peak[1]) / 1024


def main(arguments: list[str]) -> None:
    import warnings

    warnings.simplefilter("ignore")
    import ldap3  # noqa: F401
    import requests  # noqa: F401

    from tests.tools import tree

    sys.path.insert(0, str(tree.link_source()))
    from ansible_collections.honeyops.access.plugins.plugin_utils._directory import read  # noqa: F401

    kind, url, how = arguments
    readers: dict[str, Any] = {"ours": ours, "bare": bare}
    print(json.dumps(asdict(measured(readers[how], kind, url))))


if __name__ == "__main__":
    main(sys.argv[1:])
