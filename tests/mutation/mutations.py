# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deliberate breakages: each breaks one promise, and says which tests must notice."""

from __future__ import annotations

from dataclasses import dataclass

CORE, SECURITY = "tests/unit/core/", "tests/security/"
ACCEPTANCE, DOUBT, GUARDS, MANY, ONE, PLAN, QUOTA, TRANSPORT, WIRE = (
    f"{CORE}test_{name}.py"
    for name in ("acceptance", "doubt", "guards", "many", "one", "plan", "quota", "transport", "wire")
)
API_KEYS, TEAM_MEMBERS = f"{CORE}test_api_keys.py", f"{CORE}test_team_members.py"
ECHOES, ORIGINS, ROSTERS = (f"{SECURITY}test_{name}.py" for name in ("echoes", "origins", "fuzz_rosters"))


@dataclass(frozen=True)
class Mutation:
    """`edits` are a file of `plugins/`, a text that stands in it once, and what it becomes."""

    name: str
    tests: tuple[str, ...]
    edits: tuple[tuple[str, str, str], ...]


def mutation(name: str, tests: str | tuple[str, ...], *edits: str) -> Mutation:
    """With the files of `plugins/module_utils/` named without underscore and ending."""
    triples = tuple(zip(edits[::3], edits[1::3], edits[2::3], strict=True))
    paths = tuple((file if "/" in file else f"module_utils/_{file}.py", old, new) for file, old, new in triples)
    return Mutation(name, (tests,) if isinstance(tests, str) else tests, paths)


MUTATIONS = (
    mutation("being listed counts as accepted", ACCEPTANCE, "ledger", "return self.unlisted or", "return True or"),
    mutation("a list ends where it does not say how it goes on", TRANSPORT, "wire", "    if following is None:\n", "    if True:\n"),
    mutation("half a surrogate pair is passed on", WIRE, "wire", 'return re.sub(SURROGATES, "\\ufffd", value)', "return value"),
    mutation(
        "an invitation is sent again on doubt",
        (TRANSPORT, DOUBT),
        *("http", '(request.reach == REFUSED or method != "POST")', "True"),
    ),
    mutation("redirects are followed", ORIGINS, "exchange", "allow_redirects=False", "allow_redirects=True"),
    mutation(
        "a link to another origin is followed",
        ORIGINS,
        *("http", "path = local_path(self.connection.url, answer.url, following)", "path = following"),
        *("exchange", "self._connection.url + path,", 'path if "//" in path else self._connection.url + path,'),
    ),
    mutation(
        "a link without a slash names the host",
        ORIGINS,
        *("wire", 'return "/" + path.lstrip("/") +', "return path +"),
    ),
    mutation("only the first page is read", (TRANSPORT, MANY), "http", "while path not in seen:", "if not seen:"),
    mutation(
        "~/.netrc overrides the credential",
        ORIGINS,
        *("exchange", "auth=self._connection.auth,", ""),
        *("exchange", "    session.trust_env = False\n", ""),
        *(
            "exchange",
            'headers={"Accept": self._connection.media_type, **content_type},',
            'headers=self._connection.auth(type("Bare", (), {"headers": {}})).headers,',
        ),
    ),
    mutation(
        "plain http goes through a proxy",
        ORIGINS,
        *("exchange", 'if url.startswith("http:") and host and not is_loopback(host):', "if False:"),
    ),
    mutation(
        "plain http goes anywhere",
        ORIGINS,
        *("wire", 'if parts.scheme == "http" and not is_loopback(host):', "if False:"),
    ),
    mutation("certificates are not checked", TRANSPORT, "exchange", "verify=self._verify,", "verify=False,"),
    mutation("a key with a line break is used", ECHOES, "wire", 'if not value or not all("!" <= char <= "~"', "if all(False"),
    mutation("a message quotes the credential", WIRE, "wire", 'text = text.replace(form, "***")', "pass"),
    mutation(
        "encoded forms of the credential are shown",
        ECHOES,
        *("wire", "return sorted({*plain, *coded, *(", "return sorted({secret, *("),
        *("wire", 'form.rstrip("=") for form in coded)}', "form for form in ())}"),
    ),
    mutation(
        "the token of an invitation is shown",
        ECHOES,
        *("honeybadger", 'if key != "token" and not (secret and secret in str(value))', "if True"),
    ),
    mutation("addresses compare with their case", (ONE, MANY), "model", "return email.strip().casefold()", "return email"),
    mutation(
        "users and invitations swap their ids",
        ONE,
        *("honeybadger", "self._collections = {MEMBERSHIP: self._users,", "self._collections = {MEMBERSHIP: self._invitations,"),
    ),
    mutation("ids go into paths as they are", WIRE, "wire", 'return quote(text, safe="")', "return text"),
    mutation(
        "guards stand after the writes",
        (GUARDS, MANY),
        *("apply", "    guard(report.plan, report.world, report.rules, limits)\n    steps =", "    before = report.world\n    steps ="),
        *(
            "apply",
            "_apply(service, report, steps, limits, options.concurrency, now)\n",
            "_apply(service, report, steps, limits, options.concurrency, now)\n    guard(report.plan, before, report.rules, limits)\n",
        ),
    ),
    mutation("the quota is not looked at before the writes", QUOTA, "apply", "    if short:\n", "    if False:\n"),
    mutation("pauses may be longer than max_wait", (TRANSPORT, f"{CORE}test_budget.py"), "budget", "> self.left:", "< 0:"),
    mutation(
        "any 403 counts as throttling",
        TRANSPORT,
        *("faults", '(status == 403 and headers.get("X-RateLimit-Remaining", "").strip() == "0")', "status == 403"),
    ),
    mutation("a date is held against the wrong clock", WIRE, "wire", "max(0.0, date - server_time)", "max(0.0, date - time.time())"),
    mutation("the plan id depends on the order", PLAN, "plan", "content = sorted(\n", "content = list(\n"),
    mutation(
        "another plan than the approved one is applied",
        MANY,
        *("apply", "options.expected_plan_id != report.plan_id:", "not report.plan_id:"),
    ),
    mutation(
        "people are removed before others are added",
        (MANY, PLAN),
        *("apply", "for phase in (RAISE, LOWER, LEAVING, REMOVAL):", "for phase in (REMOVAL, LEAVING, LOWER, RAISE):"),
    ),
    mutation(
        "who is pending is invited again whatever the age",
        ONE,
        *("plan", "if rules.reinvite_after is None or since is None:", "if since is None:"),
        *("plan", ">= rules.reinvite_after * 86400", ">= (rules.reinvite_after or 0) * 86400"),
        *("plan", "{rules.reinvite_after:g}", "{rules.reinvite_after}"),
    ),
    mutation("check mode writes", ONE, "apply", "    if options.check:\n", "    if False:\n"),
    mutation(
        "a doubtful answer is taken for a failure",
        DOUBT,
        *("doubt", "    if error.request.leaves_doubt:\n        return True\n", ""),
    ),
    mutation(
        "a list that cannot be read counts as an empty team",
        (TRANSPORT, ONE),
        *(
            "honeycomb",
            'raise self._explain(error) from None\n        shape = Shape(self.info.title, "GET", MEMBERSHIPS)',
            'return []\n        shape = Shape(self.info.title, "GET", MEMBERSHIPS)',
        ),
    ),
    mutation(
        "invitations do not count as removals",
        GUARDS,
        *("guards", "figure = len({step.email for step in steps if step.takes_away})",
          'figure = len({step.email for step in steps if step.action == "remove"})'),
    ),
    mutation("a pending admin counts as one", (GUARDS, ONE), "match", "            and grant.status == ACTIVE\n", ""),
    mutation("an alias is not protected", GUARDS, "guards", "isdisjoint(step.addresses | step.known_as)", "isdisjoint({step.email})"),
    mutation(
        "an empty list may remove everybody",
        (GUARDS, MANY),
        *("plan", "if rules.exclusive and all(person.state == ABSENT for person in people):", "if False:"),
    ),
    mutation("exclusive is on by default", MANY, "module", '"exclusive": {"type": "bool", "default": False}',
             '"exclusive": {"type": "bool", "default": True}'),
    mutation("the same person may stand twice", MANY, "model", "if address in owners:", "if False:"),
    mutation(
        "a run that left something undone succeeds",
        MANY,
        *("run", "report.error or _partial(report, outcomes)", "report.error"),
    ),
    mutation(
        "a name becomes a formula",
        ROSTERS,
        *("plugin_utils/_roster_file.py", 'return _CALCULATES.sub(r"\\1\'\\2", text)', "return text"),
    ),
    mutation("the management key in use may be deleted", API_KEYS, "honeycomb_keys",
             "return key_id in (self._key_id, self.own().id)", "return False"),
    mutation("a key that was not changed counts as changed", API_KEYS, "honeycomb_keys",
             "if told.id != key.id or told.disabled != disabled:", "if False:"),
    mutation("a key's fate is guessed", API_KEYS, "api_key", "        now = _find(service, key.id)\n",
             "        now = _planned(key, action)\n"),
    mutation("teams of another account are this one's", TEAM_MEMBERS, "honeybadger_teams",
             'str(record.get("account_id") or self._account) == self._account and ', ""),
    mutation("the token of an invitation to a team is shown", TEAM_MEMBERS, "honeybadger_teams",
             "record=without_token(record),", "record=record,"),
    mutation("a team that cannot be read counts as empty", TEAM_MEMBERS, "honeybadger_teams",
             "if error.code not in (errors.FORBIDDEN, errors.NOT_FOUND):", "if False:"),
    mutation("an invitation to a team counts as another one's", TEAM_MEMBERS, "team_member",
             "grants + [_invitation(invitation) for invitation in team.pending]", "grants"),
)  # fmt: skip
