# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""No variable of the machine's own counts, and no warning of an earlier run is told again."""

from __future__ import annotations

import os

import pytest
from ansible.module_utils.common import warnings as ansible_warnings


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.upper().startswith(("HONEY", "ANSIBLE_")) or name.upper().endswith(("_PROXY", "_CA_BUNDLE", "NETRC")):
            monkeypatch.delenv(name)
    ansible_warnings._global_warnings.clear()
