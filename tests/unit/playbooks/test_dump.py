# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is there, written as a roster, changes nothing when it is reconciled at once."""

from __future__ import annotations

import pytest
import yaml

from tests.quick import slow
from tests.simulator import Fault, Simulator

from .conftest import Control, access


@pytest.fixture
def grown(control: Control, sim: Simulator) -> Simulator:
    """A team and an account with everything that grows there by hand."""
    for email in ("ada@example.com", "Only.Honeycomb@example.com", "=formula@example.com"):
        sim.honeycomb.add(email, "admin", '=HYPERLINK("x")')
    for email in ("ada@example.com", "only.honeybadger@example.com"):
        sim.honeybadger.add(email, "Billing", "- Ada, 'A.'")
    sim.honeybadger.invite("teams@example.com", "Member", [7, 3])
    sim.honeybadger.invite("bare@example.com", "Admin")
    sim.honeybadger.invite("before@example.com", "Owner")
    sim.honeybadger.accept("before@example.com", "after@example.com")
    assert (
        control.play("onboard", email="hidden@example.com", honeybadger_role="none", honeycomb_role="admin").code == 0
    )
    sim.log.clear()
    return sim


@pytest.mark.parametrize("file", ["now.csv", *slow("now.yml", "deep/er/now.json")])
def test_dump_and_reconcile(control: Control, grown: Simulator, file: str) -> None:
    before = access(grown)
    assert before["hidden"] == "admin?/-"
    done = control.play("dump", "-e", f"dump_file={file}")
    assert done.code == 0
    assert len(grown.log) == 4
    again = control.play("reconcile", "-vvvv", "-e", f"roster_file={file}", "-e", "lifecycle_max_removals=0")
    assert (again.code, again.changed) == (0, {"localhost": 0})
    assert grown.writes() == []
    assert access(grown) == before
    text = (control.folder / file).read_text()
    assert "hidden@example.com" in text
    assert "after@example.com" in text
    assert "before@example.com" not in text
    if file.endswith(".csv"):
        assert "\n'=formula@example.com," in text


def test_each_host_has_its_own_file(control: Control, sim: Simulator) -> None:
    control.sims["two"].honeycomb.add("two@example.com")
    sim.honeycomb.add("one@example.com")
    hosts = control.inventory({name: control.variables(name) for name in ("one", "two")})
    file = ("-e", "dump_file=rosters/{{ inventory_hostname }}.csv")
    assert control.play("dump", *hosts, *file, warned="are remembered").code == 0
    for name, other in (("one", "two"), ("two", "one")):
        text = (control.folder / "rosters" / f"{name}.csv").read_text()
        assert f"{name}@example.com" in text
        assert f"{other}@example.com" not in text


def test_a_service_that_cannot_be_read_leaves_no_file(control: Control, sim: Simulator) -> None:
    done = control.play("dump", dump_file="now.yml", honeybadger_auth_token="n0tTheToken")
    assert done.code != 0
    assert not (control.folder / "now.yml").exists()


@pytest.mark.slow
def test_text_that_is_no_address_comes_back(control: Control, sim: Simulator) -> None:
    sim.honeycomb.add("robot", "admin")
    sim.honeybadger.add("robot")
    assert control.play("dump", dump_file="now.yml", warned="are remembered").code == 0
    again = control.play("reconcile", "-e", "roster_file=now.yml", "-e", "lifecycle_max_removals=0")
    assert (again.code, again.changed) == (0, {"localhost": 0}), again.output
    strange = control.play("onboard", people=["android", "ada@example.com"])
    assert "android" in strange.failures["localhost"]
    assert sim.writes() == []


def test_nobody_is_left_out_of_the_file(control: Control, sim: Simulator) -> None:
    """A text that has an @ and is no address cannot be in a roster, so there is no file without that person."""
    for text in ("Ada <ada@example.com>", "a@b@example.com"):
        sim.honeycomb.add(text)
    refused = control.play("dump", dump_file="now.yml")
    message = refused.failures["localhost"]
    assert "Honeycomb: 'ada <ada@example.com>' is listed, which is not an e-mail address" in message
    assert "'a@b@example.com'" in message
    assert not (control.folder / "now.yml").exists()


def test_a_file_that_cannot_hold_everything_is_not_written(control: Control, sim: Simulator) -> None:
    """A role of the vendor that no roster names leaves nothing to write in a cell."""
    sim.honeycomb.add("root@example.com", "owner")
    refused = control.play("dump", dump_file="now.csv")
    assert "root@example.com has honeycomb" in refused.failures["localhost"]
    assert "use YAML or JSON" in refused.failures["localhost"]
    assert not (control.folder / "now.csv").exists()


def test_nobody_gets_another_address(control: Control, sim: Simulator) -> None:
    sim.honeycomb.add("Straße@example.com")
    sim.honeybadger.invite("bob@example.com", "Member", [])
    assert control.play("dump", dump_file="now.csv", warned="are remembered").code == 0
    text = (control.folder / "now.csv").read_text()
    assert "\nstraße@example.com," in text
    assert ",Member,none\n" in text
    again = control.play("reconcile", roster_file="now.csv", lifecycle_max_removals=0)
    assert (again.code, again.changed) == (0, {"localhost": 0}), again.output


def test_what_reconciling_would_change_is_not_written(control: Control, sim: Simulator) -> None:
    """The vendor's own role, where a default role is set, and two accounts with one address."""
    sim.honeycomb.add("root@example.com", "owner")
    refused = control.play("dump", dump_file="now.yml", lifecycle_default_honeycomb_role="member")
    assert "root@example.com has the role 'owner'" in refused.failures["localhost"]
    assert "Unset lifecycle_default_honeycomb_role" in refused.failures["localhost"]
    assert control.play("dump", dump_file="now.yml", warned="are remembered").code == 0
    sim.honeybadger.invite("bob@example.com", "Guest")
    refused = control.play("dump", dump_file="then.yml", lifecycle_default_honeybadger_role="Member")
    assert "Honeybadger: bob@example.com has the role 'Guest'" in refused.failures["localhost"]
    sim.honeycomb.add("eve@example.com")
    sim.honeycomb.add("EVE@example.com", "admin")
    refused = control.play("dump", dump_file="then.yml")
    assert "eve@example.com is listed several times, as member and admin" in refused.failures["localhost"]
    assert not (control.folder / "then.yml").exists()


def test_who_has_no_address_is_named(control: Control, sim: Simulator) -> None:
    sim.honeybadger.add("", "Member")
    hosts = control.inventory({"acme": control.variables("one", "honeybadger")})
    left_out = "Honeybadger: entries without an e-mail address are not in the roster: "
    assert control.play("dump", *hosts, dump_file="now.yml", warned=left_out).code == 0


def test_a_name_that_is_no_text(control: Control, sim: Simulator) -> None:
    listed = [{"id": "m1", "email": "ada@example.com", "name": 5, "role": "admin"}]
    sim.fail(Fault("html", path="/1/team_memberships$", body=listed, times=0))
    assert control.play("dump", dump_file="now.yml", warned="are remembered").code == 0
    (ada,) = [
        person
        for person in yaml.safe_load((control.folder / "now.yml").read_text())["people"]
        if "ada" in person["email"]
    ]
    assert ada == {"email": "ada@example.com", "honeycomb": {"role": "admin"}}


def test_equal_access_as_groups(control: Control, sim: Simulator) -> None:
    for name in ("ada", "bob"):
        sim.honeycomb.add(f"{name}@example.com", "member")
        sim.honeybadger.add(f"{name}@example.com", "Billing")
    assert control.play("dump", dump_file="now.yml", dump_groups=True, warned="may hide").failures == {}
    document = yaml.safe_load((control.folder / "now.yml").read_text())
    (name,) = document["groups"]
    assert name == "honeycomb-member-honeybadger-billing"
    assert [person["email"] for person in document["people"] if person.get("groups") == [name]] == [
        "ada@example.com",
        "bob@example.com",
    ]
    done = control.play("reconcile", roster_file="now.yml")
    assert (done.failures, done.changed) == ({}, {"localhost": 0}), done.output
    refused = control.play("dump", dump_file="now.csv", dump_groups=True)
    assert "CSV cannot say what a group gives" in refused.failures["localhost"]
