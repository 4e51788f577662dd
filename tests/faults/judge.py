# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must hold after any run of a module, whatever went wrong: its result held against the service's own state."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.honeyops.access.plugins.module_utils._http import errors as _errors
from tests.simulator import Simulator
from tests.simulator.world import Entry

CODES = {value for name, value in vars(_errors).items() if name.isupper()}
UNKNOWN = "not known whether"
UNREAD = "could not be read"
COMPANIONS = {"honeycomb": "keys", "honeybadger": "teams"}  # what comes with access to a service
KINDS = {"team membership": "tm", "team invitation": "ti", "API key": "k"}
GONE = {"remove", "cancel", "leave_team", "cancel_team_invitation", "delete_key"}
FREE_TEXT = 900  # characters; a sentence of the collection's own and a cleaned excerpt fit in


HIDDEN_LIES = (("status", 404), ("empty_body", 200))  # that it was gone, or that it was changed


@dataclass(frozen=True)
class Holding:
    """What somebody has at a service: a membership or user (``active``), or an invitation (``pending``)."""

    key: tuple[str, Any]
    email: str
    status: str
    role: str
    team_ids: tuple[int, ...] | None = None

    @property
    def declared(self) -> tuple[str, str, str, tuple[int, ...] | None]:
        """Without the id, which differs from one way there to another."""
        return self.email, self.status, self.role, self.team_ids


State = frozenset[Holding]


def subject_of(module: str) -> str:
    """What a module manages: the people of a service, or its keys or teams."""
    subjects = {"honeycomb_api_key": "keys", "honeybadger_team": "teams"}
    return next((name for start, name in subjects.items() if module.startswith(start)), module.partition("_")[0])


def state_of(sim: Simulator, service: str) -> State:
    """What everybody has, by the service's own books: of a service, or of its ``keys`` or ``teams``."""
    if service == "keys":
        keys = sim.honeycomb.keys
        return frozenset(Holding(("k", key.id), key.email, _switch(key.disabled), key.kind) for key in keys)
    if service == "teams":
        return frozenset(_in_teams(sim))
    if service == "honeycomb":
        return frozenset(
            Holding(("m", member.id), member.email.lower(), "active" if member.accepted else "pending", member.role)
            for member in sim.honeycomb.members
        )
    users = {Holding(("u", user.id), user.email.lower(), "active", user.role) for user in sim.honeybadger.users}
    pending = {
        Holding(("i", one.id), one.email.lower(), "pending", one.role, tuple(sorted(one.team_ids)))
        for one in sim.honeybadger.invitations
        if one.accepted_at is None
    }
    return frozenset(users | pending)


def _in_teams(sim: Simulator) -> Iterator[Holding]:
    """Who is in which team or invited to it."""
    for team in sim.honeybadger.teams:
        for member in team.members:
            yield Holding(("tm", member.id), member.email.lower(), "active", _power(member.admin), (team.id,))
        for one in team.invitations:
            if one.accepted_at is None:
                yield Holding(("ti", one.id), one.email.lower(), "pending", _power(one.admin), (team.id,))


def _power(admin: bool) -> str:
    return "admin" if admin else "member"


def _switch(disabled: bool) -> str:
    return "disabled" if disabled else "enabled"


def declared(state: State) -> Counter[tuple[Any, ...]]:
    """The state as far as a roster can declare it."""
    return Counter(holding.declared for holding in state)


@dataclass(frozen=True)
class Run:
    """One run of a module: the state before and after it, its result, what it sent and how long it took."""

    service: str
    before: State
    after: State
    result: Mapping[str, Any]
    log: Sequence[Entry]
    elapsed: float
    longest: float
    options: Mapping[str, Any]
    looks: bool = False
    """Whether it may change nothing: check mode, or a module that only shows."""
    hidden: bool = False
    """Whether the service leaves pending people out of its list."""
    wired: bool = True
    """Whether every request reached the simulator."""
    beside: tuple[State, State] = (frozenset(), frozenset())
    """What came with access, before and after the run: keys or teams."""

    @property
    def error(self) -> Mapping[str, Any]:
        return self.result.get("error") or {}

    @property
    def unknown(self) -> bool:
        """Whether the result says of something that its fate is not known."""
        errors = [self.error, *(item.get("error") or {} for item in self.result.get("results", ()))]
        return any(UNKNOWN in error.get("hint", "") for error in errors)

    @property
    def whole(self) -> tuple[State, State]:
        """Everything there before and after the run, access and what comes with it."""
        return self.before | self.beside[0], self.after | self.beside[1]

    @property
    def orphans(self) -> list[str]:
        """Keys that work and whose makers went, without a word about them."""
        went = {h.email for h in self.before if h.status == "active"} - {h.email for h in self.after}
        makers = {h.key: h.email for h in self.beside[0]}  # a service may forget them with the member
        working = [h.key for h in self.beside[1] if h.status == "enabled" and makers.get(h.key, h.email) in went]
        silent = "management_key_id" in self.options and UNREAD not in self.told
        return [key[1] for key in working if key[0] == "k" and str(key[1]) not in self.told] if silent else []

    @property
    def unread(self) -> bool:
        """Whether it is said that what comes with access could not be read, so that nothing was done about it."""
        return UNREAD in " ".join([self.told, *map(str, self.result.get("warnings", ()))])

    @property
    def told(self) -> str:
        """What is said to be left to do by hand."""
        return " ".join(self.result.get("follow_up", ()))

    @property
    def bulk(self) -> bool:
        return "results" in self.result

    @property
    def believed(self) -> bool:
        """Whether the service said, untruthfully, that somebody had been invited, or what became of what no list shows."""
        lies = {("status", "POST", 409)}
        if self.hidden:
            lies |= {(fault, method, status) for method in ("PUT", "DELETE") for fault, status in HIDDEN_LIES}
        return any((entry.fault, entry.method, entry.status) in lies for entry in self.log if not entry.changed)

    @property
    def blind(self) -> bool:
        """Whether a request without an answer may or may not have done what a second attempt finds done.

        An invitation that was refused as a second one, or one that was found gone: whose doing it was, no list shows.
        """
        sent = [entry for entry in self.log if entry.method == "POST"]
        refused = any(entry.status in (409, 422) and not entry.fault for entry in sent)
        lost = {entry.path for entry in self.log if entry.method == "DELETE" and entry.fault}
        gone = {
            entry.path for entry in self.log if entry.method == "DELETE" and entry.status == 404 and not entry.fault
        }
        return self.hidden and ((refused and any(entry.fault for entry in sent)) or not lost.isdisjoint(gone))


def faults(run: Run, secrets: Sequence[str]) -> list[str]:
    """Every way in which the run broke what is promised of all runs; empty when it broke nothing."""
    return [*manners(run, secrets), *_truth(run)]


def manners(run: Run, secrets: Sequence[str]) -> list[str]:
    """What holds even where others act on the service at the same time, so that not all is this run's doing."""
    return [*_form(run, secrets), *_time(run), *_traffic(run)]


def unmet(run: Run, people: Sequence[Mapping[str, Any]]) -> list[str]:
    """What is not as declared, as far as anybody can know.

    An invitation that is in no list is known from memory: what others do to it, or one that they send, nobody sees.
    """
    found, known = [], run.result.get("known_invitations") or {}
    remembered = {**(run.options.get("known_invitations") or {}), **known}
    for person in people:
        email, role = person["email"], person.get("role")
        mine = [holding for holding in run.after if holding.email == email]
        unseen = run.hidden and all(holding.status == "pending" for holding in mine)
        if person.get("state") == "absent":
            found += [f"{email} still has {mine}"] if mine and not (unseen and email not in remembered) else []
            found += [f"{email} still has {left}" for left in _left_beside(run, email)]
        elif email in known and (not mine or known[email]["id"] is None or (unseen and known[email]["role"] == role)):
            continue
        elif not mine or (role and not any(holding.role == role for holding in mine)):
            found.append(f"{email} has {mine} instead of {dict(person)}")
    return found


def _left_beside(run: Run, email: str) -> Iterator[Holding]:
    """What came with access and is there still: any place in a team, and a key that works and is not told of."""
    for holding in run.beside[1]:
        if holding.email == email and not (holding.status == "disabled" or str(holding.key[1]) in run.told):
            yield holding


def _form(run: Run, secrets: Sequence[str]) -> Iterator[str]:
    """A failure is one sentence with a documented code, and nothing anywhere is secret."""
    result = run.result
    text = json.dumps(result)
    yield from (f"the result holds the secret {secret[:9]}…" for secret in secrets if secret in text)
    if "Traceback" in text or "exception" in result:
        yield "a traceback"
    if (result["rc"] != 0) != bool(result.get("failed")):
        yield f"rc {result['rc']} and failed {result.get('failed')}"
    if result["rc"] == 0:
        if "error" in result:
            yield "an error in a success"
        return
    msg, error = result.get("msg", ""), run.error
    if set(error) != {"code", "status", "method", "path", "detail", "hint"}:
        yield f"error holds {sorted(error)}"
        return
    if error["code"] not in CODES:
        yield f"code {error['code']!r} is not documented"
    told = [msg, error["detail"], error["hint"]]
    told += [text for item in result.get("results", ()) for text in (item["error"] or {}).values()]
    longest = FREE_TEXT * max(1, len(result.get("results", ())))  # a bulk module says why each change failed
    for line in map(str, told):
        if (
            len(line.splitlines()) > 1
            or len(line) > longest
            or "unforeseen" in line
            or ".. " in line
            or re.search(r"<\w+", line)
        ):
            yield f"not a plain sentence: {line[:200]!r}"
    if not re.search(r"[.!?]$", msg) or not (msg[:1].isupper() or msg[:1].isdigit() or "@" in msg.split()[0]):
        yield f"not a sentence: {msg!r}"


def _time(run: Run) -> Iterator[str]:
    if run.elapsed > run.longest:
        yield f"took {run.elapsed:.2f} s, more than {run.longest:.2f} s"


def _traffic(run: Run) -> Iterator[str]:
    """Credentials go to their own service only, looks change nothing, and requests are counted as sent."""
    if any(entry.service != run.service or entry.stray for entry in run.log):
        yield "a credential went to another origin"
    writes = [entry for entry in run.log if entry.method != "GET"]
    if writes and run.looks:
        yield f"only looked, and sent {writes[0].method} {writes[0].path}"
    if run.wired and "api" in run.result and run.result["api"]["requests"] != len(run.log):
        yield f"api counts {run.result['api']['requests']} requests, {len(run.log)} came"


def _truth(run: Run) -> Iterator[str]:
    """What the result says was done is what the service did."""
    result, wrote = run.result, any(entry.changed and entry.method != "GET" for entry in run.log)
    if run.looks or run.believed:
        return
    if not run.unknown and not run.blind and result["changed"] != wrote:
        yield f"changed is {result['changed']}, the service changed: {wrote}"
    if run.bulk:
        yield from _truth_by_person(run)
    if result.get("key") and not run.unknown:
        shown = result["key"]
        states = {holding.key: holding.status for holding in run.after}
        if states.get(("k", shown["id"])) != _switch(shown["disabled"]):
            yield f"shows the key as {_switch(shown['disabled'])}, and it is {states.get(('k', shown['id']))}"
    if not run.unknown:
        yield from (f"the key {key} works, its maker went, and nobody is told" for key in run.orphans)
    if "known_invitations" in result:
        yield from _truth_of_known(run)
    if "follow_up" in result and run.service == "honeycomb" and not run.unknown:
        gone = {h.email for h in run.before if h.status == "active"} - {h.email for h in run.after}
        if len(gone) > len(result["follow_up"]):
            yield f"{sorted(gone)} went, follow_up has {len(result['follow_up'])} texts"
    if not run.unknown and _has_read(run):
        yield from _truth_of_objects(run)


def _has_read(run: Run) -> bool:
    """Whether the result rests on a list that was had."""
    return bool(run.result["plan_id"]) if run.bulk else run.result.get("status") is not None


def _truth_by_person(run: Run) -> Iterator[str]:
    result = run.result
    outcomes = Counter(item["outcome"] for item in result["results"])
    if any(result["summary"][name] != outcomes[name] for name in ("applied", "failed", "deferred", "not_attempted")):
        yield f"summary {result['summary']} of {dict(outcomes)}"
    if [item["email"] for item in result["results"]] != [step["email"] for step in result["plan"]]:
        yield "results are not those of the plan"
        return
    old = {holding.key for holding in run.whole[0]}
    for step, item in zip(result["plan"], result["results"], strict=True):
        if _key(run, step) not in (None, *old):
            continue  # a known invitation that somebody deleted, which no list shows
        found = item["action"] == "none" or (run.blind and step["action"] == "invite")
        done = (found and _was_there(run, step)) or (item["action"] != "none" and _was_done(run, step))
        hint = (item["error"] or {}).get("hint", "")
        what = f"{step['action']} of {step['email']}"
        if item["outcome"] == "applied" and not done:
            yield f"{what} is told as applied and was not"
        if item["outcome"] != "applied" and done and UNKNOWN not in hint:
            yield f"{what} is told as {item['outcome']} ({(item['error'] or {}).get('code')}) and was done"
        if item["outcome"] == "failed" and not item["error"]:
            yield f"{what} failed for no reason given"


def _key(run: Run, step: Mapping[str, Any]) -> tuple[str, Any] | None:
    """Of what a step takes away or changes."""
    kinds = {"active": "u", "pending": "i"} if run.service == "honeybadger" else {"active": "m", "pending": "m"}
    before = step["before"]
    return (KINDS[before["kind"]] if "kind" in before else kinds[before["status"]], before["id"]) if before else None


def _was_done(run: Run, step: Mapping[str, Any]) -> bool:
    key, after = _key(run, step), step["after"]
    there = {holding.key: holding for holding in run.whole[1]}
    if step["action"] in GONE:
        return key not in there
    if step["action"] == "disable_key":
        return key not in there or there[key].status == "disabled"
    if step["action"] == "update":
        holding = there.get(key) if key else None
        teams = tuple(after["team_ids"]) if "team_ids" in after else None
        return holding is not None and holding.role == after["role"] and teams in (None, holding.team_ids)
    old = {holding.key for holding in run.whole[0]}
    return any(h.email == step["after"]["email"].lower() and h.key not in old for h in run.whole[1])


def _was_there(run: Run, step: Mapping[str, Any]) -> bool:
    """Whether there was nothing to do, as somebody else had done it."""
    if "kind" in (step["before"] or {}):
        return _was_done(run, step)
    there = any(holding.email == step["email"] for holding in run.after)
    return there if step["after"] else not there


def _truth_of_known(run: Run) -> Iterator[str]:
    """No invitation that went out is lost to sight, where no list would show it."""
    old = {holding.key for holding in run.before}
    sent = {h.email for h in run.after if h.status == "pending" and h.key not in old}
    if run.hidden and not run.unknown:
        yield from (f"known_invitations lacks {email}" for email in sent - set(run.result["known_invitations"]))


def _truth_of_objects(run: Run) -> Iterator[str]:
    """The people shown in the result are those there."""
    result = run.result
    # Honeybadger lists every invitation, and what is remembered of one has its id for a key.
    kept = (run.options, result) if run.service == "honeycomb" else ()
    known = {email: one for held in kept for email, one in (held.get("known_invitations") or {}).items()}
    # Whom somebody else invited where no list shows it, or whose new role is in doubt: that they are is all that is known.
    vague = {email for email, invitation in known.items() if invitation["id"] is None or not invitation["role"]}
    ids = {email: str(invitation["id"]) for email, invitation in known.items()}
    seen = {h for h in run.after if h.status == "active" or not run.hidden or ids.get(h.email) == str(h.key[1])}
    there = {h for h in seen if h.email not in vague}
    if run.bulk:
        records = [record for name in ("members", "users", "invitations") for record in result.get(name, ())]
        shown = Counter((record["email"].lower(), record["role"]) for record in records)
        real = Counter((holding.email, holding.role) for holding in there)
        shown = Counter(one for one in shown.elements() if one in real or one[0] not in known)
        if shown != real:
            yield f"shows {sorted((shown - real).elements())} too many and {sorted((real - shown).elements())} too few"
    elif "status" in result and run.options.get("email"):
        email = run.options["email"].strip().lower()
        teams = {run.options["team_id"]} if "team_id" in run.options else None
        theirs = {h for h in run.after if h.email == email and (teams is None or teams & set(h.team_ids or ()))}
        mine = {holding.status for holding in theirs & there} or {"absent"}
        mine |= {holding.status for holding in theirs}
        if run.service == "honeycomb" and not run.hidden:
            mine = {"active"} | mine if "pending" in mine else mine  # whoever is listed counts as accepted
        unsure = (run.options.get("known_invitations") or {}).get(email)
        if unsure and unsure["id"] is None:
            mine.add("pending")  # nothing shows whether that invitation, or an earlier one, brought them here
        if unsure and unsure.get("name") != run.options.get("name") and not unsure.get("unlisted"):
            mine.add("pending")  # no answer to the invitation came, and the first list has what an acceptance adds
        waited = run.options.get("wait") and result["rc"] != 0  # accepted after the last look that succeeded
        if result["status"] not in mine and not run.options.get("aliases") and not waited:
            yield f"status is {result['status']}, not {sorted(mine)}"
