# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from tests.playing import control, running, sim

__all__ = ["control", "running", "sim"]
