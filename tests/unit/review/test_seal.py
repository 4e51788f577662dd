# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever is done to evidence that was kept is found, and named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ansible_collections.honeyops.access.plugins.plugin_utils._host.seal import (
    Broken,
    check_folder,
    faults,
    is_sealed,
    keep,
    sealed,
)

AT = "2026-03-09T08:30:00Z"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    keep(tmp_path, {"a": {".json": json.dumps(sealed({"who": "Ada\u00e4"})), ".txt": "Ada\n"}}, AT)
    keep(tmp_path, {"b": {".json": json.dumps(sealed({"who": "Bob"}))}}, AT)
    return tmp_path


def test_what_was_not_touched_has_no_fault(folder: Path) -> None:
    assert faults(folder) == []
    assert [entry["file"] for entry in json.loads((folder / "index.json").read_text())["entries"]] == [
        *("a.json", "a.txt", "b.json")
    ]


def test_a_changed_byte_in_any_file_is_found(folder: Path) -> None:
    """Each byte of each file in turn, that of the index too."""
    for path in sorted(folder.glob("[!.]*")):
        data = path.read_bytes()
        for place in range(len(data)):
            path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
            found = faults(folder)
            assert found, (path.name, place)
            assert any(path.name in fault for fault in found)
        path.write_bytes(data)
    assert faults(folder) == []


def test_a_file_that_is_missing_or_added_is_found(folder: Path) -> None:
    (folder / "a.txt").rename(folder / "c.txt")
    assert faults(folder) == [
        "a.txt is missing.",
        "c.txt is not in index.json: it was added, or its run was stopped.",
    ]


def test_an_entry_that_was_taken_out_breaks_the_chain(folder: Path) -> None:
    index = folder / "index.json"
    document = json.loads(index.read_text())
    del document["entries"][1]
    index.write_text(json.dumps(document))
    (folder / "a.txt").unlink()
    assert "before its entry 2, b.json" in faults(folder)[0]
    with pytest.raises(Broken):
        keep(folder, {"d": {".json": "{}"}}, AT)
    assert not (folder / "d.json").exists()


def test_nothing_is_written_over(folder: Path) -> None:
    keep(folder, {"a": {".json": "{}", ".txt": "Another\n"}}, AT)
    assert sorted(path.name for path in folder.glob("a*")) == ["a-2.json", "a-2.txt", "a.json", "a.txt"]
    assert ((folder / "a.txt").read_text(), faults(folder)) == ("Ada\n", [])


def test_a_folder_that_cannot_take_evidence_is_found_before(folder: Path, tmp_path: Path) -> None:
    check_folder(tmp_path / "new" / "place")
    assert faults(tmp_path / "new" / "place") == []
    (folder / "file").touch()
    with pytest.raises(OSError):  # noqa: PT011
        check_folder(folder / "file")
    (folder / "index.json").write_text("{}")
    with pytest.raises(Broken):
        check_folder(folder)


def test_an_index_begins_with_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text("{}")
    assert "index.json is missing" in faults(tmp_path)[0]
    last = keep(tmp_path, {"new": {".json": "{}"}}, AT)
    assert (faults(tmp_path), len(last)) == ([], 64)


def test_a_record_knows_its_own_content() -> None:
    record = sealed({"b": [1, {"x": "\u2028"}], "a": None})
    assert is_sealed(json.loads(json.dumps(record)))
    assert not is_sealed({**record, "a": 1})
    assert not is_sealed({"a": 1})
