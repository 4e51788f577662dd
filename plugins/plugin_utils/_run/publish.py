# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run of the role keeps, publishes and prints.

This file is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible import context

from ...module_utils._access.addresses import fold
from ...module_utils._services import SERVICES
from .._host.variables import Variables
from .._memory.directory import settle
from .._people.unknown import WARN
from .._words.chat import summaries, summary_text
from .._words.names import title
from .._words.nowhere import misspelt_leavers
from . import summary as _summary
from .approval import ROOM, cut, note_unknown, published
from .course import Course
from .evidence_files import write_evidence
from .lifecycle import refused_unknown
from .plan_file import write_plan


def outcome(course: Course, variables: Variables, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the role keeps, publishes and prints."""
    results, failure = course.results, course.failure
    unplanned = {key: {"failed": True, "msg": failure} for key in course.people or SERVICES} if failure else {}
    plans = {key: published(result, course.ends) for key, result in (results or unplanned).items()}
    elsewhere = next((key for key, info in SERVICES.items() if info.sees_others and key in plans), None)
    if elsewhere:
        plans[elsewhere]["follow_up"] += [item.text for item in course.follow_up]
    diffs = [
        {**result.pop("diff"), **dict.fromkeys(("before_header", "after_header"), f"{course.host}, {title(key)}")}
        for key, result in results.items()
        if result.get("diff")
    ]
    kept = course.kept()
    unknown = kept.get("unknown", [])
    if not course.check and results:
        _keep_evidence(course, variables, kept)
    refused = _tell_unknown(course, plans, unknown)
    file = variables.text("plan_file")
    if file:
        course.warnings += write_plan(file, course.host, plans)
    hosts = max(1, len(values.get("ansible_play_hosts_all", ())))
    room = ROOM // hosts // max(1, len(plans))
    text = failure or " ".join(filter(None, (_summary.failure(kept, course.check), *refused)))
    # Of several hosts, the last task of the role tells who is found on none of them.
    told = kept if course.alone else {**kept, "unknown": []}
    if not text and not course.check:
        _settle_directory(course, variables, values)
    return {
        "changed": any(result.get("changed") for result in results.values()),
        "result": kept,
        "summary": _summary.summary(told, course.check),
        "unknown": {} if course.alone else {"policy": course.policy, "people": unknown},
        "failure": text,
        "warnings": course.warnings,
        **({"diff": diffs} if diffs else {}),
        "ansible_stats": {
            "data": {
                "access_plan": {course.host: {key: cut(plan, room) for key, plan in plans.items()}},
                **_chat(course, variables, _summary.summary(told, course.check, most=5), text, hosts),
            },
            "per_host": False,
            "aggregate": True,
        },
    }


def _settle_directory(course: Course, variables: Variables, values: Mapping[str, Any]) -> None:
    """Remember what was read from a directory, now that this host has done its part."""
    folder = variables.text("lifecycle_directory")
    if folder:
        everywhere = variables.flag("lifecycle_exclusive") and not context.CLIARGS.get("subset")
        hosts = list(map(str, values.get("ansible_play_hosts_all", ()))) if everywhere else []
        ignored = {fold(str(text)) for text in variables.items("lifecycle_ignore") or ()}
        course.warnings += settle(folder, variables, course.host, hosts, ignored)


def _tell_unknown(course: Course, plans: dict[str, dict[str, Any]], unknown: list[dict[str, Any]]) -> list[str]:
    """Note in the plans who is found nowhere; returns why that fails the run, if it does."""
    refused = refused_unknown(course, unknown)
    note_unknown(plans, unknown, " ".join(refused))
    if course.alone and course.policy == WARN:
        course.warnings += misspelt_leavers(unknown)
    return refused


def _chat(course: Course, variables: Variables, lines: list[str], failure: str, hosts: int) -> dict[str, str]:
    """The summary for a chat."""
    return summaries(summary_text(course.host, lines, failure, hosts), variables.text("awx_job_id"))


def _keep_evidence(course: Course, variables: Variables, kept: dict[str, Any]) -> None:
    """Write files for each leaver, if a folder is set."""
    folder = variables.text("lifecycle_evidence_dir")
    if folder:
        named = {key: kept[key]["target"] for key in course.results if kept[key].get("target")}
        by_hand = course.follow_up + course.doubts
        course.warnings += write_evidence(folder, course.host, kept["people"], by_hand, kept["run"], named)
