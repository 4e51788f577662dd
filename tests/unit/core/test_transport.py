# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is sent again and what never, how long is waited, and what every bad answer becomes."""

from __future__ import annotations

import base64
import gc
import json
import socket
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests

from ansible_collections.honeyops.access.plugins.module_utils._honeybadger.account import TokenAuth
from ansible_collections.honeyops.access.plugins.module_utils._honeycomb.members import KeyHeader
from ansible_collections.honeyops.access.plugins.module_utils._http import client as _http
from ansible_collections.honeyops.access.plugins.module_utils._http.client import Client
from ansible_collections.honeyops.access.plugins.module_utils._http.connection import Connection
from ansible_collections.honeyops.access.plugins.module_utils._http.errors import AccessError
from ansible_collections.honeyops.access.plugins.module_utils._http.text import secret_forms
from tests.security.rawserver import RawServer
from tests.simulator import Fault, Simulator

from .support import OWNER, Ask, Clock, verbs

MEMBERS = "/1/team_memberships"
Make = Callable[..., Client]
INVITE = {"email": "ada@example.com", "role": "member"}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make(sim: Simulator, clock: Clock) -> Make:
    """A client of the Honeycomb simulator, or of `service`, that sleeps by the test's clock."""

    def client(service: str = "honeycomb", url: str = "", **rest: Any) -> Client:
        secret = sim.configuration_key if service == "honeycomb" else sim.auth_token
        auth = KeyHeader(secret) if service == "honeycomb" else TokenAuth(secret)
        options = {"auth": auth, "request_timeout": 30, **rest}
        address = url or getattr(sim, f"{service}_url")
        return Client(Connection(name=service.title(), url=address, secret=secret, **options), clock, clock.sleep)

    return client


def send(client: Client, method: str, sim: Simulator) -> Any:
    """A request that the simulator would take."""
    member = next(iter(sim.honeycomb.members)).id
    return {
        "GET": lambda: client.request("GET", MEMBERS),
        "POST": lambda: client.request("POST", MEMBERS, INVITE),
        "PUT": lambda: client.request("PUT", f"{MEMBERS}/{member}", {"role": "admin"}),
        "DELETE": lambda: client.request("DELETE", f"{MEMBERS}/{member}"),
    }[method]()


# Sending again


PASSING: dict[str, dict[str, Any]] = {
    "429": {"kind": "status", "status": 429},
    "403 used up": {"kind": "status", "status": 403, "headers": {"X-RateLimit-Remaining": "0"}},
    "502": {"kind": "status", "status": 502},
    "503": {"kind": "status", "status": 503},
    "504": {"kind": "status", "status": 504},
    "reset": {"kind": "reset_before"},
    "silence": {"kind": "timeout_before"},
}
UNDONE = ("429", "403 used up")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("fault", PASSING)
def test_a_passing_fault(sim: Simulator, make: Make, clock: Clock, method: str, fault: str) -> None:
    sim.fail(Fault(**PASSING[fault], times=2))
    client = make(request_timeout=0.3 if fault == "silence" else 30)
    if method == "POST" and fault not in UNDONE:
        with pytest.raises(AccessError) as caught:
            send(client, method, sim)
        assert (caught.value.request.repeatable, caught.value.request.reach, clock.slept) == (True, "unknown", [])
        assert verbs(sim) == ["POST"]
    else:
        assert send(client, method, sim).status in (200, 201, 204)
        assert verbs(sim) == [method] * 3
        assert clock.slept == [0.5, 1.0]
    assert client.requests == len(sim.log)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize(
    ("fault", "code"), [({"status": 503}, "server_error"), ({"kind": "reset_before"}, "connection")]
)
def test_enough_is_enough(
    sim: Simulator, make: Make, clock: Clock, method: str, fault: dict[str, Any], code: str
) -> None:
    sim.fail(Fault(**{"kind": "status", **fault}, times=0))
    with pytest.raises(AccessError) as caught:
        send(make(), method, sim)
    assert (caught.value.code, len(sim.log), clock.slept) == (code, 5, [0.5, 1.0, 2.0, 4.0])


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "validation"),
        (401, "invalid_key"),
        (403, "forbidden"),
        (404, "not_found"),
        (405, "endpoint_unavailable"),
        (408, "timeout"),
        (409, "conflict"),
        (410, "not_found"),
        (418, "bad_response"),
        (422, "validation"),
        (500, "server_error"),
        (501, "server_error"),
    ],
)
def test_a_lasting_fault(sim: Simulator, make: Make, clock: Clock, method: str, status: int, code: str) -> None:
    sim.fail(Fault("status", status=status, times=0))
    with pytest.raises(AccessError) as caught:
        send(make(), method, sim)
    error = caught.value
    assert (error.code, error.status, error.method, len(sim.log), clock.slept) == (code, status, method, 1, [])
    assert error.path == sim.log[0].path
    assert error.detail == f"ordered failure {status}"


@pytest.mark.parametrize("kind", ["reset_after", "cut_body", "status_after"])
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_what_was_done_is_asked_for_again(sim: Simulator, make: Make, method: str, kind: str) -> None:
    sim.fail(Fault(kind, status=503 if kind == "status_after" else 0))
    client = make()
    if method == "PUT":
        assert send(client, method, sim).body["role"] == "admin"
    else:
        member = next(iter(sim.honeycomb.members)).id
        with pytest.raises(AccessError) as caught:
            client.request("DELETE", f"{MEMBERS}/{member}")
        assert (caught.value.status, len(sim.honeycomb.members)) == (404, 0)
    assert verbs(sim) == [method] * 2


def test_a_port_that_nobody_listens_on(make: Make, clock: Clock) -> None:
    """Nothing was sent, so even an invitation may be tried again."""
    client = make(url="http://127.0.0.1:9")
    with pytest.raises(AccessError) as caught:
        client.request("POST", MEMBERS, INVITE)
    assert (caught.value.code, caught.value.request.reach, client.requests) == ("connection", "refused", 5)
    assert "refused" in caught.value.msg


def test_what_was_given_up_before_it_was_sent_is_never_sent(
    sim: Simulator, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It counts as not sent, so that it may be sent again, and the thread that was left behind must keep to that."""
    found, resolve = threading.Event(), socket.getaddrinfo

    def slow(*asked: Any, **more: Any) -> Any:
        found.wait(10)
        return resolve(*asked, **more)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    before = set(threading.enumerate())
    with pytest.raises(AccessError) as caught:
        make(max_wait=0, request_timeout=0.1).request("POST", MEMBERS, INVITE)
    assert (caught.value.code, caught.value.request.reach) == ("timeout", "refused")
    (abandoned,) = [thread for thread in threading.enumerate() if thread not in before and thread.daemon]
    found.set()
    abandoned.join(10)
    assert (abandoned.is_alive(), verbs(sim)) == (False, [])


def test_an_answer_that_is_not_http_tells_nothing(make: Make) -> None:
    with RawServer() as server:
        server.answers = lambda asked: b"HTTP/1.1 201 Created\r\nContent-Length: 5, 7\r\n\r\nhello"
        with pytest.raises(AccessError) as caught:
            make(url=server.url, max_wait=0).request("POST", MEMBERS, INVITE)
    assert (caught.value.request.reach, len(server.asked)) == ("unknown", 1)


def test_an_answer_that_cannot_be_read_leaves_nothing_open(make: Make) -> None:
    """Not even until the garbage collector comes."""
    gc.disable()
    try:
        with RawServer() as server, warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            server.answers = lambda asked: b"HTTP/1.1 200 OK\r\nContent-Length: 5, 7\r\nConnection: close\r\n\r\nhello"
            with pytest.raises(AccessError) as caught:
                make(url=server.url, max_wait=0).request("GET", MEMBERS)
            code = caught.value.code
            kept = [caught]
            kept.append(kept)  # type: ignore[arg-type]  # as a module keeps its failure in the frame that it goes through
            del caught, kept
            gc.collect()
    finally:
        gc.enable()
    assert (code, [str(warning.message) for warning in warned]) == ("connection", [])


JSON_API = "application/vnd.api+json"
DISABLED = {"data": {"id": "hcaik_1", "type": "api-keys", "attributes": {"disabled": True}}}


def test_another_media_type(make: Make, clock: Clock) -> None:
    """A JSON:API service is asked in its own media type, and a PATCH that sets a value is sent again like a PUT."""
    seen: list[tuple[str, str | None, str | None, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_PATCH(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            seen.append((self.command, self.headers["Accept"], self.headers["Content-Type"], body and json.loads(body)))
            problem = {"errors": [{"status": "503", "code": "busy", "title": "Busy", "detail": "come back later"}]}
            status, answer = (503, problem) if len(seen) == 1 else (200, DISABLED)
            content = json.dumps(answer).encode()
            self.send_response(status)
            if status == 503:
                self.send_header("Retry-After", formatdate(time.time() + 40, usegmt=True))
            self.send_header("Content-Type", JSON_API)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_PATCH

        def log_message(self, *_: Any) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        client = make(url=f"http://127.0.0.1:{server.server_port}", media_type=JSON_API)
        assert client.request("PATCH", "/2/keys/1", DISABLED).body == DISABLED
        assert client.request("GET", "/2/keys").status == 200
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert seen == [("PATCH", JSON_API, JSON_API, DISABLED)] * 2 + [("GET", JSON_API, None, b"")]
    assert clock.slept == [pytest.approx(40, abs=1.5)]


# Waiting


@pytest.mark.parametrize("form", ["seconds", "date"])
@pytest.mark.parametrize("skew", [0.0, 7200.0, -7200.0])
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after(sim: Simulator, make: Make, clock: Clock, form: str, skew: float, status: int) -> None:
    sim.fail(Fault("status", status=status, retry_after=40, retry_after_form=form, date_skew=skew))
    assert make().request("GET", MEMBERS).status == 200
    assert clock.slept == [pytest.approx(40, abs=1)]


def test_the_longer_wait_counts(sim: Simulator, make: Make, clock: Clock) -> None:
    sim.fail(Fault("status", status=429, times=3, retry_after=0))
    assert make().request("GET", MEMBERS).status == 200
    assert clock.slept == [0.5, 1.0, 2.0]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_a_limit_is_waited_for_as_often_as_it_takes(sim: Simulator, make: Make, clock: Clock, method: str) -> None:
    sim.fail(Fault("status", status=429, times=9, retry_after=30))
    client = make(max_wait=300)
    send(client, method, sim)
    assert len(clock.slept) == 9
    assert all(30 <= slept <= 32 for slept in clock.slept)
    assert client.api()["waited"] == pytest.approx(sum(clock.slept), abs=1)


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_a_wait_that_is_too_long_fails_at_once(sim: Simulator, make: Make, clock: Clock, form: str) -> None:
    sim.fail(Fault("status", status=429, retry_after=3600, retry_after_form=form))
    with pytest.raises(AccessError) as caught:
        make(max_wait=300).request("GET", MEMBERS)
    assert (caught.value.code, clock.slept, len(sim.log)) == ("rate_limited", [], 1)
    reset = time.strftime("%Y-%m-%dT%H:", time.gmtime(time.time() + 3600))
    assert reset in caught.value.hint
    assert "max_wait leaves 300 s" in caught.value.sentence


def test_waits_add_up(sim: Simulator, make: Make, clock: Clock) -> None:
    sim.fail(Fault("status", status=429, times=0, retry_after=100))
    with pytest.raises(AccessError) as caught:
        make(max_wait=300).request("GET", MEMBERS)
    assert (caught.value.code, clock.slept, len(sim.log)) == ("rate_limited", [100, 100, 100], 4)


def test_a_reset_time_stands_in_for_retry_after(sim: Simulator, make: Make, clock: Clock) -> None:
    """Honeybadger's limit: 403, and a Unix time by the service's own clock, which is an hour ahead here."""
    reset = f"{time.time() + 3600 + 50:.0f}"
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Limit": "360", "X-RateLimit-Reset": reset}
    sim.fail(Fault("status", status=403, headers=headers, date_skew=3600))
    client = make("honeybadger")
    assert client.request("GET", "/v2/accounts").status == 200
    assert clock.slept == [pytest.approx(50, abs=2)]
    assert client.api()["rate_limit_remaining"] == sim.settings.quota - 1


@pytest.mark.parametrize("retry_after", ["date", "seconds", "none"])
def test_a_limit_of_honeycomb(sim: Simulator, make: Make, clock: Clock, retry_after: str) -> None:
    sim.configure(rate_limit=2, rate_window=60, retry_after=retry_after)
    client = make()
    for _request in range(2):
        client.request("GET", MEMBERS)
    assert client.api() == {"requests": 2, "waited": 0.0, "rate_limit_remaining": 0}
    clock.then = sim.advance
    client.request("GET", MEMBERS)
    assert [entry.status for entry in sim.log] == [200] * 3  # the wait came first, so nothing was refused
    assert clock.slept == [pytest.approx(60, abs=1)]


def test_used_up_and_too_long_to_wait_for(sim: Simulator, make: Make, clock: Clock) -> None:
    sim.configure(quota=1)
    client = make("honeybadger", max_wait=300)
    client.request("GET", "/v2/accounts")
    with pytest.raises(AccessError) as caught:
        client.request("GET", "/v2/accounts")
    assert (caught.value.code, caught.value.request.reach, len(sim.log), clock.slept) == (
        "rate_limited",
        "not_sent",
        1,
        [],
    )


@pytest.mark.parametrize("headers", [{}, {"X-RateLimit-Remaining": "5"}, {"X-RateLimit-Remaining": "00"}])
def test_a_plain_403_is_no_limit(sim: Simulator, make: Make, clock: Clock, headers: dict[str, str]) -> None:
    sim.fail(Fault("status", status=403, headers=headers, retry_after=1))
    with pytest.raises(AccessError) as caught:
        make().request("GET", MEMBERS)
    assert (caught.value.code, len(sim.log), clock.slept) == ("forbidden", 1, [])


def test_no_time_to_wait_means_no_second_try(sim: Simulator, make: Make, clock: Clock) -> None:
    sim.fail(Fault("status", status=503, times=0))
    with pytest.raises(AccessError) as caught:
        make(max_wait=0).request("GET", MEMBERS)
    assert (caught.value.code, len(sim.log)) == ("server_error", 1)


def test_the_whole_is_bounded(sim: Simulator, make: Make, clock: Clock) -> None:
    """Time-outs eat up max_wait; then at most one more request, then nothing is sent any more."""
    sim.fail(Fault("status", status=503, times=0))
    key = KeyHeader(sim.configuration_key)

    def slow(request: Any) -> Any:
        clock.now += client.budget.patience
        return key(request)

    client = make(max_wait=3, request_timeout=2, auth=slow)
    with pytest.raises(AccessError):
        client.request("GET", MEMBERS)
    assert clock.now - clock.start <= 3 + 2
    while client.budget.patience > 0:
        with pytest.raises(AccessError):
            client.request("POST", MEMBERS, INVITE)
    count = len(sim.log)
    with pytest.raises(AccessError) as caught:
        client.request("GET", MEMBERS)
    assert (caught.value.code, caught.value.request.reach, len(sim.log)) == ("timeout", "not_sent", count)


@pytest.mark.parametrize("kind", ["timeout_before", "slow_bytes"])
def test_by_the_clock_on_the_wall(sim: Simulator, ask: Ask, kind: str) -> None:
    sim.fail(Fault(kind, times=0, interval=0.05, slow_headers=True))
    started = time.monotonic()
    failed = ask("honeycomb_member_info", max_wait=1, request_timeout=0.3, fails="timeout")
    assert time.monotonic() - started < 1 + 0.3 + 1.5
    assert failed["api"]["requests"] >= 2
    assert failed["api"]["waited"] <= 1.6


def test_a_pause_holds_all_threads(sim: Simulator, make: Make) -> None:
    """Four workers meet the limit at once; it is waited for once, and they share the count of seconds."""
    sim.configure(latency=0.5)
    sim.fail(Fault("status", status=429, times=4, retry_after=1))
    connection = make().connection
    client = Client(connection)
    started = time.monotonic()
    workers = [threading.Thread(target=client.request, args=("GET", MEMBERS)) for _unused in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert 0.9 <= time.monotonic() - started < 4
    assert client.api()["waited"] <= 2
    assert len(sim.log) == 8


def test_connections_are_kept(sim: Simulator, make: Make) -> None:
    client = make()
    for _request in range(5):
        client.request("GET", MEMBERS)
    assert len({entry.connection for entry in sim.log}) == 1


# Redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_redirects_are_refused(sim: Simulator, make: Make, method: str, status: int) -> None:
    sim.fail(Fault("redirect", service="honeycomb", status=status))
    with pytest.raises(AccessError) as caught:
        send(make(), method, sim)
    assert (caught.value.code, caught.value.status) == ("redirect_refused", status)
    assert [entry.service for entry in sim.log] == ["honeycomb"]


def test_a_redirect_to_the_same_host_is_refused(sim: Simulator, make: Make) -> None:
    sim.fail(Fault("redirect", service="honeybadger", location="/v2/accounts?again"))
    with pytest.raises(AccessError) as caught:
        make("honeybadger").request("GET", "/v2/accounts")
    assert (caught.value.code, len(sim.log)) == ("redirect_refused", 1)


# Paging


@pytest.mark.parametrize("links", ["absolute", "relative", "strange", "strange_self"])
@pytest.mark.parametrize("last_page", ["full", "exact", "empty"])
def test_pages(sim: Simulator, make: Make, links: str, last_page: str) -> None:
    sim.reset(people=5, page_size=2, links=links, last_page=last_page)
    pages = list(make("honeybadger").pages(f"/v2/accounts/{sim.account_id}/users"))
    assert [len(page["results"]) for page in pages] == [2, 2, 2] + [0] * (last_page != "exact")
    assert {entry.service for entry in sim.log} == {"honeybadger"}


def test_a_loop_ends(sim: Simulator, make: Make) -> None:
    sim.reset(people=5, page_size=2, links="loop")
    assert 1 <= len(list(make("honeybadger").pages(f"/v2/accounts/{sim.account_id}/users"))) <= 2
    assert len(sim.log) <= 2


@pytest.mark.parametrize("links", [None, {}, [], {"next": None}, {"next": ""}, {"self": "/"}])
def test_the_last_page(sim: Simulator, make: Make, links: Any) -> None:
    sim.fail(Fault("html", body={"results": [], "links": links}))
    assert len(list(make("honeybadger").pages("/v2/accounts"))) == 1
    assert len(sim.log) == 1


@pytest.mark.parametrize("links", [{"next": value} for value in (7, 0, False, [], {}, ["/"], {"href": "/"})] + ["/", 7])
@pytest.mark.parametrize("service", ["users", "invitations"])
def test_a_next_page_of_another_type(sim: Simulator, ask: Ask, service: str, links: Any) -> None:
    """The list may go on, so who is not on this page must not count as absent."""
    sim.fail(Fault("html", path=service, body={"results": [], "links": links}))
    failed = ask("honeybadger_users", users=[{"email": "ada@example.com"}], fails="bad_response")
    assert (failed["error"]["method"], service in failed["error"]["path"]) == ("GET", True)
    assert (sim.writes(), sim.emails) == ([], [])


@pytest.mark.parametrize("emails", [("ada@x.io", "eve@x.io"), ("Ada@x.io", "ada@x.io "), ("ada@x.io", None)])
@pytest.mark.parametrize("path", ["/1/team_memberships", "/v2/accounts/Me3upk/users"])
def test_two_people_with_one_id(sim: Simulator, ask: Ask, path: str, emails: tuple[str, str | None]) -> None:
    """Removing one of them removed the other. A record that is shown twice, as between two pages, is one person."""
    people = [{"id": 7, "email": email, "role": "admin"} for email in emails]
    sim.fail(Fault("html", path=path, body=people if path.startswith("/1/") else {"results": people, "links": {}}))
    module, option = ("honeycomb_members", "members") if path.startswith("/1/") else ("honeybadger_users", "users")
    if emails[1] == "eve@x.io":
        failed = ask(module, **{option: [{"email": "eve@x.io", "state": "absent"}]}, fails="bad_response")
        assert "with two people under the id 7" in failed["msg"]
        assert sim.writes() == []
    else:
        done = ask(module, **{option: []}, check=True)
        assert len(done[option]) == 1


def test_pages_without_an_end(sim: Simulator, ask: Ask) -> None:
    pages = [{"results": [], "links": {"next": f"/v2/accounts/Me3upk/users?page={number}"}} for number in range(2, 40)]
    sim.fail(*(Fault("html", path="users", nth=number, body=page) for number, page in enumerate(pages, 1)))
    failed = ask("honeybadger_user_info", fails="bad_response")
    assert "without anything new" in failed["msg"]
    assert len(sim.log) < 20


def test_what_a_link_holds_is_no_part_of_a_message(sim: Simulator, ask: Ask) -> None:
    """A service may page by anything, such as the token of the last invitation of a page."""
    token = "tok/en+of~ada=="
    forms = [*secret_forms(token), quote(token), quote(token, safe="")]
    link = f"/v2/next?after={quote(token, safe='')}&raw={token}&coded={base64.b64encode(token.encode()).decode()}"
    body = {
        "results": [{"id": 1, "email": OWNER, "token": token}],
        "links": {"next": link + "&\u202e<b>\x1b[31m"},
    }
    sim.fail(Fault("html", body=body), Fault("status", nth=2, status=400))
    failed = ask("honeybadger_invitation_info", fails="validation")
    told = json.dumps([failed["msg"], failed["error"]], ensure_ascii=False)
    assert failed["error"]["path"].startswith("/v2/next?after=***&raw=***&coded=***")
    assert not [form for form in forms if form in told]
    assert not set("<>\x1b\u202e") & set(failed["msg"] + failed["error"]["path"])


@pytest.mark.parametrize("link", ["http://[::1", "https://a]b/"])
def test_a_next_page_that_is_no_address(sim: Simulator, ask: Ask, link: str) -> None:
    sim.fail(Fault("html", body={"results": [], "links": {"next": link}}))
    ask("honeybadger_user_info", fails="bad_response")
    assert len(sim.log) == 1


def test_an_encoded_answer(sim: Simulator, ask: Ask) -> None:
    sim.fail(Fault("html", body=[{"id": "a", "email": OWNER}], headers={"Content-Encoding": "identity"}))
    assert len(ask("honeycomb_member_info")["members"]) == 1


# The way to the service


def test_netrc_is_not_heeded(sim: Simulator, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    assert ask("honeycomb_member_info")["members"]
    assert ask("honeybadger_user_info")["users"]
    assert [entry.credentials for entry in sim.log] == [("configuration",), ("basic",)]
    assert [entry.status for entry in sim.log] == [200, 200]


def test_a_proxy_that_is_not_there(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """That one is heeded, and plain http goes through none: tests/security/test_origins.py."""
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    ask("honeycomb_member_info", api_url="https://127.0.0.2:9", fails="connection")


@pytest.mark.parametrize(
    "proxy", ["http://[::1", "http://user:hunter2@proxy:31x28", "http://", "ftp://proxy", "http://pro xy:3128", "://"]
)
@pytest.mark.parametrize("variable", ["https_proxy", "ALL_PROXY"])
def test_a_proxy_variable_that_is_no_address(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, variable: str, proxy: str
) -> None:
    monkeypatch.setenv(variable, proxy)
    for module in ("honeycomb_member_info", "honeybadger_users"):
        people: dict[str, Any] = {} if module.endswith("info") else {"users": []}
        failed = ask(module, api_url="https://127.0.0.2:9", fails="validation", **people)
        assert variable.lower() in failed["msg"].lower()
        assert "hunter2" not in json.dumps(failed)


@pytest.fixture(scope="session")
def secure() -> Iterator[Simulator]:
    with Simulator(tls="good") as simulator:
        yield simulator


def look(ask: Ask, at: Simulator, **options: Any) -> Any:
    return ask("honeycomb_member_info", api_url=at.honeycomb_url, **options)


def test_authorities(secure: Simulator, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = look(ask, secure, fails="tls")
    assert failed["api"]["requests"] == 1
    assert look(ask, secure, ca_path=secure.ca_file)["members"]
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", secure.ca_file)
    assert look(ask, secure)["members"]


def test_ca_path_comes_first(secure: Simulator, ask: Ask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "other.pem").write_text("")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", secure.ca_file)
    for path in (tmp_path / "other.pem", tmp_path / "missing.pem"):
        look(ask, secure, ca_path=str(path), fails="tls")


def test_validation_off(secure: Simulator, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")
    assert look(ask, secure, validate_certs=False)["members"]
    assert look(ask, secure, validate_certs=False, ca_path="/nowhere")["members"]


def test_a_wrong_certificate(ask: Ask) -> None:
    with Simulator(tls="wrong") as wrong:
        failed = look(ask, wrong, ca_path=wrong.ca_file, fails="tls")
        assert wrong.log == []
    assert "ca_path" in failed["msg"]


def test_a_host_that_does_not_exist(ask: Ask) -> None:
    ask("honeycomb_member_info", api_url="https://nowhere.invalid", max_wait=0, fails="connection")


# Answers that are none

BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "html": ({"kind": "html"}, "bad_response"),
    "empty": ({"kind": "empty_body"}, "bad_response"),
    "shape": ({"kind": "wrong_shape"}, "bad_response"),
    "null": ({"kind": "html", "body": None, "status": 204}, "bad_response"),
    "list of text": ({"kind": "html", "body": ["ada"]}, "bad_response"),
    "no id": ({"kind": "html", "body": [{"email": "a@b.c"}]}, "bad_response"),
    "id a list": ({"kind": "html", "body": [{"id": [], "email": "a@b.c"}]}, "bad_response"),
    "id true": ({"kind": "html", "body": [{"id": True, "email": "a@b.c"}]}, "bad_response"),
    "email a number": ({"kind": "html", "body": [{"id": "1", "email": 7}]}, "bad_response"),
    "results text": ({"kind": "html", "body": {"results": "none"}}, "bad_response"),
    "deep": ({"kind": "html", "body": "[" * 100_000}, "bad_response"),
    **{
        f"number {text}": (
            {
                "kind": "html",
                "body": f'{{"results": [{{"id": 1, "n": {text}}}]}}',
                "headers": {"Content-Type": "text/json"},
            },
            "bad_response",
        )
        for text in ("NaN", "-Infinity", "1e999")
    },
    "binary": ({"kind": "html", "body": "\x00\x01\u202e<b>"}, "bad_response"),
    "cut": ({"kind": "cut_body", "times": 0}, "connection"),
    "slow": ({"kind": "slow_bytes", "times": 0}, "timeout"),
    "slow head": ({"kind": "slow_bytes", "times": 0, "slow_headers": True}, "timeout"),
}


@pytest.mark.parametrize("module", ["honeycomb_member_info", "honeybadger_user_info", "honeybadger_invitation_info"])
@pytest.mark.parametrize("case", BROKEN)
def test_broken_answers(sim: Simulator, ask: Ask, module: str, case: str) -> None:
    fault, code = BROKEN[case]
    sim.fail(Fault(**{"interval": 0.1, **fault}))
    failed = ask(module, max_wait=0, request_timeout=0.4, fails=code)
    assert len(failed["msg"]) < 400
    assert not set("<>\x00\u202e") & set(failed["msg"])
    assert (failed["changed"], failed["error"]["method"]) == (False, "GET")


def test_an_empty_name_and_missing_fields_are_fine(sim: Simulator, ask: Ask) -> None:
    sim.fail(Fault("html", service="honeycomb", body=[{"id": 7}, {"id": "x", "email": None, "name": "", "role": None}]))
    assert len(ask("honeycomb_member_info")["members"]) == 2


LONE = [r"\ud800", r"\uDFFF", r"\ud83d"]


@pytest.mark.parametrize("lone", LONE)
def test_half_a_surrogate_pair(sim: Simulator, ask: Ask, lone: str) -> None:
    """Legal JSON, and any member can have it as a name, but ansible-core throws away a result that holds one."""
    member = (
        f'{{"id": "a{lone}", "email": "b@example.com", "name": "B {lone}", "role": "member", "{lone}": ["{lone}"]}}'
    )
    sim.fail(Fault("html", body=f"[{member}]", times=0, method="GET"))
    (shown,) = ask("honeycomb_member_info")["members"]
    assert (shown["id"], shown["name"], shown["\ufffd"]) == ("a\ufffd", "B \ufffd", ["\ufffd"])
    done = ask("honeycomb_members", members=[{"email": "ada@example.com"}], known_invitations={})
    assert (done["changed"], json.dumps(done, ensure_ascii=False).encode() != b"") == (True, True)


def test_a_whole_surrogate_pair(sim: Simulator, ask: Ask) -> None:
    sim.fail(Fault("html", body=r'[{"id": "a", "email": "b@example.com", "name": "B \ud83d\ude00"}]'))
    (shown,) = ask("honeycomb_member_info")["members"]
    assert shown["name"] == "B \U0001f600"


@pytest.mark.parametrize("module", ["honeybadger_user", "honeybadger_users"])
def test_half_a_surrogate_pair_in_what_was_written(sim: Simulator, ask: Ask, module: str) -> None:
    sim.fail(
        Fault(
            "status_after", method="POST", status=201, body='{"id": 7, "email": "ada@example.com", "note": "\\ud800"}'
        )
    )
    people = {"email": "ada@example.com"} if module == "honeybadger_user" else {"users": [{"email": "ada@example.com"}]}
    done = ask(module, **people)
    shown = done.get("invitation") or done["invitations"][-1]
    assert shown["note"] == "\ufffd"
    json.dumps(done, ensure_ascii=False).encode()


# Nothing secret in words


@pytest.mark.parametrize("module", ["honeycomb_member_info", "honeybadger_user_info", "honeybadger_account_info"])
@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 500])
def test_an_answer_that_quotes_the_credential(sim: Simulator, ask: Ask, module: str, status: int) -> None:
    sim.fail(Fault("echo_key", status=status, times=0))
    codes = {400: "validation", 401: "invalid_key", 403: "forbidden", 404: "not_found", 422: "validation"}
    code = codes.get(status, "server_error")
    if status == 404 and module.startswith("honeycomb"):
        code = "endpoint_unavailable"
    result = ask(module, fails=code)
    assert "***" in result["msg"]


def test_an_invitation_token_in_an_error(sim: Simulator, ask: Ask) -> None:
    invitation = sim.honeybadger.add_invitation("ada@example.com")
    sim.fail(Fault("status", method="PUT", status=422, body={"errors": f"token {invitation.token} is in use"}, times=0))
    failed = ask("honeybadger_invitation", email="ada@example.com", role="Admin", fails="validation")
    assert "***" in failed["error"]["detail"]


def test_a_request_that_cannot_be_made(make: Make) -> None:
    """What requests raises for it quotes the header."""
    secret = "canaryKey"
    with pytest.raises(AccessError) as caught:
        make(auth=KeyHeader(f"{secret}\nX: y")).request("GET", MEMBERS)
    assert (caught.value.code, caught.value.request.reach) == ("connection", "not_sent")
    assert secret not in f"{caught.value.as_dict()} {caught.value.sentence}"


def test_basic_authorization_has_an_empty_password() -> None:
    request = requests.Request("GET", "https://app.example", auth=TokenAuth("token")).prepare()
    assert request.headers["Authorization"] == "Basic " + base64.b64encode(b"token:").decode()


def test_requests_is_missing(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    from ansible_collections.honeyops.access.plugins.module_utils._module import exit as _module

    monkeypatch.setattr(_module, "REQUESTS_IMPORT_ERROR", ImportError("requests"))
    failed = ask("honeycomb_member", email=OWNER, fails="validation")
    assert "requests" in failed["msg"]
    assert "Python" in failed["msg"]


def test_an_unforeseen_fault_is_told_without_its_values(
    sim: Simulator, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bug(*_: Any) -> Any:
        raise KeyError(sim.configuration_key)

    monkeypatch.setattr(_http.Client, "request", bug)
    for module in ("honeycomb_member", "honeycomb_member_info"):
        failed = ask(module, email=OWNER, fails="bad_response")
        assert "KeyError" in failed["msg"]


def test_an_answer_that_stalls_is_a_timeout(ask: Ask, sim: Simulator) -> None:
    sim.fail(Fault("slow_bytes", times=0, interval=1.0))
    failed = ask("honeycomb_member_info", request_timeout=0.3, max_wait=0, fails="timeout")
    assert failed["msg"].endswith("within 0.3 s. Run again, or set a longer request_timeout.")


@pytest.mark.parametrize("status", [400, 409, 422, 500])
def test_a_failure_says_what_to_do_next(ask: Ask, sim: Simulator, status: int) -> None:
    sim.fail(Fault("status", method="PUT", status=status, body={"error": "No."}, times=0))
    sim.honeycomb.add("ada@example.com")
    code = {400: "validation", 409: "conflict", 422: "validation", 500: "server_error"}[status]
    failed = ask("honeycomb_member", email="ada@example.com", role="admin", max_wait=0, fails=code)
    assert failed["error"]["hint"] in failed["msg"]
    assert failed["error"]["hint"]
