# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deliberate breakages: each breaks one promise, and says which tests must notice.

They are those that no tool makes, because they take several places, or because only a transport, a secret or a role shows
them. Small changes of the pure files are made by the dozen; see sampling.py.
"""

from __future__ import annotations

from dataclasses import dataclass

CORE, SECURITY = "tests/unit/core/", "tests/security/"
ACCEPTANCE, DOUBT, GUARDS, MANY, ONE, PLAN, TRANSPORT, WIRE = (
    f"{CORE}test_{name}.py" for name in ("acceptance", "doubt", "guards", "many", "one", "plan", "transport", "wire")
)
OUTSIDE = f"{CORE}test_outside.py"
VENDOR, WORLD = "tests/vendor/test_records.py", f"{CORE}test_right_by_the_world.py"
ECHOES, ORIGINS, ROSTERS = (f"{SECURITY}test_{name}.py" for name in ("echoes", "origins", "fuzz_rosters"))


@dataclass(frozen=True)
class Mutation:
    """`edits` are a file of `plugins/`, a text that stands in it once, and what it becomes."""

    name: str
    tests: tuple[str, ...]
    edits: tuple[tuple[str, str, str], ...]


def mutation(name: str, tests: str | tuple[str, ...], *edits: str) -> Mutation:
    """With the files of `plugins/module_utils/` named without ending."""
    triples = tuple(zip(edits[::3], edits[1::3], edits[2::3], strict=True))
    paths = tuple((file if file.endswith(".py") else f"module_utils/{file}.py", old, new) for file, old, new in triples)
    return Mutation(name, (tests,) if isinstance(tests, str) else tests, paths)


MUTATIONS = (
    mutation(
        "an invitation is sent again on doubt",
        (TRANSPORT, DOUBT),
        *("_http/retry", ' or (method == "POST" and request.reach != REFUSED)', ""),
    ),
    mutation(
        "a request that was written counts as never sent",
        TRANSPORT,
        *("_http/attempt", "            self.begun = True\n", ""),
    ),
    mutation(
        "the token of a controller goes to anybody who answers",
        "tests/awx/test_memory.py",
        *("plugin_utils/_memory/controller.py", 'if not (verify or insecure) and url.startswith("https:"):', "if not url:"),
    ),
    mutation(
        "a memory that cannot be written is found after the invitation",
        "tests/awx/test_memory.py",
        *("plugin_utils/_memory/controller.py", 'may.get("edit") is False', 'may.get("edit") is None'),
    ),
    mutation("redirects are followed", ORIGINS, "_http/connection", "allow_redirects=False", "allow_redirects=True"),
    mutation(
        "a link to another origin is followed",
        ORIGINS,
        *("_http/client", "path = local_path(self.connection.url, answer.url, following)", "path = following"),
        *("_http/connection", "self._connection.url + path,", 'path if "//" in path else self._connection.url + path,'),
    ),
    mutation(
        "only the first page is read",
        (TRANSPORT, MANY),
        *("_http/client", "while path not in seen:", "if not seen:"),
    ),
    mutation(
        "~/.netrc overrides the credential",
        ORIGINS,
        *("_http/connection", "auth=self._connection.auth,", ""),
        *("_http/attempt", "    made.trust_env = False\n", ""),
        *(
            "_http/connection",
            'headers={"Accept": self._connection.media_type, **content_type},',
            'headers=self._connection.auth(type("Bare", (), {"headers": {}})).headers,',
        ),
    ),
    mutation("certificates are not checked", TRANSPORT, "_http/connection", "verify=self._verify,", "verify=False,"),
    mutation(
        "encoded forms of the credential are shown",
        ECHOES,
        *("_http/text", "return {*plain, *coded, *(", "return {secret, *("),
        *("_http/text", 'form.rstrip("=") for form in coded)}', "form for form in ())}"),
    ),
    mutation(
        "the token of an invitation is shown",
        ECHOES,
        *("_honeybadger/account", 'if key != "token" and not (secret and secret in str(value))', "if True"),
    ),
    mutation(
        "guards stand after the writes",
        (GUARDS, MANY),
        *(
            "_access/apply",
            "    guard(report.plan, report.existing, report.rules, limits)\n    steps =",
            "    before = report.existing\n    steps =",
        ),
        *(
            "_access/apply",
            "    if options.verify and not options.check:\n",
            "    guard(report.plan, before, report.rules, limits)\n    if options.verify and not options.check:\n",
        ),
    ),
    mutation(
        "another plan than the approved one is applied",
        MANY,
        *("_access/apply", "options.expected_plan_id != report.plan_id:", "not report.plan_id:"),
    ),
    mutation(
        "people are removed before others are added",
        (MANY, PLAN),
        *("_access/apply", "for phase in (RAISE, LOWER, LEAVING, REMOVAL, LAST):", "for phase in (REMOVAL, LEAVING, LOWER, RAISE, LAST):"),
    ),
    mutation("check mode writes", ONE, "_access/apply", "    if options.check:\n", "    if False:\n"),
    mutation(
        "a list that cannot be read counts as an empty team",
        (TRANSPORT, ONE),
        *(
            "_honeycomb/members",
            'raise self._explain(error) from None\n        shape = Shape(self.info.title, "GET", MEMBERSHIPS)',
            'return []\n        shape = Shape(self.info.title, "GET", MEMBERSHIPS)',
        ),
    ),
    mutation(
        "a name becomes a formula",
        ROSTERS,
        *("plugin_utils/_people/cells.py", 'return _CALCULATES.sub(r"\\1\'\\2", text)', "return text"),
    ),
    mutation(
        "a team is dropped for the number of its account",
        VENDOR,
        *("_honeybadger/teams", "isinstance(told, str) and told not in", "told and told not in"),
    ),
    mutation(
        "the key of the run may be turned off",
        WORLD,
        *("_honeycomb/key_grants", "key.type != INGEST and self._own not in self._listed", 'key.type not in (INGEST, "configuration")'),
    ),
    mutation(
        "a management key of no known team may do anything",
        WORLD,
        *(
            "_honeycomb/key_grants",
            "        if not self._team_of_key:\n            return",
            "        if self._team_of_key is None:\n            return",
        ),
    ),
    mutation(
        "a list that lags proves something",
        WORLD,
        *("_access/ledger", "SETTLING = 60.0", "SETTLING = 0.0"),
    ),
    mutation(
        "who manages goes first",
        WORLD,
        *("_access/plan", "return rules.power(step.target.role) if", "return -1 - rules.power(step.target.role) if"),
    ),
    mutation(
        "keys are deleted before their creator is gone",
        WORLD,
        *("_access/leaving", "LAST if grant.kind.final else LEAVING", "LEAVING"),
    ),
    mutation(
        "somebody who is held back loses their teams",
        WORLD,
        *(
            "_access/apply",
            "hold_back(ahead, report.existing",
            "hold_back([step for step in ahead if step.phase == phase], report.existing",
        ),
    ),
    mutation(
        "a plan is of any team",
        WORLD,
        *("_honeycomb/members", 'f"{HONEYCOMB.key}/{team}" if team else HONEYCOMB.key', "HONEYCOMB.key"),
    ),
    mutation(
        "what is published is a template to whoever reads it",
        OUTSIDE,
        *("_http/outside", "text) if _TEMPLATE.search(text) else text", "text) if not text else text"),
    ),
    mutation(
        "an approval is evaluated",
        OUTSIDE,
        *("plugin_utils/_host/variables.py", "isinstance(value, str) and _TEMPLATE.fullmatch(value)", "value"),
    ),
    mutation(
        "what a service says is taken as it is",
        OUTSIDE,
        *("_http/client", "body if as_it_is else _as_data(body)", "body"),
    ),
)  # fmt: skip
