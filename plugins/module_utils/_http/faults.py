# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Turns a failed request into an error that says what happened and how far the request got.

This file is private to the collection.
"""

from __future__ import annotations

import contextlib
import ssl
import typing as t
from dataclasses import dataclass

from . import errors
from .connection import Connection, CutShort, Response
from .errors import ACCEPTED, NOT_SENT, REFUSED, UNKNOWN, AccessError, Request
from .limits import retry_after
from .naming import option
from .retry import TRANSIENT, is_limit
from .text import describe, json_or_none

with contextlib.suppress(ImportError):  # reported by the module, see connection.py
    import requests

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
HINTS = {
    errors.CONFLICT: "Run again; the next run starts from the present state.",
    errors.CONNECTION: "Run again.",
    errors.SERVER_ERROR: "Run again later.",
    errors.TIMEOUT: f"Run again, or set a longer {option('request_timeout')}.",
    errors.VALIDATION: "Correct what the service names.",
}
"""What to do next where nothing better is known. What a 404 means is only known to the service's client."""


TELL_NOTHING = (errors.TIMEOUT, errors.SERVER_ERROR, errors.BAD_RESPONSE)  # about whether the request took effect
LONGEST_PATH = 600  # characters, as many as an id and what is before it may have
REPEAT_ELSEWHERE = (307, 308)  # nothing was done. Another redirect may lead to the page that shows what was done


def shown_path(path: str, clean: t.Callable[..., str]) -> str:
    """A path as messages show it. That of a next page is a text of the service's own."""
    return clean(path, LONGEST_PATH)


@dataclass(frozen=True)
class Call:
    """One request as its errors name it. ``clean`` makes text from outside safe to show."""

    connection: Connection
    method: str
    path: str
    clean: t.Callable[..., str]

    def error(
        self, code: str, msg: str, request: Request, *, hint: str = "", detail: str = "", status: int | None = None
    ) -> AccessError:
        """An error of this request."""
        return AccessError(
            code, msg, hint=hint, detail=detail, status=status, method=self.method, path=self.shown, request=request
        )

    @property
    def shown(self) -> str:
        """The path as it is told."""
        return shown_path(self.path, self.clean)

    @property
    def _limit(self) -> str:
        return f"within {self.connection.request_timeout:g} s"

    def broken(self, fault: Exception, begun: bool) -> AccessError:
        """The error for a request without a complete answer; ``begun``: some of it may have been written.

        Only that tells how far it got. What is raised does not: a proxy that loses an answer raises what one raises
        that cannot be reached.
        """
        name, url = self.connection.name, self.connection.url
        reach = UNKNOWN if begun else REFUSED
        if isinstance(fault, CutShort):
            reach = ACCEPTED if 200 <= fault.status < 300 else UNKNOWN
            code, late = (errors.CONNECTION, "") if fault.in_time else (errors.TIMEOUT, f" {self._limit}")
            msg = f"{name} did not complete its answer to {self.method} {self.shown}{late}."
            return self.error(code, msg, Request(reach, repeatable=True), hint=HINTS[code], status=fault.status)
        if isinstance(fault, requests.Timeout):
            msg = f"{name} did not answer {self.method} {self.shown} {self._limit}."
            return self.error(errors.TIMEOUT, msg, Request(reach, repeatable=True), hint=HINTS[errors.TIMEOUT])
        if isinstance(fault, requests.exceptions.SSLError) and not begun:
            return self._insecure(fault)
        if isinstance(fault, (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
            return self.error(
                errors.CONNECTION,
                f"The connection to {name} at {url} failed: {self.clean(_reason(fault))}.",
                Request(reach, repeatable=True),
                hint=f"Check {option('api_url')}, the proxy settings and the network.",
            )
        if begun:
            msg = (
                f"{name} answered {self.method} {self.shown} with something that is not HTTP ({type(fault).__name__})."
            )
            return self.error(
                errors.CONNECTION,
                msg,
                Request(UNKNOWN),
                hint=f"Check {option('api_url')}, and whether a proxy is in between.",
            )
        if isinstance(fault, OSError) and not isinstance(fault, requests.RequestException):
            msg = f"The certificates in {option('ca_path')} cannot be read."
            return self.error(errors.TLS, msg, Request(REFUSED), hint="Check that file.")
        msg = f"The request to {name} could not be made ({type(fault).__name__})."
        return self.error(errors.CONNECTION, msg, Request(NOT_SENT))

    def _insecure(self, fault: Exception) -> AccessError:
        """The error for a connection that could not be secured, so that nothing was sent."""
        name, url = self.connection.name, self.connection.url
        reason = self.clean(_reason(fault))
        if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(fault)):
            msg = f"The certificate of {name} at {url} is not trusted."
            hint = f"Check {option('api_url')}, or set {option('ca_path')} to a file with the authority that signed the certificate."
        else:
            msg = f"A secure connection to {name} at {url} could not be made: {reason}."
            hint = f"Check {option('api_url')}, {option('ca_path')}, and whether a proxy is in between."
        return self.error(errors.TLS, msg, Request(REFUSED), hint=hint, detail=reason)

    def unsuccessful(self, response: Response, server_time: float, reset_in: float | None) -> AccessError:
        """The error for an unsuccessful answer; ``reset_in``: seconds until the rate limit resets, if known."""
        status, headers = response.status, response.headers
        payload = json_or_none(response.content)
        detail = self.clean(describe(payload) or response.content.decode("utf-8", "replace"))
        limited = is_limit(status, headers, payload)
        code = CODES.get(status, errors.SERVER_ERROR if status >= 500 else errors.BAD_RESPONSE)
        hint = HINTS.get(code, "")
        if limited:
            code, detail = errors.RATE_LIMITED, detail or "request limit reached"
        elif 300 <= status < 400:
            code, detail = errors.REDIRECT_REFUSED, "a redirect, which is not followed"
            hint = f"Set {option('api_url')} to the final address; a credential is never sent to another one."
        wait = retry_after(headers.get("Retry-After"), server_time)
        request = Request(
            UNKNOWN if code in TELL_NOTHING or (300 <= status < 400 and status not in REPEAT_ELSEWHERE) else REFUSED,
            repeatable=limited or status in TRANSIENT,
            retry_after=reset_in if limited and wait is None else wait,
            payload=payload,
        )
        told = f": {detail.rstrip('.')}" if detail else ""
        msg = f"{self.connection.name} answered {status} to {self.method} {self.shown}{told}."
        return self.error(code, msg, request, hint=hint, detail=detail, status=status)

    def undecodable(self, response: Response) -> AccessError:
        """The error for a success whose body is not JSON."""
        excerpt = self.clean(response.content.decode("utf-8", "replace"), 80)
        name = self.connection.name
        return self.error(
            errors.BAD_RESPONSE,
            f"{name} answered {self.method} {self.shown} with something that is not JSON: {excerpt!r}.",
            Request(ACCEPTED if "json" in response.headers.get("Content-Type", "") else UNKNOWN),
            hint=f"Check {option('api_url')}, and whether a proxy or a login page is in between.",
            detail=excerpt,
            status=response.status,
        )


def _causes(fault: BaseException) -> t.Iterator[BaseException]:
    """A fault and those that are behind it."""
    pending: list[t.Any] = [fault]
    for _depth in range(12):
        if not pending:
            return
        cause = pending.pop(0)
        yield cause
        behind = [*cause.args, getattr(cause, "reason", None), cause.__cause__, cause.__context__]
        pending += [item for item in behind if isinstance(item, BaseException)]


def _reason(fault: BaseException) -> str:
    """The operating system's words for a fault, or a proxy's, without the request that the library quotes around them."""
    for cause in _causes(fault):
        if isinstance(cause, OSError) and not isinstance(cause, requests.RequestException):
            text = cause.strerror or (cause.args[0] if cause.args else "")
            if isinstance(text, str) and (cause.strerror or text.startswith("Tunnel connection failed")):
                return text.rstrip(".")
    return "it was closed before an answer arrived"
