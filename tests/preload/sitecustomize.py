# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Spares a test's playbook, and the modules that it runs, what takes time and shows nothing.

With this folder in PYTHONPATH, nothing looks for reference cycles, since each process ends soon. A module, half of whose
time goes into compiling what Ansible sends along, has what modules share from where it is installed, compiled already.
That Ansible sends all of it along is shown by molecule's scenarios, which do without this.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys

gc.disable()
if sys.orig_argv[-1].rpartition("/")[2].startswith("AnsiballZ_honey"):
    sys.path.insert(0, os.environ["ANSIBLE_COLLECTIONS_PATH"])
    importlib.import_module("ansible_collections.honeyops.access.plugins.module_utils._services")
    del sys.path[0]
