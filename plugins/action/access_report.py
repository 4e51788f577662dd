# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Action plugin: read who has access on each host; the last host writes the report for all."""

from __future__ import annotations

import os
import typing as t
from collections.abc import Container, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path

from ansible import constants as C
from ansible.errors import AnsibleError

from ..module_utils._http.errors import unexpected
from ..module_utils._http.outside import armoured
from ..module_utils._services import OPERATIONS, SERVICES
from ..plugin_utils._files import locked_folder, make_folder, write
from ..plugin_utils._host import collection
from ..plugin_utils._host.variables import Refused, is_blank
from ..plugin_utils._people.entries import Data
from ..plugin_utils._report.changes import report_changes
from ..plugin_utils._report.data import report_of
from ..plugin_utils._report.files import chat, drift_text, to_csv, to_json, to_sarif, told
from ..plugin_utils._report.groups import grouped
from ..plugin_utils._report.history import leavers_of, review_of
from ..plugin_utils._report.inputs import PENDING_DAYS, Inputs, folder_of, inputs_of, last_report
from ..plugin_utils._report.page import to_html
from ..plugin_utils._report.parts import Parts, kept
from ..plugin_utils._report.read import empty_part, failed_target, note_only_in_teams, part_of
from ..plugin_utils._report.spool import Spool
from ..plugin_utils._review.files import last_record
from ..plugin_utils._run.action import AccessAction
from ..plugin_utils._run.provenance import provenance
from ..plugin_utils._words.chat import summaries
from ..plugin_utils._words.names import attributed

MOST_FINDINGS = 500  # in the result; a controller drops an event that is too large
PERIOD = timedelta(days=90)  # in which who left is told, if there is no earlier report
IN_STEP = ("linear", "debug")  # strategies
SOURCES = ("people", "roster_file")  # of the roster; what this run sets wins over the inventory
READ, REPORT = "report__read", "report_result"  # what the role registers and keeps
FILES = {"html": "report.html", "csv": "report.csv", "json": "report.json", "sarif": "drift.sarif"}


class ActionModule(AccessAction):
    """Reads this host. Writes the report if this is the last host, or if it is about to fail."""

    _VALID_ARGS = frozenset(("gathered", "verdict"))

    def _fixed(self) -> Mapping[str, t.Any]:
        if self._task.args.get("verdict"):
            return {}  # no variable counts there, and the people of a report take time to template
        given = self._variables.mapping("report_options") or {}
        of_run = self._given_to_this_run()
        sources = [source for source in SOURCES if not is_blank(of_run.get(source))]
        beaten = [f"report_{source}" for source in SOURCES if len(sources) == 1 and source not in sources]
        return {name: value for name, value in given.items() if not is_blank(value) and name not in beaten}

    def act(self) -> dict[str, t.Any]:
        """Do one host."""
        if self._task.args.get("verdict"):
            return _verdict(self._host, self._vars.get(READ) or {}, self._vars.get(REPORT))
        folder = folder_of(self._variables)
        play: t.Any = self._task.get_play()
        spool = Spool(C.DEFAULT_LOCAL_TMP, f"{play._uuid} {folder}")  # type: ignore[attr-defined]
        self._warnings: list[str] = []
        if self._task.args.get("gathered"):
            report = self._gathered(spool, folder)
            return {"report": report, "warnings": self._warnings, **(self._artefacts(report) if report else {})}
        parts = self._variables.text("report_parts")
        if parts:
            return {**self._merged(spool, folder, Path(parts).expanduser()), "warnings": self._warnings}
        inputs = None
        refused = ""
        try:
            self._refuse_misspelt()
            inputs = self._inputs()
            part = self._part(inputs)
        except (Refused, AnsibleError) as fault:
            refused = str(fault)
        except Exception as bug:  # noqa: BLE001
            refused = unexpected(bug).sentence
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException:  # noqa: BLE001  # a time-out of the task, after which the report is still due
            part = self._unread(inputs, "The time-out of the task ended the run before everything was read.")
        part = self._unread(inputs, refused) if refused else part
        faults = [_fault(target) for target in part["targets"] if target["status"] != "read"]
        if faults and not refused:
            faults.insert(0, f"Access could not be read on {self._host}.")
        with spool.locked():
            spool.put(f"part {self._host}", part)
            result = self._together(spool, folder, inputs, last=bool(faults))
        strict = bool(inputs and inputs.fail_on_drift)
        return {**result, "faults": faults, "fail_on_drift": strict, "warnings": self._warnings}

    def _unread(self, inputs: Inputs | None, why: str) -> Data:
        """The part of this host, of which nothing is known."""
        return {**empty_part(self._host, inputs), "targets": [failed_target(self._host, why)]}

    def _inputs(self) -> Inputs:
        return inputs_of(self._variables, {**self._vars, "ansible_check_mode": self._task.check_mode}, self._loader)

    def _gathered(self, spool: Spool, folder: Path) -> Data | None:
        """The report of all hosts. It is written now if it waits for hosts that do not run the role."""
        with spool.locked():
            if self._waits_in_vain(spool):
                try:
                    inputs = self._inputs()
                except Refused:  # the host has failed already
                    inputs = None
                self._together(spool, folder, inputs, last=True)
                spool.clear(self._vars["ansible_play_hosts_all"])
            report: Data | None = spool.get("result")
            return report

    def _artefacts(self, report: Data) -> dict[str, t.Any]:
        """The report for the job, as ``set_stats`` hands it over."""
        data = {"report_result": report, **summaries(report["chat"], self._variables.text("awx_job_id"))}
        return {"ansible_stats": {"data": data, "per_host": False, "aggregate": False}}

    def _part(self, inputs: Inputs) -> Data:
        target = self._target()
        recall = self._recalled(target)
        known = recall.of_all(target.services)
        read, told = self._reader(), dict[str, list[str]]()

        def module(name: str, args: Mapping[str, t.Any]) -> Mapping[str, t.Any]:
            result = read(name, args)
            told.setdefault(name, []).extend(result.get("warnings", ()))
            return result

        part = part_of(target, module, inputs, known, recall.gaps(target.services, "here"))
        self._warnings += dict.fromkeys(text for name in OPERATIONS if name in told for text in told[name])
        note_only_in_teams(part)
        return part

    def _together(self, spool: Spool, folder: Path, inputs: Inputs | None, last: bool) -> dict[str, t.Any]:
        """Write the report if this is the time to, and if anything was read: an earlier report would be lost for nothing.

        ``last``: this may be the last host that comes, although others have not come.
        """
        alive = set(self._vars["ansible_play_hosts"])
        waiting = [host for host in self._without(spool) if host in alive]
        result: dict[str, t.Any] = {"changed": False, "report": None}
        if last or not waiting:
            parts = self._all_parts(spool, alive)
            if inputs or _was_read(parts):
                try:
                    result = self._publish(spool, parts, folder, inputs)
                except OSError as error:
                    raise Refused(f"{folder} cannot be written: {error.strerror}.") from None
        if not waiting:
            spool.clear(self._vars["ansible_play_hosts_all"])
        return result

    def _waits_in_vain(self, spool: Spool) -> bool:
        """Whether nobody wrote the report, and no host is still to come.

        That can be known only if all hosts run each task before any of them runs the next one.
        """
        play: t.Any = self._task.get_play()
        hosts, without = self._vars["ansible_play_hosts_all"], self._without(spool)
        if len(without) == len(hosts) or str(play.strategy).rpartition(".")[2] not in IN_STEP:
            return False
        batch = set(self._vars["ansible_play_batch"])
        end = max((number for number, host in enumerate(hosts, 1) if host in batch), default=0)
        return set(hosts[end:]).isdisjoint(without)

    def _without(self, spool: Spool) -> list[str]:
        """The hosts of the play that have no part yet."""
        return spool.without(self._vars["ansible_play_hosts_all"])

    def _all_parts(self, spool: Spool, alive: Container[str]) -> list[Data]:
        """The existing parts, with one for each host that has none."""
        parts = spool.parts(self._vars["ansible_play_hosts_all"])
        for host in self._without(spool):
            why = "It was not read." if host in alive else "An earlier task failed there, so it was not read."
            parts.append({**empty_part(host, None), "targets": [failed_target(host, why)]})
        return parts

    def _publish(self, spool: Spool, parts: list[Data], folder: Path, inputs: Inputs | None) -> dict[str, t.Any]:
        """Write the report; in a controller, of all jobs that were cut from one, since each has some of the hosts."""
        if self._task.check_mode:
            return self._written(spool, parts, folder, inputs, folder / FILES["json"])
        make_folder(folder)
        with locked_folder(folder):
            whole, job = (self._of_controller(name) for name in ("workflow_job_id", "job_id"))
            if not (whole and job):
                return self._written(spool, parts, folder, inputs, folder / FILES["json"])
            jobs = Parts(folder, whole, job)
            jobs.begin(folder / FILES["json"])
            return self._written(spool, jobs.together(armoured(parts)), folder, inputs, jobs.previous)

    def _of_controller(self, name: str) -> str | None:
        return self._variables.text(f"awx_{name}") or self._variables.text(f"tower_{name}")

    def _merged(self, spool: Spool, folder: Path, path: Path) -> dict[str, t.Any]:
        """The report of the parts in a folder, for which nothing is read now; the first host makes it."""
        with spool.locked():
            if spool.get("result"):
                return {"changed": False, "report": None, "faults": [], "fail_on_drift": False}
            inputs = self._inputs()
            make_folder(folder)
            result = self._written(spool, kept(path), folder, inputs, folder / FILES["json"])
        return {**result, "faults": [], "fail_on_drift": inputs.fail_on_drift}

    def _written(
        self, spool: Spool, parts: list[Data], folder: Path, inputs: Inputs | None, before: Path
    ) -> dict[str, t.Any]:
        now = datetime.now(timezone.utc)
        days = inputs.pending_days if inputs else PENDING_DAYS
        aliases = {alias: main for part in parts for alias, main in part["aliases"].items()}
        of_all = {**report_of(parts, now, collection.version(), aliases, days), **grouped(parts)}
        report: Data = armoured(of_all)
        previous = self._previous(spool, before, inputs)
        if previous:
            report["changes"] = report_changes(previous, report)
        report.update(self._history(report, previous, now))
        texts = {"html": to_html(report), "csv": to_csv(report), "json": to_json(report)}
        if report["drift"]["held"]:
            texts["sarif"] = to_sarif(report, os.getcwd())
        files = {} if self._task.check_mode else {kind: str(folder / FILES[kind]) for kind in texts}
        if files and "sarif" not in files:  # that of an earlier report would pass for this one's
            (folder / FILES["sarif"]).unlink(missing_ok=True)
        for kind, path in files.items():
            write(Path(path), texts[kind])
        summary = {"by": self._host, **_summary(report, files)}
        spool.put("result", summary)
        return {"changed": not previous or _content(previous) != _content(report), "report": summary}

    def _history(self, report: Data, previous: Data | None, now: datetime) -> Data:
        """Who asked for the report, the last review, and who left since the last report, or in the last months."""
        review, evidence = (self._variables.text(name) for name in ("review_dir", "evidence_dir"))
        evidence = evidence or self._variables.text("lifecycle_evidence_dir")
        since = previous["generated_at"] if previous else (now - PERIOD).strftime("%Y-%m-%dT%H:%M:%SZ")
        asked = provenance(self._variables, applies=False)
        return {
            "run": asked.as_run({}, collection.version(), report["generated_at"]),
            "review": review_of(last_record(Path(review).expanduser()), report, now) if review else None,
            "leavers": leavers_of(Path(evidence).expanduser(), since) if evidence else [],
        }

    def _previous(self, spool: Spool, before: Path, inputs: Inputs | None) -> Data | None:
        """The report to compare with: the given one or the one before; read once, before it is overwritten."""
        known: Data | None = spool.get("previous")
        if known is None:
            given = inputs.previous if inputs else None
            path = given or before
            try:
                known = last_report(path) if given or path.exists() else {}
            except Refused as fault:
                if given:
                    raise
                self._warnings.append(str(fault))
                known = {}
            spool.put("previous", known)
        return known or None


def _verdict(host: str, read: Mapping[str, t.Any], report: Mapping[str, t.Any] | None) -> dict[str, t.Any]:
    """Why the run fails on a host, if it does. The host that wrote the report fails if there is drift."""
    texts = list(read.get("faults", ()))
    drift = report["drift"]["text"] if report and report["by"] == host and read.get("fail_on_drift") else ""
    if drift:
        texts.append(f"Access is not what the roster says: {drift}. The report says who and where.")
    return {"failed": True, "msg": " ".join(texts)} if texts else {"skipped": True}


def _was_read(parts: list[Data]) -> bool:
    return any(target["status"] == "read" for part in parts for target in part["targets"])


def _fault(target: Mapping[str, t.Any]) -> str:
    text = str(target["error"])
    return attributed(SERVICES[target["service"]].title, text) if target["service"] else text


def _content(report: Mapping[str, t.Any]) -> dict[str, t.Any]:
    return {key: report[key] for key in ("targets", "people", "drift") if key in report}


def _summary(report: Data, files: Mapping[str, str]) -> Data:
    """The report as a result: without the people, who are in the files, and without too many findings for an event."""
    shorter = {
        key: {**report[key], "findings": report[key]["findings"][:MOST_FINDINGS]} if report[key] else None
        for key in ("drift", "changes")
    }
    if shorter["drift"]:
        shorter["drift"]["text"] = drift_text(report)
    targets = [{key: value for key, value in target.items() if key != "quota"} for target in report["targets"]]
    return {
        **{key: report[key] for key in ("generated_at", "collection", "totals", "pending_days", "run", "review")},
        **shorter,
        "targets": targets,
        "files": dict(files),
        "lines": [*told(report), *([f"Report: {files['html']}"] if files else [])],
        "chat": chat(report),
    }
