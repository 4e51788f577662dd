# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""E-mail addresses: checked, and in the form in which they are compared. Pure.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t

from .._http.errors import VALIDATION, AccessError
from .._http.outside import armoured_text


def fold(email: str) -> str:
    """The form in which addresses are compared. It is armoured, as what services say is, and so can be published."""
    return armoured_text(email.strip().casefold())


def few(texts: t.Sequence[str], most: int = 3) -> str:
    """Some texts for a sentence; after the first ones, only their number."""
    rest = len(texts) - most
    return ", ".join(texts[:most]) + (f" and {rest} more" if rest > 0 else "")


def check_email(value: str) -> str:
    """Return the address trimmed and in lower case, or raise ``validation`` with what is wrong."""
    email = value.strip().lower()
    local, at, domain = email.partition("@")
    if not (local and at and domain) or "@" in domain:
        raise AccessError(
            VALIDATION,
            f"{email[:80]!r} is not an e-mail address.",
            hint="Give exactly one @, as in ada@example.com.",
        )
    if " " in email or not email.isprintable():
        raise AccessError(
            VALIDATION,
            f"The e-mail address {email[:80]!r} contains white space or a control character.",
            hint="Remove it.",
        )
    if is_template(email):
        raise AccessError(
            VALIDATION,
            f"The e-mail address {armoured_text(email[:80])!r} looks like a template, and nobody can be invited under it.",
            hint="Give an address without braces.",
        )
    return email


def is_template(text: str) -> bool:
    """Whether Ansible may take a text for a template, or would without its armour."""
    return any(mark in armoured_text(text) for mark in (r"{\{", r"{\%", r"{\#", r"#\jinja2:"))


def check_shown(value: str) -> str:
    """Return an address, or a text that a service may show instead, trimmed and in lower case, or raise ``validation``."""
    text = value.strip().lower()
    shown = text and text.isprintable() and ("@" not in text or is_template(text))
    return armoured_text(text) if shown else check_email(value)
