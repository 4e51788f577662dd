# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Any value in any option: an error with a code or a success, soon, and no write that the result does not own up to."""

from __future__ import annotations

import importlib
import socket
import time
import traceback
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from ansible.module_utils import basic
from ansible.module_utils.common import validation
from ansible.module_utils.common.text import converters
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.modules import PACKAGE, run_on
from tests.simulator import Simulator

from .modules import CODES, MODULES, OPTIONS

SOON = 20  # seconds, on a busy machine; most take a hundredth of one


@pytest.fixture(scope="module")
def sim() -> Iterator[Simulator]:
    with Simulator(people=3) as simulator:
        yield simulator


@pytest.fixture(scope="module", autouse=True)
def offline() -> Iterator[None]:
    """No name outside this machine is looked up, whatever api_url becomes."""
    look_up = socket.getaddrinfo

    def local(host: Any, *rest: Any, **options: Any) -> Any:
        if host not in ("127.0.0.1", "localhost", "::1"):
            raise socket.gaierror(socket.EAI_NONAME, "not looked up here")
        return look_up(host, *rest, **options)

    with mock.patch.object(socket, "getaddrinfo", local):
        yield


def spec_of(module: str) -> dict[str, Any]:
    """The argument spec that the module hands to Ansible."""
    loaded = importlib.import_module(PACKAGE + module)
    with mock.patch.object(loaded, "run_module") as run:
        loaded.main()
    spec: dict[str, Any] = run.call_args.args[0].spec
    return spec


WORDS = """a@b.c A@B.C a@b@c @ ﬁ@b.c İ@b.c ß@b.c present absent admin Owner member 25% 0% 100% 101% 1e9 -1 ٣ ² nan inf
    -inf 1e400 0x10 true None [] {} %s%n {{7*7}} ../../etc/passwd http://127.0.0.1:9 https://[ http://127.0.0.1:99999999
    http://127.0.0.1:1/? ftp://a"""
ODD = ["", " ", "\0", " a@b.c\n", "a b@c", "a@b\u202e.c", "1" * 5000, "x" * 1000]
# No lone surrogates: Ansible itself refuses them before a module sees them.
TEXT = st.one_of(
    st.text(max_size=40),
    st.text(st.characters(categories=["Cc", "Cf", "Zs", "Zl", "Zp", "Co"]), max_size=8),
    st.sampled_from([*WORDS.split(), *ODD]),
)
NUMBERS = st.one_of(
    st.integers(),
    st.sampled_from([0, -1, 10**18, 10**400, -(10**400)]),
    st.floats(),
    st.sampled_from([float("nan"), float("inf"), float("-inf"), 1e308, -1e308, 5e-324]),
)
PLAIN = st.one_of(st.none(), st.booleans(), NUMBERS, TEXT)
KEYS = st.one_of(st.sampled_from(["email", "role", "state", "aliases", "team_ids", "id", "invited_at", "a@b.c"]), TEXT)
VALUES = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=8
)


@st.composite
def calls(draw: st.DrawFn, module: str) -> dict[str, Any]:
    """Working options, with some of them, or a part of one, replaced by anything."""
    spec = spec_of(module)
    options = dict(OPTIONS[module])
    for name in draw(st.lists(st.sampled_from(sorted(spec)), min_size=1, max_size=3, unique=True)):
        people = spec[name].get("options")
        if people and draw(st.booleans()):
            person = st.dictionaries(st.sampled_from(sorted(people)), VALUES, max_size=4)
            options[name] = draw(st.lists(person, max_size=4))
        else:
            options[name] = draw(VALUES)
    if "wait" in spec:
        options["wait_timeout"] = 0  # what it may be is tested below; that it is waited for is not a fault
    return options


def is_ansibles_own(fault: OverflowError | ValueError) -> bool:
    """Whether Ansible itself failed: to convert infinity to an int, or to write an int of thousands of digits."""
    file = traceback.extract_tb(fault.__traceback__)[-1].filename
    if isinstance(fault, OverflowError):
        return file == validation.__file__
    return file in (basic.__file__, converters.__file__) and "for integer string conversion" in str(fault)


def hold(sim: Simulator, module: str, check: bool, options: dict[str, Any]) -> None:
    sim.reset()
    started = time.monotonic()
    try:
        result = run_on(sim, module, **{"max_wait": 0, **options}, check=check)
    except (OverflowError, ValueError) as fault:
        if is_ansibles_own(fault):
            return
        raise
    assert time.monotonic() - started < SOON
    error = result.get("error") or {"code": None, "method": None}
    assert result["rc"] == 0 or error["code"] in CODES
    assert "unforeseen" not in str(result.get("msg")) + str(result.get("results"))
    wrote = any(entry.changed for entry in sim.log)
    assert wrote == (bool(result.get("changed")) and not check)
    assert not wrote or error["code"] != "validation"
    assert len(str(result.get("msg", ""))) < 2000


BUDGET = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@pytest.mark.parametrize("module", MODULES)
@given(data=st.data())
@BUDGET
def test_any_value(sim: Simulator, module: str, data: st.DataObject) -> None:
    hold(sim, module, data.draw(st.booleans()), data.draw(calls(module)))


@pytest.mark.slow
@pytest.mark.parametrize("module", MODULES)
@given(data=st.data())
@settings(BUDGET, max_examples=1000, derandomize=False)
def test_any_value_at_length(sim: Simulator, module: str, data: st.DataObject) -> None:
    hold(sim, module, data.draw(st.booleans()), data.draw(calls(module)))


@pytest.mark.parametrize("module", ["honeycomb_member", "honeybadger_user"])
@given(timeout=NUMBERS.filter(lambda number: not 5 < number < float("inf")) | TEXT, interval=NUMBERS | TEXT)
@example(timeout=0.2, interval=float("nan"))
@example(timeout=float("nan"), interval=0.1)
@example(timeout=float("inf"), interval=0.1)
@example(timeout=0.2, interval=-1)
@settings(BUDGET, max_examples=20)
def test_any_wait(sim: Simulator, module: str, timeout: Any, interval: Any) -> None:
    hold(sim, module, False, {**OPTIONS[module], "wait": True, "wait_timeout": timeout, "wait_interval": interval})


@given(known=st.dictionaries(TEXT, VALUES, max_size=4) | VALUES)
@example(known={"a@b.c": {"id": {}, "role": [], "invited_at": {}}})
@example(known={"a@b.c": {"id": 1.5, "role": "x", "invited_at": 3}})
@BUDGET
def test_any_known_invitations(sim: Simulator, known: Any) -> None:
    whole = known
    if isinstance(known, dict):
        whole = {key: {"id": "x", "role": "member", "invited_at": "", "more": value} for key, value in known.items()}
    for value in (known, whole):
        hold(sim, "honeycomb_members", False, {**OPTIONS["honeycomb_members"], "known_invitations": value})
