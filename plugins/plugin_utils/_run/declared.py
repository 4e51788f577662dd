# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is declared on one host, from the variables of the role.

This file is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...module_utils._access.addresses import check_shown, few, is_address, is_template
from ...module_utils._access.model import ABSENT, PRESENT
from ...module_utils._roster import STATES, addresses_of, check, for_service, tell
from ...module_utils._services import SERVICES
from .._host.target import Target
from .._host.variables import Refused, Variables
from .._people import exempt as _exempt
from .._people.document import Document
from .._people.given import people_in
from .._people.rosters import endings_here, resolved_here
from .._people.unknown import POLICIES, WARN
from .course import Course, People


def declare(course: Course, target: Target, variables: Variables, values: Mapping[str, Any]) -> None:
    """Fill in who is declared in each service that is configured on the host; ``values`` are all its variables."""
    listed = people_in(variables, "lifecycle_people")
    if listed is None:
        raise Refused("lifecycle_people is not set. Set it to a list of e-mail addresses, or of mappings with email.")
    checked, faults = check(listed, check_main=check_shown, by_service=True)
    resolved, unknown = resolved_here(Document(checked), values, variables, course.check)
    checked, faults = resolved.people, [*faults, *unknown]
    if faults:
        raise Refused("Nothing was done, because the declared people have faults:\n" + "\n".join(tell(faults)))
    course.ends = endings_here(checked, variables, course.check)
    course.nameless = any(not is_address(email) or is_template(email) for email in (p["email"] for p in checked))
    state = variables.choice("lifecycle_state", STATES) or PRESENT
    course.policy = variables.choice("lifecycle_unknown", POLICIES) or (WARN if state == ABSENT else None)
    course.alone = len(values.get("ansible_play_hosts_all", ())) <= 1
    course.exempt = {option: _exempt.exempt(variables, option, checked) for option in _exempt.OPTIONS}
    _note_ignored(
        course,
        [person for person in checked if ABSENT in (state, person["state"])],
        set(course.exempt[_exempt.IGNORE]),
    )
    course.leaving = state == ABSENT or any(person["state"] == ABSENT for person in checked)
    if state == PRESENT:
        _note_unconfigured(course, target, [person for person in checked if person["state"] == PRESENT])
    split = {key: for_service(checked, key, state, variables.default_role(SERVICES[key])) for key in target.services}
    if checked and not any(split.values()):
        reasons, course.warnings = course.warnings, []
        raise Refused(f"Nothing was done. {' '.join(reasons)}")
    course.people = split


def _note_ignored(course: Course, leavers: People, ignored: set[str]) -> None:
    """Warn about leavers for whom nothing is done, since lifecycle_ignore names them."""
    named = [person["email"] for person in leavers if not ignored.isdisjoint(addresses_of(person))]
    if named:
        course.warnings.append(f"lifecycle_ignore names {few(named)}, so their access was left alone.")


def _note_unconfigured(course: Course, target: Target, people: People) -> None:
    """Warn about people whose access cannot be given, since the service is not configured here."""
    for key, info in SERVICES.items():
        named = [person["email"] for person in people if key in person]
        if key not in target.services and named:
            course.warnings.append(
                f"{info.title} is not configured on {course.host}, so the access declared there for {few(named)} "
                "was not given."
            )
