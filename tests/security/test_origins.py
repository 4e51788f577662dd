# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A credential goes to the configured address and nowhere else, whatever an answer or the machine says."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.modules import run_on
from tests.simulator import Fault, Simulator

from .modules import MODULES, OPTIONS, WRITERS, credential_of

LISTING = [name for name in MODULES if name.startswith("honeybadger")]


class Trap:
    """Another origin. It notes what it is sent and answers nothing of use."""

    def __init__(self) -> None:
        self.caught: list[str] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _address = self._socket.accept()
            except OSError:
                return
            with connection:
                self.caught.append(connection.recv(65536).decode("latin-1"))
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]")

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator(check_contract=True) as simulator:
        yield simulator


@pytest.fixture
def sim(running: Simulator) -> Simulator:
    running.reset()
    for email in ("member@example.com", "leaver@example.com"):
        running.honeycomb.add(email)
        running.honeybadger.add(email)
    for email in ("pending@example.com", "waiting@example.com"):
        running.honeybadger.invite(email, "Member", [3])
    return running


@pytest.fixture
def trap() -> Iterator[Trap]:
    trap = Trap()
    yield trap
    trap.close()


LINKS = (
    "http://127.0.0.1:{port}/v2/accounts",
    "//127.0.0.1:{port}/v2/accounts",
    "x:@127.0.0.1:{port}/v2",
    "x:@127.0.0.1:{port}",
    "mailto:@127.0.0.1:{port}/",
    "x:.1:{port}/",
    "http:@127.0.0.1:{port}/",
    "http:///@127.0.0.1:{port}/",
    "///127.0.0.1:{port}/v2",
    "////127.0.0.1:{port}/v2",
    "/\\127.0.0.1:{port}/v2",
    "\\\\127.0.0.1:{port}\\v2",
    "http:\\\\127.0.0.1:{port}/v2",
    "?@127.0.0.1:{port}/",
    "#@127.0.0.1:{port}/",
    "/%0d%0aHost:%20127.0.0.1:{port}",
    "/\r\nHost: 127.0.0.1:{port}\r\n",
    " http://127.0.0.1:{port}/",
    "file:///etc/passwd",
    "http://[::1",
)


@pytest.mark.parametrize("link", LINKS)
def test_links(sim: Simulator, trap: Trap, link: str) -> None:
    link = link.format(port=trap.port)
    sim.fail(Fault("status", "honeybadger", "GET", times=0, status=200, body={"results": [], "links": {"next": link}}))
    for module in LISTING:
        result = run_on(sim, module, check=True, max_wait=0, **OPTIONS[module])
        assert "unforeseen" not in result.get("msg", ""), module
    assert trap.caught == []
    assert {entry.method for entry in sim.log} == {"GET"}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("module", MODULES)
def test_redirects(sim: Simulator, trap: Trap, module: str, status: int) -> None:
    for methods in (("GET",), ("POST", "PUT", "PATCH", "DELETE") if module in WRITERS else ()):
        sim.faults.clear()
        location = f"http://127.0.0.1:{trap.port}/"
        sim.fail(*(Fault("redirect", method=way, times=0, status=status, location=location) for way in methods))
        result = run_on(sim, module, max_wait=0, **OPTIONS[module])
        if methods:
            errors = [result["error"], *(step["error"] for step in result.get("results", []) if step["error"])]
            assert "redirect_refused" in [error["code"] for error in errors]
    assert trap.caught == []


@pytest.mark.parametrize("module", MODULES)
def test_netrc(sim: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    assert run_on(sim, module, **OPTIONS[module])["rc"] == 0
    kind = {"api_key": "configuration", "management_key_secret": "bearer"}.get(credential_of(module), "basic")
    assert {entry.credentials for entry in sim.log} == {(kind,)}


@pytest.mark.parametrize(
    "url", ["http://{}", "http://{}:80", "HTTP://{}/", "http://127.0.0.1@{}", "http://127.0.0.1.{}"]
)
@pytest.mark.parametrize("module", MODULES)
def test_clear_text(sim: Simulator, module: str, url: str) -> None:
    for host in (
        "example.com",
        "127.0.0.1.example.com",
        "localhost.example.com",
        "127.1",
        "0x7f.1",
        "[::ffff:1.2.3.4]",
    ):
        result = run_on(sim, module, **{**OPTIONS[module], "api_url": url.format(host)})
        assert result["error"]["code"] in ("insecure_url", "validation"), host


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_clear_text_does_not_leave_through_a_proxy(
    sim: Simulator, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """Loopback is excepted from TLS since nothing leaves the machine, and through a proxy elsewhere it would."""
    monkeypatch.setenv(variable, "http://proxy.invalid:3128")
    for module in MODULES:
        assert run_on(sim, module, **OPTIONS[module])["rc"] == 0


def test_a_proxy_on_this_machine_is_used(sim: Simulator, trap: Trap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{trap.port}")
    run_on(sim, "honeycomb_member_info", max_wait=0)
    assert [text.split()[:2] for text in trap.caught] == [["GET", f"{sim.honeycomb_url}/1/team_memberships"]]


def test_tls_goes_through_a_proxy_without_the_credential(
    sim: Simulator, trap: Trap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{trap.port}")
    for module in MODULES:
        options: dict[str, Any] = {**OPTIONS[module], "api_url": "https://service.example.com", "max_wait": 0}
        assert run_on(sim, module, **options)["error"]["code"] in ("connection", "tls")
    assert len(trap.caught) == len(MODULES)
    assert all(text.startswith("CONNECT service.example.com:443 HTTP/1.") for text in trap.caught)
    assert not any(secret in text for text in trap.caught for secret in sim.secrets)


def test_list_without_end(sim: Simulator) -> None:
    """Each page links to another one, none of which was there before."""
    body = {"results": [], "links": {"next": "http:more/"}}
    sim.fail(Fault("status", "honeybadger", "GET", times=0, status=200, body=body))
    for module in LISTING:
        sim.log.clear()
        result = run_on(sim, module, **OPTIONS[module])
        assert result["error"]["code"] == "bad_response"
        assert [entry.method for entry in sim.log] == ["GET"] * 5
