# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real runs at -vvvv, with a secret in every place that can hold one: nothing they leave behind gives one away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.honeyops.access.plugins.module_utils._http.outside import armoured
from tests.simulator import Fault, Simulator

from .ansible_run import Run, play, populate, vaulted
from .canary import canary, leaks
from .modules import MODULES, OPTIONS, WRITERS, credential_of

SOURCES = ("option", "environment", "module_defaults", "vault")
CREDENTIALS = ("api_key", "management_key_secret", "auth_token")
SECRETS = {f"{source}-{option}": canary(f"{source}-{option}") for source in SOURCES for option in CREDENTIALS}
JINJA = "{{ lookup('env', 'HONEYCOMB_API_KEY') }}{{ vaulted_api_key }}"
"""A name that gives a secret away, should anything take it for a template."""

Simulators = dict[str, Simulator]


@pytest.fixture(scope="module")
def running() -> Iterator[Simulators]:
    """One simulator for each place, so that a secret found says where it came from."""
    with ExitStack() as stack:
        yield {
            source: stack.enter_context(
                Simulator(
                    configuration_key=SECRETS[f"{source}-api_key"],
                    management_key_secret=SECRETS[f"{source}-management_key_secret"],
                    auth_token=SECRETS[f"{source}-auth_token"],
                    extra_fields=True,
                )
            )
            for source in SOURCES
        }


@pytest.fixture
def sims(running: Simulators) -> Simulators:
    for sim in running.values():
        populate(sim, JINJA)
        sim.honeybadger.invite("waiting@example.com", "Member", [3])
    return running


def service_of(module: str) -> str:
    return module.partition("_")[0]


def urls(sim: Simulator) -> dict[str, str]:
    return {"honeycomb": sim.honeycomb_url, "honeybadger": sim.honeybadger_url}


def task(module: str, source: str, sims: Simulators, padding: str = "") -> dict[str, Any]:
    """One task whose credential comes from where `source` says."""
    service, credential = service_of(module), credential_of(module)
    secret = SECRETS[f"{source}-{credential}"] + padding
    reached = {"api_url": urls(sims[source])[service], "max_wait": 0, "request_timeout": 10}
    if service == "honeybadger" and module != "honeybadger_account_info":
        reached["account_id"] = sims[source].settings.account_id
    if credential == "management_key_secret":
        reached["management_key_id"] = sims[source].management_key_id
    elif service == "honeycomb":
        reached["management_key_secret"] = ""  # the environment has one, and no id to go with it
    options = {**OPTIONS[module], **reached}
    defaults: dict[str, str] = {}
    if source in ("option", "vault"):
        options[credential] = secret if source == "option" else "{{ vaulted_" + credential + " }}"
    elif source == "module_defaults":
        defaults[credential] = secret
    return {
        "name": f"{module} by {source}",
        f"honeyops.access.{module}": options,
        "register": f"{source}_{module}",
        "module_defaults": {f"group/honeyops.access.{service}": defaults} if defaults else {},
        "ignore_errors": True,
    }


def run(folder: Path, tasks: list[dict[str, Any]], *arguments: str, padding: str = "") -> Run:
    """Run tasks, and then all that people do with what a task returned."""
    names = [str(one["register"]) for one in tasks]
    kept = "{{ dict(" + str(names) + " | zip([" + ", ".join(names) + "])) }}"
    tasks = [
        *tasks,
        {"ansible.builtin.set_fact": {"kept": kept, "cacheable": True}},
        {"ansible.builtin.debug": {"var": "kept"}},
        {"ansible.builtin.fail": {"msg": "A retry file is wanted, {{ kept | length }} results are kept."}},
    ]
    return play(
        folder,
        [{"hosts": "localhost", "gather_facts": False, "vars_files": ["secrets.yml"], "tasks": tasks}],
        *arguments,
        files={
            "secrets.yml": vaulted(
                {f"vaulted_{option}": SECRETS[f"vault-{option}"] + padding for option in CREDENTIALS}
            )
        },
        environment={
            "HONEYCOMB_API_KEY": SECRETS["environment-api_key"] + padding,
            "HONEYCOMB_KEY_SECRET": SECRETS["environment-management_key_secret"] + padding,
            "HONEYBADGER_AUTH_TOKEN": SECRETS["environment-auth_token"] + padding,
        },
    )


def hold(done: Run, sims: Simulators, results: int) -> dict[str, Any]:
    """Nothing was given away by a run that went through and left the files that are searched; its results."""
    tokens = {f"token {token[:3]}…": token for sim in sims.values() for token in sim.world.issued}
    assert "Traceback" not in done.output
    assert "A retry file is wanted" in done.output, done.output[-3000:]
    for name in ("ansible.log", "facts", "retry/play.retry"):
        assert (done.folder / name).exists(), name
    assert done.leaks({**SECRETS, **tokens}) == []
    kept: dict[str, Any] = done.fact("kept")
    assert len(kept) == results
    return kept


def latin(shift: int, modules: tuple[str, ...] = MODULES) -> list[tuple[str, str]]:
    """Each module with one source; over four shifts, each module with each."""
    return [(module, SOURCES[(number + shift) % 4]) for number, module in enumerate(modules)]


PARTS = [pytest.param(0, id="part"), pytest.param(None, id="all", marks=pytest.mark.slow)]
WRITES = ("POST", "PUT", "PATCH", "DELETE")


def pairs(shift: int, part: int | None, modules: tuple[str, ...] = MODULES) -> list[tuple[str, str]]:
    """One source for each module, or, where `part` is None, all of them."""
    shifts = range(4) if part is None else (shift + part,)
    return [pair for number in shifts for pair in latin(number, modules)]


@pytest.mark.parametrize("part", PARTS)
def test_success(tmp_path: Path, sims: Simulators, part: int | None) -> None:
    chosen = pairs(0, part)
    done = run(tmp_path / "run", [task(module, source, sims) for module, source in chosen], "--diff")
    kept = hold(done, sims, len(chosen))
    assert {name: result.get("msg") for name, result in kept.items() if result["failed"]} == {}
    assert all(result["changed"] for name, result in kept.items() if name.split("_", 1)[-1] in WRITERS)
    assert armoured(JINJA).replace("\\", "\\\\") in str(kept)
    assert not any(entry.stray for sim in sims.values() for entry in sim.log)


@pytest.mark.parametrize("part", PARTS[1:])
def test_check(tmp_path: Path, sims: Simulators, part: int | None) -> None:
    chosen = pairs(1, part)
    done = run(tmp_path / "run", [task(module, source, sims) for module, source in chosen], "--check", "--diff")
    kept = hold(done, sims, len(chosen))
    assert {name: result.get("msg") for name, result in kept.items() if result["failed"]} == {}
    assert [entry for sim in sims.values() for entry in sim.writes()] == []


@pytest.mark.parametrize(
    "methods", [pytest.param(("GET",), id="reads", marks=pytest.mark.slow), pytest.param(WRITES, id="writes")]
)
@pytest.mark.parametrize("part", PARTS)
def test_service_quotes_the_credential(
    tmp_path: Path, sims: Simulators, methods: tuple[str, ...], part: int | None
) -> None:
    chosen = pairs(2, part, MODULES if "GET" in methods else WRITERS)
    for sim in sims.values():
        sim.fail(*(Fault("echo_key", method=method, times=0) for method in methods))
    kept = hold(run(tmp_path / "run", [task(module, source, sims) for module, source in chosen]), sims, len(chosen))
    assert {result["error"]["code"] for result in kept.values()} <= {"validation", "partial_failure"}
    assert all("***" in result["error"]["detail"] for result in kept.values())


@pytest.mark.parametrize("part", PARTS)
def test_padded_credential_is_refused(tmp_path: Path, sims: Simulators, part: int | None) -> None:
    for number, padding in enumerate(("\n",) if part is not None else ("\n", " ", "\r\n", "\t")):
        chosen = pairs(3, part, MODULES if part is None else MODULES[::3])  # tests/security/test_echoes.py tries all
        tasks = [task(module, source, sims, padding) for module, source in chosen]
        kept = hold(run(tmp_path / f"run{number}", tasks, padding=padding), sims, len(chosen))
        assert {result["error"]["code"] for result in kept.values()} == {"invalid_key"}
    assert not any(sim.log for sim in sims.values())


def test_search_finds_what_is_there(tmp_path: Path) -> None:
    """The search itself: a run that does show its secrets is caught in every place."""
    shown = {
        "shown": "{{ vaulted_api_key }} {{ vaulted_management_key_secret }} {{ vaulted_auth_token | b64encode }}",
        "cacheable": True,
    }
    tasks = [{"ansible.builtin.set_fact": shown}, {"ansible.builtin.fail": {"msg": "{{ shown | urlencode }}"}}]
    done = play(
        tmp_path / "run",
        [{"hosts": "localhost", "gather_facts": False, "vars_files": ["secrets.yml"], "tasks": tasks}],
        files={"secrets.yml": vaulted({f"vaulted_{option}": SECRETS[f"vault-{option}"] for option in CREDENTIALS})},
    )
    assert leaks(done.output, SECRETS) == [f"vault-{option}" for option in CREDENTIALS]
    (cache,) = (done.folder / "facts").iterdir()
    places = ("output", "ansible.log", cache.relative_to(done.folder))
    assert done.leaks(SECRETS) == [f"{place}: vault-{option}" for place in places for option in CREDENTIALS]
