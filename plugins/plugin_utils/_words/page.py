# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTML pages that need no network, from the template, styles and script of a role.

All text from outside is escaped: in the page by Jinja2, and in the data for the script by replacing every character that
could end it. This file is private to the collection.
"""

from __future__ import annotations

import base64
import hashlib
import json
import typing as t
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

ROLE = Path(__file__).resolve().parents[3] / "roles" / "report"


def page(template: str, styles: Sequence[str], script: str, data: t.Any, **context: t.Any) -> str:
    """A page from the files of the role ``report``; ``data`` is embedded as JSON for the script."""
    environment = Environment(
        loader=FileSystemLoader(ROLE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = lambda number: f"{number:,}"
    style = "\n".join((ROLE / "files" / name).read_text(encoding="utf-8") for name in styles)
    code = (ROLE / "files" / script).read_text(encoding="utf-8")
    return environment.get_template(template).render(
        style=Markup(style),  # noqa: S704  # a file of this collection
        script=Markup(code),  # noqa: S704  # a file of this collection
        style_hash=_hash(style),
        script_hash=_hash(code),
        data=embed(data),
        **context,
    )


def embed(data: t.Any) -> Markup:
    """JSON for a script element, without characters that have a meaning in HTML."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)  # noqa: S704  # all that could be markup was replaced


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
