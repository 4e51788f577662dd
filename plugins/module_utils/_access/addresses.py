# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""E-mail addresses: read from text, checked, and in the form in which they are compared. Pure.

Nothing else in the collection decides what is an address, or whether two are the same.
This file is private to the collection.
"""

from __future__ import annotations

import re
import typing as t
import unicodedata
from functools import lru_cache

from .._http.errors import VALIDATION, AccessError
from .._http.outside import armoured_text, shown

try:
    import idna
except ImportError:  # requests brings it; without requests, nothing is compared
    HAS_IDNA = False
else:
    HAS_IDNA = True

_PLAIN = re.compile(r"(?!['-])[A-Za-z0-9!#$%&'+/=^_|~.-]+@[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'+/=^_|~.-]+")
_LABEL = re.compile(r"[A-Za-z0-9_-]+")
_PREFIX = re.compile(r"(?:mailto|smtp):", re.IGNORECASE)
_NAMED = re.compile(r"(?P<name>.*\S)\s*<(?P<address>[^<>]*)>", re.DOTALL)
_SEPARATOR = re.compile(r'"[^"]*"|[,;\n]')
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
"""Characters that are letters or marks by category and that nobody sees."""

QUOTES = ('""', "''", "\u201c\u201d", "\u2018\u2019")
SHOWN = 80  # characters of a text in a message
LONGEST = 1000  # characters of an address with a name


class Address(t.NamedTuple):
    """An address in lower case, and the name that stood before it, empty if none did."""

    email: str
    name: str = ""


@lru_cache(maxsize=1 << 16)
def fold(email: str) -> str:
    """The form in which addresses are compared: the local part in lower case (NFC), the domain in its IDNA 2008 form.

    It is armoured, as what services say is, and so can be published.
    """
    text = email.strip()
    return armoured_text(text.lower() if text.isascii() else _folded(text))


def _folded(text: str) -> str:
    local, at, domain = _lower(text).rpartition("@")
    return f"{local}{at}{_encoded(domain) or domain}" if at else domain


def _lower(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower())


@lru_cache(maxsize=4096)
def _encoded(domain: str) -> str | None:
    """The IDNA 2008 form of a domain in lower case, None for what can be no domain."""
    if domain.isascii():
        return domain
    if not HAS_IDNA:
        return None
    try:
        return idna.encode(domain).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return None


def few(texts: t.Sequence[str], most: int = 3) -> str:
    """Some texts for a sentence; after the first ones, only their number."""
    rest = len(texts) - most
    return ", ".join(texts[:most]) + (f" and {rest} more" if rest > 0 else "")


def separated(text: str) -> list[str]:
    """The parts of a pasted list between commas, semicolons and line breaks, trimmed; none is blank.

    In quotes, these are part of a name, as in ``"Lovelace, Ada" <ada@example.com>``.
    """
    parts, start = [], 0
    for found in _SEPARATOR.finditer(text):
        if found[0] in ",;\n":
            parts.append(text[start : found.start()])
            start = found.end()
    return [part.strip() for part in (*parts, text[start:]) if part.strip()]


def parse(text: str) -> list[Address]:
    """Every address in a pasted list, or raise ``validation`` with what is wrong with the first that is none."""
    return [check_address(part) for part in separated(text)] or [check_address(text)]


def check_address(text: str) -> Address:
    """The one address in a text, with the name before it, or raise ``validation`` with what is wrong."""
    bare = text.strip()
    if _PLAIN.fullmatch(bare):
        return Address(bare.lower())
    named = _NAMED.fullmatch(bare) if bare.endswith(">") and len(bare) <= LONGEST else None
    if not named:
        return Address(_bare(bare))
    email, name = _bare(named["address"].strip()), _unquoted(named["name"])
    if fold(name) == fold(email):
        return Address(email)
    if "@" in name:
        raise _refused(bare, "names two addresses", "Give one of them.")
    if not name or not _is_letter(name[0]) or name.endswith(":") or shown(name) != name:
        raise _refused(bare, "has something other than a name before the address", "Give the address alone.")
    return Address(email, name)


def name_before(text: str) -> str:
    """The name that stands before the address in a text, empty if there is none."""
    try:
        return check_address(text).name if "<" in text else ""
    except AccessError:
        return ""


def check_email(value: str) -> str:
    """The one address in a text in lower case, or raise ``validation`` with what is wrong."""
    return check_address(value).email


def check_shown(value: str) -> str:
    """The address in a text, or the text if a service may show it in place of one; or raise ``validation``."""
    text = value.strip().lower()
    if "@" in text and not is_template(text):
        return check_email(value)
    is_text = text.isprintable() and any(map(str.isalnum, text))
    return armoured_text(text) if is_text else check_email(value)


def is_template(text: str) -> bool:
    """Whether Ansible may take a text for a template, or would without its armour."""
    armoured = armoured_text(text)
    return any(mark in armoured for mark in (r"{\{", r"{\%", r"{\#", r"#\jinja2:"))


def key(text: str) -> str:
    """The folded address in a text; a text that is none stays itself, folded."""
    try:
        return fold(check_shown(text))
    except AccessError:
        return fold(text)


def is_address(text: str) -> bool:
    """Whether a text is meant as an address, and not as what a service shows in place of one."""
    return "@" in text


def _bare(text: str) -> str:
    """An address with nothing around it, in lower case, without ``mailto:`` or Active Directory's ``smtp:``."""
    if _PLAIN.fullmatch(text):
        return text.lower()
    email = _lower(_PREFIX.sub("", text, count=1) if _PREFIX.match(text) else text).strip()
    if _PLAIN.fullmatch(email):
        return email
    local, at, domain = email.partition("@")
    if not (local and at and domain) or "@" in domain:
        raise _refused(text, "is not an e-mail address", "Give exactly one @, as in ada@example.com.")
    _check_characters(text, email)
    _check_local(text, local)
    _check_domain(text, domain)
    return email


def _check_characters(text: str, email: str) -> None:
    """Refuse characters that nobody sees, and blanks."""
    unseen = next((char for char in email if _is_unseen(char)), None)
    if unseen and not unseen.isspace():
        code = f"U+{ord(unseen):04X}"
        raise _refused(text, f"contains the invisible or control character {code}", "Remove it.", "The e-mail address ")
    if any(map(str.isspace, email)):
        hint = "Remove it. Separate several addresses by commas or semicolons."
        raise _refused(text, "contains white space", hint, "The e-mail address ")


def _check_local(text: str, local: str) -> None:
    odd = [char for char in local if not (_LOCAL.fullmatch(char) or (not char.isascii() and _is_letter(char)))]
    if odd or local[0] in "'-":
        raise _refused(
            text,
            f"is not an e-mail address: {(odd or [local[0]])[0]} cannot stand there",
            "Give the address alone, as in ada@example.com; patterns are not supported.",
        )


def _check_domain(text: str, domain: str) -> None:
    labels = domain.split(".")
    if not labels[-1] and len(labels) > 1:
        raise _refused(text, "is not an e-mail address: it ends in a dot", "Remove the dot.")
    if len(labels) < 2:
        raise _refused(
            text, "is not an e-mail address: its domain has no dot", "Give the whole domain, as in ada@example.com."
        )
    odd = [char for char in domain if char != "." and not (_LABEL.fullmatch(char) or _is_letter(char))]
    if odd or not all(labels) or (HAS_IDNA and _encoded(domain) is None):
        what = f"{odd[0]} cannot stand in its domain" if odd else "its domain is none"
        raise _refused(text, f"is not an e-mail address: {what}", "Give the address alone, as in ada@example.com.")


def _is_letter(char: str) -> bool:
    return unicodedata.category(char)[0] in "LMN"


def _is_unseen(char: str) -> bool:
    return unicodedata.category(char)[0] == "C" or bool(_UNSEEN.match(char))


def _unquoted(name: str) -> str:
    """A name without the quotes around it."""
    text = name.strip()
    while len(text) > 1 and text[0] + text[-1] in QUOTES:
        text = text[1:-1].strip()
    return text


def _refused(text: str, what: str, hint: str, whose: str = "") -> AccessError:
    return AccessError(VALIDATION, f"{whose}{armoured_text(text[:SHOWN])!r} {what}.", hint=hint)


def names_of(people: t.Iterable[t.Mapping[str, t.Any]]) -> dict[str, str]:
    """The names that people are to be invited with, by folded address; a name before an address is one, too."""
    named = ((person["email"], (person["name"] or "").strip() or name_before(person["email"])) for person in people)
    return {key(email): name for email, name in named if name}
