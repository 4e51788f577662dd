# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a module says about its options, the role says about its variables."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.honeyops.access.plugins.module_utils._access.catalog import ServiceInfo
from ansible_collections.honeyops.access.plugins.module_utils._honeybadger.facts import HONEYBADGER
from ansible_collections.honeyops.access.plugins.module_utils._honeycomb.facts import HONEYCOMB
from ansible_collections.honeyops.access.plugins.module_utils._services import SERVICES
from ansible_collections.honeyops.access.plugins.plugin_utils._host.option_names import in_role, result_in_role
from ansible_collections.honeyops.access.plugins.plugin_utils._words.names import attributed


@pytest.mark.parametrize(
    ("info", "text", "shown"),
    [
        (HONEYCOMB, "max_removals: 3 would go", "lifecycle_max_removals: 3 would go"),
        (HONEYCOMB, "protected: a@b.c would go", "lifecycle_protected: a@b.c would go"),
        (HONEYCOMB, "nobody is protected here", "nobody is protected here"),
        (HONEYCOMB, "add them to the option ignore.", "add them to lifecycle_ignore."),
        (HONEYCOMB, "the option wanted", "the option wanted"),
        (HONEYCOMB, "Check api_key and api_url.", "Check honeycomb_api_key and honeycomb_api_url."),
        (HONEYBADGER, "Check api_url, account_id.", "Check honeybadger_api_url, honeybadger_account_id."),
        (HONEYCOMB, "api_key@example.com left, x@api_key too", "api_key@example.com left, x@api_key too"),
        (HONEYBADGER, "set lifecycle_max_keys", "set lifecycle_max_keys"),
        (HONEYBADGER, "Run again, or raise max_wait.", "Run again, or raise max_wait."),
    ],
)
def test_text(info: ServiceInfo, text: str, shown: str) -> None:
    assert in_role(info, text) == shown
    assert in_role(info, shown) == shown


@pytest.mark.parametrize("info", SERVICES.values(), ids=SERVICES.keys())
def test_every_connection_option(info: ServiceInfo) -> None:
    for setting in info.settings:
        assert in_role(info, f"Check {setting.option}.") == f"Check {setting.variable}."


def test_result() -> None:
    said = {"msg": "max_keys", "hint": "api_key"}
    shown = {"msg": "lifecycle_max_keys", "hint": "honeycomb_api_key"}
    result: dict[str, Any] = {
        "error": said,
        "results": [{"error": said}, {"error": None}],
        "plan": [{"reason": "max_keys"}],
    }
    renamed = result_in_role(
        "honeycomb_members", {**result, **said, "warnings": ["leaver_keys"], "follow_up": ["leaver_keys"]}
    )
    assert renamed == {
        **shown,
        "error": shown,
        "results": [{"error": shown}, {"error": None}],
        "plan": result["plan"],
        "warnings": ["lifecycle_leaver_keys"],
        "follow_up": ["lifecycle_leaver_keys"],
    }


def test_a_service_is_named_once() -> None:
    assert attributed("Honeycomb", "Honeycomb answered 500.") == "Honeycomb answered 500."
    assert attributed("Honeycomb", "The key is wrong.") == "Honeycomb: The key is wrong."
