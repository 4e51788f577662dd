# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules are asked for: everything that makes one of them send another kind or order of requests."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.simulator import Fault, Simulator
from tests.simulator.keys import INGEST_KEY_ID
from tests.simulator.settings import Settings

from .judge import subject_of

OLD = "2024-03-01T10:00:00Z"
MANAGED = {name: getattr(Settings, name) for name in ("management_key_id", "management_key_secret")}
EVIDENCE = {"known@example.com": {"id": "hiddenKnown", "role": "member", "invited_at": OLD}}


@dataclass(frozen=True)
class Scenario:
    """One task against one world. ``events``: what people do meanwhile, as orders to the simulator."""

    name: str
    module: str
    options: Mapping[str, Any] = field(default_factory=dict)
    prepare: Callable[[Simulator], object] = lambda _: None
    settings: Mapping[str, Any] = field(default_factory=dict)
    events: Callable[[Simulator], tuple[Fault, ...]] | None = None
    check: bool = False

    @property
    def service(self) -> str:
        return self.module.partition("_")[0]

    @property
    def title(self) -> str:
        return f"{self.module}: {self.name}"

    @property
    def people(self) -> list[dict[str, Any]]:
        """Who is declared of a service, by folded address.

        The role of an invitation is that of whoever accepts it, and ends with it.
        """
        if subject_of(self.module) != self.service:
            return []
        declared = self.options.get("members") or self.options.get("users") or [self.options]
        left_out = {"role"} if self.module == "honeybadger_invitation" else {}
        return [
            {
                key: value.strip().lower() if key == "email" else value
                for key, value in person.items()
                if key not in left_out
            }
            for person in declared
            if "email" in person
        ]

    @property
    def writes(self) -> bool:
        return not self.module.endswith("_info") and not self.check

    def __reduce__(self) -> tuple[Callable[[str], Scenario], tuple[str]]:
        """Go to another process by name: what people do meanwhile cannot be pickled."""
        return _named, (self.title,)

    @property
    def changes(self) -> bool:
        """Whether a fault-free run changes anything."""
        idle = ("no-op", "absent already", "invited before", "user already", "exclusive, nothing")
        return self.writes and not self.name.startswith(idle)

    @property
    def reinvites(self) -> bool:
        return "reinvite_after" in self.options

    @property
    def blind(self) -> bool:
        """Whether nobody can tell an invited person from a stranger: not listed, not refused when invited again."""
        mute = self.service == "honeycomb" and self.settings.get("duplicate_invite") == "email"
        return mute and not self.settings.get("pending_listed", True)


def _team(sim: Simulator) -> None:
    sim.honeycomb.add("ada@example.com", "admin")
    sim.honeycomb.add("bob@example.com", "member")
    sim.honeycomb.add("cleo@example.com", "member")


def _known(sim: Simulator, role: str = "member") -> None:
    """Somebody invited long ago; the id stands in EVIDENCE."""
    _team(sim)
    sim.honeycomb.add("known@example.com", role, accepted=False, id="hiddenKnown", created_at=OLD)


def _account(sim: Simulator) -> None:
    sim.honeybadger.add("ada@example.com", "Owner")
    sim.honeybadger.add("bob@example.com", "Member")
    sim.honeybadger.add("cleo@example.com", "Admin")
    sim.honeybadger.add_invitation("ivy@example.com", "Member", [3], created_at=OLD)
    sim.honeybadger.add_invitation("jan@example.com", "Member", [3], created_at=OLD)
    sim.honeybadger.add_invitation(
        "gone@example.com", accepted_at=OLD, accepted_by={"email": "bob@example.com", "name": "Bob"}
    )


def _user_with_invitation(sim: Simulator) -> None:
    _account(sim)
    sim.honeybadger.add_invitation("bob@example.com", "Member", created_at=OLD)


def _accepting(service: str, email: str) -> Callable[[Simulator], tuple[Fault, ...]]:
    """The person accepts before the fourth look, if they were invited by then."""

    def order(sim: Simulator) -> tuple[Fault, ...]:
        def accept() -> None:
            with contextlib.suppress(LookupError):
                sim.act({"do": "accept", "service": service, "email": email})

        return (Fault("action_before", service=service, method="GET", nth=4, action=accept),)

    return order


def _honeycomb() -> Iterator[Scenario]:
    one = Scenario("", "honeycomb_member", prepare=_team)

    def member(name: str, **options: Any) -> Scenario:
        return replace(one, name=name, options=options)

    invite = member("invite", email="New@Example.com ", role="admin")
    worlds: list[tuple[str, dict[str, Any]]] = [
        (f"{shown}, second {again}", {"pending_listed": shown == "listed", "duplicate_invite": again})
        for shown in ("listed", "hidden")
        for again in ("422", "409", "email")
    ]
    for title, settings in worlds:
        yield replace(invite, name=f"invite ({title})", settings=settings)
    evidence = {**invite.options, "known_invitations": EVIDENCE}
    for title, settings in worlds[3:]:
        yield replace(
            invite, name=f"invite ({title}, another known)", options=evidence, prepare=_known, settings=settings
        )
    yield member("promote", email="bob@example.com", role="admin")
    yield member("demote", email="ada@example.com", role="member")
    yield member("remove", email="bob@example.com", state="absent")
    yield member("no-op", email="BOB@example.com", role="member")
    yield member("no-op by alias", email="robert@example.com", aliases=["bob@example.com"])
    yield member("absent already", email="nobody@example.com", state="absent")
    hidden: dict[str, Any] = {"pending_listed": False, "duplicate_invite": "email"}
    for shown, world in (("listed", {}), ("hidden", hidden)):
        known = replace(one, prepare=_known, settings=world)
        base = {"email": "known@example.com", "known_invitations": EVIDENCE}
        yield replace(known, name=f"invited before ({shown})", options=base)
        yield replace(known, name=f"promote invited ({shown})", options={**base, "role": "admin"})
        yield replace(known, name=f"cancel ({shown})", options={**base, "state": "absent"})
    for again in ("422", "email"):
        unlike = {**hidden, "duplicate_invite": again}
        again_options = {"email": "known@example.com", "known_invitations": EVIDENCE, "reinvite_after": 7}
        yield Scenario(f"reinvite (second {again})", "honeycomb_member", again_options, _known, unlike)
    yield replace(
        member("invite and wait", email="new@example.com", wait=True, wait_timeout=60, wait_interval=15),
        settings={"pending_listed": False},
        events=_accepting("honeycomb", "new@example.com"),
    )

    people = [
        {"email": "new1@example.com"},
        {"email": "new2@example.com", "role": "admin"},
        {"email": "bob@example.com", "role": "admin"},
        {"email": "ada@example.com", "role": "member"},
        {"email": "cleo@example.com", "state": "absent"},
        {"email": "known@example.com", "state": "absent"},
    ]
    mix = Scenario(
        "mix (listed)",
        "honeycomb_members",
        {"members": people, "max_removals": "100%", "concurrency": 1, "known_invitations": EVIDENCE},
        _known,
    )
    yield mix
    yield replace(mix, name="mix (hidden, another known)", settings=hidden)
    yield replace(mix, name="mix, four at once", options={**mix.options, "concurrency": 4})
    yield replace(mix, name="mix, check mode", check=True)
    kept = [{"email": "owner@example.com"}, {"email": "ada@example.com"}]
    yield replace(mix, name="exclusive", options={**mix.options, "members": kept, "exclusive": True})
    yield replace(mix, name="exclusive, nothing to do", prepare=_team, options={
        "members": [{"email": f"{name}@example.com"} for name in ("owner", "ada", "bob", "cleo")], "exclusive": True,
    })  # fmt: skip
    yield replace(one, name="all", module="honeycomb_member_info")
    yield replace(one, name="key", module="honeycomb_auth_info")


def _honeybadger() -> Iterator[Scenario]:
    one = Scenario("", "honeybadger_user", prepare=_account)
    for again in ("422", "409", "email"):
        yield replace(one, name=f"invite (second {again})", settings={"duplicate_invite": again}, options={
            "email": "New@Example.com", "role": "Admin", "team_ids": [3, 7],
        })  # fmt: skip
    paged = {"page_size": 2}
    users: dict[str, dict[str, Any]] = {
        "change role": {"email": "bob@example.com", "role": "Admin"},
        "demote by id": {"id": 2, "role": "Member"},
        "change invitation": {"email": "ivy@example.com", "role": "Admin", "team_ids": [7]},
        "reinvite": {"email": "ivy@example.com", "reinvite_after": 7},
        "remove": {"email": "bob@example.com", "state": "absent"},
        "cancel": {"email": "ivy@example.com", "state": "absent"},
        "no-op": {"email": "BOB@example.com", "role": "Member"},
        "no-op, accepted under another address": {"email": "gone@example.com"},
    }
    for name, options in users.items():
        yield replace(one, name=name, options=options)
    yield replace(one, name="invite, many pages", options={"email": "new@example.com"}, settings=paged)
    yield replace(one, name="remove user and invitation", prepare=_user_with_invitation, options={
        "email": "bob@example.com", "state": "absent",
    })  # fmt: skip
    yield replace(one, name="change invitation (object in the answer)", settings={"invitation_put": "200"}, options={
        "email": "ivy@example.com", "role": "Admin",
    })  # fmt: skip
    yield replace(
        one,
        name="invite and wait",
        options={"email": "new@example.com", "wait": True, "wait_timeout": 60, "wait_interval": 15},
        events=_accepting("honeybadger", "new@example.com"),
    )
    invitation = replace(one, module="honeybadger_invitation")
    invitations: dict[str, dict[str, Any]] = {
        "invite": {"email": "new@example.com"},
        "change": {"email": "ivy@example.com", "role": "Admin", "team_ids": []},
        "reinvite": {"email": "ivy@example.com", "reinvite_after": 7},
        "cancel by id": {"id": 1, "state": "absent"},
        "user already": {"email": "bob@example.com"},
    }
    for name, options in invitations.items():
        yield replace(invitation, name=name, options=options)

    people = [
        {"email": "new1@example.com", "team_ids": [3]},
        {"email": "new2@example.com", "role": "Admin"},
        {"email": "bob@example.com", "role": "Owner"},
        {"email": "ada@example.com", "role": "Admin"},
        {"email": "cleo@example.com", "state": "absent"},
        {"email": "ivy@example.com", "state": "absent"},
        {"email": "jan@example.com", "team_ids": [7]},
    ]
    mix = Scenario(
        "mix, many pages",
        "honeybadger_users",
        {"users": people, "max_removals": "100%", "concurrency": 1},
        _account,
        paged,
    )
    yield mix
    yield replace(mix, name="mix, four at once", options={**mix.options, "concurrency": 4}, settings={})
    yield replace(mix, name="mix, check mode", check=True, settings={})
    kept = [{"email": "owner@example.com"}, {"email": "ada@example.com"}, {"email": "jan@example.com"}]
    yield replace(mix, name="exclusive", options={**mix.options, "users": kept, "exclusive": True}, settings={})
    for module, options in (
        ("honeybadger_account_info", {}),
        ("honeybadger_account_info", {"account_id": "Me3upk"}),
        ("honeybadger_user_info", {}),
        ("honeybadger_user_info", {"id": 2}),
        ("honeybadger_invitation_info", {"status": "all"}),
    ):
        name = next(iter(options), "all")
        yield replace(one, name=name, module=module, options=options, settings=paged)


def _some_keys(sim: Simulator) -> None:
    _team(sim)
    sim.honeycomb.keys.add("bob@example.com", "ingest", "Works", id="hcxik_works")
    sim.honeycomb.keys.add("bob@example.com", "configuration", "Off", id="hcxlk_off", disabled=True)


def _keys() -> Iterator[Scenario]:
    one = Scenario("", "honeycomb_api_key", prepare=_some_keys, settings={"v2_page_size": 3})
    tasks = {
        "disable": ("hcxik_works", "disabled"),
        "enable": ("hcxlk_off", "enabled"),
        "delete": ("hcxik_works", "absent"),
        "no-op": (INGEST_KEY_ID, "enabled"),
        "absent already": ("hcxik_gone", "absent"),
    }
    for name, (identity, state) in tasks.items():
        yield replace(one, name=name, options={"id": identity, "state": state})
    yield replace(one, name="delete, check mode", options={"id": "hcxik_works", "state": "absent"}, check=True)
    yield replace(one, name="all", module="honeycomb_api_key_info")


def _some_teams(sim: Simulator) -> None:
    _account(sim)
    sim.honeybadger.teams.add_member(3, "bob@example.com")
    sim.honeybadger.teams.add_member(7, "ada@example.com")
    sim.honeybadger.teams.add_member(3, "ada@example.com", admin=True)
    sim.honeybadger.teams.add_invitation(3, "ivy@example.com")
    sim.honeybadger.teams.add_invitation(3, "bob@example.com")
    sim.honeybadger.teams.add_invitation(11, "cleo@example.com")


def _teams() -> Iterator[Scenario]:
    one = Scenario("", "honeybadger_team_member", prepare=_some_teams)
    tasks: dict[str, dict[str, Any]] = {
        "change": {"email": "ada@example.com", "admin": False},
        "change invitation": {"email": "ivy@example.com", "admin": True},
        "remove": {"email": "ada@example.com", "state": "absent"},
        "remove member and invitation": {"email": "bob@example.com", "state": "absent"},
        "cancel": {"email": "ivy@example.com", "state": "absent"},
        "no-op": {"email": "ADA@example.com"},
    }
    for again in ("422", "409", "email"):
        invited = {"team_id": 3, "email": "New@example.com", "admin": True}
        yield replace(one, name=f"invite (second {again})", options=invited, settings={"duplicate_invite": again})
    for lists in ("embedded", "missing"):
        settings = {"team_lists": lists, "page_size": 2}
        for name, options in tasks.items():
            yield replace(one, name=f"{name} ({lists})", options={"team_id": 3, **options}, settings=settings)
        yield replace(one, name=f"all ({lists})", module="honeybadger_team_info", settings=settings)


def _keys_of_leavers(sim: Simulator) -> None:
    """Two people who made keys, one of them off; a third whose keys are nobody's business."""
    _team(sim)
    for name in ("bob", "cleo", "ada"):
        sim.honeycomb.keys.add(f"{name}@example.com", "ingest", "Works", id=f"hcxik_{name}")
        sim.honeycomb.keys.add(f"{name}@example.com", "configuration", "Off", id=f"hcxlk_{name}", disabled=True)


def _leaving() -> Iterator[Scenario]:
    """What comes with access goes with it. These verify, which costs a look."""
    gone = [{"email": "bob@example.com", "state": "absent"}, {"email": "cleo@example.com", "state": "absent"}]
    everybody = {"max_removals": "100%", "concurrency": 1, "verify": True}
    keys = {**MANAGED, **everybody, "members": gone, "leaver_keys": "delete", "known_invitations": {}}
    one = Scenario("leave, keys deleted", "honeycomb_members", keys, _keys_of_leavers)
    yield one
    switched = {**keys, "leaver_keys": "disable", "concurrency": 4}
    paged = {"v2_page_size": 3, "creator_kept": False}
    yield replace(one, name="leave, keys disabled, many pages", options=switched, settings=paged)
    yield replace(one, name="leave, keys reported", options={**keys, "leaver_keys": "report"})
    alone = {**MANAGED, **gone[0], "leaver_keys": "disable", "verify": True, "known_invitations": {}}
    yield replace(one, name="leave, keys disabled", module="honeycomb_member", options=alone)
    teams = {**everybody, "users": gone}
    some = Scenario("leave, teams", "honeybadger_users", teams, _some_teams)
    yield some
    apart = {"team_lists": "missing", "page_size": 2}
    yield replace(some, name="leave, teams, lists apart", options={**teams, "concurrency": 4}, settings=apart)
    yield replace(some, name="leave, teams", module="honeybadger_user", options={**gone[0], "verify": True})
    moved = {"email": "bob@example.com", "team_ids": [7], "manage_teams": True}
    yield replace(some, name="change teams", module="honeybadger_user", options=moved)


def _named(title: str) -> Scenario:
    return SCENARIOS[title]


SCENARIOS = {
    scenario.title: scenario for scenario in (*_honeycomb(), *_honeybadger(), *_keys(), *_teams(), *_leaving())
}
