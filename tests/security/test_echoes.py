# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever a service answers, and however it quotes the credential: what the module prints and logs is clean."""

from __future__ import annotations

import base64
import itertools
import json
import syslog
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from tests.modules import run_on
from tests.quick import quick_first
from tests.simulator import Fault, Simulator

from .canary import canary, leaks
from .modules import CODES, MODULES, OPTIONS, WRITERS, credential_of

try:
    from ansible.module_utils.secrets import mask_secrets  # type: ignore[import-not-found]
except ImportError:  # before ansible-core 2.22, where the module masks its result itself

    def mask_secrets(value: str) -> str:
        return value


SECRETS = {option: canary(option) for option in ("api_key", "management_key_secret", "auth_token")}


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    keys: dict[str, Any] = {
        "configuration_key": SECRETS["api_key"],
        "management_key_secret": SECRETS["management_key_secret"],
    }
    with Simulator(**keys, auth_token=SECRETS["auth_token"], extra_fields=True) as simulator:
        yield simulator


@pytest.fixture
def sim(running: Simulator) -> Simulator:
    running.reset()
    for email in ("member@example.com", "leaver@example.com"):
        running.honeycomb.add(email)
        running.honeybadger.add(email)
    for email in ("pending@example.com", "waiting@example.com"):
        running.honeybadger.invite(email, "Member", [3])
    return running


def quoted(secret: str) -> str:
    """A credential in every form in which a service or a proxy may hand it back."""
    encoded = [
        encode(text.encode()).decode()
        for text in (secret, f"{secret}:", f":{secret}")
        for encode in (base64.b64encode, base64.urlsafe_b64encode)
    ]
    urls = [quote(secret), quote(secret, safe=""), quote_plus(secret)]
    return " ".join([secret, *urls, *encoded, *(text.rstrip("=") for text in encoded), json.dumps(secret)])


def bodies(secret: str) -> dict[str, Any]:
    """Bodies of answers that quote it, in the shapes that the services use and others."""
    shown = quoted(secret)
    return {
        "error": {"error": shown},
        "errors": {"errors": [shown, {"detail": shown, "source": {"header": shown}}]},
        "problem": {"title": shown, "type_detail": [{"field": shown, "code": "invalid", "description": shown}]},
        "unknown": {secret: {secret: shown}},
        "list": [shown, [shown]],
        "text": shown,
        "string": json.dumps(shown),
        "html": f"<html><script>{shown}</script><b>{shown}</b><!-- {shown} --></html>",
        "markup": f"{secret[:9]}<b></b>{secret[9:]} {shown}",
        "cut": "<" + "x" * 3960 + ">" + secret * 9,
        "long": "<" + "x" * 3974 + ">" + secret * 9,
        "records": [{"id": "1", "email": "x@example.com", "role": "member", "name": shown}],
        "results": {"results": [{"id": 1, "email": "x@example.com", "role": "Member", "name": shown}]},
    }


WRITES = ("POST", "PUT", "PATCH", "DELETE")
KINDS: dict[str, dict[str, Any]] = {
    **{f"status-{status}": {"status": status} for status in (200, 400, 401, 403, 404, 409, 422, 429, 500, 503)},
    "redirect": {"kind": "redirect", "location": "https://example.com/?" + "&".join(SECRETS.values())},
    "accepted": {"kind": "status_after", "status": 201},
    "cut_body": {"kind": "cut_body"},
}
QUICK = ("status-200", "status-403", "status-422", "redirect", "accepted", "cut_body")
EACH = quick_first(QUICK, KINDS)


@pytest.mark.parametrize("body", bodies(""))
@pytest.mark.parametrize("kind", EACH)
def test_answer_quotes_the_credential(
    sim: Simulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], kind: str, body: str
) -> None:
    logged: list[str] = []
    monkeypatch.setattr(syslog, "syslog", lambda *message: logged.append(str(message)))
    for reads, module in [*((True, module) for module in MODULES), *((False, module) for module in WRITERS)]:
        secret = credential_of(module)
        fault: dict[str, Any] = {"kind": "status", "times": 0, "body": bodies(SECRETS[secret])[body], **KINDS[kind]}
        sim.faults[:] = [Fault(method=method, **fault) for method in (("GET",) if reads else WRITES)]
        result = run_on(sim, module, diff=True, max_wait=0, **OPTIONS[module])
        tokens = {f"token {number}": token for number, token in enumerate(sim.world.issued)}
        shown = mask_secrets(json.dumps(result)) + "".join(capsys.readouterr()) + "".join(logged)
        assert leaks(shown, {secret: SECRETS[secret], **tokens}) == [], (reads, module)
        assert result["rc"] == 0 or result["error"]["code"] in CODES, (reads, module)
        assert "unforeseen" not in result.get("msg", ""), (reads, module)
    assert any("Invoked with" in message for message in logged)


@pytest.mark.parametrize("kind", EACH)
def test_answer_quotes_the_management_key_to_who_has_two(sim: Simulator, kind: str) -> None:
    """The keys of a leaver are dealt with by a module that has another credential besides."""
    sim.honeycomb.keys.add("leaver@example.com", id="hcxik_leaver")
    secret = SECRETS["management_key_secret"]
    managed = {"management_key_id": sim.management_key_id, "management_key_secret": secret, "leaver_keys": "delete"}
    leaver = {"email": "leaver@example.com", "state": "absent"}
    tasks: dict[str, dict[str, Any]] = {
        "honeycomb_member": leaver,
        "honeycomb_members": {"members": [leaver], "verify": True},
    }
    for methods, body in itertools.product((("GET",), WRITES), bodies(secret).values()):
        for module, options in tasks.items():
            fault: dict[str, Any] = {"kind": "status", "times": 0, "body": body, **KINDS[kind]}
            sim.faults[:] = [Fault(method=method, path="^/2/", **fault) for method in methods]
            result = run_on(sim, module, diff=True, max_wait=0, **managed, **options)
            assert leaks(mask_secrets(json.dumps(result)), SECRETS) == [], (methods, module)
            assert result["rc"] == 0 or result["error"]["code"] in CODES, (methods, module)
            assert "unforeseen" not in result.get("msg", ""), (methods, module)


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("padding", ["\n", " ", "\r\n", "\t", "\x00", "\u00a0", "ü"])
def test_padded_credential(sim: Simulator, module: str, padding: str) -> None:
    secret = credential_of(module)
    for padded in (SECRETS[secret] + padding, padding + SECRETS[secret], SECRETS[secret] + padding + "x"):
        result = run_on(sim, module, **{**OPTIONS[module], secret: padded})
        assert result["error"]["code"] == "invalid_key"
        assert leaks(mask_secrets(json.dumps(result)), SECRETS) == []
    assert sim.log == []


def test_invitation_token_in_other_fields(sim: Simulator) -> None:
    """A link to accept, say, lets anybody in as well as the token that it holds."""
    token = canary("invitation")
    linked = {"accept_url": f"https://example.com/accept/{token}", "extra": [{"token": token}]}
    record = {"id": 77, "email": "pending@example.com", "role": "Member", "token": token, "team_ids": [], **linked}
    sim.fail(Fault("status", "honeybadger", "GET", "invitations", status=200, body={"results": [record]}, times=0))
    sim.fail(Fault("status", "honeybadger", "POST", "invitations", status=201, body={**record, "id": 78}, times=0))
    for module in ("honeybadger_invitation_info", "honeybadger_invitation", "honeybadger_user", "honeybadger_users"):
        result = run_on(sim, module, diff=True, **OPTIONS[module])
        assert leaks(json.dumps(result), {"token": token}) == [], module


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, '{{"results": [{{"id": 77, "token": "{0}", "email": "a@b.c",}}]}}'),
        (200, '{{"error": "{{\\"token\\": \\"{0}\\"}}"'),
        (422, '{{"errors": {{"invitation": {{"token": "{0}", "email": "taken"}}}}}}'),
        (500, "{{'token': '{0}'}}"),
    ],
)
def test_an_invitation_token_in_an_answer_that_fails(sim: Simulator, method: str, status: int, body: str) -> None:
    token = canary("invitation")
    sim.fail(Fault("html", "honeybadger", method, "invitations", status=status, body=body.format(token), times=0))
    for module in ("honeybadger_invitation", "honeybadger_user", "honeybadger_users"):
        result = run_on(sim, module, diff=True, **OPTIONS[module])
        assert result["failed"]
        assert leaks(json.dumps(result), {"token": token}) == [], module


@pytest.mark.parametrize("embedded", [True, False])
def test_team_invitation_token_in_other_fields(sim: Simulator, embedded: bool) -> None:
    """So does one to a team; and a project's key, which a team shows, lets anybody send."""
    token, key = canary("invitation"), canary("project")
    linked = {"accept_url": f"https://example.com/accept/{token}", "extra": [{"token": token}]}
    invitation = {"id": 77, "email": "eve@example.com", "admin": False, "token": token, **linked}
    team: dict[str, Any] = {"id": 3, "name": "Team", "projects": [{"id": 1, "name": "App", "token": key}]}
    lists = {"members": [], "invitations": [invitation]} if embedded else {}
    answers = {"teams\\?": {**team, **lists}, "team_invitations": invitation}
    sim.fail(*(Fault("status", "honeybadger", "GET", path, status=200, body={"results": [body]}, times=0)
               for path, body in answers.items()))  # fmt: skip
    for module in ("honeybadger_team_info", "honeybadger_team_member"):
        for state in ({}, {"state": "absent"}) if module.endswith("member") else ({},):
            result = run_on(sim, module, diff=True, **{**OPTIONS[module], **state})
            assert leaks(json.dumps(result), {"token": token, "key": key}) == [], module
    created = {**invitation, "id": 78}
    sim.faults.clear()
    sim.fail(Fault("status", "honeybadger", "POST", "team_invitations", status=201, body=created))
    result = run_on(sim, "honeybadger_team_member", diff=True, **OPTIONS["honeybadger_team_member"])
    assert (result["status"], leaks(json.dumps(result), {"token": token})) == ("pending", [])
