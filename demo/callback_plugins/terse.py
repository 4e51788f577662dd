# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Prints what a playbook tells people and its failures, and nothing of its mechanics."""

from __future__ import annotations

from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: terse
type: stdout
short_description: Print only what a playbook tells people
description:
  - Prints messages that are lists, and failures.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "terse"

    def v2_runner_on_ok(self, result: Any) -> None:
        message = result.result.get("msg")
        for line in message if isinstance(message, list) else ():
            self._display.display(line)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._display.display(result.result.get("msg"))
