# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The people whom a run leaves alone: ``lifecycle_protected`` and ``lifecycle_ignore``.

This file is private to the collection.
"""

from __future__ import annotations

from ...module_utils._access.addresses import check_shown
from ...module_utils._http.errors import AccessError
from .._host.variables import Refused, Variables

PROTECTED, IGNORE = EXEMPTING = ("lifecycle_protected", "lifecycle_ignore")


def exempt(variables: Variables, name: str) -> list[str]:
    """The addresses, and the texts that a service shows in place of one, that a variable has; patterns are refused."""
    return [_checked(name, str(text)) for text in variables.items(name) or ()]


def _checked(name: str, text: str) -> str:
    try:
        return check_shown(text)
    except AccessError as fault:
        raise Refused(f"Nothing was done. {name}: {fault.sentence}") from None
