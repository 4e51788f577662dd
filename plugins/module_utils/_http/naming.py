# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options in messages: a message marks the option that it is about, and each door shows its own name for it. No I/O.

A module has ``max_removals``, the role ``lifecycle_max_removals``. No text from outside can have a mark, since such texts
are cleaned of control characters. This file is private to the collection.
"""

from __future__ import annotations

import re
import typing as t

from .outside import each_text

_MARKED = re.compile("\x0e([a-z_]+)\x0f")


def option(name: str) -> str:
    """The mark for an option of this name, for a message."""
    return f"\x0e{name}\x0f"


def worded(value: t.Any, name: t.Callable[[str], str] = str) -> t.Any:
    """The value with ``name(option)`` in place of each mark in its texts; without ``name``, the option as modules call it."""
    return each_text(value, lambda text: worded_text(text, name))


def worded_text(text: str, name: t.Callable[[str], str] = str) -> str:
    """The same for one text."""
    return _MARKED.sub(lambda found: name(found[1]), text) if "\x0e" in text else text
