# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Action plugin: read who has access on each host; the last host writes the report for all."""

from __future__ import annotations

import os
import typing as t
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path

from ansible import constants as C
from ansible.errors import AnsibleError

from ..module_utils._http.errors import unexpected
from ..module_utils._http.outside import armoured
from ..module_utils._services import SERVICES
from ..plugin_utils._files import make_folder, write
from ..plugin_utils._host import collection
from ..plugin_utils._host.variables import Refused, is_blank
from ..plugin_utils._people.entries import Data
from ..plugin_utils._report.changes import report_changes
from ..plugin_utils._report.data import report_of
from ..plugin_utils._report.files import chat, drift_text, to_csv, to_json, to_sarif, told
from ..plugin_utils._report.inputs import PENDING_DAYS, Inputs, folder_of, inputs_of, last_report
from ..plugin_utils._report.page import to_html
from ..plugin_utils._report.read import empty_part, failed_target, part_of
from ..plugin_utils._report.spool import Spool
from ..plugin_utils._run.action import AccessAction
from ..plugin_utils._words.names import attributed

MOST_FINDINGS = 500  # in the result; a controller drops an event that is too large
IN_STEP = ("linear", "debug")  # strategies
SOURCES = ("people", "roster_file")  # of the roster; what this run sets wins over the inventory
FILES = {"html": "report.html", "csv": "report.csv", "json": "report.json", "sarif": "drift.sarif"}


class ActionModule(AccessAction):
    """Reads this host. Writes the report if this is the last host, or if it is about to fail."""

    _VALID_ARGS = frozenset(("gathered",))

    def _fixed(self) -> Mapping[str, t.Any]:
        given = self._variables.mapping("report_options") or {}
        of_run = self._given_to_this_run()
        sources = [source for source in SOURCES if not is_blank(of_run.get(source))]
        beaten = [f"report_{source}" for source in SOURCES if len(sources) == 1 and source not in sources]
        return {name: value for name, value in given.items() if not is_blank(value) and name not in beaten}

    def act(self) -> dict[str, t.Any]:
        """Do one host."""
        folder = folder_of(self._variables)
        play: t.Any = self._task.get_play()
        spool = Spool(C.DEFAULT_LOCAL_TMP, f"{play._uuid} {folder}")  # type: ignore[attr-defined]
        self._warnings: list[str] = []
        if self._task.args.get("gathered"):
            return {"report": self._gathered(spool, folder), "warnings": self._warnings}
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
        if refused:
            part = {**empty_part(self._host, inputs), "targets": [failed_target(self._host, refused)]}
        faults = [_fault(target) for target in part["targets"] if target["status"] != "read"]
        with spool.locked():
            spool.put(f"part {self._host}", part)
            result = self._together(spool, folder, inputs, last=bool(faults))
        strict = bool(inputs and inputs.fail_on_drift)
        return {**result, "faults": faults, "fail_on_drift": strict, "warnings": self._warnings}

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

    def _part(self, inputs: Inputs) -> Data:
        target = self._target()
        recall = self._recalled(target)
        notes = [recall.fault.sentence] if recall.fault else recall.blindness("here")

        def module(name: str, args: Mapping[str, t.Any]) -> Mapping[str, t.Any]:
            result = self._operate(name, args)
            self._warnings += [text for text in result.get("warnings", ()) if text not in self._warnings]
            return result

        return part_of(target, module, inputs, recall.options().get("known_invitations", {}), notes)

    def _together(self, spool: Spool, folder: Path, inputs: Inputs | None, last: bool) -> dict[str, t.Any]:
        """Write the report if this is the time to, and if anything was read: an earlier report would be lost for nothing.

        ``last``: this may be the last host that comes, although others have not come.
        """
        parts, waiting = self._all_parts(spool)
        result: dict[str, t.Any] = {"changed": False, "report": None}
        if (last or not waiting) and (inputs or _was_read(parts)):
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
        parts, without = self._parts(spool)
        if not parts or str(play.strategy).rpartition(".")[2] not in IN_STEP:
            return False
        batch = set(self._vars["ansible_play_batch"])
        hosts = self._vars["ansible_play_hosts_all"]
        end = max((number for number, host in enumerate(hosts, 1) if host in batch), default=0)
        return set(hosts[end:]).isdisjoint(without)

    def _parts(self, spool: Spool) -> tuple[list[Data], list[str]]:
        """The parts of the hosts of the play, and the hosts that have none."""
        return spool.parts(self._vars["ansible_play_hosts_all"])

    def _all_parts(self, spool: Spool) -> tuple[list[Data], list[str]]:
        """The existing parts, with one for each host that has none, and the hosts that may still come."""
        parts, without = self._parts(spool)
        alive = set(self._vars["ansible_play_hosts"])
        waiting = [host for host in without if host in alive]
        for host in without:
            why = "It was not read." if host in alive else "An earlier task failed there, so it was not read."
            parts.append({**empty_part(host, None), "targets": [failed_target(host, why)]})
        return parts, waiting

    def _publish(self, spool: Spool, parts: list[Data], folder: Path, inputs: Inputs | None) -> dict[str, t.Any]:
        days = inputs.pending_days if inputs else PENDING_DAYS
        aliases = {alias: main for part in parts for alias, main in part["aliases"].items()}
        report = armoured(report_of(parts, datetime.now(timezone.utc), collection.version(), aliases, days))
        previous = self._previous(spool, folder, inputs)
        if previous:
            report["changes"] = report_changes(previous, report)
        texts = {"html": to_html(report), "csv": to_csv(report), "json": to_json(report)}
        if report["drift"]["held"]:
            texts["sarif"] = to_sarif(report, os.getcwd())
        files = {} if self._task.check_mode else {kind: str(folder / FILES[kind]) for kind in texts}
        if files:
            make_folder(folder)
            if "sarif" not in files:  # that of an earlier report would pass for this one's
                (folder / FILES["sarif"]).unlink(missing_ok=True)
        for kind, path in files.items():
            write(Path(path), texts[kind])
        summary = {"by": self._host, **_summary(report, files)}
        spool.put("result", summary)
        return {"changed": not previous or _content(previous) != _content(report), "report": summary}

    def _previous(self, spool: Spool, folder: Path, inputs: Inputs | None) -> Data | None:
        """The report to compare with: the given one or the existing one; read once, before it is overwritten."""
        kept: Data | None = spool.get("previous")
        if kept is None:
            given = inputs.previous if inputs else None
            path = given or folder / FILES["json"]
            try:
                kept = last_report(path) if given or path.exists() else {}
            except Refused as fault:
                if given:
                    raise
                self._warnings.append(str(fault))
                kept = {}
            spool.put("previous", kept)
        return kept or None


def _was_read(parts: list[Data]) -> bool:
    return any(target["status"] == "read" for part in parts for target in part["targets"])


def _fault(target: Mapping[str, t.Any]) -> str:
    text = str(target["error"])
    return attributed(SERVICES[target["service"]].title, text) if target["service"] else text


def _content(report: Mapping[str, t.Any]) -> dict[str, t.Any]:
    return {key: value for key, value in report.items() if key not in ("generated_at", "changes")}


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
        **{key: report[key] for key in ("generated_at", "collection", "totals", "pending_days")},
        **shorter,
        "targets": targets,
        "files": dict(files),
        "lines": [*told(report), *([f"Report: {files['html']}"] if files else [])],
        "chat": chat(report),
    }
