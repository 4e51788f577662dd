# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A directory that is read over HTTP: signing in, requests, and pages to the end.

This file is private to the collection.
"""

from __future__ import annotations

import time
import typing as t
from base64 import b64encode
from urllib.parse import quote, urljoin, urlsplit

from ...module_utils._http.address import local_path
from ...module_utils._http.answers import Shape
from ...module_utils._http.client import Answer, Client
from ...module_utils._http.connection import REQUESTS_IMPORT_ERROR
from ...module_utils._http.errors import (
    BAD_RESPONSE,
    FORBIDDEN,
    INVALID_KEY,
    NOT_FOUND,
    REDIRECT_REFUSED,
    VALIDATION,
    AccessError,
)
from ...module_utils._http.options import check_secret, client_of
from .settings import Credentials, Settings

Record = dict[str, t.Any]
EARLY = 15.0  # seconds before its end at which a token is replaced: no request takes that long to arrive


class Header:
    """Adds fixed headers to a request. An object, since ``requests`` lets ``~/.netrc`` override plain headers."""

    def __init__(self, headers: t.Mapping[str, str]) -> None:
        self.headers = dict(headers)

    def __call__(self, request: t.Any) -> t.Any:
        request.headers.update(self.headers)
        return request


class Form:
    """Makes a form of a request's body, which is how a client signs in (RFC 6749, 4.4)."""

    def __init__(self, fields: t.Mapping[str, str]) -> None:
        self._fields = dict(fields)

    def __call__(self, request: t.Any) -> t.Any:
        request.prepare_body(self._fields, None)
        return request


class Web:
    """The requests to one directory. ``headers`` are sent with each, besides the credential."""

    def __init__(
        self,
        settings: Settings,
        credentials: Credentials,
        *,
        scheme: str = "Bearer",
        sign_in: str = "",
        scope: str = "",
        media_type: str = "application/json",
        headers: t.Mapping[str, str] | None = None,
    ) -> None:
        """``sign_in`` is the address that gives a token to a client, ``scope`` what the token is to be for."""
        self.title = settings.info.title
        if REQUESTS_IMPORT_ERROR:
            raise AccessError(
                VALIDATION,
                f"Reading {self.title} needs the Python library requests, which Ansible's own Python does not have.",
                hint="Install it there: python3 -m pip install requests",
            )
        self._settings = settings
        self._scheme = scheme
        self._header = Header(headers or {})
        self._until = float("inf")
        self._sign_in: tuple[Client, str] | None = None
        if credentials.token:
            self._use(credentials.token)
        elif credentials.client_id and credentials.client_secret:
            self._sign_in = self._login(credentials, sign_in, scope)
            self._until = 0.0
        self.client = self._client(settings.url, self._header, credentials.secrets[0], media_type)
        for secret in credentials.secrets[1:]:
            self.client.hide(secret)

    def basic(self, user: str, password: str) -> None:
        """Sign in with a name and a password in each request."""
        self._header.headers["Authorization"] = "Basic " + b64encode(f"{user}:{password}".encode()).decode()

    def get(self, path: str, what: str) -> Answer:
        """The answer to a GET. ``what`` says in an error what was being read, such as ``group Platform, page 2``."""
        self._renew()
        try:
            return self.client.request("GET", path)
        except AccessError as error:
            raise self.explained(error, what) from None

    def find(self, path: str, what: str) -> Answer | None:
        """The answer to a GET, None if there is nothing at that path."""
        try:
            return self.get(path, what)
        except AccessError as error:
            if error.code == NOT_FOUND:
                return None
            raise

    def group(self, named: t.Any, path: str, asked: str) -> t.Any:
        """The record of a group: the one of that name, or the one at a path that has its id; refused if there is neither."""
        if named is None:
            answer = self.find(path, f"group {asked}")
            named = answer.body if answer else None
        if named is None:
            raise no_group(self.title, asked)
        return named

    def records(
        self,
        path: str | None,
        what: str,
        items: t.Callable[[t.Any, Shape], t.Any],
        following: t.Callable[[Answer, int, int], str | None],
    ) -> t.Iterator[Record]:
        """All records of a list, page after page.

        ``items`` takes them from a body; ``following`` gives the path of the next page for an answer, its number of
        records and the number read so far, None after the last one.
        """
        seen: set[str] = set()
        page = read = 0
        while path is not None:
            page += 1
            where = f"{what}, page {page}"
            if path in seen:
                raise self.lie(f"the next page of {where} is a page that was read already")
            seen.add(path)
            answer = self.get(path, where)
            shape = self.shape(path)
            records = shape.must(items(answer.body, shape), list)
            for record in records:
                yield shape.must(record, dict)
            read += len(records)
            path = following(answer, len(records), read)

    def linked(self, answer: Answer, link: str | None) -> str | None:
        """The path that a link to the next page leads to. A link to another origin is refused."""
        if link is None:
            return None
        target, own = urlsplit(urljoin(answer.url, link)), urlsplit(self.client.connection.url)
        if (target.scheme, target.netloc.lower()) != (own.scheme, own.netloc.lower()):
            raise AccessError(
                REDIRECT_REFUSED,
                f"The next page of a list of {self.title} is at another address than the directory, and is not read.",
                hint="Set url to the address that the directory itself uses in its links.",
            )
        return local_path(self.client.connection.url, answer.url, link)

    def shape(self, path: str) -> Shape:
        """Checks answers of this directory."""
        return Shape(self.title, "GET", path.partition("?")[0])

    def lie(self, what: str, hint: str = "Run again; if it stays so, ask those who run the directory.") -> AccessError:
        """The error for an answer that contradicts itself or another one."""
        return AccessError(BAD_RESPONSE, f"{self.title} cannot be believed: {what}.", hint=hint)

    def api(self) -> dict[str, t.Any]:
        """What the read cost."""
        told = self.client.api()
        if self._sign_in:
            told["requests"] += self._sign_in[0].requests
        return told

    def close(self) -> None:
        """Nothing: the connections end with their client."""

    def explained(self, error: AccessError, what: str) -> AccessError:
        """The same error with what was being read."""
        error.msg = f"{error.msg.rstrip('.')} (reading {what})."
        if error.code == FORBIDDEN and not error.hint:
            error.hint = f"Give the credential the permissions that the guide names for {self.title}."
        if error.code == INVALID_KEY:
            error.hint = "Check the credential of the directory: it is wrong, has ended, or is of another one."
        return error

    def _client(self, url: str, auth: t.Any, secret: str, media_type: str = "application/json") -> Client:
        settings = self._settings
        options = {
            "api_url": url,
            "validate_certs": settings.verify is not False,
            "ca_path": settings.verify if isinstance(settings.verify, str) else None,
            "request_timeout": settings.request_timeout,
            "max_wait": settings.max_wait,
        }
        try:
            return client_of(self.title, options, auth, secret, media_type)
        except AccessError as error:
            raise self.explained(error, "the settings") from None

    def _login(self, credentials: Credentials, sign_in: str, scope: str) -> tuple[Client, str]:
        fields = {
            "grant_type": "client_credentials",
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret,
            **({"scope": scope} if scope else {}),
        }
        parts = urlsplit(sign_in)
        return self._client(f"{parts.scheme}://{parts.netloc}", Form(fields), credentials.client_secret), parts.path

    def _renew(self) -> None:
        """Sign in if there is no token, or it is about to end."""
        if self._sign_in is None or time.monotonic() < self._until - EARLY:
            return
        client, path = self._sign_in
        try:
            body = client.request("POST", path).body
        except AccessError as error:
            if error.status in (400, 401):
                error.code = INVALID_KEY
            raise self.explained(error, "the token of the client") from None
        told = Shape(self.title, "POST", path).must(body, dict)
        token = Shape(self.title, "POST", path).must(told.get("access_token"), str)
        lifetime = told.get("expires_in")
        self._until = time.monotonic() + (float(lifetime) if isinstance(lifetime, (int, float)) else 3600.0)
        self._use(token)

    def _use(self, token: str) -> None:
        self._header.headers["Authorization"] = f"{self._scheme} {check_secret('The token of the directory', token)}"
        if hasattr(self, "client"):
            self.client.hide(token)


def below(url: str, path: str) -> str:
    """The path below the origin at which an API is, unless the address has it already."""
    return "" if url.rstrip("/").endswith(path) else path


def exactly_one(matches: t.Sequence[Record], asked: str, title: str, name: t.Callable[[Record], str]) -> Record | None:
    """The only match, None if there is none; ``validation`` if a name is that of several groups."""
    if len(matches) > 1:
        raise AccessError(
            VALIDATION,
            f"{title} has {len(matches)} groups with the name {asked}: {', '.join(name(match) for match in matches[:5])}.",
            hint="Name the group by its id.",
        )
    return matches[0] if matches else None


def no_group(title: str, asked: str) -> AccessError:
    """The error for a group that the directory does not have, or does not show."""
    return AccessError(
        NOT_FOUND,
        f"{title} has no group {asked}, or does not show it to this credential.",
        hint="Check its name, or name it by its id.",
    )


def parameters(**values: t.Any) -> str:
    """A query, each value percent-encoded; a ``_`` before a name stands for ``$``."""
    return "&".join(
        f"{'$' + name[1:] if name.startswith('_') else name}={quote(str(value), safe='')}"
        for name, value in values.items()
    )
