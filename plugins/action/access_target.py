# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Action plugin: record which team and account a host stands for."""

from __future__ import annotations

from typing import Any

from ..module_utils._errors import AccessError
from ..plugin_utils._action import AccessAction
from ..plugin_utils._recall import ask_team
from ..plugin_utils._targets import Target


class ActionModule(AccessAction):
    """Records the host for the others of the run; :mod:`access_apply` compares them before any write.

    Where hosts have different keys for one address, the service is asked for the team of each host of the play's pattern,
    regardless of a limit and of the order in which the strategy handles them.
    """

    def act(self) -> dict[str, Any]:
        """Record the host."""
        target, claims = self._target(), self._claims()
        for service in claims.add(target, self._pattern(), self._targets_of_play):
            claims.name(service, [target, *self._targets_of_play()], self._team)
        return {}

    def _team(self, target: Target) -> str:
        """The team of a host. One that cannot be told is no other host's; the host's own run reports why."""
        try:
            return ask_team(self._honeycomb(target) or {})
        except AccessError:
            return f"unknown, of {target.host}"
