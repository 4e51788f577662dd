# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan of a run as a file, which ``-e @FILE`` hands back as the approval.

This file is private to the collection.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import typing as t
from pathlib import Path

from ansible import constants as C

from ...module_utils._http.outside import outward
from .._files import locked, make_folder, read, write


def write_plan(file: str, host: str, plans: t.Mapping[str, t.Any]) -> list[str]:
    """Write the plans of a host beside those of the other hosts of this run; returns warnings if that fails.

    Hosts are handled in separate processes, so what this run has written is kept in its folder until the run ends.
    """
    path = Path(os.path.realpath(os.path.expanduser(file)))
    try:
        folder = Path(C.DEFAULT_LOCAL_TMP) / "honeyops.access"  # type: ignore[attr-defined]
        make_folder(folder)
        kept = folder / f"plan-{hashlib.sha256(str(path).encode()).hexdigest()[:32]}.json"
        with locked(kept.with_suffix(".lock")):
            document: dict[str, t.Any] = {}
            with contextlib.suppress(FileNotFoundError):
                document = json.loads(read(kept))
            document[host] = outward(plans)
            write(kept, json.dumps(document))
            make_folder(path.parent)
            write(path, json.dumps({"access_plan": dict(sorted(document.items()))}, indent=1) + "\n")
    except OSError as error:
        return [f"The plan could not be written to {path}: {error.strerror}. It is also in the artefact access_plan."]
    return []
