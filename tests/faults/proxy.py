# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A company's proxy between here and the service, which loses answers: by plain requests, and by tunnels (CONNECT).

It looks into its tunnels, with a certificate that the client trusts, so that it knows which answer to lose.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from io import BufferedReader
from typing import TYPE_CHECKING
from unittest import mock
from urllib.parse import urlsplit, urlunsplit

import requests

from tests.simulator import Fault
from tests.simulator.certificates import Certificates
from tests.simulator.messages import Request

if TYPE_CHECKING:
    from typing import Self

PLAIN, TUNNEL = FORMS = ("plain proxy", "tunnel")
CUTS = ("before", "after", "headers")  # the service is asked; nothing of its answer is told; nor anything but its head
ENDS = ("FIN", "RST")
NOISE = "noise"  # instead of an answer, something that is not TLS
REFUSED = "refused"  # the tunnel, not what would go through it
REFUSING = "refused.invalid"
RESET = struct.pack("ii", 1, 0)


@dataclass(frozen=True)
class Loss:
    """One way to lose an answer, or a tunnel."""

    form: str
    cut: str
    end: str = "FIN"

    @property
    def kind(self) -> str:
        return f"{self.form}, {self.cut}" + (f", {self.end}" if self.cut in CUTS else "")

    @property
    def does(self) -> bool:
        """Whether the service did what it was asked for."""
        return self.cut not in ("before", REFUSED)


LOSSES = {
    loss.kind: loss
    for loss in (
        *(Loss(form, cut, end) for form in FORMS for cut in CUTS for end in ENDS),
        Loss(TUNNEL, NOISE),
        Loss(TUNNEL, REFUSED),
    )
}


class _Lost(Exception):
    """The connection is to end."""


class Proxy:
    """Stands for as long as the process runs tests; loses what the order in :meth:`on` hits."""

    def __init__(self) -> None:
        self._certificates = Certificates("good")
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.ca_file = self._certificates.ca_file
        self._order: tuple[Loss, Fault] | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._certificates.close()

    @contextlib.contextmanager
    def on(self, kind: str, hit: Fault) -> Iterator[None]:
        """Lead all requests through this proxy, and lose what the order hits; its own kind is of no account."""
        loss = LOSSES[kind]
        self._order = (loss, hit)
        bundle = {"http_proxy": self.url, "https_proxy": self.url, "no_proxy": "", "REQUESTS_CA_BUNDLE": self.ca_file}
        with mock.patch.dict(os.environ, bundle), self._tunnels(loss, hit):
            yield
        self._order = None

    @contextlib.contextmanager
    def _tunnels(self, loss: Loss, hit: Fault) -> Iterator[None]:
        """For a tunnel, ask for TLS; and for one that is refused, for a name that this proxy leads nowhere."""
        direct = requests.Session.request

        def request(session: requests.Session, method: str, url: str, **rest: object) -> requests.Response:
            parts = urlsplit(url)
            target = urlunsplit(("", "", *parts[2:]))
            led = loss.cut == REFUSED and self._is_hit(hit, method, target)
            return direct(session, method, f"https://{REFUSING if led else parts.netloc}{target}", **rest)  # type: ignore[arg-type]

        with (
            mock.patch.object(requests.Session, "request", request) if loss.form == TUNNEL else contextlib.nullcontext()
        ):
            yield

    def _is_hit(self, hit: Fault, method: str, target: str) -> bool:
        with self._lock:
            return hit.hits(hit.service, Request(method, target, Message()))

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _address = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        """One connection of a client: requests, or a tunnel with requests in it, until it ends."""
        with contextlib.suppress(_Lost, OSError, http.client.HTTPException), contextlib.ExitStack() as stack:
            stack.callback(_end, client, "FIN")
            reader = stack.enter_context(contextlib.closing(client.makefile("rb")))
            asked = _read(reader)
            if asked and asked[0] == "CONNECT":
                if asked[1].startswith(REFUSING):
                    client.sendall(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
                    return
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                client = stack.enter_context(self._certificates.context.wrap_socket(client, server_side=True))
                self._forward(client, client.makefile("rb"), None, asked[1])
            else:
                self._forward(client, reader, asked, "")

    def _forward(self, client: socket.socket, reader: BufferedReader, asked: Asked | None, origin: str) -> None:
        """Ask the service, and tell its answers or lose them."""
        with contextlib.closing(reader), contextlib.ExitStack() as stack:
            service: http.client.HTTPConnection | None = None
            asked = asked or _read(reader)
            while asked:
                method, target, headers, body = asked
                parts = urlsplit(target)
                target = urlunsplit(("", "", *parts[2:]))
                if service is None:
                    service = stack.enter_context(
                        contextlib.closing(http.client.HTTPConnection(origin or parts.netloc))
                    )
                loss, hit = self._order or (None, None)
                lost = loss if loss and hit and loss.cut != REFUSED and self._is_hit(hit, method, target) else None
                if lost and lost.cut == "before":
                    _lose(client, lost)
                service.request(method, target, body, headers)
                answer = service.getresponse()
                content = answer.read()
                told = "".join(f"{name}: {value}\r\n" for name, value in answer.getheaders())
                head = f"HTTP/1.1 {answer.status} {answer.reason}\r\n{told}\r\n".encode("latin-1")
                if lost and lost.cut == "headers":
                    client.sendall(head)
                if lost:
                    _lose(client, lost)
                client.sendall(head + content)
                asked = _read(reader)


Asked = tuple[str, str, dict[str, str], bytes]


def _read(reader: BufferedReader) -> Asked | None:
    """The next request: method, target, headers, body; None at the end of the connection."""
    line = reader.readline().decode("latin-1").split()
    if len(line) < 2:
        return None
    lines = []
    while (header := reader.readline()).strip():
        lines.append(header)
    headers = dict(BytesParser().parsebytes(b"".join(lines)).items())
    return line[0], line[1], headers, reader.read(int(headers.get("Content-Length", 0)))


def _lose(client: socket.socket, loss: Loss) -> None:
    if loss.cut == NOISE:
        os.write(client.fileno(), b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
    _end(client, loss.end)
    raise _Lost


def _end(client: socket.socket, how: str) -> None:
    """End a connection, with whatever is in it: by its end, or by a reset. TLS is told of neither."""
    with contextlib.suppress(OSError):
        if how == "RST":
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            socket.close(client.detach())
        else:
            socket.socket.shutdown(client, socket.SHUT_RDWR)
            client.close()
