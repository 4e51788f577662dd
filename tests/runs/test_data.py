# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What comes from outside is data: whatever people call themselves, their keys and teams, nothing evaluates it.

The texts would make a file. They stand wherever a service lets somebody choose one, and everything that a run publishes or
writes is read back as Ansible reads variables.
"""

from __future__ import annotations

import asyncio
import csv
import json
import runpy
import sys
from typing import Any

import pytest

from tests.hostile import Payload, everywhere, forged, populate, templates_in
from tests.playing import Control, Played
from tests.quick import slow
from tests.simulator import Simulator
from tests.tools import tree

STAYING = ["owner@example.com", "stays@example.com", "named@example.com"]
GUARDS = {"lifecycle_max_removals": "100%", "lifecycle_max_keys": 50, "lifecycle_leaver_keys": "delete"}
PLACES = {"lifecycle_memory_dir": "memory", "evidence_dir": "evidence"}
READ = ("out", "evidence", "memory", "report")
"""The folders below that of a run in which all that it writes is read back."""


@pytest.fixture
def payload(control: Control, sim: Simulator) -> Payload:
    made = Payload(control.folder)
    sim.reset(page_size=5)
    populate(sim, made)
    control.write("read.yml", [_reader("Read what was written")])
    roster = [{"email": email, "name": made.braces} for email in STAYING]
    control.write("people.json", {"people": roster})
    return made


def _reader(name: str, *before: dict[str, Any]) -> dict[str, Any]:
    """A play that evaluates every variable it was given, and keeps and shows what it finds."""
    tasks = [
        {"ansible.builtin.debug": {"msg": "{{ lookup('vars', item) | to_json }}"}, "loop": "{{ names }}"},
        {"ansible.builtin.debug": {"var": "{{ item }}"}, "loop": "{{ names }}"},
        {"ansible.builtin.set_fact": {"kept": "{{ lookup('vars', item) }}", "cacheable": True}, "loop": "{{ names }}"},
        {"ansible.builtin.set_fact": {"again": "{{ kept | to_json | from_json }}"}},
        {"ansible.builtin.debug": {"msg": "{{ again }} {{ kept }}"}},
    ]
    return {"name": name, "hosts": "localhost", "gather_facts": False, "tasks": [*before, *tasks]}


def run(control: Control, playbook: str, *options: str, **variables: Any) -> Played:
    """Run a playbook, and hold everything it leaves to be harmless."""
    name = playbook if playbook.endswith(".yml") else f"honeyops.access.{playbook}"
    control.write("given.json", {**GUARDS, **PLACES, **variables})
    command = [sys.executable, "-m", "ansible", "playbook", name, "-e", "@given.json", "--diff", *options]
    key_id, secret = "HONEYCOMB_KEY_ID", "HONEYCOMB_KEY_SECRET"
    sim = control.sims["one"]
    done = control.run(command, {key_id: sim.management_key_id, secret: sim.management_key_secret})
    assert not (control.folder / "canary").exists(), done.output
    assert forged(done.output, wrapped=True) == []  # before ansible-core 2.19, warnings are
    assert forged("\n".join(_texts([event.result for event in done.events]))) == []
    assert [text for event in done.events for text in templates_in(event.task, event.result)] == []
    assert templates_in("artefacts", done.artefacts) == []
    for text in (value for key, value in done.artefacts.items() if key.startswith("access_summary")):
        assert not {"<", ">", "|", "`"} & set(text)
        assert "](" not in text
        assert "://" not in text
    return done


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for pair in value.items() for item in pair for text in _texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return [value] if isinstance(value, str) else []


def read_back(control: Control, *, more: dict[str, Any] | None = None) -> None:
    """Give everything that runs wrote to a playbook as extra variables, which evaluates it."""
    names, options = [], []
    for number, (name, value) in enumerate({**written(control), **(more or {})}.items()):
        assert templates_in(name, value) == []
        control.write(f"back/{number}.json", {f"back_{number}": value})
        names.append(f"back_{number}")
        options += ["-e", f"@back/{number}.json"]
    assert names
    done = run(control, "read.yml", *options, names=names)
    assert done.code == 0, done.output


def written(control: Control) -> dict[str, Any]:
    """Every file that runs wrote, decoded where it is JSON."""
    found: dict[str, Any] = {}
    for path in sorted(path for folder in READ for path in (control.folder / folder).rglob("*")):
        if path.is_file() and path.suffix != ".html":
            text = path.read_text(encoding="utf-8")
            assert forged(text) == [], path
            found[path.name] = json.loads(text) if path.suffix == ".json" else text
    return found


def approved(control: Control, done: Played) -> tuple[str, str]:
    """The plan of a run as the file with which it is approved, as the guide has it."""
    control.write("out/approved.json", {"access_plan": done.artefacts["access_plan"]})
    return ("-e", "@out/approved.json")


@pytest.mark.parametrize("which", ["braces", "header"])
def test_the_texts_would_do_something(control: Control, payload: Payload, which: str) -> None:
    """Or nothing here would show anything. From ansible-core 2.19 on, the header needs a line of its own."""
    text = getattr(payload, which).replace(
        ",line_statement", "\n[[ lookup('pipe','id>%s') ]]" % (payload.folder / "canary")
    )
    control.write("raw.json", {"back": text, "names": ["back"]})
    control.run([sys.executable, "-m", "ansible", "playbook", "read.yml", "-e", "@raw.json"])
    assert payload.fired


def test_plan_approve_apply_and_what_is_kept(control: Control, sim: Simulator, payload: Payload) -> None:
    control.write("user.yml", [{"import_playbook": "honeyops.access.reconcile"}, _reader("Use the result")])
    roster = {"roster_file": "people.json"}
    planned = run(control, "reconcile", "--check", **roster)
    assert planned.code == 0, planned.output
    steps = planned.artefacts["access_plan"]["localhost"]["honeybadger"]["steps"]
    assert {"remove", "cancel", "cancel_team_invitation", "leave_team"} <= {step["action"] for step in steps}
    assert sim.writes() == []
    approval = approved(control, planned)
    done = run(control, "user.yml", *approval, **roster, names=["lifecycle_result"])
    assert done.code == 0, done.output
    assert {user.email for user in sim.honeybadger.users} == set(STAYING)
    assert {member.email for member in sim.honeycomb.members} == set(STAYING)
    assert not [key for key in sim.honeycomb.keys if key.email in payload.addresses and key.kind == "ingest"]
    read_back(control, more={"stats": done.artefacts, "plan": planned.artefacts})
    assert forged(json.dumps(done.artefacts, ensure_ascii=False)) == []


def test_an_approval_is_not_evaluated_even_if_it_was_tampered_with(
    control: Control, sim: Simulator, payload: Payload
) -> None:
    """As from a run before there was an armour; it is another plan then, or the same, and never a template."""
    planned = run(control, "reconcile", "--check", roster_file="people.json")
    plan = planned.artefacts["access_plan"]
    for entry in plan["localhost"].values():
        for step in entry["steps"]:
            step["email"] = f"{payload.braces}{step['email']}"
        entry["follow_up"].append(payload.header)
    control.write("tampered.json", {"access_plan": plan})
    for given in (("-e", "@tampered.json"), ("-e", json.dumps({"access_plan": json.dumps(plan)}))):
        run(control, "reconcile", "--check", *given, roster_file="people.json")
    plan["localhost"]["honeycomb"]["plan_id"] = payload.braces
    control.write("tampered.json", {"access_plan": plan})
    done = run(control, "reconcile", "-e", "@tampered.json", roster_file="people.json")
    assert done.code != 0
    assert sim.writes() == []


@pytest.mark.slow
def test_every_playbook_twice(control: Control, sim: Simulator, payload: Payload) -> None:
    everybody = {"people": [*STAYING[:2], "new@example.com"]}
    leaving = {
        "people": [
            sim.honeybadger.users.find(payload.addresses[0])[0].email.replace("{{", r"{\{").replace("{%", r"{\%")
        ]
    }
    for _again in range(2):
        for mode in (("--check",), ()):
            run(control, "onboard", *mode, **everybody)
            run(control, "report", *mode, roster_file="people.json", report_dir="report")
            run(control, "dump", *mode, dump_file="out/people.yml", force=True)
            planned = run(control, "offboard", "--check", **leaving)
            run(control, "offboard", *mode, *approved(control, planned), **leaving)
            run(control, "reconcile", *mode, **everybody, lifecycle_max_removals=1)
            run(
                control,
                "review",
                *mode,
                review_dir="out",
                roster_file="people.json",
                review_reviewers={"localhost": "r@x.io"},
            )
        run(control, "reconcile_plan", roster_file="out/people.yml")
        run(control, "onboard", "--check", "-e", "@out/people.yml")
        read_back(control)


@pytest.mark.slow
def test_a_review_is_carried_out(control: Control, sim: Simulator, payload: Payload) -> None:
    run(
        control,
        "review",
        review_dir="out",
        roster_file="people.json",
        review_reviewers={"localhost": "owner@example.com"},
    )
    file = control.folder / "out" / "review.csv"
    with file.open(newline="", encoding="utf-8") as opened:
        rows = list(csv.DictReader(opened))
    for row in rows:
        row["decision"] = "keep" if row["email"].lstrip("'") in STAYING else "revoke"
        row["reviewer"], row["comment"] = "somebody@example.com", payload.braces
    with file.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.DictWriter(opened, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    control.write("tampered.json", {"access_plan": {"localhost": {"honeycomb": {"plan_id": payload.braces}}}})
    given = {"review_file": "out/review.csv", "roster_file": "people.json", "lifecycle_require_approval": True}
    for mode in (("--check",), ("-e", "@tampered.json"), ()):
        run(control, "review", *mode, **given)
    file.unlink()  # what people wrote there is theirs; what the record makes of it is not
    read_back(control)


@pytest.mark.parametrize("playbook", ["reconcile", *slow("report", "dump")])
def test_every_field_of_every_record(control: Control, sim: Simulator, payload: Payload, playbook: str) -> None:
    """Also what no person can choose, such as a role or a date; how the run ends does not matter."""
    sim.rewrite = lambda body: everywhere(payload, body)
    options = {"roster_file": "people.json", "report_dir": "report", "dump_file": "out/people.yml"}
    run(control, playbook, "--check" if playbook == "reconcile" else "--diff", **options)
    if playbook != "reconcile":
        read_back(control, more={"nothing": ""})


def test_events(control: Control, sim: Simulator, payload: Payload) -> None:
    """Each event goes to a playbook, as ansible-rulebook hands it on, whatever the rule says."""
    sim.reset(quota=10**9)
    events = asyncio.run(_events(control, sim, payload))
    assert {event["type"] for event in events} >= {"joined", "key_created", "invitation_accepted", "invited"}
    assert templates_in("events", events) == []
    assert forged(json.dumps(events, ensure_ascii=False)) == []
    control.write("out/events.json", {"events": events})
    control.write("out/snapshot.json", json.loads((control.folder / "snapshot.json").read_text()))
    read_back(control, more={"ansible_eda": {"event": events[0]}})


async def _events(control: Control, sim: Simulator, payload: Payload) -> list[dict[str, Any]]:
    queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    file = tree.link_source() / tree.IN_COLLECTIONS / "extensions/eda/plugins/event_source/access_changes.py"
    variables = control.variables("one")
    targets = [
        {"name": "one", "service": service}
        | {name.removeprefix(f"{service}_"): value for name, value in variables.items() if name.startswith(service)}
        for service in ("honeycomb", "honeybadger")
    ]
    targets[0] |= {"management_key_id": sim.management_key_id, "management_key_secret": sim.management_key_secret}
    sim.honeybadger.invite("invited@example.com", "Member", [])
    snapshot = control.folder / "snapshot.json"
    arguments = {"targets": targets, "interval": 0.05, "snapshot": str(snapshot)}
    source = asyncio.create_task(runpy.run_path(str(file))["main"](queue, arguments))
    while not snapshot.exists() or len(json.loads(snapshot.read_text())["targets"]) < 2:
        await asyncio.sleep(0.01)
    sim.honeybadger.accept("invited@example.com", payload.addresses[0])
    populate(sim, payload)
    found: list[dict[str, Any]] = []
    wanted = {"joined", "key_created", "invitation_accepted", "invited"}
    while not wanted <= {event["type"] for event in found}:
        found.append(await asyncio.wait_for(queue.get(), 20))
    source.cancel()
    return found
