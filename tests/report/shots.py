# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report in a real browser: `make report-check` holds it to what it promises, `make report-pictures` takes its pictures.

Both need Chromium; the variable CHROMIUM names it if it is not on the PATH.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.tools import tree

sys.path.insert(0, str(tree.link_source()))

from ansible_collections.honeyops.access.plugins.plugin_utils._report import page as _report_page
from tests.report import plan
from tests.report.browser import FRAME, SLOWEST, WORK, busy, check_axe, chromium, opened
from tests.report.made import HOSTILE, sample
from tests.report.review import check_review
from tests.report.review import made as made_review

PICTURES = tree.ROOT / "docs" / "images"
SIZES = {3: 1, 50: 3, 2000: 6}
SCROLL = """async () => {
  const view = document.getElementById("window"), frames = [];
  let last = performance.now();
  for (let step = 0; step < 90; step += 1) {
    view.scrollTop += step % 30 === 29 ? 40000 : 250;
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    frames.push(now - last);
    last = now;
  }
  return frames.sort((a, b) => a - b);
}"""
FILTER = """async () => {
  const input = document.getElementById("filter"), times = [];
  for (const text of ["a", "ad", "ada", "ada admin", "", "zzz", "pending", "payments", ""]) {
    input.value = text;
    const started = performance.now();
    input.dispatchEvent(new Event("input"));
    document.body.offsetHeight;
    times.push(performance.now() - started);
  }
  return Math.max(...times);
}"""


def made(count: int, hosts: int) -> Path:
    """The page with so many people."""
    WORK.mkdir(parents=True, exist_ok=True)
    path = WORK / f"report-{count}.html"
    path.write_text(_report_page.to_html(sample(count, hosts)))
    return path


def people(page: Page) -> Locator:
    """Whoever is shown. A filter of the address acts a moment after the address has it."""
    return page.locator("#matrix tbody .who")


def check_use(page: Page) -> None:
    """Filter, choose, sort and look at a person, with the keyboard only."""
    assert page.title().startswith("Access report")
    assert page.locator("#matrix img, #matrix script").count() == 0
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the people"
    everybody = page.evaluate("JSON.parse(document.getElementById('data').textContent).people")
    page.locator("#filter").focus()
    page.keyboard.type("script@")
    expect(people(page)).to_have_text(["script@example.com"])
    expect(page.locator("#count")).to_have_text(f"1 of {len(everybody):,} people")
    assert page.locator("#matrix tbody .name").first.inner_text().startswith(HOSTILE[0][1])
    page.locator("#filter").fill("")
    page.locator("input[value=drift]").focus()
    page.keyboard.press("Space")
    page.locator("#filter").fill("zoe")
    expect(people(page)).to_have_text(["zoe.lost@example.com"])
    page.locator("#filter").fill("")
    page.locator("input[value=all]").check(force=True)
    header = page.locator("#matrix thead th").first
    assert header.get_attribute("aria-sort") == "ascending"
    before = people(page).first.inner_text()
    header.locator("button").focus()
    page.keyboard.press("Enter")
    assert header.get_attribute("aria-sort") == "descending"
    assert people(page).first.inner_text() > before
    page.locator("#matrix thead th").nth(2).locator("button").click()
    assert page.locator("#matrix tbody tr:not(.pad)").first.locator("td").nth(1).inner_text().startswith("admin")
    people(page).first.focus()
    page.keyboard.press("Enter")
    assert page.locator("dialog[open] tbody tr").count() >= 1
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0


def check_links(page: Page) -> None:
    """The filter stands in the address, and a link with one, a total or a name in a table leads to the people behind it."""
    page.goto(f"{page.url.partition('#')[0]}#show=drift&find=zoe")
    expect(people(page)).to_have_text(["zoe.lost@example.com"])
    assert page.locator("input[value=drift]").is_checked()
    page.locator(".tile.bad a").click()
    assert page.evaluate("location.hash") == "#show=drift"
    expect(page.locator("#filter")).to_have_value("")
    page.locator("section[aria-labelledby=changes] tbody a").first.click()
    expect(people(page)).to_have_count(1)
    email = people(page).inner_text()
    assert page.evaluate("location.hash") == f"#find={email.replace('@', '%40')}"
    page.locator("#people").focus()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "filter"
    page.goto(page.url.partition("#")[0])


def check_groups(page: Page) -> None:
    """A group is chosen by hand, or by the link at it, and stands in the address."""
    page.locator("section[aria-labelledby=groups] tbody a").last.click()
    assert page.evaluate("location.hash") == "#group=1"
    expect(page.locator("#group")).to_have_value("1")
    few = page.locator("#count").inner_text()
    page.locator("#group").select_option(label="platform")
    assert page.evaluate("location.hash") == "#group=0"
    expect(page.locator("#count")).not_to_have_text(few)
    page.goto(page.url.partition("#")[0])


def check_print(page: Page, count: int) -> None:
    """On paper all people are there."""
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert people(page).count() >= count
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert people(page).count() < 100


def check_speed(browser: Browser) -> None:
    """5,000 people at 10 hosts: made, opened, scrolled and filtered."""
    started = time.monotonic()
    path = made(5000, 10)
    print(
        f"5,000 people at 10 hosts: {path.stat().st_size / 1e6:.1f} MB, with all data made up in {time.monotonic() - started:.1f} s"
    )
    assert path.stat().st_size < 5_000_000
    with opened(browser, path) as page:
        spent = page.context.new_cdp_session(page)
        spent.send("Performance.enable", {"timeDomain": "threadTicks"})
        before = busy(spent)
        frames = page.evaluate(SCROLL)
        work = (busy(spent) - before) * 1000 / len(frames)
        before = busy(spent)
        slowest = page.evaluate(FILTER)
        filtering = (busy(spent) - before) * 1000 / 9
        ready = page.evaluate("performance.getEntriesByType('navigation')[0].domComplete")
    middle, high = frames[len(frames) // 2], frames[int(len(frames) * 0.95)]
    print(f"opened in {ready:.0f} ms; frames while scrolling: median {middle:.1f} ms, 95 of 100 below {high:.1f} ms")
    print(
        f"the page's own work: {work:.1f} ms a frame, {filtering:.1f} ms a filter; the slowest filter took {slowest:.1f} ms"
    )
    assert work < FRAME
    assert filtering < SLOWEST


def check(browser: Browser) -> None:
    """Everything that the page promises."""
    for count, hosts in SIZES.items():
        path = made(count, hosts)
        for scheme in ("light", "dark"):
            with opened(browser, path, color_scheme=scheme) as page:
                page.screenshot(path=WORK / f"{count}-{scheme}.png", full_page=True)
                check_axe(page, f"{count} people, {scheme}")
                if scheme == "light" and count > 3:
                    check_use(page)
                    check_links(page)
                    check_groups(page)
                    check_print(page, count)
        with opened(browser, path) as page:
            page.pdf(path=WORK / f"{count}.pdf", prefer_css_page_size=True, print_background=False)
        with opened(browser, path, viewport={"width": 390, "height": 844}) as page:
            page.screenshot(path=WORK / f"{count}-phone.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
            check_axe(page, f"{count} people, 390 pixels")
            first = people(page).first
            before = first.text_content()
            page.locator("#sorting").select_option("0 1")
            assert count <= 3 or first.text_content() != before
    with opened(browser, made(50, 3), java_script_enabled=False) as page:
        assert page.locator("#matrix tbody tr").count() > 50
    check_speed(browser)
    check_review(browser)
    print(f"Pictures to look at: {WORK.relative_to(tree.ROOT)}")


def pictures(browser: Browser) -> None:
    """The pictures of the documentation."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    path = made(20, 2)  # so few that nobody among them has a hostile name
    for scheme in ("light", "dark"):
        with opened(browser, path, color_scheme=scheme, viewport={"width": 1280, "height": 1120}) as page:
            page.screenshot(path=PICTURES / f"report-{scheme}.png")
    with opened(browser, path, viewport={"width": 1200, "height": 760}) as page:
        page.locator("input[value=drift]").check(force=True)
        page.mouse.move(0, 0)
        page.locator("section[aria-labelledby=people]").screenshot(path=PICTURES / "report-drift.png")
    with opened(browser, made_review(20, 2), color_scheme="light", viewport={"width": 1280, "height": 900}) as page:
        rows = int(page.locator("#left").inner_text().split()[0])
        page.locator("#list").focus()
        for key in ("k", "r", "ArrowDown", "k"):
            page.keyboard.press(key)
        expect(page.locator("#left")).to_contain_text(f"{rows - 3} of {rows}")
        page.screenshot(path=PICTURES / "review.png")
    with opened(browser, plan.terminal(), viewport={"width": 1000, "height": 100}) as page:
        page.screenshot(path=PICTURES / "plan.png", full_page=True)


def main() -> None:
    """Check, or take pictures."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium())
        (pictures if sys.argv[1:] == ["pictures"] else check)(browser)
        browser.close()


if __name__ == "__main__":
    main()
