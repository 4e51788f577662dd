# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the services answer, as a whole run takes it: text that is no text, and people who are listed but have not accepted."""

from __future__ import annotations

import pytest

from tests.playing import Control
from tests.quick import slow
from tests.simulator import Simulator

ADA, OWNER = "ada@example.com", "owner@example.com"
ONBOARD = ("onboard", "-e", f"email={ADA}", "-e", "honeycomb_role=admin", "-e", "honeybadger_role=none")
LEAVES = ("offboard", "-e", f"email={OWNER}")


def test_half_a_surrogate_pair_in_a_name(control: Control, sim: Simulator) -> None:
    """ansible-core 2.19 threw the result away, after the invitation was sent; so the next run sent another."""
    sim.honeycomb.add("eve@example.com", name="Eve \ud83d")
    first = control.play(*ONBOARD)
    assert (first.code, first.changed) == (0, {"localhost": 1}), first.output
    again = control.play(*ONBOARD)
    assert (again.code, again.changed) == (0, {"localhost": 0}), again.output
    assert len(sim.emails_to(ADA, "honeycomb")) == 1


@pytest.mark.parametrize("listed", [False, *slow(True)])
def test_a_pending_admin_is_not_the_last_one(control: Control, sim: Simulator, listed: bool) -> None:
    """Whoever was invited is remembered from run to run, until something proves that they accepted."""
    sim.configure(pending_listed=listed)
    sim.honeybadger.add("second@example.com", "Owner")
    assert control.play(*ONBOARD).code == 0
    refused = control.play(*LEAVES)
    assert refused.code != 0
    assert "min_admins" in refused.text, refused.output
    assert OWNER in [member.email for member in sim.honeycomb.members]
    sim.honeycomb.accept(ADA)
    left = control.play(*LEAVES)
    assert left.code == 0, left.output
    assert [member.email for member in sim.honeycomb.members] == [ADA]
