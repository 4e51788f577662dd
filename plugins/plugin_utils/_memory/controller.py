# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The memory in AWX or Automation Platform: a variable of the inventory host, through the API of the controller.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from urllib.parse import urlencode

from ansible.module_utils.parsing.convert_bool import boolean

from ...module_utils._access.outcome import Journal
from ...module_utils._http import errors
from ...module_utils._http.address import check_url
from ...module_utils._http.client import Client
from ...module_utils._http.connection import REQUESTS_IMPORT_ERROR, Connection
from ...module_utils._http.errors import AccessError
from ...module_utils._http.naming import worded
from ...module_utils._http.options import check_secret
from ...module_utils._http.outside import each_text
from .store import Entries, Unusable, merged

VARIABLE = "honeyops_access_memory"
INVENTORY_ID = ("awx_inventory_id", "tower_inventory_id")
TEMPLATE, KEPT = "{", "\\u007b"
"""The start of a template, and its replacement, since Ansible would evaluate a template in a host variable."""


RIGHTS = "Its user needs the role Admin on the inventory, and the token the scope write."
NAMES = {"api_url": "CONTROLLER_HOST", "ca_path": "REQUESTS_CA_BUNDLE"}
HINTS = {
    errors.FORBIDDEN: RIGHTS,
    errors.INVALID_KEY: "Check the token in the credential, and whether it has expired.",
    errors.NOT_FOUND: "Check CONTROLLER_HOST and CONTROLLER_OPTIONAL_API_URLPATTERN_PREFIX.",
    errors.TIMEOUT: "Run again.",
    errors.TLS: (
        "Check CONTROLLER_HOST. If it is right, let the execution environment trust the authority that signed the certificate, "
        "for instance with REQUESTS_CA_BUNDLE. Without CONTROLLER_VERIFY_SSL, anybody in between could read the token."
    ),
    errors.VALIDATION: "",
}
"""What to do next, for whoever set the controller up."""

Teams = dict[str, Entries]


class ControllerStore:
    """The variable of one host, by team. ``variables`` are those of the job, ``environ`` has AWX's own credential.

    ``insecure``: the token may go to a controller whose certificate is not verified. No request is sent before the first
    call. The controller replaces all variables of a host at once, so they are read right before they are written, with
    this variable changed.
    """

    def __init__(self, environ: Mapping[str, str], host: str, variables: t.Any, insecure: bool = False) -> None:
        self._environ = environ
        self._insecure = insecure
        self._host = host
        self._variables = variables
        self._client: Client | None = None
        self._path = ""
        self._teams: Teams | None = None
        self._announced: Entries = {}

    def teams(self) -> bool:
        """Whether anything is remembered on this host, for any team."""
        return bool(self._loaded())

    def load(self, team: str) -> Entries | None:
        """What is remembered for a team, None if there is nothing yet."""
        return self._loaded().get(team)

    def prepare(self) -> None:
        """Raise if the controller would refuse to save: the user may not change the host, or the token only reads."""
        path = self._of_host()
        held = self._asked("GET", path)
        summary = held.get("summary_fields") if isinstance(held, Mapping) else None
        may = summary.get("user_capabilities") if isinstance(summary, Mapping) else None
        if isinstance(may, Mapping) and may.get("edit") is False:
            raise Unusable(errors.FORBIDDEN, f"The token may not change the host {self._host}.", hint=RIGHTS)

    def journal(self, team: str, before: Entries) -> Journal:
        """A journal that writes once, before the first invitation, all that are about to be sent."""
        return _Announcement(lambda entries: self._announce(team, entries, before))

    def _announce(self, team: str, entries: Entries, before: Entries) -> None:
        self.save(team, {**before, **entries}, before)
        self._announced = entries

    def save(self, team: str, entries: Entries, before: Entries) -> None:
        """Write the difference between ``before`` and ``entries``, unless another job changed the same people."""
        before = {**before, **self._announced}
        held = self._read()
        teams = _teams(held.get(VARIABLE))
        now = teams.get(team, {})
        touched = {email for email in {*before, *entries} if before.get(email) != entries.get(email)}
        lost = sorted(email for email in touched if now.get(email) not in (before.get(email), entries.get(email)))
        if lost:
            raise Unusable(
                errors.CONFLICT,
                f"Another job changed what is remembered about {', '.join(lost[:5])} on {self._host} during this run.",
                hint="Do not run two jobs for one target at the same time, and run this one again.",
            )
        wanted = merged(now, entries, before)
        if wanted != now or team not in teams:
            self._asked(
                "PATCH",
                f"{self._of_host()}variable_data/",
                {**held, VARIABLE: each_text({**teams, team: wanted}, _armoured)},
            )
        self._teams = {**teams, team: wanted}

    def _loaded(self) -> Teams:
        if self._teams is None:
            self._teams = _teams(self._read().get(VARIABLE))
        return self._teams

    def _read(self) -> dict[str, t.Any]:
        """All variables of the host."""
        path = f"{self._of_host()}variable_data/"
        held = self._asked("GET", path)
        if not isinstance(held, dict):
            raise self._odd(path)
        return held

    def _of_host(self) -> str:
        """The path of the host."""
        if not self._path:
            self._path = f"{self._prefix()}v2/hosts/{self._host_id()}/"
        return self._path

    def _host_id(self) -> int:
        inventory = next((found for name in INVENTORY_ID if (found := self._variables.get(name)) is not None), None)
        if inventory is None:
            raise Unusable(
                errors.VALIDATION,
                "lifecycle_memory is controller, but this is not a job of a controller: awx_inventory_id is not set.",
                hint="Set lifecycle_memory to file, or run the playbook as a job of AWX.",
            )
        path = f"{self._prefix()}v2/inventories/{int(inventory)}/hosts/?{urlencode({'name': self._host})}"
        answer = self._asked("GET", path)
        results = answer.get("results") if isinstance(answer, Mapping) else None
        if not isinstance(results, list):
            raise self._odd(path)
        found = [_lasting(host) for host in results if isinstance(host, Mapping) and host.get("name") == self._host]
        if len(found) != 1 or not isinstance(found[0], int):
            raise Unusable(
                errors.NOT_FOUND,
                f"The controller has no host {self._host} in the inventory {inventory}, so it cannot keep a memory for it.",
                hint="Add the host to the inventory of the job; the implicit localhost is not in an inventory.",
            )
        return found[0]

    def _asked(self, method: str, path: str, body: t.Any = None) -> t.Any:
        if self._client is None:
            self._client = Client(connection(self._environ, self._insecure))
        try:
            return self._client.request(method, path, body).body
        except AccessError as fault:
            hint = HINTS.get(fault.code, worded(fault.hint, lambda option: NAMES.get(option, option)))
            raise Unusable.like(fault, hint) from None

    def _prefix(self) -> str:
        return prefix_of(self._environ)

    def _odd(self, path: str) -> Unusable:
        return Unusable(
            errors.BAD_RESPONSE,
            "The answer of the controller does not match its API.",
            hint="Check CONTROLLER_HOST.",
            method="GET",
            path=path,
        )


class _Announcement(Journal):
    """Saves invitations before the first is sent, since a request for each would take as long as the invitation itself."""

    def __init__(self, announce: t.Callable[[Entries], None]) -> None:
        self._announce = announce

    def expecting(self, entries: Mapping[str, dict[str, t.Any]]) -> None:
        """Save all of them; a service that lists who is invited expects none."""
        if entries:
            self._announce(dict(entries))

    def sending(self, invited: str, entry: dict[str, t.Any] | None) -> None:
        """It was announced."""

    def answered(self, key: str, entry: dict[str, t.Any] | None) -> None:
        """It is saved at the end."""

    def told(self) -> None:
        """It is saved at the end."""


def _lasting(host: Mapping[str, t.Any]) -> t.Any:
    """The id of a host. One of a constructed inventory stands for another one, whose variables replace its own at each launch."""
    inventory = (host.get("summary_fields") or {}).get("inventory") or {}
    original = str(host.get("instance_id"))
    return int(original) if inventory.get("kind") == "constructed" and original.isdigit() else host.get("id")


def prefix_of(environ: Mapping[str, str]) -> str:
    """The beginning of every path of the controller's API."""
    prefix = environ.get("CONTROLLER_OPTIONAL_API_URLPATTERN_PREFIX") or "/api/"
    return f"/{prefix.strip('/')}/"


def connection(environ: Mapping[str, str], insecure: bool) -> Connection:
    """The address of the controller and the login, from the environment of AWX's own credential type."""
    if REQUESTS_IMPORT_ERROR:
        raise _unusable(
            "The Python that runs Ansible has no requests.", "Install requests in the execution environment."
        )
    address = environ.get("CONTROLLER_HOST", "").strip()
    token, user, password = (environ.get(f"CONTROLLER_{name}", "") for name in ("OAUTH_TOKEN", "USERNAME", "PASSWORD"))
    if not address or not (token or (user and password)):
        raise _unusable(
            "lifecycle_memory is controller, but CONTROLLER_HOST and CONTROLLER_OAUTH_TOKEN are not set.",
            "Add a credential of the type Red Hat Ansible Automation Platform to the job template.",
        )
    url = address if "://" in address else f"https://{address}"
    try:
        url = check_url(url)
    except AccessError as fault:
        raise Unusable(
            fault.code,
            "CONTROLLER_HOST is not an address to which a token may be sent.",
            hint="Give scheme and host, as in https://awx.example.com. Plain http is allowed for loopback addresses only.",
        ) from None
    verify = boolean(environ.get("CONTROLLER_VERIFY_SSL") or True, strict=False)
    if not (verify or insecure) and url.startswith("https:"):
        raise _unusable(
            "CONTROLLER_VERIFY_SSL is false, so the token could go to anybody who answers as the controller, and was not sent.",
            "Tick Verify SSL in the credential of the type Red Hat Ansible Automation Platform. lifecycle_memory_insecure: true "
            "sends the token all the same.",
        )
    secret = check_secret("CONTROLLER_OAUTH_TOKEN", token) if token else password
    return Connection(
        name="AWX",
        url=url,
        auth=_Login(token, user, password),
        secret=secret,
        verify=verify,
        max_wait=60.0,
        verbatim=True,  # the variables of a host are written back, templates and all
    )


def _unusable(msg: str, hint: str) -> Unusable:
    return Unusable(errors.VALIDATION, msg, hint=hint)


class _Login:
    """Adds a token, or else a name and a password, to a request."""

    def __init__(self, token: str, user: str, password: str) -> None:
        self._token = token
        self._basic = (user, password)

    def __call__(self, request: t.Any) -> t.Any:
        if not self._token:
            from requests.auth import HTTPBasicAuth

            return HTTPBasicAuth(*(part.encode() for part in self._basic))(request)
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _teams(held: t.Any) -> Teams:
    """The content of the variable, or an error if this collection did not write it."""
    found = each_text(held or {}, _bared)
    whole = isinstance(found, dict) and all(
        isinstance(entries, dict) and all(isinstance(entry, dict) for entry in entries.values())
        for entries in found.values()
    )
    if not whole:
        raise Unusable(
            errors.VALIDATION,
            f"The host variable {VARIABLE} does not have the content that this collection writes.",
            hint="Restore it or delete it; without it, people who have not accepted their invitation may be invited again.",
        )
    return t.cast("Teams", found)


def _armoured(text: str) -> str:
    return text.replace(TEMPLATE, KEPT)


def _bared(text: str) -> str:
    return text.replace(KEPT, TEMPLATE)
