# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Action plugin: report how a run of the role ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..plugin_utils._run.action import AccessAction


class ActionModule(AccessAction):
    """Prints the summary, or fails with the text that says why."""

    _VALID_ARGS = frozenset(("summary", "failure"))

    def _fixed(self) -> Mapping[str, Any]:
        """No variable counts here, and the people of a run take time to template."""
        return {}

    def act(self) -> dict[str, Any]:
        """Report."""
        if self._task.args.get("failure"):
            return {"failed": True, "msg": self._task.args["failure"]}
        return {"msg": self._task.args.get("summary") or [], "_ansible_verbose_always": True}
