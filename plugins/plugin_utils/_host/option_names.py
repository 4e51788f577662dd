# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The results of modules in the words of the role: texts name the variables that set the options of the module.

This file is private to the collection.
"""

from __future__ import annotations

import re
import typing as t

from ...module_utils._access.catalog import ServiceInfo
from ...module_utils._http.errors import AccessError
from ...module_utils._services import SERVICES
from .names import ROLE

PREFIX = "lifecycle_"
TEXTS = {"msg", "hint", "follow_up", "warnings"}
_OPTION = re.compile(
    r"the option (?P<marked>[a-z]+)|\b(?P<guard>protected)(?=: )|(?<![@.\w?&-])(?!(?<=\()[a-z_]+\))(?P<plain>[a-z]+(?:_[a-z]+)+)\b(?!@)"
)
_VARIABLES = {
    key: {
        **{name.removeprefix(PREFIX): name for name in ROLE},
        **{setting.option: setting.variable for setting in info.settings},
    }
    for key, info in SERVICES.items()
}


def in_role(info: ServiceInfo, text: str) -> str:
    """A text with the variables of the role and the host in place of module options."""
    variables = _VARIABLES[info.key]
    return _OPTION.sub(lambda found: variables.get(found[found.lastgroup or 0], found[0]), text)


def error_in_role(info: ServiceInfo, error: AccessError) -> AccessError:
    """An error with its texts in the words of the role."""
    error.msg, error.hint = in_role(info, error.msg), in_role(info, error.hint)
    return error


def result_in_role(module: str, result: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The result of a module with its texts in the words of the role."""
    info = SERVICES[module.partition("_")[0]]
    renamed = {**result, **_texts(info, result)}
    if isinstance(result.get("results"), list):
        renamed["results"] = [{**item, **_texts(info, item)} for item in result["results"]]
    return renamed


def _texts(info: ServiceInfo, found: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    texts: dict[str, t.Any] = {}
    for key in TEXTS & found.keys():
        value = found[key]
        texts[key] = [in_role(info, _sentence(item)) for item in value] if isinstance(value, list) else value
        if isinstance(value, str):
            texts[key] = in_role(info, value)
    if isinstance(found.get("error"), dict):
        texts["error"] = {**found["error"], **_texts(info, found["error"])}
    return texts


def _sentence(warning: t.Any) -> str:
    """The text of a warning; from ansible-core 2.19 on, warnings are objects with an event."""
    return str(getattr(getattr(warning, "event", None), "msg", warning))
