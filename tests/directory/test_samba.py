# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real Active Directory domain. It takes a minute to make, so it is part of `make directory-check` only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.honeyops.access.plugins.plugin_utils._directory.model import Reading
from ansible_collections.honeyops.access.plugins.plugin_utils._directory.settings import Credentials

from .reading import TODAY, emails, left_out, read_from, refused
from .samba import PASSWORD, SUFFIX, Samba, dn, group, missing, samba, user
from .servers import needs

pytestmark = [pytest.mark.slow, needs("a domain of Samba", missing())]

MANY = 1700
SINCE_1601 = 11644473600


def filetime(moment: float) -> str:
    return str(int((moment + SINCE_1601) * 10_000_000))


def entries() -> Iterator[Any]:
    yield from (user(f"p{number}") for number in range(MANY))
    proxies = ["smtp:a.lovelace@example.com", "SMTP:Ada@Example.com", "X500:/o=x/cn=ada"]
    yield user("ada", mail=["Ada@Example.com"], proxyAddresses=proxies, displayName=["Ada Lovelace"])
    yield user("off", userAccountControl=["546"])
    yield user("exp", accountExpires=[filetime(TODAY - 60)])
    yield user("later", accountExpires=[filetime(TODAY + 60)])
    yield user("never", accountExpires=["9223372036854775807"])
    yield user("svc", mail=())
    yield user("eve")
    yield group("inner", [dn("eve")])
    yield group("platform", [dn(name) for name in ("ada", "off", "exp", "later", "never", "svc", "inner")])
    yield group("all", [dn(f"p{number}") for number in range(MANY)])


@pytest.fixture(scope="module")
def domain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Samba]:
    with samba(tmp_path_factory.mktemp("samba"), entries()) as running:
        yield running


def options(domain: Samba, **more: Any) -> dict[str, Any]:
    told = {"source": "ldap", "url": domain.url, "base": SUFFIX, "start_tls": True, "ca_path": domain.ca_path}
    return {**told, "request_timeout": 30, **more}


def reads(domain: Samba, *groups: str, **more: Any) -> Reading:
    return read_from(Credentials(user=domain.user, password=PASSWORD), list(groups), **options(domain, **more))


def test_disabled_expired_and_nested(domain: Samba) -> None:
    reading = reads(domain, "platform", dn("inner"))

    ada = next(person for person in reading.people if person.email == "ada@example.com")
    assert ada.addresses == ("ada@example.com", "a.lovelace@example.com")
    assert (ada.name, ada.id.count("-")) == ("Ada Lovelace", 4)
    assert emails(reading, "platform") == {f"{name}@example.com" for name in ("ada", "later", "never", "eve")}
    assert emails(reading, dn("inner")) == {"eve@example.com"}
    assert left_out(reading) == {"off": "disabled", "exp": "expired", "svc": "no_address"}


def test_more_than_a_page_and_a_group_by_its_guid(domain: Samba) -> None:
    reading = reads(domain, "all")

    assert len(reading.people) == reading.groups[0].members == MANY
    assert reads(domain, reading.groups[0].id).groups[0].name == "all"


def test_a_primary_group_is_refused(domain: Samba) -> None:
    account = Credentials(user="administrator@corp.example.com", password=PASSWORD)
    error = refused(account, ["Domain Users"], **options(domain))

    assert (error.code, "primary group" in error.msg) == ("validation", True)


@pytest.mark.parametrize(
    ("account", "more", "code"),
    [
        (Credentials(), {"anonymous": True}, "forbidden"),
        (Credentials(user=dn("ada"), password="wr0ng-s3cret"), {}, "invalid_key"),
        (Credentials(user=dn("Administrator"), password=PASSWORD), {"start_tls": False}, "forbidden"),
        (Credentials(user=dn("Administrator"), password=PASSWORD), {"ca_path": None}, "tls"),
    ],
)
def test_a_sign_in_that_is_not_enough(domain: Samba, account: Credentials, more: dict[str, Any], code: str) -> None:
    assert refused(account, ["platform"], **options(domain, **more)).code == code
