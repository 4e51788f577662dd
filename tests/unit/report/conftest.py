# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fixtures of the playbooks' tests: the report is played in the same way."""

from __future__ import annotations

from tests.unit.playbooks.conftest import control, running, sim

__all__ = ["control", "running", "sim"]
