# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server that says whatever bytes it is given, whether they are HTTP or not."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import Self


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    body: Any


def http(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    """An answer with these headers; underscores stand for dashes, and Content-Length is told unless it is given."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if not {"Content-Length", "Transfer-Encoding"} & set(named):
        named["Content-Length"] = str(len(body))
    head = "".join(f"{name}: {value}\r\n" for name, value in {"Connection": "close", **named}.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1", "replace") + body


def answer(document: Any, status: str = "200 OK", **headers: str) -> bytes:
    return http(json.dumps(document).encode(), status, Content_Type="application/json", **headers)


class RawServer:
    """`answers` gives the bytes for a request; each connection ends after one."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answers: Callable[[Asked], bytes] = lambda asked: answer([])
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    @property
    def writes(self) -> list[Asked]:
        return [asked for asked in self.asked if asked.method != "GET"]

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _address = self._socket.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            received = b""
            while b"\r\n\r\n" not in received:
                received += connection.recv(65536)
            head, _unused, body = received.partition(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length: *(\d+)", head)
            while length and len(body) < int(length[1]):
                body += connection.recv(65536)
            method, path, _version = head.split(b"\r\n")[0].decode("latin-1").split(" ", 2)
            asked = Asked(method, path, json.loads(body) if body else None)
            self.asked.append(asked)
            connection.sendall(self.answers(asked))
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):  # closing with something unread would be a reset
                pass
