# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What both doors are given and give back: an operation on a service, and the record of a run as plain values.

This file is private to the collection.
"""

from __future__ import annotations

import typing as t
from collections import Counter
from dataclasses import dataclass, field
from types import MappingProxyType

from .._http.errors import AccessError
from .addresses import check_email, fold
from .catalog import ServiceInfo, Spec
from .match import Rules
from .model import CANCEL, INVITE, KNOWN, REINVITE, REMOVE, UPDATE, Grant
from .outcome import APPLIED, DEFERRED, FAILED, NOT_ATTEMPTED, Around, ByHand, Report
from .plan import diff
from .service import Reader, Service
from .verify import follow_ups

Values = t.Mapping[str, t.Any]
"""The options of an operation, by name, each of the type that its spec gives."""
NO_CHANGE: Values = MappingProxyType({"changed": False, "api": {"requests": 0, "waited": 0.0}})


@dataclass
class Result:
    """The end of an operation: values to return, and why it failed if it did.

    ``ended_by`` is what ended it from outside, such as the time-out of a task; whoever called it has to end, too. ``target``
    is the team or account, if it is known. ``by_hand`` is what is left to do, and for whom; ``unclear`` are the people for whom
    nothing was planned because they cannot be told apart. ``linked`` are the addresses to which somebody accepted invitations, by
    their own address.
    """

    values: dict[str, t.Any]
    error: AccessError | None = None
    warnings: list[str] = field(default_factory=list)
    diff: dict[str, str] | None = None
    ended_by: BaseException | None = None
    target: str | None = None
    by_hand: list[ByHand] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)
    linked: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    """Something that a service can be asked to do. Modules are one door to it, the actions of the role the other.

    ``spec`` are its options. ``work`` takes their values, whether nothing may be changed, and who is told how
    the run goes.
    ``unchanged`` are the values of one that failed before it could ask the service.
    """

    spec: Spec
    work: t.Callable[[Values, bool, Around], Result]
    unchanged: Values = field(default_factory=dict)

    def untouched(self, values: Values) -> dict[str, t.Any]:
        """The same for these option values: what is remembered stays as it was given, so that nobody is forgotten."""
        given = values.get(KNOWN)
        return {**self.unchanged, **({KNOWN: given} if KNOWN in self.unchanged and isinstance(given, dict) else {})}


def reads(spec: Spec, work: t.Callable[[Values], Result]) -> Operation:
    """An operation that changes nothing."""
    return Operation(spec, lambda values, _check, _around: work(values))


def record_of(
    service: Service, report: Report, values: dict[str, t.Any], error: AccessError | None, verifies: bool = False
) -> Result:
    """The record of a run with these values for its people."""
    by_hand = follow_ups(service, report)
    return Result(
        {
            "changed": report.changed,
            **values,
            **service.remembered(),
            **{key: value for found in service.companions for key, value in found.results(report.outcomes).items()},
            **({"verified": report.verified} if verifies else {}),
            "follow_up": [item.text for item in by_hand],
            "api": _cost(service),
        },
        error,
        report.warnings,
        diff(outcome.step for outcome in report.outcomes if outcome.changed),
        report.ended_by,
        service.scope.partition("/")[2] or None,
        by_hand,
        [address for conflict in report.conflicts for person in conflict.people for address in person.addresses],
        _linked(service, report.existing),
    )


def _linked(service: Service, existing: t.Sequence[Grant]) -> dict[str, list[str]]:
    """The addresses that are known to be somebody's by an invitation that they accepted, in this read or an earlier one."""
    found: dict[str, set[str]] = {}
    for grant in existing:
        if grant.email:
            found.setdefault(fold(grant.email), set()).update(grant.also)
    for key, invitation in service.remembered().get(KNOWN, {}).items():
        if invitation.get("accepted_as"):  # some are known by address, others by id
            found.setdefault(fold(invitation["accepted_as"]), set()).add(fold(invitation.get("email") or key))
    counts = Counter(address for addresses in found.values() for address in addresses)
    disputed = {address for grant in existing for address in grant.disputed}
    own = {
        email: {address for address in addresses - disputed if counts[address] == 1}
        for email, addresses in found.items()
    }
    return {email: sorted(addresses - {email}) for email, addresses in own.items() if addresses - {email}}


def _cost(service: Service) -> dict[str, t.Any]:
    """The cost of the task, over all credentials."""
    others = {id(found.client): found.client for found in service.companions if found.client is not service.client}
    api = service.client.api()
    return {**api, "requests": api["requests"] + sum(client.requests for client in others.values())}


def everybody(info: ServiceInfo, report: Report) -> dict[str, t.Any]:
    """The plan, what became of it, and all records at the end under the result keys of the service."""
    outcomes = Counter(outcome.outcome for outcome in report.outcomes)
    actions = Counter(step.action for step in report.plan)
    return {
        "unmatched": {option: list(texts) for option, texts in report.unmatched.items()},
        "plan": [step.as_dict() for step in report.plan],
        "plan_id": report.plan_id,
        "results": [outcome.as_dict() for outcome in report.outcomes],
        "summary": {
            **{action: actions[action] for action in (INVITE, UPDATE, REINVITE, REMOVE, CANCEL)},
            **{action: count for action, count in actions.items() if count},
            **{outcome: outcomes[outcome] for outcome in (APPLIED, FAILED, DEFERRED, NOT_ATTEMPTED)},
        },
        **{
            name: [grant.record for grant in report.existing if grant.kind in kinds]
            for name, kinds in info.results.items()
        },
    }


def nothing_done(info: ServiceInfo, objects: t.Iterable[str] | None = None) -> dict[str, t.Any]:
    """The result of a run that failed before it could ask the service; with ``objects``, of one for one person."""
    values = (
        everybody(info, Report([], Rules(info.roles, info.default_role)))
        if objects is None
        else {"status": None, "action": "none", **dict.fromkeys(objects)}
    )
    return {**values, "follow_up": []}


def inspect(service: Reader, values: t.Callable[[], dict[str, t.Any]]) -> Result:
    """The result of a module that only reads; a failure says what it cost, too."""
    shown: dict[str, t.Any] = {}
    error = None
    try:
        shown = values()
    except AccessError as fault:
        error = fault
    return Result({"changed": False, **shown, "api": service.client.api()}, error)


def narrowed_to(email: str | None) -> str | None:
    """The folded address of an option that narrows a list, None for everybody."""
    return None if email is None else fold(check_email(email))


def is_address(record: t.Mapping[str, t.Any], email: str | None) -> bool:
    """Whether a record is of this folded address, or accepted under it; None is anybody's."""
    accepted_by = record.get("accepted_by") or {}
    return email is None or email in (fold(record.get("email") or ""), fold(accepted_by.get("email") or ""))
