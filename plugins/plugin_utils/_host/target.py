# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The team and the account that a host stands for, from its credentials, and the check that no two hosts share one.

This file is private to the collection.
"""

from __future__ import annotations

import hashlib
import json
import typing as t
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ...module_utils._access.catalog import ServiceInfo, Setting
from ...module_utils._http.address import is_loopback, meant
from ...module_utils._services import SERVICES
from .variables import Refused, Variables

LOCALHOST = "localhost"
ENVIRONMENT, VARIABLES = "environment", "variables"
PORTS = {"https": 443, "http": 80}


Environ = t.Mapping[str, str]


@dataclass(frozen=True)
class Target:
    """A host with the connection options of each configured service, by service and option.

    ``faults`` say why nothing may be done there.
    """

    host: str
    services: dict[str, dict[str, str]] = field(default_factory=dict, repr=False)
    faults: tuple[str, ...] = ()

    def identities(self) -> dict[str, str]:
        """What identifies the team or account of each service. Secret."""
        return {key: identity(SERVICES[key], options) for key, options in self.services.items()}

    def fingerprints(self) -> dict[str, str]:
        """The same, fit to be written down."""
        return {key: hashlib.sha256(text.encode()).hexdigest() for key, text in self.identities().items()}


def identity(info: ServiceInfo, options: t.Mapping[str, t.Any]) -> str:
    """What identifies a team or account: the address and the key or id. Secret."""
    return json.dumps([origin(info, options), *(options[option] for option in info.identity)])


def target_of(host: str, variables: Variables, environ: Environ) -> Target:
    """The credentials that take effect for a host.

    The environment is used for ``localhost`` only, and for hosts that set ``access_credentials: environment``.
    """
    try:
        source = variables.choice("access_credentials", (ENVIRONMENT, VARIABLES))
        reads_environment = host == LOCALHOST if source is None else source == ENVIRONMENT
        found = {
            info.key: _options(info, variables, environ if reads_environment else {}, environ)
            for info in SERVICES.values()
        }
    except Refused as fault:
        return Target(host, faults=(f"{host}: {fault}",))
    faults = [fault for info in SERVICES.values() for fault in _half(host, info, found[info.key], reads_environment)]
    services = {key: options for key, options in found.items() if _is_complete(SERVICES[key], options)}
    if not services and not faults:
        faults = [_nothing_configured(host, reads_environment)]
    return Target(host, services, tuple(faults))


def _options(info: ServiceInfo, variables: Variables, environ: Environ, addresses: Environ) -> dict[str, str]:
    """The settings, by option. The address is not a credential, so the environment may give it for every host.

    An optional credential that is not set is an empty text, which keeps modules from reading the environment. A secret
    is not trimmed, because modules refuse one that was not copied properly.
    """
    found = {}
    for setting in info.settings:
        environment = addresses if setting is info.url else environ
        value = variables.text(setting.variable, trim=not setting.secret) or environment.get(setting.environment)
        if value or (not setting.required and setting is not info.url):
            found[setting.option] = value or ""
    return found


def _required(info: ServiceInfo) -> list[Setting]:
    return [setting for setting in info.credentials if setting.required]


def _is_complete(info: ServiceInfo, options: t.Mapping[str, str]) -> bool:
    return all(setting.option in options for setting in _required(info))


def _half(host: str, info: ServiceInfo, options: t.Mapping[str, str], reads_environment: bool) -> t.Iterator[str]:
    missing = [setting for setting in _required(info) if setting.option not in options]
    if missing and len(missing) < len(_required(info)):
        names = " and ".join(_names(setting, reads_environment) for setting in missing)
        yield f"{info.title} is only partly configured on {host}: set {names} too."


def _nothing_configured(host: str, reads_environment: bool) -> str:
    needs = ", or ".join(" and ".join(setting.variable for setting in _required(info)) for info in SERVICES.values())
    text = f"No service is configured on {host}. Set the variables {needs}"
    if reads_environment:
        needs = ", or ".join(
            " and ".join(setting.environment for setting in _required(info)) for info in SERVICES.values()
        )
        return f"{text}; or, in the environment, {needs}."
    if host == LOCALHOST:
        return f"{text}; or remove access_credentials: variables, which keeps {host} from using the environment."
    return (
        f"{text}. The environment is used for the host localhost only. If its credentials are for {host}, set "
        "access_credentials: environment on that host."
    )


def _names(setting: Setting, reads_environment: bool) -> str:
    return f"the variable {setting.variable}" + (
        f" (or {setting.environment} in the environment)" if reads_environment else ""
    )


def origin(info: ServiceInfo, options: t.Mapping[str, t.Any]) -> str:
    """The address in one spelling, so that two hosts cannot differ in the spelling only."""
    url = options.get("api_url") or info.default_url
    try:
        parts = urlsplit(meant(url.strip(), info.hosts))
        host, port = (parts.hostname or "").rstrip("."), parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        return url
    return f"{parts.scheme}://{'loopback' if is_loopback(host) else host}:{port}{parts.path.rstrip('/')}"
