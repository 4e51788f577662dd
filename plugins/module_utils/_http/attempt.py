# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether anything of a request was written, told by the connection itself and not by how the attempt failed.

The libraries raise one exception for a proxy that cannot be reached and for an answer that a proxy lost. Only the
connection knows whether the service can have got the request. This file is private to the collection.
"""

from __future__ import annotations

import functools
import threading
import typing as t

try:
    import requests
    from requests.adapters import HTTPAdapter
except ImportError:  # reported by the module, see connection.py
    HTTPAdapter = object  # type: ignore[assignment, misc]

_of_thread = threading.local()


class GivenUp(Exception):
    """Nobody waits for this request any more, so it is not sent."""


class Attempt:
    """One request on its way. ``begun``: some of it may have been written, so that it may take effect."""

    def __init__(self) -> None:
        self.begun = False
        self._given_up = False
        self._lock = threading.Lock()

    def begin(self) -> None:
        """Note that writing begins; raises :class:`GivenUp` if it must not any more."""
        with self._lock:
            if self._given_up:
                raise GivenUp
            self.begun = True

    def give_up(self) -> None:
        """Stop waiting: from now on, a request that was not begun never is."""
        with self._lock:
            self._given_up = True

    def here(self) -> None:
        """Let the connections that this thread uses tell this attempt."""
        _of_thread.attempt = self


class _Telling:
    """Mixed into a connection.

    ``http.client`` writes nothing of a request before ``endheaders``. The CONNECT that asks a proxy for a tunnel is
    written elsewhere, while connecting.
    """

    sock: t.Any
    connect: t.Callable[[], None]

    def endheaders(self, *args: t.Any, **options: t.Any) -> None:
        """Write the request, after the attempt was told."""
        if self.sock is None:
            self.connect()  # else it would happen while writing, and a failure to connect writes nothing
        _of_thread.attempt.begin()
        super().endheaders(*args, **options)  # type: ignore[misc]


@functools.cache
def _telling(pool: t.Any) -> t.Any:
    """A class of connection pools whose connections tell the attempt."""
    connection = type("Connection", (_Telling, pool.ConnectionCls), {})
    return type(pool.__name__, (pool,), {"ConnectionCls": connection})


def _told_by(manager: t.Any) -> t.Any:
    manager.pool_classes_by_scheme = {scheme: _telling(pool) for scheme, pool in manager.pool_classes_by_scheme.items()}
    return manager


class _Adapter(HTTPAdapter):
    """What carries the requests of a session, directly or through a proxy of any kind."""

    def init_poolmanager(self, *args: t.Any, **options: t.Any) -> None:
        """Make the pools of direct connections."""
        super().init_poolmanager(*args, **options)
        _told_by(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **options: t.Any) -> t.Any:
        """Make the pools of connections through one proxy, once."""
        is_new = proxy not in self.proxy_manager
        manager = super().proxy_manager_for(proxy, **options)
        return _told_by(manager) if is_new else manager


def session() -> requests.Session:
    """A session that tells attempts, and ignores the environment, which requests would read for each request."""
    made = requests.Session()
    made.trust_env = False
    for scheme in ("https://", "http://"):
        made.mount(scheme, _Adapter())
    return made
