# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules in processes of their own, to be killed or to run side by side. A server with everything imported forks them."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Mapping
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from typing import Any
from unittest import mock

from tests.modules import PACKAGE, run_module

CONTEXT = multiprocessing.get_context("forkserver")
# What the server has imported need not be imported by those that it forks.
CONTEXT.set_forkserver_preload([__name__, PACKAGE + "honeycomb_members", PACKAGE + "honeybadger_users"])


def _work(pipe: Connection, module: str, options: Mapping[str, Any]) -> None:
    pipe.send(run_module(module, **options))


class Job:
    """One module at work."""

    def __init__(self, module: str, options: Mapping[str, Any]) -> None:
        self._answer, pipe = CONTEXT.Pipe(duplex=False)
        self._process = CONTEXT.Process(target=_work, args=(pipe, module, options))
        with mock.patch.dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path)):  # the server has a path of its own
            forkserver.ensure_running()
        self._process.start()
        pipe.close()

    def kill(self) -> None:
        """SIGKILL: no handler runs, nothing is tidied up."""
        self._process.kill()

    def result(self) -> dict[str, Any] | None:
        """What the module printed; None when it was killed before."""
        try:
            answer: dict[str, Any] | None = self._answer.recv()
        except EOFError:
            answer = None
        self._process.join()
        self._process.close()
        self._answer.close()
        return answer
