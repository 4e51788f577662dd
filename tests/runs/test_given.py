# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What counts as given: blank fields, misspelt variables, patterns, forms; nothing wrong passes in green."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.playing import Control, access
from tests.quick import slow
from tests.simulator import Simulator

OWNER = {"owner": "admin/Owner"}


@pytest.fixture
def populated(control: Control, sim: Simulator) -> Control:
    for name in ("ada", "bob"):
        sim.honeycomb.add(f"{name}@example.com")
        sim.honeybadger.add(f"{name}@example.com")
    return control


@pytest.mark.parametrize("email", ["", "absent", *slow("  ", None)])
def test_a_blank_field_does_not_fall_through_to_the_inventory(
    populated: Control, sim: Simulator, email: str | None
) -> None:
    """`offboard` with a blank `email` took `people` of the inventory and removed everybody."""
    people = ["ada@example.com", "bob@example.com"]
    hosts = populated.inventory({"acme": {**populated.variables("one"), "people": people}}, {"roster_file": "no.yml"})
    variables: dict[str, Any] = {} if email == "absent" else {"email": email}
    done = populated.play("offboard", *hosts, **variables)
    assert "email" in done.failures["acme"]
    assert done.code != 0
    assert sim.log == []


def test_onboard_and_reconcile_with_blank_fields_only(populated: Control, sim: Simulator) -> None:
    blank: dict[str, Any] = {"email": "", "people": None, "roster_file": " ", "honeycomb_role": "", "exclusive": ""}
    for playbook in ("onboard", "reconcile"):
        assert "Name the people" in populated.play(playbook, **blank).failures["localhost"]
    assert sim.log == []


MISSPELT = {
    "lifecycle_protectd": "lifecycle_protected",
    "honeycomb_rolle": "honeycomb_role",
    "lifecycle_max_removal": "lifecycle_max_removals",
    "acces_targets": "access_targets",
    "roster_fil": "roster_file",
    "lifecycle_ignored": "lifecycle_ignore",
    "access_pln": "access_plan",
}
OF_OTHERS: dict[str, Any] = {
    "honeycomb_dataset": "x",
    "honeycomb_environment": "prod",
    "honeybadger_api_key": "x",
    "honeybadger_env": "production",
    "lifecycle_policy": "x",
    "lifecycle_hooks": [],
    "access_log": "/var/log",
    "email_from": "ops@example.com",
    "peoples_republic": "no",
}


@pytest.mark.parametrize("wrong", [list(MISSPELT), *slow(*([name] for name in MISSPELT))])
def test_misspelt_variables_are_refused_with_the_right_names(
    populated: Control, sim: Simulator, wrong: list[str]
) -> None:
    options = [part for name in wrong for part in ("-e", f"{name}=owner@example.com")]
    done = populated.play("offboard", "-e", "email=ada@example.com", *options)
    assert done.failures, done.output
    text = done.failures["localhost"]
    for name in wrong:
        assert re.search(rf"\b{name}\b", text)
        assert re.search(rf"\b{MISSPELT[name]}\b", text)
    assert sim.log == []


def test_a_misspelt_variable_of_the_inventory(populated: Control, sim: Simulator) -> None:
    hosts = populated.inventory({"acme": {**populated.variables("one"), "lifecycle_protectd": ["ada@example.com"]}})
    done = populated.play("offboard", *hosts, email="ada@example.com")
    assert "lifecycle_protected" in done.failures["acme"]
    assert sim.log == []


def test_variables_of_other_software_are_left_alone(populated: Control, sim: Simulator) -> None:
    hosts = populated.inventory({"acme": {**populated.variables("one"), **OF_OTHERS}})
    done = populated.play("offboard", *hosts, email="ada@example.com", **OF_OTHERS)
    assert done.code == 0
    assert access(sim) == OWNER | {"bob": "member/Member"}


@pytest.mark.parametrize("playbook", ["offboard", "dump", *slow("onboard", "reconcile")])
def test_a_pattern_that_matches_nobody_fails(control: Control, sim: Simulator, playbook: str) -> None:
    """It passed in green."""
    hosts = control.inventory({"acme": control.variables("one")})
    done = control.run(
        [
            "ansible-playbook", f"honeyops.access.{playbook}", *hosts[:2], "-e", "access_targets=acmee",
            "-e", "dump_file=x.yml" if playbook == "dump" else "people=['ada@example.com']",
        ]
    )  # fmt: skip
    assert done.code != 0
    assert "acmee" in done.text
    assert sim.log == []


def test_a_limit_that_leaves_nobody_fails(control: Control, sim: Simulator) -> None:
    hosts = control.inventory({"acme": control.variables("one"), "other": control.variables("two")})
    command = ["ansible-playbook", "honeyops.access.onboard", *hosts[:2], "-e", "access_targets=acme"]
    done = control.run([*command, "--limit", "other", "-e", "email=ada@example.com"])
    assert done.code != 0
    assert sim.log == []


@pytest.mark.slow
def test_the_same_address_twice_in_a_form_is_one_person(control: Control, sim: Simulator) -> None:
    done = control.play("onboard", email="ada@example.com, ADA@example.com\n ada@example.com")
    assert done.code == 0
    assert [len(sim.emails_to("ada@example.com", service)) for service in ("honeycomb", "honeybadger")] == [1, 1]
    assert control.play("offboard", email="Ada@example.com ada@example.com").code == 0
    assert access(sim) == OWNER


def test_a_service_that_is_named_but_not_configured_is_reported(control: Control, sim: Simulator) -> None:
    hosts = control.inventory({"acme": control.variables("one", "honeybadger")})
    people = ["bob@example.com", {"email": "ada@example.com", "honeycomb": {"role": "admin"}}]
    done = control.play("onboard", *hosts, people=people, warned="Honeycomb is not configured on acme")
    assert "ada@example.com" in done.text[done.text.index("Honeycomb is not configured") :]
    assert access(sim) == OWNER | {"bob": "-/Member?"}
    alone = control.play("onboard", *hosts, people=people[1:])
    assert "Honeycomb is not configured on acme" in alone.failures["acme"]


@pytest.mark.parametrize("left_out", ["honeycomb", *slow("honeybadger")])
def test_a_service_that_a_form_leaves_out_gets_nobody(control: Control, sim: Simulator, left_out: str) -> None:
    """Also where it is the only one that is configured, as in an inventory with a host for each service."""
    hosts = control.inventory({"acme": control.variables("one", left_out)})
    done = control.play("onboard", *hosts, "-e", "email=ada@example.com", "-e", f"{left_out}_role=none")
    assert "Nothing was done" in done.failures["acme"]
    assert sim.writes() == []


def test_the_result_is_never_an_earlier_runs(control: Control, sim: Simulator) -> None:
    def include(people: Any) -> dict[str, Any]:
        role = {"ansible.builtin.include_role": {"name": "honeyops.access.lifecycle"}}
        return {"block": [{**role, "vars": {"lifecycle_people": people}}], "rescue": [{"ansible.builtin.meta": "noop"}]}

    shown = {"name": "shown", "ansible.builtin.debug": {"msg": "{{ lifecycle_result | default('none') }}"}}
    tasks = [
        include(["zoe@example.com"]),
        shown,
        include(["no address"]),
        shown,
        include([]),
        shown,
    ]
    control.write("play.yml", [{"hosts": "localhost", "gather_facts": False, "tasks": tasks}])
    done = control.play("play.yml")
    first, *later = [event.result["msg"] for event in done.events if event.task == "shown"]
    assert "zoe@example.com" in json.dumps(first)
    assert len(later) == 2
    for left in later:
        applied = [left[service]["results"] for service in ("honeycomb", "honeybadger") if service in left]
        assert not any(applied)
        assert "zoe@example.com" not in json.dumps(left["people"])


def test_values_as_text(populated: Control, sim: Simulator) -> None:
    """As `-e name=value` and surveys give them."""
    options = {
        "people": "owner@example.com, carol@example.com",
        "exclusive": "yes",
        "lifecycle_max_removals": "2",
        "lifecycle_min_admins": "1",
        "lifecycle_min_owners": "",
        "lifecycle_protected": "owner@example.com\nrobot@example.com",
        "lifecycle_ignore": "bob@example.com;",
        "lifecycle_reinvite_after": "30",
        "lifecycle_max_changes": "",
    }
    given = (part for key, value in options.items() for part in ("-e", f"{key}={value!r}"))
    done = populated.play("reconcile", *given, warned="lifecycle_protected has robot@example.com, which nobody has")
    assert done.code == 0, done.output
    assert access(sim) == OWNER | {"bob": "member/Member", "carol": "member?/Member?"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lifecycle_min_admins", "-1"),
        ("lifecycle_memory", "ram"),
        # tests/unit/playbooks does the like in every run
        *slow(("lifecycle_max_removals", "many"), ("exclusive", "maybe")),
    ],
)
def test_a_value_that_is_none_is_refused(populated: Control, sim: Simulator, name: str, value: str) -> None:
    variables: dict[str, Any] = {name: value}
    done = populated.play("reconcile", people=["owner@example.com"], **variables)
    assert name.removeprefix("lifecycle_") in done.failures["localhost"]
    assert sim.writes() == []


def test_what_looks_like_a_field_and_is_none_is_refused(control: Control, sim: Simulator) -> None:
    """It was passed over, and a member was invited where an admin was meant; a second address was lost."""
    fields = {"role": "admin", "team_ids": "3", "honeybadger_teams": "3", "max_removals": "1", "roster": "people.yml"}
    options = [part for name, value in fields.items() for part in ("-e", f"{name}={value}")]
    done = control.play("onboard", "-e", "email=ada@example.com bob@example.com", *options, "-e", "app_role=web")
    text = done.failures["localhost"]
    assert "'bob@example.com' stands after a blank" in text
    assert "role is not a variable of this collection. Did you mean honeycomb_role or honeybadger_role?" in text
    for name in ("team_ids", "honeybadger_teams"):
        assert f"{name} is not a variable of this collection. Did you mean honeybadger_team_ids?" in text
    assert "Did you mean lifecycle_max_removals?" in text
    assert "Did you mean roster_file?" in text
    assert "app_role" not in text
    assert sim.log == []


PEOPLE = """
- email: Ada Lovelace <ada@example.com>
  name:
  aliases: ["", null, "SMTP:lovelace@corp.example"]
  honeycomb: {role: ""}
  honeybadger: {role: Admin, team_ids: [""]}
  state: ""
- mailto:bob@example.com
"""


def test_people_as_yaml_text_in_which_blank_is_not_set(control: Control, sim: Simulator) -> None:
    sim.honeybadger.add("lovelace@corp.example", "Member")
    done = control.play("onboard", people=PEOPLE, email=None, roster_file="")
    assert done.code == 0, done.output
    assert access(sim) == OWNER | {"ada": "member?/-", "lovelace": "-/Admin", "bob": "member?/Member?"}
    assert next(member.name for member in sim.honeycomb.members if member.email == "ada@example.com") == "Ada Lovelace"
    done = control.play("offboard", people=[], email='"Lovelace, Ada" <ada@example.com>; bob@example.com')
    assert done.code == 0, done.output
    assert access(sim) == OWNER | {"lovelace": "-/Admin"}


def test_people_with_values_that_are_encrypted_or_left_out(control: Control, sim: Simulator) -> None:
    """Before ansible-core 2.19, an encrypted value was taken for a list."""
    control.write("password", "s3cret")
    command = ["ansible-vault", "encrypt_string", "--vault-password-file", "password", "ada@example.com"]
    encrypted = "\n".join(line for line in control.run(command).output.splitlines() if "ncrypt" not in line)
    control.write(
        "vars.yml",
        f"""
people:
  - email: !vault |
{encrypted.partition("!vault |")[2].strip(chr(10))}
    name: "{{{{ omit }}}}"
    honeycomb: {{role: "{{{{ nothing | default(omit) }}}}"}}
lifecycle_ignore: "{{{{ nothing | default(omit) }}}}"
""",
    )
    done = control.play("onboard", "-e", "@vars.yml", "--vault-password-file", "password")
    assert done.code == 0, done.output
    assert access(sim) == OWNER | {"ada": "member?/-"}


def test_who_is_left_alone_is_so_under_every_alias_on_every_service(control: Control, sim: Simulator) -> None:
    """Whoever declares one service only was known on the other under one address."""
    for name in ("ada", "bob"):
        sim.honeybadger.add(f"{name}@example.com")
    sim.honeycomb.add("robot")
    people = [
        "owner@example.com",
        {"email": "ada@example.com", "aliases": ["lovelace@corp.example"], "honeycomb": {}},
        {"email": "bob@example.com", "aliases": ["bob@corp.example"], "honeycomb": {}},
    ]
    spared: dict[str, Any] = {"lifecycle_protected": ["LOVELACE@corp.example"], "lifecycle_max_removals": "50%"}
    done = control.play("reconcile", people=people, lifecycle_ignore=["bob@corp.example", "robot"], **spared)
    assert "lifecycle_protected: ada@example.com" in done.failures["localhost"]
    strange = control.play("reconcile", people=people, lifecycle_ignore=["Ada Lovelace", "robot"], **spared)
    assert "lifecycle_ignore has 'ada lovelace', under which nobody is listed" in strange.failures["localhost"]
    strange = control.play("reconcile", people=people, lifecycle_ignore=["1" * 5000], **spared)
    assert f"lifecycle_ignore has '{'1' * 60}...', under which nobody is listed" in strange.failures["localhost"]
    spared["lifecycle_ignore"] = ["bob@corp.example", "lovelace@corp.example", "Robot"]
    done = control.play("reconcile", people=people, **spared)
    assert done.code == 0, done.output
    assert access(sim) == OWNER | {"ada": "member?/Member", "bob": "-/Member", "robot": "member/-"}
