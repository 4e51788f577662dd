# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can be set: how the services behave where the contract is open, and how awkward they are."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


def _option(default: Any, text: str, *choices: str) -> Any:
    """One setting: its default, what it means, and the values allowed when these are few."""
    # Pylint looks for the dataclass around this call, and it stands below.
    # pylint: disable-next=invalid-field-call
    return field(default=default, metadata={"help": text, "choices": choices})


@dataclass
class Settings:
    """Every setting of both services; `python -m tests.simulator --help` lists the same."""

    # Both services
    seed: int = _option(1, "ids, names and tokens follow from it")
    people: int = _option(0, "accepted people seeded on each service, besides the owner")
    owner: str = _option("owner@example.com", "the first admin and Owner; empty for nobody at all")
    latency: float = _option(0.0, "seconds that every request takes")
    extra_fields: bool = _option(False, "records carry fields that no document mentions")
    duplicate_invite: str = _option(
        "422", "inviting someone who is there or invited: refused, or a further e-mail", "422", "409", "email"
    )

    # Honeycomb
    configuration_key: str = _option("canaryConfigurationKey0f3a9c7e21", "the key that manages the team")
    ingest_key: str = _option("hcaik_01canaryingestkey5d7b2e8f4a", "a key that may only send events")
    management_key: str = _option("hcamk_01canarymanagementkey6c1d9e3b", "a key of the v2 API, unknown to v1")
    management_key_id: str = _option("hcxmk_01managementkeyid", "the id of the management key; no secret")
    management_key_secret: str = _option("canaryManagementSecret4b8d1f6a72", "its secret")
    management_scopes: str = _option(
        "api-keys:read,api-keys:write,users:read", "what the management key may do, by comma"
    )
    management_missing: bool = _option(False, "404 on everything of v2")
    team_slug: str = _option("example-team", "the team's part of its address")
    auth_id: str = _option(
        "short", "the id of a configuration key in /1/auth: one that the list of keys does not have, the one of the list, or none",
        "short", "listed", "missing",
    )  # fmt: skip
    auth_team: bool = _option(True, "/1/auth names the team")
    creator_kept: bool = _option(True, "a key still tells who made it after they were removed; else null")
    creator_ids: str = _option("same", "the user ids of keys' makers: those of the list of users", "same", "other")
    key_delete: str = _option("all", "the keys that can be deleted; others get 403", "all", "ingest")
    v2_page_size: int = _option(100, "records on a page of v2, whatever more is asked for")
    v2_links: str = _option("relative", "how links of v2 look, as `links`", "relative", "absolute", "strange", "loop")
    pending_listed: bool = _option(True, "the list shows people who have not accepted")
    list_lag: float = _option(0.0, "seconds until the list shows somebody who was invited")
    role_names: str = _option(
        "declared", "roles in v1: admin and member; or as the vendor's pages name them: owner, member, read-only",
        "declared", "vendor",
    )  # fmt: skip
    accepted_id: str = _option("same", "the id of a membership, once accepted", "same", "new")
    put_unknown: str = _option("ignore", "PUT with anything besides a role", "ignore", "error")
    odd_ids: bool = _option(False, "ids hold characters that a path must encode")
    endpoint_missing: bool = _option(False, "404 on team_memberships, as for a key without that endpoint")
    rate_limit: int = _option(0, "requests per window; 0 for no limit and no headers")
    rate_window: float = _option(60.0, "seconds in a window")
    limit_headers: bool = _option(True, "answers carry RateLimit and RateLimit-Policy while there is a limit")
    retry_after: str = _option("date", "Retry-After of a 429", "date", "seconds", "none")

    # Honeybadger
    auth_token: str = _option("canaryPersonalToken8e42b6d0c5", "the personal auth token")
    account_id: str = _option("Me3upk", "the account that the token manages")
    other_accounts: int = _option(1, "further accounts: listed, but their people are denied")
    teams: tuple[int, ...] = _option((3, 7, 11), "ids of the teams of the account")
    page_size: int = _option(25, "records on a page")
    last_page: str = _option(
        "full", "a full page links to a next one, which may be empty; or exactly; or one empty page always follows",
        "full", "exact", "empty",
    )  # fmt: skip
    links: str = _option(
        "absolute", "how links look; strange is http://localhost:3000, loop is a next that leads to itself",
        "absolute", "relative", "strange_self", "strange", "loop",
    )  # fmt: skip
    one: str = _option("bare", "one user or invitation: the object, or a list of one", "bare", "wrapped")
    accepted_email: str = _option("empty", "the address of an accepted invitation", "empty", "kept")
    accepted_change: str = _option("422", "PUT or DELETE of an accepted invitation", "422", "404", "204")
    invitation_put: str = _option("204", "the answer to PUT of an invitation", "204", "200")
    error_form: str = _option("text", "the value of `errors`", "text", "list", "object")
    team_lists: str = _option("embedded", "members and invitations in a team", "embedded", "missing")
    team_account: str = _option(
        "number", "the account in a team: a number of its own, nothing, or the id as text", "number", "missing", "text"
    )
    teams_filtered: bool = _option(True, "account_id narrows the list of teams; else all that the token sees")
    teams_access: str = _option("allowed", "the teams endpoints for this token", "allowed", "403", "404")
    teams_denied: tuple[int, ...] = _option((), "ids of teams whose own endpoints are denied, with 403")
    leaver_teams: str = _option(
        "kept", "memberships and invitations to teams of a user who is removed", "kept", "cleared"
    )
    quota: int = _option(360, "requests per window, 403 past it; 0 for no quota and no headers")
    quota_window: float = _option(3600.0, "seconds in a window")

    def __post_init__(self) -> None:
        self.update(**dataclasses.asdict(self))

    def update(self, **changes: Any) -> None:
        """Set some; a name or value that does not exist is an error, and then nothing is set."""
        checked = {name: check(name, value) for name, value in changes.items()}
        for name, value in checked.items():
            setattr(self, name, value)


OPTIONS = {option.name: option for option in dataclasses.fields(Settings)}


def _switch(value: Any) -> bool:
    names = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    return names[str(value).lower()]


def _numbers(value: Any) -> tuple[int, ...]:
    return tuple(int(number) for number in (value.split(",") if isinstance(value, str) else value) if number != "")


_READERS: dict[type, Callable[[Any], Any]] = {bool: _switch, tuple: _numbers, int: int, float: float, str: str}


def check(name: str, value: Any) -> Any:
    """`value` as setting `name` holds it, from a command line, JSON or Python."""
    if name not in OPTIONS:
        raise ValueError(f"no setting {name!r}; there are {', '.join(sorted(OPTIONS))}")
    option = OPTIONS[name]
    try:
        checked = _READERS[type(option.default)](value)
    except (KeyError, TypeError, ValueError):
        raise ValueError(f"setting {name}: {value!r} is no {type(option.default).__name__}") from None
    choices = option.metadata["choices"]
    if choices and checked not in choices:
        raise ValueError(f"setting {name}: {value!r} is none of {', '.join(choices)}")
    return checked
