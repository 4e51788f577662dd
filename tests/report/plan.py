# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan as it stands in a terminal, for its picture."""

from __future__ import annotations

import html
import json
import re
import tempfile
from pathlib import Path
from typing import Any

from tests.playing import Control
from tests.report.browser import WORK
from tests.simulator import Simulator

COMMAND = "ansible-playbook honeyops.access.reconcile -e roster_file=people.yml --check"
GROUPS = {
    "platform": {"honeycomb": {"role": "admin"}, "honeybadger": {"role": "Admin"}},
    "support": {"honeycomb": {"role": "member"}, "honeybadger": {"role": "Member"}},
}
STAY = ["dan", "fay", "gil", "hana", "ines", "jon", "kim", "lou"]
PAGE = """<!doctype html><meta charset="utf-8"><title>A plan</title><style>
body {{ margin: 0; padding: 22px 28px; background: #16181d; color: #d7dae0; font: 15px/1.6 "DejaVu Sans Mono", monospace; }}
div {{ padding-left: 2ch; text-indent: -2ch; margin-bottom: 4px; }}
b {{ color: #fff; }} .invited {{ color: #7ee787; }} .change {{ color: #e3b341; }} .removed {{ color: #ff9492; }}
</style><div><b>$ {command}</b></div>{lines}"""


def terminal() -> Path:
    """Somebody joins, somebody moves, somebody's last day is over, and somebody is in no roster."""
    with Simulator(quota=0) as sim, tempfile.TemporaryDirectory() as folder:
        for name in [*STAY, "bob", "eve", "mallory"]:
            sim.honeycomb.add(f"{name}@example.com", "admin" if name == "mallory" else "member")
        for name in [*STAY, "bob", "eve"]:
            sim.honeybadger.add(f"{name}@example.com", "Member")
        control = Control(Path(folder), {"one": sim}, Path(folder))
        control.write("people.yml", json.dumps({"groups": GROUPS, "people": people()}))
        planned = control.play("reconcile", "--check", roster_file="people.yml")
        assert planned.code == 0, planned.output
        assert sim.writes() == []
    WORK.mkdir(parents=True, exist_ok=True)
    path = WORK / "plan.html"
    lines = [*planned.told[: planned.told.index("Would be left to do by hand:")], "…"]
    path.write_text(PAGE.format(command=COMMAND, lines="".join(map(_line, lines))))
    return path


def _line(text: str) -> str:
    """A line in colours, by what would be done."""
    marked = re.sub(r"would (?:be )?(invited|change|removed)", r'<span class="\1">\g<0></span>', html.escape(text))
    return "<div>" + re.sub("^[^:]+@[^:]+", r"<b>\g<0></b>", marked) + "</div>"


def people() -> list[dict[str, Any]]:
    """The owner, and whoever a group gives something."""
    owner = {"email": "owner@example.com", "honeycomb": {"role": "admin"}, "honeybadger": {"role": "Owner"}}
    eve = {"email": "eve@example.com", "groups": ["support"], "until": "2026-03-31"}
    platform = [{"email": f"{name}@example.com", "groups": ["platform"]} for name in ("ada", "bob")]
    return [owner, eve, *platform, *({"email": f"{name}@example.com", "groups": ["support"]} for name in STAY)]
