# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whole runs of `reconcile` whose people come from a directory: a company of 2,000, and every way to be told too little.

Part of `make directory-check` only.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from tests.playing import Control, Played, control, running, sim
from tests.simulator import Simulator

from . import test_entra, test_google, test_keycloak, test_okta, test_openldap, test_scim, test_windows
from .openldap import GROUPS, PASSWORD, READER, SUFFIX, dn, group, missing, openldap, person
from .servers import needs
from .windows import windows

__all__ = ["control", "running", "sim"]

pytestmark = [pytest.mark.slow, needs("OpenLDAP", missing())]

AUTH = test_openldap.AUTH
PEOPLE, TEAMS = 2000, 12


def reconcile(
    control: Control, directory: dict[str, Any], secrets: dict[str, str], *groups: str, **more: Any
) -> Played:
    """Reconcile both services of one host with the people of these groups, and somebody who is in no directory."""
    owner = {"email": "owner@example.com", "honeycomb": {"role": "admin"}, "honeybadger": {"role": "Owner"}}
    roles = [{"honeycomb": {"role": "member"}, "honeybadger": {"role": "Member"}}, {"honeycomb": {"role": "admin"}}]
    mapped = {f"group{number}": {"directory": name, **roles[number % 2]} for number, name in enumerate(groups)}
    control.write("roster.json", {"directory": directory, "groups": mapped, "people": [owner]})
    variables = {"roster_file": "roster.json", "lifecycle_max_removals": "50%", **secrets}
    hosts = control.inventory({"one": control.variables("one")}, variables)
    return control.play("reconcile", *hosts, **more)


def test_a_company_joins_moves_is_renamed_and_leaves(control: Control, tmp_path: Path) -> None:
    names = [f"p{number}" for number in range(PEOPLE)]
    teams = [f"team{number}" for number in range(TEAMS)]
    data = [*map(person, names), *(group(team, map(dn, names[number::TEAMS])) for number, team in enumerate(teams))]
    control.sims["one"].configure(quota=0)
    with openldap(tmp_path / "ldap", data, memberof=True, access=f"{AUTH}\naccess to * by users read") as server:
        told = {"source": "ldap", "url": server.url, "base": SUFFIX}
        secrets = {"directory_user": READER, "directory_password": PASSWORD}
        first = reconcile(control, told, secrets, *teams)
        assert first.failures == {}, first.output
        sim = control.sims["one"]
        roles = {f"p{number}@example.com": ("member", "admin")[number % TEAMS % 2] for number in range(PEOPLE)}
        exactly(sim, roles)

        for name in names[:5]:
            server.modify(f"dn: {dn(name)}\nchangetype: modify\nreplace: mail\nmail: new.{name}@example.com\n")
        sim.log.clear()
        renamed = reconcile(control, told, secrets, *teams)
        assert (renamed.failures, renamed.changed) == ({}, {"one": 0})
        assert [request for request in sim.log if request.method != "GET"] == []
        for name in names[:5]:
            assert f"{name}@example.com for new.{name}@example.com, whose address changed" in renamed.text

        mover, leaver = names[5 * TEAMS], names[5 * TEAMS + 1]  # of team0 and of team1
        server.modify(f"dn: cn=team0,{GROUPS}\nchangetype: modify\ndelete: member\nmember: {dn(mover)}\n")
        server.modify(f"dn: cn=team1,{GROUPS}\nchangetype: modify\nadd: member\nmember: {dn(mover)}\n")
        server.modify(f"dn: cn=team1,{GROUPS}\nchangetype: modify\ndelete: member\nmember: {dn(leaver)}\n")
        sim.log.clear()
        moved = reconcile(control, told, secrets, *teams)
        assert moved.failures == {}, moved.output
        assert sorted(request.method for request in sim.log if request.method != "GET") == ["DELETE", "DELETE", "PUT"]
        roles[f"{mover}@example.com"] = "admin"
        del roles[f"{leaver}@example.com"]
        exactly(sim, roles)


def exactly(sim: Simulator, roles: dict[str, str]) -> None:
    """Everybody has the role in Honeycomb, and who is a member there, an invitation to Honeybadger; nobody else has any."""
    assert {member.email: member.role for member in sim.honeycomb.members} == {**roles, "owner@example.com": "admin"}
    invited = {email: "Member" for email, role in roles.items() if role == "member"}
    assert {invitation.email: invitation.role for invitation in sim.honeybadger.invitations} == invited
    assert {user.email: user.role for user in sim.honeybadger.users} == {"owner@example.com": "Owner"}


@contextlib.contextmanager
def of_openldap(folder: Path, **options: Any) -> Iterator[str]:
    data = [*(person(f"p{number}") for number in range(600)), group("platform", [dn("p1"), dn("p2")])]
    with openldap(folder, data, **{"access": f"{AUTH}\naccess to * by * read", **options}) as server:
        yield server.url


Made = Callable[[Path], AbstractContextManager[Any]]
LDAP = {"source": "ldap", "base": SUFFIX}
READS = {"directory_user": READER, "directory_password": PASSWORD}
HIDDEN = f'{AUTH}\naccess to dn.base="{dn("p2")}" by * none\naccess to * by * read'
ENTRA = {"source": "entra", "tenant_id": "contoso"}
ENTRA_CLIENT = {
    "directory_client_id": test_entra.CLIENT.client_id,
    "directory_client_secret": test_entra.CLIENT.client_secret,
}
KEYCLOAK = {"source": "keycloak", "realm": "acme"}
KEYCLOAK_CLIENT = {
    "directory_client_id": test_keycloak.CLIENT.client_id,
    "directory_client_secret": test_keycloak.CLIENT.client_secret,
}
OKTA, OKTA_TOKEN = {"source": "okta"}, {"directory_token": test_okta.TOKEN.token}
GOOGLE, GOOGLE_TOKEN = {"source": "google"}, {"directory_token": test_google.TOKEN.token}
SCIM, SCIM_TOKEN = {"source": "scim"}, {"directory_token": test_scim.ACCOUNT.token}
TABLE: dict[str, tuple[Made, dict[str, Any], dict[str, str], str, str]] = {
    "OpenLDAP: one member hidden": (lambda at: of_openldap(at, access=HIDDEN), LDAP, READS, "platform", dn("p2")),
    "OpenLDAP: size limit": (
        lambda at: of_openldap(at, limits="limits * size=500"), LDAP, READS, "platform", "size limit exceeded",
    ),
    "OpenLDAP: no such group": (of_openldap, LDAP, READS, "platfrom", "no group platfrom"),
    "OpenLDAP: wrong password": (of_openldap, LDAP, {**READS, "directory_password": "wr0ng"}, "platform", "password"),
    "OpenLDAP: anonymous": (of_openldap, LDAP, {}, "platform", "no complete credential"),
    "Windows: a range that ends": (
        lambda _at: windows(1601, test_windows._no_more), LDAP | {"base": "DC=corp"}, READS, "All", "after the first 1500",
    ),
    "Entra ID: fields hidden": (
        lambda _at: test_entra.serving(test_entra._nulls), ENTRA, ENTRA_CLIENT, "O'Platform", "User.Read.All",
    ),
    "Entra ID: pages lost": (
        lambda _at: test_entra.serving(test_entra._no_link), ENTRA, ENTRA_CLIENT, "O'Platform", "counts 257",
    ),
    "Okta: a page fails": (lambda _at: test_okta.serving(test_okta._cut), OKTA, OKTA_TOKEN, "Platform", "page 3"),
    "Okta: a link elsewhere": (
        lambda _at: test_okta.serving(test_okta._elsewhere), OKTA, OKTA_TOKEN, "Platform", "another address",
    ),
    "Google: suspended hidden": (
        lambda _at: test_google.serving(test_google._hides), GOOGLE, GOOGLE_TOKEN, "platform@example.com", "suspended",
    ),
    "Google: an empty group": (lambda _at: test_google.serving(), GOOGLE, GOOGLE_TOKEN, "Empty", "has nobody"),
    "Keycloak: nobody shown": (
        lambda _at: test_keycloak.serving(test_keycloak._blind), KEYCLOAK, KEYCLOAK_CLIENT, "platform", "view-users",
    ),
    "Keycloak: the first page again": (
        lambda _at: test_keycloak.serving(test_keycloak._first_only), KEYCLOAK, KEYCLOAK_CLIENT, "platform", "twice",
    ),
    "SCIM: fewer than counted": (
        lambda _at: test_scim.serving(test_scim._fewer), SCIM, SCIM_TOKEN, "platform", "counts 7 records",
    ),
    "SCIM: slow": (lambda _at: test_scim.serving(test_scim._slow), SCIM, SCIM_TOKEN, "platform", "did not answer"),
}  # fmt: skip


@pytest.mark.parametrize("row", TABLE)
def test_nothing_is_written_where_a_directory_tells_too_little(control: Control, tmp_path: Path, row: str) -> None:
    made, directory, secrets, asked, reason = TABLE[row]
    with made(tmp_path / "server") as server:
        url = server if isinstance(server, str) else server.url
        quick = {"request_timeout": 1, "max_wait": 1, "url": f"{url}/v2" if directory["source"] == "scim" else url}
        done = reconcile(control, {**directory, **quick}, secrets, asked)

    assert reason in done.failures["one"], done.failures
    assert control.sims["one"].log == []
