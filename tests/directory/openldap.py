# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real OpenLDAP server on loopback, with the data and the configuration that a test asks for."""

from __future__ import annotations

import base64
import contextlib
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .servers import HOST, free_port, program, running

SUFFIX = "dc=example,dc=com"
PEOPLE = f"ou=people,{SUFFIX}"
GROUPS = f"ou=groups,{SUFFIX}"
READER = f"cn=reader,{SUFFIX}"
ROOT = f"cn=root,{SUFFIX}"
PASSWORD = "r3ader-s3cret"
MODULES = "/usr/lib/ldap"

TEXT = "EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE"
TIME = "EQUALITY generalizedTimeMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.24 SINGLE-VALUE"
OF_OTHERS = (
    f"attributetype ( 2.16.840.1.113730.3.1.610 NAME 'nsAccountLock' {TEXT} )",
    f"attributetype ( 2.16.840.1.113719.1.301.4.51.1 NAME 'krbPrincipalExpiration' {TIME} )",
    f"attributetype ( 1.3.6.1.4.1.42.2.27.8.1.17 NAME 'pwdAccountLockedTime' {TIME} )",
)
"""What 389 and FreeIPA have in their schema, and OpenLDAP with its overlay ppolicy."""

Entry = tuple[str, Mapping[str, Sequence[str]]]


@dataclass(frozen=True)
class OpenLdap:
    """A running server. ``root`` may write, ``reader`` reads."""

    url: str
    pid: int
    root: str = ROOT
    reader: str = READER
    password: str = PASSWORD

    def modify(self, ldif: str) -> None:
        """Change entries while the server runs."""
        command = ["ldapmodify", "-x", "-H", self.url, "-D", self.root, "-w", self.password]
        subprocess.run(command, input=ldif, text=True, check=True, capture_output=True)


def missing() -> str:
    """What to install for these tests, empty if it is there."""
    return "" if program("slapd") and program("ldapmodify") else "apt-get install slapd ldap-utils"


@contextlib.contextmanager
def openldap(
    folder: Path,
    entries: Iterable[Entry],
    *,
    memberof: bool = False,
    access: str = "access to * by * read",
    limits: str = "limits * size=unlimited",
    tls: tuple[str, str] | None = None,
) -> Iterator[OpenLdap]:
    """Start a server with these entries below the suffix.

    ``access`` and ``limits`` are lines of slapd.conf(5), ``tls`` the files of a certificate and its key.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "data").mkdir()
    config = folder / "slapd.conf"
    config.write_text(_config(folder, memberof, access, limits, tls))
    ldif = folder / "data.ldif"
    with ldif.open("w") as file:
        file.writelines(map(_ldif, [*base(), *entries]))
    # A copy, since the profile that some systems confine slapd by has its path, and would not let it read the folder.
    server = shutil.copy(str(program("slapd")), folder / "slapd")
    subprocess.run([server, "-Tadd", "-q", "-f", str(config), "-l", str(ldif)], check=True, capture_output=True)
    port = free_port()
    url = f"ldap://{HOST}:{port}"
    with running([str(server), "-f", str(config), "-h", url, "-d", "0"], port, folder / "log") as pid:
        yield OpenLdap(url, pid)


def base() -> list[Entry]:
    """The entries that every directory has."""
    units = [
        (f"ou={name},{SUFFIX}", {"objectClass": ["organizationalUnit"], "ou": [name]}) for name in ("people", "groups")
    ]
    reader = {
        "objectClass": ["simpleSecurityObject", "organizationalRole"],
        "cn": ["reader"],
        "userPassword": [PASSWORD],
    }
    top = {"objectClass": ["dcObject", "organization"], "dc": ["example"], "o": ["Example"]}
    return [(SUFFIX, top), *units, (READER, reader)]


def person(uid: str, **more: Sequence[str]) -> Entry:
    """Somebody with an address; ``mail=()`` for none."""
    values: dict[str, Sequence[str]] = {
        "objectClass": ["inetOrgPerson", "extensibleObject"],
        "uid": [uid],
        "cn": [uid.title()],
        "sn": [uid.title()],
        "mail": [f"{uid}@example.com"],
        **more,
    }
    return dn(uid), {key: value for key, value in values.items() if value}


def group(name: str, members: Iterable[str]) -> Entry:
    """A group whose members are DNs."""
    return f"cn={name},{GROUPS}", {"objectClass": ["groupOfNames"], "cn": [name], "member": list(members)}


def dn(uid: str) -> str:
    return f"uid={uid},{PEOPLE}"


def _config(folder: Path, memberof: bool, access: str, limits: str, tls: tuple[str, str] | None) -> str:
    names = ("core", "cosine", "inetorgperson", "nis")
    schemas = "\n".join([*(f"include /etc/ldap/schema/{name}.schema" for name in names), *OF_OTHERS])
    return f"""
{schemas}
modulepath {MODULES}
moduleload back_mdb
{"moduleload memberof" if memberof else ""}
pidfile {folder}/pid
{f"TLSCertificateFile {tls[0]}" if tls else ""}
{f"TLSCertificateKeyFile {tls[1]}" if tls else ""}
database mdb
maxsize 1073741824
dbnosync
suffix "{SUFFIX}"
rootdn "{ROOT}"
rootpw {PASSWORD}
directory {folder}/data
index objectClass,uid,cn,entryUUID eq
{limits}
{access}
{"overlay memberof" if memberof else ""}
"""


def _ldif(entry: Entry) -> str:
    name, values = entry
    lines = [f"{key}:: {base64.b64encode(value.encode()).decode()}" for key, told in values.items() for value in told]
    return "\n".join([f"dn:: {base64.b64encode(name.encode()).decode()}", *lines, "", ""])
