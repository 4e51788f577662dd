# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""How to reach a directory: the options below ``directory`` and the credentials, checked. No I/O.

This file is private to the collection.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, fields

from ...module_utils._http.errors import INVALID_KEY, VALIDATION, AccessError
from ...module_utils._http.options import check_number


@dataclass(frozen=True)
class SourceInfo:
    """The facts about one kind of directory.

    ``needs`` are options that it must have, ``takes`` those that only some sources have. ``signs_in``: the sets of
    credentials that suffice, one of which must be complete.
    """

    key: str
    title: str
    signs_in: tuple[tuple[str, ...], ...]
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()


SOURCES = {
    info.key: info
    for info in (
        SourceInfo(
            "ldap",
            "LDAP",
            (("user", "password"),),
            needs=("base",),
            takes=("group_base", "people_filter", "start_tls", "anonymous"),
        ),
        SourceInfo("entra", "Entra ID", (("token",), ("client_id", "client_secret")), needs=("tenant_id",)),
        SourceInfo("okta", "Okta", (("token",),)),
        SourceInfo("google", "Google Workspace", (("token",),)),
        SourceInfo("keycloak", "Keycloak", (("token",), ("client_id", "client_secret")), needs=("realm",)),
        SourceInfo("scim", "SCIM", (("token",), ("user", "password"))),
    )
}

OF_SOME = tuple(dict.fromkeys(option for info in SOURCES.values() for option in (*info.needs, *info.takes)))
"""The options that only some sources have."""


@dataclass(frozen=True)
class Settings:
    """Where a directory is and how to read it. Times are in seconds.

    ``email`` is an attribute, or a path of keys joined by dots; empty: the default of the source. ``verify`` is False,
    True, or a file with authorities.
    """

    source: str
    url: str
    email: str = ""
    base: str = ""
    group_base: str = ""
    people_filter: str = ""
    start_tls: bool = False
    anonymous: bool = False
    realm: str = ""
    tenant_id: str = ""
    verify: bool | str = True
    request_timeout: float = 30.0
    max_wait: float = 300.0

    @property
    def info(self) -> SourceInfo:
        """The facts about the source."""
        return SOURCES[self.source]


@dataclass(frozen=True)
class Credentials:
    """What a directory is asked with. Empty: not given."""

    user: str = ""
    password: str = ""
    token: str = ""
    client_id: str = ""
    client_secret: str = ""

    @property
    def secrets(self) -> list[str]:
        """What must be in no message."""
        return [secret for secret in (self.password, self.token, self.client_secret) if secret]


CREDENTIALS = tuple(item.name for item in fields(Credentials))
"""As options; as variables with ``directory_`` before them, in the environment with ``DIRECTORY_``."""
NAMES = tuple(item.name for item in fields(Settings) if item.name != "verify")


def faults(options: t.Mapping[str, t.Any]) -> list[str]:
    """What is wrong with the options of a directory, each as a clause that names the option."""
    source = options.get("source")
    if source not in SOURCES:
        return [f"source must be one of {', '.join(SOURCES)}"]
    info = SOURCES[source]
    found = [f"{name} is required with source {source}" for name in ("url", *info.needs) if not options.get(name)]
    found += [
        f"{name} is not for source {source}"
        for name in OF_SOME
        if options.get(name) and name not in (*info.needs, *info.takes)
    ]
    found += [
        f"{name} must not contain white space or a slash"
        for name in ("realm", "tenant_id")
        if re.search(r"[\s/?#]", str(options.get(name) or ""))
    ]
    return found


def settings_from(options: t.Mapping[str, t.Any]) -> Settings:
    """The settings in the options of a directory, or ``validation`` with every fault in them.

    ``validate_certs`` and ``ca_path`` are read as everywhere; other keys are left to the caller.
    """
    wrong = faults(options)
    if wrong:
        raise AccessError(VALIDATION, f"The directory cannot be read: {'; '.join(wrong)}.", hint="Correct the options.")
    values = {name: options[name] for name in NAMES if options.get(name) is not None}
    for name in ("request_timeout", "max_wait"):
        check_number(name, values.get(name, 1), 0.001 if name == "request_timeout" else 0)
    verify = options.get("validate_certs", True)
    return Settings(**values, verify=(options.get("ca_path") or True) if verify in (None, True) else False)


def from_environment(environ: t.Mapping[str, str]) -> dict[str, str]:
    """The credentials in an environment, by name; empty where there is none."""
    return {name: environ.get(f"DIRECTORY_{name.upper()}") or "" for name in CREDENTIALS}


def check_credentials(settings: Settings, credentials: Credentials) -> None:
    """Raise ``invalid_key`` unless there is what the source signs in with."""
    if any(all(getattr(credentials, name) for name in names) for names in settings.info.signs_in):
        return
    if settings.anonymous and not credentials.user:
        return
    ways = " or ".join(" and ".join(f"directory_{name}" for name in names) for names in settings.info.signs_in)
    raise AccessError(
        INVALID_KEY,
        f"There is no complete credential for the directory ({settings.info.title}).",
        hint=f"Set {ways}" + (", or anonymous: true." if "anonymous" in settings.info.takes else "."),
    )
