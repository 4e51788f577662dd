# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who asked for a run, who approved it, under which ticket, and in which job.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
import unicodedata
from dataclasses import dataclass

from ...module_utils._access.addresses import key, separated
from .._host.variables import Refused, Variables
from .._words.text import clean

NAMES = {"ticket": "Ticket", "requested_by": "Requested by", "approved_by": "Approved by"}
"""What a run may be told of who is behind it, and how records say it."""
JOB = {
    "id": "job_id",
    "template": "job_template_name",
    "user": "user_name",
    "workflow": "workflow_job_id",
    "workflow_template": "workflow_job_name",
    "schedule": "schedule_name",
}
"""What a run says of its job, by the names of the controller's own variables."""
PREFIXES = ("awx_", "tower_")
LAUNCHERS = ("workflow_user_email", "workflow_user_name", "user_email", "user_name")
"""The controller's variables for whoever launched a job, the one that says most first."""


@dataclass(frozen=True)
class Provenance:
    """Who asked and who approved; None is not known. ``job`` is None outside of a controller."""

    ticket: str | None = None
    requested_by: str | None = None
    approved_by: str | None = None
    job: dict[str, str] | None = None

    def as_run(self, plan_ids: t.Mapping[str, str], collection: str, at: str) -> dict[str, t.Any]:
        """The public form.

        ``plan_ids`` are by service, ``collection`` is the version of this collection, ``at`` when the run began (UTC).
        """
        return {
            "ticket": self.ticket,
            "requested_by": self.requested_by,
            "approved_by": self.approved_by,
            "job": self.job,
            "plan_ids": dict(plan_ids),
            "collection": collection,
            "at": at,
        }


def provenance(variables: Variables, applies: bool, approver: str | None = None) -> Provenance:
    """Who asked and who approved, or ``Refused`` if ``lifecycle_four_eyes`` wants somebody else to have approved.

    ``applies``: this run changes something, so that it must have been approved by then. ``approver`` is who approved by the
    controller, which counts more than what somebody typed.
    """
    texts = {name: clean(variables.text(name)) or None for name in NAMES}
    launchers = [text for name in LAUNCHERS if (text := _of_controller(variables, name))]
    asked = texts["requested_by"] or next(iter(launchers), None)
    approved = approver or texts["approved_by"]
    if variables.flag("lifecycle_four_eyes"):
        _check_four_eyes({asked, *(() if texts["requested_by"] else launchers)}, approved, applies)
    return Provenance(texts["ticket"], asked, approved, _job(variables))


def _check_four_eyes(asked: set[str | None], approved: str | None, applies: bool) -> None:
    names = {_same_name(part) for text in asked if text for part in separated(text)}
    if approved and _same_name(approved) in names:
        raise Refused(
            f"Nothing was done. {approved} asked for this run and approved it, too, and lifecycle_four_eyes wants two people. "
            "Have somebody else approve it."
        )
    if applies and not (approved and names):
        missing = [name for name, known in (("requested_by", names), ("approved_by", approved)) if not known]
        raise Refused(
            f"Nothing was done. lifecycle_four_eyes wants one person who asked and another one who approved. Set {' and '.join(missing)}."
        )


def _same_name(text: str) -> str:
    """A name as it is compared: whatever its case, its blanks and the form of its letters; of an address with a name, the address."""
    return key(" ".join(unicodedata.normalize("NFKC", text).casefold().split()))


def _job(variables: Variables) -> dict[str, str] | None:
    found = {key: text for key, name in JOB.items() if (text := _of_controller(variables, name))}
    return found or None


def _of_controller(variables: Variables, name: str) -> str:
    """A variable that a controller sets, under either of its prefixes."""
    texts = (clean(variables.text(f"{prefix}{name}")) for prefix in PREFIXES)
    return next(filter(None, texts), "")
