# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""How Honeybadger words its answers: records, pages, errors."""

from __future__ import annotations

import json
import re
from typing import Any, TypeVar
from urllib.parse import urlencode

from .directory import Directory, Record
from .messages import Refused, Reply, Request, json_reply
from .world import World

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
DIGITS = 9  # of a page's number; a longer one is no number of a page
STRANGE_ORIGIN = "http://localhost:3000"
R = TypeVar("R", bound=Record)


def denied(text: str = "Access denied") -> Refused:
    return Refused(json_reply(403, {"errors": text}))


class Answers:
    def __init__(self, world: World) -> None:
        self._world = world

    def refuse(self, status: int, text: str, field: str = "") -> Refused:
        whole = f"{field.capitalize().replace('_', ' ')} {text}" if field else text
        forms: dict[str, Any] = {"text": whole, "list": [whole], "object": {field or "base": [text]}}
        return Refused(json_reply(status, {"errors": forms[self._world.settings.error_form]}))

    def refuse_accepted(self, accepted_at: str | None) -> None:
        """An invitation that was accepted mostly cannot be changed any more."""
        mode = self._world.settings.accepted_change
        if accepted_at and mode != "204":
            raise self.refuse(int(mode), "Not found" if mode == "404" else "Invitation was already accepted")

    # Input

    def record(self, request: Request, directory: Directory[R]) -> R:
        number = request.ids[-1]
        record = directory.get(int(number)) if number.isdecimal() else None
        if record is None:
            raise self.refuse(404, "Not found")
        return record

    def wrapped(self, request: Request, name: str) -> dict[str, Any]:
        document = request.document()
        wanted = document.get(name) if isinstance(document, dict) else None
        if not isinstance(wanted, dict):
            raise self.refuse(400, f"param is missing or the value is empty: {name}")
        return wanted

    # Output

    def text_reply(self, status: int, text: bytes, changed: bool = False) -> Reply:
        return Reply(status, text, {"Content-Type": "application/json; charset=utf-8"}, changed)

    def show(self, directory: Directory[R], record: R) -> Reply:
        text = directory.text(record)
        return self.text_reply(200, text if self._world.settings.one == "bare" else b'{"results":[' + text + b"]}")

    def listed(self, request: Request, directory: Directory[R]) -> Reply:
        texts = [directory.text(record) for record in directory.slice(*self.span(request))]
        return self.page(request, texts, len(directory))

    def span(self, request: Request) -> tuple[int, int]:
        size = self._world.settings.page_size
        start = (self._page_number(request) - 1) * size
        return start, start + size

    @staticmethod
    def _page_number(request: Request) -> int:
        page = request.query.get("page", "1")
        return max(1, int(page)) if page.isdecimal() and len(page) <= DIGITS else 1

    def page(self, request: Request, texts: list[bytes], total: int) -> Reply:
        links = json.dumps(self._links(request, len(texts), total)).encode()
        return self.text_reply(200, b'{"results":[' + b",".join(texts) + b'],"links":' + links + b"}")

    def _links(self, request: Request, shown: int, total: int) -> dict[str, str]:
        settings = self._world.settings
        page = self._page_number(request)
        more = {
            "full": shown == settings.page_size,
            "exact": page * settings.page_size < total,
            "empty": shown > 0,
        }
        origin = {"relative": "", "strange": STRANGE_ORIGIN}.get(settings.links, request.origin)
        own = STRANGE_ORIGIN if settings.links == "strange_self" else origin
        links = {"self": own + request.target}
        here = f"{origin}{request.path}?"
        if page > 1:
            links["prev"] = here + urlencode({**request.query, "page": page - 1})
        if more[settings.last_page]:
            links["next"] = here + urlencode({**request.query, "page": page if settings.links == "loop" else page + 1})
        return links
