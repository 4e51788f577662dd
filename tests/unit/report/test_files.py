# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of a report: nothing from outside means anything in them."""

from __future__ import annotations

import csv
import html.parser
import io
import json
import re
import stat
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ansible_collections.honeyops.access.plugins.plugin_utils import _files
from ansible_collections.honeyops.access.plugins.plugin_utils._report import data as _report
from ansible_collections.honeyops.access.plugins.plugin_utils._report import files as _report_files
from ansible_collections.honeyops.access.plugins.plugin_utils._report import page as _report_page
from ansible_collections.honeyops.access.plugins.plugin_utils._words.text import clean
from tests.report.made import HOSTILE, NOW, Company, sample, time_of_report
from tests.tools.tree import ROOT

SCHEMA = json.loads((ROOT / "docs/report.schema.json").read_text())


class Page(html.parser.HTMLParser):
    """The elements of a page, and the text of its data."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.found and self.found[-1][0] == "script":
            self.scripts.append(data)


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    return sample(50, 3)


@pytest.fixture(scope="module")
def page(report: dict[str, Any]) -> str:
    return _report_page.to_html(report)


def test_json_follows_its_schema(report: dict[str, Any]) -> None:
    text = _report_files.to_json(report)
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(json.loads(text), SCHEMA)
    assert json.loads(text)["people"] == report["people"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**json.loads(text), "token": "x"}, SCHEMA)


def test_an_empty_report_follows_it_too() -> None:
    empty = _report.report_of([], NOW, "1.0.0", {}, 7)
    jsonschema.validate(json.loads(_report_files.to_json(empty)), SCHEMA)
    assert "<!DOCTYPE html>" in _report_page.to_html(empty)


def test_csv_has_no_formula(report: dict[str, Any]) -> None:
    rows = list(csv.DictReader(io.StringIO(_report_files.to_csv(report).removeprefix("\ufeff"))))
    assert len(rows) > 200
    assert not [cell for row in rows for cell in row.values() if re.match(r"\s*[=+\-@\t\r]", cell)]
    assert {row["drift"] for row in rows} >= {"", "missing", "unexpected", "role"}
    assert next(row["name"] for row in rows if row["email"] == "formula@example.com").startswith("'=")


def test_csv_names_the_key_that_nobody_here_made(report: dict[str, Any]) -> None:
    stray = {"kind": "stray_key", "host": "h", "service": "honeycomb", "email": "", "found": "ingest key hcaik_1"}
    told = {**report, "drift": {**report["drift"], "findings": [stray]}}
    rows = list(csv.DictReader(io.StringIO(_report_files.to_csv(told))))
    assert [row["keys"] for row in rows if row["drift"] == "stray_key"] == ["ingest key hcaik_1"]


def test_the_page_has_no_element_from_outside(page: str) -> None:
    found = Page(page)
    tags = [tag for tag, _attributes in found.found]
    assert tags.count("script") == 2
    assert "img" not in tags
    assert not [
        name for _tag, attributes in found.found for name in attributes if name.startswith("on") or name == "style"
    ]
    links = [attributes.get(name) or "" for _tag, attributes in found.found for name in ("src", "href", "action")]
    own = {"data:,", "#people", "report.csv", "report.json"}
    assert {link for link in links if link and not re.fullmatch(r"#(show|find|group)=[\w%.-]+", link)} <= own


def test_the_data_of_the_page_is_what_was_read(page: str, report: dict[str, Any]) -> None:
    data = json.loads(Page(page).scripts[0])
    names = {person[0]: person[1] for person in data["people"]}
    for email, name in HOSTILE:
        assert names[email.lower()] == clean(name)
    assert len(data["people"]) == report["totals"]["people"] + 3
    assert len(data["columns"]) == 6


def test_the_page_shows_people_by_group(page: str, report: dict[str, Any]) -> None:
    """Whoever chooses a group, or follows its link, sees the people who are in it."""
    data = json.loads(Page(page).scripts[0])
    for number, group in enumerate(report["groups"]):
        shown = {person[0] for person in data["people"] if number in person[6]}
        assert shown == {email for email in group["members"] if email in {person[0] for person in data["people"]}}
        assert len(shown) > 10
        assert re.search(
            f'<a href="#group={number}"><bdi>{group["name"]}</bdi></a>.*{group["reviewer"]}.*{group["people"]}<', page
        )
        assert f'<option value="{number}">{group["name"]}</option>' in page
    without = _report_page.to_html({key: value for key, value in report.items() if key != "groups"})
    assert 'id="group"' not in without
    assert 'id="groups"' not in without


def test_names_that_turn_text_around_lose_that(report: dict[str, Any]) -> None:
    assert "\u202e" not in json.dumps(report, ensure_ascii=False)
    assert clean("a\ud800\u202eb\nc" + "x" * 5000) == "a  b c" + "x" * 994


def test_sarif_points_at_the_roster(report: dict[str, Any], tmp_path: Path) -> None:
    sarif = json.loads(_report_files.to_sarif(report, str(Path.cwd())))
    assert sarif["version"] == "2.1.0"
    (run,) = sarif["runs"]
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    findings = report["drift"]["findings"]
    assert len(run["results"]) == len(findings) > 0
    for result, finding in zip(run["results"], findings, strict=True):
        assert result["ruleId"] in rules
        place = result["locations"][0]["physicalLocation"]
        assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("people.yml", finding["line"] or 1)
    outside = json.loads(_report_files.to_sarif(report, str(tmp_path)))["runs"][0]["results"]
    assert all(r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].startswith("file:///") for r in outside)


def test_a_file_is_for_its_owner_and_whole(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")
    path.chmod(0o644)
    _files.write(path, "new\r\n")
    assert path.read_bytes() == b"new\r\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(UnicodeEncodeError):
        _files.write(path, "\ud800")
    assert path.read_bytes() == b"new\r\n"
    assert [file.name for file in tmp_path.iterdir()] == ["report.json"]


def test_the_output_of_a_job_is_short(report: dict[str, Any]) -> None:
    lines = _report_files.told(sample(2000, 6))
    assert len(lines) < 60
    assert lines[0].startswith("People: 2001 (")
    small = _report_files.told(report)
    assert any(line.startswith("- people.yml:") for line in small)
    assert any("NOT READ" in line for line in small)


def test_who_is_in_one_service_only_admin_or_late() -> None:
    report = Company(50, 2).report()
    for person in report["people"]:
        services = {access["service"] for access in person["access"]}
        assert person["only_in"] == (next(iter(services)) if len(services) == 1 else None)
        for access in person["access"]:
            assert access["privileged"] == (access["role"] in ("admin", "Admin", "Owner"))
            assert not access["overdue"] or access["status"] == "pending"


@pytest.mark.slow
def test_5000_people_at_10_places() -> None:
    # In a process of its own, as in a playbook: one that has run other tests for half an hour takes twice as long.
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        spent, size = pool.submit(time_of_report, 5000, 10).result()
    assert spent < 10
    assert size < 5_000_000
