# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A directory on loopback that answers what a test writes down, over real HTTP."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .servers import HOST


@dataclass(frozen=True)
class Asked:
    """A request: ``query`` has the last value of each parameter."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True)
class Told:
    """An answer. ``raw`` is sent in place of the body; ``short``: so many bytes less than announced."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    short: int = 0


@dataclass
class Stub:
    """A running stub. ``asked`` are the requests so far."""

    url: str
    asked: list[Asked] = field(default_factory=list)

    def paths(self, method: str = "GET") -> list[str]:
        return [request.path for request in self.asked if request.method == method]


@contextlib.contextmanager
def stub(answer: Callable[[Asked, str], Told]) -> Iterator[Stub]:
    """Serve ``answer(request, own address)``."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {key: values[-1] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            request = Asked(self.command, parts.path, query, dict(self.headers), body)
            running.asked.append(request)
            told = answer(request, running.url)
            content = b"" if told.body is None else json.dumps(told.body).encode()
            content = content if told.raw is None else told.raw
            self.send_response(told.status)
            for name, value in {"Content-Type": "application/json", **told.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) - told.short])
            self.close_connection = self.close_connection or bool(told.short)

        do_POST = do_GET

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_arguments: Any) -> None:
            """A client that goes away is no error."""

    with Server((HOST, 0), Handler) as server:
        running = Stub(f"http://{HOST}:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield running
        finally:
            server.shutdown()
            thread.join()
