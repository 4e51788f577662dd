# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP for an access tool: one session a thread, refused redirects, careful retries, one typed error.

It knows no service. This file is private to the collection.
"""

from __future__ import annotations

import os
import queue
import threading
import time
import typing as t
from dataclasses import dataclass
from urllib.parse import urlsplit

from . import _errors as errors
from ._budget import Budget
from ._errors import AccessError
from ._wire import (
    EXCERPT,
    Quota,
    clean,
    decode,
    describe,
    http_date,
    is_loopback,
    json_or_none,
    local_path,
    next_link,
    number,
    quota_from,
    retry_after,
    secret_forms,
    utc,
)

try:
    import requests
    import requests.auth
    from urllib3.exceptions import NewConnectionError
except ImportError as _error:
    REQUESTS_IMPORT_ERROR: ImportError | None = _error
else:
    REQUESTS_IMPORT_ERROR = None

RETRIES = 4
FIRST_BACKOFF = 0.5
GRACE = 0.2  # lets the socket's own time-out, which tells more, come first
TRANSIENT = (502, 503, 504)

CODES = {
    400: errors.VALIDATION,
    401: errors.INVALID_KEY,
    403: errors.FORBIDDEN,
    404: errors.NOT_FOUND,
    405: errors.ENDPOINT_UNAVAILABLE,
    408: errors.TIMEOUT,
    409: errors.CONFLICT,
    410: errors.NOT_FOUND,
    422: errors.VALIDATION,
    429: errors.RATE_LIMITED,
}


@dataclass(frozen=True)
class Connection:
    """Where a service is and how to talk to it.

    ``auth`` puts the credential on a request, ``media_type`` is what is sent and asked for; times are in seconds.
    """

    name: str
    url: str
    auth: t.Callable[[t.Any], t.Any]
    secret: str
    media_type: str = "application/json"
    verify: bool | str = True
    request_timeout: float = 30.0
    max_wait: float = 300.0


@dataclass(frozen=True)
class Answer:
    """A good answer: status and decoded body, None where there was no body."""

    status: int
    body: t.Any
    url: str


class Client:
    """Sends requests to one service. Safe to use from several threads."""

    def __init__(
        self,
        connection: Connection,
        clock: t.Callable[[], float] = time.monotonic,
        sleep: t.Callable[[float], None] = time.sleep,
    ) -> None:
        self.connection = connection
        self.requests = 0
        self.quota: Quota | None = None
        self.hidden = set(secret_forms(connection.secret))
        self.budget = Budget(connection.max_wait, connection.request_timeout, clock, sleep)
        self._clock = clock
        self._idle: list[requests.Session] = []
        self._proxies, self._verify = _from_environment(connection.url, connection.verify)
        self._lock = threading.Lock()

    def request(self, method: str, path: str, body: t.Any = None) -> Answer:
        """Send a request and return its answer, or raise :class:`AccessError`.

        GET, PUT, PATCH and DELETE are sent again after a passing fault: whoever calls them sets an absolute value.
        POST is sent again only where the service certainly did nothing.
        """
        attempt, in_doubt = 0, False
        while True:
            started = self._clock()
            try:
                self._await_turn(method, path)
                return self._send(method, path, body)
            except AccessError as error:
                error.repeated = in_doubt
                in_doubt = error.leaves_doubt
                delay = self._delay(error, method, attempt)
                if delay is None or not self.budget.pause(delay, since=started):
                    self.budget.charge(started, self._clock())
                    raise (error if delay is None else self._over_budget(error, delay)) from None
                attempt += 1

    def pages(self, path: str) -> t.Iterator[t.Any]:
        """Decoded bodies of a paged list, following ``links.next`` on the configured origin only."""
        seen: set[str] = set()
        while path not in seen:
            seen.add(path)
            answer = self.request("GET", path)
            yield answer.body
            following = next_link(answer.body, path)
            if not following:
                return
            path = local_path(self.connection.url, answer.url, following)

    def clean(self, text: str, length: int = EXCERPT) -> str:
        """Text from outside made fit to show, without the credential."""
        return clean(text, self.hidden, length)

    def hide(self, secret: t.Any) -> None:
        """Keep a secret that an answer held out of every message."""
        if isinstance(secret, str) and secret:
            self.hidden.add(secret)

    def affords(self, writes: int) -> AccessError | None:
        """None when so many requests fit what the service says is left, or fit after a wait; else why not."""
        quota = self.quota
        if quota is None or quota.reset_at is None or writes <= quota.remaining:
            return None
        wait = max(0.0, quota.reset_at - self._clock())
        if quota.limit and quota.window:
            wait += quota.window * ((writes - quota.remaining - 1) // quota.limit)
        if wait <= self.budget.left:
            return None
        of = f" of {quota.limit}" if quota.limit else ""
        return AccessError(
            errors.RATE_LIMITED,
            f"{self.connection.name} has {quota.remaining} requests{of} left and {writes} {'is' if writes == 1 else 'are'} needed, "
            f"which would take a wait of {wait:.0f} s; max_wait leaves {self.budget.left:.0f} s.",
            hint=f"Run again after the limit resets at {utc(quota.reset_at - self._clock())}.",
            attempted=False,
            retry_after=wait,
        )

    def api(self) -> dict[str, t.Any]:
        """What the task cost, in the public form."""
        told: dict[str, t.Any] = {"requests": self.requests, "waited": round(self.budget.spent, 1)}
        if self.quota:
            told["rate_limit_remaining"] = self.quota.remaining
        return told

    def _await_turn(self, method: str, path: str) -> None:
        """Sit out a pause, and the limit where nothing is left of it; refuse when no time is left."""
        self.budget.rest()
        quota = self.quota
        if quota and quota.remaining <= 0 and quota.reset_at is not None:
            wait = quota.reset_at - self._clock()
            if wait > 0 and not self.budget.pause(wait):
                spent = AccessError(
                    errors.RATE_LIMITED,
                    f"The request limit of {self.connection.name} is used up.",
                    method=method,
                    path=path,
                    attempted=False,
                )
                raise self._over_budget(spent, wait)
            self.budget.rest()
        if self.budget.patience <= 0:
            raise AccessError(
                errors.TIMEOUT,
                f"Faults of {self.connection.name} used up max_wait ({self.connection.max_wait:g} s), "
                "so the rest was not attempted.",
                hint="Run again when the service is well; what is done is not done twice.",
                method=method,
                path=path,
                attempted=False,
            )

    def _delay(self, error: AccessError, method: str, attempt: int) -> float | None:
        """Seconds to wait before the same request is sent again, None for never."""
        if not (error.unprocessed or (error.transient and method != "POST")):
            return None
        backoff = float(FIRST_BACKOFF * 2 ** min(attempt, 6))
        if error.code == errors.RATE_LIMITED:
            return max(error.retry_after or 0.0, backoff)
        return max(error.retry_after or 0.0, backoff) if attempt < RETRIES else None

    def _over_budget(self, error: AccessError, delay: float) -> AccessError:
        """The same error, saying when it is worth another try."""
        if error.retry_after or error.code == errors.RATE_LIMITED:
            error.hint = (
                f"The next try is allowed at {utc(delay)}, {delay:.0f} s from now; max_wait leaves "
                f"{self.budget.left:.0f} s. Run again then, or raise max_wait."
            )
        return error

    def _send(self, method: str, path: str, body: t.Any) -> Answer:
        with self._lock:
            self.requests += 1
            session = self._idle.pop() if self._idle else _session()
        try:
            status, headers, url, content = _within(
                self.budget.patience + GRACE, lambda: self._exchange(session, method, path, body)
            )
        except Exception as fault:  # noqa: BLE001
            raise self._from_fault(fault, method, path) from None
        with self._lock:
            self._idle.append(session)
        server_time = http_date(headers.get("Date")) or time.time()
        self.quota = quota_from(headers, server_time, self._clock()) or self.quota
        if not 200 <= status < 300:
            raise self._from_status(status, headers, content, server_time, method, path)
        return Answer(status, self._decode(status, headers, content, method, path), url)

    def _exchange(
        self, session: requests.Session, method: str, path: str, body: t.Any
    ) -> tuple[int, t.Mapping[str, str], str, bytes]:
        content_type = {} if body is None else {"Content-Type": self.connection.media_type}
        with session.request(
            method,
            self.connection.url + path,
            json=body,
            auth=self.connection.auth,
            headers={"Accept": self.connection.media_type, **content_type},
            timeout=self.budget.patience,
            verify=self._verify,
            proxies=self._proxies,
            allow_redirects=False,
            stream=True,
        ) as response:
            try:
                content = response.content
                if "Content-Encoding" not in response.headers:
                    _check_length(response.headers.get("Content-Length"), content)
            except requests.RequestException:
                raise _CutShort(response.status_code) from None
            return response.status_code, response.headers, response.url, content

    def _from_fault(self, fault: Exception, method: str, path: str) -> AccessError:
        """The typed error for a request without a whole answer."""
        name = self.connection.name
        where: dict[str, t.Any] = {"method": method, "path": path}
        if isinstance(fault, _CutShort):
            return AccessError(
                errors.CONNECTION,
                f"{name} broke off its answer to {method} {path}.",
                transient=True,
                accepted=200 <= fault.status < 300,
                status=fault.status,
                **where,
            )
        if isinstance(fault, requests.exceptions.SSLError):
            return AccessError(
                errors.TLS,
                f"The certificate of {name} at {self.connection.url} cannot be trusted.",
                hint="Check api_url, or name the authority that signed it with ca_path.",
                detail=self.clean(_reason(fault)),
                **where,
            )
        if isinstance(fault, requests.Timeout):
            return AccessError(
                errors.TIMEOUT,
                f"{name} did not answer {method} {path} within {self.connection.request_timeout:g} s.",
                transient=True,
                unprocessed=isinstance(fault, requests.ConnectTimeout),
                **where,
            )
        if isinstance(fault, (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
            return AccessError(
                errors.CONNECTION,
                f"The connection to {name} at {self.connection.url} failed: {self.clean(_reason(fault))}.",
                hint="Check api_url, the proxy settings and the network.",
                transient=True,
                unprocessed=_never_sent(fault),
                **where,
            )
        if isinstance(fault, OSError) and not isinstance(fault, requests.RequestException):
            return AccessError(
                errors.TLS, "The certificates in ca_path cannot be read.", hint="Check the file it names.", **where
            )
        return AccessError(
            errors.CONNECTION,
            f"The request to {name} could not be made ({type(fault).__name__}).",
            attempted=False,
            **where,
        )

    def _from_status(
        self, status: int, headers: t.Mapping[str, str], content: bytes, server_time: float, method: str, path: str
    ) -> AccessError:
        """The typed error for an answer that is not a success."""
        payload = json_or_none(content)
        detail = self.clean(describe(payload) or content.decode("utf-8", "replace"))
        limited = status == 429 or (status == 403 and headers.get("X-RateLimit-Remaining", "").strip() == "0")
        code = CODES.get(status, errors.SERVER_ERROR if status >= 500 else errors.BAD_RESPONSE)
        hint = ""
        if limited:
            code, detail = errors.RATE_LIMITED, detail or "request limit reached"
        elif 300 <= status < 400:
            code, detail = errors.REDIRECT_REFUSED, "a redirect, which is not followed"
            hint = "Set api_url to the address that answers itself; a credential is never sent on to another."
        wait = retry_after(headers.get("Retry-After"), server_time)
        if limited and wait is None and self.quota and self.quota.reset_at is not None:
            wait = max(0.0, self.quota.reset_at - self._clock())
        return AccessError(
            code,
            f"{self.connection.name} answered {status} to {method} {path}{': ' + detail.rstrip('.') if detail else ''}.",
            hint=hint,
            detail=detail,
            status=status,
            method=method,
            path=path,
            unprocessed=limited,
            transient=limited or status in TRANSIENT,
            retry_after=wait,
            payload=payload,
        )

    def _decode(self, status: int, headers: t.Mapping[str, str], content: bytes, method: str, path: str) -> t.Any:
        if not content.strip():
            return None
        try:
            return decode(content)
        except ValueError:
            pass
        excerpt = self.clean(content.decode("utf-8", "replace"), 80)
        raise AccessError(
            errors.BAD_RESPONSE,
            f"{self.connection.name} answered {method} {path} with something that is not JSON: {excerpt!r}.",
            hint="Check api_url, and whether a proxy or a login page stands in between.",
            detail=excerpt,
            status=status,
            method=method,
            path=path,
            accepted="json" in headers.get("Content-Type", ""),
        )


class _CutShort(Exception):
    """An answer whose body broke off; ``status`` had arrived."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def _within(seconds: float, call: t.Callable[[], t.Any]) -> t.Any:
    """Return ``call()``, or raise ``requests.Timeout`` when it takes longer.

    The time-outs of sockets restart with every byte and do not cover name resolution, so a thread is left behind
    instead; it ends with the process.
    """
    box: queue.SimpleQueue[tuple[t.Any, BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            box.put((call(), None))
        except BaseException as fault:  # noqa: BLE001
            box.put((None, fault))

    threading.Thread(target=run, daemon=True).start()
    try:
        value, fault = box.get(timeout=seconds)
    except queue.Empty:
        raise requests.Timeout() from None
    if fault:
        raise fault
    return value


def _session() -> requests.Session:
    """A session that leaves the environment alone, which requests would read anew for each request."""
    session = requests.Session()
    session.trust_env = False
    return session


def _from_environment(url: str, verify: bool | str) -> tuple[dict[str, str], bool | str]:
    """The proxies and the authorities to trust that the environment names.

    Plain http is for this machine, and may not leave it by a proxy.
    """
    proxies = dict(requests.utils.get_environ_proxies(url))
    proxy = requests.utils.select_proxy(url, proxies) or ""
    host = urlsplit(proxy if "//" in proxy else "//" + proxy).hostname
    if url.startswith("http:") and host and not is_loopback(host):
        proxies = {}
    if verify is True:
        verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
    return proxies, verify


def _check_length(told: str | None, content: bytes) -> None:
    """urllib3 1.26 returns a body that was cut short as if it were whole."""
    expected = number(told)
    if expected is not None and len(content) < expected:
        raise requests.exceptions.ChunkedEncodingError()


def _never_sent(fault: Exception) -> bool:
    reason = getattr(fault.args[0], "reason", None) if fault.args else None
    return isinstance(reason, NewConnectionError) or isinstance(fault, requests.exceptions.ProxyError)


def _reason(fault: BaseException) -> str:
    """The system's own words for a fault, without the request that requests quotes around them."""
    pending: list[t.Any] = [fault]
    for _depth in range(12):
        if not pending:
            break
        cause = pending.pop(0)
        if isinstance(cause, OSError) and cause.strerror:
            return str(cause.strerror)
        pending += [item for item in getattr(cause, "args", ()) if isinstance(item, BaseException)]
        pending += [item for item in (getattr(cause, "reason", None), getattr(cause, "__cause__", None)) if item]
        pending += [cause.__context__] if isinstance(cause, BaseException) and cause.__context__ else []
    return "it was closed before an answer came"
