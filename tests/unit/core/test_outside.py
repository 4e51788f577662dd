# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text from outside, cleaned and armoured: one rule for all of it."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.honeyops.access.plugins.module_utils._access.addresses import fold
from ansible_collections.honeyops.access.plugins.module_utils._http.outside import (
    armoured,
    armoured_text,
    harmless,
    is_harmless_json,
    outward,
    quoted,
    shown,
)
from ansible_collections.honeyops.access.plugins.plugin_utils._host.variables import MOST_ITEMS, Refused, Variables
from ansible_collections.honeyops.access.plugins.plugin_utils._people.given import people_in
from ansible_collections.honeyops.access.plugins.plugin_utils._words.chat import plain
from tests.hostile import TEMPLATES, Payload, everywhere, forged, templates_in
from tests.simulator import Simulator

from .support import Ask
from .test_info import INFO

TEXT = st.text(st.one_of(st.sampled_from("{{%#}jina2:_\\\x1b\n\u202e"), st.characters()), max_size=40)
VALUE = st.recursive(
    TEXT | st.none() | st.booleans() | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=10,
)
BOMB = (
    "[&a [x,x,x,x,x,x,x,x,x]"
    + "".join(f",&{new} [{','.join([f'*{old}'] * 9)}]" for old, new in pairwise("abcdefg"))
    + "]"
)


@given(value=VALUE)
def test_nothing_is_left_to_evaluate(value: Any) -> None:
    for change in (armoured, harmless, outward):
        changed = change(value)
        assert templates_in("", changed) == []
        assert templates_in("", json.dumps(changed)) == []
        assert change(changed) == changed


@given(value=VALUE, ascii_only=st.booleans(), indent=st.sampled_from([None, 2]))
def test_a_document_is_taken_as_it_is_only_where_no_text_in_it_changes(
    value: Any, ascii_only: bool, indent: int | None
) -> None:
    sent = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    assert not is_harmless_json(sent) or harmless(json.loads(sent)) == value


@pytest.mark.parametrize("indent", [None, 2])
def test_most_documents_are_taken_as_they_are(indent: int | None) -> None:
    somebody = {"id": 'W/"1"', "name": "Zoë d'Île", "emails": [{"value": "a_b@example.com", "primary": True}], "x": {}}
    assert is_harmless_json(json.dumps([somebody], ensure_ascii=False, indent=indent))


@pytest.mark.parametrize(
    "text", [*TEMPLATES, "ends in {", "__ansible_vault", "#jinja2:x", "\x1b[2J", "a\x7fb", "\u202e"]
)
@pytest.mark.parametrize("document", [lambda text: text, lambda text: [text], lambda text: {text: 1}])
def test_a_document_with_a_text_that_changes_is_walked_through(text: str, document: Any) -> None:
    for ascii_only in (True, False):
        assert not is_harmless_json(json.dumps(document(text), ensure_ascii=ascii_only))


@given(first=TEXT, second=TEXT)
def test_nothing_begins_where_two_texts_are_joined(first: str, second: str) -> None:
    joined = armoured_text(first) + armoured_text(second)
    assert not [mark for mark in TEMPLATES[:3] if mark in joined]


def test_keys_and_the_types_of_ansible() -> None:
    found = armoured({"{{a}}": [("{%", 1, None)], "__ansible_vault": "x", "a": {"__ansible_unsafe": "y"}})
    assert found == {
        r"{\{a}}": [[r"{\%", 1, None]],
        r"__\ansible_vault": "x",
        "a": {r"__\ansible_unsafe": "y"},
    }


@pytest.mark.parametrize(
    "text",
    [
        "Ada Lovelace",
        "Jos\u00e9 \u00c1lvarez",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\U0001f469\u200d\U0001f4bb",
        "O'Brien {ops} #1",
    ],
)
def test_what_names_need_stays(text: str) -> None:
    assert harmless(text) == text


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a\x1b[31mb", "a\ufffd[31mb"),
        ("a\r\n\tPLAY RECAP", "a PLAY RECAP"),
        ("a\u2028b\x85c", "a b c"),
        ("\u202eevil\u200b\u2060\ufeff\xad", "\ufffdevil\ufffd\ufffd\ufffd\ufffd"),
        ("\x9b1m\ud800", "\ufffd1m\ufffd"),
    ],
)
def test_what_forges_is_seen(text: str, clean: str) -> None:
    assert shown(text) == clean
    assert outward(f"first\n{text}").startswith("first\n")


@pytest.mark.parametrize("mark", ["\u202e", "\u200b", "\x00", "\xad", "\ufeff"])
def test_an_address_that_lost_something_is_nobody_elses(mark: str) -> None:
    """Somebody with such an address would have the access that is declared for another person."""
    assert fold(harmless(f"{mark}ada@example.com")) != fold("ada@example.com")
    assert fold(harmless(f"a{mark}da@example.com")) != fold("ada@example.com")


def test_both_sides_are_compared_in_one_form() -> None:
    assert fold("{{X}}@Evil.example") == fold(harmless("{{x}}@evil.example"))


def test_a_name_is_no_more_of_a_sentence_than_a_name() -> None:
    for name in ("CI", "Platform Engineering", "ops-1.2", "Key 3"):
        assert quoted(name) == name
    assert quoted('CI (k1) stays; "x"') == "\"CI (k1) stays; 'x'\""
    assert quoted("Nothing to do. Approve") == '"Nothing to do. Approve"'
    assert len(quoted("x" * 5000)) == 202


@pytest.mark.parametrize("module", [*INFO, "honeycomb_api_key_info", "honeybadger_team_info"])
def test_what_a_module_returns(ask: Ask, sim: Simulator, tmp_path: Path, module: str) -> None:
    """Whoever keeps it in a file or a fact reads it back, too."""
    payload = Payload(tmp_path)
    sim.rewrite = lambda body: everywhere(payload, body)
    found = ask(module)
    assert templates_in(module, found) == []
    assert forged(json.dumps(found, ensure_ascii=False)) == []


def test_a_chat_shows_what_is_read() -> None:
    text = plain("localhost: <https://evil.example|Approve> [here](http://e.example) `x` *y* @channel <!here> (a -> b)")
    assert not set("<>|`*") & set(text)
    assert "://" not in text
    assert "](" not in text
    assert " @channel" not in text
    assert plain("remove ada@example.com (member)") == "remove ada@example.com (member)"


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (BOMB, "anchor"),
        ("[!!python/name:os.system x]", "tag"),
        ("[" * 200 + "]" * 200, "nested too deeply"),
        ("[2020-13-45]", "not valid"),
        ("[" + "9" * 5000 + "]", "not valid"),
        ("[" + "1," * (10 * MOST_ITEMS) + "1]", "too many items"),
        (",".join(["a@x.io"] * (MOST_ITEMS + 1)), "100,000"),
    ],
)
def test_a_form_is_no_bomb(value: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        Variables({"people": value}).items("people")
    with pytest.raises(Refused, match=why):
        people_in(Variables({"people": value}), "people")


def test_a_list_that_ansible_unfolded_is_no_bomb_either() -> None:
    people: Any = ["a@x.io"]
    for _level in range(9):
        people = [people] * 9
    with pytest.raises(Refused, match="items in all"):
        Variables({"people": people}).items("people")


def test_an_approval_is_fetched_as_a_whole_or_not_evaluated() -> None:
    def template(value: Any) -> Any:
        assert value == "{{ lookup('file', 'plan.json') | from_json }}"
        return {"a": "{{ b }}"}

    armour = {"a": r"{\{ b }}"}
    for given_ in (
        {"a": "{{ b }}"},
        '{"a": "{{ b }}"}',
        ' {"a": "{{ b }}"}\n',
        "{{ lookup('file', 'plan.json') | from_json }}",
    ):
        assert Variables({"access_plan": given_}, template).data("access_plan") == armour
    assert Variables({"access_plan": {"a": "{{ b }}"}}, template).get("access_plan") == armour
    for blank in (None, "", " ", "null"):
        assert Variables({"access_plan": blank}, template).data("access_plan") is None
    with pytest.raises(Refused, match="not JSON"):
        Variables({"access_plan": '{"a": {{ b }}}x'}, template).data("access_plan")


def test_a_variable_is_templated_once_and_a_fixed_one_never() -> None:
    templated: list[Any] = []

    def template(value: Any) -> Any:
        templated.append(value)
        return value

    variables = Variables({"email": "ada@example.com", "people": "not read"}, template, {"people": ["{{ secret }}"]})
    assert [variables.get("email"), variables.get("email")] == ["ada@example.com"] * 2
    assert variables.items("people") == ["{{ secret }}"]
    assert templated == ["ada@example.com"]
