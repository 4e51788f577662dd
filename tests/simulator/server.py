# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The wire: one HTTP/1.1 server on a loopback port, and every way to break an answer off.

It is the bare server of the standard library, because no framework's lets go of a connection with a reset, or promises
more bytes than it sends.
"""

from __future__ import annotations

import contextlib
import itertools
import select
import socket
import ssl
import sys
import threading
import time
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

from .faults import SILENT, Fault
from .messages import Reply, Request

_REASONS = {status.value: status.phrase for status in HTTPStatus}
_CUT_MINIMUM = 64


@dataclass(frozen=True)
class Delivery:
    """What to answer and which order, if any, spoils it on the wire."""

    reply: Reply
    fault: Fault | None = None


class Backend(Protocol):
    """What a server asks for its answers."""

    def answer(self, request: Request) -> Delivery: ...

    def control(self, request: Request) -> Reply: ...

    def latency(self) -> float: ...

    def now(self) -> float: ...

    def pause(self, seconds: float) -> object:
        """Sleep, unless the simulator is in a hurry, which also ends a sleep."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16
    disable_nagle_algorithm = True
    server: Listener

    def setup(self) -> None:
        super().setup()
        self.number = next(self.server.numbers)

    def log_message(self, *_: object) -> None:
        """Nothing on stderr: the log is the simulator's own."""

    def _serve(self) -> None:
        request = self._request()
        backend = self.server.backend
        if request.path.startswith("/_sim"):
            self._send(backend.control(request))
            return
        time.sleep(backend.latency())
        delivery = backend.answer(request)
        fault = delivery.fault
        if fault is None:
            self._send(delivery.reply)
        elif fault.kind in SILENT:
            if fault.kind.startswith("timeout"):
                backend.pause(fault.seconds)
            self._abort()
        elif fault.kind == "cut_body":
            self._cut(delivery.reply)
        elif fault.kind == "slow_bytes":
            self._drip(delivery.reply, fault)
        else:
            self._send(delivery.reply)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _serve

    def _request(self) -> Request:
        length = self.headers.get("Content-Length", "0")
        body = self.rfile.read(int(length)) if length.isdecimal() else b""
        scheme = "https" if self.server.tls else "http"
        return Request(self.command, self.path, self.headers, body, self.number, scheme)

    # Ways to answer

    def _head(self, reply: Reply, length: int) -> bytes:
        lines = [f"HTTP/1.1 {reply.status} {_REASONS.get(reply.status, 'Unknown')}"]
        headers = {"Date": formatdate(self.server.backend.now(), usegmt=True), **reply.headers}
        if reply.status != 204 and reply.status >= 200:
            headers["Content-Length"] = str(length)
        if self.close_connection:
            headers["Connection"] = "close"
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    def _send(self, reply: Reply) -> None:
        self.wfile.write(self._head(reply, len(reply.body)))
        if self.command != "HEAD" and reply.status != 204:
            self.wfile.write(reply.body)
        self.wfile.flush()

    def _cut(self, reply: Reply) -> None:
        """Half a body, under a Content-Length that promises all of it."""
        self.close_connection = True
        status = 200 if reply.status == 204 else reply.status
        promised = max(len(reply.body), _CUT_MINIMUM)
        whole = Reply(status, headers={"Content-Type": "application/json", **reply.headers})
        self.wfile.write(self._head(whole, promised) + reply.body[: len(reply.body) // 2])
        self.wfile.flush()

    def _drip(self, reply: Reply, fault: Fault) -> None:
        head = self._head(reply, len(reply.body))
        slow = reply.body
        if fault.slow_headers:
            head, slow = b"", head + reply.body
        self.wfile.write(head)
        self.wfile.flush()
        for byte in slow:
            self.server.backend.pause(fault.interval)
            self.wfile.write(bytes((byte,)))
            self.wfile.flush()

    def _abort(self) -> None:
        """End the connection with a reset instead of a close."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        self.server.leave(self.connection)
        socket.close(self.connection.detach())


class Listener(ThreadingHTTPServer):
    """One port. Each connection has its own thread."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 512

    def __init__(self, port: int, backend: Backend, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.backend = backend
        self.tls = tls
        self.numbers = itertools.count(1)
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.server_port}"

    def server_bind(self) -> None:
        """Without the look-up of a host name that the standard library makes here."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        if self.tls:
            # The handshake happens in the connection's own thread, with its first read.
            connection = self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        with self._guard:
            self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        self.leave(request)
        super().shutdown_request(request)

    def leave(self, connection: socket.socket) -> None:
        with self._guard:
            self._open.discard(connection)

    def settle(self, seconds: float = 10.0) -> None:
        """Wait until everything is answered that clients sent before they went away."""
        with socket.create_connection(("127.0.0.1", self.server_port)) as last, contextlib.suppress(ConnectionError):
            last.shutdown(socket.SHUT_WR)
            last.recv(1)  # connections are accepted in order, so the end of this one comes after all others
        deadline = time.monotonic() + seconds
        while self._unread():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.url} has requests that are not answered")
            time.sleep(0.001)

    def _unread(self) -> list[tuple[int, int]]:
        """The connections with something to read: a request, or the end."""
        poll = select.poll()
        with self._guard:
            for connection in self._open:
                poll.register(connection, select.POLLIN)
            return poll.poll(0)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no news; anything else is a fault of the simulator."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, ssl.SSLError, TimeoutError)):
            super().handle_error(request, client_address)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()
        with self._guard:
            connections, self._open = self._open, set()
        for connection in connections:
            with contextlib.suppress(OSError):  # gone already
                connection.shutdown(socket.SHUT_RDWR)
