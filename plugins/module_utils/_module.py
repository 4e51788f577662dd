# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The interface to Ansible: common options, the services that they describe, and the only exit.

This file is private to the collection.
"""

from __future__ import annotations

import os
import typing as t
from types import MappingProxyType

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible.module_utils.errors import AnsibleFallbackNotFound

from . import _catalog as catalog
from . import _errors as errors
from ._catalog import ServiceInfo, Setting, Spec
from ._errors import AccessError, unexpected
from ._exchange import REQUESTS_IMPORT_ERROR, Connection
from ._honeybadger import Honeybadger, TokenAuth
from ._honeybadger_leaving import TeamGrants
from ._honeybadger_teams import HoneybadgerTeams
from ._honeycomb import Honeycomb, KeyHeader
from ._honeycomb_keys import MEDIA_TYPE, BearerKey, HoneycombKeys
from ._honeycomb_leaving import DELETE, DISABLE, REPORT, KeyGrants, NoKeys
from ._http import Client
from ._model import ABSENT, PRESENT
from ._run import Result
from ._wire import check_number, check_secret, check_url, secret_forms

try:
    from ansible.module_utils.secrets import register_secrets  # type: ignore[import-not-found]
except ImportError:  # before ansible-core 2.22, where no_log_values does the same

    def register_secrets(values: t.Iterable[str], /) -> None:
        """Mask the values in everything that Ansible prints and logs."""


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
    }
    return {
        info.people: {"type": "list", "elements": "dict", "required": True, "options": each},
        info.keepers: {"type": "int", "default": 1},
    }


HONEYCOMB: Spec = {**setting(catalog.HONEYCOMB.credentials[0]), **connection(catalog.HONEYCOMB)}
HONEYBADGER: Spec = {**setting(catalog.HONEYBADGER.credentials[0]), **connection(catalog.HONEYBADGER)}
MANAGEMENT: Spec = {
    **{
        option: {**spec, "required": True}
        for found in catalog.HONEYCOMB.credentials[1:]
        for option, spec in setting(found).items()
    },
    "api_key": {"type": "str", "no_log": True},
    **connection(catalog.HONEYCOMB),
}
MANAGEMENT_UNUSED: Spec = {
    found.option: {"type": "str", "no_log": found.secret} for found in catalog.HONEYCOMB.credentials[1:]
}
KEYS: Spec = {
    **{option: spec for found in catalog.HONEYCOMB.credentials[1:] for option, spec in setting(found).items()},
    "leaver_keys": {"type": "str", "choices": [REPORT, DISABLE, DELETE], "default": REPORT},
    "max_keys": {"type": "int", "default": 20, "no_log": False},
}
VERIFY: Spec = {"verify": {"type": "bool", "default": False}}
ACCOUNT: Spec = setting(catalog.HONEYBADGER.credentials[1])
KNOWN = "known_invitations"
MAX_QUOTED = 1500  # characters
SHORTEST_SECRET = 4  # characters; no service has shorter ones
SECRETS = [found.option for info in catalog.SERVICES.values() for found in info.credentials if found.secret]


NO_CHANGE: t.Mapping[str, t.Any] = MappingProxyType({"changed": False, "api": {"requests": 0, "waited": 0.0}})


class Module(AnsibleModule):
    """An Ansible module whose failures all have ``error`` and its result keys, also those of the argument spec.

    ``unchanged`` is the result of a run that failed before it could ask the service.
    """

    def __init__(self, unchanged: t.Mapping[str, t.Any], **settings: t.Any) -> None:
        self._unchanged = dict(unchanged)
        super().__init__(**settings)

    def fail_json(self, msg: str, **result: t.Any) -> t.NoReturn:
        """Exit with a failure."""
        if "error" not in result:  # from Ansible's own checks, which quote values of any length
            msg = msg if len(msg) <= MAX_QUOTED else f"{msg[:MAX_QUOTED]}..."
            result["error"] = AccessError(errors.VALIDATION, msg, hint="Correct the task.").as_dict()
            self.unmask_short_values()
        if KNOWN in self._unchanged and isinstance(self.params.get(KNOWN), dict):
            self._unchanged[KNOWN] = self.params[KNOWN]  # a task that keeps them forgets nobody
        super().fail_json(msg, **{**self._unchanged, **result})

    def unmask_short_values(self) -> None:
        """Leave a blank credential, or one of a few characters, as it is: masking it would spoil every sentence."""
        self.no_log_values -= {value for value in self.no_log_values if len(value.strip()) < SHORTEST_SECRET}


def honeycomb(params: t.Mapping[str, t.Any], names: t.Mapping[str, str] | None = None) -> Honeycomb:
    """The team that the options name; ``names`` are sent with invitations, by folded address."""
    key = check_secret("api_key", params["api_key"])
    client = _client(catalog.HONEYCOMB.title, params, KeyHeader(key), key)
    service = Honeycomb(client, key, params.get("known_invitations"), names)
    given = [option for option in catalog.HONEYCOMB.optional if params.get(option) and "leaver_keys" in params]
    if len(given) == 1:
        raise AccessError(
            errors.VALIDATION,
            f"{given[0]} is given without {next(option for option in catalog.HONEYCOMB.optional if option not in given)}.",
            hint="A management key needs both options.",
        )
    if given:
        keys = honeycomb_keys(params)
        keys.client.budget = client.budget
        service.accepted = keys.accepted
        service.companions = [KeyGrants(keys, params["leaver_keys"], service.own_key)]
    elif "leaver_keys" in params:
        service.companions = [NoKeys(client, params["leaver_keys"])]
    return service


def honeybadger(params: t.Mapping[str, t.Any], teams: bool = False) -> Honeybadger:
    """The account that the options name; with ``teams``, its teams are managed too."""
    token = check_secret("auth_token", params["auth_token"])
    client = _client(catalog.HONEYBADGER.title, params, TokenAuth(token), token)
    account = params.get("account_id")
    companions = [TeamGrants(HoneybadgerTeams(client, account))] if teams and account else []
    return Honeybadger(client, account, companions)


def honeycomb_keys(params: t.Mapping[str, t.Any]) -> HoneycombKeys:
    """The keys of the management key's team."""
    key_id = check_secret("management_key_id", params["management_key_id"])
    secret = check_secret("management_key_secret", params["management_key_secret"])
    client = _client(catalog.HONEYCOMB.title, params, BearerKey(key_id, secret), secret, MEDIA_TYPE)
    for form in secret_forms(f"{key_id}:{secret}"):
        client.hide(form)
    return HoneycombKeys(client, key_id)


def honeybadger_teams(params: t.Mapping[str, t.Any]) -> HoneybadgerTeams:
    """The teams of the account that the options name."""
    token = check_secret("auth_token", params["auth_token"])
    client = _client(catalog.HONEYBADGER.title, params, TokenAuth(token), token)
    return HoneybadgerTeams(client, params["account_id"])


def _client(
    name: str,
    params: t.Mapping[str, t.Any],
    auth: t.Callable[[t.Any], t.Any],
    secret: str,
    media_type: str = "application/json",
) -> Client:
    check_number("request_timeout", params["request_timeout"], 0.001)
    check_number("max_wait", params["max_wait"], 0)
    return Client(
        Connection(
            name=name,
            url=check_url(params["api_url"]),
            auth=auth,
            secret=secret,
            media_type=media_type,
            verify=(params["ca_path"] or True) if params["validate_certs"] else False,
            request_timeout=params["request_timeout"],
            max_wait=params["max_wait"],
        )
    )


def run_module(
    spec: Spec,
    work: t.Callable[[t.Mapping[str, t.Any], bool], Result],
    unchanged: t.Mapping[str, t.Any] = NO_CHANGE,
    **constraints: t.Any,
) -> None:
    """Run a module: ``work`` takes the options and the check mode, and returns the result to exit with.

    ``unchanged`` is the result of a run that fails before it can ask the service. Modules exit only here. Failures are
    raised outside any ``except``, where Ansible would add a traceback.
    """
    module = Module(unchanged={**NO_CHANGE, **unchanged}, argument_spec=spec, supports_check_mode=True, **constraints)
    if REQUESTS_IMPORT_ERROR:
        module.fail_json(missing_required_lib("requests"))
    _mask(module)
    try:
        result = work(module.params, module.check_mode)
    except AccessError as error:
        result = Result({}, error)
    except Exception as bug:  # noqa: BLE001
        result = Result({}, unexpected(bug))
    for warning in result.warnings:
        module.warn(warning)
    if result.diff is not None and module._diff:  # pylint: disable=protected-access
        result.values["diff"] = result.diff
    if result.error:
        module.fail_json(result.error.sentence, error=result.error.as_dict(), **result.values)
    module.exit_json(**result.values)


def _mask(module: Module) -> None:
    """Keep the credentials, in every form in which they may occur, out of what Ansible prints and logs."""
    for option in SECRETS:
        secret = module.params.get(option)
        if secret and len(secret.strip()) >= SHORTEST_SECRET:
            forms = secret_forms(secret)
            if option == "management_key_secret":
                forms += secret_forms(f"{module.params.get('management_key_id')}:{secret}")
            module.no_log_values.update(forms)
            register_secrets(forms)
    module.unmask_short_values()
