# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Cells of CSV files that no spreadsheet takes for a formula.

This file is private to the collection.
"""

from __future__ import annotations

import re
from functools import lru_cache

# A semicolon separates cells where the comma is a decimal point. East Asian spreadsheets heed the wide signs, too.
_FORMULA = r"[\s'\"]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]"
_CALCULATES = re.compile(rf"(^|;)({_FORMULA})")
_GUARDED = re.compile(rf"(^|;)'({_FORMULA})")


@lru_cache(maxsize=4096)
def guard_cell(text: str) -> str:
    """The text with a quote before what a spreadsheet would take for a formula."""
    return _CALCULATES.sub(r"\1'\2", text)


def unguard_cell(text: str) -> str:
    """The text without the quotes of :func:`guard_cell`."""
    return _GUARDED.sub(r"\1\2", text)
