# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real Active Directory domain on loopback: a domain controller of Samba. It takes port 389, which it cannot change."""

from __future__ import annotations

import base64
import contextlib
import os
import socket
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import trustme

from .servers import HOST, program, running

PORT = 389
SUFFIX = "DC=corp,DC=example,DC=com"
USERS = f"CN=Users,{SUFFIX}"
PASSWORD = "Adm1n-s3cret!"
PROGRAMS = ("samba", "samba-tool", "ldapadd")

Entry = tuple[str, Mapping[str, Sequence[str]]]


@dataclass(frozen=True)
class Samba:
    """A running domain controller. ``ca_path`` is the authority of its certificate."""

    ca_path: str
    url: str = f"ldap://{HOST}"
    user: str = f"CN=Administrator,{USERS}"
    password: str = PASSWORD


def missing() -> str:
    """What these tests need and this machine does not have, empty if it has it."""
    if not all(map(program, PROGRAMS)):
        return "apt-get install samba samba-ad-dc samba-ad-provision ldap-utils"
    if os.geteuid():
        return "root, since a domain controller listens on port 389"
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, PORT))
        except OSError:
            return "port 389 of loopback, which something else uses"
    return ""


@contextlib.contextmanager
def samba(folder: Path, entries: Iterable[Entry]) -> Iterator[Samba]:
    """Provision a domain, start its controller, and add these entries."""
    target = folder / "dc"
    authority, certificate = folder / "ca.pem", folder / "cert.pem"
    made = trustme.CA()
    issued = made.issue_cert(HOST)
    made.cert_pem.write_to_path(authority)
    issued.cert_chain_pems[0].write_to_path(certificate)
    issued.private_key_pem.write_to_path(folder / "key.pem")
    (folder / "key.pem").chmod(0o600)
    options = {
        "interfaces": "lo",
        "bind interfaces only": "yes",
        "server services": "ldap",
        "tls certfile": str(certificate),
        "tls keyfile": str(folder / "key.pem"),
        "tls cafile": str(authority),
    }
    command = ["domain", "provision", f"--targetdir={target}", "--realm=CORP.EXAMPLE.COM", "--domain=CORP"]
    command += ["--server-role=dc", "--dns-backend=NONE", f"--adminpass={PASSWORD}"]
    command += [f"--option={name}={value}" for name, value in options.items()]
    subprocess.run([str(program("samba-tool")), *command], check=True, capture_output=True)
    config = target / "etc" / "smb.conf"
    with config.open("a") as file:
        file.write("\n[global]\n" + "".join(f"{name} = {value}\n" for name, value in options.items()))
    server = [str(program("samba")), "--foreground", "--no-process-group", "--model=single", f"--configfile={config}"]
    with running(server, PORT, folder / "log"):
        domain = Samba(str(authority))
        add(domain, entries)
        yield domain


def add(domain: Samba, entries: Iterable[Entry]) -> None:
    """Create entries in a running domain."""
    command = [str(program("ldapadd")), "-x", "-ZZ", "-H", domain.url, "-D", domain.user, "-w", domain.password]
    subprocess.run(
        command,
        input="".join(map(_ldif, entries)),
        text=True,
        check=True,
        capture_output=True,
        env={**os.environ, "LDAPTLS_CACERT": domain.ca_path},
    )


def user(name: str, **more: Sequence[str]) -> Entry:
    """Somebody with an address; ``mail=()`` for none."""
    values: dict[str, Sequence[str]] = {
        "objectClass": ["user"],
        "sAMAccountName": [name],
        "userPrincipalName": [f"{name}@corp.example.com"],
        "mail": [f"{name}@example.com"],
        "userAccountControl": ["544"],
        **more,
    }
    return dn(name), {key: value for key, value in values.items() if value}


def group(name: str, members: Iterable[str]) -> Entry:
    """A group whose members are DNs."""
    return dn(name), {"objectClass": ["group"], "sAMAccountName": [name], "member": list(members)}


def dn(name: str) -> str:
    return f"CN={name},{USERS}"


def _ldif(entry: Entry) -> str:
    name, values = entry
    lines = [f"{key}:: {base64.b64encode(value.encode()).decode()}" for key, told in values.items() for value in told]
    return "\n".join([f"dn: {name}", "changetype: add", *lines, "", ""])
