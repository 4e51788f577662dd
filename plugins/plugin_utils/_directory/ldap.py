# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads a directory by LDAP: OpenLDAP, 389, FreeIPA, Active Directory.

A search that is not allowed to see something finds nothing and succeeds. So a group is read as one entry, its members are
counted, and each must be among the people, or be an entry that can be read.
This file is private to the collection.
"""

from __future__ import annotations

import re
import typing as t
import uuid

from ...module_utils._http import errors
from .ldap_entry import (
    ACTIVE_DIRECTORY,
    DN_MEMBERS,
    GROUP_CLASSES,
    IDS,
    LOGINS,
    MORE_ADDRESSES,
    NAMES,
    STATES,
    Entry,
    account_of,
    same_dn,
)
from .ldap_session import Session
from .model import NOT_A_PERSON, Account, Group, Members
from .person import told
from .settings import Credentials, Settings
from .web import no_group

MOST_NAMED = 5  # members that are looked for after others were not shown
GROUP = ("objectclass", "cn", *IDS, *sorted(DN_MEMBERS), "memberuid", "primarygrouptoken")
PEOPLE = "(|(objectClass=person)(objectClass=posixAccount))"
PEOPLE_OF_ACTIVE_DIRECTORY = "(&(objectCategory=person)(objectClass=user))"


class Ldap:
    """The people and groups below a base."""

    def __init__(self, settings: Settings, credentials: Credentials, clock: t.Callable[[], float]) -> None:
        self._session = Session(settings, credentials)
        self.api, self.close = self._session.api, self._session.close
        self._settings = settings
        self._now = clock()
        root = self._session.entry("", ["supportedCapabilities"])
        self._is_ad = root is not None and ACTIVE_DIRECTORY in root.texts("supportedcapabilities")
        self._email = settings.email.lower() or "mail"
        self._attributes = tuple(
            dict.fromkeys(
                ["objectclass", *IDS, *NAMES, *LOGINS, *STATES, *MORE_ADDRESSES, "mail", self._email, "memberof"]
            )
        )
        self._people: dict[str, Account] | None = None  # by DN
        self._logins: dict[str, list[str]] = {}  # login → DNs
        self._says: dict[str, set[str]] = {}  # DN of a group → ids of those who say that they are in it
        self._groups: dict[str, Entry] = {}  # by id

    def group(self, asked: str) -> Group:
        """Look a group up by its DN, its name, or its id."""
        entry = self._session.entry(asked, GROUP) if re.match(r"\s*[\w.-]+\s*=", asked) else self._named(asked)
        if entry is None or not entry.is_group:
            raise no_group(self._session.title, asked)
        return self._known(entry)

    def members(self, group: Group) -> Members:
        """Everybody and every group that the group's own entry names."""
        entry = self._groups[group.id]
        self._refuse_primary(entry, group)
        people = self._all()
        accounts: list[Account] = []
        groups: list[Group] = []
        hidden: list[str] = []
        for dn in self._member_dns(entry, group):
            account = people.get(same_dn(dn))
            if account is None and len(hidden) < MOST_NAMED:
                account = self._by_itself(dn, groups, hidden)
            if account is not None:
                accounts.append(account)
        if hidden:
            raise self._session.error(
                errors.FORBIDDEN,
                f"{self._session.title} does not show {'at least ' if len(hidden) == MOST_NAMED else ''}{len(hidden)} of the "
                f"members of the group {group.name}: {', '.join(hidden)}.",
                hint="Let the account read their entries, or remove them from the group if they are no more.",
            )
        return Members(accounts, groups)

    def everybody(self) -> t.Iterable[Account]:
        """Everybody who matches people_filter."""
        return self._all().values()

    def account(self, identity: str) -> Account | None:
        """An account by its id."""
        found = self._session.search(
            self._settings.base, f"(|{self._by_id(identity)})", self._attributes, f"the account {identity}"
        )
        return next((self._account(entry) for entry in found if entry.id == identity), None)

    def verify(self, reached: t.Mapping[str, t.AbstractSet[str]]) -> None:
        """Nobody may say in ``memberOf`` that they are in a group whose entry does not lead to them."""
        for identity, ids in reached.items():
            dn = self._groups[identity].dn
            hidden = self._says.get(same_dn(dn), set()) - ids
            if hidden:
                raise self._session.error(
                    errors.BAD_RESPONSE,
                    f"{self._session.title} cannot be believed: {len(hidden)} people say in memberOf that they are in {dn}, "
                    f"whose members do not name them (ids {', '.join(sorted(hidden)[:3])}).",
                    hint="Let the account read all values of the group, and run again.",
                )

    def _known(self, entry: Entry) -> Group:
        if not entry.id:
            raise self._no_id(entry)
        self._groups[entry.id] = entry
        return Group(entry.id, entry.text("cn") or entry.dn)

    def _named(self, asked: str) -> Entry | None:
        """The group with this name or id; several are refused."""
        value = self._session.escaped(asked)
        classes = "".join(f"(objectClass={name})" for name in sorted(GROUP_CLASSES))
        names = f"(cn={value})(sAMAccountName={value}){self._by_id(asked)}"
        base = self._settings.group_base or self._settings.base
        found = list(
            self._session.search(base, f"(&(|{classes})(|{names}))", ["1.1"], f"the groups with the name {asked}")
        )
        if len(found) > 1:
            raise self._session.error(
                errors.VALIDATION,
                f"{self._session.title} has {len(found)} groups with the name {asked}: "
                f"{'; '.join(entry.dn for entry in found[:5])}.",
                hint="Name the group by its DN.",
            )
        # The entry itself again, with scope base, so that it has all its values.
        return self._session.entry(found[0].dn, GROUP) if found else None

    def _by_id(self, identity: str) -> str:
        """Filter items for an id of any kind; none for a text that is no id. That of 389 has its dashes elsewhere."""
        is_uuid = re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", identity)
        if not is_uuid and (self._is_ad or not re.fullmatch(r"[0-9a-fA-F-]{32,36}", identity)):
            return ""
        if self._is_ad:
            return "(objectGUID={})".format("".join(f"\\{byte:02x}" for byte in uuid.UUID(identity).bytes_le))
        uuids = f"(entryUUID={identity})" if is_uuid else ""
        return f"{uuids}(ipaUniqueID={identity})(nsUniqueId={identity})"

    def _member_dns(self, entry: Entry, group: Group) -> list[str]:
        """The DNs of the members; a login of a POSIX group must be that of one of the people."""
        dns = [re.sub(r"#'[01]*'B$", "", dn) for name in DN_MEMBERS for dn in entry.texts(name)]
        logins = entry.texts("memberuid")
        if logins:
            self._all()
            unknown = [login for login in logins if login not in self._logins]
            if unknown:
                raise self._session.error(
                    errors.FORBIDDEN,
                    f"{self._session.title} shows nobody with the login of {len(unknown)} members of the group {group.name}: "
                    f"{', '.join(unknown[:MOST_NAMED])}.",
                    hint="Let the account read their entries, or remove them from the group if they are no more.",
                )
            several = [login for login in logins if len(self._logins[login]) > 1]
            if several:
                raise self._session.error(
                    errors.VALIDATION,
                    f"Several people have the login {several[0]}, which is a member of the group {group.name}: "
                    f"{'; '.join(self._logins[several[0]][:MOST_NAMED])}.",
                    hint="Set base or people_filter so that only one of them is read.",
                )
        return [*dns, *(self._logins[login][0] for login in logins)]

    def _by_itself(self, dn: str, groups: list[Group], hidden: list[str]) -> Account | None:
        """A member that is not among the people: a group, an entry that is nobody, or hidden."""
        entry = self._session.entry(dn, tuple(dict.fromkeys((*GROUP, *self._attributes))))
        if entry is None:
            hidden.append(dn)
            return None
        if entry.is_group:
            groups.append(self._known(entry))
            return None
        known = self._all().get(same_dn(entry.dn))  # a member may be named in another spelling than its entry has
        if known is not None:
            return known
        account = account_of(entry, self._email, self._now)
        return Account(account.id or told(same_dn(dn)), account.label, account.addresses, account.name, NOT_A_PERSON)

    def _all(self) -> dict[str, Account]:
        """Everybody who matches people_filter, by DN, read when they are first needed."""
        if self._people is None:
            query = self._settings.people_filter or (PEOPLE_OF_ACTIVE_DIRECTORY if self._is_ad else PEOPLE)
            self._people = {}
            for entry in self._session.search(self._settings.base, query, self._attributes, "the people"):
                account = self._account(entry)
                dn = same_dn(entry.dn)
                self._people[dn] = account
                for login in entry.texts("uid"):
                    self._logins.setdefault(login, []).append(entry.dn)
                for group in entry.texts("memberof"):
                    self._says.setdefault(same_dn(group), set()).add(account.id)
        return self._people

    def _account(self, entry: Entry) -> Account:
        account = account_of(entry, self._email, self._now)
        if not account.id:
            raise self._no_id(entry)
        if self._is_ad and not entry.texts("useraccountcontrol"):
            raise self._session.error(
                errors.FORBIDDEN,
                f"Active Directory hides userAccountControl of {entry.dn}, so it cannot be told who is disabled.",
                hint="Let the account read the account restrictions of users.",
            )
        return account

    def _no_id(self, entry: Entry) -> Exception:
        return self._session.error(
            errors.FORBIDDEN,
            f"{self._session.title} shows no id of {entry.dn} that stays when it is renamed.",
            hint=f"Let the account read one of {', '.join(IDS)}.",
        )

    def _refuse_primary(self, entry: Entry, group: Group) -> None:
        """Active Directory names nobody in the group that is their primary group."""
        token = entry.text("primarygrouptoken")
        if not self._is_ad or not token:
            return
        somebody = self._session.some(
            self._settings.base, f"(primaryGroupID={self._session.escaped(token)})", f"the group {group.name}"
        )
        if somebody:
            raise self._session.error(
                errors.VALIDATION,
                f"The group {group.name} is the primary group of {somebody.dn} and maybe others, and Active Directory does not "
                "list whose primary group a group is.",
                hint="Map another group, which people are members of.",
            )
