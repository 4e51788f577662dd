# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""`python -m tests.faults`: run the whole matrix and write it down as docs/fault-matrix.md."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager
from multiprocessing import get_context
from pathlib import Path

from tests.tools import tree

sys.path.insert(0, str(tree.link_source()))

from .cells import ORDERS, REACHES, Arena, Place, Verdict, arena
from .scenarios import SCENARIOS
from .stage import MAX_WAIT, PATIENT

TABLE = tree.ROOT / "docs" / "fault-matrix.md"
SHORT = {
    "ok": "✓",
    "bad_response": "resp",
    "conflict": "conf",
    "connection": "conn",
    "endpoint_unavailable": "endp",
    "forbidden": "forb",
    "invalid_key": "key",
    "not_found": "none",
    "partial_failure": "part",
    "rate_limited": "rate",
    "redirect_refused": "redir",
    "server_error": "serv",
    "timeout": "time",
    "tls": "tls",
    "validation": "valid",
    "wrong_key_type": "type",
}
MARKS = {"believed": "ᵇ", "unknown": "ᵘ", "twice": "²"}

PAGE = """\
<!--
{licence}

Written by `python -m tests.faults`; do not edit.
-->

# The fault matrix

{cells} cells, {broken} of them broken; {seconds:.0f} s with {jobs} processes.

Each row is a request that a module sends when nothing fails, each column a way to fail. A cell tells how the module ended
when this request failed once, then when all of its kind failed from this one on, then when all requests did; one ending where
the three are alike. A look before the first change fails for good in the first task of a module that makes it; in the others,
which end like that one, only with 403 and 404, with which some go on. A slash separates the endings of several forms of a
fault (a status alone, or with `Retry-After` in seconds or as a date, within `max_wait` or beyond it).

A cell is green when

- nobody got two e-mails, and nobody lost access who was not to;
- the result says what the service really did, person by person;
- the exit status is a failure unless everything wanted was done;
- the error has a documented code and a plain sentence, and no secret is shown or went elsewhere;
- it ended within `max_wait` ({max_wait} s here) and one `request_timeout` ({request_timeout:g} s), back-offs at full length;
- the same task, run again without the fault, ends in the state declared, still without a second e-mail.

Endings: {legend}.

- {believed}: the service said that somebody had been invited before (409), or that an invitation which no list shows was gone
  (404), and was believed: nothing else could tell.
- {unknown}: the result says that it is not known what took effect.
- {twice}: two e-mails went out. Honeycomb neither listed who was invited nor refused a second invitation there, and nothing
  in `known_invitations` told so: nobody can know then.
- ✗: something in the list above did not hold.
{tables}
"""

_rings: list[tuple[AbstractContextManager[Arena], Arena]] = []


def _start() -> None:
    """Give this process a ring of its own, for as long as it lives."""
    context = arena()
    _rings.append((context, context.__enter__()))


def _row(job: tuple[str, Place]) -> list[Verdict]:
    """All cells of one request; its place is told, since requests at the same time have other numbers in each process."""
    title, place = job
    ring = _rings[0][1]
    return [ring.judge(cell) for cell in ring.cells_at(SCENARIOS[title], place)]


def run(jobs: int) -> Iterator[list[Verdict]]:
    with arena() as ring:
        rows = [(title, place) for title, one in SCENARIOS.items() for place in ring.model(one)[2]]
    with ProcessPoolExecutor(jobs, get_context("fork"), _start) as pool:
        yield from pool.map(_row, rows)


def sign(verdict: Verdict) -> str:
    wrong = "✗" if verdict.problems else ""
    return wrong + SHORT.get(verdict.code, verdict.code) + "".join(MARKS[mark] for mark in verdict.marks)


def entry(verdicts: Iterable[Verdict]) -> str:
    """The endings for once, same and all; one where they are alike, several for one where forms of an order differ."""
    by_reach: dict[str, list[str]] = defaultdict(list)
    for verdict in verdicts:
        by_reach[verdict.cell.reach].append(sign(verdict))
    texts = ["/".join(dict.fromkeys(by_reach[reach])) for reach in REACHES if reach in by_reach]
    return texts[0] if len(set(texts)) == 1 else " ".join(texts)


def tables(rows: Iterable[list[Verdict]]) -> Iterator[str]:
    columns = list(dict.fromkeys(order.column for order in ORDERS.values()))
    module = ""
    for row in rows:
        scenario, place = row[0].cell.scenario, row[0].cell.place
        if scenario.module != module:
            module = scenario.module
            yield f"\n## {module}\n"
            yield "| task | request | " + " | ".join(columns) + " |"
            yield "|---|---|" + "---|" * len(columns)
        cells = [entry(verdict for verdict in row if verdict.cell.order.column == column) for column in columns]
        which = f" ({place.nth})" if place.nth > 1 else ""
        yield f"| {scenario.name} | {place.method} {place.path}{which} | " + " | ".join(cells) + " |"


def text(rows: list[list[Verdict]], seconds: float, jobs: int) -> str:
    verdicts = [verdict for row in rows for verdict in row]
    endings = Counter(verdict.code for verdict in verdicts).most_common()
    marked = Counter(mark for verdict in verdicts for mark in verdict.marks)
    return PAGE.format(
        licence="\n".join(line[2:] for line in Path(__file__).read_text(encoding="utf-8").splitlines()[:2]),
        cells=len(verdicts),
        broken=sum(bool(verdict.problems) for verdict in verdicts),
        seconds=seconds,
        jobs=jobs,
        max_wait=MAX_WAIT,
        request_timeout=PATIENT,
        legend=", ".join(f"`{SHORT.get(code, code)}` {code} ({count})" for code, count in endings),
        believed=f"{MARKS['believed']} ({marked['believed']} cells)",
        unknown=f"{MARKS['unknown']} ({marked['unknown']} cells)",
        twice=f"{MARKS['twice']} ({marked['twice']} cells)",
        tables="\n".join(tables(rows)),
    )


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    options.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes (default: %(default)s)")
    jobs = options.parse_args().jobs
    started = time.monotonic()
    rows = list(run(jobs))
    TABLE.write_text(text(rows, time.monotonic() - started, jobs), encoding="utf-8")
    broken = [verdict for row in rows for verdict in row if verdict.problems]
    for verdict in broken:
        print(f"{verdict.cell}: {'; '.join(verdict.problems)}", file=sys.stderr)
    print(f"{sum(map(len, rows))} cells, {len(broken)} broken: {TABLE.relative_to(tree.ROOT)}")
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
