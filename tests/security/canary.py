# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets that are easy to tell, and the search for them in whatever shape they may have leaked."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, quote_plus


def canary(name: str) -> str:
    """A secret that says where it came from. Its last characters change when it is URL-encoded or base64-encoded."""
    return f"cnry-{name}-7Qx9+/Zk=w3~{name[::-1]}"


def forms(secret: str) -> Iterator[str]:
    """Every form that is searched for: as it is, stripped, escaped, URL-encoded, and inside any base64 text."""
    for text in sorted({secret, secret.strip()}):
        yield text
        yield json.dumps(text)[1:-1]
        yield repr(text)[1:-1]
        yield from (quote(text), quote(text, safe=""), quote_plus(text))
        yield from (whole.rstrip("=") for whole in _base64(text, f"{text}:", f":{text}"))
        for shift in range(3):  # wherever in the encoded text it starts
            for whole in _base64("\0" * shift + text):
                yield whole[(4 * shift + 2) // 3 : len(whole.rstrip("=")) - 1]


def _base64(*texts: str) -> Iterator[str]:
    for text in texts:
        yield base64.b64encode(text.encode()).decode()
        yield base64.urlsafe_b64encode(text.encode()).decode()


def leaks(text: str, secrets: Mapping[str, str]) -> list[str]:
    """The names of the secrets that a text gives away."""
    folded = text.casefold()
    return [name for name, secret in secrets.items() if any(form.casefold() in folded for form in set(forms(secret)))]


def leaks_below(folder: Path, secrets: Mapping[str, str], ignore: Iterable[Path] = ()) -> list[str]:
    """`file: secret` for each secret in the files of a folder, or in their names."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not set(ignore) & {path, *path.parents})
    return [
        f"{path.relative_to(folder)}: {name}"
        for path in files
        for name in leaks(f"{path}\n{path.read_bytes().decode('utf-8', 'replace')}", secrets)
    ]
