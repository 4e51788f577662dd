# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A signed-in connection to an LDAP server: entries, whole searches, and every fault as one typed error.

It uses ldap3, which is pure Python and is imported when a directory is read for the first time.
This file is private to the collection.
"""

from __future__ import annotations

import contextlib
import importlib
import math
import re
import ssl
import typing as t
from urllib.parse import urlsplit

from ...module_utils._http import errors
from ...module_utils._http.address import is_loopback
from ...module_utils._http.budget import Budget
from ...module_utils._http.errors import AccessError
from ...module_utils._http.outside import armoured_text, shown
from ...module_utils._http.text import clean, secret_forms
from .ldap_entry import Entry
from .settings import Credentials, Settings

PAGE = 1000  # entries; Active Directory gives no more
PAGED_RESULTS = "1.2.840.113556.1.4.319"
RANGE = re.compile(r"(?P<name>[^;]+);range=(?P<first>\d+)-(?P<last>\d+|\*)$", re.IGNORECASE)
RETRIES = 3
PAUSE = 0.5  # seconds before the second attempt

SUCCESS, OPERATIONS_ERROR, TIME_LIMIT, SIZE_LIMIT, STRONGER_AUTH, REFERRAL, ADMIN_LIMIT = 0, 1, 3, 4, 8, 10, 11
NO_SUCH_OBJECT, INVALID_DN, INAPPROPRIATE_AUTH, INVALID_CREDENTIALS, ACCESS_DENIED = 32, 34, 48, 49, 50
BUSY, UNAVAILABLE, UNWILLING = 51, 52, 53
LIMITS = {
    SIZE_LIMIT: "sends no more entries to this account (size limit exceeded)",
    TIME_LIMIT: "took longer than it may for this account (time limit exceeded)",
    ADMIN_LIMIT: "reached a limit of its administrators (admin limit exceeded)",
}
"""Results with which a server cuts an answer short. What it sent before is thrown away."""


class Session:
    """Searches in one directory. Values of ``;range=`` are fetched to the end, pages are followed."""

    def __init__(self, settings: Settings, credentials: Credentials) -> None:
        self.title = settings.info.title
        self.requests = 0
        self._settings = settings
        self._secrets = secret_forms(*credentials.secrets)
        self._budget = Budget(settings.max_wait, settings.request_timeout)
        self._url = _checked(settings)
        self._ldap = _library()
        _refuse_nobody(settings, credentials)
        self._connection = self._connected(credentials)

    def entry(self, dn: str, attributes: t.Sequence[str]) -> Entry | None:
        """One entry, read by itself; None if there is none with this DN or the server does not show it."""
        found = self._ask(dn, "(objectClass=*)", "BASE", attributes, f"the entry {dn}", absent=True)[0]
        return self._whole(found[0]) if found else None

    def search(self, base: str, query: str, attributes: t.Sequence[str], what: str) -> t.Iterator[Entry]:
        """All entries below a base that match. ``what`` says in an error what was being read."""
        cookie: t.Any = None
        page = 0
        while True:
            page += 1
            found, cookie = self._ask(base, query, "SUBTREE", attributes, f"{what}, page {page}", paged=(cookie,))
            for record in found:
                yield self._whole(record)
            if not cookie:
                return

    def some(self, base: str, query: str, what: str) -> Entry | None:
        """One of the entries that match, None if none does."""
        found, _cookie = self._ask(base, query, "SUBTREE", ["1.1"], what, size_limit=1)
        return self._whole(found[0]) if found else None

    def escaped(self, text: str) -> str:
        """A text as a value in a filter."""
        return str(importlib.import_module("ldap3.utils.conv").escape_filter_chars(text))

    def api(self) -> dict[str, t.Any]:
        """What the read cost."""
        return {"requests": self.requests, "waited": round(self._budget.spent, 1)}

    def close(self) -> None:
        """Leave."""
        with contextlib.suppress(Exception):
            self._connection.unbind()
        _drop(self._connection)

    def error(self, code: str, msg: str, hint: str = "", detail: str = "") -> AccessError:
        """An error; what it quotes of the directory, such as names of entries, is cleaned."""
        msg = armoured_text(shown(msg, " "))
        return AccessError(code, msg, hint=hint, detail=clean(detail, self._secrets))

    def _whole(self, record: t.Mapping[str, t.Any]) -> Entry:
        """An entry whose long attributes are fetched to the last value."""
        values = {key.lower(): told for key, told in record["raw_attributes"].items() if told}
        for key in [key for key in values if ";range=" in key]:
            match = RANGE.match(key)
            if match:
                values[match["name"]] = self._all_values(record["dn"], match, list(values.pop(key)))
        return Entry(record["dn"], values)

    def _all_values(self, dn: str, match: re.Match[str], values: list[bytes]) -> list[bytes]:
        """The values of an attribute that the server sends in parts (MS-ADTS, 3.1.1.3.1.3.3)."""
        name = match["name"]
        while match["last"] != "*":
            if len(values) != int(match["last"]) + 1:
                raise self._cut(dn, name, len(values))
            part = self._ask(dn, "(objectClass=*)", "BASE", [f"{name};range={len(values)}-*"], f"{name} of {dn}")[0]
            told = part[0]["raw_attributes"] if part else {}
            parts = [(found, more) for key, more in told.items() if (found := RANGE.match(key)) and more]
            if len(parts) != 1 or int(parts[0][0]["first"]) != len(values):
                raise self._cut(dn, name, len(values))
            match = parts[0][0]
            values += parts[0][1]
        return values

    def _cut(self, dn: str, name: str, count: int) -> AccessError:
        return self.error(
            errors.BAD_RESPONSE,
            f"{self.title} did not send the values of {name} of {dn} after the first {count}.",
            hint="Run again; if it stays so, ask those who run the directory.",
        )

    def _ask(
        self,
        base: str,
        query: str,
        scope: str,
        attributes: t.Sequence[str],
        what: str,
        *,
        absent: bool = False,
        paged: tuple[t.Any] | None = None,
        size_limit: int = 0,
    ) -> tuple[list[t.Mapping[str, t.Any]], t.Any]:
        """One request: the entries of its answer, and the cookie of the next page."""
        self.requests += 1
        options = {} if paged is None else {"paged_size": PAGE, "paged_cookie": paged[0]}
        try:
            with self._plain_names():
                self._connection.search(
                    base, query, scope, attributes=list(attributes), size_limit=size_limit, **options
                )
        except Exception as fault:  # noqa: BLE001
            raise self._broken(fault, what) from None
        result = self._connection.result
        code = result["result"]
        found = [item for item in self._connection.response or () if item["type"] == "searchResEntry"]
        if (absent and code in (NO_SUCH_OBJECT, INVALID_DN)) or (size_limit and code == SIZE_LIMIT):
            return found, None
        if code != SUCCESS:
            raise self._unsuccessful(code, result, what)
        control = (result.get("controls") or {}).get(PAGED_RESULTS) or {}
        return found, (control.get("value") or {}).get("cookie")

    @contextlib.contextmanager
    def _plain_names(self) -> t.Iterator[None]:
        """Plain dictionaries for attributes: the library's own take a tenth of a large read, and ``_whole`` folds names."""
        name = "CASE_INSENSITIVE_ATTRIBUTE_NAMES"
        before = self._ldap.get_config_parameter(name)
        self._ldap.set_config_parameter(name, False)
        try:
            yield
        finally:
            self._ldap.set_config_parameter(name, before)

    def _unsuccessful(self, code: int, result: t.Mapping[str, t.Any], what: str) -> AccessError:
        told = clean(f"{result['description']} {result['message']}", self._secrets)
        if code in LIMITS:
            return self.error(
                errors.BAD_RESPONSE,
                f"{self.title} {LIMITS[code]} (reading {what}).",
                hint="Raise the limit for the account that reads, for pages, too (OpenLDAP: limits … size.prtotal), or "
                "narrow people_filter or base.",
                detail=told,
            )
        known = {
            OPERATIONS_ERROR: (errors.FORBIDDEN, "Sign in with an account; this server answers nobody else."),
            ACCESS_DENIED: (errors.FORBIDDEN, "Let the account read this."),
            STRONGER_AUTH: (errors.FORBIDDEN, "The server wants TLS: set start_tls: true, or an ldaps:// address."),
            INAPPROPRIATE_AUTH: (errors.FORBIDDEN, "Sign in with an account."),
            NO_SUCH_OBJECT: (errors.NOT_FOUND, "Check base and group_base, and that the account may read them."),
            INVALID_DN: (errors.VALIDATION, "Check base and group_base: they must be DNs, as in dc=example,dc=com."),
            REFERRAL: (
                errors.NOT_FOUND,
                "This is in another directory, which is not followed. Ask the one that has it.",
            ),
        }
        code_of, hint = known.get(code, (errors.SERVER_ERROR, "Run again later."))
        return self.error(code_of, f"{self.title} answered {told} (reading {what}).", hint=hint, detail=told)

    def _connected(self, credentials: Credentials) -> t.Any:
        """A connection that is signed in; a server that is busy or cannot be reached is asked again."""
        attempt = 0
        while True:
            try:
                return self._sign_in(credentials)
            except AccessError as error:
                passing = error.code in (errors.CONNECTION, errors.SERVER_ERROR) and attempt < RETRIES
                if not passing or not self._budget.pause(PAUSE * 2**attempt):
                    raise
            self._budget.rest()
            attempt += 1

    def _sign_in(self, credentials: Credentials) -> t.Any:
        self.requests += 1
        connection = self._offline(credentials)
        try:
            connection.open()
            if self._settings.start_tls:
                connection.start_tls()
            connection.bind()
            self._check_bind(connection.result)
        except AccessError:
            _drop(connection)
            raise
        except Exception as fault:  # noqa: BLE001
            _drop(connection)
            raise self._broken(fault, "the sign-in") from None
        return connection

    def _offline(self, credentials: Credentials) -> t.Any:
        """A connection that is not open yet."""
        ldap, settings, parts = self._ldap, self._settings, self._url
        server = ldap.Server(
            parts.hostname,
            port=parts.port or (636 if parts.scheme == "ldaps" else 389),
            use_ssl=parts.scheme == "ldaps",
            tls=self._tls(),
            get_info=ldap.NONE,
            connect_timeout=settings.request_timeout,
        )
        return ldap.Connection(
            server,
            user=credentials.user or None,
            password=credentials.password or None,
            authentication=ldap.SIMPLE if credentials.user else ldap.ANONYMOUS,
            read_only=True,
            check_names=False,
            auto_range=False,
            auto_referrals=False,
            return_empty_attributes=False,  # else ldap3 2.9.1 fails where one of a range is asked for
            receive_timeout=math.ceil(settings.request_timeout),  # whole seconds only
        )

    def _check_bind(self, result: t.Mapping[str, t.Any]) -> None:
        code = result["result"]
        told = clean(f"{result['description']} {result['message']}", self._secrets)
        if code == INVALID_CREDENTIALS:
            raise self.error(
                errors.INVALID_KEY,
                f"{self.title} does not accept the account or its password.",
                hint="Check directory_user (a DN; in Active Directory also name@domain) and directory_password.",
                detail=told,
            )
        if code in (BUSY, UNAVAILABLE):
            raise self.error(
                errors.SERVER_ERROR, f"{self.title} answered {told} (signing in).", "Run again later.", told
            )
        if code == UNWILLING:
            raise self.error(errors.FORBIDDEN, f"{self.title} refused to sign the account in: {told}.", detail=told)
        if code != SUCCESS:
            raise self._unsuccessful(code, result, "the sign-in")

    def _tls(self) -> t.Any:
        verify = self._settings.verify
        try:
            tls = self._ldap.Tls(
                validate=ssl.CERT_NONE if verify is False else ssl.CERT_REQUIRED,
                ca_certs_file=verify if isinstance(verify, str) else None,
            )
        except self._ldap.core.exceptions.LDAPExceptionError:
            raise AccessError(
                errors.TLS, "The certificates in ca_path cannot be read.", hint="Check that file."
            ) from None
        tls.wrap_socket = self._secure
        return tls

    def _secure(self, connection: t.Any, do_handshake: bool = False) -> None:
        """Start TLS on a connection of ldap3, whose own check of a certificate takes no IP address with Python 3.12."""
        verify = self._settings.verify
        context = ssl.create_default_context(cafile=verify if isinstance(verify, str) else None)
        if verify is False:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        connection.socket = context.wrap_socket(
            connection.socket, server_hostname=self._url.hostname, do_handshake_on_connect=do_handshake
        )

    def _broken(self, fault: Exception, what: str) -> AccessError:
        """The error for a request without an answer."""
        detail = clean(str(fault), self._secrets)
        where = f"{self.title} at {self._url.geturl()}"
        name = type(fault).__name__
        if not isinstance(fault, (self._ldap.core.exceptions.LDAPExceptionError, OSError)):
            return self.error(
                errors.BAD_RESPONSE,
                f"{where} sent something that is not LDAP (reading {what}).",
                hint="Check url, and whether a proxy is in between.",
            )
        if "Filter" in name:
            return self.error(
                errors.VALIDATION, "people_filter is not an LDAP filter.", "Write it as in (objectClass=person)."
            )
        if "InvalidDn" in name:
            return self.error(
                errors.VALIDATION, f"This is not a DN (reading {what}).", "Check base and group_base.", detail
            )
        if re.search("certificate|ssl|tls", detail + name, re.IGNORECASE):
            return self.error(
                errors.TLS,
                f"The connection to {where} cannot be secured: {detail.rstrip('.')}.",
                hint="Check url and start_tls, or set ca_path to a file with the authority that signed the certificate.",
            )
        if re.search("timed? ?out|Timeout|temporarily unavailable", detail + name):
            limit = f"{self._settings.request_timeout:g} s"
            return self.error(
                errors.TIMEOUT,
                f"{where} did not answer within {limit} (reading {what}).",
                hint="Run again, or set a longer request_timeout.",
                detail=detail,
            )
        return self.error(
            errors.CONNECTION,
            f"The connection to {where} failed: {detail.rstrip('.')} (reading {what}).",
            hint="Check url and the network.",
        )


def _drop(connection: t.Any) -> None:
    """Close the socket of a connection that is of no use, which the library leaves open."""
    if connection.socket:
        connection.socket.close()


def _library() -> t.Any:
    """The library, or the error that names the command to install it."""
    try:
        importlib.import_module("ldap3.core.exceptions")
        return importlib.import_module("ldap3")
    except ImportError:
        raise AccessError(
            errors.VALIDATION,
            "Reading a directory by LDAP needs the Python library ldap3, which Ansible's own Python does not have.",
            hint="Install it there: python3 -m pip install ldap3",
        ) from None


def _checked(settings: Settings) -> t.Any:
    """The parts of the address; a password in clear text is refused."""
    try:
        parts = urlsplit(settings.url.strip())
        sound = parts.scheme in ("ldap", "ldaps") and parts.hostname and (parts.port or True)
    except ValueError:
        sound = False
    if not sound or "@" in parts.netloc or parts.path.strip("/") or parts.query:
        raise AccessError(
            errors.VALIDATION,
            "url is not the address of an LDAP server.",
            hint="Give scheme and host, as in ldaps://ldap.example.com.",
        )
    if parts.scheme == "ldap" and not settings.start_tls and not is_loopback(parts.hostname or ""):
        raise AccessError(
            errors.INSECURE_URL,
            f"url {settings.url.strip()} would send the password and the people in clear text.",
            hint="Set start_tls: true, or give an ldaps:// address.",
        )
    if parts.scheme == "ldaps" and settings.start_tls:
        raise AccessError(errors.VALIDATION, "start_tls is for ldap:// addresses.", hint="Leave it out with ldaps://.")
    return parts


def _refuse_nobody(settings: Settings, credentials: Credentials) -> None:
    """A server answers a name without a password, and no name, as if it was asked by nobody, who sees less."""
    if credentials.user and not credentials.password:
        raise AccessError(
            errors.INVALID_KEY,
            "directory_password is empty, and a server would take that for an anonymous sign-in.",
            hint="Set it, or leave directory_user out and set anonymous: true.",
        )
    if not credentials.user and not settings.anonymous:
        raise AccessError(
            errors.INVALID_KEY,
            "There is no account for the directory, and nobody sees less than an account does.",
            hint="Set directory_user and directory_password, or anonymous: true if everybody may read everything.",
        )
