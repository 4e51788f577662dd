# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Action plugin: note which team and account a host is."""

from __future__ import annotations

import contextlib
from typing import Any

from ..module_utils._errors import AccessError
from ..plugin_utils._action import AccessAction
from ..plugin_utils._recall import ask_team


class ActionModule(AccessAction):
    """Notes the host for all others of the run; :mod:`access_apply` holds them against each other before any write."""

    def act(self) -> dict[str, Any]:
        """Note the host."""
        target, claims = self._target(), self._claims()
        for service in claims.add(target, self._pattern(), self._targets_of_play):
            with contextlib.suppress(AccessError):  # the host's own run reports it
                claims.name(self._host, service, ask_team(self._honeycomb(target) or {}))
        return {}
