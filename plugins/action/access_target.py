# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Action plugin: record which team and account a host stands for."""

from __future__ import annotations

from typing import Any

from ..plugin_utils._run.action import AccessAction


class ActionModule(AccessAction):
    """Records the host for the others of the run; :mod:`access_apply` compares them before any write."""

    def act(self) -> dict[str, Any]:
        """Record the host."""
        self._record_host()
        return {}
