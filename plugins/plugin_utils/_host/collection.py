# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""This collection itself.

This file is private to the collection.
"""

from __future__ import annotations

import json
from pathlib import Path

from ansible.module_utils.common.yaml import yaml_load

NAME = "honeyops.access"
ROOT = Path(__file__).resolve().parents[3]


def version() -> str:
    """The version, whether the collection is built or run from source."""
    manifest = ROOT / "MANIFEST.json"
    if manifest.exists():
        return str(json.loads(manifest.read_text(encoding="utf-8"))["collection_info"]["version"])
    return str(yaml_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"])
