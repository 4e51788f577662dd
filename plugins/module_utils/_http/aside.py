# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls that somebody else waits for.

This file is private to the collection.
"""

from __future__ import annotations

import queue
import threading
import typing as t

Box = queue.SimpleQueue[tuple[t.Any, t.Optional[BaseException]]]
"""Where the value or the fault of a call comes out, once."""


def aside(call: t.Callable[[], t.Any]) -> Box:
    """Make a call in a thread of its own. If nobody waits for it any more, it ends with the process."""
    box: Box = queue.SimpleQueue()

    def run() -> None:
        try:
            box.put((call(), None))
        except BaseException as fault:  # noqa: BLE001
            box.put((None, fault))

    threading.Thread(target=run, daemon=True).start()
    return box
