# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the real servers of these tests have in common: a free port, and a process that is up and is ended."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
PATIENCE = 60.0  # seconds for a server to listen
HOST = "127.0.0.1"


def needs(what: str, missing: str) -> pytest.MarkDecorator:
    """Leave tests out, and say so, where their server is not installed; `make directory-check` wants all of them."""
    required = os.environ.get("DIRECTORY_SERVERS") == "required"
    return pytest.mark.skipif(bool(missing) and not required, reason=f"{what} is left out; it needs {missing}")


def program(name: str) -> str | None:
    """The path of a program, also of one in the folders of the system's services."""
    return shutil.which(name, path=PATH)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(command: Sequence[str], port: int, log: Path) -> Iterator[int]:
    """The process id of a server that listens on a port of loopback; its output goes to a file."""
    with (
        log.open("wb") as output,
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output) as server,
    ):
        try:
            _await(server, port, log)
            yield server.pid
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()


def processor_seconds(pid: int) -> float:
    """What a process has used of the processor so far (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _await(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        if server.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"{server.args!r} does not listen:\n{log.read_text(errors='replace')[-3000:]}")
