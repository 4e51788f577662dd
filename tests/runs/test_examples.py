# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every example of README and guides, run as typed against simulated services."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.playing import FIRST_RUN, Control
from tests.quick import quick_first
from tests.tools import tree

RST = tree.ROOT / "docs" / "docsite" / "rst"
RUN_ELSEWHERE = {"awx.rst": "tests/awx", "directory.rst": "tests/directory", "events.rst": "tests/eda"}
DOCUMENTS = [
    tree.ROOT / "README.md",
    *sorted(tree.ROOT.glob("roles/*/README.md")),
    *(path for path in sorted(RST.glob("*.rst")) if path.name not in RUN_ELSEWHERE),
]
# What cannot be run in a test, by its first words; all else is run.
NOT_RUN = {
    "ansible-galaxy collection install": "what is tested is this collection, not a published one",
    "pip install": "requests is there",
    "export ": "the environment names the simulators",
    "git clone ": "the clone is this one",
    "make ": "a target of the Makefile, which runs this test",
    "ansible-rulebook ": "tests/eda runs the rulebooks",
}
REVIEWER = "lead@example.com"
PEOPLE = {"people": ["owner@example.com", "ada@example.com", "bob@example.com"]}


@dataclass(frozen=True)
class Example:
    """A block of code, and where it stands."""

    document: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.document.relative_to(tree.ROOT)}:{self.line}"


def markdown(path: Path) -> Iterator[Example]:
    text = path.read_text()
    for found in re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        yield Example(path, text.count("\n", 0, found.start()) + 1, found[1], found[2])


def restructured(path: Path) -> Iterator[Example]:
    text = path.read_text()
    for found in re.finditer(r"^\.\. code-block:: ([\w+]+)\n\n((?:   .*\n|\n)+)", text, re.MULTILINE):
        yield Example(path, text.count("\n", 0, found.start()) + 1, found[1], textwrap.dedent(found[2]))


EXAMPLES = [
    example
    for path in DOCUMENTS
    for example in (markdown(path) if path.suffix == ".md" else restructured(path))
]  # fmt: skip
SHELL = [example for example in EXAMPLES if example.language in ("bash", "shell", "console")]
YAML = [example for example in EXAMPLES if example.language.startswith("yaml")]
QUICK = ("README.md", "quickstart.rst", "guide.rst", "reconcile.rst")


def of_each_run(examples: list[Example]) -> list[Any]:
    """Those that are tried in every run, and the others."""
    return quick_first([example for example in examples if example.document.name in QUICK], examples)


def lines(example: Example) -> list[str]:
    """The commands, without comments and with continued lines joined."""
    joined = example.text.replace("\\\n", " ")
    return [line for line in (re.sub(r"\s+# .*", "", line).strip() for line in joined.splitlines()) if line]


def test_all_examples_are_known() -> None:
    assert {example.language for example in EXAMPLES} <= {
        "bash",
        "shell",
        "console",
        "yaml",
        "yaml+jinja",
        "ini",
        "json",
    }
    assert len(EXAMPLES) == sum(
        path.read_text().count(mark) for path in DOCUMENTS for mark in ("code-block::", "```")
    ) - (sum(path.read_text().count("```") for path in DOCUMENTS) // 2)
    assert SHELL
    assert YAML


@pytest.fixture
def desk(control: Control) -> Control:
    """A folder as a reader of the documents has it: people.yml, an inventory, secrets by their names."""
    sim = control.sims["one"]
    sim.honeycomb.add("eve@example.com")
    sim.honeybadger.add("eve@example.com")
    control.write("people.yml", PEOPLE)
    control.write("staff.csv", "Name;Work Email;Last Day\nAda;ada@example.com;\n")
    mine = {"access_credentials": "environment"}
    control.write("inventory", {"access": {"hosts": {"mine": mine}}, "access_targets": {"hosts": {"mine": mine}}})
    control.write(
        "group_vars/all.json",
        {
            "vault_honeycomb_api_key": sim.configuration_key,
            "vault_honeycomb_prod_key": sim.configuration_key,
            "vault_honeybadger_auth_token": sim.auth_token,
            "vault_honeybadger_token": sim.auth_token,
        },
    )
    inventory = next(example for example in YAML if inventory_of(yaml.safe_load(example.text)))
    control.write("inventory.yml", inventory.text)
    return control


def inventory_of(document: Any) -> bool:
    return isinstance(document, dict) and any(
        "hosts" in group for group in document.values() if isinstance(group, dict)
    )


def run(desk: Control, line: str) -> None:
    played = desk.run(["bash", "-c", line])
    assert played.code == 0, f"{line}\n{played.output}"
    assert not [
        warning
        for warning in re.findall(r"\[WARNING\]: .*", played.output)
        if not re.search(f"{FIRST_RUN}|may (hide|not list) people who have not accepted", warning)
    ]


@pytest.mark.parametrize("example", of_each_run(SHELL), ids=str)
def test_commands(desk: Control, example: Example) -> None:
    """One after the other, in one home. Where one asks for a file, the guide says how it comes about."""
    for line in lines(example):
        if line.startswith(tuple(NOT_RUN)):
            continue
        assert line.startswith("ansible"), line
        if "honeyops.access.dump" in line:
            (desk.folder / "people.yml").unlink()
        if "@approved.json" in line:
            approve(desk)
        if "review_file=" in line and "--check" in line:
            decide(desk)
        if "honeyops.access.check" in line and "evidence_dir=" in line:
            run(desk, "ansible-playbook honeyops.access.offboard -e email=eve@example.com -e evidence_dir=evidence")
        run(desk, line)


def approve(desk: Control) -> None:
    planned = desk.play("reconcile", "--check", roster_file="people.yml")
    desk.write("approved.json", {"access_plan": planned.artefacts["access_plan"]})


def decide(desk: Control) -> None:
    """Write a list and keep everybody, as the guide says before it carries a review out."""
    begun = "ansible-playbook honeyops.access.review -i inventory -e access_targets=access -e review_dir=2026-q1"
    run(desk, f"{begun} -e roster_file=people.yml")
    path = desk.folder / "2026-q1" / "review.csv"
    path.write_text(re.sub(r",,,$", f",{REVIEWER},keep,", path.read_text(), flags=re.MULTILINE))


@pytest.mark.parametrize("example", of_each_run(YAML), ids=str)
def test_documents(desk: Control, example: Example) -> None:
    document = yaml.safe_load(example.text)
    if inventory_of(document):
        desk.write("inventory.yml", example.text)
        return run(
            desk, "ansible-playbook honeyops.access.onboard -i inventory.yml -e access_targets=access -e email=a@b.cc"
        )
    if isinstance(document, dict) and "review_reviewers" in document:
        desk.write("reviewers.yml", example.text)
        return run(desk, "ansible-playbook honeyops.access.review -e review_dir=reviews -e @reviewers.yml")
    if isinstance(document, dict) and "collections" in document:
        galaxy = yaml.safe_load((tree.ROOT / "galaxy.yml").read_text())
        assert document == {"collections": [{"name": f"{galaxy['namespace']}.{galaxy['name']}"}]}
        return None
    if isinstance(document, dict):
        assert {"people"} <= set(document) <= {"people", "groups", "timezone"}
        desk.write("people.yml", example.text)
        return run(desk, "ansible-playbook honeyops.access.onboard -e roster_file=people.yml")
    if any("uses" in step for step in document):
        for step in (step for step in document if "run" in step):
            run(desk, f"{step['run']} || test -s report/drift.sarif")
        return None
    if "hosts" in document[0]:
        desk.write("play.yml", example.text)
    else:
        tasks = textwrap.indent(example.text, "    ")
        desk.write("play.yml", f"- hosts: localhost\n  gather_facts: false\n  tasks:\n{tasks}")
    inventory = "-i inventory " * ("access_targets" in example.text)
    drift = " || test -s reports/drift.sarif" * ("fail_on_drift: true" in example.text)  # there is some
    return run(desk, f"ansible-playbook {inventory}play.yml{drift}")


def test_the_guides_mixture_of_environment_and_inventory(desk: Control) -> None:
    """Its example has no credential in the environment, so an environment that has some must change nothing in it."""
    sim = desk.sims["one"]
    other = {key: value for key, value in desk.credentials("two").items() if "ENDPOINT" not in key}
    played = desk.play(
        "onboard", "-i", "inventory.yml", "-e", "access_targets=access", environment=other, email="zoe@example.com"
    )
    assert played.code == 0, played.output
    assert desk.sims["two"].log == []
    assert json.dumps([email.email for email in sim.emails]).count("zoe@example.com") == 2
