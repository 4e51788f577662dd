# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""From an account in a directory to a person: addresses checked, texts cleaned. No I/O.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t

from ...module_utils._access.addresses import check_email, fold
from ...module_utils._http.errors import AccessError
from .._words.text import clean
from .model import NO_ADDRESS, Account, DirectoryPerson, LeftOut

LONGEST_NAME = 200  # characters


def told(text: str) -> str:
    """A text of a directory, safe to show and to write for reading back: one line, nothing that Ansible evaluates."""
    return clean(text)[:LONGEST_NAME]


def address(text: t.Any) -> str:
    """An address in the form in which addresses are compared; empty if it is none."""
    if not isinstance(text, str):
        return ""
    try:
        email = check_email(text)
    except AccessError:
        return ""
    return email if email.isascii() else fold(email)


def judged(account: Account, groups: tuple[str, ...]) -> DirectoryPerson | LeftOut:
    """The person that an account is, or why it is none. The first address must be usable, others may be anything."""
    main, *others = account.addresses or ("",)
    email = address(main)
    if account.gone or not email:
        return LeftOut(account.id, email, account.gone or NO_ADDRESS, told(account.label), groups)
    addresses = tuple(dict.fromkeys([email, *filter(None, map(address, others))])) if others else (email,)
    return DirectoryPerson(account.id, email, addresses, told(account.name), True, groups)


def value_at(record: t.Any, path: str) -> str:
    """The text at a path of keys joined by dots, in the first item of a list; empty if there is none."""
    for key in path.split("."):
        while isinstance(record, list):
            record = record[0] if record else None
        record = record.get(key) if isinstance(record, dict) else None
    while isinstance(record, list):
        record = record[0] if record else None
    return record if isinstance(record, str) else ""
