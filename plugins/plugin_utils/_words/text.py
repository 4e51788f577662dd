# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text from outside, made safe to show.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t

from ...module_utils._http.outside import armoured_text, shown

LONGEST = 1000  # characters of any text from outside


def clean(value: t.Any) -> str:
    """Any value from outside as one line of text that is harmless to show and to write for reading back."""
    text = "" if value is None else str(value)[: 2 * LONGEST]
    return armoured_text(shown(text, " ").strip()[:LONGEST])


def at_most(lines: t.Sequence[str], most: int) -> list[str]:
    """Lines, or so many of them and how many more there are."""
    return [*lines[:most], *([f"and {len(lines) - most} more"] if len(lines) > most else [])]
