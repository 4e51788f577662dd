# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What services have said in this run that holds throughout it, such as which team a key belongs to.

This file is private to the collection.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import typing as t
from pathlib import Path

from .._files import make_folder


class RunAnswers:
    """The answers of a run, in a folder that lasts as long as the run: Ansible handles each host and task in its own process.

    Requests are there as digests only, so no credential is written down. What cannot be kept is asked again.
    """

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder) / "honeyops.access" / "answers"

    def get(self, request: str, /) -> t.Any:
        """The body of the answer, None if this was not asked yet."""
        with contextlib.suppress(OSError, ValueError):
            return json.loads(self._path(request).read_text(encoding="utf-8"))
        return None

    def __setitem__(self, request: str, body: t.Any, /) -> None:
        """Keep an answer."""
        with contextlib.suppress(OSError):
            make_folder(self._folder)
            self._path(request).write_text(json.dumps(body), encoding="utf-8")

    def _path(self, request: str) -> Path:
        return self._folder / hashlib.sha256(f"{self._folder} {request}".encode()).hexdigest()
