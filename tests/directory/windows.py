# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What only Windows does: an LDAP server that sends long attributes in ranges and no page above 1,000 entries.

Written from learn.microsoft.com, "Searching using range retrieval", and MS-ADTS, 3.1.1.3.1.3.3 (range retrieval) and
3.1.1.3.4.1.1 (paged results): ``member`` comes empty beside ``member;range=0-1499``, and the last part is ``…-*``.
"""

from __future__ import annotations

import contextlib
import dataclasses
import re
import socketserver
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sansldap

from .servers import HOST

SUFFIX = "DC=corp,DC=example,DC=com"
GROUP = f"CN=All,CN=Users,{SUFFIX}"
PAGE, VALUES = 1000, 1500
CAPABILITIES = [b"1.2.840.113556.1.4.800", b"1.2.840.113556.1.4.1670"]

Values = dict[str, list[bytes]]


@dataclass
class Windows:
    """A running server with one group, of as many people as it was started with."""

    url: str


def people(count: int) -> dict[str, Values]:
    return {
        f"CN=P{number},CN=Users,{SUFFIX}": {
            "objectClass": [b"top", b"person", b"organizationalPerson", b"user"],
            "objectGUID": [number.to_bytes(16, "little")],
            "sAMAccountName": [b"p%d" % number],
            "userAccountControl": [b"512"],
            "accountExpires": [b"9223372036854775807"],
            "mail": [b"P%d@Example.com" % number],
        }
        for number in range(count)
    }


class Session(sansldap.LDAPServer):
    """Sends no list of referrals where there are none, as servers do."""

    def _send(self, msg: Any) -> int:
        if hasattr(msg, "result"):
            msg = dataclasses.replace(msg, result=dataclasses.replace(msg.result, referrals=None))
        return super()._send(msg)


@contextlib.contextmanager
def windows(
    count: int, change: Callable[[str, Values], Values | None] = lambda _name, values: values, hidden: int = 0
) -> Iterator[Windows]:
    """Serve ``count`` people, all in one group. ``change`` alters each entry that is sent: None cuts the connection.

    ``hidden``: so many of the people are not found.
    """
    entries = people(count)
    members = [name.encode() for name in entries]
    for name in list(entries)[:hidden]:
        del entries[name]

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            session = Session()
            with contextlib.suppress(ConnectionError, EOFError, sansldap.ProtocolError):
                while data := self.request.recv(65536):
                    for message in session.receive(data):
                        _answer(session, message)
                    self.request.sendall(session.data_to_send())

    def _answer(session: Session, message: Any) -> None:
        if isinstance(message, sansldap.BindRequest):
            session.bind_response(message.message_id)
        if not isinstance(message, sansldap.SearchRequest):
            return
        found, cookie = _found(message)
        for name, values in found.items():
            told = change(name, values)
            if told is None:
                raise EOFError
            attributes = [sansldap.PartialAttribute(key, items) for key, items in told.items()]
            session.search_result_entry(message.message_id, name, attributes)
        controls = [] if cookie is None else [sansldap.PagedResultControl(False, 0, cookie)]
        code = sansldap.LDAPResultCode.SUCCESS
        if not found and message.scope == sansldap.SearchScope.BASE:
            code = sansldap.LDAPResultCode.NO_SUCH_OBJECT
        session.search_result_done(message.message_id, code, controls=list(controls))

    def _found(message: Any) -> tuple[Mapping[str, Values], bytes | None]:
        base, query = message.base_object, str(message.filter)
        if message.scope == sansldap.SearchScope.BASE:
            return _entry(base, message.attributes), None
        if "primaryGroupID" in query:
            return {}, b""
        if "sAMAccountName" in query:
            return {GROUP: {}}, b""
        return _page(message)

    def _entry(base: str, attributes: Sequence[str]) -> Mapping[str, Values]:
        if not base:
            return {"": {"supportedCapabilities": CAPABILITIES}}
        if base.lower() != GROUP.lower():
            return {base: entries[base]} if base in entries else {}
        values: Values = {
            "objectClass": [b"top", b"group"],
            "cn": [b"All"],
            "objectGUID": [b"\x01" * 16],
            "primaryGroupToken": [b"1105"],
        }
        ranged = [match for text in attributes if (match := re.match(r"member;range=(\d+)-", text))]
        start = int(ranged[0][1]) if ranged else 0
        part = members[start : start + VALUES]
        last = "*" if start + VALUES >= len(members) else str(start + VALUES - 1)
        if ranged:
            return {GROUP: {f"member;range={start}-{last}": part}}
        if len(members) > VALUES:
            return {GROUP: {**values, "member": [], f"member;range=0-{last}": part}}
        return {GROUP: {**values, "member": part}}

    def _page(message: Any) -> tuple[Mapping[str, Values], bytes]:
        control = next(item for item in message.controls if isinstance(item, sansldap.PagedResultControl))
        start = int(control.cookie or b"0")
        size = min(control.size, PAGE)
        page = list(entries.items())[start : start + size]
        return dict(page), str(start + size).encode() if start + size < len(entries) else b""

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server((HOST, 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield Windows(f"ldap://{HOST}:{server.server_address[1]}")
        finally:
            server.shutdown()
            thread.join()
