# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""How services, and people and places in a message, are named.

This file is private to the collection.
"""

from __future__ import annotations

from ...module_utils._access.catalog import ServiceInfo
from ...module_utils._services import SERVICES

SEPARATOR = "/"


def service(key: str) -> ServiceInfo:
    """The service of a result, whose key is that of the service, with or without an account."""
    return SERVICES[key.partition(SEPARATOR)[0]]


def title(key: str) -> str:
    """The service and account of a result, for people to read."""
    account = key.partition(SEPARATOR)[2]
    return f"{service(key).title} account {account}" if account else service(key).title


def attributed(whose: str, text: str) -> str:
    """A text with its service, account or host before it, unless it begins with that already."""
    return text if text.startswith(f"{whose} ") else f"{whose}: {text}"
