# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the guides and the workflows say is there is there, and what is there is in the guides."""

from __future__ import annotations

import re

import yaml

from ansible_collections.honeyops.access.plugins.module_utils._http import errors
from ansible_collections.honeyops.access.plugins.plugin_utils._host import names
from tests.tools.tree import ROOT

GUIDES = ROOT / "docs" / "docsite" / "rst"
REACH = {errors.NOT_SENT, errors.REFUSED, errors.UNKNOWN, errors.ACCEPTED}  # how far a request got, no codes
CODES = {value for name, value in vars(errors).items() if name.isupper() and isinstance(value, str)} - REACH


def test_each_error_code_has_an_entry() -> None:
    entries = re.findall(r"^``(\w+)``\n~+$", (GUIDES / "troubleshooting.rst").read_text(), re.MULTILINE)
    assert sorted(entries) == sorted(CODES)


def test_each_guide_is_in_the_table_of_contents() -> None:
    sections = yaml.safe_load((ROOT / "docs" / "docsite" / "extra-docs.yml").read_text())["sections"]
    listed = [guide for section in sections for guide in section["toctree"]]
    assert sorted(listed) == sorted(path.stem for path in GUIDES.glob("*.rst"))


def test_the_guide_has_each_variable_of_a_playbook() -> None:
    table = (GUIDES / "variables.rst").read_text()
    wanted = {*names.SOURCES, *names.FORM, *names.PLAYBOOK, *names.DIRECTORY, *names.REVIEW, *names.ASKED}
    wanted |= {"report_dir", "fail_on_drift"}
    assert {name for name in wanted if f"``{name}``" not in table} == set()


def test_workflows_run_targets_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    workflows = "".join(path.read_text() for path in (ROOT / ".github" / "workflows").glob("*.yml"))
    run = set(re.findall(r"run: make ([a-z-]+)", workflows))
    assert {"test", "test-matrix", "test-all", "demo", "artefact"} <= run <= targets


def test_steps_of_playbooks_are_documented_and_in_no_list_of_modules() -> None:
    """Lists of modules have what is written in Python."""
    steps = sorted(path.stem for path in (ROOT / "plugins" / "action").glob("access_*.py"))
    modules = sorted(path.name for path in (ROOT / "plugins" / "modules").glob("access_*"))
    assert modules == [f"{step}.yml" for step in steps]


def test_the_tests_behind_each_line_of_the_security_page_are_there() -> None:
    """A name without a folder is in that of the name before it."""
    text = (ROOT / "SECURITY.md").read_text()
    promises = text[: text.index("## What offboarding covers")]
    lines = [
        line
        for line in promises.splitlines()
        if line.startswith("| ") and not line.startswith(("| promise", "| who |"))
    ]
    assert len(lines) > 20
    for line in lines:
        named = re.findall(r"`(tests/[^`]+|test_[^`]+)`", line.split("|")[-2])
        assert named, line
        folder = ROOT
        for name in named:
            paths = list((ROOT if "/" in name else folder).glob(name))
            assert paths, name
            folder = paths[0].parent


def test_links_lead_somewhere() -> None:
    """To a file of this repository, to a heading in it; elsewhere by https."""
    ours = "https://github.com/honeyops/honeyops.access/"
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("roles/*/README.md"), *GUIDES.glob("*.rst")):
        text = path.read_text()
        for link in re.findall(r"\]\(([^)\s]+)\)|<(https?://[^>\s]+)>`__?", text):
            url = "".join(link)
            if "://" in url and not url.startswith((f"{ours}blob/", f"{ours}raw/")):
                assert re.fullmatch(r"https://[\w.-]+(/[\w./~%#?=-]*)?", url), f"{path.name}: {url}"
                continue
            name, _hash, anchor = re.sub(f"^{ours}(blob|raw)/main/", "", url).partition("#")
            file = ROOT / name if "://" in url else path.parent / name if name else path
            assert file.exists(), f"{path.name}: {url}"
            if anchor:
                headings = re.findall(r"^#+ (.+)$", file.read_text(), re.MULTILINE)
                assert anchor in {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}, (
                    url
                )


def test_the_version_is_in_the_changelog() -> None:
    version = yaml.safe_load((ROOT / "galaxy.yml").read_text())["version"]
    assert version in yaml.safe_load((ROOT / "changelogs" / "changelog.yaml").read_text())["releases"]
    assert f'id="v{version.replace(".", "-")}"' in (ROOT / "CHANGELOG.md").read_text()
