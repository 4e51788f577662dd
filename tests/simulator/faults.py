# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Failure orders: which requests go wrong, and how."""

from __future__ import annotations

import base64
import dataclasses
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from typing import Any

from .messages import Reply, Request

# Kinds by what the service does first: nothing, or the whole of what was asked.
BEFORE = ("status", "reset_before", "timeout_before", "html", "redirect", "echo_key")
AFTER = (
    "status_after",
    "reset_after",
    "timeout_after",
    "cut_body",
    "html_after",
    "empty_body",
    "wrong_shape",
    "slow_bytes",
)
ACTIONS = ("action_before", "action_after")
KINDS = (*BEFORE, *AFTER, *ACTIONS)
SILENT = ("reset_before", "reset_after", "timeout_before", "timeout_after")

PAGE = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><h1>Proxy sign-in</h1></body></html>\n"


@dataclass
class Fault:
    """One order. It hits the matching requests number `after + 1` to `after + times`."""

    kind: str
    service: str = ""
    """honeycomb, honeybadger, or both when empty."""
    method: str = ""
    path: str = ""
    """A regular expression, searched for in the path with its query."""
    after: int = 0
    """How many matching requests pass first."""
    times: int = 1
    """How many are hit then; 0 for all that follow."""
    nth: int = 0
    """Short for `after = nth - 1, times = 1`."""
    status: int = 0
    """For status, status_after, redirect, echo_key, and the others where it makes sense."""
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    """Text as it stands, anything else as JSON; none for what the service would say."""
    retry_after: float | None = None
    """Seconds, sent as Retry-After."""
    retry_after_form: str = "seconds"
    """seconds, or date: an HTTP date by the clock of the answer's own Date."""
    date_skew: float = 0.0
    """Seconds that the answer's Date is ahead of the clock."""
    seconds: float = 30.0
    """For timeouts: how long nothing comes before the connection breaks."""
    interval: float = 0.02
    """For slow_bytes: seconds between bytes."""
    slow_headers: bool = False
    location: str = ""
    """For redirect; the other service when empty."""
    action: Callable[[], object] | Mapping[str, Any] | None = None
    """For actions: a call, or what `/_sim/act` takes, such as {"do": "accept", "service": …, "email": …}."""
    seen: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no kind of fault {self.kind!r}; there are {', '.join(KINDS)}")
        if self.kind in ACTIONS and self.action is None:
            raise ValueError(f"{self.kind} needs an action")
        if self.service not in ("", "honeycomb", "honeybadger"):
            raise ValueError(f"no service {self.service!r}")
        if self.nth:
            self.after, self.times = self.nth - 1, 1
        re.compile(self.path)

    def hits(self, service: str, request: Request) -> bool:
        """Whether this request is to be hit; counts it when it matches."""
        matches = (
            self.service in ("", service)
            and self.method in ("", request.method)
            and re.search(self.path, request.target) is not None
        )
        if not matches:
            return False
        self.seen += 1
        return self.after < self.seen and (not self.times or self.seen <= self.after + self.times)

    @property
    def spent(self) -> bool:
        return self.times > 0 and self.seen >= self.after + self.times

    def as_dict(self) -> dict[str, Any]:
        named = {option.name: getattr(self, option.name) for option in dataclasses.fields(self)}
        if callable(self.action):
            named["action"] = "a call"
        return {**named, "spent": self.spent}


def _bytes(body: Any) -> tuple[bytes, str]:
    if isinstance(body, str):
        return body.encode(), "text/html" if body.lstrip().startswith("<") else "text/plain"
    return json.dumps(body).encode(), "application/json"


def error_body(service: str, text: str, target: str = "", status: int = 500) -> dict[str, Any]:
    """An error as the service words it; the second version of Honeycomb's API words it as JSON:API does."""
    if service == "honeycomb" and target.startswith("/2/"):
        error = {"id": "canaryordered", "status": str(status), "code": "ordered", "title": "Ordered", "detail": text}
        return {"errors": [error]}
    return {"error": text} if service == "honeycomb" else {"errors": text}


def _echo(service: str, request: Request) -> dict[str, Any]:
    """What a careless service says: the credential, as sent, taken apart, and encoded."""
    scheme, _unused, credentials = request.header("Authorization").partition(" ")
    sent = request.header("X-Honeycomb-Team") or credentials
    forms = [sent, base64.b64encode(sent.encode()).decode()]
    if scheme.lower() == "basic":
        forms.append(base64.b64decode(sent + "==").decode("utf-8", "replace").rstrip(":"))
    elif scheme:
        forms.append(sent.partition(":")[2])
    text = f"cannot use the credential {' or '.join(forms)} for {request.target}"
    return error_body(service, text, request.target, 400)


def distort(fault: Fault, service: str, request: Request, real: Reply | None, elsewhere: str) -> Reply:
    """The answer that the order asks for; `real` is the service's own, where it was asked."""
    changed = real is not None and real.changed
    if fault.kind in ("slow_bytes", "cut_body") and real is not None:
        reply = real
    elif fault.kind == "empty_body":
        reply = Reply(fault.status or 200, b"", {"Content-Type": "application/json"})
    elif fault.kind == "redirect":
        location = fault.location or elsewhere + request.target
        reply = Reply(fault.status or 302, b"", {"Location": location})
    else:
        status, body = _spoken(fault, service, request, real)
        content, content_type = _bytes(body if fault.body is None else fault.body)
        reply = Reply(fault.status or status, content, {"Content-Type": content_type})
    return replace(reply.having(fault.headers), changed=changed)


def _spoken(fault: Fault, service: str, request: Request, real: Reply | None) -> tuple[int, Any]:
    """Status and body of an answer that says something, unless the order gives its own."""
    if fault.kind in ("html", "html_after"):
        return 200, PAGE
    if fault.kind == "echo_key":
        return 400, _echo(service, request)
    if fault.kind == "wrong_shape":
        is_list = real is not None and real.body.startswith(b"[")
        return 200, {"unexpected": "object"} if is_list else ["unexpected", "list"]
    status = fault.status or 500
    return 500, error_body(service, f"ordered failure {status}", request.target, status)


def timing_headers(fault: Fault, now: float) -> dict[str, str]:
    """Date and Retry-After, each in the form that the order asks for."""
    date = now + fault.date_skew
    headers = {"Date": formatdate(date, usegmt=True)} if fault.date_skew else {}
    if fault.retry_after is not None:
        as_date = fault.retry_after_form == "date"
        headers["Retry-After"] = (
            formatdate(date + fault.retry_after, usegmt=True) if as_date else f"{fault.retry_after:g}"
        )
    return headers
