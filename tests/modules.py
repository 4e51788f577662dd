# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a module of the collection in this process, through Ansible's own entrance and exit."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import io
import json
from typing import Any
from unittest import mock

from ansible.module_utils import basic

from tests.simulator import Simulator

INTERNAL = "ansible.module_utils._internal"  # in 2.18, too; from 2.19 on it says which side of Ansible this is
PACKAGE = "ansible_collections.honeyops.access.plugins.modules."


def run_module(name: str, /, *, check: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
    """What the module printed, with ``rc`` added. ``options`` are its options."""
    internal = {"_ansible_check_mode": check, "_ansible_diff": diff, "_ansible_remote_tmp": "/tmp"}
    arguments = json.dumps({"ANSIBLE_MODULE_ARGS": {**options, **internal}}).encode()
    module = importlib.import_module(PACKAGE + name)
    output = io.StringIO()
    code: Any = None
    with (
        mock.patch.object(basic, "_ANSIBLE_ARGS", arguments),
        mock.patch.object(basic, "_ANSIBLE_PROFILE", "legacy", create=True),
        _on_the_target(),
        contextlib.redirect_stdout(output),
    ):
        try:
            module.main()
        except SystemExit as leaving:
            code = leaving.code
    result: dict[str, Any] = json.loads(output.getvalue())
    result["rc"] = code
    return result


def _on_the_target() -> contextlib.AbstractContextManager[Any]:
    """Whatever tests of other plugins imported, a module runs on the target, where its warnings are in its result."""
    if importlib.util.find_spec(INTERNAL) is None:
        return contextlib.nullcontext()
    return mock.patch(f"{INTERNAL}.is_controller", False, create=True)


def options_for(sim: Simulator, name: str, /, **options: Any) -> dict[str, Any]:
    """Options with which the module talks to the simulator, less patient than the defaults."""
    quick: dict[str, Any] = {"request_timeout": 2, "max_wait": 5}
    if name.startswith("honeycomb_api_key"):
        managed = {
            "management_key_id": sim.settings.management_key_id,
            "management_key_secret": sim.settings.management_key_secret,
        }
        return {**managed, "api_url": sim.honeycomb_url, **quick, **options}
    if name.startswith("honeycomb"):
        return {"api_key": sim.settings.configuration_key, "api_url": sim.honeycomb_url, **quick, **options}
    account = {} if name == "honeybadger_account_info" else {"account_id": sim.settings.account_id}
    return {"auth_token": sim.settings.auth_token, "api_url": sim.honeybadger_url, **account, **quick, **options}


def run_on(sim: Simulator, name: str, /, *, check: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
    """Run a module against the simulator."""
    return run_module(name, check=check, diff=diff, **options_for(sim, name, **options))
