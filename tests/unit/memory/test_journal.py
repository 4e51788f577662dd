# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The journal beside the memory: what runs leave that are killed, and what runs see of each other."""

from __future__ import annotations

import contextlib
import fcntl
import os
import resource
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.honeyops.access.plugins.module_utils._http.errors import AccessError
from ansible_collections.honeyops.access.plugins.plugin_utils._files import is_locked
from ansible_collections.honeyops.access.plugins.plugin_utils._memory.files import FileStore
from ansible_collections.honeyops.access.plugins.plugin_utils._memory.journal import FileJournal, RunJournal

TEAM = "https://api.example.com:443/team"
ADA, BOB, CLEO, DORA = (f"{name}@example.com" for name in ("ada", "bob", "cleo", "dora"))
KNOWN = {"id": "a", "role": "member", "invited_at": "2024-03-01T10:00:00Z"}
MAYBE = {"id": None, "role": "member", "invited_at": "2024-03-01T10:00:00Z", "unclear": True}


def killed(work: Callable[[], object]) -> None:
    """Do something in a process that is killed then."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)


def names(folder: Path) -> list[str]:
    return sorted(path.suffix for path in folder.iterdir() if path.name != ".lock")


def test_what_a_killed_run_wrote_is_remembered(tmp_path: Path) -> None:
    FileStore(str(tmp_path), "honeycomb").save(TEAM, {CLEO: KNOWN}, {})

    def work() -> None:
        store = FileStore(str(tmp_path), "honeycomb")
        journal = store.journal(TEAM, store.load(TEAM) or {})
        journal.expecting({ADA: MAYBE, BOB: MAYBE})
        journal.sending(ADA, MAYBE)
        journal.sending(BOB, MAYBE)
        journal.answered(BOB, KNOWN)
        journal.sending(CLEO, MAYBE)
        journal.answered(CLEO, None)

    killed(work)
    store = FileStore(str(tmp_path), "honeycomb")
    before = store.load(TEAM)
    assert before == {ADA: MAYBE, BOB: KNOWN, CLEO: KNOWN}
    assert names(tmp_path) == [".journal", ".json"]
    store.save(TEAM, {ADA: MAYBE, BOB: KNOWN}, before)
    assert (store.load(TEAM), names(tmp_path)) == ({ADA: MAYBE, BOB: KNOWN}, [".json"])


def test_a_line_that_was_cut_hides_no_other(tmp_path: Path) -> None:
    def work() -> None:
        journal = FileStore(str(tmp_path), "honeycomb").journal(TEAM, {})
        journal.sending(ADA, MAYBE)
        with journal.path.open("a") as file:
            file.write('{"email": "x@exam')
        journal.sending(BOB, MAYBE)

    killed(work)
    assert FileStore(str(tmp_path), "honeycomb").load(TEAM) == {ADA: MAYBE, BOB: MAYBE}


def test_two_runs_do_not_invite_one_person(tmp_path: Path) -> None:
    one, two = FileStore(str(tmp_path), "honeycomb"), FileStore(str(tmp_path), "honeycomb")
    assert (one.load(TEAM), two.load(TEAM)) == (None, None)
    first, second = one.journal(TEAM, {}), two.journal(TEAM, {})
    first.sending(ADA, MAYBE)
    with pytest.raises(AccessError, match=f"Another run is inviting {ADA}"):
        second.sending(ADA, MAYBE)
    second.sending(BOB, MAYBE)
    one.save(TEAM, {ADA: KNOWN}, {})
    assert two.load(TEAM) == {ADA: KNOWN}
    two = FileStore(str(tmp_path), "honeycomb")
    third = two.journal(TEAM, {})  # loaded before the first had saved
    with pytest.raises(AccessError, match=f"Another run is inviting {ADA}"):
        third.sending(ADA, MAYBE)


def test_two_runs_do_not_invite_one_person_to_an_account(tmp_path: Path) -> None:
    """Where the service lists who is invited, only what was sent before that list was read needs no word."""
    one, two, three, four = (FileStore(str(tmp_path), "honeybadger") for _number in range(4))
    killed(lambda: three.journal(TEAM, {}).sending(CLEO, None))
    assert (one.load(TEAM), two.load(TEAM)) == (None, None)
    killed(lambda: four.journal(TEAM, {}).sending(DORA, None))
    first, second = one.journal(TEAM, {}), two.journal(TEAM, {})
    for who in (ADA, f"{ADA} to team 5", BOB):
        first.sending(who, None)
        refused(second, who)
    refused(second, DORA)  # whether it was sent is not in the list that was read before
    first.answered(BOB, None)
    for who in (BOB, CLEO, f"{ADA} to team 6"):
        second.sending(who, None)
    sent = {"7": {"email": ADA, "role": "Member"}, "5/8": {"email": ADA, "role": "member"}}
    for key, entry in sent.items():
        first.answered(key, entry)
    for who in (ADA, f"{ADA} to team 5"):
        first.answered(who, None)
        refused(second, who)
    one.save(TEAM, sent, {})
    fifth = FileStore(str(tmp_path), "honeybadger").journal(TEAM, {})  # of a run that loaded before the first had saved
    for who in (ADA, f"{ADA} to team 5"):
        refused(second, who)
        refused(fifth, who)
    assert FileStore(str(tmp_path), "honeybadger").load(TEAM) == sent


def test_a_run_that_ended_in_doubt_still_keeps_others_from_sending(tmp_path: Path) -> None:
    """Its journal went with it, and a run whose list was older sent the invitation again. Whoever reads a new list may."""
    one, two, three = (FileStore(str(tmp_path), "honeybadger") for _number in range(3))
    assert (one.load(TEAM), two.load(TEAM)) == (None, None)
    one.journal(TEAM, {}).sending(ADA, None)
    second = two.journal(TEAM, {})
    one.save(TEAM, {}, {})
    refused(second, ADA)
    two.save(TEAM, {}, {})
    assert three.load(TEAM) == {}
    three.journal(TEAM, {}).sending(ADA, None)


def test_what_a_killed_run_may_have_sent_is_known_until_a_newer_list_is_read(tmp_path: Path) -> None:
    """A run that had read the list before tidied the journal up, and another one like it sent the invitation again."""
    one, two, three, four = (FileStore(str(tmp_path), "honeybadger") for _number in range(4))
    assert (one.load(TEAM), two.load(TEAM)) == (None, None)
    killed(lambda: three.journal(TEAM, {}).sending(ADA, None))
    one.save(TEAM, {}, {})
    refused(two.journal(TEAM, {}), ADA)
    assert not four.load(TEAM)
    four.save(TEAM, {}, {})
    assert [path for path in tmp_path.glob("*.journal") if not is_locked(path)] == []


def refused(journal: FileJournal, who: str) -> None:
    with pytest.raises(AccessError, match=f"Another run is inviting {who}"):
        journal.sending(who, None)


def test_who_looks_at_a_journal_does_not_hold_it(tmp_path: Path) -> None:
    """Two threads looked at the same time, and one took the other for the run whose journal it is."""
    path = tmp_path / "journal"
    path.touch()
    with path.open() as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        assert not is_locked(path)
        fcntl.flock(looking, fcntl.LOCK_EX)
        assert is_locked(path)


def test_bytes_that_are_no_text_hide_no_other_line(tmp_path: Path) -> None:
    """Every run ended with an unforeseen error that named no file."""

    def work() -> None:
        journal = FileStore(str(tmp_path), "honeycomb").journal(TEAM, {})
        journal.sending(ADA, MAYBE)
        with journal.path.open("ab") as file:
            file.write(b'{"email": "\xff\n')

    killed(work)
    assert FileStore(str(tmp_path), "honeycomb").load(TEAM) == {ADA: MAYBE}


@contextlib.contextmanager
def full_disk() -> Iterator[None]:
    """A file can be made, and nothing written into it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("moment", ["expecting", "sending"])
def test_a_full_disk_is_found_before_anything_is_sent(tmp_path: Path, moment: str) -> None:
    store = FileStore(str(tmp_path), "honeycomb")
    journal = RunJournal(lambda: store.journal(TEAM, {}))
    failed: Any = None
    with contextlib.ExitStack() as stack:
        if moment == "expecting":
            stack.enter_context(full_disk())
        try:
            journal.expecting({ADA: MAYBE})
            stack.enter_context(full_disk())
            journal.sending(ADA, MAYBE)
        except AccessError as error:
            failed = error
    assert "No invitation was sent" in failed.msg
    assert "cannot be written" in failed.msg
    assert journal.unanswered == {}


def test_what_the_run_told_is_not_in_doubt_for_the_next(tmp_path: Path) -> None:
    store = FileStore(str(tmp_path), "honeycomb")
    journal = RunJournal(lambda: store.journal(TEAM, {}))
    journal.expecting({ADA: MAYBE, BOB: MAYBE})
    for email in (ADA, BOB):
        journal.sending(email, MAYBE)
    journal.answered(BOB, KNOWN)
    assert journal.unanswered == {ADA: MAYBE}
    journal.told()
    assert journal.unanswered == {}
