# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""People and other runs act at every point of a run: in the end it is as declared, or the run says clearly that it is not."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any
from unittest import mock

import pytest
import requests

from tests.modules import options_for
from tests.quick import quick_first
from tests.simulator import Simulator
from tests.simulator.people import people

from .cells import Arena
from .judge import Run, manners, state_of, unmet
from .scenarios import SCENARIOS, Scenario
from .stage import BULK, perform
from .subprocesses import Job

ROLES = {"honeycomb": ("member", "admin"), "honeybadger": ("Member", "Admin")}
TITLES = [
    title
    for title, one in SCENARIOS.items()
    if one.changes and one.people and not one.events and not title.endswith(("second 409)", "second email)"))
]
VARIANTS = (
    "mix",
    "leave",
    "many pages",
    "members: exclusive",
    "users: exclusive",
    "another known",
    "honeybadger_invitation",
)
RACING = quick_first([title for title in TITLES if not any(part in title for part in VARIANTS)], TITLES)


def acts(scenario: Scenario) -> Iterator[dict[str, Any]]:
    """Everything that somebody else may do to the people of a task."""
    for person in scenario.people:
        who = {"service": scenario.service, "email": person["email"]}
        for do in ("accept", "remove", "delete_invitation"):
            yield {"do": do, **who}
        for role in ROLES[scenario.service]:
            yield {"do": "role", "role": role, **who}
        yield {"do": "invite", **who}
        yield {"do": "add", **who}
        if "verify" in scenario.options:
            yield from acts_beside(scenario, who)


def acts_beside(scenario: Scenario, who: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What somebody else may do to what comes with access. A run that is not to verify cannot see what comes late."""
    if scenario.service == "honeycomb":
        name = who["email"].partition("@")[0]
        yield {"do": "add_key", **who, "kind": "ingest", "name": "late"}
        for do, key in (("disable_key", "ik"), ("delete_key", "ik"), ("delete_key", "lk"), ("enable_key", "lk")):
            yield {"do": do, "service": "honeycomb", "key": f"hcx{key}_{name}", **who}
        return
    for team in (3, 11):
        for do in ("accept_team", "leave_team", "delete_team_invitation", "invite_to_team", "add_member"):
            yield {"do": do, "team_id": team, **who}


def worlds(scenario: Scenario) -> Iterator[dict[str, Any]]:
    """A second invitation is refused: otherwise nobody could keep one from going out when two invite at once.

    An accepted invitation is refused as well. Where the service deletes or changes one with 204 as if it were pending,
    only a further request could tell, and that might come too late as well: the documented limit.
    """
    name, choices = {
        "honeycomb": ("accepted_id", ("same", "new")),
        "honeybadger": ("accepted_change", ("422", "404")),
    }[scenario.service]
    for again, accepted in zip(("422", "409"), choices, strict=True):
        yield {**scenario.settings, "duplicate_invite": again, name: accepted}


def doing(sim: Simulator, order: dict[str, Any], done: list[int]) -> Any:
    """What makes sense of an order: nobody invites or adds whom they see."""

    def act() -> None:
        there = {holding.email for holding in state_of(sim, order["service"])}
        teams = {(holding.email, *(holding.team_ids or ())) for holding in state_of(sim, "teams")}
        if order["do"] in ("invite", "add") and order["email"] in there:
            return
        if order["do"] in ("invite_to_team", "add_member") and (order["email"], order["team_id"]) in teams:
            return
        with contextlib.suppress(LookupError):
            sim.act(order)
            done.append(len(sim.log))

    return act


def written_after(run: Run, email: str, event: int) -> bool:
    """Whether the run changed something of this person after so many requests, or was told that it could not."""
    kinds = {"m": "team_memberships", "u": "users", "i": "invitations"}
    if "verify" in run.options:
        kinds |= {"tm": "team_members", "ti": "team_invitations", "k": "api-keys"}
    there = [holding.key for state in run.whole for holding in state if holding.email == email]
    theirs = {f"/{kinds[kind]}/{identity}" for kind, identity in there if kind in kinds}
    for entry in run.log[event:]:
        body = entry.body if isinstance(entry.body, dict) else {}
        about = body.get("invitation", body).get("email", "").lower() == email
        if entry.method != "GET" and (about or entry.path.endswith(tuple(theirs))):
            return True
    return False


def wrong(scenario: Scenario, run: Run, email: str, event: int, sim: Simulator) -> list[str]:
    """A success that is none, an invitation too many, or a state from which the next runs do not recover."""
    problems = manners(run, sim.secrets)
    if run.result["rc"] == 0 and written_after(run, email, event):
        problems += [f"a success, but {text}" for text in unmet(run, scenario.people)]
    sent = [str(entry.body) for entry in run.log if entry.method == "POST" and entry.changed]
    if len(sent) > len(set(sent)):
        problems.append("the same invitation went out twice")
    options = dict(scenario.options)
    for _unused in range(2):  # what came too late for the first of them is there for the second
        options.update({key: run.result[key] for key in ("known_invitations",) if key in run.result})
        run = perform(sim, scenario.module, options)
    if run.result["rc"] != 0:
        problems.append(f"the runs after it fail: {run.result['msg']}")
    return problems + [f"the runs after it leave that {text}" for text in unmet(run, scenario.people)]


@pytest.mark.parametrize("title", RACING)
def test_somebody_else_is_faster(ring: Arena, title: str) -> None:
    """One act of somebody else before each request of a run."""
    sim, broken, count = ring.sim, [], 0
    for settings in worlds(SCENARIOS[title]):
        scenario = replace(SCENARIOS[title], name=f"{SCENARIOS[title].name}, {settings}", settings=settings)
        for place in ring.model(scenario)[2]:
            for order in acts(scenario):
                sim.reset(**settings)
                scenario.prepare(sim)
                done: list[int] = []
                act = doing(sim, order, done)
                sim.fail(place.hit("action_before", scenario.service, "once", action=act))
                run = perform(sim, scenario.module, scenario.options)
                sim.faults.clear()
                if done:
                    count += 1
                    where = f"{order} before {place.method} {place.path} ({place.nth}) with {settings}"
                    broken += [f"{where}: {text}" for text in wrong(scenario, run, order["email"], done[0], sim)]
    assert count
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("title", RACING)
def test_the_same_task_runs_inside_of_itself(ring: Arena, title: str) -> None:
    """A second run of the same task, from its start to its end, before each request of the first."""
    sim, broken = ring.sim, []
    for settings in worlds(SCENARIOS[title]):
        scenario = replace(SCENARIOS[title], name=f"{SCENARIOS[title].name}, {settings}", settings=settings)
        for place in ring.model(scenario)[2]:
            sim.reset(**settings)
            scenario.prepare(sim)
            inner: list[Run] = []
            with meanwhile(place.number, partial(within, inner, sim, scenario)):
                outer = perform(sim, scenario.module, scenario.options, wired=False)
            where = f"before {place.method} {place.path} ({place.nth}) with {settings}"
            problems = manners(inner[0], sim.secrets) + wrong(scenario, outer, "", 0, sim)
            if inner[0].result["rc"] != 0:
                problems.append(f"the one in the middle failed: {inner[0].result['msg']}")
            if outer.result["rc"] == 0:
                problems += [f"two successes, but {text}" for text in unmet(outer, scenario.people)]
            if any(len(sim.emails_to(person["email"])) > 1 for person in scenario.people):
                problems.append(f"more than one e-mail: {sim.emails}")
            broken += [f"{where}: {text}" for text in problems]
    assert not broken, "\n".join(broken)


def within(runs: list[Run], sim: Simulator, scenario: Scenario) -> None:
    runs.append(perform(sim, scenario.module, scenario.options, wired=False))


@contextlib.contextmanager
def meanwhile(number: int, act: Callable[[], object]) -> Iterator[None]:
    """Do something in this process before a request is sent, once."""
    direct, count = requests.Session.request, itertools.count(1)

    def request(session: requests.Session, *rest: Any, **more: Any) -> requests.Response:
        if next(count) == number:
            act()
        return direct(session, *rest, **more)

    with mock.patch.object(requests.Session, "request", request):
        yield


@pytest.mark.parametrize("service", ["honeycomb", "honeybadger"])
def test_two_processes_at_once(ring: Arena, service: str) -> None:
    """Both want the same of thirty people; what each says of itself is true, and the service is as declared."""
    sim = ring.sim
    module, key = BULK[service]
    for again in ("422", "409"):
        sim.reset(people=20, latency=0.005, duplicate_invite=again, quota=0)
        new = [{"email": f"new{number}@example.com"} for number in range(15)]
        leaving = [{"email": one.email, "state": "absent"} for one in people(sim.settings.seed, 15)]
        raised = [
            {"email": one.email, "role": ROLES[service][1]}
            for one in itertools.islice(people(sim.settings.seed, 20), 15, 20)
        ]
        options = options_for(sim, module, **{key: [*new, *leaving, *raised]}, max_removals="100%", max_wait=30)
        jobs = [Job(module, options) for _unused in range(2)]
        results = [job.result() or {} for job in jobs]
        for result in results:
            for item in result["results"]:
                assert item["outcome"] == "applied" or item["error"]["code"] == "conflict", item
        scenario = Scenario("", module, {key: options[key]})
        last = perform(sim, module, {key: options[key], "max_removals": "100%"})
        assert (last.result["rc"], last.result["changed"]) == (0, False)
        assert unmet(last, scenario.people) == []
        assert [mail.email for mail in sim.emails] == list(dict.fromkeys(mail.email for mail in sim.emails))
        made = [entry for entry in sim.log if entry.method != "GET" and entry.changed]
        assert len(made) >= len(options[key])
