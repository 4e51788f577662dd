# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entra ID, by a stub.

Written from learn.microsoft.com/graph: "List group transitive members", "Get group", "user resource type", "Paging Microsoft
Graph data", "Advanced query capabilities" ($count needs ConsistencyLevel), "Permissions overview: limited information
returned for inaccessible member objects", and "Get access without a user". Not tried against the real service.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest

from ansible_collections.honeyops.access.plugins.plugin_utils._directory.read import open_directory
from ansible_collections.honeyops.access.plugins.plugin_utils._directory.settings import Credentials, settings_from

from .reading import QUICK, emails, left_out, read_from, refused
from .stub import Asked, Stub, Told, stub

CLIENT = Credentials(client_id="5b1f-client", client_secret="entra-s3cret/+ =")
GROUP = "02bd9fd6-8f93-4758-87c3-1fb73740a315"
ODATA = "#microsoft.graph."
SENT = 100  # records in a page of the stub, whatever $top says


def user(name: str, **more: Any) -> dict[str, Any]:
    return {
        "@odata.type": ODATA + "user",
        "id": f"id-{name}",
        "displayName": name.title(),
        "mail": f"{name}@example.com",
        "userPrincipalName": f"{name}@example.onmicrosoft.com",
        "accountEnabled": True,
        "userType": "Member",
        "proxyAddresses": [],
        **more,
    }


MEMBERS = [
    user("ada", proxyAddresses=["smtp:old@example.com", "SMTP:Ada@Example.com", "SIP:ada@example.com", "X500:/o=x"]),
    user("gus", userType="Guest", userPrincipalName="gus_partner.example#EXT#@example.onmicrosoft.com"),
    user("con", accountEnabled=False),
    user("svc", mail=None),
    {"@odata.type": ODATA + "group", "id": "inner", "displayName": "Inner"},
    {"@odata.type": ODATA + "servicePrincipal", "id": "app", "displayName": "Backup"},
    {"@odata.type": ODATA + "device", "id": "laptop", "displayName": "LAPTOP-1"},
    *(user(f"p{number}") for number in range(250)),
]


def serving(change: Callable[[Asked, Any], Any] = lambda _request, body: body) -> Any:
    def answer(request: Asked, url: str) -> Told:
        if request.path == "/contoso/oauth2/v2.0/token":
            form = {key: values[0] for key, values in parse_qs(request.body).items()}
            sound = form == {
                "grant_type": "client_credentials",
                "client_id": CLIENT.client_id,
                "client_secret": CLIENT.client_secret,
                "scope": f"{url}/.default",
            }
            token = {"token_type": "Bearer", "expires_in": 3599, "access_token": "graph-t0ken"}
            return (
                Told(token) if sound else Told({"error": "invalid_client", "error_description": "AADSTS7000215"}, 401)
            )
        if request.headers.get("Authorization") != "Bearer graph-t0ken":
            return Told({"error": {"code": "InvalidAuthenticationToken", "message": "Access token is empty."}}, 401)
        told = change(request, _graph(request, url))
        return told if isinstance(told, Told) else Told(told)

    return stub(answer)


def _graph(request: Asked, url: str) -> Any:
    group = {"id": GROUP, "displayName": "O'Platform", "visibility": None}
    if request.path == "/v1.0/groups":
        asked = request.query["$filter"]
        found = {
            "displayName eq 'O''Platform'": [group],
            "displayName eq 'Twice'": [{**group, "displayName": "twice"}] * 2,
        }
        return {"value": found.get(asked, [])}
    if request.path == f"/v1.0/groups/{GROUP}":
        return group
    if request.path == f"/v1.0/groups/{GROUP}/transitiveMembers":
        skip = int(request.query.get("$skiptoken", 0))
        page: dict[str, Any] = {"value": [_selected(item, request) for item in MEMBERS[skip : skip + SENT]]}
        if skip + SENT < len(MEMBERS):
            page["@odata.nextLink"] = f"{url}{request.path}?$select={request.query['$select']}&$skiptoken={skip + SENT}"
        if request.query.get("$count") == "true" and request.headers.get("ConsistencyLevel") == "eventual":
            page["@odata.count"] = len(MEMBERS)
        return page
    if request.path == "/v1.0/users/id-con":
        return _selected(user("con", accountEnabled=False), request)
    return Told({"error": {"code": "Request_ResourceNotFound", "message": "does not exist"}}, 404)


def _selected(record: dict[str, Any], request: Asked) -> dict[str, Any]:
    """What ``$select`` asks for; without it, Graph leaves out accountEnabled, userType and proxyAddresses."""
    fields = request.query["$select"].split(",")
    return {key: value for key, value in record.items() if key in fields or key == "@odata.type"}


def options(running: Stub) -> dict[str, Any]:
    return {"source": "entra", "url": running.url, "tenant_id": "contoso"}


def test_pages_guests_and_what_is_no_person() -> None:
    with serving() as running:
        reading = read_from(CLIENT, ["O'Platform"], **options(running))

    ada = next(person for person in reading.people if person.id == "id-ada")
    assert ada.addresses == ("ada@example.com", "old@example.com")
    assert "gus@example.com" in emails(reading)
    assert len(reading.people) == 252
    assert left_out(reading) == {
        "con@example.onmicrosoft.com": "disabled",
        "svc@example.onmicrosoft.com": "no_address",
        "Backup": "not_a_person",
        "LAPTOP-1": "not_a_person",
    }
    assert reading.api["requests"] == 5  # the token, the group, three pages


def test_by_id_with_another_attribute_and_what_became_of_somebody() -> None:
    with serving() as running:
        reading = read_from(CLIENT, [GROUP], **options(running), email="userPrincipalName")
        with open_directory(settings_from({**QUICK, **options(running)}), CLIENT) as directory:
            fates = directory.fates(["id-con", "id-nobody"])

    assert fates == {"id-con": "disabled", "id-nobody": "absent"}
    assert "svc@example.onmicrosoft.com" in emails(reading)


def _nulls(request: Asked, body: Any) -> Any:
    """Without User.Read.All: the type and the id, and null for the rest."""
    if not request.path.endswith("transitiveMembers"):
        return body
    hidden = [dict.fromkeys(record) | {key: record[key] for key in ("@odata.type", "id")} for record in body["value"]]
    return {**body, "value": hidden}


def _elsewhere(request: Asked, body: Any) -> Any:
    return {**body, "@odata.nextLink": "https://evil.example/v1.0/x"} if "transitive" in request.path else body


def _no_link(_request: Asked, body: Any) -> Any:
    return {key: value for key, value in body.items() if key != "@odata.nextLink"}


def _broken(request: Asked, body: Any) -> Any:
    return Told({"error": {"message": "try later"}}, 500) if request.query.get("$skiptoken") == "200" else body


def _forbidden(request: Asked, body: Any) -> Any:
    message = "Insufficient privileges to complete the operation."
    return Told({"error": {"message": message}}, 403) if "transitive" in request.path else body


def _hidden(request: Asked, body: Any) -> Any:
    return json.loads(json.dumps(body).replace('"visibility": null', '"visibility": "HiddenMembership"'))


def _circle(request: Asked, body: Any) -> Any:
    return {**body, "@odata.nextLink": request.path.removeprefix("/v1.0")} if "transitive" in request.path else body


@pytest.mark.parametrize(
    ("change", "group", "code", "names"),
    [
        (_nulls, "O'Platform", "forbidden", "User.Read.All"),
        (_elsewhere, "O'Platform", "redirect_refused", "another address"),
        (_no_link, "O'Platform", "bad_response", "counts 257 records in group O'Platform and sent 100"),
        (_broken, "O'Platform", "server_error", "group O'Platform, page 3"),
        (_forbidden, "O'Platform", "forbidden", "group O'Platform, page 1"),
        (_hidden, "O'Platform", "forbidden", "hidden"),
        (lambda _request, body: body, "Platform", "not_found", "no group Platform"),
        (lambda _request, body: body, "Twice", "validation", "2 groups"),
    ],
)
def test_what_is_cut_short_or_hidden_is_refused(change: Any, group: str, code: str, names: str) -> None:
    with serving(change) as running:
        error = refused(CLIENT, [group], **options(running))

    assert (error.code, names in error.sentence) == (code, True), error.sentence


def test_a_client_that_may_not_sign_in() -> None:
    with serving() as running:
        error = refused(Credentials(client_id="5b1f-client", client_secret="wr0ng"), ["x"], **options(running))

    assert (error.code, "token of the client" in error.msg) == ("invalid_key", True)
