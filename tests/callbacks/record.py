# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes what a run did to a file, one JSON document a line, for tests to read instead of the terminal's text."""

from __future__ import annotations

import json
import os
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: record
type: aggregate
short_description: Write what a run did as JSON lines
description: Each result and the closing statistics go to the file that E(ACCESS_TEST_RECORD) names.
"""


class CallbackModule(CallbackBase):
    """Works from ansible-core 2.16 to 2.21, whose results have other attributes."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "record"

    def _write(self, **line: Any) -> None:
        with open(os.environ["ACCESS_TEST_RECORD"], "a", encoding="utf-8") as file:
            file.write(json.dumps(line, default=str) + "\n")

    def _note(self, status: str, result: Any, ignored: bool = False) -> None:
        host, task = (getattr(result, key, None) or getattr(result, f"_{key}") for key in ("host", "task"))
        content = getattr(result, "result", None) or result._result
        kept = {key: value for key, value in content.items() if key not in ("invocation", "exception")}
        self._write(host=host.get_name(), task=task.get_name(), status=status, ignored=ignored, result=kept)

    def v2_runner_on_ok(self, result: Any) -> None:
        self._note("ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._note("failed", result, ignore_errors)

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._note("skipped", result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._note("unreachable", result)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self._write(stats={host: stats.summarize(host) for host in stats.processed}, custom=stats.custom)
