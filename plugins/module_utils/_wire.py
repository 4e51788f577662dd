# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The text in requests and answers: checked, decoded, cleaned. No I/O.

This file is private to the collection.
"""

from __future__ import annotations

import base64
import calendar
import email.utils
import ipaddress
import json
import math
import re
import time
import typing as t
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from . import _errors as errors
from ._errors import ACCEPTED, AccessError, Request

DEEPEST = 50  # levels of a document; the services' have five
EXCERPT = 160  # characters shown of what a service says
LONGEST = 1e9  # seconds; the functions that wait cannot take many more
LONGEST_ID = 500  # characters; the services' have 64 or fewer
READ = 4000  # characters read for an excerpt
SURROGATES = r"[\ud800-\udfff]"


def check_url(url: str) -> str:
    """Return the base address without a trailing slash, or raise ``insecure_url`` or ``validation``."""
    try:
        parts = urlsplit(url.strip())
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    odd = parts.query or parts.fragment or "@" in parts.netloc or re.search(r"\s", url.strip())
    if parts.scheme not in ("http", "https") or not host or odd:
        raise AccessError(
            errors.VALIDATION,
            "api_url is not the address of a service.",
            hint="Give scheme and host, and nothing secret, as in https://api.example.com.",
        )
    if parts.scheme == "http" and not is_loopback(host):
        raise AccessError(
            errors.INSECURE_URL,
            f"api_url {url.strip()} would send the credential in clear text.",
            hint="Use https. Plain http is allowed for loopback addresses only.",
        )
    return url.strip().rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, without a name lookup."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_secret(name: str, value: str) -> str:
    """Return a credential that is safe in a header, or raise ``invalid_key`` without quoting it."""
    if not value or not all("!" <= char <= "~" for char in value):
        raise AccessError(
            errors.INVALID_KEY,
            f"{name} is empty, or contains white space, a line break or a character outside ASCII.",
            hint="Copy it again, without the line break that a file or an editor adds at the end.",
        )
    return value


def check_number(option: str, value: float, least: float, most: float = LONGEST) -> float:
    """Return a number within bounds, or raise ``validation``, also for NaN."""
    if not least <= value <= most:
        bound = "" if most == math.inf else f", at most {most:.0f}"
        raise AccessError(errors.VALIDATION, f"{option} is out of range.", hint=f"Give {least:g} or more{bound}.")
    return value


def check_id(value: t.Any) -> str:
    """Return an id as text, or raise ``validation`` for one that is none or would leave its place in a path."""
    text = str(value)
    if not text or len(text) > LONGEST_ID or ".." in text or text == "." or not text.isprintable():
        raise AccessError(
            errors.VALIDATION, f"{text[:40]!r} is not an id.", hint="Copy the id unchanged from the service."
        )
    return text


def segment(value: t.Any) -> str:
    """An id as one percent-encoded part of a path."""
    return quote(check_id(value), safe="")


def secret_forms(secret: str) -> list[str]:
    """Every form in which a credential may occur in text, the longest first."""
    coded = [
        encode(form.encode("utf-8", "replace")).decode()
        for form in (secret, secret + ":", ":" + secret)
        for encode in (base64.b64encode, base64.urlsafe_b64encode)
    ]
    urls = (quote(secret, safe=safe, errors="replace") for safe in ("/", ""))
    plain = (secret, *urls, json.dumps(secret)[1:-1])
    return sorted({*plain, *coded, *(form.rstrip("=") for form in coded)}, key=len, reverse=True)


@dataclass(frozen=True)
class Quota:
    """The rate limit of the service: requests left, of how many, monotonic time of the reset, window in seconds."""

    remaining: int
    limit: int | None
    reset_at: float | None
    window: float | None


def quota_from(headers: t.Mapping[str, str], server_time: float, now: float) -> Quota | None:
    """The rate limit in the headers; ``server_time`` is the clock of the service, ``now`` the monotonic one.

    Honeycomb's ``RateLimit`` counts seconds to the reset. Honeybadger's ``X-RateLimit-Reset`` is a Unix time, and its
    window is an hour.
    """
    told = dict(re.findall(r"(limit|remaining|reset)\s*=\s*(\d+)", headers.get("RateLimit", "")))
    remaining = number(headers.get("X-RateLimit-Remaining") or told.get("remaining"))
    if remaining is None:
        return None
    reset_in = number(told.get("reset"))
    epoch = number(headers.get("X-RateLimit-Reset"))
    if epoch is not None:
        reset_in = max(0, epoch - int(server_time))
    limit = number(headers.get("X-RateLimit-Limit") or told.get("limit"))
    window = re.search(r";\s*w=(\d{1,9})", headers.get("RateLimit-Policy", ""))
    return Quota(
        remaining,
        limit,
        None if reset_in is None else now + reset_in,
        float(window.group(1)) if window else (3600.0 if epoch is not None else None),
    )


def next_link(page: t.Any, path: str) -> str:
    """The link to the next page; empty if it is missing or null, which means that this is the last page."""
    links = page.get("links") if isinstance(page, dict) else None
    following = links.get("next") if isinstance(links, dict) else links or None
    if following is None:
        return ""
    if isinstance(links, dict) and isinstance(following, str):
        return following
    raise AccessError(
        errors.BAD_RESPONSE,
        f"The next page of the list GET {path} is not a link, so the rest of the list cannot be read.",
        hint="Check api_url, and whether a proxy is in between.",
        method="GET",
        path=path,
        request=Request(ACCEPTED),
    )


def local_path(base: str, current: str, link: str) -> str:
    """The path of a link, relative to the base address, whatever origin the link has."""
    prefix = urlsplit(base).path
    try:
        parts = urlsplit(urljoin(current, link))
    except ValueError:
        raise AccessError(
            errors.BAD_RESPONSE, "The address of the next page of a list is not valid.", hint="Check api_url."
        ) from None
    path = parts.path
    if prefix and path.startswith(prefix + "/"):
        path = path[len(prefix) :]
    # Without the slash, "x:@example.com/" after the base address would name a host.
    return "/" + path.lstrip("/") + ("?" + parts.query if parts.query else "")


def clean(text: str, secrets: t.Iterable[str], length: int = EXCERPT) -> str:
    """Text from outside made safe to show: no secret, no markup, one short line."""
    for form in sorted(secrets, key=len, reverse=True):
        text = text.replace(form, "***")
    # Cut only now, or a part of a secret could be left; but before the next line, which takes quadratic time.
    text = re.sub(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", " ", text[:READ], flags=re.DOTALL | re.IGNORECASE)
    text = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return text if len(text) <= length else text[: length - 1] + "…"


def describe(payload: t.Any, depth: int = 9) -> str:
    """The text in an error body, in any of the forms that the services use, which nest no deeper than ``depth``."""
    if isinstance(payload, str):
        return payload
    if isinstance(payload, list) and depth:
        return "; ".join(filter(None, (describe(item, depth - 1) for item in payload)))
    if not isinstance(payload, dict) or not depth:
        return ""
    if payload.get("field"):
        return f"{payload['field']}: {payload.get('description') or payload.get('code') or 'invalid'}"
    known = [
        payload[key] for key in ("errors", "error", "title", "detail", "type_detail", "message") if payload.get(key)
    ]
    if known:
        return "; ".join(dict.fromkeys(filter(None, (describe(value, depth - 1) for value in known))))
    return "; ".join(
        f"{key}: {text}" for key, text in ((key, describe(value, depth - 1)) for key, value in payload.items()) if text
    )


def decode(content: bytes) -> t.Any:
    """A decoded body; ValueError for anything that is not JSON, or nests too deeply for Ansible to pass on.

    Half a surrogate pair is legal JSON, but Ansible cannot pass it on, so U+FFFD replaces it.
    """
    text = content.decode(json.detect_encoding(content), "surrogatepass")
    try:
        document = json.loads(text)
    except RecursionError:
        raise ValueError from None
    level: list[t.Iterable[t.Any]] = [[document]]
    for _depth in range(DEEPEST):
        level = [
            item.values() if isinstance(item, dict) else item
            for items in level
            for item in items
            if isinstance(item, (dict, list))
        ]
        if not level:
            return _whole(document) if re.search(SURROGATES + r"|\\u[dD][89a-fA-F]", text) else document
    raise ValueError


def _whole(value: t.Any) -> t.Any:
    """The same document without halves of surrogate pairs."""
    if isinstance(value, str):
        return re.sub(SURROGATES, "\ufffd", value)
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {_whole(key): _whole(item) for key, item in value.items()}
    return value


def json_or_none(content: bytes) -> t.Any:
    """A decoded body, None for anything else."""
    try:
        return decode(content)
    except ValueError:
        return None


def number(text: str | None) -> int | None:
    """A whole number from a header, None for anything else."""
    return int(text) if text and re.fullmatch(r"\s*\d{1,12}\s*", text, re.ASCII) else None


def http_date(text: str | None) -> float | None:
    """Unix time of an HTTP date, None for anything else."""
    parsed = email.utils.parsedate_tz(text) if text else None
    try:
        return calendar.timegm((*parsed[:6], 0, 1, 0)) - (parsed[9] or 0) if parsed else None
    except (ValueError, OverflowError):
        return None


def retry_after(text: str | None, server_time: float) -> float | None:
    """Seconds from ``Retry-After`` in either form; a date is compared with the clock of the server."""
    seconds = number(text)
    if seconds is not None:
        return float(seconds)
    date = http_date(text)
    return None if date is None else max(0.0, date - server_time)


def utc(seconds_from_now: float) -> str:
    """A time as text, for messages."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + max(0.0, seconds_from_now)))
