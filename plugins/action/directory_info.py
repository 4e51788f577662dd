# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Action plugin: read people and groups from a directory, from the control node."""

from __future__ import annotations

import os
from typing import Any

from ansible.plugins.action import ActionBase

from ..module_utils._http.errors import AccessError, unexpected
from ..module_utils._http.outside import outward
from ..plugin_utils._directory.info import SPEC, directory_info, failure
from ..plugin_utils._directory.settings import CREDENTIALS, from_environment

LOCALHOST = "localhost"


class ActionModule(ActionBase):
    """Reads in Ansible's own process: nothing is sent to a host."""

    _supports_check_mode = True
    _supports_async = False
    _requires_connection = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the people, or why they cannot be told."""
        result: dict[str, Any] = super().run(tmp, task_vars) or {}
        _checked, options = self.validate_argument_spec(SPEC)
        if not any(options[name] for name in CREDENTIALS) and (task_vars or {}).get("inventory_hostname") == LOCALHOST:
            options.update(from_environment(self._environment()))
        try:
            told = directory_info(options)
        except AccessError as error:
            told = failure(error)
        except Exception as bug:  # noqa: BLE001
            told = failure(unexpected(bug))
        return {**result, "changed": False, **outward(told)}

    def _environment(self) -> dict[str, str]:
        """The environment, with ``environment`` of the play and the task over it."""
        own: dict[str, str] = {}
        self._compute_environment_string(own)
        return {**os.environ, **own}
