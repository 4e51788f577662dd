# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the checks of all pages share: the browser, barriers, and what a page costs."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, CDPSession, Page

from tests.tools import tree

WORK = tree.BUILD / "report"
FRAME = 33.3  # milliseconds of work for one frame of fast scrolling, on a processor that others use, too
SLOWEST = 50.0  # milliseconds of work for one filter, which nobody takes for a pause


def chromium() -> str:
    """The browser."""
    found = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if not found:
        raise SystemExit("This needs Chromium. Install it, or name it: make report-check CHROMIUM=/path/to/chromium")
    return found


@contextmanager
def opened(browser: Browser, path: Path, **options: Any) -> Iterator[Page]:
    """The page; a request, a message in the console or an error of its script is a fault."""
    faults: list[str] = []
    page = browser.new_page(**{"viewport": {"width": 1440, "height": 900}, **options})
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "request",
        lambda request: None if request.url.startswith(("file:", "data:", "blob:")) else faults.append(request.url),
    )
    page.goto(path.as_uri())
    yield page
    assert not faults, faults
    page.close()


def check_axe(page: Page, what: str) -> None:
    found = Axe().run(page).response["violations"]
    serious = [fault for fault in found if fault["impact"] in ("serious", "critical")]
    assert not serious, json.dumps(
        [(fault["id"], [node["html"][:200] for node in fault["nodes"][:3]]) for fault in serious], indent=1
    )
    print(f"axe, {what}: nothing serious, {len(found)} lesser findings {[fault['id'] for fault in found]}")


def busy(session: CDPSession) -> float:
    """Seconds that the page has kept its processor busy; others who use the machine do not count."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration"))
