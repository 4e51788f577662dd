# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of the control node, and the memory in them: whatever stands where they should."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from ansible_collections.honeyops.access.plugins.plugin_utils._files import locked, make_folder
from ansible_collections.honeyops.access.plugins.plugin_utils._memory.files import FileStore
from ansible_collections.honeyops.access.plugins.plugin_utils._memory.store import Unusable

TEAM = "https://api.example.com:443/team"
ENTRIES = {"ada@example.com": {"id": "a", "role": "member", "invited_at": None}}


def test_folders_are_for_their_owner_only(tmp_path: Path) -> None:
    old = os.umask(0o022)
    try:
        make_folder(tmp_path / "a" / "b" / "c")
    finally:
        os.umask(old)
    made = [tmp_path / "a", tmp_path / "a" / "b", tmp_path / "a" / "b" / "c"]
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in made] == [0o700] * 3
    make_folder(made[-1])
    (made[-1] / "file").touch()
    for path in (made[-1] / "file", made[-1] / "file" / "below"):
        with pytest.raises(OSError, match=r"exists|Not a directory"):
            make_folder(path)


@pytest.mark.parametrize("name", ["memory", ".lock"])
def test_a_pipe_in_place_of_a_file_holds_nobody_up(tmp_path: Path, name: str) -> None:
    store = FileStore(str(tmp_path), "honeycomb")
    store.save(TEAM, ENTRIES, {})
    path = next(tmp_path.glob("*.json")) if name == "memory" else tmp_path / name
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(Unusable, match=f"{path} is not a file"):
        store.save(TEAM, {}, ENTRIES)


def test_a_lock_that_nobody_gives_back(tmp_path: Path) -> None:
    with locked(tmp_path / ".lock"), pytest.raises(Unusable, match=r"did not give back .*\.lock within 0.1 s\."):
        FileStore(str(tmp_path), "honeycomb", patience=0.1).save(TEAM, ENTRIES, {})
