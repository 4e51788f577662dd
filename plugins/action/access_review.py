# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Action plugin: write who has access for people to decide on, and check and record what they decided."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path

from ansible import constants as C

from ..module_utils._access.addresses import few
from ..module_utils._services import SERVICES
from ..plugin_utils._files import make_folder, write
from ..plugin_utils._host import collection
from ..plugin_utils._host.seal import Broken, keep
from ..plugin_utils._host.variables import Refused
from ..plugin_utils._people.entries import Data
from ..plugin_utils._report.data import KINDS, Roster
from ..plugin_utils._report.inputs import Inputs, inputs_of
from ..plugin_utils._report.read import part_of
from ..plugin_utils._report.spool import Spool
from ..plugin_utils._review.decisions import Decision, Verdict, judge, people_of
from ..plugin_utils._review.files import (
    HTML,
    JSON,
    earlier,
    filled_in,
    listed,
    name_of_record,
    record_files,
    records,
    write_list,
)
from ..plugin_utils._review.page import to_html
from ..plugin_utils._review.record import EVERY, Reviewed, carried_out_before, record_of
from ..plugin_utils._review.rows import Row, digest, numbered, row_from, rows_of
from ..plugin_utils._review.sheet import carried_over, to_json
from ..plugin_utils._review.start import folder_of, known_of, paths_of, told
from ..plugin_utils._run.action import AccessAction
from ..plugin_utils._run.approval import published

READ, LIST, PLANNED, GATE, RECORD = "read", "list", "planned", "gate", "record"
INVITE = "invite"
NEEDS_APPROVAL = "This run needs an approval and has none. Set access_plan to the access_plan of the planning run."


class ActionModule(AccessAction):
    """Does one step of a review for one host. What all hosts have read or planned is in the spool of the play."""

    _VALID_ARGS = frozenset(("step", "applied"))

    def _fixed(self) -> Mapping[str, t.Any]:
        """What is read is what the report reads, with teams; a list that was decided on is held against no roster."""
        start = self._variables.get("review_file") is None
        return {
            "report_dir": self._variables.get("review_dir") or ".",
            "report_people": self._variables.get("people") if start else "",
            "report_roster_file": self._variables.get("roster_file") if start else "",
            "report_fail_on_drift": "",
            "report_previous": "",
            "report_teams": True,
        }

    def act(self) -> dict[str, t.Any]:
        """Do one step."""
        self._warnings: list[str] = []
        play: t.Any = self._task.get_play()
        self._spool = Spool(C.DEFAULT_LOCAL_TMP, f"review {play._uuid}")  # type: ignore[attr-defined]
        self._hosts = list(map(str, self._vars["ansible_play_hosts_all"]))
        step = self._task.args.get("step")
        steps = {READ: self._read, LIST: self._list, PLANNED: self._planned, GATE: self._gate, RECORD: self._record}
        return {**steps[str(step)](), "warnings": self._warnings}

    # Reading

    def _read(self) -> dict[str, t.Any]:
        """Read this host, and keep its rows for the host that puts all together."""
        self._refuse_misspelt()
        folder_of(self._variables)
        inputs = inputs_of(self._variables, self._vars, self._loader)
        part = self._part(inputs)
        failed = [target for target in part["targets"] if target["status"] != "read"]
        if failed:
            raise Refused(" ".join(dict.fromkeys(str(target["error"]) for target in failed)))
        roster = inputs.roster or Roster((), [], [])
        known = known_of(self._variables, self._host, roster.people, roster.lines)
        rows = [row.as_dict() for row in rows_of(part, known)]
        with self._spool.locked():
            self._spool.put(f"part {self._host}", {"rows": rows, "targets": part["targets"]})
        return {}

    def _part(self, inputs: Inputs) -> Data:
        target = self._target()
        recall = self._recalled(target)
        known = recall.of_all(target.services)
        return part_of(target, self._reader(), inputs, known, recall.gaps(target.services, "in this list"))

    def _parts(self) -> tuple[list[Row], list[Data]]:
        """The rows and targets of all hosts, or ``Refused``: what is not in a review is decided by nobody."""
        without = self._spool.without(self._hosts)
        if without:
            raise Refused(f"Nothing was done, because access could not be read on {few(without)}.")
        parts = self._spool.parts(self._hosts)
        rows = numbered(row_from(item) for part in parts for item in part["rows"])
        return rows, [target for part in parts for target in part["targets"]]

    # Putting together

    def _list(self) -> dict[str, t.Any]:
        """Write the list for the reviewers, or check what they decided. The first host does it for all of them."""
        with self._spool.locked():
            kept = self._spool.get("all")
            if kept is None:
                kept = self._together()
                self._spool.put("all", kept)
            people: list[Data] = self._spool.get(f"people {self._host}") or []
        if kept["refused"]:
            first = kept["by"] == self._host
            raise Refused(kept["refused"] if first else f"Nothing was done. {kept['by']} says why.")
        removed = [person for person in people if any(person.get(key, {}).get("state") for key in SERVICES)]
        return {
            "changed": kept["changed"] and kept["by"] == self._host,
            "decided": kept["decided"],
            "people": people,
            "max_removals": str(len(removed)),
            "evidence_dir": self._evidence_dir(),
            "lines": kept["lines"] if kept["by"] == self._host else [],
            "files": kept["files"],
            **(self._no_plan() if kept["decided"] and not people else {}),
        }

    def _no_plan(self) -> dict[str, t.Any]:
        """That nothing changes on this host is what an approval of the review is about, too."""
        targets = self._spool.get(f"part {self._host}")["targets"]
        plans = {self._host: {target["service"]: published({}) for target in targets}}
        return {"ansible_stats": {"data": {"access_plan": plans}, "per_host": False, "aggregate": True}}

    def _together(self) -> Data:
        empty: Data = {"by": self._host, "refused": "", "changed": False, "decided": False, "lines": [], "files": []}
        try:
            rows, targets = self._parts()
            if self._variables.get("review_file") is None:
                return {**empty, **self._start(rows, targets)}
            return {**empty, **self._decided(rows, targets)}
        except Refused as fault:
            return {**empty, "refused": str(fault)}
        except OSError as error:
            return {**empty, "refused": f"{error.filename} cannot be written: {error.strerror}."}

    def _start(self, rows: list[Row], targets: list[Data]) -> Data:
        """Write the list, with what was decided before on access that is still the same."""
        folder, at = folder_of(self._variables), _now()
        count = 0
        unread: list[str] = []
        for sheet in earlier(folder):
            rows, taken = carried_over(rows, sheet.rows)
            count += taken
            unread += sheet.faults
        notes = [f"{_place(target)}: {note}" for target in targets for note in target["notes"]]
        held = self._variables.get("roster_file") is not None or self._variables.get("people") is not None
        texts = {
            JSON: to_json(rows, at, collection.version(), notes, _named(targets)),
            HTML: to_html(rows, digest(rows), at, notes, KINDS, held),
        }
        files = write_list(folder, texts, rows, at)
        return {
            "changed": True,
            "files": files,
            "lines": [*told(rows, notes, files, count), *(f"Not kept of the list before: {fault}" for fault in unread)],
        }

    def _decided(self, rows: list[Row], targets: list[Data]) -> Data:
        """Check the filled-in files against what is there now."""
        paths = paths_of(self._variables)
        listed_at, before = listed(folder_of(self._variables))
        places = {(target["host"], target["service"]): bool(target["teams_read"]) for target in targets}
        with_keys = [(target["host"], target["service"]) for target in targets if target["keys_read"]]
        verdict: Verdict = judge(filled_in(paths), rows, before, places, with_keys)
        faults = verdict.faults or carried_out_before(verdict.decisions, listed_at, records(folder_of(self._variables)))
        if faults:
            raise Refused("Nothing was done, because the review cannot be carried out:\n" + "\n".join(faults))
        changes = sum(decision.changes for decision in verdict.decisions)
        self._spool.put("decisions", [_kept(decision) for decision in verdict.decisions])
        for host in self._hosts:
            self._spool.put(f"people {host}", people_of(verdict.decisions, host))
        asked = self._asked(applies=bool(changes) and not self._task.check_mode)
        return {
            "decided": True,
            "listed_at": listed_at,
            "at": _now(),
            "targets": _named(targets),
            "asked": asked.as_run({}, collection.version(), _now()),
            "lines": [f"Rows: {len(verdict.decisions)}, {changes} of them to change"],
        }

    # Planning everywhere before the first write

    def _planned(self) -> dict[str, t.Any]:
        """Keep what the role plans on this host, or why it plans nothing."""
        run = self._variables.get("lifecycle__run") or {}
        result = self._variables.get("lifecycle_result") or {}
        refused = {}
        plan = {}
        for service in SERVICES:
            mine = result.get(service) or {}
            invited = [step["email"] for step in mine.get("plan") or () if step["action"] == INVITE]
            if invited:
                refused[service] = f"{few(invited)} would be invited, since their access went away meanwhile."
            elif mine.get("failed"):
                refused[service] = str(mine.get("msg"))
            elif mine.get("plan_id"):
                plan[service] = {"plan_id": str(mine["plan_id"])}
        if not refused and (run.get("failure") or not plan):
            failed = self._variables.get("ansible_failed_result") or {}
            refused["run"] = str(run.get("failure") or failed.get("msg") or "no plan was made.")
        with self._spool.locked():
            self._spool.put(f"plan {self._host}", {"refused": refused, "plan": plan, "result": _small(result)})
        return {}

    def _gate(self) -> dict[str, t.Any]:
        """Refuse the run on every host if a plan was refused on one, unless the rest is asked for."""
        with self._spool.locked():
            plans = {host: self._spool.get(f"plan {host}") for host in self._hosts}
        mine = plans.get(self._host) or {"refused": {}, "plan": {}}
        partial = bool(self._variables.flag("review_partial"))
        refused = [host for host, plan in plans.items() if plan and plan["refused"]]
        if refused and not partial:
            texts = _refusals(self._host, mine) or [f"See {few(refused)}."]
            raise Refused("Nothing was changed on any host, because a plan was refused. " + " ".join(texts))
        approved = self._variables.data("access_plan") or self._variables.get("lifecycle_expected_plan_id")
        if (
            mine["plan"]
            and not self._task.check_mode
            and self._variables.flag("lifecycle_require_approval")
            and not approved
        ):
            raise Refused(NEEDS_APPROVAL)
        people = [_without(person, mine["refused"]) for person in self._spool.get(f"people {self._host}") or ()]
        return {
            "people": [person for person in people if any(service in person for service in SERVICES)],
            "plan": "" if mine["refused"] else {self._host: mine["plan"]},
        }

    # Recording

    def _record(self) -> dict[str, t.Any]:
        """Keep what was done on this host; the last one writes the record for all."""
        with self._spool.locked():
            result = self._variables.get("lifecycle_result") if self._task.args.get("applied") else None
            self._spool.put(f"done {self._host}", _small(result or {}))
            done = {host: self._spool.get(f"done {host}") for host in self._hosts}
            if any(result is None for result in done.values()):
                return {"lines": []}
            return self._written(self._spool.get("all"), done)

    def _written(self, kept: Data, done: Mapping[str, Data]) -> dict[str, t.Any]:
        plans = {host: self._spool.get(f"plan {host}") or {"refused": {}} for host in self._hosts}
        ids = {
            host: {service: mine["plan_id"] for service, mine in result.items() if service in SERVICES}
            for host, result in done.items()
            if result
        }
        record = record_of(
            Reviewed(
                decisions=[_decision(item) for item in self._spool.get("decisions")],
                listed_at=kept["listed_at"],
                at=kept["at"],
                run={**kept["asked"], "plan_ids": ids},
                targets=kept["targets"],
                results=done,
                check=bool(self._task.check_mode),
                refused=[text for host, plan in plans.items() for text in _refusals(host, plan)],
                every=int(self._variables.number("review_every", least=1) or EVERY),
            )
        )
        folder = folder_of(self._variables)
        name = name_of_record(folder, kept["at"], bool(self._task.check_mode))
        files = record_files(record)
        for ending, text in files.items():
            write(folder / f"{name}{ending}", text)
        self._keep_evidence(name, files, kept["at"])
        counts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(record["counts"].items()))
        lines = [
            f"Review: {counts}",
            f"Record: {folder / name}.json",
            f"The next review is due on {record['next_due']}.",
        ]
        return {"lines": [*lines[:1], *record["remains"][:20], *lines[1:]], "record": str(folder / f"{name}.json")}

    def _evidence_dir(self) -> str:
        return self._variables.text("evidence_dir") or self._variables.text("lifecycle_evidence_dir") or ""

    def _keep_evidence(self, name: str, files: Mapping[str, str], at: str) -> None:
        folder = self._evidence_dir()
        if folder and not self._task.check_mode:
            place = Path(folder).expanduser().absolute()
            try:
                make_folder(place)
                keep(place, {name: files}, at)
            except (OSError, Broken) as error:
                self._warnings.append(f"The record was not kept in {place}: {error}")


def _now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _named(targets: list[Data]) -> list[Data]:
    """Each target with its team or account."""
    return [{key: target[key] for key in ("host", "service", "target")} for target in targets]


def _place(target: Mapping[str, t.Any]) -> str:
    return f"{SERVICES[target['service']].title} of {target['host']}"


def _kept(decision: Decision) -> Data:
    return {"row": decision.row.as_dict(), "file": decision.file, "at": decision.at, "done": decision.done}


def _decision(item: Mapping[str, t.Any]) -> Decision:
    return Decision(row_from(item["row"]), item["file"], item["at"], item["done"])


def _refusals(host: str, plan: Mapping[str, t.Any]) -> list[str]:
    return [
        f"{host}: {SERVICES[service].title + ': ' if service in SERVICES and not text.startswith(SERVICES[service].title) else ''}{text}"
        for service, text in plan["refused"].items()
    ]


def _without(person: Mapping[str, t.Any], refused: Mapping[str, str]) -> Data:
    """The person without the services whose plan was refused."""
    return {key: value for key, value in person.items() if key not in refused}


def _small(result: Mapping[str, t.Any]) -> Data:
    """What a record needs of a result of the role."""
    names = ("plan_id", "plan", "results", "verified", "msg")
    found: Data = {
        service: {name: result[service].get(name) for name in names} for service in SERVICES if result.get(service)
    }
    return json.loads(json.dumps({**found, "follow_up": list(result.get("follow_up") or ())})) if found else {}
