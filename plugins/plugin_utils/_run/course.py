# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has become of a run of the role on one host, and what is kept of it.

This file is private to the collection.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from ...module_utils._access.addresses import fold
from ...module_utils._access.catalog import ServiceInfo
from ...module_utils._access.model import ABSENT, KNOWN
from ...module_utils._access.outcome import ByHand
from ...module_utils._http.errors import VALIDATION
from .._host import collection
from .._people.unknown import unknown_among
from .._words.names import service
from . import evidence as _evidence
from .approval import PLAN_CHANGED
from .provenance import Provenance

KEPT = 100  # records of a kind in the result, so that an event stays small
OF_THE_RUN = (KNOWN, "by_hand", "unclear", "linked")  # in a result, for the memory and the evidence only
PLAN_AGAIN = "Plan again, and have the new plan approved."

People = list[dict[str, Any]]
Results = dict[str, dict[str, Any]]


@dataclass
class Course:
    """What has become of a run so far; each stage fills in its part.

    ``people`` are those of each service, as options of its bulk module; ``nameless``: somebody is declared by a text that
    is no address; ``leaving``: somebody leaves. ``results`` are by service, or by service and account, and ``done_at`` when
    each was there (UTC). ``follow_up`` is left to do by hand in accounts that the run does not manage, ``doubts`` what may not be
    remembered, ``ends`` whose access ends soon. ``policy`` is what an unknown leaver means, ``alone``: no other host of the
    run may know them. ``ended`` is what ended the run from outside, ``failure`` why nothing more was done. ``exempt`` are the
    people whom the options ``protected`` and ``ignore`` name.
    """

    host: str
    check: bool
    started: str
    asked: Provenance = field(default_factory=Provenance)
    people: dict[str, People] = field(default_factory=dict)
    nameless: bool = False
    leaving: bool = False
    results: Results = field(default_factory=dict)
    done_at: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    follow_up: list[ByHand] = field(default_factory=list)
    doubts: list[ByHand] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    policy: str | None = None
    alone: bool = True
    ended: BaseException | None = None
    failure: str = ""
    exempt: dict[str, list[str]] = field(default_factory=dict)

    def kept(self) -> dict[str, Any]:
        """The result that the role keeps as a fact."""
        results, people = self.results, self.people
        leavers = {key: _evidence.leavers_of(listed) for key, listed in people.items()}
        found = _evidence.evidence(results, leavers, self.check, self.done_at)
        unknown = unknown_among(found, results) if self.policy else []
        return {
            **{key: _slim(result, people[key], service(key)) for key, result in results.items()},
            # Several accounts may have texts in common.
            "follow_up": list(
                dict.fromkeys(text for result in results.values() for text in result.get("follow_up", ()))
            )
            + [item.text for item in self.follow_up],
            "people": found,
            **({"ends": self.ends} if self.ends else {}),
            **({"unknown": unknown} if unknown else {}),
            "run": self.asked.as_run(
                {key: str(result["plan_id"]) for key, result in results.items() if result.get("plan_id")},
                collection.version(),
                self.started,
            ),
        }


def people_of(planned: Results, people: dict[str, People]) -> list[dict[str, Any]]:
    """The evidence for leavers of what is planned."""
    leavers = {key: _evidence.leavers_of(people[key]) for key in planned}
    return _evidence.evidence(planned, leavers, True, {})


def invalid(results: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The results of services that refused what is declared."""
    return {key: result for key, result in results.items() if (result.get("error") or {}).get("code") == VALIDATION}


def now() -> str:
    """The time (UTC) as results and files have it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _slim(result: dict[str, Any], people: People, info: ServiceInfo) -> dict[str, Any]:
    """The result without too many records for an event: of everybody, or only of the people of this run."""
    about = {step["email"] for step in result.get("plan", ())} | {fold(person["email"]) for person in people}
    records = {
        key: [record for record in result[key] if fold(str(record.get("email", ""))) in about][:KEPT]
        for key in info.results
        if len(result.get(key, ())) > KEPT
    }
    return {**{key: value for key, value in result.items() if key not in OF_THE_RUN}, **records}


def unlisted(result: dict[str, Any], people: People) -> list[str]:
    """The people for whom nothing was found: leavers, then people who are invited."""
    plan = result.get("plan", ())
    found = {step["email"] for step in plan}
    leavers = [fold(person["email"]) for person in people if person["state"] == ABSENT]
    invited = [step["email"] for step in plan if step["action"] == "invite"]
    return [email for email in leavers if email not in found and result.get("plan_id")] + invited


def hold(result: dict[str, Any], changed: str) -> None:
    """Change a planning result to that of a service where nothing was done; ``changed`` says how plans changed."""
    plan = result.get("plan", ())
    result["changed"] = False
    result["results"] = [
        {"email": step["email"], "action": step["action"], "outcome": "not_attempted", "error": None} for step in plan
    ]
    result.pop("diff", None)
    if changed:
        error = {"code": PLAN_CHANGED, "detail": changed, "hint": PLAN_AGAIN}
        result.update(failed=True, msg=changed, error={**dict.fromkeys(("status", "method", "path")), **error})
