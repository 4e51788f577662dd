# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from tests.playing import Control, Played, access, control, running, sim

__all__ = ["Control", "Played", "access", "control", "running", "sim"]
