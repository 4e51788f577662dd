# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the directories of these tests the way that a roster does."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from ansible_collections.honeyops.access.plugins.module_utils._http.errors import AccessError
from ansible_collections.honeyops.access.plugins.plugin_utils._directory.model import Reading
from ansible_collections.honeyops.access.plugins.plugin_utils._directory.read import read
from ansible_collections.honeyops.access.plugins.plugin_utils._directory.settings import Credentials, settings_from

TODAY = datetime.datetime(2026, 11, 29, 12, tzinfo=datetime.UTC).timestamp()
QUICK = {"request_timeout": 2.0, "max_wait": 2.0}


def read_from(credentials: Credentials, groups: list[str] | None, now: float = TODAY, **options: Any) -> Reading:
    """Read with options as they stand below ``directory`` in a roster."""
    return read(settings_from({**QUICK, **options}), credentials, groups, lambda: now)


def refused(credentials: Credentials, groups: list[str] | None, **options: Any) -> AccessError:
    """The error with which a read is refused."""
    with pytest.raises(AccessError) as caught:
        read_from(credentials, groups, **options)
    assert "api_url" not in caught.value.sentence
    for secret in credentials.secrets:
        assert secret not in caught.value.sentence + caught.value.detail
    return caught.value


def emails(reading: Reading, asked: str | None = None) -> set[str]:
    return {person.email for person in reading.people if asked is None or asked in person.groups}


def left_out(reading: Reading) -> dict[str, str]:
    """Label → reason."""
    return {item.label: item.reason for item in reading.left_out}
