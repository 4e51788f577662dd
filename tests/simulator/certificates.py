# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates made at run time, for the TLS faults. Needs the `cryptography` package."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
import tempfile
from pathlib import Path
from typing import Any

KINDS = ("good", "wrong")


class Certificates:
    """`good`: for loopback, signed by an authority whose file is `ca_file`. `wrong`: self-signed, other name."""

    def __init__(self, kind: str) -> None:
        if kind not in KINDS:
            raise ValueError(f"tls is one of {', '.join(KINDS)}")
        self._folder = tempfile.TemporaryDirectory(prefix="simulator-tls-")
        self.ca_file = str(Path(self._folder.name, "ca.pem"))
        served = str(Path(self._folder.name, "server.pem"))
        authority, authority_key = _make("Simulator authority")
        if kind == "good":
            certificate, key = _make("localhost", issuer=(authority, authority_key))
        else:
            certificate, key = _make("wrong.example.org")
        Path(self.ca_file).write_bytes(_pem(authority))
        Path(served).write_bytes(_pem(certificate) + _key_pem(key))
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(served)

    def close(self) -> None:
        self._folder.cleanup()


def _make(name: str, issuer: tuple[Any, Any] | None = None) -> tuple[Any, Any]:
    """A certificate and its key, signed by `issuer` or by itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    issuer_name, issuer_key = (issuer[0].subject, issuer[1]) if issuer else (subject, key)
    names: list[x509.GeneralName] = [x509.DNSName(name.replace(" ", "-"))]
    if issuer:
        names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    authority_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.datetime(2020, 1, 1))
        .not_valid_after(datetime.datetime(2120, 1, 1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(authority_id, critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
    )
    return builder.sign(issuer_key, hashes.SHA256()), key


def _pem(certificate: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return bytes(certificate.public_bytes(Encoding.PEM))


def _key_pem(key: Any) -> bytes:
    from cryptography.hazmat.primitives import serialization

    return bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
