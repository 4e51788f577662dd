# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults between here and the service: single requests are led to where a connection cannot be made."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from email.message import Message
from typing import TYPE_CHECKING, Any
from unittest import mock
from urllib.parse import urlsplit, urlunsplit

import requests

from tests.simulator import Fault, Simulator
from tests.simulator.messages import Request

if TYPE_CHECKING:
    from typing import Self

KINDS = ("bad_certificate", "unknown_name", "nothing_listening")
NOWHERE = "nowhere.invalid"


class Detours:
    """One place for each kind of fault. They stand for as long as the process runs tests."""

    def __init__(self) -> None:
        self._impostor = Simulator(tls="wrong")
        self._closed = socket.socket()

    def __enter__(self) -> Self:
        self._impostor.__enter__()
        self._closed.bind(("127.0.0.1", 0))  # bound, so that nobody else gets the port, and not listening
        port = self._closed.getsockname()[1]
        self._origins = {
            "bad_certificate": self._impostor.honeycomb_url,
            "unknown_name": f"https://{NOWHERE}",
            "nothing_listening": f"http://127.0.0.1:{port}",
        }
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.close()
        self._impostor.__exit__()

    @contextlib.contextmanager
    def on(self, kind: str, hit: Fault) -> Iterator[None]:
        """Lead the requests that the order hits astray; its own kind is of no account."""
        origin, direct, lock = urlsplit(self._origins[kind]), requests.Session.request, threading.Lock()

        def request(session: requests.Session, method: str, url: str, **rest: Any) -> requests.Response:
            parts = urlsplit(url)
            with lock:
                led = hit.hits(hit.service, Request(method, urlunsplit(("", "", *parts[2:])), Message()))
            return direct(session, method, urlunsplit((*origin[:2], *parts[2:])) if led else url, **rest)

        with mock.patch.object(requests.Session, "request", request), no_such_name():
            yield

    @property
    def reached(self) -> int:
        """How many requests the impostor was told; a client that checks certificates tells it none."""
        return len(self._impostor.log)


@contextlib.contextmanager
def no_such_name() -> Iterator[None]:
    """Answer for one name here, so that no test asks a name server."""
    real: Callable[..., Any] = socket.getaddrinfo

    def getaddrinfo(host: Any, *rest: Any, **more: Any) -> Any:
        if host == NOWHERE:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return real(host, *rest, **more)

    with mock.patch.object(socket, "getaddrinfo", getaddrinfo):
        yield
