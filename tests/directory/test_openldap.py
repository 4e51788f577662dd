# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real OpenLDAP server, and every way in which it answers with too little."""

from __future__ import annotations

import contextlib
import gc
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import ldap3  # type: ignore[import-untyped]
import pytest
import trustme

from ansible_collections.honeyops.access.plugins.module_utils._http.errors import AccessError
from ansible_collections.honeyops.access.plugins.plugin_utils._directory.model import Reading
from ansible_collections.honeyops.access.plugins.plugin_utils._directory.read import open_directory
from ansible_collections.honeyops.access.plugins.plugin_utils._directory.settings import Credentials, settings_from

from .openldap import GROUPS, PASSWORD, PEOPLE, READER, ROOT, SUFFIX, OpenLdap, dn, group, missing, openldap, person
from .reading import QUICK, emails, left_out, read_from, refused
from .servers import needs

pytestmark = needs("OpenLDAP", missing())

ACCOUNT = Credentials(user=READER, password=PASSWORD)
AUTH = "access to attrs=userPassword by anonymous auth by * none"
ODD = "odd, name (x)*"


def entries() -> Iterator[Any]:
    yield person("ada", mail=["Ada@Example.com", "a.lovelace@example.com"], displayName=["Ada Lovelace"])
    yield person("bob", pwdAccountLockedTime=["20261129110000Z"])  # locked out: too many wrong passwords
    yield person("con", nsAccountLock=["TRUE"])
    yield person("dan", shadowExpire=["20000"])  # 2024-10-04
    yield person("eve", shadowExpire=["30000"], krbPrincipalExpiration=["20270131000000Z"])
    yield person("fay", krbPrincipalExpiration=["20261129115959Z"])
    yield f'uid=gus\\, the \\"2nd\\",{PEOPLE}', {**person("gus")[1], "uid": ['gus, the "2nd"']}
    yield person("svc-backup", mail=())
    yield person("hal", mail=["not an address"])
    yield person("evil", displayName=["{{ lookup('env', 'HOME') }}\u202e\u0007"])
    yield f"cn=printer,{SUFFIX}", {"objectClass": ["device"], "cn": ["printer"]}
    yield group("platform", [dn("ada"), f" {dn('bob')} ".replace(",", " , ").upper().strip(), f"cn=inner,{GROUPS}"])
    yield group("inner", [dn("eve"), dn("ada"), f"cn=platform,{GROUPS}", f"cn=inner,{GROUPS}"])
    yield group("gone", [dn("con"), dn("dan"), dn("fay"), dn("ada"), f"cn=printer,{SUFFIX}"])
    yield group("nobody", [dn("con")])
    yield group("services", [dn("svc-backup"), dn("hal"), dn("ada")])
    yield group("dangling", [dn("ada"), dn("left-long-ago")])
    odd = [f"uid=gus\\2C the \\22\\32nd\\22,{PEOPLE}", dn("evil")]
    yield f"cn={ODD.replace(',', chr(92) + ',')},{GROUPS}", {**group("odd", odd)[1], "cn": [ODD]}
    yield group("twice", [dn("ada")])
    yield f"cn=twice,{PEOPLE}", {"objectClass": ["groupOfNames"], "cn": ["twice"], "member": [dn("bob")]}
    posix = {"objectClass": ["posixGroup"], "cn": ["posix"], "gidNumber": ["5000"]}
    yield f"cn=posix,{GROUPS}", {**posix, "memberUid": ["ada", "bob"]}
    yield f"cn=lost,{GROUPS}", {**posix, "cn": ["lost"], "memberUid": ["ada", "nobody-here{{ 1 }}"]}
    yield f"uid=ivy,{PEOPLE}", {**person("ivy")[1], "uid": ["ivy", "jo"]}
    yield person("jo")
    yield f"cn=namesakes,{GROUPS}", {**posix, "cn": ["namesakes"], "memberUid": ["jo"]}
    yield group("spelled", [dn("ada").replace("uid=", "0.9.2342.19200300.100.1.1=")])
    unique = {"objectClass": ["groupOfUniqueNames"], "cn": ["unique"], "uniqueMember": [f"{dn('ada')}#'0101'B"]}
    yield f"cn=unique,{GROUPS}", unique


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenLdap]:
    with openldap(tmp_path_factory.mktemp("openldap"), entries(), access=f"{AUTH}\naccess to * by users read") as it:
        yield it


def reads(server: OpenLdap, *groups: str, **options: Any) -> Reading:
    return read_from(ACCOUNT, list(groups), **{"source": "ldap", "url": server.url, "base": SUFFIX, **options})


def refuses(server: OpenLdap, *groups: str, account: Credentials = ACCOUNT, **options: Any) -> AccessError:
    return refused(account, list(groups), **{"source": "ldap", "url": server.url, "base": SUFFIX, **options})


def test_nested_groups_in_a_circle_give_each_person_once(server: OpenLdap) -> None:
    reading = reads(server, "platform", f"CN = inner , {GROUPS}")

    ada = next(person for person in reading.people if person.email == "ada@example.com")
    assert emails(reading, "platform") == {"ada@example.com", "bob@example.com", "eve@example.com"}
    assert ada.addresses == ("ada@example.com", "a.lovelace@example.com")
    assert (ada.name, ada.groups, len(ada.id)) == ("Ada Lovelace", ("platform", f"CN = inner , {GROUPS}"), 36)
    assert [(item.name, item.members, item.people) for item in reading.groups] == [("platform", 3, 3), ("inner", 3, 3)]
    assert reading.public()["people"][0]["groups"] == ["platform", "inner"]


def test_a_read_leaves_python_and_the_library_as_they_were(server: OpenLdap) -> None:
    """It stops the collector and sets an option of ldap3, both for the whole process, which goes on after it."""
    reads(server, "platform")
    refuses(server, "dangling")
    assert gc.isenabled()
    assert ldap3.get_config_parameter("CASE_INSENSITIVE_ATTRIBUTE_NAMES") is True


def test_pages_are_read_to_the_end(tmp_path: Path) -> None:
    names = [f"p{number}" for number in range(1003)]  # more than a page
    data = [*map(person, names), group("everybody", map(dn, names))]
    with openldap(tmp_path / "ldap", data, access=f"{AUTH}\naccess to * by users read") as server:
        reading = reads(server, "everybody")

    assert len(reading.people) == reading.groups[0].members == 1003


def test_disabled_and_expired_have_left_and_locked_out_has_not(server: OpenLdap) -> None:
    reading = reads(server, "gone", "platform")

    assert left_out(reading) == {
        "con": "disabled",
        "dan": "expired",
        "fay": "expired",
        f"cn=printer,{SUFFIX}": "not_a_person",
    }
    assert {"bob@example.com", "eve@example.com"} <= emails(reading)


def test_a_group_by_its_id(server: OpenLdap) -> None:
    by_name = reads(server, "platform")

    assert reads(server, by_name.groups[0].id).groups[0].name == "platform"


def test_names_with_everything_that_means_something_in_a_dn_or_a_filter(server: OpenLdap) -> None:
    assert emails(reads(server, ODD)) == {"evil@example.com", "gus@example.com"}
    assert refuses(server, "*").code == "not_found"


def test_texts_of_the_directory_are_data(server: OpenLdap) -> None:
    evil = next(person for person in reads(server, ODD).people if person.email == "evil@example.com")

    assert evil.name == r"{\{ lookup('env', 'HOME') }}"


def test_addresses_are_of_a_person_or_are_none(server: OpenLdap) -> None:
    reading = reads(server, "services")

    assert left_out(reading) == {"svc-backup": "no_address", "hal": "no_address"}
    assert emails(reads(server, "platform", email="uid")) == set()


def test_groups_of_logins_and_of_unique_names(server: OpenLdap) -> None:
    reading = reads(server, "posix", "unique")

    assert emails(reading, "posix") == {"ada@example.com", "bob@example.com"}
    assert emails(reading, "unique") == {"ada@example.com"}
    assert emails(reads(server, "spelled")) == {"ada@example.com"}


@pytest.mark.parametrize(
    ("group", "code", "names"),
    [
        ("platfrom", "not_found", "no group platfrom"),
        (f"cn=platfrom,{GROUPS}", "not_found", "platfrom"),
        (dn("ada"), "not_found", dn("ada")),
        ("twice", "validation", f"cn=twice,{GROUPS}"),
        ("dangling", "forbidden", dn("left-long-ago")),
        ("lost", "forbidden", "nobody-here"),
        ("namesakes", "validation", dn("ivy")),
    ],
)
def test_a_group_that_is_not_whole_is_refused(server: OpenLdap, group: str, code: str, names: str) -> None:
    error = refuses(server, "platform", group)

    assert (error.code, names in error.msg, "{{" in error.msg) == (code, True, False)


def test_people_filter_says_who_is_a_person(server: OpenLdap) -> None:
    reading = reads(server, "platform", people_filter="(&(objectClass=person)(uid=ada))")

    assert emails(reading) == {"ada@example.com"}
    assert left_out(reading) == {"bob": "not_a_person", "eve": "not_a_person"}
    assert refuses(server, "platform", people_filter="(uid=ada").code == "validation"


def test_everybody_without_groups(server: OpenLdap) -> None:
    reading = read_from(ACCOUNT, None, source="ldap", url=server.url, base=PEOPLE)

    assert len(reading.people) == 7
    assert set(left_out(reading).values()) == {"disabled", "expired", "no_address"}


def test_what_became_of_somebody(server: OpenLdap) -> None:
    with open_directory(
        settings_from({**QUICK, "source": "ldap", "url": server.url, "base": SUFFIX}), ACCOUNT
    ) as directory:
        reading = directory.read(["platform", "gone"])
        ids = {item.label: item.id for item in reading.left_out}
        ada = next(person.id for person in reading.people if person.email == "ada@example.com")

        fates = directory.fates([ids["con"], ada, "00000000-0000-1000-8000-000000000000"])

    assert list(fates.values()) == ["disabled", "present", "absent"]


@pytest.mark.parametrize(
    ("account", "options", "code", "names"),
    [
        (Credentials(user=READER, password="wrong-s3cret"), {}, "invalid_key", "password"),
        (Credentials(user=READER), {}, "invalid_key", "directory_password"),
        (Credentials(), {}, "invalid_key", "anonymous: true"),
        (Credentials(), {"anonymous": True}, "not_found", "platform"),
        (ACCOUNT, {"base": "dc=elsewhere,dc=com"}, "not_found", "Check base"),
        (ACCOUNT, {"base": "nonsense"}, "validation", "Check base"),
        (ACCOUNT, {"url": "ldap://ldap.example.com"}, "insecure_url", "start_tls: true"),
        (ACCOUNT, {"url": "https://127.0.0.1"}, "validation", "ldaps://"),
        (ACCOUNT, {"url": "ldap://127.0.0.1:1"}, "connection", "127.0.0.1:1"),
    ],
)
def test_a_sign_in_that_sees_less_or_nothing(
    server: OpenLdap, account: Credentials, options: dict[str, Any], code: str, names: str
) -> None:
    error = refuses(server, "platform", account=account, **options)

    assert (error.code, names in error.sentence) == (code, True), error.sentence


def test_entries_that_are_hidden_are_missed(tmp_path: Path) -> None:
    """An ACL that hides people: the search finds nobody and succeeds."""
    hidden = f'{AUTH}\naccess to dn.children="{PEOPLE}" by dn.base="{ROOT}" read by * none\naccess to * by * read'
    data = [person("ada"), person("bob"), group("platform", [dn("ada"), dn("bob")])]
    with openldap(tmp_path / "ldap", data, access=hidden) as server:
        error = refuses(server, "platform")

    assert (error.code, dn("ada") in error.msg, dn("bob") in error.msg) == ("forbidden", True, True)


def test_one_hidden_member_is_missed(tmp_path: Path) -> None:
    hidden = f'{AUTH}\naccess to dn.base="{dn("bob")}" by * none\naccess to * by * read'
    data = [person("ada"), person("bob"), group("platform", [dn("ada"), dn("bob")])]
    with openldap(tmp_path / "ldap", data, access=hidden) as server:
        error = refuses(server, "platform")

    assert (error.code, dn("ada") in error.msg, dn("bob") in error.msg) == ("forbidden", False, True)


def test_a_hidden_attribute_is_missed(tmp_path: Path) -> None:
    data = [person("ada"), person("bob"), group("platform", [dn("ada"), dn("bob")])]
    hidden = f"{AUTH}\naccess to attrs=entryUUID by * none\naccess to * by * read"
    with openldap(tmp_path / "ldap", data, access=hidden) as server:
        assert refuses(server, "platform").code == "forbidden"
    hidden = f"{AUTH}\naccess to attrs=mail by * none\naccess to * by * read"
    with openldap(tmp_path / "mail", data, access=hidden) as server:
        assert set(left_out(reads(server, "platform")).values()) == {"no_address"}


def test_a_hidden_value_of_a_group_is_told_by_memberof(tmp_path: Path) -> None:
    """With the overlay, people say which groups they are in, and a group that does not name them is not believed."""
    value = dn("bob").replace(".", "\\.")
    hidden = f'{AUTH}\naccess to attrs=member val.regex="^{value}$" by * none\naccess to * by * read'
    data = [person("ada"), person("bob"), group("platform", [dn("ada")])]
    with openldap(tmp_path / "ldap", data, access=hidden, memberof=True) as server:
        server.modify(f"dn: cn=platform,{GROUPS}\nchangetype: modify\nadd: member\nmember: {dn('bob')}\n")
        error = refuses(server, "platform")

    assert (error.code, "memberOf" in error.msg) == ("bad_response", True)


def test_a_size_limit_is_an_error_with_pages_too(tmp_path: Path) -> None:
    data = [*(person(f"p{number}") for number in range(700)), group("platform", [dn("p1")])]
    access = f"{AUTH}\naccess to * by * read"
    with openldap(tmp_path / "ldap", data, access=access, limits="limits * size=500") as server:
        error = refuses(server, "platform")
        assert (error.code, "size.prtotal" in error.hint) == ("bad_response", True)
    granted = f'limits dn.exact="{READER}" size=500 size.prtotal=unlimited'
    with openldap(tmp_path / "granted", data, access=access, limits=granted) as server:
        assert emails(reads(server, "platform")) == {"p1@example.com"}


@pytest.mark.parametrize("names", [["127.0.0.1"], ["localhost"]])
def test_start_tls_with_a_certificate_that_is_checked(tmp_path: Path, names: list[str]) -> None:
    authority, other = trustme.CA(), trustme.CA()
    certificate = authority.issue_cert(*names)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    other.cert_pem.write_to_path(tmp_path / "other.pem")
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    certificate.private_key_pem.write_to_path(tmp_path / "key.pem")
    files = str(tmp_path / "cert.pem"), str(tmp_path / "key.pem")
    data = [person("ada"), group("platform", [dn("ada")])]
    access = f"{AUTH}\naccess to * by ssf=71 users read"
    with openldap(tmp_path / "ldap", data, access=access, tls=files) as server:
        (other_name,) = {"127.0.0.1", "localhost"} - {*names}
        port = server.url.rpartition(":")[2]
        secured: dict[str, Any] = {"start_tls": True, "ca_path": str(tmp_path / "ca.pem")}
        elsewhere = refuses(server, "platform", **secured, url=f"ldap://{other_name}:{port}")
        assert (elsewhere.code, "certificate" in str(elsewhere)) == ("tls", True)
        server = replace(server, url=f"ldap://{names[0]}:{port}")
        assert emails(reads(server, "platform", **secured)) == {"ada@example.com"}
        assert refuses(server, "platform").code == "not_found"
        assert refuses(server, "platform", start_tls=True).code == "tls"
        assert refuses(server, "platform", start_tls=True, ca_path=str(tmp_path / "other.pem")).code == "tls"
        assert refuses(server, "platform", start_tls=True, ca_path=str(tmp_path / "none.pem")).code == "tls"
        assert emails(reads(server, "platform", start_tls=True, validate_certs=False)) == {"ada@example.com"}


def test_a_server_that_goes_away_between_pages(tmp_path: Path) -> None:
    data = [*(person(f"p{number}") for number in range(3)), group("platform", [dn("p1")])]
    with openldap(tmp_path / "ldap", data, access=f"{AUTH}\naccess to * by * read") as server:
        settings = settings_from({**QUICK, "source": "ldap", "url": server.url, "base": SUFFIX})
        away = contextlib.ExitStack()
        directory = away.enter_context(open_directory(settings, ACCOUNT))
    with away, pytest.raises(AccessError) as caught:
        directory.read(["platform"])

    assert caught.value.code == "connection"


def test_the_library_that_is_missing_is_named(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\n"
        "sys.modules['ldap3'] = None\n"
        "from ansible_collections.honeyops.access.plugins.plugin_utils._directory.read import read\n"
        "from ansible_collections.honeyops.access.plugins.plugin_utils._directory.settings import Credentials, Settings\n"
        "try:\n"
        "    read(Settings('ldap', 'ldap://127.0.0.1'), Credentials(user='a', password='b'), [])\n"
        "except Exception as error:\n"
        "    print(error.sentence)\n"
    )
    source = Path(__file__).resolve().parents[2] / ".build" / "src"
    told = subprocess.run(
        [sys.executable, str(script)], env={"PYTHONPATH": str(source)}, capture_output=True, text=True, check=False
    )

    assert "python3 -m pip install ldap3" in told.stdout
