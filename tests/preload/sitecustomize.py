# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Spares the modules that a test's playbook runs half of their time, which goes into compiling what Ansible sends along.

With this folder in PYTHONPATH, such a module has what modules share from where it is installed, compiled already. That
Ansible sends all of it along is shown by molecule's scenarios, which do without this.
"""

from __future__ import annotations

import importlib
import os
import sys

if sys.orig_argv[-1].rpartition("/")[2].startswith("AnsiballZ_honey"):
    sys.path.insert(0, os.environ["ANSIBLE_COLLECTIONS_PATH"])
    importlib.import_module("ansible_collections.honeyops.access.plugins.module_utils._module")
    del sys.path[0]
