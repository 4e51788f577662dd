# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The figures as a table, targets, a page and a plot."""

from __future__ import annotations

import importlib
import json
import math
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench import hosts, role
from tests.bench.cases import STATES

Figures = dict[str, Any]
COLOURS = {"bare": "#8c8c8c", "bulk": "#0072b2", "single": "#e69f00", "uri": "#d55e00"}
COLUMNS = ["People", "Case", "uri ÷ bulk", "single ÷ bulk", "net ÷ bare"]
WAYS = ("ping", "bare", "debug", "modules", "playbook", "report")  # of reaching many hosts
COLUMNS += ["bare, s", "bulk, s", "net, s", "single, s", "uri, s", "bulk, requests"]


def rows(*lines: list[str]) -> str:
    """A Markdown table; the columns after the second hold figures."""
    head, *body = lines
    rule = ["---" if number < 2 else "---:" for number in range(len(head))]
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, rule, *body])


def compared(case: Figures, start: float) -> list[str]:
    """One line of the table, ratios first."""
    peers = case["peers"]
    median = {name: peer["median"] for name, peer in peers.items()}
    shown = {name: f"{peer['median']:.2f}" + ("*" if len(peer["all"]) == 1 else "") for name, peer in peers.items()}
    net = median["bulk"] - start
    ratios = [f"{median[name] / median['bulk']:.1f}" if name in median else "" for name in ("uri", "single")]
    times = [shown["bare"], shown["bulk"], f"{net:.2f}", shown.get("single", ""), shown.get("uri", "")]
    requests = f"{peers['bulk']['requests']:,}"
    return [f"{case['people']:,}", STATES[case["state"]], *ratios, f"{net / median['bare']:.2f}", *times, requests]


def targets(figures: Figures) -> list[tuple[bool, str, str]]:
    """Whether it is met, the target, what was measured; only where that was measured which the target is about."""
    found = []
    for case in figures["cases"]:
        if (case["people"], case["state"]) == (1000, "new"):
            bare, bulk, uri = (case["peers"][name]["median"] for name in ("bare", "bulk", "uri"))
            most = 1.15 * bare + figures["ansible_start"]["median"]
            text = "1,000 all new: at most 1.15 times the bare script, plus Ansible's start"
            found.append((bulk <= most, text, f"{bulk:.2f} s of {most:.2f} s"))
            found.append((uri >= 40 * bulk, "1,000 all new: 40 times as fast as uri", f"{uri / bulk:.1f} times"))
    for at in figures["hosts"]["compared"]:
        found += list(of_hosts(at))
    through = figures["role"]
    most = role.MOST * through["bare"] + through["start"]
    text = f"{through['people']:,} all new, through the role: at most {role.MOST} times the bare script, plus Ansible's start"
    found.append((through["role"] <= most, text, f"{through['role']:.2f} s of {most:.2f} s"))
    event = figures["hosts"]["event"]
    text = f"{event['people']:,} people, 10 % drift: no event above {hosts.LARGEST:,} bytes"
    found.append((event["bytes"] < hosts.LARGEST, text, f"{event['bytes']:,} bytes"))
    own = figures["own"]
    if own["people"] == 10_000:
        cpu, memory = own["cpu"]["median"], own["memory"]["median"]
        found.append((own["requests"] == 1, "10,000 and nothing to do: one request", str(own["requests"])))
        found.append((cpu < 2, "10,000 and nothing to do: less than 2 s of its own", f"{cpu:.2f} s"))
        found.append((memory < 200, "10,000 and nothing to do: less than 200 MB", f"{memory:.0f} MB"))
    exact = all(
        case["peers"]["bulk"]["requests"] == 1 + bool(case["writes"]) + case["writes"] for case in figures["cases"]
    )
    found.append(
        (
            exact,
            "bulk: one list, the writes needed with the name of their team, and no other request",
            "so in each case" if exact else "not so",
        )
    )
    asked, capacity = 1000 * figures["threads"] / figures["latency_ms"], figures["capacity"]["median"]
    text = f"the simulator is no bottleneck: three times the {asked:.0f} requests a second asked of it"
    return [*found, (capacity >= 3 * asked, text, f"{capacity:,.0f} requests a second")]


def of_hosts(at: Figures) -> Iterator[tuple[bool, str, str]]:
    """The targets for so many hosts."""
    if at["hosts"] == 1:
        above = at["playbook"] - at["ping"]
        yield (
            above <= hosts.MOST_OF_ONE,
            f"one host: the playbook at most {hosts.MOST_OF_ONE} s above a play with one ping",
            f"{above:.2f} s",
        )
        return
    for way in ("playbook", "report"):
        ratio = at[way] / at["modules"]
        name = "the playbook" if way == "playbook" else "the report"
        yield (
            ratio <= hosts.MOST,
            f"{at['hosts']} hosts: {name} at most {hosts.MOST} times the two modules alone",
            f"{ratio:.2f} times",
        )


def many(compared: list[Figures]) -> str:
    """The table of hosts: seconds, seconds of processors in brackets, and ratios."""

    def ratio(at: Figures, way: str, of: str) -> str:
        return f"{at[way] / at[of]:.2f}" if way in at and of in at else ""

    return rows(
        [
            "Hosts",
            "People of each",
            *(f"{way}, s" for way in WAYS),
            "playbook ÷ modules",
            "report ÷ modules",
            "playbook ÷ bare",
        ],
        *(
            [
                str(at["hosts"]),
                str(at["people"]),
                *(f"{at[way]:.2f} ({at['cpu'][way]:.1f})" if way in at else "" for way in WAYS),
                ratio(at, "playbook", "modules"),
                ratio(at, "report", "modules"),
                ratio(at, "playbook", "bare"),
            ]
            for at in compared
        ),
    )


def exponent(plans: dict[int, float]) -> float:
    """The slope of the logarithms: 1 where ten times the people take ten times as long."""
    return statistics.linear_regression([math.log(size) for size in plans], [math.log(s) for s in plans.values()]).slope


def page(figures: Figures) -> str:
    plans = {int(size): seconds for size, seconds in figures["plans"].items()}
    start = figures["ansible_start"]["median"]
    above = figures["role"]["role"] - figures["role"]["start"]
    judged = ([("met" if met else "**missed**"), text, measured] for met, text, measured in targets(figures))
    texts = {
        "table": rows(COLUMNS, *(compared(case, start) for case in figures["cases"])),
        "targets": rows(["", "Target", "Measured"], *judged),
        "many": many(figures["hosts"]["compared"]),
        "above": f"{above:.2f}",
        "times": above / figures["role"]["bare"],
        "repeats": len(figures["ansible_start"]["all"]),
        "plans": ", ".join(f"{1000 * seconds:,.0f} ms for {size:,}" for size, seconds in plans.items()),
        "exponent": exponent(plans),
        "machine": ", ".join(figures["machine"].values()),
    }
    return (Path(__file__).parent / "page.md").read_text().format_map({**figures, **texts})


def plot(figures: Figures, target: Path) -> None:
    pyplot: Any = importlib.import_module("matplotlib.pyplot")  # not installed for tests and linters
    picture, (left, right) = pyplot.subplots(1, 2, figsize=(12, 6), width_ratios=(2, 1), layout="constrained")
    cases = figures["cases"]
    for number, (name, colour) in enumerate(COLOURS.items()):
        at = {
            row + 0.2 * number: case["peers"][name]["median"] for row, case in enumerate(cases) if name in case["peers"]
        }
        bars = left.barh(list(at), list(at.values()), height=0.18, color=colour, label=name)
        left.bar_label(bars, fmt="%.3g s", padding=3, fontsize=8)
    left.set_yticks([row + 0.3 for row in range(len(cases))], [f"{c['people']:,}\n{STATES[c['state']]}" for c in cases])
    left.invert_yaxis()
    left.set(xscale="log", xlabel="seconds, whole run", title=f"One team, {figures['latency_ms']} ms a request")
    left.margins(x=0.12)
    picture.legend(loc="outside upper left", ncols=len(COLOURS))
    plans = {int(size): seconds for size, seconds in figures["plans"].items()}
    right.loglog(list(plans), list(plans.values()), "o-", color=COLOURS["bulk"])
    right.set(xlabel="people", ylabel="seconds", title=f"Planning by itself: power {exponent(plans):.2f}")
    for axes in (left, right):
        axes.grid(alpha=0.3)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
    picture.savefig(target, dpi=120)
    pyplot.close(picture)


def write(figures: Figures, folder: Path) -> None:
    """The JSON file first: `python -m tests.bench.report FOLDER` makes the others from it again."""
    (folder / "images").mkdir(parents=True, exist_ok=True)
    (folder / "bench.json").write_text(json.dumps(figures, indent=1) + "\n")
    (folder / "bench.md").write_text(page(figures))
    plot(figures, folder / "images" / "bench.png")


if __name__ == "__main__":
    write(json.loads(Path(sys.argv[1], "bench.json").read_text()), Path(sys.argv[1]))
