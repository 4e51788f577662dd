# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Holds requests and answers against the OpenAPI files beside this one.

    checker = ContractChecker("honeycomb")
    assert checker.check_request("PUT", url, headers, body) == []
    assert checker.check_response("PUT", url, headers, body, 200, answer_headers, answer_body) == []

Each returns one line of text for every place where the contract is broken. No header is quoted in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import yaml
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.templating.paths.exceptions import PathError
from werkzeug.datastructures import Headers, ImmutableMultiDict

HERE = Path(__file__).parent
SERVICES = ("honeycomb", "honeybadger")


@cache
def contract(service: str) -> OpenAPI:
    """The contract of a service, itself checked against the OpenAPI schema."""
    if service not in SERVICES:
        raise ValueError(f"no contract for {service!r}")
    document = yaml.safe_load((HERE / f"{service}.openapi.yaml").read_text(encoding="utf-8"))
    more = ("application/problem+json", "application/vnd.api+json")
    config = Config(extra_media_type_deserializers=dict.fromkeys(more, json.loads))
    return OpenAPI.from_dict(document, config=config)


@dataclass
class _Request:
    """A request in the form that openapi-core asks for."""

    host_url: str
    method: str
    path: str
    body: bytes | None
    content_type: str
    parameters: RequestParameters


@dataclass
class _Response:
    status_code: int
    content_type: str
    headers: Headers = field(default_factory=Headers)
    data: bytes | None = None


class ContractChecker:
    def __init__(self, service: str) -> None:
        self.service = service
        self._contract = contract(service)
        self._origin = str(self._contract.spec["servers"][0]["url"])

    def check_request(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes | str | None = None
    ) -> list[str]:
        """What is wrong with a request. The host does not matter; the headers must hold the credential."""
        errors = self._contract.iter_request_errors(self._request(method, url, headers, body))
        return [*self._told(method, url, errors)]

    def check_response(
        self,
        method: str,
        url: str,
        request_headers: Mapping[str, str] | None,
        request_body: bytes | str | None,
        status: int,
        headers: Mapping[str, str] | None = None,
        body: bytes | str | None = None,
    ) -> list[str]:
        """What is wrong with the answer to a request. An answer outside the contract's paths is not judged."""
        request = self._request(method, url, request_headers, request_body)
        known = Headers(list((headers or {}).items()))
        response = _Response(status, known.get("Content-Type", ""), known, _bytes(body))
        errors = list(self._contract.iter_response_errors(request, response))
        if any(isinstance(error, PathError) for error in errors):
            return []
        found = [*self._told(f"{status} to {method}", url, errors)]
        if status == 204 and body:
            found.append(f"{self.service}: 204 to {method} {urlsplit(url).path}: has a body")
        return found

    def _request(self, method: str, url: str, headers: Mapping[str, str] | None, body: bytes | str | None) -> _Request:
        parts = urlsplit(url)
        known = Headers(list((headers or {}).items()))
        return _Request(
            host_url=self._origin,
            method=method.lower(),
            path=parts.path.rstrip("/"),
            body=_bytes(body),
            content_type=known.get("Content-Type", ""),
            parameters=RequestParameters(query=ImmutableMultiDict(parse_qsl(parts.query)), header=known),
        )

    def _told(self, about: str, url: str, errors: Iterable[Exception]) -> Iterator[str]:
        for error in errors:
            for reason in _reasons(error):
                yield f"{self.service}: {about} {urlsplit(url).path}: {reason}"


def _bytes(body: bytes | str | None) -> bytes | None:
    return body.encode() if isinstance(body, str) else body


def _reasons(error: BaseException) -> Iterator[str]:
    """The innermost reasons of an error, each with its place in the document."""
    schema_errors: Iterable[Any] = getattr(error, "schema_errors", ())
    if schema_errors:
        for inner in schema_errors:
            place = "/".join(str(part) for part in inner.absolute_path)
            yield f"{json.dumps(place)} {inner.message}"
    elif error.__cause__ is not None:
        yield from _reasons(error.__cause__)
    else:
        yield f"{type(error).__name__} {error}"
