# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The people whom a run leaves alone: ``lifecycle_protected`` and ``lifecycle_ignore``.

They hold through every alias on every service. This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from ...module_utils._access.addresses import check_shown, few, fold, is_address
from ...module_utils._http.errors import AccessError
from ...module_utils._http.outside import as_given
from ...module_utils._roster import addresses_of
from .._host.variables import Refused, Variables
from .unknown import listed_in

PREFIX = "lifecycle_"
PROTECTED, IGNORE = OPTIONS = ("protected", "ignore")

Args = Mapping[str, dict[str, t.Any]]
"""The options of the bulk module of each service."""


def exempt(variables: Variables, option: str, people: t.Sequence[t.Mapping[str, t.Any]] = ()) -> list[str]:
    """The folded addresses, and texts that a service shows in place of one, that ``lifecycle_`` and the option have.

    Every other address of somebody of ``people`` who is among them is added. Patterns are refused.
    """
    name = f"{PREFIX}{option}"
    named = [_checked(name, str(text)) for text in variables.items(name) or ()]
    others = (addresses_of(person) for person in people) if named else ()
    aliases = [address for addresses in others if not set(named).isdisjoint(addresses) for address in addresses]
    return list(dict.fromkeys((*named, *aliases)))


def _checked(name: str, text: str) -> str:
    try:
        return fold(check_shown(text))
    except AccessError as fault:
        raise Refused(f"Nothing was done. {name}: {fault.sentence}") from None


def has_texts(args: Args) -> bool:
    """Whether anybody is left alone under a text that is no address."""
    return any(not is_address(text) for options in args.values() for text in _texts(options))


def without_texts(options: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The options without texts that are no addresses."""
    return {**options, **{name: list(filter(is_address, options.get(name, ()))) for name in OPTIONS}}


def narrow(args: Args, planned: Mapping[str, Mapping[str, t.Any]]) -> None:
    """Leave each text to the services that list somebody under it; one that is listed nowhere is refused.

    ``planned`` are the results for :func:`without_texts`. A service that could not be read keeps every text.
    """
    listed = {key: listed_in(key, result) for key, result in planned.items()}
    for name in OPTIONS:
        texts = {text for options in args.values() for text in options.get(name, ()) if not is_address(text)}
        strange = sorted(text for text in texts if not any(_may_list(listed[key], text) for key in args))
        if strange:
            raise Refused(
                f"Nothing was done. {PREFIX}{name} has {few([as_given(text) for text in strange])}, under which nobody is listed. Give "
                "addresses, or exactly what is listed in place of one; patterns, domains and names of people match nobody."
            )
        for key, options in args.items():
            kept = [text for text in options.get(name, ()) if is_address(text) or _may_list(listed[key], text)]
            options.update({name: kept} if name in options else {})


def unmatched(results: t.Iterable[dict[str, t.Any]]) -> list[str]:
    """A warning for each variable that has addresses which nobody has on any service."""
    read = [result.pop("unmatched") for result in results if "unmatched" in result]
    texts = []
    for name in OPTIONS:
        nobody = set.intersection(*(set(found.get(name, ())) for found in read)) if read else set()
        if nobody:
            texts.append(f"{PREFIX}{name} has {few(sorted(nobody))}, which nobody has. Check the spelling.")
    return texts


def _texts(options: Mapping[str, t.Any]) -> t.Iterator[str]:
    for name in OPTIONS:
        yield from options.get(name, ())


def _may_list(listed: set[str] | None, text: str) -> bool:
    return listed is None or text in listed
