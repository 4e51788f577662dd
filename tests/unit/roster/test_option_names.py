# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A message marks the options that it is about; each door shows its own names for them."""

from __future__ import annotations

import pytest

from ansible_collections.honeyops.access.plugins.module_utils._access.catalog import ServiceInfo
from ansible_collections.honeyops.access.plugins.module_utils._http.errors import VALIDATION, AccessError
from ansible_collections.honeyops.access.plugins.module_utils._http.naming import option, worded
from ansible_collections.honeyops.access.plugins.module_utils._http.outside import shown
from ansible_collections.honeyops.access.plugins.module_utils._services import SERVICES
from ansible_collections.honeyops.access.plugins.plugin_utils._host.option_names import in_role
from ansible_collections.honeyops.access.plugins.plugin_utils._words.names import attributed


@pytest.mark.parametrize("info", SERVICES.values(), ids=SERVICES.keys())
def test_every_connection_option(info: ServiceInfo) -> None:
    for setting in info.settings:
        assert in_role(info, f"Check {option(setting.option)}.") == f"Check {setting.variable}."


def test_options_and_nothing_else() -> None:
    info = SERVICES["honeycomb"]
    texts = {"msg": f"{option('max_keys')} of max_keys", "left": [f"raise {option('max_wait')}", "api_key@example.com"]}
    assert in_role(info, texts) == {
        "msg": "lifecycle_max_keys of max_keys",
        "left": ["raise max_wait", "api_key@example.com"],
    }
    assert worded(texts)["msg"] == "max_keys of max_keys"


def test_an_error_is_told_as_modules_call_options_unless_a_door_says_otherwise() -> None:
    error = AccessError(VALIDATION, f"{option('protected')}: ada", hint=f"Change {option('protected')}.")
    assert error.sentence == "protected: ada Change protected."
    assert in_role(SERVICES["honeycomb"], error.marked) == "lifecycle_protected: ada Change lifecycle_protected."


def test_no_text_from_outside_can_have_a_mark() -> None:
    assert worded(shown(option("api_key")), lambda _name: "taken") == worded(shown(option("api_key")))


def test_a_service_is_named_once() -> None:
    assert attributed("Honeycomb", "Honeycomb answered 500.") == "Honeycomb answered 500."
    assert attributed("Honeycomb", "The key is wrong.") == "Honeycomb: The key is wrong."
