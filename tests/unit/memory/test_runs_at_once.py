# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs that begin, read, invite, are killed and end in any order never send one person two invitations to an account."""

from __future__ import annotations

import dataclasses
import shutil
import tempfile
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, multiple, rule

from ansible_collections.honeyops.access.plugins.module_utils._http.errors import AccessError
from ansible_collections.honeyops.access.plugins.plugin_utils._memory.files import FileStore
from ansible_collections.honeyops.access.plugins.plugin_utils._memory.journal import FileJournal

TEAM = "https://api.example.com:443/account"
ADA = "ada@example.com"
FATES = ANSWERED, REFUSED, LOST, KILLED = "answered", "refused", "lost", "killed"


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


TestRuns = Runs.TestCase
TestRuns.settings = settings(stateful_step_count=20)
