# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules support, once for all."""

from __future__ import annotations


class ModuleDocFragment:
    """Attributes of all modules."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in check mode and tell the same plan as the real run, without writing anything.
    support: full
  diff_mode:
    description: Shows every person touched, before and after, in diff mode.
    support: full
"""

    INFO = r"""
options: {}
attributes:
  check_mode:
    description: Can run in check mode, since it only looks.
    support: full
  diff_mode:
    description: Shows changes in diff mode; this module never makes one.
    support: full
"""

    ACTION = r"""
options: {}
attributes:
  action:
    description: Runs on the control node, as an action plugin.
    support: full
  check_mode:
    description: Can run in check mode, and plans as the real run does without writing anything.
    support: full
  diff_mode:
    description: Shows every person touched, before and after, in diff mode.
    support: full
"""

    ACTIONGROUP_HONEYCOMB = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/honeyops.access.honeycomb) in C(module_defaults) to set options for this module.
    support: full
    membership:
      - honeyops.access.honeycomb
"""

    ACTIONGROUP_HONEYBADGER = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/honeyops.access.honeybadger) in C(module_defaults) to set options for this module.
    support: full
    membership:
      - honeyops.access.honeybadger
"""
