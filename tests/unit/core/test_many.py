# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""honeycomb_members and honeybadger_users: one read, exactly the writes needed, and an account of every person."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest

from tests.simulator import Fault, Simulator

from .support import (
    HONEYBADGER,
    HONEYCOMB,
    LONG_AGO,
    OWNER,
    Ask,
    Result,
    Side,
    forget,
    told,
    verbs,
    warnings_of,
)

CONTRACT = True
KEYS = {"changed", "plan", "plan_id", "results", "summary", "follow_up", "api"}
OUTCOMES = ("applied", "failed", "deferred", "not_attempted")
ACTIONS = ("invite", "update", "reinvite", "remove", "cancel")


def people(ask: Ask, side: Side, listed: list[dict[str, Any]], **options: Any) -> Result:
    """Run the bulk module; what must hold of every result that came as far as a read is held."""
    result = ask(side.many, **{side.people: listed}, **options)
    records = {"members", "known_invitations"} if side is HONEYCOMB else {"users", "invitations"}
    assert result.keys() >= KEYS | records
    assert not any("token" in record for record in result.get("invitations", ()))
    counts = Counter(step["action"] for step in result["plan"])
    outcomes = Counter(item["outcome"] for item in result["results"])
    assert result["summary"] == {**{key: counts[key] for key in ACTIONS}, **{key: outcomes[key] for key in OUTCOMES}}
    assert [item["email"] for item in result["results"]] == [step["email"] for step in result["plan"]]
    assert all(step.keys() == {"action", "email", "before", "after", "reason"} for step in result["plan"])
    assert all(item.keys() == {"email", "action", "outcome", "error"} for item in result["results"])
    return result


def prove(ask: Ask, sim: Simulator, side: Side, listed: list[dict[str, Any]], **options: Any) -> Result:
    """Check mode is the real run without its writes; a second run finds nothing to do; requests = lists + writes."""
    before = sim.dump()
    forget(sim)
    planned = people(ask, side, listed, check=True, diff=True, **options)
    leavers = side is HONEYBADGER and any(person.get("state") == "absent" for person in listed)
    losses = side is HONEYBADGER and bool(planned["summary"]["remove"] + planned["summary"]["cancel"])
    looks = side.lists + (leavers or losses)  # the teams are read only where somebody loses access
    looks += side is HONEYCOMB and bool(planned["plan"])  # which team this is, since its plan has an id
    assert verbs(sim) == ["GET"] * looks
    assert sim.dump() == before
    forget(sim)
    done = people(ask, side, listed, diff=True, **options)
    assert told(planned) == told(done)
    writes = len(done["plan"]) + done["summary"]["reinvite"]
    assert len(sim.writes()) == writes == done["api"]["requests"] - looks == len(sim.log) - looks
    mails = list(sim.emails)
    forget(sim)
    known = {"known_invitations": done["known_invitations"]} if options.get("known_invitations") is not None else {}
    again = people(ask, side, listed, diff=True, **{**options, **known})
    assert (again["changed"], again["plan"], verbs(sim)) == (False, [], ["GET"] * (side.lists + leavers))
    sim.emails[:] = mails
    return done


def several(side: Side, sim: Simulator) -> list[dict[str, Any]]:
    """A world and a list with one of everything."""
    for number in range(8):
        side.add(sim, f"stays{number}@example.com")
    side.add(sim, "up@example.com", side.low)
    side.add(sim, "down@example.com", side.high)
    side.add(sim, "Leaves@example.com")
    side.add(sim, "alias@example.com", side.low)
    return [
        {"email": "leaves@example.com", "state": "absent"},
        {"email": "down@example.com", "role": side.low},
        {"email": "alias2@example.com", "aliases": ["ALIAS@example.com"], "role": side.high},
        {"email": "up@example.com", "role": side.high},
        {"email": "new@example.com"},
        {"email": "boss@example.com", "role": side.high},
        {"email": "nobody@example.com", "state": "absent"},
        {"email": "stays1@example.com"},
    ]


def test_one_of_everything(ask: Ask, sim: Simulator, side: Side) -> None:
    done = prove(ask, sim, side, several(side, sim))
    assert [(step["action"], step["email"]) for step in done["plan"]] == [
        ("update", "alias2@example.com"),
        ("invite", "boss@example.com"),
        ("invite", "new@example.com"),
        ("update", "up@example.com"),
        ("remove", "leaves@example.com"),
        ("update", "down@example.com"),
    ]
    assert done["summary"] == {
        **dict.fromkeys(ACTIONS + OUTCOMES, 0),
        "invite": 2,
        "update": 3,
        "remove": 1,
        "applied": 6,
    }
    assert all(item["outcome"] == "applied" and item["error"] is None for item in done["results"])
    for when, lines in {
        "before": [f"up@example.com: {side.low}, active", "new@example.com: absent", "leaves@example.com: M"],
        "after": [
            f"up@example.com: {side.high}, active",
            f"new@example.com: {side.low}, pending",
            "leaves@example.com: a",
        ],
    }.items():
        assert not [line for line in lines if line.lower() not in done["diff"][when].lower()]
        assert done["diff"][when].count("\n") == 6
    stays = {f"stays{number}@example.com": side.low for number in range(8)}
    assert side.active(sim) == {
        **stays,
        "up@example.com": side.high,
        "down@example.com": side.low,
        "alias@example.com": side.high,
    }
    assert side.pending(sim) == {"new@example.com": side.low, "boss@example.com": side.high}
    shown = done["members"] if side is HONEYCOMB else done["users"] + done["invitations"]
    assert {item["email"]: item["role"] for item in shown} == {
        **side.active(sim),
        **side.pending(sim),
        OWNER: side.high,
    }
    assert all(mail.email in ("new@example.com", "boss@example.com") for mail in sim.emails)
    assert len(done["follow_up"]) == 1


@pytest.mark.parametrize("concurrency", [1, 3, 16])
def test_phases_follow_one_another(ask: Ask, sim: Simulator, side: Side, concurrency: int) -> None:
    sim.reset(latency=0.005)
    listed: list[dict[str, Any]] = []
    for number in range(6):
        side.add(sim, f"down{number}@example.com", side.high)
        side.add(sim, f"up{number}@example.com")
        side.add(sim, f"out{number}@example.com")
        listed += [
            {"email": f"out{number}@example.com", "state": "absent"},
            {"email": f"down{number}@example.com", "role": side.low},
            {"email": f"up{number}@example.com", "role": side.high},
            {"email": f"new{number}@example.com"},
        ]
    done = people(ask, side, listed, concurrency=concurrency, max_removals="6")
    role = {side.high: "up", side.low: "down"}
    order = []
    for entry in sim.writes():
        body = entry.body or {}
        order.append(role[body.get("user", body)["role"]] if entry.method == "PUT" else entry.method)
    assert Counter(order[:12]) == {"POST": 6, "up": 6}
    assert order[12:] == ["DELETE"] * 6 + ["down"] * 6
    assert len(sim.log) == side.lists + 1 + 24
    assert len({entry.connection for entry in sim.log}) <= max(concurrency, 1)
    assert done["summary"]["applied"] == 24


def test_many_people_cost_lists_and_writes(ask: Ask, sim: Simulator, side: Side) -> None:
    sim.reset(people=60, page_size=200)
    sim.configure(quota=1000)
    done = prove(ask, sim, side, [{"email": f"new{number}@example.com"} for number in range(120)], concurrency=8)
    assert done["summary"]["applied"] == 120
    assert len({mail.email for mail in sim.emails}) == len(sim.emails) == 120


# Failures


def test_a_failure_for_one_stops_nobody_else(ask: Ask, sim: Simulator, side: Side) -> None:
    listed = several(side, sim)
    sim.fail(Fault("status", method="POST", status=400, body={"errors": "No such address", "error": "No such address"}))
    sim.fail(Fault("status", method="DELETE", status=403))
    failed = people(ask, side, listed, fails="partial_failure", concurrency=1)
    outcomes = {item["email"]: item for item in failed["results"]}
    assert outcomes["boss@example.com"]["outcome"] == outcomes["leaves@example.com"]["outcome"] == "failed"
    assert outcomes["boss@example.com"]["error"]["code"] == "validation"
    assert "No such address" in outcomes["boss@example.com"]["error"]["detail"]
    assert outcomes["leaves@example.com"]["error"]["code"] == "forbidden"
    assert failed["summary"] | {"applied": 4, "failed": 2} == failed["summary"]
    assert (failed["changed"], failed["follow_up"]) == (True, [])
    assert failed["error"]["detail"] != ""
    for failure in ("invite of boss@example.com: ", "remove of leaves@example.com: "):
        assert failure in failed["msg"]  # each, not only the first
    assert (len(failed["plan"]), len(sim.log) - side.lists - 1) == (6, 6)
    shown = failed["members"] if side is HONEYCOMB else failed["users"] + failed["invitations"]
    assert {item["email"]: item["role"] for item in shown} == {
        **side.active(sim),
        **side.pending(sim),
        OWNER: side.high,
    }
    forget(sim)
    rest = people(ask, side, listed)
    assert [step["email"] for step in rest["plan"]] == ["boss@example.com", "leaves@example.com"]


def test_a_list_that_cannot_be_read(ask: Ask, sim: Simulator, side: Side) -> None:
    sim.fail(Fault("status", method="GET", status=500, times=0))
    failed = people(ask, side, [{"email": "new@example.com"}], fails="server_error")
    assert (failed["changed"], failed["plan"], failed["results"], sim.writes()) == (False, [], [], [])
    failed = ask(side.one, email="new@example.com", fails="server_error")
    assert (failed["changed"], failed["action"], failed["status"]) == (False, "none", None)


def test_what_a_limit_leaves_undone_is_not_attempted(ask: Ask, sim: Simulator, side: Side) -> None:
    limit: Result = {"status": 429} if side is HONEYCOMB else {"status": 403, "headers": {"X-RateLimit-Remaining": "0"}}
    sim.fail(Fault("status", method="POST", after=2, times=0, retry_after=3600, **limit))
    listed = [{"email": f"{number}@example.com"} for number in range(6)]
    failed = people(ask, side, listed, fails="partial_failure", concurrency=1)
    assert failed["summary"]["applied"] == 2
    assert failed["summary"]["failed"] + failed["summary"]["not_attempted"] == 4
    errors = [item["error"] for item in failed["results"] if item["error"]]
    assert {error["code"] for error in errors} == {"rate_limited"}
    assert len(sim.emails) == 2
    assert "3600 s" in errors[0]["hint"]
    sim.faults.clear()
    assert people(ask, side, listed)["summary"]["invite"] == 4


# max_changes, expected_plan_id


def test_slices(ask: Ask, sim: Simulator, side: Side) -> None:
    listed = several(side, sim)
    whole = people(ask, side, listed, check=True)["plan"]
    done: list[tuple[str, str]] = []
    for left in (6, 4, 2, 0):
        forget(sim)
        planned = people(ask, side, listed, max_changes=2, check=True)
        run = people(ask, side, listed, max_changes=2)
        assert told(planned) == told(run)
        assert (len(run["plan"]), run["summary"]["applied"], run["summary"]["deferred"]) == (
            left,
            min(left, 2),
            max(left - 2, 0),
        )
        assert len(sim.writes()) == min(left, 2)
        done += [(item["action"], item["email"]) for item in run["results"] if item["outcome"] == "applied"]
    assert done == [(step["action"], step["email"]) for step in whole]
    none = people(ask, side, [{"email": "more@example.com"}], max_changes=0)
    assert (none["changed"], none["summary"]["deferred"]) == (False, 1)


def test_an_approved_plan(ask: Ask, sim: Simulator, side: Side) -> None:
    listed = several(side, sim)
    approved = people(ask, side, listed, check=True)["plan_id"]
    assert re.fullmatch("[0-9a-f]{16}", approved)
    assert people(ask, side, listed[::-1], check=True, expected_plan_id=approved)["plan_id"] == approved
    for check in (True, False):
        failed = people(ask, side, listed, check=check, expected_plan_id="0123456789abcdef", fails="plan_changed")
        assert (failed["changed"], failed["plan_id"], len(failed["plan"])) == (False, approved, 6)
        assert failed["summary"]["not_attempted"] == 6
    assert len(people(ask, side, listed, expected_plan_id="1" * 5000, fails="plan_changed")["msg"]) < 300
    side.add(sim, "new@example.com")
    people(ask, side, listed, expected_plan_id=approved, fails="plan_changed")
    assert sim.writes() == []
    getattr(sim, side.service).remove("new@example.com")
    assert people(ask, side, listed, expected_plan_id=approved)["plan_id"] == approved


def test_plan_ids_differ_with_what_they_do(ask: Ask, sim: Simulator, side: Side) -> None:
    side.add(sim, "ada@example.com")
    lists: list[list[dict[str, Any]]] = [
        [],
        [{"email": "bob@example.com"}],
        [{"email": "bob@example.com", "role": side.high}],
        [{"email": "eve@example.com"}],
        [{"email": "ada@example.com", "role": side.high}],
        [{"email": "ada@example.com", "state": "absent"}],
        [{"email": "ada@example.com", "state": "absent"}, {"email": "bob@example.com"}],
    ]
    ids = [people(ask, side, listed, check=True)["plan_id"] for listed in lists]
    assert len(set(ids)) == len(lists)


# exclusive, and the guards as a user meets them


def test_exclusive(ask: Ask, sim: Simulator, side: Side) -> None:
    for name in ("ada", "bob", "eve"):
        side.add(sim, f"{name}@example.com")
    listed: list[Result] = [{"email": OWNER}, {"email": "a@b.c", "aliases": ["ADA@example.com"]}]
    listed.append({"email": "new@example.com"})
    assert people(ask, side, listed)["summary"]["remove"] == 0
    side.add(sim, "robot@example.com")
    getattr(sim, side.service).remove("eve@example.com")
    done = prove(ask, sim, side, listed, exclusive=True, ignore=["ROBOT@example.com "], max_removals="1")
    assert [(step["action"], step["email"]) for step in done["plan"]] == [("remove", "bob@example.com")]
    assert "exclusive" in done["plan"][0]["reason"]
    assert side.active(sim).keys() == {"ada@example.com", "robot@example.com"}


def test_each_reason_ends_with_where_it_is_from(ask: Ask, sim: Simulator, side: Side) -> None:
    for name in ("ada", "eve", "kim"):
        side.add(sim, f"{name}@example.com")
    listed: list[dict[str, Any]] = [
        {"email": OWNER},
        {"email": "ada@example.com", "role": side.high, "because": "group platform"},
        {"email": "eve@example.com", "state": "absent", "because": "until 2027-01-31\n"},
        {"email": "new@example.com", "because": "groups platform, support"},
    ]
    reasons = {"KIM@example.com": "left group Platform", "nobody@example.com": "not in the directory"}
    done = ask(side.many, **{side.people: listed}, check=True, exclusive=True, reasons=reasons, max_removals="2")
    told = {
        step["email"].partition("@")[0]: (step["reason"].rpartition(": ")[2], step["because"]) for step in done["plan"]
    }
    assert told == {
        "ada": ("group platform", "group platform"),
        "eve": ("until 2027-01-31", "until 2027-01-31"),
        "kim": ("left group Platform", "left group Platform"),
        "new": ("groups platform, support", "groups platform, support"),
    }
    listed[1]["because"] = "group other"
    again = ask(side.many, **{side.people: listed}, check=True, exclusive=True, max_removals="2")
    assert again["plan_id"] == done["plan_id"]


def test_exclusive_cancels_invitations(ask: Ask, sim: Simulator) -> None:
    for name in ("ada", "bob", "eve", "kim"):
        sim.honeybadger.add_invitation(f"{name}@example.com")
    sim.honeybadger.accept("kim@example.com", accepting="kim@home.example")
    listed: list[dict[str, Any]] = [{"email": OWNER}, {"email": "bob@example.com"}, {"email": "kim@home.example"}]
    done = prove(ask, sim, HONEYBADGER, listed, exclusive=True, ignore=["eve@example.com"])
    assert [(step["action"], step["email"]) for step in done["plan"]] == [("cancel", "ada@example.com")]
    assert HONEYBADGER.pending(sim).keys() == {"bob@example.com", "eve@example.com"}


def test_exclusive_cancels_known_invitations(ask: Ask, sim: Simulator) -> None:
    sim.reset(pending_listed=False)
    invited = people(ask, HONEYCOMB, [{"email": "ada@example.com"}, {"email": "bob@example.com"}], known_invitations={})
    listed = [{"email": OWNER}, {"email": "bob@example.com"}]
    done = prove(ask, sim, HONEYCOMB, listed, exclusive=True, known_invitations=invited["known_invitations"])
    assert (done["summary"]["cancel"], done["known_invitations"].keys()) == (1, {"bob@example.com"})
    assert HONEYCOMB.pending(sim).keys() == {"bob@example.com"}
    assert warnings_of(done) == []
    (warning,) = warnings_of(people(ask, HONEYCOMB, listed[:1], exclusive=True))
    assert "known_invitations" in warning


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ({"max_removals": 0}, "guard_refused", ["max_removals", "1 person", "the maximum is 0"]),
        (
            {"exclusive": True, "max_removals": "20%"},
            "guard_refused",
            ["max_removals", "9 people", "the maximum is 2", "20%"],
        ),
        ({"protected": ["DOWN@example.com"]}, "guard_refused", ["protected", "down@example.com"]),
        ({"protected": ["leaves@example.com"]}, "guard_refused", ["protected", "leaves@example.com"]),
        ({"min": 4}, "guard_refused", ["min_", "3 of 4 accepted", "the minimum is 4"]),
    ],
)
def test_guards(ask: Ask, sim: Simulator, side: Side, options: dict[str, Any], code: str, words: list[str]) -> None:
    listed = several(side, sim)
    if "min" in options:
        options = {side.keepers: options["min"]}
        side.add(sim, "third@example.com", side.high)
        side.add(sim, "fourth@example.com", side.high)
        listed = [{"email": "down@example.com", "role": side.low}]
    for check in (True, False):
        failed = people(ask, side, listed, check=check, fails=code, **options)
        assert not [word for word in words if word not in failed["msg"]]
        assert failed["plan"] != []
        assert failed["summary"]["not_attempted"] == len(failed["plan"])
        assert (failed["changed"], failed["follow_up"]) == (False, [])
    assert sim.writes() == []


def test_guards_let_pass(ask: Ask, sim: Simulator, side: Side) -> None:
    listed = several(side, sim)
    rest: dict[str, Any] = {"max_removals": 1, side.keepers: 3, "protected": ["up@example.com", "new@example.com"]}
    assert prove(ask, sim, side, listed, **rest)["summary"]["applied"] == 6


@pytest.mark.parametrize("pending", [False, True])
def test_the_last_admin_needs_an_accepted_heir(ask: Ask, sim: Simulator, side: Side, pending: bool) -> None:
    sim.reset(pending_listed=False)
    if not pending:
        side.add(sim, "ada@example.com")
    listed = [{"email": "ada@example.com", "role": side.high}, {"email": OWNER, "role": side.low}]
    if pending:
        failed = people(ask, side, listed, fails="guard_refused")
        assert side.keepers in failed["msg"]
        assert sim.writes() == []
        assert people(ask, side, listed, **{side.keepers: 0})["changed"] is True
    else:
        assert prove(ask, sim, side, listed)["summary"]["update"] == 2


def test_failures_with_the_same_reason_are_told_together(ask: Ask, sim: Simulator, side: Side) -> None:
    gone = [f"gone{number}@example.com" for number in range(3)]
    for email in gone:
        side.add(sim, email)
    sim.fail(Fault("status", method="DELETE", status=403, times=0))
    leavers = [{"email": email, "state": "absent"} for email in gone]
    failed = people(ask, side, leavers, fails="partial_failure", max_removals=3)
    assert f"{', '.join(f'remove of {email}' for email in gone)}: " in failed["msg"]
    assert all(failed["msg"].count(email) == 1 for email in gone)


@pytest.mark.parametrize("last", [{"role": "low"}, {"state": "absent"}])
def test_a_failed_promotion_keeps_the_last_admin(ask: Ask, sim: Simulator, side: Side, last: dict[str, str]) -> None:
    last = {key: side.low if value == "low" else value for key, value in last.items()}
    side.add(sim, "ada@example.com")
    side.add(sim, "bob@example.com", side.high)
    listed = [
        {"email": "ada@example.com", "role": side.high},
        {"email": OWNER, **last},
        {"email": "bob@example.com", "role": side.low},
        {"email": "new@example.com"},
    ]
    sim.fail(Fault("status", method="PUT", status=500, nth=1))
    failed = people(ask, side, listed, fails="partial_failure", concurrency=1, max_removals=1)
    outcomes = {item["email"]: (item["outcome"], (item["error"] or {}).get("code")) for item in failed["results"]}
    assert outcomes["ada@example.com"] == ("failed", "server_error")
    assert outcomes["new@example.com"] == ("applied", None)
    held = [email for email, outcome in outcomes.items() if outcome == ("not_attempted", "guard_refused")]
    assert held
    owner = {OWNER: side.high} if OWNER in held else {}
    assert side.high in {**side.active(sim), **owner}.values()
    assert people(ask, side, listed, max_removals=1)["rc"] == 0
    assert list(side.active(sim).values()).count(side.high) == 1


# What is refused before anything is read

REFUSED: dict[str, tuple[list[dict[str, Any]], dict[str, Any], str]] = {
    "empty and exclusive": ([], {"exclusive": True}, "guard_refused"),
    "twice": ([{"email": "a@b.c"}, {"email": " A@b.c"}], {}, "validation"),
    "twice by alias": ([{"email": "a@b.c"}, {"email": "d@e.f", "aliases": ["A@B.c"]}], {}, "validation"),
    "twice by aliases": ([{"email": "a@b.c", "aliases": ["x@y.z"]}, {"email": "d@e.f", "aliases": ["x@y.z"]}], {}, "validation"),
    "role": ([{"email": "a@b.c", "role": "king"}], {}, "validation"),
    "address": ([{"email": "a@b.c"}, {"email": "no@bo@dy"}], {}, "validation"),
    "alias": ([{"email": "a@b.c", "aliases": ["no body@b.c"]}], {}, "validation"),
    "no address": ([{"role": "admin"}], {}, "validation"),
    "state": ([{"email": "a@b.c", "state": "gone"}], {}, "validation"),
    "limit text": ([{"email": "a@b.c"}], {"max_removals": "many"}, "validation"),
    "limit negative": ([{"email": "a@b.c"}], {"max_removals": "-1"}, "validation"),
    "limit share": ([{"email": "a@b.c"}], {"max_removals": "101%"}, "validation"),
    "protected": ([{"email": "a@b.c"}], {"protected": [" "]}, "validation"),
    "ignore": ([{"email": "a@b.c"}], {"ignore": ["a@b@c"]}, "validation"),
    "changes": ([{"email": "a@b.c"}], {"max_changes": -1}, "validation"),
    "concurrency": ([{"email": "a@b.c"}], {"concurrency": 0}, "validation"),
    "age": ([{"email": "a@b.c"}], {"reinvite_after": -0.5}, "validation"),
    "keepers": ([{"email": "a@b.c"}], {"keepers": -1}, "validation"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused_at_once(ask: Ask, sim: Simulator, side: Side, case: str) -> None:
    listed, options, code = REFUSED[case]
    if "keepers" in options:
        options = {side.keepers: options["keepers"]}
    failed = ask(side.many, **{side.people: listed}, **options, fails=code)
    assert (failed.get("changed", False), sim.log) == (False, [])
    by_ansible = case in ("role", "state", "no address")  # from the argument spec, before anything of ours runs
    assert by_ansible or failed.keys() >= KEYS


def test_two_people_who_are_one(ask: Ask, sim: Simulator) -> None:
    sim.configure(accepted_email="kept")
    for email in ("ada@example.com", "ada@old.example"):
        sim.honeybadger.add_invitation(email)
        sim.honeybadger.accept(email, accepting="ada@home.example")
    listed = [{"email": "ada@example.com"}, {"email": "ada@old.example", "state": "absent"}]
    failed = people(ask, HONEYBADGER, listed, fails="validation")
    assert "ada@home.example" in failed["msg"]
    assert sim.writes() == []


# known_invitations and reinvite_after


def test_known_invitations_of_many(ask: Ask, sim: Simulator) -> None:
    sim.reset(pending_listed=False)
    listed = [{"email": f"{number}@example.com"} for number in range(4)]
    first = people(ask, HONEYCOMB, listed, known_invitations={})
    known = first["known_invitations"]
    assert {email: item["id"] for email, item in known.items()} == {
        member.email: member.id for member in sim.honeycomb.members if not member.accepted
    }
    assert warnings_of(first) == []
    sim.honeycomb.accept("0@example.com")
    sim.honeycomb.accept("1@example.com", accepting="one@example.com")
    forget(sim)
    again = people(ask, HONEYCOMB, listed, known_invitations=known)
    assert (again["plan"], verbs(sim)) == ([], ["GET"])
    assert again["known_invitations"].keys() == {"1@example.com", "2@example.com", "3@example.com"}
    assert {item["email"] for item in again["members"]} >= {"one@example.com", "2@example.com"}
    listed[2]["role"], listed[3]["state"] = "admin", "absent"
    last = prove(ask, sim, HONEYCOMB, listed, known_invitations=again["known_invitations"])
    assert (last["summary"]["update"], last["summary"]["cancel"], last["follow_up"]) == (1, 1, [])
    assert last["known_invitations"]["2@example.com"]["role"] == "admin"
    assert sim.emails == []
    assert HONEYCOMB.pending(sim) == {"2@example.com": "admin"}


def test_without_a_record_many_are_warned_of(ask: Ask, sim: Simulator) -> None:
    done = people(ask, HONEYCOMB, [{"email": f"{number}@example.com"} for number in range(5)])
    (warning,) = warnings_of(done)
    assert "and 2 more" in warning
    assert warnings_of(people(ask, HONEYCOMB, [{"email": "0@example.com"}])) == []


def test_reinvite_many(ask: Ask, sim: Simulator) -> None:
    sim.honeybadger.add_invitation("old@example.com", "Admin", [3], created_at=LONG_AGO)
    sim.honeybadger.add_invitation("young@example.com")
    sim.honeybadger.add_invitation("other@example.com", created_at=LONG_AGO)
    sim.honeybadger.add_invitation("leaves@example.com", created_at=LONG_AGO)
    sim.honeybadger.add_invitation("ignored@example.com", created_at=LONG_AGO)
    listed = [{"email": f"{name}@example.com"} for name in ("old", "young", "ignored")]
    listed.append({"email": "leaves@example.com", "state": "absent"})
    done = prove(ask, sim, HONEYBADGER, listed, reinvite_after=14, ignore=["ignored@example.com"])
    assert [(step["action"], step["email"]) for step in done["plan"]] == [
        ("reinvite", "old@example.com"),
        ("cancel", "leaves@example.com"),
    ]
    assert [mail.email for mail in sim.emails] == ["old@example.com"]
    (new,) = (item for item in done["invitations"] if item["email"] == "old@example.com")
    assert (new["role"], new["team_ids"]) == ("Admin", [3])


def test_teams_of_many(ask: Ask, sim: Simulator) -> None:
    sim.honeybadger.add("user@example.com")
    sim.honeybadger.add_invitation("pending@example.com", "Member", [3])
    sim.honeybadger.add_invitation("left@example.com", "Member", [3])
    listed: list[dict[str, Any]] = [
        {"email": "user@example.com", "team_ids": [7]},
        {"email": "pending@example.com", "team_ids": []},
        {"email": "left@example.com"},
        {"email": "new@example.com", "team_ids": [11, 3]},
    ]
    done = prove(ask, sim, HONEYBADGER, listed)
    assert [(step["action"], step["email"]) for step in done["plan"]] == [
        ("invite", "new@example.com"),
        ("update", "pending@example.com"),
    ]
    assert {item["email"]: item["team_ids"] for item in done["invitations"]} == {
        "pending@example.com": [],
        "left@example.com": [3],
        "new@example.com": [3, 11],
    }
