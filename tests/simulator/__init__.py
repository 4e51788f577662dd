# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Honeycomb and Honeybadger, simulated: two real HTTP servers on loopback, for tests, demo and bench.

    with Simulator(people=100, page_size=10) as sim:
        sim.honeycomb.add("ada@example.com", "admin")
        sim.fail(Fault("reset_after", service="honeybadger", method="POST", nth=2))
        ...  # requests to sim.honeycomb_url and sim.honeybadger_url
        assert [entry.status for entry in sim.writes("honeybadger")] == [201, 0, 201]
        assert len(sim.emails_to("bob@example.com")) == 1

README.md beside this file describes the settings, the failure orders and the control endpoints.
"""

from __future__ import annotations

from .faults import Fault
from .settings import Settings
from .simulator import Simulator
from .world import Email, Entry

__all__ = ["Email", "Entry", "Fault", "Settings", "Simulator"]
