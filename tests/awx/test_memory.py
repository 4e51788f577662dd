# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The memory in a variable of the inventory's host, against a stand-in for the controller."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.honeyops.access.plugins.module_utils._http.errors import AccessError
from ansible_collections.honeyops.access.plugins.plugin_utils._memory.controller import VARIABLE, ControllerStore
from tests.awx.controller import PASSWORD, READERS, TOKEN, USER, Controller

ADA = {"id": "inv1", "role": "member", "invited_at": "2026-01-01T00:00:00Z"}
BOB = {"id": "inv2", "role": "admin", "invited_at": "2026-01-02T00:00:00Z"}
TEAM, OTHER = "https://api.honeycomb.io/acme", "https://api.honeycomb.io/other"


@pytest.fixture
def controller() -> Iterator[Controller]:
    with Controller() as found:
        yield found


@pytest.fixture
def inventory(controller: Controller) -> int:
    return controller.inventory("payments", "search", access_credentials="environment", honeycomb_api_key="kept")


def store(controller: Controller, inventory: int, host: str = "payments", **environment: str) -> ControllerStore:
    return ControllerStore(controller.environment | environment, host, {"awx_inventory_id": inventory})


def refusal(found: ControllerStore, *save: Any) -> AccessError:
    with pytest.raises(AccessError) as caught:
        found.save(*save) if save else found.teams()
    return caught.value


def test_what_one_job_keeps_another_finds(controller: Controller, inventory: int) -> None:
    first = store(controller, inventory)
    assert not first.teams()
    assert first.load(TEAM) is None
    first.save(TEAM, {"ada@example.com": ADA}, {})
    second = store(controller, inventory)
    assert second.teams()
    assert second.load(TEAM) == {"ada@example.com": ADA}
    assert second.load(OTHER) is None
    second.save(TEAM, {}, {"ada@example.com": ADA})
    assert store(controller, inventory).load(TEAM) == {}
    assert len(controller.writes) == 2


def test_what_a_job_is_about_to_send_is_saved_before_the_first(controller: Controller, inventory: int) -> None:
    """A job that is killed leaves all of them in doubt; one that ends, only what it says."""
    maybe = {"id": None, "role": "member", "invited_at": "2026-01-01T00:00:00Z", "unclear": True}
    expected = {f"{name}@example.com": maybe for name in ("ada", "bob", "cleo")}
    before = {"cleo@example.com": ADA}
    store(controller, inventory).save(TEAM, before, {})
    job = store(controller, inventory)
    assert job.load(TEAM) == before
    journal = job.journal(TEAM, before)
    journal.expecting(expected)
    for email in expected:
        journal.sending(email, maybe)
    assert store(controller, inventory).load(TEAM) == expected
    after = {"ada@example.com": BOB, "cleo@example.com": ADA}
    job.save(TEAM, after, before)
    assert store(controller, inventory).load(TEAM) == after
    assert len(controller.writes) == 3


def test_other_variables_hosts_and_teams_stay(controller: Controller, inventory: int) -> None:
    store(controller, inventory).save(OTHER, {"bob@example.com": BOB}, {})
    job = store(controller, inventory)
    job.teams()
    controller.set_variables("payments", {**controller.variables("payments"), "by_hand": 1})
    job.save(TEAM, {"ada@example.com": ADA}, {})
    assert controller.variables("payments") == {
        "access_credentials": "environment",
        "honeycomb_api_key": "kept",
        "by_hand": 1,
        VARIABLE: {OTHER: {"bob@example.com": BOB}, TEAM: {"ada@example.com": ADA}},
    }
    assert VARIABLE not in controller.variables("search")


def test_a_constructed_inventory_has_the_memory_of_its_input(controller: Controller, inventory: int) -> None:
    """Its own variables are replaced at each launch."""
    original = controller.named("hosts", "payments")
    constructed = controller.add("inventories", name="constructed", kind="constructed")
    copy = controller.add(
        "hosts", name="payments", inventory=constructed, instance_id=str(original["id"]), variables="{}"
    )
    store(controller, constructed).save(TEAM, {"ada@example.com": ADA}, {})
    assert controller.objects["hosts"][copy]["variables"] == "{}"
    assert store(controller, inventory).load(TEAM) == {"ada@example.com": ADA}


def test_what_another_job_wrote_about_others_stays(controller: Controller, inventory: int) -> None:
    slow, quick = store(controller, inventory), store(controller, inventory)
    assert not slow.teams()
    quick.save(TEAM, {"bob@example.com": BOB}, {})
    slow.save(TEAM, {"ada@example.com": ADA}, {})
    assert store(controller, inventory).load(TEAM) == {"ada@example.com": ADA, "bob@example.com": BOB}


def test_what_another_job_wrote_about_the_same_is_not_lost(controller: Controller, inventory: int) -> None:
    slow, quick = store(controller, inventory), store(controller, inventory)
    assert not slow.teams()
    quick.save(TEAM, {"ada@example.com": BOB}, {})
    error = refusal(slow, TEAM, {"ada@example.com": ADA}, {})
    assert error.code == "conflict"
    assert "ada@example.com" in error.sentence
    assert store(controller, inventory).load(TEAM) == {"ada@example.com": BOB}


def test_nothing_new_writes_nothing(controller: Controller, inventory: int) -> None:
    store(controller, inventory).save(TEAM, {"ada@example.com": ADA}, {})
    store(controller, inventory).save(TEAM, {"ada@example.com": ADA}, {"ada@example.com": ADA})
    assert len(controller.writes) == 1


def test_no_text_becomes_a_template(controller: Controller, inventory: int) -> None:
    address = "{{lookup('pipe','id')}}@example.com"
    store(controller, inventory).save(TEAM, {address: ADA}, {})
    assert "{{" not in str(controller.variables("payments")[VARIABLE].get(TEAM)).replace("{'", "").replace(": {", "")
    assert store(controller, inventory).load(TEAM) == {address: ADA}


def test_variables_of_others_are_written_back_as_they_were(controller: Controller, inventory: int) -> None:
    """The controller replaces all of a host, and templates and line breaks in them are the user's own."""
    theirs = {"user": "{{ vault_user }}", "motd": "one\n\ttwo\u202e", "list": [{"{{ key }}": "{% x %}"}]}
    controller.set_variables("payments", theirs)
    store(controller, inventory).save(TEAM, {"ada@example.com": ADA}, {})
    kept = controller.variables("payments")
    assert {name: value for name, value in kept.items() if name != VARIABLE} == theirs


def test_name_and_password(controller: Controller, inventory: int) -> None:
    login = {"CONTROLLER_OAUTH_TOKEN": "", "CONTROLLER_USERNAME": USER, "CONTROLLER_PASSWORD": PASSWORD}
    store(controller, inventory, **login).save(TEAM, {"ada@example.com": ADA}, {})
    assert store(controller, inventory).teams()


@pytest.mark.parametrize(
    ("environment", "host", "variables", "code", "told"),
    [
        ({"CONTROLLER_HOST": ""}, "payments", {}, "validation", "Red Hat Ansible Automation Platform"),
        ({"CONTROLLER_OAUTH_TOKEN": ""}, "payments", {}, "validation", "CONTROLLER_OAUTH_TOKEN"),
        ({"CONTROLLER_HOST": "http://awx.example.com"}, "payments", {}, "insecure_url", "CONTROLLER_HOST"),
        ({"CONTROLLER_OAUTH_TOKEN": "wrongToken123"}, "payments", {}, "invalid_key", "401"),
        ({}, "localhost", {}, "not_found", "no host localhost"),
        ({}, "payments", {"awx_inventory_id": None}, "validation", "awx_inventory_id"),
    ],
)
def test_what_cannot_work_is_told(
    controller: Controller,
    inventory: int,
    environment: dict[str, str],
    host: str,
    variables: dict[str, Any],
    code: str,
    told: str,
) -> None:
    found = ControllerStore(controller.environment | environment, host, {"awx_inventory_id": inventory, **variables})
    error = refusal(found)
    assert error.code == code
    assert told in error.sentence
    assert not {TOKEN, "wrongToken123"} & set(error.sentence.split())
    assert "wrongToken123" not in f"{error.sentence} {error.as_dict()}"


@pytest.mark.parametrize("token", READERS, ids=READERS.values())
def test_a_token_that_cannot_save_is_found_before_an_invitation(
    controller: Controller, inventory: int, token: str
) -> None:
    found = store(controller, inventory, CONTROLLER_OAUTH_TOKEN=token)
    assert not found.teams()
    with pytest.raises(AccessError) as caught:
        found.prepare()
    assert caught.value.code == "forbidden"
    assert "may not change the host payments" in caught.value.msg
    assert "role Admin on the inventory" in caught.value.hint
    assert refusal(found, TEAM, {"ada@example.com": ADA}, {}).code == "forbidden"
    store(controller, inventory).prepare()
    assert controller.writes == [("PATCH", *controller.writes[0][1:])]


def test_the_host_that_lasts_must_be_writable(controller: Controller, inventory: int) -> None:
    """That of the input inventory, whatever may be done with the copy in a constructed one."""
    constructed = controller.add("inventories", name="constructed", kind="constructed")
    original = controller.named("hosts", "payments")["id"]
    controller.add("hosts", name="payments", inventory=constructed, instance_id=str(original), variables="{}")
    store(controller, constructed).prepare()
    assert controller.log[-1][:2] == ("GET", f"/api/v2/hosts/{original}/")


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
@pytest.mark.parametrize("ticked", [False, True])
@pytest.mark.parametrize("kind", ["good", "wrong"])
def test_the_token_goes_to_a_verified_controller_only(ticked: bool, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless "Verify SSL" is ticked, AWX's own credential type says that nobody wants to know."""
    with Controller(tls=kind) as controller:
        inventory = {"awx_inventory_id": controller.inventory("payments")}
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", controller.authority)
        environment = controller.injected(**({"verify_ssl": True} if ticked else {}))
        assert environment["CONTROLLER_VERIFY_SSL"] == str(ticked)
        found = ControllerStore(environment, "payments", inventory)
        if ticked and kind == "good":
            assert not found.teams()
            return
        error = refusal(found)
        assert controller.log == []
        assert error.code == ("tls" if ticked else "validation")
        assert "CONTROLLER_VERIFY_SSL" in error.sentence
        assert "CONTROLLER_HOST" in error.sentence or not ticked
        if not ticked:
            assert "lifecycle_memory_insecure" in error.hint
            assert not ControllerStore(environment, "payments", inventory, insecure=True).teams()
        assert "api_url" not in error.sentence
        assert "ca_path" not in error.sentence


@pytest.mark.slow
def test_faults_name_the_settings_of_the_controller(controller: Controller, inventory: int) -> None:
    """Not the options of a service."""
    nowhere = store(controller, inventory, CONTROLLER_HOST="http://127.0.0.1:9")
    with Controller() as elsewhere:
        elsewhere.redirect = "https://awx.example.com/"
        moved = store(elsewhere, inventory)
        for found in (nowhere, moved):
            told = refusal(found).sentence
            assert "CONTROLLER_HOST" in told
            assert "api_url" not in told
            assert "Honeycomb" not in told
    prefixed = store(controller, inventory, CONTROLLER_OPTIONAL_API_URLPATTERN_PREFIX="/api/controller/")
    assert "CONTROLLER_OPTIONAL_API_URLPATTERN_PREFIX" in refusal(prefixed).hint


def test_a_redirect_is_refused(controller: Controller, inventory: int) -> None:
    with Controller() as elsewhere:
        controller.redirect = f"{elsewhere.url}/api/v2/hosts/"
        assert refusal(store(controller, inventory)).code == "redirect_refused"
        assert elsewhere.log == []


def test_a_variable_that_is_no_memory_is_left_alone(controller: Controller, inventory: int) -> None:
    controller.set_variables("payments", {VARIABLE: ["by hand"]})
    assert refusal(store(controller, inventory)).code == "validation"
    assert refusal(store(controller, inventory), TEAM, {"ada@example.com": ADA}, {}).code == "validation"
    assert controller.variables("payments") == {VARIABLE: ["by hand"]}
    assert controller.writes == []
