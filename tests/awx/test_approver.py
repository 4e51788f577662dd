# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who approved a workflow, by a stand-in for the controller: its answer counts more than what somebody typed."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.honeyops.access.plugins.plugin_utils._host.variables import Refused, Variables
from ansible_collections.honeyops.access.plugins.plugin_utils._memory.approver import approver
from ansible_collections.honeyops.access.plugins.plugin_utils._run.provenance import provenance
from tests.awx.controller import Controller


def job(number: int, kind: str, status: str) -> dict[str, Any]:
    """A job in the summary of a node."""
    told = {"id": number, "name": "Access", "description": "", "status": status, "type": kind}
    return {**told, "failed": False, "elapsed": 0.0, "canceled_on": None}


def workflow(controller: Controller, status: str = "successful", who: Any = "lead") -> dict[str, Any]:
    """The variables of a job after an approval, which the API shows as ``SUMMARIZABLE_FK_FIELDS`` of AWX say."""
    user = {"id": 3, "username": who, "first_name": "Grace", "last_name": "Hopper"}
    decided = {"approved_or_denied_by": user} if who else {}
    approval = controller.add("workflow_approvals", name="Approve", status=status, summary_fields=decided)
    nodes = [
        {"summary_fields": {"job": job(90, "job", "successful")}},
        {"summary_fields": {"job": job(approval, "workflow_approval", status)}},
        {"summary_fields": {}},
    ]
    return {"awx_workflow_job_id": controller.add("workflow_jobs", name="Offboard", nodes=nodes)}


def test_the_controller_says_who_approved() -> None:
    with Controller() as controller:
        variables = Variables({**workflow(controller), "approved_by": "somebody else", "awx_user_name": "ada"})
        name = approver(controller.environment, variables)
        assert name == "lead"
        assert provenance(variables, applies=True, approver=name).approved_by == "lead"
        assert controller.writes == []
        own = Variables({**workflow(controller, who="ada"), "awx_user_name": "ada", "lifecycle_four_eyes": True})
        with pytest.raises(Refused, match="ada asked for this run and approved it"):
            provenance(own, applies=True, approver=approver(controller.environment, own))


def test_nothing_fails_where_it_does_not_say() -> None:
    with Controller() as controller:
        pending = Variables(workflow(controller, status="pending", who=None))
        assert approver(controller.environment, pending) is None
        assert approver(controller.environment, Variables({"awx_workflow_job_id": 999})) is None
        assert approver({**controller.environment, "CONTROLLER_OAUTH_TOKEN": "x"}, pending) is None
        assert approver({}, pending) is None
        odd = controller.add(
            "workflow_jobs",
            name="Odd",
            nodes=[None, {"summary_fields": {"job": {"type": "workflow_approval", "status": "successful"}}}],
        )
        assert approver(controller.environment, Variables({"awx_workflow_job_id": odd})) is None
