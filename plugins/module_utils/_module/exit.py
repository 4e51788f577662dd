# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The interface of modules to Ansible: how they start, what they mask, and the only exit.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from .._access.addresses import few
from .._access.outcome import Around
from .._access.record import NO_CHANGE, Operation, Result
from .._http import errors
from .._http.connection import REQUESTS_IMPORT_ERROR
from .._http.errors import AccessError, unexpected
from .._http.naming import worded
from .._http.text import MAX_QUOTED, is_maskable, secret_forms
from .._services import SERVICES

try:
    from ansible.module_utils.secrets import register_secrets  # type: ignore[import-not-found]
except ImportError:  # before ansible-core 2.22, where no_log_values does the same

    def register_secrets(values: t.Iterable[str], /) -> None:
        """Mask the values in everything that Ansible prints and logs."""


class Module(AnsibleModule):
    """An Ansible module whose failures all have ``error`` and its result keys, also those of the argument spec.

    ``unchanged`` gives the result of a run with these options that failed before it could ask the service.
    """

    def __init__(self, unchanged: t.Callable[[t.Mapping[str, t.Any]], dict[str, t.Any]], **settings: t.Any) -> None:
        self._unchanged = unchanged
        super().__init__(**settings)

    def fail_json(self, msg: str, **result: t.Any) -> t.NoReturn:
        """Exit with a failure."""
        if "error" not in result:  # from Ansible's own checks, which quote values of any length
            msg = msg if len(msg) <= MAX_QUOTED else f"{msg[:MAX_QUOTED]}..."
            result["error"] = AccessError(errors.VALIDATION, msg, hint="Correct the task.").as_dict()
            self.unmask_short_values()
        super().fail_json(msg, **{**NO_CHANGE, **self._unchanged(self.params), **result})

    def unmask_short_values(self) -> None:
        """Leave a blank credential, or one of a few characters, as it is: masking it would spoil every sentence."""
        self.no_log_values -= {value for value in self.no_log_values if not is_maskable(value)}


def run_module(operation: Operation, **constraints: t.Any) -> None:
    """Run a module that carries out an operation.

    Modules exit only here. Failures are raised outside any ``except``, where Ansible would add a traceback.
    """
    module = Module(
        unchanged=operation.untouched,
        argument_spec=operation.spec,
        supports_check_mode=True,
        **constraints,
    )
    if REQUESTS_IMPORT_ERROR:
        module.fail_json(missing_required_lib("requests"))
    _mask(module)
    try:
        result = operation.work(module.params, module.check_mode, Around())
    except AccessError as error:
        result = Result({}, error)
    except Exception as bug:  # noqa: BLE001
        result = Result({}, unexpected(bug))
    if result.ended_by:
        raise result.ended_by
    for warning in (*worded(result.warnings), *_unmatched(result.values)):
        module.warn(warning)
    if result.diff is not None and module._diff:  # pylint: disable=protected-access
        result.values["diff"] = result.diff
    values = worded(result.values)
    if result.error:
        module.fail_json(result.error.sentence, error=worded(result.error.as_dict()), **values)
    module.exit_json(**values)


def _unmatched(values: t.Mapping[str, t.Any]) -> t.Iterator[str]:
    """A warning for each option that leaves people alone and has addresses that nobody has."""
    for option, addresses in values.get("unmatched", {}).items():
        if addresses:
            yield f"{option} has {few(addresses)}, which nobody has: check the spelling."


def _mask(module: Module) -> None:
    """Keep the credentials, in every form in which they may occur, out of what Ansible prints and logs."""
    for info in SERVICES.values():
        for secret in info.secrets(module.params):
            forms = secret_forms(secret)
            module.no_log_values.update(forms)
            register_secrets(forms)
    module.unmask_short_values()
