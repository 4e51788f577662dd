# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""From options to a Honeycomb team and its keys.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t

from .._access.catalog import Spec
from .._access.model import KNOWN
from .._access.options import connection, setting
from .._http import errors
from .._http.client import Answers
from .._http.errors import AccessError
from .._http.naming import option
from .._http.options import check_secret, client_of
from .facts import HONEYCOMB
from .key_grants import DELETE, DISABLE, REPORT, KeyGrants, NoKeys
from .keys import MEDIA_TYPE, BearerKey, HoneycombKeys
from .members import Honeycomb, KeyHeader

CONNECTION: Spec = {**setting(HONEYCOMB.credentials[0]), **connection(HONEYCOMB)}
MANAGEMENT: Spec = {
    **{
        option: {**spec, "required": True}
        for found in HONEYCOMB.credentials[1:]
        for option, spec in setting(found).items()
    },
    "api_key": {"type": "str", "no_log": True},
    **connection(HONEYCOMB),
}
MANAGEMENT_UNUSED: Spec = {found.option: {"type": "str", "no_log": found.secret} for found in HONEYCOMB.credentials[1:]}
KEYS: Spec = {
    **{option: spec for found in HONEYCOMB.credentials[1:] for option, spec in setting(found).items()},
    "leaver_keys": {"type": "str", "choices": [REPORT, DISABLE, DELETE], "default": REPORT},
    "max_keys": {"type": "int", "default": 20, "no_log": False},
}


def honeycomb(
    params: t.Mapping[str, t.Any], names: t.Mapping[str, str] | None = None, answers: Answers | None = None
) -> Honeycomb:
    """The team that the options name; ``names`` are sent with invitations, by folded address.

    ``answers``: what this run knows of its keys already.
    """
    key = check_secret("api_key", params["api_key"])
    client = client_of(HONEYCOMB.title, params, KeyHeader(key), key)
    client.answers = client.answers if answers is None else answers
    service = Honeycomb(client, key, params.get(KNOWN), names)
    given = [name for name in HONEYCOMB.optional if params.get(name) and "leaver_keys" in params]
    if len(given) == 1:
        raise AccessError(
            errors.VALIDATION,
            f"{option(given[0])} is given without {option(next(name for name in HONEYCOMB.optional if name not in given))}.",
            hint="A management key needs both options.",
        )
    if given:
        keys = honeycomb_keys(params)
        keys.client.budget, keys.client.answers = client.budget, client.answers
        service.users = keys
        service.companions = [KeyGrants(keys, params["leaver_keys"], service.own_key)]
    elif "leaver_keys" in params:
        service.companions = [NoKeys(client, params["leaver_keys"])]
    return service


def honeycomb_keys(params: t.Mapping[str, t.Any]) -> HoneycombKeys:
    """The keys of the management key's team."""
    key_id = check_secret("management_key_id", params["management_key_id"])
    secret = check_secret("management_key_secret", params["management_key_secret"])
    client = client_of(HONEYCOMB.title, params, BearerKey(key_id, secret), secret, MEDIA_TYPE)
    client.hide(f"{key_id}:{secret}")
    return HoneycombKeys(client, key_id)
