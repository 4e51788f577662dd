# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The door of the role and the playbooks to the services: operations run in Ansible's own process.

This file is private to the collection.
"""

from __future__ import annotations

import sys
import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ...module_utils._access.catalog import Spec
from ...module_utils._access.outcome import Around, Journal, Watch
from ...module_utils._access.record import NO_CHANGE, Operation, Result
from ...module_utils._http.client import Answers
from ...module_utils._http.connection import REQUESTS_IMPORT_ERROR
from ...module_utils._http.errors import VALIDATION, AccessError, unexpected
from ...module_utils._http.outside import each_text
from ...module_utils._http.text import MAX_QUOTED, secret_forms, without
from ...module_utils._services import OPERATIONS, SERVICES
from .._host.option_names import in_role


def no_requests() -> str:
    """What to do if the Python that runs Ansible has no ``requests``; empty if it has."""
    if not REQUESTS_IMPORT_ERROR:
        return ""
    return (
        f"The Python library requests is missing in the Python that runs Ansible. Install it there: "
        f"{sys.executable} -m pip install 'requests>=2.32.4'."
    )


class Ended(Exception):
    """The run was ended from outside, by ``by``; ``result`` is what an operation had done by then."""

    def __init__(self, by: BaseException, result: dict[str, t.Any]) -> None:
        super().__init__(str(by))
        self.by = by
        self.result = result


def operate(
    name: str,
    values: t.Mapping[str, t.Any],
    check: bool,
    answers: Answers,
    watch: Watch | None = None,
    journal: Journal | None = None,
) -> dict[str, t.Any]:
    """Carry out an operation with these option values, and return what the module of this name would return.

    ``answers``: what services have said in this run already. A failure is in the result, as ``failed``, ``msg`` and
    ``error``; texts name the variables of the role. Raises :class:`Ended` if the run was ended from outside.
    """
    operation = OPERATIONS[name]
    try:
        result = operation.work(_checked(operation.spec, values), check, Around(watch, journal, answers))
    except AccessError as error:
        result = Result(operation.untouched(values), error)
    except Exception as bug:  # noqa: BLE001
        result = Result(operation.untouched(values), unexpected(bug))
    shown: dict[str, t.Any] = in_role(SERVICES[name.partition("_")[0]], _shown(operation, result))
    if result.ended_by:
        raise Ended(result.ended_by, shown)
    return shown


def _shown(operation: Operation, result: Result) -> dict[str, t.Any]:
    error = result.error
    return {
        **(NO_CHANGE if error else {}),
        **(operation.unchanged if error else {}),
        **result.values,
        **({"target": result.target} if result.target else {}),
        **({"by_hand": [item._asdict() for item in result.by_hand]} if result.by_hand else {}),
        **({"unclear": result.unclear} if result.unclear else {}),
        **({"linked": result.linked} if result.linked else {}),
        **({"warnings": result.warnings} if result.warnings else {}),
        **({"diff": result.diff} if result.diff else {}),
        **({"failed": True, "msg": error.marked, "error": error.as_dict()} if error else {}),
    }


def _checked(spec: Spec, values: t.Mapping[str, t.Any]) -> t.Mapping[str, t.Any]:
    """The values by their types, with defaults. Unlike in a module, the environment is not looked at: the host says
    which credentials are its own. People, and whatever else is a list of mappings, were checked when they were read."""
    plain = {option: {key: part for key, part in about.items() if key != "fallback"} for option, about in spec.items()}
    read = {
        option: _filled(plain.pop(option)["options"], values[option])
        for option in values
        if "options" in plain.get(option, ())
    }
    checked = ArgumentSpecValidator(plain).validate(
        {option: value for option, value in values.items() if option not in read}
    )
    if checked.error_messages:
        text = "; ".join(checked.error_messages)
        raise AccessError(VALIDATION, f"{text[:MAX_QUOTED]}.", hint="Correct the variable or module_defaults.")
    return {**checked.validated_parameters, **read}


def _filled(spec: Spec, entries: t.Iterable[t.Mapping[str, t.Any]]) -> list[dict[str, t.Any]]:
    """The entries of a list of mappings, with defaults."""
    defaults = {option: about.get("default") for option, about in spec.items()}
    return [{**defaults, **entry} for entry in entries]


def masked(result: dict[str, t.Any], secrets: t.Iterable[str]) -> dict[str, t.Any]:
    """The result without any form of these secrets."""
    forms = secret_forms(*secrets)
    cleaned: dict[str, t.Any] = each_text(result, lambda text: without(text, forms), keys=False)
    return cleaned


def every_secret(services: t.Mapping[str, t.Mapping[str, t.Any]]) -> list[str]:
    """The secrets of all services of a host."""
    return [secret for key, options in services.items() for secret in SERVICES[key].secrets(options)]
