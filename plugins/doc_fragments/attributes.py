# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules support, once for all."""

from __future__ import annotations


class ModuleDocFragment:
    """Attributes of the modules and action plugins."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in check mode. It writes nothing and returns the same plan as the real run.
    support: full
  diff_mode:
    description: Shows each person or key that changes, before and after.
    support: full
"""

    INFO = r"""
options: {}
attributes:
  check_mode:
    description: Can run in check mode, since it only reads.
    support: full
  diff_mode:
    description: Has nothing to show, since it makes no changes.
    support: full
"""

    ACTION = r"""
options: {}
attributes:
  action:
    description: Runs on the control node, as an action plugin.
    support: full
  check_mode:
    description: Can run in check mode. It writes nothing and makes the same plan as the real run.
    support: full
  diff_mode:
    description: Shows each person or key that changes, before and after.
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
