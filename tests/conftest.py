# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import importlib

from hypothesis import settings

from tests.tools import tree

tree.link_source()
importlib.invalidate_caches()  # .build/src may not have been there when Python first looked

settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("thorough", deadline=None, max_examples=2000, print_blob=True)
settings.load_profile("ci")
