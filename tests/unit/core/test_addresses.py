# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""One grammar for addresses, and one form in which they are compared."""

from __future__ import annotations

import time

import pytest

from ansible_collections.honeyops.access.plugins.module_utils._access.addresses import check_shown, fold, parse
from ansible_collections.honeyops.access.plugins.module_utils._http.errors import AccessError

ADA = ("ada@x.io", "")
GOOD: dict[str, list[tuple[str, str]]] = {
    " Ada@X.io\n": [ADA],
    "mailto:ada@x.io": [ADA],
    "smtp:ada@x.io": [ADA],
    "SMTP:Ada@x.io": [ADA],
    "Ada Lovelace <ada@x.io>": [("ada@x.io", "Ada Lovelace")],
    "'Ada' <mailto:ada@x.io>": [("ada@x.io", "Ada")],
    "ada@x.io <ada@x.io>": [ADA],
    '"Lovelace, Ada" <ada@x.io>; Bob <bob@x.io>, eve@x.io\nzoe@x.io': [
        ("ada@x.io", "Lovelace, Ada"),
        ("bob@x.io", "Bob"),
        ("eve@x.io", ""),
        ("zoe@x.io", ""),
    ],
    "o'brien+tag@x.io": [("o'brien+tag@x.io", "")],
    "zoë@müller.example": [("zoë@müller.example", "")],
}
BAD = (
    *("", "ada", "ada@", "@x.io", "ada@@x.io", "ada@x@y.io", "*", "contractor.example"),
    *("<ada@x.io>", "(ada@x.io)", "[ada@x.io]", "[ada@x.io](mailto:ada@x.io)", "<Ada <ada@x.io>>", "Ada <ada@x.io"),
    *("'ada@x.io'", '"ada@x.io"', "\u201cada@x.io\u201d", "`ada@x.io`"),
    *("• ada@x.io", "•ada@x.io", "- ada@x.io", "-ada@x.io", "* ada@x.io", "• Ada <ada@x.io>", "mailto:<ada@x.io>"),
    *("ada@x.io.", "ada@x", "ada@x..io", "ada@.io", "ada@x.io/", "ada@[127.0.0.1]", "mailto:ada@x.io?subject=a"),
    *("ada@x.io (Ada)", "ada@x.io Ada", "Ada <ada@x.io> (work)", "eve@x.io <ada@x.io>", "a da@x.io", "ada@x. io"),
    *("ada\u200b@x.io", "ada@x.io\u200b", "\ufeffada@x.io", "ada@x\u00ad.io", "a\u3164da@x.io", "ada\u202e@x.io"),
    *("ada\x07@x.io", "ada@x\u3002io", "*@contractor.example", "ada?@x.io", "@contractor.example", "ada@\uff58.io"),
)


@pytest.mark.parametrize("text", GOOD)
def test_what_is_taken_off(text: str) -> None:
    assert [tuple(found) for found in parse(text)] == GOOD[text]


@pytest.mark.parametrize("text", BAD)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(AccessError) as refused:
        parse(text)
    assert refused.value.code == "validation"
    assert len(refused.value.sentence) < 250


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("ada@müller.example", "Ada@xn--mller-kva.example", True),
        ("ada@MÜLLER.example", "ada@mu\u0308ller.example", True),
        ("zoe\u0308@x.io", "ZOË@x.io", True),
        ("anna@straße.example", "anna@strasse.example", False),
        ("straße@x.io", "strasse@x.io", False),
        ("ada@x.io", "ada@y.io", False),
        ("Robot", " robot", True),
    ],
)
def test_who_is_the_same(one: str, other: str, same: bool) -> None:
    assert (fold(one) == fold(other)) is same


def test_a_text_that_is_no_address_stays_one() -> None:
    assert check_shown(" Robot of Ada ") == "robot of ada"
    for text in ("*@contractor.example", "@contractor.example", "ada@x", ""):
        with pytest.raises(AccessError):
            check_shown(text)


def test_many_are_read_in_no_time() -> None:
    texts = [f"Person{number}@{'müller' if number % 2 else 'example'}.example" for number in range(100_000)]
    start = time.process_time()
    assert len({fold(email) for text in texts for email, _name in parse(text)}) == len(texts)
    assert time.process_time() - start < 8
