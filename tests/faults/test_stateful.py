# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random people, tasks, outside changes and faults, for as long as it takes; then one run without a fault."""

from __future__ import annotations

import contextlib
from collections import Counter
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.simulator import Fault, Simulator

from .cells import Arena
from .judge import UNREAD, Holding, Run, State, faults, state_of
from .scenarios import MANAGED
from .stage import BULK, perform

OLD = "2024-03-01T10:00:00Z"
OWNER = "owner@example.com"
WHO = [f"p{number}@example.com" for number in range(5)]
ROLES = {"honeycomb": ("member", "admin"), "honeybadger": ("Member", "Billing", "Admin", "Owner")}
PHASES = [Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink]
STATUSES = (400, 401, 403, 422, 429, 500, 502, 503, 504)

who = st.sampled_from(WHO)
orders: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.builds(
        dict,
        kind=st.sampled_from(
            ("reset_before", "reset_after", "cut_body", "html", "html_after", "empty_body", "wrong_shape", "redirect")
        ),
    ),
    st.builds(
        dict,
        kind=st.just("status"),
        status=st.sampled_from(STATUSES),
        retry_after=st.sampled_from((None, 1.0, 3600.0)),
        retry_after_form=st.sampled_from(("seconds", "date")),
    ),
    st.builds(dict, kind=st.just("status_after"), status=st.sampled_from((500, 502, 503, 504))),
)
places: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    method=st.sampled_from(("", "GET", "POST", "PUT", "DELETE")),
    after=st.integers(0, 3),
    times=st.sampled_from((1, 1, 2, 0)),
)


def home(email: str) -> str:
    """Another address of the same person."""
    return email.replace("@example.com", "@home.example")


class Access(RuleBasedStateMachine):
    """One service, and somebody who keeps what each run returned for the next."""

    ring: ClassVar[Arena]
    service: ClassVar[str]
    worlds: ClassVar[dict[str, st.SearchStrategy[Any]]]
    runs: ClassVar[Counter[str]] = Counter()

    @property
    def sim(self) -> Simulator:
        return self.ring.sim

    @initialize(data=st.data())
    def world(self, data: st.DataObject) -> None:
        chosen = {name: data.draw(values, name) for name, values in self.worlds.items()}
        self.sim.reset(**chosen)
        self.known: dict[str, Any] = {}
        self.roster: dict[str, dict[str, Any]] = {}
        self.mode = data.draw(st.sampled_from(("report", "disable", "delete")), "leaver_keys")
        self.problems: list[str] = []

    # What people do by themselves

    def act(self, do: str, **order: Any) -> None:
        with contextlib.suppress(LookupError):
            self.sim.act({"do": do, "service": self.service, **order})

    @rule(email=who, elsewhere=st.booleans())
    def accept(self, email: str, elsewhere: bool) -> None:
        self.act("accept", email=email, accepting=home(email) if elsewhere else "")

    @rule(email=who, elsewhere=st.booleans())
    def leave(self, email: str, elsewhere: bool) -> None:
        self.act("remove", email=home(email) if elsewhere else email)

    @rule(email=who)
    def delete_invitation(self, email: str) -> None:
        self.act("delete_invitation", email=email)

    @rule(email=who, data=st.data())
    def change_role(self, email: str, data: st.DataObject) -> None:
        """Of somebody who is seen: what changes in an invitation that no list shows, nobody can tell."""
        role = data.draw(st.sampled_from(ROLES[self.service]))
        seen = self.service == "honeybadger" or self.sim.settings.pending_listed
        if seen or all(holding.status == "active" for holding in self.holdings(email)):
            self.act("role", email=email, role=role)

    @rule(email=who, data=st.data(), accepted=st.booleans())
    def come(self, email: str, data: st.DataObject, accepted: bool) -> None:
        """Another admin clicks; who has something already gets no more."""
        role = data.draw(st.sampled_from(ROLES[self.service]))
        if not self.holdings(email):
            self.act("add" if accepted else "invite", email=email, role=role)

    @rule(email=who)
    def grow_old(self, email: str) -> None:
        """An invitation has been waiting for long."""
        if self.service == "honeycomb":
            found = [member for member in self.sim.honeycomb.members.find(email) if not member.accepted]
            for member in found:
                self.sim.honeycomb.members.change(member, created_at=OLD)
            self.sim.honeycomb.forget_texts()
            if email in self.known:
                self.known[email] = {**self.known[email], "invited_at": OLD}
        else:
            for invitation in self.sim.honeybadger.invitations.find(email):
                self.sim.honeybadger.invitations.change(invitation, created_at=OLD)

    @rule(email=who, team=st.sampled_from((3, 7)), elsewhere=st.booleans(), data=st.data())
    def change_teams(self, email: str, team: int, elsewhere: bool, data: st.DataObject) -> None:
        """Somebody joins a team, is invited to one, or leaves it. Whoever accepts becomes a user.

        They do so under their other address only while they are a user under it: nothing else tells whose it is.
        """
        if self.service != "honeybadger":
            return
        users = {holding.email for holding in state_of(self.sim, self.service)}
        address = home(email) if elsewhere and home(email) in users else email
        do = data.draw(st.sampled_from(("add_member", "invite_to_team", "accept_team", "leave_team")), "do")
        there = {h.email for h in state_of(self.sim, "teams") if team in (h.team_ids or ())}
        if do in ("add_member", "invite_to_team") and address in there:
            return
        self.act(do, email=address, team_id=team)

    @rule(email=who, off=st.booleans())
    def make_a_key(self, email: str, off: bool) -> None:
        """A member of Honeycomb does."""
        if self.service == "honeycomb" and any(h.status == "active" and h.email == email for h in self.holdings(email)):
            self.act("add_key", email=email, disabled=off)

    # What the modules are asked for

    @rule(email=who, data=st.data())
    def one(self, email: str, data: st.DataObject) -> None:
        person = self.person(data, email)
        module = "honeycomb_member" if self.service == "honeycomb" else "honeybadger_user"
        again = data.draw(st.sampled_from((None, None, 7)), "reinvite_after")
        self.play(data, module, [person], person if again is None else {**person, "reinvite_after": again})

    @rule(emails=st.sets(who, min_size=1), exclusive=st.booleans(), data=st.data())
    def many(self, emails: set[str], exclusive: bool, data: st.DataObject) -> None:
        people = [{"email": OWNER}, *(self.person(data, email) for email in sorted(emails))]
        options = {
            "exclusive": exclusive,
            "max_removals": data.draw(st.sampled_from(("100%", "100%", "25%", "1")), "max_removals"),
            "concurrency": data.draw(st.sampled_from((1, 1, 3)), "concurrency"),
            "max_changes": data.draw(st.sampled_from((None, None, 2)), "max_changes"),
            "protected": data.draw(st.sampled_from(([], [], [WHO[0]])), "protected"),
            "ignore": data.draw(st.sampled_from(([], [], [WHO[1]])), "ignore"),
            "reinvite_after": data.draw(st.sampled_from((None, None, 7)), "reinvite_after"),
        }
        self.play(data, *self.bulk(people, options))

    def person(self, data: st.DataObject, email: str) -> dict[str, Any]:
        role = data.draw(st.sampled_from((None, *ROLES[self.service])), "role")
        state = data.draw(st.sampled_from(("present", "present", "absent")), "state")
        teams = (
            data.draw(st.sampled_from((None, [], [3], [7, 3])), "team_ids") if "Owner" in ROLES[self.service] else None
        )
        person = {"email": email, "aliases": [home(email)], "role": role, "state": state, "team_ids": teams}
        return {name: value for name, value in person.items() if value is not None}

    def bulk(
        self, people: list[dict[str, Any]], options: dict[str, Any]
    ) -> tuple[str, list[dict[str, Any]], dict[str, Any]]:
        module, key = BULK[self.service]
        return module, people, {**options, key: people}

    def play(self, data: st.DataObject, module: str, people: list[dict[str, Any]], options: dict[str, Any]) -> None:
        """Run a module, and have up to three things go wrong in it."""
        check = data.draw(st.sampled_from((False, False, False, True)), "check mode")
        spoilt = data.draw(st.lists(st.tuples(orders, places), max_size=3), "faults")
        self.sim.fail(*(Fault(service=self.service, **order, **place) for order, place in spoilt))
        self.run(module, people, options, check)
        self.sim.faults.clear()

    def run(self, module: str, people: list[dict[str, Any]], options: dict[str, Any], check: bool = False) -> Run:
        emails, unseen = len(self.sim.emails), self.unseen()
        evidence = bool(self.known)
        if self.service == "honeycomb":
            options = {**options, "known_invitations": {**self.known}, **MANAGED, "leaver_keys": self.mode}
        options = {name: value for name, value in options.items() if value is not None}
        run = perform(self.sim, module, options, check=check)
        self.runs[f"rc {run.result['rc']}"] += 1
        note(f"{module} → {run.result.get('msg', 'ok')} {[(e.method, e.path, e.status, e.fault) for e in run.log]}")
        self.roster.update({person["email"]: person for person in people if not check})
        self.known = run.result.get("known_invitations", self.known)
        sent = Counter(mail.email for mail in self.sim.emails[emails:])
        self.problems += faults(run, self.sim.secrets)
        self.problems += self.unwanted(run, people, sent, unseen, evidence)
        self.problems += self.taken(run, people)
        if run.result["rc"] == 0 and not check and not options.get("max_changes"):
            self.problems += self.missing(run.after, people, options, unseen)
            self.problems += self.left(run, people)
        return run

    # What must hold

    def holdings(self, email: str, state: State | None = None) -> list[Holding]:
        """What somebody has, under either address."""
        there = state_of(self.sim, self.service) if state is None else state
        return [holding for holding in there if holding.email in (email, home(email))]

    def unseen(self) -> set[str]:
        """Who is invited without anybody here knowing as what: no list shows it, and nobody told."""
        if self.service != "honeycomb" or self.sim.settings.pending_listed:
            return set()
        told = {(email, str(invitation["id"])) for email, invitation in self.known.items()}
        return {
            member.email
            for member in self.sim.honeycomb.members
            if not member.accepted and (member.email, str(member.id)) not in told
        }

    def unwanted(
        self, run: Run, people: list[dict[str, Any]], sent: Counter[str], unseen: set[str], evidence: bool
    ) -> list[str]:
        """E-mails and changes that nobody asked for."""
        found = []
        named = {person["email"]: person for person in people}
        anew = run.options.get("reinvite_after") is not None
        for email, count in sent.items():
            before = self.holdings(email, run.before)
            blind = self.sim.settings.duplicate_invite == "email" and run.hidden
            if count > 1 and not (blind and not evidence):
                found.append(f"{count} e-mails to {email} in one run")
            if before and email not in unseen and not (anew and all(h.status == "pending" for h in before)):
                found.append(f"an e-mail to {email}, who has {before}")
            if email not in named or named[email]["state"] == "absent":
                found.append(f"an e-mail to {email}, who is not wanted")
        after = {holding.key: holding for holding in run.after}
        spared = {*run.options.get("protected", ()), *run.options.get("ignore", ())}
        for old in run.before:
            email = next((email for email in (*WHO, OWNER) if old.email in (email, home(email))), old.email)
            person = named.get(email)
            new = after.get(old.key)
            if new is None:
                wanted = person["state"] == "absent" if person and "state" in person else False
                wanted = wanted or (person is None and bool(run.options.get("exclusive")))
                renewed = anew and old.status == "pending" and person is not None  # which takes nothing from anybody
                replaced = old.email in unseen and sent[old.email] > 0  # by our invitation, as the service does it
                renewed = renewed and email not in run.options.get("ignore", ())
                if not replaced and not renewed and (not wanted or email in spared):
                    found.append(f"{old} was removed")
            elif new != old and (person is None or person.get("role") not in (None, new.role)):
                found.append(f"{old} became {new}")
        return found

    def missing(
        self, state: State, people: list[dict[str, Any]], options: dict[str, Any], unseen: set[str]
    ) -> list[str]:
        """What a success did not bring about."""
        found = []
        ignored = options.get("ignore", ())
        for person in people:
            email = person["email"]
            mine = self.holdings(email, state)
            gone_unseen = email in self.known and not mine  # deleted in the web page, and no list showed it before
            if email in ignored or email in unseen or gone_unseen:
                continue
            if person.get("state") == "absent":
                found += [f"{email} still has {mine}"] if mine else []
                continue
            first = [h for h in mine if h.status == "active"] or mine
            role = person.get("role")
            if not first or (role and not any(h.role == role for h in first)):
                found.append(f"{email} has {mine} instead of {person}")
            teams = person.get("team_ids")
            pending = first and first[0].status == "pending"
            if teams is not None and pending and not any(h.team_ids == tuple(sorted(teams)) for h in first):
                found.append(f"{email} has {mine} instead of {person}")
        if options.get("exclusive"):
            kept = [person["email"] for person in people] + list(ignored)
            named = {address for email in kept for address in (email, home(email))}
            left = [h for h in state if h.email not in named and h.email not in unseen]
            found += [f"{left} are left"] if left else []
        return found

    def taken(self, run: Run, people: list[dict[str, Any]]) -> list[str]:
        """What somebody lost of what comes with access, though they were to stay, or were nobody's business."""
        found, named = [], {person["email"]: person for person in people}
        spared = {*run.options.get("protected", ()), *run.options.get("ignore", ())}
        for old in run.beside[0] - run.beside[1]:
            email = next((email for email in WHO if old.email in (email, home(email))), old.email)
            absent = named[email].get("state") == "absent" if email in named else bool(run.options.get("exclusive"))
            if not absent or email in spared:
                found.append(f"{old} was taken away")
        return found

    def left(self, run: Run, people: list[dict[str, Any]]) -> list[str]:
        """Teams of somebody who has left, though the run says that all was done and that it could read them."""
        if UNREAD in run.told:
            return []
        ignored = run.options.get("ignore", ())
        gone = {one["email"] for one in people if one.get("state") == "absent" and one["email"] not in ignored}
        addresses = gone | {home(email) for email in gone}
        return [f"{h} is left" for h in run.beside[1] if h.key[0] in ("tm", "ti") and h.email in addresses]

    @invariant()
    def nothing_broke(self) -> None:
        if hasattr(self, "problems"):
            self.problems += [text for text in self.sim.violations if text.startswith("simulator")]
            assert not self.problems, self.problems

    def teardown(self) -> None:
        """All that was ever asked for last, in one run without a fault; and once more, when nothing is left to do."""
        if not hasattr(self, "roster"):
            return
        self.sim.faults.clear()
        people = [{"email": OWNER}, *(person for email, person in self.roster.items() if email != OWNER)]
        task = self.bulk(people, {"exclusive": True, "max_removals": "100%"})
        for _unused in range(3):
            run = self.run(*task)
            if run.result["rc"] == 0:
                break
            self.by_hand(run)
        assert run.result["rc"] == 0, run.result["msg"]
        self.nothing_broke()
        again = self.run(*task)
        self.nothing_broke()
        assert (again.result["rc"], again.result["changed"], again.result["plan"]) == (0, False, [])

    def by_hand(self, run: Run) -> None:
        """An invitation whose id nobody was told is for an admin to mend, as the message says."""
        for item in run.result["results"]:
            if item["outcome"] == "applied":
                continue
            assert item["error"]["code"] == "conflict", item
            assert self.known.get(item["email"], {}).get("id") is None, item
            if not self.holdings(item["email"]):
                self.known.pop(item["email"], None)
            self.act("delete_invitation" if item["action"] == "cancel" else "accept", email=item["email"])


class Honeycomb(Access):
    service = "honeycomb"
    worlds: ClassVar = {
        "pending_listed": st.booleans(),
        "duplicate_invite": st.sampled_from(("422", "409", "email")),
        "accepted_id": st.sampled_from(("same", "new")),
        "put_unknown": st.sampled_from(("ignore", "error")),
        "odd_ids": st.booleans(),
        "extra_fields": st.booleans(),
    }


class Honeybadger(Access):
    service = "honeybadger"
    worlds: ClassVar = {
        "duplicate_invite": st.sampled_from(("422", "409", "email")),
        "page_size": st.sampled_from((2, 25)),
        "last_page": st.sampled_from(("full", "exact", "empty")),
        "links": st.sampled_from(("absolute", "relative", "strange")),
        "accepted_email": st.sampled_from(("empty", "kept")),
        "accepted_change": st.sampled_from(("422", "404")),
        "invitation_put": st.sampled_from(("204", "200")),
        "error_form": st.sampled_from(("text", "list", "object")),
        "extra_fields": st.booleans(),
        "quota": st.just(0),
    }


def explore(machine: type[Access], ring: Arena, examples: int) -> None:
    machine.ring = ring
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=15,
            deadline=None,
            phases=PHASES,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert machine.runs["rc 0"]
    assert machine.runs["rc 1"]


@pytest.mark.parametrize("machine", [Honeycomb, Honeybadger])
def test_whatever_happens_a_little(ring: Arena, machine: type[Access]) -> None:
    explore(machine, ring, 25)


@pytest.mark.slow
@pytest.mark.hypothesis  # by hand, because its function is not given anything
@pytest.mark.parametrize("machine", [Honeycomb, Honeybadger])
def test_whatever_happens(ring: Arena, machine: type[Access]) -> None:
    explore(machine, ring, 1000)
