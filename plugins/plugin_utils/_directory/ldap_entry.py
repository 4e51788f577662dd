# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What entries of an LDAP directory mean: names compared, ids, who is active. No I/O.

Values are lists of bytes, as on the wire; a missing attribute has no key. Sources: RFC 4514 and 4519;
learn.microsoft.com for ``userAccountControl``, ``accountExpires`` and ``objectGUID``; the manuals of 389 Directory Server
and FreeIPA for ``nsAccountLock``; slapo-ppolicy(5) for ``pwdAccountLockedTime``.
This file is private to the collection.
"""

from __future__ import annotations

import datetime
import re
import typing as t
import uuid

from ...module_utils._http.outside import armoured_text, shown
from .model import DISABLED, EXPIRED, Account

ACTIVE_DIRECTORY = "1.2.840.113556.1.4.800"
"""The capability in the root DSE by which Active Directory is known."""
IDS = ("objectguid", "ipauniqueid", "nsuniqueid", "entryuuid")
"""What stays when an entry is renamed. FreeIPA and 389 may have entryUUID besides, which came later."""
STATES = (
    *("useraccountcontrol", "accountexpires", "nsaccountlock", "krbprincipalexpiration"),
    *("pwdaccountlockedtime", "shadowexpire"),
)
STATE_KEYS = frozenset(STATES)
GROUP_CLASSES = {
    *("group", "groupofnames", "groupofuniquenames", "groupofmembers", "posixgroup", "ipausergroup", "nestedgroup"),
}
DN_MEMBERS = frozenset({"member", "uniquemember"})
NAMES = ("displayname", "cn")
LOGINS = ("samaccountname", "uid")
MORE_ADDRESSES = ("proxyaddresses", "mailalternateaddress")
KEYS_OF_MORE = frozenset(MORE_ADDRESSES)
PLAIN_ID = re.compile("[0-9A-Fa-f-]*")
BLANKS = re.compile(r"\s*(?<!\\)([,=+])\s*")
ACCOUNT_DISABLED = 0x2
NEVER = (0, 0x7FFFFFFFFFFFFFFF)
FILETIME_OF_1970 = 11644473600  # seconds from 1601
LOCKED_FOR_GOOD = "000001010000Z"  # any other time: too many wrong passwords, which is not leaving
DAY = 86400


class Entry(t.NamedTuple):
    """One entry. Names of attributes are in lower case, here and in all calls, without options such as ``;range=``."""

    dn: str
    values: t.Mapping[str, t.Sequence[bytes]]

    def texts(self, name: str) -> list[str]:
        """The values of an attribute as text."""
        told = self.values.get(name)
        return [value.decode("utf-8", "replace") for value in told] if told else []

    def text(self, *names: str) -> str:
        """The first value of the first attribute that has one."""
        for name in names:
            told = self.values.get(name)
            if told:
                return told[0].decode("utf-8", "replace")
        return ""

    @property
    def id(self) -> str:
        """The id that stays, empty if none is shown."""
        guid = self.values.get("objectguid")
        if guid and len(guid[0]) == 16:
            return str(uuid.UUID(bytes_le=bytes(guid[0])))
        told = self.text(*IDS[1:])
        return told if PLAIN_ID.fullmatch(told) else armoured_text(shown(told))

    @property
    def is_group(self) -> bool:
        """Whether the entry is a group, by its class or because it has members."""
        by_class = not GROUP_CLASSES.isdisjoint(name.lower() for name in self.texts("objectclass"))
        return by_class or not DN_MEMBERS.isdisjoint(self.values)


def same_dn(dn: str) -> str:
    """The form in which names of entries are compared: no case, no blanks around separators, escapes alike."""
    if "\\" in dn:
        dn = re.sub(rb"\\([0-9a-fA-F]{2})|\\(.)", _escape, dn.encode(), flags=re.DOTALL).decode("utf-8", "replace")
    return (BLANKS.sub(r"\1", dn.strip()) if " " in dn else dn).casefold()


def _escape(match: re.Match[bytes]) -> bytes:
    char = bytes.fromhex(match[1].decode()) if match[1] else match[2]
    return b"\\" + char if char in b' "#+,;<=>\\' else char


def account_of(entry: Entry, email: str, now: float) -> Account:
    """An account. ``email`` names the attribute with the main address, ``now`` is Unix time."""
    main, *others = entry.texts(email) or [""]
    if not KEYS_OF_MORE.isdisjoint(entry.values) or email != "mail":
        proxies = sorted(entry.texts("proxyaddresses"), key=lambda text: not text.startswith("SMTP:"))
        mail = [text for text in proxies if text[:5].lower() == "smtp:"]
        main = main or (mail[0] if mail else "")
        others += [*entry.texts("mail"), *mail, *entry.texts("mailalternateaddress")]
    return Account(
        id=entry.id,
        label=entry.text(*LOGINS) or entry.dn,
        addresses=(main, *others),
        name=entry.text(*NAMES),
        gone=gone(entry, now),
    )


def gone(entry: Entry, now: float) -> str:
    """Why somebody is not active, empty if they are. Being locked out after wrong passwords is not leaving."""
    if STATE_KEYS.isdisjoint(entry.values):
        return ""
    control = entry.text("useraccountcontrol")
    if control.isdigit() and int(control) & ACCOUNT_DISABLED:
        return DISABLED
    if entry.text("nsaccountlock").lower() == "true" or entry.text("pwdaccountlockedtime") == LOCKED_FOR_GOOD:
        return DISABLED
    ends = [moment for moment in (_filetime(entry), _generalized(entry), _shadow(entry)) if moment is not None]
    return EXPIRED if any(moment <= now for moment in ends) else ""


def _filetime(entry: Entry) -> float | None:
    """``accountExpires``: steps of 100 ns since 1601."""
    told = entry.text("accountexpires")
    if not told.isdigit() or int(told) in NEVER:
        return None
    return int(told) / 10_000_000 - FILETIME_OF_1970


def _generalized(entry: Entry) -> float | None:
    """``krbPrincipalExpiration``: a time such as ``20270131000000Z``."""
    match = re.match(r"(\d{14})(?:\.\d+)?Z$", entry.text("krbprincipalexpiration"))
    if not match:
        return None
    moment = datetime.datetime.strptime(match[1], "%Y%m%d%H%M%S")
    return moment.replace(tzinfo=datetime.timezone.utc).timestamp()


def _shadow(entry: Entry) -> float | None:
    """``shadowExpire``: days since 1970; 0 and less mean never, as in practice."""
    told = entry.text("shadowexpire")
    return int(told) * DAY if told.isdigit() and int(told) > 0 else None
