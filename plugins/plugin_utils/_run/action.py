# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the action plugins share: variables, the play, and the operations on the services of a host.

This file is private to the collection.
"""

from __future__ import annotations

import os
import typing as t
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from ansible import constants as C
from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase
from ansible.utils.vars import load_extra_vars

from ...module_utils._access.catalog import IDENTITY, ServiceInfo
from ...module_utils._access.outcome import Journal, Watch
from ...module_utils._http.errors import AccessError, unexpected
from ...module_utils._http.naming import worded_text
from ...module_utils._http.outside import armoured_text, each_text, outward_text
from ...module_utils._services import OPERATIONS, SERVICES
from .._host.answers import RunAnswers
from .._host.claims import Claims
from .._host.inventory import inventory_of
from .._host.names import INTERNAL, misspelt
from .._host.target import Target, target_of
from .._host.variables import Refused, Variables
from .._memory.approver import approver
from .._memory.directory import credentials_of
from .._memory.recall import Recall, ask_team
from .engine import Ended, every_secret, masked, no_requests, operate
from .provenance import Provenance, provenance

NAMESPACE = "honeyops.access"
HOST = "{{ inventory_hostname }}"  # the one template that messages of ours name; evaluated, it is the name of the host
ASKED_AT_ONCE = 8  # teams of hosts


class AccessAction(ActionBase):
    """An action that runs on the control node and changes nothing on managed hosts."""

    _supports_check_mode = True
    _supports_async = False
    _VALID_ARGS = frozenset[str]()

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """Return the result of :meth:`act` without any secret of the host; an unusable variable fails the task."""
        result: dict[str, t.Any] = super().run(tmp, task_vars) or {}
        self._vars: dict[str, t.Any] = task_vars or {}
        self._variables = Variables(self._vars, self._templar.template)
        self._secrets: list[str] = []
        text = no_requests()
        try:
            if not text:
                self._take_environment()
                self._variables = Variables(self._vars, self._templar.template, self._fixed())
                self._secrets += credentials_of(self._variables, self._host, os.environ).secrets
                return masked({**result, "changed": False, **each_text(self.act(), _published)}, self._secrets)
        except (Refused, AnsibleError) as fault:
            text = str(fault)
        except Ended as end:
            raise end.by from None
        except Exception as bug:  # noqa: BLE001
            text = unexpected(bug).sentence
        return masked({**result, "changed": False, "failed": True, "msg": _told(text)}, self._secrets)

    def act(self) -> dict[str, t.Any]:
        """Do the work of the action and return its result."""
        raise AssertionError(type(self))

    def _fixed(self) -> t.Mapping[str, t.Any]:
        """Values that win over any variable, also one of the command line or of a form."""
        return self._variables.mapping("lifecycle_options") or {}

    @property
    def _host(self) -> str:
        return str(self._vars["inventory_hostname"])

    def _given_to_this_run(self) -> dict[str, t.Any]:
        """The variables of the command line, a form, or ``import_playbook``, without those of the inventory."""
        return {**self._task.get_play().vars, **load_extra_vars(self._loader)}

    def _refuse_misspelt(self, form: bool = False) -> None:
        given = load_extra_vars(self._loader)
        own = [name for name in INTERNAL if name in given]
        if own:
            raise Refused(
                f"{' and '.join(own)} cannot be set on the command line or in a form. Set the variables that it holds instead."
            )
        faults = misspelt(self._vars, given, form)
        if faults:
            raise Refused(" ".join(faults))

    def _take_environment(self) -> None:
        """Put what ``environment`` of the task, its blocks and the play says over that of the process.

        Each task has a process of its own, so nobody else sees it.
        """
        environment: dict[str, t.Any] = {}
        self._compute_environment_string(environment)
        os.environ.update({str(name): str(value) for name, value in environment.items() if value is not None})

    def _target(self) -> Target:
        """The credentials that take effect for this host."""
        target = target_of(self._host, self._variables, os.environ)
        self._secrets += every_secret(target.services)
        return target

    def _asked(self, applies: bool) -> Provenance:
        """Who asked for this run and who approved it, by the controller if there was an approval there."""
        insecure = bool(self._variables.flag("lifecycle_memory_insecure"))
        approved = self._variables.data("access_plan") is not None
        known = approver(os.environ, self._variables, insecure) if approved else None
        return provenance(self._variables, applies, known)

    def _recalled(self, target: Target) -> Recall:
        """What is remembered about the people invited to the team and the account of this host."""
        hiding = next(info for info in SERVICES.values() if not info.lists_pending)
        connection = self._asking(hiding, target) if hiding.key in target.services else None
        return Recall(self._variables, self._host, hiding, connection, self._answers())

    def _asking(self, info: ServiceInfo, target: Target) -> dict[str, t.Any]:
        """The options for asking a service which team the credential of a host belongs to."""
        options = target.services[info.key]
        own = {name: options[name] for name in (*info.identity, info.url.option) if name in options}
        return {**self._defaults(info.reads[IDENTITY]), **own}

    def _claims(self) -> Claims:
        return Claims(C.DEFAULT_LOCAL_TMP)  # type: ignore[attr-defined]

    def _answers(self) -> RunAnswers:
        return RunAnswers(C.DEFAULT_LOCAL_TMP)  # type: ignore[attr-defined]

    def _record_host(self) -> None:
        """Record which team and account this host stands for, before any host of the run is changed.

        Where hosts have different keys for one address, the service is asked for the team of each host of the play's
        pattern, regardless of a limit and of the order in which the strategy handles them.
        """
        target, claims = self._target(), self._claims()
        for service in claims.add(target, self._pattern(), self._targets_of_play):
            claims.name(service, target, self._targets_of_play, partial(self._teams, SERVICES[service]))

    def _teams(self, info: ServiceInfo, targets: list[Target]) -> list[str | AccessError]:
        """The team of each host, or why it cannot be told."""
        options = [self._asking(info, target) for target in targets]  # not in threads, since it templates
        answers = self._answers()
        with ThreadPoolExecutor(ASKED_AT_ONCE) as pool:
            return list(pool.map(lambda own: _team(info, own, answers), options))

    def _pattern(self) -> str:
        hosts = self._task.get_play().hosts
        return ",".join(hosts) if isinstance(hosts, (list, tuple)) else str(hosts)

    def _targets_of_play(self) -> t.Iterator[Target]:
        """Every host that matches the pattern of the play, regardless of ``--limit``."""
        manager = inventory_of(self._loader, self._vars["groups"])
        hostvars = self._vars["hostvars"]
        for host in map(str, manager.get_hosts(self._pattern())):
            if host in hostvars:
                yield target_of(host, Variables(_Readable(hostvars[host])), os.environ)

    def _targets_of_inventory(self) -> t.Iterator[tuple[Target, Variables]]:
        """Every host of the inventory, with its variables."""
        hostvars = self._vars["hostvars"]
        for host in hostvars:
            variables = Variables(_Readable(hostvars[host]))
            yield target_of(str(host), variables, os.environ), variables

    def _operate(
        self,
        name: str,
        values: t.Mapping[str, t.Any],
        check: bool = True,
        watch: Watch | None = None,
        journal: Journal | None = None,
    ) -> dict[str, t.Any]:
        """What an operation returns, with the ``module_defaults`` of the module of that name under its options."""
        return operate(name, {**self._defaults(name), **values}, check, self._answers(), watch, journal)

    def _reader(self) -> t.Callable[[str, t.Mapping[str, t.Any]], dict[str, t.Any]]:
        """The same for operations that only read, for several threads: what is a template is evaluated before."""
        defaults = {name: self._defaults(name) for name in OPERATIONS}
        return lambda name, values: operate(name, {**defaults[name], **values}, True, self._answers())

    def _defaults(self, name: str) -> dict[str, t.Any]:
        names = (f"group/{NAMESPACE}.{name.partition('_')[0]}", f"{NAMESPACE}.{name}")
        found: dict[str, t.Any] = {}
        for defaults in self._task.module_defaults or ():
            for key in names:
                found.update(self._templar.template(defaults.get(key) or {}))
        return found


class _Readable(dict[str, t.Any]):
    """The variables of another host; a variable that cannot be templated counts as not set."""

    def __init__(self, hostvars: t.Mapping[str, t.Any]) -> None:
        super().__init__()
        self._hostvars = hostvars

    def __contains__(self, name: object) -> bool:
        return name in self._hostvars

    def __getitem__(self, name: str) -> t.Any:
        try:
            return self._hostvars[name]
        except Exception:  # noqa: BLE001
            return None


def _team(info: ServiceInfo, options: dict[str, t.Any], answers: RunAnswers) -> str | AccessError:
    try:
        return ask_team(info, options, answers)
    except AccessError as error:
        return error


def _told(text: str) -> str:
    """The text of a failure, which may quote a variable, a roster or a service."""
    return _published(text).replace(armoured_text(HOST), HOST)


def _published(text: str) -> str:
    """A text as it leaves an action."""
    return outward_text(worded_text(text))
