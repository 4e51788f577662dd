# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options that modules and the role take, as argument specs.

This file is private to the collection.
"""

from __future__ import annotations

import os
import typing as t

from ansible.module_utils.errors import AnsibleFallbackNotFound

from .catalog import ServiceInfo, Setting, Spec
from .model import ABSENT, PRESENT

BULK: Spec = {
    "exclusive": {"type": "bool", "default": False},
    "max_removals": {"type": "str", "default": "25%"},
    "protected": {"type": "list", "elements": "str", "default": []},
    "ignore": {"type": "list", "elements": "str", "default": []},
    "max_changes": {"type": "int"},
    "concurrency": {"type": "int", "default": 4},
    "expected_plan_id": {"type": "str"},
    "reinvite_after": {"type": "float"},
    "reasons": {"type": "dict", "default": {}},
}
"""The options of every bulk module besides the people."""


OF_MODULES = ("expected_plan_id",)
"""The options in ``BULK`` that the role does not take, or takes in a form of its own."""


OF_ROLE: t.Mapping[str, str] = {option: spec["type"] for option, spec in BULK.items() if option not in OF_MODULES}
"""The options in ``BULK`` that the role takes, after ``lifecycle_``, each with its type."""


PERSON: Spec = {
    "state": {"type": "str", "choices": [PRESENT, ABSENT], "default": PRESENT},
    "reinvite_after": {"type": "float"},
}
WAIT: Spec = {
    "aliases": {"type": "list", "elements": "str", "default": []},
    "wait": {"type": "bool", "default": False},
    "wait_timeout": {"type": "float", "default": 600},
    "wait_interval": {"type": "float", "default": 15},
}


def env_nonempty(*names: str) -> str:
    """The first environment variable that is set; an empty one counts as not set."""
    for name in names:
        if os.environ.get(name):
            return os.environ[name]
    raise AnsibleFallbackNotFound


def setting(found: Setting) -> Spec:
    """The argument spec of a credential or another setting with an environment variable."""
    return {
        found.option: {
            "type": "str",
            "required": found.required,
            "no_log": found.secret,
            "fallback": (env_nonempty, [found.environment]),
        }
    }


def connection(info: ServiceInfo) -> Spec:
    """The connection options, without the credentials."""
    return {
        "api_url": {"type": "str", "default": info.default_url, "fallback": (env_nonempty, [info.url.environment])},
        "validate_certs": {"type": "bool", "default": True},
        "ca_path": {"type": "path"},
        "request_timeout": {"type": "float", "default": 30},
        "max_wait": {"type": "int", "default": 300},
    }


def connection_defaults(info: ServiceInfo) -> dict[str, t.Any]:
    """The value of each connection option that is not given, for whoever has no argument spec."""
    return {name: about.get("default") for name, about in connection(info).items()}


def person(info: ServiceInfo) -> Spec:
    """The options for a person, besides their address."""
    declared: Spec = {
        "role": {"type": "str", "choices": list(info.roles)},
        "team_ids": {"type": "list", "elements": "int"},
    }
    return {option: declared[option] for option in info.declares}


def people(info: ServiceInfo, **more: dict[str, t.Any]) -> Spec:
    """The list of people that a bulk module takes, and the guard that is named after the most powerful role.

    ``more`` are further options for a person.
    """
    each: Spec = {
        "email": {"type": "str", "required": True},
        **person(info),
        **more,
        "aliases": {"type": "list", "elements": "str", "default": []},
        "state": {"type": "str", "choices": [PRESENT, ABSENT], "default": PRESENT},
        "because": {"type": "str"},
    }
    return {
        info.people: {"type": "list", "elements": "dict", "required": True, "options": each},
        info.keepers: {"type": "int", "default": 1},
    }


VERIFY: Spec = {"verify": {"type": "bool", "default": False}}
