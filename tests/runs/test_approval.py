# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plan, approve, apply: what is published, what counts as an approval, and what a difference does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.honeyops.access.plugins.plugin_utils._run.approval import ROOM, cut
from ansible_collections.honeyops.access.plugins.plugin_utils._words.chat import plan_text, summary_text
from tests.bench.hosts import simulators
from tests.playing import Control, Played, access
from tests.simulator import Simulator
from tests.targets import host_variables

LARGEST = 500_000  # AWX drops the result of an event above 700,000 bytes
SERVICES = ("honeycomb", "honeybadger")
PEOPLE = ["owner@example.com", "ada@example.com"]


def reconcile(control: Control, *options: str, **variables: Any) -> Played:
    return control.play("reconcile", *options, people=PEOPLE, **{"lifecycle_max_removals": 3, **variables})


@pytest.fixture
def populated(control: Control, sim: Simulator) -> Control:
    for name in ("bob", "carol"):
        sim.honeycomb.add(f"{name}@example.com")
        sim.honeybadger.add(f"{name}@example.com")
    return control


def plan_of(done: Played) -> dict[str, Any]:
    plan = done.artefacts["access_plan"]
    assert set(plan) == {"localhost"}
    assert set(plan["localhost"]) == set(SERVICES)
    for entry in plan["localhost"].values():
        assert set(entry) == {"plan_id", "refused", "counts", "steps", "follow_up"}
    return dict(plan)


def steps(plan: dict[str, Any], service: str) -> list[tuple[str, str]]:
    return [(step["action"], step["email"]) for step in plan["localhost"][service]["steps"]]


def test_it_is_published_and_consumed(populated: Control, sim: Simulator) -> None:
    planned = reconcile(populated, "--check")
    plan = plan_of(planned)
    assert planned.code == 0
    wanted = [("invite", "ada@example.com"), ("remove", "bob@example.com"), ("remove", "carol@example.com")]
    for service in SERVICES:
        assert steps(plan, service) == wanted
        entry = plan["localhost"][service]
        assert (entry["refused"], entry["plan_id"]) == (None, entry["plan_id"] or "an id")
        assert entry["counts"]["invite"] == 1
        assert entry["counts"]["remove"] == 2
    assert sim.writes() == []
    applied = reconcile(populated, access_plan=plan)
    assert applied.code == 0
    assert access(sim) == {"owner": "admin/Owner", "ada": "member?/Member?"}
    assert plan_of(applied)["localhost"]["honeycomb"]["plan_id"] == plan["localhost"]["honeycomb"]["plan_id"]


@pytest.mark.slow
def test_the_file_of_a_plan_is_an_approval(populated: Control, sim: Simulator) -> None:
    """As ``-e @plan.json``, and as its text or content in ``access_plan``, which a job has from its own storage."""
    assert reconcile(populated, "--check", plan_file="plan.json").code == 0
    written = (populated.folder / "plan.json").read_text()
    for form in (written, json.loads(written)):
        checked = reconcile(populated, "--check", access_plan=form)
        assert checked.code == 0, checked.output
    moved = json.dumps(json.loads(written)).replace('"localhost"', '"elsewhere"')
    assert "has no plan for localhost" in reconcile(populated, access_plan=moved).failures["localhost"]
    assert sim.writes() == []


def test_a_refused_plan_is_published_and_is_no_approval(populated: Control, sim: Simulator) -> None:
    for options in (["--check"], []):
        refused = reconcile(populated, *options, lifecycle_max_removals=1)
        plan = plan_of(refused)
        assert refused.code != 0
        for service in SERVICES:
            assert "max_removals" in plan["localhost"][service]["refused"]
            assert ("remove", "bob@example.com") in steps(plan, service)
    assert reconcile(populated, access_plan=plan).code != 0
    for given in (plan, {"access_plan": plan}):  # as an artefact, or as the whole file
        anew = reconcile(populated, "--check", access_plan=given, lifecycle_max_removals="100%")
        assert anew.code == 0, anew.output
    assert sim.writes() == []


def test_a_change_in_one_service_stops_both(populated: Control, sim: Simulator) -> None:
    """One was refused, the other removed six people."""
    plan = plan_of(reconcile(populated, "--check"))
    sim.honeybadger.add("dan@example.com")
    sim.honeybadger.remove("carol@example.com")
    done = reconcile(populated, access_plan=plan)
    assert done.code != 0
    assert sim.writes() == []
    text = done.failures["localhost"]
    assert "remove dan@example.com" in text
    assert "remove carol@example.com" in text
    assert text.index("remove dan@example.com") < text.index("remove carol@example.com")
    assert "bob@example.com" not in text
    assert ("remove", "dan@example.com") in steps(plan_of(done), "honeybadger")
    again = plan_of(reconcile(populated, "--check"))
    assert reconcile(populated, access_plan=again).code == 0
    assert access(sim) == {"owner": "admin/Owner", "ada": "member?/Member?"}


def no_approvals(plan: dict[str, Any]) -> dict[str, dict[str, Any]]:
    ids = {service: plan["localhost"][service]["plan_id"] for service in SERVICES}
    whole = plan["localhost"]
    return {
        "host_null": {"access_plan": {"localhost": None}},
        "no_host": {"access_plan": {"elsewhere": whole}},
        "empty": {"access_plan": {}},
        "service_null": {"access_plan": {"localhost": {**whole, "honeybadger": None}}},
        "service_left_out": {"access_plan": {"localhost": {"honeycomb": whole["honeycomb"]}}},
        "blank_id": {"access_plan": {"localhost": {**whole, "honeycomb": {**whole["honeycomb"], "plan_id": " "}}}},
        "null_id": {"access_plan": {"localhost": {**whole, "honeycomb": {**whole["honeycomb"], "plan_id": None}}}},
        "list": {"access_plan": [whole]},
        "text": {"access_plan": "yes"},
        "ids_null": {"lifecycle_expected_plan_id": dict.fromkeys(SERVICES)},
        "ids_blank": {"lifecycle_expected_plan_id": {**ids, "honeycomb": ""}},
        "ids_one_null": {"lifecycle_expected_plan_id": {**ids, "honeybadger": None}},
        "required": {"lifecycle_require_approval": True},
        "required_null": {"lifecycle_require_approval": "yes", "access_plan": None},
        "required_blank": {"lifecycle_require_approval": "true", "access_plan": ""},
    }


def test_what_is_no_approval(populated: Control, sim: Simulator) -> None:
    """An approval that was none passed. Each case is a play of one run."""
    cases = no_approvals(plan_of(reconcile(populated, "--check")))
    role: dict[str, Any] = {"name": "honeyops.access.lifecycle"}
    given: dict[str, Any] = {"lifecycle_people": PEOPLE, "lifecycle_exclusive": True, "lifecycle_max_removals": 3}
    tasks: list[dict[str, Any]] = [
        {
            "vars": given | variables,
            "block": [
                {"ansible.builtin.include_role": role},
                {"name": f"passed {name}", "ansible.builtin.debug": {"msg": "no approval, and passed"}},
            ],
            "rescue": [{"name": f"refused {name}", "ansible.builtin.debug": {"msg": "refused"}}],
        }
        for name, variables in cases.items()
    ]
    populated.write("cases.yml", [{"hosts": "localhost", "gather_facts": False, "tasks": tasks}])
    done = populated.play("cases.yml")
    ended = [event.task for event in done.events if event.task.startswith(("passed ", "refused "))]
    assert ended == [f"refused {name}" for name in cases]
    assert sim.writes() == []


def test_every_host_has_its_plan(control: Control) -> None:
    """Hosts of one run add to one artefact, under every strategy; it comes back as JSON text."""
    names = ("one", "two")
    hosts = control.inventory({name: control.variables(name) for name in names})
    free = {"ANSIBLE_STRATEGY": "ansible.builtin.free"}
    planned = control.play("onboard", *hosts, "--check", email="ada@example.com", environment=free)
    plan = planned.artefacts["access_plan"]
    assert {host: set(entry) for host, entry in plan.items()} == {name: set(SERVICES) for name in names}
    control.sims["two"].honeycomb.add("ada@example.com")
    done = control.play("onboard", *hosts, email="ada@example.com", access_plan=json.dumps(plan))
    assert set(done.failures) == {"two"}
    assert "invite ada@example.com" in done.failures["two"]
    assert control.sims["two"].writes() == []
    assert access(control.sims["one"])["ada"] == "member?/Member?"


def test_the_account_of_whoever_accepted_is_named(control: Control, sim: Simulator) -> None:
    """Approving the removal of Bob removes Ada, who accepted his invitation; the approver can see that."""
    sim.configure(accepted_email="kept")
    sim.honeybadger.invite("bob@example.com", "Member")
    sim.honeybadger.accept("bob@example.com", "ada@example.com")
    planned = control.play("offboard", "--check", email="bob@example.com")
    (step,) = plan_of(planned)["localhost"]["honeybadger"]["steps"]
    assert (step["email"], step["before"]["email"]) == ("bob@example.com", "ada@example.com")
    assert (
        "bob@example.com: Honeycomb: not found; Honeybadger: would be removed, is Member (ada@example.com)"
        in planned.told
    )
    sim.honeybadger.add("eve@example.com")
    people = ["bob@example.com", "eve@example.com"]
    done = control.play("offboard", people=people, access_plan=planned.artefacts["access_plan"])
    assert "remove eve@example.com (Member)" in done.failures["localhost"]
    protected = control.play("offboard", email="bob@example.com", lifecycle_protected=["ada@example.com"])
    assert "bob@example.com (ada@example.com) would be removed" in protected.failures["localhost"]
    assert "remove bob@example.com (Member, ada@example.com)" in protected.failures["localhost"]


def test_a_plan_in_a_file_is_handed_back_as_it_is(control: Control) -> None:
    """Of two hosts, whole, in check mode too; a later run begins the file anew."""
    hosts = control.inventory({name: control.variables(name) for name in ("one", "two")})
    control.write("plans/plan.json", {"access_plan": {"gone": {}}})
    file = ("-e", "plan_file=plans/plan.json")
    planned = control.play("reconcile", *hosts, "--check", *file, people=PEOPLE)
    assert planned.code == 0, planned.output
    document = json.loads((control.folder / "plans/plan.json").read_text())
    assert document == {"access_plan": planned.artefacts["access_plan"]}
    assert set(document["access_plan"]) == {"one", "two"}
    applied = control.play("reconcile", *hosts, "-e", "@plans/plan.json", people=PEOPLE)
    assert applied.code == 0, applied.output
    assert {name: access(sim)["ada"] for name, sim in control.sims.items()} == dict.fromkeys(
        ("one", "two"), "member?/Member?"
    )


def large(leavers: int) -> dict[str, Any]:
    """A published plan in which so many people lose everything, and each leaves work to do by hand."""
    steps = [
        {
            "action": "remove",
            "email": f"person{number:04}@example.com",
            "before": {"id": number, "role": "Admin"},
            "after": None,
        }
        for number in range(leavers)
    ]
    by_hand = [
        f"Honeybadger: no API shows what person{number:04}@example.com knows. {'x' * 300}" for number in range(leavers)
    ]
    counts = {"invite": 0, "update": 0, "reinvite": 0, "remove": leavers, "cancel": 0}
    return {"plan_id": "0" * 16, "refused": None, "counts": counts, "steps": steps, "follow_up": by_hand}


@pytest.mark.parametrize(("hosts", "leavers"), [(1, 2000), (10, 2000), (200, 2000), (200, 1)])
def test_plans_of_all_hosts_fit_into_one_event(hosts: int, leavers: int) -> None:
    """AWX keeps them with the statistics of the run: 200 hosts with 200 steps each were 24 MB."""
    plan = large(leavers)
    every = {f"host{number:03}": dict.fromkeys(SERVICES, cut(plan, ROOM // hosts // 2)) for number in range(hosts)}
    texts = [summary_text(host, [f"line {number} {'x' * 200}" for number in range(9)], "", hosts) for host in every]
    event = {"access_plan": every, "access_summary": "".join(texts), "access_summary_1": "".join(texts)}
    assert len(json.dumps(event)) < LARGEST
    shown = every["host000"]["honeybadger"]
    assert (len(shown["steps"]) >= 1, len(shown["follow_up"]) >= 1) == (True, True)
    assert plan_text(every)["lines"][0].startswith(f"{2 * hosts * leavers} change")


@pytest.mark.slow
def test_the_statistics_of_many_hosts(control: Control) -> None:
    """And a plan of which not all steps are told is approved as a whole."""
    leavers = [f"person{number:03}@example.com" for number in range(120)]
    with simulators(8) as sims:
        for sim in sims.values():
            for email in leavers:
                sim.honeycomb.add(email)
                sim.honeybadger.add(email)
        hosts = control.inventory({name: host_variables(sim) for name, sim in sims.items()})
        planned = control.play("offboard", *hosts, "--check", people=leavers, plan_file="plan.json")
        assert planned.code == 0, planned.output[-2000:]
        assert len(json.dumps(planned.artefacts)) < LARGEST
        plan = planned.artefacts["access_plan"]
        steps = plan["host000"]["honeycomb"]["steps"]
        assert 1 < len(steps) < 120
        whole = json.loads((control.folder / "plan.json").read_text())["access_plan"]
        assert len(whole["host000"]["honeycomb"]["steps"]) == 120
        control.write("approved.json", {"access_plan": plan})
        approved = (*hosts, "-e", "@approved.json")
        done = control.play("offboard", *approved, "--limit", "host000", people=leavers)
        assert done.code == 0, done.output[-2000:]
        sims["host001"].honeycomb.remove(leavers[-1])
        moved = control.play("offboard", *approved, "--limit", "host001", people=leavers)
        assert f"The first {len(steps)} steps are the same." in moved.failures["host001"]
