# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""`python -m tests.simulator`: run both services until told to stop."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from functools import partial

from .certificates import KINDS
from .settings import OPTIONS, check
from .simulator import Simulator


def parser() -> argparse.ArgumentParser:
    """One option for each setting."""
    options = argparse.ArgumentParser(prog="python -m tests.simulator", description=__doc__)
    for service in ("honeycomb", "honeybadger"):
        options.add_argument(f"--{service}-port", type=int, default=0, help="0 for a free one")
    options.add_argument("--tls", choices=KINDS, default="", help="serve TLS with such a certificate")
    options.add_argument("--check-contract", action="store_true", help="hold everything against the contract")
    for name, option in OPTIONS.items():
        default = ",".join(map(str, option.default)) if isinstance(option.default, tuple) else option.default
        choices = "|".join(option.metadata["choices"])
        text = f"{option.metadata['help']} ({choices + '; ' if choices else ''}default: {default})"
        flag = "--" + name.replace("_", "-")
        options.add_argument(flag, type=_reader(name), default=option.default, metavar="VALUE", help=text)
    return options


def _reader(name: str) -> partial[object]:
    return partial(_read, name)


def _read(name: str, value: str) -> object:
    try:
        return check(name, value)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def main(arguments: list[str] | None = None) -> int:
    settings = vars(parser().parse_args(arguments))
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with Simulator(**settings) as simulator:
        print(json.dumps(simulator.addresses()), flush=True)
        stop.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
