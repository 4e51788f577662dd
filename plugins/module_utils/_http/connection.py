# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""One request and its answer: sessions, proxies, TLS and time-outs, without redirects.

It knows no service, never repeats a request and does not judge answers. This file is private to the collection.
"""

from __future__ import annotations

import os
import queue
import re
import threading
import traceback
import typing as t
import warnings
from dataclasses import dataclass
from urllib.parse import urlsplit

from . import errors
from .address import is_loopback
from .aside import aside
from .attempt import Attempt, session
from .errors import AccessError
from .limits import number

try:
    import requests
    import requests.auth
    from urllib3.exceptions import HTTPWarning, ReadTimeoutError
except ImportError as _error:
    REQUESTS_IMPORT_ERROR: ImportError | None = _error
else:
    REQUESTS_IMPORT_ERROR = None

PROXIES = ("http", "https", "socks4", "socks4a", "socks5", "socks5h")
GRACE = 0.2  # lets the time-out of the socket, which is more specific, come first


@dataclass(frozen=True)
class Connection:
    """Where a service is and how to talk to it.

    ``auth`` adds the credential to a request, ``media_type`` is sent and requested; times are in seconds. ``verbatim``:
    what it answers is the user's own and is written back as it was, so it is not made harmless.
    """

    name: str
    url: str
    auth: t.Callable[[t.Any], t.Any]
    secret: str
    media_type: str = "application/json"
    verify: bool | str = True
    request_timeout: float = 30.0
    max_wait: float = 300.0
    verbatim: bool = False


@dataclass(frozen=True)
class Response:
    """A whole answer, good or bad."""

    status: int
    headers: t.Mapping[str, str]
    url: str
    content: bytes


class CutShort(Exception):
    """An answer whose body is incomplete; ``status`` had arrived. ``in_time``: it was cut, not too slow."""

    def __init__(self, status: int, in_time: bool) -> None:
        super().__init__(status)
        self.status = status
        self.in_time = in_time


class Exchange:
    """Sends requests, with one session for each thread. It does not translate exceptions."""

    def __init__(self, connection: Connection) -> None:
        self.requests = 0
        self._connection = connection
        self._idle: list[requests.Session] = []
        self._proxies, self._verify = _from_environment(connection.url, connection.verify)
        self._lock = threading.Lock()
        # A thread would write them, and in a task of ansible-core before 2.19 it would wait for the terminal for ever.
        warnings.simplefilter("ignore", HTTPWarning)

    def send(self, attempt: Attempt, method: str, path: str, body: t.Any, patience: float) -> Response:
        """Send a request; after so many seconds without a whole answer it is a ``requests.Timeout``."""
        with self._lock:
            self.requests += 1
            carrier = self._idle.pop() if self._idle else session()

        def call() -> Response:
            attempt.here()
            return self._exchange(carrier, method, path, body, patience)

        try:
            response: Response = _within(patience + GRACE, call)
        finally:
            attempt.give_up()
        with self._lock:
            self._idle.append(carrier)
        return response

    def _exchange(self, carrier: requests.Session, method: str, path: str, body: t.Any, patience: float) -> Response:
        content_type = {} if body is None else {"Content-Type": self._connection.media_type}
        with carrier.request(
            method,
            self._connection.url + path,
            json=body,
            auth=self._connection.auth,
            headers={"Accept": self._connection.media_type, **content_type},
            timeout=patience,
            verify=self._verify,
            proxies=self._proxies,
            allow_redirects=False,
            stream=True,
        ) as response:
            try:
                content = response.content
                if "Content-Encoding" not in response.headers:
                    _check_length(response.headers.get("Content-Length"), content)
            except requests.RequestException as fault:
                slow = bool(fault.args) and isinstance(fault.args[0], ReadTimeoutError)
                raise CutShort(response.status_code, in_time=not slow) from None
            return Response(response.status_code, response.headers, response.url, content)


def _within(seconds: float, call: t.Callable[[], t.Any]) -> t.Any:
    """Return ``call()``, or raise ``requests.Timeout`` when it takes longer.

    The time-outs of sockets restart with every byte and do not cover name resolution, so a thread is left behind instead.
    """
    try:
        value, fault = aside(call).get(timeout=seconds)
    except queue.Empty:
        raise requests.Timeout() from None
    if fault:
        _release(fault)
        raise fault
    return value


def _release(fault: BaseException | None) -> None:
    """Drop what the frames of a fault hold: a response that could not be built has a socket open."""
    while fault:
        traceback.clear_frames(fault.__traceback__)
        fault = fault.__context__


def _from_environment(url: str, verify: bool | str) -> tuple[dict[str, str], bool | str]:
    """The proxies and the certificate authorities that the environment names.

    Plain http is for loopback only, so it must not go through a proxy on another machine.
    """
    proxies = dict(requests.utils.get_environ_proxies(url))
    proxy = requests.utils.select_proxy(url, proxies)
    if proxy and not is_loopback(_proxy_host(proxy)) and url.startswith("http:"):
        proxies = {}
    if verify is True:
        verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
    return proxies, verify


def _proxy_host(proxy: str) -> str:
    """The host of a proxy, or ``validation``, without quoting what may hold a password."""
    try:
        parts = urlsplit(proxy if "//" in proxy else "//" + proxy)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    if host and parts.scheme in ("", *PROXIES) and not re.search(r"[\s\x00-\x1f\x7f]", proxy):
        return host
    names = sorted(name for name, value in os.environ.items() if value == proxy and name.lower().endswith("_proxy"))
    raise AccessError(
        errors.VALIDATION,
        f"The environment variable {' or '.join(names) or 'https_proxy'} is not the address of a proxy.",
        hint="Give scheme, host and port, as in http://proxy.example.com:3128, or unset it.",
    )


def _check_length(told: str | None, content: bytes) -> None:
    """urllib3 1.26 returns an incomplete body as if it were complete."""
    expected = number(told)
    if expected is not None and len(content) < expected:
        raise requests.exceptions.ChunkedEncodingError()
