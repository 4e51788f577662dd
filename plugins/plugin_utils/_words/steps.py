# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""One step of a plan in words. Summary, refusal, approval, chat, ticket and evidence say it with these.

A step is ``{action, email, before, after}``, as plans have it. This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence

from ...module_utils._access.addresses import few, fold
from ...module_utils._access.outcome import APPLIED
from ...module_utils._http.outside import quoted

Step = Mapping[str, t.Any]
SHOWN = 10  # steps named in a message
DONE_ALREADY = "done_already"

DONE = {
    "invite": "invited as {after}",
    "update": "changed from {before} to {after}",
    "reinvite": "invited again as {after}",
    "remove": "removed, was {before}",
    "cancel": "invitation as {before} cancelled",
    "cancel_team_invitation": "invitation to team {team} cancelled",
    "leave_team": "removed from team {team}",
    "invite_to_team": "invited to team {team}",
    "disable_key": "key {key} disabled",
    "delete_key": "key {key} deleted",
}
WOULD = {
    "invite": "would be invited as {after}",
    "update": "would change from {before} to {after}",
    "reinvite": "would be invited again as {after}",
    "remove": "would be removed, is {before}",
    "cancel": "invitation as {before} would be cancelled",
    "cancel_team_invitation": "invitation to team {team} would be cancelled",
    "leave_team": "would be removed from team {team}",
    "invite_to_team": "would be invited to team {team}",
    "disable_key": "key {key} would be disabled",
    "delete_key": "key {key} would be deleted",
}
NOT = {
    "failed": "{action} failed: {why}",
    "not_attempted": "{action} not attempted",
    "deferred": "{action} deferred to a later run",
}


def made(step: Step, check: bool) -> str:
    """What a step did for a person, or in check mode would do."""
    about, other = step["before"] or step["after"] or {}, another_address(step)
    return (WOULD if check else DONE)[step["action"]].format(
        before=f"{access(step['before'])}{f' ({other})' if other else ''}",
        after=access(step["after"]),
        team=quoted(str(about.get("team") or about.get("team_id"))),
        key=_key(about),
    )


def not_made(step: Step, outcome: str, why: str) -> str:
    """What a step did not do for a person: it failed, was not attempted, or is left to a later run."""
    return NOT[outcome].format(action=verb(step["action"]), why=why)


def outcome_of(result: Mapping[str, t.Any]) -> str:
    """The outcome of a step, by its result: applied only if the run did not just find that nothing was left to do."""
    outcome = str(result["outcome"])
    return DONE_ALREADY if outcome == APPLIED and result["action"] == "none" else outcome


def is_made(result: Mapping[str, t.Any]) -> bool:
    """Whether the result of a step says that the run made it."""
    return outcome_of(result) == APPLIED


def todo(step: Step) -> str:
    """What a step does, to whom, and what they have, so that two steps for one person differ."""
    before, after = step.get("before"), step.get("after")
    detail = [_between(before, after), another_address(step), str(step.get("because") or "")]
    told = f" ({', '.join(filter(None, detail))})" if any(detail) else ""
    return f"{verb(str(step.get('action')))} {step.get('email')}{told}"


def digest(steps: Sequence[Step]) -> str:
    """What some steps do to whom; after ten, only their number."""
    return few([todo(step) for step in steps], SHOWN)


def verb(action: str) -> str:
    """An action in words."""
    return action.replace("_", " ")


def named(step: Step) -> str:
    """The team, key or role that a step is about."""
    about = step.get("before") or step.get("after") or {}
    words = (about.get(key) for key in ("team", "name", "team_id", "role", "id"))
    return next((str(word) for word in words if word), "")


def another_address(step: Step) -> str:
    """The address of what a step changes or removes, if it is not the one that the step names."""
    email = str((step.get("before") or {}).get("email") or "")
    return "" if fold(email) == step.get("email") else email


def access(has: Mapping[str, t.Any] | None) -> str:
    """The role that somebody has, with the teams."""
    if not has:
        return "nobody"
    teams = has.get("team_ids")
    role = str(has.get("role") or "nothing")
    return f"{role} in team{'s' * (len(teams) > 1)} {', '.join(map(str, teams))}" if teams else role


def _between(before: t.Any, after: t.Any) -> str:
    sides = [_side(side) for side in (before, after) if isinstance(side, Mapping)]
    return " to ".join(dict.fromkeys(filter(None, sides)))


def _side(has: Mapping[str, t.Any]) -> str:
    if has.get("team") or has.get("team_id"):
        return quoted(str(has.get("team") or has["team_id"]))
    return access(has) if has.get("role") else _key(has) if has.get("id") else ""


def _key(key: Mapping[str, t.Any]) -> str:
    return f"{quoted(str(key.get('name') or 'without a name'))} ({key.get('id')})"
