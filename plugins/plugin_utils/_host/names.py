# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names of all variables that the collection reads, and misspellings of them.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t

from ...module_utils._access.options import OF_ROLE
from ...module_utils._http.outside import as_given
from ...module_utils._services import SERVICES

SOURCES = ("people", "roster_file", "email")
"""The variables that may name people; a run takes exactly one of them."""


FORM = tuple(f"{service.key}_{key}" for service in SERVICES.values() for key in service.declares)
"""The fields that go with ``email`` in a form, and the columns of a roster, such as ``honeycomb_role``."""


CONNECTION = tuple(setting.variable for service in SERVICES.values() for setting in service.settings)
ROLE = (
    "lifecycle_people",
    "lifecycle_options",
    "lifecycle_state",
    *(f"lifecycle_{option}" for option in OF_ROLE),
    *(f"lifecycle_{option}" for service in SERVICES.values() for option in (service.keepers, *service.options)),
    "lifecycle_expected_plan_id",
    "lifecycle_as_of",
    "lifecycle_renamed",
    "lifecycle_directory",
    "lifecycle_ends_within",
    "lifecycle_unknown",
    "lifecycle_require_approval",
    "lifecycle_four_eyes",
    *(f"lifecycle_default_{service.key}_role" for service in SERVICES.values()),
    "lifecycle_memory",
    "lifecycle_memory_dir",
    "lifecycle_memory_insecure",
    "lifecycle_verify",
    "lifecycle_all_accounts",
    "lifecycle_evidence_dir",
    "lifecycle_dump_file",
    "lifecycle_dump_force",
    "lifecycle_dump_groups",
)
PLAYBOOK = (
    "access_targets",
    "access_credentials",
    "access_plan",
    "exclusive",
    "roster_columns",
    "dump_file",
    "dump_groups",
    "force",
    "evidence_dir",
    "plan_file",
)
RESULTS = (
    "lifecycle_result",
    "access_who",
    "access_review",
    "access_review_gate",
    "access_review_record",
)
REPORT = (
    "report_dir",
    "report_options",
    "report_people",
    "report_roster_file",
    "report_fail_on_drift",
    "report_previous",
    "report_pending_days",
    "report_teams",
    "report_keys",
    "report_parts",
    "fail_on_drift",
)
DIRECTORY = (
    "read_directory",
    "directory_user",
    "directory_password",
    "directory_token",
    "directory_client_id",
    "directory_client_secret",
)
REVIEW = ("review_dir", "review_file", "review_reviewers", "review_every", "review_partial")
ASKED = ("ticket", "requested_by", "approved_by")
READ = (*SOURCES, *FORM, *CONNECTION, *ROLE, *PLAYBOOK, *REPORT, *DIRECTORY, *REVIEW, *ASKED, *RESULTS)
"""Every variable that the collection reads or sets."""


INTERNAL = ("lifecycle_options", "report_options", "access_who", "access_review", "access_review_gate")
"""Variables that playbooks fill in, and that win over all others."""


CUT = "_raw_params"
QUOTE = 'Separate several values by commas, or write them as JSON, as in -e \'{"email": "ada@example.com bob@example.com"}\'.'
"""Where Ansible puts what follows a blank in ``-e name=value``, and belongs to no variable."""


MEANT: t.Mapping[str, str] = {
    **dict.fromkeys(
        ("emails", "mail", "e_mail", "address", "addresses", "user", "users", "member", "members"), "email"
    ),
    **dict.fromkeys(("roster", "rosters", "roster_files", "roster_path"), "roster_file"),
    **{
        f"{before}{name}": f"{service.key}_team_ids"
        for service in SERVICES.values()
        if "team_ids" in service.declares
        for before in ("", f"{service.key}_")
        for name in ("team", "teams", "team_id")
    },
}
"""What people write for variables of the playbooks, and what they mean."""


PREFIXES = ("lifecycle_", "access_", *(f"{key}_" for key in SERVICES))


def misspelt(names: t.Iterable[str], given: t.Mapping[str, t.Any], form: bool = False) -> list[str]:
    """The variables whose names look like misspellings of variables that are read.

    ``given`` are this run's own variables, which are checked whatever their prefix. They must not look like a field of a
    form without being one; where they are for a playbook of the collection, not even without a prefix, as ``role`` does.
    """
    suspects = {name for name in names if name.startswith(PREFIXES)} | set(given)
    faults = [
        f"{name} is not a variable of this collection. Did you mean {near}?"
        for name in sorted(suspects - set(READ) - {CUT})
        if (near := _nearest(name) or (_meant(name) if name in given and (form or name.startswith(PREFIXES)) else None))
    ]
    return [*_cut(given), *faults]


def _cut(given: t.Mapping[str, t.Any]) -> list[str]:
    """What was written after a blank, and would be lost."""
    rest = str(given.get(CUT) or "")
    return [f"{as_given(rest)} stands after a blank and belongs to no variable. {QUOTE}"] if rest else []


def _meant(name: str) -> str | None:
    """The variables that may be meant by a name that is like one of them without what begins or ends it."""
    if name in MEANT:
        return MEANT[name]
    whole = [known for known in READ if known.partition("_")[2] == name and known.startswith(PREFIXES)]
    found = [known for known in whole if known not in (*RESULTS, *INTERNAL)]
    return " or ".join(found) or None


def _nearest(name: str) -> str | None:
    """The variable that a name looks like a misspelling of."""
    prefix = next((prefix for prefix in PREFIXES if name.startswith(prefix)), "")
    rest = name[len(prefix) :]
    near = [known for known in READ if known.startswith(prefix) and _is_near(rest, known[len(prefix) :])]
    return min(near, key=lambda known: (_distance(name, known), known), default=None)


def _is_near(text: str, known: str) -> bool:
    if min(len(text), len(known)) < 3:
        return False
    return _distance(text, known) <= (1 if len(known) <= 6 else 2)


def _distance(one: str, other: str) -> int:
    """The number of letters to change, add, drop or swap with their neighbour."""
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, wanted in enumerate(other, 1):
            cost = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]
