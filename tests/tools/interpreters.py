# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where Pythons are looked for. pyenv's shims answer for versions that are not selected, so its real folders serve instead."""

from __future__ import annotations

import os
from pathlib import Path


def search_path(*, shims: bool = False) -> list[Path]:
    """The folders of PATH that are not pyenv's shims, or those that are."""
    folders = [Path(folder) for folder in os.environ["PATH"].split(os.pathsep)]
    return [folder for folder in folders if (folder.name == "shims") == shims]


def folders() -> list[Path]:
    """The folders of PATH, then those of pyenv's versions, the newest first."""
    found = search_path()
    for shims in search_path(shims=True):
        found += sorted(shims.parent.glob("versions/*/bin"), reverse=True)
    return found
