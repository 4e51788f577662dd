# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The project's wrappers, run by ansible-runner as a controller's jobs, from a survey's answers to changed access."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret

from ansible_collections.honeyops.access.plugins.module_utils._services import SERVICES
from ansible_collections.honeyops.access.plugins.plugin_utils._memory.controller import VARIABLE
from tests.awx import rules
from tests.awx.controller import READERS, TOKEN, Controller
from tests.awx.running import Job, credential, run
from tests.awx.test_data import LARGEST, data
from tests.quick import slow
from tests.simulator import Simulator

CHECK = "--check"
ONE = {"payments": {"ansible_connection": "local", "access_credentials": "environment"}}
TARGET = {"access_targets": "payments"}


@pytest.fixture
def sim() -> Iterator[Simulator]:
    with Simulator(quota=0, pending_listed=False) as found:
        yield found


def job(folder: Path, sim: Simulator, playbook: str, *options: str, **variables: Any) -> Job:
    return run(folder, f"{playbook}.yml", ONE, credential(sim), {**TARGET, **variables}, *options)


def text(found: Job) -> str:
    return " ".join(found.output.split())


def test_plan_approve_apply(sim: Simulator, tmp_path: Path) -> None:
    """What was approved is done; once anything has changed, nothing is, and what moved is told."""
    for email in ("ada@example.com", "bob@example.com"):
        sim.honeycomb.add(email, "member")
        sim.honeybadger.add(email, "Member")
    survey = {"email": "ada@example.com\nbob@example.com", "lifecycle_max_removals": "", "lifecycle_protected": None}
    planned = job(tmp_path, sim, "offboard", CHECK, **survey)
    assert planned.code == 0, planned.output
    assert sim.writes() == []
    plan = planned.artifacts["access_plan"]
    assert set(plan) == {"payments"}

    gate = run(tmp_path, "approval.yml", ONE, {}, {**survey, **planned.artifacts})
    assert gate.code != 0
    assert "remove ada@example.com" in gate.artifacts["access_summary"]

    approval = {"lifecycle_require_approval": True}
    refused = job(tmp_path, sim, "offboard", **survey, **approval)
    assert refused.code != 0
    assert "needs an approval" in text(refused)

    sim.honeycomb.remove("bob@example.com")
    moved = job(tmp_path, sim, "offboard", **survey, **approval, access_plan=plan)
    assert moved.code != 0
    assert sim.writes() == []
    assert "remove bob@example.com" in text(moved)

    handed = job(tmp_path, sim, "offboard", CHECK, **survey).artifacts | gate.artifacts  # as a workflow hands them on
    applied = job(tmp_path, sim, "offboard", **{**handed, **survey, **approval})
    assert applied.code == 0, applied.output
    assert not {"ada@example.com", "bob@example.com"} & {m.email for m in sim.honeycomb.members}
    assert not {"ada@example.com", "bob@example.com"} & {user.email for user in sim.honeybadger.users}

    empty = job(tmp_path, sim, "offboard", CHECK, **survey)
    quiet = run(tmp_path, "approval.yml", ONE, {}, empty.artifacts)
    assert quiet.code == 0, quiet.output
    assert "nothing needs approval" in quiet.artifacts["access_summary"]
    for found in (planned, gate, refused, moved, applied, empty, quiet):
        assert found.leaks([sim.configuration_key, sim.auth_token]) == []


@pytest.mark.slow
def test_a_survey_onboards(sim: Simulator, tmp_path: Path) -> None:
    answers: dict[str, Any] = {
        "email": "ada@example.com, bob@example.com",
        "honeycomb_role": "admin",
        "honeybadger_role": "Member",
        "honeybadger_team_ids": ["3 - platform", "7 - on call"],
    }
    found = job(tmp_path, sim, "onboard", **answers)
    assert found.code == 0, found.output
    assert {m.email: m.role for m in sim.honeycomb.members if not m.accepted} == dict.fromkeys(
        ("ada@example.com", "bob@example.com"), "admin"
    )
    assert [invitation.team_ids for invitation in sim.honeybadger.invitations] == [[3, 7], [3, 7]]
    assert "ada@example.com" in found.artifacts["access_summary"]
    number = int(found.folder.name.removeprefix("job"))
    assert found.artifacts[f"access_summary_{number}"] == found.artifacts["access_summary"]
    assert found.leaks([sim.configuration_key, sim.auth_token]) == []


@pytest.mark.slow
@pytest.mark.parametrize("blank", [{"honeycomb_role": ""}, {"honeycomb_role": None}, {}, {"honeybadger_team_ids": []}])
def test_blank_answers_are_not_given(sim: Simulator, tmp_path: Path, blank: dict[str, Any]) -> None:
    found = job(tmp_path, sim, "onboard", email="ada@example.com", **blank)
    assert found.code == 0, found.output
    assert {m.role for m in sim.honeycomb.members if m.email == "ada@example.com"} == {"member"}


@pytest.mark.slow
def test_a_refused_plan_reaches_the_approver(sim: Simulator, tmp_path: Path) -> None:
    refused = job(tmp_path, sim, "offboard", CHECK, email=next(m.email for m in sim.honeycomb.members))
    assert refused.code != 0
    gate = run(tmp_path, "approval.yml", ONE, {}, refused.artifacts)
    assert gate.code != 0
    assert "The plan was refused" in gate.artifacts["access_summary"]
    assert "admin" in gate.artifacts["access_summary"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["controller", "file"])
def test_a_pending_person_is_found_by_another_job(sim: Simulator, tmp_path: Path, kind: str) -> None:
    """Containers with nothing in common but the controller, or a mounted folder; Honeycomb lists nobody pending."""
    with Controller() as controller:
        kinds: dict[str, dict[str, Any]] = {
            "controller": {"awx_inventory_id": controller.inventory("payments", access_credentials="environment")},
            "file": {"lifecycle_memory_dir": str(tmp_path / "mounted")},
        }
        memory = {**TARGET, "lifecycle_memory": kind, "email": "ada@example.com", **kinds[kind]}
        environment = credential(sim) | (controller.environment if kind == "controller" else {})
        invited = run(tmp_path, "onboard.yml", ONE, environment, memory)
        assert invited.code == 0, invited.output
        assert [m.email for m in sim.honeycomb.members if not m.accepted] == ["ada@example.com"]
        again = run(tmp_path, "onboard.yml", ONE, environment, memory)
        assert again.code == 0, again.output
        assert len(sim.emails_to("ada@example.com")) == 2  # one of each service
        gone = run(tmp_path, "offboard.yml", ONE, environment, memory)
        assert gone.code == 0, gone.output
        assert [m.email for m in sim.honeycomb.members if not m.accepted] == []
        # Each service is saved once by each job that changes something, and whom a job invites before it does.
        assert len(controller.writes) == (5 if kind == "controller" else 0)
        for found in (invited, again, gone):
            assert found.leaks([sim.configuration_key, sim.auth_token, TOKEN]) == []


def test_a_job_for_all_takes_variables_encrypted_by_vault(sim: Simulator, tmp_path: Path) -> None:
    """As the controller keeps them: for a host that takes the environment, in a job without one."""
    (tmp_path / "password").write_text("example")
    vault = VaultLib([("default", VaultSecret(b"example"))])
    own = {
        "honeycomb_api_key": sim.configuration_key,
        "honeycomb_management_key_secret": sim.management_key_secret,
        "honeybadger_auth_token": sim.auth_token,
    }
    hidden = {name: {"__ansible_vault": vault.encrypt(key.encode()).decode()} for name, key in own.items()}
    plain = {
        "honeycomb_api_url": sim.honeycomb_url,
        "honeycomb_management_key_id": sim.management_key_id,
        "honeybadger_account_id": sim.account_id,
        "honeybadger_api_url": sim.honeybadger_url,
    }
    hosts = {"payments": {**ONE["payments"], **hidden, **plain}}
    given = {"access_targets": "all", "email": "ada@example.com"}
    found = run(tmp_path, "onboard.yml", hosts, {}, given, f"--vault-password-file={tmp_path / 'password'}")
    assert found.code == 0, found.output
    assert len(sim.emails_to("ada@example.com")) == 2
    assert found.leaks(list(own.values())) == []


def test_no_invitation_without_a_memory_that_can_keep_it(sim: Simulator, tmp_path: Path) -> None:
    """A token that only reads; and a controller that nobody verifies, unless that is wanted."""
    reader = {"oauth_token": next(iter(READERS)), "verify_ssl": True}
    tries: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
        ("", reader, {}, "may not change the host payments"),
        ("wrong", {}, {}, "CONTROLLER_VERIFY_SSL is false"),
        ("wrong", {}, {"lifecycle_memory_insecure": "true"}, ""),
    ]
    for kind, inputs, insecure, told in tries:
        with Controller(tls=kind) as controller:
            inventory = controller.inventory("payments", access_credentials="environment")
            given = {**TARGET, "lifecycle_memory": "controller", "awx_inventory_id": inventory, **insecure}
            environment = credential(sim) | controller.injected(**inputs)
            found = run(tmp_path, "onboard.yml", ONE, environment, {**given, "email": "ada@example.com"})
            assert (found.code == 0) == (not told), found.output
            assert told in text(found)
            assert ("Honeycomb was left alone, because" in text(found)) == bool(told)
            assert ("Honeycomb: " in text(found)) == (not told)
            assert len([entry for entry in sim.writes("honeycomb") if entry.method == "POST"]) == (0 if told else 1)
            assert (VARIABLE in controller.variables("payments")) == (not told)
            assert (controller.log == []) == ("CONTROLLER_VERIFY_SSL" in told)
            assert found.leaks([sim.configuration_key, sim.auth_token, TOKEN, *READERS]) == []


@pytest.mark.parametrize("service", ["honeycomb", *slow("honeybadger")])
def test_the_region_other_without_an_address_sends_no_key_anywhere(
    sim: Simulator, tmp_path: Path, service: str
) -> None:
    """Not even to the US, which is what no address means elsewhere."""
    info = SERVICES[service]
    (kind,) = [
        item for item in data("credential_types")["controller_credential_types"] if service in item["name"].lower()
    ]
    inputs = {setting.option: credential(sim)[setting.environment] for setting in info.credentials}
    environment = rules.injected(kind, {**inputs, "host": "other", "url": ""})
    found = run(tmp_path, "onboard.yml", ONE, environment, {**TARGET, "email": "ada@example.com"})
    assert found.code == 2, found.output
    assert "The region of the credential is other, and its address is blank." in text(found)
    assert "Fill in the address" in text(found)


@pytest.mark.parametrize(
    ("ended", "summary", "told"),
    [
        ("failed", "payments: FAILED. Honeycomb answered 500.", "Honeycomb answered 500."),
        *slow(
            ("failed", "1 change would be made", "ended before it could say why"),
            ("denied", "1 change would be made", "somebody denied it"),
            ("nothing", "There is nothing to change.", "Nothing was changed."),
            ("done", "payments: ada@example.com: removed", "ada@example.com: removed"),
        ),
    ],
)
def test_whoever_launched_a_workflow_is_told_how_it_ended(tmp_path: Path, ended: str, summary: str, told: str) -> None:
    handed = {"access_result": ended, "access_summary": summary, "access_asked": "1 change would be made"}
    found = run(tmp_path, "result.yml", ONE, {}, {**handed, "email": "ada@example.com"})
    assert (found.code == 0) == (ended in ("nothing", "done")), found.output
    assert told in text(found)


@pytest.mark.slow
def test_no_event_is_too_large(sim: Simulator, tmp_path: Path) -> None:
    people = [f"{'somebody.' * 6}{number}@example.com" for number in range(2000)]
    emails = {"email": "\n".join(people)}
    plan = job(tmp_path, sim, "onboard", CHECK, **emails)
    for email in people:
        sim.honeycomb.add(email)
        sim.honeybadger.add(email)
    planned = job(tmp_path, sim, "offboard", CHECK, **emails)
    gate = run(tmp_path, "approval.yml", ONE, {}, {**emails, **planned.artifacts})
    handed = {**planned.artifacts, **gate.artifacts, "lifecycle_require_approval": True}
    applied = job(tmp_path, sim, "offboard", **handed, **emails)
    assert [found.code for found in (plan, planned, gate, applied)] == [0, 0, 2, 0], applied.output[-2000:]
    assert len(sim.honeycomb.members) == 1
    assert max(found.largest_event for found in (plan, planned, gate, applied)) < LARGEST
