# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs that begin, read, invite, are killed and end in any order never send one person two invitations."""

from __future__ import annotations

import dataclasses
import shutil
import tempfile
import time
from types import SimpleNamespace
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, multiple, rule

from ansible_collections.honeyops.access.plugins.module_utils._access.journal import invite
from ansible_collections.honeyops.access.plugins.module_utils._access.ledger import SETTLING, Ledger
from ansible_collections.honeyops.access.plugins.module_utils._access.model import INVITATION, Grant
from ansible_collections.honeyops.access.plugins.module_utils._honeycomb.members import Honeycomb
from ansible_collections.honeyops.access.plugins.module_utils._http import errors
from ansible_collections.honeyops.access.plugins.module_utils._http.errors import AccessError, Request
from ansible_collections.honeyops.access.plugins.plugin_utils._memory.files import FileStore
from ansible_collections.honeyops.access.plugins.plugin_utils._memory.journal import FileJournal

TEAM = "https://api.example.com:443/account"
ADA = "ada@example.com"
FATES = ANSWERED, REFUSED, LOST, KILLED = "answered", "refused", "lost", "killed"
KILLED_BEFORE = "killed before it is sent"


@dataclasses.dataclass
class Run:
    """What one run knows: the memory as it was loaded, the list as it was read then, and what it will remember."""

    store: FileStore
    before: dict[str, Any]
    known: dict[str, Any]
    journal: FileJournal | None = None
    in_doubt: bool = False


class Runs(RuleBasedStateMachine):
    """An account, one person, and the runs that find them missing in the list."""

    runs: Bundle[Run] = Bundle("runs")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.mkdtemp()
        self.invitations: dict[str, Any] = {}

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @rule(target=runs, number=st.integers(1, 3))
    def begin(self, number: int) -> Any:
        """Several at once, which know the same."""
        found = []
        for store in (FileStore(self.folder, "honeybadger") for _number in range(number)):
            before = (store.load(TEAM) if store.teams() else None) or {}
            found.append(Run(store, before, dict(self.invitations)))
        return multiple(*found)

    @rule(target=runs, run=consumes(runs), fate=st.sampled_from(FATES), arrives=st.booleans())
    def invite(self, run: Run, fate: str, arrives: bool) -> Any:
        """Whether a lost request arrived, and that of a run that is killed, only a later list tells."""
        if run.known or run.in_doubt:
            return run
        run.journal = run.journal or run.store.journal(TEAM, run.before)
        try:
            run.journal.sending(ADA, None)
        except AccessError:
            return run
        if fate == ANSWERED or (arrives and fate != REFUSED):
            assert not self.invitations
            self.invitations["7"] = {"email": ADA, "role": "Member", "invited_at": "2024-03-01T10:00:00Z"}
        if fate == KILLED:
            run.journal.close()
            return multiple()
        if fate == ANSWERED:
            run.known = dict(self.invitations)
            run.journal.answered("7", run.known["7"])
        if fate == LOST:
            run.in_doubt = True
        else:
            run.journal.answered(ADA, None)
        return run

    @rule(run=consumes(runs))
    def end(self, run: Run) -> None:
        run.store.save(TEAM, run.known, run.before)


class Killed(BaseException):
    """The process is gone."""


class Team:
    """A team of Honeycomb that lists who is invited, or hides them, in place of a client. It knows its members."""

    def __init__(self, lists_pending: bool) -> None:
        self.fate = ANSWERED
        self.accepted: dict[str, bool] = {}
        self._lists_pending = lists_pending

    def request(self, method: str, _path: str, body: dict[str, Any] | None = None) -> SimpleNamespace:
        if method == "GET" or body is None:
            seen = [who for who, accepted in self.accepted.items() if accepted or self._lists_pending]
            return SimpleNamespace(body=[self.record(who) for who in seen])
        if self.fate == REFUSED:
            raise AccessError(errors.SERVER_ERROR, "Not now.", request=Request(errors.NOT_SENT))
        if self.accepted.get(body["email"]):
            raise AccessError(errors.CONFLICT, "A member.", status=409, request=Request(errors.REFUSED))
        if self.fate != KILLED_BEFORE:
            assert body["email"] not in self.accepted, "a second invitation to somebody who is pending"
            self.accepted[body["email"]] = False
        if self.fate != ANSWERED:
            raise Killed
        return SimpleNamespace(body=self.record(body["email"]), status=201)

    def record(self, email: str) -> dict[str, Any]:
        name = email.partition("@")[0].title() if self.accepted[email] else ""
        return {"id": f"id of {email}", "email": email, "role": "member", "name": name}


@dataclasses.dataclass
class TeamRun:
    """What one run knows: the memory as it was loaded, and the service with the list as it was read then."""

    store: FileStore
    before: dict[str, Any]
    service: Honeycomb
    missing: set[str]
    journal: FileJournal | None = None


class TeamRuns(RuleBasedStateMachine):
    """A team, two people who accept, and the runs that find them missing in the list and in the memory."""

    runs: Bundle[TeamRun] = Bundle("runs")
    people = (ADA, "bob@example.com")

    @initialize(lists_pending=st.booleans())
    def world(self, lists_pending: bool) -> None:
        self.folder = tempfile.mkdtemp()
        self.team = Team(lists_pending)
        self.clock = time.time()

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @rule(target=runs, number=st.integers(1, 3))
    def begin(self, number: int) -> Any:
        return multiple(*(self.run() for _number in range(number)))

    def run(self) -> TeamRun:
        store = FileStore(self.folder, "honeycomb")
        before = (store.load(TEAM) if store.teams() else None) or {}
        service = Honeycomb(self.team, "key")  # type: ignore[arg-type]
        service.ledger = Ledger(before, lambda: self.clock)
        found = {grant.email for grant in service.read()}
        return TeamRun(store, before, service, {who for who in self.people if who not in found})

    @rule(
        target=runs,
        run=consumes(runs),
        who=st.sampled_from(people),
        fate=st.sampled_from((ANSWERED, REFUSED, KILLED, KILLED_BEFORE)),
    )
    def invite(self, run: TeamRun, who: str, fate: str) -> Any:
        if who not in run.missing:
            return run
        run.missing.remove(who)
        run.journal = run.journal or run.store.journal(TEAM, run.before)
        self.team.fate = fate
        goal = Grant(id=None, email=who, role="member", kind=INVITATION)
        try:
            invite(run.journal, run.service, goal)
        except AccessError:
            return run
        except Killed:
            run.journal.close()
            return multiple()
        return run

    @rule(who=st.sampled_from(people))
    def accept(self, who: str) -> None:
        if who in self.team.accepted:
            self.team.accepted[who] = True

    @rule(who=st.sampled_from(people))
    def leave(self, who: str) -> None:
        """An admin removes a member by hand. What nobody lists cannot be seen to go."""
        if self.team.accepted.get(who):
            del self.team.accepted[who]

    @rule()
    def wait(self) -> None:
        self.clock += 2 * SETTLING

    @rule(run=consumes(runs))
    def end(self, run: TeamRun) -> None:
        run.store.save(TEAM, run.service.ledger.public(), run.before)


TestRuns = Runs.TestCase
TestRuns.settings = settings(stateful_step_count=20)
TestTeamRuns = TeamRuns.TestCase
TestTeamRuns.settings = settings(stateful_step_count=20)
