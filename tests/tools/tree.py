# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection as git knows it: what is tracked, and what is new and not ignored."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / ".build"
PRELOAD = ROOT / "tests" / "preload"
IN_COLLECTIONS = Path("ansible_collections", "honeyops", "access")


def files() -> list[Path]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    paths = (Path(name) for name in listed.split("\0") if name)
    return sorted(path for path in paths if (ROOT / path).is_file())


def copy(target: Path) -> None:
    """Make the folder ``target`` anew with a copy of the files."""
    shutil.rmtree(target, ignore_errors=True)
    for path in files():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, target / path)


def digest() -> str:
    state = hashlib.sha256()
    for path in files():
        state.update(f"{path}\0".encode())
        state.update((ROOT / path).read_bytes())
    return state.hexdigest()


def link_source() -> Path:
    """Return a folder to import ``ansible_collections.honeyops.access`` from, as it stands in the work tree."""
    source = BUILD / "src"
    link = source / IN_COLLECTIONS
    link.parent.mkdir(parents=True, exist_ok=True)
    try:
        link.symlink_to(ROOT, target_is_directory=True)
    except FileExistsError:
        if link.resolve() != ROOT:
            raise
    return source
