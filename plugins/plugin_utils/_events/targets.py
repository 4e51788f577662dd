# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The teams and accounts to poll, from the arguments of the event source ``access_changes``.

This file is private to the collection.
"""

from __future__ import annotations

import hashlib
import os
import typing as t
from collections.abc import Mapping, Sequence

from ...module_utils._access.catalog import ServiceInfo
from ...module_utils._access.options import connection_defaults
from ...module_utils._http.errors import AccessError
from ...module_utils._services import CONNECTORS, KEY_CONNECTORS, SERVICES
from .._people.rosters import ENDS_WITHIN
from .._words.text import clean
from .ending import Roster
from .poller import INTERVAL, Look, Polled

ARGUMENTS = (
    *("targets", "interval", "snapshot", "validate_certs", "ca_path", "request_timeout"),
    *("roster_file", "ends_within"),
)
SHARED = ("validate_certs", "ca_path", "request_timeout")
GIVEN = ("eda_feedback_queue",)  # added by ansible-rulebook
NO_WAIT = 0  # the poller waits, not the client


def settings_of(args: Mapping[str, t.Any]) -> tuple[list[Polled], float, str | None, Roster | None]:
    """The targets, the interval, the snapshot and the roster; ``ValueError`` says what is wrong."""
    unknown = sorted(set(args) - set(ARGUMENTS) - set(GIVEN))
    if unknown:
        raise ValueError(f"access_changes does not know {', '.join(unknown)}; it takes {', '.join(ARGUMENTS)}.")
    interval = _number(args, "interval", INTERVAL)
    shared = {key: args[key] for key in SHARED if args.get(key) not in (None, "")}
    given = args.get("targets")
    if given in (None, "", []):
        given = _from_environment()
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise ValueError(  # noqa: TRY004  # a mistake of the user, not of the caller
            "targets must be a list of mappings with name, service and the credentials."
        )
    targets = [_target(entry, shared) for entry in given]
    keys = [target.key for target in targets]
    double = sorted({key for key in keys if keys.count(key) > 1})
    if double:
        raise ValueError(f"Two targets are the same: {', '.join(double)}. Give each its own name.")
    path = args.get("roster_file") or None
    days = int(_number(args, "ends_within", ENDS_WITHIN, "days"))
    roster = Roster(os.path.abspath(os.path.expanduser(str(path))), days) if path else None
    return targets, interval, args.get("snapshot") or None, roster


def _number(args: Mapping[str, t.Any], key: str, default: float, unit: str = "seconds") -> float:
    value = args.get(key)
    if value in (None, ""):
        return default
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = 0.0
    if not 0 < number < 1e9:
        raise ValueError(f"{key} is {value!r}; give a number of {unit} above 0.")
    return number


def _from_environment() -> list[dict[str, str]]:
    """One target for each service whose credentials are in the environment."""
    found = []
    for info in SERVICES.values():
        options = {
            setting.option: os.environ[setting.environment]
            for setting in info.settings
            if os.environ.get(setting.environment)
        }
        if all(setting.option in options for setting in info.credentials if setting.required):
            found.append({"name": "localhost", "service": info.key, **options})
    if not found:
        raise ValueError(
            "There is nothing to poll: give targets, or set the credentials of a service in the environment."
        )
    return found


def _target(entry: t.Any, shared: Mapping[str, t.Any]) -> Polled:
    if not isinstance(entry, Mapping):
        raise ValueError("A target must be a mapping with name, service and the credentials.")  # noqa: TRY004  # likewise
    service = str(entry.get("service") or "")
    if service not in SERVICES:
        raise ValueError(f"service is {service!r}; give {' or '.join(SERVICES)}.")
    info = SERVICES[service]
    options = {key: str(value).strip() for key, value in entry.items() if value not in (None, "")}
    name = options.pop("name", "")
    del options["service"]
    _check(info, name, options)
    scope = "" if info.asks_identity else options[info.identity[0]]
    secret = "\0".join(options[setting.option] for setting in info.credentials if setting.secret and setting.required)
    credential = hashlib.sha256(secret.encode()).hexdigest()
    read = _reader(info, options, shared)
    return Polled(name, service, read, scope, credential)


def _check(info: ServiceInfo, name: str, options: Mapping[str, str]) -> None:
    if not name:
        raise ValueError(f"A target of {info.title} has no name.")
    known = [setting.option for setting in info.settings]
    unknown = sorted(set(options) - set(known))
    if unknown:
        raise ValueError(
            f"The target {name} has {', '.join(unknown)}, which is unknown for {info.title}; it takes {', '.join(known)}."
        )
    if 0 < sum(key in options for key in info.optional) < len(info.optional):
        raise ValueError(f"The target {name} has half a management key: give {' and '.join(info.optional)}.")
    missing = [setting.option for setting in info.credentials if setting.required and setting.option not in options]
    if missing:
        raise ValueError(f"The target {name} lacks {' and '.join(missing)}.")


def _reader(info: ServiceInfo, options: Mapping[str, str], shared: Mapping[str, t.Any]) -> t.Callable[[], Look]:
    defaults = connection_defaults(info)
    timeout = _number(shared, "request_timeout", defaults["request_timeout"])
    params = {**defaults, **shared, "request_timeout": timeout, "max_wait": NO_WAIT, **options}
    own = {key: value for key, value in params.items() if key not in info.optional}
    keys_of = KEY_CONNECTORS.get(info.key) if all(key in params for key in info.optional) else None

    def clients() -> tuple[t.Any, t.Any]:
        return CONNECTORS[info.key](own), keys_of(params) if keys_of else None

    try:
        clients()  # reports an invalid credential at the start
    except AccessError as error:
        raise ValueError(error.sentence) from None

    def read() -> Look:
        service, manager = clients()
        seats = [_seat(grant) for grant in service.read()]
        keys = _keys(manager) if manager else None
        return Look(seats, keys, service.client.requests, _hourly(info, service.client))

    return read


def _keys(manager: t.Any) -> dict[str, dict[str, t.Any]]:
    users = manager.users()
    found = {}
    for key in manager.keys(None):
        shown = key.public(users)
        email = (shown["creator"] or {}).get("email") or ""
        found[key.id] = {**{name: shown[name] for name in ("id", "name", "type", "disabled")}, "email": clean(email)}
        found[key.id]["name"] = clean(shown["name"])
    return found


def _seat(grant: t.Any) -> dict[str, t.Any]:
    return {
        "id": grant.id,
        "email": clean(grant.email),
        "role": clean(grant.role),
        "status": grant.status,
        "also": list(grant.also),
        "invitations": list(grant.invitations),
    }


def _hourly(info: ServiceInfo, client: t.Any) -> int | None:
    """The number of requests allowed in an hour, as the service says or else as documented."""
    quota = client.quota
    if quota and quota.limit and quota.window:
        return int(quota.limit * 3600 / quota.window)
    return quota.limit if quota and quota.limit and info.hourly else info.hourly
