# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""People whose address changed in the directory, and under whose old one a service still knows them. Pure.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping

from ...module_utils._access.addresses import fold
from ...module_utils._access.outcome import ByHand
from .._words.names import service, title


def still_shown(key: str, result: Mapping[str, t.Any], renamed: Mapping[str, t.Any]) -> Iterator[ByHand]:
    """What is left to do by hand for each of them. ``renamed``: current address → the earlier ones."""
    current = {fold(str(old)): str(new) for new, others in renamed.items() for old in others}
    for kind in service(key).results if current else ():
        for record in result.get(kind) or ():
            old = fold(str(record.get("email") or ""))
            if old in current:
                text = (
                    f"{title(key)}: It still shows {old} for {current[old]}, whose address changed in the directory. They keep their "
                    "access; only they can change the address, in their own settings."
                )
                yield ByHand(text, (old, fold(current[old])))
