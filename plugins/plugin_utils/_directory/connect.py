# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The adapter for each kind of directory.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t

from .entra import Entra
from .google import Google
from .keycloak import Keycloak
from .ldap import Ldap
from .model import Source
from .okta import Okta
from .scim import Scim
from .settings import Credentials, Settings, check_credentials

ADAPTERS: dict[str, t.Callable[[Settings, Credentials, t.Callable[[], float]], Source]] = {
    "ldap": Ldap,
    "entra": Entra,
    "okta": Okta,
    "google": Google,
    "keycloak": Keycloak,
    "scim": Scim,
}


def connect(settings: Settings, credentials: Credentials, clock: t.Callable[[], float]) -> Source:
    """A directory, ready to be asked. ``clock`` returns Unix time."""
    check_credentials(settings, credentials)
    return ADAPTERS[settings.source](settings, credentials, clock)
