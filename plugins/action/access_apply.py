# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Action plugin: change the services of one host to what is declared."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleError

from ..module_utils._http.errors import unexpected
from ..plugin_utils._host.variables import Refused
from ..plugin_utils._run.action import AccessAction
from ..plugin_utils._run.course import Course, now
from ..plugin_utils._run.declared import declare
from ..plugin_utils._run.lifecycle import Lifecycle
from ..plugin_utils._run.publish import outcome


class ActionModule(AccessAction):
    """Plans, checks the approval, applies and remembers. Does not fail itself, so that the result is not lost."""

    def act(self) -> dict[str, Any]:
        """Do one host."""
        course = Course(self._host, bool(self._task.check_mode), now())
        try:
            self._run(course)
        except (Refused, AnsibleError) as fault:
            course.failure = str(fault)
        except Exception as bug:  # noqa: BLE001
            course.failure = unexpected(bug).sentence
        if isinstance(course.ended, (KeyboardInterrupt, SystemExit)):
            raise course.ended  # what was done is remembered; nobody waits for a result
        return outcome(course, self._variables, self._vars)

    def _run(self, course: Course) -> None:
        self._refuse_misspelt()
        recorded = self._claims().recorded()
        if not recorded.has(self._host):
            raise Refused(
                f"Nothing was done on {self._host}, since it was not compared with the other hosts: two of them may be the same "
                "team. Run the playbook from its first task, without --start-at-task and without skipping tasks."
            )
        unclear = recorded.unknown(self._host)
        faults = recorded.faults(self._host, map(str, self._vars.get("ansible_play_hosts_all", ())))
        if faults:
            raise Refused("Nothing was done. " + " ".join(faults))
        target = self._target()
        course.asked = self._asked(applies=not course.check)
        declare(course, target, self._variables, self._vars)
        recall, say = self._recalled(target), self._display.display
        elsewhere = self._targets_of_inventory
        Lifecycle(course, self._variables, recall, self._operate, say, unclear, elsewhere).run(target)
