# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is remembered of a directory, and which reads nothing may follow from."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.honeyops.access.plugins.module_utils._http.errors import AccessError
from ansible_collections.honeyops.access.plugins.plugin_utils._directory.guards import Limits, check_max_drop, guard
from ansible_collections.honeyops.access.plugins.plugin_utils._directory.model import (
    DirectoryGroup,
    DirectoryPerson,
    LeftOut,
    Reading,
)
from ansible_collections.honeyops.access.plugins.plugin_utils._directory.remember import (
    Known,
    Remembered,
    aliases,
    because,
    departed,
    next_memory,
    remembered_from,
    renamed,
)

NOTHING = Remembered()


def person(identity: str, *addresses: str, groups: tuple[str, ...] = ("Platform",)) -> DirectoryPerson:
    return DirectoryPerson(identity, addresses[0], addresses, identity.title(), True, groups)


def reading(
    *people: DirectoryPerson, left_out: tuple[LeftOut, ...] = (), groups: tuple[str, ...] = ("Platform",)
) -> Reading:
    counts = {name: sum(name in somebody.groups for somebody in people) for name in groups}
    told = tuple(DirectoryGroup(name, f"id-{name}", name, count, count) for name, count in counts.items())
    return Reading(people, told, left_out)


def many(count: int, **more: Any) -> Reading:
    return reading(*(person(f"i{number}", f"p{number}@example.com") for number in range(count)), **more)


def refusal(
    told: Reading, known: Remembered = NOTHING, limits: Limits | None = None, settled: tuple[str, ...] = ()
) -> str:
    """The sentence of a refusal, empty if there is none."""
    try:
        guard(told, known, limits or Limits(), settled)
    except AccessError as error:
        return f"{error.code}: {error.sentence}"
    return ""


def test_an_empty_group_is_refused_unless_it_may_be_empty() -> None:
    two = reading(person("ada", "ada@example.com"), groups=("Platform", "Support"))

    assert "the group Support has nobody" in refusal(two)
    assert "hides its members" in refusal(two)
    assert refusal(two, limits=Limits(allow_empty=frozenset({"Support"}))) == ""
    disabled = LeftOut("con", "con@example.com", "disabled", "con", ("Support",))
    assert "(1 disabled of its members)" in refusal(
        reading(person("ada", "ada@example.com"), groups=("Platform", "Support"), left_out=(disabled,))
    )


def test_fewer_than_min_people_are_refused() -> None:
    assert refusal(many(10), limits=Limits(min_people=10)) == ""
    assert "it has 9 people, fewer than min_people (10)" in refusal(many(9), limits=Limits(min_people=10))


def test_somebody_active_without_an_address_is_refused_by_name() -> None:
    nameless = LeftOut("svc", "", "no_address", "svc-backup", ("Platform",))

    assert "1 person in its groups is active without a usable address (svc-backup)" in refusal(
        many(3, left_out=(nameless,))
    )
    assert refusal(many(3, left_out=(nameless,)), limits=Limits(need_address=False)) == ""


@pytest.mark.parametrize(
    ("last", "now", "most", "says"),
    [
        (100, 75, "25%", ""),
        (100, 74, "25%", "the group Platform has 74 people and had 100"),
        (3, 2, "25%", ""),
        (3, 1, "25%", "had 3"),
        (100, 97, "3", ""),
        (100, 96, "3", "more than max_drop (3)"),
        (0, 5, "0", ""),
    ],
)
def test_a_group_that_shrank_is_refused(last: int, now: int, most: str, says: str) -> None:
    told = refusal(many(now), Remembered(groups={"id-Platform": last}, total=last), Limits(max_drop=most))

    assert says in told
    assert told.startswith("guard_refused" if says else "")
    assert bool(says) == bool(told)


def test_all_together_may_not_shrink_either_where_the_same_groups_are_asked_for() -> None:
    known = Remembered(groups={"id-Platform": 10}, total=100)

    assert "all its groups have 10 people and had 100" in refusal(many(10), known)
    assert refusal(many(10), Remembered(groups={"id-Platform": 10, "id-Gone": 90}, total=100)) == ""


def test_max_drop_is_a_count_or_a_share() -> None:
    assert check_max_drop(" 25% ") == "25%"
    with pytest.raises(AccessError) as caught:
        check_max_drop("many")
    assert "max_drop is 'many'" in caught.value.msg


def test_two_people_with_one_address_are_refused_by_name() -> None:
    told = refusal(
        reading(person("i1", "ada@example.com", "all@example.com"), person("i2", "bob@example.com", "all@example.com"))
    )

    assert "all@example.com is an address of ada@example.com (id i1) and of bob@example.com (id i2)" in told


def test_a_changed_address_is_an_alias_now_and_later() -> None:
    first = next_memory(reading(person("i1", "ada@example.com")), NOTHING)
    second = reading(person("i1", "lovelace@example.com"))

    assert refusal(second, first) == ""
    assert [(item.old, item.new) for item in renamed(second, first)] == [("ada@example.com", "lovelace@example.com")]
    assert aliases(second, first) == {"lovelace@example.com": ("ada@example.com",)}
    later = next_memory(second, first)
    third = reading(person("i1", "king@example.com"))
    assert renamed(second, later) == ()
    assert aliases(second, later) == {"lovelace@example.com": ("ada@example.com",)}
    assert aliases(third, later) == {"king@example.com": ("lovelace@example.com", "ada@example.com")}
    assert aliases(reading(person("i1", "ada@example.com")), later) == {"ada@example.com": ("lovelace@example.com",)}


@pytest.mark.parametrize(
    "now",
    [
        reading(person("new", "ada@example.com")),
        reading(person("new", "new@example.com", "ada@example.com")),
        reading(person("i1", "lovelace@example.com"), person("new", "ada@example.com")),
    ],
    ids=["main", "alias", "renamed"],
)
def test_an_address_that_wandered_to_another_person_is_refused_until_it_is_settled(now: Reading) -> None:
    known = next_memory(reading(person("i1", "ada@example.com")), NOTHING)

    told = refusal(now, known)
    assert "ada@example.com was the address of another person (id i1) at the last read" in told
    assert "(id new)" in told
    assert refusal(now, known, settled=("ada@example.com",)) == ""
    # Nobody is under that address any more: the old id is forgotten.
    left = reading(person("i2", "bob@example.com"))
    assert "i1" in next_memory(left, known).people
    assert refusal(reading(person("new", "ada@example.com")), next_memory(left, known, ("ada@example.com",))) == ""


def test_why_somebody_is_not_declared_any_more() -> None:
    known = next_memory(reading(person("i1", "ada@example.com"), person("i2", "bob@example.com")), NOTHING)
    gone = departed(reading(person("i2", "bob@example.com")), known)

    assert gone == {"i1": Known("ada@example.com", (), ("Platform",))}
    assert [
        because(gone["i1"], fate) for fate in ("absent", "present", "disabled", "expired", "no_address", "not_a_person")
    ] == [
        "not in the directory",
        "left group Platform",
        "disabled in the directory",
        "expired in the directory",
        "without an address in the directory",
        "not a person in the directory",
    ]


def test_what_is_kept_is_read_back_and_anything_else_is_nothing() -> None:
    known = next_memory(reading(person("i1", "ada@example.com")), Remembered({"i1": Known("old@example.com")}))

    assert remembered_from(known.as_dict()) == known
    for odd in (None, "text", [1], {"people": [1], "groups": "x"}, {"people": {"i": 1}, "total": "many"}):
        assert remembered_from(odd) == NOTHING
