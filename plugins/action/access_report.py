# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ansible action: read who has access on each host, and have the last one write the report of all."""

from __future__ import annotations

import os
import typing as t
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path

from ansible import constants
from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

from ..plugin_utils._report import Data, report_of
from ..plugin_utils._report_changes import report_changes
from ..plugin_utils._report_files import drift_text, to_csv, to_json, to_sarif, told, write
from ..plugin_utils._report_inputs import OPTIONS, Inputs, folder_of, inputs_of, last_report, version_of
from ..plugin_utils._report_page import to_html
from ..plugin_utils._report_read import empty_part, failed_target, part_of
from ..plugin_utils._report_spool import Spool
from ..plugin_utils._targets import target_of
from ..plugin_utils._variables import Refused, Variables

SETTINGS: t.Any = constants
MOST_FINDINGS = 1000  # in the result; a controller drops an event that is too large
COLLECTION = Path(__file__).resolve().parents[2]
FILES = {"html": "report.html", "csv": "report.csv", "json": "report.json", "sarif": "drift.sarif"}


class ActionModule(ActionBase):
    """The action."""

    _VALID_ARGS = frozenset(OPTIONS)
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """Read this host; write the report if no other host is still to come, or if this one is about to fail."""
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        result.update(changed=False, report=None, faults=[], warnings=[])
        values = task_vars or {}
        host = str(values["inventory_hostname"])
        try:
            folder = folder_of(self._task.args)
        except Refused as fault:
            return _refused(result, fault)
        spool = Spool(SETTINGS.DEFAULT_LOCAL_TMP, f"{self._play()} {folder}")
        if Variables(self._task.args).flag("gathered"):
            return {**result, "report": spool.get("result")}
        inputs = None
        try:
            inputs = inputs_of(self._task.args, self._loader.get_real_file)
            part = self._part(host, inputs, values, result["warnings"])
        except (Refused, AnsibleError) as fault:
            part = {**empty_part(host, inputs), "targets": [failed_target(host, str(fault))]}
            _refused(result, fault)
        result["faults"] = [_fault(target) for target in part["targets"] if target["status"] != "read"]
        with spool.locked():
            spool.put(f"part {host}", part)
            parts, waiting = self._gathered(spool, values)
            if not waiting or result["faults"]:
                try:
                    result.update(self._publish(host, spool, parts, folder, inputs, result["warnings"]))
                except (Refused, OSError) as fault:
                    return _refused(result, fault)
                if not waiting:
                    spool.clear(values["ansible_play_hosts_all"])
        return result

    def _part(self, host: str, inputs: Inputs, values: Mapping[str, t.Any], warnings: list[str]) -> Data:
        variables = Variables(values, self._templar.template)
        target = target_of(host, variables, os.environ)
        known = (values.get("ansible_facts") or {}).get("lifecycle_known_invitations") or {}

        def module(name: str, arguments: Mapping[str, t.Any]) -> Mapping[str, t.Any]:
            check, self._task.check_mode = self._task.check_mode, True
            try:
                done: dict[str, t.Any] = self._execute_module(
                    module_name=f"honeyops.access.{name}", module_args=dict(arguments), task_vars=values
                )
            finally:
                self._task.check_mode = check
            warnings.extend(f"{host}: {warning}" for warning in done.get("warnings") or ())
            return done

        return part_of(target, module, inputs, known)

    def _gathered(self, spool: Spool, values: Mapping[str, t.Any]) -> tuple[list[Data], list[str]]:
        """All parts there are, with one for each host that failed before, and the hosts that are still to come."""
        parts, without = spool.parts(values["ansible_play_hosts_all"])
        alive = set(values["ansible_play_hosts"])
        waiting = [host for host in without if host in alive]
        for host in without:
            why = "It was not read yet." if host in alive else "An earlier task failed there, so it was not read."
            parts.append({**empty_part(host, None), "targets": [failed_target(host, why)]})
        return parts, waiting

    def _publish(
        self, host: str, spool: Spool, parts: list[Data], folder: Path, inputs: Inputs | None, warnings: list[str]
    ) -> dict[str, t.Any]:
        days = inputs.pending_days if inputs else 7
        aliases = {alias: main for part in parts for alias, main in part["aliases"].items()}
        report = report_of(parts, datetime.now(timezone.utc), version_of(COLLECTION), aliases, days)
        previous = self._previous(spool, folder, inputs, warnings)
        if previous:
            report["changes"] = report_changes(previous, report)
        texts = {"html": to_html(report), "csv": to_csv(report), "json": to_json(report)}
        if report["drift"]["held"]:
            texts["sarif"] = to_sarif(report, os.getcwd())
        check = bool(self._task.check_mode)
        if not check:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for kind, text in texts.items():
                write(folder / FILES[kind], text)
        files = {} if check else {kind: str(folder / FILES[kind]) for kind in texts}
        summary = {"by": host, **_summary(report, files)}
        spool.put("result", summary)
        return {"changed": not previous or _content(previous) != _content(report), "report": summary}

    def _previous(self, spool: Spool, folder: Path, inputs: Inputs | None, warnings: list[str]) -> Data | None:
        """The report to compare with: the one given, or the one that is there; read once, before it is written over."""
        kept = spool.get("previous")
        if kept is None:
            path = inputs.previous if inputs else None
            kept = {}
            if path or (folder / FILES["json"]).exists():
                try:
                    kept = last_report(path or folder / FILES["json"])
                except Refused as fault:
                    if path:
                        raise
                    warnings.append(str(fault))
            spool.put("previous", kept)
        return kept or None

    def _play(self) -> str:
        """What tells this play from others of the run."""
        holder: t.Any = self._task
        while holder is not None:
            play = getattr(holder, "_play", None)
            if play is not None:
                return str(play._uuid)  # plays have no public name of their own
            holder = getattr(holder, "_parent", None)
        return ""


def _refused(result: dict[str, t.Any], fault: Exception) -> dict[str, t.Any]:
    text = str(fault)
    error = {"code": "validation", "status": None, "method": None, "path": None, "detail": text, "hint": ""}
    result.update(failed=True, msg=text, error=error)
    return result


def _fault(target: Mapping[str, t.Any]) -> str:
    return f"{target['service'].capitalize()}: {target['error']}" if target["service"] else str(target["error"])


def _content(report: Mapping[str, t.Any]) -> dict[str, t.Any]:
    return {key: value for key, value in report.items() if key not in ("generated_at", "changes")}


def _summary(report: Data, files: Mapping[str, str]) -> Data:
    """The report as a result: without the people, who stand in the files, and with no more findings than an event holds."""
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
    }
