# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Action plugin: note which team and account a host is."""

from __future__ import annotations

from typing import Any

from ..plugin_utils._action import AccessAction


class ActionModule(AccessAction):
    """Notes the host for all others of the run; :mod:`access_apply` holds them against each other before any write."""

    def act(self) -> dict[str, Any]:
        """Note the host."""
        self._claims().add(self._target(), self._pattern(), self._targets_of_play)
        return {}
