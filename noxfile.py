# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sessions that antsibull-nox.toml configures."""

from __future__ import annotations

import antsibull_nox

antsibull_nox.load_antsibull_nox_toml()
