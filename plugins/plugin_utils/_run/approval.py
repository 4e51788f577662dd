# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans for approval: publishing them, and comparing a plan with the approved one.

This file is private to the collection.
"""

from __future__ import annotations

import json
import typing as t
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate

from ...module_utils._services import SERVICES
from .._host.variables import Refused, Variables, is_blank
from .._words.chat import LONGEST, shortened, size_of
from .._words.names import SEPARATOR, title
from .._words.steps import another_address, digest
from .._words.text import at_most

MOST = {"steps": 200, "follow_up": 100, "ends": 200, "not_found": 200}
"""How much of each list of a plan is in the artefact, if there is room."""
MOST_STEPS = MOST["steps"]
ROOM = 300_000
"""Characters for the plans of all hosts of a run: a controller keeps them in one event, and drops one that is too large."""
OUTCOMES = ("applied", "failed", "deferred", "not_attempted")
PARTIAL_FAILURE, PLAN_CHANGED = "partial_failure", "plan_changed"


Steps = list[dict[str, t.Any]]


@dataclass(frozen=True)
class Approved:
    """The approved plan of one service; ``steps`` is None if only the id is known. There was no room for more than ``most``."""

    plan_id: str
    steps: Steps | None = None
    most: int = MOST_STEPS


def published(result: Mapping[str, t.Any], ends: t.Sequence[str] = ()) -> dict[str, t.Any]:
    """The plan of one service, for the person who approves it. ``ends``: whose access ends soon."""
    code = (result.get("error") or {}).get("code")
    return {
        "plan_id": result.get("plan_id") or "",
        "refused": result.get("msg") if result.get("failed") and code != PARTIAL_FAILURE else None,
        "counts": {key: count for key, count in result.get("summary", {}).items() if key not in OUTCOMES},
        "steps": [_step(step) for step in result.get("plan", ())],
        "follow_up": list(result.get("follow_up", ())),
        **({"ends": list(ends)} if ends else {}),
    }


def cut(plan: Mapping[str, t.Any], room: int = ROOM) -> dict[str, t.Any]:
    """A published plan as the artefact has it, in about so many characters: its lists end where there is no more room."""
    left = room
    found = {**plan, "refused": plan["refused"] and shortened(plan["refused"], max(LONGEST, room // 4))}
    for key, most in MOST.items():
        if key in plan:
            count = _fitting(plan[key][:most], left * 2 // 3)
            found[key] = at_most(plan[key], count) if key == "follow_up" else plan[key][:count]
            left -= len(json.dumps(found[key]))
    return found


def _fitting(items: t.Sequence[t.Any], room: int) -> int:
    """How many of these fit into so many characters."""
    sizes = accumulate(len(json.dumps(item)) + 2 for item in items)
    return sum(size <= room for size in sizes)


def note_unknown(plans: t.Mapping[str, dict[str, t.Any]], unknown: t.Sequence[t.Any], refused: str) -> None:
    """Note in each published plan of a host who was found nowhere, and that it is refused if that refuses the run."""
    for plan in plans.values() if unknown else ():
        plan["not_found"] = list(unknown)
        plan["refused"] = plan["refused"] or refused or None


def approval(
    variables: Variables, host: str, services: t.Iterable[str], applies: bool = True
) -> dict[str, Approved] | None:
    """The approved plan for each service of a host, None if no approval is given.

    An approval that leaves out a service, or names no plan for it, is refused. Only a run that ``applies`` a plan needs one. One
    that only plans makes a new plan for one that was refused, as the next job of a workflow does with other limits.
    """
    plan, ids = variables.data("access_plan"), variables.get("lifecycle_expected_plan_id")
    if plan is not None and ids is not None:
        raise Refused("Both access_plan and lifecycle_expected_plan_id are set; set one of them.")
    if plan is not None and set(plan) == {"access_plan"} and isinstance(plan["access_plan"], Mapping):
        plan = plan["access_plan"]  # the whole file that plan_file names
    if plan is not None and (applies or not _was_refused(plan, host)):
        return _from_plan(plan, host, list(services))
    if isinstance(ids, str) and ids.lstrip().startswith("{"):
        ids = variables.mapping("lifecycle_expected_plan_id")
    if ids is not None:
        return _from_ids(ids, host, list(services))
    if variables.flag("lifecycle_require_approval") and applies:
        raise Refused(
            "This run needs an approval and has none. Set access_plan to the access_plan of the planning run."
        )
    return None


def _was_refused(plan: Mapping[str, t.Any], host: str) -> bool:
    entries = plan.get(host)
    return isinstance(entries, Mapping) and any(
        isinstance(entry, Mapping) and entry.get("refused") for entry in entries.values()
    )


def _from_plan(plan: Mapping[str, t.Any], host: str, services: list[str]) -> dict[str, Approved]:
    approved = plan.get(host)
    if not isinstance(approved, Mapping):
        raise Refused(f"access_plan has no plan for {host}. Plan again for this host, and have that plan approved.")
    extra = sorted(key for key in approved if key.partition(SEPARATOR)[0] in SERVICES and key not in services)
    if extra:
        raise Refused(f"access_plan has a plan for {_titles(extra)}, which is not configured on {host}. Plan again.")
    found = {}
    for service in services:
        entry = approved.get(service)
        if not isinstance(entry, Mapping) or is_blank(entry.get("plan_id")):
            raise Refused(
                f"access_plan has no plan for {_titles([service])} on {host}. Plan again, and have that plan approved."
            )
        if entry.get("refused"):
            raise Refused(
                f"The plan for {_titles([service])} on {host} was refused when it was made: {entry['refused']}"
            )
        steps = entry.get("steps")
        steps = steps[:MOST_STEPS] if isinstance(steps, list) else None
        most = len(steps) if steps is not None and size_of(entry) > len(steps) else MOST_STEPS
        found[service] = Approved(str(entry["plan_id"]).strip(), steps, most)
    return found


def _from_ids(ids: t.Any, host: str, services: list[str]) -> dict[str, Approved]:
    if not isinstance(ids, Mapping):
        ids = {services[0]: ids} if len(services) == 1 else {}
    missing = [service for service in services if is_blank(ids.get(service))]
    if missing:
        raise Refused(
            f"lifecycle_expected_plan_id has no plan for {_titles(missing)} on {host}. Set it to a mapping with the plan_id of "
            "each service that is configured."
        )
    return {service: Approved(str(ids[service]).strip()) for service in services}


def change(approved: Approved, result: Mapping[str, t.Any]) -> str:
    """How a plan differs from the approved one, in a sentence or two; empty if it does not."""
    if result.get("plan_id") == approved.plan_id:
        return ""
    text = f"the plan is now {result.get('plan_id') or 'none'}, not {approved.plan_id}."
    if approved.steps is None:
        return text
    then = {_key(step): step for step in approved.steps if isinstance(step, Mapping)}
    now = {_key(step): step for step in map(_step, result.get("plan", ())[: approved.most])}
    added = [step for key, step in now.items() if key not in then]
    dropped = [step for key, step in then.items() if key not in now]
    if added:
        text += f" New: {digest(added)}."
    if dropped:
        text += f" No longer: {digest(dropped)}."
    if added or dropped:
        return text
    if len(result.get("plan", ())) > approved.most:
        return f"{text} The first {approved.most} steps are the same."
    return f"{text} Its steps are the same, so it was probably made for another team or account."


def _step(step: Mapping[str, t.Any]) -> dict[str, t.Any]:
    return {
        **{key: value for key, value in step.items() if key not in ("before", "after", "reason")},
        "before": _side_of(step, "before"),
        "after": _side_of(step, "after"),
    }


def _side_of(step: Mapping[str, t.Any], side: str) -> dict[str, t.Any] | None:
    """The access before or after a step, without the address that the step has already."""
    access = step.get(side)
    hidden = () if another_address(step) else ("email",)
    return None if access is None else {key: value for key, value in access.items() if key not in hidden}


def _key(step: Mapping[str, t.Any]) -> str:
    return json.dumps([step.get(key) for key in ("action", "email", "before", "after")], sort_keys=True, default=str)


def _titles(services: t.Sequence[str]) -> str:
    return " and ".join(title(service) for service in services)
