# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests to one service, within the limits of the service and the task.

It knows no service by name. This file is private to the collection.
"""

from __future__ import annotations

import json
import time
import typing as t
from dataclasses import dataclass, replace

from . import errors, retry
from .address import local_path, next_link
from .attempt import Attempt
from .budget import Budget
from .connection import Connection, Exchange
from .errors import AccessError, Request
from .faults import Call, shown_path
from .limits import Quota, http_date, quota_from, utc
from .naming import option
from .outside import harmless, is_harmless_json
from .text import EXCERPT, Secrets, clean, decode, text_of


@dataclass(frozen=True)
class Answer:
    """A successful answer: status and decoded body, None if there was no body. Names of ``headers`` have no case."""

    status: int
    body: t.Any
    url: str
    headers: t.Mapping[str, str]


class Answers(t.Protocol):
    """The bodies of answers that hold for a whole run, by credential and path; a ``dict`` will do."""

    def get(self, request: str, /) -> t.Any:
        """The body of the answer, None if this was not asked yet."""

    def __setitem__(self, request: str, body: t.Any, /) -> None:
        """Keep an answer."""


class Client:
    """Sends requests to one service. Safe to use from several threads.

    ``answers`` are what the service has said that holds for the whole run, whoever asked it.
    """

    def __init__(
        self,
        connection: Connection,
        clock: t.Callable[[], float] = time.monotonic,
        sleep: t.Callable[[float], None] = time.sleep,
    ) -> None:
        self.connection = connection
        self.quota: Quota | None = None
        self.answers: Answers = {}
        self._secrets = Secrets(connection.secret)
        self.budget = Budget(connection.max_wait, connection.request_timeout, clock, sleep)
        self._clock = clock
        self._exchange = Exchange(connection)
        self._stopped = False

    @property
    def requests(self) -> int:
        """How many requests were sent."""
        return self._exchange.requests

    def request(self, method: str, path: str, body: t.Any = None) -> Answer:
        """Send a request and return its answer, or raise :class:`AccessError`; ``retry.py`` says what is sent again."""
        attempt, in_doubt = 0, False
        while True:
            started = self._clock()
            try:
                self._await_turn(method, path)
                return self._send(method, path, body)
            except AccessError as error:
                error.request = replace(error.request, repeated=in_doubt)
                in_doubt = error.request.leaves_doubt
                delay = retry.delay(error, method, attempt)
                if delay is None or not self.budget.pause(delay, since=started):
                    self.budget.charge(started, self._clock())
                    raise (error if delay is None else self._over_budget(error, delay)) from None
                attempt += 1

    def once(self, path: str) -> t.Any:
        """The body of a GET that is asked once in a run with this credential, such as what the credential is."""
        request = json.dumps([self.connection.url, self.connection.secret, path])
        body = self.answers.get(request)
        if body is None:
            body = self.request("GET", path).body
            self.answers[request] = body
        return body

    def stop(self) -> None:
        """Send nothing more: the run is ended from outside. What is under way goes on."""
        self._stopped = True

    def pages(self, path: str) -> t.Iterator[t.Any]:
        """Decoded bodies of a paged list, following ``links.next`` on the configured origin only."""
        listed, seen = path, set[str]()
        while path not in seen:
            seen.add(path)
            answer = self.request("GET", path)
            yield answer.body
            following = next_link(answer.body, listed)
            if not following:
                return
            path = local_path(self.connection.url, answer.url, following)

    def clean(self, text: str, length: int = EXCERPT) -> str:
        """Text from outside, safe to show and without the credential."""
        return clean(text, self._secrets.forms(), length)

    def hide(self, secret: t.Any) -> None:
        """Keep a secret from an answer out of every message, in all forms in which it may come back."""
        if isinstance(secret, str) and secret:
            self._secrets.add(secret)

    def affords(self, writes: int) -> AccessError | None:
        """Why this many requests exceed the rate limit even after a wait; None if they do not."""
        quota = self.quota
        if quota is None or quota.reset_at is None or writes <= quota.remaining:
            return None
        wait = max(0.0, quota.reset_at - self._clock())
        if quota.limit and quota.window:
            wait += quota.window * ((writes - quota.remaining - 1) // quota.limit)
        if wait <= self.budget.left:
            return None
        left = f"{quota.remaining} request{'' if quota.remaining == 1 else 's'}"
        of = f" of {quota.limit}" if quota.limit else ""
        return AccessError(
            errors.RATE_LIMITED,
            f"{self.connection.name} has {left}{of} left and {writes} {'is' if writes == 1 else 'are'} needed, "
            f"which takes a wait of {wait:.0f} s, but {option('max_wait')} leaves {self.budget.left:.0f} s.",
            hint=f"Run again after the limit resets at {utc(quota.reset_at - self._clock())}.",
            request=Request(retry_after=wait),
        )

    def api(self) -> dict[str, t.Any]:
        """The cost of the task, in the public form."""
        told: dict[str, t.Any] = {"requests": self.requests, "waited": round(self.budget.spent, 1)}
        if self.quota:
            told["rate_limit_remaining"] = self.quota.remaining
        return told

    def _await_turn(self, method: str, path: str) -> None:
        """Wait until a pause is over and the rate limit allows a request; refuse if no time is left."""
        self.budget.rest()
        quota = self.quota
        if quota and quota.remaining <= 0 and quota.reset_at is not None:
            wait = quota.reset_at - self._clock()
            if wait > 0 and not self.budget.pause(wait):
                spent = AccessError(
                    errors.RATE_LIMITED,
                    f"The request limit of {self.connection.name} is used up.",
                    method=method,
                    path=shown_path(path, self.clean),
                )
                raise self._over_budget(spent, wait)
            self.budget.rest()
        if self._stopped:
            raise AccessError(
                errors.TIMEOUT,
                "The run was ended before this was sent.",
                hint="Run again.",
                method=method,
                path=shown_path(path, self.clean),
            )
        if self.budget.patience <= 0:
            raise AccessError(
                errors.TIMEOUT,
                f"Failures of {self.connection.name} used up {option('max_wait')} ({self.connection.max_wait:g} s), "
                "so the rest was not attempted.",
                hint="Run again when the service works again; nothing is done twice.",
                method=method,
                path=shown_path(path, self.clean),
            )

    def _over_budget(self, error: AccessError, delay: float) -> AccessError:
        """The same error, with the time of the next possible attempt."""
        if not error.request.retry_after and error.code != errors.RATE_LIMITED:
            return error
        return error.hinted(
            f"The next attempt is allowed at {utc(delay)}, {delay:.0f} s from now, but {option('max_wait')} leaves "
            f"{self.budget.left:.0f} s. Run again then, or raise {option('max_wait')}."
        )

    def _send(self, method: str, path: str, body: t.Any) -> Answer:
        """One attempt."""
        call, attempt = Call(self.connection, method, path, self.clean), Attempt()
        try:
            response = self._exchange.send(attempt, method, path, body, self.budget.patience)
        except Exception as fault:  # noqa: BLE001
            raise call.broken(fault, attempt.begun) from None
        server_time = http_date(response.headers.get("Date")) or time.time()
        self.quota = quota_from(response.headers, server_time, self._clock()) or self.quota
        if not 200 <= response.status < 300:
            raise call.unsuccessful(response, server_time, self._reset_in())
        try:
            text = text_of(response.content)
            body = decode(text) if response.content.strip() else None
        except ValueError:
            raise call.undecodable(response) from None
        as_it_is = self.connection.verbatim or is_harmless_json(text)
        data = body if as_it_is else _as_data(body)
        return Answer(response.status, data, response.url, response.headers)

    def _reset_in(self) -> float | None:
        """Seconds until the rate limit resets, None if the service does not say."""
        if self.quota is None or self.quota.reset_at is None:
            return None
        return max(0.0, self.quota.reset_at - self._clock())


def _as_data(body: t.Any) -> t.Any:
    """A body with every text in it harmless. Links to other pages are followed, not shown, so they stay as they are."""
    if isinstance(body, dict) and "links" in body:
        return {**harmless({key: value for key, value in body.items() if key != "links"}), "links": body["links"]}
    return harmless(body)
