# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks by their names, and with them the role, at -vvvv: nothing they leave behind gives a secret away."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.honeyops.access.plugins.module_utils._http.outside import armoured
from tests.quick import quick_first
from tests.simulator import Fault, Simulator
from tests.tools import tree

from .ansible_run import Run, play, populate, vaulted
from .canary import canary

HOSTS = ("plain", "vaulted")
"""What an inventory holds a credential as; `environment` is localhost, alone."""
SECRETS = {
    f"{place}-{what}": canary(f"{place}-{what}")
    for place in (*HOSTS, "environment")
    for what in ("key", "token", "management")
}
JINJA = "{{ honeycomb_api_key }}{{ lookup('env', 'HONEYCOMB_API_KEY') }}"
"""A name that gives a secret away, should anything take it for a template."""
ROSTER = [{"email": "ada@example.com", "name": JINJA}, {"email": "owner@example.com"}, {"email": "member@example.com"}]
PLAYBOOKS: dict[str, dict[str, Any]] = {
    "onboard": {"email": "ada@example.com, bob@example.com", "honeybadger_team_ids": "3"},
    "offboard": {
        "people": ["member@example.com", "pending@example.com"],
        "lifecycle_leaver_keys": "delete",
        "evidence_dir": "evidence",
    },
    "reconcile": {"roster_file": "inputs/people.json", "lifecycle_max_removals": "9"},
    "reconcile_plan": {"roster_file": "inputs/people.json", "lifecycle_max_removals": "9"},
    "dump": {"dump_file": "{{ inventory_hostname }}.csv"},
    "report": {"report_dir": "report"},
}
# awx_setup needs a controller, and tests/awx searches its output; check asks no service; every run in tests/runs is searched,
# among them those of review.
ELSEWHERE = ("awx_setup", "check", "review")
WRITERS = ("onboard", "offboard", "reconcile")
READERS = ("dump", "report")
SITUATIONS = ("success", "check", "echo", "padded")

Simulators = dict[str, Simulator]


@pytest.fixture(scope="module")
def running() -> Iterator[Simulators]:
    with ExitStack() as stack:
        yield {
            place: stack.enter_context(
                Simulator(
                    configuration_key=SECRETS[f"{place}-key"],
                    auth_token=SECRETS[f"{place}-token"],
                    management_key_secret=SECRETS[f"{place}-management"],
                )
            )
            for place in (*HOSTS, "environment")
        }


@pytest.fixture
def sims(running: Simulators) -> Simulators:
    for sim in running.values():
        populate(sim, JINJA)
        sim.honeycomb.keys.add("member@example.com", name=JINJA)
        sim.honeybadger.teams.add_member(3, "member@example.com", name=JINJA)
        sim.honeybadger.teams.invite(7, "member@example.com")
    return running


def inventory(sims: Simulators, padding: str) -> str:
    """YAML with one host for each place, and its credentials as that place holds them."""
    lines = ["all:", "  hosts:"]
    for host in HOSTS:
        sim = sims[host]
        named = {
            "honeycomb_api_url": sim.honeycomb_url,
            "honeybadger_api_url": sim.honeybadger_url,
            "honeybadger_account_id": sim.settings.account_id,
            "honeycomb_management_key_id": sim.management_key_id,
        }
        secrets = {
            "honeycomb_api_key": SECRETS[f"{host}-key"] + padding,
            "honeycomb_management_key_secret": SECRETS[f"{host}-management"] + padding,
            "honeybadger_auth_token": SECRETS[f"{host}-token"] + padding,
        }
        text = "".join(f"{name}: {json.dumps(value)}\n" for name, value in named.items())
        text += (
            vaulted(secrets) if host == "vaulted" else "".join(f"{k}: {json.dumps(v)}\n" for k, v in secrets.items())
        )
        lines += [f"    {host}:", *(f"      {line}" for line in text.splitlines())]
    return "\n".join(lines) + "\n"


def run(folder: Path, sims: Simulators, playbook: str, situation: str, where: str) -> Run:
    padding = "\n" if situation == "padded" else ""
    if situation == "echo":
        for sim in sims.values():
            sim.fail(*(Fault("echo_key", method=method, times=0) for method in ("POST", "PUT", "DELETE")))
    arguments = ["--diff", "-e", json.dumps(PLAYBOOKS[playbook])] + (["--check"] if situation == "check" else [])
    environment = {}
    if where == "hosts":
        arguments += ["-i", str(folder / "inputs/hosts.yml"), "-e", "access_targets=all"]
    else:
        sim = sims["environment"]
        environment = {
            "HONEYCOMB_API_KEY": SECRETS["environment-key"] + padding,
            "HONEYCOMB_API_ENDPOINT": sim.honeycomb_url,
            "HONEYCOMB_KEY_ID": sim.management_key_id,
            "HONEYCOMB_KEY_SECRET": SECRETS["environment-management"] + padding,
            "HONEYBADGER_AUTH_TOKEN": SECRETS["environment-token"] + padding,
            "HONEYBADGER_ACCOUNT_ID": sim.settings.account_id,
            "HONEYBADGER_ENDPOINT": sim.honeybadger_url,
        }
    return play(
        folder,
        f"honeyops.access.{playbook}",
        *arguments,
        files={"hosts.yml": inventory(sims, padding), "people.json": json.dumps(ROSTER)},
        environment=environment,
    )


def hold(done: Run, sims: Simulators, playbook: str, situation: str, where: str) -> None:
    used = [sims[host] for host in HOSTS] if where == "hosts" else [sims["environment"]]
    fails = situation == "padded" or (situation == "echo" and playbook in WRITERS)
    tokens = {f"token {token[:3]}...": token for sim in sims.values() for token in sim.world.issued}
    assert done.code == (2 if fails else 0), done.output[-4000:]
    assert "Traceback" not in done.output
    assert (done.folder / "ansible.log").exists()
    assert done.leaks({**SECRETS, **tokens}) == []
    if situation == "padded":
        told = "Copy it again, without the line break" if playbook in READERS else '"code": "invalid_key"'
        assert told in done.output
        assert not any(sim.log for sim in sims.values())
        return
    assert all({entry.service for entry in sim.log} == {"honeycomb", "honeybadger"} for sim in used)
    assert not any(entry.stray for sim in used for entry in sim.log)
    wrote = playbook in WRITERS and situation in ("success", "echo")
    assert all(bool(sim.writes()) == wrote for sim in used)
    if playbook == "offboard":
        assert all(any(entry.path.startswith("/2/") for entry in sim.log) for sim in used)
    if situation == "echo" and wrote:
        assert "cannot use the credential ***" in done.output
    if playbook == "dump" and situation != "check":
        rosters = sorted(done.folder.glob("*.csv"))
        assert [roster.stem for roster in rosters] == sorted(HOSTS if where == "hosts" else ["localhost"])
        assert all(armoured(JINJA).replace('"', '""') in roster.read_text() for roster in rosters)


SOME = [
    ("onboard", "success", "hosts"),
    ("reconcile", "echo", "environment"),
    ("offboard", "echo", "hosts"),
]
ALL = list(itertools.product(PLAYBOOKS, SITUATIONS, ("hosts", "environment")))


@pytest.mark.parametrize(
    ("playbook", "situation", "where"),
    quick_first(SOME, ALL),
)
def test_playbook(tmp_path: Path, sims: Simulators, playbook: str, situation: str, where: str) -> None:
    done = run(tmp_path / "run", sims, playbook, situation, where)
    hold(done, sims, playbook, situation, where)


def test_no_playbook_is_left_out() -> None:
    assert {path.stem for path in (tree.ROOT / "playbooks").glob("*.yml")} == {*PLAYBOOKS, *ELSEWHERE}
