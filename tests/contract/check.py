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
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import yaml
from openapi_core import Config, OpenAPI
from openapi_core.templating.paths.exceptions import PathError
from openapi_core.testing import MockRequest, MockResponse

HERE = Path(__file__).parent
SERVICES = ("honeycomb", "honeybadger")


def document(service: str) -> Any:
    """The contract of a service, as it is written."""
    if service not in SERVICES:
        raise ValueError(f"no contract for {service!r}")
    return yaml.safe_load((HERE / f"{service}.openapi.yaml").read_text(encoding="utf-8"))


@cache
def contract(service: str) -> OpenAPI:
    """The contract of a service, itself checked against the OpenAPI schema."""
    more = ("application/problem+json", "application/vnd.api+json")
    config = Config(extra_media_type_deserializers=dict.fromkeys(more, json.loads))
    return OpenAPI.from_dict(document(service), config=config)


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
        response = MockResponse(_bytes(body), status, {**(headers or {})}, _media_type(headers))
        errors = list(self._contract.iter_response_errors(request, response))
        if any(isinstance(error, PathError) for error in errors):
            return []
        found = [*self._told(f"{status} to {method}", url, errors)]
        if status == 204 and body:
            found.append(f"{self.service}: 204 to {method} {urlsplit(url).path}: has a body")
        return found

    def _request(
        self, method: str, url: str, headers: Mapping[str, str] | None, body: bytes | str | None
    ) -> MockRequest:
        parts = urlsplit(url)
        return MockRequest(
            self._origin,
            method,
            parts.path.rstrip("/"),
            args=dict(parse_qsl(parts.query)),
            headers={**(headers or {})},
            data=_bytes(body),
            content_type=_media_type(headers),
        )

    def _told(self, about: str, url: str, errors: Iterable[Exception]) -> Iterator[str]:
        for error in errors:
            for reason in _reasons(error):
                yield f"{self.service}: {about} {urlsplit(url).path}: {reason}"


def _bytes(body: bytes | str | None) -> bytes:
    return body.encode() if isinstance(body, str) else body or b""


def _media_type(headers: Mapping[str, str] | None) -> str:
    return next((value for name, value in (headers or {}).items() if name.lower() == "content-type"), "")


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
