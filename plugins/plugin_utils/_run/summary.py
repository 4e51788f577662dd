# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run of the role did, as lines of text.

This file is private to the collection.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from ...module_utils._access.outcome import APPLIED
from ...module_utils._services import SERVICES
from .._words.names import SEPARATOR, attributed, title
from .._words.nowhere import found_nowhere
from .._words.steps import DONE_ALREADY, digest, is_made, made, not_made, outcome_of
from .._words.text import at_most
from .evidence import left_alone, not_found

MOST_MADE = 10  # changes and texts in the message of a run that failed


def summary(result: Mapping[str, Any], check: bool = False, most: int = 200) -> list[str]:
    """The lines that say who got or lost what or was not found, the cost, and what is left to do."""
    done: dict[str, list[str]] = {}
    for service in _services(result):
        for email, text in _changes(result[service], check):
            done.setdefault(email, []).append(f"{title(service)}: {text}")
        for email in not_found(result.get("people", ()), service):
            done.setdefault(email, []).append(f"{title(service)}: not found")
        for email, access in left_alone(result.get("people", ()), service):
            done.setdefault(email, []).append(f"{title(service)}: left alone, is still there as {access}")
    lines = [f"{email}: {'; '.join(texts)}" for email, texts in list(done.items())[:most]]
    if len(done) > most:
        lines.append(f"... and {len(done) - most} more people, see lifecycle_result")
    lines += found_nowhere(result.get("unknown", ()))[:most]
    lines += [f"{title(key)}: {_outcome(result[key], check)}" for key in _services(result)]
    if result.get("ends"):
        lines.append("Ends soon:")
        lines += [f"- {text}" for text in result["ends"][:most]]
    if result.get("follow_up"):
        lines.append("Would be left to do by hand:" if check else "Left to do by hand:")
        lines += [f"- {text}" for text in at_most(result["follow_up"], most)]
    return lines


def _services(result: Mapping[str, Any]) -> list[str]:
    """The keys of the results of services, in the order in which a run handles them."""
    keys = [key for key in result if key.partition(SEPARATOR)[0] in SERVICES and result[key]]
    return sorted(keys, key=lambda key: (list(SERVICES).index(key.partition(SEPARATOR)[0]), key))


def _changes(service: Mapping[str, Any], check: bool) -> Iterator[tuple[str, str]]:
    """The outcome of each step of the plan; the results are in the same order."""
    for step, result in zip(service.get("plan", ()), service.get("results", ())):
        if is_made(result):
            because = f" ({step['because']})" if step.get("because") else ""
            yield step["email"], made(step, check) + because
        elif outcome_of(result) == DONE_ALREADY:
            yield step["email"], "was done already"
        else:
            error = result["error"] or {}
            yield step["email"], not_made(step, result["outcome"], error.get("detail", ""))


def _outcome(service: Mapping[str, Any], check: bool) -> str:
    requests = service.get("api", {}).get("requests", 0)
    cost = f"{requests} request{'' if requests == 1 else 's'}"
    if service.get("failed"):
        return f"FAILED after {cost}. {service.get('msg', '')}"
    plan = service.get("plan", ())
    if not plan:
        return f"nothing to change, {cost}"
    outcomes = Counter(map(outcome_of, service.get("results", ())))
    before = f", {outcomes[DONE_ALREADY]} done already" if outcomes[DONE_ALREADY] else ""
    word = "would be made" if check else "made"
    changes = f"{outcomes[APPLIED]} of {len(plan)} change{'' if len(plan) == 1 else 's'} {word}{before}"
    verified = (
        ", removals verified by reading the lists again"
        if service.get("verified") and not service.get("unread")
        else ""
    )
    return f"{changes}, {cost}, plan {service.get('plan_id', '')}{verified}"


def failure(result: Mapping[str, Any], check: bool = False) -> str:
    """Why a run failed, in one short text; empty if it did not."""
    texts = refusals(result)
    if not texts:
        return ""
    done = len(_services(result)) - len(texts)
    changed = [] if check else list(_made(result))
    if changed:
        more = f"; and {len(changed) - MOST_MADE} more" if len(changed) > MOST_MADE else ""
        texts.append(f"Changed: {'; '.join(changed[:MOST_MADE])}{more}.")
    if result.get("follow_up") and (changed or done) and not check:
        texts.append(f"Left to do by hand: {' '.join(result['follow_up'][:MOST_MADE])}")
    if done:
        others = "The others" if done > 1 else "The other account" if _has_accounts(result) else "The other service"
        texts.append(f"{others} can be done." if check else f"{others} {'was' if done == 1 else 'were'} done.")
    return " ".join(texts)


def _has_accounts(result: Mapping[str, Any]) -> bool:
    return any(SEPARATOR in key for key in _services(result))


def _made(result: Mapping[str, Any]) -> Iterator[str]:
    """The changes that were made, where others failed."""
    for key in _services(result):
        for (email, text), outcome in zip(_changes(result[key], check=False), result[key].get("results", ())):
            if is_made(outcome):
                yield f"{email}: {title(key)}: {text}"


def refusals(result: Mapping[str, Any]) -> list[str]:
    """Why each failed service failed, with its plan if none of it was tried."""
    texts = []
    for key in _services(result):
        service = result[key]
        if service.get("failed"):
            untouched = not any(item["outcome"] in ("applied", "failed") for item in service.get("results", ()))
            plan = service.get("plan", ())
            texts.append(
                attributed(title(key), service.get("msg", ""))
                + (f" The plan: {digest(plan)}." if plan and untouched else "")
            )
    return texts
