# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Action plugin: report how a run of the role ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..plugin_utils._people.unknown import FAIL
from ..plugin_utils._run.action import AccessAction
from ..plugin_utils._words.nowhere import all_nowhere, found_nowhere, misspelt_leavers, on_no_host

RUN = "lifecycle__run"  # what the role registers


class ActionModule(AccessAction):
    """Prints the summary, or fails with the text that says why; without options, those of the role on this host."""

    _VALID_ARGS = frozenset(("summary", "failure"))

    def _fixed(self) -> Mapping[str, Any]:
        """No variable counts here, and the people of a run take time to template."""
        return {}

    def act(self) -> dict[str, Any]:
        """Report."""
        told = self._task.args or self._vars.get(RUN) or {}
        failure, noted = told.get("failure"), told.get("unknown") or {}
        unknown = self._on_no_host(noted.get("people"))
        fails = noted.get("policy") == FAIL
        text = all_nowhere(unknown)
        if failure or (unknown and fails):
            return {"failed": True, "msg": " ".join(filter(None, (failure, text)))}
        lines = [*(told.get("summary") or []), *found_nowhere(unknown)]
        return {"msg": lines, "_ansible_verbose_always": True, "warnings": misspelt_leavers(unknown)}

    def _on_no_host(self, own: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
        """The leavers whom no host of the play has, if all of them know by now."""
        if not own:
            return []
        runs = [self._vars["hostvars"][host].get(RUN) for host in map(str, self._vars["ansible_play_hosts_all"])]
        noted = [((run or {}).get("unknown") or {}).get("people") or [] for run in runs]
        return on_no_host([own, *noted])
