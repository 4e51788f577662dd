# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Action plugin: change the services of one host to what is declared."""

from __future__ import annotations

import time
from typing import Any

from ansible import context
from ansible.errors import AnsibleError

from ..module_utils._access.addresses import check_shown, few, fold, is_address, is_template
from ..module_utils._access.catalog import ServiceInfo
from ..module_utils._access.model import ABSENT, PRESENT
from ..module_utils._access.options import OF_ROLE
from ..module_utils._honeybadger.facts import HONEYBADGER
from ..module_utils._honeycomb.facts import HONEYCOMB
from ..module_utils._http.errors import TIMEOUT, VALIDATION, AccessError, unexpected
from ..module_utils._roster import STATES, addresses_of, check, for_service, tell
from ..module_utils._services import SERVICES
from ..plugin_utils._host import collection
from ..plugin_utils._host.target import Target
from ..plugin_utils._host.variables import Refused
from ..plugin_utils._memory.directory import settle
from ..plugin_utils._people import exempt as _exempt
from ..plugin_utils._people.document import Document
from ..plugin_utils._people.given import people_in
from ..plugin_utils._people.rosters import endings_here, resolved_here
from ..plugin_utils._people.unknown import FAIL, POLICIES, WARN, unknown_among
from ..plugin_utils._run import evidence as _evidence
from ..plugin_utils._run import summary as _summary
from ..plugin_utils._run.accounts import OtherAccounts
from ..plugin_utils._run.action import AccessAction
from ..plugin_utils._run.approval import PLAN_CHANGED, Approved, approval, change, note_unknown, published
from ..plugin_utils._run.engine import Ended
from ..plugin_utils._run.evidence_files import prepare, write_evidence
from ..plugin_utils._run.progress import Progress
from ..plugin_utils._run.provenance import Provenance, provenance
from ..plugin_utils._run.renamed import still_shown
from ..plugin_utils._words.chat import SUMMARY, summary_text
from ..plugin_utils._words.names import service, title
from ..plugin_utils._words.nowhere import all_nowhere, misspelt_leavers

KEPT = 200  # records of a kind in the result, so that an event stays small
CORRECT = "Correct the address, or leave it out if they are gone already."
PLAN_AGAIN = "Plan again, and have the new plan approved."

People = list[dict[str, Any]]
Results = dict[str, dict[str, Any]]


class ActionModule(AccessAction):
    """Plans, checks the approval, applies and remembers. Does not fail itself, so that the result is not lost."""

    def act(self) -> dict[str, Any]:
        """Do one host."""
        self._started = _now()
        self._asked = Provenance()
        self._done_at: dict[str, str] = {}
        self._warnings: list[str] = []
        self._results: Results = {}
        self._follow_up: list[str] = []
        self._doubts: list[str] = []
        self._ended: BaseException | None = None
        self._ends: list[str] = []
        self._policy: str | None = None
        self._alone = True
        people: dict[str, People] = {}
        failure = ""
        try:
            target = self._checked_target()
            self._asked = provenance(self._variables, applies=not self._task.check_mode)
            people = self._people(target)
            self._recall = self._recalled(target)
            self._run(target, people)
        except (Refused, AnsibleError) as fault:
            failure = str(fault)
        except Exception as bug:  # noqa: BLE001
            failure = unexpected(bug).sentence
        if isinstance(
            self._ended, (KeyboardInterrupt, SystemExit)
        ):  # what was done is remembered; nobody waits for a result
            raise self._ended
        return self._outcome(people, failure)

    def _checked_target(self) -> Target:
        """This host, unless something is wrong with it or with another host of the play."""
        self._refuse_misspelt()
        claims = self._claims()
        if not claims.has(self._host):
            raise Refused(
                f"Nothing was done on {self._host}, since it was not compared with the other hosts: two of them may be the same "
                "team. Run the playbook from its first task, without --start-at-task and without skipping tasks."
            )
        self._unknown = claims.unknown(self._host)
        faults = claims.faults(self._host, map(str, self._vars.get("ansible_play_hosts_all", ())))
        if faults:
            raise Refused("Nothing was done. " + " ".join(faults))
        return self._target()

    def _people(self, target: Target) -> dict[str, People]:
        """The people of each service that is configured."""
        listed = people_in(self._variables, "lifecycle_people")
        if listed is None:
            raise Refused(
                "lifecycle_people is not set. Set it to a list of e-mail addresses, or of mappings with email."
            )
        checked, faults = check(listed, check_main=check_shown, by_service=True)
        resolved, unknown = resolved_here(Document(checked), self._vars, self._variables, bool(self._task.check_mode))
        checked, faults = resolved.people, [*faults, *unknown]
        if faults:
            raise Refused("Nothing was done, because the declared people have faults:\n" + "\n".join(tell(faults)))
        self._ends = endings_here(checked, self._variables, bool(self._task.check_mode))
        self._nameless = any(not is_address(email) or is_template(email) for email in (p["email"] for p in checked))
        state = self._variables.choice("lifecycle_state", STATES) or PRESENT
        self._policy = self._variables.choice("lifecycle_unknown", POLICIES) or (WARN if state == ABSENT else None)
        self._alone = len(self._vars.get("ansible_play_hosts_all", ())) <= 1
        self._exempt = {option: _exempt.exempt(self._variables, option, checked) for option in _exempt.OPTIONS}
        self._note_ignored(
            [person for person in checked if ABSENT in (state, person["state"])],
            set(self._exempt[_exempt.IGNORE]),
        )
        self._leaving = state == ABSENT or any(person["state"] == ABSENT for person in checked)
        if state == PRESENT:
            self._note_unconfigured(target, [person for person in checked if person["state"] == PRESENT])
        split = {
            key: for_service(checked, key, state, self._variables.default_role(SERVICES[key]))
            for key in target.services
        }
        if checked and not any(split.values()):
            reasons, self._warnings = self._warnings, []
            raise Refused(f"Nothing was done. {' '.join(reasons)}")
        return split

    def _note_ignored(self, leavers: People, ignored: set[str]) -> None:
        """Warn about leavers for whom nothing is done, since lifecycle_ignore names them."""
        named = [person["email"] for person in leavers if not ignored.isdisjoint(addresses_of(person))]
        if named:
            self._warnings.append(f"lifecycle_ignore names {few(named)}, so their access was left alone.")

    def _note_unconfigured(self, target: Target, people: People) -> None:
        """Warn about people whose access cannot be given, since the service is not configured here."""
        for key, info in SERVICES.items():
            named = [person["email"] for person in people if key in person]
            if key not in target.services and named:
                self._warnings.append(
                    f"{info.title} is not configured on {self._host}, so the access declared there for {few(named)} "
                    "was not given."
                )

    def _run(self, target: Target, people: dict[str, People]) -> None:
        if not self._task.check_mode and any(person["state"] == PRESENT for person in people.get(HONEYCOMB.key, ())):
            self._recall.prepare()
        evidence_dir = self._variables.text("lifecycle_evidence_dir")
        if evidence_dir and not self._task.check_mode:
            prepare(evidence_dir)
        args = {key: self._args(SERVICES[key], target.services[key], people[key]) for key in target.services}
        others = self._other_accounts(target) if self._leaving else None
        if others and others.remove:
            for key, options in others.options():
                people[key] = _evidence.leavers_of(people[HONEYBADGER.key])
                args[key] = self._args(HONEYBADGER, options, people[key])
        if _exempt.has_texts(args):
            plain = {key: _exempt.without_texts(options) for key, options in args.items()}
            _exempt.narrow(args, {key: self._service(key, options, check=True) for key, options in plain.items()})
        applies = not self._task.check_mode
        approved = approval(self._variables, self._host, args, applies) or {}
        if approved or (applies and (self._nameless or (self._leaving and self._policy == FAIL))):
            self._confirm(args, approved, people)
        for key, plan in approved.items():
            args[key]["expected_plan_id"] = plan.plan_id
        for key, options in args.items():
            self._results[key] = self._service(key, options, check=self._task.check_mode)
            if key == HONEYCOMB.key:
                self._remember(self._results[key], people[key])
        self._warnings += _exempt.unmatched(self._results.values())
        self._follow_up += still_shown(self._results, self._variables.mapping("lifecycle_renamed") or {})
        if others and not others.remove and not self._ended:
            self._follow_up += others.remaining(_evidence.leavers_of(people[HONEYBADGER.key]))

    def _remember(self, result: dict[str, Any], people: People) -> None:
        doubts = self._recall.remember(result, _unlisted(result, people), self._task.check_mode)
        self._warnings += doubts
        self._doubts += doubts
        if "api" in result:
            result["api"]["requests"] += self._recall.requests

    def _other_accounts(self, target: Target) -> OtherAccounts | None:
        """The other accounts that the token can see, if lifecycle_all_accounts is set."""
        remove = self._variables.flag("lifecycle_all_accounts")
        options = target.services.get(HONEYBADGER.key)
        if remove is None or options is None:
            return None
        return OtherAccounts(self._operate, options, remove)

    def _confirm(
        self, args: dict[str, dict[str, Any]], approved: dict[str, Approved], people: dict[str, People]
    ) -> None:
        """Plan all services before the first write, and refuse the run if a plan is not the approved one, or is refused.

        Without an approval, this is for somebody who is declared by a text that is no address, and for leavers if one who is
        found nowhere fails the run: it is a mistake in the list, and nothing is done anywhere.
        """
        planned = {key: self._service(key, options, check=True) for key, options in args.items()}
        changes = {key: change(plan, planned[key]) for key, plan in approved.items() if planned[key].get("plan_id")}
        refusals = _summary.refusals(planned if approved else _invalid(planned))
        refusals += self._refused_unknown(unknown_among(_people_of(planned, people), planned))
        moved = [f"{title(key)}: {text}" for key, text in changes.items() if text]
        if not moved and not refusals:
            return
        why = ", because the plan is not the one that was approved" if moved else ""
        text = " ".join(
            [f"Nothing was done on {self._host}{why}.", *moved, *refusals, *([PLAN_AGAIN] if moved else [])]
        )
        for key, result in planned.items():
            _hold(result, text if moved and (changes.get(key) or not result.get("failed")) else "")
        self._results = planned
        raise Refused(text)

    def _args(self, info: ServiceInfo, connection: dict[str, str], people: People) -> dict[str, Any]:
        """The options of a bulk module; options that are not set keep the module's defaults."""
        given = self._variables
        options = {
            **{option: given.of_type(f"lifecycle_{option}", kind) for option, kind in OF_ROLE.items()},
            info.keepers: given.number(f"lifecycle_{info.keepers}"),
            "verify": given.flag("lifecycle_verify") is not False,
            **{option: given.text(f"lifecycle_{option}") for option in info.options},
            **{option: texts or None for option, texts in self._exempt.items()},
            **(self._recall.options() if info is HONEYCOMB else {}),
        }
        return {
            **connection,
            info.people: people,
            **{option: value for option, value in options.items() if value is not None},
        }

    def _service(self, key: str, args: dict[str, Any], check: bool) -> dict[str, Any]:
        fault = self._unknown.get(key) or (self._recall.fault if key == HONEYCOMB.key else None)
        if self._ended:
            fault = AccessError(TIMEOUT, "Nothing was done there, because the run was ended before.", hint="Run again.")
        if fault:
            return {"changed": False, "failed": True, "msg": fault.sentence, "error": fault.as_dict()}
        watch = None if check else Progress(f"{self._host}, {title(key)}", self._display.display)
        try:
            journal = self._recall.journal if key == HONEYCOMB.key and not check else None
            result = self._operate(service(key).module, args, check, watch, journal)
        except Ended as end:
            self._ended, result = end.by, end.result
        result.setdefault("target", self._recall.team if service(key) is HONEYCOMB else None)
        self._done_at[key] = _now()
        self._warnings += result.pop("warnings", ())
        if "follow_up" in result:
            named = f"{service(key).title}:"
            result["follow_up"] = [text.replace(named, f"{title(key)}:", 1) for text in result["follow_up"]]
        return result

    def _outcome(self, people: dict[str, People], failure: str) -> dict[str, Any]:
        """What the role keeps, publishes and prints."""
        results = self._results
        check_mode = bool(self._task.check_mode)
        leavers = {key: _evidence.leavers_of(listed) for key, listed in people.items()}
        unplanned = {key: {"failed": True, "msg": failure} for key in people or SERVICES} if failure else {}
        plans = {key: published(result, self._ends) for key, result in (results or unplanned).items()}
        if HONEYBADGER.key in plans:
            plans[HONEYBADGER.key]["follow_up"] += self._follow_up
        diffs = [
            {**result.pop("diff"), **dict.fromkeys(("before_header", "after_header"), f"{self._host}, {title(key)}")}
            for key, result in results.items()
            if result.get("diff")
        ]
        kept = self._kept(people, leavers)
        if not check_mode and results:
            self._keep_evidence(kept)
        refused = self._tell_unknown(plans, kept)
        text = failure or " ".join(filter(None, (_summary.failure(kept, check_mode), *refused)))
        # Of several hosts, the last task of the role tells who is found on none of them.
        told = kept if self._alone else {**kept, "unknown": []}
        if not text and not check_mode:
            self._settle_directory()
        return {
            "changed": any(result.get("changed") for result in results.values()),
            "result": kept,
            "summary": _summary.summary(told, check_mode),
            "unknown": {} if self._alone else {"policy": self._policy, "people": kept["unknown"]},
            "failure": text,
            "warnings": self._warnings,
            **({"diff": diffs} if diffs else {}),
            "ansible_stats": {
                "data": {
                    "access_plan": {self._host: plans},
                    **self._chat(_summary.summary(told, check_mode, most=5), text),
                },
                "per_host": False,
                "aggregate": True,
            },
        }

    def _settle_directory(self) -> None:
        """Remember what was read from a directory, now that this host has done its part."""
        folder = self._variables.text("lifecycle_directory")
        if folder:
            everywhere = self._variables.flag("lifecycle_exclusive") and not context.CLIARGS.get("subset")
            hosts = list(map(str, self._vars.get("ansible_play_hosts_all", ()))) if everywhere else []
            ignored = {fold(str(text)) for text in self._variables.items("lifecycle_ignore") or ()}
            self._warnings += settle(folder, self._variables, self._host, hosts, ignored)

    def _kept(self, people: dict[str, People], leavers: dict[str, People]) -> dict[str, Any]:
        """The result that the role keeps as a fact."""
        results = self._results
        found = _evidence.evidence(results, leavers, bool(self._task.check_mode), self._done_at)
        return {
            **{key: _slim(result, people[key], service(key)) for key, result in results.items()},
            # Several accounts may have texts in common.
            "follow_up": list(
                dict.fromkeys(text for result in results.values() for text in result.get("follow_up", ()))
            )
            + self._follow_up,
            "ends": self._ends,
            "people": found,
            "unknown": unknown_among(found, results) if self._policy else [],
            "run": self._asked.as_run(
                {key: str(result["plan_id"]) for key, result in results.items() if result.get("plan_id")},
                collection.version(),
                self._started,
            ),
        }

    def _tell_unknown(self, plans: dict[str, dict[str, Any]], kept: dict[str, Any]) -> list[str]:
        """Note in the plans who is found nowhere; returns why that fails the run, if it does."""
        refused = self._refused_unknown(kept["unknown"])
        note_unknown(plans, kept["unknown"], " ".join(refused))
        if self._alone and self._policy == WARN:
            self._warnings += misspelt_leavers(kept["unknown"])
        return refused

    def _refused_unknown(self, unknown: list[dict[str, Any]]) -> list[str]:
        """Why nothing is done, if leavers who are found nowhere fail the run."""
        return [f"{all_nowhere(unknown)} {CORRECT}"] if unknown and self._alone and self._policy == FAIL else []

    def _chat(self, lines: list[str], failure: str) -> dict[str, str]:
        """The summary for a chat; in a controller under a key of the job, too, since slices are merged by key."""
        text = summary_text(self._host, lines, failure)
        job = self._variables.text("awx_job_id")
        return {SUMMARY: text, **({f"{SUMMARY}_{job}": text} if job else {})}

    def _keep_evidence(self, kept: dict[str, Any]) -> None:
        """Write files for each leaver, if a folder is set."""
        folder = self._variables.text("lifecycle_evidence_dir")
        if folder:
            named = {key: kept[key]["target"] for key in self._results if kept[key].get("target")}
            by_hand = self._follow_up + self._doubts
            self._warnings += write_evidence(folder, self._host, kept["people"], by_hand, kept["run"], named)


def _people_of(planned: Results, people: dict[str, People]) -> list[dict[str, Any]]:
    """The evidence for leavers of what is planned."""
    leavers = {key: _evidence.leavers_of(people[key]) for key in planned}
    return _evidence.evidence(planned, leavers, True, {})


def _invalid(results: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The results of services that refused what is declared."""
    return {key: result for key, result in results.items() if (result.get("error") or {}).get("code") == VALIDATION}


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _slim(result: dict[str, Any], people: People, info: ServiceInfo) -> dict[str, Any]:
    """The result without too many records for an event: of everybody, or only of the people of this run."""
    about = {step["email"] for step in result.get("plan", ())} | {fold(person["email"]) for person in people}
    records = {
        key: [record for record in result[key] if fold(str(record.get("email", ""))) in about][:KEPT]
        for key in info.results
        if len(result.get(key, ())) > KEPT
    }
    return {**{key: value for key, value in result.items() if key != "known_invitations"}, **records}


def _unlisted(result: dict[str, Any], people: People) -> list[str]:
    """The people for whom nothing was found: leavers, then people who are invited."""
    plan = result.get("plan", ())
    found = {step["email"] for step in plan}
    leavers = [fold(person["email"]) for person in people if person["state"] == ABSENT]
    invited = [step["email"] for step in plan if step["action"] == "invite"]
    return [email for email in leavers if email not in found and result.get("plan_id")] + invited


def _hold(result: dict[str, Any], changed: str) -> None:
    """Change a planning result to that of a service where nothing was done; ``changed`` says how plans changed."""
    plan = result.get("plan", ())
    result["changed"] = False
    result["results"] = [
        {"email": step["email"], "action": step["action"], "outcome": "not_attempted", "error": None} for step in plan
    ]
    result.pop("diff", None)
    if changed:
        error = {"code": PLAN_CHANGED, "detail": changed, "hint": PLAN_AGAIN}
        result.update(failed=True, msg=changed, error={**dict.fromkeys(("status", "method", "path")), **error})
