# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text from outside, made safe to show.

This file is private to the collection.
"""

from __future__ import annotations

import re
import typing as t

LONGEST = 1000  # characters of any text from outside
NOT_SHOWN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def clean(value: t.Any) -> str:
    """Text from outside without control characters and without marks that change the direction of text."""
    text = "" if value is None else str(value)[: 2 * LONGEST]
    return NOT_SHOWN.sub(" ", text).strip()[:LONGEST]
