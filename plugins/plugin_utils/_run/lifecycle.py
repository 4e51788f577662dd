# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The services of one host, changed to what is declared: plan, approval, apply, memory.

This file is private to the collection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...module_utils._access.catalog import ServiceInfo
from ...module_utils._access.model import PRESENT
from ...module_utils._access.options import OF_ROLE
from ...module_utils._http.errors import TIMEOUT, AccessError
from ...module_utils._services import SERVICES
from .._host.target import Target
from .._host.variables import Refused, Variables
from .._memory.recall import Recall
from .._people import exempt as _exempt
from .._people.unknown import FAIL, unknown_among
from .._words.names import service, title
from .._words.nowhere import all_nowhere
from . import evidence as _evidence
from . import summary as _summary
from .accounts import Elsewhere, OtherAccounts, spare
from .approval import Approved, approval, change
from .course import PLAN_AGAIN, Course, People, hold, invalid, now, people_of, unlisted
from .engine import Ended
from .evidence_files import prepare
from .progress import Progress
from .renamed import still_shown

CORRECT = "Correct the address, or leave it out if they are gone already."

Operate = Callable[..., dict[str, Any]]


class Lifecycle:
    """A run on one host. ``operate`` reaches the services, ``say`` shows a line, ``unclear`` has the services of which it
    is not known whether another host is the same team, ``elsewhere`` gives all hosts of the inventory. Everything that
    becomes of the run is in ``course``."""

    def __init__(
        self,
        course: Course,
        variables: Variables,
        recall: Recall,
        operate: Operate,
        say: Callable[[str], None],
        unclear: Mapping[str, AccessError],
        elsewhere: Elsewhere,
    ) -> None:
        self.course = course
        self._variables = variables
        self._recall = recall
        self._operate = operate
        self._say = say
        self._unclear = unclear
        self._elsewhere = elsewhere

    def run(self, target: Target) -> None:
        """Do the services of the target, one after the other; raises ``Refused`` if nothing may be done."""
        people = self.course.people
        if not self.course.check:
            self._recall.prepare([key for key in people if any(person["state"] == PRESENT for person in people[key])])
        evidence_dir = self._variables.text("lifecycle_evidence_dir")
        if evidence_dir and not self.course.check:
            prepare(evidence_dir)
        args = {key: self._args(SERVICES[key], target.services[key], people[key]) for key in target.services}
        others = self._other_accounts(target) if self.course.leaving else None
        if others and others.remove:
            for key, options in others.options():
                people[key] = _evidence.leavers_of(people[others.info.key])
                args[key] = self._args(others.info, options, people[key])
                spare(others.info, args[key], self._elsewhere(), people[key])
                self._say(f"{self.course.host}: leavers lose {title(key)}, too, since lifecycle_all_accounts is true.")
        if _exempt.has_texts(args):
            plain = {key: _exempt.without_texts(options) for key, options in args.items()}
            _exempt.narrow(args, {key: self._service(key, options, check=True) for key, options in plain.items()})
        applies = not self.course.check
        approved = approval(self._variables, self.course.host, args, applies) or {}
        if approved or (applies and (self.course.nameless or (self.course.leaving and self.course.policy == FAIL))):
            self._confirm(args, approved)
        for key, plan in approved.items():
            args[key]["expected_plan_id"] = plan.plan_id
        for key, options in args.items():
            self.course.results[key] = self._service(key, options, check=self.course.check)
            self._remember(key, options, people[key])
        self.course.warnings += _exempt.unmatched(self.course.results.values())
        if others and not others.remove and not self.course.ended:
            self.course.follow_up += others.remaining(_evidence.leavers_of(people[others.info.key]))

    def _remember(self, key: str, options: dict[str, Any], people: People) -> None:
        result, check = self.course.results[key], self.course.check
        if service(key).lists_pending:
            self.course.warnings += self._recall.remember_account(key, options, result, check)
            return
        doubts = self._recall.remember(result, unlisted(result, people), check)
        self.course.warnings += [item.text for item in doubts]
        self.course.doubts += doubts
        if "api" in result:
            result["api"]["requests"] += self._recall.requests

    def _other_accounts(self, target: Target) -> OtherAccounts | None:
        """The other accounts that the token can see, if lifecycle_all_accounts is set."""
        remove = self._variables.flag("lifecycle_all_accounts")
        key = next((key for key in target.services if SERVICES[key].sees_others), None)
        if remove is None or key is None:
            return None
        return OtherAccounts(SERVICES[key], self._operate, target.services[key], remove)

    def _confirm(self, args: dict[str, dict[str, Any]], approved: dict[str, Approved]) -> None:
        """Plan all services before the first write, and refuse the run if a plan is not the approved one, or is refused.

        Without an approval, this is for somebody who is declared by a text that is no address, and for leavers if one who is
        found nowhere fails the run: it is a mistake in the list, and nothing is done anywhere.
        """
        planned = {key: self._service(key, options, check=True) for key, options in args.items()}
        changes = {key: change(plan, planned[key]) for key, plan in approved.items() if planned[key].get("plan_id")}
        refusals = _summary.refusals(planned if approved else invalid(planned))
        refusals += refused_unknown(self.course, unknown_among(people_of(planned, self.course.people), planned))
        moved = [f"{title(key)}: {text}" for key, text in changes.items() if text]
        if not moved and not refusals:
            return
        why = ", because the plan is not the one that was approved" if moved else ""
        text = " ".join(
            [f"Nothing was done on {self.course.host}{why}.", *moved, *refusals, *([PLAN_AGAIN] if moved else [])]
        )
        for key, result in planned.items():
            hold(result, text if moved and (changes.get(key) or not result.get("failed")) else "")
        self.course.results = planned
        raise Refused(text)

    def _args(self, info: ServiceInfo, connection: dict[str, str], people: People) -> dict[str, Any]:
        """The options of a bulk module; options that are not set keep the module's defaults."""
        given = self._variables
        options = {
            **{option: given.of_type(f"lifecycle_{option}", kind) for option, kind in OF_ROLE.items()},
            info.keepers: given.number(f"lifecycle_{info.keepers}"),
            "verify": given.flag("lifecycle_verify") is not False,
            **{option: given.text(f"lifecycle_{option}") for option in info.options},
            **{option: texts or None for option, texts in self.course.exempt.items()},
            **self._recall.options_of(info.key, connection),
        }
        return {
            **connection,
            info.people: people,
            **{option: value for option, value in options.items() if value is not None},
        }

    def _service(self, key: str, args: dict[str, Any], check: bool) -> dict[str, Any]:
        fault = self._unclear.get(key) or self._recall.fault_of(service(key).key)
        if self.course.ended:
            fault = AccessError(TIMEOUT, "Nothing was done there, because the run was ended before.", hint="Run again.")
        if fault:
            return {"changed": False, "failed": True, "msg": fault.sentence, "error": fault.as_dict()}
        watch = None if check else Progress(f"{self.course.host}, {title(key)}", self._say)
        try:
            journal = None if check else self._recall.journal_of(key, args)
            result = self._operate(service(key).module, args, check, watch, journal)
        except Ended as end:
            self.course.ended, result = end.by, end.result
        result.setdefault("target", None if service(key).lists_pending else self._recall.team)
        self.course.done_at[key] = now()
        self.course.warnings += result.pop("warnings", ())
        if "follow_up" in result:
            named = f"{service(key).title}:"
            left = [
                {**item, "text": item["text"].replace(named, f"{title(key)}:", 1)} for item in result.get("by_hand", ())
            ]
            shown = still_shown(key, result, self._variables.mapping("lifecycle_renamed") or {})
            result["by_hand"] = left + [item._asdict() for item in shown]
            result["follow_up"] = [item["text"] for item in result["by_hand"]]
        return result


def refused_unknown(course: Course, unknown: list[dict[str, Any]]) -> list[str]:
    """Why nothing is done, if leavers who are found nowhere fail the run."""
    return [f"{all_nowhere(unknown)} {CORRECT}"] if unknown and course.alone and course.policy == FAIL else []
