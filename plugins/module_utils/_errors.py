# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one error type of this collection, and the codes a user may meet.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t

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


class AccessError(Exception):
    """Something that keeps a person's access from being as declared.

    ``msg`` is one plain sentence, ``hint`` what to do next, ``detail`` what the service said, cleaned.
    ``status``, ``method`` and ``path`` are those of the HTTP request, where there was one.

    What the layers above need to know of a failed request:
    ``attempted``: something was sent, so its effect may have to be looked up;
    ``unprocessed``: the service certainly did nothing, so that sending again is safe even for an invitation;
    ``transient``: the same request may well succeed later;
    ``accepted``: the service said yes (2xx), only its answer could not be used;
    ``repeated``: an earlier attempt at the same request may have taken effect;
    ``retry_after``: seconds after which the service wants to be asked again;
    ``payload``: the decoded answer, never shown.
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
        attempted: bool = True,
        unprocessed: bool = False,
        transient: bool = False,
        accepted: bool = False,
        retry_after: float | None = None,
        payload: t.Any = None,
    ) -> None:
        super().__init__(msg)
        self.code = code
        self.msg = msg
        self.hint = hint
        self.detail = detail
        self.status = status
        self.method = method
        self.path = path
        self.attempted = attempted
        self.unprocessed = unprocessed
        self.transient = transient
        self.accepted = accepted
        self.repeated = False
        self.retry_after = retry_after
        self.payload = payload

    @property
    def sentence(self) -> str:
        """What happened and what to do next."""
        return f"{self.msg} {self.hint}".strip()

    @property
    def leaves_doubt(self) -> bool:
        """Whether the request, at this attempt or an earlier one, may have taken effect."""
        told_nothing = self.code in (TIMEOUT, CONNECTION, SERVER_ERROR, BAD_RESPONSE)
        return self.repeated or (told_nothing and self.attempted and not self.unprocessed)

    def hinted(self, hint: str) -> AccessError:
        """The same error with other advice."""
        twin = AccessError(self.code, self.msg)
        twin.__dict__.update(self.__dict__, hint=hint)
        return twin

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
    """A fault in this collection as an error without a traceback: those quote values, and a value may be a secret."""
    frame = bug.__traceback__
    while frame and frame.tb_next:
        frame = frame.tb_next
    where = f"{frame.tb_frame.f_code.co_name}, line {frame.tb_lineno}" if frame else "an unknown place"
    return AccessError(
        BAD_RESPONSE,
        f"An answer or option led to an unforeseen {type(bug).__name__} in {where}.",
        hint="Please report this with the task that shows it, less its credentials.",
    )
