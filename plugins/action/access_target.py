# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Action plugin: record which team and account a host stands for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ..module_utils._http.errors import AccessError
from ..plugin_utils._host.target import Target
from ..plugin_utils._memory.recall import ask_team
from ..plugin_utils._run.action import AccessAction

ASKED_AT_ONCE = 8


class ActionModule(AccessAction):
    """Records the host for the others of the run; :mod:`access_apply` compares them before any write.

    Where hosts have different keys for one address, the service is asked for the team of each host of the play's pattern,
    regardless of a limit and of the order in which the strategy handles them.
    """

    def act(self) -> dict[str, Any]:
        """Record the host."""
        target, claims = self._target(), self._claims()
        for service in claims.add(target, self._pattern(), self._targets_of_play):
            claims.name(service, target, self._targets_of_play, self._teams)
        return {}

    def _teams(self, targets: list[Target]) -> list[str | AccessError]:
        """The team of each host, or why it cannot be told."""
        options = [self._honeycomb(target) or {} for target in targets]  # not in threads, since it templates
        with ThreadPoolExecutor(ASKED_AT_ONCE) as pool:
            return list(pool.map(_team, options))


def _team(options: dict[str, Any]) -> str | AccessError:
    try:
        return ask_team(options)
    except AccessError as error:
        return error
