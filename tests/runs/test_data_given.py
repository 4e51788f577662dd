# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What files, forms, directories and a controller hand over is data, as is what services say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.honeyops.access.plugins.plugin_utils._host.seal import digest
from tests.directory.openldap import GROUPS, PASSWORD, PEOPLE, READER, SUFFIX, group, missing, openldap, person
from tests.directory.servers import needs
from tests.directory.stub import stub
from tests.hostile import FORGED, Payload
from tests.playing import Control
from tests.runs import test_data
from tests.runs.test_data import STAYING, approved, payload, read_back, run
from tests.runs.test_directory import TOKEN, Company, roster
from tests.tools import tree

__all__ = ["payload"]

PROJECT = tree.ROOT / "extensions" / "awx" / "project"
AT_HOME = "{{lookup('pipe','cd;id>canary')}}"
"""Short and without a slash, for names of files and of entries; the folder of a run is its home."""
ELSEWHERE = {"awx_setup"}
"""Playbooks whose canary is in tests/awx/test_setup.py."""


def test_no_playbook_is_left_out() -> None:
    """Each is run in a test here or in the file before."""
    tests = "".join(Path(str(file)).read_text(encoding="utf-8") for file in (__file__, test_data.__file__))
    names = {path.stem for path in (tree.ROOT / "playbooks").glob("*.yml")} - ELSEWHERE
    wrappers = {str(path.name) for path in PROJECT.glob("*.yml")} - {f"{name}.yml" for name in (*names, "people")}
    assert [name for name in sorted(names | wrappers) if f'"{name}"' not in tests] == []


@pytest.mark.slow
def test_check_of_a_roster(control: Control, payload: Payload) -> None:
    """Its faults quote what somebody else wrote, and the names of what they wrote."""
    text = payload.braces + FORGED
    service = {"role": text, "team_ids": [text], text: text}
    person = {"email": "ada@example.com", "honeycomb": service, "honeybadger": service, text: text}
    texts = dict.fromkeys(("name", "until", "role", "state", "groups", "aliases", "targets", "known_as"), text)
    good = json.loads((control.folder / "people.json").read_text())
    group = {"honeycomb": service, "reviewer": text, "targets": [text], "directory": text, text: text}
    wrong = {
        "people": [{**person, **texts}, *({"email": email} for email in payload.addresses), text, {text: text}],
        "groups": {"a": group, text: {}, "b": text},
        "timezone": text,
        "directory": dict.fromkeys(("source", "url", "min_people", "max_drop", "base_dn", "tenant", text), text),
        text: text,
    }
    table = f"email,name,{text!r},honeycomb_role\nada@example.com,x,y,{text!r}\n"
    content = {
        "good.json": good,
        "wrong.json": wrong,
        "wrong.yml": json.dumps(wrong, ensure_ascii=False),
        "wrong.csv": table,
        "broken.yml": f"people: [{text}",
        "broken.json": {"people": text, "groups": text, "directory": text},
    }
    for name, written_by_others in content.items():
        control.write(f"out/{name}", written_by_others)
    for mode in (("--check",), ()):
        for name in content:
            done = run(control, "check", *mode, roster_file=f"out/{name}", report_dir="report", evidence_dir="")
            assert (done.code == 0) == name.startswith("good"), done.output


@pytest.mark.slow
def test_check_of_evidence(control: Control, payload: Payload) -> None:
    """The name of a file and the index are whoever's who may write there."""
    name = AT_HOME + FORGED
    leaving = {"people": ["stays@example.com"], "evidence_dir": "kept"}
    assert run(control, "offboard", **leaving).code == 0
    kept = control.folder / "kept"
    index = json.loads((kept / "index.json").read_text(encoding="utf-8"))
    (kept / f"{name}.txt").write_text(name)
    assert "was added" in run(control, "check", evidence_dir="kept").text
    for entry in index["entries"]:
        entry.update(dict.fromkeys(entry, name))
    for last in (index["last"], digest(index["entries"][-1]), name):
        control.write("kept/index.json", {**index, "last": last, name: name})
        for mode in (("--check",), ()):
            assert run(control, "check", *mode, evidence_dir="kept").code != 0


@pytest.mark.slow
def test_a_directory(control: Control, payload: Payload) -> None:
    company = Company()
    people = company.user

    def user(name: str) -> dict[str, Any]:
        found = people(name)
        found["profile"].update(
            firstName=payload.braces + FORGED, lastName=payload.header, displayName=payload.names[0]
        )
        return found

    company.user = user  # type: ignore[method-assign]
    with stub(company.answer) as okta:
        control.write("roster.json", roster(okta.url, max_drop="90%"))
        given = {"roster_file": "roster.json", "directory_token": TOKEN}
        hosts = control.inventory({name: control.variables(name) for name in ("one", "two")})
        assert run(control, "reconcile", *hosts, **given).code == 0
        company.groups["Platform Engineering"] = ["ada", "bob"]
        company.status["bob"] = "SUSPENDED"
        assert run(control, "reconcile", *hosts, **given).code == 0
        run(control, "report", *hosts, **given, report_dir="report")
        run(control, "review", *hosts, **given, review_dir="out")
        company.emails["ada"] = f"{payload.braces}@corp.example"
        assert payload.fired is False
        assert run(control, "reconcile", *hosts, **given).code != 0
        read_back(control)


@pytest.mark.slow
def test_a_form_of_a_controller(control: Control, payload: Payload) -> None:
    """It marks what people type as not to be evaluated."""
    for email in (payload.addresses[0], f"{payload.braces} <new@example.com>", payload.header):
        texts = {"email": email, "ticket": payload.braces + FORGED, "requested_by": payload.header, "approved_by": "{{"}
        lines = [f"{name}: !unsafe {json.dumps(text)}" for name, text in texts.items()]
        control.write("form.yml", "\n".join(lines) + "\n")
        for playbook in ("onboard", "offboard"):
            run(control, playbook, "-e", "@form.yml")
    read_back(control, more={"nothing": ""})


@pytest.mark.slow
@needs("OpenLDAP", missing())
def test_a_directory_that_is_asked_by_ldap(control: Control, payload: Payload) -> None:
    """Also what its errors quote: the names of entries."""
    text = AT_HOME + FORGED
    names = {"displayName": [text], "cn": [text], "sn": [text]}
    odd = "cn=" + "".join(rf"\{byte:02X}" for byte in text.encode()) + f",{PEOPLE}"
    entries = [
        person("named", **names),
        (odd, {**person("odd", **names)[1]}),
        person("nowhere", mail=[f"{payload.braces}@evil.example"]),
        group("platform", [person("named")[0], odd]),
        group("unreachable", [person("named")[0], person("nowhere")[0]]),
        group("lost", [person("named")[0], odd.replace("cn=", "cn=no")]),
    ]
    with openldap(control.folder / "ldap", entries) as server:
        source = {"source": "ldap", "url": server.url, "base": SUFFIX, "max_drop": "90%"}
        given = {"roster_file": "roster.json", "directory_user": READER, "directory_password": PASSWORD}
        for name, code in (
            ("platform", 0),
            ("unreachable", 2),
            ("lost", 2),
            (f"cn=no{AT_HOME},{GROUPS}", 2),
            (text, 2),
        ):
            groups = {"all": {"directory": name, "honeycomb": {"role": "member"}}}
            people = [{"email": email} for email in STAYING[:2]]
            control.write("roster.json", {"directory": source, "groups": groups, "people": people})
            for mode in (("--check",), ()):
                assert run(control, "reconcile", *mode, **given).code == code
            run(control, "check", **given, read_directory=True, evidence_dir="")
        read_back(control)


@pytest.mark.slow
def test_the_jobs_of_a_controller(control: Control, payload: Payload) -> None:
    """The plan goes from the job that makes it to the one that shows it, and what that says to the one that ends it."""
    planned = run(control, "reconcile", "--check", roster_file="people.json")
    shown = run(control, str(PROJECT / "approval.yml"), *approved(control, planned))
    assert shown.code == 2
    assert "lookup('pipe'" in shown.output
    for texts in (shown.artefacts, planned.artefacts):
        control.write(
            "result.yml", f"access_result: done\naccess_summary: !unsafe {json.dumps(texts['access_summary'])}\n"
        )
        run(control, str(PROJECT / "result.yml"), "-e", "@result.yml")
    for mode in (("--check",), ()):
        run(control, str(PROJECT / "drift.yml"), *mode, roster_file="people.json", report_dir="report")
    read_back(control)
