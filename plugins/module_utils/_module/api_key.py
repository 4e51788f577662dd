# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Honeycomb API key modules, from options to results.

This file is private to the collection.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import replace

from .._access.doubt import UNKNOWN_FATE, pause_before_reading
from .._access.model import ABSENT, DELETE_KEY, DISABLE_KEY
from .._access.record import Result, Values
from .._honeycomb.keys import WHERE, ApiKey, HoneycombKeys, own_key
from .._http import errors
from .._http.address import check_id
from .._http.errors import AccessError

ENABLED, DISABLED = "enabled", "disabled"
ENABLE_KEY = "enable_key"
MANAGEMENT_KEY_ID = re.compile("hc[a-z]mk_")  # of keys that no list shows
STATES = (ENABLED, DISABLED, ABSENT)
UNTOUCHED: dict[str, t.Any] = {"changed": False, "key": None, "action": "none"}
"""The result for a key that is left as it is."""


def manage_key(service: HoneycombKeys, params: Values, check: bool) -> Result:
    """Bring one key to the state that is declared."""
    values = {**UNTOUCHED}
    error = None
    diff = {"before": "", "after": ""}
    try:
        key_id = check_id(params["id"].strip(" "))
        if service.is_own(key_id):
            raise own_key(key_id)
        key = _find(service, key_id)
        action = _action(key, key_id, params["state"])
        after: ApiKey | None = key
        if key and action:
            values.update(key=key.public())
            after, changed = (_planned(key, action), True) if check else _carry_out(service, key, action)
            if changed:
                values.update(changed=True, action=action)
                diff = {"before": _line(key, key), "after": _line(key, after)}
        values["key"] = after.public() if after else None
    except AccessError as fault:
        error = fault
    return Result({**values, "api": service.client.api()}, error, [], diff)


def _find(service: HoneycombKeys, key_id: str) -> ApiKey | None:
    found = service.keys()
    return next((key for key in found if key.id == key_id), None)


def _action(key: ApiKey | None, key_id: str, state: str) -> str | None:
    """The action that brings the key to the declared state, None if it is in that state."""
    if key is None:
        if state == ABSENT and not MANAGEMENT_KEY_ID.match(key_id):
            return None
        raise AccessError(
            errors.NOT_FOUND,
            f"The team has no ingest or configuration key with the id {key_id}.",
            hint=f"honeycomb_api_key_info lists the ids. It does not list management keys; look for those {WHERE}.",
        )
    if state == ABSENT:
        return DELETE_KEY
    if key.disabled == (state == DISABLED):
        return None
    return DISABLE_KEY if state == DISABLED else ENABLE_KEY


def _planned(key: ApiKey | None, action: str) -> ApiKey | None:
    """The key as the action leaves it."""
    return replace(key, disabled=action == DISABLE_KEY) if key and action != DELETE_KEY else None


def _carry_out(service: HoneycombKeys, key: ApiKey, action: str) -> tuple[ApiKey | None, bool]:
    """The key afterwards, and whether this run changed it. After an unclear answer, the list decides."""
    try:
        if action == DELETE_KEY:
            service.delete(key)
            return None, True
        return (service.disable(key) if action == DISABLE_KEY else service.enable(key)), True
    except AccessError as error:
        if not (error.request.leaves_doubt or error.status == 404 or error.code == errors.CONFLICT):
            raise
        fault = error
    budget = service.client.budget
    pause = pause_before_reading([fault], 0, budget.patience)
    try:
        if pause:
            budget.pause(pause)
        now = _find(service, key.id)
    except AccessError:
        raise fault.hinted(UNKNOWN_FATE) from None
    expected = _planned(key, action)
    if (now and now.disabled) == (expected and expected.disabled):
        return now, fault.request.leaves_doubt
    raise fault


def _line(key: ApiKey, now: ApiKey | None) -> str:
    """One line of a diff."""
    state = ABSENT if now is None else DISABLED if now.disabled else ENABLED
    return f"{key.id} ({key.name}): {state}\n"
