# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The error type of this collection, the error codes, and how far a failed request got.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .naming import worded

BAD_RESPONSE = "bad_response"
CONFLICT = "conflict"
CONNECTION = "connection"
ENDPOINT_UNAVAILABLE = "endpoint_unavailable"
FORBIDDEN = "forbidden"
GUARD_REFUSED = "guard_refused"
INSECURE_URL = "insecure_url"
INVALID_KEY = "invalid_key"
LAST_ADMIN = "last_admin"
NOT_A_USER = "not_a_user"
NOT_FOUND = "not_found"
PARTIAL_FAILURE = "partial_failure"
PLAN_CHANGED = "plan_changed"
RATE_LIMITED = "rate_limited"
REDIRECT_REFUSED = "redirect_refused"
SERVER_ERROR = "server_error"
TIMEOUT = "timeout"
TLS = "tls"
VALIDATION = "validation"
WRONG_KEY_TYPE = "wrong_key_type"
NOT_SENT = "not_sent"
REFUSED = "refused"
UNKNOWN = "unknown"
ACCEPTED = "accepted"


@dataclass(frozen=True)
class Request:
    """What the transport knows about a failed request, for code that decides what to do next. Users do not see it.

    ``reach`` is how far it got: not sent; refused, on the way or by the service, so that it had no effect; unknown; or
    accepted, if the service accepted it but its answer could not be used. ``repeatable``: nothing but
    time is in its way. ``repeated``: an earlier attempt may have taken effect. ``retry_after``: seconds after which the service
    allows another request. ``payload``: the decoded answer.
    """

    reach: str = NOT_SENT
    repeatable: bool = False
    repeated: bool = False
    retry_after: float | None = None
    payload: t.Any = None

    @property
    def leaves_doubt(self) -> bool:
        """Whether the request, in this attempt or an earlier one, may have taken effect."""
        return self.repeated or self.reach in (UNKNOWN, ACCEPTED)


Kind = t.TypeVar("Kind", bound="AccessError")


class AccessError(Exception):
    """The reason why somebody's access is not as declared.

    Texts may mark options, see ``naming``. ``msg`` is one plain sentence, ``hint`` what to do next, ``detail`` what the
    service said, cleaned. ``status``, ``method`` and ``path`` belong to the HTTP request, if there was one.
    """

    def __init__(
        self,
        code: str,
        msg: str,
        *,
        hint: str = "",
        detail: str = "",
        status: int | None = None,
        method: str | None = None,
        path: str | None = None,
        request: Request = Request(),
    ) -> None:
        super().__init__(msg)
        self.code = code
        self.msg = msg
        self.hint = hint
        self.detail = detail
        self.status = status
        self.method = method
        self.path = path
        self.request = request

    @property
    def is_passing(self) -> bool:
        """Whether the same request may succeed later: it is repeatable, or the service failed and the state must be read first."""
        return self.request.repeatable or self.code == SERVER_ERROR

    @property
    def marked(self) -> str:
        """What happened and what to do next, with the options still marked, for another message or for a door."""
        return f"{self.msg} {self.hint}".strip()

    @property
    def sentence(self) -> str:
        """What happened and what to do next, with options as modules call them."""
        text: str = worded(self.marked)
        return text

    def hinted(self, hint: str) -> AccessError:
        """The same error with another hint."""
        return AccessError.like(self, hint)

    @classmethod
    def like(cls: type[Kind], error: AccessError, hint: str) -> Kind:  # noqa: PYI019  # no Self before Python 3.11
        """An error of this class that says what another one says, with another hint."""
        return cls(
            error.code,
            error.msg,
            hint=hint,
            detail=error.detail,
            status=error.status,
            method=error.method,
            path=error.path,
            request=error.request,
        )

    def as_dict(self) -> dict[str, t.Any]:
        """The public form: ``{code, status, method, path, detail, hint}``."""
        return {
            "code": self.code,
            "status": self.status,
            "method": self.method,
            "path": self.path,
            "detail": self.detail or self.msg,
            "hint": self.hint,
        }


def unexpected(bug: BaseException) -> AccessError:
    """A bug in this collection as an error without a traceback, which could quote a secret."""
    frame = bug.__traceback__
    while frame and frame.tb_next:
        frame = frame.tb_next
    where = f"{frame.tb_frame.f_code.co_name}, line {frame.tb_lineno}" if frame else "an unknown place"
    return AccessError(
        BAD_RESPONSE,
        f"An answer or an option caused an unforeseen {type(bug).__name__} in {where}.",
        hint="Please report this with the task that shows it, without its credentials.",
        request=Request(UNKNOWN),
    )
