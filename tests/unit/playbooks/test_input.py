# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Wrong and missing input: one message that says what to give, before any request. Each case is a host of one run."""

from __future__ import annotations

from typing import Any

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
    control.write("bad.yml", "- ada\n- {rol: x}\n")
    say_who = "Say who, in exactly one of the variables people, roster_file, email; "
    faults = "Nothing was done, for the people declared have faults:\n"
    form = {"email": "ada@example.com"}
    run(
        control,
        "onboard",
        {
            "nothing": ({}, say_who + "none was given."),
            "blank": ({"people": "", "email": "", "roster_file": None}, say_who + "none was given."),
            "twice": ({"people": [], **form}, say_who + "people and email were given."),
            "nobody": ({"email": " , "}, "email names nobody."),
            "neither": (
                {**form, "honeycomb_role": "none", "honeybadger_role": "none"},
                "Both honeycomb_role and honeybadger_role",
            ),
            "unknown": (
                {**form, "honeycomb_role": "boss"},
                faults + "person 1: ada@example.com: honeycomb.role is 'boss'",
            ),
            "teams": (
                {**form, "honeybadger_team_ids": "3,x"},
                faults + "person 1: ada@example.com: honeybadger.team_ids holds 'x'",
            ),
            "no_form": (
                {"people": [], "honeycomb_role": "admin"},
                "Give honeycomb_role together with email only. With people",
            ),
            "no_list": ({"people": {"email": "ada@example.com"}}, "people must be a list of e-mail addresses"),
            "text": ({"people": "ada@example.com"}, "people must be a list of e-mail addresses"),
            "wrong": (
                {"people": ["ada@example.com", {"email": "ADA@example.com"}]},
                faults + "person 2: ada@example.com stands",
            ),
            "missing": (
                {"roster_file": "none.yml"},
                f"Nothing was done, for the roster has faults:\n{control.folder}/none.yml: there",
            ),
            "faulty": (
                {"roster_file": "bad.yml"},
                f"Nothing was done, for the roster has faults:\n{control.folder}/bad.yml, line 1: ",
            ),
            "role": ({**form, "lifecycle_default_honeycomb_role": "boss"}, "Validation of arguments failed"),
            "plan": (
                {**form, "lifecycle_expected_plan_id": "x"},
                "Nothing was done, for lifecycle_expected_plan_id names no plan for",
            ),
        },
    )


def test_reconcile(control: Control) -> None:
    people = {"people": ["ada@example.com"]}
    run(
        control,
        "reconcile",
        {
            "nothing": (
                {"email": "ada@example.com"},
                "Say who, in exactly one of the variables people, roster_file; none was given.",
            ),
            "maybe": (
                {**people, "exclusive": "maybe"},
                "exclusive is maybe; give true, which is the default, or false.",
            ),
        },
    )


def test_dump(control: Control) -> None:
    run(control, "dump", {"nothing": ({}, "Say where to write the roster: give dump_file")})
    run(control, "dump", {"kind": ({"dump_file": "people.txt"}, "dump_file is people.txt, but its name must end in")})
    same = "dump_file is the same for several hosts. Have {{ inventory_hostname }} in it, as in rosters/{{ inventory_hostname }}.yml."
    run(control, "dump", {"a": ({}, same), "b": ({}, same)}, "-e", "dump_file=people.yml")


def test_services(control: Control, sim: Simulator) -> None:
    account = {"honeybadger_account_id": "Me3upk", "honeybadger_auth_token": "", "honeycomb_api_key": ""}
    token = {"honeybadger_account_id": "", "honeybadger_auth_token": "x", "honeycomb_api_key": ""}
    run(
        control,
        "onboard",
        {
            "none": (
                dict.fromkeys(account, ""),
                "No service is configured on none. Set the variables honeycomb_api_key, or",
            ),
            "account": (
                account,
                "Honeybadger needs an auth token on account, too: set the variable honeybadger_auth_token, or",
            ),
            "token": (
                token,
                "Honeybadger needs an account id on token, too: set the variable honeybadger_account_id, or",
            ),
        },
        "-e",
        "email=ada@example.com",
    )


def test_the_environment_is_no_team_of_several_hosts(control: Control, sim: Simulator) -> None:
    hosts = control.inventory({"a": {}, "b": {}, "c": control.variables("two")})
    done = control.play("onboard", *hosts, email="ada@example.com")
    shared = "HONEYCOMB_API_KEY and HONEYBADGER_ACCOUNT_ID of the environment would make several hosts the same team or account."
    assert {host: message.startswith(shared) for host, message in done.failures.items()} == {"a": True, "b": True}
    assert sim.log == []
    assert len(control.sims["two"].emails) == 2


def test_a_key_that_refers_to_nothing_is_not_taken_for_none(control: Control, sim: Simulator) -> None:
    hosts = control.inventory({"a": {**control.variables("one"), "honeycomb_api_key": "{{ vault_that_is_not_there }}"}})
    done = control.play("offboard", *hosts, email="ada@example.com", environment=NO_ENVIRONMENT)
    assert "vault_that_is_not_there" in done.failures["a"]
    assert sim.log == []
