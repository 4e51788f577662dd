# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Records by id and by e-mail address, each with its JSON kept ready."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Generic, Protocol, TypeVar


class Record(Protocol):
    @property
    def id(self) -> Any: ...

    email: str


R = TypeVar("R", bound=Record)
_encode = json.JSONEncoder(separators=(",", ":")).encode


def fold(email: str) -> str:
    return email.strip().casefold()


class Directory(Generic[R]):
    """An ordered set of records. All changes to a record go through `change`."""

    def __init__(self, render: Callable[[R], dict[str, Any]]) -> None:
        self._render = render
        self._records: dict[Any, R] = {}
        self._addresses: dict[str, list[R]] = {}
        self._texts: dict[Any, bytes] = {}

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[R]:
        return iter(list(self._records.values()))

    def get(self, identity: Any) -> R | None:
        return self._records.get(identity)

    def find(self, email: str) -> list[R]:
        return list(self._addresses.get(fold(email), ()))

    def add(self, record: R) -> R:
        self._records[record.id] = record
        self._addresses.setdefault(fold(record.email), []).append(record)
        return record

    def remove(self, record: R) -> None:
        del self._records[record.id]
        self._texts.pop(record.id, None)
        self._unlist(record)

    def change(self, record: R, **fields: Any) -> R:
        self._unlist(record)
        for name, value in fields.items():
            setattr(record, name, value)
        self._texts.pop(record.id, None)
        self._addresses.setdefault(fold(record.email), []).append(record)
        return record

    def _unlist(self, record: R) -> None:
        address = fold(record.email)
        left = [other for other in self._addresses[address] if other is not record]
        if left:
            self._addresses[address] = left
        else:
            del self._addresses[address]

    def slice(self, start: int, stop: int) -> list[R]:
        return list(islice(self._records.values(), start, stop))

    def text(self, record: R) -> bytes:
        """The record as JSON."""
        text = self._texts.get(record.id)
        if text is None:
            text = self._texts[record.id] = _encode(self._render(record)).encode()
        return text

    def forget_texts(self) -> None:
        self._texts.clear()

    def clear(self) -> None:
        self._records.clear()
        self._addresses.clear()
        self._texts.clear()
