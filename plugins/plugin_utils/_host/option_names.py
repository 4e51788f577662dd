# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the role calls the options of a service: the variables that set them.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t

from ...module_utils._access.catalog import ServiceInfo
from ...module_utils._access.model import KNOWN
from ...module_utils._http.naming import worded
from .names import ROLE

PREFIX = "lifecycle_"
_OF_ROLE = {**{name.removeprefix(PREFIX): name for name in ROLE}, KNOWN: f"{PREFIX}memory"}


def in_role(info: ServiceInfo, value: t.Any) -> t.Any:
    """The value with a variable of the role or the host in place of each option that its texts mark."""
    variables = {**_OF_ROLE, **{setting.option: setting.variable for setting in info.settings}}
    return worded(value, lambda option: variables.get(option, option))
