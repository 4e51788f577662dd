# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""`python -m tests.bench`: what the bulk module costs, beside other ways of doing the same, against a simulator."""

import sys

from tests.tools import tree

sys.path.insert(0, str(tree.link_source()))
