# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rosters as tests read them: one file, without a disk."""

from __future__ import annotations

from typing import Any

from ansible_collections.honeyops.access.plugins.module_utils._roster import Fault
from ansible_collections.honeyops.access.plugins.plugin_utils._people.document import Document
from ansible_collections.honeyops.access.plugins.plugin_utils._people.roster_file import File
from ansible_collections.honeyops.access.plugins.plugin_utils._people.roster_file import load as load_files


def load(name: str, data: bytes, **options: Any) -> tuple[list[dict[str, Any]], list[Fault]]:
    """The people in a file with this name, as they are declared, and every fault."""
    document, faults = load_files([File(name, data)], **options)
    return document.people, faults


def document_of(name: str, text: str) -> Document:
    """The roster in a file without faults."""
    document, faults = load_files([File(name, text.encode())])
    assert faults == []
    return document
