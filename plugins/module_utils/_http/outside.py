# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text from outside, made harmless: it steers no terminal, begins no line, hides nothing, and is no template. No I/O.

Every text of a service, a directory, a form or a file is data. It is *cleaned* where it enters, and *armoured* wherever it
is published or written for reading back, since Ansible evaluates what it reads from ``-e @FILE`` and ``vars_files``. What
services and directories answer is armoured where it enters, too, so that no result, fact, event or file can have it in
any other form, and that two texts are compared in the same form. This file is private to the collection.
"""

from __future__ import annotations

import re
import typing as t
from collections.abc import Mapping
from functools import lru_cache

BREAKS = "\t-\r\x1c-\x1f\x85\u2028\u2029"  # everything at which a program may begin another line or column
_C0 = "\x00-\x1f"  # escape sequences, as in C1 below
HIDDEN = (
    f"{_C0}\x7f-\x9f"
    "\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u2800\u3164\uffa0"  # nothing to see, but another text
    "\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"  # direction, no width; names need U+200C and U+200D
    "\ufeff\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff"
)
NOT_SHOWN = re.compile(f"[{HIDDEN}]")
"""Every character that no text about a person, a team or a key needs, and that can forge what somebody reads."""

LONGEST_BARE, LONGEST_QUOTED = 60, 200  # characters of a name in a sentence
_SENTENCE = re.compile('[;:,()"\u00b7\u2192]|[.!?] ')
_BREAK = re.compile(f"[{BREAKS}]+")
_TEMPLATE = re.compile(r"\{(?=[{%#]|\Z)|#(?=jinja2:)|\A__(?=ansible_)")
_MARKS_IN_JSON = ("{{", "{%", "{#", "#jinja2:", '"__ansible_')
_ENDS_IN_BRACE = re.compile(r'\{"\s*(?:[],:}]|\Z)')
_ESCAPE = re.compile(r'\\[^"/\\]')
_UNSEEN = re.compile(f"[{HIDDEN.removeprefix(_C0)}]")
REPLACED = "\ufffd"
"""Stands for a character that is not shown: a text that lost a character without a trace could be somebody else's."""


def shown(text: str, instead: str = REPLACED) -> str:
    """The text in one line, without a character that forges what is read. In prose, ``instead`` may be a blank."""
    return NOT_SHOWN.sub(instead, _BREAK.sub(" ", text)) if NOT_SHOWN.search(text) else text


def quoted(name: str) -> str:
    """A name as part of a sentence: in quotes if it has characters that could make it pass for more of the sentence."""
    if len(name) <= LONGEST_BARE and not _SENTENCE.search(name):
        return name
    text = name.replace('"', "'")
    return f'"{text if len(text) <= LONGEST_QUOTED else text[: LONGEST_QUOTED - 1] + "…"}"'


def as_given(text: str) -> str:
    """A text that is not what it should be, for a message: in quotes, and only its beginning if it is long."""
    return repr(text if len(text) <= LONGEST_BARE else f"{text[:LONGEST_BARE]}...")


def armoured_text(text: str) -> str:
    r"""The text with a backslash after what begins a template: ``{\{``, ``{\%``, ``{\#``, ``#\jinja2:``.

    A brace at the end has one, too, so that no template begins where two texts are joined. The header ``#jinja2:`` makes
    other characters begin a template, and a key such as ``__ansible_vault`` makes Ansible read something else than text.
    Doing it twice changes nothing.
    """
    return _TEMPLATE.sub(r"\g<0>\\", text) if _TEMPLATE.search(text) else text


def armoured(value: t.Any) -> t.Any:
    """The value with every text in it armoured, keys too; for all that is published or written for reading back."""
    return each_text(value, armoured_text)


def outward(value: t.Any) -> t.Any:
    """The value with every text in it as an action returns it: armoured, and cleaned line by line."""
    return each_text(value, outward_text)


def outward_text(text: str) -> str:
    """One text, armoured, and cleaned line by line."""
    return armoured_text(shown_lines(text))


def shown_lines(text: str) -> str:
    """The text cleaned, but for line breaks, of which a message of ours has some, as in a list of faults."""
    return "\n".join(shown(line) for line in text.split("\n")) if NOT_SHOWN.search(text) else text


def harmless(value: t.Any) -> t.Any:
    """The value with every text in it cleaned and armoured; for all that services and directories say."""
    return each_text(value, lambda text: armoured_text(shown(text)))


def is_harmless_json(text: str) -> bool:
    """Whether :func:`harmless` changes no text in a JSON document, as it was sent; False if that cannot be told from it.

    A text of JSON has no C0 characters, other than as an escape. Each of these searches takes a fraction of a walk through
    the document.
    """
    return not (
        any(mark in text for mark in _MARKS_IN_JSON)
        or _ENDS_IN_BRACE.search(text)
        or _ESCAPE.search(text)
        or ((not text.isascii() or "\x7f" in text) and _UNSEEN.search(text))
    )


def each_text(value: t.Any, change: t.Callable[[str], str], keys: bool = True) -> t.Any:
    """The value with each text in it changed, ``keys`` too. What is no text, mapping or list stays as it is.

    A text that occurs again, as keys, roles and states do, is changed once.
    """
    return _each_text(value, lru_cache(None, typed=True)(change), keys)


def _each_text(value: t.Any, change: t.Callable[[str], str], keys: bool) -> t.Any:
    if isinstance(value, str):
        return change(value)
    if value is None or isinstance(value, (int, float)):
        return value
    if isinstance(value, (dict, Mapping)):
        return {
            change(key) if keys and isinstance(key, str) else key: _each_text(item, change, keys)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_each_text(item, change, keys) for item in value]
    return value
