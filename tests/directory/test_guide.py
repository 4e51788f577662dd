# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the guide shows to copy is taken as it stands."""

from __future__ import annotations

import re
import textwrap
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.honeyops.access.plugins.modules import directory_info
from ansible_collections.honeyops.access.plugins.plugin_utils._directory.info import SPEC
from ansible_collections.honeyops.access.plugins.plugin_utils._directory.settings import SOURCES, faults
from tests.tools.tree import ROOT

GUIDE = (ROOT / "docs/docsite/rst/directory.rst").read_text(encoding="utf-8")
BLOCKS = [
    yaml.safe_load(textwrap.dedent(found))
    for found in re.findall(r"^\.\. code-block:: yaml(?:\+jinja)?\n\n((?:   .*\n|\n)+)", GUIDE, re.MULTILINE)
]
ROSTERS = [block for block in BLOCKS if isinstance(block, dict)]


def test_every_source_has_a_roster_to_copy() -> None:
    assert {roster["directory"]["source"] for roster in ROSTERS} == SOURCES.keys()
    for roster in ROSTERS:
        assert faults(roster["directory"]) == []
        assert all(group["directory"] for group in roster["groups"].values())
        assert not re.search(r"password|token|secret", str(roster), re.IGNORECASE)


@pytest.mark.parametrize(
    "tasks", [yaml.safe_load(directory_info.EXAMPLES), BLOCKS[0][0]["tasks"]], ids=["module", "guide"]
)
def test_tasks_have_options_that_there_are(tasks: Any) -> None:
    options = [task["honeyops.access.directory_info"] for task in tasks if "honeyops.access.directory_info" in task]

    assert options
    for told in options:
        assert ArgumentSpecValidator(SPEC).validate(told).error_messages == []
        assert faults(told) == []


def test_what_each_lack_looks_like_is_said_for_each_source() -> None:
    assert GUIDE.count("* - What is missing\n") == 6  # SCIM has nothing of its own to miss
    for word in (
        "User.Read.All",
        "view-users",
        "admin.directory.user.readonly",
        "size.prtotal",
        "python3 -m pip install ldap3",
    ):
        assert word in GUIDE
