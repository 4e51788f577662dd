# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who approved the workflow that a job of AWX or Automation Platform is in, by the controller itself.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from ...module_utils._http.client import Client
from ...module_utils._http.errors import AccessError
from .controller import connection, prefix_of

WORKFLOW_ID = ("awx_workflow_job_id", "tower_workflow_job_id")
APPROVED = "successful"


def approver(environ: Mapping[str, str], variables: t.Any, insecure: bool = False) -> str | None:
    """The name of the user who approved last, None where no controller, token or right says so.

    ``environ`` and ``variables`` as in :class:`.controller.ControllerStore`. A name is worth less than a run, so nothing
    fails for want of it.
    """
    workflow = next((text for name in WORKFLOW_ID if (text := variables.text(name))), None)
    if workflow is None or not workflow.isdigit() or not environ.get("CONTROLLER_HOST"):
        return None
    try:
        return _asked(Client(connection(environ, insecure)), f"{prefix_of(environ)}v2/", int(workflow))
    except (AccessError, TypeError, ValueError, LookupError):
        return None


def _asked(client: Client, base: str, workflow: int) -> str | None:
    """The answer of the controller.

    Source: ``SUMMARIZABLE_FK_FIELDS`` in AWX's ``awx/api/serializers.py`` (commit e21dd0a0): a node's ``job`` has ``id``,
    ``status`` and ``type``; an approval's ``approved_or_denied_by`` has ``id``, ``username``, ``first_name`` and ``last_name``,
    and is missing while it is pending and after it timed out.
    """
    nodes = client.request("GET", f"{base}workflow_jobs/{workflow}/workflow_nodes/?page_size=200").body
    found = None
    for node in _items(nodes, "results"):
        job = _fields(node).get("job")
        if isinstance(job, Mapping) and job.get("type") == "workflow_approval" and job.get("status") == APPROVED:
            approval = client.request("GET", f"{base}workflow_approvals/{int(job['id'])}/").body
            user = _fields(approval).get("approved_or_denied_by")
            found = str(user.get("username") or "") or found if isinstance(user, Mapping) else found
    return found


def _items(answer: t.Any, key: str) -> list[t.Any]:
    items = answer.get(key) if isinstance(answer, Mapping) else None
    return items if isinstance(items, list) else []


def _fields(item: t.Any) -> Mapping[str, t.Any]:
    fields = item.get("summary_fields") if isinstance(item, Mapping) else None
    return fields if isinstance(fields, Mapping) else {}
