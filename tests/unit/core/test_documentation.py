# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is documented is what the modules take and return, and every example works."""

from __future__ import annotations

import importlib
import json
import re
import runpy
import sys
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import yaml
from ansible.module_utils import basic
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.honeyops.access.plugins.module_utils._access.catalog import ServiceInfo
from ansible_collections.honeyops.access.plugins.module_utils._module import exit as _module
from ansible_collections.honeyops.access.plugins.module_utils._services import SERVICES
from tests.modules import PACKAGE
from tests.simulator import Simulator
from tests.tools.tree import ROOT

from .support import ERROR_KEYS, OWNER, Ask

FRAGMENTS = "ansible_collections.honeyops.access.plugins.doc_fragments."
ACTIONS = {path.stem for path in (ROOT / "plugins/action").glob("*.py")}
MODULES = sorted({path.stem for path in (ROOT / "plugins/modules").glob("*.py")} - ACTIONS)
INTERFACE = {
    "honeybadger_team_info",
    "honeybadger_team_member",
    "honeycomb_api_key",
    "honeycomb_api_key_info",
    "honeybadger_account_info",
    "honeybadger_invitation",
    "honeybadger_invitation_info",
    "honeybadger_user",
    "honeybadger_user_info",
    "honeybadger_users",
    "honeycomb_auth_info",
    "honeycomb_member",
    "honeycomb_member_info",
    "honeycomb_members",
}
SETTINGS = [setting for info in SERVICES.values() for setting in info.settings]
SECRET = {setting.option for setting in SETTINGS if setting.secret}
NOT_DOCUMENTED = {"changed", "failed", "msg", "rc", "invocation", "warnings", "diff"}
DIFFERS = {
    "action": "each module has actions of its own",
    "invitations": "an info module lists accepted ones, too",
    "known_invitations": "by address in Honeycomb, by the id of the invitation in Honeybadger",
    "member": "of a Honeycomb team, or of a team in Honeybadger",
    "members": "an info module lists what the service shows",
    "plan": "each module has actions of its own",
    "plan_id": "that of Honeybadger names the account",
    "users": "an info module lists what the service shows",
}
PATHS = {"honeycomb": ("/1/", "/2/"), "honeybadger": ("/v2/",)}
LIMITS = {"honeycomb": 100, "honeybadger": 360}
VARIABLES = {"str": "text", "list": [], "dict": {}, "bool": True, "int": 1, "float": 1.0}


class Captured(Exception):
    """The arguments that a module makes its AnsibleModule with."""


@cache
def specification(module: str) -> dict[str, Any]:
    def capture(**arguments: Any) -> Any:
        raise Captured(arguments)

    with mock.patch.object(_module, "Module", capture), pytest.raises(Captured) as caught:
        importlib.import_module(PACKAGE + module).main()
    found: dict[str, Any] = caught.value.args[0]
    return found


def text(module: str, name: str) -> Any:
    return yaml.safe_load(getattr(importlib.import_module(PACKAGE + module), name))


@cache
def documentation(module: str) -> dict[str, Any]:
    """With the fragments merged, as ansible-doc shows it."""
    found: dict[str, Any] = text(module, "DOCUMENTATION")
    merged: dict[str, Any] = {"options": {}, "attributes": {}}
    for fragment in found["extends_documentation_fragment"]:
        file, _unused, name = fragment.removeprefix("honeyops.access.").partition(".")
        source = importlib.import_module(FRAGMENTS + file).ModuleDocFragment
        part = yaml.safe_load(getattr(source, (name or "documentation").upper()))
        for key, entries in merged.items():
            assert not entries.keys() & part.get(key, {}).keys()
            entries.update(part.get(key, {}))
    for key, entries in merged.items():
        assert not entries.keys() & found.get(key, {}).keys()
        found[key] = {**entries, **found.get(key, {})}
    return found


def compare(where: str, documented: dict[str, Any], spec: dict[str, Any]) -> None:
    assert documented.keys() == spec.keys(), where
    for name, option in spec.items():
        shown = documented[name]
        here = f"{where}.{name}"
        for key, missing in {
            "type": "str",
            "required": False,
            "default": None,
            "choices": None,
            "elements": None,
        }.items():
            assert option.get(key, missing) == shown.get(key, missing), f"{here}: {key}"
        compare(here, shown.get("suboptions", {}), option.get("options", {}))
        assert shown["description"]
        described = "".join(shown["description"])
        for variable in option.get("fallback", (None, ()))[1]:
            assert f"E({variable})" in described, here
        assert bool(option.get("no_log")) is (name in SECRET), here


def test_all_modules_are_there() -> None:
    assert set(MODULES) == INTERFACE


@pytest.mark.parametrize("module", MODULES)
def test_options(module: str) -> None:
    documented, spec = documentation(module), specification(module)
    assert documented["module"] == module
    assert spec["supports_check_mode"] is True
    assert documented["attributes"].keys() == {"check_mode", "diff_mode", "action_group"}
    compare(module, documented["options"], spec["argument_spec"])


def test_returned_values_are_described_in_the_same_words() -> None:
    """Ansible has no fragments for them."""
    found: dict[str, dict[str, Any]] = {}
    for module in MODULES:
        for key, entry in text(module, "RETURN").items():
            said = {name: value for name, value in entry.items() if name != "sample"}
            found.setdefault(key, {})[module] = said
    several = {key for key, said in found.items() if len({json.dumps(value) for value in said.values()}) > 1}
    assert several == DIFFERS.keys()


@pytest.mark.parametrize("module", MODULES)
def test_samples_are_of_the_service(module: str) -> None:
    returned, service = text(module, "RETURN"), module.partition("_")[0]
    shown = [returned["error"]["sample"]["path"], *returned.get("verified", {}).get("sample", {}).get("read", ())]
    assert all(path.startswith(PATHS[service]) for path in shown)
    assert returned["error"]["sample"].keys() == ERROR_KEYS
    assert LIMITS[service] / 2 < returned["api"]["sample"]["rate_limit_remaining"] < LIMITS[service]


@pytest.mark.parametrize("module", MODULES)
def test_action_groups(module: str) -> None:
    groups = yaml.safe_load((ROOT / "meta/runtime.yml").read_text(encoding="utf-8"))["action_groups"]
    (group,) = documentation(module)["attributes"]["action_group"]["membership"]
    assert group == f"honeyops.access.{module.partition('_')[0]}"
    assert [name for name, members in groups.items() if module in members] == [module.partition("_")[0]]


@pytest.mark.parametrize("info", SERVICES.values(), ids=SERVICES.keys())
def test_one_set_of_defaults_serves_a_group(info: ServiceInfo) -> None:
    """Ansible hands the defaults of an action group to each of its modules, and one that does not know them fails."""
    groups = yaml.safe_load((ROOT / "meta/runtime.yml").read_text(encoding="utf-8"))["action_groups"]
    for module in groups[info.key]:
        known = specification(module)["argument_spec"]
        assert [option.option for option in info.settings if option.option not in known] == [], module


def filled(value: Any, option: dict[str, Any]) -> Any:
    """An option of an example, with something of the right kind where a variable stands."""
    if isinstance(value, str) and re.fullmatch(r"\{\{.*\}\}", value):
        return [{"email": OWNER}] if "options" in option else VARIABLES[option["type"]]
    assert "{{" not in str(value)
    return value


def tasks(examples: Any) -> list[tuple[str, dict[str, Any]]]:
    prefix = "honeyops.access."
    return [(key.removeprefix(prefix), value) for task in examples for key, value in task.items() if prefix in key]


@pytest.mark.parametrize("module", MODULES)
def test_examples(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for setting in SETTINGS:
        monkeypatch.setenv(setting.environment, "set")
    examples = tasks(text(module, "EXAMPLES"))
    assert module in [name for name, _options in examples]
    for name, options in examples:
        spec = {
            key: value for key, value in specification(name).items() if key not in ("supports_check_mode", "unchanged")
        }
        validator = ArgumentSpecValidator(**spec)
        filled_in = {key: filled(value, spec["argument_spec"][key]) for key, value in options.items()}
        assert validator.validate(filled_in).error_messages == []


def agree(where: str, documented: dict[str, Any], value: Any) -> None:
    """Every key that is there is documented, and every one that is always there, is there."""
    for item in value if isinstance(value, list) else [value]:
        contains = documented.get("contains")
        if contains is None or item is None:
            continue
        always = {key for key, entry in contains.items() if entry["returned"] == "always"}
        if len(always) == len(contains):
            assert item.keys() <= contains.keys(), where
        assert item.keys() >= always, where
        for key in item.keys() & contains.keys():
            agree(f"{where}.{key}", contains[key], item[key])


KINDS = {"str": str, "dict": dict, "list": list, "float": float, "bool": bool, "int": int}


def hold(module: str, result: dict[str, Any]) -> None:
    returned = text(module, "RETURN")
    expected = {key for key, entry in returned.items() if entry["returned"] in ("always", "success")}
    if result["rc"]:
        expected = {key for key in expected if returned[key]["returned"] == "always"} | {"error"}
        assert result.keys() - NOT_DOCUMENTED - {"error"} <= returned.keys()
    assert result.keys() - NOT_DOCUMENTED == expected
    for key in expected:
        assert result[key] is None or isinstance(result[key], KINDS[returned[key]["type"]]), key
        agree(key, returned[key], result[key])


RUNS: list[tuple[str, dict[str, Any], str]] = [
    ("honeycomb_member", {"email": OWNER}, ""),
    ("honeycomb_member", {"email": "new@example.com", "known_invitations": {}}, ""),
    ("honeycomb_member", {"email": "nobody@example.com", "state": "absent"}, ""),
    ("honeycomb_member", {"email": OWNER, "state": "absent"}, "last_admin"),
    ("honeycomb_members", {"members": [{"email": "new@example.com"}, {"email": OWNER, "role": "admin"}]}, ""),
    ("honeycomb_members", {"members": [{"email": OWNER, "state": "absent"}]}, "guard_refused"),
    ("honeybadger_user", {"email": OWNER}, ""),
    ("honeybadger_user", {"email": "new@example.com"}, ""),
    ("honeybadger_user", {"email": "new@example.com", "invite": False}, "not_a_user"),
    ("honeybadger_invitation", {"email": "new@example.com"}, ""),
    ("honeybadger_invitation", {"email": OWNER}, ""),
    ("honeybadger_invitation", {"id": 99}, "not_found"),
    ("honeybadger_users", {"users": [{"email": "new@example.com"}, {"email": OWNER}]}, ""),
    ("honeybadger_users", {"users": [], "expected_plan_id": "x"}, "plan_changed"),
    ("honeycomb_api_key_info", {}, ""),
    ("honeycomb_api_key_info", {"creator": OWNER, "type": "ingest"}, ""),
    ("honeycomb_api_key", {"id": "hcaik_01canaryingestkeyid", "state": "disabled"}, ""),
    ("honeycomb_api_key", {"id": "hcaik_01canaryingestkeyid", "state": "absent"}, ""),
    ("honeycomb_api_key", {"id": "nowhere"}, "not_found"),
    ("honeycomb_api_key", {"id": "hcxmk_01managementkeyid", "state": "absent"}, "guard_refused"),
    ("honeybadger_team_info", {}, ""),
    ("honeybadger_team_info", {"account_id": "nowhere"}, "endpoint_unavailable"),
    ("honeybadger_team_member", {"team_id": 3, "email": "new@example.com"}, ""),
    ("honeybadger_team_member", {"team_id": 3, "email": "new@example.com", "state": "absent"}, ""),
    ("honeybadger_team_member", {"team_id": 99, "email": "new@example.com"}, "not_found"),
    ("honeycomb_member_info", {}, ""),
    ("honeycomb_auth_info", {}, ""),
    ("honeybadger_account_info", {}, ""),
    ("honeybadger_account_info", {"account_id": "Me3upk"}, ""),
    ("honeybadger_user_info", {}, ""),
    ("honeybadger_invitation_info", {}, ""),
    ("honeybadger_invitation_info", {"account_id": "nowhere"}, "not_found"),
]


@pytest.mark.parametrize(("module", "options", "fails"), RUNS)
@pytest.mark.parametrize("check", [False, True])
def test_results(ask: Ask, sim: Simulator, module: str, options: dict[str, Any], fails: str, check: bool) -> None:
    hold(module, ask(module, **options, check=check, fails=fails))


@pytest.mark.parametrize("module", [module for module in MODULES if module.endswith("_info")])
def test_reading_costs_what_is_documented(ask: Ask, sim: Simulator, module: str) -> None:
    cost = ask(module)["api"]["requests"]
    assert text(module, "RETURN")["api"]["sample"]["requests"] == cost
    if "in one request" in str(documentation(module)["description"]):
        assert cost == 1


def test_each_module_is_run() -> None:
    assert {module for module, _options, fails in RUNS if not fails} == set(MODULES)


@pytest.mark.parametrize("module", MODULES)
def test_as_ansible_runs_it(module: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """As the main module of a process, here without the options that it needs."""
    monkeypatch.delitem(sys.modules, PACKAGE + module, raising=False)
    monkeypatch.setattr(basic, "_ANSIBLE_ARGS", b'{"ANSIBLE_MODULE_ARGS": {"_ansible_remote_tmp": "/tmp"}}')
    monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
    with pytest.raises(SystemExit) as leaving:
        runpy.run_module(PACKAGE + module, run_name="__main__")
    assert leaving.value.code == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "validation"


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_hardly_more_than_its_documentation(module: str) -> None:
    source = (ROOT / "plugins/modules" / f"{module}.py").read_text(encoding="utf-8")
    code = re.sub(r'^(DOCUMENTATION|EXAMPLES|RETURN) = r""".*?"""$', "", source, flags=re.DOTALL | re.MULTILINE)
    assert len([line for line in code.splitlines() if line.strip()]) <= 60


@pytest.mark.parametrize("path", sorted((ROOT / "plugins/module_utils").rglob("*.py")), ids=lambda path: path.name)
def test_private_code_says_so(path: Path) -> None:
    assert path.relative_to(ROOT / "plugins/module_utils").parts[0].startswith("_")
    assert "private to the collection" in path.read_text(encoding="utf-8")


def test_the_role_shows_the_defaults_of_the_modules() -> None:
    role = yaml.safe_load((ROOT / "roles/lifecycle/meta/argument_specs.yml").read_text())["argument_specs"]["main"]
    role["options"].pop("lifecycle_verify")  # true there, for people offboard with it
    for module in ("honeycomb_members", "honeybadger_users"):
        for option, spec in specification(module)["argument_spec"].items():
            shown = role["options"].get(f"lifecycle_{option}", spec)
            assert shown.get("default") == spec.get("default"), option


def test_the_role_refuses_no_blank() -> None:
    """Before ansible-core 2.19, null is refused for a text that has a default, so such an option is raw."""
    for path in sorted(ROOT.glob("roles/*/meta/argument_specs.yml")):
        for entry in yaml.safe_load(path.read_text())["argument_specs"].values():
            for value in ("", None):
                given = dict.fromkeys(entry["options"], value)
                assert ArgumentSpecValidator(entry["options"]).validate(given).error_messages == []
