# SPDX-FileCopyrightText: The honeyops.access contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults of rosters and of evidence, as compilers tell them and as SARIF. Pure.

This file is private to the collection.
"""

from __future__ import annotations

import hashlib
import json
import os
import typing as t
from collections.abc import Sequence

from ...module_utils._http.outside import outward
from ...module_utils._roster import Fault
from .._host import collection
from .files import SARIF_SCHEMA, uri_of

RULE = "roster/fault"


def placed(fault: Fault) -> str:
    """A fault with its file, line and column, as editors and forges find it."""
    place = fault.at
    return (
        f"{place.file}:{place.line}:{place.column}: {fault.reason}" if place.line else f"{place.file}: {fault.reason}"
    )


def to_sarif(faults: Sequence[Fault], folder: str) -> str:
    """The faults as SARIF. Paths below ``folder`` are relative to it, as needed in a repository."""
    run = {
        "tool": {
            "driver": {
                "name": f"{collection.NAME} check",
                "version": collection.version(),
                "informationUri": "https://github.com/honeyops/honeyops.access",
                "rules": [
                    {
                        "id": RULE,
                        "name": "roster-fault",
                        "shortDescription": {"text": "Fault in a roster or in evidence"},
                        "defaultConfiguration": {"level": "error"},
                    }
                ],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(fault, folder) for fault in faults],
    }
    document = outward({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]})
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _result(fault: Fault, folder: str) -> dict[str, t.Any]:
    mark = f"{os.path.basename(fault.at.file)} {fault.reason}"
    region = {"startLine": fault.at.line or 1, "startColumn": fault.at.column}
    place = {"artifactLocation": {"uri": uri_of(fault.at.file, folder)}, "region": region}
    return {
        "ruleId": RULE,
        "level": "error",
        "message": {"text": fault.reason},
        "partialFingerprints": {"access/v1": hashlib.sha256(mark.encode()).hexdigest()[:32]},
        "locations": [{"physicalLocation": place}],
    }
