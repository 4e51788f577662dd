# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups, dates and targets of a roster: what follows from them, where it is from, and every fault with its place."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.honeyops.access.plugins.module_utils._roster import ROLES, check, tell
from ansible_collections.honeyops.access.plugins.plugin_utils._people.document import Document
from ansible_collections.honeyops.access.plugins.plugin_utils._people.resolve import Resolved, endings, resolve
from ansible_collections.honeyops.access.plugins.plugin_utils._people.roster_csv import COLUMNS, MORE_COLUMNS
from ansible_collections.honeyops.access.plugins.plugin_utils._people.roster_file import File, load
from tests.rosters import document_of

ROSTER = """\
groups:
  platform:
    honeycomb: {role: admin}
    honeybadger: {role: Admin, team_ids: [3, 7]}
    reviewer: Lead@example.com
  support:
    honeybadger: {role: Member, team_ids: [9]}
  guests:
    honeycomb: {}
  acme:
    honeycomb: {role: member}
    targets: [acme, eu]
people:
"""


def people(entries: str, day: str = "2027-01-31", *here: str) -> Resolved:
    """The people below a list with these entries."""
    lines = "".join(f"  - {line}\n" for line in entries.splitlines())
    return resolve(document_of("a.yml", ROSTER + lines), datetime.date.fromisoformat(day), here or ("other",))


def one(entry: str, day: str = "2027-01-31", *here: str) -> dict[str, Any] | str:
    """The only person, or why there is none."""
    resolved = people(f"{{email: ada@example.com, {entry}}}", day, *here)
    if not resolved.people:
        return resolved.reasons["ada@example.com"]
    person = dict(resolved.people[0])
    assert (person.pop("email"), person.pop("aliases")) == ("ada@example.com", [])
    if person["state"] == "present":
        del person["state"]
    return person


BOTH = {
    "honeycomb": {"role": "admin"},
    "honeybadger": {"role": "Admin", "team_ids": [3, 7, 9]},
    "because": "groups platform, support",
}
SUPPORT = {"honeybadger": {"role": "Member", "team_ids": [9]}, "because": "group support"}


@pytest.mark.parametrize(
    ("entry", "result"),
    [
        ("groups: [platform, support]", BOTH),
        ("groups: [support, platform]", {**BOTH, "because": "groups support, platform"}),
        ("groups: [support]", SUPPORT),
        ("groups: [guests]", {"honeycomb": {}, "because": "group guests"}),
        (
            "groups: [guests, platform]",
            {
                "honeycomb": {"role": "admin"},
                "honeybadger": {"role": "Admin", "team_ids": [3, 7]},
                "because": "groups guests, platform",
            },
        ),
        ("groups: [support], honeycomb: {}", {**SUPPORT, "honeycomb": {}}),
        (
            "groups: [platform], honeybadger: {role: Member}",
            {
                "honeycomb": {"role": "admin"},
                "honeybadger": {"role": "Member", "team_ids": [3, 7]},
                "because": "group platform",
            },
        ),
        (
            "groups: [platform, support], honeybadger: {team_ids: []}, honeycomb: {role: member}",
            {
                "honeycomb": {"role": "member"},
                "honeybadger": {"role": "Admin", "team_ids": []},
                "because": "groups platform, support",
            },
        ),
        ("groups: []", {}),
        ("name: Ada", {"name": "Ada"}),
        ("state: absent, groups: [support]", {"state": "absent"}),
    ],
)
def test_union_of_groups(entry: str, result: dict[str, Any]) -> None:
    assert one(entry) == result


@pytest.mark.parametrize("quote", ["", "'", '"'])
@pytest.mark.parametrize(
    ("day", "result"),
    [
        ("2026-11-30", "not before 2026-12-01"),
        ("2026-12-01", {"ends": [{"on": "2027-06-30", "group": ""}]}),
        ("2027-06-30", {"ends": [{"on": "2027-06-30", "group": ""}]}),
        ("2027-07-01", {"state": "absent", "because": "until 2027-06-30"}),
    ],
)
def test_dates_of_a_person(day: str, result: dict[str, Any] | str, quote: str) -> None:
    assert one(f"from: {quote}2026-12-01{quote}, until: {quote}2027-06-30{quote}", day) == result


@pytest.mark.parametrize(
    ("entry", "day", "result"),
    [
        (
            "{group: support, until: 2027-01-31}",
            "2027-01-31",
            {**SUPPORT, "ends": [{"on": "2027-01-31", "group": "support"}]},
        ),
        (
            "{group: support, until: 2027-01-31}",
            "2027-02-01",
            {"state": "absent", "because": "group support until 2027-01-31"},
        ),
        (
            "{group: support, until: 2027-01-31}, {group: guests, until: 2027-01-15}",
            "2027-02-01",
            {"state": "absent", "because": "groups support, guests until 2027-01-31"},
        ),
        (
            "{group: support, until: 2027-01-31}, guests",
            "2027-02-01",
            {"honeycomb": {}, "because": "group guests"},
        ),
        ("{group: support, from: 2027-02-01}", "2027-01-31", "not in a group yet"),
        ("{group: support, from: 2027-02-01}", "2027-02-01", SUPPORT),
        (
            "{group: support, until: 2027-01-31}, {group: guests, from: 2027-03-01}",
            "2027-02-15",
            {"state": "absent", "because": "group support until 2027-01-31"},
        ),
    ],
)
def test_dates_of_a_membership(entry: str, day: str, result: dict[str, Any] | str) -> None:
    assert one(f"groups: [{entry}]", day) == result


def test_the_end_of_a_person_hides_later_ends_of_groups() -> None:
    entry = "groups: [{group: support, until: 2027-03-01}, {group: guests, until: 2027-01-31}], until: 2027-02-28"
    person = one(entry)
    assert isinstance(person, dict)
    assert person["ends"] == [{"on": "2027-02-28", "group": ""}, {"on": "2027-01-31", "group": "guests"}]


def test_what_the_person_declares_stays_when_the_groups_have_ended() -> None:
    entry = "groups: [{group: support, until: 2027-01-31}], honeycomb: {role: admin}"
    assert one(entry, "2027-02-01") == {"honeycomb": {"role": "admin"}}


@pytest.mark.parametrize(
    ("entry", "here", "result"),
    [
        ("targets: [acme]", ("acme",), {}),
        ("targets: [eu]", ("acme", "eu"), {}),
        ("targets: [acme]", ("other",), "not for this target"),
        ("targets: [acme], until: 2020-01-01", ("other",), "not for this target"),
        ("groups: [acme]", ("de", "eu"), {"honeycomb": {"role": "member"}, "because": "group acme"}),
        ("groups: [acme]", ("other",), "group acme is not for this target"),
        ("groups: [acme, support]", ("other",), SUPPORT),
        ("groups: [{group: acme, until: 2020-01-01}]", ("other",), "group acme is not for this target"),
        ("groups: [acme], honeybadger: {}", ("other",), {"honeybadger": {}}),
    ],
)
def test_targets(entry: str, here: tuple[str, ...], result: dict[str, Any] | str) -> None:
    assert one(entry, "2027-01-31", *here) == result


def test_somebody_left_out_is_told_by_every_address() -> None:
    resolved = people("{email: ada@example.com, aliases: [a@old.example], from: 2030-01-01}\nbob@example.com")
    assert [person["email"] for person in resolved.people] == ["bob@example.com"]
    assert resolved.reasons == dict.fromkeys(("ada@example.com", "a@old.example"), "not before 2030-01-01")
    assert [at.line for at in resolved.lines] == [15]


def test_who_ends_soon() -> None:
    resolved = people(
        "{email: a@example.com, until: 2027-02-14}\n"
        "{email: b@example.com, until: 2027-02-15}\n"
        "{email: c@example.com, groups: [{group: support, until: 2027-01-31}, guests]}"
    )
    told = [str(ending) for ending in endings(resolved.people, datetime.date(2027, 1, 31), 14)]
    assert told == [
        "c@example.com: the group support ends after 2027-01-31",
        "a@example.com: access ends after 2027-02-14",
    ]


def test_people_in_variables_have_dates_and_targets_too() -> None:
    entries = [
        {"email": "ada@example.com", "until": datetime.date(2027, 1, 30)},
        {"email": "bob@example.com", "from": "2027-01-31", "targets": ["acme"], "because": "group x"},
        {"email": "eve@example.com", "from": "2027-02-01"},
    ]
    checked, faults = check(entries)
    assert faults == []
    assert check(checked) == (checked, [])
    resolved = resolve(Document(checked), datetime.date(2027, 1, 31), ["acme"])
    assert [(person["email"], person["state"], person["because"]) for person in resolved.people] == [
        ("ada@example.com", "absent", "until 2027-01-30"),
        ("bob@example.com", "present", "group x"),
    ]


def test_what_is_resolved_can_be_checked_and_resolved_again() -> None:
    first = people("{email: a@example.com, groups: [platform, {group: support, until: 2027-01-31}]}")
    checked, faults = check(first.people)
    assert (checked, faults) == (first.people, [])
    assert resolve(Document(checked), datetime.date(2030, 1, 1), []).people == first.people


FAULTS = """\
timezone: Europe/Nowhere
groups:
  platform: {honeycomb: {role: boss}}
  empty: {}
  none:
  reviewed: {honeycomb: {}, reviewer: somebody}
  "a;b": {honeycomb: {}}
  mapped: {honeycomb: {}, directory: X}
people:
  - email: ada@example.com
    groups:
      - platfrom
      - reviewed
      - {group: reviewed}
      - {group: empty, untli: 2027-01-31}
      - {group: mapped, from: 2027-02-01, until: 2027-01-31}
      - 5
    from: 31.01.2027
    until: 2027-02-30
    targets: acme
  - email: bob@example.com
    groups: platform
    from: yes
    until: 2027-01-31 10:00:00
    targets: []
"""


def test_every_fault_is_told() -> None:
    faults = load([File("a.yml", FAULTS.encode())])[1]
    assert [(fault.at.line, fault.at.column, fault.reason) for fault in faults] == [
        (
            1,
            1,
            "timezone is 'Europe/Nowhere', which is no time zone known here; write one such as Europe/Berlin, or UTC.",
        ),
        (3, 26, "group platform: honeycomb.role is 'boss', it must be one of member, admin."),
        (4, 3, "group empty: this group gives nothing: name honeycomb or honeybadger."),
        (5, 3, "group none: it is empty, it must be a mapping such as {honeycomb: {}}."),
        (
            6,
            29,
            "group reviewed: reviewer: 'somebody' is not an e-mail address. Give exactly one @, as in ada@example.com.",
        ),
        (
            7,
            3,
            "group 'a;b': a name has 1 to 100 characters, without blanks around it, control characters, ; and {{.",
        ),
        (8, 27, "group mapped: there is no directory at the top of the roster."),
        (12, 9, "ada@example.com: there is no group 'platfrom'. Did you mean platform?"),
        (14, 9, "ada@example.com: the group 'reviewed' is here twice."),
        (
            15,
            24,
            "ada@example.com: unknown key 'untli' in an item of groups, which may have group, from, until. Did you mean until?",
        ),
        (16, 43, "ada@example.com: until is 2027-01-31, before from, 2027-02-01."),
        (17, 9, "ada@example.com: an item of groups is a number, it must be text; put it in quotes."),
        (18, 5, "ada@example.com: from is '31.01.2027', it must be a date such as 2027-01-31."),
        (19, 5, "ada@example.com: until is '2027-02-30', it must be a date such as 2027-01-31."),
        (20, 5, "ada@example.com: targets is text, it must be a list."),
        (22, 5, "bob@example.com: groups is text, it must be a list."),
        (23, 5, "bob@example.com: from is yes or no, it must be a date such as 2027-01-31."),
        (24, 5, "bob@example.com: until is '2027-01-31 10:00:00', it must be a date such as 2027-01-31."),
        (25, 5, "bob@example.com: targets is an empty list; leave it out to mean every host."),
    ]


def test_targets_that_the_inventory_does_not_have() -> None:
    text = (
        "groups:\n  x: {honeycomb: {}, targets: [acme, acne]}\npeople:\n  - {email: a@b.example, targets: [eu, us]}\n"
    )
    faults = document_of("a.yml", text).unknown_targets({"all", "acme", "eu"})
    assert [(fault.at.line, fault.at.column) for fault in faults] == [(2, 38), (4, 40)]
    assert faults[0].reason == (
        "targets has 'acne', which is neither a host nor a host group of the inventory. Did you mean acme?"
    )


def files(**texts: str) -> tuple[Document, list[str]]:
    document, faults = load([File(f"{name}.{name}", text.encode(), f"d/{name}.{name}") for name, text in texts.items()])
    return document, tell(faults)


def test_several_files_are_one_roster() -> None:
    document, faults = files(
        yml="groups: {platform: {honeycomb: {role: admin}}}\ntimezone: Europe/Berlin\n",
        csv="email,groups,until\nada@example.com,platform,2027-01-31\n",
        json='["bob@example.com"]',
    )
    assert faults == []
    assert document.timezone == "Europe/Berlin"
    assert [person["email"] for person in document.people] == ["ada@example.com", "bob@example.com"]
    assert [(at.file, at.line) for at in document.lines] == [("d/csv.csv", 2), ("d/json.json", 1)]
    assert resolve(document, datetime.date(2027, 1, 31), []).people[0]["because"] == "group platform"


def test_the_same_in_two_files() -> None:
    text = "groups: {platform: {honeycomb: {}}}\npeople:\n- ada@example.com\n"
    assert files(yml=text, yaml=text)[1] == [
        "d/yaml.yaml, line 1: 'platform' is here and in d/yml.yml, line 1: keep one of them.",
        "d/yaml.yaml, line 3: ada@example.com is here and in d/yml.yml, line 3, as ada@example.com: keep one entry for each person.",
    ]


def test_faults_of_every_file_are_told_although_one_cannot_be_read() -> None:
    first = (
        f"the first line must name the columns, of {','.join((*COLUMNS, *MORE_COLUMNS))}; here is 'mail'. "
        "Set roster_columns where they have other names."
    )
    assert files(yml="- [", csv="mail", json="[5]")[1] == [
        f"d/csv.csv, line 1: {first}",
        "d/json.json, line 1: this person is a number, it must be an e-mail address, or a mapping with email.",
        "d/yml.yml, line 2: this is not YAML: did not find expected node content, while parsing a flow node.",
    ]


MERGED = "- a@b.example\n<<<<<<< ours\n- b@b.example\n=======\n- c@b.example\n>>>>>>> theirs\n"


@pytest.mark.parametrize("name", ["a.yml", "a.json", "a.csv"])
def test_merge_markers_are_named(name: str) -> None:
    for text in (MERGED, MERGED.replace("\n", "\r\n")):
        assert [(fault.line, fault.reason) for fault in load([File(name, text.encode())])[1]] == [
            (2, "there is a merge marker, <<<<<<<: choose one of the two versions."),
            (6, "there is a merge marker, >>>>>>>: choose one of the two versions."),
        ]


@pytest.mark.parametrize("text", ["people:\n\t- a@b.example\n", "people:\n  - email: a@b.example\n\t  name: Ada\n"])
def test_tabs_are_named(text: str) -> None:
    fault = load([File("a.yml", text.encode())])[1][0]
    assert "there is a tab where YAML takes spaces only" in fault.reason
    assert text.splitlines()[fault.at.line - 1].startswith("\t", fault.at.column - 1)


THEIRS = (
    "Employee;Work Email;Status;Termination Date\nAda;ada@example.com;active;\nEve;eve@example.com;gone;2027-01-31\n"
)
HEADERS = {"email": "Work Email", "until": "Termination Date"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_csv_of_another_system(encoding: str, delimiter: str) -> None:
    data = THEIRS.replace(";", delimiter).replace("\n", "\r\n").encode(encoding)
    document, faults = load([File("a.csv", data)], headers=HEADERS)
    assert faults == []
    assert [(person["email"], person.get("until")) for person in document.people] == [
        ("ada@example.com", None),
        ("eve@example.com", "2027-01-31"),
    ]


@pytest.mark.parametrize(
    ("headers", "text", "line", "column", "reason"),
    [
        (HEADERS, "Work Email\n", 1, 1, "there is no column 'Termination Date', which roster_columns names for until."),
        ({"until": "Work Email"}, THEIRS, 1, 1, "the first line must name the columns"),
        ({}, THEIRS, 1, 1, "Set roster_columns where they have other names."),
        (HEADERS, THEIRS.replace("2027-01-31", "31.01.2027"), 3, 26, "until is '31.01.2027'"),
        ({}, 'email,name,until\na@b.example,"x, y",soon\n', 2, 20, "until is 'soon'"),
    ],
)
def test_faults_of_such_a_csv(headers: dict[str, str], text: str, line: int, column: int, reason: str) -> None:
    fault = load([File("a.csv", text.encode())], headers=headers)[1][0]
    assert (fault.at.line, fault.at.column) == (line, column)
    assert reason in fault.reason


def test_columns_of_a_csv() -> None:
    text = "email,groups,from,until,targets\na@b.example,x; y,2027-01-01,2027-01-31,acme;eu\n"
    document, faults = load(
        [File("a.csv", text.encode()), File("b.yml", b"groups: {x: {honeycomb: {}}, y: {honeycomb: {}}}")]
    )
    assert faults == []
    assert document.people == [
        {
            "email": "a@b.example",
            "state": "present",
            "aliases": [],
            "groups": [{"group": "x"}, {"group": "y"}],
            "from": "2027-01-01",
            "until": "2027-01-31",
            "targets": ["acme", "eu"],
        }
    ]


ROLE = st.sampled_from(("member", "admin"))
TEAM_ROLE = st.sampled_from(("Member", "Billing", "Admin", "Owner"))
SERVICES = st.fixed_dictionaries(
    {},
    optional={
        "honeycomb": st.fixed_dictionaries({}, optional={"role": ROLE}),
        "honeybadger": st.fixed_dictionaries(
            {}, optional={"role": TEAM_ROLE, "team_ids": st.lists(st.integers(1, 9), unique=True)}
        ),
    },
)
DAY = st.dates(datetime.date(2027, 1, 1), datetime.date(2027, 1, 6))
TARGETS = st.lists(st.sampled_from(("here", "there")), min_size=1, unique=True)


def within(*keys: str) -> st.SearchStrategy[dict[str, Any]]:
    """Days and targets that may be missing."""
    days = st.tuples(DAY, DAY).map(lambda pair: {"from": str(min(pair)), "until": str(max(pair))})
    parts = st.tuples(days, TARGETS, st.sets(st.sampled_from(keys)))
    return parts.map(lambda one: {key: {**one[0], "targets": one[1]}[key] for key in one[2]})


GROUP = st.tuples(SERVICES.filter(bool), within("targets")).map(lambda pair: {**pair[0], **pair[1]})
COMPANY = st.dictionaries(st.sampled_from("abc"), GROUP, max_size=3)


@given(groups=COMPANY, own=SERVICES, days=within("from", "until", "targets"), day=DAY, data=st.data())
def test_what_a_person_has_follows_from_their_groups(
    groups: dict[str, Any], own: dict[str, Any], days: dict[str, Any], day: datetime.date, data: st.DataObject
) -> None:
    """Held against the sentences of the guide, each by itself."""
    names = data.draw(st.lists(st.sampled_from(sorted(groups)), unique=True) if groups else st.just([]))
    memberships = [{"group": name, **data.draw(within("from", "until"))} for name in names]
    person = {"email": "a@b.example", **own, **days, **({"groups": memberships} if names else {})}
    resolved = resolve(document_of("a.json", json.dumps({"groups": groups, "people": [person]})), day, ["here"])
    today = str(day)
    current = [
        one["group"]
        for one in memberships
        if "here" in groups[one["group"]].get("targets", ["here"])
        and one.get("from", today) <= today <= one.get("until", today)
    ]
    if "here" not in days.get("targets", ["here"]) or days.get("from", today) > today:
        assert (resolved.people, list(resolved.reasons)) == ([], ["a@b.example"])
        return
    if not resolved.people:
        assert names
        assert not current
        assert not own
        return
    (found,) = resolved.people
    if days.get("until", today) < today:
        assert (found["state"], found["because"]) == ("absent", f"until {days['until']}")
    elif found["state"] == "absent":
        assert names
        assert not current
        assert not own
        assert "until" in found["because"]
    else:
        given = [groups[name] for name in current]
        assert {key for key in ("honeycomb", "honeybadger") if key in found} == {
            key for one in (own, *given) for key in one if key != "targets"
        }
        for service, ranks in (("honeycomb", ROLES["honeycomb"]), ("honeybadger", ROLES["honeybadger"])):
            roles = [one[service]["role"] for one in given if "role" in one.get(service, {})]
            best = max(roles, key=ranks.index, default=None)
            assert found.get(service, {}).get("role") == own.get(service, {}).get("role", best)
        teams = {team for one in given for team in one.get("honeybadger", {}).get("team_ids", ())}
        if "team_ids" not in own.get("honeybadger", {}) and teams:
            assert set(found["honeybadger"]["team_ids"]) == teams
        assert ("because" in found) == bool(current)
    again, faults = check(resolved.people)
    assert (again, faults) == (resolved.people, [])
