# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action ``directory_info``, in real playbooks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.honeyops.access.plugins.modules import directory_info as documented
from ansible_collections.honeyops.access.plugins.plugin_utils._directory.info import SPEC
from ansible_collections.honeyops.access.plugins.plugin_utils._directory.settings import faults
from tests.playing import Control

from .stub import Asked, Stub, Told, stub
from .test_scim import ACCOUNT, USERS, serving

SECRETS = {"token": ACCOUNT.token, "password": "d1rectory-s3cret", "client_secret": "cl1ent-s3cret"}


class Alone(Control):
    """Without a service: what is read is a directory."""

    def credentials(self, name: str) -> dict[str, str]:
        return {}


@pytest.fixture
def alone(tmp_path: Path) -> Alone:
    return Alone(tmp_path, {}, tmp_path)


def read(running: Stub, **options: Any) -> dict[str, Any]:
    """A task that reads, whether it fails or not."""
    told = {"source": "scim", "url": f"{running.url}/v2", "request_timeout": 5, "max_wait": 1, **options}
    return {"honeyops.access.directory_info": told, "ignore_errors": True}


def results(alone: Alone, *tasks: dict[str, Any], hosts: str = "localhost", **environment: str) -> list[dict[str, Any]]:
    """The results of the tasks, run in check mode as well."""
    play = {"hosts": hosts, "gather_facts": False, "connection": "local", "tasks": list(tasks)}
    alone.write("play.yml", [play])
    alone.write("hosts.json", {"all": {"hosts": {"other": {}}}})
    real = alone.play("play.yml", "-vvv", "-i", "hosts.json", environment=environment)
    for secret in SECRETS.values():
        assert secret not in real.output
    return [event.result for event in real.events]


def test_people_groups_and_what_is_refused(alone: Alone) -> None:
    empty = {"id": "g2", "displayName": "empty", "members": []}

    def change(request: Asked, body: Any) -> Any:
        if request.path == "/v2/Users":
            inactive = {**USERS[1], "active": False}
            return {**body, "Resources": [inactive if item["id"] == "u1" else item for item in body["Resources"]]}
        if request.query.get("filter") == 'displayName eq "empty"':
            return {"totalResults": 1, "Resources": [empty]}
        return Told(empty) if request.path == "/v2/Groups/g2" else body

    known = {"people": {"u99": {"email": "p0@example.com"}}}
    with serving(change) as running:
        token = {"token": ACCOUNT.token}
        whole, none, allowed, few, missing, nobody, shrunk, wandered, odd = results(
            alone,
            read(running, **token, groups=["platform"]),
            read(running, **token, groups=["empty"]),
            read(running, **token, groups=["empty", "platform"], allow_empty=True),
            read(running, **token, groups=["platform"], min_people=8),
            read(running, **token, groups=["platfrom"]),
            read(running, **token, groups=[]),
            read(running, **token, groups=["platform"], known_people={"groups": {"g1": 40}}),
            read(running, **token, groups=["platform"], known_people=known),
            read(running, **token, groups=["platform"], max_drop="many"),
        )

    first = next(person for person in whole["people"] if person["id"] == "u0")
    assert first == {
        "id": "u0",
        "email": "p0@example.com",
        "addresses": ["p0@example.com"],
        "name": "p0",
        "active": True,
        "groups": ["platform"],
    }
    assert whole["groups"] == [{"name": "platform", "id": "g1", "members": 7}]
    assert whole["left_out"] == [{"id": "u1", "email": "p1@example.com", "reason": "disabled"}]
    assert (whole["changed"], whole["api"]["requests"], whole["known_people"]["total"]) == (False, 5, 6)
    assert (none["error"]["code"], none["groups"][0]["members"]) == ("guard_refused", 0)
    assert [group["members"] for group in allowed["groups"]] == [0, 7]
    assert "min_people (8)" in few["msg"]
    assert missing["error"]["code"] == "not_found"
    assert "no group platfrom" in missing["msg"]
    assert nobody["error"]["code"] == odd["error"]["code"] == "validation"
    assert "had 40 at the last read" in shrunk["msg"]
    assert "p0@example.com was the address of another person (id u99)" in wandered["msg"]
    assert wandered["known_people"] == known


def test_the_environment_is_that_of_localhost_only(alone: Alone) -> None:
    with serving() as running:
        here, play = (read(running, groups=["platform"]) for _number in range(2))
        play["environment"] = {"DIRECTORY_TOKEN": "of-the-task"}
        found, of_task = results(alone, here, play, DIRECTORY_TOKEN=ACCOUNT.token)
        (elsewhere,) = results(alone, read(running, groups=["platform"]), hosts="other", DIRECTORY_TOKEN=ACCOUNT.token)

    assert len(found["people"]) == 7
    assert running.asked[-1].headers["Authorization"] == "Bearer of-the-task"
    assert "no group" not in of_task.get("msg", "")
    assert elsewhere["error"]["code"] == "invalid_key"


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({"source": "ldap"}, "base is required with source ldap"),
        ({"source": "entra"}, "tenant_id is required with source entra"),
        ({"source": "keycloak"}, "realm is required with source keycloak"),
        ({"source": "scim", "base": "dc=x"}, "base is not for source scim"),
        ({"source": "keycloak", "realm": "a/b"}, "realm must not contain white space or a slash"),
    ],
)
def test_options_that_do_not_fit(options: dict[str, Any], names: str) -> None:
    assert names in faults({"url": "https://directory.example.com", **options})


def test_credentials_are_seen_nowhere(alone: Alone) -> None:
    """A directory that sends back what it was asked with, in an error and in texts."""

    def echo(request: Asked, _url: str) -> Told:
        return Told({"detail": f"{request.headers.get('Authorization')} {request.body}"}, 400)

    with stub(echo) as running:
        found = results(
            alone,
            read(running, token=SECRETS["token"], groups=["x"]),
            read(running, user="ada", password=SECRETS["password"], groups=["x"]),
            read(
                running,
                source="keycloak",
                realm="r",
                client_id="c",
                client_secret=SECRETS["client_secret"],
                groups=["x"],
            ),
        )

    assert [result["error"]["code"] for result in found] == ["validation", "validation", "invalid_key"]
    assert "***" in found[0]["msg"]


def test_options_are_documented_as_they_are() -> None:
    fragment = {"validate_certs", "ca_path", "request_timeout", "max_wait"}
    options = yaml.safe_load(documented.DOCUMENTATION)["options"]

    assert options.keys() | fragment == SPEC.keys()
    for name, told in options.items():
        for key in ("type", "required", "default", "choices", "elements", "aliases"):
            assert told.get(key) == SPEC[name].get(key), (name, key)
    assert {name for name, option in SPEC.items() if option.get("no_log")} == {"password", "token", "client_secret"}
    returned = yaml.safe_load(documented.RETURN)
    assert returned["people"]["contains"].keys() == {"id", "email", "addresses", "name", "active", "groups"}
