# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Wrong and missing input: one message that says what to give, before any request. Each case is a host of one run."""

from __future__ import annotations

from typing import Any

from ansible_collections.honeyops.access.plugins.module_utils._services import SERVICES
from tests.simulator import Simulator

from .conftest import Control

NO_ENVIRONMENT = dict.fromkeys(("HONEYCOMB_API_KEY", "HONEYBADGER_AUTH_TOKEN", "HONEYBADGER_ACCOUNT_ID"), "")


def run(control: Control, playbook: str, cases: dict[str, tuple[dict[str, Any], str]], *options: str) -> None:
    """Run a playbook on a host for each case: its variables, and the start of the message that it must fail with."""
    credentials = control.variables("one")
    hosts = control.inventory({name: {**credentials, **given} for name, (given, _unused) in cases.items()})
    done = control.play(playbook, *hosts, *options, environment=NO_ENVIRONMENT)
    failures = done.failures
    for name, (_unused, message) in cases.items():
        assert failures.get(name, "").startswith(message), f"{name}: {failures.get(name)}"
    assert control.sims["one"].log == []


def test_onboard(control: Control) -> None:
    control.write("good.yml", "[ada@example.com]")
    control.write("bad.yml", "- ada@@\n- {rol: x}\n")
    say_who = "Name the people in exactly one of the variables people, roster_file, email; "
    form = {"email": "ada@example.com"}
    run(
        control,
        "onboard",
        {
            "nothing": ({}, say_who + "none is set."),
            "blank": ({"people": "", "email": "", "roster_file": None}, say_who + "none is set."),
            "twice": ({"people": ["bob@example.com"], **form}, say_who + "people and email are set."),
            "nobody": ({"email": " , "}, "email has no address."),
            "neither": (
                {**form, **{f"{service}_role": "none" for service in SERVICES}},
                f"{'Both' if len(SERVICES) == 2 else 'All of'} honeycomb_role and honeybadger_role",
            ),
            "no_form": (
                {"people": [], "honeycomb_role": "admin"},
                "Set honeycomb_role only together with email. With people",
            ),
            "no_list": ({"people": {"email": "ada@example.com"}}, "people is a mapping; give a list."),
            "missing": (
                {"roster_file": "none.yml"},
                f"Nothing was done, because the roster has faults:\n{control.folder}/none.yml: there",
            ),
            "faulty": (
                {"roster_file": "bad.yml"},
                f"Nothing was done, because the roster has faults:\n{control.folder}/bad.yml, line 1: ",
            ),
        },
    )


def test_what_the_role_refuses(control: Control, sim: Simulator) -> None:
    faults = "Nothing was done, because the declared people have faults:\n"
    form = {"email": "ada@example.com"}
    cases: list[tuple[dict[str, Any], str]] = [
        ({**form, "honeycomb_role": "boss"}, faults + "person 1: ada@example.com: honeycomb.role is 'boss'"),
        (
            {**form, "honeybadger_team_ids": "3,x"},
            faults + "person 1: ada@example.com: honeybadger.team_ids contains 'x'",
        ),
        (
            {"people": ["ada@example.com", {"email": "ADA@example.com"}]},
            faults + "person 2: ada@example.com is here",
        ),
        (
            {**form, "lifecycle_default_honeycomb_role": "boss"},
            "lifecycle_default_honeycomb_role is 'boss'; give one of",
        ),
        (
            {**form, "lifecycle_expected_plan_id": "x"},
            "lifecycle_expected_plan_id has no plan for Honeycomb and Honeybadger",
        ),
        ({**form, "lifecycle_max_changes": "many"}, "lifecycle_max_changes is 'many'; give a whole number"),
    ]
    for variables, message in cases:
        assert control.play("onboard", **variables).failures["localhost"].startswith(message), message
    assert sim.log == []


def test_reconcile(control: Control) -> None:
    people = {"people": ["ada@example.com"]}
    run(
        control,
        "reconcile",
        {
            "nothing": (
                {"email": "ada@example.com"},
                "Name the people in exactly one of the variables people, roster_file; none is set.",
            ),
            "maybe": (
                {**people, "exclusive": "maybe"},
                "exclusive is 'maybe'; give true or false.",
            ),
        },
    )


def test_dump(control: Control) -> None:
    run(control, "dump", {"nothing": ({}, "Set dump_file to the file for the roster")})
    run(control, "dump", {"kind": ({"dump_file": "people.txt"}, "dump_file is people.txt, but its name must end in")})
    hosts = control.inventory({name: control.variables(name) for name in ("one", "two")})
    done = control.play("dump", *hosts, "-e", "dump_file=people.yml", warned="are remembered")
    assert len(done.failures) == 1
    assert "Use {{ inventory_hostname }} in dump_file" in next(iter(done.failures.values()))


def test_services(control: Control, sim: Simulator) -> None:
    cases = {
        "none": ({}, "No service is configured on acme. Set the variables honeycomb_api_key, or"),
        "account": (
            {"honeybadger_account_id": "Me3upk", "honeybadger_auth_token": ""},
            "Honeybadger is only partly configured on acme: set the variable honeybadger_auth_token too.",
        ),
        "token": (
            {"honeybadger_account_id": None, "honeybadger_auth_token": "x"},
            "Honeybadger is only partly configured on acme: set the variable honeybadger_account_id too.",
        ),
    }
    for variables, message in cases.values():
        done = control.play("onboard", *control.inventory({"acme": variables}), email="ada@example.com")
        assert done.failures["acme"].startswith("Nothing was done. " + message)
    local = control.inventory({"localhost": {"access_credentials": "variables"}})
    key = {"HONEYCOMB_API_KEY": sim.configuration_key}
    done = control.play("onboard", *local, environment=key, email="ada@example.com")
    assert "remove access_credentials: variables" in done.failures["localhost"]
    assert "localhost only" not in done.failures["localhost"]
    assert sim.log == []


def test_the_environment_is_for_localhost_only(control: Control, sim: Simulator) -> None:
    hosts = control.inventory({"a": {}, "b": {"honeycomb_api_key": ""}, "c": control.variables("two")})
    done = control.play("onboard", *hosts, email="ada@example.com")
    assert done.failures.keys() == {"a", "b", "c"}
    assert "No service is configured on a." in done.failures["c"]
    assert sim.log == control.sims["two"].log == []


def test_a_key_that_refers_to_nothing_is_not_taken_for_none(control: Control, sim: Simulator) -> None:
    hosts = control.inventory({"a": {**control.variables("one"), "honeycomb_api_key": "{{ vault_that_is_not_there }}"}})
    done = control.play("offboard", *hosts, email="ada@example.com", environment=NO_ENVIRONMENT)
    assert "vault_that_is_not_there" in done.failures["a"]
    assert sim.log == []
