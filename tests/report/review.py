# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A review in a real browser: from what a service has to what was decided, by keys alone."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from ansible_collections.honeyops.access.plugins.plugin_utils._report.data import KINDS
from ansible_collections.honeyops.access.plugins.plugin_utils._review.page import to_html
from ansible_collections.honeyops.access.plugins.plugin_utils._review.rows import digest
from tests.playing import Control
from tests.report.browser import FRAME, SLOWEST, WORK, busy, check_axe, opened
from tests.report.made import NOW, rows
from tests.simulator import Simulator

LEAD, MALLORY = "lead@example.com", "mallory@example.com"
SIZES = {1400: 900, 390: 844}
MOST_BYTES = 5_000_000
SCROLL = """async () => {
  const view = document.getElementById("list");
  for (let step = 0; step < 90; step += 1) {
    view.scrollTop += step % 30 === 29 ? 400000 : 250;
    await new Promise(requestAnimationFrame);
  }
}"""
FILTER = """() => {
  const input = document.getElementById("filter");
  const texts = ["a", "ada", "ada admin", "zzz", "pending", ""];
  for (const text of texts) {
    input.value = text;
    input.dispatchEvent(new Event("input"));
    document.body.offsetHeight;
  }
}"""


def check_review(browser: Browser) -> None:
    """All that the page promises."""
    check_sizes(browser)
    check_whole(browser)
    check_speed(browser)


def made(count: int, hosts: int) -> Path:
    """The page with the access of so many people."""
    found = rows(count, hosts)
    notes = ["Honeycomb of payments: who was invited and has not accepted is not known."]
    WORK.mkdir(parents=True, exist_ok=True)
    path = WORK / f"review-{count}.html"
    path.write_text(to_html(found, digest(found), NOW.strftime("%Y-%m-%dT%H:%M:%SZ"), notes, KINDS, True))
    return path


def check_sizes(browser: Browser) -> None:
    """Pictures of every size and colour, without barriers and without scrolling sideways."""
    path = made(50, 3)
    for width, height in SIZES.items():
        for scheme in ("light", "dark"):
            view: Any = {"width": width, "height": height}
            with opened(browser, path, color_scheme=scheme, viewport=view) as page:
                page.locator("#list").focus()
                for key in ("k", "r", "ArrowDown", "2"):
                    page.keyboard.press(key)
                expect(page.locator("#left")).to_contain_text("to decide")
                page.screenshot(path=WORK / f"review-{width}-{scheme}.png", full_page=True)
                assert page.evaluate("document.documentElement.scrollWidth") <= width
                check_axe(page, f"review, {width} pixels, {scheme}")
                page.keyboard.press("Enter")
                expect(page.locator("dialog[open] h2")).to_be_visible()
                page.screenshot(path=WORK / f"review-{width}-{scheme}-details.png")
                check_axe(page, f"details of a row, {width} pixels, {scheme}")


def check_whole(browser: Browser) -> None:
    """Two thousand people as they are dumped: one more came, who goes; all others are kept once they were seen."""
    with Simulator(quota=0, people=2000) as sim, tempfile.TemporaryDirectory() as folder:
        control = Control(Path(folder), {"one": sim}, Path(folder))
        assert control.play("dump", dump_file="people.yml", warned="may hide people").code == 0
        sim.honeycomb.add(MALLORY, "admin")
        started = control.play(
            "review", review_dir="review", roster_file="people.yml", review_reviewers={"localhost": LEAD}
        )
        assert started.code == 0, started.output
        place = control.folder / "review"
        begun = time.monotonic()
        with opened(browser, place / "review.html") as page:
            decide(page)
            with page.expect_download() as download:
                page.keyboard.press("s")
            download.value.save_as(place / "review.csv")
        print(f"2,000 people decided on by keys in {time.monotonic() - begun:.0f} s")
        done = control.play("review", review_file="review/review.csv")
        assert done.code == 0, done.output
        record = json.loads(next(place.glob("review-*.json")).read_text())
        assert record["counts"] == {"kept": record["population"]["rows"] - 1, "applied": 1}, record["counts"]
        assert len(sim.writes()) == 1
        print(f"{record['population']['rows']} rows: {record['counts']}")


def decide(page: Page) -> None:
    """Find Mallory, revoke, look through each group, and keep the rest of it."""
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "list"
    page.keyboard.press("/")
    page.keyboard.type("mallory")
    to_list(page)
    page.keyboard.press("r")
    expect(page.locator("#said")).to_have_text(f"{MALLORY}, Honeycomb of localhost: revoke")
    page.keyboard.press("/")
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    to_list(page)
    page.keyboard.press("Home")
    page.keyboard.press("Shift+K")
    expect(page.locator("#said")).to_contain_text("were not seen yet")
    for _group in range(2):
        page.keyboard.press("n")
        page.keyboard.press("Shift+K")
        while not page.locator("#said").inner_text().startswith("Kept"):
            page.keyboard.press("PageDown")
            page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            page.keyboard.press("Shift+K")
    expect(page.locator("#left")).to_contain_text("are decided")


def to_list(page: Page) -> None:
    """On with the tabulator from the filter to the list."""
    for _stop in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "list":
            return
    raise AssertionError("The tabulator does not lead to the list.")


def check_speed(browser: Browser) -> None:
    """5,000 people at 10 targets with two services each."""
    path = made(5000, 10)
    with opened(browser, path) as page:
        count = page.evaluate("JSON.parse(document.getElementById('data').textContent).rows.length")
        spent = page.context.new_cdp_session(page)
        spent.send("Performance.enable", {"timeDomain": "threadTicks"})
        before = busy(spent)
        page.evaluate(SCROLL)
        scrolling = (busy(spent) - before) * 1000 / 90
        before = busy(spent)
        page.evaluate(FILTER)
        filtering = (busy(spent) - before) * 1000 / 6
    print(
        f"{count:,} rows, {path.stat().st_size / 1e6:.1f} MB: {scrolling:.1f} ms a frame, {filtering:.1f} ms a filter"
    )
    assert path.stat().st_size < MOST_BYTES
    assert scrolling < FRAME
    assert filtering < 4 * SLOWEST
