# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts for chat messages: what a run did on a host, and what a plan would do.

This file is private to the collection.
"""

from __future__ import annotations

import re
import typing as t
from collections.abc import Mapping

from ...module_utils._http.outside import harmless
from ...module_utils._services import SERVICES
from .names import SEPARATOR, title
from .nowhere import found_nowhere, on_no_host
from .steps import todo

LONGEST, SHORTEST = 600, 100  # characters about one host
ROOM = 40_000  # characters about all hosts of a run
WHOLE = 1500  # characters of a message
LINE = 300  # characters of a line, so that no long name pushes the next one out of the message
SUMMARY = "access_summary"
_MARKUP = str.maketrans({"<": "\u2039", ">": "\u203a", "`": "'", "*": "\u2217", "~": "\u223c", "|": "\u00a6"})
_MENTION = re.compile(r"(?<![\w.+%-])@")  # of a channel or of everybody; an address has something before it


def summaries(text: str, job: str | None) -> dict[str, str]:
    """Artefacts with a text; in a controller under a key of the job, too: slices are merged by key, and the last one wins."""
    return {SUMMARY: text, **({f"{SUMMARY}_{job}": text} if job else {})}


def summary_text(host: str, lines: t.Sequence[str], failure: str, hosts: int = 1) -> str:
    """What a run did on one of so many hosts, ending in a line break, since the texts of several hosts are joined."""
    told = f"FAILED. {failure}" if failure else " · ".join(shortened(line, LINE) for line in lines)
    return f"{shortened(plain(f'{host}: {told}'), max(SHORTEST, min(LONGEST, ROOM // hosts)))}\n"


def plan_text(plan: t.Any) -> dict[str, t.Any]:
    """What an ``access_plan`` would do: ``lines`` to read, ``chat`` for a message, and whether anybody must approve it."""
    found = list(_services(harmless(plan)))
    lines = [line for host, title, entry in found for line in _told(host, title, entry)]
    changes = sum(size_of(entry) for _host, _title, entry in found)
    refused = [f"{host}, {title}: {entry['refused']}" for host, title, entry in found if entry.get("refused")]
    if not found:
        head = "There is no plan. The previous job could not make one; its output says why."
    elif refused:
        head = f"The plan was refused, so it cannot be applied. {' '.join(refused)}"
    elif changes:
        head = f"{changes} change{' would be made and needs' if changes == 1 else 's would be made and need'} approval."
    else:
        head = "There is nothing to change, so nothing needs approval."
    head = " ".join([head, *_nowhere(found)])
    return {
        "needs_approval": not found or bool(refused) or changes > 0,
        "lines": [head, *lines],
        "chat": shortened(plain("\n".join([head, *(shortened(line, LINE) for line in lines)])), WHOLE),
    }


def _nowhere(found: t.Iterable[tuple[str, str, Mapping[str, t.Any]]]) -> list[str]:
    """Who was found on no host."""
    unknown = {
        host: [p for p in entry.get("not_found") or () if isinstance(p, Mapping)] for host, _title, entry in found
    }
    return found_nowhere(on_no_host(list(unknown.values())))


def plain(text: str) -> str:
    """Text in which nothing is markup for Slack, Mattermost, Teams or Markdown: no link but what is read, no mention, no code.

    These programs have no common way to escape, so the characters are replaced by others that look alike.
    """
    text = _MENTION.sub("(at)", text.replace(" -> ", " \u2192 ").translate(_MARKUP))
    return text.replace("://", "[:]//").replace("](", "] (")


def shortened(text: str, length: int = LONGEST) -> str:
    """Text that is cut at a number of characters and then ends in an ellipsis."""
    return text if len(text) <= length else f"{text[: length - 2].rstrip()} …"


def _services(plan: t.Any) -> t.Iterator[tuple[str, str, Mapping[str, t.Any]]]:
    if isinstance(plan, Mapping):
        for host, services in plan.items():
            for key, entry in services.items() if isinstance(services, Mapping) else ():
                if str(key).partition(SEPARATOR)[0] in SERVICES and isinstance(entry, Mapping):
                    yield str(host), title(str(key)), entry


def size_of(entry: Mapping[str, t.Any]) -> int:
    """The number of steps of a published plan, which may not all be there."""
    counts = entry.get("counts")
    counted = sum(value for value in counts.values() if isinstance(value, int)) if isinstance(counts, Mapping) else 0
    return max(counted, len(entry.get("steps") or ()))


def _told(host: str, title: str, entry: Mapping[str, t.Any]) -> t.Iterator[str]:
    yield f"{host}, {title}: {'refused' if entry.get('refused') else _changes(entry)}"
    steps = entry.get("steps") or ()
    for step in steps:
        yield f"- {todo(step)}"
    if size_of(entry) > len(steps):
        yield f"- and {size_of(entry) - len(steps)} more"
    for text in entry.get("ends") or ():
        yield f"- ends soon: {text}"
    for text in entry.get("follow_up") or ():
        yield f"- by hand: {text}"


def _changes(entry: Mapping[str, t.Any]) -> str:
    size = size_of(entry)
    return (
        f"{size} change{'' if size == 1 else 's'}, plan {entry.get('plan_id') or 'none'}"
        if size
        else "nothing to change"
    )
