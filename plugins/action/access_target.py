# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Action plugin: record which team and account a host stands for."""

from __future__ import annotations

import contextlib
from typing import Any

from ..module_utils._errors import AccessError
from ..plugin_utils._action import AccessAction
from ..plugin_utils._recall import ask_team


class ActionModule(AccessAction):
    """Records the host for the others of the run; :mod:`access_apply` compares them before any write."""

    def act(self) -> dict[str, Any]:
        """Record the host."""
        target, claims = self._target(), self._claims()
        for service in claims.add(target, self._pattern(), self._targets_of_play):
            with contextlib.suppress(AccessError):  # the host's own run reports it
                claims.name(self._host, service, ask_team(self._honeycomb(target) or {}))
        return {}
