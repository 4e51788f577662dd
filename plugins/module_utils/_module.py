# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the collection meets Ansible: common options, the services they describe, the one exit.

This file is private to the collection.
"""

from __future__ import annotations

import os
import typing as t

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible.module_utils.errors import AnsibleFallbackNotFound

from . import _errors as errors
from ._errors import AccessError, unexpected
from ._honeybadger import Honeybadger, TokenAuth
from ._honeycomb import Honeycomb, KeyHeader
from ._http import REQUESTS_IMPORT_ERROR, Client, Connection
from ._run import Result
from ._wire import check_number, check_secret, check_url, secret_forms

try:
    from ansible.module_utils.secrets import register_secrets  # type: ignore[import-not-found]
except ImportError:  # before ansible-core 2.22, where no_log_values does the same

    def register_secrets(values: t.Iterable[str], /) -> None:
        """Have them masked in all that Ansible prints and logs."""


if t.TYPE_CHECKING:
    Spec = dict[str, dict[str, t.Any]]

PERSON: Spec = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "reinvite_after": {"type": "float"},
}
WAIT: Spec = {
    "aliases": {"type": "list", "elements": "str", "default": []},
    "wait": {"type": "bool", "default": False},
    "wait_timeout": {"type": "float", "default": 600},
    "wait_interval": {"type": "float", "default": 15},
}
BULK: Spec = {
    "exclusive": {"type": "bool", "default": False},
    "max_removals": {"type": "str", "default": "25%"},
    "protected": {"type": "list", "elements": "str", "default": []},
    "ignore": {"type": "list", "elements": "str", "default": []},
    "max_changes": {"type": "int"},
    "concurrency": {"type": "int", "default": 4},
    "expected_plan_id": {"type": "str"},
    "reinvite_after": {"type": "float"},
}


def env_nonempty(*names: str) -> str:
    """The first environment variable that is set to something; an empty one counts as unset."""
    for name in names:
        if os.environ.get(name):
            return os.environ[name]
    raise AnsibleFallbackNotFound


def _connection(url: str, url_variable: str) -> Spec:
    return {
        "api_url": {"type": "str", "default": url, "fallback": (env_nonempty, [url_variable])},
        "validate_certs": {"type": "bool", "default": True},
        "ca_path": {"type": "path"},
        "request_timeout": {"type": "float", "default": 30},
        "max_wait": {"type": "int", "default": 300},
    }


HONEYCOMB: Spec = {
    "api_key": {"type": "str", "required": True, "no_log": True, "fallback": (env_nonempty, ["HONEYCOMB_API_KEY"])},
    **_connection("https://api.honeycomb.io", "HONEYCOMB_API_ENDPOINT"),
}
HONEYBADGER: Spec = {
    "auth_token": {
        "type": "str",
        "required": True,
        "no_log": True,
        "fallback": (env_nonempty, ["HONEYBADGER_AUTH_TOKEN"]),
    },
    **_connection("https://app.honeybadger.io", "HONEYBADGER_ENDPOINT"),
}
ACCOUNT: Spec = {
    "account_id": {"type": "str", "required": True, "fallback": (env_nonempty, ["HONEYBADGER_ACCOUNT_ID"])},
}


class Module(AnsibleModule):
    """An Ansible module whose every failure, those of the argument spec too, carries ``error``."""

    def fail_json(self, msg: str, **result: t.Any) -> t.NoReturn:
        """Exit with a failure."""
        result.setdefault("error", AccessError(errors.VALIDATION, str(msg)).as_dict())
        super().fail_json(msg, **result)


def honeycomb(params: t.Mapping[str, t.Any]) -> Honeycomb:
    """The team that the options name."""
    key = check_secret("api_key", params["api_key"])
    return Honeycomb(_client("Honeycomb", params, KeyHeader(key), key), key, params.get("known_invitations"))


def honeybadger(params: t.Mapping[str, t.Any]) -> Honeybadger:
    """The account that the options name."""
    token = check_secret("auth_token", params["auth_token"])
    return Honeybadger(_client("Honeybadger", params, TokenAuth(token), token), params.get("account_id"))


def _client(name: str, params: t.Mapping[str, t.Any], auth: t.Callable[[t.Any], t.Any], secret: str) -> Client:
    check_number("request_timeout", params["request_timeout"], 0.001)
    check_number("max_wait", params["max_wait"], 0)
    return Client(
        Connection(
            name=name,
            url=check_url(params["api_url"]),
            auth=auth,
            secret=secret,
            verify=(params["ca_path"] or True) if params["validate_certs"] else False,
            request_timeout=params["request_timeout"],
            max_wait=params["max_wait"],
        )
    )


def run(spec: Spec, work: t.Callable[[t.Mapping[str, t.Any], bool], Result], **constraints: t.Any) -> None:
    """Run a module: ``work`` takes the options and whether this is check mode, and returns what to exit with.

    The only place that exits. Failing happens outside any ``except``, where Ansible would add a traceback.
    """
    module = Module(argument_spec=spec, supports_check_mode=True, **constraints)
    if REQUESTS_IMPORT_ERROR:
        module.fail_json(missing_required_lib("requests"))
    secret = module.params.get("api_key") or module.params.get("auth_token")
    forms = secret_forms(secret) if secret and secret.strip() else []
    module.no_log_values.update(forms)
    if not forms:
        module.no_log_values.discard(secret)  # a blank one is no secret, and masked it would spoil every sentence
    register_secrets(forms)
    try:
        result = work(module.params, module.check_mode)
    except AccessError as error:
        result = Result({"changed": False}, error)
    except Exception as bug:  # noqa: BLE001
        result = Result({"changed": False}, unexpected(bug))
    for warning in result.warnings:
        module.warn(warning)
    if result.diff is not None and module._diff:  # pylint: disable=protected-access
        result.values["diff"] = result.diff
    if result.error:
        module.fail_json(result.error.sentence, error=result.error.as_dict(), **result.values)
    module.exit_json(**result.values)
