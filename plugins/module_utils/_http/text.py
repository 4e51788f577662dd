# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The text in requests and answers: checked, decoded, cleaned. No I/O.

This file is private to the collection.
"""

from __future__ import annotations

import base64
import itertools
import json
import math
import re
import threading
import typing as t
from urllib.parse import quote

from .outside import armoured_text, shown

DEEPEST = 50  # levels of a document; the services' have five
NESTING = frozenset((dict, list))
EXCERPT = 160  # characters shown of what a service says
READ = 4000  # characters read for an excerpt
SURROGATES = r"[\ud800-\udfff]"
SHORTEST_SECRET = 4  # characters; no service has shorter ones
SECRET_KEYS = frozenset(("token", "secret"))
"""Keys of an answer whose text is never shown: with its token, anybody could accept an invitation."""
MAX_QUOTED = 1500  # characters that are shown of a message of Ansible's own

_MAY_BE_HALF = re.compile(SURROGATES + r"|\\u[dD][89a-fA-F]")
_ANSWERED = re.compile(rf"""(["'](?:{"|".join(sorted(SECRET_KEYS))})\\*["']\s*:\s*\\*["'])[^"'\\]*""")


def secret_forms(*secrets: str) -> list[str]:
    """Every form in which these credentials may occur in text, the longest first."""
    return sorted({form for secret in secrets for form in _forms(secret)}, key=len, reverse=True)


def _forms(secret: str) -> set[str]:
    coded = [
        encode(form.encode("utf-8", "replace")).decode()
        for form in (secret, secret + ":", ":" + secret)
        for encode in (base64.b64encode, base64.urlsafe_b64encode)
    ]
    urls = (quote(secret, safe=safe, errors="replace") for safe in ("/", ""))
    plain = (secret, *urls, json.dumps(secret)[1:-1])
    return {*plain, *coded, *(form.rstrip("=") for form in coded)}


def is_maskable(secret: str) -> bool:
    """Whether a credential is masked: one that is blank, or of a few characters, would spoil every sentence."""
    return len(secret.strip()) >= SHORTEST_SECRET


class Secrets:
    """What is never to be shown. Safe to use from several threads."""

    def __init__(self, *secrets: str) -> None:
        self._new = list(secrets)
        self._forms: list[str] = []
        self._lock = threading.Lock()

    def add(self, secret: str) -> None:
        """Add a secret. Its forms are made only when there is a text to clean, since a list may have 100,000."""
        with self._lock:
            self._new.append(secret)

    def forms(self) -> list[str]:
        """Every form of every secret, the longest first."""
        with self._lock:
            if self._new:
                found = {*self._forms, *secret_forms(*self._new)}
                self._new, self._forms = [], sorted(found, key=len, reverse=True)
            return self._forms


def without(text: str, secrets: t.Iterable[str]) -> str:
    """The text without these forms of secrets, of which the longest come first."""
    for form in secrets:
        text = text.replace(form, "***")
    return text


def clean(text: str, secrets: t.Iterable[str], length: int = EXCERPT) -> str:
    """Text from outside made safe to show: no secret, no markup, no template, one short line."""
    text = _ANSWERED.sub(r"\1***", without(text, secrets))
    # Cut only now, or a part of a secret could be left; but before the next line, which takes quadratic time.
    text = re.sub(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", " ", text[:READ], flags=re.DOTALL | re.IGNORECASE)
    # Prose has no use for what only a newer Python could print, or for joiners within emoji.
    text = "".join(char if char.isprintable() else " " for char in shown(text, " "))
    text = armoured_text(" ".join(text.split()))
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
        f"{key}: {'***' if key in SECRET_KEYS else text}"
        for key, text in ((key, describe(value, depth - 1)) for key, value in payload.items())
        if text
    )


def text_of(content: bytes) -> str:
    """A JSON document as text."""
    return content.decode(json.detect_encoding(content), "surrogatepass")


def decode(text: str) -> t.Any:
    """The document in a text; ValueError for anything that is not JSON, or nests too deeply for Ansible to pass on.

    Half a surrogate pair is legal JSON, but Ansible cannot pass it on, so U+FFFD replaces it.
    """
    try:
        document = json.loads(text, parse_float=_finite, parse_constant=_finite)
    except RecursionError:
        raise ValueError from None
    level: list[t.Iterable[t.Any]] = [[document]]
    for _depth in range(DEEPEST):
        level = [
            item.values() if isinstance(item, dict) else item
            for item in itertools.chain.from_iterable(level)
            if type(item) in NESTING
        ]
        if not level:
            return _whole(document) if _MAY_BE_HALF.search(text) else document
    raise ValueError


def _finite(text: str) -> float:
    """A number; NaN and infinity are none, neither by their names, which JSON does not have, nor as 1e999."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError
    return number


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
        return decode(text_of(content))
    except ValueError:
        return None
