# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Addresses, ids in paths, and links to the next page. No I/O.

This file is private to the collection.
"""

from __future__ import annotations

import ipaddress
import re
import typing as t
from urllib.parse import quote, urljoin, urlsplit

from . import errors
from .errors import ACCEPTED, AccessError, Request
from .naming import option

LONGEST_ID = 500  # characters; the services' have 64 or fewer
NO_ADDRESS = "region other without an address"
"""What AWX's credential types in playbooks/vars/awx give for a region that is "other" and whose address is blank.

Blank would mean the service's own address, to which a key of another region must not go.
"""


def check_url(url: str) -> str:
    """Return the base address without a trailing slash, or raise ``insecure_url`` or ``validation``."""
    if url.strip() == NO_ADDRESS:
        raise AccessError(
            errors.VALIDATION,
            "The region of the credential is other, and its address is blank.",
            hint="Fill in the address, or choose the region US or EU.",
        )
    try:
        parts = urlsplit(url.strip())
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    odd = parts.query or parts.fragment or "@" in parts.netloc or len(url.split()) != 1
    if parts.scheme not in ("http", "https") or not host or odd:
        raise AccessError(
            errors.VALIDATION,
            f"{option('api_url')} is not the address of a service.",
            hint="Give scheme and host, and nothing secret, as in https://api.example.com.",
        )
    if parts.scheme == "http" and not is_loopback(host):
        raise AccessError(
            errors.INSECURE_URL,
            f"{option('api_url')} {url.strip()} would send the credential in clear text.",
            hint="Use https. Plain http is allowed for loopback addresses only.",
        )
    return url.strip().rstrip("/")


def meant(url: str, hosts: t.Mapping[str, str]) -> str:
    """The address with the host that is meant, if its own is one of ``hosts``, which the vendor has for something else."""
    host = urlsplit(url).hostname or ""
    return re.sub(re.escape(host), hosts[host], url, count=1, flags=re.IGNORECASE) if host in hosts else url


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, without a name lookup."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


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
        hint=f"Check {option('api_url')}, and whether a proxy is in between.",
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
            errors.BAD_RESPONSE,
            "The address of the next page of a list is not valid.",
            hint=f"Check {option('api_url')}.",
        ) from None
    path = parts.path
    if prefix and path.startswith(prefix + "/"):
        path = path[len(prefix) :]
    # Without the slash, "x:@example.com/" after the base address would name a host.
    return "/" + path.lstrip("/") + ("?" + parts.query if parts.query else "")
